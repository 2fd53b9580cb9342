"""Days off of offices and of banks.

Offices: Act on Holidays of Administrative Organs (行政機関の休日に関する法律, Act 91 of 1988), art. 1(1), and
by the Local Autonomy Act, art. 4-2(2), the same days by ordinance in municipalities: Saturdays, Sundays,
national holidays, 29 December to 3 January. Banks: Banking Act Enforcement Order (Order 40 of 1982), art.
5(1): Saturdays, Sundays, national holidays, 31 December to 3 January.

National holidays (国民の祝日に関する法律, Act 178 of 1948) come from the library jpholiday. Equinoxes are
fixed by the official calendar each February for the next year; those later than that are its astronomical
forecast. Days before May 1992, when Saturdays became days off, are refused rather than guessed; municipal
days off beyond the list are not known here.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import jpholiday

from enishi.kernel.errors import BadInput

FIRST_DAY = date(1992, 5, 1)
"""First day of the present rule: every Saturday closed."""

SATURDAY = 5


@lru_cache(maxsize=4096)
def is_national_holiday(day: date) -> bool:
    """Whether `day` is a national holiday, in lieu of one (振替休日) or between two (国民の休日)."""
    return jpholiday.is_holiday(day)


def is_office_holiday(day: date) -> bool:
    """Whether offices of the State and municipalities are closed on `day`.

    Raises BadInput before 1 May 1992.
    """
    return _is_weekend_or_holiday(day) or (day.month, day.day) in _OFFICE_NEW_YEAR


def is_banking_day(day: date) -> bool:
    """Whether banks work on `day`, and so the clearing settles. Raises BadInput before 1 May 1992."""
    return not _is_weekend_or_holiday(day) and (day.month, day.day) not in _BANK_NEW_YEAR


def next_banking_days(start: date, count: int) -> tuple[date, ...]:
    """The first `count` banking days from `start` on, `start` included where it is one.

    Raises BadInput for count < 0.
    """
    if count < 0:
        raise BadInput(f"{count} banking days cannot be counted", where="count", todo="pass 0 or more")
    days: list[date] = []
    day = start
    while len(days) < count:
        if is_banking_day(day):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


_BANK_NEW_YEAR = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})
_OFFICE_NEW_YEAR = _BANK_NEW_YEAR | {(12, 29), (12, 30)}


def _is_weekend_or_holiday(day: date) -> bool:
    if day < FIRST_DAY:
        raise BadInput(
            f"the days off of {day} are not known here",
            where="calendar",
            todo=f"use a day from {FIRST_DAY} on, or pass the days off of that time to the rule yourself",
        )
    return day.weekday() >= SATURDAY or is_national_holiday(day)
