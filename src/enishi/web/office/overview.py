"""A municipality's benefits: what waits, own figures, who has decided and who may release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.benefits import services as benefits
from enishi.kernel.errors import Refused
from enishi.platform.services import DutyKind
from enishi.web.guard import attempt, for_office
from enishi.web.officer import Officer
from enishi.web.towns import STATE, place

PAYING = (DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER, DutyKind.AUDITOR)


def pays(officer: Officer, muni: str) -> bool:
    """Whether a municipality's payments are open to the officer: its benefits or accounting officer, the auditor."""
    return officer.auditor or any(officer.has(duty, muni) for duty in PAYING)


def _results(officer: Officer, muni: str) -> Iterator[benefits.MunicipalResult]:
    """The municipality's part of each published result; results in which it has none (another payer) are left out."""
    for one in benefits.publications(officer.id):
        with suppress(Refused):
            yield benefits.municipal_result(officer.id, one.id, muni)


@for_office()
def overview(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The office's first page: every published benefit with its state here, and programmes to take part in."""
    results = []
    programmes = []
    if pays(officer, muni):
        results = list(_results(officer, muni))
        programmes = [
            one for one in benefits.programmes(officer.id) if one.published and one.publication is None
        ]
    return render(
        request,
        "office/overview.html",
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "results": results,
            "waiting": [one for one in results if one.may_decide or one.may_release],
            "programmes": programmes,
            "benefits_officer": officer.has(DutyKind.BENEFITS_OFFICER, muni),
            "pays": pays(officer, muni),
            "keeps_register": muni != STATE and officer.has(DutyKind.REGISTER_OFFICER, muni),
        },
    )


@for_office(*PAYING)
def benefit(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """One benefit: four eyes, figures, reasons, sums, files. The page prints."""
    found = benefits.municipal_result(officer.id, publication, muni)
    return render(
        request,
        "office/benefit.html",
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "result": found,
            "publication": found.publication,
            "tab": "overview",
            "decisions": [row for row in found.reasons if row.kind == "decision"],
            "payments": [row for row in found.reasons if row.kind == "payment"],
        },
    )


@for_office(DutyKind.BENEFITS_OFFICER)
@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, officer: Officer, muni: str, name: str, cycle: int) -> HttpResponse:
    """Asks first, then makes the municipality take part in a published programme."""
    found = benefits.programme(officer.id, name, cycle)
    if request.method == "POST":
        return attempt(
            request,
            reverse("office", args=[muni]),
            lambda: benefits.adopt(officer.id, name, cycle, muni),
            lambda _done: _("The municipality takes part in %(title)s.") % {"title": found.title},
        )
    return render(
        request,
        "office/adopt.html",
        {"audience": "office", "muni": muni, "place": place(muni), "programme": found},
    )
