"""Random order and choice inside each of several units at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

_ROWS, _DICE = 21, 30
"""Bits of a row and of its die; the unit has those above."""


def shuffled(rng: np.random.Generator, unit: Int64s) -> Int64s:
    """A random order of rows (at most 2^21) inside each unit (below 2^12), units in ascending order.

    `unit`: that of each row. Sorting keys that are all different gives the same order on every machine.
    """
    size = len(unit)
    dice = rng.integers(0, 1 << _DICE, size, dtype=np.int64)
    key = (((unit << _DICE) | dice) << _ROWS) | np.arange(size)
    key.sort()
    return key & ((1 << _ROWS) - 1)


def places(unit: Int64s) -> Int64s:
    """0 for the first row of each unit, 1 for its second ...; `unit` ascends."""
    size = len(unit)
    if not size:
        return np.zeros(0, dtype=np.int64)
    start = np.zeros(size, dtype=np.int64)
    new = np.nonzero(unit[1:] != unit[:-1])[0] + 1
    start[new] = new
    result: Int64s = np.arange(size) - np.maximum.accumulate(start)
    return result


def some(rng: np.random.Generator, rows: Int64s, unit: Int64s, counts: Int64s) -> Int64s:
    """At most `counts[u]` different ones of the rows of each unit, in random order. `unit`: that of each row."""
    order = shuffled(rng, unit)
    own = unit[order]
    return rows[order[places(own) < counts[own]]]


def ranked(unit: Int64s, values: npt.NDArray[np.floating]) -> Int64s:
    """Order of rows by unit, then by value from 0 to 163, in steps of 1/400; equal ones as they stand."""
    steps = np.clip(values * 400, 0, 65535)
    if not len(unit) or unit[0] == unit[-1] == unit.max():
        return np.argsort(steps.astype(np.uint16), kind="stable")
    return np.argsort((unit << 16) | steps.astype(np.int64), kind="stable")
