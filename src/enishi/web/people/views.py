"""Search and answer pages, for a municipality and for the agency, and the auditor's page of who asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.benefits import services as benefits
from enishi.kernel.errors import Refused
from enishi.platform.services import (
    DutyKind,
    Reader,
    not_disclosed,
    reads_by,
    reads_of,
    record_reads,
)
from enishi.register import services as register
from enishi.web.guard import explain, for_agency, for_auditor, for_office
from enishi.web.listing import page_number, paged
from enishi.web.officer import Officer, actor_names
from enishi.web.people.asking import Asked, AskForm, keep, kept, purpose_words
from enishi.web.towns import place

SIZE = 20
LATEST = 2000


@for_agency
@require_http_methods(["GET", "POST"])
def agency_search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Search in the whole country, for the agency's officer and the auditor."""
    return _search(request, officer, "")


@for_office(DutyKind.BENEFITS_OFFICER)
@require_http_methods(["GET", "POST"])
def office_search(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Search among a municipality's own residents, for its benefits officer."""
    return _search(request, officer, muni)


@for_agency
def agency_person(request: HttpRequest, officer: Officer, person: int) -> HttpResponse:
    """Why one person is paid or not, asked nationally."""
    return _person(request, officer, "", person)


@for_office(DutyKind.BENEFITS_OFFICER)
def office_person(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    """Why one person is paid or not, asked by a municipality."""
    return _person(request, officer, muni, person)


def _search(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The form, and what was found. A person under support measures is in nobody's list but the auditor's: the office that
    pays opens such a person by number, and to every other one the person looks absent.
    """
    form = AskForm(request.POST) if request.method == "POST" else AskForm(initial=_initial(request, muni))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        keep(request, Asked(muni, said["purpose"], said["note"], said["text"].strip(), said["born"]))
        if said["person"]:
            return redirect(_person_url(muni, said["person"]))
        return redirect(f"{_search_url(muni)}?results=1")
    asked = kept(request, muni)
    hits = None
    if request.method == "GET" and "results" in request.GET and asked and (asked.text or asked.born):
        hits = register.search_persons(
            asked.reader(officer),
            asked.text,
            on=officer.today,
            muni=muni,
            birth_date=asked.born,
            page=page_number(request),
            size=SIZE,
        )
    names = {row.muni: row for row in register.municipalities()} if hits else {}
    context = _context(muni) | {
        "form": form,
        "asked": asked,
        "purpose": purpose_words(asked.words()) if asked else "",
        "hits": hits,
        "rows": [
            (hit, names.get(hit.stay.muni), _person_url(muni, hit.person))
            for hit in (hits.rows if hits else ())
            if officer.auditor or not hit.protected
        ],
        "search_url": _search_url(muni),
    }
    return render(request, "people/search.html", context, status=422 if request.method == "POST" else 200)


def _person(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    asked = kept(request, muni)
    if asked is None:
        messages.info(request, _("Say first why you ask; then the person is shown."))
        return redirect(f"{_search_url(muni)}?person={person}")
    try:
        decisions = [
            benefits.decision_of_person(officer.id, one.id, muni, person, asked.words())
            for one in benefits.publications(officer.id)
        ]
    except Refused as error:
        return explain(request, error)
    summary = register.person_summary(asked.reader(officer), person, on=officer.today)
    if summary is None and not decisions:
        return explain(request, not_disclosed())
    names = {row.muni: row for row in register.municipalities()}
    return render(
        request,
        "people/person.html",
        _context(muni)
        | {
            "person": person,
            "summary": summary,
            "stay_place": names.get(summary.stay.muni) if summary else None,
            "decisions": [(one, names.get(one.payment.payer) if one.payment else None) for one in decisions],
            "purpose": purpose_words(asked.words()),
            "search_url": _search_url(muni),
            "members": [(one, _person_url(muni, one.person)) for one in summary.members] if summary else [],
        },
    )


@for_auditor
def reads(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The record of reads: the latest by one municipality's officers (blank: national), or all of one person."""
    muni = request.GET.get("muni", "").strip()[:6]
    person = request.GET.get("person", "").strip()
    if person.isascii() and person.isdigit() and 0 < int(person) < 2**63:
        ground = Reader(
            actor=f"officer:{officer.id}", purpose="audit", article="Local Autonomy Act 199", muni=""
        )
        lines = reads_of(int(person))
        record_reads(ground, ("read_record",), [int(person)])
    else:
        person = ""
        lines = reads_by(muni, LATEST)
    page = paged(lines, page_number(request))
    actors = actor_names(line.actor for line in page.rows)
    return render(
        request,
        "people/reads.html",
        {
            "audience": "agency",
            "page": page,
            "rows": [
                (line, actors.get(line.actor, line.actor), purpose_words(line.purpose)) for line in page.rows
            ],
            "asked_muni": muni,
            "asked_person": person,
            "places": [(row.muni, row) for row in register.municipalities()],
            "most": LATEST,
        },
    )


def _initial(request: HttpRequest, muni: str) -> dict[str, object]:
    asked = kept(request, muni)
    person = request.GET.get("person", "")
    typed: dict[str, object] = {"person": person} if person.isdigit() else {}
    if asked:
        typed |= {"purpose": asked.purpose, "note": asked.note, "text": asked.text, "born": asked.born or ""}
    return typed


def _context(muni: str) -> dict[str, object]:
    return {
        "audience": "office" if muni else "agency",
        "muni": muni,
        "place": place(muni) if muni else None,
    }


def _search_url(muni: str) -> str:
    return reverse("office-people", args=[muni]) if muni else reverse("agency-people")


def _person_url(muni: str, person: int) -> str:
    return reverse("office-person", args=[muni, person]) if muni else reverse("agency-person", args=[person])
