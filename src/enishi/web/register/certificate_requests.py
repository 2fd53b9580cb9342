"""Certificates that residents have asked for online, at the office: who they are is confirmed, or the request declined."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enishi.kernel.errors import EnishiError
from enishi.platform.services import DutyKind
from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import attempt, for_office
from enishi.web.officer import Officer
from enishi.web.register import certificate_words as words
from enishi.web.register.certificate_form import ConfirmForm
from enishi.web.register.certificates import context_of, reader_of


@for_office(DutyKind.REGISTER_OFFICER)
@require_GET
def requests(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """What waits for an officer, the oldest first."""
    found = register.waiting_requests(reader_of(officer, muni), muni)
    rows = [(one, words.KINDS[one.asked.kind]) for one in found]
    return render(request, "office/register/certificate_requests.html", context_of(muni) | {"rows": rows})


@for_office(DutyKind.REGISTER_OFFICER)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, officer: Officer, muni: str, number: UUID) -> HttpResponse:
    """One request: what it asks, on what evidence, and the confirmation that issues the certificate."""
    view = _found(officer, muni, number)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            serial = register.confirm_request(
                reader_of(officer, muni),
                muni,
                str(number),
                shown=form.shown,
                now=timezone.now(),
                today=officer.today,
            )
        except EnishiError as error:
            form.add_error(None, f"{error.what} {error.todo}".strip())
        else:
            messages.success(request, _("The certificate is issued. The resident can save it now."))
            return redirect("office-certificate", muni, serial)
    status = 422 if form.errors else 200
    page = _page(officer, muni, view, form)
    return render(request, "office/register/certificate_request.html", page, status=status)


@for_office(DutyKind.REGISTER_OFFICER)
@require_POST
def decline(request: HttpRequest, officer: Officer, muni: str, number: UUID) -> HttpResponse:
    """Declines a request, with the reason that the resident reads."""
    _found(officer, muni, number)
    why = request.POST.get("why", "")[:300]
    return attempt(
        request,
        reverse("office-certificate-request", args=[muni, number]),
        lambda: register.decline_request(
            reader_of(officer, muni), muni, str(number), why, now=timezone.now()
        ),
        lambda _done: _("The request is declined. The resident reads the reason."),
    )


def _found(officer: Officer, muni: str, number: UUID) -> terms.RequestView:
    try:
        return register.request_at_office(reader_of(officer, muni), muni, str(number))
    except EnishiError:
        raise Http404 from None


def _page(officer: Officer, muni: str, view: terms.RequestView, form: ConfirmForm) -> dict[str, Any]:
    asked = view.asked
    found = register.certifiable(
        reader_of(officer, muni),
        muni,
        asked.requester.person or 0,
        now=timezone.now(),
        today=officer.today,
    )
    names = {choice.person: choice.name for choice in found}
    return context_of(muni) | {
        "view": view,
        "form": form,
        "requester": names.get(asked.requester.person or 0, ""),
        "people": [(who, names.get(who, "")) for who in asked.persons],
        "kind": words.KINDS[view.asked.kind],
        "items": [words.ITEMS[item] for item in words.ITEMS if item in view.asked.says],
        "proofs": [words.PROOFS[one.kind] for one in view.evidence if one.kind in words.PROOFS],
        "signed_at": view.evidence[0].at if view.evidence else None,
    }
