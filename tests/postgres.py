"""A PostgreSQL for tests: the one of $TEST_DATABASE_URL, or a fresh cluster of the newest Debian server on a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url

DEBIAN = Path("/usr/lib/postgresql")
USER = "postgres"


class Absent(Exception):
    """No PostgreSQL can be had; the message says what to install."""


@dataclass(frozen=True)
class Server:
    """`settings`: Django's settings of a database on it; `url`: the same for $ENISHI_DATABASE_URL."""

    settings: dict[str, Any]
    url: str


@contextmanager
def server_for_tests() -> Iterator[Server]:
    """Gives a running server and ends what it started. Raises Absent."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield Server(dict(dj_database_url.parse(url)), url)
        return
    with cluster("epg", "-c fsync=off -c full_page_writes=off -c synchronous_commit=off") as folder:
        url = f"postgres://{USER}@{str(folder).replace('/', '%2F')}/postgres"
        yield Server(dict(dj_database_url.parse(url)), url)


@contextmanager
def cluster(name: str, options: str) -> Iterator[Path]:
    """A PostgreSQL cluster of its own, started with `options`; gives the folder of its socket, and removes it. Raises Absent."""
    programs = newest()
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        data = folder / "d"
        _run(
            programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-N", "--locale=C.UTF-8", "-E", "UTF8"
        )
        started = f"-k {folder} -c listen_addresses='' {options}"
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", started, "start")
        try:
            yield folder
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def newest() -> Path:
    """The programs of the newest server of Debian's packages."""
    found = [
        path for path in DEBIAN.glob("*/bin") if (path / "initdb").exists() and path.parent.name.isdigit()
    ]
    if not found:
        raise Absent("no PostgreSQL: set TEST_DATABASE_URL or install the package postgresql (15 or newer)")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        raise Absent(
            "PostgreSQL does not start as root, and there is no runuser: install util-linux or set TEST_DATABASE_URL"
        )
    return max(found, key=lambda path: int(path.parent.name))


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/tmp", stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Absent(f"{program.name} failed: {done.stderr.strip() or done.stdout.strip()}")
