"""Certificates that a municipality has issued: each an act of its own, never altered; made void by a row of another table."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import one_of
from enishi.register.rules.certificates import Certificate, Channel, Form, Handover, Identity, Standing


class IssuedCertificate(Local):
    """One certificate as it was asked for and issued (`rules.certificates.Asked`), with what is needed to make the same
    page again: the register as known at `issued_at` on `day`, the version of the form, the address of the checking page.

    `serial` counts from 1 within the office that issues (`muni`); a number may be missing where setting the page failed.
    `record_muni`: who holds the record; `question`: of a wide-area copy, the one that has been answered. `key`: the idempotency
    key of the request. `code_hash`: of the verification code, keyed (the code itself is on the paper only). `sha256`: of the
    PDF, which is not kept. Append-only.
    """

    serial = models.BigIntegerField()
    key = models.CharField(max_length=64)
    question = models.CharField(max_length=36, default="")
    record_muni = models.CharField(max_length=6)
    kind = models.CharField(max_length=12)
    persons = models.JSONField()
    items = models.JSONField()
    form = models.CharField(max_length=12)
    standing = models.CharField(max_length=24)
    identity = models.CharField(max_length=20)
    requester = models.BigIntegerField(null=True)
    requester_name = models.CharField(max_length=120, default="")
    purpose = models.CharField(max_length=300, default="")
    proof = models.CharField(max_length=200, default="")
    article = models.CharField(max_length=80)
    handover = models.CharField(max_length=16)
    channel = models.CharField(max_length=12)
    actor = models.CharField(max_length=80)
    day = models.DateField()
    issued_at = models.DateTimeField()
    pages = models.SmallIntegerField()
    version = models.CharField(max_length=20)
    checked_at = models.CharField(max_length=200)
    code_hash = models.BinaryField(max_length=32)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "serial"], name="certificate_serial_once"),
            models.UniqueConstraint(fields=["muni", "key"], name="certificate_key_once"),
            models.UniqueConstraint(fields=["muni", "code_hash"], name="certificate_code_once"),
            one_of("kind", "certificate_kind_known", Certificate),
            one_of("form", "certificate_form_known", Form),
            one_of("standing", "certificate_standing_known", Standing),
            one_of("identity", "certificate_identity_known", Identity),
            one_of("handover", "certificate_handover_known", Handover),
            one_of("channel", "certificate_channel_known", Channel),
            models.CheckConstraint(name="certificate_has_pages", condition=Q(pages__gt=0)),
        ]


class CertifiedPerson(Local):
    """A person whom a certificate is about, so that theirs are found. Append-only."""

    serial = models.BigIntegerField()
    person = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "person", "serial"], name="certified_person_once")
        ]


class VoidedCertificate(Local):
    """A certificate that was issued in error and holds no longer. Append-only."""

    serial = models.BigIntegerField()
    voided_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "serial"], name="voided_once"),
            models.CheckConstraint(name="voided_for_a_reason", condition=~Q(reason="")),
        ]
