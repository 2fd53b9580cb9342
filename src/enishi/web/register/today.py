"""Today's work: what waits for the register's office, section by section, each fed by a door of the register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from enishi.platform.services import Reader
from enishi.register import services as register
from enishi.register import terms
from enishi.web.officer import Officer, actor_names
from enishi.web.register import words
from enishi.web.register.asking import worker
from enishi.web.register.frame import context, for_register
from enishi.web.register.lists import country
from enishi.web.register.people import who_acted
from enishi.web.towns import place

SHOWN = 10
"""A section shows so many lines; the rest is said in a number."""

LOOKING_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a section. `persons`: whom it concerns; `head`, `url`: its words and where they lead, blank for none;
    `urgent`: a limit has passed.
    """

    head: str
    what: str
    url: str = ""
    persons: tuple[int, ...] = ()
    when: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page. `nothing`: what is said where nothing waits; `more`: that there are further lines, `url` to them."""

    key: str
    title: str
    nothing: str
    rows: tuple[Row, ...]
    more: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose work, and when."""

    reader: Reader
    muni: str
    officer: Officer


@for_register
@require_safe
def today(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The start page of the register's office."""
    desk = Desk(worker(officer, muni), muni, officer)
    sections = [build(desk) for build in SECTIONS]
    people = register.residents_by_id(
        desk.reader,
        muni,
        {person for section in sections for row in section.rows for person in row.persons},
        on=officer.today,
    )
    shown = context(
        muni,
        "today",
        day=officer.today,
        sections=[
            (section, [(row, [people[one] for one in row.persons if one in people]) for row in section.rows])
            for section in sections
        ],
        waiting=sum(len(section.rows) for section in sections if section.key not in ("refused", "done")),
    )
    return render(request, "office/register/today.html", shown)


def incoming(desk: Desk) -> Section:
    """Moves in whose certificate information has come: they wait to be entered."""
    return _moves(
        desk,
        register.incoming_moves,
        "incoming",
        _("Moves in to enter"),
        _("Here will be moves whose certificate information has come from the municipality that is left."),
    )


def under_way(desk: Desk) -> Section:
    """Moves that are open, on either side, and conflicts."""
    return _moves(
        desk,
        register.open_moves,
        "moves",
        _("Moves under way"),
        _("Here will be announced moves until both municipalities have closed them."),
    )


def departures(desk: Desk) -> Section:
    """Moves out whose day has passed without notice of arrival."""
    page = register.due_departures(desk.reader, desk.muni, desk.officer.today, size=SHOWN)
    rows = tuple(
        Row(
            head=_("Act %(number)s") % {"number": one.act},
            url=reverse("register-act", args=[desk.muni, one.act]),
            what=_("announced for %(place)s")
            % {"place": place(one.going_to).in_words if one.going_to else _("an unknown place")},
            persons=(one.person,),
            when=ngettext("left %(day)s, %(count)s day ago", "left %(day)s, %(count)s days ago", one.days)
            % {"day": words.both(one.left_on), "count": one.days},
            urgent=one.days > 14,
        )
        for one in page.rows
    )
    return Section(
        "departures",
        _("Departures without notice of arrival"),
        _("Here will be who moved out and of whom no municipality has told that they moved in."),
        rows,
        page.more,
    )


def stays(desk: Desk) -> Section:
    """Foreign residents whose period of stay ends, and who are without a status."""
    found: list[Row] = []
    more = False
    for listed in (register.due_stays, register.due_without_status):
        page = listed(desk.reader, desk.muni, desk.officer.today, size=SHOWN)
        more = more or page.more
        found += [
            Row(
                head=country(one.nationality),
                what=_("the period has ended: look for a notice of the immigration agency")
                if one.over
                else _("a notice of the immigration agency is to be expected"),
                persons=(one.person,),
                when=_("last day %(day)s") % {"day": words.both(one.last_day)},
                urgent=one.over,
            )
            for one in page.rows
        ]
    return Section(
        "stays",
        _("Periods of stay that end"),
        _(
            "Here will be foreign residents whose stay, or whose 60 days without a status, ends within a month."
        ),
        tuple(found),
        more,
    )


def measures(desk: Desk) -> Section:
    """Support measures to be decided, and to be renewed in their last month."""
    due = register.measures_due(desk.reader, desk.muni, desk.officer.today)
    rows = tuple(
        Row(
            head=_("to be decided") if one.why == "decide" else _("may be renewed"),
            url=reverse("register-measure", args=[desk.muni, one.measure]),
            what=_("filed on %(day)s") % {"day": words.both(one.filed_on)},
            persons=(one.applicant,),
            when=_("last day %(day)s") % {"day": words.both(one.until - timedelta(days=1))}
            if one.until
            else "",
        )
        for one in due[:SHOWN]
    )
    return Section(
        "measures",
        _("Support measures"),
        _("Here will be applications to decide, and measures in their last month."),
        rows,
        len(due) > SHOWN,
        reverse("register-measures", args=[desk.muni]),
    )


def duplicates(desk: Desk) -> Section:
    """Addressee numbers of which two may stand for one person."""
    found = register.addressee_duplicates(desk.reader, desk.muni, size=SHOWN + 1)
    merge = reverse("register-act-prepare", args=[desk.muni, terms.Kind.ADDRESSEES_MERGED.value])
    rows = tuple(
        Row(
            head=_("Addressees %(one)s and %(other)s") % {"one": one.number, "other": one.other},
            url=f"{merge}?addressee={one.number}&twin={one.other}",
            what=_("same reading and date of birth: perhaps one person"),
            persons=(one.person,) if one.person is not None else (),
        )
        for one in found[:SHOWN]
    )
    return Section(
        "duplicates",
        _("Possible duplicates"),
        _(
            "Here will be addressees with the reading and date of birth of another one, or of a person of the register."
        ),
        rows,
        len(found) > SHOWN,
        reverse("register-addressee-duplicates", args=[desk.muni]),
    )


def refused(desk: Desk) -> Section:
    """Attempts at acts that were refused within the last week."""
    since = timezone.make_aware(datetime.combine(desk.officer.today, time.min)) - LOOKING_BACK
    page = register.refused_acts(desk.reader, desk.muni, since=since, size=SHOWN)
    names = actor_names(one.actor for one in page.rows)
    rows = tuple(
        Row(
            head=words.act_kind(one.kind),
            what=one.reason,
            when=f"{timezone.localtime(one.at):%m-%d %H:%M} · {who_acted(one.actor, names)}",
        )
        for one in page.rows
    )
    return Section(
        "refused",
        _("Refused within a week"),
        _("Here will be attempts that the law or the record forbade, with the reason."),
        rows,
        page.total > len(rows),
        reverse("register-refused", args=[desk.muni]),
    )


def done(desk: Desk) -> Section:
    """Acts recorded today."""
    page = register.journal_page(desk.muni, on=desk.officer.today, size=SHOWN)
    names = actor_names(one.actor for one in page.rows)
    rows = tuple(
        Row(
            head=_("Act %(number)s") % {"number": one.number},
            url=reverse("register-act", args=[desk.muni, one.number]),
            what=words.act_kind(one.kind),
            when=f"{timezone.localtime(one.recorded_at):%H:%M} · {who_acted(one.actor, names)}",
        )
        for one in page.rows
    )
    return Section(
        "done",
        _("Acts recorded today"),
        _("Here will be each act of today as soon as it is recorded."),
        rows,
        page.total > len(rows),
        reverse("register-journal", args=[desk.muni]),
    )


SECTIONS: tuple[Callable[[Desk], Section], ...] = (
    incoming,
    under_way,
    departures,
    measures,
    stays,
    duplicates,
    refused,
    done,
)
"""The sections in order."""


def _moves(
    desk: Desk, listed: Callable[..., Sequence[terms.MoveView]], key: str, title: str, nothing: str
) -> Section:
    found = listed(desk.reader, desk.muni, on=desk.officer.today)
    rows = tuple(
        Row(
            head=_move_words(one),
            url=_move_url(desk.muni, one),
            what=one.conflict or _waits(one.reason),
            persons=tuple(one.persons),
            when=_("to be reported by %(day)s") % {"day": words.both(one.due)} if one.due else "",
            urgent=bool(one.late or one.conflict),
        )
        for one in found[:SHOWN]
    )
    return Section(key, title, nothing, rows, len(found) > SHOWN)


def _move_words(move: terms.MoveView) -> str:
    other = place(move.other).in_words
    if move.role == terms.Role.OLD:
        return _("to %(place)s") % {"place": other}
    return _("from %(place)s") % {"place": other}


def _move_url(muni: str, move: terms.MoveView) -> str:
    """The move's own page."""
    return reverse("register-move", kwargs={"muni": muni, "role": move.role, "move": move.move})


def _waits(reason: str) -> str:
    return {
        "waits_for_acceptance": _("waits for acceptance here"),
        "waits_for_paper": _("waits for the paper move-out certificate"),
        "waits_for_arrival": _("waits for the notice of arrival"),
        "waits_for_release": _("waits for the other municipality to give the information back"),
        "waits_for_decision": _("waits for a decision here"),
        "waits_for_certificate": _("waits for the certificate information"),
        "waits_for_proof": _("waits for proof of identity and existence"),
        "waits_for_entry": _("waits to be entered"),
        "waits_for_closing": _("waits for the other municipality to close"),
        "waits_for_answer": _("waits for the other municipality's answer"),
    }.get(reason, reason)
