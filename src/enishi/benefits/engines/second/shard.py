"""One shard judged: hashes of its decisions, ledger and letters, and its transfers for the bank files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from enishi.benefits.engines.second import decisions, payments
from enishi.benefits.engines.second.connection import canonical_sha256, database, literal, readable
from enishi.benefits.rules.programme import Programme
from enishi.platform.files import durably

ROW_GROUP = 10_000
"""Records a row group of a segment: small, so that a payer's few records in a shard are found fast."""


@dataclass(frozen=True)
class SecondShard:
    """What the second opinion says of one shard.

    `decisions`, `ledger`, `letters`: SHA-256 (hex) of the canonical texts of docs/benefits-run.md, section 7.
    `transfers`: payer -> (records, yen), for the payers that have any.
    """

    shard: str
    decisions: str
    ledger: str
    letters: str
    transfers: dict[str, tuple[int, int]]


def judge_shard(
    programme: Programme,
    snapshot: Path,
    shard: str,
    work: Path,
    *,
    declined: Path | None,
    paid: list[Path],
    threads: int = 1,
    memory: str = "700MB",
) -> SecondShard:
    """Decides and pays one shard of a snapshot, by docs/benefits-run.md, sections 2 to 4.

    `shard`: its number, `"0001"`. `declined`: Parquet file with the column `person`. `paid`: decisions files
    of earlier runs. Writes durably `work/segments/NNNN.parquet` (one row a transfer: payer, muni, household,
    payment, the data record of 120 characters, yen) and `work/reconciliation/NNNN.parquet` (partial sums).
    Raises BadInput that names file, row (1-based) and column: two heads in a household, an unknown
    municipality, bank or branch, an account or holder that no bank file can hold, a file that cannot be read;
    NoRoom when the disk is full.
    """
    name = f"persons/{shard}.parquet"
    with database(work, threads=threads, memory=memory) as (connection, scratch):
        decisions.add_municipalities(connection, programme, snapshot)
        decisions.decide(connection, programme, snapshot / name, name, declined=declined, paid=paid)
        payments.pay(connection, programme, snapshot / name, name)
        durably(work / "segments" / f"{shard}.parquet", lambda to: _write_segments(connection, to))
        durably(
            work / "reconciliation" / f"{shard}.parquet", lambda to: _write_sums(connection, programme, to)
        )
        decided = canonical_sha256(connection, scratch, decisions.canonical(programme))
        ledger = canonical_sha256(connection, scratch, payments.canonical_ledger(programme))
        with readable(snapshot / name, name):
            letters = canonical_sha256(connection, scratch, payments.canonical_letters(snapshot / name))
        return SecondShard(
            shard=shard,
            decisions=decided,
            ledger=ledger,
            letters=letters,
            transfers={
                payer: (records, yen)
                for payer, records, yen in connection.execute(
                    "SELECT payer, count(*), sum(yen)::BIGINT FROM payments WHERE route = 'transfer' "
                    "GROUP BY payer ORDER BY payer"
                ).fetchall()
            },
        )


def _write_segments(connection: duckdb.DuckDBPyConnection, to: Path) -> None:
    connection.execute(
        f"COPY ({payments.transfers()}) TO {literal(to)} "
        f"(FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _write_sums(connection: duckdb.DuckDBPyConnection, programme: Programme, to: Path) -> None:
    """One row for each muni without payer (its persons), and one for each muni and payer (its payments)."""
    codes = ", ".join(
        f"coalesce(sum(n) FILTER (code = '{code}'), 0)::BIGINT AS {code}" for code in decisions.CODES
    )
    by_route = ", ".join(
        f"count(*) FILTER (route = '{route}') AS {count}, "
        f"coalesce(sum(yen) FILTER (route = '{route}'), 0)::BIGINT AS {route}_yen"
        for route, count in (("transfer", "transfers"), ("letter", "letters"), ("held", "held"))
    )
    by_reason = ", ".join(
        f"count(*) FILTER (reason = '{reason}') AS {reason}" for reason in ("A02", "H01", "H02")
    )
    connection.execute(
        f"""COPY (
            SELECT muni, NULL::VARCHAR AS payer, sum(n)::BIGINT AS persons, {codes},
                (coalesce(sum(n) FILTER (code = 'E00'), 0) * {programme.amount})::BIGINT AS entitled_yen
            FROM (SELECT muni, mask, count(*) AS n FROM judged GROUP BY muni, mask) JOIN grounds USING (mask)
            GROUP BY muni
            UNION ALL BY NAME
            SELECT muni, payer, count(*) AS payments, sum(yen)::BIGINT AS ledger_yen, {by_route}, {by_reason}
            FROM payments GROUP BY muni, payer
        ) TO {literal(to)} (FORMAT parquet)"""
    )
