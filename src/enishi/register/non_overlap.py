"""Periods of one person that never overlap: the database refuses them itself.

PostgreSQL: an exclusion constraint on (person, period). SQLite: a trigger on insert and update that looks for
another row in the way, with an index of its own, which stands where the exclusion constraint's index stands.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class NonOverlap(Operation):
    """A migration step for a table with `person`, `since`, `until` (half-open, nulls unbounded).

    SQLite drops triggers with a rebuilt table: put a new NonOverlap behind every later migration that alters
    the table.
    """

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes nothing that models see."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in _make(self.table, schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in _drop(self.table, schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Refuse overlapping periods of one person in {self.table}"


class BytewiseOrder(Operation):
    """A migration step that compares text columns by their code points on PostgreSQL, as SQLite does anyway,
    so that a search for a prefix is a range of the index.
    """

    reversible = True

    def __init__(self, table: str, columns: dict[str, int]) -> None:
        self.table = table
        self.columns = columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes nothing that models see."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._collate(schema_editor, 'COLLATE "C"')

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._collate(schema_editor, "")

    def describe(self) -> str:
        return f"Compare {', '.join(self.columns)} of {self.table} by code point"

    def _collate(self, schema_editor: BaseDatabaseSchemaEditor, collation: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for column, length in self.columns.items():
                schema_editor.execute(
                    f"ALTER TABLE {self.table} ALTER COLUMN {column} TYPE varchar({length}) {collation}"
                )


def _make(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"""ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap
            EXCLUDE USING gist (person WITH =, daterange(since, until) WITH &&)""",
        ]
    return [
        f"CREATE INDEX {table}_no_overlap ON {table} (person)",
        *(
            f"""CREATE TRIGGER {table}_no_overlap_{act.lower()} BEFORE {act} ON {table}
            WHEN EXISTS (
              SELECT 1 FROM {table} AS other
              WHERE other.person = NEW.person AND other.id IS NOT {"OLD.id" if act == "UPDATE" else "NEW.id"}
                AND (other.since IS NULL OR NEW.until IS NULL OR other.since < NEW.until)
                AND (NEW.since IS NULL OR other.until IS NULL OR NEW.since < other.until)
            )
            BEGIN SELECT RAISE(ABORT, '{table}_no_overlap: periods of one person overlap'); END"""
            for act in ("INSERT", "UPDATE")
        ),
    ]


def _drop(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"ALTER TABLE {table} DROP CONSTRAINT {table}_no_overlap"]
    return [
        f"DROP TRIGGER {table}_no_overlap_insert",
        f"DROP TRIGGER {table}_no_overlap_update",
        f"DROP INDEX {table}_no_overlap",
    ]
