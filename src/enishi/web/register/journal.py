"""The journal of acts, one act of it, and the attempts that were refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import explain
from enishi.web.listing import chosen, page_number
from enishi.web.officer import Officer, actor_names
from enishi.web.register import words
from enishi.web.register.asking import day_in, kept, worker
from enishi.web.register.frame import ask_first, context, for_register, nobody
from enishi.web.register.people import who_acted

KINDS = tuple(kind.value for kind in terms.Kind)


@for_register
@require_http_methods(["GET", "POST"])
def journal(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The acts of the municipality, newest first. Sent by POST it checks the chain of hashes and says what it finds."""
    if request.method == "POST":
        broken = register.broken_chain(muni)
        if broken is None:
            messages.success(
                request, _("The chain is sound: no act was altered, taken out or put in between.")
            )
        else:
            messages.error(
                request,
                _("The chain breaks at act %(number)s: tell the person responsible for the system at once.")
                % {"number": broken},
            )
        return redirect("register-journal", muni=muni)
    kind, on = chosen(request, "kind", KINDS), day_in(request.GET.get("day", ""))
    actors = register.actors_of(muni)
    actor = chosen(request, "actor", actors)
    page = register.journal_page(muni, kind=kind, on=on, actor=actor, page=page_number(request))
    names = actor_names(actors)
    shown = context(
        muni,
        "journal",
        page=page,
        rows=[(one, words.act_kind(one.kind), who_acted(one.actor, names)) for one in page.rows],
        kinds=_kinds(),
        kind=kind,
        day_typed=on.isoformat() if on else "",
        actors=[(one, who_acted(one, names)) for one in actors],
        actor=actor,
    )
    return render(request, "office/register/journal.html", shown)


@for_register
@require_safe
def refused(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Attempts at acts that were refused, newest first."""
    kind, on = chosen(request, "kind", KINDS), day_in(request.GET.get("day", ""))
    page = register.refused_acts(worker(officer, muni), muni, kind=kind, on=on, page=page_number(request))
    names = actor_names(one.actor for one in page.rows)
    shown = context(
        muni,
        "refused",
        page=page,
        rows=[(one, words.act_kind(one.kind), who_acted(one.actor, names)) for one in page.rows],
        kinds=_kinds(),
        kind=kind,
        day_typed=on.isoformat() if on else "",
    )
    return render(request, "office/register/refused.html", shown)


@for_register
@require_safe
def act(request: HttpRequest, officer: Officer, muni: str, number: int) -> HttpResponse:
    """One act: when, by whom, by which article, whom it touches and what it changed of each."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    reader = asked.reader(officer)
    found = register.act_shown(reader, muni, number, page=page_number(request)) if number < 2**63 else None
    if found is None:
        return explain(request, nobody())
    people = register.residents_by_id(reader, muni, found.persons, on=officer.today)
    changed = {one.person: one for one in found.changes}
    shown = context(
        muni,
        "journal",
        asked,
        act=found,
        line=found.line,
        kind=words.act_kind(found.line.kind),
        takes_over=found.line.kind == terms.Kind.TAKE_OVER,
        who=who_acted(found.line.actor, actor_names([found.line.actor])),
        effective=words.partial(found.line.effective),
        days_late=int(found.line.facts.get("days_late") or 0),
        touched=[
            (
                one,
                words.changes(
                    terms.differences(changed[person].ceased, changed[person].entered),
                    muni=muni,
                    sex=one.sex,
                )
                if person in changed
                else (),
            )
            for person, one in people.items()
        ],
    )
    return render(request, "office/register/act.html", shown)


def _kinds() -> list[tuple[str, str]]:
    return [(kind, words.act_kind(kind)) for kind in KINDS]
