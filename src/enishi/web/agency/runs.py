"""Runs: started after a confirmation, watched, left and come back to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from enishi.benefits import services as benefits
from enishi.kernel.errors import EnishiError
from enishi.web import wording
from enishi.web.agency.results import result_page
from enishi.web.guard import attempt, for_agency, for_agency_acts
from enishi.web.listing import page_number, paged
from enishi.web.officer import Officer

COUNTED = ("computing", "second_opinion")


@for_agency
def runs(request: HttpRequest, officer: Officer) -> HttpResponse:
    """All runs, newest first."""
    page = paged(benefits.runs(officer.id), page_number(request))
    titles = {(one.name, one.cycle): one.title for one in benefits.programmes(officer.id)}
    named = [(run, titles.get((run.programme, run.cycle), run.programme)) for run in page.rows]
    return render(request, "agency/runs.html", {"audience": "agency", "page": page, "runs": named})


@for_agency_acts
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, officer: Officer, name: str, cycle: int) -> HttpResponse:
    """Says what a run does for whom, then starts it."""
    if request.method == "POST":
        try:
            begun = benefits.start_run(officer.id, name, cycle, request.POST.get("snapshot", ""))
        except EnishiError as error:
            messages.error(request, f"{error.what} {error.todo}".strip())
            return redirect("run-start", name=name, cycle=cycle)
        return redirect("run", run=begun.id)
    found = benefits.programme(officer.id, name, cycle)
    snapshots = benefits.snapshots(officer.id)
    return render(
        request,
        "agency/run_start.html",
        {"audience": "agency", "programme": found, "snapshots": snapshots},
    )


@for_agency
def run(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """One run: its progress while at work, its result when complete, why it stopped when it failed."""
    state = benefits.run_state(officer.id, run)
    if state.state == "complete":
        return result_page(request, officer, state)
    return render(
        request,
        "agency/run_watch.html",
        {
            "audience": "agency",
            "officer": officer,
            "run": state,
            "programme": benefits.programme(officer.id, state.programme, state.cycle),
            **_progress(officer, run),
            "differences": benefits.differences(officer.id, run) if state.state == "failed" else [],
        },
    )


@for_agency
def progress(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """The part of the page that changes while a run is at work; it reloads the page once the run has ended."""
    state = benefits.run_state(officer.id, run)
    if state.state != "running":
        answer = HttpResponse(status=204)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render(
        request,
        "agency/run_progress.html",
        {"audience": "agency", "run": state, **_progress(officer, run)},
    )


@for_agency
def progress_words(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """One sentence on how far a run is, for those who listen to the page."""
    return HttpResponse(spoken(benefits.progress(officer.id, run)), content_type="text/plain; charset=utf-8")


def _progress(officer: Officer, run: int) -> dict[str, object]:
    found = benefits.progress(officer.id, run)
    return {"progress": found, "counted": counted(found)}


def counted(progress: benefits.Progress) -> bool:
    """Whether the step at hand counts persons: the two that compute do, and what a stopped run had done is shown."""
    return progress.state in COUNTED or (progress.state == "failed" and progress.done > 0)


def spoken(progress: benefits.Progress) -> str:
    """`Computing …: 45.2% of 10,000 persons.`; only the step's words where it counts nobody."""
    if not counted(progress):
        return progress.words
    return _("%(words)s: %(share)s of %(persons)s persons.") % {
        "words": progress.words,
        "share": wording.percent(progress.done, progress.persons),
        "persons": f"{progress.persons:,}",
    }


@for_agency_acts
@require_POST
def resume(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """Takes a stopped run up again where it stopped."""
    return attempt(
        request,
        reverse("run", args=[run]),
        lambda: benefits.resume_run(officer.id, run),
        lambda _done: _("The run goes on where it stopped."),
    )
