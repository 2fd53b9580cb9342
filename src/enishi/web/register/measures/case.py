"""One case: whom it protects against whom, how it stands, what can be done, its acts; and the notice of the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enishi.register import services as register
from enishi.register.terms import MeasureFile, MeasureState
from enishi.web.officer import Officer, actor_names
from enishi.web.register.frame import context, nobody
from enishi.web.register.measures import words
from enishi.web.register.measures.ground import called, for_measures, ground
from enishi.web.towns import place
from enishi.web.wording import japanese

TO_DECIDE = frozenset({MeasureState.PROVISIONAL, MeasureState.AWAITING})
STANDS = TO_DECIDE | {MeasureState.ENDING, MeasureState.IN_FORCE}
DECIDED = ("grant", "reject", "renew", "end")
"""Acts of which the applicant is told by a notice."""


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act on a case in words."""

    what: str
    at: datetime
    who: str
    reason: str


@for_measures
@require_safe
def case(request: HttpRequest, officer: Officer, muni: str, measure: str) -> HttpResponse:
    """One case of the own file."""
    found = file_of(officer, muni, measure)
    return render(request, "office/register/measures/case.html", about(officer, muni, found))


@for_measures
@require_safe
def notice(request: HttpRequest, officer: Officer, muni: str, measure: str) -> HttpResponse:
    """The notice (通知) of the latest decision to the applicant, to print. Nothing in it says where anybody lives."""
    found = file_of(officer, muni, measure)
    decided = [one for one in found.acts if one[0] in DECIDED]
    if not decided or found.served_by != muni:
        raise nobody()
    act, at, _actor, reason = decided[-1]
    here = about(officer, muni, found) | {
        "told": act,
        "honorific": "様" if japanese() else "",
        "told_at": at,
        "told_on": timezone.localdate(at),
        "told_why": words.plain_reason(reason),
        "withdrawn": act == "end" and found.decided_at is None,
    }
    return render(request, "office/register/measures/notice.html", here)


def file_of(officer: Officer, muni: str, measure: str) -> MeasureFile:
    """A case of the own file. Raises BadInput (404) for any other, and for none: alike."""
    found = register.measure_file(ground(officer, muni), muni, measure) if len(measure) <= 64 else None
    if found is None:
        raise nobody()
    return found


def about(officer: Officer, muni: str, found: MeasureFile, **more: Any) -> dict[str, Any]:
    """What every page of one case shows."""
    filed = found.case
    everybody = (filed.applicant, *filed.covered, *filed.other_parties)
    people = called(officer, muni, everybody)
    own = found.served_by == muni
    stands = found.state in STANDS
    reach = register.reach_of(ground(officer, muni), muni, everybody) if own else None
    actors = actor_names(actor for _act, _at, actor, _why in found.acts)
    return context(
        muni,
        "measures",
        file=found,
        case=filed,
        applicant=people[filed.applicant],
        covered=[people[one] for one in filed.covered],
        others=[people[one] for one in filed.other_parties],
        harm=words.HARMS[filed.harm],
        opinion=filed.opinion,
        agency=words.AGENCIES[filed.opinion.agency] if filed.opinion else "",
        state=words.STATES[found.state],
        badge=words.BADGES.get(found.state, ("", "")),
        honorific="",
        last_day=last_day(found.until),
        own=own,
        server=place(found.served_by),
        reached=[place(one) for one in reach.munis] if reach else [],
        stands=stands,
        may={
            "decide": own and found.state in TO_DECIDE,
            "renew": own and found.state is MeasureState.ENDING,
            "change": own and stands,
            "end": own and stands,
            "anew": own and not stands,
            "notice": own and any(act in DECIDED for act, *_rest in found.acts),
        },
        undecided=found.state is MeasureState.PROVISIONAL,
        acts=[
            ActLine(words.words(words.ACTS, act), at, _who(actor, actors), words.reason(reason))
            for act, at, actor, reason in reversed(found.acts)
        ],
        today=officer.today,
        **more,
    )


def last_day(until: date | None) -> date | None:
    """The last day on which a measure closes."""
    return until - timedelta(days=1) if until else None


def _who(actor: str, names: dict[str, str]) -> str:
    """Who acted, in words."""
    if actor in names:
        return names[actor]
    kind, _colon, code = actor.partition(":")
    if kind == "municipality":
        return place(code).in_words
    return _("taken over by machine") if actor == "register load" else actor
