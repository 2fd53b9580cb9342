"""Runs as processes of their own: started, watched, taken up again.

A run outlives the page and the server that started it: it is `enishi benefits run` in its own session. How
far it is stands in its folder (`work/progress.json`, then `manifest.json`), which its pages only read.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enishi.benefits import answers
from enishi.benefits.answers import PrefectureProgress, RunState, Snapshot
from enishi.benefits.engines import programme_files
from enishi.benefits.models import Publication, Run
from enishi.benefits.officers import not_open, require, who
from enishi.benefits.publishing import NATIONAL, published_programme
from enishi.benefits.towns import towns
from enishi.benefits.wording import say
from enishi.kernel.errors import InUse, Refused
from enishi.platform.files import only_one
from enishi.platform.services import DutyKind

STEPS = ("starting", "computing", "assembling", "second_opinion", "checking", "complete")
_children: dict[int, subprocess.Popen[bytes]] = {}


def snapshots(actor: int) -> list[Snapshot]:
    """Snapshots from which a run may start:

    those in var/nation and var/snapshots. For agency officer and auditor.
    """
    require(actor, "", *NATIONAL)
    return _snapshots()


def start_run(actor: int, name: str, cycle: int, snapshot: str) -> RunState:
    """Starts a run of a published programme on a snapshot (its id). For the agency's officer.

    Raises Refused: not published, the file changed since, no such snapshot, or one run of it is at work
    already.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    published = published_programme(name, cycle)
    if programme_files.load(name)[1] != published.sha256:
        raise Refused(
            say(
                "公表後に制度ファイルが変更されています。",
                "The programme file is no longer the one that was published.",
            ),
            todo=say(
                "公表した内容に戻すか、回次を改めて公表してください。",
                "restore it, or publish it as a new cycle",
            ),
        )
    chosen = next((found for found in _snapshots() if found.id == snapshot), None)
    if chosen is None:
        raise Refused(
            say("選んだスナップショットがありません。", "There is no such snapshot."),
            todo=say("一覧から選び直してください。", "choose one of the list"),
        )
    for row in Run.objects.filter(name=name, cycle=cycle).at_work():
        follow(row)
    try:
        with transaction.atomic():
            row = Run.objects.create(
                name=name,
                cycle=cycle,
                programme_sha256=published.sha256,
                snapshot=chosen.id,
                snapshot_folder=chosen.folder,
                folder="",
                persons=chosen.persons,
                started_by=actor,
            )
            row.folder = str(settings.VAR / "runs" / f"{name}-{cycle}-{row.pk}")
            row.save(update_fields=["folder"])
    except IntegrityError as error:
        raise _at_work() from error
    _launch(row)
    return _answer([row])[0]


def resume_run(actor: int, run: int) -> RunState:
    """Takes a failed run up where it stopped; what was finished is kept. For the agency's officer.

    Raises Refused: it has not failed, the programme file changed, or another run of the programme is at work.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    row = followed(run)
    if row.state != Run.FAILED:
        raise Refused(
            say("この計算は失敗していません。", "This run has not failed."),
            todo=say("進み具合を確認してください。", "look at its progress"),
        )
    if programme_files.load(row.name)[1] != row.programme_sha256:
        raise Refused(
            say(
                "計算開始後に制度ファイルが変更されています。",
                "The programme file changed since the run began.",
            ),
            todo=say("新しい計算を始めてください。", "start a new run"),
        )
    try:
        with transaction.atomic():
            row.state, row.error, row.ended_at = Run.RUNNING, "", None
            row.save(update_fields=["state", "error", "ended_at"])
    except IntegrityError as error:
        raise _at_work() from error
    _launch(row)
    return _answer([row])[0]


def runs(actor: int) -> list[RunState]:
    """All runs, newest first. For the agency's officer and the auditor."""
    require(actor, "", *NATIONAL)
    return _answer([follow(row) for row in Run.objects.order_by("-pk")])


def run_state(actor: int, run: int) -> RunState:
    """One run. Raises Refused, also where there is none."""
    require(actor, "", *NATIONAL)
    return _answer([followed(run)])[0]


def progress(actor: int, run: int) -> answers.Progress:
    """How far a run is, for each prefecture. Raises Refused, also where there is none."""
    require(actor, "", *NATIONAL)
    row = followed(run)
    said = _json(Path(row.folder) / "work" / "progress.json")
    manifest = _json(Path(row.folder) / "manifest.json")
    at_work = said.get("state") or ("checking" if manifest else "starting")
    state = {Run.COMPLETE: "complete", Run.FAILED: "failed"}.get(row.state, at_work)
    complete = state == "complete"
    persons = int(said.get("persons") or row.persons)
    shards = int(said.get("shards") or len(manifest.get("shards", [])))
    names = {town.prefecture: (town.prefecture_name, town.prefecture_latin) for town in towns().values()}
    eta = said.get("eta_seconds")
    return answers.Progress(
        run=row.pk,
        state=state,
        words=words_of(state),
        persons=persons,
        done=persons if complete else int(said.get("done") or 0),
        shards=shards,
        shards_done=shards if complete else int(said.get("shards_done") or 0),
        rate=float(said.get("rate") or 0),
        eta=None if eta is None or row.state != Run.RUNNING else int(eta),
        prefectures=tuple(
            PrefectureProgress(code, name, name_latin, int(part["persons"]), int(part["done"]))
            for code, part in sorted((said.get("prefectures") or {}).items())
            for name, name_latin in [names.get(code, (code, code))]
        ),
        steps=_steps(state, _stood(row, said.get("state") or "starting")),
        error=row.error,
    )


def words_of(state: str) -> str:
    """What a run does in a state, in words."""
    return {
        "starting": say("開始しています", "Starting"),
        "computing": say("全員の支給可否と支払いを計算しています", "Computing every decision and payment"),
        "assembling": say("振込ファイルと照合表を作成しています", "Writing bank files and reconciliation"),
        "second_opinion": say(
            "別のエンジンで全件を計算し直しています", "Computing everything again with the second engine"
        ),
        "checking": say("二つの結果と合計を照合しています", "Comparing both results and all sums"),
        "complete": say("完了しました", "Complete"),
        "failed": say("止まりました", "Stopped"),
    }[state]


def followed(run: int) -> Run:
    """A run's row with its state brought up to date. Raises Refused where there is none."""
    row = Run.objects.filter(pk=run).first()
    if row is None:
        raise not_open()
    return follow(row)


def follow(row: Run) -> Run:
    """Brings a run's row up to date:

    once nobody works on it, complete if its manifest stands, else failed.
    """
    if row.state != Run.RUNNING:
        return row
    if _at_work_on(row):
        return row
    if identity := _json(Path(row.folder) / "manifest.json").get("id"):
        row.state, row.manifest = Run.COMPLETE, identity
    else:
        row.state, row.error = Run.FAILED, _last_words(row)
    row.ended_at = timezone.now()
    Run.objects.filter(pk=row.pk, state=Run.RUNNING).update(
        state=row.state, manifest=row.manifest, error=row.error, ended_at=row.ended_at
    )
    _children.pop(row.pk, None)
    return row


def stop_runs() -> list[int]:
    """Stops every run at work on this machine and gives their ids; each can be taken up again.

    For the operator.
    """
    stopped = []
    for row in Run.objects.all().at_work():
        if row.pid is not None and _alive(row.pid):
            os.killpg(row.pid, signal.SIGTERM)
            stopped.append(row.pk)
    return stopped


def log_of(row: Run) -> Path:
    """Where a run's process writes what it has to say."""
    return Path(f"{row.folder}.log")


def command_of(row: Run) -> list[str]:
    """The command line that a run is."""
    enishi = [sys.executable, "-m", "enishi.site.cli", "benefits", "run", row.name]
    return [*enishi, "--snapshot", row.snapshot_folder, "--out", row.folder]


def _launch(row: Run) -> None:
    Path(row.folder).parent.mkdir(parents=True, exist_ok=True)
    with log_of(row).open("wb") as log:
        child = subprocess.Popen(
            command_of(row),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[row.pk] = child
    row.pid = child.pid
    row.save(update_fields=["pid"])


def _at_work_on(row: Run) -> bool:
    """Whether a process works on a run:

    our own child, or, after a restart of the server, the holder of its folder.
    """
    if child := _children.get(row.pk):
        return child.poll() is None
    if row.pid is not None and _alive(row.pid):
        return True
    if not Path(row.folder).is_dir():
        return False
    try:
        with only_one(Path(row.folder), "benefit run"):
            return False
    except InUse:
        return True


def _alive(pid: int) -> bool:
    """Whether a process of this number runs our command (a number may have passed to another program)."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    asked = subprocess.run(
        ["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "benefits run" in asked.stdout and not asked.stdout.lstrip().startswith("Z")


def _last_words(row: Run) -> str:
    """Why a run stopped: what its progress says, else the end of its log, else that nobody knows."""
    if said := _json(Path(row.folder) / "work" / "progress.json").get("error"):
        return str(said)
    try:
        lines = log_of(row).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    start = next((number for number, line in enumerate(lines) if line.startswith("enishi: ")), None)
    told = lines[start:] if start is not None else lines[-1:]
    return "\n".join(told).removeprefix("enishi: ") or say(
        "処理が終了しました（停止または強制終了）。再開できます。",
        "The process ended without a word (stopped or killed). The run can be taken up again.",
    )


def _stood(row: Run, said: str) -> str:
    """In which step a run is or stopped; where it says no more than that it failed, its receipts tell."""
    if said in STEPS:
        return said
    done = {path.name.partition("-")[0] for path in (Path(row.folder) / "work" / "receipts").glob("*.json")}
    for receipt, step in (
        ("compared", "checking"),
        ("second", "second_opinion"),
        ("files", "assembling"),
        ("compute", "computing"),
    ):
        if receipt in done:
            return step
    return "starting"


def _steps(state: str, last: str) -> tuple[tuple[str, str, str], ...]:
    """(state, its words, `done`, `now`, `next` or `failed`) for each step.

    `last`: where a failed run stood.
    """
    if state == "complete":
        return tuple((step, words_of(step), "done") for step in STEPS[1:])
    place = STEPS.index(last if state == "failed" else state)
    now = "failed" if state == "failed" else "now"
    return tuple(
        (step, words_of(step), "done" if number < place else now if number == place else "next")
        for number, step in enumerate(STEPS)
    )


def _snapshots() -> list[Snapshot]:
    found = []
    for folder in [settings.VAR / "nation", *sorted((settings.VAR / "snapshots").glob("*"))]:
        if answer := snapshot_answer(folder):
            found.append(answer)
    return found


def snapshot_answer(folder: Path) -> Snapshot | None:
    """A folder as a snapshot, or None where it is none."""
    manifest = _json(folder / "manifest.json")
    if manifest.get("format") != "enishi-snapshot/1":
        return None
    day = date.fromisoformat(manifest["on"])
    return Snapshot(manifest["id"], day, manifest["persons"], manifest["source"], str(folder))


def _answer(rows: list[Run]) -> list[RunState]:
    officers = who(row.started_by for row in rows)
    published = dict(Publication.objects.filter(run__in=rows).values_list("run", "pk"))
    return [
        RunState(
            id=row.pk,
            programme=row.name,
            cycle=row.cycle,
            state=row.state,
            started=row.started_at,
            started_by=officers[row.started_by],
            ended=row.ended_at,
            snapshot=row.snapshot,
            persons=row.persons,
            manifest=row.manifest,
            error=row.error,
            published=published.get(row.pk),
        )
        for row in rows
    ]


def _at_work() -> Refused:
    return Refused(
        say("この制度の計算はすでに動いています。", "A run of this programme is at work already."),
        todo=say("進み具合を確認してください。", "look at its progress"),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
