"""Certificates for residents: asked for online one question a page, looked at in words, signed, fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enishi.kernel.ages import is_aged
from enishi.kernel.errors import EnishiError, Refused
from enishi.platform.services import Reader
from enishi.register import services as register
from enishi.register import terms
from enishi.register.terms import (
    Certificate,
    Choice,
    Item,
)
from enishi.web.register.certificate_words import ITEMS, KINDS
from enishi.web.resident import certificate_draft as drafts
from enishi.web.resident import certificate_forms as questions
from enishi.web.resident.certificate_draft import Draft
from enishi.web.resident.filing import signed_in_at
from enishi.web.resident.guard import for_resident
from enishi.web.resident.who import FILES_ALONE_FROM, Resident, demonstration, own_summary
from enishi.web.towns import known, place

PURPOSE = "certificate"


@dataclass(frozen=True)
class Asking:
    """Who asks, at which municipality, what was answered, and who can stand on a certificate."""

    resident: Resident
    muni: str
    draft: Draft
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Line:
    """One certificate of the list. `request`: None of one from a counter."""

    request: terms.RequestView | None
    counter: terms.CounterIssue | None
    kind: str
    where: Any
    fetchable: bool


@for_resident
@require_GET
def certificates(request: HttpRequest, resident: Resident) -> HttpResponse:
    """What the resident asked for online, and what they got at a counter of their municipality."""
    muni = register.municipality_of(resident.person)
    lines = [
        Line(one, None, str(KINDS[one.asked.kind]), place(one.muni), fetchable(one, resident.today))
        for one in register.own_requests(_reader(resident), resident.person)
    ]
    counter = register.own_counter_issues(_reader(resident), resident.person, muni) if muni else ()
    lines += [Line(None, one, str(KINDS[one.asked.kind]), place(one.muni), False) for one in counter]
    return render(request, "resident/certificates.html", {"audience": "resident", "lines": lines})


@for_resident
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, resident: Resident) -> HttpResponse:
    """What a certificate is for, what it costs, what happens; a draft begun earlier can be taken up again."""
    own = own_summary(resident, PURPOSE)
    here = own is not None and own.stay.covers(resident.today)
    grown = own is not None and is_aged(own.birth_date, FILES_ALONE_FROM, resident.today)
    draft = drafts.kept(request, resident.person)
    if request.method == "POST" and here and grown:
        if draft is None or "again" in request.POST:
            draft = drafts.begin(request, resident.person)
        return _onward(draft, _choices(resident, _muni(resident)))
    context = {
        "audience": "resident",
        "here": here,
        "grown": grown,
        "age": FILES_ALONE_FROM,
        "kept": draft,
        "where": place(own.stay.muni) if own else None,
    }
    return render(request, "resident/certificate_start.html", context)


@for_resident
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, resident: Resident, step: str) -> HttpResponse:
    """One question; its answer leads to the next open one."""
    draft = drafts.kept(request, resident.person)
    if draft is None:
        messages.info(request, _("Nothing is begun, or it was more than an hour ago. Please begin again."))
        return redirect("my-certificate-new")
    own = own_summary(resident, PURPOSE)
    if own is None or not is_aged(own.birth_date, FILES_ALONE_FROM, resident.today):
        return redirect("my-certificate-new")
    muni = _muni(resident)
    ask = Asking(resident, muni, draft, _choices(resident, muni))
    found = drafts.steps(draft)
    if step not in found:
        raise Http404
    before = next(
        (one for one in found[: found.index(step)] if not drafts.answered(draft, one, ask.choices)), None
    )
    if before is not None:
        return redirect("my-certificate-step", before)
    return _check(request, ask) if step == "check" else _QUESTIONS[step](request, ask)


def _kind(request: HttpRequest, ask: Asking) -> HttpResponse:
    form = questions.KindForm(
        request.POST if request.method == "POST" else None, initial={"kind": ask.draft.kind or ""}
    )

    def take() -> Draft:
        kind = Certificate(form.cleaned_data["kind"])
        return ask.draft if kind is ask.draft.kind else replace(ask.draft, kind=kind, items=None)

    return _ask(request, ask, "kind", form, take)


def _who(request: HttpRequest, ask: Asking) -> HttpResponse:
    chosen = ask.draft.who or (ask.resident.person,)
    form = questions.WhoForm(
        ask.choices,
        request.POST if request.method == "POST" else None,
        initial={"who": [str(one) for one in chosen]},
    )

    def take() -> Draft:
        who = form.cleaned_data["who"]
        return ask.draft if who == ask.draft.who else replace(ask.draft, who=who, items=None, form=None)

    return _ask(request, ask, "who", form, take)


def _items(request: HttpRequest, ask: Asking) -> HttpResponse:
    form = questions.ItemsForm(
        drafts.offered(ask.draft, ask.choices),
        ask.draft.kind is Certificate.ITEMS,
        request.POST if request.method == "POST" else None,
        initial={"items": [item.value for item in ask.draft.items or ()]},
    )
    return _ask(
        request, ask, "items", form, lambda: replace(ask.draft, items=tuple(form.cleaned_data["items"]))
    )


def _layout(request: HttpRequest, ask: Asking) -> HttpResponse:
    form = questions.LayoutForm(
        request.POST if request.method == "POST" else None,
        initial={"form": ask.draft.form or terms.Form.HOUSEHOLD.value},
    )
    return _ask(
        request,
        ask,
        "form",
        form,
        lambda: replace(ask.draft, form=terms.Form(form.cleaned_data["form"])),
    )


_QUESTIONS: dict[str, Callable[[HttpRequest, Asking], HttpResponse]] = {
    "kind": _kind,
    "who": _who,
    "items": _items,
    "form": _layout,
}


def _ask(
    request: HttpRequest, ask: Asking, step: str, form: forms.Form, take: Callable[[], Draft]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        return _onward(drafts.keep(request, take()), ask.choices)
    found = drafts.steps(ask.draft)
    place_in = found.index(step)
    context = {
        "audience": "resident",
        "step": step,
        "form": form,
        "field": form[next(iter(form.fields))],
        "number": place_in + 1,
        "all": len(found),
        "back": reverse("my-certificate-step", args=[found[place_in - 1]])
        if place_in
        else reverse("my-certificate-new"),
        "draft": ask.draft,
    }
    return render(request, "resident/certificate_ask.html", context, status=422 if form.errors else 200)


def _check(request: HttpRequest, ask: Asking) -> HttpResponse:
    """What it will say and what not, in words and as it will be printed; what happens next; the demonstration signature."""
    fault, status = "", 200
    asked = drafts.asked(ask.draft, ask.muni)
    if request.method == "POST":
        if request.POST.get("key") != ask.draft.key:
            messages.info(
                request, _("What you saw had changed in another window. Please look at everything again.")
            )
            return redirect("my-certificate-step", "check")
        if "agree" in request.POST:
            try:
                return _sign(request, ask, asked)
            except EnishiError as error:
                fault, status = f"{error.what} {error.todo}".strip(), 422
        else:
            fault, status = _("Put a mark beside the sentence if everything is right."), 422
    preview = None
    if not fault or status != 422 or "agree" not in request.POST:
        try:
            preview = register.preview_certificate(
                _reader(ask.resident), asked, now=timezone.now(), today=ask.resident.today
            )
        except EnishiError as error:
            fault, status = f"{error.what} {error.todo}".strip(), 422
    can_be_said = terms.SWITCHES[asked.kind] | asked.says
    context = {
        "audience": "resident",
        "draft": ask.draft,
        "kind": KINDS[asked.kind],
        "people": [one for one in ask.choices if one.person in asked.persons],
        "says": [ITEMS[item] for item in Item if item in asked.says],
        "leaves_out": [ITEMS[item] for item in Item if item in can_be_said - asked.says],
        "together": asked.form is terms.Form.HOUSEHOLD,
        "preview": preview,
        "where": place(ask.muni),
        "days": terms.DAYS_TO_FETCH,
        "fault": fault,
        "demonstration": demonstration(),
    }
    return render(request, "resident/certificate_check.html", context, status=status)


def _sign(request: HttpRequest, ask: Asking, asked: terms.Asked) -> HttpResponse:
    """Takes the request under the draft's key: a second click finds the same one."""
    if not demonstration():
        raise Refused(_("Cards do not exist here yet."), todo=_("Go to the counter."))
    resident = ask.resident
    signed = hashlib.sha256(repr((asked, ask.draft.key)).encode()).hexdigest()
    evidence = terms.move_terms.Evidence(
        terms.move_terms.Proof.DEMONSTRATION_SIGN_IN,
        f"resident:{resident.person}",
        signed_in_at(request),
        signed,
    )
    made = register.request_certificate(
        _reader(resident), asked, evidence, key=ask.draft.key, now=timezone.now(), today=resident.today
    )
    drafts.drop(request)
    messages.success(request, _("Your request is sent. This page shows where it stands."))
    return redirect("my-certificate", ask.muni, made)


@for_resident
@require_GET
def one(request: HttpRequest, resident: Resident, muni: str, number: UUID) -> HttpResponse:
    """Where a request stands; the certificate to save, as long as it can be fetched."""
    view = _mine(resident, muni, number)
    names = {choice.person: choice.name for choice in _choices(resident, muni)}
    return render(
        request,
        "resident/certificate.html",
        {
            "audience": "resident",
            "view": view,
            "kind": KINDS[view.asked.kind],
            "names": [names[who] for who in view.asked.persons if who in names],
            "more": sum(who not in names for who in view.asked.persons),
            "says": [ITEMS[item] for item in Item if item in view.asked.says],
            "where": place(muni),
            "fetchable": fetchable(view, resident.today),
            "days": terms.DAYS_TO_FETCH,
        },
    )


@for_resident
@require_GET
def pdf(request: HttpRequest, resident: Resident, muni: str, number: UUID) -> HttpResponse:
    """The certificate itself, made again from the record as it was known at the issue, and judged again."""
    _mine(resident, muni, number)
    made = register.fetch_certificate(_reader(resident), muni, str(number), today=resident.today)
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'attachment; filename="SYNTHETIC-certificate-{made.office}-{made.serial}.pdf"'
    )
    return answer


@for_resident
@require_POST
def withdraw(request: HttpRequest, resident: Resident, muni: str, number: UUID) -> HttpResponse:
    """Takes a request back that nobody has decided yet."""
    _mine(resident, muni, number)
    try:
        register.withdraw_request(_reader(resident), muni, str(number), now=timezone.now())
    except EnishiError as error:
        messages.error(request, f"{error.what} {error.todo}".strip())
    else:
        messages.success(request, _("Your request is taken back. Nothing is issued."))
    return redirect("my-certificate", muni, number)


def fetchable(view: terms.RequestView, today: date) -> bool:
    """Whether the certificate can be fetched on a day."""
    return view.state == "issued" and view.fetch_until is not None and today <= view.fetch_until


def _mine(resident: Resident, muni: str, number: UUID) -> terms.RequestView:
    """The resident's own request. Raises Http404 for any other: one that does not exist looks the same."""
    if not known(muni):
        raise Http404
    try:
        return register.own_request(_reader(resident), muni, str(number))
    except EnishiError:
        raise Http404 from None


def _muni(resident: Resident) -> str:
    return register.municipality_of(resident.person)


def _choices(resident: Resident, muni: str) -> tuple[Choice, ...]:
    return register.certifiable(
        _reader(resident), muni, resident.person, now=timezone.now(), today=resident.today
    )


def _reader(resident: Resident) -> Reader:
    return resident.reader(PURPOSE)


def _onward(draft: Draft, choices: tuple[Choice, ...]) -> HttpResponse:
    return redirect("my-certificate-step", drafts.next_step(draft, choices))
