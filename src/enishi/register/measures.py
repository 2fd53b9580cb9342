"""How a support measure (支援措置) stands in a municipality, and how one act follows another: rows are added, never altered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enishi.kernel.errors import Refused
from enishi.register.models import MeasurePerson, SupportMeasure
from enishi.register.vocabulary import MeasureAct, Part

STANDING = (
    "harm", "filed_at", "decided_at", "granted", "until", "ended_at", "awaiting", "served_by", "other_unnamed",
    "other_named", "opinion", "delivery", "hold_mail",
)  # fmt: skip
"""The columns that say how a measure stands; the others are of the act."""


@dataclass(frozen=True, slots=True)
class By:
    """What every act on a measure comes with: the municipality, who acts, why, the idempotency key of the act, the moment."""

    muni: str
    actor: str
    key: str
    now: datetime
    reason: str = ""


def standing(muni: str, measure: str) -> SupportMeasure:
    """How a measure stands in a municipality now. Raises Refused where it has none of that name."""
    row = SupportMeasure.objects.current().select_for_update().filter(muni=muni, measure=measure).first()
    if row is None:
        raise Refused(
            "this municipality has no such support measure",
            where=f"support measure {measure}",
            todo="look it up among the measures of the person",
        )
    return row


def act_on(row: SupportMeasure, act: MeasureAct, by: By, **changes: Any) -> SupportMeasure:
    """The next row of a measure: how it stood, with the changes of this act."""
    said = {name: getattr(row, name) for name in STANDING} | changes
    replaced = SupportMeasure.objects.filter(pk=row.pk, superseded_at__isnull=True)
    if not replaced.update(superseded_at=max(by.now, row.recorded_at), superseded_by=row.version + 1):
        raise Refused(
            "the support measure has changed since it was read",
            where=f"support measure {row.measure}",
            todo="look at it again and decide anew",
        )
    return add(row.measure, row.version + 1, act, by, said)


def add(measure: str, version: int, act: MeasureAct, by: By, said: dict[str, Any]) -> SupportMeasure:
    """A row of a measure, as it stands after an act."""
    return SupportMeasure.objects.create(
        muni=by.muni,
        measure=measure,
        version=version,
        act=act.value,
        actor=by.actor,
        reason=by.reason,
        key=by.key,
        recorded_at=by.now,
        **said,
    )


def done(by: By, act: MeasureAct, measure: str = "") -> SupportMeasure | None:
    """The row that stands for this act already: nothing is done twice. Raises Refused where its key stands for another."""
    row = SupportMeasure.objects.filter(muni=by.muni, key=by.key).first()
    if row is not None and ((measure and row.measure != measure) or row.act != act.value):
        raise another(row)
    return row


def another(row: SupportMeasure) -> Refused:
    """The refusal of a key that stands for something else."""
    return Refused(
        "this key stands for another act",
        where=f"support measure {row.measure}",
        todo="give every act a key of its own; nothing was changed",
    )


def parts_of(muni: str, measure: str) -> dict[int, str]:
    """The persons of a case, each with its part."""
    rows = MeasurePerson.objects.filter(muni=muni, measure=measure).order_by("person")
    return dict(rows.values_list("person", "part"))


def add_parts(muni: str, measure: str, parts: dict[int, str]) -> None:
    """Adds those persons to a case who are not in it."""
    known = parts_of(muni, measure)
    MeasurePerson.objects.bulk_create(
        MeasurePerson(muni=muni, measure=measure, person=person, part=part)
        for person, part in sorted(parts.items())
        if person not in known
    )


def applicant_of(parts: dict[int, str]) -> int:
    """The person who filed."""
    return next(person for person, part in parts.items() if part == Part.APPLICANT.value)


def protected_of(parts: dict[int, str]) -> Iterable[int]:
    """Those whom the measure protects."""
    return [person for person, part in parts.items() if part != Part.OTHER_PARTY.value]
