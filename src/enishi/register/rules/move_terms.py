"""What the law asks of a move between municipalities: time limits, proof of identity and existence, who may file, who stays.

Articles are of the Basic Resident Register Act (Act 81 of 1967) unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from enishi.kernel.ages import is_aged
from enishi.kernel.calendar import is_office_holiday
from enishi.kernel.deadlines import end_of_period
from enishi.kernel.errors import BadInput, Refused
from enishi.register.rules.relationship import HEAD, steps_of
from enishi.register.rules.reports import Seat

DAYS_TO_ANNOUNCE = 14
"""A move out is reported before it (art. 24), or within 14 days after it where that was not possible; the day after the
move is the first. A later report is taken too: the move then goes by paper."""

EARLIEST_ANNOUNCEMENT = 30
"""Online a move out is announced at most 30 days before it (the State's one-stop moving service)."""

CARD_ROUTE_AFTER_MOVE = 14
"""The card stands in for the paper certificate within 14 days of the move (art. 24-2) ..."""

CARD_ROUTE_AFTER_ANNOUNCED = 30
"""... and within 30 days of the announced date; at the earlier of the two the card itself lapses (My Number Act art. 17)."""

CONTINUED_USE = 90
"""The card's continued use is set within 90 days of the move-in report (My Number Act art. 17)."""

OF_AGE_TO_FILE = 15
"""From 15 on somebody files for themselves; a child below is filed for by a legal representative."""


def last_day_to_announce(moved: date) -> date:
    """The last day on which a move out that has happened is reported in time (art. 24)."""
    return end_of_period(moved, days=DAYS_TO_ANNOUNCE, is_holiday=is_office_holiday)


def card_route_ends(announced: date, moved: date | None = None) -> date:
    """The last day of the card-based route: the earlier of 30 days from the announced date and, once the day of the move
    is known, 14 days from it (art. 24-2). After it a paper move-out certificate is issued and the card lapses.
    """
    ends = end_of_period(announced, days=CARD_ROUTE_AFTER_ANNOUNCED, is_holiday=is_office_holiday)
    if moved is None:
        return ends
    return min(ends, end_of_period(moved, days=CARD_ROUTE_AFTER_MOVE, is_holiday=is_office_holiday))


def continued_use_until(reported: date) -> date:
    """The last day on which the card's continued use (継続利用) can be set after a move-in report (My Number Act art. 17)."""
    return end_of_period(reported, days=CONTINUED_USE, is_holiday=is_office_holiday)


def check_announcement(announced: date, reported: date, *, online: bool) -> bool:
    """Whether the move goes by the card-based route as far as days are concerned; False: by paper.

    Raises Refused online for a day further away than the service takes.
    """
    earliest = announced - timedelta(days=EARLIEST_ANNOUNCEMENT)
    if online and reported < earliest:
        raise Refused(
            f"a move on {announced} can be announced online from {earliest} on",
            where="day of the move",
            todo="come back on that day, or report at the counter",
        )
    return reported <= last_day_to_announce(announced)


class Law(StrEnum):
    """The programme's law: whether a move in asks for a check face to face."""

    VISIT = "visit"
    """The law of today: identity and existence are checked by an officer, at the counter or by video (art. 22, 27)."""
    ZERO_VISIT = "zero_visit"
    """A verified card signature proves both; nobody visits an office."""


class Proof(StrEnum):
    """What a piece of evidence is."""

    CARD_SIGNATURE = "card_signature"
    """A signature of the card's signature certificate, verified."""
    DEMONSTRATION_SIGN_IN = "demonstration_sign_in"
    """Until cards exist: a demonstration sign-in; it counts with an officer's confirmation only."""
    OFFICER_CONFIRMATION = "officer_confirmation"
    """An officer bears out the demonstration sign-in."""
    OFFICER_COUNTER = "officer_counter"
    """An officer saw the person and their documents at the counter (art. 27)."""
    OFFICER_VIDEO = "officer_video"
    """An officer saw the person and their card by video."""
    PAPER_CERTIFICATE = "paper_certificate"
    """The paper move-out certificate (転出証明書) was handed in."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proof passed in by whoever verified it. `who`: actor that proves or checks; `hash`: SHA-256 (hex) of what was
    verified (signed document, record of the check, number of the paper), never the thing itself.
    """

    kind: Proof
    who: str
    at: datetime
    hash: str = ""


class Missing(StrEnum):
    """What is still to be proved before a move in is accepted."""

    IDENTITY = "identity"
    EXISTENCE = "existence"
    PAPER = "paper_certificate"


SEEN = frozenset({Proof.OFFICER_COUNTER, Proof.OFFICER_VIDEO})


def missing(law: Law, evidence: Iterable[Evidence], *, card_route: bool) -> tuple[Missing, ...]:
    """What the evidence leaves unproved under a law. `card_route`: whether the card still stands in for the paper."""
    kinds = {one.kind for one in evidence}
    signed = (
        Proof.CARD_SIGNATURE in kinds
        or {
            Proof.DEMONSTRATION_SIGN_IN,
            Proof.OFFICER_CONFIRMATION,
        }
        <= kinds
    )
    wanted = []
    if not signed and Proof.OFFICER_COUNTER not in kinds:
        wanted.append(Missing.IDENTITY)
    if not kinds & SEEN and (law is Law.VISIT or not card_route):
        wanted.append(Missing.EXISTENCE)
    if not card_route and Proof.PAPER_CERTIFICATE not in kinds:
        wanted.append(Missing.PAPER)
    return tuple(wanted)


class Capacity(StrEnum):
    """In which capacity somebody files (arts 26, 27)."""

    SELF = "self"
    """One of the movers (本人)."""
    HEAD = "head"
    """The head of their household in their place (art. 26)."""
    MEMBER = "member"
    """Another member of the household (同一世帯員)."""
    REPRESENTATIVE = "legal_representative"
    """The legal representative of a child (法定代理人)."""
    AGENT = "agent"
    """An agent with a written mandate (任意代理人), at the counter only."""


def check_filer(
    capacity: Capacity, filer: int | None, movers: Mapping[int, date], *, on: date, online: bool
) -> None:
    """Raises Refused where the law does not let this person file this move.

    `filer`: person id, None for one without (an agent, a representative who lives elsewhere); `movers`: person -> date of birth.
    """
    grown = [who for who, born in movers.items() if is_aged(born, OF_AGE_TO_FILE, on)]
    if capacity is Capacity.AGENT and online:
        raise Refused(
            "an agent files at the counter", where="who files", todo="bring the written mandate to the office"
        )
    if capacity is Capacity.SELF and filer not in movers:
        raise Refused(
            "whoever files for themselves is one of the movers",
            where="who files",
            todo="say in which capacity you file, or add yourself to the movers",
        )
    if capacity is Capacity.SELF and filer not in grown:
        raise Refused(
            f"nobody below {OF_AGE_TO_FILE} files alone",
            where="who files",
            todo="let the legal representative file",
        )
    if not grown and capacity is not Capacity.REPRESENTATIVE:
        raise Refused(
            "children move alone: only their legal representative can report it",
            where="who files",
            todo="let the legal representative file, and record on what this rests",
        )


def check_seats(movers: Iterable[int], planned: Iterable[Seat]) -> None:
    """Raises BadInput where the households of the movers are not said whole: everybody once, relations that are paths, and
    one head where they make a household of their own.
    """
    wanted, seats = sorted(movers), list(planned)
    if sorted(seat.person for seat in seats) != wanted:
        raise BadInput(
            "the new households do not name each mover once",
            where="new household",
            todo="say for everybody who moves how they are related to the head",
        )
    for seat in seats:
        steps_of(seat.relation)
    own = [seat.relation for seat in seats if not seat.household]
    if own and own.count(HEAD) != 1:
        raise BadInput(
            f"the new household has {own.count(HEAD)} heads",
            where="new household",
            todo="name one head among those who move, or join an existing household",
        )


def check_those_left(
    household: Mapping[int, str],
    movers: Iterable[int],
    seats: Iterable[Seat],
    births: Mapping[int, date],
    on: date,
) -> None:
    """Raises Refused where the head moves and those who stay have no new head, or one below 15 among elders.

    `household`: all its members with their relations; `seats`: the new places of those who stay, as the same filing says.
    """
    gone = set(movers)
    stay = set(household) - gone
    if not stay or HEAD not in {household[who] for who in gone if who in household}:
        return
    heads = [seat.person for seat in seats if seat.relation == HEAD and seat.person in stay]
    if len(heads) != 1:
        raise Refused(
            "the head moves away and the filing names no new head for those who stay",
            where="household left behind",
            todo="name the new head (世帯主変更) among those who stay, in the same filing",
        )
    elders = [who for who in stay if is_aged(births[who], OF_AGE_TO_FILE, on)]
    if not elders:
        raise Refused(
            f"only children below {OF_AGE_TO_FILE} would stay behind",
            where="household left behind",
            todo="say who takes them in: they move too, or into another household first (世帯変更)",
        )
    if heads[0] not in elders:
        raise Refused(
            f"the new head is below {OF_AGE_TO_FILE}",
            where="household left behind",
            todo="name somebody older who stays",
        )
