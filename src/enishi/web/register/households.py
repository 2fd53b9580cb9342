"""A household: who is in it on a day, who was, and who comes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import explain
from enishi.web.officer import Officer
from enishi.web.register import words
from enishi.web.register.asking import day_in, kept
from enishi.web.register.frame import ask_first, context, for_register, nobody


@for_register
@require_safe
def household(request: HttpRequest, officer: Officer, muni: str, household: int) -> HttpResponse:
    """A household of the municipality on a day (today)."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    on = day_in(request.GET.get("on", "")) or officer.today
    found = None
    if household < 2**63:
        found = register.household_on(asked.reader(officer), muni, household, on=on)
    if found is None:
        return explain(request, nobody())
    shown = context(
        muni,
        "person",
        asked,
        household=found,
        on=on,
        on_typed=on.isoformat(),
        wrong=bool(request.GET.get("on") and day_in(request.GET["on"]) is None),
        members=_rows(found.members),
        past=_rows(found.past),
        coming=_rows(found.coming),
    )
    return render(request, "office/register/household.html", shown)


def _rows(
    members: tuple[terms.HouseholdMember, ...],
) -> list[tuple[terms.HouseholdMember, str, str, str]]:
    return [
        (
            one,
            words.relation(one.relation, one.sex),
            words.partial(one.born),
            words.days(one.since, one.until),
        )
        for one in members
    ]
