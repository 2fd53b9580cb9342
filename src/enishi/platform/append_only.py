"""Tables to which rows are only ever added: the database itself traps UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

PREFIX = "append_only_"


class AppendOnly(Operation):
    """A migration step that closes a table for changes. SQLite drops triggers with a rebuilt table: put a new
    AppendOnly behind every later migration that alters the table."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes nothing that models see."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in closing(self.table, schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in opening(self.table, schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Close {self.table} for UPDATE and DELETE"

    @property
    def migration_name_fragment(self) -> str:
        return f"append_only_{self.table}"


def closing(table: str, vendor: str) -> list[str]:
    """SQL that traps changes to `table`. `vendor`: `sqlite` or `postgresql`."""
    if vendor == "postgresql":
        return [
            f"""CREATE FUNCTION {PREFIX}{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION '{table} is append-only: a correction is a new row' USING ERRCODE = '23514';
            END $$""",
            f"""CREATE TRIGGER {PREFIX}{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}{table}()""",
        ]
    return [
        f"""CREATE TRIGGER {PREFIX}{table}_{act.lower()} BEFORE {act} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only: a correction is a new row'); END"""
        for act in ("UPDATE", "DELETE")
    ]


def opening(table: str, vendor: str) -> list[str]:
    """SQL that takes back `closing`."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER {PREFIX}{table} ON {table}", f"DROP FUNCTION {PREFIX}{table}()"]
    return [f"DROP TRIGGER {PREFIX}{table}_{act}" for act in ("update", "delete")]
