"""One person's record as of a day and as known at a moment, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enishi.kernel.errors import EnishiError
from enishi.number import services as number
from enishi.platform.services import Reader
from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import explain
from enishi.web.listing import page_number
from enishi.web.officer import Officer, actor_names
from enishi.web.register import words
from enishi.web.register.asking import Asked, day_in, kept
from enishi.web.register.frame import ask_first, context, for_register, nobody
from enishi.web.register.lists import groups
from enishi.web.register.searching import SIZE, SORTS, question

LAST_OF_A_MINUTE = timedelta(seconds=59, microseconds=999_999)


@dataclass(frozen=True, slots=True)
class Said:
    """A group of items in words, with the days for which it holds and the act that entered it."""

    group: str
    heading: str
    lines: tuple[words.Line, ...]
    days: str
    act: int
    recorded_at: datetime
    superseded_at: datetime | None
    superseded_by: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """An act in a person's history: what it changed in the record."""

    line: terms.ActLine
    kind: str
    who: str
    changes: tuple[words.Change, ...]
    corrected_by: tuple[int, ...]


@for_register
@require_safe
def record(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    """What the register says of a person on a day (today), as known at a moment (now)."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    reader = asked.reader(officer)
    found = _found(reader, muni, person, officer)
    if found is None:
        return explain(request, nobody())
    on = day_in(request.GET.get("on", "")) or officer.today
    known = moment_in(request.GET.get("known", ""))
    wrong = bool(request.GET.get("on") and day_in(request.GET["on"]) is None) or bool(
        request.GET.get("known") and known is None
    )
    held = register.record_as_of(reader, muni, person, on=on, known_at=known)
    last_day = None
    if held is None or held.of("residence") is None:
        last_day, held = _last_known(reader, muni, person, on, known, held)
    said = said_of(held.entered, muni, found.sex) if held else ()
    living_with = None
    place_here = held.of("membership") if held else None
    if place_here is not None and known is None:
        living_with = register.household_on(
            reader, muni, int(place_here.items["household"]), on=last_day or on
        )
    shown = context(
        muni,
        "person",
        asked,
        person=person,
        found=found,
        on=on,
        on_typed=on.isoformat(),
        known=known,
        known_typed=timezone.localtime(known).replace(tzinfo=None).isoformat(timespec="seconds")
        if known
        else "",
        wrong=wrong,
        today=officer.today,
        said=[(heading, [one for one in said if one.group == group]) for group, heading in groups().items()],
        empty=not said,
        last_day=last_day,
        household=living_with,
        has_number=number.has_number(person),
        cases=_cases(reader, muni, found),
        **_list(request, officer, asked),
    )
    return render(request, "office/register/person.html", shown)


@for_register
@require_safe
def history(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    """Every act that touches a person, newest first, and everything that the record ever said."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    reader = asked.reader(officer)
    found = _found(reader, muni, person, officer)
    if found is None:
        return explain(request, nobody())
    entered = register.history_of_person(reader, muni, person)
    acts = register.acts_of_person(reader, muni, person)
    actors = actor_names(one.actor for one in acts)
    steps = [_step(one, acts, entered, muni, found.sex, actors) for one in reversed(acts)]
    shown = context(
        muni,
        "person",
        asked,
        person=person,
        found=found,
        steps=steps,
        today=officer.today,
        cases=_cases(reader, muni, found),
        said=list(reversed(said_of(entered, muni, found.sex))),
    )
    return render(request, "office/register/history.html", shown)


def _cases(reader: Reader, muni: str, found: terms.Found) -> list[str]:
    """The cases that protect a person now. Of nobody else any is looked up: the record of an other party says nothing of one, and
    costs what any other costs.
    """
    if not found.protected:
        return []
    cases = register.measures_of_person(reader, muni, found.person)
    return [
        one.measure for one in cases if one.closes and found.person in (one.case.applicant, *one.case.covered)
    ]


def said_of(entered: tuple[terms.Entered, ...], muni: str, sex: int) -> tuple[Said, ...]:
    """Groups of items in words."""
    return tuple(
        Said(
            group=one.group,
            heading=words.group_words(one.group, one.kind),
            lines=_since(one) + words.lines(one.group, one.kind, one.items, muni=muni, sex=sex),
            days=words.days(one.since, one.until) if one.since or one.until else "",
            act=one.act,
            recorded_at=one.recorded_at,
            superseded_at=one.superseded_at,
            superseded_by=one.superseded_by,
        )
        for one in entered
    )


def _since(one: terms.Entered) -> tuple[words.Line, ...]:
    """The day of becoming a resident, which is the first day of a residence."""
    if one.group != "residence":
        return ()
    return (words.Line(_("Here since"), words.both(one.since) if one.since else _("long before")),)


def moment_in(text: str) -> datetime | None:
    """A moment of a URL as HTML writes it (`2026-11-23T14:23`, with or without seconds), in Japan's time; None for anything else.

    A minute or a day alone is taken to its end: what was recorded within it was known by then.
    """
    try:
        if len(text) == 10:
            naive = datetime.combine(date.fromisoformat(text), time.max)
        else:
            naive = datetime.fromisoformat(text)
            if len(text) == 16:
                naive += LAST_OF_A_MINUTE
        return naive if naive.tzinfo else timezone.make_aware(naive)
    except (ValueError, OverflowError):
        return None


def who_acted(actor: str, names: dict[str, str]) -> str:
    """An actor in words: an officer's name, else the actor as the journal has it."""
    return names.get(actor, actor)


def _found(reader: Reader, muni: str, person: int, officer: Officer) -> terms.Found | None:
    """Who this is; None for nobody, and for a person of whom this municipality has no record."""
    if not 0 < person < 2**63:
        return None
    return register.residents_by_id(reader, muni, [person], on=officer.today).get(person)


def _last_known(
    reader: Reader, muni: str, person: int, on: date, known: datetime | None, held: terms.Record | None
) -> tuple[date | None, terms.Record | None]:
    """Of somebody who is no resident on the day: the last day before it on which they were, and the record of that day."""
    ended = [
        one.until
        for one in register.history_of_person(reader, muni, person)
        if one.group == "residence"
        and one.until is not None
        and one.until <= on
        and (known is None or one.recorded_at <= known)
        and (one.superseded_at is None or (known is not None and one.superseded_at > known))
    ]
    if not ended:
        return None, held
    last = max(ended) - timedelta(days=1)
    return last, register.record_as_of(reader, muni, person, on=last, known_at=known)


def _step(
    line: terms.ActLine,
    acts: tuple[terms.ActLine, ...],
    entered: tuple[terms.Entered, ...],
    muni: str,
    sex: int,
    actors: dict[str, str],
) -> Step:
    changed = terms.differences(
        [one for one in entered if one.superseded_by == line.number],
        [one for one in entered if one.act == line.number],
    )
    return Step(
        line=line,
        kind=words.act_kind(line.kind),
        who=who_acted(line.actor, actors),
        changes=words.changes(changed, muni=muni, sex=sex),
        corrected_by=tuple(one.number for one in acts if one.corrects == line.number),
    )


def _list(request: HttpRequest, officer: Officer, asked: Asked) -> dict[str, object]:
    """The list beside the record: the page of the search from which one came, if one came from one."""
    sort = request.GET.get("sort", "reading")
    sort = sort if sort.removeprefix("-") in SORTS else "reading"
    none: dict[str, object] = {"hits": None, "state": ""}
    if "list" not in request.GET or question(asked.typed).empty:
        return none
    try:
        hits = register.find_residents(
            asked.reader(officer),
            asked.muni,
            question(asked.typed),
            on=officer.today,
            sort=sort,
            page=page_number(request, "list"),
            size=SIZE,
        )
    except EnishiError:
        return none
    return {"hits": hits, "state": f"list={hits.page}&sort={sort}"}
