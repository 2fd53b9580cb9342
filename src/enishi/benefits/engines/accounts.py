"""Accounts of payees on the fast path: are they sound, and are they the payees' own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines.banks import directory
from enishi.benefits.engines.places import Places
from enishi.benefits.rules.payment import comparable
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import bank_kana

ACCOUNT = "bank branch account_type account_number account_holder".split()
NAMES = "surname_kana given_kana former_surname_kana alias_kana latin_name latin_kana".split()
HOLDER = r"^(?:[0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)(?:[ 0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)*$"
"""No space in front, and every mark behind its letter."""

COMPARED = r"[^ ().\-]"
"""What counts when names are compared."""


def check(places: Places, owned: pl.DataFrame, rows: NDArray[np.int64]) -> pl.DataFrame:
    """Judges payees' accounts, one a row; `owned` has the columns `ACCOUNT` and `NAMES`, `rows` their rows in the files.

    Returns `account_type`, `account_number`, `account_holder`, `institution` (row of the branch in the bank directory) and
    `alike` (the holder is the payee). Raises BadInput for a faulty account, naming file, row and column.
    """
    checked = owned.with_columns(
        institution=_institution(owned["bank"], owned["branch"]), as_written=_as_written(owned)
    )
    _refuse_faulty(places, checked, rows)
    alike = checked["as_written"].to_numpy().copy()
    doubtful = pl.Series(~alike)
    alike[~alike] = _alike(checked.filter(doubtful))
    return checked.select(
        "account_type", "account_number", "account_holder", "institution", alike=pl.Series(alike)
    )


@cache
def _branch_keys() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(sorted bank x 1000 + branch, row in the directory of each)."""
    keys = (
        directory()
        .select(pl.col("bank").cast(pl.Int64) * 1000 + pl.col("branch").cast(pl.Int64))["bank"]
        .to_numpy()
    )
    order = np.argsort(keys)
    return keys[order], order


def _institution(bank: pl.Series, branch: pl.Series) -> pl.Series:
    """Row of each branch in the bank directory; null where there is no such branch."""
    keys, rows = _branch_keys()
    sound = (bank.str.len_bytes() == 4) & (branch.str.len_bytes() == 3)
    wanted = (
        (bank.str.to_integer(strict=False) * 1000 + branch.str.to_integer(strict=False))
        .fill_null(-1)
        .to_numpy()
    )
    place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    known = (keys[place] == wanted) & sound.fill_null(False).to_numpy()
    return pl.Series(rows[place]).zip_with(
        pl.Series(known), pl.Series([None], dtype=pl.Int64).new_from_index(0, len(known))
    )


def _as_written(owned: pl.DataFrame) -> pl.Series:
    """Whether the holder is to the letter surname, space, given name in bank kana: true of nearly all, and quick to see."""
    expected = _images(owned["surname_kana"], _written) + " " + _images(owned["given_kana"], _written)
    return ((owned["account_holder"] == expected) & (expected.str.len_chars() <= 30)).fill_null(False)


@lru_cache(maxsize=100_000)
def _written(name: str) -> str | None:
    """Bank kana of a name, or None where it has none that a bank takes or nothing in it to compare."""
    try:
        image = bank_kana(name)
    except BadInput:
        return None
    return image if re.match(HOLDER, image) and re.search(COMPARED, image) else None


def _refuse_faulty(places: Places, checked: pl.DataFrame, rows: NDArray[np.int64]) -> None:
    others = ~checked["as_written"]
    holders = checked.filter(others)["account_holder"]
    holder_sound = checked["as_written"].to_numpy().copy()
    holder_sound[others.to_numpy()] = (
        (holders.str.contains(HOLDER) & (holders.str.len_chars() <= 30)).fill_null(False).to_numpy()
    )
    sound = {
        "branch": (checked["institution"].is_not_null(), "no such bank or branch"),
        "account_type": (checked["account_type"].is_in(["1", "2", "4"]), "not an account type of a transfer"),
        "account_number": (checked["account_number"].str.contains(r"^[0-9]{7}$"), "not seven digits"),
        "account_holder": (
            pl.Series(holder_sound),
            "a holder that a bank refuses: its characters, its length (1 to 30) or a parted mark",
        ),
    }
    tests = pl.DataFrame({column: test.fill_null(False) for column, (test, _) in sound.items()})
    faulty = np.flatnonzero(~tests.select(pl.all_horizontal(pl.all())).to_series().to_numpy())
    if not len(faulty):
        return
    first = int(faulty[0])
    column = next(column for column in sound if not tests[column][first])
    account = checked.row(first, named=True)
    raise BadInput(
        f"{sound[column][1]}: {account[column]!r} (bank {account['bank']}, branch {account['branch']}); "
        f"{len(faulty)} such accounts in this part",
        where=places.where(int(rows[first]), column),
        todo="have the account corrected or withdrawn, then take the snapshot again",
    )


def _alike(doubtful: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether the holder's match form is that of any registered name of the payee."""
    holder = doubtful["account_holder"]
    verbatim = (holder == doubtful["latin_name"]).fill_null(False) & holder.str.contains(COMPARED)
    found = verbatim.to_numpy().copy()
    rest = doubtful.filter(~verbatim)
    if rest.is_empty():
        return found
    forms = {column: _images(rest[column], comparable) for column in ("account_holder", *NAMES)}
    given = forms["given_kana"]
    names = [
        forms["surname_kana"] + given,
        forms["former_surname_kana"] + given,
        forms["alias_kana"],
        forms["latin_name"],
        forms["latin_kana"],
    ]
    wanted = forms["account_holder"]
    same = pl.select(pl.any_horizontal((wanted == name).fill_null(False) for name in names)).to_series()
    found[~found] = (same & (wanted != "")).fill_null(False).to_numpy()
    return found


def _images(names: pl.Series, image: Callable[[str], str | None]) -> pl.Series:
    """The image of each name, made once for each different one; null stays null."""
    different = names.drop_nulls().unique()
    images = pl.Series([image(name) for name in different], dtype=pl.String)
    return images.gather(names.cast(pl.Enum(different)).to_physical())
