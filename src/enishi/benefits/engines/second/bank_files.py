"""What every bank file must hold (docs/benefits-run.md, section 5), byte for byte against what lies there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from enishi.benefits.engines.second.banks import directory, is_bank
from enishi.benefits.engines.second.batches import RECORD, Originator, files_of_payer
from enishi.benefits.engines.second.connection import database, literal, parquet, readable
from enishi.benefits.engines.second.kana import is_party_text
from enishi.benefits.engines.second.parts import add_sums
from enishi.benefits.rules.programme import Programme
from enishi.kernel.calendar import is_banking_day, next_banking_days
from enishi.kernel.errors import BadInput

MEMORY = "120MB"
AT_ONCE = 8_192
"""Records taken from the database at a time."""
A_QUERY = 100_000
"""Records that one query sorts, but for a municipality that has more."""


def judge_bank_files(
    programme: Programme, snapshot: Path, work: Path, out: Path, payers: list[str] | None = None
) -> list[str]:
    """Compares the bank files in `out/zengin/` with what the segments of all shards say that they must be.

    `payers`: whose files (an originator may have none); None: all, and then nothing else may lie there.
    Returns the differences in plain words, one for each file that differs, is missing or surplus; empty when
    equal. Streams: memory does not grow with the nation. Raises BadInput for an originator that cannot head a
    bank file and for a `daily_capacity` that no number of days keeps; Disagreement when a shard has not been
    judged.
    """
    folder = out / "zengin"
    with database(work, memory=MEMORY) as (connection, _scratch):
        add_sums(connection, snapshot, work)
        counts = _counts(connection)
        judged = sorted(counts if payers is None else set(payers))
        originators = _originators(connection, programme, snapshot, counts.keys() & set(judged))
        days = next_banking_days(_value_date(programme), days_needed(programme, counts))
        differences = _surplus_folders(folder, counts) if payers is None else []
        for payer in judged:
            if payer not in counts:
                differences += _compare(folder, payer, ())
        for payer, parts in groupby(_records(connection, work, judged), key=itemgetter(0)):
            rows = ((records, yens) for _payer, records, yens in parts)
            pieces = files_of_payer(
                originators[payer], rows, counts[payer], days, batch_records=programme.batch_records
            )
            differences += _compare(folder, payer, pieces)
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


def _records(
    connection: duckdb.DuckDBPyConnection, work: Path, payers: list[str]
) -> Iterator[tuple[str, list[str], list[int]]]:
    """Data records of these payers and their yen, in the order of bank files; in lists of one payer."""
    connection.execute("CREATE TABLE judged_payers AS SELECT unnest($1::VARCHAR[]) AS payer", [payers])
    places = connection.execute(
        "SELECT payer, muni, sum(transfers)::BIGINT, list(DISTINCT shard) FROM sums SEMI JOIN judged_payers "
        "USING (payer) WHERE transfers > 0 GROUP BY payer, muni ORDER BY payer, muni"
    ).fetchall()
    for packed in _packed(places):
        shards = sorted({shard for place in packed for shard in place[3]})
        segments = parquet(*(work / "segments" / f"{shard}.parquet" for shard in shards))
        (first, first_muni), (last, last_muni) = packed[0][:2], packed[-1][:2]
        result = connection.execute(
            f"""SELECT payer, record, yen FROM {segments}
            SEMI JOIN judged_payers USING (payer)
            WHERE payer BETWEEN {literal(first)} AND {literal(last)}
                AND (payer > {literal(first)} OR muni >= {literal(first_muni)})
                AND (payer < {literal(last)} OR muni <= {literal(last_muni)})
            ORDER BY payer, muni, household, payment"""
        )
        while some := result.fetchmany(AT_ONCE):
            for payer, rows in groupby(some, key=itemgetter(0)):
                _payers, records, yens = zip(*rows, strict=True)
                yield payer, list(records), list(yens)


def _packed(
    places: list[tuple[str, str, int, list[str]]],
) -> Iterator[list[tuple[str, str, int, list[str]]]]:
    """Neighbouring places together, as many as one query may sort."""
    packed: list[tuple[str, str, int, list[str]]] = []
    records = 0
    for place in places:
        if packed and records + place[2] > A_QUERY:
            yield packed
            packed, records = [], 0
        packed.append(place)
        records += place[2]
    if packed:
        yield packed


def _originators(
    connection: duckdb.DuckDBPyConnection, programme: Programme, snapshot: Path, payers: Iterable[str]
) -> dict[str, Originator]:
    """Who heads the bank files of these payers. Raises BadInput that names file, row and column."""
    if programme.payer == "state":
        said = programme.state_originator or {}
        return {payer: _originator(said, f"programme {programme.name}, state_originator") for payer in payers}
    columns = ("consignor_code", "originator", "bank", "branch", "account_type", "account_number")
    file = snapshot / "municipalities.parquet"
    with readable(file, file.name):
        rows = connection.execute(
            f"SELECT muni, file_row_number + 1, {', '.join(columns)} FROM {parquet(file, row_numbers=True)}"
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
        "branch": (bank, branch) not in directory(),
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
    return Originator(code, name, directory()[bank, branch], kind, number)


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
