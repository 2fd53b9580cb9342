"""Synthetic individual numbers: a keyed permutation of all eleven-digit bodies, so that no two persons
share one.

A mixed-radix Feistel network on 10^6 x 10^5 maps a person id to the body; the check digit follows the law
(kernel.vector). This is for synthetic data only: real numbers must not be computable from anything.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel import vector

Int64s = npt.NDArray[np.int64]

LEFT, RIGHT = 10**6, 10**5
ROUNDS = 6


@lru_cache(maxsize=1)
def round_tables(seed: int) -> list[npt.NDArray[np.int64]]:
    """One table of random values a round, for a half of the body: even rounds look up the right half, odd
    the left.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 0x454E495348]))
    return [
        rng.integers(0, LEFT if k % 2 == 0 else RIGHT, RIGHT if k % 2 == 0 else LEFT) for k in range(ROUNDS)
    ]


def bodies(persons: Int64s, tables: list[Int64s]) -> Int64s:
    """Bodies (below 10^11) of person ids (below 10^11): a permutation. Six rounds of adding a table's
    value."""
    left, right = persons // RIGHT, persons % RIGHT
    for k, table in enumerate(tables):
        if k % 2 == 0:
            left = left + table[right]
            left -= LEFT * (left >= LEFT)
        else:
            right = right + table[left]
            right -= RIGHT * (right >= RIGHT)
    return left * RIGHT + right


def numbered(persons: Int64s, tables: list[Int64s]) -> pl.DataFrame:
    """The rows of a numbers/ file: `person`, and `number` of twelve digits."""
    numbers = vector.individual_numbers(bodies(persons, tables))
    return pl.DataFrame({"person": persons, "number": numbers}).with_columns(
        pl.col("number").cast(pl.String).str.zfill(12)
    )
