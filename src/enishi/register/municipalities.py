"""The municipalities of the register, and how many live in each: nothing personal."""

from __future__ import annotations

from datetime import date

from django.db.models import Count as CountOf

from enishi.register.answers import Count, MunicipalityLine
from enishi.register.models import Membership, Municipality, Person, Residence


def municipalities(prefecture: str = "") -> list[MunicipalityLine]:
    """Municipalities in order of their codes, of one prefecture (`13`) or all. Nothing personal."""
    rows = Municipality.objects.order_by("muni")
    if prefecture:
        rows = rows.filter(prefecture=prefecture)
    columns = list(MunicipalityLine.__dataclass_fields__)
    return [MunicipalityLine(*row) for row in rows.values_list(*columns)]


def municipality_of(person: int) -> str:
    """The municipality that holds a person's record now, or held it last; blank for nobody. An index, no item of the record."""
    return Person.objects.filter(pk=person).values_list("muni", flat=True).first() or ""


def counts(on: date) -> list[Count]:
    """Residents, and households with at least one, of each municipality on a day; those with nobody are left
    out.
    """
    households = dict(
        Membership.objects.as_of(on)
        .values_list("muni")
        .annotate(households=CountOf("household", distinct=True))
        .values_list("muni", "households")
    )
    residents = (
        Residence.objects.as_of(on)
        .values("muni")
        .annotate(residents=CountOf("id"))
        .order_by("muni")
        .values_list("muni", "residents")
    )
    return [Count(muni, number, households.get(muni, 0)) for muni, number in residents]
