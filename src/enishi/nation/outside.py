"""People with a row outside the cells: gone before the day, or come after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation import demography as rates
from enishi.nation.draws import some
from enishi.nation.heads import ALONE, HEAD, HEADED, HUSBAND_HEAD, LONE_HEAD, PARENT, SPOUSE
from enishi.nation.households import CHILD, SPACING, STEP, YEAR, Bools, Draft, Int8s, Int32s, Int64s
from enishi.nation.movement import (
    ABROAD,
    BIRTH,
    DEATH,
    FROM_ABROAD,
    MOVE_IN,
    MOVE_OUT,
    NEVER,
    OUTSIDE,
    WINDOW,
    Stay,
)

BOY = 0.513
FOREIGN_ABROAD = 0.8
"""Share of foreign residents among those who leave for, or come from, abroad."""


@dataclass
class Outside:
    """Rows outside the cells. `root`: row of an existing household, or -1 - k for the k-th new one."""

    unit: Int64s
    sex: Int8s
    birth: Int32s
    relation: Int8s
    root: Int64s
    foreign: Int8s
    stay: Stay


@dataclass(frozen=True)
class Inside:
    """The residents of some units, whose households those outside the cells belonged to, or will belong to."""

    draft: Draft
    relation: Int8s
    kind: Int8s
    foreign: Int8s
    stay: Stay

    def settled_heads(self) -> Bools:
        """Japanese heads at home who have lived here for long."""
        at_home = (self.relation == HEAD) & (self.draft.institution < 0)
        settled: Bools = at_home & (self.foreign == 0) & (self.stay.entry < 0)
        return settled


def outside(rng: np.random.Generator, inside: Inside, counts: Int64s) -> Outside:
    """Rows of people who had gone before the day, or come after it.

    `counts`: (units, kinds) as `planned`. Takes the headship from a few survivors, in `inside.relation`.
    """
    by_kind = dict(zip(OUTSIDE, counts.T, strict=True))
    found: list[Outside] = []
    dead = by_kind["death"]
    if dead.any():
        widows = np.minimum((dead * 0.4 + rng.random(len(dead))).astype(np.int64), dead)
        found.append(_widowed(rng, inside, widows))
        parents = np.minimum((dead * 0.15 + rng.random(len(dead))).astype(np.int64), dead - widows)
        found.append(_orphaned(rng, inside, parents))
        dead = dead - sum(np.bincount(part.unit, minlength=len(dead)) for part in found)
    found.append(_alone(rng, inside, by_kind | {"death": dead}))
    if by_kind["birth"].any():
        found.append(_babies(rng, inside, by_kind["birth"]))
    return Outside(
        unit=np.concatenate([part.unit for part in found]),
        sex=np.concatenate([part.sex for part in found]),
        birth=np.concatenate([part.birth for part in found]),
        relation=np.concatenate([part.relation for part in found]),
        root=np.concatenate([part.root for part in found]),
        foreign=np.concatenate([part.foreign for part in found]),
        stay=Stay.joined([part.stay for part in found]),
    )


def _alone(rng: np.random.Generator, inside: Inside, counts: dict[str, Int64s]) -> Outside:
    """Households of their own, each of one person: the dead, those who went and those who come."""
    units = np.arange(inside.draft.units)
    gone = {"death": DEATH, "abroad": ABROAD, "move_out": MOVE_OUT}
    to_come = {"from_abroad": FROM_ABROAD, "move_in": MOVE_IN}
    unit = np.concatenate([np.repeat(units, counts[name]) for name in (*gone, *to_come)])
    sizes = [int(counts[name].sum()) for name in (*gone, *to_come)]
    size, dead = len(unit), sizes[0]
    how = np.repeat(np.array([*gone.values(), *to_come.values()], dtype=np.int8), sizes)
    before = np.repeat([True] * len(gone) + [False] * len(to_come), sizes)
    abroad = np.repeat([False, True, False, True, False], sizes)
    sex, birth, foreign = _like(rng, inside, unit)
    foreign[abroad] = rng.random(int(abroad.sum())) < FOREIGN_ABROAD
    ages = 86 - np.abs(rng.standard_normal(dead)) * 11
    birth[:dead] = (inside.draft.on - ages * YEAR).astype(np.int32)
    foreign[:dead] = 0
    stay = Stay.long(size)
    days = (rng.random(size) * WINDOW).astype(np.int32)
    stay.until[before] = inside.draft.on - days[before]
    stay.exit[before] = how[before]
    stay.since[~before] = inside.draft.on + 1 + days[~before]
    stay.entry[~before] = how[~before]
    return Outside(
        unit=unit,
        sex=sex,
        birth=birth,
        relation=np.full(size, HEAD, dtype=np.int8),
        root=-1 - np.arange(size, dtype=np.int64),
        foreign=foreign,
        stay=stay,
    )


def _like(rng: np.random.Generator, inside: Inside, unit: Int64s) -> tuple[Int8s, Int32s, Int8s]:
    """Sex, birth date and whether foreign of adults like those of the unit who move most."""
    draft, size = inside.draft, len(unit)
    age = draft.age[: draft.known]
    adults = np.nonzero((age >= 19) & (age < 75) & (draft.institution[: draft.known] < 0))[0]
    u = rng.random((2, size))
    sex = (u[1] < 0.5).astype(np.int8)
    birth = (draft.on - (20 + u[0] * 25) * YEAR).astype(np.int32)
    foreign = np.zeros(size, dtype=np.int8)
    if not len(adults):
        return sex, birth, foreign
    weight = np.concatenate([[0.0], np.cumsum(rates.MOVES[draft.band[adults]])])
    first = np.searchsorted(draft.unit[adults], np.arange(draft.units + 1))
    low, high = weight[first[unit]], weight[first[unit + 1]]
    place = np.searchsorted(weight, low + u[0] * (high - low), side="right") - 1
    some_there = first[unit + 1] > first[unit]
    rows = adults[np.clip(place, first[unit], np.maximum(first[unit + 1] - 1, 0)).clip(0, len(adults) - 1)]
    return (
        np.where(some_there, draft.sex[rows], sex),
        np.where(some_there, draft.birth[rows], birth),
        np.where(some_there, inside.foreign[rows], foreign),
    )


def _dead(
    rng: np.random.Generator,
    draft: Draft,
    sex: Int8s,
    age: npt.NDArray[np.floating],
    root: Int64s,
    relation: int,
) -> Outside:
    size = len(root)
    stay = Stay.long(size)
    stay.until[:] = draft.on - (rng.random(size) * WINDOW).astype(np.int32)
    stay.exit[:] = DEATH
    return Outside(
        unit=draft.unit[root],
        sex=sex.astype(np.int8),
        birth=(draft.on - np.minimum(age, 112) * YEAR).astype(np.int32),
        relation=np.full(size, relation, dtype=np.int8),
        root=root,
        foreign=np.zeros(size, dtype=np.int8),
        stay=stay,
    )


def _widowed(rng: np.random.Generator, inside: Inside, counts: Int64s) -> Outside:
    """Husbands and wives who died before the day; the survivor is head on it, but for a few households."""
    draft, kind = inside.draft, inside.kind
    alone = ((kind == ALONE) | (kind == LONE_HEAD)) & (draft.root == np.arange(draft.size))
    rows = np.nonzero(inside.settled_heads() & alone & (draft.age >= 58))[0]
    # A brother, sister or friend in the home makes a spouse unlikely.
    crowd = np.bincount(draft.root, minlength=draft.size)
    rows = rows[(crowd[rows] == 1) | (kind[rows] == LONE_HEAD)]
    rows = some(rng, rows, draft.unit[rows], counts)
    gap = np.where(draft.sex[rows] == 1, 2.5, -2.0) + 3 * rng.standard_normal(len(rows))
    found = _dead(rng, draft, 1 - draft.sex[rows], np.clip(draft.age[rows] + gap, 45, 108), rows, SPOUSE)
    households = int((crowd > 0).sum())
    headless = min(int(households * rates.HEADLESS + rng.random()), len(rows))
    found.relation[:headless] = HEAD
    inside.relation[rows[:headless]] = SPOUSE
    return found


def _orphaned(rng: np.random.Generator, inside: Inside, counts: Int64s) -> Outside:
    """Old parents who lived with a child's family and died before the day."""
    draft = inside.draft
    family = (inside.kind == HUSBAND_HEAD)[draft.root] & (draft.elder[draft.root] < 0)
    rows = np.nonzero(inside.settled_heads() & family & (draft.age >= 45) & (draft.age < 72))[0]
    rows = some(rng, rows, draft.unit[rows], counts)
    age = draft.age[rows] + np.maximum(30 + 4 * rng.standard_normal(len(rows)), 18)
    sex = (rng.random(len(rows)) < 0.6).astype(np.int8)
    return _dead(rng, draft, sex, np.minimum(age, 108), draft.root[rows], PARENT)


def _babies(rng: np.random.Generator, inside: Inside, counts: Int64s) -> Outside:
    """Children born after the day to couples of the unit, mostly to wives of 24 to 39."""
    draft, stay = inside.draft, inside.stay
    wives = np.nonzero((draft.partner >= 0) & (draft.age >= 20) & (draft.age < 45) & (stay.exit < 0))[0]
    wives = wives[stay.exit[draft.partner[wives]] < 0]
    youngest = np.full(draft.size, -NEVER, dtype=np.int64)
    kids = np.nonzero((draft.role >= CHILD) & (draft.role <= STEP))[0]
    np.maximum.at(youngest, draft.root[kids], draft.birth[kids])
    wives = wives[youngest[wives] <= draft.on - SPACING]
    willing = np.abs(draft.age[wives] - 31.5) < 8
    mothers = some(rng, wives[willing], draft.unit[wives[willing]], counts)
    left = counts - np.bincount(draft.unit[mothers], minlength=draft.units)
    if left.any():
        others = some(rng, wives[~willing], draft.unit[wives[~willing]], left)
        mothers = np.concatenate([mothers, others])
    size = len(mothers)
    found = Stay.long(size)
    found.since[:] = draft.on + 1 + (rng.random(size) * WINDOW).astype(np.int32)
    found.entry[:] = BIRTH
    both = (inside.foreign[mothers] == 1) & (inside.foreign[draft.partner[mothers]] == 1)
    return Outside(
        unit=draft.unit[mothers],
        sex=(rng.random(size) >= BOY).astype(np.int8),
        birth=found.since.copy(),
        relation=HEADED[CHILD, inside.kind[mothers]],
        root=draft.root[mothers],
        foreign=both.astype(np.int8),
        stay=found,
    )
