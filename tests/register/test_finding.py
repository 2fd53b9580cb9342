"""Finding residents by every item, households and the journal, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, DutyKind, Reader
from enishi.register.services import (
    act_shown,
    find_residents,
    household_on,
    journal_page,
    load_nation,
    residents_by_id,
)
from enishi.register.terms import Question
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
