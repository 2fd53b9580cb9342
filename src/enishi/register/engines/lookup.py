"""What a page of a search shows of its persons: rows of several tables by municipality and person, in one round trip.

On PostgreSQL the statements are prepared and under way together (`engines.reading`), each a join with the pairs that are asked
for, so that twenty persons of twenty municipalities are twenty looks into an index and not four hundred.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, router
from django.db.models import F
from psycopg import RawCursor

from enishi.platform.services import prepared
from enishi.register.engines.reading import NOW
from enishi.register.models import Fact

Pair = tuple[str, int]
"""A municipality and a person of whom it keeps a record."""


def rows_now(models: Iterable[type[Fact]], pairs: Collection[Pair]) -> list[dict[int, list[Any]]]:
    """What the register says now of persons, table by table: by person, their rows in the order in which they hold, each with
    the table's columns by name. No person is in two pairs.
    """
    models = tuple(models)
    if not pairs:
        return [{} for _ in models]
    connection = connections[router.db_for_read(models[0])]
    found: list[dict[int, list[Any]]] = []
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        given = [[muni for muni, _ in pairs], [who for _, who in pairs]]
        raw = connection.connection
        with connection.wrap_database_errors, prepared(raw), raw.pipeline():
            asked = [RawCursor(raw) for _ in models]
            for cursor, model in zip(asked, models, strict=True):
                cursor.execute(_statement(model), given, prepare=True, binary=True)
            for cursor, model in zip(asked, models, strict=True):
                found.append(_by_person(model, cursor.fetchall()))
        return found
    wanted = set(pairs)
    for model in models:
        rows = model._default_manager.using(connection.alias).believed()
        rows = rows.filter(muni__in={muni for muni, _ in pairs}, person__in=[who for _, who in pairs])
        ordered = rows.order_by(F("since").asc(nulls_first=True), "id").values_list(*_columns(model))
        found.append(_by_person(model, [row for row in ordered if (row[0], row[1]) in wanted]))
    return found


def _by_person(model: type[Fact], rows: Iterable[Sequence[Any]]) -> dict[int, list[Any]]:
    made, found = _row(model), dict[int, list[Any]]()
    for row in rows:
        found.setdefault(row[1], []).append(made._make(row))
    return found


@lru_cache
def _columns(model: type[Fact]) -> tuple[str, ...]:
    names = (
        field.attname for field in model._meta.concrete_fields if field.get_internal_type() != "JSONField"
    )
    return ("muni", "person", *(name for name in names if name not in ("id", "muni", "person")))


@lru_cache
def _row(model: type[Fact]) -> Any:
    return namedtuple(model.__name__, _columns(model))


@lru_cache
def _statement(model: type[Fact]) -> str:
    columns = ", ".join(f"t.{name}" for name in _columns(model))
    return (
        f"SELECT {columns} FROM unnest($1::text[], $2::bigint[]) AS w(muni, person) "
        f'JOIN "{model._meta.db_table}" t ON t.muni = w.muni AND t.person = w.person AND (t.{NOW}) IS TRUE '
        "ORDER BY t.since NULLS FIRST, t.id"
    )
