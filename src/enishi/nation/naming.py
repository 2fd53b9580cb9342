"""Who is called what: indexes into the lists of names, for Japanese and foreign residents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enishi.nation.given_names import DECADES
from enishi.nation.heads import SPOUSE
from enishi.nation.reference import Names
from enishi.nation.unit import FAMILY_NAME, OWN_NAME, WIFES_FAMILY_NAME, People

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint32]

FORMER = (0.002, 0.035)
"""Share of Japanese men, and of women who are spouses, with a registered former surname (旧氏)."""
WORD = 2**16


@dataclass(frozen=True)
class Called:
    """Of every row: `surname` and `given`, indexes of Japanese names (of a foreign resident: those of an
    alias).

    `foreign`: rows of foreign residents, with their `nationality`, `full` name, and whether the register
    shows `kanji` and an `alias`. `former`: rows with a former surname, and `former_surname`.
    """

    surname: Int64s
    given: Int64s
    foreign: Int64s
    nationality: Int64s
    full: Int64s
    kanji: Bools
    alias: Bools
    former: Int64s
    former_surname: Int64s


def called(people: People, home: Int64s, adult: Bools, names: Names) -> Called:
    """Names of a block's people. `home`: household of each row, from 0; `adult`: whether of age."""
    own, homes = people.words, people.household_words
    word = homes[0][home]
    for whose, source in ((WIFES_FAMILY_NAME, homes[1]), (OWN_NAME, None)):
        rows = np.nonzero(people.surname == whose)[0]
        word[rows] = own[1][rows] if source is None else source[home[rows]]
    surname = names.surname_table[word >> 12].astype(np.int64)
    given = _given(people, home, names)
    foreign = np.nonzero(people.foreign)[0]
    nationality, full = _foreign_names(people, home, names, foreign)
    bits = homes[3][home[foreign]]
    kanji = (bits >> 16) < names.foreign.kanji[nationality] * WORD
    alias = (bits & 0xFFFF) < names.foreign.alias[nationality] * WORD
    chance = np.where(people.relation == SPOUSE, FORMER[1] * WORD, FORMER[0] * WORD)
    chance[people.sex == 0] = FORMER[0] * WORD
    former = np.nonzero(
        ((own[5] & 0xFFFF) < chance) & (people.foreign == 0) & (people.surname == FAMILY_NAME)
    )[0]
    former = former[adult[former]]
    return Called(
        surname=surname,
        given=given,
        foreign=foreign,
        nationality=nationality,
        full=full,
        kanji=kanji,
        alias=alias,
        former=former,
        former_surname=names.surname_table[own[1][former] >> 12].astype(np.int64),
    )


def _given(people: People, home: Int64s, names: Names) -> Int64s:
    decade = np.clip((people.birth * (1 / 3652.425) + 6).astype(np.int64), 0, len(DECADES) - 1)
    word = people.words[0] & 0xFFFF
    sex = people.sex.astype(np.int64)
    tables = names.given_tables.reshape(-1)
    start = (sex * len(DECADES) + decade) * WORD
    first = names.given_first[sex]
    given: Int64s = tables[start + word] + first
    for back in (1, 2, 3):
        same = np.nonzero((given[back:] == given[:-back]) & (home[back:] == home[:-back]))[0] + back
        again = (word[same] * 40503 + 977 * back) & 0xFFFF
        given[same] = tables[start[same] + again] + first[same]
    return given


def _foreign_names(people: People, home: Int64s, names: Names, rows: Int64s) -> tuple[Int64s, Int64s]:
    """Nationality and full name: children bear the household's surname, spouses their own."""
    lists = names.foreign
    homes, own = people.household_words, people.words
    lonely = people.surname[rows] == OWN_NAME
    apart = lonely | (people.relation[rows] == SPOUSE)
    origin = np.where(lonely, own[1][rows], homes[1][home[rows]])
    nationality = lists.nations[origin & 0xFFFF].astype(np.int64)
    sex = people.sex[rows].astype(np.int64)
    family = np.where(apart, own[1][rows], homes[0][home[rows]]).astype(np.int64) >> 16
    family = family * lists.families[nationality] >> 16
    givens = lists.givens[nationality, sex]
    given = (own[0][rows].astype(np.int64) & 0xFFFF) * givens >> 16
    return nationality, lists.first[nationality, sex] + family * givens + given
