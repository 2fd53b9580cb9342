"""Birth dates agree with ages on the day, on its edges and in leap years."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.ages import age
from enishi.nation.births import EPOCH, OLDEST, ages_on, draw_births, last_birth

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
EDGES = [
    date(2020, 4, 27),
    date(2020, 2, 29),
    date(2021, 2, 28),
    date(2021, 3, 1),
    date(2024, 1, 1),
    date(2023, 12, 31),
]


@given(DAYS, st.integers(0, OLDEST + 1))
def test_last_birth_is_the_last_day_of_that_age(on: date, years: int) -> None:
    last = last_birth(on, years)
    assert age(last, on) >= years
    if last < on:
        assert age(last + timedelta(days=1), on) < years


@pytest.mark.parametrize("on", EDGES)
def test_everybody_of_a_cell_has_its_sex_and_an_age_in_its_band(on: date) -> None:
    cells = np.arange(42, dtype=np.int64).reshape(2, 21) % 7 * 9
    _, sex, band, birth = draw_births(np.random.default_rng(3), cells[None], ages_on(on, cells))
    assert len(sex) == cells.sum()
    for each_sex, each_band, day in zip(sex.tolist(), band.tolist(), birth.tolist(), strict=True):
        years = age(date.fromordinal(day + EPOCH), on)
        assert min(years // 5, 20) == each_band
        cells[each_sex, each_band] -= 1
    assert not cells.any()


@given(DAYS, st.integers(0, 2**32))
@settings(max_examples=30)
def test_nobody_is_born_after_the_day_and_nobody_is_impossibly_old(on: date, seed: int) -> None:
    cells = np.full((2, 21), 3, dtype=np.int64)
    *_, birth = draw_births(np.random.default_rng(seed), cells[None], ages_on(on, cells))
    assert birth.max() <= on.toordinal() - EPOCH
    assert age(date.fromordinal(int(birth.min()) + EPOCH), on) <= OLDEST


def test_ages_inside_a_band_lean_towards_the_fuller_neighbour() -> None:
    cells = np.full((2, 21), 1000, dtype=np.int64)
    cells[:, 8] = 2000
    on = date(2020, 4, 27)
    _, sex, band, birth = draw_births(np.random.default_rng(3), cells[None], ages_on(on, cells))
    years = np.array([age(date.fromordinal(int(day) + EPOCH), on) for day in birth[(band == 7) & (sex == 1)]])
    assert np.bincount(years - 35)[4] > np.bincount(years - 35)[0] * 1.2


def test_units_keep_their_own_cells() -> None:
    cells = np.random.default_rng(5).integers(0, 4, (3, 2, 21))
    unit, sex, band, _ = draw_births(
        np.random.default_rng(3), cells, ages_on(date(2020, 4, 27), cells.sum(axis=0))
    )
    found = np.zeros_like(cells)
    np.add.at(found, (unit, sex, band), 1)
    assert np.array_equal(found, cells)
    assert (np.diff(unit) >= 0).all()
