"""What an officer does with a move: each act on a page of its own that says what will happen, then the button."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError
from enishi.kernel.partial_date import PartialDate
from enishi.register import services as register
from enishi.register import terms
from enishi.web import wording
from enishi.web.guard import attempt
from enishi.web.officer import Officer
from enishi.web.register.frame import for_register
from enishi.web.register.moving import page_context, reader_of, view_of
from enishi.web.register.moving_forms import EntryForm, ProofForm, ReasonForm
from enishi.web.register.moving_words import STATUS_ITEMS, words
from enishi.web.resident.progress import written

SIDES = {"accept": "old", "refuse": "old", "cancel": "old", "paper": "old", "decline": "new"}
"""Acts that need nothing but a yes, or a reason; each belongs to one side."""
UNSAID = frozenset({"came_from", "town_id", "provenance", "birth_latest", "birth_wording", "detail"})
"""Items that the preview leaves out: the page says them elsewhere, or they say nothing to a clerk."""
REASONED = frozenset({"refuse", "cancel", "decline", "resolve"})


@dataclass(frozen=True)
class Shown:
    """One line of the preview: of whom, what, before and after."""

    name: str
    group: str
    before: str
    after: str


@for_register
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, officer: Officer, muni: str, role: str, move: str, act: str) -> HttpResponse:
    """Accept or refuse a move out, cancel it, certify it on paper, give certificate information back, decide a conflict."""
    if act not in (*SIDES, "resolve") or (act in SIDES and SIDES[act] != role):
        raise Http404
    view = view_of(officer, muni, role, move)
    found = page_context(officer, muni, view)
    back = reverse("register-move", args=[muni, role, move])
    if not found["may"][act]:
        messages.info(
            request, _("This is done already, or not open any more. The page shows where the move stands.")
        )
        return redirect(back)
    form = ReasonForm(request.POST if request.method == "POST" else None) if act in REASONED else None
    if request.method == "POST" and (form is None or form.is_valid()):
        why = str(form.cleaned_data["why"]) if form is not None else ""
        return attempt(
            request, back, lambda: _perform(officer, muni, role, move, act, why), lambda _done: _said(act)
        )
    context = found | {"form": form, "act": act, "back": back}
    return render(
        request, f"office/register/moves/{act}.html", context, status=422 if form and form.errors else 200
    )


@for_register
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, officer: Officer, muni: str, move: str) -> HttpResponse:
    """Identity and existence, as an officer has convinced themselves of them (art. 22; by video or at the counter)."""
    view = view_of(officer, muni, "new", move)
    found = page_context(officer, muni, view)
    back = reverse("register-move", args=[muni, "new", move])
    if not found["may"]["prove"]:
        messages.info(request, _("Nothing has to be proved any more."))
        return redirect(back)
    form = ProofForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        shown = said["paper"].strip() if said["kind"] == "paper_certificate" else said["shown"]
        return attempt(
            request,
            back,
            lambda: _prove(officer, muni, move, said["kind"], shown),
            lambda _state: _("The proof is entered."),
        )
    context = found | {"form": form, "back": back}
    return render(request, "office/register/moves/prove.html", context, status=422 if form.errors else 200)


@for_register
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, officer: Officer, muni: str, move: str) -> HttpResponse:
    """The move in (転入, art. 22): as filed or as it really was, first as a preview of the records to be, then for good."""
    view = view_of(officer, muni, "new", move)
    found = page_context(officer, muni, view)
    back = reverse("register-move", args=[muni, "new", move])
    if not found["may"]["enter"]:
        messages.info(request, _("The movers cannot be entered now, or are entered already."))
        return redirect(back)
    movers = [(one.person, written(one), one.sex) for one in view.certificate]
    form = EntryForm(
        movers, request.POST if request.method == "POST" else None, initial=_initial(view, officer.today)
    )
    preview: list[Shown] = []
    fault = ""
    if request.method == "POST" and form.is_valid():
        to = form.place(muni, view.to.ward if view.to else "")
        seats = tuple(
            terms.reports.Seat(who, form.cleaned_data["household"], form.cleaned_data[f"r{who}"])
            for who in form.entered()
        )
        moved: date = form.cleaned_data["moved"]
        if "enter" in request.POST:
            return attempt(
                request,
                back,
                lambda: register.accept_move_in(
                    muni, move, moved=moved, to=to, seats=seats, actor=_actor(officer), now=timezone.now()
                ),
                lambda number: (
                    _("The movers are entered by act %(number)s; the other municipality is told.")
                    % {"number": number}
                ),
            )
        try:
            preview = _preview(officer, muni, view, moved, to, seats)
        except EnishiError as error:
            fault = f"{error.what} {error.todo}".strip()
    context = found | {"form": form, "back": back, "preview": preview, "fault": fault}
    status = 422 if form.errors or fault else 200
    return render(request, "office/register/moves/enter.html", context, status=status)


def _perform(officer: Officer, muni: str, role: str, move: str, act: str, why: str) -> object:
    actor, now = _actor(officer), timezone.now()
    doing: dict[str, Callable[[], object]] = {
        "accept": lambda: register.accept_move_out(muni, move, actor=actor, now=now),
        "refuse": lambda: register.refuse_move_out(muni, move, why, actor=actor, now=now),
        "cancel": lambda: register.cancel_move(muni, move, why, actor=actor, now=now),
        "paper": lambda: register.issue_paper_certificate(muni, move, actor=actor, now=now),
        "decline": lambda: register.decline_move_in(muni, move, why, actor=actor, now=now),
        "resolve": lambda: register.resolve_conflict(muni, move, terms.Role(role), why, actor=actor, now=now),
    }
    return doing[act]()


def _said(act: str) -> str:
    return {
        "accept": _("The move out is accepted, and the other municipality gets the certificate information."),
        "refuse": _("The report is refused. The resident reads your reason."),
        "cancel": _(
            "The cancellation is taken. Where the other municipality has the information, it is called back."
        ),
        "paper": _("The paper certificate takes the place of the card."),
        "decline": _("The certificate information is given back, with your reason."),
        "resolve": _("Your decision is recorded, and the move goes on."),
    }[act]


def _prove(officer: Officer, muni: str, move: str, kind: str, shown: str) -> str:
    """Enters the proof. The record of the check is what its hash stands for."""
    actor, now = _actor(officer), timezone.now()
    record = {"move": move, "kind": kind, "shown": shown, "by": actor, "at": now.isoformat()}
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    evidence = terms.move_terms.Evidence(terms.move_terms.Proof(kind), actor, now, digest)
    return register.confirm_identity(muni, move, evidence, shown=shown, actor=actor, now=now)


def _preview(
    officer: Officer,
    muni: str,
    view: terms.MoveView,
    moved: date,
    to: terms.Place,
    seats: tuple[terms.reports.Seat, ...],
) -> list[Shown]:
    """What the move in would change, by person; nothing is changed. Raises what entering it would."""
    places = {seat.person: seat for seat in seats}
    newcomers = tuple(
        terms.reports.Newcomer(
            one.person,
            one.sex,
            one.born,
            one.names,
            places[one.person].household,
            places[one.person].relation,
            one.domicile,
            one.foreign,
            one.items,
        )
        for one in view.certificate
        if one.person in places
    )
    report = terms.reports.Report(
        muni,
        PartialDate.of(moved),
        officer.today,
        _actor(officer),
        f"preview:{view.move}",
        timezone.now(),
        officer.today,
    )
    said = terms.reports.Arrival(terms.Kind.MOVE_IN, newcomers, to, view.came_from)
    names = {one.person: written(one) for one in view.certificate}
    shown = []
    for change in register.preview_act(reader_of(officer, muni), report, said):
        for one in terms.differences(change.ceased, change.entered):
            shown.append(
                Shown(
                    names.get(change.person, str(change.person)),
                    one.group,
                    _items(one.before, one.kind),
                    _items(one.after, one.kind),
                )
            )
    return shown


def _items(items: dict[str, Any] | None, kind: str) -> str:
    """A group of items on one line, in words: what says something to a clerk."""
    if items is None:
        return ""
    said = [words(STATUS_ITEMS, kind)] if kind in STATUS_ITEMS else []
    said += [_item(name, value) for name, value in items.items() if name not in UNSAID]
    return " / ".join(one for one in said if one)


def _item(name: str, value: Any) -> str:
    if value in (None, "", {}, []):
        return ""
    if name == "relation":
        return wording.relation(str(value))
    if name == "sex":
        return wording.sex(int(value))
    if name == "entry":
        return wording.entry_or_exit(str(value)) or str(value)
    return wording.day(value) if isinstance(value, date) else str(value)


def _initial(view: terms.MoveView, today: date) -> dict[str, object]:
    to = view.to
    said: dict[str, object] = {
        "moved": min(view.announced or today, today).isoformat(),
        "postcode": to.postcode if to else "",
        "town": to.town if to else "",
        "block": to.block if to else "",
        "building": to.building if to else "",
    }
    relations = {seat.person: seat.relation for seat in view.plan}
    for one in view.certificate:
        said[f"in{one.person}"] = True
        said[f"r{one.person}"] = relations.get(one.person, one.relation)
    return said


def _actor(officer: Officer) -> str:
    return reader_of(officer, "").actor
