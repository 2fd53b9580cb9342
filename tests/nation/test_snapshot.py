"""A built nation is a snapshot, to the letter of docs/snapshot.md."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl

from enishi.kernel import individual_number, municipality
from enishi.kernel.kana import ZENGIN_PARTY, is_registered_kana
from enishi.nation.census import read_census
from enishi.nation.prove import compare, counted_cells, prove
from enishi.nation.scale import scaled
from tests.nation.conftest import PERSONS, Built

TABLE_OF_PERSONS = "## persons/NNNN.parquet"
TYPES = {
    "int64": pl.Int64,
    "int8": pl.Int8,
    "date": pl.Date,
    "string": pl.String,
}


def documented(heading: str) -> dict[str, tuple[type[pl.DataType], bool]]:
    """Columns of a table of docs/snapshot.md: type, and whether null is allowed."""
    text = (Path(__file__).parents[2] / "docs" / "snapshot.md").read_text(encoding="utf-8")
    columns = {}
    for line in text.split(heading)[1].split("## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            kind = cells[1].split("(")[0].split(",")[0].rstrip("s")
            for name in cells[0].replace("`", "").split(", "):
                columns[name] = (TYPES[kind], "null" in cells[1])
    return columns


def test_persons_have_exactly_the_documented_columns_types_and_nulls(nation: Built) -> None:
    columns = documented(TABLE_OF_PERSONS)
    assert len(columns) == 34
    for shard in nation.manifest["shards"]:
        frame = pl.read_parquet(nation.folder / shard["file"])
        assert frame.columns == list(columns)
        for name, (kind, nullable) in columns.items():
            assert frame.schema[name] == kind, name
            assert nullable or not frame[name].null_count(), name


def test_municipalities_have_exactly_the_documented_columns(nation: Built) -> None:
    columns = documented("## municipalities.parquet")
    frame = pl.read_parquet(nation.folder / "municipalities.parquet")
    assert frame.columns == list(columns)
    for name, (kind, _) in columns.items():
        assert frame.schema[name] == kind, name
        assert not frame[name].null_count(), name


def test_municipalities_are_all_1741_with_account_and_start(nation: Built) -> None:
    frame = pl.read_parquet(nation.folder / "municipalities.parquet")
    assert frame.height == nation.manifest["municipalities"]["rows"] == 1_741
    assert frame["muni"].is_sorted()
    assert all(municipality.is_valid(code) for code in frame["muni"])
    assert frame.filter(pl.col("muni") == "131016").row(0, named=True)["name_latin"] == "Chiyoda-ku"
    sapporo = frame.filter(pl.col("muni") == "011002").row(0, named=True)
    assert (sapporo["name"], sapporo["name_kana"]) == ("札幌市", "サッポロシ")
    assert (sapporo["name_latin"], sapporo["prefecture_latin"]) == ("Sapporo-shi", "Hokkaido")
    assert sapporo["consignor_code"] == "9901100201"
    assert all(is_registered_kana(kana) for kana in frame["name_kana"])
    assert all(name.startswith("SYNTHETIC ") and len(name) <= 40 for name in frame["originator"])
    assert all(ZENGIN_PARTY.issuperset(name) for name in frame["originator"])
    assert frame["originator"].n_unique() > 1_600
    assert frame["account_type"].unique().to_list() == ["2"]
    assert frame["application_start"].min() == pl.Series(["2020-05-01"]).str.to_date()[0]
    assert frame["application_start"].max() <= pl.Series(["2020-06-05"]).str.to_date()[0]


def test_manifest_names_every_file_with_its_hash_and_rows(nation: Built) -> None:
    manifest = nation.manifest
    for entry in (*manifest["shards"], *manifest["numbers"], manifest["municipalities"]):
        path = nation.folder / entry["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        assert pl.read_parquet(path).height == entry["rows"]
    assert manifest["persons"] == sum(entry["rows"] for entry in manifest["shards"]) == nation.people.height
    assert (manifest["format"], manifest["synthetic"], manifest["source"]) == (
        "enishi-snapshot/1",
        True,
        "nation",
    )
    canonical = json.dumps(
        {key: manifest[key] for key in ("source", "on", "build")}, sort_keys=True, ensure_ascii=False
    )
    assert manifest["id"] == hashlib.sha256(canonical.encode()).hexdigest()
    text = (nation.folder / "manifest.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, indent=1) + "\n" == text


def test_every_parquet_file_is_marked_synthetic_and_with_its_snapshot(nation: Built) -> None:
    files = sorted(nation.folder.rglob("*.parquet"))
    assert len(files) == 1 + 2 * len(nation.manifest["shards"])
    for path in files:
        marks = pl.read_parquet_metadata(path)
        assert marks["enishi.snapshot"] == nation.manifest["id"]
        assert marks["enishi.synthetic"] == "true"


def test_nothing_is_left_beside_the_snapshot(nation: Built) -> None:
    assert {path.name for path in nation.folder.iterdir()} - {".lock"} == {
        "manifest.json",
        "municipalities.parquet",
        "persons",
        "numbers",
    }


def test_rows_are_ordered_and_ids_unique(nation: Built) -> None:
    keys = nation.people.select("muni", "household", "person")
    assert keys.equals(keys.sort("muni", "household", "person"))
    assert nation.people["person"].is_unique().all()
    assert nation.people["person"].min() > 0


def test_shards_hold_whole_households_of_one_prefecture_and_not_too_many(nation: Built) -> None:
    seen: set[int] = set()
    for entry in nation.manifest["shards"]:
        frame = pl.read_parquet(nation.folder / entry["file"])
        assert frame.height <= 4_000
        assert frame["muni"].str.head(2).n_unique() == 1
        assert frame["muni"].unique(maintain_order=True).to_list() == entry["municipalities"]
        assert (frame["person"].min(), frame["person"].max()) == (entry["person_min"], entry["person_max"])
        households = set(frame["household"])
        assert not seen & households
        seen |= households
    sapporo = [entry for entry in nation.manifest["shards"] if entry["municipalities"] == ["011002"]]
    assert len(sapporo) > 1


def test_every_cell_is_exact(nation: Built, workbook: Path) -> None:
    census = read_census(workbook)
    proof = prove(nation.folder, workbook)
    assert proof.cells == len(census.codes) * 44
    assert (proof.persons, proof.differences) == (PERSONS, ())
    other = scaled(census.cells, pl.Series([int(code[:2]) for code in census.codes]).to_numpy(), PERSONS - 1)
    assert compare(census, other, counted_cells(nation.folder)).differences


def test_the_cell_of_everybody_on_the_register_is_that_of_their_age(nation: Built) -> None:
    inside = nation.people.filter(pl.col("cell").is_not_null() & (pl.col("cell") < 21))
    assert (inside["cell"] == (inside["age"] // 5).clip(0, 20)).all()
    assert (nation.people["cell"].is_not_null() == nation.people["present"]).all()
    withheld = nation.people.filter(pl.col("cell") == 21)
    assert withheld.height > 3
    assert (withheld["nationality"] != "JPN").all()


def test_numbers_are_unique_and_check_and_belong_to_the_same_persons(nation: Built) -> None:
    numbers = pl.read_parquet(nation.folder / "numbers" / "*.parquet")
    assert numbers.schema == {"person": pl.Int64, "number": pl.String}
    assert numbers["person"].equals(nation.people["person"])
    assert numbers["number"].is_unique().all()
    assert all(individual_number.is_valid(number) for number in numbers["number"])


def test_a_snapshot_without_its_numbers_shows_no_number(nation: Built) -> None:
    numbers = set(pl.read_parquet(nation.folder / "numbers" / "*.parquet")["number"])
    texts = nation.people.select(pl.col(pl.String))
    for name in texts.columns:
        assert not numbers & set(texts[name].drop_nulls())


def test_wards_of_todays_postal_data_stand_for_the_wards_of_2023(nation: Built) -> None:
    wards = nation.people.filter(pl.col("muni") == "221309")
    assert set(wards["ward"]) == {"221317", "221376"}
    assert wards["town"].str.contains("^[^0-9]{1,6}区.").all()
    assert wards["postcode"].str.contains("^43[0-9]{5}$").all()
    assert nation.people.filter(pl.col("muni") == "131016")["ward"].null_count() > 0
