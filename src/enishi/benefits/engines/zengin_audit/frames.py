"""Cuts a bank file into records of 120 bytes, however its sender ended the lines."""

from __future__ import annotations

import stat
from codecs import BOM_UTF8, getincrementaldecoder
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enishi.benefits.engines.zengin_audit.finding import Findings
from enishi.benefits.engines.zengin_audit.layout import MOST_RECORDS, RECORD, SPACE
from enishi.kernel.errors import BadInput

MOST_LINES = MOST_RECORDS + 3
MOST_BYTES = MOST_LINES * (RECORD + 2) + 1
_END_OF_FILE_MARK = 0x1A
_EBCDIC_ONE = 0xF1
_UTF8_KANA = (b"\xef\xbd", b"\xef\xbe")
_SAMPLE = 1 << 16


@dataclass(frozen=True)
class Frames:
    """The records of a file: (n, 120) bytes, and the numbers (from 0) of lines that had another length."""

    records: NDArray[np.uint8]
    broken: frozenset[int]


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, at most `most` + 1 of them.

    Raises BadInput where there is no such file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput("is not a file", where=str(path), todo="name one bank file")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror}", where=str(path), todo="check its name and your rights"
        ) from error


def records_of(data: bytes) -> NDArray[np.uint8]:
    """Bytes as (n, 120); what is left over at the end does not count."""
    whole = len(data) // RECORD
    return np.frombuffer(data, np.uint8, whole * RECORD).reshape(whole, RECORD)


def frames(data: bytes, found: Findings) -> Frames:
    """The records of a file of anybody's. What is wrong with the file as a whole goes to `found`."""
    if not data:
        found.add("is empty", "a file has at least a header, a data record, a trailer and an end")
    elif len(data) > MOST_BYTES:
        found.add(
            f"holds more than {MOST_LINES:,} records; only the first {MOST_LINES:,} were read",
            "split it: one file has at most 999,999 data records",
        )
        data = data[:MOST_BYTES]
    if data[:1] == bytes([_EBCDIC_ONE]):
        found.add("is in EBCDIC", "convert it to JIS X 0201 (character code 0)", record=1, byte=1)
        return Frames(records_of(b""), frozenset())
    if _is_utf8(data[:_SAMPLE]):
        found.add("is in UTF-8", "convert it to JIS X 0201, one byte a character")
        return Frames(records_of(b""), frozenset())
    if data[-1:] == bytes([_END_OF_FILE_MARK]):
        found.add("ends in an end-of-file mark (0x1A)", "leave it out")
        data = data[:-1]
    for end, name in ((b"\r\n", "CR LF"), (b"\n", "LF"), (b"\r", "CR")):
        if data[RECORD : RECORD + len(end)] == end:
            found.add(f"its records end in {name}", "leave line ends out, or agree on them with the bank")
            return _lines(data, end, found)
    if b"\n" in data[:RECORD]:
        return _lines(data, b"\r\n" if b"\r\n" in data[:RECORD] else b"\n", found)
    if rest := len(data) % RECORD:
        last = len(data) // RECORD + 1
        what = f"{len(data):,} bytes are no multiple of {RECORD}: {rest} stand after the last record"
        found.add(what, "it was cut or lengthened: fetch it again", record=last)
    return Frames(records_of(data), frozenset())


def _is_utf8(sample: bytes) -> bool:
    """Whether half-width kana or a byte order mark stand there in UTF-8; 0xEF is no byte of JIS X 0201."""
    if sample.startswith(BOM_UTF8):
        return True
    if not any(lead in sample for lead in _UTF8_KANA):
        return False
    try:
        getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes, end: bytes, found: Findings) -> Frames:
    stride = RECORD + len(end)
    table = np.frombuffer(data, np.uint8, len(data) // stride * stride).reshape(-1, stride)
    regular = (
        len(data) % stride in (0, RECORD)
        and (table[:, RECORD:] == np.frombuffer(end, np.uint8)).all()
        and not (table[:, :RECORD] == end[0]).any()
    )
    if regular:
        records = table[:, :RECORD].tobytes()
        rest = data[len(table) * stride :]
        return Frames(records_of(records + rest), frozenset())
    lines = data.split(end)
    if not lines[-1]:
        lines.pop()
    broken = [number for number, line in enumerate(lines) if len(line) != RECORD]
    for number in broken:
        what = f"has {len(lines[number]):,} bytes, must have {RECORD}"
        found.add(what, "fill or cut its fields to their lengths", record=number + 1)
    whole = b"".join(line[:RECORD].ljust(RECORD, bytes([SPACE])) for line in lines)
    return Frames(records_of(whole), frozenset(broken))
