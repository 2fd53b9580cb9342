"""Reads few rows out of a run's, or its snapshot's, many:

only the files and columns that can hold them.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

NAMES = (
    ("surname", "given"),
    ("surname_kana", "given_kana"),
    ("former_surname", "given"),
    ("former_surname_kana", "given_kana"),
    ("alias",),
    ("alias_kana",),
    ("latin_name",),
    ("latin_kana",),
)


def of_person(
    folder: Path, manifest: dict[str, Any], table: str, column: str, number: int
) -> dict[str, Any] | None:
    """The row of `decisions` by `person`, or of `ledger` or `letters` by `payment`; None where there is
    none. A file is read for a number that no part can hold too: nobody learns from the time it takes.
    """
    near = [part for part in manifest["parts"] if part["person_min"] <= number <= part["person_max"]]
    for part in near or manifest["parts"][:1]:
        found = (
            pl.scan_parquet(folder / table / f"{part['name']}.parquet")
            .filter(pl.col(column) == number)
            .collect()
        )
        if not found.is_empty():
            return found.row(0, named=True)
    return None


def of_payer(folder: Path, manifest: dict[str, Any], table: str, payer: str, *where: pl.Expr) -> pl.LazyFrame:
    """The rows of `ledger` or `letters` that a payer pays, wherever registered, by `payment`."""
    return tables(folder, manifest, table, payer).filter(pl.col("payer") == payer, *where).sort("payment")


def tables(folder: Path, manifest: dict[str, Any], table: str, payer: str) -> pl.LazyFrame:
    """`ledger` or `letters` of every part in which a payer pays anything; an empty table where it pays nothing."""
    parts = [part for part in manifest["parts"] if payer in part["payers"]] or manifest["parts"][:1]
    files = [folder / table / f"{part['name']}.parquet" for part in parts]
    return pl.scan_parquet(files).with_columns(cs.enum().cast(pl.String))


def registered(
    snapshot: Path, manifest: dict[str, Any], persons: Collection[int]
) -> dict[int, dict[str, Any]]:
    """Persons of the snapshot by id: every registered name (`names`) and the account's holder
    (`account_holder`).

    Those not found, also because the snapshot is no longer there, are missing from the answer.
    """
    wanted = sorted(set(persons))
    found: dict[int, dict[str, Any]] = {}
    columns = sorted({column for columns in NAMES for column in columns} | {"person", "account_holder"})
    for part in manifest["parts"]:
        here = [one for one in wanted if part["person_min"] <= one <= part["person_max"] and one not in found]
        files = [snapshot / "persons" / f"{shard}.parquet" for shard in part["shards"]]
        if not here or not all(file.is_file() for file in files):
            continue
        rows = pl.scan_parquet(files).filter(pl.col("person").is_in(here)).select(columns).collect()
        for row in rows.iter_rows(named=True):
            found[row["person"]] = {"names": names_of(row), "account_holder": row["account_holder"] or ""}
    return found


def names_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Every kind of name that is registered, family name and given name parted by an ideographic space."""
    made = ("　".join(row[part] for part in parts) for parts in NAMES if all(row[part] for part in parts))
    return tuple(made)
