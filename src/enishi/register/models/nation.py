"""What the register began with, its municipalities, and who is in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enishi.platform.tenancy import Local


class LoadedNation(models.Model):
    """The one snapshot that this register began with, and how far its loading has come."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=16)
    day = models.DateField()
    persons = models.BigIntegerField()
    complete = models.BooleanField(default=False)
    only = models.SmallIntegerField(default=1, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="one_nation_a_register", condition=Q(only=1))]


class Municipality(models.Model):
    """A municipality (市区町村) with what its payments need.

    `begins` to `ends` (half-open; null: long before, still there): while its code is in force; `successor`: the code that
    stands for it since.
    """

    id = models.BigAutoField(primary_key=True)
    muni = models.CharField(max_length=6, unique=True)
    prefecture = models.CharField(max_length=2)
    prefecture_name = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    name_kana = models.CharField(max_length=60)
    name_latin = models.CharField(max_length=60)
    prefecture_latin = models.CharField(max_length=20)
    consignor_code = models.CharField(max_length=10)
    originator = models.CharField(max_length=40)
    bank = models.CharField(max_length=4)
    branch = models.CharField(max_length=3)
    account_type = models.CharField(max_length=1)
    account_number = models.CharField(max_length=7)
    application_start = models.DateField()
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)
    successor = models.CharField(max_length=6, null=True)


class Person(Local):
    """Which municipality of this database holds a person's record now, or held it last. `id` is the person id.

    An index, for those who know a person and not where they live; what the record says, only facts say.
    """

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        constraints = [models.CheckConstraint(name="person_id_positive", condition=Q(id__gt=0))]
