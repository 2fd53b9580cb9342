"""Persons as they are searched for and read, each recorded: the use cases over `people`, `finding` and `records`.

An officer of a municipality reads its register only, and those of municipalities that it has taken over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from enishi.kernel.errors import Refused
from enishi.platform.services import Reader, read_as, read_many_as, record_refusal
from enishi.register import people, records
from enishi.register.answers import Hit, Hits, Summary
from enishi.register.finding import Found, FoundPage, Question, find_known, find_page
from enishi.register.gate import finds_protected
from enishi.register.records import ActLine, Entered, Record
from enishi.register.succession import successors_of

HIT = ("name", "reading", "birth_date", "sex", "address")
FOUND = (*HIT, "household", "addressee")
RECORD = (*HIT, "other_names", "nationality", "residence_status", "household", "relation", "members")


def search_persons(
    reader: Reader,
    text: str,
    *,
    on: date,
    muni: str = "",
    birth_date: date | None = None,
    page: int = 1,
    size: int = 20,
) -> Hits:
    """Persons whose name begins with `text`, or whose reading does where `text` is in kana, born on a day if
    one is given.

    Kanji, kana (of either kind and width) and Latin letters; spaces do not matter; `%` and `_` are characters
    like any other. `muni`: of one municipality, blank for all; `on`: today, for the residence that is shown.
    In order of reading (or name), at most `size` (200) a page. Everybody on the page is recorded as read.
    Raises BadInput
    for an empty search, Refused (and records it) where a municipality's officer searches elsewhere.
    """
    if reader.muni and muni != reader.muni:
        record_refusal(reader, HIT, None)
        raise _searches_elsewhere(reader, muni)
    protected = finds_protected(reader, HIT, muni)
    found: list[Hits] = []

    def fetch() -> tuple[Hit, ...]:
        found.append(people.find_hits(text, muni, birth_date, on, page, size, protected=protected))
        return found[0].rows

    shown = read_many_as(reader, HIT, fetch, lambda hit: hit.person)
    return replace(found[0], rows=tuple(shown))


def find_residents(
    reader: Reader,
    muni: str,
    asked: Question,
    *,
    on: date,
    sort: str = "reading",
    page: int = 1,
    size: int = 20,
) -> FoundPage:
    """Persons of one municipality's register, present and past, of whom all holds that is asked.

    `on`: today, for residence and address that are shown; `sort`: `reading`, `birth`, `address` or `person`, `-` before it for
    falling. At most 1,000 are counted and shown. Everybody on the page is recorded as read, what was typed is not. Raises
    BadInput for an empty question, Refused (and records it) where a municipality's officer searches elsewhere.
    """
    if reader.muni and reader.muni != muni:
        record_refusal(reader, HIT, None)
        raise _searches_elsewhere(reader, muni)
    protected = finds_protected(reader, FOUND, muni)
    found: list[FoundPage] = []

    def fetch() -> tuple[Found, ...]:
        found.append(find_page(muni, asked, on, sort, page, size, protected=protected))
        return found[0].rows

    shown = read_many_as(reader, FOUND, fetch, lambda one: one.person)
    return replace(found[0], rows=tuple(shown))


def residents_by_id(reader: Reader, muni: str, persons: Collection[int], *, on: date) -> dict[int, Found]:
    """Persons of one municipality's register, present and past, by id; those it never had, and all where the reader is an officer
    of another municipality, are left out. Everybody given is recorded as read.
    """

    def fetch() -> tuple[Found, ...]:
        return () if _elsewhere(reader, muni) else find_known(muni, persons, on)

    return {one.person: one for one in read_many_as(reader, FOUND, fetch, lambda one: one.person)}


def person_summary(reader: Reader, person: int, *, on: date) -> Summary | None:
    """One person's record as of a day. None for nobody, and, where the reader is an officer of a
    municipality, for a person of another one. Recorded either way.

    Of a person under support measures (支援措置) nothing here says where they really are; other members'
    records do not name them, theirs names no other member.
    """

    def fetch() -> Summary | None:
        found = people.find_summaries([person], on).get(person)
        elsewhere = found is not None and reader.muni and found.stay.muni != reader.muni
        return None if elsewhere else found

    return read_as(reader, RECORD, person, fetch)


def person_summaries(reader: Reader, persons: Collection[int], *, on: date) -> dict[int, Summary]:
    """As `person_summary` of each of several persons, by person, set-based. Those of whom it gives None are left
    out; everybody given is recorded as read.
    """

    def fetch() -> tuple[Summary, ...]:
        found = people.find_summaries(persons, on).values()
        return tuple(one for one in found if not reader.muni or one.stay.muni == reader.muni)

    return {one.person: one for one in read_many_as(reader, RECORD, fetch, lambda one: one.person)}


def record_as_of(
    reader: Reader, muni: str, person: int, *, on: date, known_at: datetime | None = None
) -> Record | None:
    """What the register of a municipality says of a person on a day; `known_at`: what it said at that moment.

    None for nobody, for a person of whom it said nothing then, and where the reader is an officer of another municipality.
    Recorded either way.
    """

    def fetch() -> Record | None:
        return None if _elsewhere(reader, muni) else records.record_of(muni, person, on, known_at)

    return read_as(reader, tuple(records.GROUPS), person, fetch)


def records_as_of(
    reader: Reader, muni: str, persons: Collection[int], *, on: date, known_at: datetime | None = None
) -> dict[int, Record]:
    """As `record_as_of` of each of many persons, by person, set-based: for notices and batches. Those of whom it gives None
    are left out. Everybody given is recorded as read.
    """

    def fetch() -> tuple[Record, ...]:
        if _elsewhere(reader, muni):
            return ()
        return tuple(records.records_of(muni, persons, on, known_at).values())

    shown = read_many_as(reader, tuple(records.GROUPS), fetch, lambda one: one.person)
    return {one.person: one for one in shown}


def history_of_person(reader: Reader, muni: str, person: int) -> tuple[Entered, ...]:
    """Everything that the record of a person ever said, in the order in which it was entered; empty as `record_as_of`
    is None. Recorded.
    """

    def fetch() -> tuple[Entered, ...] | None:
        return None if _elsewhere(reader, muni) else records.history_of(muni, person) or None

    return read_as(reader, ("history", *records.GROUPS), person, fetch) or ()


def acts_of_person(reader: Reader, muni: str, person: int) -> tuple[ActLine, ...]:
    """The acts that touch a person's record, by number; empty as `record_as_of` is None. Recorded."""

    def fetch() -> tuple[ActLine, ...] | None:
        return None if _elsewhere(reader, muni) else records.acts_of(muni, person) or None

    return read_as(reader, ("acts",), person, fetch) or ()


def _searches_elsewhere(reader: Reader, muni: str) -> Refused:
    return Refused(
        "an officer of a municipality searches that municipality's register only",
        where=f"search in {muni or 'all municipalities'}",
        todo=f"search in {reader.muni}, or ask the other municipality",
    )


def _elsewhere(reader: Reader, muni: str) -> bool:
    """Whether the reader is an officer of another municipality, which has not taken over this one's records either."""
    return bool(reader.muni) and reader.muni != muni and reader.muni not in successors_of(muni)
