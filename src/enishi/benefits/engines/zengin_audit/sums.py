"""The sums of a whole run:

reconciliation, totals, trailers, value dates and the clearing's daily capacity.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from enishi.benefits.engines.zengin_audit.books import CODES, COLUMNS
from enishi.benefits.engines.zengin_audit.files import FileFacts
from enishi.benefits.engines.zengin_audit.finding import Findings
from enishi.benefits.engines.zengin_audit.manifest import (
    MANIFEST,
    NATION,
    RECONCILIATION,
    STATE,
    BankFile,
    Manifest,
)
from enishi.benefits.engines.zengin_audit.tables import read_table
from enishi.kernel.calendar import is_banking_day, next_banking_days
from enishi.kernel.errors import BadInput

_AGAIN = "release nothing; compute the run again into a new folder"
_NAMED = 20


def check_reconciliation(
    manifest: Manifest, parts: Iterable[Mapping[str, Any]] | None, files: Iterable[FileFacts], found: Findings
) -> int:
    """Compares reconciliation/ with the books' sums (`parts`, None where some cannot be read), and with the
    bank files.

    A payer of whom a file was altered is left out there: that file is named already. Returns the number of
    rows.
    """
    schema = pl.Schema({"muni": pl.String()} | dict.fromkeys(COLUMNS, pl.Int64()))
    try:
        table = read_table(manifest.folder / RECONCILIATION, schema)
    except BadInput as error:
        found.add(error.what, error.todo, file=RECONCILIATION)
        return 0
    rows = {row["muni"]: row for row in table.iter_rows(named=True)}
    if parts is not None:
        _compare_rows(rows, parts, found)
    _check_equations(rows, manifest, found)
    records: dict[str, int] = defaultdict(int)
    yen: dict[str, int] = defaultdict(int)
    altered: set[str] = set()
    for file in files:
        payer = file.name.split("/")[1]
        if not file.intact:
            altered.add(payer)
        records[payer] += file.trailer_count
        yen[payer] += file.trailer
    for payer in sorted((rows.keys() | records.keys()) - altered):
        row = rows.get(payer, {"transfers": 0, "transfer_yen": 0})
        for name, sums, unit in (("transfers", records, "records"), ("transfer_yen", yen, "yen")):
            if sums[payer] != row[name]:
                what = f"{payer} has {row[name]:,} {unit} of transfers, its trailers say {sums[payer]:,}"
                found.add(what, _AGAIN, file=RECONCILIATION, name=name)
    return len(rows)


def _compare_rows(
    rows: Mapping[str, Mapping[str, Any]], parts: Iterable[Mapping[str, Any]], found: Findings
) -> None:
    sums: dict[str, dict[str, int]] = {}
    for part in parts:
        own = sums.setdefault(part["muni"], dict.fromkeys(COLUMNS, 0))
        for name in COLUMNS:
            own[name] += part[name]
    for muni in sorted(sums.keys() | rows.keys()):
        must = sums.get(muni) or dict.fromkeys(COLUMNS, 0)
        row = rows.get(muni)
        if row is None:
            found.add(f"has no row of {muni}", _AGAIN, file=RECONCILIATION)
            continue
        for name in COLUMNS:
            if row[name] != must[name]:
                what = f"{muni} has {row[name]:,}, the books sum to {must[name]:,}"
                found.add(what, _AGAIN, file=RECONCILIATION, name=name)


def _check_equations(rows: Mapping[str, Mapping[str, Any]], manifest: Manifest, found: Findings) -> None:
    by_state = manifest.programme.get("payer") == "state" or STATE in rows
    for muni, row in rows.items():
        pairs = {
            "persons = sum of the codes": (row["persons"], sum(row[code] for code in CODES)),
            "ledger = transfers + letters + held": (
                row["ledger_yen"],
                row["transfer_yen"] + row["letter_yen"] + row["held_yen"],
            ),
        }
        if manifest.amount is not None:
            pairs["E00 x amount = entitled yen"] = (row["E00"] * manifest.amount, row["entitled_yen"])
        if not by_state:
            pairs["entitled - paid elsewhere + paid for others = ledger"] = (
                row["entitled_yen"] - row["paid_elsewhere_yen"] + row["paid_for_others_yen"],
                row["ledger_yen"],
            )
        for equation, (left, right) in pairs.items():
            if left != right:
                what = f"{muni}: {equation} does not hold: {left:,} and {right:,}"
                found.add(what, _AGAIN, file=RECONCILIATION)
    total = {name: sum(row[name] for row in rows.values()) for name in COLUMNS}
    if total["entitled_yen"] != total["ledger_yen"]:
        what = f"entitled {total['entitled_yen']:,} yen, ledger {total['ledger_yen']:,} yen"
        found.add(what, _AGAIN, file=RECONCILIATION)
    said = _json(manifest, found)
    for place, sums in ((NATION, said), (MANIFEST, manifest.totals)):
        if sums is None:
            continue
        for name in COLUMNS:
            if not isinstance(sums, dict) or sums.get(name) != total[name]:
                value = sums.get(name) if isinstance(sums, dict) else sums
                what = f"says {value!r}, the municipalities sum to {total[name]:,}"
                found.add(what, _AGAIN, file=place, name=name)


def _json(manifest: Manifest, found: Findings) -> Any:
    try:
        return json.loads((manifest.folder / NATION).read_bytes())
    except (OSError, ValueError) as error:
        found.add(f"is no JSON: {error}", _AGAIN, file=NATION)
        return None


def check_days(manifest: Manifest, transfers: Mapping[str, int] | None, found: Findings) -> bool:
    """Value dates are banking days, batches are numbered from 1, and no day exceeds the clearing's capacity.

    `transfers`: records by payer from the ledger; None where it cannot be read in full, then the spread
    over days is not checked. Returns whether the capacity could be checked.
    """
    by_day: dict[str, int] = defaultdict(int)
    batches: dict[tuple[str, str], list[int]] = defaultdict(list)
    records: dict[tuple[str, str], int] = defaultdict(int)
    for file in manifest.bank_files:
        by_day[file.day] += file.records
        batches[file.payer, file.day].append(file.batch)
        records[file.payer, file.day] += file.records
        _check_value_date(file, manifest.value_date, found)
    for (payer, day), numbers in sorted(batches.items()):
        if numbers != list(range(1, len(numbers) + 1)):
            what = f"the batches of {day} are numbered {', '.join(map(str, numbers))}, not from 1 on"
            found.add(what, _AGAIN, file=f"zengin/{payer}")
    if transfers is None or manifest.value_date is None:
        return False
    capacity = manifest.capacity
    for day, count in sorted(by_day.items()):
        if capacity is not None and count > capacity:
            what = f"{count:,} transfers on {day}, the clearing takes {capacity:,} a day"
            found.add(what, _AGAIN, file="zengin")
    _check_spread(transfers, records, capacity, manifest.value_date, found)
    return True


def _check_value_date(file: BankFile, first: date | None, found: Findings) -> None:
    try:
        day = datetime.strptime(file.day, "%Y%m%d").date()  # noqa: DTZ007  # a civil date has no time zone
    except ValueError:
        found.add(f"{file.day} is no date", _AGAIN, file=file.name)
        return
    if not is_banking_day(day):
        found.add(f"{day} is no banking day", _AGAIN, file=file.name)
    if first is not None and day < first:
        found.add(f"{day} is before the value date {first}", _AGAIN, file=file.name)


def days_of(counts: Iterable[int], capacity: int | None, most: int) -> int | None:
    """The smallest number of days over which every payer's records spread without a day above the capacity.

    With n records and D days a payer has floor(n (d + 1) / D) - floor(n d / D) of them on day d (section
    5), so every payer pays on the last day. None where `most` days are not enough.
    """
    if capacity is None:
        return 1
    payers = np.array(list(counts), np.int64)[:, None]
    for days in range(max(1, -(-int(payers.sum()) // capacity)), most + 1):
        day = np.arange(days)
        shares = payers * (day + 1) // days - payers * day // days
        if shares.sum(axis=0).max(initial=0) <= capacity:
            return days
    return None


def _check_spread(
    transfers: Mapping[str, int],
    records: Mapping[tuple[str, str], int],
    capacity: int | None,
    first: date,
    found: Findings,
) -> None:
    used = len({day for _, day in records})
    days = days_of(transfers.values(), capacity, max(used, 1))
    if days is None:
        what = f"spread over {used} days the transfers exceed the clearing's {capacity:,} a day"
        found.add(what, _AGAIN, file="zengin")
        return
    dates = [f"{day:%Y%m%d}" for day in next_banking_days(first, days)]
    must = {
        (payer, day): share
        for payer, count in transfers.items()
        for place, day in enumerate(dates)
        if (share := count * (place + 1) // days - count * place // days)
    }
    wrong = [key for key in sorted(must.keys() | records.keys()) if must.get(key) != records.get(key)]
    for payer, day in wrong[:_NAMED]:
        what = f"{records.get((payer, day), 0):,} records on {day}, must be {must.get((payer, day), 0):,}"
        found.add(what, _AGAIN, file=f"zengin/{payer}")
    if len(wrong) > _NAMED:
        found.add(f"{len(wrong) - _NAMED:,} more payers' days are wrong", _AGAIN, file="zengin")
