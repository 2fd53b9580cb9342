"""Today's work: what has passed without notice, came late, is about to end, or was refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import Answer, reads_by
from enishi.register import services
from enishi.register.filing import perform_act
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    Arrived,
    Birth,
    Departure,
    ImmigrationNotice,
    Leaving,
    MoveWithin,
    NationalityChange,
    NewName,
    NewStatus,
    Seat,
)
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, CHUO, person, small_snapshot
from tests.register.desk import DAY, NOW, OFFICER, TODAY, latin, ordered, report

pytestmark = pytest.mark.django_db
FATHER, MOTHER, CHILD, ANH = 1, 2, 3, 4
THERE = Place(CHUO, "築地", postcode="1040045")


@pytest.fixture(autouse=True)
def town(tmp_path: Path) -> None:
    rows = [
        person(FATHER, household=7),
        person(MOTHER, household=7, relation="spouse"),
        person(CHILD, household=7, relation="child", birth_date=date(2010, 1, 2)),
        person(ANH, nationality="VNM", residence_status="student"),
        person(9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def test_a_move_out_without_notice_of_arrival_is_due_from_its_day_until_the_notice_comes() -> None:
    seats = (Seat(MOTHER, 7, "head"), Seat(CHILD, 7, "child"))
    number = perform_act(report(TODAY), Departure(Kind.MOVE_OUT, (FATHER,), THERE, seats))
    assert services.due_departures(OFFICER, CHIYODA, TODAY - timedelta(days=1)).rows == ()
    (line,) = services.due_departures(OFFICER, CHIYODA, TODAY + timedelta(days=30)).rows
    assert (line.person, line.left_on, line.days, line.going_to, line.act) == (
        FATHER,
        TODAY,
        30,
        CHUO,
        number,
    )
    perform_act(ordered(TODAY), Arrived(number, (FATHER,), THERE))
    assert services.due_departures(OFFICER, CHIYODA, date(2021, 1, 1)).rows == ()


def test_late_reports_are_listed_for_the_summary_court_with_everybody_in_them() -> None:
    kanda = Place(CHIYODA, "神田", postcode="1010041")
    perform_act(report(), MoveWithin(Kind.MOVE_WITHIN, (ANH,), kanda))
    late = report(date(2020, 5, 20), reported_on=TODAY)
    number = perform_act(late, MoveWithin(Kind.MOVE_WITHIN, (FATHER, MOTHER, CHILD), kanda))
    rows = services.due_late_reports(OFFICER, CHIYODA, NOW).rows
    assert [(row.person, row.act, row.days_late) for row in rows] == [
        (who, number, 7) for who in (FATHER, MOTHER, CHILD)
    ]
    assert services.due_late_reports(OFFICER, CHIYODA, NOW + timedelta(seconds=1)).rows == ()


def test_a_child_without_status_is_due_for_sixty_days_after_birth_and_over_on_the_next() -> None:
    child = NewName(NameKind.LATIN, whole="NGUYEN BAO")
    perform_act(ordered(), Birth(1, child, ANH, "child", foreign=NewStatus("VNM")))
    last = DAY + timedelta(days=60)
    said = {
        day: services.due_without_status(OFFICER, CHIYODA, day, ahead=7).rows
        for day in (DAY, last - timedelta(days=8), last - timedelta(days=7), last, last + timedelta(days=1))
    }
    assert [len(rows) for rows in said.values()] == [0, 0, 1, 1, 1]
    assert [rows[0].over for rows in list(said.values())[2:]] == [False, False, True]
    who = said[last][0].person
    assert said[last][0].last_day == date(2020, 7, 31)
    perform_act(
        ordered(TODAY), ImmigrationNotice(who, NewStatus("VNM", "dependent", "1年", date(2021, 6, 1)))
    )
    assert services.due_without_status(OFFICER, CHIYODA, last).rows == ()


def test_who_lost_japanese_nationality_counts_from_that_day() -> None:
    lost = NationalityChange(Kind.NATIONALITY_LOST, MOTHER, (latin("SHIKEN JIRO"),), foreign=NewStatus("USA"))
    perform_act(ordered(), lost)
    (line,) = services.due_without_status(OFFICER, CHIYODA, DAY, ahead=60).rows
    assert (line.person, line.last_day, line.status) == (MOTHER, DAY + timedelta(days=60), "")


def test_a_stay_that_ends_is_listed_until_it_is_extended_or_the_person_erased() -> None:
    perform_act(ordered(), ImmigrationNotice(ANH, NewStatus("VNM", "student", "1年", date(2020, 6, 30))))
    assert services.due_stays(OFFICER, CHIYODA, TODAY, ahead=19).rows == ()
    assert [line.over for line in services.due_stays(OFFICER, CHIYODA, TODAY, ahead=20).rows] == [False]
    assert [line.over for line in services.due_stays(OFFICER, CHIYODA, date(2020, 7, 1)).rows] == [True]
    perform_act(ordered(TODAY), Leaving(Kind.ERASURE, ANH))
    assert services.due_stays(OFFICER, CHIYODA, date(2020, 7, 1)).rows == ()


def test_refused_attempts_are_listed_latest_first_and_paged_and_the_list_is_recorded() -> None:
    for who in (FATHER, 77, 78):
        with pytest.raises(Refused):
            perform_act(
                ordered(now=NOW + timedelta(seconds=who)), ImmigrationNotice(who, NewStatus("VNM", "student"))
            )
    first = services.refused_acts(OFFICER, CHIYODA, since=NOW, size=2)
    second = services.refused_acts(OFFICER, CHIYODA, since=NOW, size=2, page=2)
    assert [row.where for row in first.rows] == ["person 78", "person 77"]
    assert ([row.where for row in second.rows], second.pages, second.total) == ([f"person {FATHER}"], 2, 3)
    assert services.refused_acts(OFFICER, CHIYODA, since=NOW + timedelta(seconds=78)).total == 1
    assert [line.items for line in reads_by(CHIYODA)] == [("refused_acts",)] * 3
    there = replace(OFFICER, muni=CHUO)
    assert services.refused_acts(there, CHUO, since=NOW).rows == ()
    with pytest.raises(Refused, match="only"):
        services.refused_acts(there, CHIYODA)
    assert [line.answer for line in reads_by(CHUO)] == [Answer.REFUSED, Answer.NOTHING]


def test_everybody_shown_is_in_the_read_record_and_an_officer_sees_the_own_municipality_only() -> None:
    perform_act(report(TODAY), Departure(Kind.MOVE_OUT, (FATHER, MOTHER, CHILD), THERE))
    page = services.due_departures(OFFICER, CHIYODA, TODAY, size=2)
    assert ([one.person for one in page.rows], page.more) == ([FATHER, MOTHER], True)
    assert [line.subject for line in reads_by(CHIYODA)] == [MOTHER, FATHER]
    for due in (services.due_departures, services.due_stays, services.due_without_status):
        with pytest.raises(Refused, match="only"):
            due(replace(OFFICER, muni=CHUO), CHIYODA, TODAY)
    assert [line.answer for line in reads_by(CHUO)] == [Answer.REFUSED] * 3
    with pytest.raises(BadInput, match="no page"):
        services.due_departures(OFFICER, CHIYODA, TODAY, page=0)
