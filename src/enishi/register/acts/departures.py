"""Moves out and abroad (art. 24), their cancellation, and the notice that the mover has arrived (art. 9(1))."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from enishi.kernel.errors import BadInput, Refused
from enishi.register import facts
from enishi.register.acts.performing import (
    act_of,
    perform,
    residence_on,
    said_of,
    seat,
    standing,
    touched_by,
)
from enishi.register.models import Act, Address, Membership, Residence, StatusItem
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import check_place, check_report, days_late
from enishi.register.rules.reports import Arrived, Departure, Report, TakingBack
from enishi.register.vocabulary import Exit

DEPARTURES = {Kind.MOVE_OUT: Exit.MOVE_OUT, Kind.MOVE_OUT_ABROAD: Exit.ABROAD}


def depart(report: Report, said: Departure) -> int:
    """Ends residences by a move out, on the day of the act, which may be announced ahead. Returns the act's number.

    Raises BadInput for another kind, nobody, or a destination that is none; Refused as `perform` does, and for a day that
    the law or the record forbids.
    """
    if said.kind not in DEPARTURES:
        raise BadInput("nobody moves out by this act", where="act", todo="choose a move out")
    if not said.movers:
        raise BadInput("nobody moves", where="movers", todo="choose who moves")
    check_place(said.to)
    if said.to.muni == report.muni:
        raise BadInput(
            "the address lies in this municipality", where="destination", todo="report a move within"
        )
    if bool(said.to.muni) != (said.kind is Kind.MOVE_OUT):
        raise BadInput(
            "the destination does not fit the act",
            where="destination",
            todo="choose a move abroad for a country, else a move out",
        )
    reported = report.reported_on or report.today
    check_report(report.day, reported, report.today, ahead=True)

    def work(act: Act) -> None:
        _go(act, said, report.day, exit=DEPARTURES[said.kind].value, going_to=asdict(said.to))

    persons = [*said.movers, *(one.person for one in said.seats)]
    return perform(report, said, persons, work, days_late=days_late(report.day, reported))


def cancel(report: Report, said: TakingBack) -> int:
    """Cancels a move out (転出取消): the movers never left. Returns the number of the act.

    Raises Refused where they have moved in elsewhere, or a later act rests on it.
    """
    if said.kind is not Kind.MOVE_OUT_CANCELLED:
        raise BadInput("this act cancels nothing", where="act", todo="choose the cancellation of a move out")
    earlier = act_of(report.muni, said.act, *DEPARTURES)

    def work(act: Act) -> None:
        _check_open(earlier)
        facts.take_back(act, earlier.number)

    return perform(report, said, touched_by(earlier), work, corrects=earlier.number)


def arrived(report: Report, said: Arrived) -> int:
    """Records where, and since when, those who left by an act live now. Returns the number of the act.

    The whole departure counts from the day on which they really moved, and only for those who did: who stayed has never
    left. Raises Refused where a later act rests on another day or on their having left, BadInput for movers who did not leave.
    """
    earlier = act_of(report.muni, said.departure, *DEPARTURES)
    left = said_of(Departure, earlier)
    if not said.movers or not set(said.movers) <= set(left.movers):
        raise BadInput(
            "the notice names somebody who did not leave by this act",
            where="movers",
            todo="ask the municipality that sent it; nothing was changed",
        )

    def work(act: Act) -> None:
        # Somebody who has died meanwhile is no mover any more; of the others none may have been settled otherwise.
        gone = _gone(earlier)
        living = set(left.movers) - gone
        _check_open(earlier, living | set(said.movers))
        went = {"went_to": asdict(said.to)}
        if (report.day, set(said.movers)) == (earlier.effective, living):
            for person in said.movers:
                stay = Residence.objects.believed().get(muni=act.muni, person=person, until=report.day)
                facts.restate(act, stay, **went)
            return
        facts.take_back(act, earlier.number, but=gone)
        real = Departure(left.kind, said.movers, left.to, left.seats)
        _go(act, real, report.day, exit=DEPARTURES[left.kind].value, going_to=asdict(left.to), **went)

    return perform(report, said, touched_by(earlier), work, corrects=earlier.number)


def _go(act: Act, said: Departure, day: date, **items: Any) -> None:
    for person in said.movers:
        stay = residence_on(act.muni, person, day)
        if stay.since == day:
            raise Refused(
                f"the person has been a resident since {day} only",
                where=f"person {person}",
                todo="nobody comes and goes on one day: correct the move in first",
            )
        for group in (Membership, Address):
            facts.end(act, standing(group, act.muni, person, day), day)
        for item in (
            StatusItem.objects.believed().filter(muni=act.muni, person=person).exclude(until__lte=day)
        ):
            facts.end(act, item, day)
        facts.end(act, stay, day, **items)
    seat(act, said.seats, day)


def _gone(departure: Act) -> set[int]:
    """Movers who died, or were removed, after the departure was entered."""
    mine = Residence.objects.filter(muni=departure.muni, act=departure.number)
    by = dict(mine.filter(superseded_by__isnull=False).values_list("superseded_by", "person"))
    ends = [Kind.DEATH.value, Kind.DISAPPEARANCE.value, Kind.ERASURE.value]
    acts = Act.objects.filter(
        muni=departure.muni, number__in=[number for number in by if number], kind__in=ends
    )
    return {by[number] for number in acts.values_list("number", flat=True)}


def _check_open(departure: Act, movers: Iterable[int] | None = None) -> None:
    gone = Residence.objects.filter(muni=departure.muni, act=departure.number, superseded_by__isnull=False)
    if movers is not None:
        gone = gone.filter(person__in=list(movers))
    if (later := gone.values_list("superseded_by", flat=True).first()) is not None:
        raise Refused(
            f"act {later} has settled this move already",
            where=f"act {departure.number}",
            todo="whoever has moved in elsewhere comes back by a move in",
        )
