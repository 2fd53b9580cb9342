"""Civil dates of which not everything is known: 昭和20年5月頃, 明治年月日不詳.

A partial date is the span of days in which the event lies, and the words in which it is recorded where they
say more than the span. The span's first day is the value to sort by, how much is known follows from the span,
and nothing is ever filled in with a made-up 1 January. The standard for resident record systems keeps the
same as a triple (value, 不詳フラグ, 不詳表記).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enishi.kernel.digits import plain_digits
from enishi.kernel.eras import (
    ERA_PATTERN,
    GREGORIAN_FROM,
    NUMBER_PATTERN,
    Era,
    era_named,
    era_of,
    era_year,
    format_long,
    from_era,
    numeral,
    to_era,
)
from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose

LONGEST_WORDING = 200


class Precision(StrEnum):
    """How much of a partial date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ERA = "era"
    SPAN = "span"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """The event lies between `earliest` and `latest`, both included.

    `wording` is what the record says, or empty.

    Sorted by `earliest`, then `latest`, then `wording`. Raises BadInput where `latest` is before `earliest`
    or the wording has a line break or is longer than 200 characters.
    """

    earliest: date
    latest: date
    wording: str = ""

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise BadInput(
                f"a date cannot lie between {self.earliest} and {self.latest}",
                where="partial date",
                todo="let the earliest possible day come first",
            )
        if len(self.wording) > LONGEST_WORDING or self.wording != " ".join(self.wording.strip().splitlines()):
            raise BadInput(
                f"the wording of a date is one line of at most {LONGEST_WORDING} characters",
                where="partial date",
                todo="copy only the words of the date",
            )

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """A date that is fully known."""
        return cls(day, day)

    @classmethod
    def of_month(cls, year: int, month: int) -> PartialDate:
        """A Gregorian month, day unknown. Raises BadInput."""
        return cls(*_month(year, month))

    @classmethod
    def of_year(cls, year: int) -> PartialDate:
        """A Gregorian year, month and day unknown. Raises BadInput."""
        return cls(*_year(year))

    @classmethod
    def of_era(cls, era: Era) -> PartialDate:
        """An era, all else unknown (昭和年月日不詳).

        The present era has no last day yet and runs to the calendar's end.
        """
        return cls(era.first_day, era.last_day or date.max)

    @classmethod
    def unknown(cls, wording: str = "") -> PartialDate:
        """Nothing is known but, perhaps, words. Sorts before everything else."""
        return cls(date.min, date.max, wording)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Reads a date as Japanese records word it.

        `昭和20年5月3日`, `昭和20年5月日不詳`, `昭和20年月日不詳`, `昭和年月日不詳`, `年月日不詳` / `不詳`,
        with 頃 after it or 推定 before it, and Gregorian years (`1945年5月日不詳`). Words that say more than
        the span (頃, 推定) are kept as the wording. Raises BadInput for other words: give those to the
        constructor, with the span that a person has read from them.
        """
        found = _WORDED.fullmatch(plain_digits(text))
        if found is None:
            raise BadInput(
                f"{text!r} cannot be read as a date",
                where="partial date",
                todo="enter the first and last possible day, and keep these words as the wording",
            )
        says_more = found["estimate"] or found["about"]
        return cls(*_worded_span(found), text.strip() if says_more else "")

    @property
    def precision(self) -> Precision:
        """What is known, read from the span.

        The whole of a month or year is MONTH or YEAR, also where an era cuts it: 平成元年月日不詳 is 8
        January to 31 December 1989. The last year of Showa and its month are one span (1 to 7 January 1989)
        and count as MONTH.
        """
        span = (self.earliest, self.latest)
        if self.earliest == self.latest:
            return Precision.DAY
        if span == _ALL_DAYS:
            return Precision.UNKNOWN
        if span in _with_cut(_month(self.earliest.year, self.earliest.month), self.earliest):
            return Precision.MONTH
        if span in _with_cut(_year(self.earliest.year), self.earliest):
            return Precision.YEAR
        return Precision.SPAN if _era_of_span(span) is None else Precision.ERA

    @property
    def is_certain(self) -> bool:
        """Whether the day is known, and not worded as about or estimated."""
        return self.precision is Precision.DAY and not self.wording

    def exactly(self) -> date:
        """The day. Raises BadInput where it is not certain: a rule that needs a day must not invent one."""
        if not self.is_certain:
            raise BadInput(
                f"the day is not certain: {self.text('en')}",
                where="partial date",
                todo="let an officer decide by the evidence, or use earliest and latest",
            )
        return self.earliest

    def surely_before(self, other: PartialDate) -> bool:
        """Whether this lies before `other` wherever in their spans the two are."""
        return self.latest < other.earliest

    def possibly_on(self, day: date) -> bool:
        """Whether `day` lies in the span."""
        return self.earliest <= day <= self.latest

    def text(self, language: str) -> str:
        """The date in "ja" (its own wording, or 昭和20年5月日不詳) or "en".

        Raises BadInput for other languages.
        """
        english = self._english()
        if self.wording:
            english = f"{english} (recorded as “{self.wording}”)"
        return choose(language, ja=self.wording or self._japanese(), en=english)

    def compact(self) -> str:
        """One line for a file or column, for `from_compact`.

        `1945-05-03`, `1945-05`, `1945`, `1989-01-08..1989-12-31` or `..` for unknown, then `|` and the
        wording, if any.
        """
        return f"{self._compact_span()}|{self.wording}" if self.wording else self._compact_span()

    @classmethod
    def from_compact(cls, text: str) -> PartialDate:
        """The inverse of `compact`. Raises BadInput."""
        span, _, wording = text.partition("|")
        if span == "..":
            return cls(*_ALL_DAYS, wording)
        found = _COMPACT.fullmatch(span)
        if found is None:
            raise BadInput(
                f"{span!r} is not a compact date", where="partial date", todo="write it like 1945-05 or 1945"
            )
        first, last = found.groups()
        return cls(_compact_days(first)[0], _compact_days(last or first)[1], wording)

    def _compact_span(self) -> str:
        span = (self.earliest, self.latest)
        first, last = self.earliest.isoformat(), self.latest.isoformat()
        if span == _ALL_DAYS:
            return ".."
        for shortened in (first, first[:7], first[:4]):
            if span == _compact_days(shortened):
                return shortened
        return f"{first}..{last}"

    def _japanese(self) -> str:
        match self.precision:
            case Precision.UNKNOWN:
                return "年月日不詳"
            case Precision.ERA:
                era = _era_of_span((self.earliest, self.latest))
                return f"{era.ja if era else ''}年月日不詳"
            case Precision.DAY:
                return _japanese_day(self.earliest)
            case Precision.MONTH:
                return f"{self._japanese_year()}{self.earliest.month}月日不詳"
            case Precision.YEAR:
                return f"{self._japanese_year()}月日不詳"
            case Precision.SPAN:
                return f"{_japanese_day(self.earliest)}から{_japanese_day(self.latest)}までの間"

    def _japanese_year(self) -> str:
        if self.earliest < GREGORIAN_FROM or era_of(self.earliest) is not era_of(self.latest):
            return f"{self.earliest.year}年"
        first = to_era(self.earliest)
        return f"{first.era.ja}{era_year(first.year)}"

    def _english(self) -> str:
        span = (self.earliest, self.latest)
        era = _era_of_span(span)
        if span == _ALL_DAYS:
            return "date unknown"
        if era is not None:
            return f"{era.en} era (date unknown)"
        match len(self._compact_span()):
            case 4:
                return f"{self.earliest.year} (month and day unknown)"
            case 7:
                return f"{_MONTHS[self.earliest.month - 1]} {self.earliest.year} (day unknown)"
            case 10:
                return _english_day(self.earliest)
            case _:
                return f"between {_english_day(self.earliest)} and {_english_day(self.latest)}"


_Span = tuple[date, date]

_ALL_DAYS: _Span = (date.min, date.max)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ISO = "[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_COMPACT = re.compile(rf"({_ISO})(?:\.\.({_ISO}))?")
_WORDED = re.compile(
    "(?P<estimate>推定)?(?:"
    f"(?:(?P<era>{ERA_PATTERN})(?P<era_year>{NUMBER_PATTERN}|元)|(?P<year>[0-9]{{4}}))年"
    f"(?:(?P<month>{NUMBER_PATTERN})月(?:(?P<day>{NUMBER_PATTERN})日|日不詳|不詳日)?|月日不詳|不詳)?"
    f"|(?P<only_era>{ERA_PATTERN})年月日不詳"
    "|(?:年月日)?不詳"
    ")(?P<about>頃|ころ|ごろ)?"
)


def _worded_span(found: re.Match[str]) -> _Span:
    if found["only_era"]:
        span = PartialDate.of_era(era_named(found["only_era"]))
        return span.earliest, span.latest
    if not (found["era"] or found["year"]):
        return _ALL_DAYS
    era = era_named(found["era"]) if found["era"] else None
    month = numeral(found["month"]) if found["month"] else None
    day = numeral(found["day"]) if found["day"] else None
    if era is None:
        return _gregorian_span(int(found["year"]), month, day)
    if month is not None and day is not None:
        known = from_era(era, numeral(found["era_year"]), month, day)
        return known, known
    whole = _gregorian_span(era.first_day.year + numeral(found["era_year"]) - 1, month, None)
    first, last = _cut(whole, era)
    if first > last or first < GREGORIAN_FROM:
        raise BadInput(
            f"{found.string!r} lies outside the era, or before the Gregorian calendar of 1873",
            where="partial date",
            todo="enter the first and last possible day, and keep these words as the wording",
        )
    return first, last


def _gregorian_span(year: int, month: int | None, day: int | None) -> _Span:
    if month is None:
        return _year(year)
    if day is None:
        return _month(year, month)
    return _day(year, month, day), _day(year, month, day)


def _year(year: int) -> _Span:
    return _day(year, 1, 1), _day(year, 12, 31)


def _month(year: int, month: int) -> _Span:
    first = _day(year, month, 1)
    return first, first.replace(day=monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadInput(
            f"the calendar has no {year}-{month:02}-{day:02}",
            where="partial date",
            todo="check year, month and day",
        ) from error


def _compact_days(text: str) -> _Span:
    parts = [int(part) for part in text.split("-")]
    return _gregorian_span(
        parts[0], parts[1] if len(parts) > 1 else None, parts[2] if len(parts) > 2 else None
    )


def _cut(span: _Span, era: Era) -> _Span:
    return max(span[0], era.first_day), min(span[1], era.last_day or date.max)


def _with_cut(whole: _Span, day: date) -> tuple[_Span, ...]:
    return (whole,) if day < GREGORIAN_FROM else (whole, _cut(whole, era_of(day)))


def _era_of_span(span: _Span) -> Era | None:
    return next((era for era in Era if span == (era.first_day, era.last_day or date.max)), None)


def _japanese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day < GREGORIAN_FROM else format_long(day)


def _english_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
