"""The tables of the resident register. All but `Municipality` and `LoadedNation` are local to a municipality.

Rows refer to each other by plain id. A period is half-open: `since` its first day (null: long before),
`until` the first day after it (null: still running).
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from enishi.platform.tenancy import Local
from enishi.register.vocabulary import Entry, Exit, Institution, NameKind, Relation


def one_of(
    column: str, name: str, values: type[Entry | Exit | Institution | NameKind | Relation]
) -> models.CheckConstraint:
    """The column holds a word of a closed list, or null."""
    words = [word.value for word in values]
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{column}__in": words}) | Q(**{f"{column}__isnull": True})
    )


def not_empty(name: str) -> models.CheckConstraint:
    """The period holds at least one day."""
    condition = Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since"))
    return models.CheckConstraint(name=name, condition=condition)


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
    """A municipality (市区町村) with what its payments need."""

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


class Person(Local):
    """What does not change by a move. `id` is the person id; `census_cell` holds for the day of loading
    only.
    """

    id = models.BigIntegerField(primary_key=True)
    sex = models.SmallIntegerField()
    birth_date = models.DateField()
    nationality = models.CharField(max_length=3)
    residence_status = models.CharField(max_length=60, null=True)
    census_cell = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_id_positive", condition=Q(id__gt=0)),
            models.CheckConstraint(name="person_sex_iso_5218", condition=Q(sex__in=[1, 2])),
        ]
        indexes = [models.Index(fields=["muni", "birth_date", "id"], name="person_by_birth_date")]


class PersonName(Local):
    """One name of a person: registered, former surname (旧氏), alias (通称) or Latin. An alias or a Latin
    name is `whole`.

    `key` and `kana_key` are what a search compares (`rules.search_key`).
    """

    person = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    surname = models.CharField(max_length=60, null=True)
    given = models.CharField(max_length=60, null=True)
    surname_kana = models.CharField(max_length=90, null=True)
    given_kana = models.CharField(max_length=90, null=True)
    whole = models.CharField(max_length=150, null=True)
    whole_kana = models.CharField(max_length=200, null=True)
    key = models.CharField(max_length=200)
    kana_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "person", "kind"], name="name_one_of_a_kind"),
            one_of("kind", "name_kind_known", NameKind),
        ]
        indexes = [
            models.Index(fields=["muni", "kana_key", "person"], name="name_by_kana"),
            models.Index(fields=["muni", "key", "person"], name="name_by_characters"),
        ]


class Household(Local):
    """A household (世帯). Who belongs to it, and since when, is its memberships' matter."""

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        constraints = [models.CheckConstraint(name="household_id_positive", condition=Q(id__gt=0))]
        indexes = [models.Index(fields=["muni", "id"], name="household_by_muni")]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, day: date) -> MembershipQuerySet:
        """Those in force on a day."""
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
        )


class Membership(Local):
    """A person in a household, with the relationship to its head (続柄). One household at a time."""

    household = models.BigIntegerField()
    person = models.BigIntegerField()
    relation = models.CharField(max_length=16)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("membership_not_empty"),
            one_of("relation", "membership_relation_known", Relation),
        ]
        indexes = [
            models.Index(fields=["muni", "person", "since"], name="membership_by_person"),
            models.Index(fields=["muni", "household", "person"], name="membership_by_household"),
        ]


class ResidenceQuerySet(models.QuerySet["Residence"]):
    def resident_on(self, day: date) -> ResidenceQuerySet:
        """Those on the register on a day (Basic Resident Register Act art. 5)."""
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
        )


class Residence(Local):
    """A person on the register of a municipality, at an address, for a time. Periods of one person never
    overlap.
    """

    person = models.BigIntegerField()
    ward = models.CharField(max_length=6, null=True)
    postcode = models.CharField(max_length=7)
    town = models.CharField(max_length=100)
    institution = models.CharField(max_length=12, null=True)
    since = models.DateField(null=True)
    entry = models.CharField(max_length=12, null=True)
    until = models.DateField(null=True)
    exit = models.CharField(max_length=12, null=True)

    objects = ResidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("residence_not_empty"),
            one_of("institution", "residence_institution_known", Institution),
            one_of("entry", "residence_entry_known", Entry),
            one_of("exit", "residence_exit_known", Exit),
        ]
        indexes = [models.Index(fields=["muni", "person", "since"], name="residence_by_person")]


class Protection(Local):
    """Support measures (支援措置): the municipality where the person really lives. Kept apart so that no read
    of a person, a household or an address can bring it along.
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
