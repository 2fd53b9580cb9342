"""The tables of a run as the auditor reads them:

the columns that it needs, in the types of docs/benefits-run.md.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from enishi.kernel.errors import BadInput

_TEXT, _NUMBER = pl.String(), pl.Int64()
SCHEMAS = {
    "decisions": pl.Schema({
        "person": _NUMBER, "household": _NUMBER, "muni": _TEXT, "code": _TEXT, "grounds": _TEXT, "amount": _NUMBER,
        "payment": _NUMBER, "override": _TEXT,
    }),
    "ledger": pl.Schema({
        "payment": _NUMBER, "key": _TEXT, "payer": _TEXT, "muni": _TEXT, "household": _NUMBER, "payee": _NUMBER,
        "persons": _NUMBER, "amount": _NUMBER, "debit": _TEXT, "credit": _TEXT, "route": _TEXT, "reason": _TEXT,
        "protected": pl.Boolean(),
    }),
    "letters": pl.Schema({
        "payment": _NUMBER, "payer": _TEXT, "payee": _NUMBER, "amount": _NUMBER, "persons": _NUMBER,
        "delivery": _TEXT, "name": _TEXT, "postcode": _TEXT, "town": _TEXT,
    }),
}  # fmt: skip


def read_table(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """The columns of a Parquet file that `schema` names. Raises BadInput where it holds no such table.

    A damaged file can make the library panic: that is no Exception in Python, so it is named here.
    """
    try:
        return pl.read_parquet(path, columns=list(schema)).cast(schema)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise BadInput(
            f"cannot be read as a table of a run: {error}",
            where=str(path),
            todo="restore it, or compute the run again into a new folder",
        ) from error
