"""Rates by age that the nation is drawn with.

Orders of magnitude of published statistics (population census 2020: marital status, household types, people
in institutions; vital statistics and migration reports of 2019 to 2023), smoothed by hand; none is a copied
table. The index of a column is the five-year band 0 to 20; a pair is male, female.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float64s = npt.NDArray[np.float64]


def _by_band(*values: float) -> Float64s:
    column = np.array(values, dtype=np.float64)
    column.setflags(write=False)
    return column


MARRIED = np.stack(
    [
        _by_band(0, 0, 0, .002, .03, .20, .47, .61, .65, .66, .68, .71, .75, .79, .81, .81, .77, .67, .50, .33, .2),
        _by_band(0, 0, 0, .003, .06, .29, .58, .69, .71, .71, .72, .74, .75, .74, .68, .57, .39, .21, .08, .02, .01),
    ]
)  # fmt: skip
"""Married and living in the same household."""

AT_HOME = np.stack(
    [
        _by_band(0, 0, 0, .72, .60, .47, .43, .42, .42, .42, .40, .34, .24, .0, .0, 0, 0, 0, 0, 0, 0),
        _by_band(0, 0, 0, .76, .63, .49, .40, .36, .33, .30, .26, .21, .14, .0, .0, 0, 0, 0, 0, 0, 0),
    ]
)  # fmt: skip
"""Of the unmarried aged 18 and over: children in the parents' household."""

LONE_PARENT = np.stack(
    [
        _by_band(0, 0, 0, 0, .002, .005, .02, .035, .05, .06, .07, .08, .09, .10, .12, .14, .15, .14, .1, .05, .02),
        _by_band(0, 0, 0, .004, .012, .04, .11, .18, .22, .23, .22, .21, .24, .28, .33, .36, .34, .26, .15, .08, .04),
    ]
)  # fmt: skip
"""Of the unmarried who are nobody's child at home: possible heads of one-parent households."""

JOINS_CHILD = _by_band(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.07, 0.10, 0.16, 0.25, 0.34, 0.40, 0.42, 0.40)
"""Of elders without partner and child in the household: live with a married child's family."""
COUPLE_JOINS_CHILD = 0.09
GREAT_GRANDPARENT = 0.012
"""Of lone elders from 85 on: live with a grandchild's family."""

INSTITUTIONS = ("elder_home", "hospital", "child_home", "dormitory", "prison")
_ELDER_HOME = _by_band(
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.003, 0.007, 0.016, 0.042, 0.095, 0.19, 0.30, 0.38
)
_HOSPITAL = _by_band(
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0.001,
    0.001,
    0.002,
    0.002,
    0.003,
    0.004,
    0.006,
    0.009,
    0.013,
    0.017,
    0.02,
    0.02,
    0.02,
)
_CHILD_HOME = _by_band(0.0004, 0.0014, 0.0018, 0.0014, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_DORMITORY = _by_band(0, 0, 0, 0.02, 0.035, 0.008, 0.002, 0.001, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_PRISON = _by_band(0, 0, 0, 0, .0005, .0009, .001, .001, .0011, .0011, .001, .0009, .0007, .0006, .0004, .0002, .0001,
                   0, 0, 0, 0)  # fmt: skip
IN_INSTITUTION = np.stack(
    [
        np.cumsum([_ELDER_HOME * 0.75, _HOSPITAL, _CHILD_HOME, _DORMITORY * 1.2, _PRISON * 1.8], axis=0),
        np.cumsum([_ELDER_HOME * 1.15, _HOSPITAL, _CHILD_HOME, _DORMITORY * 0.8, _PRISON * 0.2], axis=0),
    ]
)
"""(sex, kind, band): chance of living in this kind of institution or one before it."""

FOREIGN = _by_band(.025, .02, .017, .024, .079, .075, .062, .046, .034, .025, .024, .019, .013, .008, .007, .006, .005,
                   .005, .004, .003, .003)  # fmt: skip
"""Share of foreign residents."""
FOREIGN_BY_PREFECTURE = np.array(
    [.36, .24, .28, .45, .21, .36, .40, 1.2, 1.1, 1.6, 1.2, 1.2, 1.75, 1.15, .40, .85, .70, 1.0, 1.05, .85, 1.45, 1.25,
     1.6, 1.45, 1.1, 1.1, 1.25, 1.0, .52, .37, .43, .65, .78, .92, .58, .43, .70, .45, .34, .80, .41, .38, .50, .55,
     .37, .38, .62]
)  # fmt: skip
"""The same, by prefecture 01 to 47, against the nation."""
FOREIGN_SPREAD = 0.5
"""Standard deviation of the logarithm of a unit's share against its prefecture's."""

_YEARLY_DEATHS = _by_band(.0005, .0001, .0001, .0003, .0004, .0005, .0006, .0008, .0011, .0017, .0026, .0041, .0066,
                          .0105, .017, .028, .050, .095, .17, .28, .42)  # fmt: skip
WINDOW = 90
"""Days before and after the day within which movement is modelled."""
DIES = np.stack([_YEARLY_DEATHS * 1.35, _YEARLY_DEATHS * 0.8]) * (WINDOW / 365)
"""Chance of dying in the window after the day."""

MOVES = _by_band(.050, .030, .022, .045, .115, .115, .085, .058, .040, .031, .026, .022, .018, .014, .011, .011, .014,
                 .018, .02, .02, .02) * (WINDOW / 365)  # fmt: skip
"""Chance that a household whose head is of this age moves to another municipality in a window."""
LEAVES_ABROAD = (0.0002, 0.034)
COMES_FROM_ABROAD = (0.0002, 0.034)
"""Chance in a window: of a Japanese, of a foreign household."""

BEFORE = {"death": 0.0030, "abroad": 0.0010, "move_out": 0.0102}
AFTER = {"birth": 0.0016, "from_abroad": 0.0010, "move_in": 0.0102}
"""Persons outside the cells, per resident: removed in the window before the day, entered in the window
after it.
"""
HEADLESS = 1 / 50_000
"""Households without a head on the day."""
