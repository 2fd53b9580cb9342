"""A PostgreSQL of its own for a measurement, durable as it comes: fsync, full page writes and synchronous commit are on."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import USER, newest

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
"""What is set otherwise than by default, and stands with each result: memory and the distance of checkpoints, no durability."""


@contextmanager
def durable_cluster(kept: Path | None = None) -> Iterator[str]:
    """Gives the URL of a running server, and ends and removes it. `kept`: where it stays, and goes on from where it is there
    already. As root it runs as the user `postgres`.
    """
    programs = newest()
    folder = Path(tempfile.mkdtemp(prefix="epg-", dir=os.environ.get("ENISHI_BENCH_DIR", "/tmp")))
    try:
        data = (kept or folder) / "d"
        data.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for one in {folder, data.parent}:
                shutil.chown(one, USER, USER)
        if not data.exists():
            _run(programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8")
        said = "".join(f" -c {name}={value}" for name, value in SETTINGS.items())
        options = f"-k {folder} -c listen_addresses=''{said}"
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgres://{USER}@{str(folder).replace('/', '%2F')}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    subprocess.run(command, check=True, cwd="/tmp", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
