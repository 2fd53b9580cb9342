"""What a complete run says, and where a failed one disagreed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from enishi.benefits import answers, figures
from enishi.benefits.answers import Agreement, Difference, FileKind, PrefectureFigures
from enishi.benefits.models import Run
from enishi.benefits.officers import require
from enishi.benefits.publishing import NATIONAL, manifest_of, programme_of_file
from enishi.benefits.rules.payment import STATE
from enishi.benefits.runs import followed, run_state, snapshot_answer
from enishi.benefits.towns import towns
from enishi.benefits.wording import say
from enishi.kernel.errors import Refused

TABLES = ("decisions", "ledger", "letters", "reconciliation")
DISAGREED = re.compile(
    r"the two engines disagree on (?P<table>[a-z ]+?)(?: of shard (?P<shard>\w+))?: (?P<what>.*)"
)


def result(actor: int, run: int) -> answers.Result:
    """A complete run's figures.

    For the agency's officer and the auditor. Raises Refused where it is not complete.
    """
    require(actor, "", *NATIONAL)
    row = complete(run)
    manifest = manifest_of(row)
    table = figures.table_of(Path(row.folder), row.manifest)
    total = figures.summed(table)
    files = figures.bank_files(manifest)
    filed = figures.trailers(Path(row.folder), (file.name for file in files))
    agreement = manifest["agreement"]
    return answers.Result(
        run=run_state(actor, run),
        programme=programme_of_file(row.name),
        total=total,
        prefectures=_prefectures(table),
        reasons=figures.reasons_of(total),
        agreements=tuple(
            Agreement(name, table_words(name), agreement[name], agreement[name]) for name in TABLES
        ),
        bank_files_compared=agreement["bank_files"],
        equations=figures.equations_of(total, manifest["programme"]["amount"], filed, whole=True),
        kinds=_kinds(manifest),
        engines=manifest["engines"],
        snapshot=snapshot_answer(Path(row.snapshot_folder)),
    )


def differences(actor: int, run: int) -> list[Difference]:
    """Where a failed run's two engines, or its sums, disagreed; empty for a run that failed of something
    else.
    """
    require(actor, "", *NATIONAL)
    row = followed(run)
    if row.state != Run.FAILED:
        return []
    if found := DISAGREED.search(row.error):
        return [Difference(found["table"], found["shard"] or "", found["what"])]
    if "reconciliation" in row.error:
        return [Difference("reconciliation", "", row.error.splitlines()[0])]
    return []


def verify_run(actor: int, run: int) -> list[Difference]:
    """Reads every file of a complete run again, with the second reader and the snapshot; empty when all is
    as it was.

    For the agency's officer and the auditor. The time grows with the run: about a second for a million
    records.
    """
    from enishi.benefits.engines.zengin_audit.run import audit_run

    require(actor, "", *NATIONAL)
    row = complete(run)
    snapshot = Path(row.snapshot_folder)
    known = snapshot if snapshot_answer(snapshot) else None
    return [
        Difference(found.file.partition("/")[0] or "manifest.json", "", str(found))
        for found in audit_run(Path(row.folder), snapshot=known)
    ]


def complete(run: int) -> Run:
    """A complete run's row. Raises Refused where there is none or it is not complete."""
    row = followed(run)
    if row.state == Run.COMPLETE:
        return row
    raise Refused(
        say("この計算はまだ完了していません。", "This run is not complete."),
        todo=say("進み具合を確認してください。", "look at its progress"),
    )


def table_words(name: str) -> str:
    """What a table of a run is, in words."""
    return {
        "decisions": say("決定（全員）", "decisions (everyone)"),
        "ledger": say("支払台帳", "ledger"),
        "letters": say("通知書", "letters"),
        "reconciliation": say("照合表", "reconciliation"),
        "zengin": say("振込ファイル", "bank files"),
        "municipalities.parquet": say("市区町村の一覧", "municipalities"),
    }.get(name, name)


def _prefectures(table: pl.DataFrame) -> tuple[PrefectureFigures, ...]:
    names = {town.prefecture: (town.prefecture_name, town.prefecture_latin) for town in towns().values()}
    names[STATE] = (say("国", "The State"), "The State")
    key = pl.when(pl.col("muni") == STATE).then(pl.lit(STATE)).otherwise(pl.col("muni").str.slice(0, 2))
    parts = table.with_columns(prefecture=key).partition_by("prefecture", as_dict=True, include_key=False)
    return tuple(
        PrefectureFigures(code, name, name_latin, part.height, figures.summed(part))
        for (code,), part in sorted(parts.items())
        for name, name_latin in [names.get(code, (code, code))]
    )


def _kinds(manifest: dict[str, Any]) -> tuple[FileKind, ...]:
    count: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for name, bound in manifest["files"].items():
        kind = name.partition("/")[0]
        count[kind] += 1
        size[kind] += bound["bytes"]
    return tuple(FileKind(kind, table_words(kind), count[kind], size[kind]) for kind in sorted(count))
