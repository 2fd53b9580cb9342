"""Programmes: reviewed, published, and taken part in by 1,741 municipalities."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from enishi.benefits import services as benefits
from enishi.web.guard import attempt, for_agency, for_agency_acts
from enishi.web.listing import chosen, folded, page_number, paged, sorted_by
from enishi.web.officer import Officer


@for_agency
def programmes(request: HttpRequest, officer: Officer) -> HttpResponse:
    """All programmes that ship with this program, and how far each is."""
    return render(
        request,
        "agency/programmes.html",
        {"audience": "agency", "programmes": benefits.programmes(officer.id)},
    )


@for_agency
def programme(request: HttpRequest, officer: Officer, name: str, cycle: int) -> HttpResponse:
    """One programme for review: terms, law, exclusions, its file."""
    found = benefits.programme(officer.id, name, cycle)
    return render(
        request, "agency/programme.html", {"audience": "agency", "officer": officer, "programme": found}
    )


@for_agency_acts
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, officer: Officer, name: str, cycle: int) -> HttpResponse:
    """Asks first what publishing does to whom; then publishes the text that was reviewed (by its hash)."""
    back = reverse("programme", args=[name, cycle])
    if request.method == "POST":
        return attempt(
            request,
            back,
            lambda: benefits.publish_programme(officer.id, name, request.POST.get("sha256", "")),
            lambda done: (
                _("%(title)s is published. Municipalities can now take part.") % {"title": done.title}
            ),
        )
    found = benefits.programme(officer.id, name, cycle)
    if found.published:
        return redirect(back)
    return render(request, "agency/programme_publish.html", {"audience": "agency", "programme": found})


@for_agency
def adoption(request: HttpRequest, officer: Officer, name: str, cycle: int) -> HttpResponse:
    """The municipalities and whether they take part: searched, filtered, sorted and paged in the URL."""
    found = benefits.programme(officer.id, name, cycle)
    rows = benefits.adoptions(officer.id, name, cycle)
    prefectures = {row.town.prefecture: row.town for row in rows}
    prefecture = chosen(request, "prefecture", prefectures)
    state = chosen(request, "state", ("adopted", "open"))
    text = request.GET.get("q", "").strip()[:60]
    kept = [
        row
        for row in rows
        if (not prefecture or row.town.prefecture == prefecture)
        and (not state or (row.adopted is not None) == (state == "adopted"))
        and (not text or matches(row.town, text))
    ]
    ordered, sort = sorted_by(
        request,
        kept,
        {
            "code": lambda row: row.town.muni,
            "name": lambda row: (row.town.name_latin, row.town.muni),
            "when": lambda row: (row.adopted is not None, row.adopted or 0, row.town.muni),
        },
        "code",
    )
    return render(
        request,
        "agency/adoption.html",
        {
            "audience": "agency",
            "officer": officer,
            "programme": found,
            "prefectures": list(prefectures.values()),
            "prefecture": prefecture,
            "state": state,
            "states": [("adopted", _("takes part")), ("open", pgettext("adoption", "open"))],
            "q": text,
            "sort": sort,
            "page": paged(ordered, page_number(request)),
            "demonstration": settings.DEMO,
        },
    )


def matches(town: benefits.Town, text: str) -> bool:
    """Whether what was typed is in a municipality's name, Latin name, prefecture or code."""
    wanted = folded(text)
    return any(
        wanted in folded(name)
        for name in (
            town.name,
            town.name_latin,
            town.muni,
            town.prefecture_name + town.name,
            town.prefecture_latin + town.name_latin,
        )
    )


@for_agency_acts
@require_http_methods(["GET", "POST"])
def adopt_all(request: HttpRequest, officer: Officer, name: str, cycle: int) -> HttpResponse:
    """Demonstration: asks, then lets every municipality's demonstration officer take part."""
    back = reverse("adoption", args=[name, cycle])
    if request.method == "POST":
        return attempt(
            request,
            back,
            lambda: benefits.adopt_all(officer.id, name, cycle),
            lambda count: (
                ngettext(
                    "Demonstration: %(count)s municipality now takes part, each by its own demonstration officer.",
                    "Demonstration: %(count)s municipalities now take part, each by its own demonstration officer.",
                    count,
                )
                % {"count": f"{count:,}"}
            ),
        )
    found = benefits.programme(officer.id, name, cycle)
    return render(
        request,
        "agency/adopt_all.html",
        {"audience": "agency", "programme": found, "open": found.municipalities - found.adopted},
    )
