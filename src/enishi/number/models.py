"""The sealed store. Nothing in it can be read as a number without the vault's keys."""

from __future__ import annotations

from django.db import models


class Sealed(models.Model):
    """Something secret of a person: encrypted, and findable only by whoever holds it and the index key.

    `since`: the day of the act that gave it in the place of another, null for a person's first.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField(unique=True)
    key_version = models.IntegerField()
    sealed = models.BinaryField(max_length=64)
    blind_index = models.BinaryField(max_length=32, unique=True)
    since = models.DateField(null=True)

    class Meta:
        abstract = True


class SealedNumber(Sealed):
    """A person's individual number (個人番号)."""


class SealedCode(Sealed):
    """A person's resident code (住民票コード)."""


class Former(models.Model):
    """What was valid before a change: sealed as it was, from `since` (null: a person's first) until `until`, exclusively.

    `key`: the idempotency key of the act that changed it.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField(db_index=True)
    key_version = models.IntegerField()
    sealed = models.BinaryField(max_length=64)
    blind_index = models.BinaryField(max_length=32, unique=True)
    since = models.DateField(null=True)
    until = models.DateField()
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        abstract = True


class FormerNumber(Former):
    """An individual number that was changed (My Number Act art. 7(2)); never given to anybody again."""


class FormerCode(Former):
    """A resident code that was changed (Basic Resident Register Act art. 30-4); never given to anybody again."""
