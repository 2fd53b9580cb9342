"""A municipality is a tenant and the unit of sharding: which database holds it, and what a local table must
look like.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connections, models, transaction

from enishi.kernel.errors import Refused

DEFAULT = "default"
_here: ContextVar[str | None] = ContextVar("municipality", default=None)


class Local(models.Model):
    """A table whose rows belong to one municipality each (`muni`, six digits), so that it can live in that
    one's shard.

    Its key is one 64-bit column; every unique constraint and index begins with `muni` (a system check says
    where not). `across`: indexes that deliberately do not, by name, each with what it is for: it serves
    within one database (docs/adr/0009). No unique constraint can be one: no shard could keep it.
    """

    across: ClassVar[dict[str, str]] = {}

    id = models.BigAutoField(primary_key=True)
    muni = models.CharField(max_length=6)

    class Meta:
        abstract = True


def database_of(municipality: str) -> str:
    """The database alias of a municipality: the longest prefix of its code in the setting SHARDS, else
    `default`.

    SHARDS maps codes or their first digits to aliases: `{"13": "tokyo", "131016": "chiyoda"}`.
    """
    shards: dict[str, str] = getattr(settings, "SHARDS", {})
    for length in range(len(municipality), 0, -1):
        if alias := shards.get(municipality[:length]):
            return alias
    return DEFAULT


def shards() -> list[str]:
    """Every alias that holds municipalities, `default` first."""
    return [DEFAULT, *sorted(set(getattr(settings, "SHARDS", {}).values()) - {DEFAULT})]


@contextmanager
def within(municipality: str) -> Iterator[str]:
    """Works in one municipality: its database takes the queries on local tables and holds the one
    transaction.

    Gives the alias. Raises Refused inside a transaction on another database: no transaction spans two
    municipalities' databases; what concerns both goes by outbox and inbox.
    """
    alias = database_of(municipality)
    for other in shards():
        if other != alias and connections[other].in_atomic_block:
            raise Refused(
                "a transaction is open in another municipality's database",
                where=f"municipality {municipality}",
                todo="end that transaction first and send a message to this municipality",
            )
    token = _here.set(municipality)
    try:
        with transaction.atomic(using=alias):
            yield alias
    finally:
        _here.reset(token)


class MunicipalityRouter:
    """Sends queries on local tables to the database of the municipality that `within` names; all else to
    `default`.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return self._alias(model, hints)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return self._alias(model, hints)

    def _alias(self, model: type[models.Model], hints: dict[str, Any]) -> str | None:
        if not issubclass(model, Local):
            return None
        here = getattr(hints.get("instance"), "muni", None) or _here.get()
        return database_of(here) if here else None


@register()
def local_tables_lead_with_muni(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Finds unique constraints and indexes of local tables that do not begin with `muni`."""
    faults: list[CheckMessage] = []
    for model in apps.get_models():
        if issubclass(model, Local):
            faults += [
                Error(
                    f"{name} does not begin with muni",
                    hint="put muni first, so that the table can be sharded",
                    obj=model,
                    id="enishi.E001",
                )
                for name in leads_without_muni(model)
            ]
    return faults


def leads_without_muni(model: type[models.Model]) -> list[str]:
    """The names of a model's unique constraints, indexes and unique or indexed columns that `muni` does not
    lead; without the indexes that it names in `across`.
    """
    meta = model._meta
    across = getattr(model, "across", {})
    faults = [
        constraint.name
        for constraint in meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields[:1] != ("muni",)
    ]
    faults += [
        index.name for index in meta.indexes if index.fields[:1] != ["muni"] and index.name not in across
    ]
    faults += [
        field.name
        for field in meta.local_concrete_fields
        if field.name != "muni"
        and not field.primary_key
        and (field.unique or getattr(field, "db_index", False))
    ]
    faults += [" ".join(names) for names in meta.unique_together if names[:1] != ("muni",)]
    return faults
