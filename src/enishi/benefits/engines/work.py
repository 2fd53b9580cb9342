"""The pieces of a run that worker processes do. Each is done again from the start after a crash and gives the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from enishi.benefits.engines import banks, canonical, fast, reconciliation, zengin
from enishi.benefits.engines.inputs import PaidPart, paid_between
from enishi.benefits.engines.parts import Part
from enishi.benefits.rules.payment import STATE
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import Disagreement
from enishi.platform.files import TEMPORARY, durably, flush_folder, room_on_disk
from enishi.platform.receipts import Receipts
from enishi.platform.snapshots import Snapshot

TABLES = ("decisions", "ledger", "letters")
LAYOUT: dict[str, Any] = {"compression": "lz4", "statistics": False, "row_group_size": 262_144}
"""How a table is laid out in its file: the same bytes, however many threads made it."""


@dataclass(frozen=True)
class Job:
    """What every piece of one run needs to know. `declined`: a Parquet file of person ids, or None."""

    programme: Programme
    snapshot: Snapshot
    parts: tuple[Part, ...]
    out: Path
    declined: Path | None
    paid: tuple[PaidPart, ...]

    @property
    def work(self) -> Path:
        return self.out / "work"

    @property
    def banks(self) -> Path:
        return self.work / "banks.parquet"

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.out, self.work / "receipts")

    def segment(self, part: str) -> Path:
        return self.work / "segments" / f"{part}.bin"


@cache
def _municipalities(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file)


@cache
def _originators(file: Path) -> dict[str, dict[str, Any]]:
    return {row["muni"]: row for row in _municipalities(file).iter_rows(named=True)}


def compute(job: Job, part: Part) -> dict[str, Any]:
    """Decisions, ledger, letters and bank records of one part, on disk with a receipt."""
    banks.take(job.banks)
    outcome = fast.judge(
        [job.snapshot.shard_file(shard) for shard in part.shards],
        job.programme,
        _municipalities(job.snapshot.municipalities_file()),
        pl.read_parquet(job.declined)["person"] if job.declined else None,
        paid_between(list(job.paid), part.person_min, part.person_max),
    )
    files = []
    for table in TABLES:
        frame: pl.DataFrame = getattr(outcome, table).rechunk()
        file = job.out / table / f"{part.name}.parquet"
        durably(file, partial(frame.write_parquet, **LAYOUT))
        files.append(file)
    segment = job.segment(part.name)

    def write_segment(path: Path) -> None:
        with path.open("wb") as opened:
            for records in outcome.records.values():
                opened.write(records.data)

    durably(segment, write_segment)
    transfers, offset = {}, 0
    for payer, records in outcome.records.items():
        transfers[payer] = [offset, len(records)]
        offset += len(records)
    return job.receipts.write(
        f"compute-{part.name}",
        files,
        [segment],
        rows=outcome.decisions.height,
        transfers=transfers,
        reconciliation=reconciliation.of_part(outcome.decisions, outcome.ledger).rows(named=True),
        declined=_declined(outcome.decisions) if job.declined else 0,
    )


def _declined(decisions: pl.DataFrame) -> int:
    """How many persons of a part declined."""
    return int(decisions["grounds"].cast(pl.String).str.contains("R05", literal=True).sum())


@dataclass(frozen=True)
class Payer:
    """One originator's records: `stretches` are (part, offset, records) in the order of the bank file."""

    code: str
    stretches: tuple[tuple[str, int, int], ...]

    @property
    def records(self) -> int:
        return sum(records for _, _, records in self.stretches)


def write_bank_files(job: Job, chunk: str, payers: Sequence[Payer], days: list[date]) -> dict[str, Any]:
    """The bank files of some originators, durably, with one receipt for all of them."""
    banks.take(job.banks)
    originators = dict(_originators(job.snapshot.municipalities_file()))
    if job.programme.state_originator is not None:
        originators[STATE] = dict(job.programme.state_originator)
    files: list[Path] = []
    sums: dict[str, list[int]] = {}
    with room_on_disk(job.out), ExitStack() as opened:
        segments: dict[str, BinaryIO] = {}
        for part in dict.fromkeys(part for payer in payers for part, _, _ in payer.stretches):
            segments[part] = opened.enter_context(job.segment(part).open("rb"))
        fresh = job.work / "files" / f"{chunk}.{os.getpid()}{TEMPORARY}d"
        shutil.rmtree(fresh, ignore_errors=True)
        for payer in payers:
            folder = fresh / payer.code
            folder.mkdir(parents=True)
            writer = zengin.PayerFiles(
                folder, originators[payer.code], payer.records, days, job.programme.batch_records
            )
            for part, offset, count in payer.stretches:
                for records in zengin.read_records(segments[part], offset, count):
                    writer.write(records)
            batches = writer.close()
            sums[payer.code] = [sum(batch.records for batch in batches), sum(batch.yen for batch in batches)]
            files += [job.out / "zengin" / payer.code / batch.name() for batch in batches]
        os.sync()
        place = job.out / "zengin"
        place.mkdir(exist_ok=True)
        for payer in payers:
            shutil.rmtree(place / payer.code, ignore_errors=True)
            (fresh / payer.code).rename(place / payer.code)
        flush_folder(place)
        shutil.rmtree(fresh)
    return job.receipts.write(chunk, files, sums=sums)


def second_opinion(job: Job, part: Part) -> dict[str, Any]:
    """The second engine's judgement on one part, compared with the files of the first. Raises Disagreement."""
    from enishi.benefits.engines import second

    judged = second.judge_part(
        job.programme,
        job.snapshot.folder,
        [shard.name for shard in part.shards],
        job.work / "second",
        declined=job.declined,
        paid=[
            earlier.file
            for earlier in job.paid
            if earlier.person_min <= part.person_max and earlier.person_max >= part.person_min
        ],
    )
    written = canonical.part_hashes(job.out, part.name)
    for table in TABLES:
        if written[table] != getattr(judged, table):
            raise Disagreement(
                f"the two engines disagree on {table} of part {part.name}: "
                f"{written[table][:16]} (Polars), {getattr(judged, table)[:16]} (DuckDB)",
                where=str(job.out / table / f"{part.name}.parquet"),
                todo="nothing is released; report this with the programme and the snapshot",
            )
    said = asdict(judged)
    scratch = second.part_files(job.work / "second", part.name)
    return job.receipts.write(f"second-{part.name}", [], scratch, said=said)


def compare_bank_files(job: Job, chunk: str, payers: list[str]) -> dict[str, Any]:
    """Bank files of some originators against the second engine's, byte for byte. Raises Disagreement."""
    from enishi.benefits.engines import second

    differences = second.judge_bank_files(
        job.programme,
        job.snapshot.folder,
        job.work / "second",
        job.out,
        [part.name for part in job.parts],
        payers,
    )
    if differences:
        raise Disagreement(
            f"the two engines disagree on bank files: {differences[0]} ({len(differences)} differences)",
            where=str(job.out / "zengin"),
            todo="nothing is released; report this with the programme and the snapshot",
        )
    return job.receipts.write(f"compared-{chunk}", [])
