"""The journal of acts (異動): numbered and chained within a municipality, each recorded once.

Call inside the one transaction of the municipality (`platform.tenancy.within`), with the facts that the act opens and
supersedes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register.chain import BEGINNING, hash_of
from enishi.register.models import Act, ActPerson, Counter
from enishi.register.vocabulary import Manner


@dataclass(frozen=True)
class Filing:
    """An act as it is filed or ordered. `reported_on`: None for one ex officio (職権); `key`: its idempotency key,
    chosen by whoever files; `persons`: those whom it touches; `corrects`: the number of the act that it corrects or
    takes back.
    """

    muni: str
    kind: str
    article: str
    effective: PartialDate
    reported_on: date | None
    actor: str
    key: str
    persons: Sequence[int]
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    corrects: int | None = None


def recorded(filing: Filing) -> Act | None:
    """The act that stands for this filing already: nothing may be done twice. None for a new one.

    From here on the transaction is alone in the journal of its municipality: who files next waits. Raises Refused
    where the key stands for another filing.
    """
    alone(filing.muni)
    earlier = Act.objects.filter(muni=filing.muni, key=filing.key).first()
    if earlier is not None and any(getattr(earlier, name) != value for name, value in _said(filing).items()):
        raise Refused(
            "this key stands for another act",
            where=f"act {earlier.number} of {filing.muni}",
            todo="give every filing a key of its own; nothing was changed",
        )
    return earlier


def alone(muni: str) -> None:
    """Waits until the transaction is alone in the journal of its municipality; who files next waits for it."""
    Counter.objects.get_or_create(muni=muni, name="act")
    Counter.objects.select_for_update().get(muni=muni, name="act")


def record(filing: Filing, now: datetime) -> Act:
    """Adds an act to the journal of its municipality. Whoever records the next waits for this one's transaction."""
    number = next_of(filing.muni, "act")
    last = Act.objects.filter(muni=filing.muni, number=number - 1).values_list("hash", flat=True).first()
    persons = sorted(set(filing.persons))
    act = _said(filing) | {
        "muni": filing.muni,
        "number": number,
        "manner": (Manner.EX_OFFICIO if filing.reported_on is None else Manner.REPORT).value,
        "recorded_at": now,
        "key": filing.key,
    }
    previous = last or BEGINNING
    row = Act.objects.create(
        **act, previous_hash=previous, hash=hash_of({**act, "persons": persons}, previous)
    )
    ActPerson.objects.bulk_create(
        ActPerson(muni=filing.muni, act=number, person=person) for person in persons
    )
    return row


def _said(filing: Filing) -> dict[str, Any]:
    return {
        "kind": filing.kind,
        "article": filing.article,
        "effective": filing.effective.earliest,
        "effective_latest": filing.effective.latest,
        "effective_wording": filing.effective.wording,
        "reported_on": filing.reported_on,
        "actor": filing.actor,
        "reason": filing.reason,
        "facts": filing.facts,
        "corrects": filing.corrects,
    }


def next_of(muni: str, name: str) -> int:
    """The next number of a kind in a municipality; whoever takes one waits for who took the one before."""
    return take(muni, name, 1)


def take(muni: str, name: str, many: int) -> int:
    """The first of so many next numbers in a row."""
    Counter.objects.get_or_create(muni=muni, name=name)
    Counter.objects.filter(muni=muni, name=name).update(next=F("next") + many)
    return Counter.objects.values_list("next", flat=True).get(muni=muni, name=name) - many


def broken_chain(muni: str) -> int | None:
    """The number of a municipality's first act that the journal's chain of hashes does not bear out; None: all are sound."""
    persons: dict[int, list[int]] = {}
    for number, person in ActPerson.objects.filter(muni=muni).order_by("person").values_list("act", "person"):
        persons.setdefault(number, []).append(person)
    previous, expected = BEGINNING, 1
    for row in Act.objects.filter(muni=muni).order_by("number").iterator():
        act = {field.attname: getattr(row, field.attname) for field in Act._meta.concrete_fields}
        sound = (row.number, row.previous_hash) == (expected, previous)
        if not sound or hash_of(act | {"persons": persons.get(row.number, [])}, previous) != row.hash:
            return row.number
        previous, expected = row.hash, expected + 1
    return None
