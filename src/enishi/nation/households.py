"""Who lives with whom in each of some census units: couples, their children, elders, shared homes.

Persons are rows 0..n-1 of a `Draft`, by unit, men first, each sex from the youngest to the oldest. A household is
named by the row of its root: the wife of its couple, its lone parent, or the person alone. Nothing here
loops over persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation import demography as rates
from enishi.nation.draws import ranked, some

Bools = npt.NDArray[np.bool_]
Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]

YEAR = 365.25
TWINS = 0.006
"""Share of children who follow as the second of twins: about 1 in 100 births is a twin."""
SPACING = 300
"""Fewest days between the births of siblings who are no twins (about ten months)."""
MOTHER_AGES = (16 * YEAR + 1, 49.9 * YEAR)
FATHER_AGES = (18 * YEAR, 60 * YEAR)
TRIES = 5

ROLES = (
    "solo",
    "husband",
    "wife",
    "lone_parent",
    "child",
    "eldest_child",
    "stepchild",
    "elder",
    "elder_spouse",
    "great_elder",
    "sibling",
    "cohabitant",
)
SOLO, HUSBAND, WIFE, LONE, CHILD, ELDEST, STEP, ELDER, ELDER_SPOUSE, GREAT, SIBLING, COHABITANT = range(12)


@dataclass
class Draft:
    """Units while households form. Arrays of one entry a person; `root` names households.

    `unit`: 0 for the first of `units`. The last `withheld` rows are persons of withheld age, by unit.

    `age`: years on the day, with their fraction. `institution`: -1, or index into rates.INSTITUTIONS.
    `role`: index into ROLES. `partner`: husband of a wife, else -1. By root: `eldest` child, else -1;
    `elder` joined, else -1, and `wifes_elder` whether of her side; `crowded` by a great-grandparent.
    `orphan`: minors still without a home.
    """

    on: int
    units: int
    withheld: int
    unit: Int64s
    sex: Int8s
    band: Int8s
    birth: Int32s
    age: Float64s
    institution: Int8s
    role: Int8s
    root: Int64s
    partner: Int64s
    eldest: Int64s
    elder: Int64s
    wifes_elder: Bools
    crowded: Bools
    orphan: Bools

    @property
    def size(self) -> int:
        return len(self.sex)

    @property
    def known(self) -> int:
        """Rows before those of withheld age."""
        return self.size - self.withheld


def form_households(
    rng: np.random.Generator,
    on: int,
    units: int,
    withheld: int,
    unit: Int64s,
    sex: Int8s,
    band: Int8s,
    birth: Int32s,
) -> Draft:
    """Homes for everybody: persons of withheld age live alone, or share a home.

    May move a birth date inside its band: the second of twins gets that of the first.
    """
    n = len(sex)
    nobody = np.full(n, -1, dtype=np.int64)
    draft = Draft(
        on=on,
        units=units,
        withheld=withheld,
        unit=unit,
        sex=sex,
        band=band,
        birth=birth,
        age=(on - birth) / YEAR,
        institution=np.full(n, -1, dtype=np.int8),
        role=np.zeros(n, dtype=np.int8),
        root=np.arange(n, dtype=np.int64),
        partner=nobody,
        eldest=nobody.copy(),
        elder=nobody.copy(),
        wifes_elder=np.zeros(n, dtype=np.bool_),
        crowded=np.zeros(n, dtype=np.bool_),
        orphan=np.zeros(n, dtype=np.bool_),
    )
    single = _couples(rng, draft, _settle(rng, draft))
    single = _children(rng, draft, single)
    single = _elders(rng, draft, single)
    _shared_homes(rng, draft, single)
    if withheld:
        known = draft.known
        own = unit[known:]
        together = rng.random(withheld) < 0.4
        together[0] = False
        together[1:] &= own[1:] == own[:-1]
        start = np.maximum.accumulate(np.where(together, 0, np.arange(withheld)))
        draft.root[known:] = known + start
        draft.role[known:][together] = COHABITANT
    return draft


def _settle(rng: np.random.Generator, draft: Draft) -> Bools:
    """Marks people in institutions; returns who of the others is of known age."""
    known = draft.known
    u = rng.random(known, dtype=np.float32)
    for sex in (0, 1):
        chances = rates.IN_INSTITUTION[sex]
        rows = np.nonzero((u < chances[-1].max()) & (draft.sex[:known] == sex))[0]
        kind = (u[rows] >= chances[:, draft.band[rows]]).sum(axis=0)
        inside = kind < len(rates.INSTITUTIONS)
        # Dormitories and prisons begin at 15 and 20; a home for children ends at 18.
        draft.institution[rows[inside]] = kind[inside]
    at_home = np.zeros(draft.size, dtype=np.bool_)
    at_home[:known] = draft.institution[:known] < 0
    too_old = (draft.institution == 2) & (draft.age >= 18)
    draft.institution[too_old] = 3
    return at_home


def _couples(rng: np.random.Generator, draft: Draft, at_home: Bools) -> Bools:
    """Pairs husbands with wives by age; returns adults of a household who are left single, and minors."""
    u = rng.random(draft.size, dtype=np.float32)
    adult = at_home & (draft.age >= 18)
    sides = []
    for sex in (0, 1):
        side = np.nonzero(adult & (draft.sex == sex) & (u < rates.MARRIED[sex][draft.band]))[0]
        sides.append(side)
    counts = [np.bincount(draft.unit[side], minlength=draft.units) for side in sides]
    fewest = np.minimum(*counts)
    for sex in (0, 1):
        if (counts[sex] > fewest).any():
            sides[sex] = np.sort(some(rng, sides[sex], draft.unit[sides[sex]], fewest))
    husbands, wives = sides
    noise = rng.standard_normal((2, len(wives)), dtype=np.float32) * 2.2
    husbands = husbands[ranked(draft.unit[husbands], draft.age[husbands] + noise[0])]
    wives = wives[ranked(draft.unit[wives], draft.age[wives] + noise[1])]
    gap = draft.age[husbands] - draft.age[wives]
    fitting = (gap > -12) & (gap < 24)
    husbands, wives = husbands[fitting], wives[fitting]
    draft.root[husbands] = wives
    draft.role[husbands] = HUSBAND
    draft.role[wives] = WIFE
    draft.partner[wives] = husbands
    single = at_home.copy()
    single[husbands] = False
    single[wives] = False
    return single


HALF_YEARS = 256
"""Bins of the ages of parents in a pool."""


@dataclass(frozen=True)
class _Pool:
    """Possible parents by unit, from young to old, with where each unit's half-years of age begin."""

    rows: Int64s
    first: Int64s

    @classmethod
    def of(cls, draft: Draft, rows: Int64s, age: Float64s) -> _Pool:
        """`age`: that of each of the rows, ascending inside each unit."""
        place = draft.unit[rows] * HALF_YEARS + (age * 2).astype(np.int64)
        bins = np.bincount(place, minlength=draft.units * HALF_YEARS)
        return cls(rows, np.concatenate([[0], np.cumsum(bins)]))

    def draw(self, rng: np.random.Generator, unit: Int64s, wanted: Float64s) -> Int64s:
        """A random row of the unit and of about the wanted age for each; -1 where the unit has nobody."""
        if not len(self.rows):
            return np.full(len(wanted), -1, dtype=np.int64)
        base = unit * HALF_YEARS
        place = base + np.minimum(np.maximum((wanted * 2).astype(np.int64), 0), HALF_YEARS - 1)
        low, high = self.first[place], self.first[place + 1]
        pick = low + (rng.random(len(wanted), dtype=np.float32) * (high - low)).astype(np.int64)
        last = self.first[base + HALF_YEARS] - 1
        return np.where(last >= self.first[base], self.rows[np.minimum(pick, last)], -1)


def _children(rng: np.random.Generator, draft: Draft, single: Bools) -> Bools:
    """Gives every minor and every adult child at home a parent; returns who is still single."""
    u = rng.random(draft.size, dtype=np.float32)
    age, sex = draft.age, draft.sex
    minor = single & (age < 18)
    grown = single & ~minor
    stays = grown & (u < rates.AT_HOME[sex, draft.band])
    rest = 1 - rates.AT_HOME[sex, draft.band]
    lone = grown & ~stays & (1 - u < rest * rates.LONE_PARENT[sex, draft.band])
    wives = draft.partner >= 0
    mothers = np.nonzero((sex == 1) & (wives | lone))[0]
    fathers = np.nonzero((sex == 0) & lone)[0]
    pools = (_Pool.of(draft, mothers, age[mothers]), _Pool.of(draft, fathers, age[fathers]))
    rows = np.nonzero(minor | stays)[0]
    if not len(rows):
        return grown
    rows = rows[_by_birth(draft, rows)]
    second = _twins(rng, draft, rows)
    litters = rows[~second]
    parent = _parents(rng, draft, litters, pools)
    every = parent[np.cumsum(~second) - 1]
    placed = every >= 0
    kids, parents = rows[placed], every[placed]
    draft.root[kids] = parents
    draft.role[kids] = CHILD
    draft.role[parents[~wives[parents]]] = LONE
    _mark_eldest(draft, kids, parents)
    draft.orphan[rows[~placed]] = age[rows[~placed]] < 18
    single = grown.copy()
    single[kids] = False
    single[parents] = False
    return single


def _by_birth(draft: Draft, rows: Int64s) -> Int64s:
    """Order of rows by unit, then from the youngest to the oldest."""
    days = draft.on - draft.birth[rows]
    if draft.units == 1:
        return np.argsort(days.astype(np.uint16), kind="stable")
    return np.argsort((draft.unit[rows] << 16) | days, kind="stable")


def _twins(rng: np.random.Generator, draft: Draft, rows: Int64s) -> Bools:
    """Which of the rows, ordered by birth, are the second of twins; they take the birth date of the row
    before.
    """
    second = rng.random(len(rows)) < TWINS
    second[0] = False
    second[1:] &= draft.band[rows[1:]] == draft.band[rows[:-1]]
    second[1:] &= draft.unit[rows[1:]] == draft.unit[rows[:-1]]
    second[1:] &= ~second[:-1]
    draft.birth[rows[second]] = draft.birth[rows[np.nonzero(second)[0] - 1]]
    draft.age[rows[second]] = (draft.on - draft.birth[rows[second]]) / YEAR
    return second


def _parents(rng: np.random.Generator, draft: Draft, rows: Int64s, pools: tuple[_Pool, _Pool]) -> Int64s:
    """A mother, or a lone father, of fitting age for each row, with siblings at least SPACING days apart;
    else -1.
    """
    birth = draft.birth[rows].astype(np.int64)
    of_father = rng.random(len(rows), dtype=np.float32) < 0.025
    parent = np.full(len(rows), -1, dtype=np.int64)
    todo = np.arange(len(rows))
    for attempt in range(TRIES + 1):
        last = attempt == TRIES
        if len(todo) and not last:
            parent[todo] = _one_try(rng, draft, rows[todo], birth[todo], of_father[todo], pools)
        missing = parent < 0
        key = (parent << 20) + (birth - birth.min())
        order = np.argsort(key, kind="stable")
        key = key[order]
        close = np.zeros(len(rows), dtype=np.bool_)
        close[order[1:]] = (key[1:] - key[:-1] < SPACING) & ~missing[order[1:]]
        if last:
            parent[close] = -1
            break
        todo = np.nonzero(close | missing)[0]
        if not len(todo):
            break
        of_father[todo] &= attempt < 2
    return parent


def _one_try(
    rng: np.random.Generator,
    draft: Draft,
    rows: Int64s,
    birth: Int64s,
    of_father: Bools,
    pools: tuple[_Pool, _Pool],
) -> Int64s:
    found = np.empty(len(rows), dtype=np.int64)
    normal = rng.standard_normal(len(rows), dtype=np.float32)
    for father, pool, mean, limits in (
        (False, pools[0], 31.0, MOTHER_AGES),
        (True, pools[1], 33.5, FATHER_AGES),
    ):
        which = of_father if father else ~of_father
        wanted = draft.age[rows[which]] + np.clip(mean + 5 * normal[which], 17.0, 46.0)
        row = pool.draw(rng, draft.unit[rows[which]], wanted)
        gap = birth[which] - draft.birth[row]
        found[which] = np.where((row >= 0) & (gap >= limits[0]) & (gap <= limits[1]), row, -1)
    return found


def _mark_eldest(draft: Draft, kids: Int64s, parents: Int64s) -> None:
    """`kids` come from the youngest to the oldest, so the last one written is the eldest."""
    draft.eldest[parents] = kids


def _elders(rng: np.random.Generator, draft: Draft, single: Bools) -> Bools:
    """Lets elders, alone or as a couple, live with a child's family, and some of the oldest with a
    grandchild's.
    """
    age = draft.age
    alone = np.nonzero(single & (age >= 60))[0]
    moving = alone[rng.random(len(alone)) < rates.JOINS_CHILD[draft.band[alone]]]
    wives = np.nonzero(draft.partner >= 0)[0]
    husbands = draft.partner[wives]
    childless = draft.eldest[wives] < 0
    old = wives[childless & (age[husbands] >= 65) & (age[wives] >= 60)]
    pairs = old[rng.random(len(old)) < rates.COUPLE_JOINS_CHILD]
    young = wives[(age[husbands] < 65) & (age[wives] < 60)]
    movers = np.concatenate([moving, pairs])
    target, wifes = _families(rng, draft, movers, young, (29.0, 5.0), 18.0)
    joined = target >= 0
    movers, target, wifes = movers[joined], target[joined], wifes[joined]
    draft.elder[target] = movers
    draft.wifes_elder[target] = wifes
    draft.root[movers] = target
    draft.role[movers] = ELDER
    spouses = draft.partner[movers]
    coupled = spouses >= 0
    # The husband of an old couple stands for both: his wife is the elder's spouse.
    draft.root[spouses[coupled]] = target[coupled]
    draft.role[spouses[coupled]] = ELDER
    draft.role[movers[coupled]] = ELDER_SPOUSE
    draft.elder[target[coupled]] = spouses[coupled]
    draft.partner[movers[coupled]] = -1
    single = single.copy()
    single[movers] = False
    oldest = np.nonzero(single & (age >= 84))[0]
    oldest = oldest[rng.random(len(oldest)) < rates.GREAT_GRANDPARENT]
    target, _ = _families(rng, draft, oldest, young, (52.0, 4.0), 40.0)
    joined = target >= 0
    draft.root[oldest[joined]] = target[joined]
    draft.role[oldest[joined]] = GREAT
    draft.crowded[target[joined]] = True
    single[oldest[joined]] = False
    return single


def _families(
    rng: np.random.Generator,
    draft: Draft,
    movers: Int64s,
    wives: Int64s,
    gap: tuple[float, float],
    least: float,
) -> tuple[Int64s, Bools]:
    """A couple for each mover, at most one mover a couple: its wife, or -1; and whether it is her own
    elder."""
    count = len(movers)
    wifes = rng.random(count) < 0.25
    target = np.full(count, -1, dtype=np.int64)
    if not count or not len(wives):
        return target, wifes
    partners = draft.partner[movers]
    youngest = np.where(partners >= 0, np.minimum(draft.age[movers], draft.age[partners]), draft.age[movers])
    wanted = youngest - np.clip(gap[0] + gap[1] * rng.standard_normal(count), least, 60.0)
    husbands = draft.partner[wives]
    by_husband = wives[ranked(draft.unit[wives], draft.age[husbands])]
    own_pool = _Pool.of(draft, wives, draft.age[wives])
    his_pool = _Pool.of(draft, by_husband, draft.age[draft.partner[by_husband]])
    for own, pool in ((True, own_pool), (False, his_pool)):
        which = wifes == own
        row = pool.draw(rng, draft.unit[movers[which]], wanted[which])
        child = row if own else draft.partner[row]
        fits = (row >= 0) & (youngest[which] - draft.age[child] >= least)
        target[which] = np.where(fits, row, -1)
    winner = np.full(draft.size, -1, dtype=np.int64)
    asking = np.nonzero(target >= 0)[0]
    winner[target[asking]] = asking
    target[asking[winner[target[asking]] != asking]] = -1
    return target, wifes


def _shared_homes(rng: np.random.Generator, draft: Draft, single: Bools) -> None:
    """Adult siblings, and couples who are not married, among those who are single."""
    rows = np.nonzero(single)[0]
    u = rng.random(len(rows))
    siblings = rows[(u < 0.03) & (draft.age[rows] >= 25)]
    siblings = siblings[ranked(draft.unit[siblings], draft.age[siblings])]
    pairs = len(siblings) // 2
    younger, older = siblings[0 : 2 * pairs : 2], siblings[1 : 2 * pairs : 2]
    gap = draft.birth[younger] - draft.birth[older]
    near = (gap >= SPACING) & (gap < 12 * YEAR) & (draft.unit[younger] == draft.unit[older])
    draft.root[younger[near]] = older[near]
    draft.role[younger[near]] = SIBLING
    sides = []
    for sex, least in ((0, 0.955), (1, 0.95)):
        side = rows[(u > least) & (draft.sex[rows] == sex) & (draft.age[rows] >= 20) & (draft.age[rows] < 75)]
        sides.append(side)
    fewest = np.minimum(*(np.bincount(draft.unit[side], minlength=draft.units) for side in sides))
    men, women = (np.sort(some(rng, side, draft.unit[side], fewest)) for side in sides)
    near = np.abs(draft.age[men] - draft.age[women]) < 12
    draft.root[women[near]] = men[near]
    draft.role[women[near]] = COHABITANT
