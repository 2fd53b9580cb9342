"""The shards that are judged together, read as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from enishi.benefits.engines.second.connection import parquet

ROW = "(file_index::BIGINT << 32 | file_row_number + 1)"
"""What tells a row from all others of the shards, in their order; `Shards.place` reads it."""


@dataclass(frozen=True)
class Shards:
    """Files of persons under the names that errors use."""

    files: Mapping[str, Path]

    def rows(self) -> str:
        """The table function that reads them all."""
        return parquet(*self.files.values())

    def place(self, row: int, column: str) -> str:
        """`persons/0002.parquet, row 17, column bank` for a `ROW`."""
        index, number = divmod(row, 2**32)
        return f"{list(self.files)[index]}, row {number}, column {column}"
