"""A nation with ten years behind it becomes the register: acts and facts on three clocks, chained, guarded, resumable."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.nation.build import build_nation
from enishi.platform.files import sha256_of
from enishi.platform.services import within
from enishi.register import facts, journal, models
from enishi.register.engines import load as loading
from enishi.register.filing import perform_act
from enishi.register.guards import LOADING
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import AddresseeEntered
from enishi.register.services import broken_chain, load_nation, write_snapshot
from tests.factories import CHIYODA, CHUO, DAY
from tests.register.desk import ordered

pytestmark = pytest.mark.django_db
START = date(2010, 4, 27)
BEFORE = datetime(2010, 4, 27, 0, 0, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four prefectures of a nation: the files of the others are no longer named in its manifest."""
    out = tmp_path_factory.mktemp("past") / "n"
    build_nation(2500, 11, DAY, out, workers=1, history=10)
    return only(out, lambda shard: shard["file"] < "persons/0005")


def only(folder: Path, wanted: Callable[[dict[str, Any]], bool]) -> Path:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["shards"] = [shard for shard in manifest["shards"] if wanted(shard)]
    manifest["persons"] = sum(shard["rows"] for shard in manifest["shards"])
    named = {Path(shard["file"]).name for shard in manifest["shards"]}
    for what in ("numbers", "acts", "history"):
        manifest[what] = [entry for entry in manifest[what] if Path(entry["file"]).name in named]
        for file in (folder / what).iterdir():
            if file.name not in named:
                file.unlink()
    for file in (folder / "persons").iterdir():
        if file.name not in named:
            file.unlink()
    path.write_text(json.dumps(manifest))
    return folder


def table(folder: Path, what: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in sorted((folder / what).glob("*.parquet"))])


def snapshot_of(folder: Path, out: Path) -> pl.DataFrame:
    write_snapshot(DAY, out)
    return table(out, "persons")


def test_the_day_comes_back_row_by_row_and_every_chain_holds(nation: Path, tmp_path: Path) -> None:
    load_nation(nation)
    assert snapshot_of(nation, tmp_path / "out").equals(table(nation, "persons"))
    munis = models.Act.objects.values_list("muni", flat=True).distinct().order_by("muni")
    assert [muni for muni in munis if broken_chain(muni)] == []
    assert models.Act.objects.count() == table(nation, "acts").height + models.Municipality.objects.count()


def test_everybody_of_the_ten_years_has_a_record_and_an_addressee_number(nation: Path) -> None:
    load_nation(nation)
    everybody = set(table(nation, "history")["person"])
    assert len(everybody) > 1.3 * table(nation, "persons").height
    assert set(models.Person.objects.values_list("id", flat=True)) == everybody
    assert set(models.Addressee.objects.values_list("person", flat=True)) == everybody


def held(rows: pl.DataFrame, day: date) -> set[tuple[Any, ...]]:
    """(person, postcode, town) of the addresses of a day, counted by hand from the file."""
    return {
        (row["person"], row["postcode"], row["town"])
        for row in rows.filter(group="address").iter_rows(named=True)
        if (row["since"] is None or row["since"] <= day) and (row["until"] is None or row["until"] > day)
    }


@pytest.mark.parametrize("day", [START, date(2012, 2, 29), date(2016, 1, 1), DAY])
def test_an_address_of_a_day_is_that_of_the_history(nation: Path, day: date) -> None:
    load_nation(nation)
    rows = models.Address.objects.as_of(day).values_list("person", "postcode", "town")
    assert set(rows) == held(table(nation, "history"), day)


def test_what_was_known_at_a_moment_ends_with_the_acts_recorded_by_then(nation: Path) -> None:
    load_nation(nation)
    acts = models.Act.objects.filter(kind="move_within").order_by("muni", "number")
    for act in acts[:: max(1, acts.count() // 15)]:
        for person in models.ActPerson.objects.filter(muni=act.muni, act=act.number).values_list(
            "person", flat=True
        ):
            mine = models.Address.objects.filter(muni=act.muni, person=person)
            after = mine.as_of(act.effective, act.recorded_at).get()
            assert (after.act, after.since) == (act.number, act.effective)
            before = mine.as_of(act.effective, act.recorded_at - timedelta(seconds=1)).get()
            assert before.act < act.number
            assert before.superseded_by == act.number
            assert (before.until, before.superseded_at) == (None, act.recorded_at)


def test_at_the_beginning_nobody_knew_of_what_came(nation: Path) -> None:
    load_nation(nation)
    known = models.Residence.objects.as_of(START, BEFORE)
    assert known.exists()
    assert not known.exclude(until=None).exists()
    assert not known.exclude(act=1).exists()


def test_acts_go_on_behind_the_history(nation: Path) -> None:
    load_nation(nation)
    muni = models.Act.objects.filter(number=5).values_list("muni", flat=True)[0]
    last = models.Act.objects.filter(muni=muni).order_by("-number").values_list("number", flat=True)[0]
    person = models.Person.objects.filter(muni=muni).values_list("id", flat=True)[0]
    filing = journal.Filing(
        muni, "correction", "art. 8", PartialDate.of(DAY), None, "officer:1", "k", [person]
    )
    with within(muni):
        act = journal.record(filing, datetime(2099, 1, 1, tzinfo=UTC))
    assert act.number == last + 1
    assert broken_chain(muni) is None


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the facts and acts, without their keys."""
    kept = {}
    for model in (*facts.FACTS, models.Act, models.ActPerson, models.Addressee):
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        kept[model.__name__] = sorted(map(repr, model._default_manager.values_list(*names)))
    return kept


def guards() -> list[str]:
    """What guards and indexes the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'register%' "
                "UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'register%' "
                "UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'register%' AND NOT tgisinternal "
                "UNION ALL SELECT relname || reloptions::text FROM pg_class WHERE relname LIKE 'register%' "
                "AND reloptions IS NOT NULL"
            )
        else:
            cursor.execute(
                "SELECT type || name || coalesce(sql, '') FROM sqlite_master WHERE tbl_name LIKE 'register%'"
            )
        return sorted(row[0] for row in cursor.fetchall())


def test_a_load_without_guards_ends_with_the_same_rows_and_the_same_guards(
    nation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = guards()
    with transaction.atomic():
        load_nation(nation)
        usual = everything()
        transaction.set_rollback(True)
    monkeypatch.setattr(loading, "MANY", 1)
    load_nation(nation)
    assert everything() == usual
    assert guards() == before
    assert not models.SetAside.objects.exists()


def record_an_act() -> None:
    muni, person = models.Person.objects.values_list("muni", "id")[0]
    filing = journal.Filing(
        muni, "correction", "art. 8", PartialDate.of(DAY), None, "officer:1", "k", [person]
    )
    with within(muni):
        journal.record(filing, datetime(2099, 1, 1, tzinfo=UTC))


def without_loading() -> None:
    """A transaction of somebody else's: what the loading's own may do ends with it, but a test has only one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, 'off', true)", [LOADING])


def test_until_a_killed_load_has_gone_on_to_its_end_the_database_refuses_acts(
    nation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, insert, calls = guards(), loading._insert, []

    def killed(path: Path, rows: dict[str, pl.DataFrame]) -> None:
        calls.append(path)
        if len(calls) == 4:
            raise KeyboardInterrupt
        insert(path, rows)

    monkeypatch.setattr(loading, "MANY", 1)
    monkeypatch.setattr(loading, "_insert", killed)
    with pytest.raises(KeyboardInterrupt):
        load_nation(nation)
    without_loading()
    assert models.SetAside.objects.exists()
    with pytest.raises(IntegrityError, match="nation_is_loading"):
        record_an_act()
    muni = models.Person.objects.values_list("muni", flat=True)[0]
    landlord = AddresseeEntered(
        "佐藤", "サトウ", Place(CHUO if muni == CHIYODA else CHIYODA, "築地", postcode="1040045")
    )
    with pytest.raises(Refused, match="is being loaded"):
        perform_act(ordered(muni=muni), landlord)
    load_nation(nation)
    without_loading()
    assert guards() == before
    record_an_act()


def test_a_guard_that_rows_contradict_is_named_and_the_register_stays_closed(
    nation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubled(frame: pl.DataFrame) -> pl.DataFrame:
        name = frame.filter(
            (pl.col("group") == "name") & pl.col("until").is_null() & pl.col("ended").is_null()
        )
        return pl.concat([frame, name.head(1)])

    monkeypatch.setattr(loading, "MANY", 1)
    with pytest.raises(BadInput, match="register_personname contradict"):
        load_nation(altered(nation, tmp_path / "n", "history", doubled))
    without_loading()
    assert not models.LoadedNation.objects.get().complete
    with pytest.raises(IntegrityError, match="nation_is_loading"):
        record_an_act()


def altered(
    nation: Path,
    out: Path,
    what: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    file: str = "0002.parquet",
) -> Path:
    """A copy of the nation whose second file of `what` was written by a faulty writer."""
    shutil.copytree(nation, out)
    path = out / what / file
    change(pl.read_parquet(path)).write_parquet(path)
    manifest = json.loads((out / "manifest.json").read_text())
    for entry in manifest[what]:
        if entry["file"] == f"{what}/{file}":
            entry["sha256"] = sha256_of(path)
    (out / "manifest.json").write_text(json.dumps(manifest))
    return out


def on_first(column: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(value).otherwise(pl.col(column)).alias(column)
    )


@pytest.mark.parametrize(
    ("what", "change", "words"),
    [
        ("acts", on_first("kind", pl.lit("holiday")), "none of"),
        ("acts", on_first("kind", pl.lit("take_over")), "not part of a history"),
        ("acts", on_first("facts", pl.lit('{"b": 1}')), "canonical"),
        ("acts", on_first("facts", pl.lit("{")), "canonical"),
        ("acts", on_first("recorded_at", pl.col("recorded_at").dt.offset_by("1us")), "whole second"),
        ("acts", on_first("persons", pl.lit([2, 1])), "ascending"),
        ("acts", lambda frame: frame.with_columns(reported_on=pl.lit(None, pl.Date)), "this way"),
        ("acts", lambda frame: frame.head(3), "of this shard"),
        ("history", on_first("group", pl.lit("cat")), "none of"),
        ("history", lambda frame: frame.filter(pl.col("group") != "address"), "does not end in"),
        ("history", lambda frame: frame.with_columns(ended=pl.lit(None, pl.Int32)), "no act told"),
        ("history", lambda frame: frame.with_columns(muni=pl.lit("011002")), "no municipality of this shard"),
        ("history", lambda frame: frame.with_columns(sex=pl.lit(1, pl.Int8)), "does not end in the particulars"),
    ],
)  # fmt: skip
def test_a_history_that_no_register_can_hold_is_named(
    nation: Path, tmp_path: Path, what: str, change: Callable[[pl.DataFrame], pl.DataFrame], words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        load_nation(altered(nation, tmp_path / "n", what, change))
    assert "0002.parquet" in caught.value.where


def test_a_missing_history_is_found_before_anything_is_loaded(nation: Path, tmp_path: Path) -> None:
    folder = altered(nation, tmp_path / "n", "acts", lambda frame: frame)
    (folder / "history/0003.parquet").unlink()
    with pytest.raises(BadInput, match="missing"):
        load_nation(folder)
    assert models.Person.objects.count() == 0
