"""A run's process: `enishi benefits run` in a session of its own, which outlives the page and the server behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from enishi.benefits.models import Run
from enishi.benefits.wording import say
from enishi.kernel.errors import InUse
from enishi.platform.files import only_one

children: dict[int, subprocess.Popen[bytes]] = {}


def command_of(row: Run) -> list[str]:
    """The command line that a run is."""
    enishi = [sys.executable, "-m", "enishi.site.cli", "benefits", "run", row.name]
    return [*enishi, "--snapshot", row.snapshot_folder, "--out", row.folder]


def log_of(row: Run) -> Path:
    """Where a run's process writes what it has to say."""
    return Path(f"{row.folder}.log")


def launch(row: Run) -> None:
    """Starts a run's process. Inside the transaction of its row: nobody sees a row that has no process yet."""
    Path(row.folder).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log_of(row).open("wb") as log:
        child = subprocess.Popen(
            command_of(row),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    children[row.pk] = child
    row.pid = child.pid
    row.save(update_fields=["folder", "pid"])


def at_work_on(row: Run) -> bool:
    """Whether a process works on a run:

    our own child, or, after a restart of the server, the holder of its folder.
    """
    if child := children.get(row.pk):
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
    """Whether a process of this number runs our command (a number may have passed to another program).

    Unlimited width (-ww): a long path must not push the command out of the line. Where the machine has no
    `ps`, nobody can say: then the folder's lock decides.
    """
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        asked = subprocess.run(
            ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return "benefits run" in asked.stdout and not asked.stdout.lstrip().startswith("Z")


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


def last_words(row: Run) -> str:
    """Why a run stopped: what its progress says, else the end of its log, else that nobody knows."""
    if said := json_of(Path(row.folder) / "work" / "progress.json").get("error"):
        return _without_place(str(said))
    try:
        lines = log_of(row).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    start = next((number for number, line in enumerate(lines) if line.startswith("enishi: ")), None)
    told = lines[start:] if start is not None else lines[-1:]
    words = "\n".join(told).removeprefix("enishi: ")
    return _without_place(words) or say(
        "処理が終了しました（停止または強制終了）。再開できます。",
        "The process ended without a word (stopped or killed). The run can be taken up again.",
    )


def _without_place(words: str) -> str:
    """A message without the server's own folders, which are nobody's business on a page."""
    return words.replace(f"{settings.VAR}{os.sep}", "")


def json_of(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
