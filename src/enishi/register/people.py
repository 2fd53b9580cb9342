"""Finding persons and reading one record, for the door. Nothing here is called without the read record around
it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.db.models import F
from django.utils import timezone

from enishi.kernel.errors import BadInput
from enishi.register.answers import Hit, Hits, Member, Name, Stay, Summary
from enishi.register.engines.lookup import rows_now
from enishi.register.engines.walking import Anywhere, Here, born_anywhere, named_anywhere, protected_of
from enishi.register.models import (
    Address,
    ForeignStatus,
    Membership,
    Particulars,
    Person,
    PersonName,
    Residence,
)
from enishi.register.rules.search_key import is_reading, search_key
from enishi.register.vocabulary import NameKind, Relation

LARGEST_PAGE = 200
JAPAN = "JPN"
SPARE = 30
"""Names read beyond a page at first: of persons who stand there with another name already, or are not to be found."""
LONGEST_SLICE = 20_000
Row = TypeVar("Row", Anywhere, Here)
SHOWN_FIRST = (
    NameKind.REGISTERED,
    NameKind.ALIAS,
    NameKind.LATIN,
    NameKind.FORMER,
    NameKind.FOREIGN_KANJI,
)


def find_hits(
    text: str, muni: str, born: date | None, on: date, page: int, size: int, *, protected: bool
) -> Hits:
    """See `register.services.search_persons`. `protected`: whether persons under support measures are among those
    found; they are left out before a page is cut, so that none is short by them.
    """
    key = search_key(text)
    if not key and born is None:
        raise BadInput(
            "the search is empty",
            where="search",
            todo="type the beginning of a name or of its reading, or a date of birth",
        )
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise BadInput(
            f"there is no page {page} of {size} rows",
            where="search",
            todo=f"ask for a page from 1 on, of at most {LARGEST_PAGE} rows",
        )
    start, today = (page - 1) * size, _today()
    column = "kana_key" if is_reading(key) else "key"
    slices: Iterable[Sequence[Anywhere]]
    if born is None:
        ask = partial(named_anywhere, column, key, muni, today)
        slices = slices_of(ask, start + size + SPARE)
    else:
        slices = [born_anywhere(column, key, muni, today, born)]
    rows = (one for one in each_once(slices) if protected or not one[1])
    found = list(islice(rows, start, start + size + 1))
    return Hits(_hits(found[:size], on), page, len(found) > size)


def find_summaries(persons: Collection[int], on: date) -> dict[int, Summary]:
    """See `register.services.person_summaries`: the same queries however many persons there are."""
    stays = _stays(list(persons), on)
    mine = {"muni__in": {stay.muni for stay in stays.values()}, "person__in": list(stays)}
    particulars = {(row.muni, row.person): row for row in Particulars.objects.filter(**mine).believed()}
    statuses = {(row.muni, row.person): row for row in ForeignStatus.objects.filter(**mine).as_of(on)}
    places = _places([(stay.muni, who) for who, stay in stays.items()], on)
    homes: dict[tuple[str, int], list[Membership]] = {}
    here = Membership.objects.filter(
        muni__in=mine["muni__in"], household__in={one.household for one in places.values()}
    )
    for member in here.as_of(on).order_by("id"):
        homes.setdefault((member.muni, member.household), []).append(member)
    everybody = list({*stays, *(one.person for home in homes.values() for one in home)})
    hidden = _protected(everybody)
    names = names_of(everybody)
    found = {}
    for who, stay in stays.items():
        key = (stay.muni, who)
        row, status, place = particulars[key], statuses.get(key), places.get(key)
        home = homes.get((stay.muni, place.household), []) if place else []
        others = [one for one in home if one.person != who and one.person not in hidden]
        found[who] = Summary(
            person=who,
            names=tuple(names[who]),
            birth_date=row.birth_date,
            sex=row.sex,
            nationality=status.nationality if status else JAPAN,
            residence_status=status.status or "" if status else "",
            stay=stay,
            protected=who in hidden,
            household=place.household if place else None,
            relation=place.relation if place else "",
            head=next((one.person for one in home if one.relation == Relation.HEAD), None),
            members=()
            if who in hidden
            else tuple(Member(one.person, one.relation, names[one.person][0]) for one in others),
        )
    return found


def _places(records: Collection[tuple[str, int]], on: date) -> dict[tuple[str, int], Membership]:
    """Each record's place in a household: that of the day, else the latest."""
    munis, persons = {muni for muni, _ in records}, {who for _, who in records}
    rows = Membership.objects.filter(muni__in=munis, person__in=persons).believed()
    latest = {(row.muni, row.person): row for row in rows.order_by(F("since").asc(nulls_first=True))}
    return latest | {(row.muni, row.person): row for row in rows.on(on)}


def slices_of(ask: Callable[[int, int], Sequence[Row]], many: int) -> Iterator[Sequence[Row]]:
    """What a search finds, in growing slices, none longer than `LONGEST_SLICE`. `ask`: gives rows from a place on, so many."""
    start = 0
    while rows := ask(start, many):
        yield rows
        if len(rows) < many:
            return
        start, many = start + many, min(many * 4, LONGEST_SLICE)


def each_once(slices: Iterable[Sequence[Row]]) -> Iterator[Row]:
    """Rows of persons in the order in which each comes first."""
    seen: set[int] = set()
    for rows in slices:
        for row in rows:
            if row[0] not in seen:
                seen.add(row[0])
                yield row


def _hits(found: Sequence[Anywhere], on: date) -> tuple[Hit, ...]:
    tables = (Particulars, PersonName, Residence, Address)
    born, names, stays, addresses = rows_now(tables, [(muni, who) for who, _, muni in found if muni])
    return tuple(
        Hit(
            who,
            called(names.get(who, ()))[0],
            born[who][-1].birth_date,
            born[who][-1].sex,
            _stay_on(stays[who], addresses[who], on),
            protected,
        )
        for who, protected, _ in found
        if who in stays
    )


def names_of(ids: Sequence[int], munis: Sequence[str] | None = None) -> dict[int, list[Name]]:
    """Each person's names, the one to call them by first. `munis`: those that hold the persons' records, where known."""
    found: dict[int, list[PersonName]] = {who: [] for who in ids}
    for row in PersonName.objects.believed().filter(muni__in=munis or _munis(ids), person__in=ids):
        found[row.person].append(row)
    return {who: called(rows) for who, rows in found.items()}


def called(rows: Iterable[Any]) -> list[Name]:
    """Rows of `PersonName` as names, the one to call somebody by first; never none."""
    names = []
    for row in rows:
        written = row.whole or " ".join(filter(None, (row.surname, row.given)))
        kana = row.whole_kana or " ".join(filter(None, (row.surname_kana, row.given_kana)))
        names.append(Name(NameKind(row.kind), written, kana))
    return sorted(names, key=lambda name: SHOWN_FIRST.index(name.kind)) or [Name(NameKind.REGISTERED, "", "")]


def _stays(ids: Sequence[int], on: date) -> dict[int, Stay]:
    """Each person's residence of the day; else the latest one that began by then; else the first to come."""
    here = {"muni__in": _munis(ids), "person__in": ids}
    addresses: dict[int, list[Address]] = {}
    for address in Address.objects.filter(**here).believed().order_by(F("since").asc(nulls_first=True)):
        addresses.setdefault(address.person, []).append(address)
    found: dict[int, list[Residence]] = {}
    for row in Residence.objects.filter(**here).believed().order_by(F("since").asc(nulls_first=True)):
        found.setdefault(row.person, []).append(row)
    return {who: _stay_on(rows, addresses[who], on) for who, rows in found.items()}


def _stay_on(stays: Sequence[Any], addresses: Sequence[Any], on: date) -> Stay:
    """Of one person's residences and addresses, each in the order in which they began: as `_stays` says."""
    row = [one for one in stays if one.since is None or one.since <= on][-1:] or stays[:1]
    at = _address_in(row[0], addresses, on)
    return Stay(
        muni=row[0].muni,
        ward=at.ward or "",
        postcode=at.postcode,
        town=at.town,
        block=at.block,
        building=at.building,
        institution=at.institution or "",
        since=row[0].since,
        entry=row[0].entry or "",
        until=row[0].until,
        exit=row[0].exit or "",
    )


def _munis(ids: Iterable[int]) -> list[str]:
    return list(Person.objects.filter(pk__in=list(ids)).values_list("muni", flat=True).distinct())


def _protected(ids: Collection[int]) -> set[int]:
    """Those under support measures now."""
    return protected_of(ids, _today())


def _today() -> date:
    """The office's day: measures are asked as they stand now, whatever day a record is shown of."""
    return timezone.localdate()


def protected_among(ids: Sequence[int]) -> set[int]:
    """Those of the persons who are under support measures (支援措置)."""
    return _protected(ids)


def _address_in(stay: Any, addresses: Sequence[Any], on: date) -> Any:
    """The address of a stay: on the day, else the last of it that began by then, else its first."""
    within = [
        one
        for one in addresses
        if one.muni == stay.muni
        and (stay.until is None or one.since is None or one.since < stay.until)
        and (stay.since is None or one.until is None or one.until > stay.since)
    ]
    begun = [one for one in within if one.since is None or one.since <= on]
    return begun[-1] if begun else within[0]
