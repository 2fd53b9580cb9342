"""A smaller nation in the proportions of the larger one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from enishi.kernel.errors import BadInput

Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]


def largest_remainder(quotas: Float64s, seats: int) -> Int64s:
    """Whole numbers that add up to `seats`, each the floor of its quota or one more (Hare and Niemeyer).

    Equal remainders go to the lower index. The quotas have to add up to `seats` but for rounding.
    """
    whole = np.floor(quotas + 1e-9).astype(np.int64)
    missing = seats - int(whole.sum())
    order = np.argsort(whole - quotas, kind="stable")
    whole[order[:missing]] += 1
    return whole


def scaled(cells: Int64s, prefectures: Int64s, persons: int) -> Int64s:
    """Cells of a nation of `persons`, in the shape of `cells`: (units, 2, 22).

    Seats are given by largest remainder to prefectures and then to units, so every unit's total is its quota
    rounded up or down. Inside a unit the cells with the largest quota plus *carry* get them; what a cell did
    not get, or got too much, is carried to the same cell of the next unit. So the age pyramids of the nation
    and of its prefectures stay near their proportion too, and a village of six is not all elders. The whole
    nation is returned unchanged. Raises BadInput where `persons` is not between 1 and the nation's.
    """
    total = int(cells.sum())
    if persons == total:
        return cells
    if not 1 <= persons < total:
        raise BadInput(
            f"cannot build {persons} persons: the source has {total}",
            where="--persons",
            todo=f"pass a number from 1 to {total}, or `full`",
        )
    flat = cells.reshape(len(cells), -1).astype(np.float64) * (persons / total)
    by_unit = flat.sum(axis=1)
    known = np.unique(prefectures)
    by_prefecture = np.array([by_unit[prefectures == prefecture].sum() for prefecture in known])
    result = np.zeros(flat.shape, dtype=np.int64)
    carry = np.zeros(flat.shape[1])
    for prefecture, seats in zip(known, largest_remainder(by_prefecture, persons), strict=True):
        units = np.nonzero(prefectures == prefecture)[0]
        share = by_unit[units].sum()
        quotas = by_unit[units] * (seats / share) if share else by_unit[units]
        for unit, own in zip(units, largest_remainder(quotas, int(seats)), strict=True):
            wanted = np.where(flat[unit] > 0, flat[unit] + carry, 0.0)
            given = _give(wanted, int(own), flat[unit] > 0)
            carry += flat[unit] - given
            result[unit] = given
    return result.reshape(cells.shape)


def _give(wanted: Float64s, seats: int, open_cells: npt.NDArray[np.bool_]) -> Int64s:
    """`seats` over the open cells: floors first, then the largest remainders, as often round as needed."""
    given = np.where(open_cells, np.maximum(np.floor(wanted), 0), 0).astype(np.int64)
    order = np.argsort(-np.where(open_cells, wanted - given, -np.inf), kind="stable")[: int(open_cells.sum())]
    while (missing := seats - int(given.sum())) > 0:
        given[order[:missing]] += 1
    surplus = int(given.sum()) - seats
    for place in order[::-1] if surplus > 0 else ():
        taken = min(surplus, int(given[place]))
        given[place] -= taken
        surplus -= taken
        if surplus == 0:
            break
    return given
