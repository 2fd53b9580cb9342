"""The second, separately written reader of bulk credit transfer files (総合振込, type 21).

It reads what a bank would read and believes nothing: `read_file` takes a file of this project's own,
strictly; `findings` takes anybody's and says what a bank would object to. It was written from the published
table of records (see docs/bank-files.md) and shares no layout with the program that writes the files.
`run` audits a whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enishi.benefits.engines.zengin_audit.finding import Finding, Findings
from enishi.benefits.engines.zengin_audit.frames import Frames, frames, read_bytes, records_of
from enishi.benefits.engines.zengin_audit.layout import (
    BANKS,
    DATA,
    HEADER,
    MOST_RECORDS,
    OURS,
    RECORD,
    TRAILER_BY_NAME,
    Field,
    Rules,
    first_difference,
    judge,
    shown,
)
from enishi.benefits.engines.zengin_audit.sieve import Columns, sieve
from enishi.kernel.errors import BadInput

LIMIT = 1000
"""Findings kept of one file."""

_HEADER, _DATA, _TRAILER, _END = b"1289"
_AMOUNT = slice(DATA["amount"].at - 1, DATA["amount"].at - 1 + DATA["amount"].length)
_ORDER = "a file is one header (1), data records (2), one trailer (8), one end (9)"


@dataclass(frozen=True)
class Header:
    """The header: who pays, on which day, from which account. `value_date` is MMDD, as in the file."""

    consignor_code: str
    originator: str
    value_date: str
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_type: str
    account_number: str


@dataclass(frozen=True)
class Trailer:
    """The trailer: number of data records, and their sum in yen."""

    count: int
    total: int


@dataclass(frozen=True)
class Record:
    """One data record. `number` is its number in the file (the first data record is 2), `amount` in yen."""

    number: int
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_type: str
    account_number: str
    holder: str
    amount: int
    customer_codes: str


@dataclass(frozen=True)
class ZenginFile:
    """A file that was read.

    `data`: its data records as (n, 120) bytes; `columns`: their numbers, one element a record.
    """

    path: Path
    header: Header
    trailer: Trailer
    data: NDArray[np.uint8]
    columns: Columns

    def __len__(self) -> int:
        return len(self.data)

    def records(self) -> Iterator[Record]:
        """The data records one by one, in the file's order."""
        for number, row in enumerate(self.data, 2):
            yield record_of(row.tobytes(), number)


def read_file(path: Path) -> ZenginFile:
    """A file as a run of this project must have written it.

    Checked: length a multiple of 120, order 1, 2 .., 8, 9, every field's characters and alignment, every
    fixed field, banks and branches with exactly their names, the value date a date, amounts above zero, no
    customer code twice, count and total of the trailer. Raises BadInput for the first fault, naming record,
    field and byte.
    """
    most = (MOST_RECORDS + 3) * RECORD
    data = read_bytes(path, most)
    found = Findings(1)
    if not data or len(data) > most:
        found.add("is empty" if not data else f"holds more than {MOST_RECORDS:,} data records")
    elif rest := len(data) % RECORD:
        found.add(f"{len(data):,} bytes are no multiple of {RECORD}: {rest} stand after the last record")
    else:
        records = records_of(data)
        columns = check(Frames(records, frozenset()), OURS, found)
    for first in found:
        raise BadInput(str(first), where=str(path), todo="do not send it; compute the run again")
    return ZenginFile(
        path, header_of(records[0].tobytes()), trailer_of(records[-2].tobytes()), records[1:-2], columns
    )


def findings(path: Path, *, ours: bool = False, limit: int = LIMIT) -> list[Finding]:
    """What is wrong with a file of anybody's, in the order of its records; empty where a bank would take it.

    Line ends, lower case, small kana and the like are findings, never an exception. `ours`: what the table
    allows but a run of this project never writes is a finding, too. At most `limit` findings, then one more
    that counts the rest. Raises BadInput only where there is no file to read.
    """
    found = Findings(limit)
    check(frames(read_bytes(path, MOST_RECORDS * (RECORD + 4)), found), OURS if ours else BANKS, found)
    if found.more:
        return [*found, Finding(0, "", 0, f"{found.more:,} more findings are not listed")]
    return list(found)


def check(cut: Frames, rules: Rules, found: Findings, columns: Columns | None = None) -> Columns:
    """Judges all records of a file and its sums.

    The columns are those of the records from 2 to the last but two; `columns`, where they are known already.
    """
    records = cut.records
    must = _order_of(len(records))
    _check_order(cut, must, found)
    if columns is None:
        columns = sieve(np.ascontiguousarray(records[1:-2]))
    closer = np.ones(len(records), np.bool_)
    closer[1:-2] = columns.suspicious
    for place in np.flatnonzero(closer).tolist():
        if records[place, 0] == must[place] and place not in cut.broken:
            layout = rules.of(int(must[place]))
            found.take(judge(records[place].tobytes(), layout, rules, place + 1))
        if found.full and found.more:
            found.more += 1
            break
    _check_customer_codes(records, columns, rules, found)
    _check_sums(records, columns, must, found)
    return columns


def _order_of(count: int) -> NDArray[np.uint8]:
    must = np.full(count, _DATA, np.uint8)
    must[-2:] = (_TRAILER, _END)[-count:] if count else ()
    must[:1] = _HEADER
    return must


def _check_order(cut: Frames, must: NDArray[np.uint8], found: Findings) -> None:
    records = cut.records
    if not len(records):
        return
    wrong = np.flatnonzero(records[:, 0] != must)
    for place in wrong.tolist():
        if place in cut.broken:
            continue
        what = f"begins with {shown(records[place, :1].tobytes())!r}, must begin with {chr(must[place])!r}"
        found.add(what, _ORDER, record=place + 1, name="record kind", byte=1)
        if found.full:
            break
    if len(records) < 4:
        found.add(f"has {len(records)} records", _ORDER)
    if len(records) > MOST_RECORDS + 3:
        found.add(f"has more than {MOST_RECORDS:,} data records", "split it")


def _check_customer_codes(
    records: NDArray[np.uint8], columns: Columns, rules: Rules, found: Findings
) -> None:
    sound = np.flatnonzero(~columns.suspicious)
    payments = columns.payment[sound]
    if not rules.ours or len(payments) < 2 or (payments[1:] > payments[:-1]).all():
        return
    order = np.argsort(payments, kind="stable")
    ascending = payments[order]
    for again in np.flatnonzero(ascending[1:] == ascending[:-1]).tolist():
        first, second = sound[order[again]] + 2, sound[order[again + 1]] + 2
        found.add(
            f"payment {ascending[again]} stands in record {first} already",
            "pay nobody twice: do not send the file",
            record=int(second),
            name="customer codes",
            byte=DATA["customer codes"].at,
        )


def _check_sums(
    records: NDArray[np.uint8], columns: Columns, must: NDArray[np.uint8], found: Findings
) -> None:
    if len(records) > 2 and (records[:, 0] == must).all() and not columns.suspicious.any():
        _compare_sums(records, len(records) - 2, len(columns.amount), int(columns.amount.sum()), found)
        return
    data = records[records[:, 0] == _DATA] if len(records) else records
    trailers = np.flatnonzero(records[:, 0] == _TRAILER).tolist() if len(records) else []
    if len(trailers) != 1:
        if len(trailers) > 1:
            found.add(f"has {len(trailers)} trailers", "split it: one header and one trailer a file")
        return
    amounts = data[:, _AMOUNT]
    readable = ((amounts >= 0x30) & (amounts <= 0x39)).all()
    yen = int(((amounts - 0x30) @ 10 ** np.arange(9, -1, -1)).sum()) if len(data) else 0
    _compare_sums(records, trailers[0], len(data), yen if readable else None, found)


def _compare_sums(
    records: NDArray[np.uint8], place: int, records_there: int, yen: int | None, found: Findings
) -> None:
    """Compares the trailer with what is there. `yen`: None where an amount cannot be read."""
    raw = records[place].tobytes()
    for name, there, unit in (("count", records_there, "records"), ("total", yen, "yen")):
        field = TRAILER_BY_NAME[name]
        said = field.of(raw)
        if there is not None and said.isdigit() and int(said) != there:
            what = f"says {int(said):,} {unit}, the data records make {there:,}"
            must = b"%0*d" % (field.length, there)
            at = field.at + (first_difference(said, must) if len(must) == len(said) else 0)
            found.add(what, "do not send it", record=place + 1, name=name, byte=at)


def _text(field: Field, raw: bytes) -> str:
    return field.of(raw).decode("cp932").rstrip(" ")


def header_of(raw: bytes) -> Header:
    """A sound header record in words."""
    names = (
        "consignor code", "originator", "value date", "bank code", "bank name", "branch code", "branch name",
        "account type", "account number",
    )  # fmt: skip
    return Header(*(_text(HEADER[name], raw) for name in names))


def trailer_of(raw: bytes) -> Trailer:
    """A sound trailer record in numbers."""
    return Trailer(*(int(TRAILER_BY_NAME[name].of(raw)) for name in ("count", "total")))


def record_of(raw: bytes, number: int) -> Record:
    """A sound data record in words. `number`: its number in the file."""
    said = {name: _text(field, raw) for name, field in DATA.items()}
    return Record(
        number, said["bank code"], said["bank name"], said["branch code"], said["branch name"],
        said["account type"], said["account number"], said["holder"], int(said["amount"]),
        said["customer codes"],
    )  # fmt: skip
