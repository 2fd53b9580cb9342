"""Certificates that residents ask for online, and questions of one municipality to another for wide-area copies."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import one_of
from enishi.register.rules.certificates import Certificate, Form, Standing


class Outcome(StrEnum):
    """What becomes of a request: the identity is confirmed and the certificate issued, it is declined, or withdrawn."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CertificateRequest(Local):
    """What a resident (`person`) asked for online, with the evidence of who they are (`rules.move_terms.Evidence`, as JSON).
    The certificate that is issued on it bears its id as key. Append-only.
    """

    request = models.CharField(max_length=36)
    person = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    persons = models.JSONField()
    items = models.JSONField()
    form = models.CharField(max_length=12)
    standing = models.CharField(max_length=24)
    identity = models.CharField(max_length=20)
    evidence = models.JSONField()
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "request"], name="certificate_request_once"),
            one_of("kind", "certificate_request_kind_known", Certificate),
            one_of("form", "certificate_request_form_known", Form),
            one_of("standing", "certificate_request_standing_known", Standing),
        ]
        indexes = [models.Index(fields=["muni", "asked_at"], name="certificate_request_by_time")]


class CertificateDecision(Local):
    """The end of a request, once. `said`: how the identity was confirmed, or why it was declined. Append-only."""

    request = models.CharField(max_length=36)
    outcome = models.CharField(max_length=12)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    said = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "request"], name="certificate_decided_once"),
            one_of("outcome", "certificate_outcome_known", Outcome),
            models.CheckConstraint(
                name="certificate_declined_for_a_reason", condition=~Q(outcome="declined", said="")
            ),
        ]


class WideAreaQuestion(Local):
    """A question (art. 12-4(2)) of the municipality where somebody asks (`muni`) to the one that keeps their record
    (`record_muni`), about them alone or the `household`. Append-only.
    """

    question = models.CharField(max_length=36)
    record_muni = models.CharField(max_length=6)
    person = models.BigIntegerField()
    household = models.BooleanField()
    items = models.JSONField()
    identity = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "question"], name="wide_area_question_once")]
        indexes = [models.Index(fields=["muni", "asked_at"], name="wide_area_question_by_time")]


class WideAreaAnswer(Local):
    """The answer (art. 12-4(3)): what the copy says of each person, as JSON, or why there is none. Append-only."""

    question = models.CharField(max_length=36)
    answered_at = models.DateTimeField()
    day = models.DateField()
    refused = models.CharField(max_length=24, default="")
    people = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "question"], name="wide_area_answered_once")]
