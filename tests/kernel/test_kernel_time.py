from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_examples import examples

from enishi.kernel import ages, calendar, deadlines
from enishi.kernel.deadlines import Counting, end_of_period, never_closed
from enishi.kernel.errors import BadInput
from enishi.kernel.period import Period

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
OFFICE_DAYS = st.dates(calendar.FIRST_DAY, date(2090, 12, 31))


@pytest.mark.parametrize("example", examples("ages", "attainment"))
def test_attainment_day(example: dict[str, Any]) -> None:
    assert ages.attainment_day(example["birth"], example["n"]) == example["day"], example["law"]


@pytest.mark.parametrize("example", examples("ages", "birthday"))
def test_is_aged_from_the_birthday(example: dict[str, Any]) -> None:
    assert ages.is_aged(example["birth"], example["n"], example["day"]) is example["aged"], example["law"]


@given(DAYS, st.integers(1, 120))
def test_an_age_is_attained_at_the_end_of_the_day_before_the_birthday(birth: date, n: int) -> None:
    day = ages.attainment_day(birth, n)
    assert ages.age(birth, day) == n - 1
    assert ages.age(birth, day + timedelta(days=1)) == n
    assert not ages.is_aged(birth, n, day)
    assert ages.is_aged(birth, n, day + timedelta(days=1))


@given(DAYS, st.integers(1, 120))
def test_attaining_an_age_is_a_period_of_years_that_counts_the_day_of_birth(birth: date, n: int) -> None:
    by_period = end_of_period(birth, years=n, is_holiday=never_closed, counting=Counting.FROM_MIDNIGHT)
    assert ages.attainment_day(birth, n) == by_period


@given(DAYS, st.integers(0, 50_000))
def test_age_is_the_number_of_birthdays_had(birth: date, later: int) -> None:
    on = birth + timedelta(days=later)
    n = ages.age(birth, on)
    assert ages.is_aged(birth, n, on)
    assert not ages.is_aged(birth, n + 1, on)


def test_nobody_has_an_age_before_birth() -> None:
    birth = date(2020, 4, 28)
    assert not ages.is_aged(birth, 0, date(2020, 4, 27))
    assert ages.is_aged(birth, 0, birth)
    assert ages.age(birth, birth) == 0
    with pytest.raises(BadInput, match="before the birth"):
        ages.age(birth, date(2020, 4, 27))
    with pytest.raises(BadInput, match="1 or more"):
        ages.attainment_day(birth, 0)
    assert ages.attainment_day(birth, date.max.year - birth.year) == date(9999, 4, 27)
    with pytest.raises(BadInput, match="past the calendar"):
        ages.attainment_day(birth, date.max.year - birth.year + 1)


@pytest.mark.parametrize("example", examples("deadlines", "ends"))
def test_end_of_period(example: dict[str, Any]) -> None:
    length = {unit: example[unit] for unit in ("days", "weeks", "months", "years") if unit in example}
    end = end_of_period(
        example["event"],
        **length,
        is_holiday=calendar.is_office_holiday,
        counting=Counting(example.get("counting", "civil_code")),
    )
    assert end == example["end"], example["law"]


@given(OFFICE_DAYS, st.integers(1, 400))
def test_a_period_never_ends_on_a_day_off_and_rolls_on_no_further_than_needed(event: date, days: int) -> None:
    end = end_of_period(event, days=days, is_holiday=calendar.is_office_holiday)
    counted = event + timedelta(days=days)
    assert not calendar.is_office_holiday(end)
    assert all(calendar.is_office_holiday(counted + timedelta(days=d)) for d in range((end - counted).days))


@given(OFFICE_DAYS, st.integers(1, 400))
def test_the_family_register_act_ends_a_day_earlier(event: date, days: int) -> None:
    family = end_of_period(event, days=days, is_holiday=never_closed, counting=Counting.FAMILY_REGISTER)
    civil = end_of_period(event, days=days, is_holiday=never_closed)
    assert civil - family == timedelta(days=1)


@given(DAYS, st.integers(1, 30))
def test_weeks_are_seven_days_and_years_twelve_months(event: date, n: int) -> None:
    assert end_of_period(event, weeks=n, is_holiday=never_closed) == end_of_period(
        event, days=7 * n, is_holiday=never_closed
    )
    assert end_of_period(event, years=n, is_holiday=never_closed) == end_of_period(
        event, months=12 * n, is_holiday=never_closed
    )


@given(DAYS, st.integers(1, 60))
def test_months_end_in_their_month_and_never_go_back_with_a_later_event(event: date, n: int) -> None:
    end = end_of_period(event, months=n, is_holiday=never_closed)
    assert end_of_period(event + timedelta(days=1), months=n, is_holiday=never_closed) >= end
    first = event + timedelta(days=1)
    month_after_end = end + timedelta(days=1)
    whole_months = month_after_end.year * 12 + month_after_end.month - (first.year * 12 + first.month)
    assert whole_months == n or month_after_end.day == 1


@pytest.mark.parametrize(
    "length",
    [{}, {"days": 0}, {"days": -1}, {"days": 1, "months": 1}, {"years": 9000}, {"months": -1, "years": 1}],
)
def test_a_length_that_is_not_one_positive_number_is_refused(length: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        end_of_period(date(2026, 1, 1), **length, is_holiday=never_closed)


def test_a_calendar_without_a_working_day_is_refused() -> None:
    with pytest.raises(BadInput, match="no working day"):
        end_of_period(date(2026, 1, 1), days=1, is_holiday=lambda day: True)
    end = date(2026, 3, 1)
    reopening = end + timedelta(days=deadlines.LONGEST_CLOSURE)
    assert deadlines.roll_on(end, lambda day: day < reopening) == reopening
    with pytest.raises(BadInput, match="within 31 days"):
        deadlines.roll_on(end, lambda day: day <= reopening)


def test_an_act_is_in_time_on_the_last_day_itself() -> None:
    end = date(2026, 4, 15)
    in_time = [deadlines.is_in_time(end + timedelta(days=shift), end) for shift in (-1, 0, 1)]
    assert in_time == [True, True, False]


@pytest.mark.parametrize("example", examples("calendar", "national_holidays"))
def test_national_holidays_of_a_year(example: dict[str, Any]) -> None:
    year = example["year"]
    listed = [date.fromisoformat(f"{year}-{day}") for day in example["days"]]
    all_days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]
    assert [day for day in all_days if calendar.is_national_holiday(day)] == listed


@pytest.mark.parametrize("example", examples("calendar", "days"))
def test_offices_and_banks_on_a_day(example: dict[str, Any]) -> None:
    assert calendar.is_office_holiday(example["day"]) is not example["office"], example["law"]
    assert calendar.is_banking_day(example["day"]) is example["bank"], example["law"]


@given(OFFICE_DAYS)
def test_offices_work_only_on_banking_days(day: date) -> None:
    assert calendar.is_office_holiday(day) or calendar.is_banking_day(day)


def test_value_days_over_the_new_year() -> None:
    days = calendar.next_banking_days(date(2026, 12, 30), 3)
    assert days == (date(2026, 12, 30), date(2027, 1, 4), date(2027, 1, 5))
    assert calendar.next_banking_days(date(2026, 12, 31), 1) == (date(2027, 1, 4),)
    assert calendar.next_banking_days(date(2026, 12, 31), 0) == ()
    with pytest.raises(BadInput):
        calendar.next_banking_days(date(2026, 12, 31), -1)


def test_days_off_before_every_saturday_was_one_are_not_guessed() -> None:
    assert calendar.is_office_holiday(date(1992, 5, 2))
    with pytest.raises(BadInput, match="1992-04-30"):
        calendar.is_office_holiday(date(1992, 4, 30))
    with pytest.raises(BadInput, match="1992-04-30"):
        calendar.is_banking_day(date(1992, 4, 30))


ORIGIN = date(2020, 1, 1)
EDGES = st.none() | st.integers(0, 12).map(lambda n: ORIGIN + timedelta(days=n))
WINDOW = [ORIGIN + timedelta(days=n) for n in range(-3, 16)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = draw(EDGES), draw(EDGES)
    if start is not None and end is not None:
        if start == end:
            end = end + timedelta(days=1)
        start, end = min(start, end), max(start, end)
    return Period(start, end)


def days_of(*some: Period | None) -> set[date]:
    return {day for period in some if period is not None for day in WINDOW if period.contains(day)}


@given(periods(), periods())
def test_periods_behave_as_sets_of_days(a: Period, b: Period) -> None:
    assert a.overlaps(b) == bool(days_of(a) & days_of(b)) == b.overlaps(a)
    assert days_of(a.intersection(b)) == days_of(a) & days_of(b)
    assert days_of(*a.minus(b)) == days_of(a) - days_of(b)
    assert a.covers(b) == (days_of(a) >= days_of(b))
    assert (a.intersection(b) is None) == (not a.overlaps(b))


@given(periods(), periods())
def test_what_is_left_of_a_period_is_in_order_and_apart(a: Period, b: Period) -> None:
    rest = a.minus(b)
    assert not any(part.overlaps(b) for part in rest)
    if len(rest) == 2:
        assert rest[0].end == b.start
        assert rest[1].start == b.end
        assert not rest[0].is_adjacent_to(rest[1])


@given(periods(), periods())
def test_adjacent_periods_leave_no_gap_and_share_no_day(a: Period, b: Period) -> None:
    touching = a.end is not None and a.end == b.start
    touching = touching or (b.end is not None and b.end == a.start)
    assert a.is_adjacent_to(b) == touching
    if a.is_adjacent_to(b):
        assert not a.overlaps(b)


def test_a_period_without_a_day_is_refused() -> None:
    day = date(2020, 4, 27)
    with pytest.raises(BadInput, match="has no day"):
        Period(day, day)
    with pytest.raises(BadInput, match="has no day"):
        Period(day, day - timedelta(days=1))
    assert Period(day, day + timedelta(days=1)).days() == 1


def test_the_end_of_a_period_does_not_belong_to_it() -> None:
    death = date(2020, 4, 26)
    resident = Period(None, death + timedelta(days=1))
    assert [resident.contains(death + timedelta(days=n)) for n in (-1, 0, 1)] == [True, True, False]
    assert Period.of_days(death, death) == Period(death, death + timedelta(days=1))
    assert Period.of_days(death, date.max).end is None
    assert resident.days() is None
