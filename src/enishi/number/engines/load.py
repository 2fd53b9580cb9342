"""Sealing a nation's numbers: the only reader of a snapshot's `numbers/` files. Everybody in them gets a resident code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl
from django.db import IntegrityError

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.vector import individual_check_digits
from enishi.number import vault
from enishi.number.models import SealedCode, SealedNumber
from enishi.number.store import CODES
from enishi.platform.services import chunk, chunks_done, insert_rows
from enishi.platform.snapshots import Snapshot

COLUMNS = ("person", "key_version", "sealed", "blind_index")
LOOKED_UP = 10_000
"""Blind indexes asked for in one query."""

SCHEMA = {"person": pl.Int64, "number": pl.String}


def load(folder: Path, progress: Callable[[str, int], object] | None = None) -> int:
    """See `number.services.load_numbers`."""
    snapshot = Snapshot.open(folder)
    work = f"number.load {snapshot.id[:32]}"
    if not chunks_done(work) and SealedNumber.objects.exists():
        raise Refused(
            "the vault holds other numbers than this nation's",
            where=str(folder),
            todo="load one nation into one installation; for another nation begin with an empty database",
        )
    sealed = 0
    for entry in snapshot.numbers:
        path = snapshot.numbers_file(entry)
        with chunk(work, entry["file"]) as fresh:
            if not fresh:
                continue
            frame = checked(path)
            try:
                insert_rows(SealedNumber._meta.db_table, COLUMNS, _sealed(frame))
            except IntegrityError as error:
                raise BadInput(
                    "a person or a number of this file is in the vault already",
                    where=str(path),
                    todo="build the nation again: a number belongs to one person",
                ) from error
            give_codes(frame["person"].to_list())
            fresh.rows, fresh.sha256 = len(frame), entry["sha256"]
            sealed += len(frame)
        if progress is not None:
            progress(entry["file"], entry["rows"])
    return sealed


def checked(path: Path) -> pl.DataFrame:
    """The rows of a numbers file. Raises BadInput that names the first row that is no number, never its
    content.
    """
    frame = pl.read_parquet(path)
    if dict(frame.schema) != SCHEMA:
        raise BadInput(
            "this file has other columns than person and number",
            where=str(path),
            todo="build the nation again with this version",
        )
    shaped = frame.select(
        fault=~(
            pl.col("number").str.contains(r"^[0-9]{12}$").fill_null(False)
            & (pl.col("person") > 0).fill_null(False)
        )
    )
    fault = shaped["fault"].arg_true()
    if fault.is_empty():
        digits = frame["number"].cast(pl.Int64).to_numpy()
        fault = pl.Series(individual_check_digits(digits // 10) != digits % 10).arg_true()
    if not fault.is_empty():
        raise BadInput(
            "this row holds no individual number: its length, its digits or its check digit are wrong",
            where=f"{path}, row {fault[0] + 1}",
            todo="build the nation again, or restore the file",
        )
    return frame


def _sealed(frame: pl.DataFrame) -> Iterator[tuple[int, int, bytes, bytes]]:
    keys = vault.keys()
    seal, blind_index, whose = keys.seal, keys.blind_index, vault.whose
    for person, number in frame.iter_rows():
        plain = number.encode()
        version, sealed = seal(plain, whose(person))
        yield person, version, sealed, blind_index(plain)


def give_codes(persons: Sequence[int]) -> None:
    """Draws a resident code for each person and seals it, set-based; what somebody has already is drawn again.

    Ten digits are few for a nation: of 125 million random ones every hundredth is somebody's already.
    """
    keys, whose = vault.keys(), vault.whose_code
    drawn: dict[bytes, tuple[int, str]] = {}
    waiting = list(persons)
    while waiting:
        again = []
        for person in waiting:
            code = CODES.draw()
            index = keys.blind_index(code.encode())
            if index in drawn:
                again.append(person)
            else:
                drawn[index] = (person, code)
        again += [drawn.pop(index)[0] for index in _taken(list(drawn))]
        waiting = again
    rows = (
        (person, *keys.seal(code.encode(), whose(person)), index) for index, (person, code) in drawn.items()
    )
    insert_rows(SealedCode._meta.db_table, COLUMNS, rows)


def _taken(indexes: Sequence[bytes]) -> Iterator[bytes]:
    """Those of the blind indexes under which a code lies already."""
    for start in range(0, len(indexes), LOOKED_UP):
        rows = SealedCode.objects.filter(blind_index__in=indexes[start : start + LOOKED_UP])
        yield from (bytes(index) for index in rows.values_list("blind_index", flat=True))
