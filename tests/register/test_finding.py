"""Finding residents by every item, households and the journal, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, DutyKind, Reader
from enishi.register import finding, people
from enishi.register.models import Particulars, Person, PersonName
from enishi.register.services import (
    act_shown,
    find_residents,
    household_on,
    journal_page,
    load_nation,
    residents_by_id,
)
from enishi.register.terms import Question
from enishi.register.vocabulary import NameKind
from tests.benefits import offices
from tests.factories import CHIYODA, CHUO, DAY, person, small_snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    home = {"household": 7, "town": "丸の内1丁目"}
    rows = [
        person(1, **home, surname="渡邉", surname_kana="ワタナベ", given="守", given_kana="マモル"),
        person(2, **home, relation="child", surname="渡邉", surname_kana="ワタナベ", given="愛", given_kana="アイ",
               birth_date=date(2010, 5, 5)),
        person(3, surname="100%", surname_kana="ヒャク", town="100%通り"),
        person(4, muni=CHUO, surname="渡辺", surname_kana="ワタナベ"),
    ]  # fmt: skip
    load_nation(small_snapshot(tmp_path / "nation", rows))
    clerk = offices.officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA)
    return Reader(f"officer:{clerk}", "enquiry", "Basic Resident Register Act 1", muni=CHIYODA)


@pytest.mark.parametrize(
    ("asked", "persons"),
    [
        (Question(text="渡邊"), [2, 1]),
        (Question(text="わたなべま"), [1]),
        (Question(address="丸の内一丁目"), [2, 1]),
        (Question(address="丸の内１丁目", born=date(2010, 5, 5)), [2]),
        (Question(address="%"), []),
        (Question(address="100%"), [3]),
        (Question(text="%"), []),
        (Question(person=4), []),
        (Question(text="わたなべ", present=True), [2, 1]),
    ],
)
def test_all_that_is_asked_holds_and_the_order_is_that_of_readings(
    reader: Reader, asked: Question, persons: list[int]
) -> None:
    assert [one.person for one in find_residents(reader, CHIYODA, asked, on=DAY).rows] == persons


@pytest.mark.parametrize(
    ("sort", "persons"), [("birth", [1, 2]), ("-birth", [2, 1]), ("address", [1, 2]), ("-person", [2, 1])]
)
def test_pages_in_the_order_asked_for(reader: Reader, sort: str, persons: list[int]) -> None:
    asked = Question(text="わたなべ")
    pages = [
        find_residents(reader, CHIYODA, asked, on=DAY, sort=sort, page=page, size=1) for page in (1, 2, 3)
    ]
    assert [page.rows[0].person for page in pages] == [*persons, persons[1]]
    assert [(page.page, page.pages, page.total, page.more) for page in pages] == [
        (1, 2, 2, False),
        (2, 2, 2, False),
        (2, 2, 2, False),
    ]


def known(who: int, reading: str, first: date, last: date, kind: str = "registered") -> None:
    """Enters a person of whom the register knows a name and a span of days of birth."""
    said = {"muni": CHIYODA, "person": who, "recorded_at": timezone.now(), "act": 1}
    Person.objects.create(id=who, muni=CHIYODA)
    Particulars.objects.create(**said, birth_date=first, birth_latest=last, sex=1)
    PersonName.objects.create(
        **said, kind=kind, whole=reading, whole_kana=reading, key=reading, kana_key=reading
    )


def test_a_span_of_days_of_birth_is_found_by_each_of_its_days_and_no_other(reader: Reader) -> None:
    known(50, "スパン", date(1950, 1, 1), date(1950, 12, 31))
    for day, found in {
        date(1949, 12, 31): [],
        date(1950, 1, 1): [50],
        date(1950, 7, 1): [50],
        date(1950, 12, 31): [50],
        date(1951, 1, 1): [],
    }.items():
        for text in ("スパ", "", "ｽ"):
            asked = Question(text=text, born=day)
            assert [one.person for one in find_residents(reader, CHIYODA, asked, on=DAY).rows] == found
    asked = Question(text="ワ", born=date(1950, 7, 1))
    assert find_residents(reader, CHIYODA, asked, on=DAY).total == 0


def test_readings_come_in_the_order_of_the_reading_by_which_they_are_found(reader: Reader) -> None:
    day = date(1980, 1, 1)
    known(60, "ワ", day, day)
    names = [("ワンズ", 61), ("ワアズ", 62)]
    for reading, who in names:
        known(who, reading, day, day, kind="alias")
    for sort, persons in (("reading", [60, 62, 2, 1, 61]), ("-reading", [61, 1, 2, 62, 60])):
        page = find_residents(reader, CHIYODA, Question(text="わ"), on=DAY, sort=sort)
        assert [one.person for one in page.rows] == persons
        assert (page.total, page.more) == (5, False)
    assert find_residents(reader, CHIYODA, Question(text="わ", present=True), on=DAY).total == 2


def test_no_more_are_counted_than_are_shown(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(finding, "SPARE", 0)
    day = date(1980, 1, 1)
    for who in range(70, 75):
        known(who, "ワン", day, day)
    page = find_residents(reader, CHIYODA, Question(text="わ"), on=DAY)
    assert ([one.person for one in page.rows], page.total, page.more) == ([2, 1], 2, True)
    born = find_residents(reader, CHIYODA, Question(text="わん", born=day), on=DAY, sort="-reading")
    assert ([one.person for one in born.rows], born.total, born.more) == ([74, 73], 2, True)


def test_an_empty_question_and_another_municipality_are_refused(reader: Reader) -> None:
    for empty in (Question(), Question(text=" ・"), Question(address="　")):
        with pytest.raises(BadInput):
            find_residents(reader, CHIYODA, empty, on=DAY)
    with pytest.raises(Refused):
        find_residents(reader, CHUO, Question(person=4), on=DAY)
    assert ReadRecord.objects.latest("id").answer == Answer.REFUSED
    assert residents_by_id(reader, CHUO, [4], on=DAY) == {}
    assert residents_by_id(reader, CHIYODA, [4], on=DAY) == {}
    assert household_on(reader, CHUO, 1004, on=DAY) is None
    assert act_shown(reader, CHUO, 1) is None


def test_a_household_has_its_head_first_and_everybody_in_it_is_recorded(reader: Reader) -> None:
    found = household_on(reader, CHIYODA, 7, on=DAY)
    assert found is not None
    assert [one.person for one in found.members] == [1, 2]
    assert found.head is not None
    assert found.head.person == 1
    assert set(ReadRecord.objects.values_list("subject", flat=True)) == {1, 2}
    assert household_on(reader, CHIYODA, 999, on=DAY) is None


def test_the_journal_begins_with_the_taking_over(reader: Reader) -> None:
    [line] = journal_page(CHIYODA).rows
    assert line.kind == "take_over"
    assert journal_page(CHIYODA, kind="death").rows == ()
    assert journal_page(CHIYODA, on=date(1999, 1, 1)).total == 0


def test_a_name_of_every_kind_has_its_place_where_names_are_shown() -> None:
    assert set(people.SHOWN_FIRST) == set(NameKind)
