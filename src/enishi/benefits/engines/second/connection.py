"""How the second opinion works with DuckDB: settings, errors, literals, and the canonical text of a query."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import duckdb

from enishi.kernel.errors import BadInput
from enishi.platform.files import room_on_disk


@contextmanager
def database(work: Path, *, threads: int = 1, memory: str = "700MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose temporary tables go at its end, to a database in memory that the process keeps.

    It spills to `work/scratch`. Raises NoRoom when the disk is full. No extension is loaded: the machine may
    have no network.
    """
    spill = work / "scratch" / str(os.getpid())
    spill.parent.mkdir(parents=True, exist_ok=True)
    with room_on_disk(work), _database(spill, threads, memory).cursor() as connection:
        yield connection


@lru_cache(maxsize=1)
def _database(spill: Path, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "enable_external_file_cache": False,  # it would keep the shards of all parts up to the memory limit
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    return duckdb.connect(":memory:", config=settings)


@contextmanager
def readable(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], columns: str
) -> Iterator[None]:
    """Turns DuckDB's refusal of an input file into BadInput that names it; want of memory or disk passes.

    `files`: under their names. `columns`: what is read of them, to find the file that is at fault.
    """
    for name, file in files.items():
        if not file.is_file():
            raise BadInput("the file is not there", where=name, todo="copy or build the snapshot again")
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error):
            raise
        name, fault = _at_fault(connection, files, columns) or (", ".join(files), error)
        raise BadInput(
            f"the file cannot be read: {str(fault).splitlines()[0]}",
            where=name,
            todo="copy or build the snapshot again",
        ) from error


def _at_fault(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], columns: str
) -> tuple[str, duckdb.Error] | None:
    """The first file that cannot be read alone, and why."""
    for name, file in files.items():
        try:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE trial AS SELECT {columns} FROM {parquet(file)}")
        except duckdb.Error as error:
            return name, error
    return None


def literal(value: str | int | date | Path) -> str:
    """A value as an SQL literal."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def parquet(*files: Path) -> str:
    """The table function that reads these Parquet files."""
    return f"read_parquet([{', '.join(map(literal, files))}])"


def line(*fields: str) -> str:
    """The SQL expression of one line of canonical text (section 7): fields joined by `|`, null as nothing.

    A field may be several expressions with commas between them: they stand side by side.
    """
    return "concat(" + ", '|', ".join(fields) + ", chr(10))"


def canonical_sha256(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Hexadecimal SHA-256 of the lines that a query gives; its columns: line, place (what orders the lines)."""
    row = connection.execute(f"SELECT encode(string_agg(line, '' ORDER BY place)) FROM ({query})").fetchone()
    return sha256(row[0] or b"" if row else b"").hexdigest()
