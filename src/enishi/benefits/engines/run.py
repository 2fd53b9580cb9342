"""One benefit run from a snapshot to a manifest: computed, written, judged a second time, reconciled, and only then complete.

Any moment may be the last one of the process: what has a receipt is kept, the rest is done again, and the result is the
same to the byte (docs/benefits-run.md).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from enishi.benefits.engines import banks, programme_files, reconciliation, zengin
from enishi.benefits.engines.canonical import text_hash
from enishi.benefits.engines.inputs import RUN_FORMAT, declined_persons, earlier_run, keep_declined
from enishi.benefits.engines.parts import Part, parts_of
from enishi.benefits.engines.progress import Progress, Watcher
from enishi.benefits.engines.work import (
    Job,
    Payer,
    compare_bank_files,
    compute,
    second_opinion,
    write_bank_files,
)
from enishi.benefits.rules.payment import STATE
from enishi.kernel.calendar import next_banking_days
from enishi.kernel.errors import BadInput, Disagreement
from enishi.platform.files import TEMPORARY, only_one, sha256_of, sweep, write_durably
from enishi.platform.snapshots import Snapshot
from enishi.platform.workers import each, pool

NOTICE = "Every person, account and payment in this folder is synthetic. Not an official service."
PERSONS_A_WORKER = 1_000_000
"""With fewer, starting another process costs more than it brings."""

PAYERS_IN_CHUNK = 500
RECORDS_IN_CHUNK = 2_000_000
"""A piece of work on bank files: as many originators, in order of their codes, as keep within both."""


def as_json(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces but line ends, UTF-8."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


@dataclass
class Run:
    """The state of one run in its folder."""

    job: Job
    identity: dict[str, Any]
    workers: int
    progress: Progress
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)


def run_programme(
    programme: str,
    snapshot: Path,
    out: Path,
    *,
    workers: int = 2,
    declined: Path | None = None,
    paid: Path | None = None,
    watch: Watcher | None = None,
    stop_before_second_opinion: bool = False,
) -> dict[str, Any]:
    """Runs a programme (a file, or the name of a shipped one) over a snapshot and returns the manifest.

    A complete run of the same input is returned as it stands. `stop_before_second_opinion` is for measuring the
    fast path: the run stays incomplete. Raises BadInput, InUse, NoRoom, Disagreement; then nothing is marked complete.
    """
    checked, programme_hash = programme_files.load(programme)
    nation = Snapshot.open(snapshot)
    paid_id, paid_parts = earlier_run(paid) if paid else (None, [])
    declined_list = declined_persons(declined) if declined else None
    identity = {
        "programme": {
            "name": checked.name,
            "cycle": checked.cycle,
            "sha256": programme_hash,
            "reference_date": checked.reference_date.isoformat(),
            "amount": checked.amount,
            "value_date": checked.value_date.isoformat(),
            "payer": checked.payer,
            "daily_capacity": checked.daily_capacity,
        },
        "snapshot": {
            "id": nation.id,
            "on": nation.on.isoformat(),
            "persons": nation.persons,
            "manifest": sha256_of(snapshot / "manifest.json"),
        },
        "declined": None
        if declined_list is None
        else {
            "persons": len(declined_list),
            "sha256": sha256(declined_list.sort().to_numpy().tobytes()).hexdigest(),
        },
        "paid": paid_id,
        "engines": {"polars": version("polars"), "duckdb": version("duckdb"), "zengin-code": banks.edition()},
    }
    with only_one(out, "benefit run"):
        if (finished := _finished(out, identity)) is not None:
            shutil.rmtree(out / "work", ignore_errors=True)
            return finished
        _claim(out, identity)
        nation.municipalities_file()
        job = Job(
            programme=checked,
            snapshot=nation,
            parts=parts_of(nation.shards),
            out=out,
            declined=None
            if declined_list is None
            else keep_declined(declined_list, out / "work" / "declined.parquet"),
            paid=tuple(paid_parts),
        )
        if not job.banks.exists():
            banks.keep(job.banks)
        run = Run(job, identity, workers, Progress(out / "work" / "progress.json", job.parts, watch))
        try:
            return _work(run, stop_before_second_opinion)
        except BaseException as error:
            run.progress.fail(str(error) or "stopped")
            raise


def _finished(out: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    """The manifest of a complete run of the same input. Raises BadInput where the folder holds another run's."""
    path = out / "manifest.json"
    if not path.exists():
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(
            "the manifest in this folder is unreadable", where=str(path), todo="choose another --out"
        ) from error
    said = {key: manifest.get(key) for key in identity}
    if said != identity:
        different = [key for key in identity if said[key] != identity[key]]
        raise BadInput(
            f"this folder holds a complete run of something else ({', '.join(different)} differ)",
            where=str(out),
            todo="choose another --out; a complete run is never overwritten",
        )
    for name, bound in manifest["files"].items():
        file = out / name
        if not file.exists() or file.stat().st_size != bound["bytes"]:
            raise Disagreement(
                "this file of the complete run is missing or has another length",
                where=str(file),
                todo="run `enishi benefits verify` on the folder, restore the file, or run again into a new folder",
            )
    return manifest


def _claim(out: Path, identity: dict[str, Any]) -> None:
    """Makes the folder this run's, or finds that it is. Raises BadInput where it is anything else."""
    claim = out / "work" / "run.json"
    if claim.exists():
        if json.loads(claim.read_text(encoding="utf-8")) != identity:
            raise BadInput(
                "this folder holds an unfinished run of something else",
                where=str(out),
                todo="finish that run, remove the folder, or choose another --out",
            )
        sweep(out)
        for left in (out / "work" / "files").glob(f"*{TEMPORARY}d"):
            shutil.rmtree(left, ignore_errors=True)
        return
    strangers = [entry.name for entry in out.iterdir() if entry.name not in (".lock", "work")]
    if strangers:
        raise BadInput(
            f"this folder is not empty and holds no run: {', '.join(sorted(strangers)[:3])}",
            where=str(out),
            todo="choose a new folder as --out",
        )
    write_durably(claim, as_json(identity))


def _work(run: Run, stop_before_second_opinion: bool) -> dict[str, Any]:
    job, progress = run.job, run.progress
    with pool(min(run.workers, max(1, job.snapshot.persons // PERSONS_A_WORKER))) as executor:
        progress.phase("computing")
        for part, receipt in _each_part(run, executor, "compute", compute):
            run.receipts[f"compute-{part.name}"] = receipt
            progress.done(part)
        _check_declined(run)
        progress.phase("assembling")
        payers = _payers(run)
        days = next_banking_days(
            job.programme.value_date,
            zengin.days_needed({payer.code: payer.records for payer in payers}, job.programme.daily_capacity),
        )
        chunks = {f"files-{number:04}": chunk for number, chunk in enumerate(_chunks(payers))}
        open_chunks = [name for name in chunks if not _known(run, name)]
        tasks = [(job, name, chunks[name], days) for name in open_chunks]
        for task, receipt in each(executor, write_bank_files, tasks):
            run.receipts[task[1]] = receipt
        table = _reconciled(run, list(chunks))
        if stop_before_second_opinion:
            return {"totals": reconciliation.totals(table), "complete": False}
        progress.phase("second_opinion")
        for part, receipt in _each_part(run, executor, "second", second_opinion):
            run.receipts[f"second-{part.name}"] = receipt
            progress.done(part)
        progress.phase("checking")
        comparisons = [
            (job, name, [payer.code for payer in chunk])
            for name, chunk in chunks.items()
            if not _known(run, f"compared-{name}")
        ]
        for _ in each(executor, compare_bank_files, comparisons):
            pass
    return _complete(run, table, list(chunks))


def _known(run: Run, chunk: str) -> bool:
    """Whether a receipt stands for a piece of work; then it is at hand in `run.receipts`."""
    receipt = run.job.receipts.read(chunk)
    if receipt is not None:
        run.receipts[chunk] = receipt
    return receipt is not None


def _each_part(
    run: Run, executor: Executor, phase: str, work: Callable[[Job, Part], dict[str, Any]]
) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Every part with its receipt of a phase: first those done before, then the others as they are done."""
    left = []
    for part in run.job.parts:
        if _known(run, chunk := f"{phase}-{part.name}"):
            yield part, run.receipts[chunk]
        else:
            left.append((run.job, part))
    for (_, part), receipt in each(executor, work, left):
        yield part, receipt


def _check_declined(run: Run) -> None:
    """Raises BadInput where someone declined who is not in the snapshot: a mistyped id must not pass in silence."""
    expected = (run.identity["declined"] or {}).get("persons", 0)
    found = sum(run.receipts[f"compute-{part.name}"]["declined"] for part in run.job.parts)
    if found == expected:
        return
    known = pl.scan_parquet(
        [run.job.out / "decisions" / f"{part.name}.parquet" for part in run.job.parts]
    ).filter(pl.col("grounds").cast(pl.String).str.contains("R05", literal=True))
    assert run.job.declined is not None
    missing = pl.scan_parquet(run.job.declined).join(known, on="person", how="anti").collect()["person"]
    raise BadInput(
        f"{len(missing)} persons who declined are not in the snapshot, first person {missing[0]}",
        where="--declined",
        todo="correct the ids and run into a new folder",
    )


def _payers(run: Run) -> list[Payer]:
    """Every originator with transfers, by code; its records in the order of the snapshot."""
    stretches: dict[str, list[tuple[str, int, int]]] = {}
    for part in run.job.parts:
        for payer, (offset, count) in run.receipts[f"compute-{part.name}"]["transfers"].items():
            stretches.setdefault(payer, []).append((part.name, offset, count))
    return [Payer(code, tuple(stretches[code])) for code in sorted(stretches)]


def _chunks(payers: list[Payer]) -> Iterator[list[Payer]]:
    """Originators in order, in pieces of work."""
    chunk: list[Payer] = []
    for payer in payers:
        records = sum(one.records for one in chunk) + payer.records
        if chunk and (len(chunk) == PAYERS_IN_CHUNK or records > RECORDS_IN_CHUNK):
            yield chunk
            chunk = []
        chunk.append(payer)
    if chunk:
        yield chunk


def _reconciled(run: Run, chunks: list[str]) -> pl.DataFrame:
    """The reconciliation of the whole, checked. Raises Disagreement."""
    schema = {"muni": pl.String} | dict.fromkeys(reconciliation.COLUMNS, pl.Int64)
    rows = [row for part in run.job.parts for row in run.receipts[f"compute-{part.name}"]["reconciliation"]]
    municipalities = pl.read_parquet(run.job.snapshot.municipalities_file(), columns=["muni"])
    table = reconciliation.of_all([pl.DataFrame(rows, schema=schema)], municipalities)
    files = {payer: tuple(sums) for name in chunks for payer, sums in run.receipts[name]["sums"].items()}
    persons = int(table["persons"].sum())
    if persons != run.job.snapshot.persons:
        raise Disagreement(
            f"{run.job.snapshot.persons} persons went in, {persons} decisions came out",
            where="reconciliation",
            todo="nothing is released; report this with the programme and the snapshot",
        )
    reconciliation.check(table, run.job.programme, files)
    return table


def _complete(run: Run, table: pl.DataFrame, chunks: list[str]) -> dict[str, Any]:
    """The last agreement, then the manifest, then the working folder is removed."""
    from enishi.benefits.engines import second

    job = run.job
    ours, theirs = (
        text_hash(table),
        second.judge_reconciliation(
            job.programme, job.snapshot.folder, job.work / "second", [part.name for part in job.parts]
        ),
    )
    if ours != theirs:
        raise Disagreement(
            f"the two engines disagree on the reconciliation: {ours[:16]} (Polars), {theirs[:16]} (DuckDB)",
            where=str(job.out / "reconciliation"),
            todo="nothing is released; report this with the programme and the snapshot",
        )
    opinions = [run.receipts[f"second-{part.name}"]["said"] for part in job.parts]
    paying = {payer for opinion in opinions for payer in opinion["transfers"]}
    folders = {folder.name for folder in (job.out / "zengin").iterdir()} if paying else set()
    if paying != folders:
        raise Disagreement(
            f"the two engines disagree on who pays: {sorted(paying ^ folders)[:3]}",
            where=str(job.out / "zengin"),
            todo="nothing is released; report this with the programme and the snapshot",
        )
    totals = reconciliation.totals(table)
    table_file = job.out / "reconciliation" / "municipalities.parquet"
    nation_file = job.out / "reconciliation" / "nation.json"
    table_file.parent.mkdir(exist_ok=True)
    bytes_of_table = _parquet(table)
    write_durably(table_file, bytes_of_table)
    write_durably(nation_file, as_json(totals))
    names_file = job.out / "municipalities.parquet"
    write_durably(names_file, job.snapshot.municipalities_file().read_bytes())
    files: dict[str, Any] = {
        str(file.relative_to(job.out)): {"sha256": sha256_of(file), "bytes": file.stat().st_size}
        for file in (table_file, nation_file, names_file)
    }
    for part in job.parts:
        bound = run.receipts[f"compute-{part.name}"]["files"]
        files |= {name: facts for name, facts in bound.items() if not name.startswith("work/")}
    for name in chunks:
        files |= run.receipts[name]["files"]
    manifest = {
        "format": RUN_FORMAT,
        "synthetic": True,
        "notice": NOTICE,
        **run.identity,
        "parts": [
            {
                "name": part.name,
                "shards": [shard.name for shard in part.shards],
                "rows": part.rows,
                "person_min": part.person_min,
                "person_max": part.person_max,
                "payers": [
                    row["muni"]
                    for row in run.receipts[f"compute-{part.name}"]["reconciliation"]
                    if row["payments"]
                ],
            }
            for part in job.parts
        ],
        "agreement": {
            **{
                name: sha256("".join(opinion[name] for opinion in opinions).encode()).hexdigest()
                for name in ("decisions", "ledger", "letters")
            },
            "reconciliation": ours,
            "bank_files": sum(name.startswith("zengin/") for name in files),
        },
        "totals": totals,
        "files": files,
    }
    manifest["id"] = sha256(as_json(manifest)).hexdigest()
    if job.programme.payer == "state":
        assert all(name.startswith(f"zengin/{STATE}/") for name in files if name.startswith("zengin/"))
    write_durably(job.out / "manifest.json", as_json(manifest))
    run.progress.phase("complete")
    shutil.rmtree(job.work)
    return manifest


def _parquet(table: pl.DataFrame) -> bytes:
    from io import BytesIO

    file = BytesIO()
    table.write_parquet(file, compression="lz4")
    return file.getvalue()
