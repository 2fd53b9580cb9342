"""Whose names begin so: a slice of an index in its order and what hangs on each person, in one statement on either engine.

Written as SQL: that a slice is cut before anything else is asked of its rows is what keeps a search as short as its page,
however many names begin alike, and no planner is left to find it out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connections, router
from django.db.models.expressions import RawSQL

from enishi.platform.services import among, fetch_rows
from enishi.register.models import Particulars, measures_on

LAST_CHARACTER = "\U0010ffff"
"""Behind every other: what begins with a key lies between the key and the key with this behind it."""
Anywhere = tuple[int, bool, str]
"""A person, whether they are under support measures, and the municipality that holds their record now (blank: none)."""
Here = tuple[int, bool]
"""A person, and whether they are among those that are looked for."""

SLICE = """
WITH walk AS MATERIALIZED (
  SELECT {column} AS place, person FROM register_personname
  WHERE {at}superseded_at IS NULL AND {column} >= %s AND {column} < %s
  ORDER BY {column}{falling}, person{falling} LIMIT {many} OFFSET {start}
)"""
BORN = """
WITH born AS MATERIALIZED (
  SELECT person FROM register_particulars WHERE {at}superseded_at IS NULL AND birth_date = %s{perhaps}
), walk AS MATERIALIZED ({named})"""
EVERYBODY = "SELECT person AS place, person FROM born"
NAMED = """
  SELECT n.{column} AS place, n.person FROM born b {home}
  JOIN register_personname n ON n.muni = {muni} AND n.person = b.person AND (n.superseded_at IS NULL) IS TRUE
  WHERE substr(n.{column}, 1, %s) = %s"""
GIVEN = {"muni": "%s", "home": ""}
ITS_OWN = {"muni": "p.muni", "home": "JOIN register_person p ON p.id = b.person"}
PERHAPS = """
  UNION SELECT person FROM register_particulars
  WHERE {at}superseded_at IS NULL AND birth_latest > birth_date AND birth_latest >= %s AND birth_date < %s"""
ANYWHERE = """
SELECT w.person, {protected}, coalesce(p.muni, '') FROM walk w LEFT JOIN register_person p ON p.id = w.person
ORDER BY w.place, w.person"""
HERE = """
SELECT w.person, {wanted} FROM walk w ORDER BY w.place{falling}, w.person{falling}"""
PRESENT = """EXISTS (SELECT 1 FROM register_residence r WHERE r.muni = %s AND r.person = w.person
  AND (r.superseded_at IS NULL) IS TRUE AND (r.since IS NULL OR r.since <= %s) AND (r.until IS NULL OR r.until > %s))"""
"""IS TRUE keeps PostgreSQL's planner from the index of the guard against overlaps, which holds just the rows that the register
says now and takes several times as long as the one by person."""
AMONG = "SELECT w.id FROM register_person w WHERE w.id {among} AND {protected}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for in a municipality. `present_on`: only residents of a day; `open_on`: only those who are not under support
    measures on a day; None: all.
    """

    present_on: date | None = None
    open_on: date | None = None

    def condition(self, muni: str) -> tuple[str, list[Any]]:
        """In SQL, of the person `w.person`."""
        parts: list[str] = []
        given: list[Any] = []
        if self.present_on is not None:
            parts.append(PRESENT)
            given += [muni, self.present_on, self.present_on]
        if self.open_on is not None:
            protected, days = _protected("w.person", self.open_on)
            parts.append(f"NOT {protected}")
            given += days
        return " AND ".join(parts) or "TRUE", given


def named_anywhere(column: str, key: str, muni: str, today: date, start: int, many: int) -> list[Anywhere]:
    """A slice of the names of a municipality (blank: of all) that begin with `key`, in their order: of each its person."""
    at, where = _at(muni)
    protected, days = _protected("w.person", today)
    walk = SLICE.format(column=column, at=at, falling="", start=start, many=many)
    given = [*where, key, key + LAST_CHARACTER, *days]
    return _ask(walk + ANYWHERE.format(protected=protected), given)


def born_anywhere(column: str, key: str, muni: str, today: date, born: date) -> list[Anywhere]:
    """Persons of a municipality (blank: of all) born on a day, with a name in their record that begins with `key`, in its order;
    blank: all of them.

    Few are born on a day, so they are found by it, and not by the order of the names.
    """
    at, where = _at(muni)
    protected, days = _protected("w.person", today)
    named, names = EVERYBODY, []
    if key:
        named = NAMED.format(column=column, **(GIVEN if muni else ITS_OWN))
        names = [*where, len(key), key]
    walk = BORN.format(at=at, perhaps="", named=named)
    return _ask(walk + ANYWHERE.format(protected=protected), [*where, born, *names, *days])


def named_here(
    column: str, key: str, muni: str, wanted: Wanted, start: int, many: int, *, falling: bool
) -> list[Here]:
    """A slice of a municipality's names that begin with `key`, in their order: of each its person."""
    at, where = _at(muni)
    condition, days = wanted.condition(muni)
    down = " DESC" if falling else ""
    walk = SLICE.format(column=column, at=at, falling=down, start=start, many=many)
    given = [*where, key, key + LAST_CHARACTER, *days]
    return [(who, bool(is_)) for who, is_ in _ask(walk + HERE.format(wanted=condition, falling=down), given)]


def born_here(column: str, key: str, muni: str, wanted: Wanted, born: date, *, falling: bool) -> list[Here]:
    """Persons of a municipality who may be born on a day, with a name there that begins with `key`, in its order."""
    at, where = _at(muni)
    condition, days = wanted.condition(muni)
    walk = BORN.format(at=at, perhaps=PERHAPS.format(at=at), named=NAMED.format(column=column, **GIVEN))
    text = walk + HERE.format(wanted=condition, falling=" DESC" if falling else "")
    given = [*where, born, *where, born, born, *where, len(key), key, *days]
    return [(who, bool(is_)) for who, is_ in _ask(text, given)]


def protected_of(persons: Collection[int], today: date) -> set[int]:
    """Those of the persons who are under support measures on a day."""
    if not persons:
        return set()
    protected, days = _protected("w.id", today)
    some, given = among(persons, using=router.db_for_read(Particulars))
    return {who for (who,) in _ask(AMONG.format(among=some, protected=protected), [*given, *days])}


def _at(muni: str) -> tuple[str, list[Any]]:
    """Of a municipality, or of all: then the indexes that lead with what is looked for serve."""
    return ("muni = %s AND ", [muni]) if muni else ("", [])


@lru_cache
def _protected_text(column: str, today: date, alias: str) -> tuple[str, tuple[Any, ...]]:
    # The condition of `measures_on`, compiled once a day: building it takes longer than asking.
    rows = measures_on(today).using(alias).filter(person=RawSQL(column, ())).values("person")
    text, given = rows.query.get_compiler(alias).as_sql()
    return f"EXISTS ({text})", tuple(given)


def _protected(column: str, today: date) -> tuple[str, tuple[Any, ...]]:
    return _protected_text(column, today, router.db_for_read(Particulars))


def _ask(text: str, given: Sequence[Any]) -> list[Any]:
    connection = connections[router.db_for_read(Particulars)]
    plain = [
        connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value for value in given
    ]
    return fetch_rows(text, plain, using=connection.alias)
