"""Polars frames into tables: COPY on PostgreSQL, many rows a statement on SQLite."""

from __future__ import annotations

import io

import polars as pl
from django.db import connections

from enishi.platform.rows import insert_rows

NULL = r"\N"


def insert_frame(table: str, frame: pl.DataFrame, *, using: str = "default") -> None:
    """Adds a frame's rows to a table, inside the caller's transaction; its column names are the table's.

    Dates, whole numbers and text; null stays null and an empty text empty. Raises Django's IntegrityError
    where a constraint objects.
    """
    if frame.is_empty():
        return
    connection = connections[using]
    connection.ensure_connection()
    if connection.vendor != "postgresql":
        dates = pl.selectors.date().dt.to_string("%Y-%m-%d")
        insert_rows(table, frame.columns, frame.with_columns(dates).iter_rows(), using=using)
        return
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False, null_value=NULL, quote_style="non_numeric")
    names = ", ".join(f'"{column}"' for column in frame.columns)
    statement = f"COPY \"{table}\" ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}')"
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write(buffer.getbuffer())
