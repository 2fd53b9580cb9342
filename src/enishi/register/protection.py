"""The acts on support measures (支援措置), from filing to end (what desks read: `measure_reading`).

Law: Basic Resident Register Act arts 11-2, 12 to 12-4; its handling notice (住民基本台帳事務処理要領), part 5-10. An act is one
transaction of one municipality, recorded once under its key; every other municipality with a trace of the case is told by message
(`measure_messages`). Only the municipality that serves the person acts; where they fled to, that is not the one of their record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import shards, within
from enishi.register import journal
from enishi.register.gate import as_rule, traces_of
from enishi.register.measure_messages import spread
from enishi.register.measure_words import Case, Changed, Opinion, opinion_as_json
from enishi.register.measures import By, act_on, add, add_parts, another, done, parts_of, standing
from enishi.register.models import SupportMeasure
from enishi.register.rules.disclosure import closes, first_open_day, first_renewable_day, renewed_until
from enishi.register.vocabulary import Harm, MeasureAct, Part


def file_measure(by: By, case: Case) -> str:
    """Files a case: it closes provisionally from this moment, here and, by message, wherever there is a trace of it. Gives the
    measure's name; the same filing again gives the same.

    Raises BadInput for a case that says nothing of the other party, has one person in two parts, or a delivery address that is
    not whole; Refused where no municipality has a record of one of them, or the key stands for another act.
    """
    parts = _parts(case)
    _check_delivery(case.delivery)
    said = {
        "harm": Harm(case.harm).value,
        "served_by": by.muni,
        "other_unnamed": case.other_unnamed or bool(case.other_named),
        "other_named": case.other_named,
        "opinion": opinion_as_json(case.opinion),
        "delivery": case.delivery,
        "hold_mail": case.delivery is None,
    }
    _check_known(parts)
    with within(by.muni):
        if (earlier := done(by, MeasureAct.FILE)) is not None:
            same = {name: getattr(earlier, name) for name in said} == said
            if not same or not _filed_with(earlier, parts):
                raise another(earlier)
            return earlier.measure
        measure = f"{by.muni}-{journal.next_of(by.muni, 'measure')}"
        add_parts(by.muni, measure, parts)
        spread(add(measure, 1, MeasureAct.FILE, by, said | {"filed_at": by.now}), by.now)
    return measure


def decide_measure(by: By, measure: str, *, grant: bool, opinion: Opinion | None = None) -> None:
    """The municipality decides: granted, it closes for a year; rejected, it opens from this moment. `opinion`: on which the
    decision rests, None where one is on file or none was heard.

    Raises BadInput for a rejection without its reason; Refused where it is decided already, has ended, or is another
    municipality's to decide.
    """
    act = MeasureAct.GRANT if grant else MeasureAct.REJECT
    if not grant:
        _check_reason(by, "a support measure is not rejected without a reason")
    with within(by.muni):
        if done(by, act, measure) is not None:
            return
        row = _own(by, measure)
        if row.decided_at is not None and not row.awaiting:
            raise _refused(row, "it is decided already", "renew it in its last month, or end it")
        until = first_open_day(timezone.localdate(by.now)) if grant else None
        decided = {"decided_at": by.now, "granted": grant, "until": until, "awaiting": False}
        spread(act_on(row, act, by, **decided, **_heard(opinion)), by.now)


def renew_measure(by: By, measure: str, *, opinion: Opinion | None = None) -> None:
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
        renewed = {"until": renewed_until(row.until), **_heard(opinion)}
        spread(act_on(row, MeasureAct.RENEW, by, **renewed), by.now)


def change_measure(by: By, measure: str, changed: Changed) -> None:
    """Adds persons to a case that closes, and says anew where mail goes, what other parties not on the register are called, and
    whose opinion was heard. Whoever is added is protected from this moment, and copies reach where there is a trace of them.

    Raises BadInput for one person in two parts and a delivery address that is not whole; Refused where nothing would change, no
    municipality has a record of somebody added, or the case closes nothing any more.
    """
    _check_delivery(changed.delivery)
    added = dict.fromkeys(changed.covered, Part.COVERED.value)
    added |= dict.fromkeys(changed.other_parties, Part.OTHER_PARTY.value)
    if len(added) < len(changed.covered) + len(changed.other_parties):
        raise _twice()
    _check_known(added)
    with within(by.muni):
        if done(by, MeasureAct.CHANGE, measure) is not None:
            return
        row = _closing(by, measure)
        known = parts_of(by.muni, measure)
        if any(known.get(who, part) != part for who, part in added.items()):
            raise _twice()
        said: dict[str, Any] = {
            "other_named": changed.other_named,
            "other_unnamed": row.other_unnamed or bool(changed.other_named),
            "delivery": changed.delivery,
            "hold_mail": changed.delivery is None,
            **_heard(changed.opinion),
        }
        if added.keys() <= known.keys() and all(getattr(row, name) == value for name, value in said.items()):
            raise _refused(row, "nothing would change", "enter what is different from now on")
        add_parts(by.muni, measure, added)
        spread(act_on(row, MeasureAct.CHANGE, by, **said), by.now)


def end_measure(by: By, measure: str) -> None:
    """Ends a measure at the person's wish, or because its ground is gone: it opens from this moment. The reason is needed."""
    _check_reason(by, "a support measure is not ended without a reason")
    with within(by.muni):
        if done(by, MeasureAct.END, measure) is None:
            row = _own(by, measure)
            ended = max(by.now, row.filed_at)
            spread(act_on(row, MeasureAct.END, by, ended_at=ended, awaiting=False), by.now)


def _parts(case: Case) -> dict[int, str]:
    named = [
        (case.applicant, Part.APPLICANT),
        *((person, Part.COVERED) for person in case.covered),
        *((person, Part.OTHER_PARTY) for person in case.other_parties),
    ]
    parts = {person: part.value for person, part in named}
    if len(parts) != len(named) or min(parts) < 1:
        raise _twice()
    if not case.other_parties and not case.other_unnamed and not case.other_named:
        raise BadInput(
            "the case says nothing of the other party",
            where="support measure, other party",
            todo="name the persons, or say that the other party is not known to the register",
        )
    return parts


def _filed_with(row: SupportMeasure, parts: dict[int, str]) -> bool:
    """Whether a case was filed with these persons: those of today, or, where some were added since, these among them."""
    now = parts_of(row.muni, row.measure)
    acts = SupportMeasure.objects.filter(muni=row.muni, measure=row.measure, act=MeasureAct.CHANGE.value)
    return parts == now or (parts.items() < now.items() and acts.exists())


def _twice() -> BadInput:
    return BadInput(
        "somebody stands in the case twice",
        where="support measure",
        todo="name everybody once: as applicant, covered, or other party",
    )


def _check_known(persons: Collection[int]) -> None:
    known = traces_of(persons, "", shards())
    for person in _missing(persons, known):
        raise Refused(
            f"no municipality has a record of person {person}",
            where="support measure",
            todo="search the person again; name an other party without record as unnamed",
        )


def _missing(persons: Iterable[int], known: Collection[int]) -> list[int]:
    return [person for person in persons if person not in known]


def _check_delivery(delivery: dict[str, str] | None) -> None:
    if delivery is not None and not all(delivery.get(part, "").strip() for part in ("address", "to")):
        raise BadInput(
            "the delivery address is not whole",
            where="support measure, delivery address",
            todo="enter the address and to whom mail is directed, or have mail held for collection",
        )


def _check_reason(by: By, what: str) -> None:
    if not by.reason.strip():
        raise BadInput(what, where="reason", todo="write who asked for it and why")


def _heard(opinion: Opinion | None) -> dict[str, Any]:
    return {} if opinion is None else {"opinion": opinion_as_json(opinion)}


def _closing(by: By, measure: str) -> SupportMeasure:
    """A measure of this municipality that closes at the moment of the act."""
    row = _own(by, measure)
    if not closes(as_rule(row, {}), by.now):
        raise _refused(row, "it closes nothing any more", "take a new filing")
    return row


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
