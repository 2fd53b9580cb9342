"""The people of a group of census units, in the order of the file, from their cells and one random stream.

The stream is seeded with the nation's seed and the code of the group's first unit. Which units form a group
depends on the cells alone (plan.py), so a unit is the same whoever builds it and whatever else is built.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation import demography as rates
from enishi.nation.births import Ages, draw_births
from enishi.nation.census import BANDS, WITHHELD
from enishi.nation.draws import shuffled
from enishi.nation.heads import HEAD, NEPHEW_NIECE, SPOUSE, adopt, appoint
from enishi.nation.households import (
    COHABITANT,
    ELDER,
    ELDER_SPOUSE,
    HUSBAND,
    WIFE,
    YEAR,
    Draft,
    Int8s,
    Int32s,
    Int64s,
    form_households,
)
from enishi.nation.movement import Stay, planned, stays
from enishi.nation.outside import Inside, outside

Words = npt.NDArray[np.uint32]

PERSON_WORDS = 6
HOUSEHOLD_WORDS = 5
FAMILY_NAME, WIFES_FAMILY_NAME, OWN_NAME = range(3)


UNIT_IDS = 10_000_000
"""Ids of persons and households: a unit's ordinal times this, plus the running number from 1."""


@dataclass(frozen=True)
class Unit:
    """A census unit to be peopled. `ordinal`: 1 for the first in code order. `cells`: (2, 22). `phase`: 0 to 1,
    where the numbers of its rows outside the cells are rounded.
    """

    ordinal: int
    code: str
    cells: Int64s
    phase: float

    @property
    def residents(self) -> int:
        return int(self.cells.sum())

    @property
    def planned(self) -> tuple[int, ...]:
        """Rows outside the cells at most, by kind."""
        return planned(self.residents, self.phase)

    @property
    def rows_at_most(self) -> int:
        """Residents and the rows outside the cells; the latter may turn out fewer."""
        return self.residents + sum(self.planned)


@dataclass
class People:
    """Rows of one or more units, in file order.

    `unit`: index in code order. `household`: 0 for the first, without gaps; `household_id` as in the file. `cell`:
    0 to 21, -1 outside. `institution`: or -1. `surname`: whose it is. `words`, `household_words`: (k, rows)
    random bits for names, addresses, accounts.
    """

    unit: Int64s
    person: Int64s
    household_id: Int64s
    sex: Int8s
    birth: Int32s
    cell: Int8s
    relation: Int8s
    foreign: Int8s
    institution: Int8s
    surname: Int8s
    stay: Stay
    household: Int64s
    households: int
    words: Words
    household_words: Words

    @property
    def size(self) -> int:
        return len(self.sex)


def people_of(group: tuple[Unit, ...], seed: int, ages: Ages) -> People:
    """Everybody with a row in the units: residents by cell, and those who left before the day or come
    after it.
    """
    rng = np.random.Generator(np.random.SFC64([seed, int(group[0].code)]))
    cells = np.stack([unit.cells for unit in group])
    unit, sex, band, birth = draw_births(rng, cells[:, :, :BANDS], ages)
    withheld = cells[:, :, WITHHELD]
    missing = int(withheld.sum())
    cell = np.concatenate([band, np.full(missing, WITHHELD, dtype=np.int8)])
    if missing:
        years = 19 + 26 * rng.random(missing) ** 1.4
        unit = np.concatenate([unit, np.repeat(np.arange(len(group)), withheld.sum(axis=1))])
        sexes = np.tile(np.array([0, 1], dtype=np.int8), len(group))
        sex = np.concatenate([sex, np.repeat(sexes, withheld.reshape(-1))])
        birth = np.concatenate([birth, (ages.on - years * YEAR).astype(np.int32)])
        band = np.concatenate([band, (years // 5).astype(np.int8)])
    draft = form_households(rng, ages.on, len(group), missing, unit, sex, band, birth)
    relation, kind = appoint(rng, draft)
    adopt(rng, draft, relation)
    foreign = _foreign(rng, draft, int(group[0].code[:2]))
    head_of = np.arange(draft.size)
    heads = np.nonzero(relation == HEAD)[0]
    head_of[draft.root[heads]] = heads
    stay = stays(rng, draft, foreign, head_of)
    inside = Inside(draft, relation, kind, foreign, stay)
    others = outside(rng, inside, np.array([unit.planned for unit in group], dtype=np.int64))
    n, more = draft.size, len(others.sex)
    root = np.concatenate([draft.root, np.where(others.root < 0, n - 1 - others.root, others.root)])
    none = np.full(more, -1, dtype=np.int8)
    unit = np.concatenate([unit, others.unit])
    birth = np.concatenate([draft.birth, others.birth])
    relation = np.concatenate([relation, others.relation])
    order, household, households = _file_order(rng, unit, root, relation, birth)
    unit = unit[order]
    base = np.array([unit.ordinal for unit in group], dtype=np.int64) * UNIT_IDS + 1
    first = np.searchsorted(unit, np.arange(len(group)))
    first_home = household[np.minimum(first, max(n + more - 1, 0))]
    return People(
        unit=np.array([unit.ordinal - 1 for unit in group], dtype=np.int64)[unit],
        person=(base - first)[unit] + np.arange(n + more),
        household_id=(base - first_home)[unit] + household,
        sex=np.concatenate([sex, others.sex])[order],
        birth=birth[order],
        cell=np.concatenate([cell, none])[order],
        relation=relation[order],
        foreign=np.concatenate([foreign, others.foreign])[order],
        institution=np.concatenate([draft.institution, none])[order],
        surname=np.concatenate([_surnames(draft, relation[:n]), none + 1])[order],
        stay=Stay.joined([stay, others.stay]).of(order),
        household=household,
        households=households,
        words=_words(rng, PERSON_WORDS, n + more),
        household_words=_words(rng, HOUSEHOLD_WORDS, households),
    )


def _words(rng: np.random.Generator, rows: int, size: int) -> Words:
    """(rows, size) random 32-bit words."""
    raw: Words = rng.bit_generator.random_raw(rows * size // 2 + 1).view(np.uint32)
    return raw[: rows * size].reshape(rows, size)


def _file_order(
    rng: np.random.Generator, unit: Int64s, root: Int64s, relation: Int8s, birth: Int32s
) -> tuple[Int64s, Int64s, int]:
    """Order of rows, household of each in that order (0, 1, ...), and number of households.

    By unit; households come in random order; in each the head first, then the spouse, then from the oldest to
    the youngest.
    """
    size = len(root)
    unit_of = np.full(int(root.max(initial=-1)) + 1, -1, dtype=np.int64)
    unit_of[root] = unit
    roots = np.nonzero(unit_of >= 0)[0]
    rank = np.empty(len(unit_of), dtype=np.int64)
    rank[roots[shuffled(rng, unit_of[roots])]] = np.arange(len(roots))
    first = np.full(12, 2, dtype=np.int64)
    first[HEAD], first[SPOUSE] = 0, 1
    since = birth - birth.min(initial=0)
    # Household, place in it, days of birth, row: 20 + 2 + 17 + 21 bits.
    key = (((rank[root] << 2 | first[relation]) << 17 | since) << 21) | np.arange(size)
    key.sort()
    return key & ((1 << 21) - 1), key >> 40, len(roots)


def _foreign(rng: np.random.Generator, draft: Draft, prefecture: int) -> Int8s:
    """1 for foreign residents: by household; in couples both, or one of them."""
    spread = np.exp(rates.FOREIGN_SPREAD * rng.standard_normal(draft.units) - rates.FOREIGN_SPREAD**2 / 2)
    share = np.minimum(rates.FOREIGN * rates.FOREIGN_BY_PREFECTURE[prefecture - 1] * spread[:, None], 0.6)
    u = rng.random((2, draft.size), dtype=np.float32)
    marked = u[0] < share[draft.unit, draft.band]
    foreign = marked[draft.root]
    wives = np.nonzero((draft.partner >= 0) & marked)[0]
    way = u[1][wives]
    sided = draft.elder[wives] >= 0
    wife = np.where(sided, ~draft.wifes_elder[wives], way < 0.85)
    husband = np.where(sided, draft.wifes_elder[wives], (way < 0.55) | (way >= 0.85))
    both = np.zeros(draft.size, dtype=np.bool_)
    both[wives] = wife & husband
    foreign[wives] = wife
    foreign[draft.partner[wives]] = husband
    paired = (draft.partner >= 0)[draft.root]
    others = paired & (draft.role != WIFE) & (draft.role != HUSBAND)
    foreign[others] = both[draft.root[others]]
    foreign[draft.role == COHABITANT] = marked[draft.role == COHABITANT]
    foreign[draft.known :] = True
    flags: Int8s = foreign.astype(np.int8)
    return flags


def _surnames(draft: Draft, relation: Int8s) -> Int8s:
    whose = np.zeros(draft.size, dtype=np.int8)
    elders = (draft.role == ELDER) | (draft.role == ELDER_SPOUSE)
    whose[elders & draft.wifes_elder[draft.root]] = WIFES_FAMILY_NAME
    whose[(draft.role == COHABITANT) | (relation == NEPHEW_NIECE)] = OWN_NAME
    return whose
