"""What a record holds beyond the snapshot's persons: the same whoever divides the nation, and what the law would have it be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from enishi.nation.build import build_nation
from enishi.nation.items import SCHEMA, add_items, items
from enishi.platform.snapshots import Snapshot

ON = date(2020, 4, 27)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("items") / "nation"
    build_nation(4000, 3, ON, folder, workers=1)
    add_items(folder)
    return folder


def read(folder: Path, name: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in sorted((folder / name).glob("*.parquet"))])


def test_every_person_has_a_row_and_the_manifest_names_the_files(nation: Path) -> None:
    persons, rows = read(nation, "persons"), read(nation, "items")
    assert rows.schema == pl.Schema(SCHEMA)
    assert rows["person"].equals(persons["person"])
    assert Snapshot.open(nation).id == add_items(nation)["id"]


def test_a_row_does_not_depend_on_its_shard(nation: Path) -> None:
    persons = read(nation, "persons")
    together = items(persons, 3, ON)
    assert together.equals(read(nation, "items"))
    assert not items(persons, 4, ON)["block"].equals(together["block"])


def test_a_household_lives_in_one_place_and_a_family_has_one_register(nation: Path) -> None:
    both = read(nation, "persons").join(read(nation, "items"), on="person")
    for column in ("block", "building"):
        assert both.group_by("household").agg(pl.col(column).n_unique())[column].max() == 1
    family = both.filter(
        pl.col("relation").is_in(["head", "child"]),
        pl.col("nationality") == "JPN",
        pl.col("surname") == pl.col("surname").first().over("household"),
    )
    assert family.group_by("household").agg(pl.col("domicile").n_unique())["domicile"].max() == 1
    assert both.filter(pl.col("nationality") != "JPN")["domicile"].null_count() > 0
    assert both.filter(pl.col("nationality") == "JPN")["domicile"].null_count() == 0


@pytest.mark.parametrize(
    ("item", "youngest", "oldest"),
    [
        ("electoral_roll", 18, 130),
        ("latter_stage", 75, 130),
        ("long_term_care", 65, 130),
        ("pension", 20, 59),
        ("health_insurance", 0, 74),
    ],
)
def test_who_may_have_an_item_by_age(nation: Path, item: str, youngest: int, oldest: int) -> None:
    both = read(nation, "persons").join(read(nation, "items"), on="person").filter(pl.col(item))
    first, last = date(ON.year - oldest - 1, ON.month, ON.day), date(ON.year - youngest, ON.month, ON.day)
    assert both["birth_date"].is_between(first, last, closed="right").all()
    assert not both.is_empty()
