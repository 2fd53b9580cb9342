"""One part judged: hashes of its decisions, ledger and letters, and its transfers for the bank files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from enishi.benefits.engines.second import decisions, payments, sums
from enishi.benefits.engines.second.connection import canonical_sha256, database
from enishi.benefits.engines.second.shards import Shards
from enishi.benefits.rules.programme import Programme
from enishi.platform.files import durably


@dataclass(frozen=True)
class SecondPart:
    """What the second opinion says of one part.

    `part`: its name, the first of its shards. `decisions`, `ledger`, `letters`: SHA-256 (hex) of the canonical
    texts of docs/benefits-run.md, section 7. `transfers`: payer -> (records, yen), for the payers that have any.
    """

    part: str
    decisions: str
    ledger: str
    letters: str
    transfers: dict[str, tuple[int, int]]


def judge_part(
    programme: Programme,
    snapshot: Path,
    shards: Sequence[str],
    work: Path,
    *,
    declined: Path | None,
    paid: list[Path],
    threads: int = 1,
    memory: str = "700MB",
) -> SecondPart:
    """Decides and pays some shards of a snapshot together, by docs/benefits-run.md, sections 2 to 4.

    `shards`: their numbers, `"0001"`; the first names the part. `declined`: Parquet file with the column
    `person`. `paid`: decisions files of earlier runs. Writes durably the `part_files`: the data records of the
    transfers, 120 bytes each, by payer, muni, household and payment; and partial sums. Raises BadInput that
    names file, row (1-based) and column: two heads in a household, an unknown municipality, bank or branch, an
    account or holder that no bank file can hold, a file that cannot be read; NoRoom when the disk is full.
    """
    part = shards[0]
    files = Shards(
        {f"persons/{shard}.parquet": snapshot / "persons" / f"{shard}.parquet" for shard in shards}
    )
    with database(work, threads=threads, memory=memory) as connection:
        decisions.add_municipalities(connection, programme, snapshot)
        decisions.decide(connection, programme, files, declined=declined, paid=paid)
        payments.pay(connection, programme, files)
        sums.add_sums(connection, programme)
        segment, partial_sums = sums.part_files(work, part)
        durably(segment, lambda to: _write_records(connection, to))
        durably(partial_sums, lambda to: sums.write(connection, to))
        return SecondPart(
            part=part,
            decisions=canonical_sha256(connection, decisions.canonical()),
            ledger=canonical_sha256(connection, payments.canonical_ledger(programme)),
            letters=canonical_sha256(connection, payments.canonical_letters()),
            transfers=sums.transfers(connection),
        )


def _write_records(connection: duckdb.DuckDBPyConnection, to: Path) -> None:
    result = connection.execute(payments.records())
    with to.open("wb") as file:
        while row := result.fetchone():
            file.write(row[0].encode("cp932"))
