"""How the second opinion works with DuckDB: settings, errors, literals, and the canonical text of a query."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from enishi.kernel.errors import BadInput
from enishi.platform.files import room_on_disk, sha256_of


@contextmanager
def database(
    work: Path, *, threads: int = 1, memory: str = "700MB"
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """An empty database in memory and a scratch folder under `work` that it spills to; both go at the end.

    Raises NoRoom when the disk is full. No extension is loaded: the machine may have no network.
    """
    rooms = work / "scratch"
    rooms.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=rooms) as name, room_on_disk(work):
        scratch = Path(name)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            yield connection, scratch


@contextmanager
def readable(file: Path, name: str) -> Iterator[None]:
    """Turns DuckDB's refusal of an input file into BadInput that names it; want of memory or disk passes."""
    if not file.is_file():
        raise BadInput("the file is not there", where=name, todo="copy or build the snapshot again")
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error):
            raise
        raise BadInput(
            f"the file cannot be read: {str(error).splitlines()[0]}",
            where=name,
            todo="copy or build the snapshot again",
        ) from error


def literal(value: str | int | date | Path) -> str:
    """A value as an SQL literal."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def parquet(*files: Path, row_numbers: bool = False, file_names: bool = False) -> str:
    """The table function that reads these Parquet files."""
    options = (", file_row_number = true" if row_numbers else "") + (
        ", filename = true" if file_names else ""
    )
    return f"read_parquet([{', '.join(map(literal, files))}]{options})"


def line(*fields: str) -> str:
    """The SQL expression of one line of canonical text (section 7): fields joined by `|`, null as nothing."""
    return "concat_ws('|', " + ", ".join(f"coalesce(({field})::VARCHAR, '')" for field in fields) + ")"


def canonical_sha256(connection: duckdb.DuckDBPyConnection, scratch: Path, query: str) -> str:
    """Hexadecimal SHA-256 of the lines that an ordered query of one text column gives, `\\n` after each."""
    text = scratch / "canonical.txt"
    connection.execute(
        f"COPY ({query}) TO {literal(text)} (FORMAT csv, HEADER false, DELIMITER '|', QUOTE '', ESCAPE '')"
    )
    digest = sha256_of(text)
    text.unlink()
    return digest
