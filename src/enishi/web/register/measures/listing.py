"""The municipality's own file of measures: what waits for a decision, what may be renewed, what stands, copies of others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enishi.register import services as register
from enishi.web.listing import chosen, page_number
from enishi.web.officer import Officer
from enishi.web.register.frame import context
from enishi.web.register.measures import words
from enishi.web.register.measures.ground import called, for_measures, ground
from enishi.web.towns import place

SIZE = 50


@for_measures
@require_safe
def measures(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The list, what presses first; filter and page stand in the URL."""
    state = chosen(request, "state", words.FILTERS)
    page = register.measures_on_file(
        ground(officer, muni), muni, officer.today, wanted=state, page=page_number(request), size=SIZE
    )
    people = called(officer, muni, (line.applicant for line in page.rows))
    rows = [
        (
            line,
            people[line.applicant],
            words.STATES[line.state],
            words.BADGES.get(line.state, ("", "")),
            place(line.served_by) if line.copy else None,
        )
        for line in page.rows
    ]
    filters = [(code, said, page.counts[code]) for code, said in words.FILTERS.items()]
    waiting = page.counts["provisional"] + page.counts["awaiting"]
    here = context(
        muni,
        "measures",
        rows=rows,
        page=page,
        state=state,
        filters=filters,
        waiting=waiting,
        nothing=words.NOTHING[state],
    )
    return render(request, "office/register/measures/list.html", here)
