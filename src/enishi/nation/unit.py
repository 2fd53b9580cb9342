"""The people of one census unit, in the order of the file, from its cells and its own random stream.

The stream is seeded with the nation's seed and the unit's code alone, so a unit is the same whoever builds
it and whatever else is built.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation import demography as rates
from enishi.nation.births import Ages, draw_births
from enishi.nation.census import BANDS, WITHHELD
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
from enishi.nation.movement import Stay, outside, planned, stays

Words = npt.NDArray[np.uint32]

PERSON_WORDS = 6
HOUSEHOLD_WORDS = 5
FAMILY_NAME, WIFES_FAMILY_NAME, OWN_NAME = range(3)


@dataclass(frozen=True)
class Unit:
    """A census unit to be peopled. `ordinal`: 1 for the first in code order. `cells`: (2, 22)."""

    ordinal: int
    code: str
    cells: Int64s

    @property
    def residents(self) -> int:
        return int(self.cells.sum())

    def rows_at_most(self, seed: int) -> int:
        """Residents and the rows outside the cells; the latter may turn out fewer."""
        return self.residents + sum(planned(self.residents, self.phase(seed)).values())

    def phase(self, seed: int) -> float:
        return float(np.random.Generator(np.random.SFC64([seed, int(self.code), 1])).random())


@dataclass
class People:
    """Rows of one or more units, in file order.

    `household`: 0 for the first of the block, without gaps. `cell`: 0 to 21, -1 outside. `institution`: or
    -1. `surname`: whose it is. `words`, `household_words`: (k, rows) random bits for names, addresses,
    accounts.
    """

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


def people_of(unit: Unit, seed: int, ages: Ages) -> People:
    """Everybody with a row in the unit: residents by cell, and those who left before the day or come after
    it.
    """
    rng = np.random.Generator(np.random.SFC64([seed, int(unit.code)]))
    sex, band, birth = draw_births(rng, unit.cells[:, :BANDS], ages)
    withheld = unit.cells[:, WITHHELD]
    missing = int(withheld.sum())
    cell = np.concatenate([band, np.full(missing, WITHHELD, dtype=np.int8)])
    if missing:
        years = 19 + 26 * rng.random(missing) ** 1.4
        sex = np.concatenate([sex, np.repeat(np.array([0, 1], dtype=np.int8), withheld)])
        birth = np.concatenate([birth, (ages.on - years * YEAR).astype(np.int32)])
        band = np.concatenate([band, (years // 5).astype(np.int8)])
    draft = form_households(rng, ages.on, sex, band, birth, missing)
    known = draft.size - missing
    relation, kind = appoint(rng, draft)
    adopt(rng, draft, relation, known)
    foreign = _foreign(rng, draft, known, int(unit.code[:2]))
    head_of = np.arange(draft.size)
    heads = np.nonzero(relation == HEAD)[0]
    head_of[draft.root[heads]] = heads
    stay = stays(rng, draft, foreign, head_of)
    counts = planned(unit.residents, unit.phase(seed))
    others = outside(rng, draft, relation, kind, stay, foreign, counts)
    n, more = draft.size, len(others.sex)
    root = np.concatenate([draft.root, np.where(others.root < 0, n - 1 - others.root, others.root)])
    none = np.full(more, -1, dtype=np.int8)
    birth = np.concatenate([draft.birth, others.birth])
    relation = np.concatenate([relation, others.relation])
    order, household, households = _file_order(rng, root, relation, birth)
    return People(
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
    rng: np.random.Generator, root: Int64s, relation: Int8s, birth: Int32s
) -> tuple[Int64s, Int64s, int]:
    """Order of rows, household of each in that order (0, 1, ...), and number of households.

    Households come in random order; in each the head first, then the spouse, then from the oldest to the
    youngest.
    """
    size = len(root)
    named = np.zeros(int(root.max(initial=-1)) + 1, dtype=np.bool_)
    named[root] = True
    roots = np.nonzero(named)[0]
    rank = np.empty(len(named), dtype=np.int64)
    rank[roots] = rng.permutation(len(roots))
    first = np.full(12, 2, dtype=np.int64)
    first[HEAD], first[SPOUSE] = 0, 1
    since = birth - birth.min(initial=0)
    # Household, place in it, days of birth, row: 20 + 2 + 17 + 21 bits.
    key = (((rank[root] << 2 | first[relation]) << 17 | since) << 21) | np.arange(size)
    key.sort()
    return key & ((1 << 21) - 1), key >> 40, len(roots)


def _foreign(rng: np.random.Generator, draft: Draft, known: int, prefecture: int) -> Int8s:
    """1 for foreign residents: by household; in couples both, or one of them."""
    spread = np.exp(rates.FOREIGN_SPREAD * rng.standard_normal() - rates.FOREIGN_SPREAD**2 / 2)
    share = np.minimum(rates.FOREIGN * rates.FOREIGN_BY_PREFECTURE[prefecture - 1] * spread, 0.6)
    u = rng.random((2, draft.size), dtype=np.float32)
    marked = u[0] < share[draft.band]
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
    foreign[known:] = True
    flags: Int8s = foreign.astype(np.int8)
    return flags


def _surnames(draft: Draft, relation: Int8s) -> Int8s:
    whose = np.zeros(draft.size, dtype=np.int8)
    elders = (draft.role == ELDER) | (draft.role == ELDER_SPOUSE)
    whose[elders & draft.wifes_elder[draft.root]] = WIFES_FAMILY_NAME
    whose[(draft.role == COHABITANT) | (relation == NEPHEW_NIECE)] = OWN_NAME
    return whose
