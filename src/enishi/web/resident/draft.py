"""A move being filed: what was answered so far, kept in the session until it is signed or an hour has passed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from pydantic import TypeAdapter, ValidationError

from enishi.register import terms
from enishi.web.resident.relations import suggested
from enishi.web.resident.who import FILES_ALONE_FROM, Relative

SESSION_KEY = "enishi_move_draft"
HEAD = "head"


@dataclass(frozen=True)
class Draft:
    """The answers. `key`: under which the move is filed once; `person`: whose draft it is; None and blank: not answered yet.

    `left_head`, `left`: of those who stay when the head moves; `head`, `plan`: of the household at the new address, where the
    head of the old one is not among the movers; `own`: a household of their own, else `joins` says whose.
    """

    key: str
    person: int
    who: tuple[int, ...] = ()
    left_head: int | None = None
    left: dict[int, str] = field(default_factory=dict)
    day: date | None = None
    postcode: str = ""
    muni: str = ""
    ward: str = ""
    town: str = ""
    written: str = ""
    block: str = ""
    building: str = ""
    own: bool | None = None
    joins: str = ""
    head: int | None = None
    plan: dict[int, str] = field(default_factory=dict)

    @property
    def to(self) -> terms.Place:
        """The new address."""
        return terms.Place(
            self.muni,
            self.town,
            ward=self.ward,
            postcode=self.postcode,
            block=self.block,
            building=self.building,
        )


_FORM = TypeAdapter(Draft)


def begin(request: HttpRequest, person: int) -> Draft:
    """A new draft with a key of its own."""
    return keep(request, Draft(str(uuid.uuid4()), person))


def kept(request: HttpRequest, person: int) -> Draft | None:
    """The draft of this person; None where there is none, or only one that this version cannot read."""
    try:
        draft = _FORM.validate_python(request.session.get(SESSION_KEY))
    except ValidationError:
        return None
    return draft if draft.person == person else None


def keep(request: HttpRequest, draft: Draft) -> Draft:
    """Keeps the draft in the session."""
    request.session[SESSION_KEY] = _FORM.dump_python(draft, mode="json")
    return draft


def drop(request: HttpRequest) -> None:
    """Forgets the draft."""
    request.session.pop(SESSION_KEY, None)


def movers(draft: Draft, family: Sequence[Relative]) -> list[Relative]:
    """Those of the household who move."""
    return [one for one in family if one.person in draft.who]


def staying(draft: Draft, family: Sequence[Relative]) -> list[Relative]:
    """Those of the household who stay."""
    return [one for one in family if one.person not in draft.who]


def head_moves(draft: Draft, family: Sequence[Relative]) -> bool:
    """Whether the head of the present household is among the movers."""
    return any(one.relation == HEAD for one in movers(draft, family))


def grown(people: Sequence[Relative], on: date) -> list[Relative]:
    """Those old enough to be a head of household."""
    return [one for one in people if one.aged(FILES_ALONE_FROM, on)]


def choose_who(draft: Draft, who: tuple[int, ...]) -> Draft:
    """Other movers: what was answered about heads and relationships no longer stands."""
    if who == draft.who:
        return draft
    return replace(draft, who=who, left_head=None, left={}, head=None, plan={})


def steps(draft: Draft, family: Sequence[Relative]) -> list[str]:
    """The questions that this move raises, in order; the last is the check of everything."""
    found = ["who"]
    stay = staying(draft, family)
    if stay and head_moves(draft, family):
        found.append("left")
        if len(stay) > 1:
            found.append("left-relations")
    found += ["when", "postcode", "address", "home"]
    if len(draft.who) > 1 and not head_moves(draft, family):
        found += ["head", "relations"]
    return [*found, "check"]


def answered(draft: Draft, step: str, family: Sequence[Relative]) -> bool:
    """Whether a question is answered."""
    present = {one.person for one in family}
    stay = {one.person for one in staying(draft, family)}
    return {
        "who": bool(draft.who) and set(draft.who) <= present,
        "left": draft.left_head in stay,
        "left-relations": draft.left_head is not None and set(draft.left) == stay - {draft.left_head},
        "when": draft.day is not None,
        "postcode": bool(draft.postcode),
        "address": bool(draft.muni and draft.block),
        "home": draft.own is not None,
        "head": draft.head in draft.who,
        "relations": draft.head is not None and set(draft.plan) == set(draft.who) - {draft.head},
        "check": False,
    }[step]


def next_step(draft: Draft, family: Sequence[Relative]) -> str:
    """The first question that is still open; `check` when all are answered."""
    return next(step for step in steps(draft, family) if not answered(draft, step, family))


def plan(draft: Draft, family: Sequence[Relative]) -> tuple[terms.reports.Seat, ...]:
    """The places of the movers in their new household."""
    going = movers(draft, family)
    if head_moves(draft, family):
        relations = {one.person: one.relation for one in going}
    elif len(going) == 1:
        relations = {going[0].person: HEAD}
    else:
        relations = {**draft.plan, **({draft.head: HEAD} if draft.head is not None else {})}
    return tuple(terms.reports.Seat(one.person, 0, relations[one.person]) for one in going)


def left(draft: Draft, family: Sequence[Relative], household: int) -> tuple[terms.reports.Seat, ...]:
    """The new places of those who stay, where the head moves away."""
    stay = staying(draft, family)
    if not stay or not head_moves(draft, family):
        return ()
    relations = {**draft.left, **({draft.left_head: HEAD} if draft.left_head is not None else {})}
    return tuple(terms.reports.Seat(one.person, household, relations[one.person]) for one in stay)


def suggestions(head: int | None, people: Sequence[Relative]) -> dict[int, str]:
    """What each of some people probably is to a new head among them."""
    heads = [one.relation for one in people if one.person == head]
    return {one.person: suggested(heads[0], one.relation) for one in people if heads and one.person != head}


def typed(draft: Draft, **answers: Any) -> Draft:
    """The draft with more answers."""
    return replace(draft, **answers)
