"""Whom a municipality serves, and what it keeps of them beside the record."""

from __future__ import annotations

from django.db import models

from enishi.platform.tenancy import Local


class Addressee(Local):
    """The number under which a municipality serves somebody (宛名番号): one a person, for good.

    `person` is null for one who was never on a register and has no person id; `name` and `address` stand for a
    person not on the register but served (住登外者), whose residence is elsewhere. `kana_key`: of the reading, as a search
    compares it. `since`, `until`: the days on which they are served as such; `merged_into`: the number that stands for both
    since an officer found two to be one person. What it said before, the acts (`act` the latest) say.
    """

    number = models.BigIntegerField()
    person = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200, default="")
    kana = models.CharField(max_length=200, default="")
    kana_key = models.CharField(max_length=200, default="")
    birth_date = models.DateField(null=True)
    birth_latest = models.DateField(null=True)
    birth_wording = models.CharField(max_length=200, default="")
    address = models.JSONField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    merged_into = models.BigIntegerField(null=True)
    act = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "number"], name="addressee_number_once"),
            models.UniqueConstraint(fields=["muni", "person"], name="addressee_person_once"),
        ]
        indexes = [models.Index(fields=["muni", "kana_key", "birth_date"], name="addressee_by_kana")]


class Protection(Local):
    """Support measures (支援措置): the municipality where the person really lives, under the code of the time at which it
    was written (a snapshot follows mergers since). Kept apart so that no read of a person, a household or an address can bring
    it along.
    """

    person = models.BigIntegerField()
    protected_muni = models.CharField(max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "person"], name="protection_once")]


class RegisteredAccount(Local):
    """A bank account registered for public money. docs/adr/0004 says why it lies here and not in
    benefits/.
    """

    person = models.BigIntegerField()
    bank = models.CharField(max_length=4)
    branch = models.CharField(max_length=3, null=True)
    account_type = models.CharField(max_length=1, null=True)
    account_number = models.CharField(max_length=7, null=True)
    account_holder = models.CharField(max_length=30, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "person"], name="account_once")]


class BenefitApplication(Local):
    """The day on which a household applied for the benefit. docs/adr/0004 says why it lies here."""

    household = models.BigIntegerField()
    applied_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "household"], name="application_once")]
