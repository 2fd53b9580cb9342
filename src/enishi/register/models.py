"""The tables of the resident register: acts, and the facts of each person's record on three clocks (docs/adr/0005).

All but `Municipality` and `LoadedNation` are local to a municipality; rows refer to each other by plain id.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from enishi.platform.tenancy import Local
from enishi.register.vocabulary import Entry, Exit, Institution, Manner, NameKind, Provenance, StatusKind


def one_of(column: str, name: str, values: type[StrEnum]) -> models.CheckConstraint:
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
    """Which municipality of this database holds a person's record now, or held it last. `id` is the person id.

    An index, for those who know a person and not where they live; what the record says, only facts say.
    """

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        constraints = [models.CheckConstraint(name="person_id_positive", condition=Q(id__gt=0))]


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


FactT = TypeVar("FactT", bound="Fact")


class FactQuerySet(models.QuerySet[FactT]):
    """Questions that every group of facts answers."""

    def believed(self, moment: datetime | None = None) -> Self:
        """What the register said at a moment; None: what it says now."""
        if moment is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment), recorded_at__lte=moment
        )

    def on(self, day: date) -> Self:
        """What holds on a day."""
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day)
        )

    def as_of(self, day: date, moment: datetime | None = None) -> Self:
        """What held on a day, as known at a moment (docs/adr/0005)."""
        return self.believed(moment).on(day)


class Fact(Local):
    """A group of items of one person's record that change together.

    `since` to `until`: the days on which it holds (half-open; null: long before, still running). `recorded_at`
    to `superseded_at`: while the register says so; both moments with the number of the act. The database lets
    nothing of a fact be changed but its being superseded, once (`guards.Frozen`), and refuses two facts of one
    group and kind on one day (`guards.NonOverlap`).
    """

    person = models.BigIntegerField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    act = models.BigIntegerField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.BigIntegerField(null=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True


class Particulars(Fact):
    """Birth and sex (art. 7(1) to (3)). `census_cell` holds for the day of loading only."""

    birth_date = models.DateField()
    birth_latest = models.DateField()
    birth_wording = models.CharField(max_length=200, default="")
    sex = models.SmallIntegerField()
    census_cell = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            not_empty("particulars_not_empty"),
            models.CheckConstraint(name="particulars_sex_iso_5218", condition=Q(sex__in=[1, 2])),
            models.CheckConstraint(
                name="particulars_birth_span", condition=Q(birth_latest__gte=F("birth_date"))
            ),
        ]
        indexes = [
            models.Index(fields=["muni", "person"], name="particulars_by_person"),
            models.Index(fields=["muni", "birth_date", "person"], name="particulars_by_birth"),
        ]


class PersonName(Fact):
    """One name of a person of one kind: registered, former surname (旧氏), alias (通称), Latin, or the kanji of a
    foreign resident. An alias or a Latin name is `whole`.

    `provenance`: where the reading comes from. `key` and `kana_key` are what a search compares
    (`rules.search_key`).
    """

    kind = models.CharField(max_length=12)
    surname = models.CharField(max_length=60, null=True)
    given = models.CharField(max_length=60, null=True)
    surname_kana = models.CharField(max_length=90, null=True)
    given_kana = models.CharField(max_length=90, null=True)
    whole = models.CharField(max_length=150, null=True)
    whole_kana = models.CharField(max_length=200, null=True)
    provenance = models.CharField(max_length=12, null=True)
    key = models.CharField(max_length=200)
    kana_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            not_empty("name_not_empty"),
            one_of("kind", "name_kind_known", NameKind),
            one_of("provenance", "name_provenance_known", Provenance),
        ]
        indexes = [
            models.Index(fields=["muni", "person"], name="name_by_person"),
            models.Index(fields=["muni", "kana_key", "person"], name="name_by_kana"),
            models.Index(fields=["muni", "key", "person"], name="name_by_characters"),
        ]


class Residence(Fact):
    """A person on the register of a municipality for a time: how it began and ended (art. 7(6), (8)).

    `since_latest` and `since_wording`: where the day of becoming a resident is not fully known. `came_from`,
    `going_to`, `went_to`: previous, planned (予定) and confirmed (確定) address elsewhere, as `rules.moves.Place` says.
    """

    entry = models.CharField(max_length=16, null=True)
    exit = models.CharField(max_length=16, null=True)
    since_latest = models.DateField(null=True)
    since_wording = models.CharField(max_length=200, default="")
    came_from = models.JSONField(null=True)
    going_to = models.JSONField(null=True)
    went_to = models.JSONField(null=True)

    class Meta:
        constraints = [
            not_empty("residence_not_empty"),
            one_of("entry", "residence_entry_known", Entry),
            one_of("exit", "residence_exit_known", Exit),
        ]
        indexes = [models.Index(fields=["muni", "person", "since"], name="residence_by_person")]


class Address(Fact):
    """Where a resident lives (住所, art. 7(7)); `since` is the day on which they settled there.

    `town` is the town below the municipality, with the ward's name in front in a designated city; `town_id`: its
    number in the address base registry (町字ID); `block`: 番地号, `building`: 方書.
    """

    ward = models.CharField(max_length=6, null=True)
    postcode = models.CharField(max_length=7)
    town_id = models.CharField(max_length=7, null=True)
    town = models.CharField(max_length=100)
    block = models.CharField(max_length=60, default="")
    building = models.CharField(max_length=100, default="")
    building_kana = models.CharField(max_length=150, default="")
    institution = models.CharField(max_length=12, null=True)

    class Meta:
        constraints = [
            not_empty("address_not_empty"),
            one_of("institution", "address_institution_known", Institution),
        ]
        indexes = [models.Index(fields=["muni", "person", "since"], name="address_by_person")]


class Membership(Fact):
    """A person in a household, with the relationship to its head (art. 7(4)). One household at a time.

    `relation` is a path from the head (`rules.relationship`): `child.spouse` is the child's spouse (子の妻).
    """

    household = models.BigIntegerField()
    relation = models.CharField(max_length=60)

    class Meta:
        constraints = [not_empty("membership_not_empty")]
        indexes = [
            models.Index(fields=["muni", "person", "since"], name="membership_by_person"),
            models.Index(fields=["muni", "household", "person"], name="membership_by_household"),
        ]


class Domicile(Fact):
    """Registered domicile (本籍) and first-listed person (筆頭者) (art. 7(5)); nobody without a family register
    has one."""

    place = models.CharField(max_length=200)
    first_listed = models.CharField(max_length=120)

    class Meta:
        constraints = [not_empty("domicile_not_empty")]
        indexes = [models.Index(fields=["muni", "person"], name="domicile_by_person")]


class ForeignStatus(Fact):
    """What a foreign resident's record adds (art. 30-45). `status` is null for a person without status: a child
    within 60 days of birth. `expires_on`: the last day of the period of stay.
    """

    nationality = models.CharField(max_length=3)
    status = models.CharField(max_length=60, null=True)
    period = models.CharField(max_length=30, default="")
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [not_empty("foreign_status_not_empty")]
        indexes = [models.Index(fields=["muni", "person"], name="foreign_status_by_person")]


class StatusItem(Fact):
    """Electoral roll, insurances, pension, child allowance (art. 7(9) to (11-2)): that a person is in, with what
    the law has the record say of it.
    """

    kind = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [not_empty("status_not_empty"), one_of("kind", "status_kind_known", StatusKind)]
        indexes = [models.Index(fields=["muni", "person", "kind"], name="status_by_person")]


class Addressee(Local):
    """The number under which a municipality serves somebody (宛名番号): one a person, for good.

    `person` is null for one who was never on a register and has no person id; `name` and `address` stand for a
    person not on the register but served (住登外者), whose residence is elsewhere.
    """

    number = models.BigIntegerField()
    person = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200, default="")
    kana = models.CharField(max_length=200, default="")
    address = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "number"], name="addressee_number_once"),
            models.UniqueConstraint(fields=["muni", "person"], name="addressee_person_once"),
        ]


class Counter(Local):
    """The next number of a kind that a municipality gives out: acts, addressees, households, persons."""

    name = models.CharField(max_length=20)
    next = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "name"], name="counter_once")]


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
