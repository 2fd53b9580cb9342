"""Counting legal periods: when the last day of a period falls.

Civil Code arts 138 to 143: the day of the event is not counted (art. 140) unless the period begins at
midnight (its proviso); a period ends with its last day (art. 141); an end on a day off rolls on to the next
working day (art. 142; for offices the Act on Holidays of Administrative Organs, Act 91 of 1988, art. 2, and
the Local Autonomy Act, art. 4-2(4)); weeks, months and years go by the calendar and end with the day before
the corresponding one, or with the last day of the month where there is none (art. 143). The Family Register
Act counts the day of the event (art. 43(1)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum

from enishi.kernel.errors import BadInput

LONGEST_CLOSURE = 31
"""Days after which a calendar without a working day is taken for a fault.

The longest real one was of 10 days (2019).
"""


class Counting(Enum):
    """Which day is the first of the period."""

    CIVIL_CODE = "civil_code"
    """The day after the event (Civil Code art. 140)."""
    FROM_MIDNIGHT = "from_midnight"
    """The day itself, where the period begins at its midnight (Civil Code art. 140, proviso)."""
    FAMILY_REGISTER = "family_register"
    """The day of the event (Family Register Act art. 43(1)): birth on the 1st, 14 days end on the 14th."""


def end_of_period(
    event: date,
    *,
    days: int = 0,
    weeks: int = 0,
    months: int = 0,
    years: int = 0,
    is_holiday: Callable[[date], bool],
    counting: Counting = Counting.CIVIL_CODE,
) -> date:
    """The last day on which an act is still in time.

    The period after `event` is of days, weeks, months or years: exactly one of them, positive.

    `is_holiday` says whether the office is closed on a day (`calendar.is_office_holiday`); pass
    `never_closed` where the end does not roll on. Raises BadInput where the length is not one positive
    number, or no working day follows.
    """
    _check_length(days, weeks, months, years)
    first = event + timedelta(days=1) if counting is Counting.CIVIL_CODE else event
    if days or weeks:
        last = first + timedelta(days=days + 7 * weeks - 1)
    else:
        last = _before_corresponding_day(first, months + 12 * years)
    return roll_on(last, is_holiday)


def is_in_time(act: date, end: date) -> bool:
    """Whether an act on `act` is in time for a period that ends with the day `end` (Civil Code art. 141)."""
    return act <= end


def roll_on(day: date, is_holiday: Callable[[date], bool]) -> date:
    """`day`, or the first working day after it where it is a day off.

    Raises BadInput where none follows within a month.
    """
    for later in range(LONGEST_CLOSURE + 1):
        candidate = day + timedelta(days=later)
        if not is_holiday(candidate):
            return candidate
    raise BadInput(
        f"no working day within {LONGEST_CLOSURE} days after {day}",
        where="office holidays",
        todo="check the calendar of holidays that was passed in",
    )


def never_closed(day: date) -> bool:
    """For periods whose end does not roll on."""
    return False


def _check_length(*lengths: int) -> None:
    if sum(1 for length in lengths if length) != 1 or min(lengths) < 0:
        raise BadInput(
            "a period is a positive number of either days, weeks, months or years",
            where="length of the period",
            todo="pass exactly one of days, weeks, months, years",
        )


def _before_corresponding_day(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    month += 1
    if year > date.max.year:
        raise BadInput(
            f"the period ends in {year}, past the calendar", where="length of the period", todo="shorten it"
        )
    longest = monthrange(year, month)[1]
    if first.day > longest:
        return date(year, month, longest)
    return date(year, month, first.day) - timedelta(days=1)
