"""A certificate being asked for: what was answered so far, kept in the session until it is signed or an hour has passed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from pydantic import TypeAdapter, ValidationError

from enishi.register import terms
from enishi.register.terms import (
    Certificate,
    Choice,
    Form,
    Item,
)

SESSION_KEY = "enishi_certificate_draft"
KINDS = (Certificate.COPY, Certificate.ITEMS)
"""What is asked for online: of the record as it is. A removed record, and the rest, is asked for at a counter."""
NEVER_ONLINE = frozenset({Item.NUMBER, Item.CODE})
OF_FOREIGNERS = frozenset({Item.NATIONALITY, Item.STATUS, Item.PERIOD})


@dataclass(frozen=True)
class Draft:
    """The answers. `key`: under which it is asked for once; `person`: whose draft it is; `items` None: not answered yet."""

    key: str
    person: int
    kind: Certificate | None = None
    who: tuple[int, ...] = ()
    items: tuple[Item, ...] | None = None
    form: Form | None = None


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


def steps(draft: Draft) -> list[str]:
    """The questions in order; the last is the check of everything."""
    return ["kind", "who", "items", *(["form"] if len(draft.who) > 1 else []), "check"]


def answered(draft: Draft, step: str, choices: Sequence[Choice]) -> bool:
    """Whether a question is answered."""
    present = {one.person for one in choices}
    return {
        "kind": draft.kind in KINDS,
        "who": bool(draft.who) and set(draft.who) <= present,
        "items": draft.items is not None and set(draft.items) <= set(offered(draft, choices)) | {Item.NAME},
        "form": draft.form is not None,
        "check": False,
    }[step]


def next_step(draft: Draft, choices: Sequence[Choice]) -> str:
    """The first question that is still open; `check` when all are answered."""
    return next(step for step in steps(draft) if not answered(draft, step, choices))


def offered(draft: Draft, choices: Sequence[Choice]) -> tuple[Item, ...]:
    """What can be switched on for those chosen, but for the name, which every certificate says."""
    if draft.kind is None:
        return ()
    chosen = [one for one in choices if one.person in draft.who]
    left_out = set(NEVER_ONLINE) | {Item.NAME}
    if not any(one.foreign for one in chosen):
        left_out |= OF_FOREIGNERS
    if all(one.foreign for one in chosen):
        left_out |= {Item.DOMICILE}
    return tuple(item for item in Item if item in terms.SWITCHES[draft.kind] - left_out)


def asked(draft: Draft, muni: str) -> terms.Asked:
    """The request, of a whole draft."""
    assert draft.kind is not None
    items = set(draft.items or ()) | ({Item.NAME} if draft.kind is Certificate.ITEMS else set())
    form = draft.form if draft.form is not None and len(draft.who) > 1 else Form.HOUSEHOLD
    return terms.asked_online(muni, draft.person, draft.kind, draft.who, items, form)
