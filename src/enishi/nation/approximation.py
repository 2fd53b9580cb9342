"""An approximation of the nation for those who have no official workbook at hand.

Residents of each prefecture by sex, and the national age pyramid, are those of 1 January 2023 in thousands
(Basic Resident Register population, Ministry of Internal Affairs and Communications). How they spread over
the municipalities of a prefecture is made up: by the number of towns in the postal data, with cities and
wards heavier than villages, and older people in towns and villages. Its cells are not those of any real
place.
"""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from enishi.nation.census import BANDS, Census
from enishi.nation.places import Area, areas

Float64s = npt.NDArray[np.float64]

EMBEDDED = "embedded"
WEIGHT = {"区": 9.0, "市": 5.0, "町": 1.0, "村": 0.3}
"""Residents against the power of the number of towns."""
POWER = 0.55
SPREAD = 0.8
ELDERLY_FROM = 13
ELDERLY = {"区": 0.92, "市": 1.0, "町": 1.25, "村": 1.35}
NO_SEED = 2023
"""The spread belongs to the approximation, not to a nation: it is the same for every seed."""


def approximate_census() -> Census:
    """Cells of today's 1,892 areas with a code of their own (municipalities, and wards of designated
    cities).
    """
    prefectures, pyramid = _published()
    known = [areas()[code] for code in sorted(areas())]
    codes = tuple(area.code for area in known)
    rng = np.random.Generator(np.random.PCG64(NO_SEED))
    weight = np.array([_weight(area) for area in known]) * np.exp(SPREAD * rng.standard_normal(len(known)))
    tilt = np.ones((len(known), BANDS))
    tilt[:, ELDERLY_FROM:] = np.array([ELDERLY[area.name[-1]] for area in known])[:, None]
    cells = np.zeros((len(known), 2, BANDS + 1), dtype=np.int64)
    for prefecture, residents in prefectures.items():
        rows = np.array([code[:2] == prefecture for code in codes])
        share = weight[rows] / weight[rows].sum()
        for sex in (0, 1):
            shape = tilt[rows] * pyramid[sex]
            shape *= (share * residents[sex])[:, None] / shape.sum(axis=1, keepdims=True)
            cells[rows, sex, :BANDS] = np.round(shape)
    return Census(EMBEDDED, codes, tuple(area.name for area in known), cells)


def _weight(area: Area) -> float:
    weight: float = WEIGHT[area.name[-1]] * len(area.towns) ** POWER
    return weight


def _published() -> tuple[dict[str, Float64s], Float64s]:
    """Residents by prefecture (male, female), and the pyramid (2, 21)."""
    path = files("enishi.nation") / "data" / "population-2023.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    both = {row["what"]: np.array([float(row["male"]), float(row["female"])]) * 1000 for row in rows}
    pyramid = np.stack([both[f"band {band}"] for band in range(BANDS)], axis=1)
    return {
        name.split()[1]: values for name, values in both.items() if name.startswith("prefecture")
    }, pyramid
