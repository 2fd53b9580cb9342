"""Records out of their place:

which payment stands where another must, which are missing, surplus, or there twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from enishi.benefits.engines.zengin_audit.finding import Finding
from enishi.benefits.engines.zengin_audit.frames import records_of
from enishi.benefits.engines.zengin_audit.layout import DATA, first_difference, shown
from enishi.benefits.engines.zengin_audit.manifest import BankFile
from enishi.benefits.engines.zengin_audit.match import FIRST_DATA_RECORD, MOST_MOVED, MatchFacts, Moved
from enishi.benefits.engines.zengin_audit.sieve import Numbers, numbers_of

_FIELD = DATA["customer codes"]
_NAMED = 20
_NOT_THIS = "do not send the file"


def explain_moved(
    folder: Path,
    matches: Sequence[MatchFacts],
    uneven: set[str],
    files: Mapping[str, tuple[BankFile, ...]],
    parts: Sequence[str],
    present: frozenset[str],
) -> list[Finding]:
    """Explains what comparison by position could not: a few records one by one, many by comparing whole
    sets of payments.

    `uneven`: payers whose files do not hold as many records as the ledger has transfers; `parts`: those
    whose ledger can be read; `present`: files that can be opened.
    """
    by_payer: dict[str, list[Moved]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for match in matches:
        for one in match.moved:
            by_payer[one.payer].append(one)
        for payer, count in match.moved_count.items():
            counts[payer] += count
    many = uneven | {payer for payer, count in counts.items() if count > MOST_MOVED}
    home = {one.expected: one for moved in by_payer.values() for one in moved}
    findings: list[Finding] = []
    for payer in sorted(counts.keys() | many):
        if payer in many:
            findings += _by_sets(folder, payer, by_payer[payer], counts[payer], files, parts, present)
        else:
            findings += [_one_by_one(one, home) for one in by_payer[payer]]
    return findings


def _one_by_one(one: Moved, home: Mapping[int, Moved]) -> Finding:
    must = f"{one.expected:020}"
    at = _FIELD.at + first_difference(one.found, must.encode())
    what = f"holds {shown(one.found)!r}, must be {must!r}: the ledger's order has this payment here"
    if one.found.isdigit() and (belongs := home.get(int(one.found))):
        what += f"; the payment found belongs in {belongs.file}, record {belongs.record}"
    return Finding(one.record, _FIELD.name, at, what, _NOT_THIS, one.file)


def _by_sets(
    folder: Path,
    payer: str,
    moved: Sequence[Moved],
    count: int,
    files: Mapping[str, tuple[BankFile, ...]],
    parts: Sequence[str],
    present: frozenset[str],
) -> Iterator[Finding]:
    if moved:
        first = min(moved, key=lambda one: (one.file, one.record))
        what = f"from this record on, {count:,} records are not where the ledger's order has them"
        yield Finding(first.record, _FIELD.name, _FIELD.at, what, _NOT_THIS, first.file)
    own = [file for file in files.get(payer, ()) if file.name in present]
    payments, places = _payments(folder, own)
    seen = np.zeros(len(payments), np.bool_)
    missing: list[int] = []
    gone = 0
    for part in parts:
        ledger = pl.scan_parquet(folder / "ledger" / f"{part}.parquet").with_columns(
            pl.col("payer", "route").cast(pl.String)
        )
        wanted = (
            ledger.filter((pl.col("payer") == payer) & (pl.col("route") == "transfer"))
            .select("payment")
            .collect()["payment"]
            .to_numpy()
        )
        at = np.searchsorted(payments, wanted)
        there = payments[np.minimum(at, len(payments) - 1)] == wanted if len(payments) else wanted < 0
        seen[at[there]] = True
        gone += int((~there).sum())
        missing += wanted[~there][: _NAMED - len(missing)].tolist()
    for payment in missing:
        what = f"payment {payment} of the ledger stands in no file of {payer}"
        yield Finding(0, _FIELD.name, 0, what, "restore the files", f"zengin/{payer}")
    if gone > len(missing):
        what = f"{gone - len(missing):,} more payments of the ledger stand in no file of {payer}"
        yield Finding(0, _FIELD.name, 0, what, "restore the files", f"zengin/{payer}")
    again = np.zeros(len(payments), np.bool_)
    again[1:] = payments[1:] == payments[:-1]
    for flags, what in (
        (again, "stands in another record, too: it would be paid twice"),
        (~seen & ~again, f"is no transfer of {payer} in the ledger"),
    ):
        rows = np.flatnonzero(flags)
        for row in rows[:_NAMED].tolist():
            name, record = places.of(row)
            yield Finding(record, _FIELD.name, _FIELD.at, f"payment {payments[row]} {what}", _NOT_THIS, name)
        if len(rows) > _NAMED:
            more = f"{len(rows) - _NAMED:,} more payments: each {what}"
            yield Finding(0, _FIELD.name, 0, more, _NOT_THIS, f"zengin/{payer}")


class _Places:
    """File and record number of payments sorted by number."""

    def __init__(self, names: list[str], starts: list[int], order: Numbers) -> None:
        self._names, self._starts, self._order = names, np.array(starts, np.int64), order

    def of(self, row: int) -> tuple[str, int]:
        place = int(self._order[row])
        file = int(np.searchsorted(self._starts, place, side="right")) - 1
        return self._names[file], place - int(self._starts[file]) + FIRST_DATA_RECORD


def _payments(folder: Path, files: Sequence[BankFile]) -> tuple[Numbers, _Places]:
    """The payment numbers of all data records, ascending, and where each stands."""
    parts, names, starts, before = [np.zeros(0, np.int64)], [], [], 0
    for file in files:
        records = records_of((folder / file.name).read_bytes())
        data = np.ascontiguousarray(records[records[:, 0] == ord("2")])
        names.append(file.name)
        starts.append(before)
        before += len(data)
        parts.append(numbers_of(data).payment)
    payments = np.concatenate(parts)
    order = np.argsort(payments, kind="stable")
    return payments[order], _Places(names, starts, order)
