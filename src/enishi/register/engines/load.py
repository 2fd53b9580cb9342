"""Loading a nation into the register: set-based, a shard a transaction, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.frames import insert_frame
from enishi.platform.services import chunk, chunks_done
from enishi.platform.snapshots import Shard, Snapshot
from enishi.platform.workers import in_turn, pool
from enishi.register import models
from enishi.register.engines import addressees
from enishi.register.engines.checking import (
    ACCOUNT,
    ITEMS,
    checked_history,
    checked_items,
    checked_municipalities,
    checked_persons,
)
from enishi.register.engines.history import Journal, beginnings, check_last_state, fact_rows, journal_rows
from enishi.register.engines.keys import search_keys
from enishi.register.engines.setting_aside import opened, put_back, set_aside
from enishi.register.rules.relationship import PATHS
from enishi.register.taking_over import FIRST, take_over, taken_over_at
from enishi.register.vocabulary import MeasureAct, NameKind, Part, Provenance, StatusKind

Progress = Callable[[str, int], object]
SQLITE_CACHE_KIB = 262_144
MANY = 50_000
"""From so many persons on, guards and indexes are set aside while they are loaded."""
NO_ITEMS = {
    name: pl.lit("") if not column.null else pl.lit(None, pl.String)
    for name, column in ITEMS.items()
    if column.dtype == pl.String()
} | {kind.value: pl.lit(False) for kind in StatusKind}
"""What `items` says where a snapshot has none."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading did: persons of the nation, and how many of them this call brought in (0: all were
    there).
    """

    snapshot: str
    persons: int
    added: int


def load(folder: Path, progress: Progress | None = None) -> Loaded:
    """See `register.services.load_nation`."""
    snapshot = Snapshot.open(folder)
    nation = _nation(snapshot)
    if nation.complete:
        return Loaded(snapshot.id, snapshot.persons, 0)
    municipalities = checked_municipalities(snapshot.municipalities_file())
    for shard in snapshot.shards:
        snapshot.shard_file(shard)
        snapshot.history_files(shard)
    work = f"register.load {snapshot.id[:32]}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    if snapshot.persons >= MANY:
        set_aside()
    with chunk(work, "municipalities") as fresh, opened():
        if fresh:
            insert_frame(models.Municipality._meta.db_table, municipalities)
            take_over(snapshot, list(municipalities["muni"]))
            fresh.rows = len(municipalities)
    known = set(municipalities["muni"])
    moment = str(connection.ops.adapt_datetimefield_value(taken_over_at()))
    prepare = _Preparing(
        snapshot,
        known,
        moment,
        Journal(snapshot, connection.vendor),
        beginnings(list(municipalities["muni"])),
    )
    done = chunks_done(work)
    if progress is not None:
        for shard in snapshot.shards:
            if shard.file in done:
                progress(shard.file, shard.rows)
    added = 0
    left = [shard for shard in snapshot.shards if shard.file not in done]
    with pool(1, beside=snapshot.persons >= MANY, first=django.setup) as executor:
        for one in in_turn(executor, prepare, left):
            with chunk(work, one.shard.file) as fresh, opened():
                if fresh:
                    _insert(one.path, one.rows)
                    fresh.rows, fresh.sha256 = one.persons, one.shard.sha256
                    added += one.persons
            if progress is not None:
                progress(one.shard.file, one.shard.rows)
    put_back()
    models.LoadedNation.objects.filter(pk=nation.pk).update(complete=True)
    _tidy()
    return Loaded(snapshot.id, snapshot.persons, added)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A shard's rows by table, ready to be inserted."""

    shard: Shard
    path: Path
    persons: int
    rows: dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class _Preparing:
    """Makes rows of a shard, without asking the database: while that takes one, a process beside prepares the next."""

    snapshot: Snapshot
    known: set[str]
    moment: str
    journal: Journal
    first: dict[str, str]

    def __call__(self, shard: Shard) -> _Prepared:
        path = self.snapshot.folder / shard.file
        frame = checked_persons(path, self.known)
        _count(path, frame, shard.rows)
        beside = self.snapshot.items_file(shard)
        items = None if beside is None else checked_items(beside, frame)
        rows = _tables(self.snapshot, shard, self.journal, with_items(frame, items), self.moment, self.first)
        return _Prepared(shard, path, len(frame), rows)


def with_items(frame: pl.DataFrame, items: pl.DataFrame | None) -> pl.DataFrame:
    """A shard's persons with what `items/` says of them; blank where the snapshot has none."""
    if items is None:
        return frame.with_columns(**NO_ITEMS)
    return pl.concat([frame, items.drop("person")], how="horizontal")


def tables(frame: pl.DataFrame, moment: str) -> dict[str, pl.DataFrame]:
    """The rows of a shard as rows of the register's tables, by table name, in an order that suits every
    constraint. `moment`: when the register took them over, as the database writes it.
    """
    col = pl.col
    recorded = (pl.lit(moment).alias("recorded_at"), pl.lit(FIRST).alias("act"))
    period = {"since": "resident_from", "until": "resident_until"}
    facts: dict[type[models.Fact], pl.DataFrame] = {
        models.Particulars: frame.select(
            "muni",
            "person",
            "birth_date",
            "sex",
            birth_latest="birth_date",
            birth_wording=pl.lit(""),
            census_cell="cell",
        ),
        models.PersonName: names(frame),
        models.ForeignStatus: frame.filter(
            (col("nationality") != "JPN") | col("residence_status").is_not_null()
        ).select("muni", "person", "nationality", status="residence_status", period=pl.lit("")),
        models.Residence: frame.select("muni", "person", "entry", "exit", **period, since_wording=pl.lit("")),
        models.Address: frame.select(
            "muni",
            "person",
            "ward",
            "postcode",
            "town",
            "block",
            "building",
            "building_kana",
            "institution",
            **period,
        ),
        models.Domicile: frame.filter(col("domicile").is_not_null()).select(
            "muni", "person", "first_listed", place="domicile"
        ),
        models.StatusItem: pl.concat(
            frame.filter(kind.value).select(
                "muni", "person", **period, kind=pl.lit(kind.value), detail=pl.lit("{}")
            )
            for kind in StatusKind
        ),
        models.Membership: frame.select(
            "muni",
            "household",
            "person",
            **period,
            relation=col("relation").replace_strict({word.value: path for word, path in PATHS.items()}),
        ),
    }
    rows: dict[type[Model], pl.DataFrame] = {
        models.Person: frame.select("muni", id="person"),
        **{model: table.with_columns(recorded) for model, table in facts.items()},
        models.Protection: frame.filter(col("protected_muni").is_not_null()).select(
            "muni", "person", "protected_muni"
        ),
        **measures(frame, moment),
        models.RegisteredAccount: frame.filter(col("bank").is_not_null()).select("muni", "person", *ACCOUNT),
        models.BenefitApplication: frame.filter(col("applied_on").is_not_null())
        .select("muni", "household", "applied_on")
        .unique(maintain_order=True),
    }
    return {model._meta.db_table: table for model, table in rows.items()}


def measures(frame: pl.DataFrame, moment: str) -> dict[type[Model], pl.DataFrame]:
    """Support measures of the persons who live elsewhere than where they are registered, one for those of a household who are
    together, kept in both municipalities. Their term is not known: each closes until its municipality decides anew.

    The head whom they left is the other party, beside others unnamed.
    """
    fled = frame.filter(pl.col("protected_muni").is_not_null()).with_columns(
        measure=pl.concat_str(pl.lit("taken-over"), "household", "protected_muni", separator="-")
    )
    heads = frame.filter((pl.col("relation") == "head") & pl.col("protected_muni").is_null())
    left = fled.select("household", "muni", "protected_muni", "measure").unique(maintain_order=True)
    parts = [
        fled.select(
            "muni",
            "protected_muni",
            "measure",
            "person",
            part=pl.when(pl.col("person") == pl.col("person").min().over("measure"))
            .then(pl.lit(Part.APPLICANT.value))
            .otherwise(pl.lit(Part.COVERED.value)),
        ),
        left.join(heads.select("household", "person"), on="household", maintain_order="left").select(
            "muni", "protected_muni", "measure", "person", part=pl.lit(Part.OTHER_PARTY.value)
        ),
    ]
    persons = pl.concat(parts)
    standing = left.select("muni", "measure", served_by="protected_muni")
    both = pl.concat([standing, standing.with_columns(muni="served_by")]).unique(maintain_order=True)
    return {
        models.SupportMeasure: both.with_columns(
            version=pl.lit(1),
            act=pl.lit(MeasureAct.TAKE_OVER.value),
            actor=pl.lit("register load"),
            reason=pl.lit(""),
            key="measure",
            filed_at=pl.lit(moment),
            awaiting=pl.lit(True),
            other_unnamed=pl.lit(True),
            other_named=pl.lit(""),
            hold_mail=pl.lit(True),
            recorded_at=pl.lit(moment),
        ),
        models.MeasurePerson: pl.concat(
            [
                persons.drop("protected_muni"),
                persons.select("measure", "person", "part", muni="protected_muni").select(
                    "muni", "measure", "person", "part"
                ),
            ]
        ).unique(maintain_order=True),
    }


def names(frame: pl.DataFrame) -> pl.DataFrame:
    """Each person's names, a row a kind, with the keys that a search compares."""
    kinds = {
        NameKind.REGISTERED: {
            "surname": "surname",
            "given": "given",
            "surname_kana": "surname_kana",
            "given_kana": "given_kana",
        },
        NameKind.FORMER: {"surname": "former_surname", "surname_kana": "former_surname_kana"},
        NameKind.ALIAS: {"whole": "alias", "whole_kana": "alias_kana"},
        NameKind.LATIN: {"whole": "latin_name", "whole_kana": "latin_kana"},
    }
    columns = ("surname", "given", "surname_kana", "given_kana", "whole", "whole_kana")
    parts = []
    for kind, sources in kinds.items():
        exists = pl.any_horizontal(pl.col(source).is_not_null() for source in sources.values())
        chosen = {
            column: pl.col(sources[column]) if column in sources else pl.lit(None, pl.String)
            for column in columns
        }
        given = {"given": "given", "given_kana": "given_kana"} if kind is NameKind.FORMER else {}
        named = sources | given
        parts.append(
            frame.filter(exists).select(
                "muni",
                "person",
                kind=pl.lit(kind.value),
                **chosen,
                provenance=pl.when(_any_reading(named)).then(pl.lit(Provenance.WORKING.value)),
                key=search_keys(_joined(named, "surname", "given", "whole")),
                kana_key=search_keys(_reading(named)),
            )
        )
    return pl.concat(parts)


def _any_reading(sources: dict[str, str]) -> pl.Expr:
    kana = [pl.col(sources[name]) for name in ("surname_kana", "given_kana", "whole_kana") if name in sources]
    return pl.any_horizontal(column.is_not_null() for column in kana)


def _joined(sources: dict[str, str], *columns: str) -> pl.Expr:
    return pl.concat_str(
        [pl.col(sources[column]) for column in columns if column in sources], ignore_nulls=True
    )


def _reading(sources: dict[str, str]) -> pl.Expr:
    """The reading, or the name itself where no reading is known: it may be written in kana."""
    kana = _joined(sources, "surname_kana", "given_kana", "whole_kana")
    written = _joined(sources, "surname", "given", "whole")
    return pl.when(kana == "").then(written).otherwise(kana)


def _nation(snapshot: Snapshot) -> models.LoadedNation:
    with transaction.atomic():
        nation = models.LoadedNation.objects.first()
        if nation is None and not models.Person.objects.exists():
            return models.LoadedNation.objects.create(
                snapshot=snapshot.id, source=snapshot.source, day=snapshot.on, persons=snapshot.persons
            )
    if nation is None or nation.snapshot != snapshot.id:
        raise Refused(
            "the register holds other people than this snapshot's",
            where=str(snapshot.folder),
            todo="load one nation into one register; for another nation begin with an empty database",
        )
    return nation


def _count(path: Path, frame: pl.DataFrame, rows: int) -> None:
    if len(frame) != rows:
        raise BadInput(
            f"the file holds {len(frame)} persons, the manifest says {rows}",
            where=str(path),
            todo="build the snapshot again",
        )


def _tables(
    snapshot: Snapshot,
    shard: Shard,
    journal: Journal,
    frame: pl.DataFrame,
    moment: str,
    first: dict[str, str],
) -> dict[str, pl.DataFrame]:
    """The rows of a shard by table, with its history where the snapshot has one."""
    rows = tables(frame, moment)
    files = snapshot.history_files(shard)
    if files is None:
        return rows
    recorded, acts = journal.of(shard.name)
    facts = checked_history(files[1], len(recorded.number), set(shard.municipalities))
    check_last_state(facts, frame, snapshot.on, files[1])
    everybody = facts.filter(group="residence").select("muni", id="person")
    return (
        rows
        | {models.Person._meta.db_table: everybody}
        | fact_rows(facts, frame, recorded, moment)
        | journal_rows(acts, first, str(files[0]), f"history {snapshot.id[:32]}")
    )


def _insert(path: Path, rows: dict[str, pl.DataFrame]) -> None:
    for table, frame in rows.items():
        try:
            insert_frame(table, frame)
        except IntegrityError as error:
            raise BadInput(
                f"the register refuses rows of this file in {table}: a person or household of "
                "another file, or two periods of one person that overlap",
                where=str(path),
                todo="build the snapshot again: a person and a household stand in one file",
            ) from error
    addressees.number(rows[models.Person._meta.db_table].select("muni", person="id"))
    if models.Act._meta.db_table in rows:
        last = rows[models.Act._meta.db_table].group_by("muni").agg(pl.col("number").max() + 1)
        addressees.set_counters("act", last)


def _tidy() -> None:
    """Lets the planner know the tables' sizes; on SQLite also empties the write-ahead log."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
