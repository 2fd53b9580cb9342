"""Tables that every room shares. They hold plain ids and codes: no ForeignKey leads from here into another
room.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enishi.platform.vocabulary import Answer, DutyKind


class ReadRecord(models.Model):
    """One read of personal data. Rows are only ever added: UPDATE and DELETE are trapped in the database."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=80)
    on_behalf_of = models.CharField(max_length=80, blank=True, default="")
    muni = models.CharField(max_length=6, blank=True, default="")
    purpose = models.CharField(max_length=120)
    article = models.CharField(max_length=120)
    subject = models.BigIntegerField(null=True)
    items = models.CharField(max_length=400)
    answer = models.CharField(max_length=8, choices=[(answer.value, answer.value) for answer in Answer])

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="read_by_subject"),
            models.Index(fields=["muni", "id"], name="read_by_muni"),
        ]
        constraints = [
            models.CheckConstraint(
                name="read_has_actor_purpose_article",
                condition=~Q(actor="") & ~Q(purpose="") & ~Q(article="") & ~Q(items=""),
            ),
            models.CheckConstraint(
                name="read_answer_known", condition=Q(answer__in=[answer.value for answer in Answer])
            ),
            models.CheckConstraint(
                name="read_given_has_subject",
                condition=~Q(answer=Answer.GIVEN.value) | Q(subject__isnull=False),
            ),
        ]


class DutyQuerySet(models.QuerySet["Duty"]):
    def in_force(self, on: date) -> DutyQuerySet:
        """Duties held on a day; the last day is `until` minus one."""
        return self.filter(Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))


class Duty(models.Model):
    """A duty that an officer holds for a municipality (or, with an empty code, nationally), half-open in
    time.
    """

    id = models.BigAutoField(primary_key=True)
    muni = models.CharField(max_length=6, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in DutyKind])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "user", "duty", "since"], name="duty_once"),
            models.CheckConstraint(
                name="duty_period_not_empty", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(
                name="duty_known", condition=Q(duty__in=[kind.value for kind in DutyKind])
            ),
        ]


class OwnPerson(models.Model):
    """Whose account this is: a resident's, who signs in for themselves. Made by whoever proved the identity, never by the
    account itself.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="own_person")
    person = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="own_person_positive", condition=Q(person__gt=0))]


class IssuedKey(models.Model):
    """An API key. Its secret is shown once, when it is issued; only a hash is kept."""

    id = models.BigAutoField(primary_key=True)
    muni = models.CharField(max_length=6, blank=True, default="")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.BinaryField(max_length=32)
    scopes = models.JSONField()
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="key_expires_after_issue", condition=Q(expires_at__gt=F("issued_at"))
            ),
        ]


class Approval(models.Model):
    """Four eyes: one officer asks, another decides, both on the same content (by its hash)."""

    id = models.BigAutoField(primary_key=True)
    muni = models.CharField(max_length=6, blank=True, default="")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=8, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_by_another_officer", condition=~Q(decided_by=F("asked_by")) & ~Q(asked_by="")
            ),
            models.CheckConstraint(
                name="approval_decision_known",
                condition=Q(decision="", decided_at__isnull=True, decided_by="")
                | (Q(decision__in=["granted", "denied"], decided_at__isnull=False) & ~Q(decided_by=""))
                | Q(decision="void", decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["muni", "kind", "subject"],
                condition=Q(decision__in=["", "granted"]),
                name="approval_one_alive",
            ),
        ]
        indexes = [models.Index(fields=["muni", "kind", "subject", "id"], name="approval_by_subject")]


class Channel(models.Model):
    """The counters of one directed pair of parties, kept at each end: the next number to send, the next to
    handle.
    """

    id = models.BigAutoField(primary_key=True)
    sender = models.CharField(max_length=40)
    receiver = models.CharField(max_length=40)
    next_out = models.BigIntegerField(default=1)
    next_in = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "receiver"], name="channel_pair")]


class Message(models.Model):
    """What outbox and inbox have in common: an envelope, and the history of getting it across.

    `payload`: canonical JSON text while the message waits, blank once it is done (docs/adr/0012); `digest`: SHA-256 over that
    text, by which a double is told from a forgery ever after.
    """

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=80, unique=True)
    sender = models.CharField(max_length=40)
    receiver = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    payload = models.TextField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


PAYLOAD_UNTIL_DONE = (Q(done_at__isnull=True) & ~Q(payload="")) | Q(done_at__isnull=False, payload="")


class OutMessage(Message):
    """A message posted in the transaction of the act that it tells of; `done_at`: when it got there."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "receiver", "sequence"], name="out_sequence"),
            models.CheckConstraint(name="out_keeps_payload_until_done", condition=PAYLOAD_UNTIL_DONE),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at__isnull=True), name="out_waiting"),
        ]


class InMessage(Message):
    """A message received; `done_at`: when its handler's effects were committed together with this mark."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "receiver", "sequence"], name="in_sequence"),
            models.CheckConstraint(name="in_keeps_payload_until_done", condition=PAYLOAD_UNTIL_DONE),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at__isnull=True), name="in_waiting"),
        ]


class Chunk(models.Model):
    """One line of the chunk ledger: this piece of that work is done, committed together with its effects."""

    id = models.BigAutoField(primary_key=True)
    work = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    rows = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "name"], name="chunk_once")]
