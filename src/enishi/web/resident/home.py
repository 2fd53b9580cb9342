"""A resident's home, own record, and who asked about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from enishi.platform.services import ReadLine, reads_of, record_reads
from enishi.register import services as register
from enishi.web.listing import page_number, paged
from enishi.web.register.asking import MEASURES
from enishi.web.resident import draft as drafts
from enishi.web.resident import progress
from enishi.web.resident.certificates import fetchable
from enishi.web.resident.guard import for_resident
from enishi.web.resident.who import Relative, Resident, household_of, own_summary
from enishi.web.resident.words import article_words, purpose_words, who_words
from enishi.web.towns import place

LATEST = 2000
PURPOSE = "looks at own record"
MEASURE = "support_measure"


@dataclass(frozen=True)
class Look:
    """One look at the resident's data, in plain words."""

    at: datetime
    who: str
    why: str
    article: str
    items: tuple[str, ...]
    answer: str


@for_resident
def home(request: HttpRequest, resident: Resident) -> HttpResponse:
    """What waits for me, what is under way, what I receive, my household, my data, who asked."""
    own = own_summary(resident, PURPOSE)
    moves = progress.own_moves(resident)
    open_ones = [one for one in moves if one.under_way]
    looks = _by_others(_reads(resident), resident)
    asked_for = register.own_requests(resident.reader(PURPOSE), resident.person)
    return render(
        request,
        "resident/home.html",
        {
            "audience": "resident",
            "me": resident,
            "own": own,
            "family": household_of(resident, PURPOSE),
            "waiting": [(one, progress.to_do(one)) for one in open_ones if progress.to_do(one)],
            "moves": open_ones,
            "finished": len(moves) - len(open_ones),
            "draft": drafts.kept(request, resident.person),
            "ready": sum(fetchable(one, resident.today) for one in asked_for),
            "at_office": sum(one.state in ("waiting", "confirmed") for one in asked_for),
            "looks": len(looks),
            "last": looks[0].at if looks else None,
            "here": place(own.stay.muni) if own else None,
            "resident_now": own is not None and own.stay.covers(resident.today),
        },
    )


@for_resident
def record(request: HttpRequest, resident: Resident) -> HttpResponse:
    """One's own record, in plain words."""
    own = own_summary(resident, PURPOSE)
    entry = None
    if own is not None:
        entry = register.record_as_of(
            resident.reader(PURPOSE), own.stay.muni, resident.person, on=resident.today
        )
    domicile = entry.of("domicile") if entry else None
    status = entry.of("foreign_status") if entry else None
    return render(
        request,
        "resident/record.html",
        {
            "audience": "resident",
            "own": own,
            "here": place(own.stay.muni) if own else None,
            "domicile": domicile.items if domicile else None,
            "status": status.items if status else None,
            "listed": [one.kind for one in entry.entered if one.group == "status_item"] if entry else [],
            "family": household_of(resident, PURPOSE),
        },
    )


@for_resident
def asked(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Who asked about me: every look by anybody else; one's own looks only counted."""
    lines = _reads(resident)
    record_reads(resident.reader("looks at who asked"), ("read_record",), [resident.person])
    others = _by_others(lines, resident)
    page = paged(others, page_number(request), 20)
    family = household_of(resident, PURPOSE)
    return render(
        request,
        "resident/asked.html",
        {
            "audience": "resident",
            "page": page,
            "looks": [_look(line, family) for line in page.rows],
            "mine": len(lines) - len(others),
            "offices": _offices(others),
            "most": LATEST,
        },
    )


def _reads(resident: Resident) -> list[ReadLine]:
    """The latest reads, but for those made for support measures: that a case names somebody, and which office serves it, would
    tell the other party that there is one and where it is kept. Left out for everybody alike; the auditor sees them.
    """
    return [
        line
        for line in reads_of(resident.person, LATEST)
        if line.purpose.partition(":")[0] != MEASURES and MEASURE not in line.items
    ]


def _by_others(lines: Sequence[ReadLine], resident: Resident) -> list[ReadLine]:
    actor = f"resident:{resident.person}"
    return [line for line in lines if line.actor != actor]


def _look(line: ReadLine, family: Sequence[Relative]) -> Look:
    return Look(
        line.at,
        who_words(line, family),
        purpose_words(line.purpose),
        article_words(line.article),
        line.items,
        line.answer,
    )


def _offices(lines: Sequence[ReadLine]) -> list[tuple[str, int]]:
    """How often each office looked, most often first."""
    counted = Counter(line.muni for line in lines)
    return [
        (place(muni).in_words if muni else _("the State and other bodies"), number)
        for muni, number in counted.most_common()
    ]
