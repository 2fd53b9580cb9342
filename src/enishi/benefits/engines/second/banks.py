"""Banks and branches as zengin-code lists them, with their names as they stand in a bank file."""

from __future__ import annotations

from functools import lru_cache

import duckdb
from zengin_code import Bank

from enishi.benefits.engines.second.kana import bank_text


@lru_cache(maxsize=1)
def directory() -> dict[tuple[str, str], str]:
    """For each (bank, branch) the 37 characters that name them: bank, bank's name, branch, branch's name."""
    return {
        (bank.code, branch.code): f"{bank.code}{bank_text(bank.kana)}{branch.code}{bank_text(branch.kana)}"
        for bank in Bank.all.values()
        for branch in bank.branches.values()
    }


def is_bank(code: str | None) -> bool:
    """Whether there is a bank with this code."""
    return code in Bank.all


def add_directory(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the table `directory`: bank, branch, names (the 37 characters of `directory()`).

    It holds the branches that occur in the table `accounts` and exist: a small shard does not pay for the whole list.
    """
    occurring = connection.execute("SELECT DISTINCT bank, branch FROM accounts").fetchall()
    known = directory()
    listed = "\n".join(known[pair] for pair in occurring if pair in known)
    connection.execute(
        "CREATE TABLE directory AS SELECT left(names, 4) AS bank, substr(names, 20, 3) AS branch, names "
        "FROM (SELECT unnest(string_split($1, chr(10))) AS names) WHERE names <> ''",
        [listed],
    )
