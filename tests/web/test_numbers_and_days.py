"""How pages write amounts, shares, days and durations, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from enishi.web import wording

UNITS = {"兆": 10**12, "億": 10**8, "万": 10**4}


@pytest.mark.parametrize(
    ("amount", "ja", "en"),
    [
        (0, "0円", "0 yen"),
        (100_000, "100,000円", "100,000 yen"),
        (999_999, "999,999円", "999,999 yen"),
        (1_000_000, "100万円", "1.00 million yen"),
        (952_600_000, "9億5,260万円", "952.60 million yen"),
        (100_000_000, "1億円", "100.00 million yen"),
        (12_541_687_700_000, "約12兆5,417億円", "12.54 trillion yen"),
        (12_541_700_000_000, "12兆5,417億円", "12.54 trillion yen"),
        (1_999_999_999_999, "約2兆円", "2.00 trillion yen"),
    ],
)
def test_a_large_amount_is_said_in_two_units(amount: int, ja: str, en: str) -> None:
    with translation.override("ja"):
        assert wording.yen_words(amount) == ja
    with translation.override("en"):
        assert wording.yen_words(amount) == en


@given(st.integers(10**6, 10**15))
def test_the_japanese_words_are_the_amount_to_half_a_unit(amount: int) -> None:
    with translation.override("ja"):
        words = wording.yen_words(amount)
    said = 0
    for number, unit in re.findall(r"([\d,]+)([兆億万]?)", words):
        said += int(number.replace(",", "")) * UNITS.get(unit, 1)
    smallest = 10**8 if amount >= 10**12 else 10**4 if amount >= 10**8 else 1
    assert abs(said - amount) <= smallest / 2
    assert ("約" in words) == (said != amount)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_never_none_or_all_unless_it_is(part: int, more: int) -> None:
    whole = part + more
    said = wording.percent(part, whole)
    assert said == "0%" if not part else 0.1 <= float(said[:-1]) <= 99.9
    assert wording.percent(whole, whole) == "100%"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert wording.percent(0, 0) == "–"


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2020, 4, 27), "2020年4月27日（令和2年）", "27 April 2020"),
        (date(2019, 4, 30), "2019年4月30日（平成31年）", "30 April 2019"),
        (date(2019, 5, 1), "2019年5月1日（令和元年）", "1 May 2019"),
        (date(1989, 1, 7), "1989年1月7日（昭和64年）", "7 January 1989"),
        (date(1872, 12, 31), "1872年12月31日", "31 December 1872"),
    ],
)
def test_a_day_bears_its_era_in_japanese(day: date, ja: str, en: str) -> None:
    with translation.override("ja"):
        assert wording.day(day) == ja
    with translation.override("en"):
        assert wording.day(day) == en


def test_a_moment_is_told_in_the_time_of_japan() -> None:
    late = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    with translation.override("ja"):
        assert wording.moment(late) == "2026年11月24日 00:30"
        assert wording.day(late) == "2026年11月24日（令和8年）"
    with translation.override("en"):
        assert wording.moment(late) == "24 November 2026, 00:30"


@pytest.mark.parametrize(
    ("seconds", "ja", "en"),
    [
        (None, "–", "–"),
        (0, "0秒", "0 seconds"),
        (1, "1秒", "1 second"),
        (60, "1分", "1 minute"),
        (125, "2分5秒", "2 minutes 5 seconds"),
        (3600, "1時間", "1 hour"),
        (4205, "1時間10分", "1 hour 10 minutes"),
    ],
)
def test_a_duration_is_said_in_words(seconds: int | None, ja: str, en: str) -> None:
    with translation.override("ja"):
        assert wording.duration(seconds) == ja
    with translation.override("en"):
        assert wording.duration(seconds) == en


@pytest.mark.parametrize(
    ("value", "en"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "1.0 MB"),
        (4_920_000, "4.9 MB"),
        (10**13, "10.0 TB"),
    ],
)
def test_a_length_is_said_in_decimal_units(value: int, en: str) -> None:
    with translation.override("en"):
        assert wording.size(value) == en
