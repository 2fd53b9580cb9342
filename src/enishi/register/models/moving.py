"""Moves between municipalities: one row for each side of a move, and the log of what happened to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import one_of
from enishi.register.rules.moving import Role


class Move(Local):
    """One side of a move as its municipality has it; the other side is a row of another municipality, perhaps elsewhere.

    `move`: the id that both sides share (of the asking role: the id of the question). `side`: the state machine's side
    (`rules.moving`), `state` its state; `other`: the other municipality. `announced`: the day of the move as announced,
    `moved`: as it was; `card_route_until`: the last day of the card-based route. `said`: what was filed (old) or sent
    (new); `act`: the number of the act of moving out, or in. `is_open`: whether anything can still happen to it.
    """

    move = models.CharField(max_length=36)
    role = models.CharField(max_length=8)
    state = models.CharField(max_length=20)
    side = models.JSONField()
    is_open = models.BooleanField(default=True)
    conflict = models.CharField(max_length=300, default="")
    other = models.CharField(max_length=6, default="")
    announced = models.DateField(null=True)
    moved = models.DateField(null=True)
    reported_on = models.DateField(null=True)
    card_route_until = models.DateField(null=True)
    said = models.JSONField(default=dict)
    act = models.BigIntegerField(null=True)
    steps = models.IntegerField(default=0)
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "move", "role"], name="move_side_once"),
            one_of("role", "move_role_known", Role),
        ]
        indexes = [
            models.Index(fields=["muni", "role", "changed_at"], condition=Q(is_open=True), name="move_open"),
            models.Index(fields=["muni", "card_route_until"], condition=Q(is_open=True), name="move_due"),
        ]


class MovePerson(Local):
    """A person who moves, on one side of a move. Nobody has two open moves out of one municipality.

    `goes`: still part of the move: not dead, removed or left behind meanwhile.
    """

    move = models.CharField(max_length=36)
    role = models.CharField(max_length=8)
    person = models.BigIntegerField()
    is_open = models.BooleanField(default=True)
    goes = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "move", "role", "person"], name="move_person_once"),
            models.UniqueConstraint(
                fields=["muni", "person"],
                condition=Q(is_open=True, goes=True, role=Role.OLD.value),
                name="move_out_one_open",
            ),
        ]
        indexes = [models.Index(fields=["muni", "person"], name="move_by_person")]


class MoveStep(Local):
    """What happened to one side of a move: event, by whom or by which message, and where it led. Append-only."""

    move = models.CharField(max_length=36)
    role = models.CharField(max_length=8)
    number = models.IntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=20)
    by = models.CharField(max_length=80)
    word = models.CharField(max_length=24)
    state = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "move", "role", "number"], name="move_step_once")
        ]
