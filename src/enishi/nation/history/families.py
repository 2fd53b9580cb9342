"""The families of the day and of those who have gone: since when they were there, and how often they moved.

Rates are those of demography.py, whose windows add up to the yearly figures of the nation.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation import demography as rates
from enishi.nation.history.draws import Float64s, Span, dice
from enishi.nation.households import YEAR
from enishi.nation.movement import WINDOW
from enishi.nation.reference import Reference

LAYER = 1_200_000
"""Ids of those who have gone: the id of somebody of the day plus so many times the number of their layer."""
OUT_1, OUT_2, OUT_3, OUT_ABROAD, DEAD_ALONE, DEAD_SPOUSE, DEAD_PARENT = range(1, 8)
OWN_HOME = 6
"""Layer of the household in which somebody lived before joining this one; `DEAD_PARENT` that of one split off."""
GAP = WINDOW + 2
"""Days before the day that are the snapshot's own: nobody of the history comes or goes in them."""
COMING_OF_AGE = int(18 * YEAR)
PER_YEAR = 365.25 / WINDOW
OFTEN = 5
"""Most moves of a household within the municipality in its time."""
NAMES = ("surname", "given", "surname_kana", "given_kana", "former_surname", "former_surname_kana",
         "alias", "alias_kana", "latin_name", "latin_kana")  # fmt: skip


def people_of_the_day(frame: pl.DataFrame, reference: Reference, span: Span) -> pl.DataFrame:
    units = pl.DataFrame(
        {
            "code": reference.ward.fill_null(reference.muni),
            "unit": pl.int_range(len(reference.muni), eager=True),
        }
    ).with_columns(pl.col("code").cast(pl.String))
    days = {name: pl.col(name).cast(pl.Int32) for name in ("birth_date", "resident_from", "resident_until")}
    return (
        frame.with_columns(code=pl.coalesce("ward", "muni").cast(pl.String))
        .join(units, on="code", how="left", maintain_order="left")
        .select(
            pl.col("household").alias("family"),
            "muni",
            "unit",
            "person",
            "household",
            "sex",
            "institution",
            "postcode",
            "town",
            "ward",
            *NAMES,
            "nationality",
            "residence_status",
            pl.col("entry", "exit").cast(pl.String),
            birth=days["birth_date"],
            since=days["resident_from"],
            until=days["resident_until"],
            relation=pl.col("relation").cast(pl.String),
            layer=pl.lit(0, pl.Int8),
        )
        .with_columns(
            pl.lit(None, pl.Int32).alias("join"),
            pl.lit(None, pl.Int64).alias("household_before"),
            pl.lit(None, pl.String).alias("relation_before"),
            pl.lit(None, pl.String).alias("why"),
            pl.lit(None, pl.Int32).alias("addressed"),
        )
    )


def families_of(people: pl.DataFrame, span: Span) -> pl.DataFrame:
    """One row a household of the day. `calm`: nobody of it comes or goes around the day; `ref`: the day by which its
    history ends; `came`: the day on which it came, as the snapshot has it.
    """
    head = (pl.col("relation") == "head").arg_max()
    kin = pl.col("relation")
    came = pl.col("entry").is_in(["move_in", "from_abroad"])
    table = people.group_by("family", maintain_order=True).agg(
        pl.col("unit").first(),
        *(pl.col(name).get(head).alias(f"head_{name}") for name in ("person", "birth", "sex", "nationality")),
        pl.col("institution").first(),
        pl.col("since").filter(came).min().alias("came"),
        pl.col("entry").filter(came).first().alias("came_how"),
        size=pl.len(),
        calm=pl.col("since").is_null().all() & pl.col("until").is_null().all(),
        spouses=(kin == "spouse").sum(),
        children=(kin == "child").sum(),
        parents=(kin == "parent").sum(),
        eldest=pl.col("birth").filter(kin == "child").min(),
        spouse_birth=pl.col("birth").filter(kin == "spouse").first(),
        spouse_nationality=pl.col("nationality").filter(kin == "spouse").first(),
    )
    return table.with_columns(
        ref=pl.lit(span.on - GAP, pl.Int32),
        band=((span.on - pl.col("head_birth")) / (5 * YEAR)).cast(pl.Int32).clip(0, 20),
        layer=pl.lit(0, pl.Int8),
    )


def rate_of_moves(families: pl.DataFrame) -> Float64s:
    """Moves across a municipal border a year of each household."""
    rate = rates.MOVES[families["band"].to_numpy()] * PER_YEAR
    return np.where(families["institution"].is_not_null().to_numpy(), 0.04, rate)


def rate_from_abroad(families: pl.DataFrame) -> Float64s:
    foreign = (families["head_nationality"] != "JPN").to_numpy().astype(np.int64)
    yearly: Float64s = np.asarray(rates.COMES_FROM_ABROAD, dtype=np.float64)[foreign] * PER_YEAR
    return yearly


def arrivals(families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """`came`, null before the start, and `came_how`, of every family."""
    keys = families["family"]
    rate, abroad = rate_of_moves(families), rate_from_abroad(families)
    ref = families["ref"].to_numpy().astype(np.float64)
    of_age = families["head_birth"].to_numpy() + COMING_OF_AGE
    at_home = families["institution"].is_null().to_numpy()
    day = ref - 2 + np.log1p(-dice(span, 40, keys)) / (rate + abroad) * 365.25
    came = (day > span.start) & (~at_home | (day >= of_age))
    # Nobody of less than 18 years heads a household of the past: it came when they were of age.
    young = at_home & (of_age > span.start) & (of_age < ref - 40) & ~came
    day = np.where(young, of_age + dice(span, 41, keys) * (ref - 20 - of_age), day)
    came |= young
    how = np.where(dice(span, 42, keys) < abroad / (rate + abroad), "from_abroad", "move_in")
    drawn = pl.DataFrame({"day": day.astype(np.int32), "there": came, "how": how})
    fresh = pl.col("came").is_null() & pl.col("there")
    return (
        families.hstack(drawn)
        .with_columns(
            came=pl.when(fresh).then("day").otherwise("came").cast(pl.Int32),
            came_how=pl.when(fresh).then("how").otherwise("came_how"),
        )
        .with_columns(began=pl.max_horizontal(pl.col("came").fill_null(span.start), pl.lit(span.start)))
        .drop("day", "there", "how")
    )


def born_or_arrived(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
    people = people.join(
        families.select("family", "came", "came_how"), on="family", how="left", maintain_order="left"
    )
    here = (pl.col("birth") >= span.start) & (pl.col("birth") > pl.col("came").fill_null(-(2**30)))
    # Born before the window of the snapshot, or gone long ago: what the snapshot leaves open.
    free = pl.col("since").is_null()
    gone = pl.col("until").is_not_null() & (pl.col("until") <= pl.col("came"))
    return people.with_columns(
        since=pl.when(free & here).then("birth").when(free & ~gone).then("came").otherwise("since"),
        entry=pl.when(free & here)
        .then(pl.lit("birth"))
        .when(free & ~gone & pl.col("came").is_not_null())
        .then("came_how")
        .otherwise("entry"),
    ).drop("came", "came_how")


def moves_within(families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Days on which families moved within the municipality: `family`, `day`, and `nth` from 1."""
    began = np.maximum(families["began"].to_numpy(), families["head_birth"].to_numpy() + COMING_OF_AGE) + 20
    calm = families["calm"].to_numpy() & (families["layer"].to_numpy() == 0)
    end = np.where(calm, span.on, families["ref"].to_numpy()) - 5
    length = np.maximum(end - began, 0)
    expected = rate_of_moves(families) * length / 365.25
    keys = families["family"]
    u = dice(span, 100, keys)
    number = np.zeros(len(u), dtype=np.int64)
    term = np.exp(-expected)
    total = term.copy()
    for count in range(1, OFTEN + 1):
        number += u > total
        term = term * expected / count
        total = total + term
    row = np.repeat(np.arange(len(u)), number)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    day = began[row] + dice(span, 101, keys.to_numpy()[row] * 8 + nth) * length[row]
    return (
        pl.DataFrame({"family": keys.gather(row), "day": day.astype(np.int32)})
        .unique()
        .sort("family", "day")
        .with_columns(nth=pl.int_range(1, pl.len() + 1).over("family"))
    )
