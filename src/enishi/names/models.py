"""What this room keeps: legacy characters of a municipality, what they were identified as, and characters no page could show."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enishi.platform.tenancy import Local


class LegacyCharacter(Local):
    """A character of private use (外字) of a municipality's old system: `code` as it had it, its picture (PNG), and the
    candidates (`[[mj, sequence, likeness], ...]`, the likeliest first) that stood at the choice.
    """

    code = models.CharField(max_length=40)
    picture = models.BinaryField()
    candidates = models.JSONField()
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "code"], name="legacy_character_once")]


class LegacyChoice(Local):
    """What a person chose for a legacy character: the table of the municipality is the last choice for each. Append-only: a blank
    `mj` takes the choice before it back.
    """

    code = models.CharField(max_length=40)
    mj = models.CharField(max_length=8, blank=True, default="")
    sequence = models.CharField(max_length=2, blank=True, default="")
    chosen_by = models.CharField(max_length=150)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["muni", "code", "id"], name="legacy_choice_of_code")]
        constraints = [
            models.CheckConstraint(
                name="legacy_choice_has_both", condition=Q(mj="", sequence="") | ~(Q(mj="") | Q(sequence=""))
            )
        ]


class UnshownCharacter(models.Model):
    """A character (with its selector) that no form of the character base is, and how often a page had to stand in for it. The
    target is no row. Nothing personal: no name, no place.
    """

    id = models.BigAutoField(primary_key=True)
    character = models.CharField(max_length=2, unique=True)
    times = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
