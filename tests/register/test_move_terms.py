"""The law's days and proofs of a move: the day before, the day itself, the day after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.calendar import is_office_holiday
from enishi.kernel.errors import BadInput, Refused
from enishi.register.rules.move_terms import (
    Capacity,
    Evidence,
    Law,
    Missing,
    Proof,
    card_route_ends,
    check_announcement,
    check_filer,
    check_seats,
    check_those_left,
    continued_use_until,
    last_day_to_announce,
    missing,
)
from enishi.register.rules.reports import Seat

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
GROWN, CHILD, OTHER_CHILD = 1, 2, 3


@pytest.mark.parametrize(
    ("announced", "moved", "ends"),
    [
        (date(2026, 4, 1), None, date(2026, 5, 1)),
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 15)),
        (date(2026, 4, 1), date(2026, 4, 17), date(2026, 5, 1)),
        (date(2026, 4, 2), None, date(2026, 5, 7)),  # 2 May is a Saturday, Golden Week follows
        (date(2026, 4, 1), date(2026, 4, 4), date(2026, 4, 20)),  # 18 April is a Saturday
        (date(2025, 12, 1), None, date(2026, 1, 5)),  # 31 December to 4 January: closed, and a Sunday
    ],
)
def test_the_card_route_ends_at_the_earlier_of_two_periods(
    announced: date, moved: date | None, ends: date
) -> None:
    assert card_route_ends(announced, moved) == ends


@given(announced=DAYS, moved=DAYS)
def test_the_card_route_never_ends_on_a_closed_day_nor_later_than_either_period(
    announced: date, moved: date
) -> None:
    ends = card_route_ends(announced, moved)
    assert not is_office_holiday(ends)
    assert ends == min(card_route_ends(announced), max(ends, moved + timedelta(days=14)))
    assert ends >= min(announced + timedelta(days=30), moved + timedelta(days=14))


def test_continued_use_ends_ninety_days_after_the_report() -> None:
    assert continued_use_until(date(2026, 4, 1)) == date(2026, 6, 30)
    assert continued_use_until(date(2026, 4, 3)) == date(2026, 7, 2)
    assert continued_use_until(date(2026, 4, 5)) == date(2026, 7, 6)  # 4 July is a Saturday


def test_a_move_out_is_announced_from_thirty_days_before_online_and_to_fourteen_days_after() -> None:
    moved = date(2026, 4, 1)
    assert last_day_to_announce(moved) == date(2026, 4, 15)
    with pytest.raises(Refused, match="2026-03-02"):
        check_announcement(moved, date(2026, 3, 1), online=True)
    assert check_announcement(moved, date(2026, 3, 2), online=True)
    assert check_announcement(moved, date(2026, 3, 1), online=False)
    assert check_announcement(moved, date(2026, 4, 15), online=True)
    assert not check_announcement(moved, date(2026, 4, 16), online=True)


def test_somebody_files_for_themselves_from_the_fifteenth_birthday_on() -> None:
    born = date(2011, 4, 10)
    for day, allowed in ((date(2026, 4, 9), False), (date(2026, 4, 10), True), (date(2026, 4, 11), True)):
        if allowed:
            check_filer(Capacity.SELF, CHILD, {CHILD: born}, on=day, online=True)
        else:
            with pytest.raises(Refused):
                check_filer(Capacity.SELF, CHILD, {CHILD: born}, on=day, online=True)
            with pytest.raises(Refused, match="legal representative"):
                check_filer(Capacity.HEAD, GROWN, {CHILD: born}, on=day, online=True)
            check_filer(Capacity.REPRESENTATIVE, None, {CHILD: born}, on=day, online=True)
    check_filer(Capacity.AGENT, None, {GROWN: date(1980, 1, 1)}, on=date(2026, 4, 1), online=False)


@pytest.mark.parametrize("law", Law)
@pytest.mark.parametrize("card_route", [True, False])
@given(kinds=st.sets(st.sampled_from(Proof)))
def test_more_proof_never_leaves_more_missing_and_nothing_proves_nothing(
    law: Law, card_route: bool, kinds: set[Proof]
) -> None:
    def left(some: set[Proof]) -> set[Missing]:
        return set(missing(law, [Evidence(kind, "x", NOON) for kind in some], card_route=card_route))

    assert Missing.IDENTITY in left(set())
    assert all(left(kinds | {one}) <= left(kinds) for one in Proof)
    assert (Missing.PAPER in left(kinds)) == (not card_route and Proof.PAPER_CERTIFICATE not in kinds)
    if law is Law.VISIT and not kinds & {Proof.OFFICER_COUNTER, Proof.OFFICER_VIDEO}:
        assert Missing.EXISTENCE in left(kinds)


def test_a_household_left_behind_has_a_head_who_is_not_a_child_among_elders() -> None:
    births = {
        GROWN: date(1980, 1, 1),
        CHILD: date(2015, 1, 1),
        OTHER_CHILD: date(2016, 1, 1),
        4: date(1950, 1, 1),
    }
    day = date(2026, 4, 1)
    home = {GROWN: "head", CHILD: "child", 4: "parent"}
    check_those_left(home, [GROWN, CHILD, 4], [], births, day)
    check_those_left(home, [CHILD], [], births, day)
    check_those_left(home, [GROWN], [Seat(4, 1, "head"), Seat(CHILD, 1, "child.child")], births, day)
    for seats in ([], [Seat(CHILD, 1, "head")], [Seat(CHILD, 1, "head"), Seat(4, 1, "head")]):
        with pytest.raises(Refused):
            check_those_left(home, [GROWN], seats, births, day)
    with pytest.raises(Refused, match="only children"):
        check_those_left(home, [GROWN, 4], [Seat(CHILD, 1, "head")], births, day)


def test_movers_are_named_once_with_one_head_of_their_own() -> None:
    check_seats([1, 2], [Seat(1, 0, "head"), Seat(2, 0, "spouse")])
    check_seats([1, 2], [Seat(1, 77, "child"), Seat(2, 77, "child.spouse")])
    for seats in (
        [Seat(1, 0, "head")],
        [Seat(1, 0, "head"), Seat(1, 0, "spouse")],
        [Seat(1, 0, "head"), Seat(2, 0, "head")],
        [Seat(1, 0, "child"), Seat(2, 0, "spouse")],
        [Seat(1, 0, "head"), Seat(2, 0, "neighbour")],
    ):
        with pytest.raises(BadInput):
            check_seats([1, 2], seats)
