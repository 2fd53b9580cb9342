"""Support measures (支援措置), one copy in every municipality that holds a trace of the case."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from enishi.platform.tenancy import Local
from enishi.register.models.words import one_of
from enishi.register.vocabulary import Harm, MeasureAct, Part


class SupportMeasureQuerySet(models.QuerySet["SupportMeasure"]):
    def current(self) -> SupportMeasureQuerySet:
        """What stands now: the last act of each measure."""
        return self.filter(superseded_at__isnull=True)

    def closing(self, today: date) -> SupportMeasureQuerySet:
        """Measures that close records now, as `rules.disclosure.closes` says of the same rows (a test holds the two
        together).
        """
        granted = Q(granted__isnull=True) | (Q(granted=True) & (Q(until__isnull=True) | Q(until__gt=today)))
        return self.current().filter(Q(awaiting=True) | granted, ended_at__isnull=True)


class SupportMeasure(Local):
    """One act on a support measure, and how the measure stands after it. A row is only ever superseded by the next act.

    `measure`: its name, the same in every municipality; `version`: 1, 2, 3 ... in this one; `actor`, `reason`, `key`: of the act.
    The rest is the measure as `rules.disclosure.Measure` has it. `harm`: which of the four groups of victims; `delivery`: where
    mail goes, kept only where the person is served; `hold_mail`: it is held for collection; `other_unnamed`: the other party, or
    one of them, is nobody whom the register could name; `other_named`: what those are called, as the applicant wrote it;
    `opinion`: whose opinion was heard on the need (`agency`, `name`, `given_on`), kept only where the person is served.
    """

    measure = models.CharField(max_length=64)
    version = models.IntegerField()
    act = models.CharField(max_length=12)
    actor = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, default="")
    key = models.CharField(max_length=64)
    harm = models.CharField(max_length=12, null=True)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    awaiting = models.BooleanField(default=False)
    served_by = models.CharField(max_length=6)
    other_unnamed = models.BooleanField(default=True)
    other_named = models.CharField(max_length=200, default="")
    opinion = models.JSONField(null=True)
    delivery = models.JSONField(null=True)
    hold_mail = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.BigIntegerField(null=True)

    objects = SupportMeasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "measure", "version"], name="measure_version_once"),
            models.UniqueConstraint(fields=["muni", "key"], name="measure_key_once"),
            models.UniqueConstraint(
                fields=["muni", "measure"],
                condition=Q(superseded_at__isnull=True),
                name="measure_stands_once",
            ),
            one_of("act", "measure_act_known", MeasureAct),
            one_of("harm", "measure_harm_known", Harm),
            models.CheckConstraint(
                name="measure_decided_whole",
                condition=Q(decided_at__isnull=True, granted__isnull=True)
                | Q(decided_at__isnull=False, granted__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_term_only_granted", condition=Q(until__isnull=True) | Q(granted=True)
            ),
        ]
        indexes = [models.Index(fields=["muni", "until"], name="measure_by_term")]


class MeasurePerson(Local):
    """A person of a case: applicant, covered with the applicant, or other party (相手方). Append-only."""

    measure = models.CharField(max_length=64)
    person = models.BigIntegerField()
    part = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "measure", "person"], name="measure_person_once"),
            one_of("part", "measure_part_known", Part),
        ]
        indexes = [models.Index(fields=["muni", "person"], name="measure_by_person")]


class MeasureCopy(Local):
    """A municipality that holds a copy of a measure, as the one that serves the person knows. Append-only."""

    measure = models.CharField(max_length=64)
    holder = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "measure", "holder"], name="measure_copy_once")
        ]


def measures_on(today: date) -> models.QuerySet[MeasurePerson]:
    """Who is protected on a day, in whatever municipality's copy, as rows of the cases."""
    closing = SupportMeasure.objects.closing(today).filter(muni=OuterRef("muni"), measure=OuterRef("measure"))
    return MeasurePerson.objects.exclude(part=Part.OTHER_PARTY.value).filter(Exists(closing))


def under_measures(today: date, person: str = "person") -> Exists:
    """A condition for queries on persons: whether one (its column `person`) is protected now, in whatever municipality's copy."""
    return Exists(measures_on(today).filter(person=OuterRef(person)))
