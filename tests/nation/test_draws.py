"""Random order and choice inside each unit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enishi.nation.draws import places, ranked, shuffled, some

UNITS = st.lists(st.integers(0, 5), max_size=60).map(lambda units: np.array(sorted(units), dtype=np.int64))


@given(UNITS, st.integers(0, 2**32))
def test_shuffling_keeps_every_row_in_its_unit(unit: np.ndarray, seed: int) -> None:
    order = shuffled(np.random.default_rng(seed), unit)
    assert sorted(order.tolist()) == list(range(len(unit)))
    assert np.array_equal(unit[order], unit)


@given(UNITS)
def test_places_count_from_zero_in_each_unit(unit: np.ndarray) -> None:
    expected = [sum(1 for other in unit[:row] if other == unit[row]) for row in range(len(unit))]
    assert places(unit).tolist() == expected


@given(UNITS, st.lists(st.integers(0, 9), min_size=6, max_size=6), st.integers(0, 2**32))
def test_some_chooses_as_many_different_rows_as_there_are_or_as_wanted(
    unit: np.ndarray, counts: list[int], seed: int
) -> None:
    rows = np.arange(len(unit)) * 10
    chosen = some(np.random.default_rng(seed), rows, unit, np.array(counts))
    assert len(set(chosen.tolist())) == len(chosen)
    have = np.bincount(unit, minlength=6)
    assert np.bincount(unit[chosen // 10], minlength=6).tolist() == np.minimum(have, counts).tolist()


def test_shuffling_mixes() -> None:
    order = shuffled(np.random.default_rng(1), np.zeros(1000, dtype=np.int64))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1


def test_ranking_is_by_unit_then_value_and_stable() -> None:
    unit = np.array([0, 0, 0, 1, 1])
    values = np.array([3.0, 1.0, 3.0, 2.0, 1.0])
    assert ranked(unit, values).tolist() == [1, 0, 2, 4, 3]
    assert ranked(unit[:3], values[:3]).tolist() == [1, 0, 2]
