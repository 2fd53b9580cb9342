"""The acts and facts of a snapshot's history (docs/snapshot.md) as rows of the register, on three clocks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.platform.snapshots import Snapshot
from enishi.register import models
from enishi.register.engines.checking import checked_acts
from enishi.register.engines.keys import search_keys
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.relationship import PATHS
from enishi.register.taking_over import FIRST
from enishi.register.vocabulary import Manner, NameKind, Provenance, StatusKind

ACTOR = "history"
BLANK = ("block", "building", "building_kana")
NAME = ("surname", "given", "surname_kana", "given_kana", "whole", "whole_kana")


@dataclass(frozen=True)
class Recorded:
    """When and by which act something was recorded, for a place in a file of acts: `number` in its municipality and
    `moment` as the database writes it.
    """

    number: pl.Series
    moment: pl.Series


class Journal:
    """The acts of a snapshot's history, numbered within each municipality, whose acts may lie in several files."""

    def __init__(self, snapshot: Snapshot, vendor: str) -> None:
        self.snapshot, self.zone = snapshot, "+00:00" if vendor == "postgresql" else ""

    def of(self, name: str) -> tuple[Recorded, pl.DataFrame]:
        """For the shard `name`: what was recorded when, by place in its file; and all acts of the municipalities that
        begin in it, in order.
        """
        shards = self.snapshot.shards
        mine = next(shard for shard in shards if shard.name == name)
        wanted = set(mine.municipalities)
        frames = []
        for place, shard in enumerate(shards):
            if wanted & set(shard.municipalities):
                frame = self._acts(shard.name).filter(pl.col("muni").is_in(list(wanted)))
                frames.append(frame.with_columns(shard=pl.lit(place)))
        acts = (
            pl.concat(frames)
            .sort("muni", "recorded_at", "shard", "place")
            .with_columns(
                number=pl.int_range(FIRST + 1, pl.len() + FIRST + 1).over("muni"),
                moment=pl.col("recorded_at").dt.to_string("%Y-%m-%d %H:%M:%S") + pl.lit(self.zone),
            )
        )
        own = acts.filter(pl.col("shard") == shards.index(mine)).sort("place")
        earlier = {muni for shard in shards[: shards.index(mine)] for muni in shard.municipalities}
        begin = acts.filter(~pl.col("muni").is_in(list(earlier & wanted)))
        return Recorded(own["number"], own["moment"]), begin

    def _acts(self, name: str) -> pl.DataFrame:
        shard = next(one for one in self.snapshot.shards if one.name == name)
        files = self.snapshot.history_files(shard)
        assert files is not None
        return checked_acts(files[0], set(shard.municipalities)).with_row_index("place")


def journal_rows(acts: pl.DataFrame, first: dict[str, str], where: str, key: str) -> dict[str, pl.DataFrame]:
    """Rows of the journal for acts in order of municipality and number, chained (`register.chain`).

    `first`: the hash of each municipality's first act; `key`: what the idempotency keys begin with. Raises BadInput for acts
    whose facts are not canonical JSON, which no chain could bear out.
    """
    articles = {kind.value: CATALOGUE[kind].article for kind in Kind}
    acts = acts.with_columns(
        article=pl.col("kind").replace_strict(articles, return_dtype=pl.String),
        manner=pl.when(pl.col("reported_on").is_null())
        .then(pl.lit(Manner.EX_OFFICIO.value))
        .otherwise(pl.lit(Manner.REPORT.value)),
        key=pl.concat_str(pl.lit(f"{key} "), pl.col("number").cast(pl.String)),
    )
    hashes = list(_chained(acts, first, where))
    previous = pl.Series([before for before, _ in hashes], dtype=pl.String)
    table = acts.select(
        "muni", "number", "kind", "manner", "article", "effective", "reported_on", "key", "facts",
        effective_latest="effective", effective_wording=pl.lit(""), recorded_at="moment", actor=pl.lit(ACTOR),
        reason=pl.lit(""), previous_hash=previous, hash=pl.Series([own for _, own in hashes], dtype=pl.String),
    )  # fmt: skip
    persons = acts.select("muni", act="number", person="persons").explode("person")
    return {
        models.Act._meta.db_table: table,
        models.ActPerson._meta.db_table: persons.sort("muni", "person", "act"),
    }


def _chained(acts: pl.DataFrame, first: dict[str, str], where: str) -> Iterator[tuple[str, str]]:
    """(previous hash, hash) of each act. What is hashed is what `chain.hash_of` hashes: a test holds the two together."""
    parts = {
        "actor": pl.lit(f'"{ACTOR}"'), "article": _quoted("article"), "corrects": pl.lit("null"),
        "effective": _quoted("effective"), "effective_latest": _quoted("effective"), "effective_wording": pl.lit('""'),
        "facts": pl.col("facts"), "key": _quoted("key"), "kind": _quoted("kind"), "manner": _quoted("manner"),
        "muni": _quoted("muni"), "number": pl.col("number").cast(pl.String),
        "persons": pl.concat_str(pl.lit("["), pl.col("persons").cast(pl.List(pl.String)).list.join(","), pl.lit("]")),
        "reason": pl.lit('""'),
        "recorded_at": pl.concat_str(
            pl.lit('"'), pl.col("recorded_at").dt.to_string("%Y-%m-%dT%H:%M:%S"), pl.lit('+00:00"')
        ),
        "reported_on": _quoted("reported_on").fill_null("null"),
    }  # fmt: skip
    said: list[pl.Expr] = []
    for place, (name, value) in enumerate(parts.items()):
        said += [pl.lit(f'{"," if place else "{"}"{name}":'), value]
    texts = acts.select(pl.concat_str([*said, pl.lit("}")])).to_series()
    muni, previous = "", ""
    for row, (code, text, facts) in enumerate(zip(acts["muni"], texts, acts["facts"], strict=True)):
        if code != muni:
            muni, previous = code, first[code]
        if _canonical(facts) != facts:
            raise BadInput(
                "the facts of an act are not canonical JSON (sorted keys, no spaces)",
                where=f"{where}, act {row + 1}",
                todo="build the snapshot again",
            )
        own = sha256(f"{previous}\n{text}".encode()).hexdigest()
        yield previous, own
        previous = own


def _canonical(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except ValueError:
        return None


def _quoted(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), pl.col(name).cast(pl.String), pl.lit('"'))


def fact_rows(
    facts: pl.DataFrame, persons: pl.DataFrame, recorded: Recorded, moment: str
) -> dict[str, pl.DataFrame]:
    """The rows of the tables of facts, by table.

    `facts`: a shard's `history/`; `persons`: its rows with their items; `recorded`: by place in its file of acts;
    `moment`: when what stands from the beginning was taken over.
    """
    groups = {name: rows for (name,), rows in facts.partition_by("group", as_dict=True).items()}
    found: dict[type[models.Fact], pl.DataFrame] = {}
    for name, make in SHAPES.items():
        if name in groups:
            model, rows = make(groups[name], persons)
            found[model] = rows
    stays = groups["residence"].select("person", "begun", "ended")
    for model, rows in _items(persons.join(stays, on="person", how="left", maintain_order="left")):
        found[model] = rows
    return {model._meta.db_table: on_three_clocks(rows, recorded, moment) for model, rows in found.items()}


def on_three_clocks(rows: pl.DataFrame, recorded: Recorded, moment: str) -> pl.DataFrame:
    """What was entered and what followed it, from what held: a fact whose end an act told was first entered without an
    end, which that act superseded; one that an act corrected holds no more.
    """
    col = pl.col
    ended, left = col("ended").is_not_null(), [name for name in ("exit", "going_to") if name in rows.columns]
    begun = {"act": recorded.number, "recorded_at": recorded.moment}
    first = {"act": FIRST, "recorded_at": moment}
    rows = rows.with_columns(
        **{name: series.gather(rows["begun"]).fill_null(first[name]) for name, series in begun.items()},
        superseded_by=recorded.number.gather(rows["ended"]),
        superseded_at=recorded.moment.gather(rows["ended"]),
    ).drop("begun")
    entered = rows.with_columns(
        pl.when(~ended).then("until").alias("until"),
        *(pl.when(~ended).then(name).alias(name) for name in left),
    )
    told = rows.filter(ended & col("until").is_not_null()).with_columns(
        act="superseded_by",
        recorded_at="superseded_at",
        superseded_by=pl.lit(None, rows.schema["superseded_by"]),
        superseded_at=pl.lit(None, pl.String),
    )
    return pl.concat([entered, told]).drop("ended")


WHEN = ("muni", "person", "since", "until", "begun", "ended")
Shaped = tuple[type[models.Fact], pl.DataFrame]


def _particulars(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    cells = persons.select("person", census_cell="cell")
    rows = rows.join(cells, on="person", how="left", maintain_order="left")
    return models.Particulars, rows.select(
        *WHEN, "birth_date", "sex", "census_cell", birth_latest="birth_date", birth_wording=pl.lit("")
    )


def _names(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    written = pl.concat_str(["surname", "given", "whole"], ignore_nulls=True)
    kana = pl.concat_str(["surname_kana", "given_kana", "whole_kana"], ignore_nulls=True)
    # A former surname is found together with the given name.
    registered = (
        rows.filter(pl.col("until").is_null(), pl.col("ended").is_null(), kind=NameKind.REGISTERED.value)
        .unique("person", keep="last", maintain_order=True)
        .select("person", given_now="given", given_kana_now="given_kana")
    )
    rows = rows.join(registered, on="person", how="left", maintain_order="left")
    former = pl.col("kind") == NameKind.FORMER.value
    keyed = rows.with_columns(
        given=pl.when(former).then("given_now").otherwise("given"),
        given_kana=pl.when(former).then("given_kana_now").otherwise("given_kana"),
    )
    read = keyed.select(pl.when(kana == "").then(written).otherwise(kana)).to_series()
    working = keyed.select(pl.when(kana != "").then(pl.lit(Provenance.WORKING.value))).to_series()
    keys = pl.DataFrame({"text": keyed.select(written).to_series(), "read": read})
    return models.PersonName, rows.select(*WHEN, "kind", *NAME).with_columns(
        provenance=working,
        key=keys.select(search_keys(pl.col("text"))).to_series(),
        kana_key=keys.select(search_keys(pl.col("read"))).to_series(),
    )


def _residences(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    return models.Residence, rows.select(
        *WHEN, "entry", "exit", "came_from", "going_to", since_wording=pl.lit("")
    )


def _addresses(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    """Lot and building are known of the address of the day."""
    now = persons.select("person", "town", *BLANK, until="resident_until")
    rows = rows.join(now, on=["person", "town", "until"], how="left", maintain_order="left", nulls_equal=True)
    return models.Address, rows.select(
        *WHEN, "ward", "postcode", "town", "institution", *(pl.col(name).fill_null("") for name in BLANK)
    )


def _memberships(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    return models.Membership, rows.select(*WHEN, "household", "relation")


def _statuses(rows: pl.DataFrame, persons: pl.DataFrame) -> Shaped:
    return models.ForeignStatus, rows.select(
        *WHEN, "nationality", status="residence_status", period=pl.lit("")
    )


SHAPES = {
    "particulars": _particulars,
    "name": _names,
    "residence": _residences,
    "address": _addresses,
    "membership": _memberships,
    "foreign_status": _statuses,
}


def _items(persons: pl.DataFrame) -> Iterator[Shaped]:
    """Registered domiciles and status items of the day, entered with the residence that they belong to."""
    period = {"since": "resident_from", "until": "resident_until"}
    nothing = pl.lit(None, pl.Date)
    domiciles = persons.filter(pl.col("domicile").is_not_null())
    yield (
        models.Domicile,
        domiciles.select(
            "muni", "person", "first_listed", "begun", place="domicile", since=nothing, until=nothing,
            ended=pl.lit(None, pl.Int32),
        ),
    )  # fmt: skip
    yield (
        models.StatusItem,
        pl.concat(
            persons.filter(kind.value).select(
                "muni",
                "person",
                **period,
                begun="begun",
                ended="ended",
                kind=pl.lit(kind.value),
                detail=pl.lit("{}"),
            )
            for kind in StatusKind
        ),
    )


def check_last_state(facts: pl.DataFrame, persons: pl.DataFrame, on: date, where: Path) -> None:
    """Raises BadInput where the history does not end in what the persons of the day say of them."""
    day = pl.lit(on)
    period = {"since": "resident_from", "until": "resident_until"}
    wanted = persons.select(
        "muni", "person", "birth_date", "sex", "entry", "exit", **period,
        household="household", relation=pl.col("relation").replace_strict({w.value: p for w, p in PATHS.items()}),
        ward="ward", postcode="postcode", town="town", institution="institution",
    ).with_columns(
        at=pl.when(pl.col("until") <= day).then(pl.col("until").dt.offset_by("-1d"))
        .when(pl.col("since") > day).then("since").otherwise(day)
    )  # fmt: skip
    items = {
        "residence": ("since", "until", "entry", "exit"),
        "particulars": ("birth_date", "sex"),
        "membership": ("household", "relation"),
        "address": ("ward", "postcode", "town", "institution"),
    }
    days = wanted.select("person", "at")
    for group, columns in items.items():
        held = facts.filter(
            (pl.col("group") == group) & (pl.col("until").is_not_null() | pl.col("ended").is_null())
        )
        held = held.join(days, on="person", how="inner").filter(
            (pl.col("since").is_null() | (pl.col("since") <= pl.col("at")))
            & (pl.col("until").is_null() | (pl.col("until") > pl.col("at")))
        )
        same = wanted.join(held, on=["muni", "person", *columns], how="semi", nulls_equal=True)
        if len(same) != len(wanted) or len(held) != len(wanted):
            raise BadInput(
                f"the history does not end in the {group} of the persons of the day",
                where=str(where),
                todo="build the snapshot again",
            )


def beginnings(munis: Sequence[str]) -> dict[str, str]:
    """The hash of each municipality's first act."""
    rows = models.Act.objects.filter(muni__in=munis, number=FIRST).values_list("muni", "hash")
    return dict(rows)
