"""Questions about addressee numbers: who is served under one, and who may have two. Loading gives the first ones
(`engines.addressees`).

Whoever is not on the register has no person id: their line in the read record has no subject and names the number among the
items.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections, transaction
from django.db.models import Q

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import (
    Reader,
    database_of,
    read_as,
    read_many_as,
    record_list,
    record_refusal,
)
from enishi.register import people
from enishi.register.engines.walking import LAST_CHARACTER
from enishi.register.models import Addressee, Particulars, PersonName
from enishi.register.rules.moves import Place
from enishi.register.rules.search_key import search_key

ITEMS = ("name", "birth_date")
SERVED = (*ITEMS, "address")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Served:
    """Whom a municipality serves under an addressee number (宛名番号). `person`: the id of a person of its register, whose name,
    reading and birth are the record's; None for one who is not on it (住登外者), who lives at `address`, elsewhere.

    `since`, `until`: the days as a non-resident addressee; `merged_into`: the number that stands for both since they were found
    to be one.
    """

    number: int
    person: int | None
    name: str
    kana: str
    born: PartialDate | None
    address: Place | None
    since: date | None
    until: date | None
    merged_into: int | None

    def served_on(self, day: date) -> bool:
        """Whether they are served as a non-resident addressee on a day."""
        return (
            self.person is None
            and self.merged_into is None
            and (self.since is None or self.since <= day)
            and (self.until is None or day < self.until)
        )


@dataclass(frozen=True, slots=True)
class ServedPage:
    """One page of non-resident addressees by their reading, `number` from 1 of `pages`; `total`: how many there are."""

    rows: tuple[Served, ...]
    number: int
    pages: int
    total: int


def addressee(reader: Reader, muni: str, number: int) -> Served | None:
    """Whom a number of the municipality stands for; None for nobody, for an officer of another municipality, and for a person of
    the register of whom the reader may not be told. Recorded either way.
    """
    if reader.muni != muni:
        record_refusal(reader, (*SERVED, _numbered(number)), None)
        return None
    row = _of(muni).filter(number=number).first()
    person = None if row is None else _stands_for(row)
    if row is None or person is None:
        _recorded(reader, [number])
        return None if row is None else _served(row)
    return read_as(reader, ITEMS, person, lambda: _on_register(row, person))


def find_addressees(
    reader: Reader, muni: str, text: str = "", *, on: date, page: int = 1, size: int = 50
) -> ServedPage:
    """Non-resident addressees who are served on a day, of whom reading or name begins with `text`, or whose number it is; all
    where it is blank. Recorded for everybody on the page. Raises Refused (and records it) for an officer of another municipality.
    """
    _here(reader, muni)
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise _no_page(page, size)
    rows = (
        _of(muni)
        .filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))
        .filter(person__isnull=True, merged_into__isnull=True)
        .order_by("kana_key", "number")
    )
    if asked := text.strip():
        key = search_key(asked)
        wanted = Q(name__startswith=asked)
        if key:
            wanted |= Q(kana_key__gte=key, kana_key__lt=f"{key}{LAST_CHARACTER}")
        if asked.isascii() and asked.isdigit() and int(asked) < 2**63:
            wanted |= Q(number=int(asked))
        rows = rows.filter(wanted)
    total = rows.count()
    pages = max(1, -(-total // size))
    page = min(page, pages)
    found = tuple(_served(row) for row in rows[(page - 1) * size : page * size])
    _recorded(reader, [one.number for one in found])
    return ServedPage(found, page, pages, total)


def addressees_alike(
    reader: Reader, muni: str, kana: str, born: date, *, most: int = 5
) -> tuple[Served, ...]:
    """Who has this reading and day of birth under a number here already, on the register or not: looked at before somebody gets
    another number. Recorded; raises as `find_addressees`.
    """
    _here(reader, muni)
    key = search_key(kana)
    standing = _of(muni).filter(merged_into__isnull=True)
    others = list(
        standing.filter(person__isnull=True, until__isnull=True, kana_key=key, birth_date=born)[:most]
    )
    named = PersonName.objects.using(database_of(muni)).believed().filter(muni=muni, kana_key=key)
    same_day = Particulars.objects.using(database_of(muni)).believed().filter(muni=muni, birth_date=born)
    residents = list(
        standing.filter(person__in=named.values("person"))
        .filter(person__in=same_day.values("person"))
        .order_by("number")[:most]
    )
    _recorded(reader, [one.number for one in others])
    told = read_many_as(
        reader,
        ITEMS,
        lambda: [_on_register(one, one.person) for one in residents if one.person is not None],
        lambda one: one.person or 0,
    )
    return (*(_served(one) for one in others), *told)


def addressee_by_act(muni: str, act: int) -> int | None:
    """The number of the addressee whom an act was the latest to concern; None where a later act concerns them, or none does."""
    found = _of(muni).filter(act=act, merged_into__isnull=True).order_by("number").first()
    return None if found is None else int(found.number)


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A non-resident addressee and another who has the same reading and date of birth: perhaps one person.

    `other`: an addressee number; `person`: the id of the other where it is a person of the register, else None.
    """

    number: int
    other: int
    person: int | None
    kana: str
    birth_date: date


def addressee_duplicates(
    reader: Reader, muni: str, *, page: int = 1, size: int = 50
) -> tuple[PossibleDuplicate, ...]:
    """Non-resident addressees who may be another one, or a person of the register: same reading and date of birth.
    An officer decides (`AddresseesMerged`).

    Recorded for each of them; a person of the register of whom the reader may not be told is left out. Raises
    Refused for an officer of another municipality.
    """
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise _no_page(page, size)
    _here(reader, muni)
    using = database_of(muni)
    tables = {
        "addressee": Addressee._meta.db_table,
        "name": PersonName._meta.db_table,
        "particulars": Particulars._meta.db_table,
    }
    with_persons = """
        SELECT a.number, o.number, o.person, a.kana, a.birth_date FROM {addressee} a
        JOIN {name} n ON n.muni = a.muni AND n.kana_key = a.kana_key AND n.superseded_at IS NULL
        JOIN {particulars} p ON p.muni = a.muni AND p.person = n.person AND p.birth_date = a.birth_date
          AND p.superseded_at IS NULL
        JOIN {addressee} o ON o.muni = a.muni AND o.person = n.person
        WHERE a.muni = %s AND a.person IS NULL AND a.merged_into IS NULL AND a.until IS NULL
        UNION
        SELECT a.number, o.number, o.person, a.kana, a.birth_date FROM {addressee} a
        JOIN {addressee} o ON o.muni = a.muni AND o.kana_key = a.kana_key AND o.birth_date = a.birth_date
          AND o.number > a.number AND o.person IS NULL AND o.merged_into IS NULL AND o.until IS NULL
        WHERE a.muni = %s AND a.person IS NULL AND a.merged_into IS NULL AND a.until IS NULL
        ORDER BY 1, 2 LIMIT %s OFFSET %s""".format(**tables)

    with transaction.atomic(), connections[using].cursor() as cursor:
        cursor.execute(with_persons, [muni, muni, size, (page - 1) * size])
        found = tuple(PossibleDuplicate(*row) for row in cursor.fetchall())
        persons = sorted({one.person for one in found if one.person is not None})
        told = set(read_many_as(reader, ITEMS, lambda: persons, lambda one: one)) if persons else set()
        found = tuple(one for one in found if one.person is None or one.person in told)
        served = {one.number for one in found} | {one.other for one in found if one.person is None}
        _recorded(reader, sorted(served))
    return found


def _of(muni: str) -> Any:
    return Addressee.objects.using(database_of(muni)).filter(muni=muni)


def _served(row: Addressee) -> Served:
    born = None
    if row.birth_date is not None and row.birth_latest is not None:
        born = PartialDate(row.birth_date, row.birth_latest, row.birth_wording)
    address = Place(**row.address) if row.address else None
    return Served(
        row.number, row.person, row.name, row.kana, born, address, row.since, row.until, row.merged_into
    )


def _stands_for(row: Addressee) -> int | None:
    """The person of the register for whom a number stands, by itself or by the one into which it was merged: what was written of
    them before is as much theirs as their record, and told by the same rule.
    """
    seen: set[int] = set()
    while row.person is None and row.merged_into is not None and row.number not in seen:
        seen.add(row.number)
        row = _of(row.muni).get(number=row.merged_into)
    return row.person


def _on_register(row: Addressee, person: int) -> Served:
    name = people.names_of([person])[person][0]
    facts = Particulars.objects.using(database_of(row.muni)).believed().filter(muni=row.muni, person=person)
    latest = facts.order_by("-id").first()
    born = PartialDate(latest.birth_date, latest.birth_latest, latest.birth_wording) if latest else None
    return Served(row.number, person, name.text, name.kana, born, None, row.since, row.until, row.merged_into)


def _numbered(number: int) -> str:
    return f"addressee {number}"


def _recorded(reader: Reader, numbers: Iterable[int]) -> None:
    """Records that non-resident addressees were read: each a line without a subject, since they have no person id."""
    for number in numbers:
        record_list(reader, (*SERVED, _numbered(number)))


def _here(reader: Reader, muni: str) -> None:
    if reader.muni != muni:
        record_refusal(reader, SERVED, None)
        raise Refused("an officer sees the own municipality's addressees only", where=muni, todo="ask there")


def _no_page(page: int, size: int) -> BadInput:
    return BadInput(f"there is no page {page} of {size} rows", where="page", todo="ask for a page from 1 on")
