"""What a step of a move does: acts of the register, and messages to the other municipality."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from enishi.kernel.errors import BadInput
from enishi.kernel.partial_date import PartialDate
from enishi.register import journal
from enishi.register.filing import perform_act
from enishi.register.models import Addressee, Move
from enishi.register.moves import measures
from enishi.register.moves.certificate import certify
from enishi.register.moves.steps import At, movers_of, performs, side_of, tell
from enishi.register.moves.words import Certificate, Entered, Filing, Word, read
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.moving import Effect, OldSide
from enishi.register.rules.reports import Arrival, Arrived, Departure, Report, Seat, TakingBack

ASKED = "ask"


def report(row: Move, at: At, what: str, day: date, reported_on: date | None) -> Report:
    """The report of an act that a step of a move calls for, recorded once."""
    key = f"{row.move}:{what}"
    return Report(row.muni, PartialDate.of(day), reported_on, at.by[:60], key, at.now, at.today)


# ---- the municipality that is left


@performs("depart")
def depart(row: Move, effect: Effect, at: At) -> None:
    """The act of moving out, on the announced day, with the planned destination (予定)."""
    filing = read(Filing, row.said["filing"])
    said = Departure(Kind.MOVE_OUT, tuple(movers_of(row)), filing.to, filing.left)
    row.act = perform_act(report(row, at, "depart", filing.announced, row.reported_on), said)


@performs("undo")
def undo(row: Move, effect: Effect, at: At) -> None:
    """The act of moving out is cancelled (転出取消)."""
    assert row.act is not None
    cancelled = row.said.get("cancelled_on")
    reported_on = date.fromisoformat(cancelled) if cancelled else None
    said = TakingBack(Kind.MOVE_OUT_CANCELLED, row.act)
    perform_act(report(row, at, "undo", read(Filing, row.said["filing"]).announced, reported_on), said)


@performs("arrive_notice")
def arrive_notice(row: Move, effect: Effect, at: At) -> None:
    """The planned destination becomes the confirmed one (確定), on the notice of the new municipality."""
    assert row.act is not None
    entered = read(Entered, row.said["entered"])
    row.moved = entered.moved
    said = Arrived(row.act, entered.movers, entered.to)
    perform_act(report(row, at, "arrived", entered.moved, None), said)


@performs("certificate")
def send_certificate(row: Move, effect: Effect, at: At) -> None:
    """The certificate information, behind the measures of protected movers: those arrive first on the same channel."""
    side, filing = side_of(row), read(Filing, row.said["filing"])
    assert isinstance(side, OldSide)
    assert row.reported_on is not None
    assert row.card_route_until is not None
    movers = movers_of(row)
    travelling = measures.for_transfer(row.muni, movers, at.now)
    if travelling:
        tell(row, effect.to, "measures", {"move": row.move, "measures": travelling}, at, effect.version)
    persons, came_from = certify(row.muni, movers, row.moved or filing.announced, effect.to)
    said = Certificate(
        move=row.move,
        version=effect.version,
        persons=persons,
        came_from=came_from,
        to=filing.to if filing.to.muni == effect.to else Place(effect.to, ""),
        plan=tuple(seat for seat in filing.plan if seat.person in set(movers)),
        announced=filing.announced,
        reported_on=row.reported_on,
        card_route=side.card_route,
        card_route_until=row.card_route_until,
        joins=filing.joins,
        evidence=filing.evidence,
        protected=measures.protected(row.muni, movers),
        paper=row.said.get("paper", ""),
        ask=effect.ask,
    )
    tell(row, effect.to, "certificate", said, at, effect.version)


@performs("withdraw")
def withdraw(row: Move, effect: Effect, at: At) -> None:
    """The certificate information is called back."""
    tell(row, effect.to, "withdraw", Word(row.move, effect.version, effect.why), at, effect.version)


@performs("refused")
def refuse_asker(row: Move, effect: Effect, at: At) -> None:
    """Whoever asked gets none, with the reason."""
    tell(row, effect.to, "refused", {ASKED: effect.ask, "why": effect.why}, at, int(effect.ask[:8], 16))


@performs("closed")
def confirm_closed(row: Move, effect: Effect, at: At) -> None:
    """The old municipality has recorded the arrival."""
    tell(row, effect.to, "closed", Word(row.move), at)


# ---- a municipality that is moved to


@performs("arrive")
def arrive(row: Move, effect: Effect, at: At) -> None:
    """The act of moving in, with the certificate information; everybody gets an addressee number (宛名番号) here.

    `at.more`: `to`, `seats`, `moved`, `movers`, `others` as `filing.accept_move_in` has them.
    """
    sent = read(Certificate, row.said["certificate"])
    seats: dict[int, Seat] = {seat.person: seat for seat in at.more["seats"]}
    movers: tuple[int, ...] = at.more["movers"]
    known = {one.person: one for one in sent.persons}
    if not movers or not set(movers) <= set(known) or set(movers) != set(seats):
        raise BadInput(
            "the move in does not name each mover once",
            where="movers",
            todo="choose who has moved in, and say for each how they are related to the head",
        )
    newcomers = tuple(
        replace(known[who], household=seats[who].household, relation=seats[who].relation) for who in movers
    )
    said = Arrival(Kind.MOVE_IN, newcomers, at.more["to"], sent.came_from, at.more["others"])
    row.act = perform_act(report(row, at, "arrive", at.more["moved"], at.today), said)
    row.moved = at.more["moved"]
    row.said |= {"movers": list(movers)}
    for person in movers:
        addressee_of(row.muni, person)


@performs("entered")
def notify_back(row: Move, effect: Effect, at: At) -> None:
    """The notice of having moved in (転入通知, art. 9(1))."""
    assert row.act is not None
    said = Entered(row.move, effect.version, at.more["movers"], at.more["moved"], at.more["to"], row.act)
    tell(row, row.other, "entered", said, at, effect.version)


@performs("released")
def give_back(row: Move, effect: Effect, at: At) -> None:
    """The certificate information is given back: nobody is entered with it any more."""
    tell(row, row.other, "released", Word(row.move, effect.version), at, effect.version)


@performs("declined")
def decline(row: Move, effect: Effect, at: At) -> None:
    """The certificate information is given back unasked, with the reason."""
    tell(row, row.other, "declined", Word(row.move, effect.version, effect.why), at, effect.version)


def addressee_of(muni: str, person: int) -> int:
    """A person's addressee number in a municipality: one for good, given out where there is none yet."""
    known = Addressee.objects.filter(muni=muni, person=person).values_list("number", flat=True).first()
    if known is None:
        known = journal.next_of(muni, "addressee")
        Addressee.objects.create(muni=muni, number=known, person=person)
    return known
