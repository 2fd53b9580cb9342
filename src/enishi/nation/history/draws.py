"""Draws that depend on the seed and the id of the person or household alone, so that shards do not matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.nation.reference import Reference

Float64s = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """`seed` of the nation; `on`, the day, and `start`, the first of its history: days since 1970."""

    seed: int
    on: int
    start: int


def dice(span: Span, purpose: int, keys: pl.Series | Int64s) -> Float64s:
    """A number from 0 to 1 for each key (splitmix64 over seed, purpose and key)."""
    z = np.asarray(keys).astype(np.uint64) * np.uint64(0xD1342543DE82EF95)
    z += np.uint64((span.seed * 0x9E3779B97F4A7C15 + purpose * 0xBF58476D1CE4E5B9) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    z ^= z >> np.uint64(31)
    drawn: Float64s = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def surnames(u: Float64s, reference: Reference) -> Int64s:
    """Surnames drawn by how common they are: places in the dictionaries of `Words`. `u`: 0 to 1."""
    table = reference.names.surname_table
    drawn: Int64s = table[(u * len(table)).astype(np.int64)].astype(np.int64) + 1
    return drawn


def given_names(u: Float64s, sex: npt.NDArray[np.integer], reference: Reference) -> Int64s:
    """Given names of a sex (1 or 2), likewise."""
    tables, first = reference.names.given_tables, reference.names.given_first
    which = sex.astype(np.int64) - 1
    flat = tables.reshape(2, -1)
    drawn: Int64s = flat[which, (u * flat.shape[1]).astype(np.int64)].astype(np.int64) + first[which] + 1
    return drawn


def town_of(u: Float64s, unit: npt.NDArray[np.integer], reference: Reference) -> Int64s:
    """A town of a unit, the first ones of the postal data more often."""
    first = reference.town_first[unit]
    count = reference.town_first[unit + 1] - first
    drawn: Int64s = first + np.minimum((u**1.7 * count).astype(np.int64), count - 1)
    return drawn
