"""Moves within a municipality on PostgreSQL: the database reads, checks, chains and writes in one statement, in one round trip.

The plain case only: residents of the day with one open address, who keep their places in their households, an unused key. What
is not plain the statement leaves untouched, and `acts.households.move_within` performs it, or refuses it in words. Both ways
write the same rows: a test holds them together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connections
from psycopg import Connection, RawCursor
from psycopg import Error as DriverError
from pydantic import TypeAdapter

from enishi.kernel.errors import EnishiError
from enishi.platform.services import database_of
from enishi.register.acts import households
from enishi.register.acts.performing import shown
from enishi.register.chain import BEGINNING, around_number
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.reports import MoveWithin, Report
from enishi.register.vocabulary import Manner

Filed = tuple[Report, MoveWithin]
WINDOW = 128
"""Filings sent before the first answer is awaited."""


def _now(table: str) -> str:
    """That the register says a row now, so that the planner does not reach for the index of the guard against overlaps, which
    holds just these rows and takes several times as long as the one by person.
    """
    return f"coalesce({table}.superseded_at, 'infinity') = 'infinity'"


PLANNING = {"enable_seqscan": "off", "enable_sort": "off", "plan_cache_mode": "force_generic_plan"}
"""`MOVE` is planned once a connection, and never for the small tables that a register begins with: the last act's hash comes off
the end of the index by number, not from a journal read through and sorted.
"""
ALONE = f"""
UPDATE register_counter SET next = next + 1 WHERE muni = %(muni)s AND name = 'act'
RETURNING {", ".join(f"set_config('{name}', '{value}', true)" for name, value in PLANNING.items())}
"""
"""Takes the act's number; from here on the transaction is alone in the municipality's journal, and plans as it should. A
statement of its own: the next sees what the one waited for has written.
"""
MOVE = f"""
WITH mover AS (SELECT unnest(%(persons)s) AS person),
numbered AS (SELECT next - 1 AS number FROM register_counter WHERE muni = %(muni)s AND name = 'act'),
known AS (
  SELECT a.* FROM mover m JOIN register_address a ON a.muni = %(muni)s AND a.person = m.person AND {_now("a")}
  WHERE a.until IS NULL OR a.until > %(day)s
),
old AS MATERIALIZED (SELECT * FROM known WHERE since IS NULL OR since < %(day)s),
plain AS (
  SELECT (
      SELECT count(*) = cardinality(%(persons)s) AND every((since IS NULL OR since < %(day)s)
        AND (coalesce(ward, '') = %(ward)s) <> %(between_wards)s) FROM known
    )
    AND (
      SELECT count(*) FROM mover m
      JOIN register_residence r ON r.muni = %(muni)s AND r.person = m.person AND {_now("r")}
        AND (r.since IS NULL OR r.since <= %(day)s) AND (r.until IS NULL OR r.until > %(day)s)
      JOIN register_particulars p ON p.muni = %(muni)s AND p.person = m.person AND {_now("p")}
        AND p.birth_date <= %(day)s
    ) = cardinality(%(persons)s) AS so
),
act AS (
  INSERT INTO register_act (muni, number, kind, manner, article, effective, effective_latest, effective_wording,
    reported_on, recorded_at, actor, reason, key, facts, corrects, previous_hash, hash)
  SELECT %(muni)s, n.number, %(kind)s, %(manner)s, %(article)s, %(day)s, %(latest)s, %(wording)s,
    %(reported_on)s, %(now)s, %(actor)s, %(reason)s, %(key)s, %(facts)s::jsonb, NULL, b.hash,
    encode(sha256(convert_to(b.hash || E'\\n' || %(before)s || n.number || %(behind)s, 'UTF8')), 'hex')
  FROM numbered n, LATERAL (SELECT coalesce((
    SELECT hash FROM register_act WHERE muni = %(muni)s AND number < n.number ORDER BY number DESC LIMIT 1
  ), '{BEGINNING}') AS hash OFFSET 0) b WHERE (SELECT so FROM plain)
  ON CONFLICT (muni, key) DO NOTHING
  RETURNING number
),
touched AS (INSERT INTO register_actperson (muni, act, person) SELECT %(muni)s, act.number, m.person FROM act, mover m),
given_back AS (
  UPDATE register_counter SET next = next - 1 WHERE muni = %(muni)s AND name = 'act' AND NOT EXISTS (SELECT 1 FROM act)
),
gone AS (
  UPDATE register_address a SET superseded_at = %(now)s, superseded_by = act.number
  FROM act, old WHERE a.id = old.id RETURNING a.*
),
entered AS (
  INSERT INTO register_address (muni, person, since, until, recorded_at, act, ward, postcode, town_id, town, block,
    building, building_kana, institution, settled_on)
  SELECT muni, person, since, %(day)s, %(now)s, superseded_by, ward, postcode, town_id, town, block, building,
    building_kana, institution, settled_on FROM gone
  UNION ALL
  SELECT muni, person, %(day)s, until, %(now)s, superseded_by, nullif(%(ward)s, ''), %(postcode)s,
    nullif(%(town_id)s, ''), %(town)s, %(block)s, %(building)s, %(building_kana)s, NULL, NULL::date FROM gone
)
SELECT number FROM act
"""
TYPES = {
    "day": "date",
    "latest": "date",
    "reported_on": "date",
    "now": "timestamptz",
    "between_wards": "boolean",
    "persons": "bigint[]",
}
"""Of the parameters that are no text."""


def move_within(report: Report, said: MoveWithin) -> int:
    """As `acts.households.move_within`, quicker where it is plain."""
    (outcome,) = move_all([(report, said)])
    if isinstance(outcome, EnishiError):
        raise outcome
    return outcome


def move_all(filed: Iterable[Filed]) -> list[int | EnishiError]:
    """Performs moves within one municipality in order, each in a transaction of its own. The number of each act, or why it was
    refused. Raises what is wrong with the database.

    Some are under way at the same time on one connection, so that none waits for the others' answers.
    """
    waiting = iter(filed)
    outcomes: list[int | EnishiError] = []
    while window := list(islice(waiting, WINDOW)):
        for part in _apart(window):
            outcomes += _perform(part)
    return outcomes


def _apart(window: Sequence[Filed]) -> list[list[Filed]]:
    """In parts in which nobody moves twice: what is not plain is performed after the rest of its part."""
    parts: list[list[Filed]] = [[]]
    seen: set[int] = set()
    for one in window:
        if seen & set(one[1].movers):
            parts.append([])
            seen = set()
        parts[-1].append(one)
        seen |= set(one[1].movers)
    return parts


def _perform(filed: Sequence[Filed]) -> list[int | EnishiError]:
    alias = database_of(filed[0][0].muni)
    connection = connections[alias]
    plain = connection.vendor == "postgresql" and not connection.in_atomic_block
    numbers: list[int | None] = [None] * len(filed)
    if plain:
        connection.ensure_connection()
        numbers = _pipelined(connection.connection, filed)
    return [
        number if number is not None else _slowly(*one) for one, number in zip(filed, numbers, strict=True)
    ]


def _slowly(report: Report, said: MoveWithin) -> int | EnishiError:
    try:
        return households.move_within(report, said)
    except EnishiError as error:
        return error


def _pipelined(raw: Connection[Any], filed: Sequence[Filed]) -> list[int | None]:
    """The numbers of those acts that were plain. After an error of the database what was not committed is None: it is performed
    the slow way, whose errors are told; what was committed is found again there by its key.
    """
    usual = raw.prepare_threshold
    raw.prepare_threshold = 0  # Django turns prepared statements off
    try:
        with raw.pipeline():
            raw.execute("BEGIN")
            answers = [_send(raw, report, said) for report, said in filed]
            raw.execute("COMMIT")
        return [None if answer is None else (row := answer.fetchone()) and row[0] for answer in answers]
    except BaseException as error:
        raw.execute("ROLLBACK")
        if not isinstance(error, DriverError):
            raise
        return [None] * len(filed)
    finally:
        raw.prepare_threshold = usual


def _send(raw: Connection[Any], report: Report, said: MoveWithin) -> RawCursor[Any] | None:
    try:
        late = households.check_move(report, said)
    except EnishiError:
        return None
    if said.seats or len(set(said.movers)) != len(said.movers) or report.reported_on is None:
        return None
    given = parameters(report, said, late)
    control, answer = RawCursor(raw), RawCursor(raw)
    for cursor, statement in ((control, ALONE), (answer, MOVE)):
        text, names = _numbered(statement)
        cursor.execute(text, [given[name] for name in names], prepare=True)
    control.execute("COMMIT AND CHAIN", prepare=True)
    return answer


@lru_cache
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """A statement with numbered and typed parameters, as the server takes it, and their names in order."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    for place, name in enumerate(names, 1):
        text = text.replace(f"%({name})s", f"${place}::{TYPES.get(name, 'text')}")
    return text, names


def parameters(report: Report, said: MoveWithin, late: int) -> dict[str, Any]:
    """What the statement is given: the act as the journal keeps it, and the new address."""
    kind = Kind(said.kind)
    persons = sorted(said.movers)
    facts = _FORM.dump_python(said, mode="json") | {"days_late": late} | shown(report)
    del facts["kind"]
    act = {
        "muni": report.muni,
        "kind": kind.value,
        "manner": Manner.REPORT.value,
        "article": CATALOGUE[kind].article,
        "effective": report.effective.earliest,
        "effective_latest": report.effective.latest,
        "effective_wording": report.effective.wording,
        "reported_on": report.reported_on,
        "recorded_at": report.now,
        "actor": report.actor,
        "reason": report.reason,
        "key": report.key,
        "facts": facts,
        "corrects": None,
        "persons": persons,
    }
    before, behind = around_number(act)
    place = said.to
    return {
        **{
            name: act[name]
            for name in (
                "muni",
                "kind",
                "manner",
                "article",
                "reported_on",
                "actor",
                "reason",
                "key",
                "persons",
            )
        },
        "day": report.day,
        "latest": report.effective.latest,
        "wording": report.effective.wording,
        "now": report.now,
        "facts": json.dumps(facts),
        "before": before,
        "behind": behind,
        "between_wards": kind is Kind.WARD_MOVE,
        "ward": place.ward,
        "postcode": place.postcode,
        "town_id": place.town_id,
        "town": place.town,
        "block": place.block,
        "building": place.building,
        "building_kana": place.building_kana,
    }


_FORM = TypeAdapter(MoveWithin)
