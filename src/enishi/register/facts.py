"""How an act changes what the record says (docs/adr/0005): facts are opened and superseded, never altered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from enishi.kernel.errors import Refused
from enishi.register.models import Act, Fact

NOT_ITEMS = "id muni person since until recorded_at act superseded_at superseded_by".split()


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


def items_of(fact: Fact) -> dict[str, Any]:
    """What a fact says, without whose it is, when it holds and by which act."""
    named = ((field.attname, getattr(fact, field.attname)) for field in fact._meta.concrete_fields)
    return {name: value for name, value in named if name not in NOT_ITEMS}
