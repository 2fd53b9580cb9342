"""Support measures (支援措置) between municipalities: a copy reaches every one that holds a trace of the case, and travels
ahead of a record that moves.

Only the municipality that serves the person tells of acts; whoever gets a copy tells it where else there are traces. Copies hold
no delivery address: elsewhere mail is held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import models

from enishi.kernel.errors import Refused
from enishi.platform.services import Envelope, database_of, handles, post, within
from enishi.register.gate import as_rule
from enishi.register.measures import By, act_on, add, add_parts, done, parts_of, protected_of
from enishi.register.models import Addressee, MeasureCopy, MeasurePerson, Person, Residence, SupportMeasure
from enishi.register.rules.disclosure import closes
from enishi.register.succession import successors_of
from enishi.register.vocabulary import MeasureAct, Part

KIND = "register.measure"
TRACES = "register.measure.traces"
MOMENTS = ("filed_at", "decided_at", "ended_at")
TOLD = ("harm", "granted", "awaiting", "served_by", "other_unnamed", "other_named")
ELSEWHERE = {"delivery": None, "opinion": None, "hold_mail": True}
"""What a municipality that does not serve the person is told in place of the delivery address and the opinion confided."""


def spread(row: SupportMeasure, now: datetime, taken_from: str = "") -> None:
    """Tells every other municipality with a trace of the case how it stands, in the transaction of the act.

    `taken_from`: the municipality that served the person before.
    """
    told = set(_holders(row).values_list("holder", flat=True))
    found = traces_here(row.muni, parts_of(row.muni, row.measure))
    _tell(row, told | found | ({taken_from} if taken_from else set()), now, taken_from)


def _tell(row: SupportMeasure, holders: Collection[str], now: datetime, taken_from: str = "") -> None:
    told = set(_holders(row).values_list("holder", flat=True))
    MeasureCopy.objects.bulk_create(
        MeasureCopy(muni=row.muni, measure=row.measure, holder=holder)
        for holder in sorted(set(holders) - told - {row.muni})
    )
    elsewhere = ELSEWHERE | {"taken_from": taken_from}
    for holder in sorted(set(holders) - {row.muni}):
        ident = f"measure:{row.measure}:{row.muni}:{row.version}:{holder}"
        post(ident, holder, KIND, payload_of(row) | elsewhere, sender=row.muni, at=now)


def _holders(row: SupportMeasure) -> models.QuerySet[MeasureCopy]:
    return MeasureCopy.objects.filter(muni=row.muni, measure=row.measure)


def for_transfer(muni: str, persons: Collection[int], now: datetime) -> list[dict[str, Any]]:
    """What must reach the municipality that persons move to, ahead of anything else of them: every measure that closes now and
    concerns one of them, in whatever part. JSON; hand it to `taken_over` there before any other data.
    """
    moving = set(persons)
    alias = database_of(muni)
    mine = MeasurePerson.objects.using(alias).filter(muni=muni, person__in=moving).values("measure")
    found = []
    for row in (
        SupportMeasure.objects.using(alias).current().filter(muni=muni, measure__in=mine).order_by("measure")
    ):
        if closes(as_rule(row, {}), now):
            people = MeasurePerson.objects.using(alias).filter(muni=muni, measure=row.measure)
            parts = dict(people.values_list("person", "part"))
            applicant = any(parts.get(who) == Part.APPLICANT.value for who in moving)
            payload = payload_of(row, parts)
            payload["moves"] = (
                "case" if applicant else "covered" if moving & set(protected_of(parts)) else "other"
            )
            if payload["moves"] == "other":
                payload |= ELSEWHERE
            found.append(payload | {"told_by": muni, "version": row.version})
    return found


def taken_over(muni: str, payloads: Iterable[dict[str, Any]], now: datetime) -> int:
    """Takes over measures that travel ahead of a move: those of protected persons close until this municipality decides.
    Where the applicant moves the whole case is this one's; else those who move have a case of their own here beside the old one.
    Returns how many were new; the same again changes nothing. Call it in a transaction of its own or in that of the move.
    """
    fresh = 0
    for payload in payloads:
        key = f"move:{payload['told_by']}:{payload['version']}:{payload['measure']}"
        by = By(muni, f"municipality:{payload['told_by']}", key, now)
        with within(muni):
            if done(by, MeasureAct.MOVE) is not None:
                continue
            said = standing_of(payload)
            if payload["moves"] == "other":
                _write(payload, by, MeasureAct.MOVE, said)
            else:
                said |= {"awaiting": True, "served_by": muni}
                whole = payload["moves"] == "case"
                case = payload if whole else payload | {"measure": _branch(payload["measure"], muni)}
                row = _write(case, by, MeasureAct.MOVE, said)
                spread(row, now, taken_from=payload["served_by"] if whole else "")
        fresh += 1
    return fresh


def payload_of(row: SupportMeasure, parts: dict[int, str] | None = None) -> dict[str, Any]:
    """A measure as JSON, with the persons of its case."""
    parts = parts_of(row.muni, row.measure) if parts is None else parts
    return {
        "measure": row.measure,
        "persons": [[person, part] for person, part in sorted(parts.items())],
        "until": row.until and row.until.isoformat(),
        "delivery": row.delivery,
        "opinion": row.opinion,
        "hold_mail": row.hold_mail,
        "recorded_at": row.recorded_at.isoformat(),
        **{name: getattr(row, name) for name in TOLD},
        **{name: _iso(getattr(row, name)) for name in MOMENTS},
    }


def standing_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The columns of a measure that a payload says."""
    return {
        "until": payload["until"] and date.fromisoformat(payload["until"]),
        "delivery": payload["delivery"],
        "opinion": payload["opinion"],
        "hold_mail": payload["hold_mail"],
        **{name: payload[name] for name in TOLD},
        **{name: payload[name] and datetime.fromisoformat(payload[name]) for name in MOMENTS},
    }


def traces_here(muni: str, persons: Collection[int]) -> set[str]:
    """The municipalities that, as far as this one's database tells, hold a trace of any of these persons: a record now or once,
    served without one, or named as where they came from or went to.
    """
    alias = database_of(muni)
    records = Residence.objects.using(alias).filter(person__in=persons)
    found = set(Person.objects.using(alias).filter(pk__in=persons).values_list("muni", flat=True))
    found |= set(Addressee.objects.using(alias).filter(person__in=persons).values_list("muni", flat=True))
    for row in records.values_list("muni", "came_from", "going_to", "went_to"):
        found |= {row[0], *(place["muni"] for place in row[1:] if place and place.get("muni"))}
    return found


def listen() -> None:
    """Registers what handles the messages of measures; called once the models are there."""
    handles(KIND)(_told)
    handles(TRACES)(_traces)


def _told(envelope: Envelope) -> None:
    """Another municipality tells how a case stands."""
    payload = envelope.payload
    muni, sender = envelope.receiver, envelope.sender
    if sender != payload["served_by"]:
        raise Refused(
            "a municipality tells of a case that it does not serve",
            where=f"support measure {payload['measure']}",
            todo="find out why; the copy here is unchanged and closes on",
        )
    with within(muni):
        row = SupportMeasure.objects.current().filter(muni=muni, measure=payload["measure"]).first()
        if row is not None and row.served_by in successors_of(sender):
            # Sent before the sender's record closed: its successor has told since how the case stood at the end.
            return
        if row is not None and row.served_by not in (sender, payload["taken_from"]):
            raise Refused(
                "the case is served by another municipality than the one that tells of it",
                where=f"support measure {payload['measure']}",
                todo="the message waits until that other one has handed the case over",
            )
        by = By(
            muni,
            f"municipality:{sender}",
            f"told:{sender}:{envelope.sequence}",
            datetime.fromisoformat(payload["recorded_at"]),
        )
        said = standing_of(payload)
        if row is not None and row.granted and said["granted"] is False and row.until is not None:
            # A new municipality's rejection opens its own record; what the old one granted here runs its term.
            said |= {"granted": True, "decided_at": row.decided_at, "until": row.until}
        _write(payload, by, MeasureAct.COPIED, said)
        parts = dict(payload["persons"])
        elsewhere = sorted(traces_here(muni, parts) - {muni, sender})
        if elsewhere:
            told = {"measure": payload["measure"], "holders": elsewhere}
            post(f"traces:{envelope.message_id}", sender, TRACES, told, sender=muni, at=by.now)


def _traces(envelope: Envelope) -> None:
    """A holder of a copy tells where else there are traces: those not told yet are told how the case stands now."""
    muni = envelope.receiver
    with within(muni):
        row = SupportMeasure.objects.current().filter(muni=muni, measure=envelope.payload["measure"]).first()
        if row is not None and row.served_by == muni:
            told = set(_holders(row).values_list("holder", flat=True))
            _tell(row, set(envelope.payload["holders"]) - told, row.recorded_at)


def _branch(measure: str, muni: str) -> str:
    """The name of the case of those who moved to a municipality without the applicant."""
    return f"{measure.partition('/')[0]}/{muni}"


def _write(payload: dict[str, Any], by: By, act: MeasureAct, said: dict[str, Any]) -> SupportMeasure:
    measure = payload["measure"]
    add_parts(by.muni, measure, dict(payload["persons"]))
    row = SupportMeasure.objects.current().filter(muni=by.muni, measure=measure).first()
    return add(measure, 1, act, by, said) if row is None else act_on(row, act, by, **said)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
