"""The journal of acts (docs/adr/0005), and the numbers that a municipality gives out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import one_of
from enishi.register.vocabulary import Manner


class Act(Local):
    """One change of the register (異動): what, by which article, reported by whom, recorded when. Append-only.

    `number` counts from 1 within a municipality, whose acts are chained: `hash` is SHA-256 (hex) over the act and
    the hash before it (`chain.hash_of`). `effective` to `effective_latest`: the day of the change, a span where it
    is not fully known, with its wording. `reported_on`: null for an act ex officio (職権). `key`: the act's
    idempotency key. `corrects`: the number of the act that this one corrects or takes back.
    """

    number = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    manner = models.CharField(max_length=12)
    article = models.CharField(max_length=120)
    effective = models.DateField()
    effective_latest = models.DateField()
    effective_wording = models.CharField(max_length=200, default="")
    reported_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, default="")
    key = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    corrects = models.BigIntegerField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "number"], name="act_number_once"),
            models.UniqueConstraint(fields=["muni", "key"], name="act_key_once"),
            one_of("manner", "act_manner_known", Manner),
            models.CheckConstraint(
                name="act_reported_unless_ex_officio",
                condition=Q(manner=Manner.REPORT.value, reported_on__isnull=False)
                | Q(manner=Manner.EX_OFFICIO.value, reported_on__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["muni", "recorded_at"], name="act_by_moment")]


class ActPerson(Local):
    """A person whom an act touches. Append-only."""

    act = models.BigIntegerField()
    person = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "person", "act"], name="act_person_once")]


class Counter(Local):
    """The next number of a kind that a municipality gives out: acts, addressees, households, persons."""

    name = models.CharField(max_length=20)
    next = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "name"], name="counter_once")]


class RefusedAct(Local):
    """An act that was asked for and refused: by whom, when and why. Append-only."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    where = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["muni", "at"], name="refused_act_by_moment")]
