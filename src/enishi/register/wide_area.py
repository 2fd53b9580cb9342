"""Wide-area copies (広域交付, art. 12-4): asked at another municipality's counter, answered by the one that keeps the record.

Two municipalities share no table: the one where somebody asks posts a question, the one with the record judges it as it would
at its own counter and answers with what the copy says, or with the one ground. Registered domicile and insurances are no part
of it by law; number and resident code travel masked and leave the vault where the copy is printed. An answer serves on its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils.translation import get_language

from enishi.kernel.errors import Refused
from enishi.platform.services import (
    Envelope,
    Reader,
    handles,
    handling_at,
    post,
    read_as,
    record_refusal,
    within,
)
from enishi.register import models
from enishi.register.certificate_judging import check_reader, ground_of, household, protected
from enishi.register.certificate_judging import judged as judged_here
from enishi.register.certificate_secrets import MASKED, check_secrets
from enishi.register.certificate_sheet import Parts, Secrets, Sheet, assembled, parts_of, revealed
from enishi.register.moves.words import plain, read
from enishi.register.rules.certificate_reasons import Denied, Reason, no_ground
from enishi.register.rules.certificates import (
    GATE_ITEMS,
    Asked,
    Certificate,
    Channel,
    Form,
    Identity,
    Item,
    Permit,
    Requester,
    Seen,
    Standing,
    check_request,
    permit,
)

ASKED, ANSWERED = "register.wide_area.asked", "register.wide_area.answered"
NAMESPACE = UUID("0d0c6b53-0d0a-4f0e-9d5b-6a4d8e1f7c20")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What one municipality asks another: on whose wish, about them alone or the `household`, with which items."""

    question: str
    person: int
    household: bool
    items: tuple[Item, ...]
    identity: Identity
    actor: str
    day: date


@dataclass(frozen=True, slots=True)
class Told:
    """The answer. `refused`: a word of `Reason`, blank where it is granted; `people`: what the copy may say of each."""

    question: str
    refused: str = ""
    people: tuple[Parts, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question as the asking office's pages show it. `state`: `waiting`, `answered`, `refused`; `reason`: why, in the page's
    language; `usable`: whether a copy can be issued on it today; `people`: whom the answer names, empty in a list.
    """

    question: str
    holder: str
    person: int
    household: bool
    items: tuple[Item, ...]
    identity: Identity
    actor: str
    asked_at: datetime
    answered_at: datetime | None
    state: str
    reason: tuple[str, str]
    usable: bool
    people: tuple[Parts, ...] = ()


def ask_wide_area(
    reader: Reader,
    office: str,
    holder: str,
    person: int,
    *,
    household: bool,
    items: frozenset[Item],
    identity: Identity,
    key: str,
    now: datetime,
    today: date,
) -> str:
    """Asks the municipality with the record for a person who stands at this counter. Returns the question's id; the same
    under the same key is one question. Raises Denied for what no answer could grant.
    """
    question = str(uuid5(NAMESPACE, f"{office}:{key}"))
    said = Question(question, person, household, tuple(sorted(items)), identity, reader.actor, today)
    asked = _asked(said, holder, office, (person,))
    language = get_language() or "ja"
    try:
        check_request(asked)
        check_reader(reader, asked)
        if not models.Municipality.objects.filter(muni=holder).exists():
            raise Denied(Reason.WRONG_OFFICE)
    except Denied as refused:
        record_refusal(ground_of(reader, asked), (GATE_ITEMS[Certificate.WIDE_AREA],), person)
        raise refused.in_language(language) from None
    with within(office):
        row, fresh = models.WideAreaQuestion.objects.get_or_create(
            muni=office,
            question=question,
            defaults={
                "record_muni": holder,
                "person": person,
                "household": household,
                "items": [item.value for item in said.items],
                "identity": identity.value,
                "actor": reader.actor,
                "asked_at": now,
                "day": today,
            },
        )
        if not fresh and (row.record_muni, _said(row)) != (holder, said):
            raise Denied(Reason.REDO, language=language)
        post(f"{question}:asked", holder, ASKED, plain(said), sender=office, at=row.asked_at)
    return question


def wide_area_questions(reader: Reader, office: str, *, today: date) -> tuple[QuestionLine, ...]:
    """The latest questions of an office, newest first, without what was answered. Empty for an officer of another."""
    if reader.muni and reader.muni != office:
        return ()
    with within(office):
        rows = list(models.WideAreaQuestion.objects.filter(muni=office).order_by("-asked_at", "-id")[:SIZE])
        names = [row.question for row in rows]
        answers = {
            one.question: one for one in models.WideAreaAnswer.objects.filter(muni=office, question__in=names)
        }
    return tuple(_line(row, answers.get(row.question), today) for row in rows)


def wide_area_question(reader: Reader, office: str, question: str, *, today: date) -> QuestionLine:
    """One question with whom the answer names; each is recorded as read. Raises Denied where there is none here."""
    with within(office):
        row = models.WideAreaQuestion.objects.filter(muni=office, question=question).first()
        answer = models.WideAreaAnswer.objects.filter(muni=office, question=question).first()
    if row is None or (reader.muni and reader.muni != office):
        raise Denied(Reason.UNKNOWN, language=get_language() or "ja")
    people: tuple[Parts, ...] = ()
    if answer is not None and answer.day == today:
        said = _said(row)
        ground = ground_of(reader, _asked(said, row.record_muni, office, (row.person,)))
        people = tuple(_given(ground, office, read(Told, _told(answer)).people))
    return _line(row, answer, today, people)


def judged(reader: Reader, asked: Asked, day: date) -> tuple[list[Parts], Permit]:
    """What may be printed of those whom a request names, out of the answer of that very day; reads and refusals are recorded."""
    ground = ground_of(reader, asked)
    try:
        check_request(asked)
        check_reader(reader, asked)
        told = _answer_to(asked, day)
        wanted = [one for one in told if one.person in asked.persons]
        given = frozenset(one.person for one in _given(ground, asked.office, wanted))
        everybody = frozenset(one.person for one in told)
        seen = Seen(readable=given, residents=everybody, household=everybody)
        granted = permit(asked, seen, day)
        check_secrets(asked, asked.persons)
    except Denied:
        for person in asked.persons or (None,):
            record_refusal(ground, (GATE_ITEMS[asked.kind],), person)
        raise
    by_person = {one.person: one for one in wanted}
    return [by_person[person] for person in asked.persons], granted


def drawn(asked: Asked, told: Sequence[Parts], secrets: Secrets) -> Sheet:
    """The copy's words."""
    return assembled(asked, [revealed(one, secrets) for one in told])


@handles(ASKED)
def _answer(envelope: Envelope) -> None:
    """The municipality with the record judges as at its own counter; whom it may not tell of, it does not tell from nobody."""
    said, now = read(Question, envelope.payload), handling_at()
    muni, office = envelope.receiver, envelope.sender
    reader = Reader(said.actor, "certificate", "Basic Resident Register Act 12-4(3)", muni=office)
    try:
        told = Told(said.question, people=_tell(reader, said, muni, now))
    except Denied as refused:
        told = Told(said.question, refused=refused.reason.name)
    post(f"{said.question}:answered", office, ANSWERED, plain(told), sender=muni, at=now)


def _tell(reader: Reader, said: Question, muni: str, now: datetime) -> tuple[Parts, ...]:
    office = reader.muni
    persons: tuple[int, ...] = (said.person,)
    if said.household:
        ground = ground_of(reader, _asked(said, muni, office, persons))
        if not protected(muni, persons):
            found = household(ground, muni, said.person, now=now, today=said.day)
            persons = tuple(one.person for one in found) or persons
    asked = _asked(said, muni, office, persons)
    known, _granted = judged_here(reader, asked, now, said.day)
    check_secrets(asked, persons)
    return tuple(parts_of(asked, known, MASKED))


@handles(ANSWERED)
def _take_answer(envelope: Envelope) -> None:
    """Keeps an answer with its question. Raises Refused for one that nobody asked for, or of other people than were asked of."""
    told, now, office = read(Told, envelope.payload), handling_at(), envelope.receiver
    with within(office):
        row = models.WideAreaQuestion.objects.filter(
            muni=office, question=told.question, record_muni=envelope.sender
        ).first()
        persons = [one.person for one in told.people]
        fits = row is not None and (
            (persons == [] and bool(told.refused))
            or (row.person in persons and not told.refused and (row.household or persons == [row.person]))
        )
        if row is None or not fits:
            raise Refused(
                "this answers no question that was asked of this municipality, or says more than was asked",
                where=f"question {told.question}",
                todo="ask the municipality that sent it; nothing was taken over",
            )
        models.WideAreaAnswer.objects.create(
            muni=office,
            question=told.question,
            answered_at=now,
            day=row.day,
            refused=told.refused,
            people=plain(told)["people"],
        )


def _asked(said: Question, muni: str, office: str, persons: tuple[int, ...]) -> Asked:
    standing = Standing.HOUSEHOLD if said.household else Standing.SELF
    return Asked(
        muni=muni,
        office=office,
        kind=Certificate.WIDE_AREA,
        persons=persons,
        requester=Requester(standing, said.identity, said.person),
        channel=Channel.COUNTER,
        items=frozenset(said.items),
        form=Form.HOUSEHOLD,
        question=said.question,
    )


def _answer_to(asked: Asked, day: date) -> tuple[Parts, ...]:
    """What was answered to the request's question. Raises Denied where it is another's, none, refused, or of another day."""
    here = {"muni": asked.office, "question": asked.question}
    with within(asked.office):
        row = models.WideAreaQuestion.objects.filter(**here, record_muni=asked.muni).first()
        answer = models.WideAreaAnswer.objects.filter(**here).first()
    if row is None:
        raise no_ground()
    said = _said(row)
    same = _asked(said, row.record_muni, row.muni, asked.persons)
    if (same.requester, same.items) != (asked.requester, asked.items):
        raise no_ground()
    if answer is None or answer.day != day:
        raise Denied(Reason.NOT_ANSWERED)
    if answer.refused:
        raise Denied(_reason(answer.refused))
    return read(Told, _told(answer)).people


def _given(ground: Reader, office: str, parts: Sequence[Parts]) -> list[Parts]:
    """Those of whom may be told here now; a measure that was taken since the answer closes at once."""
    shut = protected(office, [one.person for one in parts])
    items = (GATE_ITEMS[Certificate.WIDE_AREA],)

    def one_of(one: Parts) -> Parts | None:
        return None if one.person in shut else one

    found = (read_as(ground, items, one.person, lambda one=one: one_of(one)) for one in parts)  # type: ignore[misc]  # bound now
    return [one for one in found if one is not None]


def _said(row: models.WideAreaQuestion) -> Question:
    return Question(
        row.question,
        row.person,
        row.household,
        tuple(sorted(map(Item, row.items))),
        Identity(row.identity),
        row.actor,
        row.day,
    )


def _told(answer: models.WideAreaAnswer) -> dict[str, object]:
    return {"question": answer.question, "refused": answer.refused, "people": answer.people}


def _reason(word: str) -> Reason:
    return Reason[word] if word in Reason.__members__ else Reason.NO_GROUND


def _line(
    row: models.WideAreaQuestion,
    answer: models.WideAreaAnswer | None,
    today: date,
    people: tuple[Parts, ...] = (),
) -> QuestionLine:
    said = _said(row)
    state = "waiting" if answer is None else "refused" if answer.refused else "answered"
    why = ("", "")
    if answer is not None and answer.refused:
        reason = _reason(answer.refused)
        why = reason.japanese if (get_language() or "ja").startswith("ja") else reason.english
    return QuestionLine(
        question=row.question,
        holder=row.record_muni,
        person=row.person,
        household=row.household,
        items=said.items,
        identity=said.identity,
        actor=row.actor,
        asked_at=row.asked_at,
        answered_at=answer.answered_at if answer else None,
        state=state,
        reason=why,
        usable=state == "answered" and row.day == today,
        people=people,
    )
