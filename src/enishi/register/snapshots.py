"""The register is filled from a snapshot of a nation, and written as one (docs/snapshot.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from enishi.register.answers import Nation
from enishi.register.models import LoadedNation

if TYPE_CHECKING:
    from enishi.register.engines.load import Loaded
    from enishi.register.engines.snapshot import Written

Progress = Callable[[str, int], object]


def loaded_nation() -> Nation | None:
    """The snapshot that this register began with; None for an empty register."""
    row = LoadedNation.objects.first()
    return None if row is None else Nation(row.snapshot, row.source, row.day, row.persons, row.complete)


def load_nation(folder: Path, progress: Progress | None = None) -> Loaded:
    """Loads a snapshot into the empty register: set-based, a shard a transaction; called again it goes on
    where it stopped.

    Every file's hash is checked before the first row is written. Raises BadInput for a file that is missing,
    cut off, altered or of another snapshot, and for rows that no register can hold (naming file, row and
    column); Refused where the register holds another nation. `progress(file, rows)` after each shard. Numbers
    are not its matter (`number.services`).
    """
    from enishi.register.engines.load import load

    return load(folder, progress)


def write_snapshot(on: date, out: Path, progress: Progress | None = None) -> Written:
    """Writes the register of a day as a snapshot: everybody on it then, and who left or came within 90 days
    either side.

    One row a person: the residence that covers the day, else the nearest. `cell` stands only in the snapshot
    of the day that was loaded: on any other day ages have moved on. Raises Refused for an empty or
    half-loaded register and for a folder that holds a snapshot, InUse while another process writes there.
    """
    from enishi.register.engines.snapshot import write_snapshot as write

    return write(on, out, progress)
