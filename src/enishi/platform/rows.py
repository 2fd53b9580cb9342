"""SQL without model objects: many rows at once (COPY on PostgreSQL, many a statement on SQLite), and questions asked often."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from django.db import connections
from psycopg import Connection, Cursor

AT_ONCE = 100
"""Rows in one statement on SQLite, which sets up the lists of its CHECK constraints anew for each statement."""


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
            row, waiting = f"({', '.join(['?'] * len(columns))})", iter(rows)
            while part := list(islice(waiting, AT_ONCE)):
                connection.connection.execute(
                    f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * len(part))}',
                    list(chain.from_iterable(part)),
                )


def fetch_rows(
    text: str, given: Sequence[Any] = (), *, using: str = "default", once: bool = False
) -> list[Any]:
    """The rows that a statement gives (none, where it gives no rows), its parameters marked `%s`. Of fixed wording: PostgreSQL
    keeps it prepared for the connection, so that it is planned once and not at each question. `once`: planned for what is given.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        with connection.cursor() as plain:
            plain.execute(text, given)
            return list(plain.fetchall())
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors, prepared(raw), Cursor(raw) as cursor:
        cursor.execute(text, given, prepare=not once)
        return cursor.fetchall() if cursor.description else []


def among(values: Collection[Any], *, using: str = "default") -> tuple[str, list[Any]]:
    """That a column is one of some values, as the end of a condition of `fetch_rows`, with what it is given: on PostgreSQL of one
    wording however many they are.
    """
    if connections[using].vendor == "postgresql":
        return "= ANY(%s)", [list(values)]
    return f"IN ({', '.join(['%s'] * len(values))})", [*values]


@contextmanager
def prepared(raw: Connection[Any]) -> Iterator[None]:
    """Lets a connection's statements be prepared meanwhile: Django turns that off."""
    usual = raw.prepare_threshold
    raw.prepare_threshold = 0
    try:
        yield
    finally:
        raw.prepare_threshold = usual


def by_index(cursor: Any) -> None:
    """For the rest of a transaction on PostgreSQL: what is asked for by key is looked up by key, however little the planner
    knows yet of a table that grows by the hour.
    """
    cursor.execute("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
