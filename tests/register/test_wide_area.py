"""Wide-area copies: asked at one municipality's counter, answered by the one with the record, printed where they were asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enishi.kernel.errors import Refused
from enishi.number.services import Decision, reveal
from enishi.platform import messages
from enishi.platform.models import InMessage, OutMessage, ReadRecord
from enishi.platform.services import Answer, Envelope, Reader, backlog, deliver, handle, post, within
from enishi.register import services, terms, wide_area
from enishi.register.measures import By
from enishi.register.models import IssuedCertificate, WideAreaAnswer, WideAreaQuestion
from enishi.register.moves.words import plain
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.terms import (
    Asked,
    Certificate,
    Channel,
    Identity,
    Item,
    Requester,
    Standing,
)
from enishi.register.vocabulary import Harm
from enishi.site.commands import doctor
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA
from tests.register.certified import CHILD, FAMILY, FATHER, FLED, MOTHER, NOW, OFFICER, TODAY, town
from tests.register.test_certifying import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
]
THERE = replace(OFFICER, muni=CHUO)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _town(tmp_path: Path) -> None:
    town(tmp_path)


def ask(person: int = FATHER, *items: Item, household: bool = True, **said: Any) -> str:
    usual = {"key": "k1", "identity": Identity.PHOTO, "now": NOW, "today": TODAY}
    reader, office, holder = said.pop("reader", THERE), said.pop("office", CHUO), said.pop("holder", CHIYODA)
    return services.ask_wide_area(
        reader, office, holder, person, household=household, items=frozenset(items), **(usual | said)
    )


@pytest.fixture
def payloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is received, by message: the boxes themselves forget it."""
    seen: dict[str, Any] = {}
    envelope_of = messages._envelope

    def noted(message: Any) -> Envelope:
        envelope = envelope_of(message)
        seen[envelope.message_id] = envelope.payload
        return envelope

    monkeypatch.setattr(messages, "_envelope", noted)
    return seen


def carry() -> None:
    """Messages both ways."""
    for _round in range(3):
        deliver(now=LATER)
        handle(now=LATER)


def line(question: str, reader: Reader = THERE, today: date = TODAY) -> terms.QuestionLine:
    return services.wide_area_question(reader, CHUO, question, today=today)


def request_on(question: str, *persons: int, items: tuple[Item, ...] = (), household: bool = True) -> Asked:
    standing = Standing.HOUSEHOLD if household else Standing.SELF
    return Asked(
        muni=CHIYODA,
        office=CHUO,
        kind=Certificate.WIDE_AREA,
        persons=persons,
        requester=Requester(standing, Identity.PHOTO, FATHER),
        channel=Channel.COUNTER,
        items=frozenset(items),
        question=question,
    )


def issue(asked: Asked, reader: Reader = THERE, key: str = "c1", today: date = TODAY) -> terms.Issued:
    return services.issue_certificate(reader, asked, key=key, now=LATER, today=today)


def refused(asked: Asked, reader: Reader = THERE, today: date = TODAY) -> Reason:
    with pytest.raises(Denied) as caught:
        services.preview_certificate(reader, asked, now=LATER, today=today)
    return caught.value.reason


def test_the_municipality_with_the_record_answers_and_the_one_that_was_asked_prints() -> None:
    question = ask(FATHER, Item.RELATION)
    assert line(question).state == "waiting"
    assert refused(request_on(question, FATHER, items=(Item.RELATION,))) is Reason.NOT_ANSWERED
    carry()
    shown = line(question)
    assert (shown.state, shown.usable, [one.person for one in shown.people]) == (
        "answered",
        True,
        list(FAMILY),
    )
    asked = request_on(question, FATHER, CHILD, items=(Item.RELATION,))
    preview = services.preview_certificate(THERE, asked, now=LATER, today=TODAY).sheet
    said = [{cell.label: cell.value for row in part for cell in row} for part in preview.parts]
    assert [one["続柄"] for one in said] == ["世帯主", "子"]
    assert [one["本籍"] for one in said] == ["省略"] * 2
    assert "資格等" not in said[0]
    (common,) = preview.common
    assert common[0].value == "東京都千代田区丸の内一丁目1番1号　縁ビル301"
    made = issue(asked)
    assert (made.office, made.serial) == (CHUO, 1)
    text = text_of(made.pdf)
    assert "東京都中央区長" in text
    assert "花" not in text
    assert services.reprint_certificate(THERE, CHUO, 1) == made
    row = IssuedCertificate.objects.get()
    assert (row.record_muni, row.question, row.article) == (
        CHIYODA,
        question,
        "Basic Resident Register Act 12-4(1)",
    )


def test_both_municipalities_record_who_was_told_of_and_where() -> None:
    question = ask()
    assert not ReadRecord.objects.filter(subject=CHILD, purpose__contains="wide_area").exists()
    carry()
    read = ReadRecord.objects.filter(subject=CHILD, items="certificate.wide_area_copy").latest("id")
    assert (read.actor, read.answer) == (f"resident:{FATHER}", Answer.GIVEN.value)
    assert read.purpose == f"certificate: wide_area at {CHUO} by officer:1"
    assert read.article == "Basic Resident Register Act 12-4(1)"
    before = ReadRecord.objects.filter(subject=CHILD).count()
    line(question)
    assert ReadRecord.objects.filter(subject=CHILD).count() == before + 1


def test_an_answer_holds_neither_domicile_nor_number_nor_anybody_who_was_not_asked_of(
    payloads: dict[str, Any],
) -> None:
    ask(FATHER, Item.NUMBER, Item.CODE, household=False)
    carry()
    number = reveal(FATHER, Decision(True, "system:t", "to compare", "My Number Act 9(1)", muni=CHIYODA))
    sent = repr(payloads)
    kept = repr(list(WideAreaAnswer.objects.values_list("people", flat=True)))
    for text in (sent, kept):
        assert "＊" * 12 in text
        assert number not in text
        assert "千代田一丁目1番" not in text
        assert not any(name in text for name in ("花", "葵"))


def test_number_and_code_leave_the_vault_where_the_copy_is_printed() -> None:
    question = ask(FATHER, Item.NUMBER, Item.CODE, household=False)
    carry()
    asked = request_on(question, FATHER, items=(Item.NUMBER, Item.CODE), household=False)
    made = issue(asked)
    number = reveal(FATHER, Decision(True, "system:t", "to compare", "My Number Act 9(1)", muni=CHIYODA))
    assert number in text_of(made.pdf)
    assert "＊" not in text_of(made.pdf)
    for item in ("individual_number", "resident_code"):
        read = ReadRecord.objects.filter(items=item, purpose__contains="wide_area").latest("id")
        assert (read.subject, read.actor, read.answer) == (FATHER, f"resident:{FATHER}", Answer.GIVEN.value)
    assert services.reprint_certificate(THERE, CHUO, 1) == made


def test_whoever_may_not_be_told_of_gets_the_one_refusal(payloads: dict[str, Any]) -> None:
    texts = set()
    for number, (person, holder) in enumerate(
        ((FLED, YOKOHAMA), (987654321, CHIYODA), (FATHER, YOKOHAMA), (9, CHIYODA))
    ):
        question = ask(person, holder=holder, key=f"k{number}")
        carry()
        shown = line(question)
        assert (shown.state, shown.people, shown.usable) == ("refused", (), False)
        texts.add(shown.reason)
        payload = payloads[f"{question}:answered"]
        texts.add(repr(sorted((name, value) for name, value in payload.items() if name != "question")))
    assert len(texts) == 2
    assert not IssuedCertificate.objects.exists()


def test_members_under_support_measures_are_not_named_and_one_taken_since_the_answer_closes_at_once() -> None:
    question = ask()
    carry()
    case = terms.Case(CHILD, Harm.CHILD_ABUSE, other_unnamed=True)
    services.file_measure(By(CHIYODA, "officer:1", "m1", LATER), case)
    carry()
    assert CHILD not in [one.person for one in line(question).people]
    assert refused(request_on(question, FATHER, CHILD)) is Reason.NO_GROUND
    assert issue(request_on(question, FATHER)).serial == 1
    again = ask(key="k2")
    carry()
    assert [one.person for one in line(again).people] == [FATHER, MOTHER]


def test_an_answer_serves_on_its_day_only_and_for_what_was_asked() -> None:
    question = ask(FATHER, Item.RELATION)
    carry()
    tomorrow = TODAY + timedelta(days=1)
    good = request_on(question, FATHER, items=(Item.RELATION,))
    assert refused(good, today=tomorrow) is Reason.NOT_ANSWERED
    assert line(question, today=tomorrow).people == ()
    assert refused(request_on(question, FATHER)) is Reason.NO_GROUND
    assert refused(request_on("nothing", FATHER, items=(Item.RELATION,))) is Reason.NO_GROUND
    assert refused(replace(good, muni=YOKOHAMA)) is Reason.NO_GROUND
    assert refused(replace(good, persons=(FATHER, 5))) is Reason.NO_GROUND
    assert refused(replace(good, requester=replace(good.requester, person=MOTHER))) is Reason.NO_GROUND
    elsewhere = replace(OFFICER, muni=SAPPORO)
    assert refused(good, elsewhere) is Reason.NO_GROUND
    assert refused(replace(good, office=SAPPORO), elsewhere) is Reason.NO_GROUND
    with pytest.raises(Denied):
        line(question, elsewhere)
    assert services.wide_area_questions(elsewhere, CHUO, today=TODAY) == ()
    made = issue(good)
    assert services.reprint_certificate(THERE, CHUO, made.serial) == made


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"identity": Identity.TWO_DOCUMENTS}, Reason.IDENTITY),
        ({"holder": CHUO}, Reason.WRONG_OFFICE),
        ({"holder": "999999"}, Reason.WRONG_OFFICE),
        ({"items": (Item.DOMICILE,)}, Reason.NOT_ON_THIS),
        ({"items": (Item.QUALIFICATIONS,)}, Reason.NOT_ON_THIS),
        ({"items": (Item.NUMBER,)}, Reason.OWN_SECRET_ONLY),
        ({"items": (Item.CODE,)}, Reason.OWN_SECRET_ONLY),
        ({"reader": OFFICER}, Reason.NO_GROUND),
    ],
)
def test_what_no_answer_could_grant_is_not_asked(said: dict[str, Any], reason: Reason) -> None:
    items = said.pop("items", ())
    with pytest.raises(Denied) as caught:
        ask(FATHER, *items, **said)
    assert caught.value.reason is reason
    assert not WideAreaQuestion.objects.exists()
    assert not OutMessage.objects.exists()
    assert ReadRecord.objects.filter(subject=FATHER).latest("id").answer == Answer.REFUSED.value


def test_what_the_record_lacks_is_answered_with_its_reason() -> None:
    question = ask(FATHER, Item.NATIONALITY)
    carry()
    assert line(question).reason == Reason.NO_FOREIGNER.japanese


def test_the_same_question_twice_is_one_and_a_message_delivered_twice_changes_nothing(
    payloads: dict[str, Any],
) -> None:
    question = ask()
    assert ask() == question
    with pytest.raises(Denied) as caught:
        ask(MOTHER)
    assert caught.value.reason is Reason.REDO
    carry()
    (asked,) = InMessage.objects.filter(kind=wide_area.ASKED)
    asked.done_at, asked.payload = None, messages.canonical(payloads[asked.message_id])
    asked.save()
    carry()
    assert WideAreaAnswer.objects.count() == WideAreaQuestion.objects.count() == 1
    assert OutMessage.objects.count() == 2


def test_an_answer_that_nobody_asked_for_or_of_other_people_is_not_taken_over() -> None:
    question = ask(household=False)
    carry()
    people = wide_area.read(wide_area.Told, _answer(question)).people
    alone = ask(key="k2", household=False)
    forged = [
        ("1", CHIYODA, wide_area.Told("00000000-0000-0000-0000-000000000000", people=people)),
        ("2", YOKOHAMA, wide_area.Told(alone, people=people)),
        ("3", CHIYODA, wide_area.Told(alone, people=(replace(people[0], person=MOTHER),))),
        ("4", CHIYODA, wide_area.Told(alone, people=(*people, replace(people[0], person=MOTHER)))),
        ("5", CHIYODA, wide_area.Told(alone)),
        ("6", CHIYODA, wide_area.Told(alone, refused="NO_GROUND", people=people)),
    ]
    for ident, sender, told in forged:
        envelope = Envelope(ident, sender, CHUO, 1, wide_area.ANSWERED, plain(told))
        with pytest.raises(Refused, match="answers no question"):
            wide_area._take_answer(envelope)
    assert line(alone).state == "waiting"
    with within(SAPPORO):
        post("x", CHUO, wide_area.ANSWERED, {"question": 7}, sender=SAPPORO)
    carry()
    assert any(waits[1:3] == (SAPPORO, CHUO) for waits in backlog())
    assert line(alone).state == "answered"


@pytest.mark.parametrize("model", [WideAreaQuestion, WideAreaAnswer])
def test_questions_and_answers_are_never_altered(model: Any) -> None:
    ask()
    carry()
    for alter in (lambda rows: rows.update(muni=YOKOHAMA), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            alter(model._default_manager.all())


def _answer(question: str) -> Any:
    row = WideAreaAnswer.objects.get(question=question)
    return {"question": row.question, "refused": row.refused, "people": row.people}
