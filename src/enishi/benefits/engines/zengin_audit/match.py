"""Every data record of a run's bank files against the ledger, and against the accounts of the snapshot.

A payer's records follow the ledger's transfers in the order (municipality of registration, household,
payment), part after part, file after file (docs/benefits-run.md, section 5). So the record of each
transfer has one known place: a part is compared by position, all its records at once, and only what
differs is looked at in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines.zengin_audit.finding import Finding, Findings
from enishi.benefits.engines.zengin_audit.frames import records_of
from enishi.benefits.engines.zengin_audit.layout import DATA, RECORD, first_difference, shown
from enishi.benefits.engines.zengin_audit.manifest import STATE, BankFile
from enishi.benefits.engines.zengin_audit.sieve import Bytes, Flags, Numbers, numbers_of, word_at
from enishi.platform.snapshots import Snapshot

LIMIT_OF_A_PART = 200
MOST_MOVED = 50
"""Records of one payer out of their place that are named one by one; beyond it something was inserted or
left out.
"""
FIRST_DATA_RECORD = 2
_HOLDER = DATA["holder"]
_ACCOUNT_FIELDS = (("bank code", 10**11, 10**4), ("branch code", 10**8, 10**3), ("account type", 10**7, 10))
_col = pl.col


@dataclass(frozen=True)
class Stretch:
    """Where a part's transfers of one payer stand:

    from place `first` (from 0) of all the payer's records on.
    """

    payer: str
    first: int
    files: tuple[BankFile, ...]


@dataclass(frozen=True)
class MatchTask:
    """A part's ledger, the places of its transfers, and the files that can be opened."""

    folder: Path
    part: str
    stretches: tuple[Stretch, ...]
    present: frozenset[str]
    shards: tuple[str, ...]
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Moved:
    """A record that holds another payment number than the ledger's order has at its place."""

    payer: str
    file: str
    record: int
    found: bytes
    expected: int


@dataclass(frozen=True)
class MatchFacts:
    """What a part's comparison showed.

    `astray`: yen that amounts of a file are too high; `moved_count` by payer.
    """

    part: str
    findings: tuple[Finding, ...]
    more: int
    matched: int
    moved: tuple[Moved, ...]
    moved_count: dict[str, int]
    astray: dict[str, int]


@dataclass(frozen=True)
class Expected:
    """What the records of some transfers must hold, one element a record. `holder`: (n, 30) bytes."""

    payment: Numbers
    amount: Numbers
    account: Numbers | None = None
    holder: Bytes | None = None


def match_part(task: MatchTask) -> MatchFacts:
    """Compares one part's transfers with the records that must be theirs."""
    places = {stretch.payer: stretch for stretch in task.stretches}
    transfers = _transfers(task.folder / "ledger" / f"{task.part}.parquet").filter(
        _col("payer").is_in(list(places))
    )
    records = np.zeros((transfers.height, RECORD), np.uint8)
    where = _Where(transfers.height)
    at = 0
    for payer, count in transfers.group_by("payer", maintain_order=True).len().iter_rows():
        _read_stretch(task, places[payer], records[at : at + count], where, at)
        at += count
    expected = _expected(transfers, task)
    read = where.file >= 0
    numbers = numbers_of(records)
    in_place = read & (numbers.payment == expected.payment)
    wrong = numbers.amount != expected.amount
    if expected.account is not None and expected.holder is not None:
        wrong |= (numbers.account != expected.account) | _differ(records, expected.holder)
    found = Findings(LIMIT_OF_A_PART)
    astray: dict[str, int] = defaultdict(int)
    for row in np.flatnonzero(wrong & in_place).tolist():
        file, record = where.of(row)
        if numbers.amount[row] != expected.amount[row]:
            astray[file] += int(numbers.amount[row] - expected.amount[row])
        found.take(_differences(records[row].tobytes(), expected, row, file, record))
    moved, counts = _moved(records, transfers, expected, np.flatnonzero(read & ~in_place), where)
    return MatchFacts(task.part, tuple(found), found.more, int(in_place.sum()), moved, counts, dict(astray))


def _transfers(ledger: Path) -> pl.DataFrame:
    """The part's transfers in the order of bank files: by payer, then municipality, household, payment."""
    columns = ["payment", "payer", "muni", "household", "payee", "amount"]
    read = pl.read_parquet(ledger, columns=[*columns, "route"]).filter(_col("route") == "transfer")
    transfers = read.with_columns(_col("payer", "muni").cast(pl.String))
    numbered = transfers.select(
        *columns,
        payer_number=pl.when(_col("payer") == STATE)
        .then(0)
        .otherwise(_col("payer").cast(pl.Int64, strict=False)),
    )
    return numbered.sort("payer_number", "muni", "household", "payment").select(columns)


class _Where:
    """For each record that was read:

    its file and its number there. `file` is -1 where there was nothing to read.
    """

    def __init__(self, count: int) -> None:
        self.names: list[str] = []
        self.file = np.full(count, -1, np.int32)
        self.record = np.zeros(count, np.int64)

    def of(self, row: int) -> tuple[str, int]:
        return self.names[self.file[row]], int(self.record[row])


def _read_stretch(task: MatchTask, stretch: Stretch, records: Bytes, where: _Where, at: int) -> None:
    """Fills `records` from the payer's files, and says in `where` where each came from."""
    before, wanted = 0, stretch.first
    filled = 0
    for file in stretch.files:
        within = wanted - before
        before += file.records
        if within >= file.records or filled == len(records):
            continue
        count = min(file.records - within, len(records) - filled)
        if file.name in task.present:
            with (task.folder / file.name).open("rb") as opened:
                opened.seek((within + 1) * RECORD)
                got = records_of(opened.read(count * RECORD))
            records[filled : filled + len(got)] = got
            rows = slice(at + filled, at + filled + len(got))
            where.file[rows] = len(where.names)
            where.record[rows] = np.arange(within, within + len(got)) + FIRST_DATA_RECORD
            where.names.append(file.name)
        filled += count
        wanted += count


def _expected(transfers: pl.DataFrame, task: MatchTask) -> Expected:
    payment, amount = transfers["payment"].to_numpy(), transfers["amount"].to_numpy()
    if task.snapshot is None:
        return Expected(payment, amount)
    files = [task.snapshot.folder / shard.file for shard in task.snapshot.shards if shard.name in task.shards]
    if not files:
        return Expected(payment, amount)
    names = ["bank", "branch", "account_type", "account_number", "account_holder"]
    accounts = pl.scan_parquet(files).select("person", *names).filter(_col("bank").is_not_null()).collect()
    joined = transfers.select("payee").join(
        accounts, left_on="payee", right_on="person", how="left", maintain_order="left"
    )
    bank, branch, kind, number = (
        _col(name).cast(pl.String).cast(pl.Int64, strict=False) for name in names[:4]
    )
    account = joined.select(((bank * 1000 + branch) * 10 + kind) * 10**7 + number).to_series()
    holder = joined["account_holder"].cast(pl.String).fill_null("").str.slice(0, _HOLDER.length)
    return Expected(payment, amount, account.fill_null(-1).to_numpy(), jis(holder, _HOLDER.length))


def jis(texts: pl.Series, width: int) -> Bytes:
    """Half-width texts as (n, width) bytes of JIS X 0201, spaces after them; what has no such byte becomes
    0.
    """
    whole = texts.str.pad_end(width, " ").str.join("").item() if len(texts) else ""
    units = np.frombuffer(whole.encode("utf-16-le"), np.uint16)
    return _TO_JIS[units].reshape(len(texts), width)


_FIRST_KANA, _LAST_KANA, _KANA_BYTE = 0xFF61, 0xFF9F, 0xA1


def _to_jis() -> NDArray[np.uint8]:
    table = np.zeros(1 << 16, np.uint8)
    table[0x20:0x7F] = np.arange(0x20, 0x7F)
    table[_FIRST_KANA : _LAST_KANA + 1] = np.arange(_KANA_BYTE, 0xE0)
    return table


_TO_JIS = _to_jis()


def _differ(records: Bytes, holder: Bytes) -> Flags:
    """Which records do not bear the holder expected: 30 bytes in four words, the last two overlapping."""
    wrong = np.zeros(len(records), np.bool_)
    start = _HOLDER.at - 1
    for at in (0, 8, 16, _HOLDER.length - 8):
        expected = np.ndarray((len(holder),), "<u8", holder, at, (_HOLDER.length,))
        wrong |= word_at(records, start + at) != expected
    return wrong


def _differences(raw: bytes, expected: Expected, row: int, file: str, record: int) -> Iterator[Finding]:
    for name, value, whose in _must(expected, row):
        field = DATA[name]
        found = field.of(raw)
        if found != value:
            at = field.at + first_difference(found, value)
            what = f"holds {shown(found).rstrip()!r}, must be {shown(value).rstrip()!r} ({whose})"
            yield Finding(record, name, at, what, "", file)


def _must(expected: Expected, row: int) -> Iterator[tuple[str, bytes, str]]:
    payment = int(expected.payment[row])
    yield "amount", b"%010d" % int(expected.amount[row]), f"the ledger's payment {payment}"
    if expected.account is None or expected.holder is None:
        return
    account = int(expected.account[row])
    whose = f"the payee of payment {payment} in the snapshot"
    if account < 0:
        yield "bank code", b"none", whose
        return
    for name, unit, values in _ACCOUNT_FIELDS:
        yield name, b"%0*d" % (DATA[name].length, account // unit % values), whose
    yield "account number", b"%07d" % (account % 10**7), whose
    yield "holder", expected.holder[row].tobytes(), whose


def _moved(
    records: Bytes, transfers: pl.DataFrame, expected: Expected, rows: NDArray[np.intp], where: _Where
) -> tuple[tuple[Moved, ...], dict[str, int]]:
    if not len(rows):
        return (), {}
    payers = transfers["payer"].gather(rows).to_list()
    counts: dict[str, int] = defaultdict(int)
    moved = []
    for row, payer in zip(rows.tolist(), payers, strict=True):
        counts[payer] += 1
        if counts[payer] <= MOST_MOVED:
            file, record = where.of(row)
            said = DATA["customer codes"].of(records[row].tobytes())
            moved.append(Moved(payer, file, record, said, int(expected.payment[row])))
    return tuple(moved), dict(counts)


def stretches(
    counts: Sequence[tuple[str, Mapping[str, int] | None]], files: Mapping[str, tuple[BankFile, ...]]
) -> dict[str, tuple[Stretch, ...]]:
    """For each part the places of its transfers in its payers' files.

    `counts`: parts in order with their transfers by payer, None where the ledger cannot be read. A payer's
    places after such a part are counted from the end of its files; between two such parts they are
    unknown and left out.
    """
    unread = [place for place, (_, transfers) in enumerate(counts) if transfers is None]
    placed: dict[str, list[Stretch]] = {part: [] for part, _ in counts}
    before: dict[str, int] = defaultdict(int)
    for place, (part, transfers) in enumerate(counts):
        if unread and place > unread[0]:
            break
        for payer, count in (transfers or {}).items():
            placed[part].append(Stretch(payer, before[payer], files.get(payer, ())))
            before[payer] += count
    after = {payer: sum(file.records for file in own) for payer, own in files.items()}
    for place in range(len(counts) - 1, unread[-1] if unread else len(counts), -1):
        part, transfers = counts[place]
        for payer, count in (transfers or {}).items():
            after[payer] = after.get(payer, 0) - count
            if after[payer] >= 0:
                placed[part].append(Stretch(payer, after[payer], files.get(payer, ())))
    return {part: tuple(own) for part, own in placed.items()}
