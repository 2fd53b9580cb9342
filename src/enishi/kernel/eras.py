"""Japanese eras (元号) and Gregorian dates, both ways, from 1 January 1873 (明治6年1月1日) on.

An era begins with the day named by its edict or order, and the year in which it begins is its first (元年).
The edicts of 1912 and 1926 give that day wholly to the new era (「以後ヲ改メテ」). Sources: Era Name Act
(元号法, Act 43 of 1979) and Orders 1 of 1989 and 143 of 2019; edicts of 30 July 1912 and 25 December 1926.
Before 1873 the calendar was lunar (Dajōkan Decree 337 of 1872): such dates are refused here and kept as
wording in `partial_date`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from enishi.kernel.digits import plain_digits
from enishi.kernel.errors import BadInput

GREGORIAN_FROM = date(1873, 1, 1)


class Era(Enum):
    """The eras since the Meiji Restoration, oldest first.

    Value: letter, Japanese name, English name, first day.
    """

    MEIJI = ("M", "明治", "Meiji", date(1868, 1, 25))
    TAISHO = ("T", "大正", "Taisho", date(1912, 7, 30))
    SHOWA = ("S", "昭和", "Showa", date(1926, 12, 25))
    HEISEI = ("H", "平成", "Heisei", date(1989, 1, 8))
    REIWA = ("R", "令和", "Reiwa", date(2019, 5, 1))

    @property
    def letter(self) -> str:
        return self.value[0]

    @property
    def ja(self) -> str:
        return self.value[1]

    @property
    def en(self) -> str:
        return self.value[2]

    @property
    def first_day(self) -> date:
        """First day, in the Gregorian calendar also for Meiji."""
        return self.value[3]

    @property
    def last_day(self) -> date | None:
        """Last day, None for the present era."""
        following = [era.first_day for era in Era if era.first_day > self.first_day]
        return min(following) - timedelta(days=1) if following else None


@dataclass(frozen=True, slots=True)
class EraDate:
    """A day in an era: `year` counts from 1."""

    era: Era
    year: int
    month: int
    day: int

    def long(self) -> str:
        """`令和8年11月23日`; the first year is 元年."""
        return f"{self.era.ja}{era_year(self.year)}{self.month}月{self.day}日"

    def short(self) -> str:
        """`R08.11.23`: the form of forms and lists, of fixed width."""
        return f"{self.era.letter}{self.year:02}.{self.month:02}.{self.day:02}"


def era_year(year: int) -> str:
    """`元年` for 1, else `8年`."""
    return "元年" if year == 1 else f"{year}年"


def era_of(day: date) -> Era:
    """The era in which `day` lies. Raises BadInput before 1873."""
    _refuse_lunar(day)
    return max((era for era in Era if era.first_day <= day), key=lambda era: era.first_day)


def to_era(day: date) -> EraDate:
    """`day` in its era. Raises BadInput before 1873."""
    era = era_of(day)
    return EraDate(era, day.year - era.first_day.year + 1, day.month, day.day)


def from_era(era: Era, year: int, month: int, day: int) -> date:
    """The Gregorian date of a day in an era.

    Raises BadInput where the calendar has no such day, where it lies outside the era (平成31年5月1日), and
    before 1873.
    """
    written = f"{era.ja}{era_year(year)}{month}月{day}日"
    try:
        result = date(era.first_day.year + year - 1, month, day)
    except ValueError as error:
        raise BadInput(
            f"the calendar has no {written}", where="date", todo="check year, month and day"
        ) from error
    if year < 1:
        raise BadInput(f"there is no year {year} of an era", where="date", todo="the first year is 1 (元年)")
    _refuse_lunar(result)
    right = to_era(result)
    if right.era is not era:
        raise BadInput(
            f"{written} lies outside the era: {era.ja} runs from {era.first_day} to {era.last_day}",
            where="date",
            todo=f"write {right.long()}",
        )
    return result


def format_long(day: date) -> str:
    """`令和8年11月23日`. Raises BadInput before 1873."""
    return to_era(day).long()


def format_short(day: date) -> str:
    """`R08.11.23`. Raises BadInput before 1873."""
    return to_era(day).short()


def parse(text: str) -> date:
    """The date of a text in one of the forms below; full-width digits and spaces are allowed.

    Raises BadInput.

    `令和8年11月23日`, `令和元年5月1日`, `平成三十一年四月三十日`, `昭和拾弐年壱月弐日` (numerals of old
    registers), `R08.11.23`, `R8/11/23`, `令8.11.23`.
    """
    plain = plain_digits(text)
    found = _LONG.fullmatch(plain) or _SHORT.fullmatch(plain.upper())
    if found is None:
        raise BadInput(
            f"{text!r} is not a date of an era",
            where="date",
            todo="write it like 令和8年11月23日 or R08.11.23",
        )
    era, year, month, day = found.groups()
    return from_era(era_named(era), numeral(year), numeral(month), numeral(day))


def era_named(name: str) -> Era:
    """The era of a letter (`R`, `r`), a character (`令`) or a name (`令和`, `Reiwa`). Raises BadInput."""
    for era in Era:
        if name.upper() in (era.letter, era.en.upper()) or name in (era.ja[0], era.ja):
            return era
    raise BadInput(f"there is no era {name!r}", where="date", todo=f"use {', '.join(era.ja for era in Era)}")


def numeral(text: str) -> int:
    """A number 1 to 99 in digits, in Chinese numerals (二十三, 弐拾参, 廿三, 二三) or as 元.

    Raises BadInput.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    if text == "元":
        return 1
    modern = text.translate(_OLD_NUMERALS)
    if found := _WITH_TEN.fullmatch(modern):
        tens, units = found.groups()
        return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[units] if units else 0)
    if 1 <= len(modern) <= 2 and all(character in _NUMERALS for character in modern):
        return int("".join(str(_NUMERALS[character]) for character in modern))
    raise BadInput(f"{text!r} is not a number", where="date", todo="write it in digits")


_NUMERALS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_OLD_NUMERALS = str.maketrans(
    {"壱": "一", "弐": "二", "参": "三", "拾": "十", "廿": "二十", "丗": "三十", "卅": "三十"}
)
_WITH_TEN = re.compile("([一二三四五六七八九])?十([一二三四五六七八九])?")

ERA_PATTERN = "明治|大正|昭和|平成|令和"
NUMBER_PATTERN = r"[0-9]{1,2}|[〇一二三四五六七八九十壱弐参拾廿丗卅]{1,4}"
_LONG = re.compile(f"({ERA_PATTERN})({NUMBER_PATTERN}|元)年({NUMBER_PATTERN})月({NUMBER_PATTERN})日")
_SHORT = re.compile(r"([MTSHR明大昭平令])([0-9]{1,2}|元)[./]([0-9]{1,2})[./]([0-9]{1,2})")


def _refuse_lunar(day: date) -> None:
    if day < GREGORIAN_FROM:
        raise BadInput(
            f"{day} lies before 1873, when dates in Japan were of the lunar calendar",
            where="date",
            todo="keep the words as they stand, as a partial date with a wording",
        )
