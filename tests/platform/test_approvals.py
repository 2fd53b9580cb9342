"""Four eyes: asked by one, decided by another, void as soon as the content changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from enishi.kernel.errors import Refused
from enishi.platform.models import Approval
from enishi.platform.services import ApprovalState, Content, approvals_of, ask, decide, is_approved

pytestmark = pytest.mark.django_db
CONTENT = Content("payment_release", "2020-benefit/131016", "a" * 64, "131016")
CHANGED = replace(CONTENT, content_hash="b" * 64)


def states() -> list[ApprovalState]:
    return [line.state for line in approvals_of(CONTENT.kind, CONTENT.subject, CONTENT.muni)]


def test_another_officer_grants_what_was_asked() -> None:
    ask(CONTENT, "officer:1")
    assert not is_approved(CONTENT)
    decide(CONTENT, "officer:2", grant=True)
    assert is_approved(CONTENT)
    (line,) = approvals_of(CONTENT.kind, CONTENT.subject, CONTENT.muni)
    assert (line.asked_by, line.decided_by, line.content) == ("officer:1", "officer:2", CONTENT)


def test_a_denied_question_is_not_approved_and_can_be_asked_again() -> None:
    ask(CONTENT, "officer:1")
    decide(CONTENT, "officer:2", grant=False)
    assert not is_approved(CONTENT)
    ask(CONTENT, "officer:1")
    assert states() == [ApprovalState.DENIED, ApprovalState.OPEN]


def test_nobody_decides_their_own_question() -> None:
    ask(CONTENT, "officer:1")
    with pytest.raises(Refused, match="themselves"):
        decide(CONTENT, "officer:1", grant=True)
    assert states() == [ApprovalState.OPEN]


def test_the_database_itself_refuses_the_asker_as_decider() -> None:
    ask(CONTENT, "officer:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(decision="granted", decided_by="officer:1", decided_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(decision="granted", decided_by="", decided_at=timezone.now())


def test_changed_content_is_not_approved() -> None:
    ask(CONTENT, "officer:1")
    decide(CONTENT, "officer:2", grant=True)
    assert not is_approved(CHANGED)


@pytest.mark.parametrize("granted", [False, True])
def test_asking_for_changed_content_voids_what_was_asked_or_granted(granted: bool) -> None:
    ask(CONTENT, "officer:1")
    if granted:
        decide(CONTENT, "officer:2", grant=True)
    ask(CHANGED, "officer:1")
    assert not is_approved(CONTENT)
    assert states() == [ApprovalState.VOID, ApprovalState.OPEN]
    with pytest.raises(Refused, match="changed since"):
        decide(CONTENT, "officer:2", grant=True)
    decide(CHANGED, "officer:2", grant=True)
    assert is_approved(CHANGED)


def test_what_was_never_asked_or_is_decided_cannot_be_decided() -> None:
    with pytest.raises(Refused, match="never asked"):
        decide(CONTENT, "officer:2", grant=True)
    ask(CONTENT, "officer:1")
    decide(CONTENT, "officer:2", grant=True)
    with pytest.raises(Refused, match="decided already"):
        decide(CONTENT, "officer:3", grant=False)
    assert is_approved(CONTENT)


def test_asking_twice_for_the_same_content_is_one_question() -> None:
    ask(CONTENT, "officer:1")
    ask(CONTENT, "officer:3")
    decide(CONTENT, "officer:2", grant=True)
    ask(CONTENT, "officer:1")
    assert states() == [ApprovalState.GRANTED]


def test_municipalities_approve_each_for_itself() -> None:
    ask(CONTENT, "officer:1")
    decide(CONTENT, "officer:2", grant=True)
    assert not is_approved(replace(CONTENT, muni="131024"))
