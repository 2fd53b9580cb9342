"""A small town whose records hold what certificates say, for tests of certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from enishi.kernel.partial_date import PartialDate
from enishi.number.services import issue
from enishi.platform.services import Reader, within
from enishi.register import facts, journal, services
from enishi.register.acts import departures, households
from enishi.register.models import Act, Domicile, ForeignStatus, PersonName, StatusItem
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import Departure, MoveWithin, Report
from enishi.register.terms import (
    Asked,
    Certificate,
    Channel,
    Identity,
    Item,
    Requester,
    Standing,
)
from tests.factories import CHIYODA, CHUO, YOKOHAMA, neighbours, person, small_snapshot

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LOADED = datetime(2020, 4, 28, tzinfo=UTC)
MOVED = date(2026, 4, 1)
FATHER, MOTHER, CHILD, FOREIGNER, DEAD, FLED = 31, 32, 33, 5, 6, 9
FAMILY = (FATHER, MOTHER, CHILD)
WATANABE = "渡邉\U000e0102"
OFFICER = Reader("officer:1", "certificate", "Basic Resident Register Act art. 12", muni=CHIYODA)
SELF = Requester(Standing.SELF, Identity.CARD, FATHER)
HOUSEHOLD = replace(SELF, standing=Standing.HOUSEHOLD)
CREDITOR = Requester(
    Standing.INTERESTED, Identity.PHOTO, None, "株式会社 債権", "貸金の返還を求める訴えの提起"
)
YOKOHAMA_HOME = Place(YOKOHAMA, "鶴見区鶴見中央", ward="141011", postcode="2300051", block="2番3号")
HOME = Place(CHIYODA, "丸の内一丁目", postcode="1000005", block="1番1号", building="縁ビル301")


def town(folder: Path) -> None:
    """`neighbours`, and a family that moved within Chiyoda in April 2026, with domicile, insurance and numbers."""
    family = {
        "household": 310,
        "surname": WATANABE,
        "surname_kana": "ワタナベ",
        "muni": CHIYODA,
        "resident_from": date(2020, 4, 1),
        "entry": "move_in",
    }
    rows = [
        *neighbours(),
        person(FATHER, **family, given="𠮷髙", given_kana="ヨシタカ", sex=1, birth_date=date(1980, 1, 1)),
        person(MOTHER, **family, given="花", given_kana="ハナ", sex=2, relation="spouse", former_surname="髙橋", former_surname_kana="タカハシ"),
        person(CHILD, **family, given="葵", given_kana="アオイ", sex=2, relation="child", birth_date=date(2015, 2, 28)),
    ]  # fmt: skip
    with patch("enishi.register.taking_over.timezone.now", return_value=LOADED):
        services.load_nation(small_snapshot(folder / "nation", rows))
    report = Report(CHIYODA, PartialDate.of(MOVED), MOVED, "officer:1", "moved", NOW, TODAY)
    households.move_within(report, MoveWithin(Kind.MOVE_WITHIN, FAMILY, HOME))
    with within(CHIYODA):
        act = record(CHIYODA, "entered")
        for who in FAMILY:
            facts.begin(
                act,
                Domicile,
                who,
                None,
                place="東京都千代田区千代田一丁目1番",
                first_listed=f"{WATANABE}　𠮷髙",
            )
        facts.begin(act, StatusItem, FATHER, None, kind="health_insurance")
    with within(CHUO):
        act = record(CHUO, "entered")
        status = ForeignStatus.objects.get(muni=CHUO, person=FOREIGNER, superseded_at=None)
        facts.restate(act, status, period="5年", expires_on=date(2028, 3, 31))
        facts.begin(
            act,
            PersonName,
            FOREIGNER,
            None,
            kind="foreign_kanji",
            whole="阮文英",
            key="阮文英",
            kana_key="阮文英",
        )
    for who in (FATHER, MOTHER, CHILD, FOREIGNER, DEAD):
        issue(who)


def record(muni: str, key: str, **said: Any) -> Act:
    """An act ex officio that touches nobody, to hang facts on."""
    filing = journal.Filing(muni, "correction", "art. 8", PartialDate.of(TODAY), None, "officer:1", key, [])
    return journal.record(replace(filing, **said), NOW)


def announced(day: date) -> int:
    """The family's move out to Yokohama is reported. Returns the number of the act."""
    report = Report(CHIYODA, PartialDate.of(day), TODAY, "officer:1", f"out-{day}", NOW, TODAY)
    return departures.depart(report, Departure(Kind.MOVE_OUT, FAMILY, YOKOHAMA_HOME))


def asked(kind: Certificate = Certificate.COPY, *items: Item, **said: Any) -> Asked:
    usual: dict[str, Any] = {
        "muni": CHIYODA,
        "office": CHIYODA,
        "persons": (FATHER,),
        "requester": SELF,
        "channel": Channel.COUNTER,
    }
    return Asked(kind=kind, items=frozenset(items), **(usual | said))
