"""What an officer's desk needs to prepare an act: the household around a person, and what an act would change. Every answer
leaves its lines in the read record.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from enishi.platform.services import (
    Reader,
    not_disclosed,
    read_as,
    read_many_as,
    record_reads,
    record_refusal,
)
from enishi.register import people, records
from enishi.register.answers import Name
from enishi.register.filing import Changes, foreseen_changes, foreseen_part
from enishi.register.measure_reading import ITEM as MEASURE
from enishi.register.measure_reading import delivery_of
from enishi.register.measure_words import Delivery, Mail
from enishi.register.models import Act, Membership, Particulars
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.rules.reports import NEW_PERSON, Arrival, Report, Reported

SEATED = ("name", "birth_date", "sex", "household", "relation")
CHANGED = tuple(records.GROUPS)
PERSONS = {"person", "movers", "parent"}
"""What forms of report call a person's id, or ids."""


@dataclass(frozen=True, slots=True)
class Seated:
    """A person's place in a household on a day. `household`: None for somebody who is in none that day, `relation` then blank;
    `protected`: under support measures.
    """

    person: int
    name: Name
    birth_date: date
    sex: int
    household: int | None
    relation: str
    protected: bool = False


def seated(reader: Reader, muni: str, person: int, *, on: date) -> tuple[Seated, ...]:
    """A person and those who share the household on a day, the head first, then by age; empty for nobody and where the
    reader is an officer of another municipality. Recorded.
    """

    def fetch() -> tuple[Seated, ...]:
        return () if reader.muni and reader.muni != muni else _seated(muni, person, on)

    return tuple(read_many_as(reader, SEATED, fetch, lambda one: one.person))


def preview_act(reader: Reader, report: Report, said: Reported) -> tuple[Changes, ...]:
    """What an act would change, by person, recorded as read. Raises BadInput and Refused as performing it would."""
    changes = foreseen_changes(report, said)
    record_reads(
        reader, CHANGED, [one.person for one in changes if records.is_known(report.muni, one.person)]
    )
    return changes


@dataclass(frozen=True, slots=True)
class AreaPreview:
    """What an act on a whole town or municipality would change: how many persons it touches, and what of one page of them.

    Persons of whom the reader may not be told are in the number and on no page.
    """

    touched: int
    changes: tuple[Changes, ...]
    page: int
    pages: int


def preview_area(
    reader: Reader, report: Report, said: Reported, *, page: int = 1, size: int = 20
) -> AreaPreview:
    """What an act of `rules.areas` would change; those on the page are recorded as read. Raises BadInput and Refused as
    performing it would. A page past the end is empty.
    """
    whole: list[int] = []

    def fetch() -> tuple[Changes, ...]:
        touched, changes = foreseen_part(report, said, skip=(page - 1) * size, size=size)
        whole.append(len(touched))
        return changes

    shown = read_many_as(reader, CHANGED, fetch, lambda one: one.person)
    return AreaPreview(whole[0], tuple(shown), page, max(1, -(-whole[0] // size)))


def mail_for(reader: Reader, muni: str, person: int, on: date) -> Delivery:
    """Where a municipality's letter to a person goes on a day (see `delivery_of`), recorded as read; held where the reader
    may not be told.
    """
    if reader.muni != muni:
        record_refusal(reader, MEASURE, person)
        return Delivery(Mail.HELD)
    asks = replace(reader, use=Purpose.SUPPORT_MEASURES.value)
    return read_as(asks, MEASURE, person, lambda: delivery_of(muni, person, on)) or Delivery(Mail.HELD)


def may_name(reader: Reader, muni: str, said: Reported) -> None:
    """Raises the one refusal where a filing names a person of whom the reader may not be told, so that what the act answers
    does not tell it either. Recorded. A newcomer whom nobody here knows comes with their own papers.
    """
    newcomers = {one.person for one in said.newcomers} if isinstance(said, Arrival) else set()
    kept_back = [
        person
        for person in sorted(named_in(said))
        if (person not in newcomers or records.is_known(muni, person))
        and not read_as(reader, SEATED, person, partial(_known_or_none, muni, person))
    ]
    if kept_back:
        raise not_disclosed()


def _known_or_none(muni: str, person: int) -> bool | None:
    return records.is_known(muni, person) or None


def named_in(said: Any) -> set[int]:
    """The ids of the persons whom a form of report names, in whatever part."""
    found: set[int] = set()
    for one in fields(said):
        value = getattr(said, one.name)
        if one.name in PERSONS:
            found.update(value if isinstance(value, tuple) else (value,))
        elif isinstance(value, tuple):
            found.update(who for part in value if is_dataclass(part) for who in named_in(part))
        elif is_dataclass(value):
            found |= named_in(value)
    return found - {NEW_PERSON, None}


def filed(muni: str, beginning: str) -> tuple[int, str] | None:
    """Number and key of the act that was filed under a key with this beginning; None where none was. Nothing personal."""
    rows = Act.objects.filter(muni=muni, key__startswith=beginning).order_by("number")
    return rows.values_list("number", "key").first()


def _seated(muni: str, person: int, on: date) -> tuple[Seated, ...]:
    here = Membership.objects.filter(muni=muni).as_of(on)
    place = here.filter(person=person).first()
    members = {} if place is None else {one.person: one for one in here.filter(household=place.household)}
    rows = Particulars.objects.believed().filter(muni=muni, person__in=[person, *members])
    found = []
    hidden = people.protected_among([person, *members])
    for row in rows:
        one = members.get(row.person)
        name = people.names_of([row.person])[row.person][0]
        household, relation = (one.household, one.relation) if one else (None, "")
        found.append(
            Seated(row.person, name, row.birth_date, row.sex, household, relation, row.person in hidden)
        )
    return tuple(sorted(found, key=lambda one: (one.relation != "head", one.birth_date, one.person)))
