"""Runs as processes of their own: started, watched, taken up again.

A run outlives the page and the server that started it: it is `enishi benefits run` in its own session. How
far it is stands in its folder (`work/progress.json`, then `manifest.json`), which its pages only read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enishi.benefits import answers
from enishi.benefits.answers import PrefectureProgress, RunState, Snapshot
from enishi.benefits.engines import programme_files
from enishi.benefits.models import Publication, Run
from enishi.benefits.officers import not_open, require, who
from enishi.benefits.processes import at_work_on, children, json_of, last_words, launch
from enishi.benefits.publishing import NATIONAL, published_programme
from enishi.benefits.towns import towns
from enishi.benefits.wording import say
from enishi.kernel.errors import Refused
from enishi.platform.services import DutyKind

STEPS = ("starting", "computing", "assembling", "second_opinion", "checking", "complete")


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
            launch(row)
    except IntegrityError as error:
        raise _at_work() from error
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
            launch(row)
    except IntegrityError as error:
        raise _at_work() from error
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
    said = json_of(Path(row.folder) / "work" / "progress.json")
    manifest = json_of(Path(row.folder) / "manifest.json")
    at_work = said.get("state") or ("checking" if manifest else "starting")
    state = {Run.COMPLETE: "complete", Run.FAILED: "failed"}.get(row.state, at_work)
    complete = state == "complete"
    persons = int(said.get("persons") or row.persons)
    parts = int(said.get("parts") or len(manifest.get("parts", [])))
    names = {town.prefecture: (town.prefecture_name, town.prefecture_latin) for town in towns().values()}
    eta = said.get("eta_seconds")
    return answers.Progress(
        run=row.pk,
        state=state,
        words=words_of(state),
        persons=persons,
        done=persons if complete else int(said.get("done") or 0),
        parts=parts,
        parts_done=parts if complete else int(said.get("parts_done") or 0),
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
    if at_work_on(row):
        return row
    if identity := json_of(Path(row.folder) / "manifest.json").get("id"):
        row.state, row.manifest = Run.COMPLETE, identity
    else:
        row.state, row.error = Run.FAILED, last_words(row)
    row.ended_at = timezone.now()
    Run.objects.filter(pk=row.pk, state=Run.RUNNING).update(
        state=row.state, manifest=row.manifest, error=row.error, ended_at=row.ended_at
    )
    children.pop(row.pk, None)
    return row


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
    manifest = json_of(folder / "manifest.json")
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
