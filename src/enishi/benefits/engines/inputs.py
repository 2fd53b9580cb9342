"""What a run takes beside the snapshot: the persons who declined, and runs that have already paid."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from enishi.benefits.rules.entitlement import ENTITLED
from enishi.kernel.errors import BadInput
from enishi.platform.files import durably, sha256_of

RUN_FORMAT = "enishi-run/1"


def declined_persons(file: Path) -> pl.Series:
    """Person ids of a CSV file with a header and a column `person`. Raises BadInput naming line and column."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.DictReader(opened, strict=True)
            if "person" not in (lines.fieldnames or ()):
                raise BadInput(
                    f"no column `person`; the header is {lines.fieldnames}",
                    where=f"{file}, line 1",
                    todo="write a CSV file whose first line names the column `person`",
                )
            persons: dict[int, int] = {}
            for line in lines:
                text = (line["person"] or "").strip()
                if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 1 << 63:
                    raise BadInput(
                        f"{text!r} is not a person id",
                        where=f"{file}, line {lines.line_num}, column person",
                        todo="give the person id as a whole number",
                    )
                if (person := int(text)) in persons:
                    raise BadInput(
                        f"person {person} stands twice (first in line {persons[person]})",
                        where=f"{file}, line {lines.line_num}, column person",
                        todo="name each person once",
                    )
                persons[person] = lines.line_num
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(
            f"not readable as CSV: {error}", where=str(file), todo="give a CSV file in UTF-8"
        ) from error
    return pl.Series("person", list(persons), dtype=pl.Int64)


@dataclass(frozen=True)
class PaidPart:
    """Decisions of an earlier run, and the range of the person ids in them."""

    file: Path
    person_min: int
    person_max: int


def earlier_run(folder: Path) -> tuple[str, list[PaidPart]]:
    """(manifest id, decisions) of a finished run. `folder`: the run's folder or its `ledger/`. Raises BadInput.

    Every decisions and ledger file is checked against the run's manifest: a tampered ledger must not decide who was paid.
    """
    run = folder.parent if folder.name == "ledger" else folder
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            "this is not the folder of a finished run: its manifest.json is missing or unreadable",
            where=str(run),
            todo="finish that run first, then give its folder (or its ledger/) as --paid",
        ) from error
    if manifest.get("format") != RUN_FORMAT:
        raise BadInput(
            f"this manifest is not of format {RUN_FORMAT}", where=str(run), todo="name a run's folder"
        )
    for name, bound in manifest["files"].items():
        if name.startswith(("decisions/", "ledger/")):
            path = run / name
            if not path.exists() or sha256_of(path) != bound["sha256"]:
                raise BadInput(
                    "this file of the earlier run is missing or was altered",
                    where=str(path),
                    todo="restore it; without it nobody can say who has been paid",
                )
    parts = [
        PaidPart(run / "decisions" / f"{part['name']}.parquet", part["person_min"], part["person_max"])
        for part in manifest["parts"]
    ]
    return manifest["id"], parts


def paid_between(paid: list[PaidPart], low: int, high: int) -> pl.Series | None:
    """Persons who were E00 in the earlier run, among ids from `low` to `high`; None without an earlier run."""
    if not paid:
        return None
    frames = [
        pl.scan_parquet(part.file)
        .filter((pl.col("code") == ENTITLED) & pl.col("person").is_between(low, high))
        .select("person")
        for part in paid
        if part.person_min <= high and part.person_max >= low
    ]
    return pl.concat(frames).collect()["person"] if frames else pl.Series("person", [], dtype=pl.Int64)


def keep_declined(persons: pl.Series, file: Path) -> Path:
    """Writes the declined persons, sorted, as the Parquet file that both engines read."""
    frame = persons.sort().to_frame()
    durably(file, lambda path: frame.write_parquet(path))
    return file
