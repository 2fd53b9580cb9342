"""Lists keep their state in the URL; the map shows 47 prefectures once each, by level, mark and words."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.municipality import prefectures
from enishi.web.agency import tilemap
from enishi.web.agency.tilemap import PLACES, Value, classed_map, done_map
from enishi.web.listing import around, chosen, folded, page_number, paged, sorted_by

ASK = RequestFactory()


def test_a_page_past_the_end_is_the_last_one() -> None:
    page = paged(list(range(101)), 99)
    assert (page.number, page.pages, page.total, page.rows) == (3, 3, 101, (100,))
    assert paged([], 5).pages == 1


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "１", "9999999", "1.5"])
def test_what_is_no_page_is_the_first_page(text: str) -> None:
    assert page_number(ASK.get("/", {"page": text})) == 1


@given(st.integers(1, 2000), st.data())
def test_pages_offered_begin_at_one_end_at_the_last_and_hold_the_present_one(
    pages: int, data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, pages))
    offered = around(number, pages)
    assert offered[0] == 1
    assert offered[-1] == pages
    assert number in offered
    assert len(offered) <= 9
    real = [one for one in offered if one]
    assert real == sorted(set(real))


def test_a_filter_that_does_not_exist_is_none() -> None:
    assert chosen(ASK.get("/", {"state": "<script>"}), "state", ("open",)) == ""
    assert chosen(ASK.get("/", {"state": "open"}), "state", ("open",)) == "open"


def test_an_order_that_does_not_exist_is_the_first_one() -> None:
    keys = {"n": lambda one: one}
    assert sorted_by(ASK.get("/", {"sort": "x"}), [2, 1], keys, "n") == ([1, 2], "n")
    assert sorted_by(ASK.get("/", {"sort": "-n"}), [1, 2], keys, "n") == ([2, 1], "-n")


def test_a_search_folds_width_kana_and_spaces() -> None:
    assert folded("ﾁﾖﾀﾞ ｸ") == folded("ちよだく") == "チヨダク"
    assert folded("Ｔｏｋｙｏ　") == "tokyo"


def test_every_prefecture_has_one_place_of_its_own() -> None:
    assert sorted(PLACES) == sorted(prefectures())
    assert len(set(PLACES.values())) == 47


@given(st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(0, 10**13), min_size=1))
def test_classes_of_the_map_rise_with_the_numbers(numbers: dict[str, int]) -> None:
    with translation.override("en"):
        drawn = classed_map(
            {code: tilemap.money("県", "ken", number) for code, number in numbers.items()}, "x"
        )
    level = {tile.code: tile.level for tile in drawn.tiles}
    for one, number in numbers.items():
        assert (level[one] == 0) == (number == 0)
        for other, another in numbers.items():
            if number == another:
                assert level[one] == level[other]
            if number < another:
                assert level[one] <= level[other]
    assert all(len(tile.marks) == tile.level for tile in drawn.tiles)


@pytest.mark.parametrize(
    ("part", "whole", "level"),
    [
        (0, 40, 0),
        (1, 40, 1),
        (10, 40, 1),
        (11, 40, 2),
        (20, 40, 2),
        (30, 40, 3),
        (31, 40, 4),
        (39, 40, 4),
        (40, 40, 5),
        (0, 0, 0),
    ],
)
def test_what_is_done_falls_in_fixed_classes(part: int, whole: int, level: int) -> None:
    with translation.override("en"):
        (tile,) = done_map({"13": ("東京都", "Tokyo", part, whole)}, "x").tiles
    assert tile.level == level


def test_a_tile_names_the_prefecture_in_the_language_of_the_page() -> None:
    value = Value("北海道", "Hokkaido", 1, "1", "1")
    with translation.override("ja"):
        assert classed_map({"01": value}, "x").tiles[0].name == "北海道"
        assert tilemap.short_yen(139_400_000_000) == "1,394億"
        assert tilemap.short_count(139_000) == "13.9万"
    with translation.override("en"):
        assert classed_map({"01": value}, "x").tiles[0].name == "Hokkaido"
        assert tilemap.short_yen(139_400_000_000) == "¥139.4bn"
        assert tilemap.short_count(139_000) == "139k"


def test_the_state_as_payer_has_no_tile() -> None:
    with translation.override("en"):
        assert classed_map({"STATE": tilemap.money("国", "The State", 5)}, "x").tiles == ()
