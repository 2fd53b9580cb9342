"""Certificates online (arts 12, 12-3): a resident asks, the identity is proved, the certificate is issued and fetched.

A verified signature of the card issues at once. Until cards exist a demonstration sign-in stands in its place and an officer
confirms it, as with a move that is filed online. The issue is the act that it is at a counter, in the resident's name. The PDF
is not kept: it is made again whenever the resident fetches it, and so judged again by the law of that moment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import get_language

from enishi.platform.services import Reader, read_as, read_many_as, shards, within
from enishi.register.certifying import (
    Issued,
    asked_of,
    issue_certificate,
    preview_certificate,
    reprint_certificate,
)
from enishi.register.models import (
    CertificateDecision,
    CertificateRequest,
    CertifiedPerson,
    IssuedCertificate,
    VoidedCertificate,
)
from enishi.register.models.certificate_requests import Outcome
from enishi.register.moves.words import plain, read
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.certificates import (
    Asked,
    Certificate,
    Channel,
    Form,
    Identity,
    Item,
    Requester,
    Standing,
    last_day_to_fetch,
)
from enishi.register.rules.move_terms import Evidence, Proof

NAMESPACE = UUID("6b1d2d0e-8b8a-4a55-9f0c-2f3a1f6a9b31")
ARTICLE = "Basic Resident Register Act 12(1)"
IDENTITIES = {
    Proof.CARD_SIGNATURE: Identity.SIGNATURE,
    Proof.DEMONSTRATION_SIGN_IN: Identity.CONFIRMED_SIGN_IN,
}
LONGEST = 300
MOST = 200


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request. `state`: `waiting`, `confirmed` (the certificate is being made), `issued`, `declined`, `withdrawn`, `void`;
    `said`: why it was declined; `serial`, `issued_on`, `fetch_until`: of the certificate, None before it.
    """

    muni: str
    request: str
    asked: Asked
    evidence: tuple[Evidence, ...]
    asked_at: datetime
    state: str
    decided_at: datetime | None
    said: str
    serial: int | None
    issued_on: date | None
    fetch_until: date | None


@dataclass(frozen=True, slots=True)
class CounterIssue:
    """A certificate that somebody got at a counter: what, of whom, when; whether it is void."""

    muni: str
    serial: int
    asked: Asked
    issued_on: date
    void: bool


def asked_online(
    muni: str, person: int, kind: Certificate, persons: Sequence[int], items: Collection[Item], form: Form
) -> Asked:
    """A resident's request, as the law sees it."""
    alone = set(persons) <= {person}
    return Asked(
        muni=muni,
        office=muni,
        kind=kind,
        persons=tuple(persons),
        requester=Requester(
            Standing.SELF if alone else Standing.HOUSEHOLD, Identity.CONFIRMED_SIGN_IN, person
        ),
        channel=Channel.ONLINE,
        items=frozenset(items),
        form=form,
    )


def request_certificate(
    reader: Reader, asked: Asked, evidence: Evidence, *, key: str, now: datetime, today: date
) -> str:
    """Takes a resident's request (`asked_online`) and gives its id; the same under the same key is one request.

    It is judged at once, and refused by the one ground where the law would refuse the certificate. With a card's verified
    signature it is issued at once, else it waits for an officer. Raises Denied, BadInput for a character that no font draws.
    """
    language = get_language() or "ja"
    if evidence.kind not in IDENTITIES or evidence.who != reader.actor:
        raise Denied(Reason.IDENTITY, language=language)
    asked = replace(asked, requester=replace(asked.requester, identity=IDENTITIES[evidence.kind]))
    request = str(uuid5(NAMESPACE, f"{reader.actor}:{key}"))
    person = asked.requester.person
    if person is None:
        raise Denied(Reason.IDENTITY, language=language)
    if (row := _row(asked.muni, request)) is None:
        preview_certificate(reader, asked, now=now, today=today)
        with within(asked.muni):
            row, _fresh = CertificateRequest.objects.get_or_create(
                muni=asked.muni,
                request=request,
                defaults={
                    "person": person,
                    "kind": asked.kind.value,
                    "persons": list(asked.persons),
                    "items": sorted(item.value for item in asked.items),
                    "form": asked.form.value,
                    "standing": asked.requester.standing.value,
                    "identity": asked.requester.identity.value,
                    "evidence": [plain(evidence)],
                    "asked_at": now,
                },
            )
    if _asked(row) != asked:
        raise Denied(Reason.REDO, language=language)
    if evidence.kind is Proof.CARD_SIGNATURE:
        _confirm(row, reader.actor, "", now, today)
    return request


def waiting_requests(reader: Reader, muni: str) -> tuple[RequestView, ...]:
    """What waits for an officer of a municipality, the oldest first, at most 200; who asks is recorded as read, and left out
    where the officer may not be told of them. Empty for an officer of another municipality.
    """
    if reader.muni and reader.muni != muni:
        return ()
    with within(muni):
        decided = CertificateDecision.objects.filter(muni=muni).values("request")
        rows = CertificateRequest.objects.filter(muni=muni).exclude(request__in=decided)
        found = list(rows.order_by("asked_at", "id")[:MOST])

        def fetch() -> list[CertificateRequest]:
            return found

        told = read_many_as(reader, ("acts",), fetch, lambda row: row.person)
    return tuple(_view(row) for row in told)


def request_at_office(reader: Reader, muni: str, request: str) -> RequestView:
    """One request for an officer of the municipality; who asks is recorded as read. Raises Denied where there is none here, or
    none of which the officer may be told: alike.
    """
    row = _row(muni, request) if not reader.muni or reader.muni == muni else None

    def fetch() -> list[CertificateRequest]:
        return [] if row is None else [row]

    told = read_many_as(reader, ("acts",), fetch, lambda one: one.person)
    if not told:
        raise Denied(Reason.UNKNOWN, language=get_language() or "ja")
    return _view(told[0])


def confirm_request(
    reader: Reader, muni: str, request: str, *, shown: str, now: datetime, today: date
) -> int:
    """An officer bears out the sign-in (`shown`: how), and the certificate is issued in the resident's name. Gives its number;
    called again, the same. Raises Denied where the law refuses it now, or the request is decided otherwise.
    """
    request_at_office(reader, muni, request)
    if not shown.strip():
        raise Denied(Reason.IDENTITY, language=get_language() or "ja")
    row = _row(muni, request)
    assert row is not None
    return _confirm(row, reader.actor, shown, now, today)


def decline_request(reader: Reader, muni: str, request: str, why: str, *, now: datetime) -> None:
    """An officer declines a request, with the reason that the resident reads. Raises Denied where it is decided already."""
    if not why.strip():
        raise Denied(Reason.NO_DECISION_WHY, language=get_language() or "ja")
    request_at_office(reader, muni, request)
    _decide(muni, request, Outcome.DECLINED, reader.actor, now, why)


def withdraw_request(reader: Reader, muni: str, request: str, *, now: datetime) -> None:
    """The resident takes an own request back that nobody has decided. Raises Denied."""
    own_request(reader, muni, request)
    _decide(muni, request, Outcome.WITHDRAWN, reader.actor, now, "")


def own_request(reader: Reader, muni: str, request: str) -> RequestView:
    """A resident's own request, recorded as read. Raises Denied for anybody else's and for none: alike."""
    row = _row(muni, request)
    mine = row is not None and reader.actor == f"resident:{row.person}"
    if row is None or not mine or read_as(reader, ("acts",), row.person, lambda: row) is None:
        raise Denied(Reason.UNKNOWN, language=get_language() or "ja")
    return _view(row)


def own_requests(reader: Reader, person: int) -> tuple[RequestView, ...]:
    """All requests of a resident at whatever municipality, newest first, recorded as read; empty for any other reader."""

    def fetch() -> list[CertificateRequest]:
        if reader.actor != f"resident:{person}":
            return []
        mine = [
            CertificateRequest.objects.using(alias).filter(person=person).order_by("-asked_at")[:MOST]
            for alias in shards()
        ]
        return sorted((row for rows in mine for row in rows), key=lambda row: row.asked_at, reverse=True)

    return tuple(_view(row) for row in read_many_as(reader, ("acts",), fetch, lambda row: row.person))


def own_counter_issues(reader: Reader, person: int, muni: str) -> tuple[CounterIssue, ...]:
    """What a resident got for themself or the household at the counters of a municipality, newest first, recorded as read;
    empty for any other reader.
    """

    def fetch() -> list[IssuedCertificate]:
        if reader.actor != f"resident:{person}":
            return []
        serials = CertifiedPerson.objects.filter(muni=muni, person=person).values("serial")
        rows = IssuedCertificate.objects.filter(muni=muni, requester=person, serial__in=serials)
        return list(rows.exclude(channel=Channel.ONLINE.value).order_by("-serial")[:MOST])

    with within(muni):
        offline = read_many_as(reader, ("acts",), fetch, lambda _row: person)
        voided = VoidedCertificate.objects.filter(muni=muni, serial__in=[row.serial for row in offline])
        void = set(voided.values_list("serial", flat=True))
    return tuple(
        CounterIssue(muni, row.serial, asked_of(row), row.day, row.serial in void) for row in offline
    )


def fetch_certificate(reader: Reader, muni: str, request: str, *, today: date) -> Issued:
    """The certificate of an own request, made again; as often as wanted within the days of `last_day_to_fetch`.

    Raises Denied: not the reader's own, not issued, void, too late, or its persons may not be told of any more; Disagreement
    where the page is not the one that was issued.
    """
    view = own_request(reader, muni, request)
    language = get_language() or "ja"
    if view.serial is None or view.fetch_until is None:
        raise Denied(Reason.UNKNOWN, language=language)
    if today > view.fetch_until:
        raise Denied(Reason.NO_LONGER_FETCHED, language=language)
    return reprint_certificate(reader, muni, view.serial)


def _confirm(row: CertificateRequest, actor: str, shown: str, now: datetime, today: date) -> int:
    resident = Reader(f"resident:{row.person}", "certificate", ARTICLE)
    asked = _asked(row)
    earlier = _certificate(row)
    if earlier is not None:
        return earlier.serial
    preview_certificate(resident, asked, now=now, today=today)
    _decide(row.muni, row.request, Outcome.CONFIRMED, actor, now, shown)
    return issue_certificate(resident, asked, key=row.request, now=now, today=today).serial


def _decide(muni: str, request: str, outcome: Outcome, actor: str, now: datetime, said: str) -> None:
    """Enters the one decision of a request; the same decision again changes nothing. Raises Denied for another."""
    try:
        with within(muni):
            CertificateDecision.objects.create(
                muni=muni,
                request=request,
                outcome=outcome.value,
                actor=actor,
                at=now,
                said=said.strip()[:LONGEST],
            )
    except IntegrityError:
        with within(muni):
            before = CertificateDecision.objects.get(muni=muni, request=request)
        if before.outcome != outcome.value:
            raise Denied(Reason.DECIDED_ALREADY, language=get_language() or "ja") from None


def _row(muni: str, request: str) -> CertificateRequest | None:
    with within(muni):
        return CertificateRequest.objects.filter(muni=muni, request=request).first()


def _certificate(row: CertificateRequest) -> IssuedCertificate | None:
    with within(row.muni):
        return IssuedCertificate.objects.filter(muni=row.muni, key=row.request).first()


def _asked(row: CertificateRequest) -> Asked:
    items = frozenset(map(Item, row.items))
    asked = asked_online(
        row.muni, row.person, Certificate(row.kind), tuple(row.persons), items, Form(row.form)
    )
    return replace(asked, requester=replace(asked.requester, identity=Identity(row.identity)))


def _view(row: CertificateRequest) -> RequestView:
    with within(row.muni):
        decision = CertificateDecision.objects.filter(muni=row.muni, request=row.request).first()
    issued = _certificate(row)
    void = False
    if issued is not None:
        with within(row.muni):
            void = VoidedCertificate.objects.filter(muni=row.muni, serial=issued.serial).exists()
    state = "waiting" if decision is None else decision.outcome
    if issued is not None:
        state = "void" if void else "issued"
    evidence: list[Any] = row.evidence
    return RequestView(
        muni=row.muni,
        request=row.request,
        asked=_asked(row),
        evidence=tuple(read(Evidence, one) for one in evidence),
        asked_at=row.asked_at,
        state=state,
        decided_at=decision.at if decision else None,
        said=decision.said if decision and decision.outcome == Outcome.DECLINED.value else "",
        serial=issued.serial if issued and not void else None,
        issued_on=timezone.localtime(issued.issued_at).date() if issued else None,
        fetch_until=last_day_to_fetch(issued.day) if issued else None,
    )
