"""Sides of moves in memory: many read and locked at once, stepped by the rules, logged, written back at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from enishi.platform.services import Posting, database_of, insert_rows, post_all
from enishi.register.engines.moving_batches import rows_of
from enishi.register.moves.steps import ENDED
from enishi.register.moves.words import plain, read_text, text_of
from enishi.register.rules.moving import Effect, Event, NewSide, OldSide, Role, step_new, step_old

SIDE = ("muni", "move", "role", "state", "side", "is_open", "conflict", "other", "announced", "moved", "reported_on",
        "card_route_until", "said", "act", "steps", "began_at", "changed_at")  # fmt: skip
STEP = ("muni", "move", "role", "number", "at", "event", "by", "word", "state", "detail")
PERSON = ("muni", "move", "role", "person", "is_open", "goes")
FORMS: dict[Role, type[OldSide] | type[NewSide]] = {Role.OLD: OldSide, Role.NEW: NewSide}
WRITE = """
UPDATE register_move m SET state = v.state, side = v.side, is_open = v.is_open, conflict = v.conflict, moved = v.moved,
  act = v.act, steps = v.steps, changed_at = CASE WHEN m.side = v.side THEN m.changed_at ELSE %s END,
  said = CASE WHEN v.said IS NULL THEN m.said ELSE m.said || v.said END
FROM jsonb_to_recordset(%s::jsonb) AS v (id bigint, state text, side jsonb, is_open boolean, conflict text, moved date,
  act bigint, steps int, said jsonb)
WHERE m.id = v.id"""


@dataclass(slots=True)
class Side:
    """One side of a move. `said`: the part of what was said that was asked for, `more`: what is added to it, both as JSON text;
    `persons`: who (still) moves, ascending; `id`: None for a new one.
    """

    id: int | None
    move: str
    side: OldSide | NewSide
    is_open: bool
    other: str
    announced: date | None
    moved: date | None
    reported_on: date | None
    card_route_until: date | None
    act: int | None
    steps: int
    said: str | None = None
    more: str | None = None
    persons: list[int] = field(default_factory=list)


class Sides:
    """The sides that one step of a batch concerns, in one municipality and role. `now`: the moment of the step."""

    def __init__(self, muni: str, role: Role, now: datetime, cursor: Any) -> None:
        self.muni, self.role, self.now, self.cursor = muni, role, now, cursor
        self.posted: list[Posting] = []
        self._stepped: dict[str, Side] = {}
        self._logged: list[tuple[Any, ...]] = []
        self._opened: list[Side] = []

    def load(self, moves: Iterable[str], said: str = "NULL") -> dict[str, Side]:
        """The sides of these moves, locked until the transaction ends. `said`: which part of what was said, as SQL."""
        rows = rows_of(
            self.cursor,
            "SELECT id, move, side, is_open, other, announced, moved, reported_on, card_route_until, act, steps, "
            f"{said} FROM register_move WHERE muni = %s AND role = %s AND move = ANY(%s) ORDER BY move FOR UPDATE",
            [self.muni, self.role.value, sorted(set(moves))],
        )
        form: Any = FORMS[self.role]
        found = {row[1]: Side(row[0], row[1], read_text(form, row[2]), *row[3:]) for row in rows}
        persons = rows_of(
            self.cursor,
            "SELECT move, person FROM register_moveperson WHERE muni = %s AND role = %s AND goes AND move = ANY(%s) "
            "ORDER BY person",
            [self.muni, self.role.value, list(found)],
        )
        for move, person in persons:
            found[move].persons.append(person)
        return found

    def open(self, side: Side) -> Side:
        """A new side, not yet stepped."""
        self._opened.append(side)
        return side

    def step(self, side: Side, event: Event, by: str, **detail: Any) -> tuple[Effect, ...]:
        """Takes a step and logs it; gives what follows from it, which the caller brings about. Raises as the rules do."""
        after, effects, word = outcome(side.side, event)
        side.side = after
        side.is_open = after.state.value not in ENDED[self.role]
        self._stepped[side.move] = side
        self.log(side, event.name, by, word, **detail)
        return effects

    def log(self, side: Side, event: str, by: str, word: str, **detail: Any) -> None:
        """Adds a line to the log of a side."""
        side.steps += 1
        self._logged.append(
            (self.muni, side.move, self.role.value, side.steps, self.now, event, by, word, side.side.state.value,
             json.dumps(detail) if detail else "{}")
        )  # fmt: skip

    def tell(self, side: Side, to: str, kind: str, body: Any, version: int = 0) -> None:
        """A message of the move, as `moves.steps.tell`."""
        message_id = f"{side.move}:{kind}:{version}"
        self.posted.append(Posting(message_id, to, f"register.move.{kind}", plain(body)))

    def write(self) -> None:
        """Everything that was opened, stepped, logged and told, in the caller's transaction."""
        alias, role = database_of(self.muni), self.role.value
        insert_rows("register_move", SIDE, map(self._row, self._opened), using=alias)
        people = (
            (self.muni, one.move, role, who, one.is_open, True) for one in self._opened for who in one.persons
        )
        insert_rows("register_moveperson", PERSON, people, using=alias)
        known = [one for one in self._stepped.values() if one.id is not None]
        if known:
            rows = map(_changes, known)
            self.cursor.execute(WRITE, [self.now, f"[{', '.join(rows)}]"])
        if ended := [one.move for one in known if not one.is_open]:
            self.cursor.execute(
                "UPDATE register_moveperson SET is_open = false WHERE muni = %s AND role = %s AND move = ANY(%s) AND is_open",
                [self.muni, role, ended],
            )
        insert_rows("register_movestep", STEP, self._logged, using=alias)
        post_all(self.muni, self.posted, self.now)

    def _row(self, one: Side) -> tuple[Any, ...]:
        return (
            self.muni, one.move, self.role.value, one.side.state.value, text_of(one.side), one.is_open,
            one.side.conflict[:300], one.other, one.announced, one.moved, one.reported_on, one.card_route_until,
            one.said or "{}", one.act, one.steps, self.now, self.now,
        )  # fmt: skip


def _changes(one: Side) -> str:
    """What a step has changed of a side, as JSON."""
    conflict = json.dumps(one.side.conflict[:300]) if one.side.conflict else '""'
    moved = f'"{one.moved}"' if one.moved else "null"
    return (
        f'{{"id": {one.id}, "state": "{one.side.state.value}", "side": {text_of(one.side)}, "conflict": {conflict}, '
        f'"is_open": {"true" if one.is_open else "false"}, "moved": {moved}, "steps": {one.steps}, '
        f'"act": {"null" if one.act is None else one.act}, "said": {one.more or "null"}}}'
    )


def outcome(side: OldSide | NewSide, event: Event) -> tuple[OldSide | NewSide, tuple[Effect, ...], str]:
    """The answer of a side to an event."""
    return step_old(side, event) if isinstance(side, OldSide) else step_new(side, event)
