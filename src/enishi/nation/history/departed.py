"""Households that have left, or died out, since the start: alike those of the day, under other names."""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.history.draws import Span, dice, given_names, surnames, town_of
from enishi.nation.history.families import (
    COMING_OF_AGE,
    DEAD_ALONE,
    GAP,
    LAYER,
    OUT_1,
    OUT_2,
    OUT_3,
    OUT_ABROAD,
    rate_from_abroad,
    rate_of_moves,
)
from enishi.nation.households import YEAR
from enishi.nation.reference import Reference

DIED_ALONE = 0.36
"""Of old people who live alone: for how many one alike has died alone since the start."""


def departed(
    people: pl.DataFrame, families: pl.DataFrame, span: Span, reference: Reference
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households that have left since the start: alike the households of the day, at the age that these have now."""
    years = (span.on - GAP - span.start) / 365.25
    keys = families["family"]
    adult = (span.on - families["head_birth"].to_numpy()) >= COMING_OF_AGE
    whole = families["came"].is_null().to_numpy() & (families["head_birth"].to_numpy() > -60_000)
    many = rate_of_moves(families) * years * 1.15 * (adult & whole)
    chances = {OUT_1: np.minimum(many, 1), OUT_2: np.clip(many - 1, 0, 1), OUT_3: np.clip(many - 2, 0, 1)}
    chances[OUT_ABROAD] = np.minimum(rate_from_abroad(families) * years * adult * whole, 1)
    old = (span.on - families["head_birth"].to_numpy()) >= 66 * YEAR
    alone = (families["size"].to_numpy() == 1) & old & whole
    chances[DEAD_ALONE] = np.where(alone, DIED_ALONE, 0)
    exits = {OUT_ABROAD: "abroad", DEAD_ALONE: "death"}
    parts = []
    for layer, chance in chances.items():
        chosen = np.nonzero(dice(span, 10 + layer, keys) < chance)[0]
        left = dice(span, 20 + layer, keys)[chosen] * (years * 365.25 - 40) + span.start + 40
        part = families[chosen].with_columns(
            layer=pl.lit(layer, pl.Int8),
            ref=pl.Series(left.astype(np.int32)),
            exit=pl.lit(exits.get(layer, "move_out")),
            like=pl.col("family"),
        )
        parts.append(part)
    gone = pl.concat(parts).with_columns(
        family=pl.col("like") + pl.col("layer").cast(pl.Int64) * LAYER,
        came=pl.lit(None, pl.Int32),
        came_how=pl.lit(None, pl.String),
        calm=pl.lit(True),
        **{
            name: pl.col(name) - (span.on - pl.col("ref"))
            for name in ("head_birth", "eldest", "spouse_birth")
        },
    )
    gone = gone.with_columns(head_person=pl.col("head_person") + pl.col("layer").cast(pl.Int64) * LAYER)
    rows = people.filter(pl.col("until").is_null() & pl.col("since").is_null()).drop("layer", "exit")
    rows = gone.select("like", "layer", "exit", "ref").join(
        rows, left_on="like", right_on="family", how="inner", maintain_order="left"
    )
    shift = pl.col("layer").cast(pl.Int64) * LAYER
    rows = rows.with_columns(
        family=pl.col("like") + shift,
        household=pl.col("household") + shift,
        person=pl.col("person") + shift,
        birth=pl.col("birth") - (span.on - pl.col("ref")),
        until=pl.col("ref"),
    ).drop("like", "ref")
    rows = _renamed(rows, span, reference)
    # Who is head of nobody, because the head of the pattern leaves around the day, was no household of its own.
    heads = rows.group_by("family").agg((pl.col("relation") == "head").any().alias("headed"))
    rows = rows.join(heads, on="family", how="left", maintain_order="left").filter("headed").drop("headed")
    return rows, gone.join(
        rows.select("family").unique(), on="family", how="semi", maintain_order="left"
    ).drop("like")


def _renamed(rows: pl.DataFrame, span: Span, reference: Reference) -> pl.DataFrame:
    """Other names and another home than those whom they are alike."""
    words = reference.names.words
    surname = surnames(dice(span, 31, rows["family"]), reference)
    given = given_names(dice(span, 32, rows["person"]), rows["sex"].to_numpy(), reference)
    japanese = pl.col("nationality") == "JPN"
    town = town_of(dice(span, 33, rows["family"]), rows["unit"].to_numpy(), reference)
    drawn = {
        "surname": words.surname.gather(surname),
        "surname_kana": words.surname_kana.gather(surname),
        "given": words.given.gather(given),
        "given_kana": words.given_kana.gather(given),
    }
    return rows.with_columns(
        *(
            pl.when(japanese).then(series).otherwise(pl.col(name)).alias(name)
            for name, series in drawn.items()
        ),
        town=reference.town.gather(town),
        postcode=reference.postcode.gather(town),
    )
