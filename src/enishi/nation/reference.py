"""Everything that all units of a nation look up: places, banks, names. Built once, handed to every
worker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel.kana import bank_kana, truncate
from enishi.nation.banks import load_banks
from enishi.nation.census import Census
from enishi.nation.foreigners import ForeignNames, load_foreign_names
from enishi.nation.given_names import GivenNames, load_given_names
from enishi.nation.municipalities import application_starts
from enishi.nation.places import places
from enishi.nation.surnames import Surnames, load_surnames

Int64s = npt.NDArray[np.int64]

HOLDER = 30
"""Characters of an account holder's name in a bank file."""


@dataclass(frozen=True)
class Words:
    """Dictionaries of names. Index 0 of a column of text is null where it says so; codes in comments of
    persons.py.

    `surname`, `surname_kana`: null, surnames, then those of foreign full names (kana: null). `given`,
    `given_kana`: likewise. `latin`, `latin_kana`: null, then foreign full names. `left`, `right`: what an
    account holder's name begins and ends with: surnames, Latin full names, kana of full names; given names,
    then nothing.
    """

    surname: pl.Series
    surname_kana: pl.Series
    given: pl.Series
    given_kana: pl.Series
    latin: pl.Series
    latin_kana: pl.Series
    left: pl.Series
    right: pl.Series
    left_length: npt.NDArray[np.uint8]
    right_length: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Names:
    """The lists of names and their dictionaries; the same for every nation."""

    surnames: int
    givens: int
    surname_table: npt.NDArray[np.uint16]
    given_first: Int64s
    given_tables: npt.NDArray[np.uint16]
    foreign: ForeignNames
    words: Words


@dataclass(frozen=True)
class Reference:
    """What depends on the nation's units too. Arrays with one entry a unit unless said otherwise.

    `muni`, `ward`: dictionaries of codes by unit (`ward` null where the unit is a municipality). `start`:
    day of the municipality's first applications. `others`, `share`: municipalities and the running total of
    their residents.
    """

    names: Names
    muni: pl.Series
    ward: pl.Series
    prefecture: Int64s
    start: Int64s
    town: pl.Series
    postcode: pl.Series
    town_first: Int64s
    bank: pl.Series
    branch: pl.Series
    branch_tables: npt.NDArray[np.uint16]
    others: pl.Series
    share: Int64s
    own: Int64s


@lru_cache(maxsize=1)
def load_names() -> Names:
    """All lists of names with what banks make of them."""
    surnames = load_surnames()
    givens = load_given_names()
    foreign = load_foreign_names()
    return Names(
        surnames=len(surnames.kanji),
        givens=len(givens.kanji),
        surname_table=surnames.table,
        given_first=np.array(givens.first, dtype=np.int64),
        given_tables=givens.tables,
        foreign=foreign,
        words=_dictionaries(surnames, givens, foreign),
    )


def _dictionaries(surnames: Surnames, givens: GivenNames, foreign: ForeignNames) -> Words:
    nobody: list[str | None] = [None]
    blank: list[str | None] = [None] * len(foreign.latin)
    banked = {kana: bank_kana(kana) for kana in {*surnames.kana, *givens.kana, *foreign.kana}}
    left = [banked[kana] for kana in surnames.kana]
    left += [truncate(bank_kana(name), HOLDER) for name in foreign.latin]
    left += [truncate(banked[kana], HOLDER) for kana in foreign.kana]
    right = [banked[kana] for kana in givens.kana] + [""]

    def column(*parts: Iterable[str | None]) -> pl.Series:
        return pl.Series([name for part in parts for name in part], dtype=pl.String)

    return Words(
        surname=column(nobody, surnames.kanji, foreign.surname),
        surname_kana=column(nobody, surnames.kana, blank),
        given=column(nobody, givens.kanji, foreign.given),
        given_kana=column(nobody, givens.kana, blank),
        latin=column(nobody, foreign.latin),
        latin_kana=column(nobody, foreign.kana),
        left=pl.Series(left),
        right=pl.Series(right),
        left_length=np.array([len(name) for name in left], dtype=np.uint8),
        right_length=np.array([len(name) for name in right], dtype=np.uint8),
    )


def reference(census: Census, cells: Int64s, seed: int, on: date) -> Reference:
    """The look-ups of one nation: `cells` are those to be built, (units, 2, 22)."""
    residents = cells.sum(axis=(1, 2))
    munis = census.municipalities
    names = sorted(set(munis))
    place = {code: index for index, code in enumerate(names)}
    own = np.array([place[code] for code in munis], dtype=np.int64)
    towns = places(census.codes, residents > 0, max(on, date(2026, 1, 1)))
    banks = load_banks()
    starts = application_starts(names, seed, on)
    return Reference(
        names=load_names(),
        muni=pl.Series(munis),
        ward=pl.Series(
            [None if code == muni else code for code, muni in zip(census.codes, munis, strict=True)],
            dtype=pl.String,
        ),
        prefecture=np.array([int(code[:2]) - 1 for code in munis], dtype=np.int64),
        start=starts[own],
        town=pl.Series(towns.towns),
        postcode=pl.Series(towns.postcodes),
        town_first=towns.first,
        bank=pl.Series(banks.bank),
        branch=pl.Series(banks.branch),
        branch_tables=banks.tables,
        others=pl.Series(names),
        share=np.cumsum(np.bincount(own, weights=residents, minlength=len(names)).astype(np.int64)),
        own=own,
    )
