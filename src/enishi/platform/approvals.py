"""Four-eyes approval: nobody decides what they asked for themselves, and a change of the content voids the
approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from enishi.kernel.errors import Refused
from enishi.platform.models import Approval
from enishi.platform.vocabulary import ApprovalState


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be approved. `kind`: the sort of act (`payment_release`); `subject`: its key, unique within
    the kind and municipality; `content_hash`: SHA-256 (hex) over everything that the decider is shown;
    `muni`: blank for the State.
    """

    kind: str
    subject: str
    content_hash: str
    muni: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One question and its answer, as it stands."""

    content: Content
    asked_by: str
    asked_at: datetime
    state: ApprovalState
    decided_by: str
    decided_at: datetime | None


def ask(content: Content, by: str, at: datetime | None = None) -> None:
    """Puts content before a second pair of eyes. `by`: the asking officer, as in the read record
    (`officer:12`).

    The same content asked again changes nothing while it is open or granted; other content under the same
    kind and subject voids what stood there before.
    """
    at = at or timezone.now()
    with transaction.atomic():
        alive = _of(content).filter(decision__in=(ApprovalState.OPEN.value, ApprovalState.GRANTED.value))
        if alive.filter(content_hash=content.content_hash).exists():
            return
        alive.update(decision=ApprovalState.VOID.value, decided_at=at)
        Approval.objects.create(
            muni=content.muni,
            kind=content.kind,
            subject=content.subject,
            content_hash=content.content_hash,
            asked_by=by,
            asked_at=at,
        )


def decide(content: Content, by: str, grant: bool, at: datetime | None = None) -> None:
    """Grants or denies an open question. Whether `by` may decide such a thing is the caller's to check
    (`may`).

    Raises Refused: nothing is open for this very content (never asked, decided already, or changed since it
    was asked), or `by` is the one who asked.
    """
    with transaction.atomic():
        question = (
            _of(content)
            .select_for_update()
            .filter(content_hash=content.content_hash, decision=ApprovalState.OPEN.value)
            .first()
        )
        if question is None:
            raise Refused(
                "nothing is open for this content: never asked for, decided already, or changed since",
                where=f"{content.kind} {content.subject}",
                todo="look at the content as it is now and ask again",
            )
        if not by or question.asked_by == by:
            raise Refused(
                "an officer does not decide what they asked for themselves",
                where=f"{content.kind} {content.subject}",
                todo="let another officer who holds the duty decide",
            )
        question.decision = (ApprovalState.GRANTED if grant else ApprovalState.DENIED).value
        question.decided_by = by
        question.decided_at = at or timezone.now()
        question.save(update_fields=["decision", "decided_by", "decided_at"])


def is_approved(content: Content) -> bool:
    """Whether this very content (same hash) has been granted and nothing else was asked for in its place
    since.
    """
    return (
        _of(content).filter(content_hash=content.content_hash, decision=ApprovalState.GRANTED.value).exists()
    )


def approvals_of(kind: str, subject: str, muni: str = "") -> list[ApprovalLine]:
    """Every question ever asked on a subject, oldest first."""
    rows = Approval.objects.filter(muni=muni, kind=kind, subject=subject).order_by("id")
    return [
        ApprovalLine(
            Content(row.kind, row.subject, row.content_hash, row.muni),
            row.asked_by,
            row.asked_at,
            ApprovalState(row.decision),
            row.decided_by,
            row.decided_at,
        )
        for row in rows
    ]


def _of(content: Content) -> models.QuerySet[Approval]:
    return Approval.objects.filter(muni=content.muni, kind=content.kind, subject=content.subject)
