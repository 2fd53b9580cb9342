"""Banks and branches as zengin-code lists them, with their names as they stand in a bank file."""

from __future__ import annotations

from functools import cache

import duckdb
from zengin_code import Bank

from enishi.benefits.engines.second.kana import bank_text


@cache
def names(bank: str, branch: str) -> str | None:
    """The 37 characters that name a branch: bank, bank's name, branch, branch's name. None: there is none."""
    its_bank = Bank.all.get(bank)
    its_branch = None if its_bank is None else its_bank.branches.get(branch)
    if its_bank is None or its_branch is None:
        return None
    return f"{bank}{_bank_name(its_bank.kana)}{branch}{bank_text(its_branch.kana)}"


_bank_name = cache(bank_text)


def is_bank(code: str | None) -> bool:
    """Whether there is a bank with this code."""
    return code in Bank.all


def add_directory(connection: duckdb.DuckDBPyConnection, occurring: str) -> None:
    """Creates the table `directory`: bank, branch, names (37 characters), of those that exist.

    `occurring`: the table function whose rows have a bank and a branch.
    """
    pairs = connection.execute(
        f"SELECT DISTINCT bank, branch FROM {occurring} WHERE bank IS NOT NULL"
    ).fetchall()
    known = [found for bank, branch in pairs if (found := names(bank, branch)) is not None]
    connection.execute(
        "CREATE TEMP TABLE directory AS SELECT left(names, 4) AS bank, substr(names, 20, 3) AS branch, names "
        "FROM (SELECT unnest(string_split($1, chr(10))) AS names) WHERE names <> ''",
        ["\n".join(known)],
    )
