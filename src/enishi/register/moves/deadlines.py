"""What the calendar does to moves: the end of the card-based route; under the zero-visit law also the entry on the day itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from enishi.kernel.errors import EnishiError
from enishi.platform.services import shards, within
from enishi.register.models import Move
from enishi.register.moves.filing import accept_move_in
from enishi.register.moves.steps import At, advance, law_in_force, locked
from enishi.register.moves.words import Certificate, read
from enishi.register.rules.move_terms import Law
from enishi.register.rules.moving import Event, New, Role

CLOCK = "system:clock"


def run_deadlines(now: datetime) -> int:
    """Ends the card-based route of moves whose last day has passed, and enters, where the law asks for no visit, who has
    proved everything and whose day has come. Returns how many moves took a step. Run again it changes nothing.
    """
    today, steps = timezone.localdate(now), 0
    for muni, move, role in list(_due(now)):
        with within(muni):
            row = locked(muni, move, Role(role))
            if row is not None and row.is_open and row.card_route_until and row.card_route_until < today:
                event = Event("card_route_ends", law=law_in_force())
                steps += advance(row, event, At(CLOCK, now, automatic=True)) == "card_route_ended"
    if law_in_force() is Law.ZERO_VISIT:
        steps += sum(_enter(muni, move, now) for muni, move in list(_whose_day_has_come(now)))
    return steps


def _due(now: datetime) -> Iterator[tuple[str, str, str]]:
    for alias in shards():
        rows = Move.objects.using(alias).filter(
            is_open=True, card_route_until__lt=timezone.localdate(now), side__card_route=True
        )
        yield from rows.order_by("card_route_until", "id").values_list("muni", "move", "role")


def _whose_day_has_come(now: datetime) -> Iterator[tuple[str, str]]:
    for alias in shards():
        rows = Move.objects.using(alias).filter(
            is_open=True,
            role=Role.NEW.value,
            state=New.CONFIRMED.value,
            conflict="",
            announced__lte=timezone.localdate(now),
        )
        yield from rows.order_by("announced", "id").values_list("muni", "move")


def _enter(muni: str, move: str, now: datetime) -> bool:
    """A move in that needs nobody: own household, no protected mover. What the register refuses stays for an officer."""
    with within(muni):
        row = locked(muni, move, Role.NEW)
        if row is None or row.state != New.CONFIRMED.value:
            return False
        sent = read(Certificate, row.said["certificate"])
        if sent.protected or sent.joins or row.said.get("left_to_officer"):
            return False
    try:
        accept_move_in(muni, move, moved=sent.announced, actor=CLOCK, now=now)
    except EnishiError as error:
        with within(muni):
            row = locked(muni, move, Role.NEW)
            if row is not None:
                row.said |= {"left_to_officer": True}
                advance(row, Event("not_recorded", why=error.what[:300]), At(CLOCK, now, automatic=True))
        return False
    return True
