"""Finding persons of one municipality's register: by name, birth, address, numbers, and any of them together.

Nothing here is called without the read record around it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any
from unicodedata import normalize

from django.db import router
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from enishi.kernel.errors import BadInput
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import among, fetch_rows
from enishi.register.answers import Name
from enishi.register.engines.lookup import rows_now
from enishi.register.engines.walking import LAST_CHARACTER, Here, Wanted, born_here, named_here
from enishi.register.models import (
    Address,
    Addressee,
    Membership,
    Particulars,
    PersonName,
    Residence,
    under_measures,
)
from enishi.register.people import LARGEST_PAGE, SPARE, called, each_once, protected_among, slices_of
from enishi.register.rules.search_key import is_reading, search_key
from enishi.register.vocabulary import NameKind

MOST = 1000
"""Of more persons than these, the first so many are shown: whoever asks says more."""

SORTS = ("reading", "birth", "address", "person")
NUMERALS = "〇一二三四五六七八九"
CHOME = re.compile(f"([0-9]{{1,2}}|[{NUMERALS}十]{{1,3}})丁目")


@dataclass(frozen=True, slots=True)
class Question:
    """What one looks for; all that is given must hold.

    `text`: the beginning of a name, or of a reading where it is typed in kana; `born`: a possible day of birth;
    `address`: the beginning of town and block (of a designated city with or without the ward); `addressee`: the
    addressee number (宛名番号); `present`: only those who are residents on the day.
    """

    text: str = ""
    born: date | None = None
    address: str = ""
    addressee: int | None = None
    person: int | None = None
    present: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is given by which anybody can be found."""
        return not (
            search_key(self.text) or self.born or plain_address(self.address) or self.addressee or self.person
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One person of the municipality. `address`: town, block and building of the day, else of the last day here; `until`,
    `exit`: first day no longer a resident and how it ended, None and blank while they are; `protected`: under support measures.
    """

    person: int
    name: Name
    born: PartialDate
    sex: int
    address: str
    since: date | None
    until: date | None
    exit: str
    household: int | None
    addressee: int | None
    protected: bool

    def resident_on(self, day: date) -> bool:
        """Whether they are a resident of the municipality on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of what was found. `total`: how many there are, at most `MOST`; `more`: there are more than those."""

    rows: tuple[Found, ...]
    page: int
    pages: int
    total: int
    size: int
    more: bool


def find_page(
    muni: str, asked: Question, on: date, sort: str, page: int, size: int, *, protected: bool
) -> FoundPage:
    """See `register.services.find_residents`. `protected`: whether persons under support measures are among those found; else
    they are left out in the query, so that no figure tells of them.
    """
    if asked.empty:
        raise BadInput(
            "the search is empty",
            where="search",
            todo="type the beginning of a name, its reading or an address, a date of birth or a number",
        )
    column = sort.removeprefix("-")
    if column not in SORTS or page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise BadInput(
            f"there is no page {page} of {size} rows by {sort!r}",
            where="search",
            todo=f"ask for a page from 1 on, of at most {LARGEST_PAGE} rows, by one of {', '.join(SORTS)}",
        )
    falling = sort.startswith("-")
    if column == "reading" and _by_reading_alone(asked):
        ids = _in_order(muni, asked, on, falling=falling, protected=protected)
        counted = len(ids)
    else:
        wanted = _wanted(muni, asked, on)
        if not protected:
            wanted = wanted.filter(~under_measures(timezone.localdate()))
        counted = wanted[: MOST + 1].count()
        ids = list(_ordered(wanted, muni, column, falling=falling).values_list("person", flat=True)[:MOST])
    total = min(counted, MOST)
    pages = max(1, -(-total // size))
    page = min(page, pages)
    start = (page - 1) * size
    return FoundPage(
        _found(muni, ids[start : min(start + size, MOST)], on), page, pages, total, size, counted > MOST
    )


def find_known(muni: str, persons: Collection[int], on: date) -> tuple[Found, ...]:
    """Those of the persons of whom the municipality has, or had, a record."""
    rows = Particulars.objects.filter(muni=muni, person__in=persons).believed().order_by("person")
    return _found(muni, list(rows.values_list("person", flat=True)), on)


def plain_address(text: str) -> str:
    """An address as it is compared: compatibility forms folded, without spaces."""
    return "".join(normalize("NFKC", text).split())


def address_forms(text: str) -> list[str]:
    """How an address may be written that one types: the number of a town's section (丁目) in digits or Chinese numerals."""
    plain = plain_address(text)
    forms = {plain, CHOME.sub(lambda found: _in_digits(found[1]) + "丁目", plain)}
    forms.add(CHOME.sub(lambda found: _in_numerals(found[1]) + "丁目", plain))
    return sorted(forms)


def _in_digits(number: str) -> str:
    if number.isascii():
        return number
    tens, ten, units = number.rpartition("十")
    if not ten:
        return "".join(str(NUMERALS.index(one)) for one in number)
    return f"{NUMERALS.index(tens[0]) if tens else 1}{NUMERALS.index(units[0]) if units else 0}"


def _in_numerals(number: str) -> str:
    if not number.isascii():
        return number
    tens, units = divmod(int(number), 10)
    return ("" if tens < 2 else NUMERALS[tens]) + ("十" if tens else "") + (NUMERALS[units] if units else "")


def _by_reading_alone(asked: Question) -> bool:
    """Whether the index of readings gives those who are looked for in the order in which they are shown."""
    return is_reading(search_key(asked.text)) and not (
        plain_address(asked.address) or asked.addressee or asked.person
    )


def _in_order(muni: str, asked: Question, on: date, *, falling: bool, protected: bool) -> list[int]:
    """Those who are looked for by reading, in the order of the readings by which they are found; at most one more than `MOST`."""
    key = search_key(asked.text)
    wanted = Wanted(on if asked.present else None, None if protected else timezone.localdate())
    slices: Iterable[Sequence[Here]]
    if asked.born is None:
        ask = partial(named_here, "kana_key", key, muni, wanted, falling=falling)
        slices = slices_of(ask, MOST + 1 + SPARE)
    else:
        slices = [born_here("kana_key", key, muni, wanted, asked.born, falling=falling)]
    rows = each_once(slices)
    return list(islice((who for who, is_wanted in rows if is_wanted), MOST + 1))


def _wanted(muni: str, asked: Question, on: date) -> QuerySet[Particulars]:
    rows = Particulars.objects.filter(muni=muni).believed()
    if key := search_key(asked.text):
        column = "kana_key" if is_reading(key) else "key"
        begins = Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST_CHARACTER})
        names = PersonName.objects.believed().filter(begins, muni=muni)
        rows = rows.filter(person__in=names.values("person"))
    if asked.born is not None:
        span = Q(birth_latest__gt=F("birth_date"), birth_latest__gte=asked.born, birth_date__lt=asked.born)
        rows = rows.filter(Q(birth_date=asked.born) | span)
    if plain_address(asked.address):
        rows = rows.filter(person__in=_living_at(muni, asked.address).values("person"))
    if asked.addressee is not None:
        served = Addressee.objects.filter(muni=muni, number=asked.addressee, person__isnull=False)
        rows = rows.filter(person__in=served.values("person"))
    if asked.person is not None:
        rows = rows.filter(person=asked.person)
    if asked.present:
        here = Residence.objects.filter(muni=OuterRef("muni"), person=OuterRef("person")).as_of(on)
        rows = rows.filter(Exists(here))
    return rows


def _living_at(muni: str, text: str) -> QuerySet[Address]:
    whole = Concat(F("town"), F("block"), F("building"))
    begins = Q()
    for form in address_forms(text):
        begins |= Q(whole__startswith=form) | Q(ward__isnull=False, whole__contains=f"区{form}")
    return Address.objects.filter(muni=muni).believed().annotate(whole=whole).filter(begins)


def _ordered(rows: QuerySet[Particulars], muni: str, column: str, *, falling: bool) -> QuerySet[Particulars]:
    mine = {"muni": muni, "person": OuterRef("person")}
    if column == "reading":
        first = PersonName.objects.believed().filter(**mine, kind=NameKind.REGISTERED).values("kana_key")
        other = PersonName.objects.believed().filter(**mine).order_by().values("person")
        rows = rows.annotate(
            reading=Subquery(first[:1]), other=Subquery(other.annotate(one=Min("kana_key")).values("one")[:1])
        )
        keys = [F("reading"), F("other")]
    elif column == "address":
        last = Address.objects.believed().filter(**mine).order_by(F("since").desc(nulls_last=True))
        whole = last.annotate(whole=Concat(F("town"), Value(" "), F("block"))).values("whole")
        rows = rows.annotate(place=Subquery(whole[:1]))
        keys = [F("place")]
    else:
        keys = [F("birth_date" if column == "birth" else "person")]
    order = [one.desc(nulls_last=True) if falling else one.asc(nulls_last=True) for one in keys]
    return rows.order_by(*order, "person")


def _found(muni: str, ids: Sequence[int], on: date) -> tuple[Found, ...]:
    tables = (Particulars, PersonName, Residence, Address, Membership)
    births, named, *latest = rows_now(tables, [(muni, who) for who in dict.fromkeys(ids)])
    born = {who: rows[-1] for who, rows in births.items()}
    names = {who: called(row for row in rows if row.until is None) for who, rows in named.items()}
    stays, addresses, places = (
        {who: _latest(rows, on) for who, rows in of_each.items()} for of_each in latest
    )
    served = _addressee_numbers(muni, ids)
    protected = protected_among(ids)
    found = []
    for who in filter(born.__contains__, ids):  # names alone are no record
        row, stay, place, address = born[who], stays.get(who), places.get(who), addresses.get(who)
        found.append(
            Found(
                person=who,
                name=names.get(who, called(()))[0],
                born=PartialDate(row.birth_date, row.birth_latest, row.birth_wording),
                sex=row.sex,
                address=written(address) if address else "",
                since=stay.since if stay else None,
                until=stay.until if stay else None,
                exit=(stay.exit or "") if stay else "",
                household=place.household if place else None,
                addressee=served.get(who),
                protected=who in protected,
            )
        )
    return tuple(found)


def _addressee_numbers(muni: str, ids: Sequence[int]) -> dict[int, int]:
    alias = router.db_for_read(Addressee)
    some, given = among(ids, using=alias)
    text = f"SELECT person, number FROM register_addressee WHERE muni = %s AND person {some}"
    return dict(fetch_rows(text, [muni, *given], using=alias, once=True)) if ids else {}


def written(address: Any) -> str:
    """Town, block and building of an address in one line."""
    return f"{address.town}{address.block} {address.building}".strip()


def names_here(muni: str, ids: Sequence[int]) -> dict[int, list[Name]]:
    """Each person's present names as this municipality has them, the one to call them by first; never none."""
    rows: dict[int, list[PersonName]] = {who: [] for who in ids}
    for row in PersonName.objects.filter(muni=muni, person__in=ids).believed().filter(until__isnull=True):
        rows[row.person].append(row)
    return {who: called(found) for who, found in rows.items()}


def _latest(rows: Sequence[Any], on: date) -> Any:
    """Of one person's rows, in the order in which they begin, that of the day, else the latest that began by then, else the first
    to come.
    """
    begun = [row for row in rows if row.since is None or row.since <= on]
    return begun[-1] if begun else rows[0]
