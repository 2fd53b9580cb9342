"""Many rows at once: COPY on PostgreSQL, executemany on SQLite, never a model object a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections


def insert_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, using: str = "default"
) -> None:
    """Adds rows to a table inside the caller's transaction. Values in the order of `columns`, as the driver
    takes them. Raises Django's IntegrityError where a constraint objects.
    """
    connection = connections[using]
    connection.ensure_connection()
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with (
                connection.connection.cursor() as cursor,
                cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(columns))
            connection.connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def by_index(cursor: Any) -> None:
    """For the rest of a transaction on PostgreSQL: what is asked for by key is looked up by key, however little the planner
    knows yet of a table that grows by the hour.
    """
    cursor.execute("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
