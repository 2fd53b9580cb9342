"""A snapshot becomes the register: whole, once, resumable; what is not whole is named and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from enishi.kernel.errors import BadInput, Refused
from enishi.number.services import has_number
from enishi.platform.files import sha256_of
from enishi.platform.services import chunks_done
from enishi.register import models
from enishi.register.engines import load as loading
from enishi.register.engines.checking import checked_persons
from enishi.register.services import load_nation, loaded_nation
from enishi.site.cli import main
from tests.factories import CHIYODA, SAPPORO, account, neighbours, person, small_snapshot

pytestmark = pytest.mark.django_db
TABLES = [
    models.LoadedNation,
    models.Municipality,
    models.Person,
    models.Act,
    models.Particulars,
    models.PersonName,
    models.ForeignStatus,
    models.Membership,
    models.Residence,
    models.Address,
    models.Protection,
    models.RegisteredAccount,
    models.BenefitApplication,
]


def sizes() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in TABLES}


def test_everybody_of_the_snapshot_is_in_the_register(tmp_path: Path) -> None:
    done = load_nation(small_snapshot(tmp_path))
    assert (done.persons, done.added) == (10, 10)
    assert sizes() == {
        "LoadedNation": 1,
        "Municipality": 4,
        "Person": 10,
        "Act": 4,
        "Particulars": 10,
        "PersonName": 12,
        "ForeignStatus": 1,
        "Membership": 10,
        "Residence": 10,
        "Address": 10,
        "Protection": 1,
        "RegisteredAccount": 5,
        "BenefitApplication": 0,
    }
    nation = loaded_nation()
    assert nation is not None
    assert (nation.day, nation.persons, nation.complete, nation.source) == (
        date(2020, 4, 27),
        10,
        True,
        "nation",
    )


def test_a_second_load_reports_and_changes_nothing(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path)
    load_nation(folder)
    before = sizes()
    done = load_nation(folder)
    assert (done.persons, done.added) == (10, 0)
    assert sizes() == before


def test_another_nation_is_refused(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path / "one"))
    before = sizes()
    other = small_snapshot(tmp_path / "other", build={"seed": 2})
    with pytest.raises(Refused, match="other people"):
        load_nation(other)
    assert sizes() == before


def test_a_nation_is_not_loaded_over_people_who_came_otherwise(tmp_path: Path) -> None:
    models.Person.objects.create(id=1, muni=CHIYODA)
    with pytest.raises(Refused, match="other people"):
        load_nation(small_snapshot(tmp_path))


def test_an_interrupted_load_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_snapshot(tmp_path)
    insert, calls = loading._insert, []

    def interrupted(path: Path, rows: dict[str, pl.DataFrame]) -> None:
        insert(path, rows)
        calls.append(path.name)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_insert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_nation(folder)
    assert models.Person.objects.count() == 1
    nation = loaded_nation()
    assert nation is not None
    assert not nation.complete
    done = load_nation(folder)
    assert done.added == 9
    assert calls == ["0001.parquet", "0002.parquet", "0002.parquet", "0003.parquet"]
    assert sizes()["Person"] == 10
    assert set(chunks_done(f"register.load {nation.snapshot[:32]}")) == {
        "municipalities",
        *(f"persons/000{number}.parquet" for number in (1, 2, 3)),
    }


def addressees() -> dict[int, tuple[str, int]]:
    rows = models.Addressee.objects.values_list("person", "muni", "number")
    return {who: (muni, number) for who, muni, number in rows}


def test_everybody_gets_an_addressee_number_and_the_counter_stands_behind_the_last(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path))
    given = addressees()
    assert set(given) == set(range(1, 11))
    assert [given[who] for who in (1, 2, 3, 4)] == [(CHIYODA, number) for number in (1, 2, 3, 4)]
    assert given[10] == (SAPPORO, 1)
    counters = models.Counter.objects.filter(name="addressee").values_list("muni", "next")
    per_muni: dict[str, int] = {}
    for muni, number in given.values():
        per_muni[muni] = max(per_muni.get(muni, 0), number + 1)
    assert dict(counters) == per_muni


def test_a_municipality_in_two_files_goes_on_counting_addressees(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, [person(1), person(2), person(3, muni=SAPPORO)])
    frame = pl.read_parquet(folder / "persons/0001.parquet")
    frame.with_columns(muni=pl.lit(CHIYODA)).write_parquet(folder / "persons/0001.parquet")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["shards"][0]["sha256"] = sha256_of(folder / "persons/0001.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    load_nation(folder)
    assert sorted(addressees().values()) == [(CHIYODA, number) for number in (1, 2, 3)]


def rewrite(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def foreign(folder: Path) -> None:
    other = small_snapshot(folder.parent / "foreign", build={"seed": 2})
    rewrite(folder / "persons/0002.parquet", (other / "persons/0002.parquet").read_bytes())


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda folder: (folder / "persons/0002.parquet").unlink(), "missing"),
    "truncated": (
        lambda folder: rewrite(
            folder / "persons/0002.parquet", (folder / "persons/0002.parquet").read_bytes()[:-9]
        ),
        "truncated",
    ),
    "foreign": (foreign, "another snapshot"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_shard_that_is_missing_truncated_or_foreign_is_named_before_anything_is_loaded(
    tmp_path: Path, fault: str
) -> None:
    folder = small_snapshot(tmp_path / "nation")
    damage, words = FAULTS[fault]
    damage(folder)
    with pytest.raises(BadInput, match=words) as caught:
        load_nation(folder)
    assert "0002.parquet" in caught.value.where
    assert models.Person.objects.count() == models.Municipality.objects.count() == 0


def test_a_folder_without_manifest_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a finished snapshot"):
        load_nation(tmp_path)


def people_with(**columns: Any) -> list[dict[str, Any]]:
    return [person(1), person(2, **columns)]


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"sex": 3}, "sex"),
        ({"household": -1}, "household"),
        ({"muni": None}, "muni"),
        ({"birth_date": None}, "birth_date"),
        ({"relation": "cat"}, "relation"),
        ({"institution": "castle"}, "institution"),
        ({"postcode": "123-4567"}, "postcode"),
        ({"town": "町" * 101}, "town"),
        ({"protected_muni": "ABCDEF"}, "protected_muni"),
        ({"resident_from": date(2020, 5, 1), "resident_until": date(2020, 5, 1)}, "resident_until"),
        ({"bank": "0001"}, "bank"),
        (account("ﾃｽﾄ") | {"account_number": "12345678"}, "account_number"),
    ],
)
def test_a_row_that_no_register_can_hold_is_named(
    tmp_path: Path, columns: dict[str, Any], column: str
) -> None:
    rows = people_with(**columns)
    if columns.get("muni", "") is None:
        rows[1]["muni"] = CHIYODA
        folder = small_snapshot(tmp_path, rows)
        blank_out(folder, "muni")
    else:
        folder = small_snapshot(tmp_path, rows, municipalities=[{"muni": CHIYODA}])
    with pytest.raises(BadInput) as caught:
        load_nation(folder)
    row = 1 if column == "household" else 2
    assert caught.value.where.endswith(f"0001.parquet, row {row}, column {column}")
    assert models.Person.objects.count() == 0


def test_an_error_never_repeats_what_a_persons_row_holds(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, people_with(postcode="SECRET-1"))
    with pytest.raises(BadInput) as caught:
        load_nation(folder)
    assert "SECRET" not in f"{caught.value} {caught.value.__cause__}"


def blank_out(folder: Path, column: str) -> None:
    """Makes the second row's value null and binds the file anew, as a faulty writer would."""
    path = folder / "persons/0001.parquet"
    marks = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("enishi")}
    frame = pl.read_parquet(path).with_columns(
        pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise(pl.col(column)).alias(column)
    )
    frame.write_parquet(path, metadata=marks)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["shards"][0]["sha256"] = sha256_of(path)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_shard_that_holds_other_rows_than_the_manifest_says_is_refused(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["shards"][0]["rows"] += 1
    manifest["shards"][1]["rows"] -= 1
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadInput, match="holds 1 persons, the manifest says 2"):
        load_nation(folder)


def test_a_municipality_that_is_not_listed_is_named(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, [person(1)], municipalities=[{"muni": SAPPORO}])
    with pytest.raises(BadInput, match=r"not in municipalities\.parquet"):
        load_nation(folder)


def test_members_of_a_household_apply_together(tmp_path: Path) -> None:
    rows = [person(1, household=5, applied_on=date(2020, 6, 1)), person(2, household=5, relation="child")]
    with pytest.raises(BadInput, match="different days"):
        load_nation(small_snapshot(tmp_path, rows))


def test_a_person_in_two_files_is_refused_and_the_second_file_named(tmp_path: Path) -> None:
    rows = [person(1), person(2, muni=SAPPORO)]
    folder = small_snapshot(tmp_path, rows)
    rebind_person(folder)
    with pytest.raises(BadInput, match="another file") as caught:
        load_nation(folder)
    assert caught.value.where.endswith("0002.parquet")
    assert models.Person.objects.count() == 1


def rebind_person(folder: Path) -> None:
    path = folder / "persons/0002.parquet"
    frame = pl.read_parquet(path).with_columns(person=pl.lit(2, pl.Int64))
    frame.write_parquet(path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["shards"][1]["sha256"] = sha256_of(path)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_dictionary_encoded_text_is_text(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path)
    path = folder / "persons/0002.parquet"
    plain = pl.read_parquet(path)
    plain.with_columns(pl.col("muni", "town", "relation").cast(pl.Categorical)).write_parquet(path)
    assert checked_persons(path, {CHIYODA, "131024"}).equals(plain)


def enishi(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """(exit status, output, errors) of an `enishi` command."""
    status = main(list(arguments))
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.one_engine
def test_the_command_loads_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small_snapshot(tmp_path, neighbours(), numbers=True)
    status, out, err = enishi(capsys, "register", "load", str(folder))
    assert (status, err) == (0, "")
    assert "10 of them loaded now" in out
    assert "10 of them sealed now" in out
    status, out, err = enishi(capsys, "register", "load", str(folder))
    assert (status, err) == (0, "")
    assert "0 of them loaded now" in out
    assert "0 of them sealed now" in out


@pytest.mark.one_engine
def test_the_command_leaves_the_numbers_alone_where_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_snapshot(tmp_path, neighbours(), numbers=True)
    status, out, _ = enishi(capsys, "register", "load", str(folder), "--no-numbers")
    assert status == 0
    assert "sealed" not in out
    assert not has_number(1)


@pytest.mark.one_engine
def test_the_command_speaks_of_errors_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = enishi(capsys, "register", "load", str(tmp_path))
    assert status == 2
    assert err.startswith(f"enishi: {tmp_path}: this folder is not a finished snapshot")
    MigrationRecorder(connection).migration_qs.filter(app="register").delete()
    status, _, err = enishi(capsys, "register", "load", str(small_snapshot(tmp_path)))
    assert status == 5
    assert "django migrate" in err
