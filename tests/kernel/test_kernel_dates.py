from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_examples import examples

from enishi.kernel import eras
from enishi.kernel.eras import Era
from enishi.kernel.errors import BadInput
from enishi.kernel.partial_date import PartialDate, Precision

MODERN = st.dates(eras.GREGORIAN_FROM, date(2117, 12, 31))


@pytest.mark.parametrize("example", examples("eras", "days"))
def test_border_days_of_eras(example: dict[str, Any]) -> None:
    assert eras.format_long(example["day"]) == example["long"]
    assert eras.format_short(example["day"]) == example["short"]
    assert eras.parse(example["long"]) == example["day"]
    assert eras.parse(example["short"]) == example["day"]


@pytest.mark.parametrize("example", examples("eras", "written"))
def test_dates_as_forms_and_old_registers_write_them(example: dict[str, Any]) -> None:
    assert eras.parse(example["text"]) == example["day"]


@pytest.mark.parametrize("example", examples("eras", "refused"))
def test_dates_outside_their_era_or_the_calendar_are_refused(example: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=example["says"]):
        eras.parse(example["text"])


@given(MODERN)
def test_every_day_since_1873_has_one_era_date_and_comes_back(day: date) -> None:
    known = eras.to_era(day)
    assert eras.from_era(known.era, known.year, known.month, known.day) == day
    assert eras.parse(known.long()) == eras.parse(known.short()) == day


@given(MODERN)
def test_eras_follow_each_other_without_gap(day: date) -> None:
    today, tomorrow = eras.to_era(day), eras.to_era(day + timedelta(days=1))
    assert tomorrow.era is today.era or tomorrow.year == 1
    assert today.era.first_day <= day
    assert today.era.last_day is None or day <= today.era.last_day


@given(st.integers(1, 99))
def test_numerals_of_old_registers(number: int) -> None:
    tens, units = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    modern = ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
        digits[units] if units else ""
    )
    old = modern.translate(str.maketrans("一二三十", "壱弐参拾"))
    positional = (digits[tens] if tens else "") + digits[units]
    assert (
        eras.numeral(modern)
        == eras.numeral(old)
        == eras.numeral(positional)
        == eras.numeral(str(number))
        == number
    )


@pytest.mark.parametrize("wrong", ["", "十十", "二三四", "百", "二十十", "元年", "-1"])
def test_what_is_no_numeral_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput):
        eras.numeral(wrong)


def test_a_day_before_1873_has_no_era_date() -> None:
    assert eras.era_of(date(1873, 1, 1)) is Era.MEIJI
    with pytest.raises(BadInput, match="before 1873"):
        eras.to_era(date(1872, 12, 31))


def test_eras_have_letters_and_names_in_both_languages() -> None:
    assert [era.letter for era in Era] == list("MTSHR")
    assert [eras.era_named(era.en.lower()) for era in Era] == list(Era)
    assert Era.REIWA.last_day is None
    with pytest.raises(BadInput):
        eras.era_named("慶応")


@pytest.mark.parametrize("example", examples("partial_dates", "worded"))
def test_partial_dates_as_registers_word_them(example: dict[str, Any]) -> None:
    known = PartialDate.parse(example["text"])
    assert (known.earliest.isoformat(), known.latest.isoformat()) == (
        str(example["earliest"]),
        str(example["latest"]),
    )
    assert known.precision == example["precision"]
    assert known.compact() == example["compact"]
    assert known.text("en") == example["en"]
    assert PartialDate.from_compact(known.compact()) == known


@pytest.mark.parametrize("example", examples("partial_dates", "refused"))
def test_words_that_say_no_date_are_refused(example: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=example["says"]):
        PartialDate.parse(example["text"])


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=20)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(date(1850, 1, 1), date(2100, 1, 1)))
    era = draw(st.sampled_from(list(Era)))
    whole = draw(
        st.sampled_from(
            [
                PartialDate.of(day),
                PartialDate.of_month(day.year, day.month),
                PartialDate.of_year(day.year),
                PartialDate.of_era(era),
                PartialDate.unknown(),
                PartialDate(day, day + timedelta(days=draw(st.integers(0, 800)))),
            ]
        )
    )
    return PartialDate(whole.earliest, whole.latest, draw(WORDS))


@given(partial_dates())
def test_a_partial_date_survives_its_compact_form(known: PartialDate) -> None:
    assert PartialDate.from_compact(known.compact()) == known


@given(partial_dates())
def test_what_is_written_in_japanese_is_read_back(known: PartialDate) -> None:
    plain = PartialDate(known.earliest, known.latest)
    if plain.precision is not Precision.SPAN and not (
        plain.earliest.year < 1868 and plain.precision is Precision.ERA
    ):
        assert PartialDate.parse(plain.text("ja")) == plain


@given(partial_dates(), partial_dates())
def test_partial_dates_sort_by_their_first_possible_day(a: PartialDate, b: PartialDate) -> None:
    first, second = sorted([a, b])
    assert first.earliest <= second.earliest
    if a.surely_before(b):
        assert a < b
        assert not a.possibly_on(b.earliest)


@given(partial_dates())
def test_a_day_is_certain_only_when_it_is_known_and_not_worded(known: PartialDate) -> None:
    if known.earliest == known.latest and not known.wording:
        assert known.exactly() == known.earliest
    else:
        with pytest.raises(BadInput, match="not certain"):
            known.exactly()


def test_a_register_of_partial_dates_in_order() -> None:
    words = [
        "不詳",
        "明治年月日不詳",
        "昭和20年5月3日",
        "昭和20年5月日不詳",
        "昭和20年月日不詳",
        "令和元年5月1日",
    ]
    known = sorted(PartialDate.parse(word) for word in words)
    assert [each.text("ja") for each in known] == [
        "年月日不詳",
        "明治年月日不詳",
        "昭和20年月日不詳",
        "昭和20年5月日不詳",
        "昭和20年5月3日",
        "令和元年5月1日",
    ]


def test_a_free_wording_keeps_the_span_that_a_person_read_from_it() -> None:
    spring = PartialDate(date(1945, 3, 1), date(1945, 5, 31), "昭和20年の春")
    assert spring.precision is Precision.SPAN
    assert spring.text("ja") == "昭和20年の春"
    assert spring.text("en") == "between 1 March 1945 and 31 May 1945 (recorded as “昭和20年の春”)"
    assert (
        PartialDate(spring.earliest, spring.latest).text("ja") == "昭和20年3月1日から昭和20年5月31日までの間"
    )


@pytest.mark.parametrize("wording", ["二\n行", "あ" * 201, " 昭和", "昭和\r"])
def test_a_wording_is_one_short_line(wording: str) -> None:
    with pytest.raises(BadInput, match="one line"):
        PartialDate.unknown(wording)


@pytest.mark.parametrize("text", ["1945-13", "1945-02-30", "45", "..1945", "1945-05..1945-04", "", "unknown"])
def test_a_damaged_compact_form_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        PartialDate.from_compact(text)
