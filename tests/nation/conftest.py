"""One nation of 20,000, from a made-up workbook, for all tests that look at people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from enishi.nation.build import build_nation
from tests.nation import workbook as made_up

DAY = date(2020, 4, 27)
PERSONS = 20_000
SEED = 7


@dataclass(frozen=True)
class Built:
    folder: Path
    manifest: dict[str, Any]
    people: pl.DataFrame
    """All rows, with `age` on the day, `present` on the day, and `row`."""


@pytest.fixture(scope="session")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up.write(tmp_path_factory.mktemp("census") / "population.xlsx", made_up.rows())


@pytest.fixture(scope="session")
def nation(workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("nation") / "nation"
    build_nation(PERSONS, SEED, DAY, folder, workbook, shard_size=4_000)
    return Built(folder, json.loads((folder / "manifest.json").read_text()), read_people(folder))


def read_people(folder: Path) -> pl.DataFrame:
    day = pl.lit(DAY)
    birth = pl.col("birth_date").dt
    before_birthday = (birth.month().cast(pl.Int32) * 100 + birth.day()) > DAY.month * 100 + DAY.day
    return pl.read_parquet(folder / "persons" / "*.parquet").with_columns(
        age=DAY.year - pl.col("birth_date").dt.year() - before_birthday.cast(pl.Int32),
        present=(pl.col("resident_from").is_null() | (pl.col("resident_from") <= day))
        & (pl.col("resident_until").is_null() | (pl.col("resident_until") > day)),
    )
