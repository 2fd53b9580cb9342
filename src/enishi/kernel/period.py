"""Half-open periods of days: the first day belongs to a period, the end does not.

A fact on the register that begins on the day on which another ends leaves no gap and no overlap. None as
start or end means that the period has no known beginning, or no end yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from enishi.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` (included) to `end` (excluded). Raises BadInput where no day is left."""

    start: date | None
    end: date | None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise BadInput(
                f"the period from {self.start} until {self.end} (excluded) has no day",
                where="period",
                todo="let the end be later than the start; for one day, the end is the next day",
            )

    @classmethod
    def of_days(cls, first: date, last: date) -> Period:
        """The period whose first and last days are both included.

        Raises BadInput where `last` is before `first`.
        """
        return cls(first, None if last == date.max else last + timedelta(days=1))

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def covers(self, other: Period) -> bool:
        """Whether every day of `other` lies in this period."""
        return _from(self) <= _from(other) and _until(other) <= _until(self)

    def overlaps(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return _from(self) < _until(other) and _from(other) < _until(self)

    def intersection(self, other: Period) -> Period | None:
        """The days common to both, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self, other, key=_from).start, min(self, other, key=_until).end)

    def is_adjacent_to(self, other: Period) -> bool:
        """Whether one begins on the day on which the other ends: no gap and no common day."""
        return (self.end is not None and self.end == other.start) or (
            other.end is not None and other.end == self.start
        )

    def minus(self, other: Period) -> tuple[Period, ...]:
        """The days of this period that are not in `other`: none, one or two periods, in order."""
        common = self.intersection(other)
        if common is None:
            return (self,)
        rest: list[Period] = []
        if common.start is not None and common.start != self.start:
            rest.append(Period(self.start, common.start))
        if common.end is not None and common.end != self.end:
            rest.append(Period(common.end, self.end))
        return tuple(rest)

    def days(self) -> int | None:
        """Number of days, or None where it is open on a side."""
        return None if self.start is None or self.end is None else (self.end - self.start).days


def _from(period: Period) -> int:
    return 0 if period.start is None else period.start.toordinal()


def _until(period: Period) -> int:
    return date.max.toordinal() + 1 if period.end is None else period.end.toordinal()
