"""Canonical text: the form in which two engines' tables are compared, as SHA-256 (docs/benefits-run.md, 7).

Made from the files that a run wrote, not from what an engine had in memory.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import polars as pl

FIELDS = {
    "decisions": "person household muni code grounds amount payment override".split(),
    "ledger": "payment key payer muni household payee persons amount route reason protected".split(),
    "letters": "payment payer payee name postcode town amount persons delivery".split(),
}


def text_hash(table: pl.DataFrame) -> str:
    """SHA-256 (hex) of the canonical text of a table that is in its order."""
    text = BytesIO()
    table.write_csv(text, include_header=False, separator="|", quote_style="never", line_terminator="\n")
    return sha256(text.getbuffer()).hexdigest()


def part_hashes(out: Path, part: str) -> dict[str, str]:
    """The hashes of one part's three tables as they lie in a run's folder."""
    found = {}
    for table, fields in FIELDS.items():
        frame = pl.read_parquet(out / table / f"{part}.parquet", columns=fields)
        ordered = frame if frame[fields[0]].is_sorted() else frame.sort(fields[0])
        found[table] = text_hash(ordered.select(fields))
    return found
