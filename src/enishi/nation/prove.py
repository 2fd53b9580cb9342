"""The proof that a built nation has exactly the cells that it was to have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel.errors import BadInput
from enishi.nation.census import Census, read_census
from enishi.nation.scale import scaled

Int64s = npt.NDArray[np.int64]

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Proof:
    """Cells (unit, sex, band or withheld) compared, and those that differ: code, sex, cell, expected,
    found."""

    cells: int
    persons: int
    differences: tuple[tuple[str, int, int, int, int], ...]


def counted_cells(folder: Path) -> dict[tuple[str, int, int], int]:
    """Residents on the day by unit code (ward or municipality), sex and cell, counted from the Parquet
    files.
    """
    counts = (
        pl.scan_parquet(folder / "persons" / "*.parquet")
        .filter(pl.col("cell").is_not_null())
        .group_by(pl.coalesce("ward", "muni").alias("unit"), "sex", "cell")
        .len()
        .collect(engine="streaming")
    )
    return {(unit, sex, cell): count for unit, sex, cell, count in counts.iter_rows()}


def prove(folder: Path, workbook: Path) -> Proof:
    """Compares every cell of a nation with the official workbook, scaled to its size.

    Raises BadInput where the folder is no nation, or one of another workbook.
    """
    census = read_census(workbook)
    build = _build_of(folder)
    if build.get("census") != census.source:
        raise BadInput(
            f"the nation was built from another source ({build.get('census')})",
            where=str(folder),
            todo="pass the workbook that it was built with",
        )
    prefectures = np.array([int(code[:2]) for code in census.codes])
    expected = scaled(census.cells, prefectures, build["persons"])
    return compare(census, expected, counted_cells(folder))


def compare(census: Census, expected: Int64s, found: dict[tuple[str, int, int], int]) -> Proof:
    """Every cell of the source, and whatever was found beside them."""
    wanted = {
        (code, sex + 1, cell): int(expected[unit, sex, cell])
        for unit, code in enumerate(census.codes)
        for sex in range(expected.shape[1])
        for cell in range(expected.shape[2])
    }
    differences = [
        (*key, wanted.get(key, 0), found.get(key, 0))
        for key in sorted(wanted.keys() | found.keys())
        if wanted.get(key, 0) != found.get(key, 0)
    ]
    return Proof(len(wanted), sum(found.values()), tuple(differences))


def _build_of(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        build: dict[str, Any] = manifest["build"]
        source = manifest["source"]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            "not a finished snapshot", where=str(path), todo="build it to the end with `enishi nation build`"
        ) from error
    if source != "nation":
        raise BadInput(
            f"a snapshot of a {source}, not of a nation", where=str(path), todo="pass a built nation"
        )
    return build
