"""`build_nation`: the door of this room."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from enishi.kernel.errors import BadInput
from enishi.nation.approximation import approximate_census
from enishi.nation.births import ages_on
from enishi.nation.census import BANDS, read_census
from enishi.nation.municipalities import municipalities
from enishi.nation.places import names
from enishi.nation.plan import SHARD_SIZE, Task, plan
from enishi.nation.reference import reference
from enishi.nation.scale import scaled
from enishi.nation.shards import HISTORY, Job, chunk, flush_together, write_parquet
from enishi.nation.workers import run_here, run_workers
from enishi.platform.files import durably, only_one, sha256_of, write_durably

FORMAT = "enishi-snapshot/1"
MODEL = 4
"""Version of the generator: the same parameters give the same nation only within one version."""
NOTICE = (
    "Everybody in this nation is synthetic: names, households, addresses, accounts and numbers are drawn at random. "
    "Not an official data set."
)
MANIFEST = "manifest.json"
EPOCH = date(1970, 1, 1).toordinal()
SMALL = 60_000
"""Up to so many persons one process does all."""
SHORTEST_SHARD = 200
LONGEST_HISTORY = 20
"""Years: households are looked back upon as they are on the day, so a longer past would know too few of them."""


@dataclass(frozen=True)
class Progress:
    """How far a build is. `persons`, `shards` of `all_persons` (at most), `all_shards`; `memory`: bytes a
    process.
    """

    persons: int
    all_persons: int
    shards: int
    all_shards: int
    seconds: float
    memory: int


def build_nation(
    persons: int | None,
    seed: int,
    on: date,
    out: Path,
    census: Path | None = None,
    workers: int = os.cpu_count() or 1,
    shard_size: int = SHARD_SIZE,
    progress: Callable[[Progress], None] | None = None,
    history: int = 0,
) -> dict[str, Any]:
    """Builds a synthetic nation as a snapshot in `out` and returns its manifest (docs/snapshot.md).

    `history`: of how many years acts and facts are written beside the persons (`acts/`, `history/`), 0 for none.
    `persons`: residents on the day, None for all of the source. `census`: the official workbook; without it
    an embedded approximation serves. The result depends on persons, seed, day and census only, not on
    workers; the concatenation of its shards not on `shard_size` either. A build that was stopped goes on
    where it stopped; a complete one is returned as it stands. Raises BadInput (arguments, workbook, a
    folder with something else in it), InUse, NoRoom, Disagreement.
    """
    _check(seed, on, workers, shard_size)
    if not 0 <= history <= LONGEST_HISTORY:
        raise BadInput(
            f"there is no history of {history} years",
            where="--history",
            todo=f"pass 0 to {LONGEST_HISTORY}",
        )
    source = read_census(census) if census else approximate_census()
    prefectures = np.array([int(code[:2]) for code in source.codes])
    cells = scaled(source.cells, prefectures, source.persons if persons is None else persons)
    build = {
        "census": source.source,
        "model": MODEL,
        "persons": int(cells.sum()),
        "seed": seed,
        "shard_size": shard_size,
    }
    if history:
        build["history"] = history
    snapshot = snapshot_id("nation", on, build)
    with only_one(out, "build"):
        standing = _standing(out, snapshot)
        if standing is not None:
            return standing
        _claim(out, snapshot)
        hasty = bool(cells.sum() <= SMALL)
        job = Job(
            out=out,
            snapshot=snapshot,
            seed=seed,
            ages=ages_on(on, cells.sum(axis=0)[:, :BANDS]),
            reference=reference(source, cells, seed, on),
            municipalities=source.municipalities,
            hasty=hasty,
            start=_years_before(on, history) if history else None,
        )
        tasks = plan(source, cells, seed, shard_size)
        durably(
            out / "municipalities.parquet",
            lambda path: write_parquet(municipalities(seed, on), path, job.marks),
        )
        _run(job, tasks, workers, progress)
        return _finish(job, on, build, tasks)


def snapshot_id(source: str, on: date, build: dict[str, Any]) -> str:
    """SHA-256 over source, day and build as canonical JSON."""
    text = json.dumps(
        {"build": build, "on": on.isoformat(), "source": source}, sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _check(seed: int, on: date, workers: int, shard_size: int) -> None:
    if not 0 <= seed < 2**63:
        raise BadInput(
            f"the seed {seed} is not between 0 and 2^63 - 1", where="--seed", todo="pass another seed"
        )
    if not 1925 <= on.year <= 2100:
        raise BadInput(f"cannot build a nation on {on}", where="--on", todo="pass a day from 1925 to 2100")
    if workers < 1:
        raise BadInput(f"{workers} workers cannot work", where="--workers", todo="pass 1 or more")
    if shard_size < SHORTEST_SHARD:
        raise BadInput(
            f"a shard of {shard_size} persons may not hold a household",
            where="shard size",
            todo=f"pass {SHORTEST_SHARD} or more",
        )


def _years_before(on: date, years: int) -> int:
    """The same day so many years before (28 February for the 29th), in days since 1970."""
    last = 28 if (on.month, on.day) == (2, 29) else on.day
    return (date(on.year - years, on.month, last) - date(1970, 1, 1)).days


def _standing(out: Path, snapshot: str) -> dict[str, Any] | None:
    """The manifest of a complete build of the same parameters; None where there is still something to
    do."""
    path = out / MANIFEST
    if not path.exists():
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = manifest["id"]
    except (ValueError, KeyError) as error:
        raise BadInput("the manifest cannot be read", where=str(path), todo="choose another --out") from error
    if known != snapshot:
        raise BadInput(
            "the folder holds a complete snapshot of other parameters",
            where=str(out),
            todo="choose another --out, or remove the folder",
        )
    shutil.rmtree(out / "work", ignore_errors=True)
    return manifest


def _claim(out: Path, snapshot: str) -> None:
    """Notes whose work lies in the folder. Raises BadInput where it is another build's."""
    note = out / "work" / "build.json"
    wanted = json.dumps({"id": snapshot}).encode()
    if note.exists():
        if note.read_bytes() != wanted:
            raise BadInput(
                "the folder holds an unfinished build of other parameters",
                where=str(out),
                todo="finish it with its own parameters, choose another --out, or remove the folder",
            )
        return
    strange = sorted(path.name for path in out.iterdir() if path.name != ".lock")
    if strange:
        raise BadInput(
            f"the folder is not empty: {', '.join(strange[:5])}", where=str(out), todo="choose another --out"
        )
    write_durably(note, wanted)


def _run(job: Job, tasks: list[Task], workers: int, progress: Callable[[Progress], None] | None) -> None:
    standing = {
        shard for task in tasks for shard in task.shards if job.receipts.read(chunk(shard)) is not None
    }
    todo = [task for task in tasks if not standing.issuperset(task.shards)]
    all_persons = sum(task.rows for task in todo)
    all_shards = sum(task.parts for task in todo)
    begun = time.monotonic()
    count = {"persons": 0, "shards": 0, "memory": 0}

    def done(_shard: int, rows: int, memory: int) -> None:
        count["persons"] += rows
        count["shards"] += 1
        count["memory"] = max(count["memory"], memory)
        if progress:
            progress(
                Progress(
                    count["persons"],
                    all_persons,
                    count["shards"],
                    all_shards,
                    time.monotonic() - begun,
                    count["memory"],
                )
            )

    if job.hasty:
        run_here(job, todo, done)
        flush_together(job)
    else:
        run_workers(job, todo, workers, done)


def _finish(job: Job, on: date, build: dict[str, Any], tasks: list[Task]) -> dict[str, Any]:
    shards = []
    numbers = []
    history: dict[str, list[dict[str, Any]]] = {folder: [] for folder in HISTORY if job.start is not None}
    for shard in (shard for task in tasks for shard in task.shards):
        receipt = job.standing(shard)
        if receipt is None:
            raise BadInput(
                f"shard {chunk(shard)} has changed while the nation was built",
                where=str(job.out),
                todo="run the same command again",
            )
        name = f"{chunk(shard)}.parquet"
        row = {key: receipt[key] for key in ("rows", "municipalities", "person_min", "person_max")}
        file = f"persons/{name}"
        shards.append({"file": file, "sha256": receipt["files"][file]["sha256"], **row})
        file = f"numbers/{name}"
        numbers.append({"file": file, "sha256": receipt["files"][file]["sha256"], "rows": receipt["rows"]})
        for folder, entries in history.items():
            file = f"{folder}/{name}"
            sha256 = receipt["files"][file]["sha256"]
            entries.append({"file": file, "sha256": sha256, "rows": receipt[folder]})
    table = job.out / "municipalities.parquet"
    manifest = {
        "format": FORMAT,
        "synthetic": True,
        "notice": NOTICE,
        "source": "nation",
        "on": on.isoformat(),
        "build": build,
        "id": job.snapshot,
        "persons": sum(shard["rows"] for shard in shards),
        "municipalities": {"file": table.name, "sha256": sha256_of(table), "rows": len(names())},
        "shards": shards,
        "numbers": numbers,
        **history,
    }
    if job.start is not None:
        manifest["history_from"] = date.fromordinal(EPOCH + job.start).isoformat()
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    write_durably(job.out / MANIFEST, (text + "\n").encode())
    shutil.rmtree(job.out / "work")
    return manifest
