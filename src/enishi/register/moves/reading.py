"""Moves as pages show them: one, a resident's, a municipality's open ones with what each waits for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from enishi.platform.services import Reader, read_as, read_many_as, shards, within
from enishi.register.models import Move, MovePerson, MoveStep
from enishi.register.moves import measures
from enishi.register.moves.steps import law_in_force, movers_of, side_of
from enishi.register.moves.words import Certificate, Filing, MoveView, Step, read
from enishi.register.rules.moves import days_late, last_day_to_report
from enishi.register.rules.moving import New, NewSide, Old, Role, proof_missing

ITEMS = ("name", "address", "previous_address", "household")

WAITS_OLD = {
    Old.ANNOUNCED: "waits_for_acceptance",
    Old.ACCEPTED: "waits_for_paper",
    Old.CERTIFICATE_SENT: "waits_for_arrival",
    Old.WITHDRAWING: "waits_for_release",
    Old.RETURNED: "waits_for_decision",
    Old.CARD_ROUTE_ENDED: "waits_for_paper",
    Old.PAPER_ISSUED: "waits_for_arrival",
    Old.NOTIFIED: "waits_for_decision",
}
WAITS_NEW = {
    New.AWAITED: "waits_for_certificate",
    New.RECEIVED: "waits_for_proof",
    New.CONFIRMED: "waits_for_entry",
    New.CARD_ROUTE_ENDED: "waits_for_paper",
    New.ACCEPTED: "waits_for_closing",
}
"""What an open move waits for: words for pages, one a state."""


def move_of(reader: Reader, muni: str, move: str, role: Role, *, on: date) -> MoveView | None:
    """One side of a move; None for none, and for an officer of another municipality or whom the gate tells nothing of one
    of its movers. Every mover is recorded as read.
    """
    if reader.muni and reader.muni != muni:
        return None
    found = _told(reader, _views(muni, Move.objects.filter(muni=muni, move=move, role=role.value), on))
    return found[0] if found else None


def moves_of_resident(reader: Reader, person: int, *, viewer: int, on: date) -> tuple[MoveView, ...]:
    """A resident's own moves, newest first, wherever this installation holds them; `viewer`: the resident who looks.

    Where somebody of the move is under support measures, only they see its addresses and who else moves. Recorded.
    """

    def fetch() -> tuple[MoveView, ...] | None:
        found: list[MoveView] = []
        for alias in shards():
            rows = MovePerson.objects.using(alias).filter(person=person)
            for muni, move, role in rows.values_list("muni", "move", "role"):
                found += _views(muni, Move.objects.filter(muni=muni, move=move, role=role), on, viewer)
        return tuple(sorted(found, key=lambda one: one.began_at, reverse=True)) or None

    return read_as(reader, ITEMS, person, fetch) or ()


def open_moves(reader: Reader, muni: str, *, on: date, role: Role | None = None) -> tuple[MoveView, ...]:
    """A municipality's open moves and conflicts, the longest unchanged first: today's work. Recorded."""
    return _listed(reader, muni, on, role, Move.objects.filter(muni=muni))


def incoming_moves(reader: Reader, muni: str, *, on: date) -> tuple[MoveView, ...]:
    """Who is to be entered: moves in whose certificate information is here. Recorded."""
    states = [New.RECEIVED.value, New.CONFIRMED.value, New.CARD_ROUTE_ENDED.value]
    return _listed(reader, muni, on, Role.NEW, Move.objects.filter(muni=muni, state__in=states))


def _listed(reader: Reader, muni: str, on: date, role: Role | None, rows: Any) -> tuple[MoveView, ...]:
    if reader.muni and reader.muni != muni:
        return ()
    wanted = rows.filter(role=role.value) if role else rows
    ordered = (wanted.filter(is_open=True) | wanted.exclude(conflict="")).order_by("changed_at", "id")
    return _told(reader, _views(muni, ordered, on))


def _told(reader: Reader, views: list[MoveView]) -> tuple[MoveView, ...]:
    """The moves of whose every mover the gate lets the reader be told. One's own question to another municipality stays: it says
    nothing but what was asked.
    """
    seen = sorted({person for view in views for person in view.persons})
    open_ = set(read_many_as(reader, ITEMS, lambda: seen, lambda person: person))
    return tuple(view for view in views if view.role == Role.ASKING or open_.issuperset(view.persons))


def _views(muni: str, rows: Iterable[Move], on: date, viewer: int | None = None) -> list[MoveView]:
    with within(muni):
        return [_view(row, on, viewer) for row in rows]


def reason_of(row: Move) -> str:
    """What a move waits for; blank when it has ended."""
    if not row.is_open:
        return ""
    if row.role == Role.ASKING:
        return "waits_for_answer"
    return WAITS_OLD[Old(row.state)] if row.role == Role.OLD else WAITS_NEW[New(row.state)]


def _view(row: Move, on: date, viewer: int | None) -> MoveView:
    side = None if row.role == Role.ASKING else side_of(row)
    filing = read(Filing, row.said["filing"]) if "filing" in row.said else None
    sent = read(Certificate, row.said["certificate"]) if "certificate" in row.said else None
    said: Filing | Certificate | None = filing or sent
    persons = movers_of(row)
    hidden = measures.protected(row.muni, persons)
    secret = viewer is not None and bool(hidden) and viewer not in hidden
    moved = (row.moved or row.announced) if row.announced else None
    due, late = None, 0
    if moved is not None:
        due = last_day_to_report(moved)
        if row.role == Role.NEW and row.state not in (New.WITHDRAWN, New.DECLINED):
            late = days_late(moved, on if row.act is None else row.changed_at.date())
    log = MoveStep.objects.filter(muni=row.muni, move=row.move, role=row.role).order_by("number")
    return MoveView(
        muni=row.muni,
        move=row.move,
        role=row.role,
        state=row.state,
        reason=reason_of(row),
        conflict=row.conflict,
        is_open=row.is_open,
        other="" if secret else row.other,
        persons=tuple(one for one in persons if one == viewer) if secret else tuple(persons),
        announced=row.announced,
        moved=row.moved,
        reported_on=row.reported_on,
        due=due,
        late=late,
        card_route_until=row.card_route_until,
        card_route=side.card_route if side else True,
        to=None if secret or said is None else said.to,
        plan=() if secret or said is None else said.plan,
        joins="" if secret or said is None else said.joins,
        certificate=() if secret or sent is None else sent.persons,
        came_from=None if secret or sent is None else sent.came_from,
        missing=tuple(one.value for one in proof_missing(side, law_in_force()))
        if isinstance(side, NewSide) and row.is_open and row.act is None
        else (),
        protected=bool(hidden),
        paper=row.said.get("paper", "") or (sent.paper if sent else ""),
        act=row.act,
        began_at=row.began_at,
        changed_at=row.changed_at,
        steps=()
        if secret
        else tuple(Step(one.at, one.event, one.by, one.word, one.state, one.detail) for one in log),
    )
