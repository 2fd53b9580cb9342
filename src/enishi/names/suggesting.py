"""What a name is probably: its likeliest readings, where surname and given name part, small kana that were written large."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from enishi.names.engines.dictionary import dictionary
from enishi.names.engines.predicting import Predictor
from enishi.names.examining import screen
from enishi.names.rules.readings import Kind
from enishi.names.rules.smallness import variants

SUGGESTED = 0.95
"""From this probability a reading may be suggested; below, a person reads it out. On every held-out list of names in use but one
at least nine of ten such readings are right (docs/names.md): the weights are fitted on persons, and trust rare ones too much.
"""
RESTORED = 0.9
"""From this share among all ways to write a reading, small kana may be suggested."""
CHUNK = 50_000
"""Names that are worked on together."""
ALIGNED = 1e-3
"""What an alignment weighs beside the probability of a reading: it decides where no reading is predicted."""
CONSIDERED = 30
"""Likeliest readings of a name among which the one with small kana is looked for."""


def predict(names: pl.Series, kind: Kind = Kind.GIVEN, n: int = 5) -> pl.DataFrame:
    """(name, reading, probability, rank from 1): the likeliest `n` readings of each distinct name, the likeliest first. A name of
    which nothing is known has no row. How well the probabilities hold: docs/names.md.
    """
    asked = (
        pl.DataFrame({"name": names}, schema={"name": pl.String})
        .drop_nulls()
        .unique(maintain_order=True)
        .with_columns(usual=dictionary().usual_of(pl.col("name")))
    )
    distinct = asked["usual"].unique(maintain_order=True)
    found = [
        _predictor(kind).predict(distinct.slice(start, CHUNK), n) for start in range(0, len(distinct), CHUNK)
    ]
    if not found:
        return pl.DataFrame(
            schema={"name": pl.String, "reading": pl.String, "probability": pl.Float64, "rank": pl.Int64}
        )
    return asked.join(
        pl.concat(found).rename({"name": "usual"}), on="usual", maintain_order="left_right"
    ).select("name", "reading", "probability", "rank")


def restore(names: pl.Series, readings: pl.Series, kind: Kind = Kind.GIVEN) -> pl.DataFrame:
    """(restored, share) for each pair, in their order: the reading with those kana small (ャュョッ) that probably are so, and its
    share among all ways to write it, 1 where there is one way only. Null where the characters say nothing about it.
    """
    pairs = pl.DataFrame(
        {"name": names, "reading": readings}, schema={"name": pl.String, "reading": pl.String}
    ).with_row_index("row")
    distinct = pairs["reading"].drop_nulls().unique()
    ways = pl.DataFrame(
        [(reading, way) for reading in distinct for way in variants(reading)],
        schema={"reading": pl.String, "way": pl.String},
        orient="row",
    )
    single = ways.filter(pl.len().over("reading") == 1)["reading"]
    several = (
        pairs.join(ways.filter(pl.len().over("reading") > 1), on="reading")
        .with_columns(usual=dictionary().usual_of(pl.col("name")))
        .drop_nulls("name")
    )
    likely = predict(several["name"], kind, CONSIDERED).select("name", "probability", way="reading")
    several = several.join(likely, on=["name", "way"], how="left")
    rarity = screen(kind).rarities(several["usual"].to_list(), several["way"].to_list())
    weight = several["probability"].fill_null(0.0) + pl.Series(np.nan_to_num(np.exp(-rarity)) * ALIGNED)
    best = (
        several.with_columns(weight=weight)
        .with_columns(share=pl.col("weight") / pl.col("weight").sum().over("row"))
        .sort("row", "share", descending=[False, True], nulls_last=True)
        .unique("row", keep="first", maintain_order=True)
        .select(
            "row",
            restored=pl.when(pl.col("share").is_not_nan()).then("way"),
            share=pl.col("share").fill_nan(None),
        )
    )
    return (
        pairs.join(best, on="row", how="left", maintain_order="left")
        .with_columns(only=pl.col("reading").is_in(single.implode()))
        .select(
            restored=pl.when("only").then("reading").otherwise("restored"),
            share=pl.when("only").then(1.0).otherwise("share"),
        )
    )


@cache
def _predictor(kind: Kind) -> Predictor:
    return Predictor(dictionary(), kind, dictionary().weights[kind])
