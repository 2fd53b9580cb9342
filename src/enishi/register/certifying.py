"""Issuing certificates: each request is judged by the law, each read recorded, each issue an act that is never altered.

A certificate speaks of the register as known at its moment of issue, so the same page can be made again later and compared
by its hash. It is set outside of any transaction: nobody waits for Typst. A number is taken before, and is missing in the
series where setting failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_variables

from enishi.kernel.eras import format_long
from enishi.kernel.errors import Disagreement
from enishi.platform.services import Reader, within
from enishi.register import certificate_codes as codes
from enishi.register import journal, wide_area
from enishi.register.certificate_judging import judged
from enishi.register.certificate_secrets import MASKED, check_secrets, secrets_by
from enishi.register.certificate_sheet import Secrets, Sheet, sheet
from enishi.register.engines import certificates as engine
from enishi.register.engines.certificate_typesetting import Document, typeset
from enishi.register.models import CertifiedPerson, IssuedCertificate, Municipality, VoidedCertificate
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.certificates import (
    Asked,
    Certificate,
    Channel,
    Form,
    Handover,
    Identity,
    Item,
    Permit,
    Requester,
    Standing,
)

COUNTER = "certificate"
Draw = Callable[[Secrets], Sheet]
"""Makes the words of a judged certificate, once it is said how number and code are shown."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it is handed over. `code`: the verification code in groups; `pdf`: the page itself, kept nowhere."""

    office: str
    serial: int
    code: str
    pages: int
    sha256: str
    pdf: bytes
    handover: Handover


@dataclass(frozen=True, slots=True)
class Preview:
    """What a certificate would say, the individual number masked, and by which article."""

    sheet: Sheet
    article: str
    handover: Handover


def issue_certificate(reader: Reader, asked: Asked, *, key: str, now: datetime, today: date) -> Issued:
    """Issues a certificate. The same request under the same key again gives the same certificate, printed again.

    `reader`: the officer (or the resident online) who acts; article and purpose of the read are those of the certificate.
    `key`: chosen by whoever asks, at most 64 characters. Raises Denied (in the reader's language) by the law's reason, with
    one ground for absent, protected and unjustified alike; BadInput for a character that no font draws. The attempt is
    recorded either way.
    """
    with _in_the_readers_language():
        if (earlier := _by_key(reader, asked, key)) is not None:
            return _print_again(reader, earlier)
        draw, granted = _judged(reader, asked, now, today)
        said = _words(draw(secrets_by(reader, asked, granted)), asked.office)
        with within(asked.office):
            serial = journal.next_of(asked.office, COUNTER)
        document = _set(said, asked.office, serial, settings.PUBLIC_URL, today)
        try:
            row = _record(reader, asked, granted, document, serial=serial, key=key, now=now, today=today)
        except IntegrityError:
            if (earlier := _by_key(reader, asked, key)) is None:
                raise
            return _print_again(reader, earlier)
        return _issued(row, document)


def preview_certificate(reader: Reader, asked: Asked, *, now: datetime, today: date) -> Preview:
    """What would be issued, judged and recorded as a read alike; no number leaves the vault. Raises as
    `issue_certificate`.
    """
    with _in_the_readers_language():
        draw, granted = _judged(reader, asked, now, today)
        shown = draw(MASKED)
        _words(shown, asked.office)
        return Preview(shown, granted.article, granted.handover)


def reprint_certificate(reader: Reader, office: str, serial: int) -> Issued:
    """The same certificate, made again from the record as it was known when it was issued.

    Raises Denied where there is none, where it is void, or where its persons may not be told of any more; Disagreement where
    the page is not the one that was issued, byte by byte: another form, or a number or code that has changed since.
    """
    with _in_the_readers_language():
        with within(office):
            row = IssuedCertificate.objects.filter(muni=office, serial=serial).first()
        if row is None or (reader.muni and reader.muni != office):
            raise Denied(Reason.UNKNOWN)
        return _print_again(reader, row)


def _judged(reader: Reader, asked: Asked, moment: datetime, day: date) -> tuple[Draw, Permit]:
    """A wide-area copy rests on what the municipality with the record has told, any other on the record itself."""
    if asked.kind is Certificate.WIDE_AREA:
        told, granted = wide_area.judged(reader, asked, day)
        return lambda secrets: wide_area.drawn(asked, told, secrets), granted
    known, granted = judged(reader, asked, moment, day)
    check_secrets(asked, (one.person for one in known))
    return lambda secrets: sheet(asked, known, secrets), granted


@sensitive_variables()
def _words(shown: Sheet, office: str) -> dict[str, object]:
    return engine.words(shown, _name(office))


@sensitive_variables()
def _set(said: dict[str, object], office: str, serial: int, site: str, day: date) -> Document:
    code = codes.shown(office, codes.code_of(office, serial))
    stamp = engine.Stamp(
        serial=f"第{serial}号",
        code=code,
        checked_at=f"{site}/verify/",
        link=f"{site}/verify/{code}/",
        issued_on=format_long(day),
    )
    return typeset(engine.stamped(said, stamp))


def _record(
    reader: Reader,
    asked: Asked,
    granted: Permit,
    document: Document,
    *,
    serial: int,
    key: str,
    now: datetime,
    today: date,
) -> IssuedCertificate:
    requester, office = asked.requester, asked.office
    with within(office):
        row = IssuedCertificate.objects.create(
            muni=office,
            serial=serial,
            key=key,
            **_said(asked),
            requester=requester.person,
            requester_name=requester.name,
            purpose=requester.purpose,
            proof=requester.proof,
            article=granted.article,
            handover=granted.handover.value,
            actor=reader.actor,
            day=today,
            issued_at=now,
            pages=document.pages,
            version=engine.VERSION,
            checked_at=settings.PUBLIC_URL,
            code_hash=codes.hash_of(office, codes.code_of(office, serial)),
            sha256=sha256(document.pdf).hexdigest(),
        )
        CertifiedPerson.objects.bulk_create(
            CertifiedPerson(muni=office, serial=serial, person=person) for person in asked.persons
        )
    return row


def _said(asked: Asked) -> dict[str, object]:
    return {
        "record_muni": asked.muni,
        "kind": asked.kind.value,
        "persons": list(asked.persons),
        "items": sorted(item.value for item in asked.items),
        "form": asked.form.value,
        "standing": asked.requester.standing.value,
        "identity": asked.requester.identity.value,
        "channel": asked.channel.value,
        "question": asked.question,
    }


def _by_key(reader: Reader, asked: Asked, key: str) -> IssuedCertificate | None:
    with within(asked.office):
        row = IssuedCertificate.objects.filter(muni=asked.office, key=key).first()
    if row is not None and (asked_of(row) != asked or row.actor != reader.actor):
        raise Denied(Reason.REDO)
    return row


def asked_of(row: IssuedCertificate) -> Asked:
    """The request behind a certificate."""
    return Asked(
        muni=row.record_muni,
        office=row.muni,
        kind=Certificate(row.kind),
        persons=tuple(row.persons),
        requester=Requester(
            Standing(row.standing),
            Identity(row.identity),
            row.requester,
            row.requester_name,
            row.purpose,
            row.proof,
        ),
        channel=Channel(row.channel),
        items=frozenset(map(Item, row.items)),
        form=Form(row.form),
        question=row.question,
    )


def _print_again(reader: Reader, row: IssuedCertificate) -> Issued:
    with within(row.muni):
        if VoidedCertificate.objects.filter(muni=row.muni, serial=row.serial).exists():
            raise Denied(Reason.IS_VOID)
    asked = asked_of(row)
    draw, granted = _judged(reader, asked, row.issued_at, row.day)
    said = _words(draw(secrets_by(reader, asked, granted)), row.muni)
    document = _set(said, row.muni, row.serial, row.checked_at, row.day)
    if not compare_digest(sha256(document.pdf).hexdigest(), row.sha256):
        raise Disagreement(
            f"certificate {row.serial} cannot be printed again as it was issued (form {row.version})",
            where=f"certificate {row.serial} of {row.muni}",
            todo="make it void and issue a new one: the form, a font or an individual number has changed since",
        )
    return _issued(row, document)


def _issued(row: IssuedCertificate, document: Document) -> Issued:
    code = codes.shown(row.muni, codes.code_of(row.muni, row.serial))
    return Issued(
        row.muni, row.serial, code, document.pages, row.sha256, document.pdf, Handover(row.handover)
    )


def _name(office: str) -> str:
    return Municipality.objects.filter(muni=office).values_list("name", flat=True).first() or office


@contextmanager
def _in_the_readers_language() -> Iterator[None]:
    try:
        yield
    except Denied as refused:
        raise refused.in_language(get_language() or "ja") from None
