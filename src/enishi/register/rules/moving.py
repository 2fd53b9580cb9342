"""The move between municipalities as two state machines that only messages connect (Basic Resident Register Act arts 9, 22, 24).

`step_old` is the municipality that is left, `step_new` the one that is moved to. Both are pure and total: every event in every
state has an answer. What a person wants and cannot have is Refused with its reason; a message that comes late, twice or out
of order is noted and changes nothing. The certificate information (転出証明書情報) is like a key: the old side hands it to one
municipality at a time, numbered, and hands it to another (or cancels) only when the first has given it back. Whoever has
it may enter the movers; so nobody can be entered twice, in whatever order messages arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from enishi.kernel.errors import Refused
from enishi.register.rules.move_terms import Evidence, Law, Missing, Proof, missing


class Role(StrEnum):
    """Which side of a move a municipality is."""

    OLD = "old"
    NEW = "new"
    ASKING = "asking"
    """It has asked the old one for a move that was announced to another, and waits for the answer."""


class Old(StrEnum):
    """States of a move in the municipality that is left."""

    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    CERTIFICATE_SENT = "certificate_sent"
    WITHDRAWING = "withdrawing"
    RETURNED = "returned"
    CARD_ROUTE_ENDED = "card_route_ended"
    PAPER_ISSUED = "paper_issued"
    NOTIFIED = "notified_back"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class New(StrEnum):
    """States of a move in a municipality that is moved to."""

    AWAITED = "awaited"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    CARD_ROUTE_ENDED = "card_route_ended"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


OLD_ENDED = frozenset({Old.CLOSED, Old.CANCELLED, Old.REFUSED})
NEW_ENDED = frozenset({New.CLOSED, New.WITHDRAWN, New.DECLINED})
CANCEL, DISSOLVE = "cancel", "dissolve"


@dataclass(frozen=True, slots=True)
class OldSide:
    """A move as the municipality that is left has it.

    `destination`: the municipality that the movers named last, blank where none; `held_by`: which one has the certificate
    information; `version`: number of the last that was sent or called back; `after`: what follows when it is given back:
    `cancel`, `dissolve` (nobody is left to move) or the next destination; `ask`: the question that waits for it;
    `card_route`: whether the card stands in for the paper, `paper`: whether that was issued; `departed`: whether the act
    of moving out is done; `stale`: the record changed when the information could not be sent anew; `conflict`: what an
    officer has to decide.
    """

    state: Old = Old.ANNOUNCED
    destination: str = ""
    held_by: str = ""
    version: int = 0
    after: str = ""
    ask: str = ""
    card_route: bool = True
    departed: bool = False
    paper: bool = False
    stale: bool = False
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class NewSide:
    """A move as a municipality that is moved to has it. `version`: of the last certificate information or call back that
    came; `evidence`: what was proved so far.
    """

    state: New = New.AWAITED
    version: int = 0
    evidence: tuple[Evidence, ...] = ()
    card_route: bool = True
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a move: `name` as the handlers below, with what belongs to it.

    By people: `accept refuse cancel redirect issue_paper resolve confirm decline`; by message: `asked released declined
    entered certificate withdraw closed`; by the clock: `card_route_ends`; by the register: `amended nobody_left recorded
    not_recorded`. `by`: the municipality that it comes from; `version`: which certificate information it speaks of.
    """

    name: str
    by: str = ""
    version: int = 0
    why: str = ""
    to: str = ""
    ask: str = ""
    card_route: bool = True
    law: Law = Law.VISIT
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step has its municipality do, in the same transaction. Messages: `certificate withdraw refused closed` (old),
    `entered released declined` (new), to `to`. Acts: `depart undo arrive_notice` (old), `arrive` (new).
    """

    name: str
    to: str = ""
    version: int = 0
    why: str = ""
    ask: str = ""


OldOutcome = tuple[OldSide, tuple[Effect, ...], str]
NewOutcome = tuple[NewSide, tuple[Effect, ...], str]
"""The side after the step, what to do, and a word for the log (`late` where nothing changed)."""

LATE = "late"
ELSEWHERE, CANCELLING, NO_MOVE, REDIRECTED = (
    "entered_elsewhere",
    "being_cancelled",
    "no_open_move",
    "redirected",
)
AMENDED, UNASKED, UNCHANGED = "amended_after_entry", "entered_unasked", "unchanged"


def step_old(side: OldSide, event: Event) -> OldOutcome:
    """The answer of the municipality that is left. Raises Refused for what a person cannot have in this state."""
    return _OLD[event.name](side, event)


def step_new(side: NewSide, event: Event) -> NewOutcome:
    """The answer of the municipality that is moved to. Raises Refused for what a person cannot have in this state."""
    return _NEW[event.name](side, event)


def proof_missing(side: NewSide, law: Law) -> tuple[Missing, ...]:
    """What is still to be proved before the move in is accepted."""
    return missing(law, side.evidence, card_route=side.card_route)


# ---- the municipality that is left


def _accept(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.ANNOUNCED:
        raise _not_now("accepted", side.state)
    side = replace(side, state=Old.ACCEPTED, departed=True, card_route=side.card_route and event.card_route)
    depart = Effect("depart")
    # On paper the information is handed over when the municipality asks that the paper is shown to.
    if side.destination and (side.card_route or side.ask):
        sent, effects, _ = _send(side, side.destination, side.ask)
        return sent, (depart, *effects), "accepted"
    return side, (depart,), "accepted"


def _refuse(side: OldSide, event: Event) -> OldOutcome:
    if side.state is not Old.ANNOUNCED:
        raise _not_now("refused", side.state)
    asker = (Effect("refused", side.destination, why=NO_MOVE, ask=side.ask),) if side.ask else ()
    return replace(side, state=Old.REFUSED, ask="", conflict=""), asker, "refused"


def _cancel(side: OldSide, event: Event) -> OldOutcome:
    if side.state in OLD_ENDED or side.state is Old.NOTIFIED or side.after == DISSOLVE:
        raise _not_now("cancelled", side.state)
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
        raise _not_now("sent to another municipality", side.state)
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
        raise _not_now("closed", side.state)
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
        raise _not_now("resolved", side.state)
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
        raise _not_now("certified on paper", side.state)
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


# ---- a municipality that is moved to


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
        raise _not_now("proved", side.state)
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
        raise _not_now("accepted", side.state)
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
        raise _not_now("declined", side.state)
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
        raise _not_now("resolved", side.state)
    return replace(side, conflict=""), (), "resolved"


def _flag_in(side: NewSide, event: Event) -> NewOutcome:
    return replace(side, conflict=event.why), (), "conflict"


def _not_now(what: str, state: StrEnum) -> Refused:
    return Refused(
        f"the move is {state.value.replace('_', ' ')}: it cannot be {what} now",
        where="move",
        todo="look at the move's steps; it goes on from where it stands",
    )


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
OLD_EVENTS, NEW_EVENTS = tuple(_OLD), tuple(_NEW)
__all__ = [
    "NEW_ENDED",
    "NEW_EVENTS",
    "OLD_ENDED",
    "OLD_EVENTS",
    "Effect",
    "Event",
    "Evidence",
    "Law",
    "New",
    "NewSide",
    "Old",
    "OldSide",
    "Proof",
    "Role",
    "proof_missing",
    "step_new",
    "step_old",
]
