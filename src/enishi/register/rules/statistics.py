"""The monthly and yearly tables of population and its change, as the ministry's ordinance on surveys of the resident register
has them: what counts as what, ages, and the balance that every line keeps.

A period is whole months. A line stands for a cell: municipality, sex, five-year age band, Japanese or foreign. The age is that
on the last day of the period, in every column, so that nobody changes their line by growing older.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from enishi.kernel.ages import age
from enishi.kernel.errors import BadInput, Disagreement
from enishi.register.vocabulary import Entry, Exit

BAND = 5
OLDEST = 100
"""The last band: this age and over."""

GAINS = {Entry.BIRTH: "births", Entry.MOVE_IN: "moved_in", Entry.FROM_ABROAD: "from_abroad"}
LOSSES = {Exit.DEATH: "deaths", Exit.MOVE_OUT: "moved_out", Exit.ABROAD: "to_abroad"}
OTHER_GAIN, OTHER_LOSS = "other_in", "other_out"
"""Naturalisation, entries and erasures ex officio, restorations, adjudged disappearance, another sex or nationality entered."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, `first` to `last` day."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """`2020-04` or `2019`."""
        whole = (self.first.month, self.last.month) == (1, 12)
        return f"{self.first.year:04d}" if whole else f"{self.first.year:04d}-{self.first.month:02d}"

    @property
    def before(self) -> date:
        """The day at whose close it begins."""
        return self.first - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A cell in numbers of persons. `band`: 0 for 0 to 4 years ... 20 for 100 and over; `sex` 1 or 2 (ISO/IEC 5218).

    `begin` and `end`: population at the close of the day before the period and of its last day.
    """

    muni: str
    sex: int
    band: int
    foreign: bool
    begin: int = 0
    births: int = 0
    deaths: int = 0
    moved_in: int = 0
    from_abroad: int = 0
    other_in: int = 0
    moved_out: int = 0
    to_abroad: int = 0
    other_out: int = 0
    end: int = 0

    @property
    def natural(self) -> int:
        """Natural change (自然増減)."""
        return self.births - self.deaths

    @property
    def social(self) -> int:
        """Social change (社会増減), other entries and erasures included."""
        gains = self.moved_in + self.from_abroad + self.other_in
        return gains - self.moved_out - self.to_abroad - self.other_out

    @property
    def balanced(self) -> bool:
        """Whether the population at the end is what the changes make of that at the beginning."""
        return self.begin + self.natural + self.social == self.end


@dataclass(frozen=True, slots=True)
class Households:
    """Households of a municipality at the close of a period: of Japanese, of foreign residents, of both."""

    muni: str
    japanese: int
    foreign: int
    mixed: int


def period_of(text: str) -> Period:
    """The month `2020-04` or the year `2019`. Raises BadInput."""
    parts = text.split("-")
    try:
        year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
        if (
            text not in (f"{year:04d}", f"{year:04d}-{month:02d}")
            or not 1900 <= year <= 9998
            or parts[1:] == ["00"]
        ):
            raise ValueError(text)
        first = date(year, month or 1, 1)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no month or year", where="period", todo="write it as 2020-04 or 2019"
        ) from error
    last = month or 12
    return Period(first, date(year, last, monthrange(year, last)[1]))


def check_ended(period: Period, today: date) -> None:
    """Raises BadInput where a period has not ended: what happens in it is not known yet."""
    if period.last >= today:
        raise BadInput(
            f"the period ends on {period.last}, and today is {today}",
            where="period",
            todo="ask again when it has ended",
        )


def latest_births(day: date) -> tuple[date, ...]:
    """For each age 5, 10 ... 100 the last date of birth of somebody who has reached it on `day`."""
    found = []
    for years in range(BAND, OLDEST + BAND, BAND):
        born = date(day.year - years, day.month, min(day.day, monthrange(day.year - years, day.month)[1]))
        while age(born + timedelta(days=1), day) >= years:
            born += timedelta(days=1)
        while age(born, day) < years:
            born -= timedelta(days=1)
        found.append(born)
    return tuple(found)


def band_words(band: int) -> str:
    """`0-4` ... `95-99`, `100+`."""
    first = band * BAND
    return f"{OLDEST}+" if first >= OLDEST else f"{first}-{first + BAND - 1}"


def check_balance(lines: Iterable[Line]) -> None:
    """Raises Disagreement naming the first cell whose numbers do not add up: such tables are not printed."""
    for line in lines:
        if not line.balanced:
            who = (
                f"{'foreign' if line.foreign else 'Japanese'}, sex {line.sex}, {band_words(line.band)} years"
            )
            raise Disagreement(
                f"{line.begin} persons and the changes of the period do not make {line.end}",
                where=f"municipality {line.muni}, {who}",
                todo="look for records of this cell without particulars on a day of their residence, and correct them",
            )
