"""Finding persons and reading one record, for the door. Nothing here is called without the read record around
it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from enishi.kernel.errors import BadInput
from enishi.register.answers import Hit, Hits, Member, Name, Stay, Summary
from enishi.register.models import (
    Address,
    ForeignStatus,
    Membership,
    Particulars,
    Person,
    PersonName,
    Residence,
    under_measures,
)
from enishi.register.rules.search_key import is_reading, search_key
from enishi.register.vocabulary import NameKind, Relation

LARGEST_PAGE = 200
JAPAN = "JPN"
LAST_CHARACTER = "\U0010ffff"
SPARE = 30
"""Names read beyond a page at first: of persons who stand there with another name already, or are not to be found."""
LONGEST_SLICE = 20_000
SHOWN_FIRST = (NameKind.REGISTERED, NameKind.ALIAS, NameKind.LATIN, NameKind.FORMER)


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
    start = (page - 1) * size
    slices: Iterable[Iterable[int]]
    if born is None:
        slices = _slices(_by_name(key, muni), start + size)
    else:
        # Few are born on a day: all of them at once, found by the day and not by the order of the names.
        slices = [_named_among(key, muni, _by_birth(muni, born)) if key else _by_birth(muni, born)]
    found = list(islice(_each_once(slices, protected), start, start + size + 1))
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


def _by_name(key: str, muni: str) -> QuerySet[PersonName, int]:
    """Persons with a name (or, typed in kana, a reading) that begins with `key`, in its order, once for each such name.

    The beginning is a range of an index, so no character in it is a wildcard; and nothing but that index is asked, so that a
    page costs its rows, however many other names begin so.
    """
    column = "kana_key" if is_reading(key) else "key"
    begins = Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST_CHARACTER})
    names = PersonName.objects.believed().filter(begins, **_in(muni))
    return names.order_by(column, "person").values_list("person", flat=True)


def _by_birth(muni: str, born: date) -> QuerySet[Particulars, int]:
    persons = Particulars.objects.believed().filter(birth_date=born, **_in(muni))
    return persons.order_by("person").values_list("person", flat=True)


def _named_among(key: str, muni: str, persons: Iterable[int]) -> list[int]:
    """Those of few persons with a name (or a reading) that begins with `key`, in its order. The beginning is compared here: the
    planner guesses few names in every range, and would read all of a common one.
    """
    column, ids, found = "kana_key" if is_reading(key) else "key", list(persons), []
    for start in range(0, len(ids), LARGEST_PAGE):
        some = ids[start : start + LARGEST_PAGE]
        names = PersonName.objects.believed().filter(
            muni__in=[muni] if muni else _munis(some), person__in=some
        )
        found += [row for row in names.values_list(column, "person") if row[0].startswith(key)]
    return [person for _, person in sorted(found)]


def _in(muni: str) -> dict[str, str]:
    """The one municipality that is asked, or all: then the indexes that lead with what is looked for serve."""
    return {"muni": muni} if muni else {}


def _slices(wanted: QuerySet[PersonName, int], enough: int) -> Iterator[Iterable[int]]:
    """What a search finds, in growing slices, none longer than `LONGEST_SLICE`; `enough`: of persons, if nobody is left out."""
    start, many = 0, enough + SPARE
    while rows := list(wanted[start : start + many]):
        yield rows
        if len(rows) < many:
            return
        start, many = start + many, min(many * 4, LONGEST_SLICE)


def _each_once(slices: Iterable[Iterable[int]], protected: bool) -> Iterator[int]:
    """Persons in the order in which they come first; without those under support measures unless `protected`."""
    seen: set[int] = set()
    for rows in slices:
        fresh = [who for who in dict.fromkeys(rows) if who not in seen]
        seen.update(fresh)
        hidden = set() if protected else _protected(fresh)
        yield from (who for who in fresh if who not in hidden)


def _hits(ids: Sequence[int], on: date) -> tuple[Hit, ...]:
    if not ids:
        return ()
    munis = _munis(ids)
    rows = Particulars.objects.believed().filter(muni__in=munis, person__in=ids)
    persons = {row.person: row for row in rows}
    names, stays, protected = names_of(ids, munis), _stays(ids, on, munis), _protected(ids)
    return tuple(
        Hit(who, names[who][0], persons[who].birth_date, persons[who].sex, stays[who], who in protected)
        for who in ids
        if who in stays
    )


def names_of(ids: Sequence[int], munis: Sequence[str] | None = None) -> dict[int, list[Name]]:
    """Each person's names, the one to call them by first. `munis`: those that hold the persons' records, where known."""
    found: dict[int, list[Name]] = {who: [] for who in ids}
    for row in PersonName.objects.believed().filter(muni__in=munis or _munis(ids), person__in=ids):
        written = row.whole or " ".join(filter(None, (row.surname, row.given)))
        kana = row.whole_kana or " ".join(filter(None, (row.surname_kana, row.given_kana)))
        found[row.person].append(Name(NameKind(row.kind), written, kana))
    nobody = Name(NameKind.REGISTERED, "", "")
    return {
        who: sorted(names, key=lambda name: SHOWN_FIRST.index(name.kind)) or [nobody]
        for who, names in found.items()
    }


def _stays(ids: Sequence[int], on: date, munis: Sequence[str] | None = None) -> dict[int, Stay]:
    """Each person's residence of the day; else the latest one that began by then; else the first to come."""
    found: dict[int, list[Stay]] = {}
    here = {"muni__in": munis or _munis(ids), "person__in": ids}
    addresses: dict[int, list[Address]] = {}
    for address in Address.objects.filter(**here).believed().order_by(F("since").asc(nulls_first=True)):
        addresses.setdefault(address.person, []).append(address)
    rows = Residence.objects.filter(**here).believed()
    for row in rows.order_by(F("since").asc(nulls_first=True)):
        at = _address_in(row, addresses[row.person], on)
        stay = Stay(
            muni=row.muni,
            ward=at.ward or "",
            postcode=at.postcode,
            town=at.town,
            block=at.block,
            building=at.building,
            institution=at.institution or "",
            since=row.since,
            entry=row.entry or "",
            until=row.until,
            exit=row.exit or "",
        )
        found.setdefault(row.person, []).append(stay)
    begun = {
        who: [one for one in stays if one.since is None or one.since <= on] for who, stays in found.items()
    }
    return {who: begun[who][-1] if begun[who] else stays[0] for who, stays in found.items()}


def _munis(ids: Iterable[int]) -> list[str]:
    return list(Person.objects.filter(pk__in=list(ids)).values_list("muni", flat=True).distinct())


def _protected(ids: Sequence[int]) -> set[int]:
    """Those under support measures now."""
    rows = Person.objects.filter(under_measures(_today(), "pk"), pk__in=ids)
    return set(rows.values_list("pk", flat=True))


def _today() -> date:
    """The office's day: measures are asked as they stand now, whatever day a record is shown of."""
    return timezone.localdate()


def protected_among(ids: Sequence[int]) -> set[int]:
    """Those of the persons who are under support measures (支援措置)."""
    return _protected(ids)


def _address_in(stay: Residence, addresses: Sequence[Address], on: date) -> Address:
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
