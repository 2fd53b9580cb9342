"""What the judged shards left behind: for each shard of the snapshot one segment and one file of sums."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from enishi.benefits.engines.second.connection import parquet
from enishi.kernel.errors import BadInput, Disagreement


def manifest_of(snapshot: Path) -> dict[str, Any]:
    """The snapshot's manifest. Raises BadInput where it is missing or not JSON."""
    try:
        manifest: dict[str, Any] = json.loads((snapshot / "manifest.json").read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise BadInput(
            "the folder has no readable manifest, so it is no snapshot",
            where=str(snapshot / "manifest.json"),
            todo="build the snapshot again, or name another folder",
        ) from error
    return manifest


def add_sums(connection: duckdb.DuckDBPyConnection, snapshot: Path, work: Path) -> None:
    """Creates the table `sums`: the partial sums of every shard, with `shard`.

    Raises Disagreement for a shard that has not been judged.
    """
    shards = [Path(shard["file"]).stem for shard in manifest_of(snapshot)["shards"]]
    for shard in shards:
        for kind in ("segments", "reconciliation"):
            if not (work / kind / f"{shard}.parquet").is_file():
                raise Disagreement(
                    f"shard {shard} has not had its second opinion",
                    where=str(work / kind / f"{shard}.parquet"),
                    todo="run the same command again: it judges the shards that are missing",
                )
    files = [work / "reconciliation" / f"{shard}.parquet" for shard in shards]
    connection.execute(
        f"CREATE TABLE sums AS SELECT * EXCLUDE (filename), parse_filename(filename, true) AS shard "
        f"FROM {parquet(*files, file_names=True)}"
    )
