"""States, sides and events of a move between municipalities, and what its steps have a municipality do (`moving`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enishi.kernel.errors import Refused
from enishi.register.rules.move_terms import Evidence, Law


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


def not_now(what: str, state: StrEnum) -> Refused:
    return Refused(
        f"the move is {state.value.replace('_', ' ')}: it cannot be {what} now",
        where="move",
        todo="look at the move's steps; it goes on from where it stands",
    )
