"""What people did with programmes and runs: published, adopted, started, decided, released. Who and when,
once each.

Rows are only ever added, except those of Run, whose state follows its process. Users are named by their id.
Tables of a municipality carry `muni` first and name what they belong to by its plain id, so that a shard
can hold them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enishi.platform.tenancy import Local


class PublishedProgramme(models.Model):
    """A programme file made known to municipalities, bound to its text by SHA-256."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    cycle = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    published_by = models.BigIntegerField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "cycle"], name="programme_published_once")]


class Adoption(Local):
    """A municipality takes part in a programme."""

    name = models.CharField(max_length=80)
    cycle = models.IntegerField()
    adopted_by = models.BigIntegerField()
    adopted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "name", "cycle"], name="adopted_once")]


class RunQuerySet(models.QuerySet["Run"]):
    def at_work(self) -> RunQuerySet:
        """Runs that were started and have not been seen to end."""
        return self.filter(state=Run.RUNNING)


class Run(models.Model):
    """A benefit run as a process: where it writes, who started it, how it ended."""

    RUNNING, COMPLETE, FAILED = "running", "complete", "failed"
    STATES = (RUNNING, COMPLETE, FAILED)

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    cycle = models.IntegerField()
    programme_sha256 = models.CharField(max_length=64)
    snapshot = models.CharField(max_length=64)
    snapshot_folder = models.CharField(max_length=1000)
    folder = models.CharField(max_length=1000)
    persons = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=[(state, state) for state in STATES], default=RUNNING)
    started_by = models.BigIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    pid = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    manifest = models.CharField(max_length=64, blank=True, default="")
    error = models.TextField(blank=True, default="")

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_state_known", condition=Q(state__in=["running", "complete", "failed"])
            ),
            models.CheckConstraint(
                name="run_complete_has_manifest", condition=~Q(state="complete") | ~Q(manifest="")
            ),
            models.UniqueConstraint(
                fields=["name", "cycle"], condition=Q(state="running"), name="one_run_at_work"
            ),
        ]


class Publication(models.Model):
    """The one result of a programme and cycle that municipalities decide on: no one is paid from two."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    cycle = models.IntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT)
    manifest = models.CharField(max_length=64)
    published_by = models.BigIntegerField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "cycle"], name="result_published_once")]


class MunicipalDecision(Local):
    """A municipality's decision 支給決定 on its payments, bound to the content that the officer saw by its
    hash.
    """

    publication = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    decided_by = models.BigIntegerField()
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["muni", "publication"], name="decided_once")]


class Release(Local):
    """The accounting officer's release 支出 of a municipality's bank files, by another than who decided.

    A trigger refuses a row whose `decided_by` and `content_hash` are not those of the decision itself.
    `files`: the SHA-256 of every bank file released, by its name in the run. Source: Local Autonomy Act
    art. 232-4 (the accounting officer pays on the mayor's order and after own examination).
    """

    publication = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    decided_by = models.BigIntegerField()
    released_by = models.BigIntegerField()
    released_at = models.DateTimeField(default=timezone.now)
    files = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muni", "publication"], name="released_once"),
            models.CheckConstraint(
                name="released_by_another_officer", condition=~Q(released_by=F("decided_by"))
            ),
        ]
