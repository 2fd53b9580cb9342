"""Certificates that residents ask for online: judged at once, confirmed by an officer, issued as an act, fetched for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, Reader
from enishi.register import services, terms
from enishi.register.acts import departures, vital
from enishi.register.measures import By
from enishi.register.models import CertificateDecision, CertificateRequest, IssuedCertificate
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.move_terms import Evidence, Proof
from enishi.register.rules.reports import Departure, Leaving, Report
from enishi.register.terms import (
    Certificate,
    Form,
    Item,
    asked_online,
)
from enishi.register.vocabulary import Harm
from enishi.site.commands import doctor
from tests.factories import CHIYODA, CHUO, YOKOHAMA
from tests.register.certified import (
    CHILD,
    FATHER,
    FLED,
    FOREIGNER,
    MOTHER,
    NOW,
    OFFICER,
    TODAY,
    YOKOHAMA_HOME,
    town,
)
from tests.register.test_certifying import _on, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
]
HERE = {"now": NOW, "today": TODAY}
LATER = {"now": NOW + timedelta(hours=2), "today": TODAY}
BY_PHONE = "called back under the number on record"


@pytest.fixture(autouse=True)
def _town(tmp_path: Path) -> None:
    town(tmp_path)


def resident(person: int = FATHER) -> Reader:
    return Reader(f"resident:{person}", "certificate", "Basic Resident Register Act 12(1)")


def ask(
    *persons: int,
    me: int = FATHER,
    kind: Certificate = Certificate.COPY,
    items: tuple[Item, ...] = (),
    key: str = "k1",
    proof: Proof = Proof.DEMONSTRATION_SIGN_IN,
    muni: str = CHIYODA,
) -> str:
    asked = asked_online(muni, me, kind, persons or (me,), items, Form.HOUSEHOLD)
    evidence = Evidence(proof, f"resident:{me}", NOW, "ab" * 32)
    return services.request_certificate(resident(me), asked, evidence, key=key, **HERE)


def state(request: str, me: int = FATHER) -> str:
    return services.own_request(resident(me), CHIYODA, request).state


def denied(act: Any) -> Reason:
    with pytest.raises(Denied) as caught:
        act()
    return caught.value.reason


def confirm(request: str, reader: Reader = OFFICER, shown: str = BY_PHONE, muni: str = CHIYODA) -> int:
    return services.confirm_request(reader, muni, request, shown=shown, **LATER)


def fetch(request: str, me: int = FATHER, days: int = 0, muni: str = CHIYODA) -> terms.Issued:
    return services.fetch_certificate(resident(me), muni, request, today=TODAY + timedelta(days=days))


def test_a_request_waits_for_an_officer_who_bears_out_the_sign_in_and_is_then_fetched_again_and_again() -> (
    None
):
    request = ask(FATHER, CHILD, items=(Item.RELATION,))
    assert state(request) == "waiting"
    assert denied(lambda: fetch(request)) is Reason.UNKNOWN
    assert not IssuedCertificate.objects.exists()
    (waiting,) = services.waiting_requests(OFFICER, CHIYODA)
    assert (waiting.request, waiting.evidence[0].kind) == (request, Proof.DEMONSTRATION_SIGN_IN)
    assert denied(lambda: confirm(request, shown=" ")) is Reason.IDENTITY
    serial = confirm(request)
    assert confirm(request) == serial
    assert services.waiting_requests(OFFICER, CHIYODA) == ()
    first, again = fetch(request), fetch(request, days=30)
    assert first == again
    assert first.serial == serial
    text = text_of(first.pdf)
    assert "葵" in text
    assert "花" not in text
    assert denied(lambda: fetch(request, days=31)) is Reason.NO_LONGER_FETCHED
    row = IssuedCertificate.objects.get()
    assert (row.actor, row.channel, row.identity, row.standing) == (
        f"resident:{FATHER}",
        "online",
        "confirmed_sign_in",
        "household",
    )
    decision = CertificateDecision.objects.get()
    assert (decision.actor, decision.outcome, decision.said) == ("officer:1", "confirmed", BY_PHONE)
    reads = ReadRecord.objects.filter(subject=CHILD, items="certificate.copy", actor=f"resident:{FATHER}")
    assert reads.count() >= 4


def test_a_verified_signature_issues_at_once_and_a_proof_of_somebody_else_nothing() -> None:
    request = ask(proof=Proof.CARD_SIGNATURE)
    assert state(request) == "issued"
    assert IssuedCertificate.objects.get().identity == "signature"
    for proof in set(Proof) - {Proof.CARD_SIGNATURE, Proof.DEMONSTRATION_SIGN_IN}:
        assert denied(lambda proof=proof: ask(proof=proof, key="k2")) is Reason.IDENTITY
    asked = asked_online(CHIYODA, FATHER, Certificate.COPY, (FATHER,), (), Form.HOUSEHOLD)
    borrowed = Evidence(Proof.CARD_SIGNATURE, f"resident:{MOTHER}", NOW)
    assert (
        denied(lambda: services.request_certificate(resident(), asked, borrowed, key="k3", **HERE))
        is Reason.IDENTITY
    )
    other = Evidence(Proof.CARD_SIGNATURE, f"resident:{MOTHER}", NOW)
    assert (
        denied(lambda: services.request_certificate(resident(MOTHER), asked, other, key="k4", **HERE))
        is Reason.NO_GROUND
    )
    assert IssuedCertificate.objects.count() == 1


def test_absent_protected_and_strange_persons_are_refused_alike_and_nothing_is_kept() -> None:
    there = {"me": 8, "muni": YOKOHAMA}
    texts = set()
    for number, act in enumerate(
        (
            lambda: ask(FLED, **there),
            lambda: ask(8, FLED, **there),
            lambda: ask(987654321, **there),
            lambda: ask(FOREIGNER, **there),
            lambda: ask(FLED, me=FLED, muni=YOKOHAMA),
            lambda: ask(FATHER, muni=CHUO),
        )
    ):
        with pytest.raises(Denied) as caught:
            act()
        assert caught.value.reason is Reason.NO_GROUND, number
        texts.add(str(caught.value))
    assert len(texts) == 1
    assert not CertificateRequest.objects.exists()
    assert ReadRecord.objects.filter(subject=987654321).latest("id").answer == Answer.REFUSED.value


@pytest.mark.parametrize("item", [Item.NUMBER, Item.CODE])
def test_number_and_code_are_not_given_online(item: Item) -> None:
    assert denied(lambda: ask(items=(item,))) is Reason.NOT_ONLINE
    assert not ReadRecord.objects.filter(items__in=["individual_number", "resident_code"]).exists()


def test_a_measure_taken_after_the_request_or_the_issue_closes_it_at_once() -> None:
    first, second = ask(FATHER, CHILD), ask(key="k2")
    confirm(second)
    case = terms.Case(CHILD, Harm.CHILD_ABUSE, covered=(FATHER,), other_unnamed=True)
    services.file_measure(By(CHIYODA, "officer:1", "m1", NOW), case)
    clerk = replace(OFFICER, actor="officer:999")
    assert denied(lambda: confirm(first, clerk)) in (Reason.NO_GROUND, Reason.UNKNOWN)
    assert denied(lambda: confirm(first)) in (Reason.NO_GROUND, Reason.UNKNOWN)
    assert not CertificateDecision.objects.filter(request=first).exists()
    assert denied(lambda: fetch(second)) is Reason.NO_GROUND
    assert IssuedCertificate.objects.count() == 1


def test_who_left_in_the_meantime_gets_no_copy() -> None:
    own, of_child = ask(), ask(CHILD, key="k2")
    died = Report(CHIYODA, _on(TODAY), None, "officer:1", "died", NOW, TODAY)
    vital.leave(died, Leaving(Kind.DEATH, CHILD))
    moves = Report(CHIYODA, _on(TODAY + timedelta(days=1)), TODAY, "officer:1", "out", NOW, TODAY)
    departures.depart(moves, Departure(Kind.MOVE_OUT, (FATHER, MOTHER), YOKOHAMA_HOME))
    later = {"now": NOW + timedelta(days=1), "today": TODAY + timedelta(days=1), "shown": BY_PHONE}
    for request, reason in ((own, Reason.GONE), (of_child, Reason.NO_GROUND)):
        act = partial(services.confirm_request, OFFICER, CHIYODA, request, **later)
        assert denied(act) is reason
        assert state(request) == "waiting"


def test_another_residents_request_does_not_exist() -> None:
    request = ask(FATHER, MOTHER)
    confirm(request)
    for who in (MOTHER, CHILD, 4, 987654321):
        assert denied(lambda who=who: fetch(request, who)) is Reason.UNKNOWN
        assert denied(lambda who=who: services.own_request(resident(who), CHIYODA, request)) is Reason.UNKNOWN
        assert (
            denied(lambda who=who: services.withdraw_request(resident(who), CHIYODA, request, now=NOW))
            is Reason.UNKNOWN
        )
    assert denied(lambda: fetch(request, muni=CHUO)) is Reason.UNKNOWN
    assert denied(lambda: fetch("' OR 1=1 --")) is Reason.UNKNOWN
    officer = replace(OFFICER, actor="officer:31")
    assert denied(lambda: services.own_request(officer, CHIYODA, request)) is Reason.UNKNOWN
    assert (
        services.own_requests(resident(MOTHER), MOTHER)
        == services.own_requests(resident(MOTHER), FATHER)
        == ()
    )
    assert [one.request for one in services.own_requests(resident(), FATHER)] == [request]


def test_another_offices_officer_finds_no_request() -> None:
    request = ask()
    there = replace(OFFICER, muni=CHUO)
    assert services.waiting_requests(there, CHIYODA) == ()
    for muni in (CHIYODA, CHUO):
        assert denied(lambda muni=muni: confirm(request, there, muni=muni)) is Reason.UNKNOWN
        assert (
            denied(lambda muni=muni: services.decline_request(there, muni, request, "x", now=NOW))
            is Reason.UNKNOWN
        )
    assert state(request) == "waiting"


def test_the_same_key_is_one_request_and_a_request_has_one_end() -> None:
    request = ask()
    assert ask() == request
    assert denied(lambda: ask(items=(Item.RELATION,))) is Reason.REDO
    assert ask(me=MOTHER) != request
    services.decline_request(OFFICER, CHIYODA, request, "nobody answered", now=NOW)
    services.decline_request(OFFICER, CHIYODA, request, "nobody answered", now=NOW)
    assert denied(lambda: confirm(request)) is Reason.DECIDED_ALREADY
    assert (
        denied(lambda: services.withdraw_request(resident(), CHIYODA, request, now=NOW))
        is Reason.DECIDED_ALREADY
    )
    shown = services.own_request(resident(), CHIYODA, request)
    assert (shown.state, shown.said, shown.serial) == ("declined", "nobody answered", None)
    assert not IssuedCertificate.objects.exists()


def test_an_own_request_is_taken_back_until_it_is_decided() -> None:
    request = ask()
    services.withdraw_request(resident(), CHIYODA, request, now=NOW)
    assert state(request) == "withdrawn"
    assert denied(lambda: confirm(request)) is Reason.DECIDED_ALREADY
    assert (
        denied(lambda: services.decline_request(OFFICER, CHIYODA, request, " ", now=NOW))
        is Reason.NO_DECISION_WHY
    )


def test_a_void_certificate_is_fetched_no_more() -> None:
    request = ask()
    serial = confirm(request)
    services.void_certificate(OFFICER, CHIYODA, serial, "誤り", NOW)
    assert state(request) == "void"
    assert denied(lambda: fetch(request)) is Reason.UNKNOWN


def test_what_one_got_at_a_counter_is_listed_for_whoever_asked_and_nobody_else() -> None:
    from tests.register.certified import CREDITOR, HOUSEHOLD, asked

    for key, request in (
        ("c1", asked(Certificate.COPY, persons=(FATHER, MOTHER), requester=HOUSEHOLD)),
        ("c2", asked(Certificate.COPY, requester=CREDITOR)),
    ):
        services.issue_certificate(OFFICER, request, key=key, **HERE)
    confirm(ask())
    (line,) = services.own_counter_issues(resident(), FATHER, CHIYODA)
    assert (line.serial, line.asked.persons, line.void) == (1, (FATHER, MOTHER), False)
    assert services.own_counter_issues(resident(MOTHER), MOTHER, CHIYODA) == ()
    assert services.own_counter_issues(resident(MOTHER), FATHER, CHIYODA) == ()


def test_the_certificate_speaks_of_its_own_moment_not_of_the_requests() -> None:
    request = ask()
    midnight = datetime(2026, 11, 24, 15, 1, tzinfo=UTC)
    services.confirm_request(
        OFFICER, CHIYODA, request, shown=BY_PHONE, now=midnight, today=TODAY + timedelta(days=2)
    )
    assert "令和8年11月25日" in text_of(fetch(request).pdf)
    shown = services.own_request(resident(), CHIYODA, request)
    assert (shown.issued_on, shown.fetch_until) == (TODAY + timedelta(days=2), TODAY + timedelta(days=32))


@pytest.mark.parametrize("model", [CertificateRequest, CertificateDecision])
def test_requests_and_decisions_are_never_altered(model: Any) -> None:
    confirm(ask())
    for alter in (lambda rows: rows.update(muni=CHUO), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            alter(model._default_manager.all())
