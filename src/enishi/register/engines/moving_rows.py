"""Many facts at once: superseded and entered anew by one act, as plain rows, without an object for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections
from django.db.models import Model

from enishi.platform.services import database_of, insert_rows
from enishi.register.models import Act, Fact

IN_ONE_GO = 5_000
Row = dict[str, Any]


def columns_of(model: type[Model]) -> list[str]:
    """The columns of a table but its key."""
    return [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]


def read_rows(model: type[Model], muni: str, condition: str = "", values: Sequence[Any] = ()) -> list[Row]:
    """The rows of a municipality, with their `id`, as its database holds them. `condition`: SQL, with its `values`."""
    connection = connections[database_of(muni)]
    names = ["id", *columns_of(model)]
    listed = ", ".join(f't."{name}"' for name in names)
    where = "t.muni = %s" + (f" AND ({condition})" if condition else "")
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {listed} FROM "{model._meta.db_table}" t WHERE {where} ORDER BY t.id', [muni, *values]
        )
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def write_rows(model: type[Model], muni: str, rows: Iterable[Row]) -> None:
    """Adds rows to a municipality's table; their `id` is not kept."""
    names = columns_of(model)
    insert_rows(
        model._meta.db_table, names, ([row[name] for name in names] for row in rows), using=database_of(muni)
    )


def supersede_rows(act: Act, model: type[Fact], ids: Sequence[int]) -> None:
    """The register no longer says these facts, from this act on."""
    for start in range(0, len(ids), IN_ONE_GO):
        rows = model._default_manager.filter(muni=act.muni, pk__in=ids[start : start + IN_ONE_GO])
        rows.update(superseded_at=act.recorded_at, superseded_by=act.number)


def entered(act: Act, row: Row, **items: Any) -> Row:
    """A row as this act enters it: other items, the act's number and moment, believed from now on."""
    moment = connections[database_of(act.muni)].ops.adapt_datetimefield_value(act.recorded_at)
    return (
        row
        | items
        | {
            "muni": act.muni,
            "recorded_at": moment,
            "act": act.number,
            "superseded_at": None,
            "superseded_by": None,
        }
    )


def restate_rows(
    act: Act, model: type[Fact], rows: Sequence[Row], parts: Callable[[Row], Iterable[Row]]
) -> None:
    """Supersedes rows and enters, in the place of each, those that `parts` makes of it."""
    supersede_rows(act, model, [row["id"] for row in rows])
    write_rows(model, act.muni, (entered(act, part) for row in rows for part in parts(row)))
