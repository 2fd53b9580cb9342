"""The round trip of a generated nation, and a load that is killed at any moment."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from enishi.kernel.errors import BadInput
from enishi.nation.build import build_nation
from enishi.nation.items import add_items
from enishi.number.services import load_numbers
from enishi.platform.files import sha256_of
from enishi.platform.snapshots import Snapshot
from enishi.register.models import Address, Domicile, StatusItem
from enishi.register.services import counts, load_nation, write_snapshot
from enishi.register.vocabulary import StatusKind
from tests.factories import DAY


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("nation") / "n"
    build_nation(3000, 7, DAY, out, workers=1)
    add_items(out)
    return out


def persons_of(folder: Path) -> pl.DataFrame:
    frames = [pl.read_parquet(folder / shard.file) for shard in Snapshot.open(folder).shards]
    return pl.concat(
        [frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)) for frame in frames]
    )


@pytest.mark.django_db
def test_a_generated_nation_comes_back_row_by_row(nation: Path, tmp_path: Path) -> None:
    load_nation(nation)
    assert load_numbers(nation) == len(persons_of(nation))
    write_snapshot(DAY, tmp_path / "out")
    assert persons_of(tmp_path / "out").equals(persons_of(nation))
    towns = "municipalities.parquet"
    assert pl.read_parquet(tmp_path / "out" / towns).equals(pl.read_parquet(nation / towns))
    assert sum(one.residents for one in counts(DAY)) == 3000


@pytest.mark.django_db
def test_what_stands_beside_the_persons_is_in_their_records(nation: Path) -> None:
    load_nation(nation)
    beside = pl.concat([pl.read_parquet(path) for path in sorted((nation / "items").iterdir())])
    assert Domicile.objects.count() == beside["domicile"].count()
    kinds = [kind.value for kind in StatusKind]
    assert StatusItem.objects.count() == sum(beside[kind].sum() for kind in kinds)
    someone = beside.filter("electoral_roll", pl.col("building") != "").row(0, named=True)
    home = Address.objects.get(person=someone["person"])
    assert (home.block, home.building) == (someone["block"], someone["building"])
    assert Domicile.objects.get(person=someone["person"]).place == someone["domicile"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda rows: rows.reverse(), "not those of its shard"),
        (lambda rows: rows.with_columns(first_listed=pl.lit(None, pl.String)), "has a first-listed person"),
        (lambda rows: rows.with_columns(block=pl.lit("x" * 61)), "longer than 60"),
        (lambda rows: rows.drop("pension"), "columns differ"),
    ],
)
def test_items_that_no_record_can_hold_leave_nothing_behind(
    nation: Path, tmp_path: Path, alter: Callable[[pl.DataFrame], pl.DataFrame], words: str
) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(nation, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    first = manifest["items"][0]
    alter(pl.read_parquet(folder / first["file"])).write_parquet(folder / first["file"])
    with pytest.raises(BadInput, match="altered"):
        load_nation(folder)
    first["sha256"] = sha256_of(folder / first["file"])
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        load_nation(folder)
    assert not Address.objects.exists()


@pytest.mark.django_db
def test_the_residents_of_any_day_are_those_whose_period_covers_it(nation: Path, tmp_path: Path) -> None:
    load_nation(nation)
    everybody = persons_of(nation).drop("cell")
    for on in (date(2020, 3, 1), date(2020, 4, 26), date(2020, 4, 28), date(2020, 6, 30)):
        write_snapshot(on, tmp_path / on.isoformat())
        there = (pl.col("resident_from").is_null() | (pl.col("resident_from") <= on)) & (
            pl.col("resident_until").is_null() | (pl.col("resident_until") > on)
        )
        found = persons_of(tmp_path / on.isoformat()).drop("cell").filter(there)
        assert found.equals(everybody.filter(there))
        assert sum(one.residents for one in counts(on)) == len(found)


@pytest.mark.slow
def test_a_load_killed_at_random_moments_ends_in_the_same_register(nation: Path, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    load = ("enishi.site.cli", "register", "load", str(nation))

    def start(var: str, *arguments: str) -> subprocess.Popen[bytes]:
        surroundings = {"ENISHI_VAR": str(tmp_path / var), "DJANGO_SETTINGS_MODULE": "enishi.site.settings"}
        command = [sys.executable, "-m", *arguments]
        return subprocess.Popen(command, env=os.environ | surroundings, stdout=subprocess.DEVNULL)

    def run(var: str, *arguments: str) -> None:
        assert start(var, *arguments).wait() == 0

    def chunks() -> int:
        with closing(sqlite3.connect(tmp_path / "killed/enishi.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM platform_chunk").fetchone()[0])

    for var in ("left-alone", "killed"):
        run(var, "django", "migrate", "-v0")
    run("left-alone", *load)
    kills = 0
    for target in sorted(moments.sample(range(1, 90), 6)):
        process = start("killed", *load)
        while process.poll() is None and chunks() < target:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.02))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    print(f"{kills} kills")
    assert kills
    run("killed", *load)
    for var in ("left-alone", "killed"):
        out = str(tmp_path / var / "out")
        run(var, "enishi.site.cli", "register", "snapshot", "--on", DAY.isoformat(), "--out", out)
    assert persons_of(tmp_path / "killed/out").equals(persons_of(nation))
    manifests = [(tmp_path / var / "out/manifest.json").read_bytes() for var in ("left-alone", "killed")]
    assert manifests[0] == manifests[1]
