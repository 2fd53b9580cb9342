"""Moves between municipalities at the office: those open, and one with its steps and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from enishi.platform.services import Reader
from enishi.register import services as register
from enishi.register import terms
from enishi.web.listing import chosen
from enishi.web.officer import Officer, actor_names
from enishi.web.register.asking import ARTICLE
from enishi.web.register.frame import context, for_register, nobody
from enishi.web.register.moving_words import (
    EVENTS,
    MISSING,
    ROLES,
    STATES,
    WAITS,
    conflict_words,
    detail_words,
    words,
)
from enishi.web.resident.progress import written
from enishi.web.towns import Place, place

PURPOSE = "move"
NOT_YET = frozenset({"announced"})
FIXED = frozenset({"closed", "cancelled", "refused", "notified_back"})
OPEN_IN = frozenset({"received", "confirmed", "card_route_ended"})


@dataclass(frozen=True)
class Line:
    """One move of the list. `holder`: the officer who did something with it last, blank for nobody."""

    view: terms.MoveView
    role: str
    names: tuple[str, ...]
    more: int
    other: Place | None
    state: str
    waits: str
    conflict: str
    holder: str


@dataclass(frozen=True)
class StepLine:
    """One line of a move's log in words."""

    step: terms.MoveView
    at: object
    what: str
    who: str
    detail: str
    late: bool


def reader_of(officer: Officer, muni: str) -> Reader:
    """The ground on which an officer handles moves (arts 1, 22, 24)."""
    return Reader(actor=f"officer:{officer.id}", purpose=PURPOSE, article=ARTICLE, muni=muni)


@for_register
def moves(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The open moves out and in, the longest unchanged first; the filter stands in the URL."""
    role = chosen(request, "role", ROLES)
    reader = reader_of(officer, muni)
    views = register.open_moves(reader, muni, on=officer.today, role=terms.Role(role) if role else None)
    holders = actor_names(one.by for view in views for one in view.steps)
    lines = []
    for view in views:
        names = names_of(officer, muni, view, view.persons[:2])
        lines.append(
            Line(
                view,
                str(view.role),
                tuple(names.values()),
                len(view.persons) - len(names),
                place(view.other) if view.other else None,
                words(STATES, view.state),
                words(WAITS, view.reason) if view.reason else "",
                conflict_words(view.conflict) if view.conflict else "",
                next((holders[one.by] for one in reversed(view.steps) if one.by in holders), ""),
            )
        )
    return render(
        request,
        "office/register/moves/list.html",
        context(muni, "moves", lines=lines, role=role, roles=ROLES.items(), today=officer.today),
    )


@for_register
def move(request: HttpRequest, officer: Officer, muni: str, role: str, move: str) -> HttpResponse:
    """One side of a move: who, from where to where, its days, its steps, and the acts that are open now."""
    view = view_of(officer, muni, role, move)
    return render(request, "office/register/moves/move.html", page_context(officer, muni, view))


def view_of(officer: Officer, muni: str, role: str, move: str) -> terms.MoveView:
    """One side of a move of this municipality. Raises BadInput (404) for any other, and for none: alike."""
    if role not in ROLES:
        raise nobody()
    found = register.move_of(reader_of(officer, muni), muni, move, terms.Role(role), on=officer.today)
    if found is None:
        raise nobody()
    return found


def page_context(officer: Officer, muni: str, view: terms.MoveView, **more: Any) -> dict[str, Any]:
    """What every page of one move shows."""
    names = names_of(officer, muni, view, view.persons)
    actors = actor_names(one.by for one in view.steps)
    role, here = str(view.role), place(muni)
    other = place(view.other) if view.other else None
    relations = {seat.person: seat.relation for seat in view.plan}
    return context(
        muni,
        "moves",
        view=view,
        role=role,
        role_words=words(ROLES, role),
        people=[(person, names[person], relations.get(person, "")) for person in view.persons],
        state=words(STATES, view.state),
        waits=words(WAITS, view.reason) if view.reason else "",
        conflict=conflict_words(view.conflict) if view.conflict else "",
        missing=[words(MISSING, one) for one in view.missing],
        leaves=here if role == "old" else other,
        arrives=other if role == "old" else here,
        steps=[
            StepLine(
                view,
                one.at,
                words(EVENTS, one.event),
                actor_words(one.by, actors, view),
                detail_words(one.detail),
                one.word == "late",
            )
            for one in view.steps
        ],
        may={
            "accept": role == "old" and view.state == "announced",
            "refuse": role == "old" and view.state == "announced",
            "cancel": role == "old" and view.is_open and view.state not in FIXED | {"withdrawing"},
            "redirect": role == "old" and view.is_open and view.state not in FIXED,
            "paper": role == "old"
            and view.is_open
            and view.state not in FIXED | {"announced", "withdrawing"},
            "prove": role == "new" and view.state in OPEN_IN and bool(view.missing),
            "enter": role == "new" and view.state == "confirmed" and not view.conflict,
            "decline": role == "new" and view.state in OPEN_IN,
            "resolve": bool(view.conflict) or (role == "old" and view.state == "notified_back"),
        },
        **more,
    )


def names_of(officer: Officer, muni: str, view: terms.MoveView, persons: Sequence[int]) -> dict[int, str]:
    """The names of movers: of the certificate information where it came, else of the own record (recorded as read)."""
    sent = {one.person: written(one) for one in view.certificate}
    reader = reader_of(officer, muni)
    left = min(filter(None, (view.moved, view.announced, officer.today)))
    asked = [person for person in persons if person not in sent]
    told = register.person_summaries(reader, asked, on=officer.today) if asked else {}
    found = {}
    for person in persons:
        if person in sent:
            found[person] = sent[person]
        elif person in told:
            found[person] = told[person].names[0].text
        else:  # who has left is still named as they were
            record = register.record_as_of(reader, muni, person, on=left - timedelta(days=1))
            said = [one.items for one in record.entered if one.group == "name"] if record else []
            words = [said[0][part] for part in ("whole", "surname", "given") if said[0][part]] if said else []
            found[person] = " ".join(words) or str(person)
    return found


def actor_words(actor: str, officers: dict[str, str], view: terms.MoveView) -> str:
    """Who took a step, in words."""
    if actor in officers:
        return officers[actor]
    kind = actor.partition(":")[0]
    if kind == "message" and view.other:
        return _("message of %(place)s") % {"place": place(view.other).in_words}
    return {
        "resident": _("the resident, online"),
        "message": _("message of another municipality"),
        "act": _("an act of the register"),
        "system": _("the calendar"),
    }.get(kind, actor)
