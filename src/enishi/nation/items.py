"""What a resident record holds beyond the persons of a snapshot: lot and building, registered domicile, status items.

A table beside each shard of persons (docs/snapshot.md, `items/`), drawn from the ids of persons and households alone, so that it
does not depend on how the nation was divided into shards.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel.municipality import prefecture_name, prefecture_of
from enishi.nation.places import areas, names
from enishi.nation.shards import write_parquet
from enishi.platform.files import durably, sha256_of, write_durably
from enishi.platform.snapshots import Snapshot

UInt64s = npt.NDArray[np.uint64]

SCHEMA = {
    "person": pl.Int64,
    "block": pl.String,
    "building": pl.String,
    "building_kana": pl.String,
    "domicile": pl.String,
    "first_listed": pl.String,
    "electoral_roll": pl.Boolean,
    "health_insurance": pl.Boolean,
    "latter_stage": pl.Boolean,
    "long_term_care": pl.Boolean,
    "pension": pl.Boolean,
    "child_allowance": pl.Boolean,
}
BUILDINGS = (
    ("コーポ", "コーポ"),
    ("メゾン", "メゾン"),
    ("ハイツ", "ハイツ"),
    ("レジデンス", "レジデンス"),
    ("荘", "ソウ"),
)
TREES = (
    ("さくら", "サクラ"),
    ("もみじ", "モミジ"),
    ("けやき", "ケヤキ"),
    ("あおば", "アオバ"),
    ("みどり", "ミドリ"),
    ("ひかり", "ヒカリ"),
)
IN_BUILDINGS = 0.42
"""Share of households that live in a building with a name (a guess: close to the share of flats, housing survey 2018)."""
AT_HOME = 0.55
"""Share of family registers kept in the municipality of residence (a guess; no statistics were found)."""
INSURED = 0.26
"""Share of households under 75 in National Health Insurance (about 22 % of the population in 2020)."""
FIRST_INSURED = 0.28
"""Share of those from 20 to 59 who are first-category insured of the National Pension (about 14.5 million in 2020)."""
ONE_REGISTER = ("head", "spouse", "child")


def add_items(folder: Path) -> dict[str, Any]:
    """Writes `items/` beside the shards of a built nation and says so in its manifest, which is returned.

    Done already: nothing is done. Raises BadInput for a folder that holds no whole snapshot.
    """
    snapshot = Snapshot.open(folder)
    path = folder / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "items" in manifest:
        return manifest
    marks = {"enishi.snapshot": snapshot.id, "enishi.synthetic": "true"}
    entries = []
    for shard in snapshot.shards:
        rows = items(pl.read_parquet(snapshot.shard_file(shard)), manifest["build"]["seed"], snapshot.on)
        file = f"items/{shard.name}.parquet"
        durably(folder / file, partial(write_parquet, rows, marks=marks))
        entries.append({"file": file, "sha256": sha256_of(folder / file), "rows": rows.height})
    manifest["items"] = entries
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    write_durably(path, (text + "\n").encode())
    return manifest


def items(persons: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    """A row for each person of a shard, in the same order."""
    household, person = (persons[name].to_numpy().astype(np.uint64) for name in ("household", "person"))
    lot, flat = _drawn(household, seed, 1), _drawn(household, seed, 2)
    named = (_share(flat) < IN_BUILDINGS) & persons["institution"].is_null().to_numpy()
    born = pl.col("birth_date").dt
    day = born.month().cast(pl.Int32) * 100 + born.day()
    ages = persons.select(on.year - born.year() - (day > on.month * 100 + on.day).cast(pl.Int32)).to_series()
    japanese = persons["nationality"] == "JPN"
    resident = pl.Series(
        persons.select(
            (pl.col("resident_from").is_null() | (pl.col("resident_from") <= on))
            & (pl.col("resident_until").is_null() | (pl.col("resident_until") > on))
        ).to_series()
    )
    insured = pl.Series(_share(_drawn(household, seed, 3)) < INSURED)
    first = pl.Series(_share(_drawn(person, seed, 4)) < FIRST_INSURED)
    return pl.DataFrame(
        {
            "person": persons["person"],
            "block": _blocks(lot),
            "building": _buildings(flat, named, 0),
            "building_kana": _buildings(flat, named, 1),
            **_domiciles(persons, seed),
            "electoral_roll": resident & japanese & (ages >= 18),
            "health_insurance": resident & insured & (ages < 75),
            "latter_stage": resident & (ages >= 75),
            "long_term_care": resident & (ages >= 65),
            "pension": resident & first & ages.is_between(20, 59),
            "child_allowance": resident & _receives(persons, ages),
        },
        schema=SCHEMA,
    )


def _receives(persons: pl.DataFrame, ages: pl.Series) -> pl.Series:
    """The head of a household with a child up to 15: who receives child allowance, as a rule."""
    young = persons.select("household", young=(ages <= 15) & (pl.col("relation") == "child"))
    return young.select(pl.col("young").any().over("household")).to_series() & (persons["relation"] == "head")


def _domiciles(persons: pl.DataFrame, seed: int) -> dict[str, pl.Series]:
    """Registered domicile and first-listed person of Japanese nationals: head, spouse and children of the head's surname
    are in one family register, everybody else in their own."""
    head = pl.when(pl.col("relation") == "head")
    frame = persons.select(
        "person",
        "household",
        "muni",
        "nationality",
        name=pl.concat_str([pl.col("surname"), pl.lit(" "), pl.col("given")]),
        place="town",
        heads_surname=head.then("surname").max().over("household"),
        heads_name=head.then(pl.concat_str([pl.col("surname"), pl.lit(" "), pl.col("given")]))
        .max()
        .over("household"),
        relation="relation",
        surname="surname",
    ).with_columns(
        shared=(
            pl.col("relation").is_in(ONE_REGISTER) & (pl.col("surname") == pl.col("heads_surname"))
        ).fill_null(False)
    )
    register = frame.select(pl.when("shared").then(-pl.col("household")).otherwise("person")).to_series()
    keys = register.to_numpy().astype(np.int64).view(np.uint64)
    towns = _everywhere()
    there = towns.gather(pl.Series((_drawn(keys, seed, 5) % np.uint64(len(towns))).astype(np.int64)))
    here = frame.select(pl.col("muni").replace_strict(_named(), default=None) + pl.col("place")).to_series()
    lot = _drawn(keys, seed, 6)
    numbers = pl.Series((lot % np.uint64(2400) + np.uint64(1)).astype(np.int64)).cast(pl.String) + "番地"
    stays = pl.Series(_share(_drawn(keys, seed, 7)) < AT_HOME)
    listed = pl.DataFrame({"here": here, "there": there, "numbers": numbers, "stays": stays}).select(
        pl.when("stays").then("here").otherwise("there") + pl.col("numbers")
    )
    japanese = (frame["nationality"] == "JPN") & frame["name"].is_not_null()
    out = pl.DataFrame({"domicile": listed.to_series(), "japanese": japanese}).select(
        pl.when("japanese").then("domicile")
    )
    who = frame.with_columns(japanese=japanese).select(
        pl.when("japanese").then(pl.when("shared").then("heads_name").otherwise("name"))
    )
    return {"domicile": out.to_series(), "first_listed": who.to_series()}


@lru_cache(maxsize=1)
def _everywhere() -> pl.Series:
    """Every town of the postal data, with prefecture and municipality in front."""
    known = areas()
    return pl.Series(
        [
            f"{prefecture_name(prefecture_of(code), 'ja')}{area.name}{town}"
            for code, area in sorted(known.items())
            for town in sorted({town for town, _ in area.towns})
        ]
    )


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    """Prefecture and municipality by code, a designated city by its own name: its towns begin with the ward's."""
    return {code: f"{prefecture_name(prefecture_of(code), 'ja')}{name.ja}" for code, name in names().items()}


def _blocks(lot: UInt64s) -> pl.Series:
    """Lots: two households in three by block and number (住居表示), the others by lot (番地)."""
    first, second = lot % np.uint64(60) + np.uint64(1), (lot >> np.uint64(16)) % np.uint64(28) + np.uint64(1)
    long = (lot >> np.uint64(32)) % np.uint64(3000) + np.uint64(1)
    frame = pl.DataFrame(
        {"first": first, "second": second, "long": long, "old": (lot >> np.uint64(48)) % np.uint64(3) == 0}
    )
    return frame.select(
        pl.when("old").then(pl.format("{}番地", "long")).otherwise(pl.format("{}番{}号", "first", "second"))
    ).to_series()


def _buildings(flat: UInt64s, named: npt.NDArray[np.bool_], part: int) -> pl.Series:
    """Building and flat, in kanji (`part` 0) or kana (1); blank for a house."""
    words = pl.Series(
        [
            f"{kind[part]}{tree[part]}" if kind[0] != "荘" else f"{tree[part]}{kind[part]}"
            for kind in BUILDINGS
            for tree in TREES
        ]
    )
    which = words.gather(pl.Series((flat % np.uint64(len(words))).astype(np.int64)))
    floor, door = (
        (flat >> np.uint64(20)) % np.uint64(8) + np.uint64(1),
        (flat >> np.uint64(28)) % np.uint64(9) + np.uint64(1),
    )
    room = (floor * np.uint64(100) + door).astype(np.int64)
    frame = pl.DataFrame({"which": which, "room": room, "named": named})
    suffix = "号室" if part == 0 else "ゴウシツ"
    return frame.select(
        pl.when("named").then(pl.format("{}{}" + suffix, "which", "room")).otherwise(pl.lit(""))
    ).to_series()


def _drawn(keys: UInt64s, seed: int, what: int) -> UInt64s:
    """64 random bits a key: SplitMix64 of key, seed and what is drawn."""
    with np.errstate(over="ignore"):
        state = keys + np.uint64((seed * 1_000_003 + what) % 2**64) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        drawn: UInt64s = state ^ (state >> np.uint64(31))
    return drawn


def _share(drawn: UInt64s) -> npt.NDArray[np.float64]:
    """0 to 1 of 64 random bits."""
    share: npt.NDArray[np.float64] = (drawn >> np.uint64(11)).astype(np.float64) / 2**53
    return share
