"""The answers of a municipality that is moved to (転入地), state by state (`moving`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from enishi.kernel.errors import Refused
from enishi.register.rules.move_states import (
    AMENDED,
    LATE,
    UNCHANGED,
    Effect,
    Event,
    New,
    NewOutcome,
    NewSide,
    not_now,
)
from enishi.register.rules.move_terms import Law, Missing, missing


def step_new(side: NewSide, event: Event) -> NewOutcome:
    """The answer of the municipality that is moved to. Raises Refused for what a person cannot have in this state."""
    return _NEW[event.name](side, event)


def proof_missing(side: NewSide, law: Law) -> tuple[Missing, ...]:
    """What is still to be proved before the move in is accepted."""
    return missing(law, side.evidence, card_route=side.card_route)


def _certificate(side: NewSide, event: Event) -> NewOutcome:
    if event.version <= side.version:
        return side, (), LATE
    side = replace(side, version=event.version, card_route=side.card_route and event.card_route)
    if side.state in (New.ACCEPTED, New.CLOSED):
        if event.why == UNCHANGED:
            return side, (), LATE
        return replace(side, conflict=AMENDED), (), "amended"
    if side.state in (New.WITHDRAWN, New.DECLINED):
        side = replace(side, evidence=(), card_route=event.card_route)
    return _proved(side, event.law), (), "received"


def _withdraw(side: NewSide, event: Event) -> NewOutcome:
    if side.state in (New.ACCEPTED, New.CLOSED) or event.version < side.version:
        return side, (), LATE
    side = replace(side, state=New.WITHDRAWN, version=event.version, conflict="")
    return side, (Effect("released", event.by, event.version),), "withdrawn"


def _confirm(side: NewSide, event: Event) -> NewOutcome:
    if side.state not in (New.RECEIVED, New.CONFIRMED, New.CARD_ROUTE_ENDED) or event.evidence is None:
        raise not_now("proved", side.state)
    side = _proved(replace(side, evidence=(*side.evidence, event.evidence)), event.law)
    return side, (), "confirmed" if side.state is New.CONFIRMED else "evidence"


def _proved(side: NewSide, law: Law) -> NewSide:
    if not proof_missing(side, law):
        return replace(side, state=New.CONFIRMED)
    return replace(side, state=New.RECEIVED if side.card_route else New.CARD_ROUTE_ENDED)


def _accept_in(side: NewSide, event: Event) -> NewOutcome:
    wanted = proof_missing(side, event.law)
    if side.state in (New.RECEIVED, New.CONFIRMED, New.CARD_ROUTE_ENDED) and wanted:
        raise Refused(
            f"not proved yet: {', '.join(wanted)}",
            where="move in",
            todo="check it and enter the evidence first",
        )
    if side.state is not New.CONFIRMED:
        raise not_now("accepted", side.state)
    if side.conflict:
        raise Refused(
            f"something is open: {side.conflict.replace('_', ' ')}",
            where="move in",
            todo="decide it first, then accept",
        )
    side = replace(side, state=New.ACCEPTED)
    return side, (Effect("arrive"), Effect("entered", version=side.version)), "accepted"


def _decline(side: NewSide, event: Event) -> NewOutcome:
    if side.state not in (New.RECEIVED, New.CONFIRMED, New.CARD_ROUTE_ENDED):
        raise not_now("declined", side.state)
    side = replace(side, state=New.DECLINED, conflict="")
    return side, (Effect("declined", version=side.version, why=event.why),), "declined"


def _closed(side: NewSide, event: Event) -> NewOutcome:
    if side.state is not New.ACCEPTED:
        return side, (), LATE
    return replace(side, state=New.CLOSED), (), "closed"


def _route_ends_in(side: NewSide, event: Event) -> NewOutcome:
    if not side.card_route or side.state not in (New.RECEIVED, New.CONFIRMED):
        return side, (), LATE
    return _proved(replace(side, card_route=False), event.law), (), "card_route_ended"


def _resolve_in(side: NewSide, event: Event) -> NewOutcome:
    if not side.conflict:
        raise not_now("resolved", side.state)
    return replace(side, conflict=""), (), "resolved"


def _flag_in(side: NewSide, event: Event) -> NewOutcome:
    return replace(side, conflict=event.why), (), "conflict"


_NEW: dict[str, Callable[[NewSide, Any], NewOutcome]] = {
    "certificate": _certificate,
    "withdraw": _withdraw,
    "confirm": _confirm,
    "accept": _accept_in,
    "decline": _decline,
    "closed": _closed,
    "card_route_ends": _route_ends_in,
    "resolve": _resolve_in,
    "not_recorded": _flag_in,
}
NEW_EVENTS = tuple(_NEW)
