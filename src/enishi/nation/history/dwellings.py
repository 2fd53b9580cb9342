"""Where people lived: addresses within the municipality, and from where they came and where they went."""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.history.draws import Span, dice, town_of
from enishi.nation.history.events import (
    ABROAD,
    FROM_ABROAD,
    IN,
    JOINED,
    OUT,
    WITHIN,
)
from enishi.nation.reference import Reference


def addresses_of(people: pl.DataFrame, moves: pl.DataFrame, reference: Reference, span: Span) -> pl.DataFrame:
    """Where each person lived: `since`, `until` (days), the event that began it, and the town."""
    there = people.select(
        "family", "muni", "unit", "person", "since", "until", "addressed", "start_code", "end_code", "layer",
        "postcode", "town", "ward", "institution", begin=pl.coalesce("addressed", "since"),
    )  # fmt: skip
    count = moves.group_by("family").agg(most=pl.len())
    steps = there.select("family", "person", "begin", "until").join(moves, on="family", how="inner")
    long_ago = -(2**30)
    earlier = (
        steps.filter(pl.col("day") <= pl.col("begin").fill_null(long_ago))
        .group_by("person")
        .agg(place=pl.col("nth").max())
    )
    first = (
        there.join(earlier, on="person", how="left", maintain_order="left")
        .with_columns(
            place=pl.col("place").fill_null(0),
            code=pl.when(pl.col("addressed").is_not_null())
            .then(pl.lit(JOINED, pl.Int8))
            .otherwise("start_code"),
        )
        .with_columns(since="begin")
    )
    later = steps.filter(
        (pl.col("day") > pl.col("begin").fill_null(long_ago))
        & (pl.col("day") < pl.col("until").fill_null(2**30))
    )
    moved = later.select("person", since="day", place="nth").join(
        there.drop("since"), on="person", how="left", maintain_order="left"
    )
    moved = moved.with_columns(code=pl.lit(WITHIN, pl.Int8))
    before = there.filter(pl.col("addressed").is_not_null()).with_columns(
        place=pl.lit(-1, pl.Int64), code=pl.col("start_code")
    )
    rows = pl.concat(
        [table.with_columns(pl.col("place").cast(pl.Int64)) for table in (first, moved, before)],
        how="diagonal",
    )
    rows = rows.join(count, on="family", how="left", maintain_order="left").sort(
        "person", pl.col("since").fill_null(long_ago), maintain_order=True
    )
    next_since, next_code = (pl.col(name).shift(-1).over("person") for name in ("since", "code"))
    last = pl.col("person") != pl.col("person").shift(-1)
    last = last.fill_null(True)
    rows = rows.with_columns(
        until=pl.when(last).then("until").otherwise(next_since),
        ended=pl.when(last).then("end_code").otherwise(next_code),
    )
    present = pl.col("place") == pl.col("most").fill_null(0)
    key = pl.when(pl.col("place") < 0).then("person").otherwise("family")
    keys = rows.select(key.alias("key"))["key"].to_numpy() * 16 + rows["place"].to_numpy() + 1
    town = town_of(dice(span, 110, keys), rows["unit"].to_numpy(), reference)
    return rows.with_columns(
        town=pl.when(present).then("town").otherwise(reference.town.gather(town)),
        postcode=pl.when(present).then("postcode").otherwise(reference.postcode.gather(town)),
        institution=pl.when(present).then("institution").otherwise(None),
    )


def place_as_json(country: pl.Expr) -> pl.Expr:
    """An address as canonical JSON (sorted keys, no spaces), as the register says one."""
    blank = pl.lit("")
    parts = {
        "block": blank, "building": blank, "building_kana": blank, "country": country,
        "muni": pl.col("muni").fill_null(""), "postcode": pl.col("postcode").fill_null(""), "town": pl.col("town"),
        "town_id": blank, "ward": pl.col("ward").fill_null(""),
    }  # fmt: skip
    said: list[pl.Expr] = []
    for place, (name, value) in enumerate(parts.items()):
        said += [pl.lit(f'{"," if place else "{"}"{name}":"'), value, pl.lit('"')]
    return pl.concat_str([*said, pl.lit("}")])


def elsewhere(people: pl.DataFrame, side: str, reference: Reference, span: Span) -> pl.DataFrame:
    """Adds where each family came from (`side` since: `place_since`) or went (`place_until`) on a day, as JSON; null for none.

    Another municipality is drawn by population, and a town of it; abroad is the country of the nationality.
    """
    code, domestic, abroad = ("start_code", IN, FROM_ABROAD) if side == "since" else ("end_code", OUT, ABROAD)
    rows = people.filter(pl.col(code).is_in([domestic, abroad])).select(
        "person", "unit", "nationality", code=code, key=pl.col("family") * 100_003 + pl.col(side)
    )
    keys, unit_of = rows["key"].to_numpy(), rows["unit"].to_numpy()
    purpose = 170 if side == "since" else 175
    share = reference.share
    place = np.searchsorted(share, dice(span, purpose, keys) * share[-1], side="right")
    place = np.minimum(place, len(share) - 1)
    place = np.where(place == reference.own[unit_of], (place + 1) % len(share), place)
    unit = np.unique(reference.own, return_index=True)[1][place]
    empty = reference.town_first[unit + 1] == reference.town_first[unit]
    unit = np.where(empty, np.argmax(np.diff(reference.town_first)), unit)
    town = town_of(dice(span, purpose + 1, keys), unit, reference)
    at_home = pl.col("code") == domestic
    country = pl.when(pl.col("nationality") == "JPN").then(pl.lit("USA")).otherwise("nationality")
    rows = rows.with_columns(
        muni=pl.when(at_home).then(reference.muni.gather(unit).cast(pl.String)),
        ward=pl.when(at_home).then(reference.ward.gather(unit).cast(pl.String)),
        postcode=pl.when(at_home).then(reference.postcode.gather(town)),
        town=pl.when(at_home).then(reference.town.gather(town)).otherwise(pl.lit("Abroad")),
        country=pl.when(at_home).then(pl.lit("JPN")).otherwise(country),
    )
    said = rows.select("person", place_as_json(pl.col("country")).alias(f"place_{side}"))
    return people.join(said, on="person", how="left", maintain_order="left")
