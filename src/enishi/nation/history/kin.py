"""Who joined and left the families of the day: weddings, widowhood, old parents, households that merged or split."""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.history.draws import Span, dice, given_names
from enishi.nation.history.families import (
    COMING_OF_AGE,
    DEAD_PARENT,
    DEAD_SPOUSE,
    GAP,
    LAYER,
    OWN_HOME,
)
from enishi.nation.households import YEAR
from enishi.nation.reference import Reference

MARRIED_LATELY = (0, 0, 0, 1, 1, .95, .75, .40, .15, .07, .04, .02, .01) + (0,) * 8  # fmt: skip
"""Of couples, by the younger one's five-year band: married within ten years."""
WIDOWED, PARENT_DIED = 0.36, 0.12
SPLIT, MERGED, FROM_NEARBY = 0.35, 0.30, 0.5


def married(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Husbands and wives who joined the household on marrying, from nearby or from another municipality."""
    plain = (pl.col("spouses") == 1) & (pl.col("size") == 2 + pl.col("children")) & pl.col("calm")
    couples = families.filter(plain & (pl.col("spouse_birth") + COMING_OF_AGE + 60 < pl.col("ref")))
    keys = couples["family"]
    day_of = couples["ref"].to_numpy().astype(np.int64)
    births = np.maximum(couples["head_birth"].to_numpy(), couples["spouse_birth"].to_numpy()).astype(np.int64)
    bands = np.clip((day_of - births) / (5 * YEAR), 0, 20).astype(np.int64)
    first = np.maximum(couples["began"].to_numpy().astype(np.int64) + 40, births + COMING_OF_AGE)
    last = np.minimum(couples["eldest"].fill_null(2**30).to_numpy().astype(np.int64) - 100, day_of - 40)
    chosen = (dice(span, 50, keys) < np.asarray(MARRIED_LATELY)[bands]) & (last - first > 30)
    day = (first + dice(span, 51, keys) * (last - first)).astype(np.int32)
    weddings = pl.DataFrame(
        {
            "family": keys,
            "wedding": day,
            "near": (dice(span, 52, keys) < FROM_NEARBY)
            & (couples["spouse_birth"].to_numpy() + COMING_OF_AGE <= span.start),
        }
    ).filter(pl.Series(chosen))
    people = people.join(weddings, on="family", how="left", maintain_order="left")
    joins = (pl.col("relation") == "spouse") & pl.col("wedding").is_not_null()
    near, far = joins & pl.col("near"), joins & ~pl.col("near")
    return people.with_columns(
        since=pl.when(near).then(None).when(far).then("wedding").otherwise("since"),
        entry=pl.when(near).then(None).when(far).then(pl.lit("move_in")).otherwise("entry"),
        join=pl.when(near).then("wedding").otherwise("join"),
        addressed=pl.when(near).then("wedding").otherwise("addressed"),
        household_before=pl.when(near)
        .then(
            pl.col("family") + OWN_HOME * LAYER * (pl.col("layer") == 0) + LAYER // 2 * (pl.col("layer") > 0)
        )
        .otherwise("household_before"),
        relation_before=pl.when(near).then(pl.lit("head")).otherwise("relation_before"),
        why=pl.when(near).then(pl.lit("marriage")).otherwise("why"),
    ).drop("wedding", "near")


def widowed(people: pl.DataFrame) -> pl.DataFrame:
    """Who followed a husband or wife as head of the household on the day after their death."""
    died = people.filter((pl.col("layer") == DEAD_SPOUSE) & (pl.col("relation") == "head"))
    follows = died.select("family", followed=pl.col("until"))
    people = people.join(follows, on="family", how="left", maintain_order="left")
    widow = (pl.col("layer") == 0) & (pl.col("relation") == "head") & pl.col("followed").is_not_null()
    return people.with_columns(
        join=pl.when(widow).then("followed").otherwise("join"),
        household_before=pl.when(widow).then("household").otherwise("household_before"),
        relation_before=pl.when(widow).then(pl.lit("spouse")).otherwise("relation_before"),
        why=pl.when(widow).then(pl.lit("succession")).otherwise("why"),
    ).drop("followed")


def merged(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Parents of the day who had a household of their own at the same address before."""
    found = families.filter(
        (pl.col("layer") == 0) & pl.col("calm") & (pl.col("parents") == 1) & (pl.col("began") < span.on - 200)
    )
    keys = found["family"]
    began = found["began"].to_numpy().astype(np.int64) + 20
    day = (began + dice(span, 90, keys) * (span.on - 40 - began)).astype(np.int32)
    merges = pl.DataFrame({"family": keys, "merge": day}).filter(pl.Series(dice(span, 91, keys) < MERGED))
    people = people.join(merges, on="family", how="left", maintain_order="left")
    joins = (pl.col("layer") == 0) & (pl.col("relation") == "parent") & pl.col("merge").is_not_null()
    return people.with_columns(
        join=pl.when(joins).then("merge").otherwise("join"),
        household_before=pl.when(joins)
        .then(pl.col("family") + OWN_HOME * LAYER)
        .otherwise("household_before"),
        relation_before=pl.when(joins).then(pl.lit("head")).otherwise("relation_before"),
        why=pl.when(joins).then(pl.lit("merge")).otherwise("why"),
    ).drop("merge")


def dead_spouses(
    people: pl.DataFrame, families: pl.DataFrame, span: Span, reference: Reference
) -> pl.DataFrame:
    """Husbands and wives who died: most husbands had been the head, whom the survivor followed."""
    old = (span.on - pl.col("head_birth")) >= 58 * YEAR
    alone = (
        (pl.col("layer") == 0) & pl.col("calm") & (pl.col("spouses") == 0) & pl.col("institution").is_null()
    )
    found = families.filter(alone & old & (pl.col("size") == 1 + pl.col("children")))
    found = found.filter(
        pl.Series(dice(span, 60, found["family"]) < WIDOWED) & (pl.col("began") < span.on - 400)
    )
    keys = found["family"]
    began = found["began"].to_numpy().astype(np.int64) + 40
    died = (began + dice(span, 61, keys) * (span.on - GAP - 2 - began)).astype(np.int32)
    husband = found["head_sex"].to_numpy() == 2
    older = np.where(husband, 2.5, -2.0) + 4 * (dice(span, 62, keys) - 0.5)
    headed = dice(span, 63, keys) < np.where(husband, 0.85, 0.15)
    return _relatives(
        people,
        found,
        DEAD_SPOUSE,
        reference,
        span,
        birth=np.maximum(found["head_birth"].to_numpy() - older * YEAR, -26_000).astype(np.int32),
        sex=(3 - found["head_sex"].to_numpy()).astype(np.int8),
        until=died + 1,
        relation=np.where(headed, "head", "spouse"),
    )


def dead_parents(
    people: pl.DataFrame, families: pl.DataFrame, span: Span, reference: Reference
) -> pl.DataFrame:
    """Old parents who lived with the family and died; some had split off into a household of their own before."""
    age = span.on - pl.col("head_birth")
    fit = (pl.col("layer") == 0) & pl.col("calm") & (pl.col("spouses") == 1) & (pl.col("parents") == 0)
    found = families.filter(
        fit
        & (age >= 45 * YEAR)
        & (age < 72 * YEAR)
        & pl.col("institution").is_null()
        & (pl.col("began") < span.on - 400)
    )
    found = found.filter(pl.Series(dice(span, 80, found["family"]) < PARENT_DIED))
    keys = found["family"]
    began = found["began"].to_numpy().astype(np.int64) + 40
    died = (began + dice(span, 81, keys) * (span.on - GAP - 2 - began)).astype(np.int32)
    older = 22 + 14 * dice(span, 82, keys)
    rows = _relatives(
        people,
        found,
        DEAD_PARENT,
        reference,
        span,
        birth=np.maximum(found["head_birth"].to_numpy() - older * YEAR, -26_000).astype(np.int32),
        sex=np.where(dice(span, 83, keys) < 0.6, 2, 1).astype(np.int8),
        until=died + 1,
        relation=np.full(len(keys), "parent"),
    )
    keys = rows["family"]
    began = rows["since"].fill_null(span.start).to_numpy().astype(np.int64) + 20
    until = rows["until"].to_numpy().astype(np.int64)
    day = (began + dice(span, 84, keys) * (until - 20 - began)).astype(np.int32)
    splits = pl.Series((dice(span, 85, keys) < SPLIT) & (until - began > 120))
    return rows.with_columns(
        pl.when(splits).then(pl.Series(day)).alias("join"),
        pl.when(splits).then("household").alias("household_before"),
        pl.when(splits).then(pl.lit("parent")).alias("relation_before"),
        pl.when(splits).then(pl.lit("split")).alias("why"),
        household=pl.when(splits).then(pl.col("household") + DEAD_PARENT * LAYER).otherwise("household"),
        relation=pl.when(splits).then(pl.lit("head")).otherwise("relation"),
    )


def _relatives(
    people: pl.DataFrame,
    families: pl.DataFrame,
    layer: int,
    reference: Reference,
    span: Span,
    **columns: object,
) -> pl.DataFrame:
    """Members of a household who have died: like its head but for `columns`."""
    mine = pl.DataFrame({"family": families["family"], "person": families["head_person"], **columns})
    heads = people.drop(
        "sex",
        "birth",
        "until",
        "relation",
        "exit",
        "layer",
        "join",
        "household_before",
        "relation_before",
        "why",
    )
    rows = mine.join(heads, on=["family", "person"], how="inner", maintain_order="left")
    given = given_names(dice(span, 70 + layer, rows["person"]), rows["sex"].to_numpy(), reference)
    words = reference.names.words
    return rows.with_columns(
        person=pl.col("person") + layer * LAYER,
        given=pl.when(pl.col("nationality") == "JPN").then(words.given.gather(given)).otherwise("given"),
        given_kana=pl.when(pl.col("nationality") == "JPN")
        .then(words.given_kana.gather(given))
        .otherwise("given_kana"),
        former_surname=pl.lit(None, pl.String),
        former_surname_kana=pl.lit(None, pl.String),
        exit=pl.lit("death"),
        layer=pl.lit(layer, pl.Int8),
    )
