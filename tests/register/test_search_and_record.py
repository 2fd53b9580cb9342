"""Finding a person and reading a record: by name, reading and birth date, each read recorded."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, DutyKind, Reader, appoint, reads_by, reads_of
from enishi.register.answers import Hits
from enishi.register.services import (
    counts,
    load_nation,
    loaded_nation,
    municipalities,
    person_summaries,
    person_summary,
    search_persons,
)
from enishi.register.terms import NameKind
from tests.factories import CHIYODA, CHUO, DAY, SAPPORO, YOKOHAMA, person, small_snapshot

pytestmark = pytest.mark.django_db
CLERK = Reader("officer:7", "benefit enquiry", "Basic Resident Register Act 1", muni=CHIYODA)
AGENCY = Reader("officer:1", "benefit enquiry", "Basic Resident Register Act 1")


@pytest.fixture
def town(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path))


def found(text: str, reader: Reader = AGENCY, muni: str = "", born: date | None = None) -> list[int]:
    return [hit.person for hit in search_persons(reader, text, on=DAY, muni=muni, birth_date=born).rows]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("佐藤", [1, 2, 3]),
        ("佐藤 健", [1]),
        ("佐藤　健", [1]),
        ("サトウ", [3, 1, 2]),
        ("さとう", [3, 1, 2]),
        ("ｻﾄｳ ｹ", [1]),
        ("ワタナベ", [8]),
        ("ﾜﾀﾅﾍﾞ", [8]),
        ("髙橋", [2]),
        ("タカハシハナ", [2]),
        ("nguyen van", [5]),
        ("ＮＧＵＹＥＮ", [5]),
        ("山本", [5]),
        ("グエン・ヴァン", [5]),
        ("藤", []),
        ("サトウケンイチ", []),
    ],
)
def test_a_name_is_found_by_how_it_begins(text: str, persons: list[int]) -> None:
    assert sorted(found(text)) == sorted(persons)


@pytest.mark.usefixtures("town")
def test_readings_come_in_the_order_of_the_syllabary() -> None:
    assert found("サトウ") == [3, 1, 2]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("text", ["%", "_", "佐%", "サト_", "*", "'; DROP TABLE x; --", "\\"])
def test_no_character_is_a_wildcard(text: str) -> None:
    assert found(text) == []


def test_a_name_that_holds_a_percent_sign_is_found_by_it(tmp_path: Path) -> None:
    load_nation(
        small_snapshot(tmp_path, [person(1, surname="%佐_", surname_kana=None, given_kana=None), person(2)])
    )
    assert found("%") == found("%佐_") == [1]


@pytest.mark.usefixtures("town")
def test_a_search_stays_in_its_municipality() -> None:
    assert found("サトウ", CLERK, CHIYODA) == [3, 1, 2]
    assert found("タナカ", CLERK, CHIYODA) == []
    assert found("タナカ", AGENCY, CHUO) == [6]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("muni", ["", CHUO])
def test_a_municipalitys_officer_searches_nowhere_else_and_the_attempt_is_recorded(muni: str) -> None:
    with pytest.raises(Refused, match="that municipality"):
        found("タナカ", CLERK, muni)
    (line,) = reads_by(CHIYODA)
    assert (line.answer, line.subject) == (Answer.REFUSED, None)


@pytest.mark.usefixtures("town")
def test_a_birth_date_finds_and_narrows() -> None:
    assert found("", born=date(1950, 2, 28)) == [6]
    assert found("サトウ", born=date(1980, 1, 1)) == [1, 2]
    assert found("サトウ", born=date(1980, 1, 2)) == []


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("text", ["", "  ", "・"])
def test_an_empty_search_is_told_so(text: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        found(text)
    assert not ReadRecord.objects.exists()


@pytest.mark.usefixtures("town")
def test_everybody_shown_is_recorded_as_read() -> None:
    found("サトウ", CLERK, CHIYODA)
    assert [reads_of(person)[0].answer for person in (1, 2, 3)] == [Answer.GIVEN] * 3
    assert reads_of(1)[0].items == ("name", "reading", "birth_date", "sex", "address")
    assert reads_of(4) == []


@pytest.mark.usefixtures("town")
def test_a_search_that_finds_nobody_is_recorded_without_what_was_typed() -> None:
    found("タナカ", CLERK, CHIYODA)
    (line,) = reads_by(CHIYODA)
    assert (line.answer, line.subject) == (Answer.NOTHING, None)
    assert not any("タナカ" in str(value) for row in ReadRecord.objects.values_list() for value in row)


def test_pages_hold_everybody_once(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path, [person(number) for number in range(1, 46)]))
    pages: list[Hits] = []
    while not pages or pages[-1].more:
        pages.append(search_persons(AGENCY, "シケン", on=DAY, page=len(pages) + 1, size=20))
    assert [len(page.rows) for page in pages] == [20, 20, 5]
    assert sorted(hit.person for page in pages for hit in page.rows) == list(range(1, 46))
    assert ReadRecord.objects.count() == 45


def test_who_is_found_by_two_names_is_shown_once(tmp_path: Path) -> None:
    rows = [person(1, former_surname="試", former_surname_kana="シ"), person(2)]
    load_nation(small_snapshot(tmp_path, rows))
    assert sorted(found("試")) == [1, 2]
    assert sorted(found("シ")) == [1, 2]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("page", "size"), [(0, 20), (-1, 20), (1, 0), (1, 201)])
def test_a_page_that_does_not_exist_is_told_so(page: int, size: int) -> None:
    with pytest.raises(BadInput, match="no page"):
        search_persons(AGENCY, "サトウ", on=DAY, page=page, size=size)


@pytest.mark.usefixtures("town")
def test_a_record_shows_names_residence_and_household_of_the_day() -> None:
    record = person_summary(CLERK, 2, on=DAY)
    assert record is not None
    assert [(name.kind, name.text, name.kana) for name in record.names] == [
        (NameKind.REGISTERED, "佐藤 花", "サトウ ハナ"),
        (NameKind.FORMER, "髙橋", "タカハシ"),
    ]
    assert (record.household, record.relation, record.head) == (11, "spouse", 1)
    assert [(member.person, member.relation) for member in record.members] == [(1, "head"), (3, "child")]
    assert (record.stay.muni, record.stay.town, record.stay.since, record.protected) == (
        CHIYODA,
        "丸の内",
        None,
        False,
    )
    assert [line.answer for line in reads_of(2)] == [Answer.GIVEN]


@pytest.mark.usefixtures("town")
def test_the_household_of_the_day_before_the_birth_has_no_child() -> None:
    record = person_summary(CLERK, 1, on=DAY - timedelta(days=1))
    assert record is not None
    assert [member.person for member in record.members] == [2]
    child = person_summary(CLERK, 3, on=DAY - timedelta(days=1))
    assert child is not None
    assert not child.stay.covers(DAY - timedelta(days=1))
    assert child.stay.covers(DAY)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("who", [6, 999])
def test_another_municipalitys_person_is_nobody_like_one_who_does_not_exist(who: int) -> None:
    assert person_summary(CLERK, who, on=DAY) is None
    assert [line.answer for line in reads_of(who)] == [Answer.REFUSED]


@pytest.mark.usefixtures("town")
def test_where_a_protected_person_really_is_stands_in_no_answer() -> None:
    assert [hit.person for hit in search_persons(AGENCY, "ワタナベ", on=DAY).rows] == [8]
    husband, wife, nobody = (person_summary(AGENCY, who, on=DAY) for who in (8, 9, 999))
    assert husband is not None
    assert (husband.members, wife, nobody) == ((), None, None)
    assert (
        [line.answer for line in reads_of(9)] == [line.answer for line in reads_of(999)] == [Answer.REFUSED]
    )


@pytest.mark.usefixtures("town")
def test_who_keeps_the_record_of_a_protected_person_sees_it_marked_and_without_where_they_really_are() -> (
    None
):
    keeper = get_user_model().objects.create_user("keeper").pk
    appoint(keeper, DutyKind.REGISTER_OFFICER, YOKOHAMA, date(2020, 1, 1))
    reader = Reader(f"officer:{keeper}", "resident record", "Basic Resident Register Act 1", muni=YOKOHAMA)
    hits = search_persons(reader, "ワタナベ", on=DAY, muni=YOKOHAMA)
    assert [(hit.person, hit.protected) for hit in hits.rows] == [(8, False), (9, True)]
    wife = person_summary(reader, 9, on=DAY)
    assert wife is not None
    assert (wife.members, wife.protected, wife.stay.muni) == ((), True, YOKOHAMA)
    assert SAPPORO not in repr((wife, hits))


@pytest.mark.usefixtures("town")
def test_residents_and_households_are_counted_by_municipality() -> None:
    assert [(one.muni, one.residents, one.households) for one in counts(DAY)] == [
        (CHIYODA, 4, 2),
        (CHUO, 1, 1),
        (YOKOHAMA, 2, 1),
    ]
    assert [(one.muni, one.residents) for one in counts(DAY - timedelta(days=8))] == [
        (SAPPORO, 1),
        (CHIYODA, 3),
        (CHUO, 2),
        (YOKOHAMA, 2),
    ]


@pytest.mark.usefixtures("town")
def test_municipalities_are_listed_by_code_and_prefecture() -> None:
    assert [row.muni for row in municipalities()] == [SAPPORO, CHIYODA, CHUO, YOKOHAMA]
    assert [(row.name, row.name_latin) for row in municipalities("13")] == [
        ("千代田区", "Chiyoda"),
        ("中央区", "Chuo"),
    ]


def test_an_empty_register_has_no_nation() -> None:
    assert loaded_nation() is None
    assert (municipalities(), counts(DAY), found("サトウ")) == ([], [], [])


@pytest.mark.usefixtures("town")
def test_the_records_of_several_are_those_of_each_and_cost_the_queries_of_one() -> None:
    with CaptureQueriesContext(connection) as of_one:
        person_summaries(AGENCY, [1], on=DAY)
    several = list(range(1, 10))
    with CaptureQueriesContext(connection) as of_several:
        found = person_summaries(AGENCY, several, on=DAY)
    each = {who: person_summary(AGENCY, who, on=DAY) for who in several}
    assert found == {who: one for who, one in each.items() if one is not None}
    assert len(found) > 5
    assert len(of_several) <= len(of_one)
    assert {who for who in found if not list(reads_of(who))} == set()


@pytest.mark.usefixtures("town")
def test_an_office_gets_the_summaries_of_its_own_alone() -> None:
    found = person_summaries(CLERK, range(1, 10), on=DAY)
    assert found
    assert {one.stay.muni for one in found.values()} == {CHIYODA}
    assert {one.subject for one in reads_by(CHIYODA)} == set(found)
