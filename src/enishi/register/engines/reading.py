"""Records of any number of persons as of a day and as known at a moment, by key: a query a group of facts, no object a row.

On PostgreSQL the statements are prepared and under way together, so that one record takes one round trip, and of many the
database reads the next group while one is made into records. `records.record_of` and `records.records_of` are made of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connections
from psycopg import Connection, RawCursor

from enishi.platform.services import database_of, prepared
from enishi.register.models import Fact

IN_ONE_GO = 1_000
"""Persons read at a time: their rows are held in memory."""
CLOCKS = ("since", "until", "recorded_at", "act", "superseded_at", "superseded_by")
NOT_ITEMS = frozenset({"id", "muni", "person", "kind", "key", "kana_key", "census_cell", *CLOCKS})
"""What of a row is no item of the record: whose it is, when it holds, and what only the register itself works with."""
HELD = "(since IS NULL OR since <= $3::date) AND (until IS NULL OR until > $3::date)"
NOW = "superseded_at IS NULL"
THEN = "(superseded_at IS NULL OR superseded_at > $4::timestamptz) AND recorded_at <= $4::timestamptz"

Row = Sequence[Any]


def read_facts(
    models: Iterable[type[Fact]], muni: str, persons: Collection[int], day: date, moment: datetime | None
) -> Iterator[tuple[type[Fact], tuple[str, ...], list[Row]]]:
    """What a municipality's register says of persons on a day, as known at a moment (None: now), table by table.

    Gives a table, the names of its items, and its rows in the order in which they were entered: person, kind (blank where the
    table has none), the six of `CLOCKS`, then the items.
    """
    connection = connections[database_of(muni)]
    ids = sorted(set(persons))
    for start in range(0, len(ids), IN_ONE_GO):
        some = ids[start : start + IN_ONE_GO]
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            given = [muni, some, day] if moment is None else [muni, some, day, moment]
            with connection.wrap_database_errors:
                yield from _together(connection.connection, tuple(models), given)
        else:
            for model in models:
                rows = model._default_manager.using(connection.alias).filter(muni=muni, person__in=some)
                names = ("person", *_kind(model), *CLOCKS, *items_of_table(model))
                found: Iterable[Row] = rows.as_of(day, moment).order_by("id").values_list(*names)
                if not _kind(model):
                    found = ((row[0], "", *row[1:]) for row in found)
                yield model, items_of_table(model), list(found)


def _together(
    raw: Connection[Any], models: Sequence[type[Fact]], given: list[Any]
) -> Iterator[tuple[type[Fact], tuple[str, ...], list[Row]]]:
    with prepared(raw), raw.pipeline():
        asked = [RawCursor(raw) for _ in models]
        for cursor, model in zip(asked, models, strict=True):
            cursor.execute(statement(model, then=len(given) == 4), given, prepare=True, binary=True)
        for cursor, model in zip(asked, models, strict=True):
            yield model, items_of_table(model), cursor.fetchall()


@lru_cache
def statement(model: type[Fact], *, then: bool) -> str:
    """What PostgreSQL is asked of a table. `then`: as known at a moment, else now."""
    kind = "kind" if _kind(model) else "''"
    columns = ", ".join(("person", kind, *CLOCKS, *items_of_table(model)))
    return (
        f'SELECT {columns} FROM "{model._meta.db_table}" WHERE muni = $1 AND person = ANY($2::bigint[]) '
        f"AND {THEN if then else NOW} AND {HELD} ORDER BY id"
    )


@lru_cache
def items_of_table(model: type[Fact]) -> tuple[str, ...]:
    """The names of the items that a table's rows hold."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in NOT_ITEMS)


@lru_cache
def _kind(model: type[Fact]) -> tuple[str, ...]:
    return ("kind",) if any(field.attname == "kind" for field in model._meta.concrete_fields) else ()
