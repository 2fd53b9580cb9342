"""A smaller nation keeps the proportions of the larger one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from enishi.kernel.errors import BadInput
from enishi.nation.approximation import approximate_census
from enishi.nation.scale import largest_remainder, scaled

NATION = approximate_census()
PREFECTURES = np.array([int(code[:2]) for code in NATION.codes])


def test_seats_go_to_the_largest_remainders_and_equal_ones_to_the_first() -> None:
    assert largest_remainder(np.array([2.5, 1.3, 1.2]), 5).tolist() == [3, 1, 1]
    assert largest_remainder(np.array([0.5, 0.5, 1.0]), 2).tolist() == [1, 0, 1]


@given(arrays.arrays(np.int64, (5, 2, 22), elements=st.integers(0, 50)), st.data())
def test_scaling_gives_exactly_the_persons_asked_for(cells: np.ndarray, data: st.DataObject) -> None:
    total = int(cells.sum())
    if total == 0:
        return
    persons = data.draw(st.integers(1, total))
    small = scaled(cells, np.array([1, 1, 1, 2, 2]), persons)
    assert int(small.sum()) == persons
    assert (small >= 0).all()
    assert not small[cells == 0].any()


def test_the_whole_nation_is_itself() -> None:
    assert scaled(NATION.cells, PREFECTURES, NATION.persons) is NATION.cells


@pytest.mark.parametrize("persons", [0, -1, NATION.persons + 1])
def test_more_persons_than_there_are_or_none_are_refused(persons: int) -> None:
    with pytest.raises(BadInput, match="cannot build"):
        scaled(NATION.cells, PREFECTURES, persons)


@pytest.mark.parametrize("persons", [10_000, 300_000])
def test_municipalities_and_the_age_pyramid_both_stay_near_their_proportion(persons: int) -> None:
    small = scaled(NATION.cells, PREFECTURES, persons)
    ratio = persons / NATION.persons
    quota = NATION.cells.sum(axis=(1, 2)) * ratio
    assert np.abs(small.sum(axis=(1, 2)) - quota).max() < 1.5
    pyramid = NATION.cells.sum(axis=0) * ratio
    assert np.abs(small.sum(axis=0) - pyramid).max() < 1.5
    elders = small[:, :, 13:21].sum() / persons
    villages = quota < np.median(quota)
    assert small[villages][:, :, 13:21].sum() / small[villages].sum() < elders * 1.45
