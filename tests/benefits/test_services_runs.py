"""Runs as the agency's officer starts, watches, loses and takes them up again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from enishi.benefits import processes, services
from enishi.benefits.engines import programme_files
from enishi.benefits.models import Run
from enishi.kernel.errors import Refused
from enishi.platform.files import only_one
from tests import factories
from tests.benefits import offices
from tests.benefits.offices import PUSH, Offices

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Offices:
    return offices.offices()


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A var/ of its own, with one snapshot in it; no process outlives the test, whose row ids come again."""
    settings.VAR = tmp_path / "var"
    factories.small_snapshot(settings.VAR / "nation", offices.people())
    with translation.override("en"):
        yield settings.VAR
    while processes.children:
        _, child = processes.children.popitem()
        child.kill()
        child.wait()


@pytest.fixture
def offered(who: Offices) -> Offices:
    """The programme is published."""
    services.publish_programme(who.agency, PUSH, services.programme(who.agency, PUSH, 1).sha256)
    return who


def snapshot(who: Offices) -> str:
    (found,) = services.snapshots(who.agency)
    return found.id


def until_ended(who: Offices, run: int) -> services.RunState:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        state = services.run_state(who.agency, run)
        if state.state != "running":
            return state
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def test_a_run_is_started_watched_and_ends_complete(offered: Offices, var: Path) -> None:
    started = services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    assert started.state == "running"
    assert services.progress(offered.agency, started.id).state in (
        "starting",
        "computing",
        "assembling",
        "second_opinion",
        "checking",
        "complete",
    )
    ended = until_ended(offered, started.id)
    assert (ended.state, ended.error) == ("complete", "")
    manifest = json.loads((var / "runs" / f"{PUSH}-1-{started.id}" / "manifest.json").read_text())
    assert ended.manifest == manifest["id"]
    seen = services.progress(offered.agency, started.id)
    assert (seen.state, seen.done, seen.persons, seen.parts_done) == ("complete", 15, 15, 1)
    assert {progress for _, _, progress in seen.steps} == {"done"}
    assert services.result(offered.agency, started.id).total.persons == 15
    assert services.programme(offered.agency, PUSH, 1).runs == (started.id,)


def test_only_the_agency_starts_a_run_and_only_of_a_published_programme_on_a_known_snapshot(
    who: Offices,
) -> None:
    known = snapshot(who)
    with pytest.raises(Refused, match="not published"):
        services.start_run(who.agency, PUSH, 1, known)
    services.publish_programme(who.agency, PUSH, services.programme(who.agency, PUSH, 1).sha256)
    for stranger in (who.auditor, who.benefits[factories.CHIYODA], who.nobody):
        with pytest.raises(Refused):
            services.start_run(stranger, PUSH, 1, known)
    with pytest.raises(Refused, match="no such snapshot"):
        services.start_run(who.agency, PUSH, 1, "../../etc")
    assert not Run.objects.exists()


def test_two_runs_of_one_programme_are_never_at_work_at_once(
    offered: Offices, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        processes, "command_of", lambda row: [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    first = services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    try:
        with pytest.raises(Refused, match="at work already"):
            services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    finally:
        processes.children[first.id].kill()
    assert until_ended(offered, first.id).state == "failed"


def test_a_killed_run_is_seen_to_have_failed_and_is_taken_up_again(
    offered: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            processes, "command_of", lambda row: [sys.executable, "-c", "import time; time.sleep(60)"]
        )
        started = services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    os.kill(processes.children[started.id].pid, signal.SIGKILL)
    failed = until_ended(offered, started.id)
    assert failed.state == "failed"
    assert "taken up again" in failed.error
    assert services.differences(offered.agency, started.id) == []
    with pytest.raises(Refused):
        services.resume_run(offered.auditor, started.id)
    services.resume_run(offered.agency, started.id)
    assert until_ended(offered, started.id).state == "complete"
    with pytest.raises(Refused, match="has not failed"):
        services.resume_run(offered.agency, started.id)


def test_a_run_that_cannot_work_says_why_in_its_own_words(offered: Offices, var: Path) -> None:
    shard = next((var / "nation" / "persons").iterdir())
    shard.write_bytes(shard.read_bytes()[:-20])
    started = services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    failed = until_ended(offered, started.id)
    assert failed.state == "failed"
    assert shard.name in failed.error
    assert "What to do" in failed.error
    assert "Traceback" not in failed.error
    assert str(var) not in failed.error


def test_the_operator_stops_what_is_at_work_and_nothing_else(
    offered: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)", "benefits run"]
    monkeypatch.setattr(processes, "command_of", lambda row: command)
    monkeypatch.setenv("COLUMNS", "20")  # a narrow terminal must not hide a process's command
    started = services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    ) as other:
        recorded(offered, tmp_path / "strange", cycle=2, pid=other.pid)
        assert services.stop_runs() == [started.id]
        assert until_ended(offered, started.id).state == "failed"
        assert other.poll() is None
        other.kill()


def test_a_run_whose_process_cannot_start_leaves_no_row(
    offered: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "command_of", lambda row: ["/nowhere/at/all"])
    with pytest.raises(OSError, match="nowhere"):
        services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    assert not Run.objects.exists()


def recorded(who: Offices, folder: Path, **columns: Any) -> Run:
    return Run.objects.create(
        **{
            "name": PUSH,
            "cycle": 1,
            "programme_sha256": "0" * 64,
            "snapshot": "1" * 64,
            "snapshot_folder": str(folder),
            "folder": str(folder),
            "persons": 1000,
            "started_by": who.agency,
        }
        | columns
    )


def say(folder: Path, **said: Any) -> None:
    (folder / "work").mkdir(parents=True, exist_ok=True)
    (folder / "work" / "progress.json").write_text(json.dumps(said))


def test_progress_is_shown_by_prefecture_with_rate_and_remaining_time(who: Offices, tmp_path: Path) -> None:
    folder = tmp_path / "at-work"
    say(
        folder,
        state="second_opinion",
        persons=1000,
        done=400,
        parts=4,
        parts_done=2,
        prefectures={"13": {"persons": 600, "done": 400}, "01": {"persons": 400, "done": 0}},
        rate=2000,
        eta_seconds=12,
        error=None,
    )
    row = recorded(who, folder)
    with only_one(folder, "benefit run"):
        seen = services.progress(who.auditor, row.pk)
    assert (seen.state, seen.done, seen.persons, seen.rate, seen.eta) == (
        "second_opinion",
        400,
        1000,
        2000,
        12,
    )
    assert [(part.prefecture, part.name, part.done) for part in seen.prefectures] == [
        ("01", "北海道", 0),
        ("13", "東京都", 400),
    ]
    assert [progress for _, _, progress in seen.steps] == ["done", "done", "done", "now", "next", "next"]


def test_a_run_whose_holder_is_gone_after_a_restart_has_failed(who: Offices, tmp_path: Path) -> None:
    """The server that started it is another one now; the process is dead, its folder is held by nobody."""
    folder = tmp_path / "left"
    say(
        folder,
        state="computing",
        persons=1000,
        done=1,
        parts=4,
        parts_done=0,
        prefectures={},
        rate=0,
        eta_seconds=None,
        error=None,
    )
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    row = recorded(who, folder, pid=dead.pid)
    with only_one(folder, "benefit run"):
        assert services.run_state(who.agency, row.pk).state == "running"
    assert services.run_state(who.agency, row.pk).state == "failed"
    seen = services.progress(who.agency, row.pk)
    assert seen.state == "failed"
    assert ("computing", "failed") in [(step, progress) for step, _, progress in seen.steps]


@pytest.mark.parametrize(
    ("error", "table", "shard"),
    [
        (
            "x/ledger/0003.parquet: the two engines disagree on ledger of shard 0003: aa (Polars), bb (DuckDB)\n  What to do: nothing",
            "ledger",
            "0003",
        ),
        (
            "x/zengin: the two engines disagree on bank files: zengin/131016/20200529-001.txt (2 differences)",
            "bank files",
            "",
        ),
        (
            "x: the two engines disagree on the reconciliation: aa (Polars), bb (DuckDB)",
            "the reconciliation",
            "",
        ),
        (
            "reconciliation: the reconciliation does not hold: persons in = decisions out; first in 131016",
            "reconciliation",
            "",
        ),
    ],
)
def test_where_the_engines_disagreed_is_named(
    who: Offices, tmp_path: Path, error: str, table: str, shard: str
) -> None:
    row = recorded(who, tmp_path, state="failed", error=error)
    (found,) = services.differences(who.agency, row.pk)
    assert (found.table, found.shard) == (table, shard)
    assert found.what


def test_a_programme_file_changed_after_publication_starts_no_run(
    offered: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, text = programme_files.text_of(PUSH)
    monkeypatch.setattr(programme_files, "text_of", lambda _: (name, text + "# another word\n"))
    with pytest.raises(Refused, match="no longer the one that was published"):
        services.start_run(offered.agency, PUSH, 1, snapshot(offered))
    assert services.programme(offered.agency, PUSH, 1).changed


def test_what_is_no_snapshot_is_not_offered(who: Offices) -> None:
    other = django_settings.VAR / "snapshots"
    (other / "broken").mkdir(parents=True)
    (other / "broken" / "manifest.json").write_text("{")
    (other / "run").mkdir()
    (other / "run" / "manifest.json").write_text('{"format": "enishi-run/1"}')
    factories.small_snapshot(other / "second", source="register")
    assert [found.source for found in services.snapshots(who.agency)] == ["nation", "register"]
