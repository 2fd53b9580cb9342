"""The acts on support measures (支援措置), from filing to end, and what desks ask of them.

Law: Basic Resident Register Act arts 11-2, 12 to 12-4; its handling notice (住民基本台帳事務処理要領), part 5-10. An act is one
transaction of one municipality, recorded once under its key; every other municipality with a trace of the case is told by message
(`measure_messages`). Only the municipality that serves the person acts; where they fled to, that is not the one of their record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import (
    Reader,
    database_of,
    not_disclosed,
    read_as,
    read_many_as,
    record_refusal,
    shards,
    within,
)
from enishi.register import journal
from enishi.register.gate import as_rule, traces_of
from enishi.register.measure_messages import spread
from enishi.register.measures import (
    By,
    act_on,
    add,
    add_parts,
    another,
    applicant_of,
    done,
    parts_of,
    protected_of,
    standing,
)
from enishi.register.models import MeasurePerson, SupportMeasure
from enishi.register.rules.disclosure import closes, first_open_day, first_renewable_day, renewed_until
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.vocabulary import Harm, MeasureAct, Part

ITEM = ("support_measure",)


@dataclass(frozen=True, slots=True)
class Case:
    """What is filed (支援措置申出書). `covered`: members of the family who are to be protected too, such as children;
    `other_parties`: persons whom the register knows; `other_unnamed`: the other party, or one of them, is not among those;
    `delivery`: where mail is to go (`postcode`, `address`, `to`), None: it is held for collection.
    """

    applicant: int
    harm: Harm
    covered: tuple[int, ...] = ()
    other_parties: tuple[int, ...] = ()
    other_unnamed: bool = False
    delivery: dict[str, str] | None = None


class Due(StrEnum):
    """Why a measure is among today's work."""

    DECIDE = "decide"
    """Filed, or come with a move or from an earlier system: it closes until the municipality decides."""
    RENEW = "renew"
    """In its last month."""


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """A measure that waits for its municipality. `until`: the first day on which it no longer closes, None undecided."""

    measure: str
    applicant: int
    why: Due
    filed_on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """A measure as a municipality's own file has it: the case, how it stands, and its acts (act, moment, actor, reason)."""

    measure: str
    case: Case
    served_by: str
    filed_at: datetime
    decided_at: datetime | None
    granted: bool | None
    until: date | None
    renewable_from: date | None
    ended_at: datetime | None
    awaiting: bool
    closes: bool
    acts: tuple[tuple[str, datetime, str, str], ...]


class Mail(StrEnum):
    """Where mail to a person goes."""

    ORDINARY = "ordinary"
    DELIVERY_ADDRESS = "delivery_address"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where mail goes; `address` only for a delivery address (送付先)."""

    mail: Mail
    address: dict[str, str] | None = None


def file_measure(by: By, case: Case) -> str:
    """Files a case: it closes provisionally from this moment, here and, by message, wherever there is a trace of it. Gives the
    measure's name; the same filing again gives the same.

    Raises BadInput for a case that says nothing of the other party, or has one person in two parts; Refused where no
    municipality has a record of one of them, or the key stands for another act.
    """
    parts = _parts(case)
    said = {
        "harm": Harm(case.harm).value,
        "served_by": by.muni,
        "other_unnamed": case.other_unnamed,
        "delivery": case.delivery,
        "hold_mail": case.delivery is None,
    }
    known = traces_of(parts, "", shards())
    for person in parts:
        if person not in known:
            raise Refused(
                f"no municipality has a record of person {person}",
                where="support measure",
                todo="search the person again; name an other party without record as unnamed",
            )
    with within(by.muni):
        if (earlier := done(by, MeasureAct.FILE)) is not None:
            same = {name: getattr(earlier, name) for name in said} == said
            if not same or parts_of(by.muni, earlier.measure) != parts:
                raise another(earlier)
            return earlier.measure
        measure = f"{by.muni}-{journal.next_of(by.muni, 'measure')}"
        add_parts(by.muni, measure, parts)
        spread(add(measure, 1, MeasureAct.FILE, by, said | {"filed_at": by.now}), by.now)
    return measure


def decide_measure(by: By, measure: str, *, grant: bool) -> None:
    """The municipality decides: granted, it closes for a year; rejected, it opens from this moment.

    Raises Refused where it is decided already, has ended, or is another municipality's to decide.
    """
    act = MeasureAct.GRANT if grant else MeasureAct.REJECT
    with within(by.muni):
        if done(by, act, measure) is not None:
            return
        row = _own(by, measure)
        if row.decided_at is not None and not row.awaiting:
            raise _refused(row, "it is decided already", "renew it in its last month, or end it")
        until = first_open_day(timezone.localdate(by.now)) if grant else None
        decided = {"decided_at": by.now, "granted": grant, "until": until, "awaiting": False}
        spread(act_on(row, act, by, **decided), by.now)


def renew_measure(by: By, measure: str) -> None:
    """Another year follows the present one. Raises Refused before the last month and after the end: then a case is filed anew."""
    with within(by.muni):
        if done(by, MeasureAct.RENEW, measure) is not None:
            return
        row = _own(by, measure)
        today = timezone.localdate(by.now)
        if row.until is None or row.awaiting:
            raise _refused(row, "it is not granted for a term", "decide on it first")
        if today >= row.until:
            raise _refused(row, f"it ended on {row.until - timedelta(days=1)}", "take a new filing")
        if today < (first := first_renewable_day(row.until)):
            raise _refused(row, f"it can be renewed from {first} on", "renew it in its last month")
        spread(act_on(row, MeasureAct.RENEW, by, until=renewed_until(row.until)), by.now)


def end_measure(by: By, measure: str) -> None:
    """Ends a measure at the person's wish, or because its ground is gone: it opens from this moment. The reason is needed."""
    if not by.reason.strip():
        raise BadInput(
            "a support measure is not ended without a reason",
            where="reason",
            todo="write who asked for it and why",
        )
    with within(by.muni):
        if done(by, MeasureAct.END, measure) is None:
            row = _own(by, measure)
            ended = max(by.now, row.filed_at)
            spread(act_on(row, MeasureAct.END, by, ended_at=ended, awaiting=False), by.now)


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


def measures_of_person(reader: Reader, muni: str, person: int) -> list[MeasureFile]:
    """A municipality's own files of the cases in which a person is protected or the other party; empty for none. Recorded."""
    _here(reader, muni)

    def fetch() -> list[MeasureFile] | None:
        alias = database_of(muni)
        mine = MeasurePerson.objects.using(alias).filter(muni=muni, person=person)
        return [_file(muni, measure) for measure in sorted(mine.values_list("measure", flat=True))] or None

    return read_as(_of_measures(reader), ITEM, person, fetch) or []


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


def _parts(case: Case) -> dict[int, str]:
    named = [
        (case.applicant, Part.APPLICANT),
        *((person, Part.COVERED) for person in case.covered),
        *((person, Part.OTHER_PARTY) for person in case.other_parties),
    ]
    parts = {person: part.value for person, part in named}
    if len(parts) != len(named) or min(parts) < 1:
        raise BadInput(
            "somebody stands in the case twice",
            where="support measure",
            todo="name everybody once: as applicant, covered, or other party",
        )
    if not case.other_parties and not case.other_unnamed:
        raise BadInput(
            "the case says nothing of the other party",
            where="support measure, other party",
            todo="name the persons, or say that the other party is not known to the register",
        )
    return parts


def _own(by: By, measure: str) -> SupportMeasure:
    """A measure on which this municipality may act now."""
    row = standing(by.muni, measure)
    if row.served_by != by.muni:
        raise _refused(row, "another municipality serves this case", f"ask {row.served_by} to act")
    if row.ended_at is not None:
        raise _refused(row, "it has ended", "take a new filing")
    if by.now < row.recorded_at:
        raise _refused(row, "its last act is later than this one", "check the clock of this machine")
    return row


def _refused(row: SupportMeasure, why: str, todo: str) -> Refused:
    return Refused(why, where=f"support measure {row.measure}", todo=todo)


def _why(row: SupportMeasure, today: date) -> Due | None:
    if row.awaiting or row.decided_at is None:
        return Due.DECIDE
    if row.until is not None and first_renewable_day(row.until) <= today < row.until:
        return Due.RENEW
    return None


def _of_measures(reader: Reader) -> Reader:
    return replace(reader, use=Purpose.SUPPORT_MEASURES.value)


def _here(reader: Reader, muni: str) -> None:
    if reader.muni != muni:
        record_refusal(reader, ITEM, None)
        raise not_disclosed()


def _file(muni: str, measure: str) -> MeasureFile:
    alias = database_of(muni)
    rows: list[Any] = list(
        SupportMeasure.objects.using(alias).filter(muni=muni, measure=measure).order_by("version")
    )
    parts = dict(
        MeasurePerson.objects.using(alias).filter(muni=muni, measure=measure).values_list("person", "part")
    )
    last = rows[-1]
    others = tuple(sorted(set(parts) - set(protected_of(parts))))
    applicant = applicant_of(parts)
    return MeasureFile(
        measure=measure,
        case=Case(
            applicant=applicant,
            harm=Harm(last.harm or Harm.SIMILAR),
            covered=tuple(sorted(set(protected_of(parts)) - {applicant})),
            other_parties=others,
            other_unnamed=last.other_unnamed,
            delivery=last.delivery,
        ),
        served_by=last.served_by,
        filed_at=last.filed_at,
        decided_at=last.decided_at,
        granted=last.granted,
        until=last.until,
        renewable_from=None if last.until is None else first_renewable_day(last.until),
        ended_at=last.ended_at,
        awaiting=last.awaiting,
        closes=closes(as_rule(last, parts), timezone.now()),
        acts=tuple((row.act, row.recorded_at, row.actor, row.reason) for row in rows),
    )
