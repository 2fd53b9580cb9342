"""One originator's bank files as bytes: days, batches, header, data records, trailer and end (section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from enishi.kernel.errors import Disagreement

RECORD = 120
MOST_YEN = 999_999_999_999
"""A trailer has twelve digits for its total."""

POWERS = 10 ** np.arange(9, -1, -1, dtype=np.int64)
Totals = npt.NDArray[np.int64]

END = b"9" + b" " * 119


@dataclass(frozen=True)
class Originator:
    """What a header says of an originator (委託者), half-width.

    `bank_and_branch`: the 37 characters of bank, its name, branch, its name.
    """

    consignor_code: str
    name: str
    bank_and_branch: str
    account_type: str
    account_number: str

    def header(self, day: date) -> bytes:
        """The header record of a file with value date `day`; 120 bytes, JIS X 0201."""
        text = (
            f"1210{self.consignor_code}{self.name:<40}{day:%m%d}{self.bank_and_branch}{self.account_type}"
            f"{self.account_number}{'':17}"
        )
        return text.encode("cp932")


@dataclass
class _Batch:
    """The batch that is being filled."""

    name: str
    records: int = 0
    yen: int = 0

    def takes(self, totals: Totals, limit: int) -> int:
        """How many of the next records go into this batch before it is full; `totals`: of the next 1, 2, 3, ..."""
        return min(limit - self.records, int(np.searchsorted(totals, MOST_YEN - self.yen, side="right")))

    def ending(self) -> bytes:
        """Trailer and end record."""
        return f"8{self.records:06d}{self.yen:012d}{'':101}".encode("ascii") + END


def yen_of(records: bytes) -> Totals:
    """The yen of each data record: its bytes 81 to 90."""
    digits = np.frombuffer(records, np.uint8).reshape(-1, RECORD)[:, 80:90] - ord("0")
    return digits @ POWERS


def files_of_payer(
    originator: Originator,
    pieces: Iterable[bytes],
    count: int,
    days: tuple[date, ...],
    *,
    batch_records: int,
) -> Iterator[tuple[str, bytes]]:
    """The bank files of one originator in order, in pieces of whole records: (file name, bytes).

    `pieces`: its data records in order; `count`: how many there are in all; `days`: the banking days over which
    all originators spread. Raises Disagreement when there are not `count`.
    """
    done, day, number = 0, 0, 0
    end_of_day = count // len(days)
    batch: _Batch | None = None
    for records in pieces:
        yens = yen_of(records)
        at = 0
        while at < len(yens):
            while done == end_of_day and day < len(days):
                if batch is not None:
                    yield batch.name, batch.ending()
                batch, number, day = None, 0, day + 1
                end_of_day = count * (day + 1) // len(days)
            if day == len(days):
                raise _other_count(count)
            totals = np.cumsum(yens[at : at + end_of_day - done])
            taken = 0 if batch is None else batch.takes(totals, batch_records)
            if batch is None or taken == 0:
                if batch is not None:
                    yield batch.name, batch.ending()
                number += 1
                batch = _Batch(f"{days[day]:%Y%m%d}-{number:03d}.txt")
                yield batch.name, originator.header(days[day])
                continue
            yield batch.name, records[at * RECORD : (at + taken) * RECORD]
            batch.records += taken
            batch.yen += int(totals[taken - 1])
            at, done = at + taken, done + taken
    if done != count:
        raise _other_count(count)
    if batch is not None:
        yield batch.name, batch.ending()


def _other_count(count: int) -> Disagreement:
    return Disagreement(
        f"the segments do not hold the {count} transfers that were counted",
        where="second opinion",
        todo="the second opinion's working folder is damaged: delete it and run the same command again",
    )
