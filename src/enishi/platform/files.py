"""Files that survive a crash: written aside, flushed to the disk, then renamed; folders held by one run."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from enishi.kernel.errors import InUse, NoRoom

TEMPORARY = ".part"


@contextmanager
def room_on_disk(folder: Path) -> Iterator[None]:
    """Turns "no space left" of any library into NoRoom; every other error passes unchanged."""
    try:
        yield
    except Exception as error:
        code = getattr(error, "errno", None)
        full = code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "No space left" in str(error)
        if not full:
            raise
        raise NoRoom(
            "the disk is full; nothing half-written was kept",
            where=str(folder),
            todo="make room and run the same command again: it goes on where it stopped",
        ) from error


def durably(path: Path, write: Callable[[Path], object]) -> None:
    """Calls `write` with a temporary path beside `path`, flushes it to the disk and renames it into place.

    A reader sees the whole new file or none. Raises NoRoom when the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with room_on_disk(path.parent):
            write(temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def sweep(folder: Path) -> None:
    """Removes what killed processes left half-written. Call while holding the folder (`only_one`)."""
    for left in folder.rglob(f"*{TEMPORARY}"):
        left.unlink(missing_ok=True)


def write_durably(path: Path, data: bytes) -> None:
    """Writes bytes with the guarantees of `durably`."""
    durably(path, lambda temporary: temporary.write_bytes(data))


def flush_folder(folder: Path) -> None:
    """Makes the renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def only_one(folder: Path, what: str) -> Iterator[IO[str]]:
    """Holds a folder for one process; the lock ends with the process, however it ends. Raises InUse."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(
                f"another {what} is at work in this folder",
                where=str(folder),
                todo="wait until it has ended, or choose another --out",
            ) from error
        yield lock
