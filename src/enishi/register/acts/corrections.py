"""Corrections ex officio (職権修正): what the record says of a person was wrong. A correction is an act like any other; what
was believed before stays answerable.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from enishi.kernel.errors import BadInput, Refused
from enishi.register import facts
from enishi.register.acts.naming import search_keys
from enishi.register.acts.performing import perform, seat
from enishi.register.consistency import first_left, within_residences
from enishi.register.models import (
    Act,
    Address,
    Fact,
    Membership,
    Particulars,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.records import GROUPS, INTERNAL
from enishi.register.rules.reports import DayCorrected, ItemsCorrected, Report, Struck

OF_KINDS: tuple[type[Fact], ...] = (PersonName, StatusItem)


def correct_items(report: Report, said: ItemsCorrected) -> int:
    """Corrects what the record says on the day of the act: other items for the same days. Returns the act's number.

    Raises BadInput for a group or an item that no record has, Refused where the record has no such group on that day.
    """
    model, group, items = _group(said.group), said.group, said.items
    known = {field.attname for field in model._meta.concrete_fields} - {*facts.NOT_ITEMS, *INTERNAL, "kind"}
    if not items or set(items) - known:
        raise BadInput(
            f"{', '.join(sorted(set(items) - known)) or 'nothing'} cannot be corrected",
            where=group,
            todo=f"correct {', '.join(sorted(known))}",
        )

    def work(act: Act) -> None:
        wrong = _wrong(model, report, said.person, said.name)
        right = _typed(model, items)
        if model is PersonName:
            right |= search_keys(facts.items_of(wrong) | right)
        facts.restate(act, wrong, **right)

    return perform(report, said, [said.person], work)


def correct_day(report: Report, said: DayCorrected) -> int:
    """Corrects the day on which what holds on the day of the act began; what held until then ends, or goes on, with it.

    Raises BadInput and Refused as `correct_items`, Refused where nothing of what came before or of it would be left, and where an
    address or a status item would hold on days on which the person is no resident.
    """
    model, person, group, since, kind = _group(said.group), said.person, said.group, said.since, said.name

    def work(act: Act) -> None:
        fact = _wrong(model, report, person, kind)
        if fact.until is not None and since >= fact.until:
            raise Refused(
                f"it ended on {fact.until}", where=group, todo="erase it where it never held at all"
            )
        before = (
            _of_kind(model, report, person, kind).filter(until=fact.since).first() if fact.since else None
        )
        if before is not None and before.since is not None and since <= before.since:
            raise Refused(
                f"what came before it began on {before.since} only",
                where=group,
                todo="correct that first, one after the other",
            )
        facts.supersede(act, [fact, *([before] if before else [])])
        if before is not None:
            facts.begin(act, model, person, before.since, since, **facts.items_of(before))
        facts.begin(act, model, person, since, fact.until, **facts.items_of(fact))
        if model in (Address, StatusItem, Residence):
            within_residences(act.muni, person)

    return perform(report, said, [person], work)


RECORD = "record"
"""Instead of a group: everything that the record says of a person."""


def strike(report: Report, said: Struck) -> int:
    """Strikes what never was, or a person's whole record; nothing comes in its place. Returns the number of the act.

    Raises BadInput for a group that no record has, Refused where the record has no such thing on the day, and where what is
    left would not be whole: a resident without address or name, a household without head.
    """
    model = None if said.group == RECORD else _group(said.group)

    def work(act: Act) -> None:
        if model is None:
            wrong = [
                fact
                for group in GROUPS.values()
                for fact in group._default_manager.believed().filter(muni=act.muni, person=said.person)
            ]
            if not wrong:
                raise Refused(
                    "this municipality has no record of this person",
                    where=f"person {said.person}",
                    todo="search the person again",
                )
        else:
            wrong = [_wrong(model, report, said.person, said.name)]
        facts.supersede(act, wrong)
        seat(act, said.seats, report.day)
        _check_left(act, said.person)

    return perform(report, said, [said.person, *(one.person for one in said.seats)], work)


def _check_left(act: Act, person: int) -> None:
    """Raises Refused where a resident would be without particulars, name, address or household."""
    needed: tuple[type[Fact], ...] = (Particulars, PersonName, Address, Membership)
    for stay in Residence.objects.believed().filter(muni=act.muni, person=person):
        for group in needed:
            rows = list(group._default_manager.believed().filter(muni=act.muni, person=person))
            periods = [(one.since or date.min, one.until or date.max) for one in rows]
            if (day := first_left((stay.since or date.min, stay.until or date.max), periods)) is not None:
                raise Refused(
                    f"a resident would have no {group._meta.verbose_name} on {day}",
                    where=f"person {person}",
                    todo="correct what it says, or strike the whole record of somebody who never was a resident",
                )


def _typed(model: type[Fact], items: dict[str, Any]) -> dict[str, Any]:
    """The items as the columns hold them. Raises BadInput for what none can hold."""
    columns = {field.attname: field for field in model._meta.concrete_fields}
    try:
        typed = {name: columns[name].to_python(value) for name, value in items.items()}
    except ValidationError as error:
        raise BadInput(
            "; ".join(error.messages), where="items", todo="enter it as the record writes it"
        ) from error
    return typed


def _group(group: str) -> type[Fact]:
    if group not in GROUPS:
        raise BadInput(
            f"{group!r} is no part of a record", where="group", todo=f"choose of {', '.join(GROUPS)}"
        )
    return GROUPS[group]


def _of_kind(model: type[Fact], report: Report, person: int, kind: str) -> Any:
    if bool(kind) != (model in OF_KINDS):
        raise BadInput(
            "say which name or which status item is meant" if not kind else "there are no kinds of this",
            where="name",
            todo="a name and a status item have a kind, nothing else has one",
        )
    rows: Any = model._default_manager.believed().filter(muni=report.muni, person=person)
    return rows.filter(kind=kind) if kind else rows


def _wrong(model: type[Fact], report: Report, person: int, kind: str) -> Fact:
    fact: Fact | None = _of_kind(model, report, person, kind).on(report.day).first()
    if fact is None:
        raise Refused(
            f"the record has no such thing on {report.day}",
            where=f"person {person}",
            todo="look at the record: give a day on which it holds",
        )
    return fact
