"""Writes bank files: 総合振込 (bulk credit transfer, type 21), 120 bytes a record (docs/benefits-run.md, 5).

Records are rows of a NumPy matrix of bytes, (n, 120) uint8, in JIS X 0201; no text is built record by record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines.banks import NAME_WIDTH, directory
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import ZENGIN_PARTY

WIDTH = 120
HOLDER_WIDTH = 30
ORIGINATOR_WIDTH = 40
MOST_YEN_IN_BATCH = 999_999_999_999
MOST_YEN_IN_RECORD = 9_999_999_999
END = b"9" + b" " * (WIDTH - 1)
Bytes = NDArray[np.uint8]


@cache
def _single_bytes() -> Bytes:
    """UTF-16 code unit -> JIS X 0201 byte of the Zengin party set; 0 where there is none."""
    table = np.zeros(1 << 16, np.uint8)
    for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ()-.":
        table[ord(character)] = ord(character)
    for code in range(0xFF71, 0xFFA0):  # ｱ..ﾝ ﾞ ﾟ
        table[code] = code - 0xFF61 + 0xA1
    return table


def bytes_of(texts: pl.Series, width: int) -> Bytes:
    """(n, width) bytes of texts, left-aligned and padded with spaces; 0 where a character has no place in a bank file.

    Raises ValueError where a text is longer than `width`.
    """
    joined = texts.str.pad_end(width).str.join("").item() if len(texts) else ""
    if len(joined) != len(texts) * width:
        raise ValueError(f"a text is longer than {width} characters")
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    if len(units) != len(joined):
        raise ValueError("a character lies beyond the Basic Multilingual Plane")
    return _single_bytes()[units].reshape(len(texts), width)


@cache
def _institutions() -> Bytes:
    """(branches, 37): bank, its name, branch, its name, in the order of `banks.directory()`."""
    names = directory()
    return np.hstack(
        [
            bytes_of(names["bank"], 4),
            bytes_of(names["bank_name"], NAME_WIDTH),
            bytes_of(names["branch"], 3),
            bytes_of(names["branch_name"], NAME_WIDTH),
        ]
    )


def ascii_of(texts: pl.Series, width: int) -> Bytes:
    """(n, width) bytes of ASCII texts that all have this width. Raises ValueError for any other."""
    joined = (texts.str.join("").item() if len(texts) else "").encode("ascii")
    return np.frombuffer(joined, np.uint8).reshape(len(texts), width)


@cache
def _four_digits() -> Bytes:
    """(10000, 4): the digits of 0000 to 9999."""
    return ascii_of(pl.Series(f"{number:04}" for number in range(10_000)), 4)


def digits_of(numbers: NDArray[np.int64], width: int) -> Bytes:
    """(n, width) decimal digits, right-aligned and padded with zeros."""
    fours = -(-width // 4)
    out = np.empty((len(numbers), fours * 4), np.uint8)
    rest = numbers
    for place in range(fours - 1, -1, -1):
        rest, four = np.divmod(rest, 10_000)
        out[:, place * 4 : place * 4 + 4] = _four_digits()[four]
    return out[:, fours * 4 - width :]


def data_records(transfers: pl.DataFrame) -> Bytes:
    """(n, 120) data records.

    Columns used: `institution` (row of `banks.directory()`), `account_type`, `account_number`, `account_holder`, `amount`,
    `payment`.
    """
    amounts = transfers["amount"].to_numpy()
    if len(amounts) and int(amounts.max()) > MOST_YEN_IN_RECORD:
        raise BadInput(
            f"a payment of {int(amounts.max())} yen does not fit in a bank file",
            todo=f"a transfer carries at most {MOST_YEN_IN_RECORD} yen",
        )
    records = np.full((len(transfers), WIDTH), ord(" "), np.uint8)
    records[:, 0] = ord("2")
    records[:, 1:38] = _institutions()[transfers["institution"].to_numpy()]
    records[:, 38:42] = ord("0")
    records[:, 42:43] = ascii_of(transfers["account_type"], 1)
    records[:, 43:50] = ascii_of(transfers["account_number"], 7)
    records[:, 50:80] = bytes_of(transfers["account_holder"], HOLDER_WIDTH)
    records[:, 80:90] = digits_of(amounts, 10)
    records[:, 90] = ord("0")
    records[:, 91:111] = digits_of(transfers["payment"].to_numpy(), 20)
    records[:, 111] = ord("7")
    return records


def yen_of(records: Bytes) -> NDArray[np.int64]:
    """Yen of each data record, int64."""
    total = np.zeros(len(records), np.int64)
    for digit in np.ascontiguousarray(records[:, 80:90].T):
        total = total * 10 + (digit - ord("0"))
    return total


@cache
def _branch_rows() -> dict[tuple[str, str], int]:
    """(bank, branch) -> row of `banks.directory()`."""
    names = directory()
    return {key: row for row, key in enumerate(zip(names["bank"], names["branch"], strict=True))}


def header(originator: Mapping[str, str], day: date) -> bytes:
    """The header record of one originator.

    Uses `consignor_code`, `originator`, `bank`, `branch`, `account_type`, `account_number`. Raises BadInput for a branch that
    does not exist or a name that banks refuse.
    """
    row = _branch_rows().get((originator["bank"], originator["branch"]))
    if row is None:
        raise BadInput(
            f"bank {originator['bank']}, branch {originator['branch']} of the originator does not exist",
            where=originator["originator"],
            todo="correct the originator's account",
        )
    name = originator["originator"].ljust(ORIGINATOR_WIDTH).encode("cp932", "replace")
    if len(name) != ORIGINATOR_WIDTH or not ZENGIN_PARTY.issuperset(originator["originator"]):
        raise BadInput(
            "the originator's name is too long or has a character that banks refuse",
            where=originator["originator"],
            todo="correct the name in municipalities.parquet or in the programme",
        )
    return b"".join(
        [
            b"1210",
            originator["consignor_code"].encode("ascii"),
            name,
            day.strftime("%m%d").encode("ascii"),
            _institutions()[row].tobytes(),
            originator["account_type"].encode("ascii"),
            originator["account_number"].encode("ascii"),
            b" " * 17,
        ]
    )


def trailer(records: int, yen: int) -> bytes:
    """The trailer record: count and total."""
    return b"8" + f"{records:06}{yen:012}".encode("ascii") + b" " * 101


@dataclass
class Batch:
    """One bank file while it is written; its totals go into its trailer."""

    path: Path
    records: int = 0
    yen: int = 0
    _parts: list[bytes | memoryview] = field(default_factory=list)

    def name(self) -> str:
        return self.path.name


class PayerFiles:
    """Writes all bank files of one originator from its records in order: days first, then batches within a day."""

    def __init__(
        self, folder: Path, originator: Mapping[str, str], count: int, days: list[date], most_records: int
    ) -> None:
        self.folder = folder
        self.originator = originator
        self.count = count
        self.days = days
        self.most_records = most_records
        self.files: list[Batch] = []
        self._seen = 0
        self._day = -1
        self._open: Batch | None = None

    def write(self, records: Bytes) -> None:
        """Takes the next records, (n, 120)."""
        start = 0
        yen = yen_of(records)
        while start < len(records):
            batch = self._batch_for_next(int(yen[start]))
            room = min(
                self._day_ends(self._day) - self._seen,
                self.most_records - batch.records,
                len(records) - start,
            )
            running = batch.yen + np.cumsum(yen[start : start + room])
            fits = int(np.searchsorted(running, MOST_YEN_IN_BATCH, side="right"))
            stop = start + fits
            batch._parts.append(records[start:stop].data)
            batch.records += fits
            batch.yen = int(running[fits - 1])
            self._seen += fits
            start = stop

    def close(self) -> list[Batch]:
        """Ends the last file. Returns all files in order."""
        self._finish()
        if self._seen != self.count:
            raise ValueError(f"{self._seen} records came where {self.count} were announced")
        return self.files

    def _day_ends(self, day: int) -> int:
        return self.count * (day + 1) // len(self.days)

    def _batch_for_next(self, yen: int) -> Batch:
        """The open batch if the next record still belongs and fits, else a new one."""
        day = self._day
        while day < 0 or self._seen >= self._day_ends(day):
            day += 1
        batch = self._open
        if (
            batch is None
            or day != self._day
            or batch.records >= self.most_records
            or batch.yen + yen > MOST_YEN_IN_BATCH
        ):
            self._finish()
            number = 1 + sum(file.name().startswith(f"{self.days[day]:%Y%m%d}") for file in self.files)
            batch = Batch(self.folder / f"{self.days[day]:%Y%m%d}-{number:03}.txt")
            batch._parts.append(header(self.originator, self.days[day]))
            self.files.append(batch)
            self._open, self._day = batch, day
        return batch

    def _finish(self) -> None:
        if (batch := self._open) is None:
            return
        batch._parts += [trailer(batch.records, batch.yen), END]
        with batch.path.open("wb") as file:
            file.writelines(batch._parts)
        batch._parts.clear()
        self._open = None


def days_needed(counts: Mapping[str, int], daily_capacity: int | None) -> int:
    """The smallest number of days on which each originator's even share keeps every day within the clearing's capacity."""
    if daily_capacity is None:
        return 1
    numbers = np.array([count for count in counts.values() if count], np.int64)
    if daily_capacity < len(numbers):
        raise BadInput(
            f"the clearing carries {daily_capacity} transfers a day; {len(numbers)} originators each have one on the last",
            where="daily_capacity",
            todo=f"raise the programme's daily_capacity to at least {len(numbers)}, or leave it null",
        )
    days = max(1, -(-int(numbers.sum()) // daily_capacity))
    while True:
        borders = numbers[:, None] * np.arange(days + 1) // days
        if int(np.diff(borders, axis=1).sum(axis=0).max(initial=0)) <= daily_capacity:
            return days
        days += 1


def read_records(segment: BinaryIO, offset: int, count: int, chunk: int = 100_000) -> Iterator[Bytes]:
    """Records of one originator out of a part's segment file, at most `chunk` at a time."""
    segment.seek(offset * WIDTH)
    while count:
        data = segment.read(min(count, chunk) * WIDTH)
        if not data or len(data) % WIDTH:
            raise ValueError(f"{segment.name} is shorter than its receipt says")
        records = np.frombuffer(data, np.uint8).reshape(-1, WIDTH)
        count -= len(records)
        yield records
