"""Issuing certificates: each request is judged by the law, each read recorded, each issue an act that is never altered.

A certificate speaks of the register as known at its moment of issue, so the same page can be made again later and compared
by its hash. It is set outside of any transaction: nobody waits for Typst. A number is taken before, and is missing in the
series where setting failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from hmac import compare_digest

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_variables

from enishi.kernel.eras import format_long
from enishi.kernel.errors import Disagreement
from enishi.number.services import Decision, has_number, reveal
from enishi.platform.services import Reader, database_of, read_as, record_refusal, within
from enishi.register import certificate_codes as codes
from enishi.register import journal
from enishi.register.certificate_reading import Known, read_person
from enishi.register.certificate_sheet import Sheet, sheet
from enishi.register.engines import certificates as engine
from enishi.register.engines.certificate_typesetting import Document, typeset
from enishi.register.gate import measures_of
from enishi.register.models import CertifiedPerson, IssuedCertificate, Municipality
from enishi.register.rules.certificate_reasons import Denied, Reason, no_ground
from enishi.register.rules.certificates import (
    GATE_ITEMS,
    OTHERS,
    OWN,
    Asked,
    Certificate,
    Channel,
    Form,
    Handover,
    Identity,
    Item,
    Permit,
    Requester,
    Seen,
    Standing,
    article_of,
    check_request,
    permit,
)
from enishi.register.rules.disclosure import closes
from enishi.register.rules.disclosure_words import Purpose, Role

COUNTER = "certificate"
MASK = "＊" * 12
NumberOf = Callable[[int], str]


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


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody whose record can be certified together with another's. `relation`: a path (`rules.relationship`)."""

    person: int
    name: str
    relation: str
    sex: int
    foreign: bool
    resident: bool


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
        known, granted = _judged(reader, asked, now, today)
        said = _words(asked, known, _numbers(reader, asked, known, granted))
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
        known, granted = _judged(reader, asked, now, today)
        _check_numbers(asked, known)
        shown = sheet(asked, known, lambda person: MASK if has_number(person) else "")
        engine.words(shown, _name(asked.office))
        return Preview(shown, granted.article, granted.handover)


def reprint_certificate(reader: Reader, office: str, serial: int) -> Issued:
    """The same certificate, made again from the record as it was known when it was issued.

    Raises Denied where there is none, or where its persons may not be told of any more; Disagreement where the page is not
    the one that was issued, byte by byte: another form, or an individual number that has changed since.
    """
    with _in_the_readers_language():
        with within(office):
            row = IssuedCertificate.objects.filter(muni=office, serial=serial).first()
        if row is None or (reader.muni and reader.muni != office):
            raise Denied(Reason.UNKNOWN)
        return _print_again(reader, row)


def certifiable(
    reader: Reader, muni: str, person: int, *, now: datetime, today: date, wide_area: bool = False
) -> tuple[Choice, ...]:
    """A person and the members of the household, to choose from; empty for nobody. Each is recorded as read. Members under
    support measures are left out, and such a person stands alone. `wide_area`: an officer of another municipality asks, for
    a wide-area copy.
    """
    article = "Basic Resident Register Act 12-4(1)" if wide_area else "Basic Resident Register Act 12(3)"
    ground = replace(reader, article=article)
    if wide_area:
        ground = _elsewhere(ground, person)
    if reader.muni and (reader.muni == muni) == wide_area:
        record_refusal(ground, ("name", "household"), person)
        return ()
    with within(muni):

        def read(who: int) -> Known | None:
            return read_as(
                ground, ("name", "household", "relation"), who, lambda: read_person(muni, who, today, now)
            )

        first = read(person)
        if first is None:
            return ()
        shut = _protected(muni, first.household | {person})
        others = [] if person in shut else sorted(first.household - {person} - shut)
        return tuple(_choice(one) for one in (first, *map(read, others)) if one is not None)


def _choice(one: Known) -> Choice:
    place, particulars = one.record.of("membership"), one.record.of("particulars")
    assert particulars is not None
    return Choice(
        one.person,
        one.first_name.text,
        place.items["relation"] if place else "",
        particulars.items["sex"],
        one.foreign,
        one.removed_on is None,
    )


def _judged(reader: Reader, asked: Asked, moment: datetime, day: date) -> tuple[list[Known], Permit]:
    """Reads whom the request names, and judges it; every read and every refusal is recorded."""
    ground = _ground(reader, asked)
    items = (GATE_ITEMS[asked.kind],)
    try:
        check_request(asked)
        if reader.muni and reader.muni != asked.office:
            raise no_ground()
        known, seen = _read(ground, items, asked, moment, day)
        return known, permit(asked, seen, day)
    except Denied:
        for person in asked.persons or (None,):
            record_refusal(ground, items, person)
        raise


def _ground(reader: Reader, asked: Asked) -> Reader:
    """The reader, for whoever asks, by the article of the certificate."""
    requester = asked.requester
    whose = f"resident:{requester.person}" if requester.person is not None else requester.standing.value
    ground = replace(
        reader,
        purpose=f"certificate: {asked.kind.value}",
        article=article_of(asked.kind, requester.standing),
        on_behalf_of=whose,
    )
    if reader.actor.startswith("resident:"):
        role = Role.STORE_TERMINAL.value if asked.channel is Channel.STORE else ""
        return replace(ground, on_behalf_of="", use=Purpose.OWN_RECORD.value, role=role)
    if asked.kind is Certificate.WIDE_AREA and requester.person is not None:
        return _elsewhere(ground, requester.person)
    return ground


def _elsewhere(ground: Reader, person: int) -> Reader:
    """A wide-area copy: the office holds no trace of the person, who asks there of their own record (art. 12-4). The gate is
    asked for the resident; the officer stands in the purpose.
    """
    said = f"{ground.purpose} at {ground.muni} by {ground.actor}"[:120]
    return replace(
        ground,
        actor=f"resident:{person}",
        on_behalf_of="",
        muni="",
        purpose=said,
        use=Purpose.OWN_RECORD.value,
    )


def _read(
    ground: Reader, items: tuple[str, ...], asked: Asked, moment: datetime, day: date
) -> tuple[list[Known], Seen]:
    with within(asked.muni):
        shut = _shut(asked, asked.persons)
        found = {}
        for person in asked.persons:
            one = read_as(ground, items, person, partial(_open, asked.muni, person, shut, day, moment))
            if one is not None:
                found[person] = one
        heads = {one.head for one in found.values() if one.head is not None and Item.RELATION in asked.says}
        closed = _shut(asked, heads)
        for head in sorted(heads - set(asked.persons)):
            read_as(ground, ("name",), head, partial(_unless, head in closed, head))
        household = _household_of_requester(ground, asked, found, day, moment)
    readable = frozenset(
        who for who, one in found.items() if Item.RELATION not in asked.says or one.head not in closed
    )
    seen = Seen(
        readable=readable,
        residents=frozenset(who for who, one in found.items() if one.removed_on is None),
        household=household,
        removed_on={who: one.removed_on for who, one in found.items() if one.removed_on is not None},
        moving=frozenset(who for who, one in found.items() if one.moving),
    )
    return [found[person] for person in asked.persons if person in found], seen


def _open(muni: str, person: int, shut: frozenset[int], day: date, moment: datetime) -> Known | None:
    return None if person in shut else read_person(muni, person, day, moment)


def _unless(closed: bool, head: int) -> int | None:
    return None if closed else head


def _household_of_requester(
    ground: Reader, asked: Asked, found: dict[int, Known], day: date, moment: datetime
) -> frozenset[int]:
    who = asked.requester.person
    if who is None or asked.requester.standing in OTHERS:
        return frozenset()
    own = found.get(who) or read_as(
        ground, ("household",), who, lambda: read_person(asked.muni, who, day, moment)
    )
    return own.household if own is not None else frozenset()


def _shut(asked: Asked, persons: Iterable[int]) -> frozenset[int]:
    """Those of some persons who are under support measures now, for everybody but the protected of the same case, at a
    counter. The gate, which knows other parties by their number, has refused those already.
    """
    requester = asked.requester
    own = requester.person if requester.standing in OWN and asked.channel is Channel.COUNTER else None
    return _protected(asked.muni, persons, own)


def _protected(muni: str, persons: Iterable[int], unless: int | None = None) -> frozenset[int]:
    """Those whom a measure protects now that does not protect `unless` too."""
    now = timezone.now()
    found = measures_of(frozenset(persons), [database_of(muni)])
    return frozenset(
        who
        for who, measures in found.items()
        if any(closes(one, now) and who in one.protected and unless not in one.protected for one in measures)
    )


def _check_numbers(asked: Asked, known: list[Known]) -> None:
    if asked.kind is Certificate.MOVE_OUT or Item.NUMBER not in asked.says:
        return
    if not all(has_number(one.person) for one in known):
        raise Denied(Reason.NO_NUMBER)


def _numbers(reader: Reader, asked: Asked, known: list[Known], granted: Permit) -> NumberOf:
    """How the sheet gets a number out of the vault: by the article of this certificate, each time recorded there."""
    _check_numbers(asked, known)
    ground = _ground(reader, asked)
    decision = Decision(
        bool(granted.number_article),
        ground.actor,
        ground.purpose,
        granted.number_article or granted.article,
        ground.on_behalf_of,
        ground.muni,
    )
    return lambda person: reveal(person, decision) if has_number(person) else ""


@sensitive_variables()
def _words(asked: Asked, known: list[Known], number_of: NumberOf) -> dict[str, object]:
    return engine.words(sheet(asked, known, number_of), _name(asked.office))


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
    )


def _print_again(reader: Reader, row: IssuedCertificate) -> Issued:
    asked = asked_of(row)
    known, granted = _judged(reader, asked, row.issued_at, row.day)
    said = _words(asked, known, _numbers(reader, asked, known, granted))
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
