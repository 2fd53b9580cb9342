"""Reports on households (art. 25) and moves within a municipality (art. 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from enishi.kernel.errors import BadInput
from enishi.register import facts
from enishi.register.acts.performing import (
    Report,
    Seat,
    perform,
    place_items,
    residence_on,
    seat,
    standing,
)
from enishi.register.models import Act, Address
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place, check_place, check_report, days_late

OF_HOUSEHOLDS = (
    Kind.HOUSEHOLD_SPLIT,
    Kind.HOUSEHOLD_MERGE,
    Kind.HOUSEHOLD_COMPOSITION,
    Kind.HEAD_CHANGE,
)


def move_within(report: Report, movers: Sequence[int], place: Place, seats: Sequence[Seat] = ()) -> int:
    """A move within the municipality (転居届, art. 23). Returns the number of the act.

    `seats`: the new places in households of movers and of those left behind, as far as they change. Raises BadInput for
    an address that is none of this municipality, Refused as `perform` does and for a day that the law or the record forbids.
    """
    check_place(place)
    if place.muni != report.muni:
        raise BadInput(
            f"the address lies in {place.muni or 'another country'}",
            where="address",
            todo="report a move out; a move within stays in the municipality",
        )
    if not movers:
        raise BadInput("nobody moves", where="movers", todo="choose who moves")
    reported = report.reported_on or report.today
    check_report(report.day, reported, report.today, ahead=False)

    def work(act: Act) -> None:
        for person in movers:
            residence_on(report.muni, person, report.day)
            address = standing(Address, report.muni, person, report.day)
            facts.change(act, address, report.day, institution=None, **place_items(place))
        seat(act, seats, report.day)

    said = {
        "movers": sorted(movers),
        "to": asdict(place),
        "seats": [asdict(one) for one in seats],
        "days_late": days_late(report.day, reported),
    }
    persons = [*movers, *(one.person for one in seats)]
    return perform(Kind.MOVE_WITHIN, report, persons, said, work)


def change_households(kind: Kind, report: Report, seats: Sequence[Seat]) -> int:
    """A split (世帯分離), merger (世帯合併), change of composition (世帯構成変更) or of head (世帯主変更).

    Returns the number of the act. `seats`: the new places of all whose household or relationship changes. Raises BadInput
    for another kind or nobody, Refused as `perform` does.
    """
    if kind not in OF_HOUSEHOLDS or not seats:
        raise BadInput("no change of a household", where="act", todo="choose the change and whom it concerns")
    check_report(report.day, report.reported_on or report.today, report.today, ahead=False)

    def work(act: Act) -> None:
        for one in seats:
            residence_on(report.muni, one.person, report.day)
        seat(act, seats, report.day)

    return perform(
        kind, report, [one.person for one in seats], {"seats": [asdict(one) for one in seats]}, work
    )
