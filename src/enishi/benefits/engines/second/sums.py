"""The sums of a part, and what the judged parts left behind: for each a file of data records and one of sums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from enishi.benefits.engines.second.connection import literal, parquet
from enishi.benefits.engines.second.decisions import CODES
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import Disagreement


def part_files(work: Path, part: str) -> tuple[Path, Path]:
    """Where `judge_part` keeps what it found: the data records (bytes, 120 each) and the sums (Parquet)."""
    return work / "segments" / f"{part}.bin", work / "reconciliation" / f"{part}.parquet"


def add_sums(connection: duckdb.DuckDBPyConnection, programme: Programme) -> None:
    """Creates the table `sums` of a part.

    One row for each muni without payer (its persons), and one for each muni and payer (its payments, and the
    first and last household among its transfers).
    """
    codes = ", ".join(f"coalesce(sum(n) FILTER (code = '{code}'), 0)::BIGINT AS {code}" for code in CODES)
    by_route = ", ".join(
        f"coalesce(sum(n) FILTER (route = '{route}'), 0)::BIGINT AS {count}, "
        f"coalesce(sum(yen) FILTER (route = '{route}'), 0)::BIGINT AS {route}_yen"
        for route, count in (("transfer", "transfers"), ("letter", "letters"), ("held", "held"))
    )
    by_reason = ", ".join(
        f"coalesce(sum(n) FILTER (reason = '{reason}'), 0)::BIGINT AS {reason}"
        for reason in ("A02", "H01", "H02")
    )
    connection.execute(
        f"""CREATE TEMP TABLE sums AS
        SELECT muni, NULL::VARCHAR AS payer, sum(n)::BIGINT AS persons, {codes},
            (coalesce(sum(n) FILTER (code = 'E00'), 0) * {programme.amount})::BIGINT AS entitled_yen
        FROM (SELECT muni, mask, count(*) AS n FROM judged GROUP BY muni, mask) JOIN grounds USING (mask)
        GROUP BY muni
        UNION ALL BY NAME
        SELECT muni, payer, sum(n)::BIGINT AS payments, sum(yen)::BIGINT AS ledger_yen, {by_route}, {by_reason},
            min(first) FILTER (route = 'transfer') AS first_household,
            max(last) FILTER (route = 'transfer') AS last_household
        FROM (
            SELECT muni, payer, route, reason, count(*) AS n, sum(yen) AS yen, min(household) AS first,
                max(household) AS last
            FROM payments GROUP BY muni, payer, route, reason
        ) GROUP BY muni, payer"""
    )


def write(connection: duckdb.DuckDBPyConnection, to: Path) -> None:
    """Writes the table `sums` of a part."""
    connection.execute(f"COPY (SELECT * FROM sums ORDER BY muni, payer) TO {literal(to)} (FORMAT parquet)")


def transfers(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Transfers and their yen of each payer that has any, from the table `sums`."""
    rows = connection.execute(
        "SELECT payer, sum(transfers)::BIGINT, sum(transfer_yen)::BIGINT FROM sums WHERE transfers > 0 "
        "GROUP BY payer ORDER BY payer"
    ).fetchall()
    return {payer: (records, yen) for payer, records, yen in rows}


def collect_sums(connection: duckdb.DuckDBPyConnection, work: Path, parts: Sequence[str]) -> None:
    """Creates the table `sums`: those of all parts, with `part`. Raises Disagreement for one that has none."""
    for part in parts:
        for file in part_files(work, part):
            if not file.is_file():
                raise Disagreement(
                    f"part {part} has not had its second opinion",
                    where=str(file),
                    todo="run the same command again: it judges the parts that are missing",
                )
    files = [part_files(work, part)[1] for part in parts]
    connection.execute(
        f"CREATE TEMP TABLE sums AS SELECT *, parse_filename(filename, true) AS part FROM {parquet(*files)}"
    )
