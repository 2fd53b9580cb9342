"""Bank accounts that residents have registered, and their holders' names as the bank has them.

About half of all people have one. Most names agree with the register; some are written without the space; a
few are another family member's, or mistyped, as 130,000 of 54 million registered accounts were in June
2023. A foreign resident's account bears the Latin name, its kana, or the alias.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel.kana import truncate
from enishi.nation.naming import Called
from enishi.nation.reference import HOLDER, Reference
from enishi.nation.unit import People

Int64s = npt.NDArray[np.int64]

WORD = 2**16
ADULTS, CHILDREN = 0.55, 0.35
OTHERS_NAME, MISTYPED = 0.0040, 0.0010
"""Shares of accounts with another family member's name, and with a misspelt one."""
NO_SPACE = 0.05
FORMER_NAME = 0.5
ALIAS_NAME, LATIN_NAME = 0.65, 0.7
"""Of those with an alias: the account bears it; of other foreign residents: it bears the Latin name, not
its kana.
"""
TYPES = ("1", "4", "2")
TYPE_LIMITS = (0.965 * WORD, 0.995 * WORD)

COLUMNS = ("bank", "branch", "account_type", "account_number", "account_holder")


def account_columns(people: People, home: Int64s, prefecture: Int64s, adult: npt.NDArray[np.bool_], called: Called,
                    reference: Reference) -> dict[str, pl.Series]:  # fmt: skip
    """The five columns, null where nobody registered an account. `prefecture`: 0 to 46, of every row."""
    words = people.words
    limit = np.where(adult, int(ADULTS * WORD), int(CHILDREN * WORD)).astype(np.uint32)
    rows = np.nonzero((words[2] & 0xFFFF) < limit)[0]
    branch = reference.branch_tables[prefecture[rows], words[2][rows] >> 16]
    kind = words[4][rows] >> 16
    kinds = (kind >= TYPE_LIMITS[0]).astype(np.uint32) + (kind >= TYPE_LIMITS[1])
    number = (words[3][rows].astype(np.uint64) * np.uint64(10**7)) >> np.uint64(32)
    place = np.zeros(people.size, dtype=np.uint32)
    place[rows] = np.arange(1, len(rows) + 1, dtype=np.uint32)
    where = pl.Series(place)
    found = {
        "bank": reference.bank.gather(pl.Series(branch)),
        "branch": reference.branch.gather(pl.Series(branch)),
        "account_type": pl.Series(TYPES).gather(pl.Series(kinds)),
        "account_number": (pl.Series(number + np.uint64(10**7))).cast(pl.String).str.tail(7),
        "account_holder": _holders(people, home, rows, called, reference),
    }
    nothing = pl.Series([None], dtype=pl.String)
    return {name: pl.concat([nothing, column]).gather(where).alias(name) for name, column in found.items()}


def _holders(people: People, home: Int64s, rows: Int64s, called: Called, reference: Reference) -> pl.Series:
    words = reference.names.words
    bits = people.words[4][rows] & 0xFFFF
    surname, given = called.surname.copy(), called.given.copy()
    dice = people.words[5] >> 16
    switched = called.former[dice[called.former] < FORMER_NAME * WORD]
    surname[switched] = called.former_surname[dice[called.former] < FORMER_NAME * WORD]
    nothing = len(words.right) - 1
    latin = dice[called.foreign]
    banked = ~(called.alias & (latin < ALIAS_NAME * WORD))
    shown = called.foreign[banked]
    in_kana = (latin[banked] * 7919 & 0xFFFF) >= LATIN_NAME * WORD
    surname[shown] = (
        reference.names.surnames + called.full[banked] + np.where(in_kana, len(words.latin) - 1, 0)
    )
    given[shown] = nothing
    wrong = np.nonzero(bits < OTHERS_NAME * WORD)[0]
    other = _someone_else(home, rows[wrong])
    left, right = surname[rows], given[rows]
    left[wrong], right[wrong] = surname[other], given[other]
    spaced = (right != nothing) & ((bits < (1 - NO_SPACE) * WORD) | (bits % 2 == 0))
    # Near the upper end of the dice lie the mistyped ones, so each holder has at most one fault.
    names = pl.DataFrame(
        {
            "left": words.left.gather(pl.Series(left)),
            "space": pl.Series(["", " "]).gather(pl.Series(spaced.astype(np.uint32))),
            "right": words.right.gather(pl.Series(right)),
        }
    ).select(pl.concat_str("left", "space", "right"))["left"]
    lonely = wrong[other == rows[wrong]]
    typed = np.union1d(
        lonely, np.nonzero((bits >= OTHERS_NAME * WORD) & (bits < (OTHERS_NAME + MISTYPED) * WORD))[0]
    )
    length = words.left_length[left].astype(np.int64) + words.right_length[right] + spaced
    long = np.nonzero(length > HOLDER)[0]
    special = np.union1d(typed, long)
    if not len(special):
        return names
    mistyped = set(typed.tolist())
    mended = [
        truncate(_mistype(name) if row in mistyped else name, HOLDER).rstrip(" ")
        for row, name in zip(special.tolist(), names.gather(pl.Series(special)).to_list(), strict=True)
    ]
    return names.scatter(pl.Series(special), pl.Series(mended))


def _someone_else(home: Int64s, rows: Int64s) -> Int64s:
    """Another member of each row's household: the one before, or after; the row itself where it lives
    alone."""
    before = np.maximum(rows - 1, 0)
    after = np.minimum(rows + 1, len(home) - 1)
    result = np.where(home[after] == home[rows], after, rows)
    return np.where((home[before] == home[rows]) & (before != rows), before, result)


def _mistype(name: str) -> str:
    """One letter off: a voiced mark lost or, where there is none, two letters changed for each other."""
    for mark in "ﾞﾟ":
        if mark in name:
            return name.replace(mark, "", 1)
    for place in range(len(name) - 1):
        one, two = name[place], name[place + 1]
        if one != two and " " not in (one, two):
            return name[:place] + two + one + name[place + 2 :]
    return name + "ｲ"
