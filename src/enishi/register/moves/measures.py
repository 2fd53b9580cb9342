"""Support measures (支援措置) of movers: they travel ahead of the data. The one place where moves ask about protection."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from enishi.register.measure_messages import for_transfer, taken_over
from enishi.register.models import MeasurePerson, under_measures

__all__ = ["for_transfer", "protected", "taken_over"]


def protected(muni: str, persons: Iterable[int]) -> tuple[int, ...]:
    """Those of the persons who are under support measures today, by a municipality's own copies; ascending."""
    measured = MeasurePerson.objects.filter(
        under_measures(timezone.localdate(), "person"), muni=muni, person__in=list(persons)
    )
    return tuple(sorted(set(measured.values_list("person", flat=True))))
