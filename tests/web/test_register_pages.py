"""The register's pages for its officers: found, shown, followed through time, and closed to everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.number import services as number
from enishi.platform.models import ReadRecord
from enishi.platform.services import DutyKind
from enishi.register import services as register
from enishi.register.models import Act, Addressee
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    Departure,
    FormerSurnameEntry,
    MoveWithin,
    NewName,
    Report,
)
from enishi.register.vocabulary import NameKind
from enishi.web.register import words
from tests.benefits import offices
from tests.factories import CHIYODA, CHUO, neighbours, person, small_snapshot
from tests.web import BOTH
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
def desk(db: None, tmp_path: Path) -> Desk:
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
    register.perform_act(report(today - timedelta(days=3), "k3"), FormerSurnameEntry(MOTHER, former))
    other = offices.officer("r-chuo", DutyKind.REGISTER_OFFICER, CHUO)
    client = browse(who.register)
    return Desk(who.register, other, client, moved, left)


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


@pytest.mark.parametrize("language", BOTH)
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
        "addressees/",
        "addressees/?page=9",
        "addressees/duplicates/",
        "addressees/1/",
        "characters/",
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


@pytest.mark.parametrize(
    ("typed", "persons"),
    [
        ({"text": "わたなべ"}, {FATHER, MOTHER, CHILD}),
        ({"text": "渡辺"}, {FATHER, MOTHER, CHILD}),
        ({"text": "渡邊"}, {FATHER, MOTHER, CHILD}),
        ({"text": "吉崎"}, {OLD_FORM}),
        ({"text": "ささき"}, {MOTHER}),
        ({"text": "nguyen"}, {GUEST}),
        ({"text": "わたなべ", "born": "H24.3.4"}, {CHILD}),
        ({"address": "霞が関二丁目２番"}, {FATHER, MOTHER, CHILD}),
        ({"address": "霞が関2丁目", "born": "1981-02-03"}, {MOTHER}),
        ({"address": "霞が関2丁目", "born": "1999-02-03"}, set()),
        ({"text": "隣"}, set()),
        ({"text": "%"}, set()),
        ({"text": "_"}, set()),
        ({"address": "%"}, set()),
        ({"address": "_"}, set()),
        ({"text": "さるかわ"}, {GONE}),
        ({"text": "さるかわ", "present": "on"}, set()),
        ({"addressee": "7001"}, {CHILD}),
        ({"addressee": "7002"}, set()),
    ],
)
def test_a_person_is_found_by_every_item_and_by_all_together(
    desk: Desk, typed: dict[str, str], persons: set[int]
) -> None:
    Addressee.objects.filter(muni=CHIYODA, person=CHILD).delete()
    Addressee.objects.create(muni=CHIYODA, person=CHILD, number=7001)
    assert set(found(desk.client, **typed)) == persons


def test_a_person_number_leads_to_the_record_and_nothing_typed_stands_in_an_address(desk: Desk) -> None:
    assert say_why(desk.client, person=str(CHILD)).url == f"{REGISTER}people/{CHILD}/"
    url = say_why(desk.client, text="わたなべ", born="H24.3.4", address="霞が関").url
    assert url == REGISTER + "search/?results=1"


def test_the_search_line_of_every_page_asks_why_first(desk: Desk) -> None:
    page = desk.client.get(REGISTER).content.decode()
    assert 'accesskey="s"' in page
    line = {"quick": "1", "text": "わたなべ"}
    assert desk.client.post(REGISTER + "search/", line).status_code == 422
    say_why(desk.client, text="x")
    url = desk.client.post(REGISTER + "search/", line).url
    assert {one.person for one in desk.client.get(url).context["hits"].rows} == {FATHER, MOTHER, CHILD}
    assert (
        desk.client.post(REGISTER + "search/", line | {"text": "５０３"}).url == f"{REGISTER}people/{CHILD}/"
    )


def test_the_number_finds_only_for_affairs_that_may_use_it_and_is_kept_nowhere(desk: Desk) -> None:
    number.issue(CHILD)
    number.issue(NEIGHBOUR)
    mine = vault_number(CHILD)
    assert say_why(desk.client, "report", number=mine).url == f"{REGISTER}people/{CHILD}/"
    line = ReadRecord.objects.filter(items="individual_number").latest("id")
    assert (line.subject, line.answer, line.article) == (CHILD, "given", "My Number Act 9(3)")
    refused = say_why(desk.client, "certificate", number=mine)
    assert refused.status_code == 422
    assert ReadRecord.objects.filter(items="individual_number").latest("id").answer == "refused"
    elsewhere = say_why(desk.client, "report", number=vault_number(NEIGHBOUR))
    assert elsewhere.status_code == 200
    assert str(NEIGHBOUR) not in elsewhere.content.decode()
    assert mine not in str(dict(desk.client.session))
    assert vault_number(NEIGHBOUR) not in elsewhere.content.decode()


def vault_number(person: int) -> str:
    from enishi.number import vault
    from enishi.number.models import SealedNumber

    row = SealedNumber.objects.get(person=person)
    return vault.keys().open(row.key_version, bytes(row.sealed), vault.whose(person)).decode()


def test_nobody_is_shown_before_a_purpose_is_said_and_then_the_wanted_page_is(desk: Desk) -> None:
    before = ReadRecord.objects.count()
    wanted = f"{REGISTER}people/{CHILD}/history/"
    asked = desk.client.get(wanted)
    assert asked.url.startswith(REGISTER + "why/?next=")
    assert ReadRecord.objects.count() == before
    said = {"purpose": "enquiry", "note": "", "next": wanted}
    assert desk.client.post(asked.url, said).url == wanted
    assert desk.client.get(wanted).status_code == 200
    lines = ReadRecord.objects.filter(subject=CHILD, actor=f"officer:{desk.officer}")
    assert {(one.purpose, one.article) for one in lines} == {("enquiry", "Basic Resident Register Act 1")}
    evil = desk.client.post(REGISTER + "why/", said | {"next": "//elsewhere.example/office/"})
    assert evil.url == REGISTER


def test_a_record_id_of_another_municipality_and_one_of_nobody_answer_alike(desk: Desk) -> None:
    say_why(desk.client, text="x")
    bodies = []
    for path in (f"people/{NEIGHBOUR}/", "people/999999/", f"people/{NEIGHBOUR}/history/", "people/0/",
                 f"people/{2**63}/", f"households/{1000 + NEIGHBOUR}/", "households/424242/", "acts/424242/"):  # fmt: skip
        answer = desk.client.get(REGISTER + path)
        assert answer.status_code == 404, path
        bodies.append(answer.content.decode().split("<main")[1].split("</main>")[0])
    assert len(set(bodies)) == 1


def test_the_register_is_open_to_its_own_officers_only(desk: Desk) -> None:
    for user, status in ((desk.other, 404), (offices.officer("b2", DutyKind.BENEFITS_OFFICER, CHIYODA), 403),
                         (offices.officer("a2", DutyKind.AUDITOR, ""), 403), (offices.user("n2"), 404)):  # fmt: skip
        client = browse(user)
        for path in (
            "",
            "search/",
            f"people/{CHILD}/",
            "households/700/",
            "journal/",
            "acts/1/",
            "refused/",
            "characters/",
            "statistics/",
        ):
            assert client.get(REGISTER + path).status_code == status, (user, path)


def test_a_record_is_shown_of_a_day_and_as_known_at_a_moment(desk: Desk) -> None:
    say_why(desk.client, text="x")
    url = f"{REGISTER}people/{FATHER}/"
    act = Act.objects.get(muni=CHIYODA, number=desk.moved)
    now, before_move = desk.client.get(url), timezone.localdate() - timedelta(days=41)
    assert "霞が関2丁目" in now.content.decode()
    then = desk.client.get(url, {"on": before_move.isoformat()}).content.decode()
    assert "丸の内1丁目" in then
    assert "霞が関2丁目" not in then
    unknown = timezone.localtime(act.recorded_at - timedelta(microseconds=1)).replace(tzinfo=None)
    old = desk.client.get(url, {"known": unknown.isoformat()}).content.decode()
    assert "丸の内1丁目" in old
    assert "霞が関2丁目" not in old
    known = timezone.localtime(act.recorded_at).replace(tzinfo=None)
    assert "霞が関2丁目" in desk.client.get(url, {"known": known.isoformat()}).content.decode()


def test_who_has_left_is_shown_as_of_the_last_day_with_the_planned_destination(desk: Desk) -> None:
    say_why(desk.client, text="x")
    page = desk.client.get(f"{REGISTER}people/{GONE}/")
    assert page.context["last_day"] == timezone.localdate() - timedelta(days=6)
    assert "築地" in page.content.decode()


def test_a_person_under_support_measures_is_marked_unmistakably(desk: Desk) -> None:
    say_why(desk.client, text="x")
    assert 'role="note"' in desk.client.get(f"{REGISTER}people/{FLED}/").content.decode()
    assert 'role="note"' not in desk.client.get(f"{REGISTER}people/{FATHER}/").content.decode()
    listed = desk.client.get(say_why(desk.client, text="おき").url).content.decode()
    assert "支援措置" in listed


def test_the_history_says_what_each_act_changed(desk: Desk) -> None:
    say_why(desk.client, text="x")
    steps = desk.client.get(f"{REGISTER}people/{MOTHER}/history/").context["steps"]
    assert [step.line.kind for step in steps] == ["former_surname", "move_within", "take_over"]
    [named], [moved] = steps[0].changes, steps[1].changes
    assert (named.items[0].before, named.items[0].after) == ("", "佐々木")
    assert "丸の内1丁目" in moved.items[0].before
    assert "霞が関2丁目2番1号 官舎301" in moved.items[0].after


def test_the_journal_filters_checks_its_chain_and_lists_what_was_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        register.perform_act(
            report(timezone.localdate() - timedelta(days=90), "k9"),
            MoveWithin(Kind.MOVE_WITHIN, (FATHER,), Place(CHIYODA, "千代田", postcode="1000001")),
        )
    rows = desk.client.get(REGISTER + "journal/?kind=move_out").context["page"].rows
    assert [one.number for one in rows] == [desk.left]
    assert desk.client.get(REGISTER + "journal/?day=1999-01-01").context["page"].rows == ()
    said = desk.client.post(REGISTER + "journal/", follow=True).content.decode()
    assert "notice-success" in said
    [line] = desk.client.get(REGISTER + "refused/").context["page"].rows
    assert line.kind == "move_within"


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("art. 24", "住民基本台帳法第24条"),
        ("art. 9(2)", "住民基本台帳法第9条第2項"),
        ("arts 22, 38", "住民基本台帳法第22条・第38条"),
        ("art. 30-50", "住民基本台帳法第30条の50"),
        ("My Number Act art. 7(2)", "番号法第7条第2項"),
        ("something else", "something else"),
    ],
)
def test_articles_are_written_in_the_language_of_the_page(english: str, japanese: str) -> None:
    with translation.override("ja"):
        assert words.article(english) == japanese
    with translation.override("en"):
        assert words.article(english) == english
