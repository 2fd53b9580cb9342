"""What an act changed, day by day: worked examples, and against a day-by-day comparison of random facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from enishi.register.differences import differences
from enishi.register.records import Entered

START = date(2020, 1, 1)
NOW = datetime(2020, 1, 1, tzinfo=UTC)


def day(number: int | None) -> date | None:
    return None if number is None else START + timedelta(days=number)


def fact(town: str, since: int | None, until: int | None, group: str = "address") -> Entered:
    return Entered(group, "", {"town": town}, day(since), day(until), NOW, 1, None)


def test_a_move_changes_only_the_days_from_it_on() -> None:
    [found] = differences([fact("old", None, None)], [fact("old", None, 5), fact("new", 5, None)])
    assert (found.since, found.until) == (day(5), None)
    assert (found.before, found.after) == ({"town": "old"}, {"town": "new"})


def test_what_is_said_anew_without_a_difference_is_left_out() -> None:
    assert differences([fact("old", None, 9)], [fact("old", None, 3), fact("old", 3, 9)]) == ()


def test_an_end_and_a_beginning_have_one_side_each() -> None:
    [ended] = differences([fact("a", 1, None)], [fact("a", 1, 4)])
    assert (ended.since, ended.until, ended.before, ended.after) == (day(4), None, {"town": "a"}, None)
    [begun] = differences([], [fact("a", 1, 4)])
    assert (begun.since, begun.until, begun.before, begun.after) == (day(1), day(4), None, {"town": "a"})


borders = st.lists(st.integers(0, 12), min_size=0, max_size=4, unique=True).map(sorted)


@st.composite
def timelines(draw: st.DrawFn) -> list[Entered]:
    """Facts that do not overlap, over some of the stretches between a few borders."""
    ends: list[int | None] = [None, *draw(borders), None]
    stretches = pairwise(ends)
    said = draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=len(ends), max_size=len(ends)))
    return [fact(town, *stretch) for stretch, town in zip(stretches, said, strict=False) if town]


def said_on(facts: list[Entered], moment: date) -> dict[str, str] | None:
    for one in facts:
        if (one.since is None or one.since <= moment) and (one.until is None or moment < one.until):
            return one.items
    return None


@given(old=timelines(), new=timelines())
def test_every_day_is_in_a_difference_just_where_both_sides_differ(
    old: list[Entered], new: list[Entered]
) -> None:
    found = differences(old, new)
    for number in range(-3, 16):
        moment = START + timedelta(days=number)
        here = [
            one
            for one in found
            if (one.since is None or one.since <= moment) and (one.until is None or moment < one.until)
        ]
        before, after = said_on(old, moment), said_on(new, moment)
        assert [(one.before, one.after) for one in here] == ([] if before == after else [(before, after)])
