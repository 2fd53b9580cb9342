"""One originator's bank files as bytes: days, batches, header, data records, trailer and end (section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from enishi.kernel.errors import Disagreement

RECORD = 120
MOST_YEN = 999_999_999_999
"""A trailer has twelve digits for its total."""

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

    def takes(self, yens: list[int], limit: int) -> int:
        """How many of the next records go into this batch before it is full."""
        room = min(limit - self.records, len(yens))
        yens = yens[:room]
        if self.yen + sum(yens) <= MOST_YEN:
            return room
        total = self.yen
        for taken, yen in enumerate(yens):
            total += yen
            if total > MOST_YEN:
                return taken
        return room

    def ending(self) -> bytes:
        """Trailer and end record."""
        return f"8{self.records:06d}{self.yen:012d}{'':101}".encode("ascii") + END


def files_of_payer(
    originator: Originator,
    rows: Iterable[tuple[list[str], list[int]]],
    count: int,
    days: tuple[date, ...],
    *,
    batch_records: int,
) -> Iterator[tuple[str, bytes]]:
    """The bank files of one originator in order, in pieces of whole records: (file name, bytes).

    `rows`: its data records (120 characters each) and their yen, in order; `count`: how many there are in
    all; `days`: the banking days over which all originators spread. Raises Disagreement when there are not
    `count`.
    """
    done, day, number = 0, 0, 0
    end_of_day = count // len(days)
    batch: _Batch | None = None
    for records, yens in rows:
        at = 0
        while at < len(records):
            while done == end_of_day and day < len(days):
                if batch is not None:
                    yield batch.name, batch.ending()
                batch, number, day = None, 0, day + 1
                end_of_day = count * (day + 1) // len(days)
            if day == len(days):
                raise _other_count(count)
            todays = min(len(records) - at, end_of_day - done)
            taken = 0 if batch is None else batch.takes(yens[at : at + todays], batch_records)
            if batch is None or taken == 0:
                if batch is not None:
                    yield batch.name, batch.ending()
                number += 1
                batch = _Batch(f"{days[day]:%Y%m%d}-{number:03d}.txt")
                yield batch.name, originator.header(days[day])
                continue
            until = at + taken
            yield batch.name, "".join(records[at:until]).encode("cp932")
            batch.records += taken
            batch.yen += sum(yens[at:until])
            at, done = until, done + taken
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
