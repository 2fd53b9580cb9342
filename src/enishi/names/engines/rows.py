"""The rows of a municipality's CSV file, read as bytes: whatever stands in it, no byte is lost and no row stops the others.

Comma, quotation mark and the ends of lines never are the second byte of a character, neither in CP932 nor in UTF-8: the file is
parted before it is decoded, and each field is decoded by itself. Quotation as in RFC 4180.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enishi.kernel.errors import BadInput

ENCODINGS = ("utf-8", "cp932")
MOST_LINES = 50
"""Lines that one row has at most: a quotation mark that is never closed does not swallow the file."""
SAMPLE = 4 << 20
"""Bytes from which the encoding is guessed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number and the first of its lines (both from 1), its bytes with the end of the line, its fields; None if it is
    broken.
    """

    number: int
    line: int
    raw: bytes
    fields: tuple[bytes, ...] | None


def encoding_of(path: Path) -> str:
    """UTF-8 or CP932: the one in which more lines of the beginning of the file are text. Raises BadInput if it is UTF-16."""
    lines = _beginning(path)
    wrong = {encoding: sum(not _is_text(line, encoding) for line in lines) for encoding in ENCODINGS}
    return min(ENCODINGS, key=lambda encoding: wrong[encoding])


def refuse_other_files(path: Path) -> None:
    """Raises BadInput for a file in UTF-16, or whose lines end as those of no system of today."""
    lines = _beginning(path)
    sample = b"".join(lines)
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or sample.count(0) > len(sample) / 10:
        raise BadInput(
            "this is no file in UTF-8 or CP932 (Shift_JIS)",
            where=str(path),
            todo="save it as CSV (UTF-8) first",
        )
    if len(lines) == 1 and sample.count(b"\r") > 1:
        raise BadInput(
            "its lines end with CR alone", where=str(path), todo="save it with line ends LF or CR LF first"
        )


def _beginning(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    lines = sample.splitlines(keepends=True) if b"\n" in sample else [sample]
    return lines if len(sample) < SAMPLE else lines[:-1] or lines


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def rows(path: Path) -> Iterator[Row]:
    """Every row of the file, in order; put together, their bytes are the file. The first row says how many fields a row of
    several lines must have: else its first line is a row by itself, and broken.
    """
    number, width = 0, 0
    held: list[tuple[int, bytes]] = []
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            held.append((line, raw))
            while taken := _first(held, width, more=len(held) < MOST_LINES):
                number += 1
                row = _row(number, held[:taken])
                width = width or len(row.fields or ())
                del held[:taken]
                yield row
    while taken := _first(held, width, more=False):
        number += 1
        yield _row(number, held[:taken])
        del held[:taken]


def ending(raw: bytes) -> bytes:
    """The end of the line that a row has."""
    return raw[len(raw.rstrip(b"\r\n")) :]


def _first(held: list[tuple[int, bytes]], width: int, *, more: bool) -> int:
    """How many of these lines are the first row; 0 if its quotation is still open and there may be `more` lines."""
    marks = 0
    for count, (_, raw) in enumerate(held, 1):
        marks += raw.count(b'"')
        if marks % 2 == 0:
            fields = _fields(b"".join(raw for _, raw in held[:count]))
            return (
                count if count == 1 or (fields is not None and len(fields) == (width or len(fields))) else 1
            )
    return 1 if held and not more else 0


def _row(number: int, lines: list[tuple[int, bytes]]) -> Row:
    raw = b"".join(raw for _, raw in lines)
    return Row(number, lines[0][0], raw, None if raw.count(b'"') % 2 else _fields(raw))


def _fields(raw: bytes) -> tuple[bytes, ...] | None:
    """The fields of one row; none of an empty one (or the mark that ended files once), None if it is broken."""
    if not raw.strip(b"\r\n\x1a"):
        return ()
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        found = list(csv.reader(io.StringIO(raw.decode("latin-1"), newline=""), strict=True))
    except csv.Error:
        return None
    return tuple(field.encode("latin-1") for field in found[0]) if len(found) == 1 else None
