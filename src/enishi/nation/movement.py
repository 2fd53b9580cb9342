"""Movement within 90 days either side of the day: births, deaths, arrivals, departures, moves.

People on the register on the day are in the cells, and get the day they came from or the day they go. Those
who had gone before it, or come only after it, are rows of their own outside the cells. A domestic move
shows on one side only: the person who moves out of one place is not the one who moves in elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation import demography as rates
from enishi.nation.heads import (
    A_CHILD,
    ALONE,
    HEAD,
    HEADED,
    HUSBAND_HEAD,
    LONE_HEAD,
    PARENT,
    SPOUSE,
    Int8s,
)
from enishi.nation.households import CHILD, SPACING, STEP, YEAR, Draft, Int32s, Int64s

ENTRIES = ("birth", "from_abroad", "move_in")
EXITS = ("death", "abroad", "move_out")
BIRTH, FROM_ABROAD, MOVE_IN = range(3)
DEATH, ABROAD, MOVE_OUT = range(3)
NEVER = np.int32(2**31 - 1)
"""In `since`: long before (negative); in `until`: not known to end."""

WINDOW = rates.WINDOW
GONE, TO_COME = range(2)


@dataclass
class Stay:
    """When each row of a unit is on its register. `since`, `until`: days since 1970, half-open; `entry`,
    `exit`: or -1.
    """

    since: Int32s
    entry: Int8s
    until: Int32s
    exit: Int8s

    @classmethod
    def long(cls, size: int) -> Stay:
        return cls(
            np.full(size, -NEVER, dtype=np.int32),
            np.full(size, -1, dtype=np.int8),
            np.full(size, NEVER, dtype=np.int32),
            np.full(size, -1, dtype=np.int8),
        )

    @classmethod
    def joined(cls, parts: list[Stay]) -> Stay:
        """The rows of all parts, in order."""
        names = ("since", "entry", "until", "exit")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def of(self, rows: Int64s | slice) -> Stay:
        """These rows, in this order."""
        return Stay(self.since[rows], self.entry[rows], self.until[rows], self.exit[rows])


@dataclass
class Outside:
    """Rows outside the cells. `root`: row of an existing household, or -1 - k for the k-th new one.
    `young`: born after.
    """

    sex: Int8s
    birth: Int32s
    relation: Int8s
    root: Int64s
    foreign: Int8s
    stay: Stay

    @classmethod
    def nobody(cls) -> Outside:
        small, days = np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int32)
        return cls(small, days, small, np.zeros(0, dtype=np.int64), small, Stay(days, small, days, small))


def planned(residents: int, phase: float) -> dict[str, int]:
    """How many rows outside the cells a unit has at most, by kind. `phase`: 0 to 1, the same for all kinds
    of a unit.
    """
    shares = rates.BEFORE | rates.AFTER
    return {kind: int(residents * share + phase) for kind, share in shares.items()}


def stays(rng: np.random.Generator, draft: Draft, foreign: Int8s, head_of: Int64s) -> Stay:
    """Entries before and exits after the day of those in the cells. `head_of`: by root, the row of its
    head."""
    n, on = draft.size, draft.on
    stay = Stay.long(n)
    roots = np.nonzero(draft.root == np.arange(n))[0]
    heads = head_of[roots]
    u = rng.random((4, len(roots)), dtype=np.float32)
    move = rates.MOVES[draft.band[heads]]
    settled = draft.institution[roots] >= 0
    move = np.where(settled, 0.01, move)
    abroad = np.asarray(rates.COMES_FROM_ABROAD)[foreign[roots]]
    came = np.where(u[0] < abroad, FROM_ABROAD, np.where(u[0] < abroad + move, MOVE_IN, -1)).astype(np.int8)
    leaves = np.asarray(rates.LEAVES_ABROAD)[foreign[roots]]
    goes = np.where(u[1] < leaves, ABROAD, np.where(u[1] < leaves + move, MOVE_OUT, -1)).astype(np.int8)
    goes[came >= 0] = -1
    _whole(
        draft, roots[came >= 0], came[came >= 0], on - (u[2][came >= 0] * WINDOW).astype(np.int32), stay, True
    )
    _whole(
        draft,
        roots[goes >= 0],
        goes[goes >= 0],
        on + 1 + (u[3][goes >= 0] * WINDOW).astype(np.int32),
        stay,
        False,
    )
    born = (draft.birth > on - WINDOW) & (draft.birth >= stay.since)
    stay.since[born] = draft.birth[born]
    stay.entry[born] = BIRTH
    dead = np.nonzero(rng.random(n, dtype=np.float32) < rates.DIES[draft.sex, draft.band])[0]
    until = on + 1 + (rng.random(len(dead)) * WINDOW).astype(np.int32)
    first = until < stay.until[dead]
    stay.until[dead[first]] = until[first]
    stay.exit[dead[first]] = DEATH
    return stay


def _whole(draft: Draft, roots: Int64s, how: Int8s, day: Int32s, stay: Stay, entry: bool) -> None:
    """Whole households come or go on one day."""
    if not len(roots):
        return
    days = np.full(draft.size, -NEVER, dtype=np.int32)
    ways = np.full(draft.size, -1, dtype=np.int8)
    days[roots], ways[roots] = day, how
    rows = np.nonzero(ways[draft.root] >= 0)[0]
    if entry:
        stay.since[rows], stay.entry[rows] = days[draft.root[rows]], ways[draft.root[rows]]
    else:
        stay.until[rows], stay.exit[rows] = days[draft.root[rows]], ways[draft.root[rows]]


def outside(
    rng: np.random.Generator,
    draft: Draft,
    relation: Int8s,
    kind: Int8s,
    stay: Stay,
    foreign: Int8s,
    counts: dict[str, int],
) -> Outside:
    """Rows of people who had gone before the day, or come after it. May take the headship from a few
    survivors.
    """
    if not any(counts.values()):
        return Outside.nobody()
    found: list[Outside] = []
    dead = counts["death"]
    if dead:
        widows = min(int(dead * 0.4 + rng.random()), dead)
        found.append(_widowed(rng, draft, relation, kind, stay, foreign, widows))
        parents = min(int(dead * 0.15 + rng.random()), dead - widows)
        found.append(_orphaned(rng, draft, relation, kind, stay, foreign, parents))
        alone = dead - sum(len(part.sex) for part in found)
        ages = 86 - np.abs(rng.standard_normal(alone)) * 11
        births = (draft.on - ages * YEAR).astype(np.int32)
        sexes = (rng.random(alone) < 0.48).astype(np.int8)
        found.append(_newcomers(rng, draft, sexes, births, np.zeros(alone, np.int8), GONE, DEATH, 0))
        made = alone
    else:
        made = 0
    for name, when, how in (
        ("abroad", GONE, ABROAD),
        ("move_out", GONE, MOVE_OUT),
        ("from_abroad", TO_COME, FROM_ABROAD),
        ("move_in", TO_COME, MOVE_IN),
    ):
        if counts[name]:
            sexes, births, away = _like(rng, draft, foreign, counts[name], name in ("abroad", "from_abroad"))
            found.append(_newcomers(rng, draft, sexes, births, away, when, how, made))
            made += counts[name]
    if counts["birth"]:
        found.append(_babies(rng, draft, kind, stay, foreign, counts["birth"]))
    return Outside(
        sex=np.concatenate([part.sex for part in found]),
        birth=np.concatenate([part.birth for part in found]),
        relation=np.concatenate([part.relation for part in found]),
        root=np.concatenate([part.root for part in found]),
        foreign=np.concatenate([part.foreign for part in found]),
        stay=Stay.joined([part.stay for part in found]),
    )


def _like(
    rng: np.random.Generator, draft: Draft, foreign: Int8s, count: int, abroad: bool
) -> tuple[Int8s, Int32s, Int8s]:
    """Sex, birth date and whether foreign of adults like those of the unit who move most."""
    adults = np.nonzero((draft.age >= 19) & (draft.age < 75) & (draft.institution < 0))[0]
    if not len(adults) or not count:
        ages = 20 + rng.random(count) * 25
        sexes = (rng.random(count) < 0.5).astype(np.int8)
        return sexes, (draft.on - ages * YEAR).astype(np.int32), np.full(count, int(abroad), dtype=np.int8)
    weight = np.cumsum(rates.MOVES[draft.band[adults]])
    rows = adults[np.searchsorted(weight, rng.random(count) * weight[-1]).clip(0, len(adults) - 1)]
    away = (rng.random(count) < 0.8).astype(np.int8) if abroad else foreign[rows]
    return draft.sex[rows], draft.birth[rows], away


def _newcomers(
    rng: np.random.Generator,
    draft: Draft,
    sex: Int8s,
    birth: Int32s,
    foreign: Int8s,
    when: int,
    how: int,
    made: int,
) -> Outside:
    """Households of their own, each of one person; `made`: new households before them."""
    count = len(sex)
    stay = Stay.long(count)
    u = rng.random(count)
    if when == GONE:
        stay.until[:] = draft.on - (u * WINDOW).astype(np.int32)
        stay.exit[:] = how
        # Nobody was born after leaving.
        birth = np.minimum(birth, stay.until - 1 - WINDOW).astype(np.int32)
    else:
        stay.since[:] = draft.on + 1 + (u * WINDOW).astype(np.int32)
        stay.entry[:] = how
    root = -1 - made - np.arange(count, dtype=np.int64)
    return Outside(sex, birth, np.full(count, HEAD, dtype=np.int8), root, foreign, stay)


def _dead(
    rng: np.random.Generator,
    draft: Draft,
    sex: Int8s,
    age: npt.NDArray[np.floating],
    root: Int64s,
    relation: int,
) -> Outside:
    count = len(root)
    stay = Stay.long(count)
    stay.until[:] = draft.on - (rng.random(count) * WINDOW).astype(np.int32)
    stay.exit[:] = DEATH
    birth = (draft.on - np.minimum(age, 112) * YEAR).astype(np.int32)
    return Outside(
        sex.astype(np.int8),
        birth,
        np.full(count, relation, dtype=np.int8),
        root,
        np.zeros(count, dtype=np.int8),
        stay,
    )


def _some(rng: np.random.Generator, rows: Int64s, count: int) -> Int64s:
    """At most `count` different ones of the rows."""
    if len(rows) <= count:
        return rows
    return rng.choice(rows, count, replace=False, shuffle=False)


def _widowed(
    rng: np.random.Generator,
    draft: Draft,
    relation: Int8s,
    kind: Int8s,
    stay: Stay,
    foreign: Int8s,
    count: int,
) -> Outside:
    """Husbands and wives who died before the day. The survivor is head on the day, but for a few
    households."""
    here = (relation == HEAD) & (draft.institution < 0) & (foreign == 0) & (stay.entry < 0)
    alone = ((kind == ALONE) | (kind == LONE_HEAD)) & (draft.root == np.arange(draft.size))
    rows = np.nonzero(here & alone & (draft.age >= 58))[0]
    # A brother, sister or friend in the home makes a spouse unlikely.
    crowd = np.bincount(draft.root, minlength=draft.size)
    rows = _some(rng, rows[(crowd[rows] == 1) | (kind[rows] == LONE_HEAD)], count)
    age = np.clip(
        draft.age[rows] + np.where(draft.sex[rows] == 1, 2.5, -2.0) + 3 * rng.standard_normal(len(rows)),
        45,
        108,
    )
    found = _dead(rng, draft, 1 - draft.sex[rows], age, rows, SPOUSE)
    households = len(np.unique(draft.root))
    headless = min(int(households * rates.HEADLESS + rng.random()), len(rows))
    found.relation[:headless] = HEAD
    relation[rows[:headless]] = SPOUSE
    return found


def _orphaned(
    rng: np.random.Generator,
    draft: Draft,
    relation: Int8s,
    kind: Int8s,
    stay: Stay,
    foreign: Int8s,
    count: int,
) -> Outside:
    """Old parents who lived with a child's family and died before the day."""
    here = (relation == HEAD) & (draft.institution < 0) & (foreign == 0) & (stay.entry < 0)
    family = (kind == HUSBAND_HEAD)[draft.root] & (draft.elder[draft.root] < 0)
    rows = np.nonzero(here & family & (draft.age >= 45) & (draft.age < 72))[0]
    rows = _some(rng, rows, count)
    age = np.clip(draft.age[rows] + 30 + 4 * rng.standard_normal(len(rows)), draft.age[rows] + 18, 108)
    return _dead(rng, draft, (rng.random(len(rows)) < 0.6).astype(np.int8), age, rows, PARENT)


def _babies(
    rng: np.random.Generator, draft: Draft, kind: Int8s, stay: Stay, foreign: Int8s, count: int
) -> Outside:
    """Children born after the day to couples of the unit."""
    wives = np.nonzero((draft.partner >= 0) & (draft.age >= 20) & (draft.age < 45) & (stay.exit < 0))[0]
    wives = wives[stay.exit[draft.partner[wives]] < 0]
    youngest = np.full(draft.size, -NEVER, dtype=np.int64)
    kids = np.nonzero((draft.role >= CHILD) & (draft.role <= STEP))[0]
    np.maximum.at(youngest, draft.root[kids], draft.birth[kids])
    # Most of those who have had their children are past it.
    willing = wives[(youngest[wives] <= draft.on - SPACING) & (np.abs(draft.age[wives] - 31.5) < 8)]
    mothers = _some(rng, willing, count)
    size = len(mothers)
    if size < count:
        others = np.setdiff1d(wives[youngest[wives] <= draft.on - SPACING], mothers)
        mothers = np.concatenate([mothers, _some(rng, others, count - size)])
        size = len(mothers)
    born = (draft.on + 1 + (rng.random(size) * WINDOW).astype(np.int32)).astype(np.int32)
    found = Stay.long(size)
    found.since[:] = born
    found.entry[:] = BIRTH
    both = (foreign[mothers] == 1) & (foreign[draft.partner[mothers]] == 1)
    sexes = (rng.random(size) < 0.487).astype(np.int8)
    relation = HEADED[CHILD, kind[mothers]] if size else np.full(0, A_CHILD, dtype=np.int8)
    return Outside(sexes, born, relation.astype(np.int8), draft.root[mothers], both.astype(np.int8), found)
