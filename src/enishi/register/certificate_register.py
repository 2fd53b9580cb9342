"""The register of issued certificates: the office's list, making one void, and the check that anybody can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import get_language

from enishi.platform.services import Reader, read_many_as, within
from enishi.register import certificate_codes as codes
from enishi.register.certifying import asked_of
from enishi.register.models import CertifiedPerson, IssuedCertificate, Municipality, VoidedCertificate
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.certificates import Asked, Certificate

LARGEST_PAGE = 200
LONGEST_REASON = 300
NOBODY = "000000"


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One issued certificate as the office's list has it. `voided_at`: None where it holds."""

    office: str
    serial: int
    asked: Asked
    article: str
    handover: str
    actor: str
    issued_at: datetime
    day: date
    pages: int
    sha256: str
    voided_at: datetime | None
    voided_by: str
    why_void: str


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """One page of the list, newest first; `number` from 1 to `pages`."""

    rows: tuple[CertificateLine, ...]
    number: int
    pages: int
    total: int
    size: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may know of a certificate: nothing personal. `same_file`: None where no file was compared."""

    kind: Certificate
    office: str
    office_name: str
    office_latin: str
    issued_on: date
    pages: int
    void: bool
    voided_on: date | None
    same_file: bool | None


def issued_certificates(
    reader: Reader, office: str, *, person: int | None = None, page: int = 1, size: int = 50
) -> CertificatePage:
    """The certificates that an office has issued, newest first, of one person or of all. The persons on the page are
    recorded as read. Empty where the reader is an officer of another municipality.
    """
    size = max(1, min(size, LARGEST_PAGE))
    if reader.muni and reader.muni != office:
        return CertificatePage((), 1, 1, 0, size)
    with within(office):
        rows = IssuedCertificate.objects.filter(muni=office)
        if person is not None:
            serials = CertifiedPerson.objects.filter(muni=office, person=person).values("serial")
            rows = rows.filter(serial__in=serials)
        total = rows.count()
        pages = max(1, -(-total // size))
        number = max(1, min(page, pages))
        found = list(rows.order_by("-serial")[(number - 1) * size : number * size])
        lines = _told(reader, _lines(office, found))
    return CertificatePage(lines, number, pages, total, size)


def issued_certificate(reader: Reader, office: str, serial: int) -> CertificateLine:
    """One certificate of the list; its persons are recorded as read. Raises Denied where there is none here."""
    with within(office):
        found = list(IssuedCertificate.objects.filter(muni=office, serial=serial))
        if not found or (reader.muni and reader.muni != office):
            raise Denied(Reason.UNKNOWN, language=get_language() or "ja")
        (line,) = _told(reader, _lines(office, found))
    return line


def void_certificate(reader: Reader, office: str, serial: int, reason: str, now: datetime) -> None:
    """Makes a certificate void that was issued in error; whoever checks it is told so from then on. Raises Denied where
    there is none, where it is void already, and without a reason.
    """
    language, why = get_language() or "ja", reason.strip()[:LONGEST_REASON]
    if not why:
        raise Denied(Reason.NO_WHY, language=language)
    issued_certificate(reader, office, serial)
    try:
        with within(office):
            VoidedCertificate.objects.create(
                muni=office, serial=serial, voided_at=now, actor=reader.actor, reason=why
            )
    except IntegrityError:
        raise Denied(Reason.VOID_ALREADY, language=language) from None


def verify_certificate(text: str, file: bytes | None = None) -> Verified | None:
    """Whether a code is one of a certificate that was issued, and whether a file is that certificate.

    None alike for what is no code and for a code that stands for nothing; each asks the same of the database. The code has
    100 bits and is found by a keyed hash, so there is nothing to count through.
    """
    parsed = codes.parse(text)
    office, code = parsed or (NOBODY, codes.ALPHABET[0] * codes.LENGTH)
    digest = sha256(file or b"").hexdigest()
    with within(office):
        row = IssuedCertificate.objects.filter(muni=office, code_hash=codes.hash_of(office, code)).first()
        serial = row.serial if row is not None else 0
        voided = VoidedCertificate.objects.filter(muni=office, serial=serial).first()
    town = Municipality.objects.filter(muni=office).first()
    if parsed is None or row is None:
        return None
    return Verified(
        kind=Certificate(row.kind),
        office=office,
        office_name=town.name if town else office,
        office_latin=town.name_latin if town else office,
        issued_on=row.day,
        pages=row.pages,
        void=voided is not None,
        voided_on=timezone.localtime(voided.voided_at).date() if voided else None,
        same_file=None if file is None else compare_digest(digest, row.sha256),
    )


def _told(reader: Reader, lines: Sequence[CertificateLine]) -> tuple[CertificateLine, ...]:
    """The lines without those persons of whom the reader may not be told: of a wide-area copy, whose record is elsewhere."""
    named = {
        who for line in lines for who in (*line.asked.persons, line.asked.requester.person) if who is not None
    }
    told = (
        frozenset(read_many_as(reader, ("acts",), lambda: sorted(named), lambda who: who))
        if named
        else frozenset()
    )
    return tuple(replace(line, asked=_without(line.asked, told)) for line in lines)


def _without(asked: Asked, told: frozenset[int]) -> Asked:
    requester = asked.requester
    if requester.person not in told:
        requester = replace(requester, person=None)
    return replace(asked, persons=tuple(who for who in asked.persons if who in told), requester=requester)


def _lines(office: str, rows: Sequence[IssuedCertificate]) -> tuple[CertificateLine, ...]:
    serials = [row.serial for row in rows]
    voided = {one.serial: one for one in VoidedCertificate.objects.filter(muni=office, serial__in=serials)}
    lines = []
    for row in rows:
        void = voided.get(row.serial)
        lines.append(
            CertificateLine(
                office=office,
                serial=row.serial,
                asked=asked_of(row),
                article=row.article,
                handover=row.handover,
                actor=row.actor,
                issued_at=row.issued_at,
                day=row.day,
                pages=row.pages,
                sha256=row.sha256,
                voided_at=void.voided_at if void else None,
                voided_by=void.actor if void else "",
                why_void=void.reason if void else "",
            )
        )
    return tuple(lines)
