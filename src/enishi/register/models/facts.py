"""The facts of each person's record on three clocks (docs/adr/0005)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import not_empty, one_of
from enishi.register.vocabulary import Entry, Exit, Institution, NameKind, Provenance, StatusKind

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


CURRENT = Q(superseded_at__isnull=True)
"""What the register says now: the rows of which a search in all municipalities has its indexes."""


class Particulars(Fact):
    """Birth and sex (art. 7(1) to (3)). `census_cell` holds for the day of loading only."""

    across = {"particulars_by_birth_anywhere": "search by date of birth in all municipalities"}

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
            models.Index(
                fields=["birth_date", "person"], name="particulars_by_birth_anywhere", condition=CURRENT
            ),
            models.Index(
                fields=["muni", "birth_latest"],
                name="particulars_by_birth_span",
                condition=Q(birth_latest__gt=F("birth_date")),
            ),
        ]


class PersonName(Fact):
    """One name of a person of one kind: registered, former surname (旧氏), alias (通称), Latin, or the kanji of a
    foreign resident. An alias or a Latin name is `whole`.

    `provenance`: where the reading comes from. `key` and `kana_key` are what a search compares
    (`rules.search_key`).
    """

    across = {
        "name_by_kana_anywhere": "search by reading in all municipalities",
        "name_by_characters_anywhere": "search by name in all municipalities",
    }

    kind = models.CharField(max_length=16)
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
            models.Index(fields=["kana_key", "person"], name="name_by_kana_anywhere", condition=CURRENT),
            models.Index(fields=["key", "person"], name="name_by_characters_anywhere", condition=CURRENT),
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
    """Where a resident lives (住所, art. 7(7)); `since` is the day on which they settled there, but for an address that was
    renumbered since: then `settled_on` is that day, and `since` the first of its new name.

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
    settled_on = models.DateField(null=True)
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
