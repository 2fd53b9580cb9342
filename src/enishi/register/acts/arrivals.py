"""Moves in (art. 22), from abroad, and entries ex officio (art. 8): persons who come on the register."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from enishi.kernel.errors import BadInput, Refused
from enishi.register import facts
from enishi.register.acts.addressees import number_for
from enishi.register.acts.naming import name_items
from enishi.register.acts.performing import (
    domicile_items,
    new_household,
    perform,
    place_items,
    seat,
    status_items,
)
from enishi.register.models import (
    Act,
    Address,
    Domicile,
    ForeignStatus,
    Membership,
    Municipality,
    Particulars,
    Person,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import check_place, check_report, days_late
from enishi.register.rules.relationship import steps_of
from enishi.register.rules.reports import NEW_HOUSEHOLD, NEW_PERSON, Arrival, Newcomer, Report, Seat
from enishi.register.vocabulary import Entry

ENTRIES = {
    Kind.MOVE_IN: Entry.MOVE_IN,
    Kind.MOVE_IN_FROM_ABROAD: Entry.FROM_ABROAD,
    Kind.ENTRY: Entry.EX_OFFICIO,
    Kind.STATUS_ACQUIRED: Entry.STATUS_ACQUIRED,
}


def arrive(report: Report, said: Arrival) -> int:
    """Enters persons on the register. Returns the number of the act; it touches the newcomers, made ones too.

    Raises BadInput for another kind, nobody, an address elsewhere, a person twice or without name; Refused as `perform`
    does, for somebody who is a resident already, before birth, and for what the record forbids.
    """
    _check(report, said)
    names = [[name_items(name) for name in one.names] for one in said.newcomers]
    reported = report.reported_on or report.today
    known = [one.person for one in said.newcomers if one.person != NEW_PERSON]

    def work(act: Act, *made: int) -> None:
        ids, shared = iter(made), 0
        seats = []
        for one, called in zip(said.newcomers, names, strict=True):
            who = one.person if one.person != NEW_PERSON else next(ids)
            if one.household == NEW_HOUSEHOLD:
                shared = shared or new_household(act.muni)
            seats.append(Seat(who, one.household or shared, one.relation))
            _enter(act, report, said, one, who)
            for name in called:
                facts.settle(act, PersonName, who, report.day, **name)
        seat(act, said.seats, report.day)
        for place in seats:
            facts.begin(
                act,
                Membership,
                place.person,
                report.day,
                household=place.household,
                relation=place.relation,
            )

    return perform(
        report,
        said,
        [*known, *(one.person for one in said.seats)],
        work,
        newcomers=len(said.newcomers) - len(known),
        days_late=days_late(report.day, reported),
    )


def _check(report: Report, said: Arrival) -> None:
    if said.kind not in ENTRIES:
        raise BadInput("nobody comes on the register by this act", where="act", todo="choose a move in")
    check_place(said.to)
    if said.to.muni != report.muni:
        raise BadInput(
            f"the address lies in {said.to.muni or 'another country'}",
            where="address",
            todo="the municipality of the new address takes the report",
        )
    if not said.newcomers:
        raise BadInput("nobody moves in", where="newcomers", todo="choose who moves in")
    known = [one.person for one in said.newcomers if one.person != NEW_PERSON]
    if len(set(known)) < len(known):
        raise BadInput("a person stands twice in the report", where="newcomers", todo="name everybody once")
    abroad = said.came_from is not None and not said.came_from.muni
    moves = said.kind in (Kind.MOVE_IN, Kind.MOVE_IN_FROM_ABROAD)
    if moves and (said.kind is Kind.MOVE_IN_FROM_ABROAD) != abroad:
        raise BadInput(
            "the previous address does not fit the act",
            where="previous address",
            todo="choose a move in from abroad for an address abroad, else a move in",
        )
    for one in said.newcomers:
        steps_of(one.relation)
        if not one.names:
            raise BadInput("a newcomer has no name", where="newcomers", todo="enter the registered name")
        if said.kind is Kind.STATUS_ACQUIRED and (one.foreign is None or not one.foreign.status):
            raise BadInput(
                "the newcomer has no status of residence",
                where="newcomers",
                todo="enter nationality and status as the residence card shows them (art. 30-47)",
            )
        if one.foreign is None and one.domicile is None and said.kind is Kind.MOVE_IN_FROM_ABROAD:
            raise BadInput(
                "neither registered domicile nor nationality is given",
                where="newcomers",
                todo="enter one: whoever comes from abroad shows a passport and the family register",
            )
    closed = Municipality.objects.filter(muni=report.muni, ends__lte=report.day).values_list(
        "successor", flat=True
    )
    if closed:
        raise Refused(
            f"the municipality has been {closed[0]} since",
            where=f"municipality {report.muni}",
            todo="report it there",
        )
    check_report(report.day, report.reported_on or report.today, report.today, ahead=False)


def _enter(act: Act, report: Report, said: Arrival, one: Newcomer, who: int) -> None:
    """One newcomer's facts but names and household."""
    day = report.day
    if one.born.earliest > day:
        raise Refused(
            f"the person was born on {one.born.earliest}",
            where="day of the act",
            todo="check the day of the act and the date of birth",
        )
    mine = Residence.objects.believed().filter(muni=act.muni, person=who)
    stays = sorted((stay for stay in mine), key=lambda stay: (stay.until is None, stay.until))
    if stays and (stays[-1].until is None or stays[-1].until > day):
        raise Refused(
            "the person is a resident here already",
            where=f"person {who}",
            todo="look at the record; report a move within, or correct the day on which the person left",
        )
    number_for(act, who)
    Person.objects.update_or_create(id=who, defaults={"muni": act.muni})
    born: dict[str, Any] = {
        "birth_date": one.born.earliest,
        "birth_latest": one.born.latest,
        "birth_wording": one.born.wording,
        "sex": one.sex,
    }
    if stays:
        facts.settle(act, Particulars, who, day, **born)
    else:
        facts.begin(act, Particulars, who, None, **born)
    came_from = None if said.came_from is None else asdict(said.came_from)
    facts.begin(act, Residence, who, day, entry=ENTRIES[said.kind].value, came_from=came_from)
    facts.begin(act, Address, who, day, **place_items(said.to))
    if one.domicile is not None:
        facts.settle(act, Domicile, who, day, **domicile_items(one.domicile))
    if one.foreign is not None:
        facts.settle(act, ForeignStatus, who, day, **status_items(one.foreign))
    for item in one.items:
        facts.begin(act, StatusItem, who, day, kind=item.kind.value, detail=item.detail)
