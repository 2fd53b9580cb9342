"""The sealed store. Nothing in it can be read as a number without the vault's keys."""

from __future__ import annotations

from django.db import models


class SealedNumber(models.Model):
    """A person's individual number: encrypted, and findable only by whoever holds the number and the index
    key.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField(unique=True)
    key_version = models.IntegerField()
    sealed = models.BinaryField(max_length=64)
    blind_index = models.BinaryField(max_length=32, unique=True)
