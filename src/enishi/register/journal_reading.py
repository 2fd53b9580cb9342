"""The journal of a municipality as its officers look through it: acts by page, one act with what it changed, refused attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Count, Model, QuerySet

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import (
    Reader,
    database_of,
    read_as,
    read_many_as,
    record_list,
    record_refusal,
)
from enishi.register import records
from enishi.register.acts.performing import touched_by
from enishi.register.filing import Changes, changes_among
from enishi.register.models import Act, ActPerson, RefusedAct
from enishi.register.records import ActLine
from enishi.register.rules.areas import OF_AREAS

ITEMS = ("acts", *records.GROUPS)

L = TypeVar("L")
M = TypeVar("M", bound=Model)
REFUSED = ("refused_acts",)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An act as the list shows it: nothing personal. `persons`: how many it touches; `corrects`: the act that it corrects."""

    number: int
    kind: str
    article: str
    effective: PartialDate
    reported_on: date | None
    recorded_at: datetime
    actor: str
    persons: int
    corrects: int | None
    days_late: int


@dataclass(frozen=True, slots=True)
class JournalPage(Generic[L]):
    """A page of the journal or of the refused attempts, newest first, from page 1."""

    rows: tuple[L, ...]
    number: int
    pages: int
    total: int
    size: int


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """An act that was asked for and refused. `where`, `reason`: as whoever asked was told; they may name a person."""

    kind: str
    at: datetime
    actor: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ActShown:
    """An act of the journal, whom it touches, what it changed of each, and the acts that correct it or take it back.

    `hash`, `previous_hash`: its place in the chain (`chain.hash_of`). Of an act on a whole area `persons` and `changes` are one
    page, `number` of `pages`; `total`: how many it touches.
    """

    line: ActLine
    persons: tuple[int, ...]
    changes: tuple[Changes, ...]
    corrected_by: tuple[int, ...]
    number: int
    pages: int
    total: int
    hash: str
    previous_hash: str


def journal_page(
    muni: str, *, kind: str = "", on: date | None = None, actor: str = "", page: int = 1, size: int = 50
) -> JournalPage[JournalLine]:
    """Acts of a municipality, newest first; of a kind, recorded on a day, by an actor where these are given. Nothing
    personal, so no read record.
    """
    rows = Act.objects.filter(muni=muni).order_by("-number")
    if kind:
        rows = rows.filter(kind=kind)
    if on is not None:
        rows = rows.filter(recorded_at__date=on)
    if actor:
        rows = rows.filter(actor=actor)
    number, pages, total, cut = _cut(rows, page, size)
    acts = list(cut)
    touched = dict(
        ActPerson.objects.filter(muni=muni, act__in=[act.number for act in acts])
        .values_list("act")
        .annotate(persons=Count("id"))
    )
    lines = tuple(
        JournalLine(
            act.number,
            act.kind,
            act.article,
            PartialDate(act.effective, act.effective_latest, act.effective_wording),
            act.reported_on,
            act.recorded_at,
            act.actor,
            touched.get(act.number, 0),
            act.corrects,
            int(act.facts.get("days_late") or 0),
        )
        for act in acts
    )
    return JournalPage(lines, number, pages, total, size)


def refused_acts(
    reader: Reader,
    muni: str,
    *,
    kind: str = "",
    on: date | None = None,
    since: datetime | None = None,
    page: int = 1,
    size: int = 50,
) -> JournalPage[RefusedLine]:
    """Acts that were asked for and refused, newest first; of a kind, on a day, from a moment on where these are given.

    What was said of them may name a person, so the list is recorded as read, without a subject. Raises Refused (and records
    it) where the reader is an officer of another municipality.
    """
    if reader.muni and reader.muni != muni:
        record_refusal(reader, REFUSED, None)
        raise Refused(
            "an officer of a municipality sees what was refused there only",
            where=f"municipality {muni}",
            todo=f"ask for {reader.muni}",
        )
    rows = RefusedAct.objects.using(database_of(muni)).filter(muni=muni).order_by("-at", "-id")
    if kind:
        rows = rows.filter(kind=kind)
    if on is not None:
        rows = rows.filter(at__date=on)
    if since is not None:
        rows = rows.filter(at__gte=since)
    number, pages, total, cut = _cut(rows, page, size)
    lines = tuple(RefusedLine(one.kind, one.at, one.actor, one.where, one.reason) for one in cut)
    record_list(reader, REFUSED)
    return JournalPage(lines, number, pages, total, size)


def actors_of(muni: str) -> tuple[str, ...]:
    """Everybody who has performed an act in a municipality (`officer:12`), in order."""
    rows = Act.objects.filter(muni=muni).order_by("actor").values_list("actor", flat=True).distinct()
    return tuple(rows)


def act_shown(reader: Reader, muni: str, number: int, *, page: int = 1, size: int = 50) -> ActShown | None:
    """An act of the journal with what it changed; None where there is none, and where the reader is an officer of another
    municipality or may not be told of somebody whom it touches. Recorded for everybody whom it touches.

    An act on a whole area (`rules.areas.OF_AREAS`) is shown page by page, recorded for those on the page, and without those of
    whom the reader may not be told: that a whole town is touched says nothing of them.
    """
    if reader.muni and reader.muni != muni:
        return None
    act = Act.objects.filter(muni=muni, number=number).first()
    if act is None:
        return None
    touched = touched_by(act)
    pages, persons = 1, touched
    if act.kind in OF_AREAS:
        pages = max(1, -(-len(touched) // size))
        page = min(max(1, page), pages)
        on_page = touched[(page - 1) * size : page * size]
        persons = list(read_many_as(reader, ITEMS, lambda: on_page, lambda one: one))
    else:
        told = [read_as(reader, ITEMS, person, lambda: act) is not None for person in touched]
        if not all(told):
            return None
    corrected = Act.objects.filter(muni=muni, corrects=number).order_by("number")
    return ActShown(
        line=records.line_of(act),
        persons=tuple(persons),
        changes=changes_among(muni, number, persons),
        corrected_by=tuple(corrected.values_list("number", flat=True)),
        number=page if pages > 1 else 1,
        pages=pages,
        total=len(touched),
        hash=act.hash,
        previous_hash=act.previous_hash,
    )


def _cut(rows: QuerySet[M], page: int, size: int) -> tuple[int, int, int, QuerySet[M]]:
    total = rows.count()
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    return page, pages, total, rows[(page - 1) * size : page * size]
