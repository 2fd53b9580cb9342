"""What the database itself refuses of the facts of a record (docs/adr/0005): migration steps for each engine.

PostgreSQL: exclusion constraints, a trigger that freezes facts, deferred constraint triggers over households. SQLite:
triggers with an index of their own; what they cannot see at a statement's end, a checked query sees at the act's
(`register.consistency`). SQLite drops triggers with a rebuilt table: put the steps again behind every later
migration that alters the table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

CURRENT = "superseded_at IS NULL"
LOADING = "enishi.loading"
"""A setting of a PostgreSQL session: `on` while a nation is loaded, whose households are checked as columns."""


class _Guard(Operation, ABC):
    """A step that changes nothing that models see."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes nothing."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.make(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.drop(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    @abstractmethod
    def make(self, vendor: str) -> list[str]:
        """The statements that set the guard up. `vendor`: `sqlite` or `postgresql`."""

    @abstractmethod
    def drop(self, vendor: str) -> list[str]:
        """The statements that take it back."""


class NonOverlap(_Guard):
    """Two facts that the register believes now never hold on one day for the same municipality and `number`.

    An index beside it leads with the person (or household), for those who know nothing else. `only`: an SQL condition on
    the rows that it concerns. `kinds`: the words of a column `kind`, each of which stands for itself; words beyond
    them are held for one. Past beliefs were guarded when they were present.

    PostgreSQL compares rectangles (`_rectangle`): their index is built faster than one of number, municipality and range.
    """

    def __init__(
        self,
        table: str,
        number: str = "person",
        name: str = "no_overlap",
        only: str = "",
        kinds: Sequence[str] = (),
    ) -> None:
        self.table, self.name, self.only, self.kinds = table, f"{table}_{name}", only, tuple(kinds)
        self.key = (number, "kind", "muni") if kinds else (number, "muni")

    def describe(self) -> str:
        return f"Refuse overlapping facts in {self.table} by {', '.join(self.key)}"

    def make(self, vendor: str) -> list[str]:
        condition = f"{CURRENT} AND {self.only}" if self.only else CURRENT
        if vendor == "postgresql":
            return [
                f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} EXCLUDE USING gist "
                f"({_rectangle(self.key[0], self.kinds)} WITH &&) WITH (fillfactor = {FILLED}) WHERE ({condition})",
                f"CREATE INDEX {self.name}_by_key ON {self.table} ({', '.join(self.key)}) WHERE {condition}",
            ]
        same = " AND ".join(f"other.{column} = NEW.{column}" for column in self.key)
        concerned = "".join(f" AND {part}" for part in (self._of("NEW"),) if part)
        others = "".join(f" AND {part}" for part in (self._of("other"),) if part)
        return [
            f"CREATE INDEX {self.name} ON {self.table} ({', '.join(self.key)}) WHERE {condition}",
            f"""CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table}
            WHEN NEW.{CURRENT}{concerned} AND EXISTS (
              SELECT 1 FROM {self.table} AS other
              WHERE {same} AND other.{CURRENT}{others}
                AND (other.since IS NULL OR NEW.until IS NULL OR other.since < NEW.until)
                AND (NEW.since IS NULL OR other.until IS NULL OR NEW.since < other.until)
            )
            BEGIN SELECT RAISE(ABORT, '{self.name}: two facts of one kind on one day'); END""",
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor == "postgresql":
            return [
                f"DROP INDEX {self.name}_by_key",
                f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}",
            ]
        return [f"DROP TRIGGER {self.name}", f"DROP INDEX {self.name}"]

    def _of(self, row: str) -> str:
        return f"{row}.{self.only}" if self.only else ""


FILLED = 50
"""Per cent of a page that building fills. A search reads whole pages, so that fuller ones take longer; emptier ones take room."""
KINDS = 8
"""More than a column `kind` has words, and no more than leaves room for every number: those that a municipality gives end below
10^15, and 8 times that is below 2^53.
"""
DAYS = 2**22
"""More than there are days from year 1 to 9999."""


def _rectangle(number: str, kinds: Sequence[str]) -> str:
    """A fact as a rectangle: without width at the number of its person or household (and its kind), and as high as the days
    on which it holds, counted from year 1 on in a stripe of its municipality. Two share a point exactly where number,
    kind, municipality and a day are the same.

    Coordinates are exact below 2^53, numbers with kinds below 2^50: a municipality's code and nine digits have room. A greater
    one is rounded to a neighbour: then the guard might refuse too much, and never too little.
    """
    across = number
    if kinds:
        cases = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(kinds, 1))
        across = f"{number} * {KINDS}::float8 + CASE kind {cases} ELSE 0 END"
    stripe = f"muni::int * {DAYS}::float8"
    first = "coalesce(since - DATE '0001-01-01', 0)"
    last = f"coalesce(until - DATE '0001-01-02', {DAYS - 1})"
    return f"box(point({across}, {stripe} + {first}), point({across}, {stripe} + {last}))"


class Frozen(_Guard):
    """A fact is written once: all that may happen to it is to be superseded, once; it is never deleted.

    `columns`: every column but `superseded_at` and `superseded_by`; a statement that names one of them is refused whatever it
    sets. PostgreSQL reads a trigger's condition anew with every statement, so that a short one matters to each act.
    """

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns, self.name = table, tuple(columns), f"{table}_frozen"

    def describe(self) -> str:
        return f"Let facts of {self.table} only be superseded"

    def make(self, vendor: str) -> list[str]:
        words = f"a fact of {self.table} is superseded by another, never changed or deleted"
        wrong = (
            "OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL "
            "OR NEW.superseded_at < OLD.recorded_at OR NEW.superseded_by IS NULL"
        )
        changing = f"BEFORE UPDATE OF {', '.join(self.columns)} ON {self.table}"
        if vendor == "postgresql":
            refuse = f"EXECUTE FUNCTION {self.name}()"
            return [
                f"""CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '23514'; END $$""",
                f"CREATE TRIGGER {self.name}_update BEFORE UPDATE ON {self.table} FOR EACH ROW WHEN ({wrong}) {refuse}",
                f"CREATE TRIGGER {self.name}_change {changing} FOR EACH ROW {refuse}",
                f"CREATE TRIGGER {self.name}_delete BEFORE DELETE OR TRUNCATE ON {self.table} "
                f"FOR EACH STATEMENT {refuse}",
            ]
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        return [
            f"CREATE TRIGGER {self.name}_update BEFORE UPDATE ON {self.table} WHEN {wrong} {refuse}",
            f"CREATE TRIGGER {self.name}_change {changing} {refuse}",
            f"CREATE TRIGGER {self.name}_delete BEFORE DELETE ON {self.table} {refuse}",
        ]

    def drop(self, vendor: str) -> list[str]:
        triggers = [f"{self.name}_{act}" for act in ("update", "change", "delete")]
        if vendor == "postgresql":
            return [
                *(f"DROP TRIGGER IF EXISTS {trigger} ON {self.table}" for trigger in triggers),
                f"DROP FUNCTION {self.name}()",
            ]
        return [f"DROP TRIGGER IF EXISTS {trigger}" for trigger in triggers]


class FrozenAnew(Frozen):
    """Puts the guard again, where an earlier version of it may stand. Taken back, it leaves the one that is there."""

    def make(self, vendor: str) -> list[str]:
        return [*super().drop(vendor), *super().make(vendor)]

    def drop(self, vendor: str) -> list[str]:
        return []


class WholeHouseholds(_Guard):
    """PostgreSQL, at the end of each transaction: a member of a household is a resident on every day of the
    membership, and a household has a head on every day on which it has a member.
    """

    NAME = "register_whole_households"
    TABLES = ("register_membership", "register_residence")

    def describe(self) -> str:
        return "Refuse dangling members and households without a head at the end of a transaction"

    def make(self, vendor: str) -> list[str]:
        if vendor != "postgresql":
            return []
        function = f"""CREATE FUNCTION {self.NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE place record;
        BEGIN
          FOR place IN
            SELECT m.person, m.household, daterange(m.since, m.until) AS days FROM register_membership m
            WHERE m.muni = NEW.muni AND m.person = NEW.person AND m.{CURRENT}
          LOOP
            IF NOT coalesce(place.days <@ (
              SELECT range_agg(daterange(r.since, r.until)) FROM register_residence r
              WHERE r.muni = NEW.muni AND r.person = place.person AND r.{CURRENT}), false)
            THEN RAISE EXCEPTION 'dangling_member: % of household % is no resident on every day of it',
              place.person, place.household USING ERRCODE = '23514';
            END IF;
          END LOOP;
          FOR place IN
            SELECT o.person, o.household, daterange(o.since, o.until) AS days FROM register_membership o
            WHERE o.muni = NEW.muni AND o.{CURRENT} AND o.household IN (
              SELECT m.household FROM register_membership m WHERE m.muni = NEW.muni AND m.person = NEW.person)
          LOOP
            IF NOT coalesce(place.days <@ (
              SELECT range_agg(daterange(h.since, h.until)) FROM register_membership h
              WHERE h.muni = NEW.muni AND h.household = place.household AND h.relation = 'head' AND h.{CURRENT}),
              false)
            THEN RAISE EXCEPTION 'no_head: household % has no head on every day of %', place.household,
              place.person USING ERRCODE = '23514';
            END IF;
          END LOOP;
          RETURN NULL;
        END $$"""
        return [
            function,
            *(
                f"CREATE CONSTRAINT TRIGGER {self.NAME} AFTER INSERT OR UPDATE ON {table} "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                f"WHEN (current_setting('{LOADING}', true) IS DISTINCT FROM 'on') "
                f"EXECUTE FUNCTION {self.NAME}()"
                for table in self.TABLES
            ),
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor != "postgresql":
            return []
        return [f"DROP TRIGGER {self.NAME} ON {table}" for table in self.TABLES] + [
            f"DROP FUNCTION {self.NAME}()"
        ]


class ByPerson(_Guard):
    """An index that leads with the person, for those who know a person and not which municipality holds rows of them."""

    def __init__(self, table: str) -> None:
        self.table, self.name = table, f"{table}_by_person"

    def describe(self) -> str:
        return f"Find rows of {self.table} by person alone"

    def make(self, vendor: str) -> list[str]:
        return [f"CREATE INDEX {self.name} ON {self.table} (person)"]

    def drop(self, vendor: str) -> list[str]:
        return [f"DROP INDEX {self.name}"]


class BytewiseOrder(_Guard):
    """Text columns compared by their code points on PostgreSQL, as SQLite does anyway, so that a search for a
    prefix is a range of the index. `columns`: their widths.
    """

    def __init__(self, table: str, columns: dict[str, int]) -> None:
        self.table, self.columns = table, columns

    def describe(self) -> str:
        return f"Compare {', '.join(self.columns)} of {self.table} by code point"

    def make(self, vendor: str) -> list[str]:
        return self._collate(vendor, ' COLLATE "C"')

    def drop(self, vendor: str) -> list[str]:
        return self._collate(vendor, "")

    def _collate(self, vendor: str, collation: str) -> list[str]:
        return [
            f"ALTER TABLE {self.table} ALTER COLUMN {column} TYPE varchar({length}){collation}"
            for column, length in self.columns.items()
            if vendor == "postgresql"
        ]
