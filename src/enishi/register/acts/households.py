"""Reports on households (art. 25) and moves within a municipality (arts 23, 38)."""

from __future__ import annotations

from enishi.kernel.errors import BadInput
from enishi.kernel.municipality import designated_city_of
from enishi.register import facts
from enishi.register.acts.performing import perform, place_items, residence_on, seat, standing
from enishi.register.models import Act, Address
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import check_place, check_report, days_late
from enishi.register.rules.reports import HouseholdChange, MoveWithin, Report

OF_HOUSEHOLDS = (
    Kind.HOUSEHOLD_SPLIT,
    Kind.HOUSEHOLD_MERGE,
    Kind.HOUSEHOLD_COMPOSITION,
    Kind.HEAD_CHANGE,
)


def move_within(report: Report, said: MoveWithin) -> int:
    """A move within the municipality, or between wards of a designated city. Returns the number of the act.

    Raises BadInput for an address that is none of this municipality, and for a move between wards reported as one within or
    the other way round; Refused as `perform` does and for a day that the law or the record forbids.
    """
    late, place = check_move(report, said), said.to

    def work(act: Act) -> None:
        for person in said.movers:
            residence_on(report.muni, person, report.day)
            address = standing(Address, report.muni, person, report.day)
            _check_wards(said.kind, address.ward or "", place.ward)
            facts.change(act, address, report.day, institution=None, settled_on=None, **place_items(place))
        seat(act, said.seats, report.day)

    persons = [*said.movers, *(one.person for one in said.seats)]
    return perform(report, said, persons, work, whole=bool(said.seats), days_late=late)


def check_move(report: Report, said: MoveWithin) -> int:
    """By how many days the report is late. Raises what `move_within` raises of the report alone."""
    place = said.to
    check_place(place)
    if place.muni != report.muni:
        raise BadInput(
            f"the address lies in {place.muni or 'another country'}",
            where="address",
            todo="report a move out; a move within stays in the municipality",
        )
    if place.ward and designated_city_of(place.ward) != report.muni:
        raise BadInput(
            f"{place.ward} is no ward of {report.muni}", where="address, ward", todo="choose the ward again"
        )
    if not said.movers:
        raise BadInput("nobody moves", where="movers", todo="choose who moves")
    reported = report.reported_on or report.today
    check_report(report.day, reported, report.today, ahead=False)
    return days_late(report.day, reported)


def _check_wards(kind: Kind, old: str, new: str) -> None:
    if kind is Kind.WARD_MOVE and old == new:
        raise BadInput(
            "the address lies in the same ward",
            where="address, ward",
            todo="report it as a move within (art. 23)",
        )
    if kind is not Kind.WARD_MOVE and old != new:
        raise BadInput(
            "the address lies in another ward",
            where="address, ward",
            todo="report it as a move between wards (art. 38): the mayor of the new ward certifies it",
        )


def change_households(report: Report, said: HouseholdChange) -> int:
    """Performs a change of households. Returns the number of the act.

    Raises BadInput for another kind or nobody, Refused as `perform` does.
    """
    if said.kind not in OF_HOUSEHOLDS or not said.seats:
        raise BadInput("no change of a household", where="act", todo="choose the change and whom it concerns")
    check_report(report.day, report.reported_on or report.today, report.today, ahead=False)

    def work(act: Act) -> None:
        for one in said.seats:
            residence_on(report.muni, one.person, report.day)
        seat(act, said.seats, report.day)

    return perform(report, said, [one.person for one in said.seats], work)
