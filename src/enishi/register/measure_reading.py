"""What desks read of support measures (支援措置): a municipality's own file, what waits, one case, where mail goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from enishi.platform.services import (
    Reader,
    database_of,
    not_disclosed,
    read_as,
    read_many_as,
    record_reads,
    record_refusal,
)
from enishi.register.gate import as_rule, permitted
from enishi.register.measure_words import (
    Case,
    Delivery,
    Due,
    DueMeasure,
    Mail,
    MeasureFile,
    MeasureLine,
    MeasurePage,
    MeasureState,
    Reach,
    opinion_of,
)
from enishi.register.measures import applicant_of, protected_of
from enishi.register.models import MeasureCopy, MeasurePerson, Residence, SupportMeasure
from enishi.register.rules.disclosure import closes, first_renewable_day
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.vocabulary import Harm, Part

ITEM = ("support_measure",)
COPIES = "copies"
"""The filter of the list that is no state: cases that other municipalities serve."""
OPEN = (MeasureState.PROVISIONAL, MeasureState.AWAITING, MeasureState.ENDING, MeasureState.IN_FORCE)
OVER = (MeasureState.REFUSED, MeasureState.EXPIRED, MeasureState.ENDED)
URGENCY = {state: place for place, state in enumerate((*OPEN, *OVER))}


def measures_due(reader: Reader, muni: str, today: date) -> list[DueMeasure]:
    """What waits for a municipality today: to be decided, then to be renewed, by term. Everybody in it is recorded as read."""
    _here(reader, muni)

    def fetch() -> list[DueMeasure]:
        alias = database_of(muni)
        rows = SupportMeasure.objects.using(alias).closing(today).filter(muni=muni, served_by=muni)
        waiting = {row.measure: row for row in rows if _why(row, today) is not None}
        applicants = MeasurePerson.objects.using(alias).filter(
            muni=muni, measure__in=waiting, part=Part.APPLICANT.value
        )
        found = [
            DueMeasure(
                one.measure,
                one.person,
                why,
                timezone.localdate(waiting[one.measure].filed_at),
                waiting[one.measure].until,
            )
            for one in applicants
            if (why := _why(waiting[one.measure], today)) is not None
        ]
        return sorted(found, key=lambda due: (due.why, due.until or due.filed_on, due.measure))

    return list(read_many_as(_of_measures(reader), ITEM, fetch, lambda due: due.applicant))


def measures_on_file(
    reader: Reader, muni: str, today: date, *, wanted: str = "", page: int = 1, size: int = 50
) -> MeasurePage:
    """A municipality's own file of measures, what presses first. `wanted`: a state, `ended` for all that are over, `copies` for
    the cases that others serve; blank for those of its own that stand. The applicants of the page are recorded as read.
    """
    _here(reader, muni)
    lines = _lines(muni, today)
    filters: dict[str, list[MeasureLine]] = {
        "": [one for one in lines if not one.copy and one.state in OPEN],
        **{state.value: [one for one in lines if not one.copy and one.state is state] for state in OPEN},
        MeasureState.ENDED.value: [one for one in lines if not one.copy and one.state in OVER],
        COPIES: [one for one in lines if one.copy],
    }
    chosen = filters.get(wanted, filters[""])
    pages = max(1, -(-len(chosen) // size))
    number = min(max(1, page), pages)
    shown = read_many_as(
        _of_measures(reader),
        ITEM,
        lambda: chosen[(number - 1) * size : number * size],
        lambda one: one.applicant,
    )
    counts = {name: len(found) for name, found in filters.items()}
    return MeasurePage(tuple(shown), number, pages, len(chosen), size, counts)


def measure_file(reader: Reader, muni: str, measure: str) -> MeasureFile | None:
    """One case as a municipality's own file has it; None for one that it does not have, and where the reader may not be told.
    Recorded either way.
    """
    _here(reader, muni)
    applicant = (
        MeasurePerson.objects.using(database_of(muni))
        .filter(muni=muni, measure=measure, part=Part.APPLICANT.value)
        .values_list("person", flat=True)
        .first()
    )
    if applicant is None:
        record_refusal(_of_measures(reader), ITEM, None)
        return None
    return read_as(_of_measures(reader), ITEM, applicant, lambda: _file(muni, measure))


def measures_of_person(reader: Reader, muni: str, person: int) -> list[MeasureFile]:
    """A municipality's own files of the cases in which a person is protected or the other party; empty for none. Recorded."""
    _here(reader, muni)

    def fetch() -> list[MeasureFile] | None:
        alias = database_of(muni)
        mine = MeasurePerson.objects.using(alias).filter(muni=muni, person=person)
        return [_file(muni, measure) for measure in sorted(mine.values_list("measure", flat=True))] or None

    return read_as(_of_measures(reader), ITEM, person, fetch) or []


def reach_of(reader: Reader, muni: str, persons: Collection[int]) -> Reach:
    """Which other municipalities a case of these persons reaches, as the own record of those says of whom the reader may be told.

    Machines know more traces than an officer may: where a person under another municipality's measure has gone is not found out
    by naming them in a case. Those of whom something is told are recorded as read.
    """
    _here(reader, muni)
    ground = _of_measures(reader)
    open_ = permitted(ground, ("residence",), persons, timezone.now())
    if open_:
        record_reads(ground, ("residence",), sorted(open_))
    named: set[str] = set()
    rows = Residence.objects.using(database_of(muni)).filter(muni=muni, person__in=open_)
    for places in rows.values_list("came_from", "going_to", "went_to"):
        named |= {place["muni"] for place in places if place and place.get("muni")}
    return Reach(tuple(sorted(named - {muni})), open_ >= set(persons))


def delivery_of(muni: str, person: int, on: date) -> Delivery:
    """Where a municipality sends mail to a person on a day. Under measures: to the delivery address, where this is the
    municipality that serves them and every measure names the same one; else it is held.
    """
    alias = database_of(muni)
    rows = (
        SupportMeasure.objects.using(alias)
        .current()
        .filter(
            measure__in=MeasurePerson.objects.using(alias)
            .filter(muni=muni, person=person)
            .exclude(part=Part.OTHER_PARTY.value)
            .values("measure"),
            muni=muni,
        )
    )
    zone = timezone.get_default_timezone()
    borders = [datetime.combine(on, edge, zone) for edge in (time.min, time.max)]
    closing = [row for row in rows if any(closes(as_rule(row, {}), at) for at in borders)]
    if not closing:
        return Delivery(Mail.ORDINARY)
    first = closing[0].delivery
    if all(row.served_by == muni and row.delivery and row.delivery == first for row in closing):
        return Delivery(Mail.DELIVERY_ADDRESS, first)
    return Delivery(Mail.HELD)


def state_of(row: SupportMeasure, today: date) -> MeasureState:
    """How a measure stands on a day."""
    if row.ended_at is not None:
        return MeasureState.ENDED
    if row.awaiting:
        return MeasureState.AWAITING
    if row.decided_at is None:
        return MeasureState.PROVISIONAL
    if row.granted is False:
        return MeasureState.REFUSED
    if row.until is not None and row.until <= today:
        return MeasureState.EXPIRED
    if row.until is not None and first_renewable_day(row.until) <= today:
        return MeasureState.ENDING
    return MeasureState.IN_FORCE


def _lines(muni: str, today: date) -> list[MeasureLine]:
    alias = database_of(muni)
    applicants: dict[str, int] = {}
    covered: Counter[str] = Counter()
    people = MeasurePerson.objects.using(alias).filter(muni=muni).exclude(part=Part.OTHER_PARTY.value)
    for measure, person, part in people.values_list("measure", "person", "part"):
        if part == Part.APPLICANT.value:
            applicants[measure] = person
        else:
            covered[measure] += 1
    lines = [
        MeasureLine(
            row.measure,
            applicants[row.measure],
            covered[row.measure],
            state_of(row, today),
            timezone.localdate(row.filed_at),
            row.until,
            row.served_by,
            row.served_by != muni,
        )
        for row in SupportMeasure.objects.using(alias).current().filter(muni=muni)
    ]
    return sorted(lines, key=_pressing)


def _pressing(line: MeasureLine) -> tuple[int, date, str]:
    """What presses first: the state; then by term, or by the day of filing; what is over, the latest filed first."""
    day = line.until or line.filed_on
    if line.state in OVER:
        day = date.max - (line.filed_on - date.min)
    return (URGENCY[line.state], day, line.measure)


def _why(row: SupportMeasure, today: date) -> Due | None:
    state = state_of(row, today)
    if state in (MeasureState.PROVISIONAL, MeasureState.AWAITING):
        return Due.DECIDE
    return Due.RENEW if state is MeasureState.ENDING else None


def _of_measures(reader: Reader) -> Reader:
    return replace(reader, use=Purpose.SUPPORT_MEASURES.value)


def _here(reader: Reader, muni: str) -> None:
    if reader.muni != muni:
        record_refusal(reader, ITEM, None)
        raise not_disclosed()


def _file(muni: str, measure: str) -> MeasureFile:
    alias = database_of(muni)
    rows: Sequence[Any] = list(
        SupportMeasure.objects.using(alias).filter(muni=muni, measure=measure).order_by("version")
    )
    parts = dict(
        MeasurePerson.objects.using(alias).filter(muni=muni, measure=measure).values_list("person", "part")
    )
    told = MeasureCopy.objects.using(alias).filter(muni=muni, measure=measure)
    last = rows[-1]
    others = tuple(sorted(set(parts) - set(protected_of(parts))))
    applicant = applicant_of(parts)
    now = timezone.now()
    return MeasureFile(
        measure=measure,
        case=Case(
            applicant=applicant,
            harm=Harm(last.harm or Harm.SIMILAR),
            covered=tuple(sorted(set(protected_of(parts)) - {applicant})),
            other_parties=others,
            other_unnamed=last.other_unnamed,
            other_named=last.other_named,
            delivery=last.delivery,
            opinion=opinion_of(last.opinion),
        ),
        state=state_of(last, timezone.localdate(now)),
        served_by=last.served_by,
        filed_at=last.filed_at,
        decided_at=last.decided_at,
        granted=last.granted,
        until=last.until,
        renewable_from=None if last.until is None else first_renewable_day(last.until),
        ended_at=last.ended_at,
        awaiting=last.awaiting,
        closes=closes(as_rule(last, parts), now),
        copies=told.count() if last.served_by == muni else 0,
        acts=tuple((row.act, row.recorded_at, row.actor, row.reason) for row in rows),
    )
