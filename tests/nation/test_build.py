"""Building: the same nation whoever builds it, resumed after a kill, refused where it would mix with another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput, EnishiError, InUse
from enishi.nation import build, shards, workers
from enishi.nation.build import Progress, build_nation
from enishi.nation.census import read_census
from enishi.nation.numbers import bodies, round_tables
from enishi.nation.plan import plan
from enishi.platform.files import only_one
from enishi.site.cli import main
from tests.nation.conftest import DAY, PERSONS, SEED, Built

ENISHI = [sys.executable, "-m", "enishi.site.cli", "nation"]


def people(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "persons" / "*.parquet")


def test_the_same_parameters_give_the_same_bytes(nation: Built, workbook: Path, tmp_path: Path) -> None:
    again = build_nation(PERSONS, SEED, DAY, tmp_path / "again", workbook, shard_size=4_000)
    assert again == nation.manifest


def test_another_seed_gives_another_nation_with_the_same_cells(
    nation: Built, workbook: Path, tmp_path: Path
) -> None:
    build_nation(PERSONS, SEED + 1, DAY, tmp_path / "other", workbook, shard_size=4_000)
    other = people(tmp_path / "other")
    assert not other["surname"].head(500).equals(nation.people["surname"].head(500))
    cells = ["muni", "ward", "sex", "cell"]
    inside = pl.col("cell").is_not_null()
    counts = [frame.filter(inside).group_by(cells).len().sort(cells) for frame in (other, nation.people)]
    assert counts[0].equals(counts[1])


@pytest.mark.parametrize("size", [700, 500_000])
def test_the_concatenation_of_shards_does_not_depend_on_their_size(
    nation: Built, workbook: Path, tmp_path: Path, size: int
) -> None:
    manifest = build_nation(PERSONS, SEED, DAY, tmp_path / "other", workbook, shard_size=size)
    assert len(manifest["shards"]) != len(nation.manifest["shards"])
    assert max(shard["rows"] for shard in manifest["shards"]) <= size
    assert people(tmp_path / "other").equals(nation.people.drop("age", "present"))
    numbers = [
        pl.read_parquet(folder / "numbers" / "*.parquet") for folder in (tmp_path / "other", nation.folder)
    ]
    assert numbers[0].equals(numbers[1])


def test_workers_give_the_same_bytes_as_one_process(
    nation: Built, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "SMALL", 0)
    seen: list[Progress] = []
    manifest = build_nation(
        PERSONS, SEED, DAY, tmp_path / "two", workbook, workers=2, shard_size=4_000, progress=seen.append
    )
    assert manifest == nation.manifest
    assert seen[-1].shards == seen[-1].all_shards == len(manifest["shards"])
    assert seen[-1].persons == manifest["persons"]
    assert seen[-1].memory > 10**7


@pytest.mark.slow
def test_a_killed_build_goes_on_and_ends_the_same(nation: Built, workbook: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    script = (
        "import sys; from datetime import date; from pathlib import Path; from enishi.nation import build\n"
        "if __name__ == '__main__':\n"
        "    build.SMALL = 0\n"
        f"    build.build_nation({PERSONS}, {SEED}, date.fromisoformat('{DAY}'), Path(sys.argv[1]),"
        " Path(sys.argv[2]), workers=1, shard_size=4_000)\n"
    )
    program = tmp_path / "run.py"
    program.write_text(script)
    command = [sys.executable, str(program), str(folder), str(workbook)]
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while not list(folder.glob("work/0*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "manifest.json").exists()
    assert list(folder.glob("work/0*.json"))
    # A half-written file and a torn shard may lie there.
    (folder / "persons" / "0099.parquet.part").write_bytes(b"PAR1")
    last = max(folder.glob("work/0*.json"))
    (folder / "persons" / f"{last.stem}.parquet").write_bytes(b"torn")
    subprocess.run(command, check=True)
    assert json.loads((folder / "manifest.json").read_text()) == nation.manifest
    assert people(folder).equals(nation.people.drop("age", "present"))


def test_a_complete_build_is_returned_as_it_stands(nation: Built, workbook: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in nation.folder.rglob("*.parquet")}
    assert build_nation(PERSONS, SEED, DAY, nation.folder, workbook, shard_size=4_000) == nation.manifest
    assert {path: path.stat().st_mtime_ns for path in nation.folder.rglob("*.parquet")} == before


@pytest.mark.parametrize(
    ("persons", "seed", "on"),
    [(PERSONS - 1, SEED, DAY), (PERSONS, SEED + 1, DAY), (PERSONS, SEED, date(2020, 4, 28))],
)
def test_a_folder_with_another_nation_is_refused(
    nation: Built, workbook: Path, persons: int, seed: int, on: date
) -> None:
    with pytest.raises(BadInput, match="complete snapshot of other parameters"):
        build_nation(persons, seed, on, nation.folder, workbook, shard_size=4_000)


def test_a_folder_with_an_unfinished_build_of_other_parameters_is_refused(
    workbook: Path, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "build.json").write_text('{"id": "0"}')
    with pytest.raises(BadInput, match="unfinished build of other parameters"):
        build_nation(1_000, SEED, DAY, tmp_path, workbook)


def test_a_folder_with_something_else_is_refused(workbook: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.pdf").touch()
    with pytest.raises(BadInput, match=r"not empty: letters\.pdf"):
        build_nation(1_000, SEED, DAY, tmp_path, workbook)


def test_two_builds_into_one_folder_at_once_are_refused(workbook: Path, tmp_path: Path) -> None:
    with only_one(tmp_path, "build"), pytest.raises(InUse, match="another build is at work"):
        build_nation(1_000, SEED, DAY, tmp_path, workbook)


@pytest.mark.parametrize(
    "wrong",
    [{"seed": -1}, {"on": date(1868, 1, 1)}, {"workers": 0}, {"shard_size": 10}, {"persons": 10**9}],
)
def test_impossible_arguments_are_refused(workbook: Path, tmp_path: Path, wrong: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "persons": 10,
        "seed": 1,
        "on": DAY,
        "out": tmp_path / "x",
        "census": workbook,
    }
    with pytest.raises(BadInput):
        build_nation(**(arguments | wrong))
    assert not (tmp_path / "x" / "manifest.json").exists()


def test_a_full_disk_leaves_nothing_half_written(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(frame: pl.DataFrame, path: Path, marks: dict[str, str]) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shards, "write_parquet", full)
    out = tmp_path / "n"
    status = main(["nation", "build", "--persons", "500", "--out", str(out), "--census", str(workbook)])
    assert status == 6
    assert "the disk is full" in capsys.readouterr().err
    assert not (out / "manifest.json").exists()


def test_a_worker_that_ends_early_stops_the_build_with_advice(
    nation: Built, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_work", _dies)
    monkeypatch.setattr(build, "SMALL", 0)
    with pytest.raises(EnishiError, match="worker process ended"):
        build_nation(1_000, SEED, DAY, tmp_path / "n", workbook, workers=1)


def _dies(*_: object) -> None:
    os._exit(9)


def test_a_nation_on_a_leap_day_is_built(workbook: Path, tmp_path: Path) -> None:
    manifest = build_nation(800, 3, date(2024, 2, 29), tmp_path / "leap", workbook)
    assert manifest["build"]["persons"] == 800
    assert people(tmp_path / "leap")["cell"].is_not_null().sum() == 800


def test_full_builds_everybody_of_the_source(workbook: Path, tmp_path: Path) -> None:
    manifest = build_nation(None, 1, DAY, tmp_path / "full", workbook)
    assert manifest["build"]["persons"] == read_census(workbook).persons
    inside = people(tmp_path / "full").filter(pl.col("cell").is_not_null())
    assert inside.height == read_census(workbook).persons
    assert (inside["cell"] == 21).sum() == 21


def test_without_a_workbook_an_approximation_serves_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small"
    assert main(["nation", "build", "--persons", "2,000", "--seed", "5", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "embedded approximation" in said
    assert "synthetic people (2,000 residents on 2020-04-27)" in said
    assert json.loads((out / "manifest.json").read_text())["build"]["census"] == "embedded"
    assert main(["nation", "build", "--persons", "2000", "--seed", "5", "--out", str(out)]) == 0
    assert "nothing was done" in capsys.readouterr().out


def test_the_proof_passes_for_a_nation_and_fails_for_an_altered_one(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "n"
    build_nation(3_000, 1, DAY, out, workbook)
    assert main(["nation", "prove", str(out), "--census", str(workbook)]) == 0
    assert "0 cells differ" in capsys.readouterr().out
    shard = out / "persons" / "0001.parquet"
    frame = pl.read_parquet(shard)
    row = frame["cell"].is_not_null().arg_true()[0]
    frame[row, "sex"] = 3 - frame[row, "sex"]
    frame.write_parquet(shard)
    assert main(["nation", "prove", str(out), "--census", str(workbook)]) == 4
    assert "2 cells differ" in capsys.readouterr().out


def test_the_proof_refuses_a_nation_of_another_source(nation: Built, workbook: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(nation.manifest | {"build": {"census": "embedded"}}))
    assert main(["nation", "prove", str(tmp_path), "--census", str(workbook)]) == 2


@pytest.mark.parametrize("wrong", [["--persons", "many"], ["--persons", "10", "--on", "27.4.2020"]])
def test_arguments_that_are_no_number_or_day_are_refused(tmp_path: Path, wrong: list[str]) -> None:
    assert main(["nation", "build", "--out", str(tmp_path / "n"), *wrong]) == 2


def test_the_plan_holds_every_inhabited_unit_once_and_counts_no_shard_twice(workbook: Path) -> None:
    census = read_census(workbook)
    tasks = plan(census, census.cells, SEED, 10_500)
    assert [unit.code for task in tasks for unit in task.units] == [
        code for code, cells in zip(census.codes, census.cells, strict=True) if cells.any()
    ]
    numbers = [shard for task in tasks for shard in task.shards]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any(task.parts > 1 for task in tasks)
    assert any(len(task.units) > 1 and task.parts == 1 for task in tasks)
    assert replace(tasks[0], first=7).shards == range(7, 7 + tasks[0].parts)


@given(st.integers(0, 10**11 - 101), st.integers(0, 2**32))
def test_bodies_of_numbers_are_a_permutation_inside_eleven_digits(start: int, seed: int) -> None:
    drawn = bodies(np.arange(start, start + 100, dtype=np.int64), round_tables(seed))
    assert len(np.unique(drawn)) == 100
    assert drawn.min() >= 0
    assert drawn.max() < 10**11
