"""Published results, and how far each municipality is with deciding and releasing."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.benefits import services as benefits
from enishi.kernel.errors import EnishiError
from enishi.web.agency.overview import release_map
from enishi.web.agency.programmes import matches
from enishi.web.guard import for_agency, for_agency_acts
from enishi.web.listing import chosen, page_number, paged, sorted_by
from enishi.web.officer import Officer

STATES = ("not_adopted", "to_decide", "to_release", "released")


def state_words(state: str) -> str:
    """How far a municipality is, for the filter."""
    return {
        "not_adopted": _("does not take part"),
        "to_decide": _("has to decide"),
        "to_release": _("decided, to be released"),
        "released": _("released"),
    }[state]


@for_agency
def publications(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Published results, newest first."""
    return render(
        request,
        "agency/publications.html",
        {"audience": "agency", "publications": benefits.publications(officer.id)},
    )


@for_agency
def states(request: HttpRequest, officer: Officer, publication: int) -> HttpResponse:
    """Every municipality's state: searched, filtered, sorted and paged in the URL."""
    found = benefits.publication(officer.id, publication)
    rows = benefits.release_states(officer.id, publication)
    prefectures = {row.town.prefecture: row.town for row in rows if row.town.prefecture}
    prefecture = chosen(request, "prefecture", prefectures)
    state = chosen(request, "state", STATES)
    text = request.GET.get("q", "").strip()[:60]
    kept = [
        row
        for row in rows
        if (not prefecture or row.town.prefecture == prefecture)
        and (not state or row.state == state)
        and (not text or matches(row.town, text))
    ]
    ordered, sort = sorted_by(
        request,
        kept,
        {
            "code": lambda row: row.town.muni,
            "name": lambda row: (row.town.name_latin, row.town.muni),
            "state": lambda row: (STATES.index(row.state), row.town.muni),
            "yen": lambda row: row.transfer_yen,
            "when": lambda row: (row.released is not None, row.released or 0, row.town.muni),
        },
        "code",
    )
    counted = Counter(row.state for row in rows)
    return render(
        request,
        "agency/releases.html",
        {
            "audience": "agency",
            "officer": officer,
            "publication": found,
            "counts": [(code, state_words(code), counted[code]) for code in STATES],
            "yen_released": sum(row.transfer_yen for row in rows if row.state == "released"),
            "yen_all": sum(row.transfer_yen for row in rows),
            "map": release_map(rows),
            "prefectures": list(prefectures.values()),
            "prefecture": prefecture,
            "state": state,
            "states": [(code, state_words(code)) for code in STATES],
            "q": text,
            "sort": sort,
            "page": paged(ordered, page_number(request)),
            "demonstration": settings.DEMO,
        },
    )


@for_agency_acts
@require_http_methods(["GET", "POST"])
def release_all(request: HttpRequest, officer: Officer, publication: int) -> HttpResponse:
    """Demonstration: asks, then lets each municipality's two demonstration officers decide and release."""
    if request.method == "POST":
        try:
            done = benefits.release_all(officer.id, publication)
        except EnishiError as error:
            messages.error(request, f"{error.what} {error.todo}".strip())
        else:
            messages.success(request, done.words)
            for muni, why in done.refused[:20]:
                messages.error(request, f"{muni}: {why}")
        return redirect("releases", publication=publication)
    found = benefits.publication(officer.id, publication)
    return render(
        request,
        "agency/release_all.html",
        {"audience": "agency", "publication": found, "open": found.municipalities - found.released},
    )
