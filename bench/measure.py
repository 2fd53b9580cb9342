"""How a command is measured: wall clock, CPU and peak memory of the process tree, as the operating system accounts them."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measured:
    """Seconds of wall clock and CPU (user and system, all processes), peak memory of the largest process in MB."""

    wall: float
    cpu: float
    memory: float
    output: str


def command(*words: str) -> Measured:
    """Runs `enishi WORDS` in a process of its own and measures it. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "enishi.site.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = _Peak(process.pid)
    output, _ = process.communicate()
    wall = time.monotonic() - started
    peak.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, output)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, peak.megabytes, output)


class _Peak:
    """Watches the high-water mark (VmHWM) of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.megabytes = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            for pid in self._family(self.pid):
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                for line in status.splitlines():
                    if line.startswith("VmHWM:"):
                        self.megabytes = max(self.megabytes, int(line.split()[1]) / 1024)

    def _family(self, pid: int) -> list[int]:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return []
        return [pid, *(member for child in children for member in self._family(int(child)))]


def flushes(folder: Path, count: int = 2_000) -> float:
    """How often a second a page of 8 KiB is written and flushed (fdatasync) on the disk of a folder: one after the other, no
    more commits are durable.
    """
    file = folder / "flushes"
    opened = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(opened, bytes(count * 8192), 0)
        os.fsync(opened)
        started = time.perf_counter()
        for place in range(count):
            os.pwrite(opened, b"a" * 8192, place * 8192)
            os.fdatasync(opened)
        return count / (time.perf_counter() - started)
    finally:
        os.close(opened)
        file.unlink()


def write_result(name: str, text: str) -> Path:
    """Keeps a result under its name and day, with the machine it was measured on."""
    RESULTS.mkdir(exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    file = RESULTS / f"{name}-{day}.md"
    file.write_text(
        f"# {name}, measured {day}\nMachine: {machine}, shared with other work.\n\n{text}\n", encoding="utf-8"
    )
    print(text)
    print(f"\nkept in {file}")
    return file
