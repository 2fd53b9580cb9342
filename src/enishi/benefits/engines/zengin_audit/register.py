"""A part's decisions and letters against the persons of the snapshot:

nobody left out, nobody added, letters to whom they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from enishi.platform.snapshots import Snapshot

Fault = tuple[str, str, pl.DataFrame, str]
"""The table, what is wrong, the rows in which it is, the column that names a row."""

_col = pl.col
_KEYS = ("person", "household", "muni")
_ADDRESS = ("surname", "given", "latin_name", "postcode", "town")


def register_faults(
    decisions: pl.DataFrame, letters: pl.DataFrame, names: Sequence[str], snapshot: Snapshot
) -> Iterator[Fault]:
    """What decisions and letters of a part say otherwise than these shards of the snapshot, which are hashed first.

    Raises BadInput where a shard is missing or altered.
    """
    files = [snapshot.shard_file(shard) for shard in snapshot.shards if shard.name in names]
    if not files:
        yield "decisions", "no shard of the snapshot belongs to this part", decisions, "person"
        return
    persons = pl.concat([pl.read_parquet(file, columns=[*_KEYS, *_ADDRESS]) for file in files])
    persons = persons.with_columns(_col("muni", *_ADDRESS).cast(pl.String)).sort("person")
    if not persons.select(_KEYS).equals(decisions.select(_KEYS)):
        missing = persons.join(decisions, on=_KEYS, how="anti").sort("person")
        surplus = decisions.join(persons, on=_KEYS, how="anti").sort("person")
        yield "decisions", "no decision on this person of the snapshot", missing, "person"
        yield "decisions", "a decision on nobody in the snapshot", surplus, "person"
    yield (
        "letters",
        "not the payee's name or address in the snapshot",
        _misdirected(letters, persons),
        "payment",
    )


def _misdirected(letters: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Letters that do not bear the payee's name, or go elsewhere than home; one handed over at the office
    has no address.
    """
    post = _col("delivery") == "post"
    name = (
        pl.when(_col("surname").is_null())
        .then(_col("latin_name"))
        .otherwise(pl.concat_str("surname", pl.lit("\u3000"), "given"))
    )
    addressed = letters.join(
        persons.select("person", *_ADDRESS),
        left_on="payee",
        right_on="person",
        how="left",
        suffix="_registered",
    )
    right = [
        _col("name").eq_missing(name),
        *(
            _col(column).eq_missing(pl.when(post).then(_col(f"{column}_registered")))
            for column in ("postcode", "town")
        ),
    ]
    return addressed.filter(~pl.all_horizontal(right))
