"""What every bank file must hold (docs/benefits-run.md, section 5), byte for byte against what lies there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from enishi.benefits.engines.second.banks import is_bank, names
from enishi.benefits.engines.second.batches import RECORD, Originator, files_of_payer
from enishi.benefits.engines.second.connection import database, parquet, readable
from enishi.benefits.engines.second.kana import is_party_text
from enishi.benefits.engines.second.sums import collect_sums, part_files
from enishi.benefits.rules.programme import Programme
from enishi.kernel.calendar import is_banking_day, next_banking_days
from enishi.kernel.errors import BadInput

AT_ONCE = 8_192
"""Records read at a time."""


def judge_bank_files(
    programme: Programme,
    snapshot: Path,
    work: Path,
    out: Path,
    parts: Sequence[str],
    payers: Sequence[str] | None = None,
) -> list[str]:
    """Compares the bank files in `out/zengin/` with what was judged of all `parts` of the run.

    `payers`: whose files (an originator may have none); None: all, and then nothing else may lie there.
    Returns the differences in plain words, one for each file that differs, is missing or surplus; empty when
    equal. Streams: memory does not grow with the nation. Raises BadInput for an originator that cannot head a
    bank file, for a `daily_capacity` that no number of days keeps, and for shards that are not in the order of
    households; Disagreement when a part has not been judged.
    """
    folder = out / "zengin"
    with database(work, memory="200MB") as connection:
        collect_sums(connection, work, parts)
        _check_order(connection)
        counts = _counts(connection)
        judged = sorted(counts if payers is None else set(payers))
        originators = _originators(connection, programme, snapshot, counts.keys() & set(judged))
        days = next_banking_days(_value_date(programme), days_needed(programme, counts))
        differences = _surplus_folders(folder, counts) if payers is None else []
        stretches = _stretches(connection)
        for payer in judged:
            files: Iterable[tuple[str, bytes]] = ()
            if payer in counts:
                pieces = _records(work, stretches[payer])
                files = files_of_payer(
                    originators[payer], pieces, counts[payer], days, batch_records=programme.batch_records
                )
            differences += _compare(folder, payer, files)
        return differences


def days_needed(programme: Programme, counts: dict[str, int]) -> int:
    """D of section 5: the smallest number of days that keeps each day within `daily_capacity` (transfers).

    `counts`: transfers of each payer. Of n records, the last of D days carries n - floor(n (D-1) / D), which
    is n / D rounded up, and no day carries more; so the sum of these decides, and it never grows with D.
    Raises BadInput when there are more payers than the capacity: each has a transfer on the last day.
    """
    sizes = [count for count in counts.values() if count > 0]
    capacity = programme.daily_capacity
    if capacity is None or not sizes:
        return 1
    if capacity < len(sizes):
        raise BadInput(
            f"{len(sizes)} payers cannot keep to {capacity} transfers a day: on the last day each has one",
            where=f"programme {programme.name}, daily_capacity",
            todo="raise daily_capacity to the number of payers at least, or leave it out",
        )
    least, enough = 1, max(sizes)
    while least < enough:
        days = (least + enough) // 2
        if sum(-(-size // days) for size in sizes) <= capacity:
            enough = days
        else:
            least = days + 1
    return least


def _value_date(programme: Programme) -> date:
    if not is_banking_day(programme.value_date):
        raise BadInput(
            f"{programme.value_date} is not a banking day",
            where=f"programme {programme.name}, value_date",
            todo="choose a day on which banks settle",
        )
    return programme.value_date


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Transfers of each payer that has any."""
    return dict(
        connection.execute(
            "SELECT payer, sum(transfers)::BIGINT FROM sums WHERE transfers > 0 GROUP BY payer"
        ).fetchall()
    )


def _check_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises BadInput where the households of two parts lie among each other in one municipality."""
    mixed = connection.execute(
        """SELECT muni FROM sums WHERE transfers > 0
        QUALIFY first_household <= lag(last_household) OVER (PARTITION BY payer, muni ORDER BY first_household)
        ORDER BY muni LIMIT 1"""
    ).fetchone()
    if mixed is not None:
        raise BadInput(
            f"the households of {mixed[0]} are not in order over the shards",
            where="snapshot, persons",
            todo="build the snapshot again: its rows are ordered by muni, household, person",
        )


def _stretches(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int, int]]]:
    """Where the records of each payer lie, in the order of its bank files: (part, first record, records)."""
    rows = connection.execute(
        """SELECT payer, list((part, start, transfers) ORDER BY muni, first_household)
        FROM (
            SELECT *, (sum(transfers) OVER (PARTITION BY part ORDER BY payer, muni) - transfers)::BIGINT AS start
            FROM sums WHERE transfers > 0
        ) GROUP BY payer"""
    ).fetchall()
    return dict(rows)


def _records(work: Path, stretches: Iterable[tuple[str, int, int]]) -> Iterator[bytes]:
    """The data records of these stretches, some at a time."""
    for part, start, count in stretches:
        with part_files(work, part)[0].open("rb") as file:
            file.seek(start * RECORD)
            for done in range(0, count, AT_ONCE):
                yield file.read(min(AT_ONCE, count - done) * RECORD)


def _originators(
    connection: duckdb.DuckDBPyConnection, programme: Programme, snapshot: Path, payers: Iterable[str]
) -> dict[str, Originator]:
    """Who heads the bank files of these payers. Raises BadInput that names file, row and column."""
    if programme.payer == "state":
        said = programme.state_originator or {}
        return {payer: _originator(said, f"programme {programme.name}, state_originator") for payer in payers}
    columns = ("consignor_code", "originator", "bank", "branch", "account_type", "account_number")
    file = snapshot / "municipalities.parquet"
    with readable(connection, {file.name: file}, ", ".join(("muni", *columns))):
        rows = connection.execute(
            f"SELECT muni, file_row_number + 1, {', '.join(columns)} FROM {parquet(file)}"
        ).fetchall()
    wanted = set(payers)
    return {
        muni: _originator(dict(zip(columns, said, strict=True)), f"{file.name}, row {row}")
        for muni, row, *said in rows
        if muni in wanted
    }


def _originator(said: Mapping[str, str | None], where: str) -> Originator:
    """Checks what a header needs: sections 4 and 5."""
    code, name = said.get("consignor_code") or "", said.get("originator") or ""
    bank, branch = said.get("bank") or "", said.get("branch") or ""
    kind, number = said.get("account_type") or "", said.get("account_number") or ""
    faults = {
        "consignor_code": not re.fullmatch("[0-9]{10}", code),
        "originator": not (is_party_text(name) and len(name) <= 40),
        "bank": not is_bank(bank),
        "branch": names(bank, branch) is None,
        "account_type": not re.fullmatch("[1249]", kind),
        "account_number": not re.fullmatch("[0-9]{7}", number),
    }
    for column, faulty in faults.items():
        if faulty:
            raise BadInput(
                f"{said.get(column)!r} cannot stand in the header of a bank file",
                where=f"{where}, column {column}",
                todo="correct the originator's account at its designated financial institution",
            )
    return Originator(code, name, names(bank, branch) or "", kind, number)


def _surplus_folders(folder: Path, payers: Iterable[str]) -> list[str]:
    found = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    return [f"{folder.name}/{name}: surplus, nobody pays by it" for name in sorted(found - set(payers))]


def _compare(folder: Path, payer: str, pieces: Iterable[tuple[str, bytes]]) -> list[str]:
    """The differences between the files of one payer and what they must be."""
    found = {entry.name for entry in (folder / payer).iterdir()} if (folder / payer).is_dir() else set()
    differences = []
    for name, parts in groupby(pieces, key=itemgetter(0)):
        if name in found:
            found.remove(name)
            difference = _difference(folder / payer / name, (piece for _name, piece in parts))
        else:
            difference = "missing"
        if difference:
            differences.append(f"{folder.name}/{payer}/{name}: {difference}")
    return differences + [
        f"{folder.name}/{payer}/{name}: surplus, nothing is paid by it" for name in sorted(found)
    ]


def _difference(file: Path, pieces: Iterable[bytes]) -> str:
    """The first difference in one file, in words; empty when there is none."""
    place = 0
    with file.open("rb") as stream:
        for expected in pieces:
            there = stream.read(len(expected))
            if there != expected:
                return _first_byte(expected, there, place)
            place += len(expected)
        surplus = len(stream.read(1))
    return f"goes on after record {place // RECORD}, where it must end" if surplus else ""


def _first_byte(expected: bytes, there: bytes, place: int) -> str:
    common = min(len(expected), len(there))
    at = next((at for at in range(common) if expected[at] != there[at]), common)
    record, byte = divmod(place + at, RECORD)
    where = f"record {record + 1}, byte {byte + 1}"
    if at == len(there):
        return f"ends before {where}"
    return f"{where}: expected {_shown(expected[at])}, found {_shown(there[at])}"


def _shown(byte: int) -> str:
    return f"{bytes([byte]).decode('cp932', errors='replace')!r} (0x{byte:02X})"
