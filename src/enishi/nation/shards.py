"""One task of a plan, from cells to durable files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from enishi.nation.births import Ages
from enishi.nation.history.chronicle import history
from enishi.nation.history.draws import Span
from enishi.nation.history.past import past
from enishi.nation.numbers import Int64s, numbered, round_tables
from enishi.nation.persons import Piece, person_ids, persons
from enishi.nation.plan import Task
from enishi.nation.reference import Reference
from enishi.nation.unit import People, people_of
from enishi.platform.files import durably, flush_folder, room_on_disk, sha256_of
from enishi.platform.receipts import Receipts

HISTORY = ("acts", "history")
"""The folders of a history beside those of persons and numbers."""
BLOCK = 2**16
"""Rows that are worked on together: what fits into a processor's cache is several times as fast."""


@dataclass(frozen=True)
class Job:
    """What all tasks of a build share."""

    out: Path
    snapshot: str
    seed: int
    ages: Ages
    reference: Reference
    municipalities: tuple[str, ...]
    hasty: bool
    """Whether the build is so small that it is rather begun anew than resumed: its files are flushed at its
    end.
    """
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Receipts of a hasty build."""
    start: int | None = None
    """The first day of the history to be written (days since 1970); None: no history."""

    def standing(self, shard: int) -> dict[str, Any] | None:
        """The receipt of a finished shard, or None."""
        return self.kept.get(chunk(shard)) if self.hasty else self.receipts.read(chunk(shard))

    @property
    def receipts(self) -> Receipts:
        return Receipts(self.out, self.out / "work")

    @property
    def marks(self) -> dict[str, str]:
        """Parquet metadata of every file."""
        return {"enishi.snapshot": self.snapshot, "enishi.synthetic": "true"}


def chunk(shard: int) -> str:
    """Name of a shard's files and receipt."""
    return f"{shard:04d}"


def run_task(job: Job, task: Task, done: Callable[[int, int], None]) -> None:
    """Writes the shards of a task that have no standing receipt; calls `done(shard, rows)` after each."""
    tables = round_tables(job.seed)
    for shard, pieces in zip(task.shards, _shards(job, task), strict=True):
        if job.standing(shard) is None:
            _write(job, shard, pieces, tables)
        done(shard, sum(piece.end - piece.first for piece in pieces))


def _shards(job: Job, task: Task) -> Iterator[list[Piece]]:
    """Pieces of each shard, in order; the last shard takes what is left."""
    pieces: list[Piece] = []
    rows = 0
    part = 1
    for group, first_unit, end_unit in task.groups:
        people = people_of(group, job.seed, job.ages)
        bounds = [group[first_unit].ordinal - 1, group[end_unit - 1].ordinal]
        first, last = np.searchsorted(people.unit, bounds).tolist()
        while part < task.parts and rows + last - first >= task.mark:
            end = _household_end(people, first + task.mark - rows)
            pieces.append(Piece(people, first, end))
            yield pieces
            pieces, rows, first, part = [], 0, end, part + 1
        if first < last:
            pieces.append(Piece(people, first, last))
            rows += last - first
    yield pieces


def _household_end(people: People, row: int) -> int:
    """The first row at or after `row` with which a household begins, or past the last row."""
    if row >= people.size:
        return people.size
    return int(np.searchsorted(people.household, people.household[row - 1], side="right"))


def _blocks(pieces: list[Piece]) -> Iterator[list[Piece]]:
    block: list[Piece] = []
    rows = 0
    for piece in pieces:
        first = piece.first
        while first < piece.end:
            end = min(piece.end, _household_end(piece.people, min(first + BLOCK - rows, piece.end)))
            block.append(Piece(piece.people, first, end))
            rows += end - first
            first = end
            if rows >= BLOCK:
                yield block
                block, rows = [], 0
    if block:
        yield block


def _write(job: Job, shard: int, pieces: list[Piece], rounds: list[Int64s]) -> None:
    blocks = [persons(block, job.reference, job.ages.on) for block in _blocks(pieces)]
    frame = pl.concat(blocks, rechunk=False)
    tables = {}
    if job.start is not None:
        span = Span(job.seed, job.ages.on, job.start)
        frame, tables["acts"], tables["history"] = history(
            frame, past(frame, job.reference, span), job.reference, span
        )
    ids = person_ids(pieces)
    tables |= {"persons": frame, "numbers": numbered(ids, rounds)}
    units = [np.unique(piece.people.unit[piece.first : piece.end]).tolist() for piece in pieces]
    munis = dict.fromkeys(job.municipalities[unit] for own in units for unit in own)
    facts: dict[str, Any] = {
        "rows": frame.height,
        "municipalities": list(munis),
        "person_min": int(ids[0]),
        "person_max": int(ids[-1]),
    }
    facts |= {folder: table.height for folder, table in tables.items() if folder in HISTORY}
    files = [job.out / folder / f"{chunk(shard)}.parquet" for folder in tables]
    for path, rows in zip(files, tables.values(), strict=True):
        if job.hasty:
            path.parent.mkdir(exist_ok=True)
            with room_on_disk(job.out):
                write_parquet(rows, path, job.marks)
        else:
            durably(path, partial(write_parquet, rows, marks=job.marks))
    if job.hasty:
        hashes = {str(path.relative_to(job.out)): {"sha256": sha256_of(path)} for path in files}
        job.kept[chunk(shard)] = {"files": hashes, **facts}
    else:
        job.receipts.write(chunk(shard), files, **facts)


def flush_together(job: Job) -> None:
    """Flushes all files of a hasty build at once: a disk joins waiting flushes into few."""
    paths = [job.out / name for receipt in job.kept.values() for name in receipt["files"]]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(_flush, paths))
    for folder in {path.parent for path in paths}:
        flush_folder(folder)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_parquet(frame: pl.DataFrame, path: Path, marks: dict[str, str]) -> None:
    """A file of the snapshot, with its marks in the Parquet metadata."""
    frame.write_parquet(path, compression="zstd", compression_level=1, metadata=marks)
