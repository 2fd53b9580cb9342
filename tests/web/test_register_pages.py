"""The register's pages for its officers: found, shown, followed through time, and closed to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enishi.kernel.partial_date import PartialDate
from enishi.number import services as number
from enishi.platform.models import ReadRecord
from enishi.platform.services import DutyKind
from enishi.register import services as register
from enishi.register.models import Act, Addressee, Domicile, ForeignStatus, StatusItem
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    Departure,
    FamilyChange,
    FamilyNotice,
    MoveWithin,
    NewName,
    Report,
    TakingBack,
)
from enishi.register.vocabulary import NameKind
from tests.benefits import offices
from tests.factories import CHIYODA, CHUO, neighbours, person, small_snapshot
from tests.web.conftest import browse
from tests.web.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
REGISTER = f"/office/{CHIYODA}/register/"
LANGUAGES = ("ja", "en")
FATHER, MOTHER, CHILD, GONE, OLD_FORM, NEIGHBOUR, FLED, GUEST = 501, 502, 503, 504, 505, 506, 507, 508


@dataclass(frozen=True)
class Desk:
    officer: int
    other: int
    client: Client
    moved: int
    left: int


def people() -> list[dict[str, Any]]:
    home = {"household": 700, "town": "丸の内1丁目", "postcode": "1000005"}
    return [
        *neighbours(),
        person(FATHER, **home, surname="渡邉", surname_kana="ワタナベ", given="守", given_kana="マモル", sex=1),
        person(MOTHER, **home, relation="spouse", surname="渡邉", surname_kana="ワタナベ", given="光", given_kana="ヒカル", sex=2,
               birth_date=date(1981, 2, 3)),
        person(CHILD, **home, relation="child", surname="渡邉", surname_kana="ワタナベ", given="凛", given_kana="リン",
               birth_date=date(2012, 3, 4)),
        person(GONE, surname="去川", surname_kana="サルカワ"),
        person(OLD_FORM, surname="𠮷﨑", surname_kana="ヨシザキ", given="100%", given_kana="ヒャク"),
        person(NEIGHBOUR, muni=CHUO, surname="隣", surname_kana="トナリ"),
        person(FLED, surname="隠岐", surname_kana="オキ", protected_muni=CHUO),
        person(GUEST, surname=None, given=None, surname_kana=None, given_kana=None, latin_name="NGUYEN VAN AN",
               latin_kana="グエン ヴァン アン", alias="山本 安", nationality="VNM", residence_status="student"),
    ]  # fmt: skip


def report(day: date, key: str, *, reported: bool = True) -> Report:
    now = timezone.now()
    today = timezone.localdate()
    on = today if reported else None
    return Report(CHIYODA, PartialDate.of(day), on, f"officer:{1}", key, now, today, "窓口 / counter")


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Iterator[Desk]:
    """Chiyoda's register with a family that moved and whose mother took a former surname back, and a man who left."""
    register.load_nation(small_snapshot(tmp_path / "nation", people()))
    who = offices.offices()
    today = timezone.localdate()
    moved = register.perform_act(
        report(today - timedelta(days=40), "k1"),
        MoveWithin(
            Kind.MOVE_WITHIN,
            (FATHER, MOTHER, CHILD),
            Place(CHIYODA, "霞が関2丁目", postcode="1000013", block="2番1号", building="官舎301"),
        ),
    )
    left = register.perform_act(
        report(today - timedelta(days=5), "k2"),
        Departure(Kind.MOVE_OUT, (GONE,), Place(CHUO, "築地", postcode="1040045", block="1番")),
    )
    former = NewName(NameKind.FORMER, surname="佐々木", surname_kana="ササキ")
    register.perform_act(
        report(today - timedelta(days=3), "k3", reported=False),
        FamilyNotice("name", (FamilyChange(MOTHER, (former,)),)),
    )
    other = offices.officer("r-chuo", DutyKind.REGISTER_OFFICER, CHUO)
    client = browse(who.register)
    yield Desk(who.register, other, client, moved, left)


def say_why(client: Client, purpose: str = "enquiry", muni: str = CHIYODA, **typed: str) -> Any:
    return client.post(f"/office/{muni}/register/search/", {"purpose": purpose, "text": ""} | typed)


def found(client: Client, **typed: str) -> list[int]:
    answer = say_why(client, **typed)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url)
    assert page.status_code == 200
    return [one.person for one in page.context["hits"].rows]


def sound(client: Client, url: str, language: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    text = str(answer.content.decode())
    assert faults(text, language) == [], url
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_register_is_sound_in_both_languages(desk: Desk, language: str) -> None:
    client = browse(desk.officer, language)
    sound(client, REGISTER, language)
    sound(client, REGISTER + "search/", language)
    sound(client, REGISTER + f"why/?next={REGISTER}", language)
    say_why(client, text="わたなべ", note="A-1")
    pages = [
        "search/?results=1",
        "search/?results=1&sort=-birth&page=9",
        f"people/{FATHER}/",
        f"people/{FATHER}/?list=1&sort=address",
        f"people/{MOTHER}/?on=2020-01-01",
        f"people/{MOTHER}/?known=2019-01-01T00:00",
        f"people/{MOTHER}/?on=x&known=y",
        f"people/{GONE}/",
        f"people/{FLED}/",
        f"people/{GUEST}/",
        f"people/{FATHER}/history/",
        f"people/{MOTHER}/history/",
        f"people/{GUEST}/history/",
        "households/700/",
        "households/700/?on=1800-01-01",
        "households/700/?on=zzz",
        "acts/1/",
        f"acts/{desk.moved}/",
        f"acts/{desk.left}/",
        "journal/",
        f"journal/?kind=move_out&day={timezone.localdate()}&actor=officer:1",
        "journal/?kind=merger",
        "refused/",
        "statistics/",
        "statistics/?year=2019&month=0",
    ]
    for page in pages:
        sound(client, REGISTER + page, language)
    for typed in (
        {"purpose": "x"},
        {"purpose": "other"},
        {"text": ""},
        {"born": "1999-02-30"},
        {"person": "x"},
        {"number": "1"},
    ):
        answer = say_why(client, **({"text": "a"} | typed))
        assert answer.status_code == 422
        assert faults(answer.content.decode(), language) == []
