"""What must hold of households when an act has done its work, on every engine; PostgreSQL refuses it by itself too
(`guards.WholeHouseholds`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from enishi.kernel.errors import Refused
from enishi.register.models import Address, Fact, Membership, Residence, StatusItem
from enishi.register.rules.relationship import HEAD

Days = tuple[date, date]


def whole_households(muni: str, persons: Iterable[int]) -> None:
    """Every member of a household to which these persons belong, or belonged before an act, is a resident, and their
    household has a head, on every day of it.

    Raises Refused naming household, person and the first day on which it is not so.
    """
    own = Membership.objects.filter(muni=muni, person__in=list(persons))
    households = set(own.values_list("household", flat=True))
    members = list(Membership.objects.believed().filter(muni=muni, household__in=households))
    residences: dict[int, list[Days]] = {}
    rows = Residence.objects.believed().filter(muni=muni, person__in={one.person for one in members})
    for row in rows:
        residences.setdefault(row.person, []).append(days_of(row))
    heads: dict[int, list[Days]] = {}
    for one in members:
        if one.relation == HEAD:
            heads.setdefault(one.household, []).append(days_of(one))
    for one in members:
        where = f"household {one.household}, person {one.person}"
        if (day := first_left(days_of(one), residences.get(one.person, ()))) is not None:
            raise Refused(
                f"a member of the household would be no resident on {day}",
                where=where,
                todo="let the membership end with the residence",
            )
        if (day := first_left(days_of(one), heads.get(one.household, ()))) is not None:
            raise Refused(
                f"the household would have no head on {day}",
                where=where,
                todo="name a new head (世帯主変更) from that day, or let the others leave the household too",
            )


def within_residences(muni: str, person: int) -> None:
    """Every address and status item of a person lies within one residence. Raises Refused naming the first that does not."""
    groups: tuple[type[Fact], ...] = (Address, StatusItem)
    stays = [days_of(row) for row in Residence.objects.believed().filter(muni=muni, person=person)]
    for group in groups:
        for fact in group._default_manager.believed().filter(muni=muni, person=person):
            since, until = days_of(fact)
            if not any(began <= since and until <= ended for began, ended in stays):
                raise Refused(
                    f"{group._meta.verbose_name} would hold from {since} on while the person is no resident",
                    where=f"person {person}",
                    todo="correct the days of the residence first, or choose a day within it",
                )


def days_of(fact: Fact) -> Days:
    """First day and first day after, the ends of the calendar where there is none."""
    return fact.since or date.min, fact.until or date.max


def first_left(days: Days, periods: Iterable[Days]) -> date | None:
    """The first of `days` (half-open) that lies in none of the periods; None where they cover it."""
    day, end = days
    for since, until in sorted(periods):
        if since > day:
            break
        day = max(day, until)
    return None if day >= end else day
