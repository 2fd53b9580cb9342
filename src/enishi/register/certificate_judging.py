"""Judging a request for a certificate: whom it names is read on the requester's ground, each read and refusal recorded, and
the law asked (`rules.certificates`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from django.utils import timezone

from enishi.platform.services import Reader, database_of, read_as, record_refusal, within
from enishi.register.certificate_reading import Known, read_person
from enishi.register.gate import measures_of
from enishi.register.rules.certificate_reasons import Denied, no_ground
from enishi.register.rules.certificates import (
    GATE_ITEMS,
    OTHERS,
    OWN,
    Asked,
    Certificate,
    Channel,
    Item,
    Permit,
    Seen,
    article_of,
    check_request,
    permit,
)
from enishi.register.rules.disclosure import closes
from enishi.register.rules.disclosure_words import Purpose, Role

HOUSEHOLD = ("name", "household", "relation")
ONES_OWN_WAYS = frozenset({Channel.ONLINE, Channel.STORE})
"""By which a resident asks without an officer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody whose record can be certified together with another's. `relation`: a path (`rules.relationship`)."""

    person: int
    name: str
    relation: str
    sex: int
    foreign: bool
    resident: bool


def certifiable(reader: Reader, muni: str, person: int, *, now: datetime, today: date) -> tuple[Choice, ...]:
    """A person and the members of the household, to choose from; empty for nobody, and where the reader is an officer of another
    municipality. Each is recorded as read. Members under support measures are left out, and such a person stands alone.
    """
    ground = replace(reader, article="Basic Resident Register Act 12(3)")
    if reader.muni and reader.muni != muni:
        record_refusal(ground, HOUSEHOLD, person)
        return ()
    return tuple(_choice(one) for one in household(ground, muni, person, now=now, today=today))


def household(ground: Reader, muni: str, person: int, *, now: datetime, today: date) -> tuple[Known, ...]:
    """The records of a person and of the members of the household that may be told of; as `certifiable`."""
    with within(muni):

        def read(who: int) -> Known | None:
            return read_as(ground, HOUSEHOLD, who, lambda: read_person(muni, who, today, now))

        first = read(person)
        if first is None:
            return ()
        shut = protected(muni, first.household | {person})
        others = [] if person in shut else sorted(first.household - {person} - shut)
        return tuple(one for one in (first, *map(read, others)) if one is not None)


def _choice(one: Known) -> Choice:
    place, particulars = one.record.of("membership"), one.record.of("particulars")
    assert particulars is not None
    return Choice(
        one.person,
        one.first_name.text,
        place.items["relation"] if place else "",
        particulars.items["sex"],
        one.foreign,
        one.removed_on is None,
    )


def judged(reader: Reader, asked: Asked, moment: datetime, day: date) -> tuple[list[Known], Permit]:
    """Reads whom the request names, and judges it; every read and every refusal is recorded."""
    ground = ground_of(reader, asked)
    items = (GATE_ITEMS[asked.kind],)
    try:
        check_request(asked)
        check_reader(reader, asked)
        known, seen = _read(ground, items, asked, moment, day)
        return known, permit(asked, seen, day)
    except Denied:
        for person in asked.persons or (None,):
            record_refusal(ground, items, person)
        raise


def check_reader(reader: Reader, asked: Asked) -> None:
    """Raises Denied for an officer of another office, and for a resident who asks in the name of somebody else, or as an officer
    would.
    """
    if reader.muni and reader.muni != asked.office:
        raise no_ground()
    if reader.actor.startswith("resident:") and (
        reader.actor != f"resident:{asked.requester.person}" or asked.channel not in ONES_OWN_WAYS
    ):
        raise no_ground()


def ground_of(reader: Reader, asked: Asked) -> Reader:
    """The reader, for whoever asks, by the article of the certificate."""
    requester = asked.requester
    whose = f"resident:{requester.person}" if requester.person is not None else requester.standing.value
    ground = replace(
        reader,
        purpose=f"certificate: {asked.kind.value}",
        article=article_of(asked.kind, requester.standing),
        on_behalf_of=whose,
    )
    if reader.actor.startswith("resident:"):
        role = Role.STORE_TERMINAL.value if asked.channel is Channel.STORE else ""
        return replace(ground, on_behalf_of="", use=Purpose.OWN_RECORD.value, role=role)
    if asked.kind is Certificate.WIDE_AREA and requester.person is not None:
        return elsewhere(ground, requester.person)
    return ground


def elsewhere(ground: Reader, person: int) -> Reader:
    """A wide-area copy: the office holds no trace of the person, who asks there of their own record (art. 12-4). The gate is
    asked for the resident; the officer stands in the purpose.
    """
    said = f"{ground.purpose} at {ground.muni} by {ground.actor}"[:120]
    return replace(
        ground,
        actor=f"resident:{person}",
        on_behalf_of="",
        muni="",
        purpose=said,
        use=Purpose.OWN_RECORD.value,
    )


def _read(
    ground: Reader, items: tuple[str, ...], asked: Asked, moment: datetime, day: date
) -> tuple[list[Known], Seen]:
    with within(asked.muni):
        shut = _shut(asked, asked.persons)
        found = {}
        for person in asked.persons:
            one = read_as(ground, items, person, partial(_open, asked.muni, person, shut, day, moment))
            if one is not None:
                found[person] = one
        heads = {one.head for one in found.values() if one.head is not None and Item.RELATION in asked.says}
        closed = _shut(asked, heads)
        for head in sorted(heads - set(asked.persons)):
            read_as(ground, ("name",), head, partial(_unless, head in closed, head))
        household = _household_of_requester(ground, asked, found, day, moment)
    readable = frozenset(
        who for who, one in found.items() if Item.RELATION not in asked.says or one.head not in closed
    )
    seen = Seen(
        readable=readable,
        residents=frozenset(who for who, one in found.items() if one.removed_on is None),
        household=household,
        removed_on={who: one.removed_on for who, one in found.items() if one.removed_on is not None},
        moving=frozenset(who for who, one in found.items() if one.moving),
    )
    return [found[person] for person in asked.persons if person in found], seen


def _open(muni: str, person: int, shut: frozenset[int], day: date, moment: datetime) -> Known | None:
    return None if person in shut else read_person(muni, person, day, moment)


def _unless(closed: bool, head: int) -> int | None:
    return None if closed else head


def _household_of_requester(
    ground: Reader, asked: Asked, found: dict[int, Known], day: date, moment: datetime
) -> frozenset[int]:
    who = asked.requester.person
    if who is None or asked.requester.standing in OTHERS:
        return frozenset()
    own = found.get(who) or read_as(
        ground, ("household",), who, lambda: read_person(asked.muni, who, day, moment)
    )
    return own.household if own is not None else frozenset()


def _shut(asked: Asked, persons: Iterable[int]) -> frozenset[int]:
    """Those of some persons who are under support measures now, for everybody but the protected of the same case, at a
    counter of the municipality that keeps the record: elsewhere nobody is told where they live. The gate, which knows other
    parties by their number, has refused those already.
    """
    requester = asked.requester
    here = asked.channel is Channel.COUNTER and asked.kind is not Certificate.WIDE_AREA
    own = requester.person if requester.standing in OWN and here else None
    return protected(asked.muni, persons, own)


def protected(muni: str, persons: Iterable[int], unless: int | None = None) -> frozenset[int]:
    """Those whom a measure protects now that does not protect `unless` too."""
    now = timezone.now()
    found = measures_of(frozenset(persons), [database_of(muni)])
    return frozenset(
        who
        for who, measures in found.items()
        if any(closes(one, now) and who in one.protected and unless not in one.protected for one in measures)
    )
