"""What other rooms must still do, and have done, because of acts of the register."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local


class Subscriber(Local):
    """How far a subscriber has been told of a municipality's acts: all up to number `upto` have their deliveries."""

    name = models.CharField(max_length=80)
    upto = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "name"], name="subscriber_once")]


class Delivery(Local):
    """One happening for one subscriber. `done_at`: when its handler's effects were committed together with this mark."""

    name = models.CharField(max_length=80)
    act = models.BigIntegerField()
    person = models.BigIntegerField()
    event = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "name", "act", "person", "event"], name="delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["muni", "name", "person", "act"],
                condition=Q(done_at__isnull=True),
                name="delivery_waiting",
            ),
        ]
