"""The register of a day, written as a snapshot (docs/snapshot.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from enishi.kernel.errors import Refused
from enishi.platform.files import durably, only_one, sha256_of, write_durably
from enishi.platform.snapshots import FORMAT, ID_KEY, SYNTHETIC_KEY, identity
from enishi.register import models
from enishi.register.engines.checking import MUNICIPALITIES, PERSONS
from enishi.register.rules.relationship import PATHS
from enishi.register.vocabulary import Relation

NOTICE = "Everybody in this snapshot is synthetic: no row is of a resident of any country."
WORDS = {path: word.value for word, path in PATHS.items()}
WINDOW = timedelta(days=90)
SHARD = 500_000
FETCH = 20_000

SELECT = """
WITH everybody AS MATERIALIZED (
SELECT p.person, m.household, r.muni, a.ward, p.sex, p.birth_date, m.relation, {cell} AS cell,
  n.surname, n.given, n.surname_kana, n.given_kana, former.surname AS former, former.surname_kana AS former_kana,
  alias.whole AS alias, alias.whole_kana AS alias_kana, latin.whole AS latin, latin.whole_kana AS latin_kana,
  COALESCE(f.nationality, 'JPN') AS nationality, f.status, a.institution, a.postcode, a.town,
  r.since, r.entry, r.until, r.exit, t.protected_muni,
  b.bank, b.branch, b.account_type, b.account_number, b.account_holder, o.applied_on
FROM register_residence r
JOIN register_particulars p ON p.muni = r.muni AND p.person = r.person AND p.superseded_at IS NULL
JOIN register_membership m ON m.muni = r.muni AND m.person = r.person AND m.superseded_at IS NULL AND {member}
JOIN register_address a ON a.muni = r.muni AND a.person = r.person AND a.superseded_at IS NULL AND {address}
LEFT JOIN register_foreignstatus f ON f.muni = r.muni AND f.person = r.person AND f.superseded_at IS NULL
  AND (f.since IS NULL OR f.since <= %(day)s) AND (f.until IS NULL OR f.until > %(day)s)
{names}
LEFT JOIN register_protection t ON t.muni = r.muni AND t.person = r.person
LEFT JOIN register_registeredaccount b ON b.muni = r.muni AND b.person = r.person
LEFT JOIN register_benefitapplication o ON o.muni = r.muni AND o.household = m.household
WHERE r.muni IN ({munis}) AND p.muni IN ({munis}) AND m.muni IN ({munis}) AND a.muni IN ({munis}) AND {chosen}
)
SELECT * FROM everybody ORDER BY muni, household, person
"""
"""The persons are found first and sorted then. Asked for in order, PostgreSQL would prefer joins that come in the order of
municipalities, and compare everybody of one with everybody.
"""
NAMES = {"n": "registered", "former": "former", "alias": "alias", "latin": "latin"}
NAME = """LEFT JOIN register_personname {name} ON {name}.muni = r.muni AND {name}.person = r.person AND {name}.kind = '{kind}'
  AND {name}.superseded_at IS NULL
  AND ({name}.since IS NULL OR {name}.since <= %(day)s) AND ({name}.until IS NULL OR {name}.until > %(day)s)"""
"""One name of a kind. Not grouped to a row a person: such a row has no index, and what the planner of PostgreSQL takes few
persons for, it would compare with the names of everybody in their municipality.
"""
DURING = """CASE
  WHEN r.until <= %(day)s
    THEN ({fact}.since IS NULL OR {fact}.since < r.until) AND ({fact}.until IS NULL OR {fact}.until >= r.until)
  WHEN r.since > %(day)s
    THEN ({fact}.since IS NULL OR {fact}.since <= r.since) AND ({fact}.until IS NULL OR {fact}.until > r.since)
  ELSE ({fact}.since IS NULL OR {fact}.since <= %(day)s) AND ({fact}.until IS NULL OR {fact}.until > %(day)s) END"""
"""A fact that holds on the day for which a residence is told: the day itself, the last of it, or its first."""

COUNT = "SELECT r.muni, count(*) FROM register_residence r WHERE {chosen} GROUP BY r.muni ORDER BY r.muni"
CHOSEN = """r.superseded_at IS NULL
  AND (r.since IS NULL OR r.since <= %(last)s) AND (r.until IS NULL OR r.until >= %(first)s) AND CASE
  WHEN (r.since IS NULL OR r.since <= %(day)s) AND (r.until IS NULL OR r.until > %(day)s) THEN TRUE
  ELSE NOT EXISTS (
    SELECT 1 FROM register_residence nearer WHERE nearer.person = r.person AND nearer.id <> r.id
      AND nearer.superseded_at IS NULL
      AND (nearer.since IS NULL OR nearer.since <= %(last)s)
      AND (nearer.until IS NULL OR nearer.until >= %(first)s)
      AND CASE WHEN r.until <= %(day)s THEN nearer.since >= r.until AND nearer.since <= %(day)s
          ELSE nearer.since IS NULL OR nearer.since < r.since END) END"""
"""One residence a person: that which covers the day; else the latest ended; else the first that begins."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a snapshot holds: its id, persons and shards."""

    id: str
    persons: int
    shards: int


def write_snapshot(
    on: date, out: Path, progress: Callable[[str, int], object] | None = None, shard_size: int = SHARD
) -> Written:
    """See `register.services.write_snapshot`."""
    nation = models.LoadedNation.objects.first()
    if nation is None or not nation.complete:
        raise Refused(
            "the register is empty or its loading has not ended",
            where="register",
            todo="run `enishi register load DIR` to its end first",
        )
    with only_one(out, "snapshot"), one_state():
        if (out / "manifest.json").exists():
            raise Refused(
                "this folder holds a finished snapshot",
                where=str(out),
                todo="choose another --out, or remove that folder yourself",
            )
        for leftover in (out / "persons").glob("*"):
            leftover.unlink()
        build = {"by": "register", "nation": nation.snapshot}
        writer = _Writer(out, identity("register", on, build), progress)
        towns = writer.write("municipalities.parquet", _municipalities())
        for frame in shards(on, same_day=on == nation.day, size=shard_size):
            writer.shard(frame)
        manifest = {
            "format": FORMAT,
            "synthetic": True,
            "notice": NOTICE,
            "source": "register",
            "on": on.isoformat(),
            "build": build,
            "id": writer.id,
            "persons": sum(shard["rows"] for shard in writer.shards),
            "municipalities": towns,
            "shards": writer.shards,
        }
        write_durably(
            out / "manifest.json", json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
        )
    return Written(writer.id, manifest["persons"], len(writer.shards))


@dataclass
class _Writer:
    out: Path
    id: str
    progress: Callable[[str, int], object] | None

    def __post_init__(self) -> None:
        self.shards: list[dict[str, Any]] = []

    def write(self, file: str, frame: pl.DataFrame) -> dict[str, Any]:
        path = self.out / file
        marks = {ID_KEY: self.id, SYNTHETIC_KEY: "true"}
        durably(
            path,
            lambda place: frame.write_parquet(place, compression="zstd", compression_level=1, metadata=marks),
        )
        return {"file": file, "sha256": sha256_of(path), "rows": len(frame)}

    def shard(self, frame: pl.DataFrame) -> None:
        entry = self.write(f"persons/{len(self.shards) + 1:04d}.parquet", frame)
        self.shards.append(
            entry
            | {
                "municipalities": frame["muni"].unique().sort().to_list(),
                "person_min": frame["person"].min(),
                "person_max": frame["person"].max(),
            }
        )
        if self.progress is not None:
            self.progress(entry["file"], entry["rows"])


@contextmanager
def one_state(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """All reads inside see a database as it was at the first, and no writer waits for them.

    Inside a transaction of the caller it is the caller's isolation that holds.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def shards(on: date, *, same_day: bool, size: int) -> Iterator[pl.DataFrame]:
    """The persons of a day in file order: whole municipalities of one prefecture together up to `size`
    persons, a larger municipality in parts of whole households.
    """
    for munis in plan(_counts(on), size):
        yield from _parts(persons(munis, on, same_day=same_day), size)


def plan(counts: list[tuple[str, int]], size: int) -> Iterator[list[str]]:
    """Groups municipalities (in order of code, each with its persons) by shard; a larger one than `size`
    stands alone.
    """
    group: list[str] = []
    held = 0
    for muni, rows in counts:
        if group and (muni[:2] != group[0][:2] or held + rows > size):
            yield group
            group, held = [], 0
        group.append(muni)
        held += rows
    if group:
        yield group


def persons(munis: list[str], on: date, *, same_day: bool) -> Iterator[pl.DataFrame]:
    """The persons of some municipalities in order of municipality, household and person, some thousands a
    frame.
    """
    parts = {
        "cell": "p.census_cell" if same_day else "NULL",
        "chosen": CHOSEN,
        "member": DURING.format(fact="m"),
        "address": DURING.format(fact="a"),
        "names": "\n".join(NAME.format(name=name, kind=kind) for name, kind in NAMES.items()),
    }
    names = {f"muni{place}": muni for place, muni in enumerate(munis)}
    text = SELECT.format(**parts, munis=", ".join(f"%({name})s" for name in names))
    schema = {name: column.dtype for name, column in PERSONS.items()}
    codes = _codes_since(on)
    with connection.chunked_cursor() as cursor:
        cursor.execute(text, _window(on) | names)
        while rows := cursor.fetchmany(FETCH):
            frame = pl.DataFrame(rows, schema=schema, orient="row")
            yield frame.with_columns(
                pl.col("relation").replace_strict(WORDS, default=Relation.COHABITANT.value),
                pl.col("protected_muni").replace(codes),
            )


def _codes_since(on: date) -> dict[str, str]:
    """Codes that stand for no municipality any more on a day, each with the one that stands for it: where a protected person
    lives was written down under the code of its time, in a record that no merger elsewhere touches.
    """
    merged = models.Municipality.objects.filter(ends__lte=on, successor__isnull=False)
    next_of = {old: str(new) for old, new in merged.values_list("muni", "successor")}
    found = {}
    for code in next_of:
        here = code
        while here in next_of:
            here = next_of[here]
        found[code] = here
    return found


def _parts(frames: Iterator[pl.DataFrame], size: int) -> Iterator[pl.DataFrame]:
    waiting: list[pl.DataFrame] = []
    for frame in frames:
        waiting.append(frame)
        while sum(map(len, waiting)) > size:
            held = pl.concat(waiting)
            household = held["household"]
            end = size
            while end > 0 and household[end - 1] == household[end]:
                end -= 1
            end = end or size
            yield held[:end]
            waiting = [held[end:]]
    if any(map(len, waiting)):
        yield pl.concat(waiting)


def _counts(on: date) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(chosen=CHOSEN), _window(on))
        return list(cursor.fetchall())


def _window(on: date) -> dict[str, str]:
    return {"day": on.isoformat(), "first": (on - WINDOW).isoformat(), "last": (on + WINDOW).isoformat()}


def _municipalities() -> pl.DataFrame:
    rows = models.Municipality.objects.order_by("muni").values_list(*MUNICIPALITIES)
    schema = {name: column.dtype for name, column in MUNICIPALITIES.items()}
    return pl.DataFrame(list(rows), schema=schema, orient="row")
