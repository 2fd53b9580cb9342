"""Support measures (支援措置) of movers: they travel ahead of the data. The one place where moves ask about protection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Any

from django.utils import timezone

from enishi.register.models import MeasurePerson, Protection, under_measures


def _room() -> ModuleType | None:
    """`register.measure_messages`, as soon as it stands."""
    try:
        return import_module("enishi.register.measure_messages")
    except ModuleNotFoundError as error:
        if error.name != "enishi.register.measure_messages":
            raise
        return None


def for_transfer(muni: str, persons: Iterable[int], now: datetime) -> list[dict[str, Any]]:
    """The measures in force of movers, as they travel; empty where nobody is protected."""
    room = _room()
    if room is not None:
        found: list[dict[str, Any]] = room.for_transfer(muni, list(persons), now)
        return found
    rows = Protection.objects.filter(muni=muni, person__in=list(persons)).order_by("person")
    return [{"person": row.person, "protected_muni": row.protected_muni} for row in rows]


def taken_over(muni: str, payloads: list[dict[str, Any]], now: datetime) -> None:
    """The new municipality takes the measures over: closed until it decides itself."""
    room = _room()
    if room is not None:
        room.taken_over(muni, payloads, now)
        return
    for one in payloads:
        Protection.objects.get_or_create(
            muni=muni, person=int(one["person"]), defaults={"protected_muni": muni}
        )


def protected(muni: str, persons: Iterable[int]) -> tuple[int, ...]:
    """Those of the persons who are under support measures, ascending."""
    rows = Protection.objects.filter(muni=muni, person__in=list(persons)).values_list("person", flat=True)
    measured = MeasurePerson.objects.filter(
        under_measures(timezone.localdate(), "person"), muni=muni, person__in=list(persons)
    )
    return tuple(sorted({*rows, *measured.values_list("person", flat=True)}))
