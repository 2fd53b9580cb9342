"""How an act changes what the record says (docs/adr/0005): facts are opened and superseded, never altered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from enishi.kernel.errors import Refused
from enishi.register.models import (
    Act,
    ActPerson,
    Address,
    Domicile,
    Fact,
    ForeignStatus,
    Membership,
    Particulars,
    PersonName,
    Residence,
    StatusItem,
)

FACTS: tuple[type[Fact], ...] = (
    Particulars,
    PersonName,
    Residence,
    Address,
    Membership,
    Domicile,
    ForeignStatus,
    StatusItem,
)
"""Every group of facts, in the order of the items of art. 7."""

NOT_ITEMS = frozenset("id muni person since until recorded_at act superseded_at superseded_by".split())


def begin(
    act: Act, model: type[Fact], person: int, since: date | None, until: date | None = None, **items: Any
) -> Fact:
    """A new fact of a person by an act. Raises IntegrityError where another holds on one of its days."""
    return model._default_manager.create(
        muni=act.muni,
        person=person,
        since=since,
        until=until,
        recorded_at=act.recorded_at,
        act=act.number,
        **items,
    )


def supersede(act: Act, facts: Iterable[Fact]) -> None:
    """The register no longer says these facts, from this act on."""
    for fact in facts:
        rows = type(fact)._default_manager.filter(pk=fact.pk, superseded_at__isnull=True)
        if not rows.update(superseded_at=act.recorded_at, superseded_by=act.number):
            raise Refused(
                "the record has changed since it was read",
                where=f"person {fact.person}",
                todo="look at the record again and decide anew",
            )


def restate(act: Act, fact: Fact, **changes: Any) -> Fact:
    """The same fact with other items or another period, in the place of the one that the register held till now."""
    supersede(act, [fact])
    said = {"since": fact.since, "until": fact.until} | items_of(fact) | changes
    return begin(act, type(fact), fact.person, **said)


def end(act: Act, fact: Fact, day: date, **items: Any) -> Fact | None:
    """The fact holds until `day`, exclusively; None where it then never held."""
    if fact.since is not None and fact.since >= day:
        supersede(act, [fact])
        return None
    return restate(act, fact, until=day, **items)


def change(act: Act, fact: Fact, day: date, **items: Any) -> Fact:
    """From `day` on to where the fact ended, other items hold; before it what held."""
    until = fact.until
    end(act, fact, day)
    return begin(act, type(fact), fact.person, day, until, **(items_of(fact) | items))


def settle(
    act: Act, model: type[Fact], person: int, day: date, until: date | None = None, **items: Any
) -> None:
    """From `day` on these items hold: nothing changes where they do already.

    `kind` among the items: of a name or a status item, one fact a kind. Raises Refused where a later fact stands.
    """
    rows: Any = model._default_manager.filter(muni=act.muni, person=person).believed()
    if "kind" in items:
        rows = rows.filter(kind=items["kind"])
    if (later := rows.filter(since__gt=day).order_by("since").first()) is not None:
        raise Refused(
            f"a change of {later.since} is entered already (act {later.act})",
            where=f"person {person}",
            todo="acts come in order: correct or take back that act first, then report this one again",
        )
    held = rows.on(day).first()
    if held is None:
        begin(act, model, person, day, until, **items)
    elif any(getattr(held, name) != value for name, value in items.items()):
        change(act, held, day, **items)


def take_back(act: Act, number: int, but: Collection[int] = ()) -> None:
    """The register says again what it said before an earlier act; of the persons in `but`, what it says now. Raises Refused
    where a later act rests on that one.
    """
    touched = ActPerson.objects.filter(muni=act.muni, act=number).exclude(person__in=but).values("person")
    for model in FACTS:
        mine = model._default_manager.filter(muni=act.muni, person__in=touched)
        opened = list(mine.filter(act=number))
        if (rests := next((one for one in opened if one.superseded_by is not None), None)) is not None:
            raise Refused(
                f"act {rests.superseded_by} rests on it",
                where=f"person {rests.person}",
                todo="take back or correct that act first; the latest comes first",
            )
        supersede(act, opened)
        for before in mine.filter(superseded_by=number):
            begin(act, model, before.person, before.since, before.until, **items_of(before))


def items_of(fact: Fact) -> dict[str, Any]:
    """What a fact says, without whose it is, when it holds and by which act."""
    named = ((field.attname, getattr(fact, field.attname)) for field in fact._meta.concrete_fields)
    return {name: value for name, value in named if name not in NOT_ITEMS}
