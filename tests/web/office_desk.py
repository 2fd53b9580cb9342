"""The register office of Chiyoda behind the tests of its later forms: whom it serves, its officer, what is typed again and again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from enishi.number import services as vault
from enishi.platform.services import DutyKind
from enishi.register import services
from enishi.register.models import (
    Municipality,
)
from tests.benefits.offices import TOWNS, officer
from tests.factories import CHIYODA, CHUO, SAPPORO, municipality, person, small_snapshot

FATHER, MOTHER, GUEST, ALONE, SAPPORIAN = 1, 2, 5, 9, 20
DAY = date(2020, 6, 1)
REGISTER = f"/office/{CHIYODA}/register/"
ON = {"facts-effective": "2020-06-01"}
TOWN = {"to-old_town": "千代田", "to-postcode": "1000001", "to-town": "千代田一丁目"}


@pytest.fixture(autouse=True)
def office(tmp_path: Path, db: None) -> None:
    """A couple and a foreign lodger in Chiyoda, somebody in Chuo and in a ward of Sapporo; with individual numbers."""
    rows = [
        person(FATHER, household=7, surname="佐藤", surname_kana="サトウ", given="健", given_kana="ケン", sex=1),
        person(MOTHER, household=7, relation="spouse", surname="佐藤", surname_kana="サトウ", given="花", given_kana="ハナ", sex=2),
        person(GUEST, household=8, town="神田", surname=None, given=None, surname_kana=None, given_kana=None,
               latin_name="NGUYEN VAN AN", latin_kana="グエン ヴァン アン", nationality="VNM", residence_status="student"),
        person(ALONE, household=9, muni=CHUO),
        person(SAPPORIAN, household=20, muni=SAPPORO, ward="011011", town="中央区北一条西", postcode="0600001"),
    ]  # fmt: skip
    folder = small_snapshot(tmp_path / "nation", rows, numbers=True)
    services.load_nation(folder)
    vault.load_numbers(folder)
    have = set(Municipality.objects.values_list("muni", flat=True))
    Municipality.objects.bulk_create(Municipality(**municipality(muni)) for muni in TOWNS if muni not in have)


@pytest.fixture
def clerk() -> int:
    return officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA)


def held(model: Any, who: int, **which: Any) -> Any:
    return model.objects.as_of(DAY).get(muni=CHIYODA, person=who, **which)


def reader_of(clerk: int) -> Any:
    from enishi.platform.services import Reader

    return Reader(f"officer:{clerk}", "correction", "Basic Resident Register Act 8", muni=CHIYODA)
