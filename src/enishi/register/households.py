"""A household as its municipality has it: members on a day, its head, who was in it before and who will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import Reader, read_many_as
from enishi.register.answers import Name
from enishi.register.finding import names_here, written
from enishi.register.models import Address, Membership, Particulars
from enishi.register.people import protected_among
from enishi.register.rules.relationship import HEAD

ITEMS = ("name", "reading", "birth_date", "sex", "address", "household", "relation", "members")


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Somebody's time in a household. `act`: the number of the act that entered it; `address`: of the day, else the last one
    by then; `protected`: under support measures.
    """

    person: int
    name: Name
    born: PartialDate
    sex: int
    relation: str
    since: date | None
    until: date | None
    act: int
    address: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Household:
    """A household on a day: its members, the head first and then by age; those who were in it before; those who come.

    `head`: person id, None where it has none that day (nobody is in it).
    """

    number: int
    day: date
    members: tuple[HouseholdMember, ...]
    past: tuple[HouseholdMember, ...]
    coming: tuple[HouseholdMember, ...]

    @property
    def head(self) -> HouseholdMember | None:
        """The head of household (世帯主)."""
        return next((one for one in self.members if one.relation == HEAD), None)


def household_on(reader: Reader, muni: str, household: int, *, on: date) -> Household | None:
    """A household of a municipality on a day; None where nobody was ever in it, and where the reader is an officer of another
    municipality. Everybody shown is recorded as read; whom the reader may not be told of is left out.
    """

    def fetch() -> list[HouseholdMember]:
        return [] if reader.muni and reader.muni != muni else _members(muni, household, on)

    found = read_many_as(reader, ITEMS, fetch, lambda one: one.person)
    if not found:
        return None
    here, past, coming = [], [], []
    for one in found:
        if one.until is not None and one.until <= on:
            past.append(one)
        elif one.since is not None and one.since > on:
            coming.append(one)
        else:
            here.append(one)
    here.sort(key=lambda one: (one.relation != HEAD, one.born, one.person))
    past.sort(key=lambda one: (one.until or date.min, one.person), reverse=True)
    return Household(household, on, tuple(here), tuple(past), tuple(coming))


def _members(muni: str, household: int, on: date) -> list[HouseholdMember]:
    rows = list(
        Membership.objects.filter(muni=muni, household=household).believed().order_by("since", "person")
    )
    ids = sorted({row.person for row in rows})
    names = names_here(muni, ids)
    born = {row.person: row for row in Particulars.objects.filter(muni=muni, person__in=ids).believed()}
    addresses: dict[int, Address] = {}
    for at in Address.objects.filter(muni=muni, person__in=ids).believed().order_by("since"):
        if at.person not in addresses or at.since is None or at.since <= on:
            addresses[at.person] = at
    protected = protected_among(ids)
    return [
        HouseholdMember(
            person=row.person,
            name=names[row.person][0],
            born=PartialDate(
                born[row.person].birth_date, born[row.person].birth_latest, born[row.person].birth_wording
            ),
            sex=born[row.person].sex,
            relation=row.relation,
            since=row.since,
            until=row.until,
            act=row.act,
            address=written(addresses[row.person]) if row.person in addresses else "",
            protected=row.person in protected,
        )
        for row in rows
    ]
