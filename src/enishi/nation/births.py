"""Birth dates from the cells of a unit: every person of a cell has its sex and, on the day, an age inside
its band.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from enishi.nation.census import BANDS

Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]

EPOCH = date(1970, 1, 1).toordinal()
OLDEST = 117
CENTENARIANS = 1.6
"""Mean years that those in the last band are older than 100."""
STEEPEST = 0.9
"""How far the density of ages may rise or fall inside a band, against its middle."""


@dataclass(frozen=True)
class Ages:
    """What the ages of a nation on a day have in common.

    `last_birth[a]`: latest birth date, in days since 1970, of somebody aged a or more (for a = 0 the day
    itself). `slope`: (2, 21) slope of the density of ages inside a band towards its neighbours, never 0.
    """

    on: int
    last_birth: Int64s
    slope: Float64s


def day_number(day: date) -> int:
    """Days since 1 January 1970, as Parquet counts dates."""
    return day.toordinal() - EPOCH


def last_birth(on: date, age: int) -> date:
    """The latest birth date with which somebody is `age` or more on `on`, by completed birthdays
    (kernel.ages.age).
    """
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return date(on.year - age, 2, 28)


def ages_on(on: date, bands: Int64s) -> Ages:
    """`bands`: (2, 21) residents of the whole nation, which the slopes are taken from."""
    people = np.maximum(bands.astype(np.float64), 1.0)
    before = np.concatenate([people[:, :1], people[:, :-1]], axis=1)
    after = np.concatenate([people[:, 1:], people[:, -1:] * 0], axis=1)
    slope = np.clip((after - before) / (4 * people), -STEEPEST, STEEPEST)
    slope[np.abs(slope) < 0.01] = 0.01
    limits = np.array([day_number(last_birth(on, age)) for age in range(OLDEST + 3)], dtype=np.int64)
    return Ages(day_number(on), limits, slope)


def draw_births(rng: np.random.Generator, cells: Int64s, ages: Ages) -> tuple[Int64s, Int8s, Int8s, Int32s]:
    """Unit, sex (0 male, 1 female), band and birth date (days since 1970) of all persons of the bands.

    `cells`: (units, 2, 21). Rows come by unit, men first, in each sex from the youngest to the oldest (strata of
    equal probability inside a cell, so that the ages of a cell follow its slope closely).
    """
    counts = cells.reshape(-1)
    total = int(counts.sum())
    cell = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    u = (np.arange(total) - first[cell] + rng.random(total)) / counts[cell]
    unit, inner = np.divmod(cell, 2 * BANDS)
    slope = ages.slope.reshape(-1)[inner]
    rest = 1 - slope
    inside = (np.sqrt(rest * rest + 4 * slope * u) - rest) / (2 * slope)
    women = inner >= BANDS
    band = inner - BANDS * women
    years = 5 * inside
    oldest = band == BANDS - 1
    years[oldest] = np.minimum(-CENTENARIANS * np.log1p(-u[oldest]), OLDEST - 100)
    whole = np.minimum(years.astype(np.int64), np.where(oldest, OLDEST - 100, 4))
    part = np.minimum(years - whole, 1 - 1e-9)
    age = 5 * band + whole
    latest = ages.last_birth[age]
    birth = latest - (part * (latest - ages.last_birth[age + 1])).astype(np.int64)
    return unit, women.astype(np.int8), band.astype(np.int8), birth.astype(np.int32)
