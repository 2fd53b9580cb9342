"""The messages of a move, as they arrive: each is a step of the side that it concerns."""

from __future__ import annotations

from enishi.platform.services import Envelope, handles, handling_at, post, within
from enishi.register.models import Move, MovePerson, Residence
from enishi.register.moves import measures
from enishi.register.moves.performing import addressee_of
from enishi.register.moves.steps import At, advance, law_in_force, locked, log, open_side, side_of
from enishi.register.moves.words import Certificate, Entered, Question, Word, plain, read
from enishi.register.rules.move_states import LATE, NO_MOVE, UNCHANGED
from enishi.register.rules.move_terms import Proof
from enishi.register.rules.moving import Event, New, NewSide, OldSide, Role

CARRIED = (Proof.CARD_SIGNATURE, Proof.DEMONSTRATION_SIGN_IN)
"""Proofs of the filing that count in the new municipality too; what an officer saw counts where they saw it."""

TWO_MOVES, RESIDENT, UNKNOWN_TOWN = "two_moves", "resident_already", "unknown_town"
ANSWERED, REFUSED = "answered", "refused"


def _at(envelope: Envelope) -> At:
    return At(f"message:{envelope.message_id}"[:80], handling_at(), automatic=True)


# ---- at the municipality that is moved to


@handles("register.move.measures")
def measures_arrive(envelope: Envelope) -> None:
    """Support measures of movers, ahead of everything else that is said of them."""
    with within(envelope.receiver):
        measures.taken_over(envelope.receiver, envelope.payload["measures"], handling_at())


@handles("register.move.certificate")
def certificate_arrives(envelope: Envelope) -> None:
    """Certificate information: a new move in, or the same anew; what speaks against it is shown to an officer."""
    said, at = read(Certificate, envelope.payload), _at(envelope)
    with within(envelope.receiver):
        if said.ask:
            _answered(envelope, said, at)
        row = locked(envelope.receiver, said.move, Role.NEW)
        if row is None:
            row = _new_side(envelope, [one.person for one in said.persons], said.move, at)
        before = row.said.get("certificate")
        same = before is not None and read(Certificate, before).persons == said.persons
        event = Event(
            "certificate",
            by=envelope.sender,
            version=said.version,
            why=UNCHANGED if same else "",
            card_route=said.card_route,
            law=law_in_force(),
        )
        fresh = said.version > _new(row).version
        advance(row, event, at, version=said.version)
        if not fresh or row.state in (New.ACCEPTED.value, New.CLOSED.value):
            if fresh and not same:
                row.said |= {"amended": plain(said)}
                row.save()
            return
        row.said |= {"certificate": plain(said)}
        row.announced, row.reported_on = said.announced, said.reported_on
        row.card_route_until = said.card_route_until
        row.save()
        MovePerson.objects.filter(muni=row.muni, move=row.move, role=row.role).update(goes=False)
        for one in said.persons:
            # Whom a municipality serves has a number there: from now on its officers may see who comes.
            addressee_of(row.muni, one.person)
            MovePerson.objects.update_or_create(
                muni=row.muni,
                move=row.move,
                role=row.role,
                person=one.person,
                defaults={"goes": True, "is_open": True},
            )
        known = {proof.kind for proof in _new(row).evidence}
        for proof in said.evidence:
            if proof.kind in CARRIED and proof.kind not in known:
                advance(row, Event("confirm", evidence=proof, law=law_in_force()), at)
        if why := _speaks_against(row, said):
            advance(row, Event("not_recorded", why=why), at)


def _new_side(envelope: Envelope, persons: list[int], move: str, at: At) -> Move:
    return open_side(envelope.receiver, move, Role.NEW, NewSide(), persons, at, other=envelope.sender)


def _new(row: Move) -> NewSide:
    side = side_of(row)
    assert isinstance(side, NewSide)
    return side


def _speaks_against(row: Move, said: Certificate) -> str:
    persons = [one.person for one in said.persons]
    others = MovePerson.objects.filter(
        muni=row.muni, person__in=persons, role=Role.NEW.value, is_open=True, goes=True
    ).exclude(move=row.move)
    waiting = Move.objects.filter(
        muni=row.muni, role=Role.NEW.value, move__in=others.values_list("move", flat=True)
    ).exclude(state=New.ACCEPTED.value)
    if waiting.exists():
        return TWO_MOVES
    stays = Residence.objects.believed().filter(muni=row.muni, person__in=persons, until__isnull=True)
    if stays.exists():
        return RESIDENT
    return UNKNOWN_TOWN if not said.to.town else ""


@handles("register.move.withdraw")
def withdrawal_arrives(envelope: Envelope) -> None:
    """The old municipality calls the certificate information back; it may even come before it."""
    said, at = read(Word, envelope.payload), _at(envelope)
    with within(envelope.receiver):
        row = locked(envelope.receiver, said.move, Role.NEW)
        if row is None:
            row = _new_side(envelope, [], said.move, at)
        advance(
            row, Event("withdraw", by=envelope.sender, version=said.version, why=said.why), at, why=said.why
        )


@handles("register.move.closed")
def closing_arrives(envelope: Envelope) -> None:
    """The old municipality has recorded that the movers have arrived."""
    said, at = read(Word, envelope.payload), _at(envelope)
    with within(envelope.receiver):
        row = locked(envelope.receiver, said.move, Role.NEW)
        if row is not None:
            advance(row, Event("closed", by=envelope.sender), at)


@handles("register.move.refused")
def refusal_arrives(envelope: Envelope) -> None:
    """The old municipality has no certificate information to give, and says why."""
    with within(envelope.receiver):
        row = locked(envelope.receiver, str(envelope.payload["ask"]), Role.ASKING)
        if row is not None and row.is_open:
            _end_question(row, REFUSED, str(envelope.payload["why"]), _at(envelope))


def _answered(envelope: Envelope, said: Certificate, at: At) -> None:
    row = locked(envelope.receiver, said.ask, Role.ASKING)
    if row is not None and row.is_open:
        row.said |= {"move": said.move}
        _end_question(row, ANSWERED, "", at)


def _end_question(row: Move, state: str, why: str, at: At) -> None:
    row.state, row.is_open, row.conflict, row.changed_at = state, False, why[:300], at.now
    MovePerson.objects.filter(muni=row.muni, move=row.move, role=row.role).update(is_open=False)
    log(row, state, at, state, why=why)
    row.save()


# ---- at the municipality that is left


@handles("register.move.asked")
def question_arrives(envelope: Envelope) -> None:
    """Another municipality than the announced one has the movers before it."""
    said, at = read(Question, envelope.payload), _at(envelope)
    with within(envelope.receiver):
        mine = MovePerson.objects.filter(
            muni=envelope.receiver, role=Role.OLD.value, person__in=said.persons, goes=True
        )
        moves = Move.objects.filter(
            muni=envelope.receiver, role=Role.OLD.value, move__in=set(mine.values_list("move", flat=True))
        ).order_by("-is_open", "-changed_at")
        latest = moves.first()
        row = locked(envelope.receiver, latest.move, Role.OLD) if latest else None
        known = set(mine.filter(move=row.move).values_list("person", flat=True)) if row else set()
        if row is None or not set(said.persons) <= known or _keeps_back(row, known, envelope.sender):
            if row is not None and set(said.persons) <= known:
                log(row, "asked", at, LATE, by=envelope.sender)
                row.save()
            post(
                f"{said.ask}:refused",
                envelope.sender,
                "register.move.refused",
                {"ask": said.ask, "why": NO_MOVE},
                sender=envelope.receiver,
                at=at.now,
            )
            return
        event = Event("asked", by=envelope.sender, to=envelope.sender, ask=said.ask)
        advance(row, event, at, by=envelope.sender)


def _keeps_back(row: Move, persons: set[int], asker: str) -> bool:
    """Whether a question is answered as if there were no move: somebody of it is under support measures, and another municipality
    than they named asks. Whoever has them before it could find out where they go; they name another destination themselves.
    """
    return bool(measures.protected(row.muni, persons)) and asker != _old(row).destination


@handles("register.move.released")
def release_arrives(envelope: Envelope) -> None:
    """The certificate information is given back, as it was called for."""
    _old_step(envelope, "released", read(Word, envelope.payload))


@handles("register.move.declined")
def decline_arrives(envelope: Envelope) -> None:
    """The certificate information is given back unasked."""
    _old_step(envelope, "declined", read(Word, envelope.payload))


@handles("register.move.entered")
def notice_arrives(envelope: Envelope) -> None:
    """The notice of having moved in (転入通知)."""
    said, at = read(Entered, envelope.payload), _at(envelope)
    with within(envelope.receiver):
        row = locked(envelope.receiver, said.move, Role.OLD)
        if row is None:
            return
        if _old(row).held_by == envelope.sender and "entered" not in row.said:
            row.said |= {"entered": plain(said)}
        advance(row, Event("entered", by=envelope.sender, version=said.version), at, act=said.act)


def _old_step(envelope: Envelope, name: str, said: Word) -> None:
    at = _at(envelope)
    with within(envelope.receiver):
        row = locked(envelope.receiver, said.move, Role.OLD)
        if row is not None:
            event = Event(name, by=envelope.sender, version=said.version, why=said.why)
            advance(row, event, at, why=said.why)


def _old(row: Move) -> OldSide:
    side = side_of(row)
    assert isinstance(side, OldSide)
    return side
