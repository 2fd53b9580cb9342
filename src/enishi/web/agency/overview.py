"""How things stand, in one sentence and five steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from enishi.benefits import services as benefits
from enishi.web import wording
from enishi.web.agency.tilemap import TileMap, done_map
from enishi.web.guard import for_agency
from enishi.web.officer import Officer


@dataclass(frozen=True)
class Step:
    """One of the five steps from decision to release. `state`: `done`, `now` or `next`."""

    words: str
    detail: str
    state: str
    url: str


@dataclass(frozen=True)
class Standing:
    """Where a programme stands: one sentence, what to do next, and its steps."""

    sentence: str
    todo: str
    todo_url: str
    steps: tuple[Step, ...]


@for_agency
def overview(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The console's first page: the leading programme's standing, figures, map, and the latest runs."""
    programmes = benefits.programmes(officer.id)
    runs = benefits.runs(officer.id)
    published = {one.id: one for one in benefits.publications(officer.id)}
    programme = leading(programmes, runs)
    context: dict[str, object] = {
        "audience": "agency",
        "officer": officer,
        "programmes": programmes,
        "programme": programme,
        "runs": runs[:5],
        "standing": None,
        "result": None,
        "map": None,
    }
    if programme is not None:
        own = [run for run in runs if run.id in programme.runs]
        publication = published.get(programme.publication) if programme.publication else None
        shown = (
            publication.run if publication else next((run.id for run in own if run.state == "complete"), None)
        )
        context["standing"] = standing(programme, own, publication)
        context["result"] = benefits.result(officer.id, shown) if shown else None
        if publication is not None:
            context["map"] = release_map(benefits.release_states(officer.id, publication.id))
    return render(request, "agency/overview.html", context)


def leading(programmes: list[benefits.Programme], runs: list[benefits.RunState]) -> benefits.Programme | None:
    """The programme that the console speaks of first: of the newest run, else the newest published, else the first."""
    if runs:
        newest = max(runs, key=lambda run: run.id)
        for programme in programmes:
            if (programme.name, programme.cycle) == (newest.programme, newest.cycle):
                return programme
    made_known = [programme for programme in programmes if programme.published]
    if made_known:
        return max(made_known, key=lambda programme: programme.published or 0)
    return programmes[0] if programmes else None


def standing(
    programme: benefits.Programme,
    runs: list[benefits.RunState],
    publication: benefits.Publication | None,
) -> Standing:
    """How a programme stands. `runs`: its own, newest first."""
    key = [programme.name, programme.cycle]
    newest = runs[0] if runs else None
    complete = next((run for run in runs if run.state == "complete"), None)
    counts = {
        "title": programme.title,
        "adopted": f"{programme.adopted:,}",
        "all": f"{programme.municipalities:,}",
        "persons": f"{newest.persons:,}" if newest else "",
        "released": f"{publication.released:,}" if publication else "",
        "decided": f"{publication.decided:,}" if publication else "",
        "payers": f"{publication.municipalities:,}" if publication else "",
        "run": newest.id if newest else "",
    }
    if not programme.published:
        sentence = _("%(title)s is not published yet.")
        todo, url, now = _("Review and publish it"), reverse("programme", args=key), 0
    elif publication is not None:
        now, url = 4, reverse("releases", args=[publication.id])
        if publication.released >= publication.municipalities:
            sentence, todo, now = (
                _("All %(payers)s municipalities have released their payments of %(title)s."),
                _("See the releases"),
                5,
            )
        else:
            sentence = _(
                "%(released)s of %(payers)s municipalities have released their payments of %(title)s."
            )
            todo = _("See who has decided and who has not")
    elif newest is not None and newest.state == "running":
        sentence = _("Run %(run)s of %(title)s is at work on %(persons)s persons.")
        todo, url, now = _("Watch it"), reverse("run", args=[newest.id]), 2
    elif complete is not None:
        sentence = _(
            "%(title)s is computed for %(persons)s persons, both engines agree, and the result is not published yet."
        )
        todo, url, now = _("Look at the result"), reverse("run", args=[complete.id]), 3
    elif newest is not None:
        sentence = _("Run %(run)s of %(title)s has stopped; nothing of it counts.")
        todo, url, now = _("See why"), reverse("run", args=[newest.id]), 2
    elif programme.adopted < programme.municipalities:
        sentence = _("%(title)s is published; %(adopted)s of %(all)s municipalities take part.")
        todo, url, now = _("See who takes part"), reverse("adoption", args=key), 1
    else:
        sentence = _("All %(all)s municipalities take part in %(title)s; nothing is computed yet.")
        todo, url, now = _("Start a run"), reverse("run-start", args=key), 2
    return Standing(sentence % counts, todo, url, _steps(programme, complete, publication, now))


def _steps(
    programme: benefits.Programme,
    complete: benefits.RunState | None,
    publication: benefits.Publication | None,
    now: int,
) -> tuple[Step, ...]:
    key = [programme.name, programme.cycle]
    result = reverse("run", args=[complete.id]) if complete else ""
    named = [
        (
            _("Publish the programme"),
            wording.day(programme.published) if programme.published else "",
            reverse("programme", args=key),
        ),
        (
            _("Municipalities take part"),
            _("%(some)s of %(all)s")
            % {"some": f"{programme.adopted:,}", "all": f"{programme.municipalities:,}"},
            reverse("adoption", args=key) if programme.published else "",
        ),
        (
            _("Run, computed twice"),
            _("run %(id)d") % {"id": complete.id} if complete else "",
            result or (reverse("run-start", args=key) if programme.published else ""),
        ),
        (_("Publish the result"), wording.day(publication.published) if publication else "", result),
        (
            _("Municipalities release"),
            _("%(some)s of %(all)s")
            % {"some": f"{publication.released:,}", "all": f"{publication.municipalities:,}"}
            if publication
            else "",
            reverse("releases", args=[publication.id]) if publication else "",
        ),
    ]
    return tuple(
        Step(words, detail, "done" if place < now else "now" if place == now else "next", url)
        for place, (words, detail, url) in enumerate(named)
    )


def release_map(states: list[benefits.ReleaseState]) -> TileMap:
    """The map of released municipalities by prefecture."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    names: dict[str, tuple[str, str]] = {}
    for one in states:
        code = one.town.prefecture
        names[code] = (one.town.prefecture_name, one.town.prefecture_latin)
        counted[code][1] += 1
        counted[code][0] += one.state == "released"
    return done_map(
        {code: (*names[code], part, whole) for code, (part, whole) in counted.items()},
        _("Municipalities that have released, by prefecture"),
    )
