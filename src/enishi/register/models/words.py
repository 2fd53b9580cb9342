"""Conditions that several tables share."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q


def one_of(column: str, name: str, values: type[StrEnum]) -> models.CheckConstraint:
    """The column holds a word of a closed list, or null."""
    words = [word.value for word in values]
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{column}__in": words}) | Q(**{f"{column}__isnull": True})
    )


def not_empty(name: str) -> models.CheckConstraint:
    """The period holds at least one day."""
    condition = Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since"))
    return models.CheckConstraint(name=name, condition=condition)
