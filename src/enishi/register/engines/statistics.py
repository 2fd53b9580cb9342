"""The tables of population and its change, counted by the database from the register alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, connections

from enishi.kernel.errors import Refused
from enishi.platform.files import durably
from enishi.platform.services import database_of
from enishi.register import models
from enishi.register.engines.snapshot import one_state
from enishi.register.rules import statistics as law
from enishi.register.rules.statistics import Households, Line, Period

COUNTED = """
WITH stay AS (
  SELECT r.muni, r.person, r.since, r.until, r.entry, r.exit AS gone,
    -- The day of death is the last on the register: at its close the dead are no longer counted.
    CASE r.exit WHEN 'death' THEN {eve} ELSE r.until END AS left_on, {eve} AS eve
  FROM register_residence r WHERE {r}
), change AS (
  SELECT p.muni, p.person, p.since AS day FROM register_particulars p
  WHERE {p} AND p.since >= {first} AND p.since <= {last} AND NOT EXISTS (
    SELECT 1 FROM register_particulars q WHERE q.muni = p.muni AND q.person = p.person AND {q}
      AND q.until = p.since AND q.sex = p.sex AND q.birth_date = p.birth_date)
  UNION
  SELECT f.muni, f.person, f.since FROM register_foreignstatus f
  WHERE {f} AND f.since >= {first} AND f.since <= {last} AND NOT EXISTS (
    SELECT 1 FROM register_foreignstatus g WHERE g.muni = f.muni AND g.person = f.person AND {g} AND g.until = f.since)
  UNION
  SELECT f.muni, f.person, f.until FROM register_foreignstatus f
  WHERE {f} AND f.until >= {first} AND f.until <= {last} AND NOT EXISTS (
    SELECT 1 FROM register_foreignstatus g WHERE g.muni = f.muni AND g.person = f.person AND {g} AND g.since = f.until)
), other AS (
  SELECT s.muni, s.person, c.day FROM stay s JOIN change c ON c.muni = s.muni AND c.person = s.person
  WHERE (s.since IS NULL OR s.since < c.day) AND (s.until IS NULL OR s.until > c.day)
), point AS (
  SELECT muni, person, {before} AS day, 'begin' AS what FROM stay
  WHERE (since IS NULL OR since <= {before}) AND (left_on IS NULL OR left_on > {before})
  UNION ALL
  SELECT muni, person, {last}, 'end' FROM stay
  WHERE (since IS NULL OR since <= {last}) AND (left_on IS NULL OR left_on > {last})
  UNION ALL
  SELECT muni, person, since, {gained} FROM stay WHERE since >= {first} AND since <= {last}
  UNION ALL
  SELECT muni, person, eve, {lost} FROM stay WHERE left_on >= {first} AND left_on <= {last}
  UNION ALL
  SELECT muni, person, {day_before}, 'other_out' FROM other
  UNION ALL
  SELECT muni, person, day, 'other_in' FROM other
)
SELECT t.muni, p.sex, {band} AS band, CASE WHEN f.person IS NULL THEN 0 ELSE 1 END AS alien, t.what, count(*)
FROM point t
JOIN register_particulars p ON p.muni = t.muni AND p.person = t.person AND {p}
  AND (p.since IS NULL OR p.since <= t.day) AND (p.until IS NULL OR p.until > t.day)
LEFT JOIN register_foreignstatus f ON f.muni = t.muni AND f.person = t.person AND {f}
  AND (f.since IS NULL OR f.since <= t.day) AND (f.until IS NULL OR f.until > t.day)
GROUP BY 1, 2, 3, 4, 5
"""
HOMES = """
SELECT muni, kind, count(*) FROM (
  SELECT m.muni, m.household, 2 * max(CASE WHEN f.person IS NULL THEN 1 ELSE 0 END)
    + max(CASE WHEN f.person IS NULL THEN 0 ELSE 1 END) AS kind
  FROM register_residence r
  JOIN register_membership m ON m.muni = r.muni AND m.person = r.person AND {m}
    AND (m.since IS NULL OR m.since <= {last}) AND (m.until IS NULL OR m.until > {last})
  LEFT JOIN register_foreignstatus f ON f.muni = r.muni AND f.person = r.person AND {f}
    AND (f.since IS NULL OR f.since <= {last}) AND (f.until IS NULL OR f.until > {last})
  WHERE {r} AND (r.since IS NULL OR r.since <= {last})
    AND (r.until IS NULL OR r.until > CASE r.exit WHEN 'death' THEN {next} ELSE {last} END)
  GROUP BY m.muni, m.household
) counted GROUP BY muni, kind
"""
FOREIGN, JAPANESE, MIXED = 1, 2, 3
CHANGES = ("begin", "births", "deaths", "natural", "moved_in", "from_abroad", "other_in", "moved_out", "to_abroad",
           "other_out", "social", "end")  # fmt: skip


def lines(period: Period, known_at: datetime | None = None, muni: str = "") -> list[Line]:
    """Every cell with somebody in it or a change, in order, of one municipality or (blank) all. `known_at`: as the register knew
    it at that moment.
    """
    counts: dict[tuple[str, int, int, bool], dict[str, Any]] = {}
    for place, sex, band, alien, what, number in _asked(COUNTED, period, known_at, muni):
        counts.setdefault((place, sex, int(band), bool(alien)), {})[what] = number
    return [replace(Line(*cell), **counted) for cell, counted in sorted(counts.items())]


def households(period: Period, known_at: datetime | None = None, muni: str = "") -> list[Households]:
    """The households of one municipality, or (blank) of each, at the close of the period."""
    counts: dict[str, dict[int, int]] = {}
    for place, kind, number in _asked(HOMES, period, known_at, muni):
        counts.setdefault(place, {})[kind] = number
    return [
        Households(place, of.get(JAPANESE, 0), of.get(FOREIGN, 0), of.get(MIXED, 0))
        for place, of in sorted(counts.items())
    ]


def _asked(text: str, period: Period, known_at: datetime | None, muni: str) -> list[tuple[Any, ...]]:
    of = " AND {alias}.muni = %(muni)s" if muni else ""
    parts = {alias: _believed(alias, known_at) + of.format(alias=alias) for alias in "rpqfgm"}
    connection = connections[database_of(muni)]
    parts |= {
        "first": _day(period.first),
        "last": _day(period.last),
        "before": _day(period.before),
        "next": _day(period.last + timedelta(days=1)),
        "eve": _day_before("r.until"),
        "day_before": _day_before("day"),
        "gained": _column("entry", law.GAINS, law.OTHER_GAIN),
        "lost": _column("gone", law.LOSSES, law.OTHER_LOSS),
        "band": " + ".join(
            f"CASE WHEN p.birth_date <= {_day(born)} THEN 1 ELSE 0 END"
            for born in law.latest_births(period.last)
        ),
    }
    said: dict[str, Any] = {"muni": muni} if muni else {}
    if known_at is not None:
        said["moment"] = connection.ops.adapt_datetimefield_value(known_at)
    with connection.cursor() as cursor:
        cursor.execute(text.format(**parts), said or None)
        return list(cursor.fetchall())


def _believed(alias: str, known_at: datetime | None) -> str:
    """What the register says now, or said at a moment, of the rows of an alias."""
    if known_at is None:
        return f"{alias}.superseded_at IS NULL"
    return f"{alias}.recorded_at <= %(moment)s AND ({alias}.superseded_at IS NULL OR {alias}.superseded_at > %(moment)s)"


def _day(day: date) -> str:
    return f"DATE '{day}'" if connection.vendor == "postgresql" else f"'{day}'"


def _day_before(column: str) -> str:
    return f"({column} - 1)" if connection.vendor == "postgresql" else f"date({column}, '-1 day')"


def _column(name: str, words: Mapping[Any, str], other: str) -> str:
    """The column in which a way of coming or going counts."""
    cases = " ".join(f"WHEN '{word.value}' THEN '{column}'" for word, column in words.items())
    return f"CASE {name} {cases} ELSE '{other}' END"


def tables(
    period: Period, known_at: datetime | None = None, muni: str = ""
) -> tuple[list[Line], list[Households]]:
    """Both tables, of one municipality or (blank) all, out of one state of the database. Raises Refused for a register that
    holds no nation yet, Disagreement where a cell does not balance.
    """
    nation = models.LoadedNation.objects.first()
    if nation is not None and not nation.complete:
        raise Refused(
            "the loading of this register has not ended",
            where="register",
            todo="run `enishi register load DIR` to its end first",
        )
    with one_state(database_of(muni)):
        found, homes = lines(period, known_at, muni), households(period, known_at, muni)
    law.check_balance(found)
    return found, homes


def write(found: list[Line], homes: list[Households], period: Period, out: Path) -> list[Path]:
    """Writes both tables as CSV (UTF-8, with a header), `changes-PERIOD.csv` and `households-PERIOD.csv`, each whole."""
    names = dict(models.Municipality.objects.values_list("muni", "name"))
    head = ("muni", "name", "sex", "age", "nationality", *CHANGES)
    rows = (
        (one.muni, names.get(one.muni, ""), one.sex, law.band_words(one.band),
         "foreign" if one.foreign else "japanese", *(getattr(one, column) for column in CHANGES))
        for one in found
    )  # fmt: skip
    counted = (
        (one.muni, names.get(one.muni, ""), one.japanese, one.foreign, one.mixed,
         one.japanese + one.foreign + one.mixed)
        for one in homes
    )  # fmt: skip
    return [
        _csv(out / f"changes-{period.name}.csv", head, rows),
        _csv(
            out / f"households-{period.name}.csv",
            ("muni", "name", "japanese", "foreign", "mixed", "all"),
            counted,
        ),
    ]


def _csv(path: Path, head: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    durably(path, lambda place: place.write_bytes(text.getvalue().encode()))
    return path
