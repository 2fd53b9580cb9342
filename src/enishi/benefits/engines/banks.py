"""Banks and branches that exist, as zengin-code lists them, with their names in the characters of a bank file."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl

from enishi.kernel.kana import bank_name_kana, truncate
from enishi.platform.files import durably

NAME_WIDTH = 15


_KEPT: list[Path] = []


def keep(file: Path) -> None:
    """Makes the directory once, as a file that worker processes take instead of making it again."""
    made = directory()
    durably(file, lambda path: made.write_parquet(path))


def take(file: Path) -> None:
    """Lets this process use the directory that `keep` wrote."""
    if not _KEPT:
        _KEPT.append(file)


@cache
def directory() -> pl.DataFrame:
    """One row a branch: `bank`, `branch` (digits), `bank_name`, `branch_name` (at most 15 Zengin characters)."""
    if _KEPT:
        return pl.read_parquet(_KEPT[0])
    from zengin_code import Bank

    rows = []
    for bank in Bank.all.values():
        bank_name = truncate(bank_name_kana(bank.kana), NAME_WIDTH)
        for branch in bank.branches.values():
            rows.append(
                (bank.code, branch.code, bank_name, truncate(bank_name_kana(branch.kana), NAME_WIDTH))
            )
    columns = {"bank": pl.String, "branch": pl.String, "bank_name": pl.String, "branch_name": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row")


def edition() -> str:
    """Which edition of the list this is."""
    return version("zengin-code")
