"""Accounts of payees on the fast path: are they sound, whose are they, and which route does the money take."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines.banks import directory
from enishi.benefits.rules.payment import comparable
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import bank_kana

HOLDER = r"^(?:[0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)(?:[ 0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)*$"
"""No space in front, and every mark behind its letter."""


def with_routes(shard: Path, payments: pl.DataFrame) -> pl.DataFrame:
    """Adds `institution` (row of the payee's branch in the bank directory), `reason` and `route`.

    `payments` has `payee_row` (from 0), `held` and the payee's columns. Raises BadInput for a faulty account, naming file,
    row (from 1) and column.
    """
    has = payments["bank"].is_not_null()
    numbered = payments.with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32))
    owned = numbered.filter(has).with_columns(
        pl.col("bank", "branch", "account_type", "account_number", "account_holder").cast(pl.String)
    )
    owned = owned.with_columns(
        institution=_institution(owned["bank"], owned["branch"]), as_written=_as_written(owned)
    )
    _refuse_faulty(shard, owned)
    alike = owned["as_written"].to_numpy().copy()
    doubtful = np.flatnonzero(~alike)
    alike[doubtful] = _alike(owned.select(pl.all().gather(doubtful)))
    institution = np.full(len(payments), -1, np.int64)
    institution[owned["place"].to_numpy()] = owned["institution"].to_numpy()
    matches = np.zeros(len(payments), bool)
    matches[owned["place"].to_numpy()] = alike
    reason = (
        pl.when(pl.col("held").is_not_null())
        .then("held")
        .when(pl.col("bank").is_null())
        .then(pl.lit("A01"))
        .when(~pl.lit(pl.Series(matches)))
        .then(pl.lit("A02"))
    )
    return payments.with_columns(institution=pl.Series(institution), reason=reason).with_columns(
        route=pl.when(pl.col("reason").is_null())
        .then(pl.lit("transfer"))
        .when(pl.col("reason") == "A01")
        .then(pl.lit("letter"))
        .otherwise(pl.lit("held"))
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
    """Whether the holder is, to the letter, surname, space, given name in bank kana: true of nearly all, and quick to see."""
    expected = _written_all(owned["surname_kana"]) + " " + _written_all(owned["given_kana"])
    return ((owned["account_holder"] == expected) & (expected.str.len_chars() <= 30)).fill_null(False)


@lru_cache(maxsize=100_000)
def _written(name: str) -> str | None:
    """Bank kana of a name, or None where it has none that a bank takes."""
    try:
        image = bank_kana(name)
    except BadInput:
        return None
    return image if re.match(HOLDER, image) else None


def _refuse_faulty(shard: Path, owned: pl.DataFrame) -> None:
    sound = {
        "branch": (pl.col("institution").is_not_null(), "no such bank or branch"),
        "account_type": (pl.col("account_type").is_in(["1", "2", "4"]), "not an account type of a transfer"),
        "account_number": (pl.col("account_number").str.contains(r"^[0-9]{7}$"), "not seven digits"),
        "account_holder": (
            pl.col("as_written")
            | (
                pl.col("account_holder").str.contains(HOLDER)
                & (pl.col("account_holder").str.len_chars() <= 30)
            ),
            "a holder that a bank refuses: its characters, its length (1 to 30) or a parted mark",
        ),
    }
    faulty = owned.filter(~pl.all_horizontal(test.fill_null(False) for test, _ in sound.values()))
    if faulty.is_empty():
        return
    first = faulty.sort("payee_row").head(1)
    column, what = next(
        (column, what)
        for column, (test, what) in sound.items()
        if not first.select(test.fill_null(False)).item()
    )
    raise BadInput(
        f"{what}: {first[column][0]!r} (bank {first['bank'][0]}, branch {first['branch'][0]}); "
        f"{faulty.height} such accounts in this file",
        where=f"{shard.name}, row {first['payee_row'][0] + 1}, column {column}",
        todo="have the account corrected or withdrawn, then take the snapshot again",
    )


def _alike(owned: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether the holder's match form is that of any registered name of the payee: the rule itself, on the doubtful few."""
    columns = ["surname_kana", "former_surname_kana", "given_kana", "alias_kana", "latin_name", "latin_kana"]
    found = np.zeros(len(owned), bool)
    for place, row in enumerate(owned.select("account_holder", pl.col(columns).cast(pl.String)).iter_rows()):
        holder, surname, former, given, *others = row
        names = [family + given for family in (surname, former) if family is not None and given is not None]
        wanted = comparable(holder)
        found[place] = bool(wanted) and any(
            comparable(name) == wanted for name in (*names, *others) if name is not None
        )
    return found


def _written_all(names: pl.Series) -> pl.Series:
    """Bank kana of each name; null stays null."""
    words = names.cast(pl.Categorical)
    distinct = words.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(names))
    codes = distinct.to_physical().to_numpy()
    table: list[str | None] = [None] * (int(codes.max()) + 1)
    for code, word in zip(codes.tolist(), distinct.cast(pl.String).to_list(), strict=True):
        table[code] = _written(word)
    return pl.Series(table, dtype=pl.String).gather(words.to_physical())
