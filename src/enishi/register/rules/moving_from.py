"""The answers of the municipality that is left (転出地), state by state (`moving`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from enishi.register.rules.move_states import (
    CANCEL,
    CANCELLING,
    DISSOLVE,
    ELSEWHERE,
    LATE,
    NO_MOVE,
    OLD_ENDED,
    REDIRECTED,
    UNASKED,
    Effect,
    Event,
    Old,
    OldOutcome,
    OldSide,
    not_now,
)


def step_old(side: OldSide, event: Event) -> OldOutcome:
    """The answer of the municipality that is left. Raises Refused for what a person cannot have in this state."""
    return _OLD[event.name](side, event)


def _accept(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.ANNOUNCED:
        raise not_now("accepted", side.state)
    side = replace(side, state=Old.ACCEPTED, departed=True, card_route=side.card_route and event.card_route)
    depart = Effect("depart")
    # On paper the information is handed over when the municipality asks that the paper is shown to.
    if side.destination and (side.card_route or side.ask):
        sent, effects, _ = _send(side, side.destination, side.ask)
        return sent, (depart, *effects), "accepted"
    return side, (depart,), "accepted"


def _refuse(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.ANNOUNCED:
        raise not_now("refused", side.state)
    asker = (Effect("refused", side.destination, why=NO_MOVE, ask=side.ask),) if side.ask else ()
    return replace(side, state=Old.REFUSED, ask="", conflict=""), asker, "refused"


def _cancel(side: OldSide, event: Event) -> OldOutcome:
    if side.state in OLD_ENDED or side.state is Old.NOTIFIED or side.after == DISSOLVE:
        raise not_now("cancelled", side.state)
    asker = _tell_asker(side, CANCELLING)
    side = replace(side, ask="")
    if side.state is Old.WITHDRAWING:
        return replace(side, after=CANCEL), asker, "cancelling"
    if side.held_by:
        called, effects, _ = _call_back(side, CANCEL, "")
        return called, (*asker, *effects), "cancelling"
    undo = (Effect("undo"),) if side.departed else ()
    return replace(side, state=Old.CANCELLED, conflict=""), (*asker, *undo), "cancelled"


def _redirect(side: OldSide, event: Event) -> OldOutcome:
    if side.state in OLD_ENDED or side.state is Old.NOTIFIED or side.after in (CANCEL, DISSOLVE):
        raise not_now("sent to another municipality", side.state)
    return _towards(side, event.to, "")


def _asked(side: OldSide, event: Event) -> OldOutcome:
    if (
        side.state in (Old.CLOSED, Old.NOTIFIED)
        or side.after in (CANCEL, DISSOLVE)
        or side.state in OLD_ENDED
    ):
        why = ELSEWHERE if side.state in (Old.CLOSED, Old.NOTIFIED) else NO_MOVE
        why = CANCELLING if side.after in (CANCEL, DISSOLVE) and side.state is Old.WITHDRAWING else why
        return side, (Effect("refused", event.by, why=why, ask=event.ask),), "asked"
    return _towards(side, event.by, event.ask)


def _towards(side: OldSide, to: str, ask: str) -> OldOutcome:
    """The move is to go to `to`: now, or as soon as whoever has the certificate information gives it back."""
    asker = _tell_asker(side, REDIRECTED) if ask != side.ask and side.ask else ()
    side = replace(side, destination=to, ask=ask)
    if side.state is Old.ANNOUNCED:
        return side, asker, "redirected"
    if side.state is Old.WITHDRAWING:
        return replace(side, after=to), asker, "redirecting"
    if side.held_by == to:
        if not ask:
            return side, asker, "redirected"
        sent, effects, _ = _send(side, to, ask)
        return sent, (*asker, *effects), "certificate_sent"
    if side.held_by:
        called, effects, _ = _call_back(side, to, ask)
        return called, (*asker, *effects), "redirecting"
    if not side.card_route and not ask:
        return replace(side, conflict=""), asker, "redirected"
    sent, effects, _ = _send(side, to, ask)
    return sent, (*asker, *effects), "certificate_sent"


def _send(side: OldSide, to: str, ask: str) -> OldOutcome:
    state = Old.CERTIFICATE_SENT if side.card_route else Old.CARD_ROUTE_ENDED
    side = replace(
        side,
        state=Old.PAPER_ISSUED if side.paper else state,
        held_by=to,
        version=side.version + 1,
        after="",
        ask="",
        stale=False,
        conflict="",
    )
    return side, (Effect("certificate", to, side.version, ask=ask),), "certificate_sent"


def _call_back(side: OldSide, after: str, ask: str) -> OldOutcome:
    side = replace(side, state=Old.WITHDRAWING, version=side.version + 1, after=after, ask=ask)
    why = CANCELLING if after in (CANCEL, DISSOLVE) else REDIRECTED
    return side, (Effect("withdraw", side.held_by, side.version, why=why),), "withdrawing"


def _tell_asker(side: OldSide, why: str) -> tuple[Effect, ...]:
    return (Effect("refused", side.destination, why=why, ask=side.ask),) if side.ask else ()


def _released(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.WITHDRAWING or (event.by, event.version) != (side.held_by, side.version):
        return side, (), LATE
    side = replace(side, held_by="")
    if side.after == DISSOLVE:
        return replace(side, state=Old.CANCELLED, after=""), (), "dissolved"
    if side.after == CANCEL:
        return replace(side, state=Old.CANCELLED, after=""), (Effect("undo"),), "cancelled"
    return _send(side, side.after, side.ask)


def _declined(side: OldSide, event: Event) -> OldOutcome:
    if event.by != side.held_by or event.version != side.version or side.state is Old.WITHDRAWING:
        return side, (), LATE
    if side.state in OLD_ENDED or side.state is Old.NOTIFIED:
        return side, (), LATE
    return replace(side, state=Old.RETURNED, held_by="", conflict=event.why), (), "returned"


def _entered(side: OldSide, event: Event) -> OldOutcome:
    if event.by != side.held_by or event.version > side.version:
        return replace(side, conflict=UNASKED), (), UNASKED
    if side.state in (Old.CLOSED, Old.NOTIFIED):
        return side, (), LATE
    asker = _tell_asker(side, ELSEWHERE)
    side = replace(side, state=Old.NOTIFIED, destination=event.by, after="", ask="", conflict="")
    return side, (*asker, Effect("arrive_notice")), "notified_back"


def _recorded(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.NOTIFIED:
        raise not_now("closed", side.state)
    closed = replace(side, state=Old.CLOSED, version=side.version + side.stale, stale=False, conflict="")
    anew = (Effect("certificate", side.held_by, closed.version),) if side.stale else ()
    return closed, (Effect("closed", side.held_by), *anew), "closed"


def _not_recorded(side: OldSide, event: Event) -> OldOutcome:
    """The register would not let the act be done that a message called for: an officer decides."""
    if side.state is Old.CANCELLED:
        return replace(side, state=Old.RETURNED, conflict=event.why), (), "conflict"
    return replace(side, conflict=event.why), (), "conflict"


def _resolve(side: OldSide, event: Event) -> OldOutcome:
    if side.state is Old.NOTIFIED:
        return side, (Effect("arrive_notice"),), "resolved"
    if not side.conflict:
        raise not_now("resolved", side.state)
    return replace(side, conflict=""), (), "resolved"


def _route_ends(side: OldSide, event: Event) -> OldOutcome:
    if not side.card_route or side.state in OLD_ENDED or side.state is Old.NOTIFIED:
        return side, (), LATE
    side = replace(side, card_route=False)
    if side.state in (Old.ACCEPTED, Old.CERTIFICATE_SENT):
        return replace(side, state=Old.CARD_ROUTE_ENDED), (), "card_route_ended"
    return side, (), "card_route_ended"


def _issue_paper(side: OldSide, event: Event) -> OldOutcome:
    if side.state in OLD_ENDED or side.state in (Old.ANNOUNCED, Old.WITHDRAWING, Old.NOTIFIED):
        raise not_now("certified on paper", side.state)
    side = replace(side, state=Old.PAPER_ISSUED, card_route=False, paper=True, conflict="")
    if not side.held_by:
        return side, (), "paper_issued"
    sent, effects, _ = _send(side, side.held_by, "")
    return sent, effects, "paper_issued"


def _amended(side: OldSide, event: Event) -> OldOutcome:
    """The record of a mover has changed here: whoever has the certificate information gets it anew."""
    if side.state is Old.CLOSED:
        side = replace(side, version=side.version + 1)
        return side, (Effect("certificate", side.held_by, side.version),), "amended"
    if not side.held_by or side.state in (Old.WITHDRAWING, Old.NOTIFIED, *OLD_ENDED):
        return replace(side, stale=bool(side.held_by)), (), "amended"
    sent, effects, _ = _send(side, side.held_by, "")
    return sent, effects, "amended"


def _nobody_left(side: OldSide, event: Event) -> OldOutcome:
    """All movers have died or been removed: there is no move any more, and nothing to undo."""
    if side.state in OLD_ENDED or side.state is Old.NOTIFIED:
        return side, (), LATE
    asker = _tell_asker(side, NO_MOVE)
    side = replace(side, ask="")
    if side.state is Old.WITHDRAWING:
        return replace(side, after=DISSOLVE), asker, "dissolving"
    if side.held_by:
        called, effects, _ = _call_back(side, DISSOLVE, "")
        return called, (*asker, *effects), "dissolving"
    return replace(side, state=Old.CANCELLED), asker, "dissolved"


_OLD: dict[str, Callable[[OldSide, Any], OldOutcome]] = {
    "accept": _accept,
    "refuse": _refuse,
    "cancel": _cancel,
    "redirect": _redirect,
    "asked": _asked,
    "released": _released,
    "declined": _declined,
    "entered": _entered,
    "recorded": _recorded,
    "not_recorded": _not_recorded,
    "resolve": _resolve,
    "card_route_ends": _route_ends,
    "issue_paper": _issue_paper,
    "amended": _amended,
    "nobody_left": _nobody_left,
}
OLD_EVENTS = tuple(_OLD)
