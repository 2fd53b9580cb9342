"""What people do with a move: announce, accept, prove, enter, cancel, send elsewhere, certify on paper, resolve.

Each is one transaction of one municipality; a refused one changes nothing and is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.platform.services import database_of, post, within
from enishi.register.models import Membership, Move, MovePerson, Particulars, RefusedAct, Residence
from enishi.register.moves import mail, performing
from enishi.register.moves.steps import At, advance, law_in_force, locked, log, movers_of, open_side, side_of
from enishi.register.moves.words import Certificate, Filing, Question, plain, read
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.move_terms import (
    Evidence,
    card_route_ends,
    check_announcement,
    check_filer,
    check_seats,
    check_those_left,
)
from enishi.register.rules.moves import Place, check_place
from enishi.register.rules.moving import Event, NewSide, Old, OldSide, Role
from enishi.register.rules.reports import Seat

WIRED = (mail, performing)
"""Importing these registers who handles the messages and performs the effects of a move."""

NAMESPACE = UUID("5a1c1f0e-6f0b-4f43-9a5e-2f0f6d1d7a11")


def announce_move(filing: Filing, *, actor: str, now: datetime) -> str:
    """A move is filed once, for both municipalities. Returns the id of the move; the same filing again the same id.

    Nothing is on the register yet: the old municipality accepts first (`accept_move_out`). Raises BadInput for what is not
    whole, Refused for who may not file, for somebody with an open move or no residence, a head who leaves children.
    """
    move = str(uuid5(NAMESPACE, f"{filing.muni}:{filing.key}"))
    at = At(actor, now)
    with _recorded(filing.muni, Kind.MOVE_OUT, at, filing.key), within(filing.muni):
        known = locked(filing.muni, move, Role.OLD)
        if known is not None:
            if known.said["filing"] != plain(filing):
                raise Refused(
                    "this key stands for another move",
                    where=f"move {move}",
                    todo="give every filing a key of its own; nothing was changed",
                )
            return move
        in_time = _check(filing, at)
        row = open_side(
            filing.muni,
            move,
            Role.OLD,
            OldSide(destination=filing.to.muni, card_route=filing.card and in_time),
            _free(filing),
            at,
            other=filing.to.muni,
            announced=filing.announced,
            reported_on=at.today,
            card_route_until=card_route_ends(filing.announced),
            said={"filing": plain(filing)},
        )
        log(row, "announce", at, Old.ANNOUNCED.value, capacity=filing.capacity.value, online=filing.online)
        row.save()
    return move


def accept_move_out(muni: str, move: str, *, actor: str, now: datetime) -> int:
    """The old municipality accepts: the move out is entered and the certificate information sent. Returns the act's number."""
    row = _step(muni, move, Role.OLD, Event("accept"), At(actor, now), Kind.MOVE_OUT)
    assert row.act is not None
    return row.act


def refuse_move_out(muni: str, move: str, why: str, *, actor: str, now: datetime) -> None:
    """The old municipality refuses what was filed, with the reason that the resident reads."""
    _said(why, "reason")
    _step(muni, move, Role.OLD, Event("refuse", why=why), At(actor, now), Kind.MOVE_OUT, why=why)


def cancel_move(muni: str, move: str, why: str, *, actor: str, now: datetime) -> str:
    """The move is cancelled (転出取消) in the municipality that is left. Returns the state: cancelled, or withdrawing until the
    new municipality has given the certificate information back; where it has entered the movers already, the move stands.
    """
    at = At(actor, now)
    said = {"cancelled_on": at.today.isoformat(), "cancelled_why": why}
    return _step(
        muni, move, Role.OLD, Event("cancel", why=why), at, Kind.MOVE_OUT_CANCELLED, said, why=why
    ).state


def change_destination(
    muni: str, move: str, to: Place, plan: Sequence[Seat], *, actor: str, now: datetime
) -> str:
    """The movers go to another address than announced, in the same or another municipality. Returns the state."""
    check_place(to)
    if to.muni == muni or not to.muni:
        raise BadInput(
            "the address lies in this municipality or abroad",
            where="destination",
            todo="cancel the move, then report a move within or a move abroad",
        )
    at = At(actor, now)
    with _recorded(muni, Kind.MOVE_OUT, at, move), within(muni):
        row = _row(muni, move, Role.OLD)
        filing = replace(read(Filing, row.said["filing"]), to=to, plan=tuple(plan), joins="")
        check_seats(movers_of(row), plan)
        same = _old(row).held_by == to.muni
        row.said |= {"filing": plain(filing)}
        row.other = to.muni
        advance(row, Event("redirect", to=to.muni), at, to=to.muni)
        if same and row.state != Old.WITHDRAWING.value:
            advance(row, Event("amended"), at)
        return row.state


def issue_paper_certificate(muni: str, move: str, *, actor: str, now: datetime) -> str:
    """A paper move-out certificate (転出証明書) takes the place of the card. Returns its number."""
    at = At(actor, now)
    with _recorded(muni, Kind.MOVE_OUT, at, move), within(muni):
        row = _row(muni, move, Role.OLD)
        number = f"{muni}-{move[:8]}-{row.steps + 1}"
        row.said |= {"paper": number}
        advance(row, Event("issue_paper"), at, paper=number)
    return number


def ask_for_certificate(
    muni: str, old: str, persons: Sequence[int], *, key: str, actor: str, now: datetime, paper: str = ""
) -> str:
    """The movers stand in another municipality than announced, or come with paper: it asks the one that they left.

    Returns the id of the question, which is open until the answer comes. Raises BadInput for nobody, or for this municipality.
    """
    if not persons or old == muni:
        raise BadInput(
            "nobody to ask for", where="question", todo="name the movers and the municipality they left"
        )
    ask, at = str(uuid5(NAMESPACE, f"{muni}:ask:{key}")), At(actor, now)
    with within(muni):
        if locked(muni, ask, Role.ASKING) is None:
            row = open_side(muni, ask, Role.ASKING, NewSide(), sorted(set(persons)), at, other=old)
            log(row, "ask", at, "awaited", paper=paper)
            row.save()
        body = Question(ask, tuple(sorted(set(persons))), paper)
        post(f"{ask}:asked", old, "register.move.asked", plain(body), sender=muni, at=now)
    return ask


def confirm_identity(
    muni: str, move: str, evidence: Evidence, *, actor: str, now: datetime, shown: str = ""
) -> str:
    """A proof of identity or existence is entered in the new municipality; `shown`: what was shown, for the log. Returns the
    state: confirmed when it is enough.
    """
    event = Event("confirm", evidence=evidence, law=law_in_force())
    said = {"proof": evidence.kind.value} | ({"shown": shown} if shown else {})
    return _step(muni, move, Role.NEW, event, At(actor, now), Kind.MOVE_IN, None, **said).state


def accept_move_in(
    muni: str,
    move: str,
    *,
    moved: date,
    actor: str,
    now: datetime,
    to: Place | None = None,
    seats: Sequence[Seat] | None = None,
    others: Sequence[Seat] = (),
) -> int:
    """The new municipality enters the movers (転入, art. 22) and notifies the old one. Returns the number of the act.

    `moved`: the day of the move; `to`, `seats`: address and households where they differ from what was filed: `seats` name
    those who have moved in, who may be part of those announced; `others`: new places of those who live there already.
    A late report is accepted, its lateness recorded. Raises BadInput and Refused: not proved, called back, in conflict,
    resident already.
    """
    at = At(actor, now)
    with _recorded(muni, Kind.MOVE_IN, at, move), within(muni):
        row = _row(muni, move, Role.NEW)
        if "certificate" not in row.said:
            raise Refused(
                "the certificate information has not come or was called back",
                where=f"move {move}",
                todo="wait for it, or ask the municipality that was left",
            )
        sent = read(Certificate, row.said["certificate"])
        taken = tuple(seats if seats is not None else sent.plan)
        check_seats([seat.person for seat in taken], taken)
        if _new(row).card_route and at.today > card_route_ends(sent.announced, moved):
            advance(row, Event("card_route_ends", law=law_in_force()), at)
        at.more.update(
            to=to or sent.to,
            seats=taken,
            moved=moved,
            movers=tuple(sorted(seat.person for seat in taken)),
            others=tuple(others),
        )
        advance(row, Event("accept", law=law_in_force()), at, moved=moved.isoformat())
        assert row.act is not None
        return row.act


def decline_move_in(muni: str, move: str, why: str, *, actor: str, now: datetime) -> None:
    """The new municipality gives the certificate information back: the movers do not come here."""
    _said(why, "reason")
    _step(muni, move, Role.NEW, Event("decline", why=why), At(actor, now), Kind.MOVE_IN, why=why)


def resolve_conflict(muni: str, move: str, role: Role, note: str, *, actor: str, now: datetime) -> str:
    """An officer has decided what was open (and done what it takes by acts); the move goes on. Returns the state."""
    _said(note, "note")
    kind = Kind.MOVE_OUT if role is Role.OLD else Kind.MOVE_IN
    return _step(muni, move, role, Event("resolve"), At(actor, now), kind, note=note).state


def record_changed(muni: str, person: int, *, gone: bool, by: str, now: datetime) -> list[str]:
    """The record of somebody with an open (or closed) move out has changed: the other municipality is told. `gone`: they died
    or were removed, and move no more. Returns the moves concerned.
    """
    told = []
    with within(muni):
        rows = MovePerson.objects.filter(muni=muni, person=person, role=Role.OLD.value, goes=True)
        for move in rows.values_list("move", flat=True):
            row = locked(muni, move, Role.OLD)
            if row is None or not _old(row).departed or row.state == Old.CANCELLED.value:
                continue
            at = At(by, now, automatic=True)
            if gone and row.is_open:
                rows.filter(move=move).update(goes=False)
            advance(row, Event("amended" if movers_of(row) else "nobody_left"), at, person=person, gone=gone)
            told.append(move)
    return told


def _step(
    muni: str,
    move: str,
    role: Role,
    event: Event,
    at: At,
    kind: Kind,
    said: dict[str, str] | None = None,
    **detail: str,
) -> Move:
    with _recorded(muni, kind, at, move), within(muni):
        row = _row(muni, move, role)
        row.said |= said or {}
        advance(row, event, at, **detail)
    return row


def _row(muni: str, move: str, role: Role) -> Move:
    row = locked(muni, move, role)
    if row is None:
        raise Refused(
            "this municipality knows no such move",
            where=f"move {move}",
            todo="look at the list of moves; a move belongs to the two municipalities that it concerns",
        )
    return row


def _check(filing: Filing, at: At) -> bool:
    """Raises BadInput and Refused for what cannot be filed; whether it is in time for the card-based route."""
    check_place(filing.to)
    if filing.to.muni == filing.muni or not filing.to.muni:
        raise BadInput(
            "the new address lies in the same municipality or abroad",
            where="new address",
            todo="report a move within, or a move abroad",
        )
    if not filing.movers or len(set(filing.movers)) < len(filing.movers):
        raise BadInput(
            "nobody moves, or somebody twice", where="movers", todo="name everybody who moves once"
        )
    check_seats(filing.movers, filing.plan)
    in_time = check_announcement(filing.announced, at.today, online=filing.online)
    last = filing.announced - timedelta(days=1)
    here = {"muni": filing.muni}
    staying = Residence.objects.believed().filter(**here, person__in=filing.movers).on(last)
    for person in sorted(set(filing.movers) - set(staying.values_list("person", flat=True))):
        raise Refused(
            f"the person is no resident here on {last}",
            where=f"person {person}",
            todo="check the day of the move; somebody who has left already has an open or a closed move",
        )
    ended = staying.filter(until__isnull=False).values_list("person", flat=True).first()
    if ended is not None:
        raise Refused(
            "the person's residence here ends already",
            where=f"person {ended}",
            todo="look at the open moves: change or cancel the earlier one",
        )
    members = Membership.objects.believed().filter(**here).on(last)
    homes = set(members.filter(person__in=filing.movers).values_list("household", flat=True))
    households: dict[int, dict[int, str]] = {}
    for one in members.filter(household__in=homes):
        households.setdefault(one.household, {})[one.person] = one.relation
    everybody = {person for home in households.values() for person in home}
    births = dict(
        Particulars.objects.believed()
        .filter(**here, person__in=everybody | set(filing.movers))
        .values_list("person", "birth_date")
    )
    movers = {who: births[who] for who in filing.movers}
    check_filer(filing.capacity, filing.filer, movers, on=at.today, online=filing.online)
    for home in households.values():
        check_those_left(home, filing.movers, filing.left, births, filing.announced)
    return in_time


def _free(filing: Filing) -> list[int]:
    """The movers, none of whom has an open move out. Raises Refused."""
    busy = MovePerson.objects.filter(
        muni=filing.muni, person__in=filing.movers, role=Role.OLD.value, is_open=True, goes=True
    ).first()
    if busy is not None:
        raise Refused(
            "the person has an open move already",
            where=f"person {busy.person}, move {busy.move}",
            todo="change its destination, or cancel it first",
        )
    return sorted(filing.movers)


@contextmanager
def _recorded(muni: str, kind: Kind, at: At, key: str) -> Iterator[None]:
    """Keeps an attempt that was refused: its transaction is gone by then."""
    try:
        yield
    except EnishiError as error:
        with transaction.atomic(using=database_of(muni)):
            RefusedAct.objects.using(database_of(muni)).create(
                muni=muni,
                kind=kind.value,
                at=at.now,
                actor=at.by[:60],
                key=key[:64],
                where=error.where[:200],
                reason=error.what[:300],
            )
        raise
    except IntegrityError as error:
        if "move_out_one_open" in str(error) or "register_moveperson.person" in str(error):
            raise Refused(
                "somebody has filed a move of the same person at the same moment",
                where="movers",
                todo="look at the open moves of the person",
            ) from error
        raise


def _said(text: str, what: str) -> None:
    if not text.strip():
        raise BadInput(
            f"no {what} is given", where=what, todo="say it in a sentence that the resident may read"
        )


def _old(row: Move) -> OldSide:
    side = side_of(row)
    assert isinstance(side, OldSide)
    return side


def _new(row: Move) -> NewSide:
    side = side_of(row)
    assert isinstance(side, NewSide)
    return side
