"""How a step of a move is taken: side locked, stepped, kept, logged; acts performed and messages posted in one transaction.

Call inside `platform.within(muni)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from enishi.kernel.errors import EnishiError
from enishi.platform.services import post
from enishi.register.models import Move, MovePerson, MoveStep
from enishi.register.moves.words import plain, read
from enishi.register.rules.move_states import LATE
from enishi.register.rules.move_terms import Law
from enishi.register.rules.moving import (
    NEW_ENDED,
    OLD_ENDED,
    Effect,
    Event,
    NewSide,
    OldSide,
    Role,
    step_new,
    step_old,
)

ENDED = {Role.OLD: {one.value for one in OLD_ENDED}, Role.NEW: {one.value for one in NEW_ENDED}}


@dataclass(frozen=True)
class At:
    """Who takes a step and when. `automatic`: by a message or the clock: what the register then refuses becomes a conflict
    for an officer, where a clerk would be told at once. `more`: what the effect needs beside the move itself.
    """

    by: str
    now: datetime
    automatic: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The office's day."""
        return timezone.localdate(self.now)


Performer = Callable[[Move, Effect, At], None]
_performers: dict[str, Performer] = {}
FOLLOWED = ("undo", "arrive_notice")
"""Acts whose outcome is an event of its own."""


def performs(name: str) -> Callable[[Performer], Performer]:
    """Registers who brings about an effect."""

    def register(performer: Performer) -> Performer:
        _performers[name] = performer
        return performer

    return register


def law_in_force() -> Law:
    """The programme's law (setting MOVE_LAW: `visit` or `zero_visit`; today's law where it is not set)."""
    return Law(getattr(settings, "MOVE_LAW", Law.VISIT.value))


def side_of(row: Move) -> OldSide | NewSide:
    """The state machine's side of a move."""
    return read(OldSide, row.side) if row.role == Role.OLD else read(NewSide, row.side)


def locked(muni: str, move: str, role: Role) -> Move | None:
    """One side of a move, locked until the transaction ends; None where there is none."""
    return Move.objects.select_for_update().filter(muni=muni, move=move, role=role.value).first()


def open_side(
    muni: str, move: str, role: Role, side: OldSide | NewSide, persons: list[int], at: At, **columns: Any
) -> Move:
    """A new side of a move, not yet stepped."""
    row = Move.objects.create(
        muni=muni,
        move=move,
        role=role.value,
        state=side.state.value,
        side=plain(side),
        began_at=at.now,
        changed_at=at.now,
        **columns,
    )
    MovePerson.objects.bulk_create(
        MovePerson(muni=muni, move=move, role=role.value, person=person) for person in persons
    )
    return row


def movers_of(row: Move) -> list[int]:
    """Who (still) moves, ascending."""
    rows = MovePerson.objects.filter(muni=row.muni, move=row.move, role=row.role, goes=True)
    return list(rows.order_by("person").values_list("person", flat=True))


def advance(row: Move, event: Event, at: At, **detail: Any) -> str:
    """Takes one step and everything that follows from it; returns the word of where it led.

    Raises Refused (with nothing changed) for what a person cannot have, or the register does not allow, now.
    """
    side = side_of(row)
    after, effects, word = step_old(side, event) if isinstance(side, OldSide) else step_new(side, event)
    _keep(row, after, at)
    log(row, event.name, at, word, **detail)
    for effect in effects:
        if effect.name not in FOLLOWED:
            _performers[effect.name](row, effect, at)
            continue
        try:
            _performers[effect.name](row, effect, at)
        except EnishiError as error:
            if not at.automatic:
                raise
            advance(row, Event("not_recorded", why=error.what[:300]), at)
        else:
            if effect.name == "arrive_notice":
                advance(row, Event("recorded"), at)
    row.save()
    return word


def log(row: Move, event: str, at: At, word: str, **detail: Any) -> None:
    """Adds a line to the move's log."""
    row.steps += 1
    MoveStep.objects.create(
        muni=row.muni,
        move=row.move,
        role=row.role,
        number=row.steps,
        at=at.now,
        event=event,
        by=at.by,
        word=word,
        state=row.state,
        detail=detail,
    )


def tell(row: Move, to: str, kind: str, body: Any, at: At, version: int = 0) -> None:
    """Posts a message of the move; the same word of the same version is one message."""
    message_id = f"{row.move}:{kind}:{version}"
    post(message_id, to, f"register.move.{kind}", plain(body), sender=row.muni, at=at.now)


def _keep(row: Move, after: OldSide | NewSide, at: At) -> None:
    if plain(after) == row.side:
        return
    was_open = row.is_open
    row.side = plain(after)
    row.state = after.state.value
    row.conflict = after.conflict[:300]
    row.is_open = row.state not in ENDED[Role(row.role)]
    row.changed_at = at.now
    if was_open != row.is_open:
        rows = MovePerson.objects.filter(muni=row.muni, move=row.move, role=row.role)
        rows.update(is_open=row.is_open)
    row.save()


__all__ = [
    "LATE",
    "At",
    "advance",
    "law_in_force",
    "locked",
    "log",
    "movers_of",
    "open_side",
    "performs",
    "side_of",
    "tell",
]
