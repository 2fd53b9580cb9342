"""The history of a shard as acts and facts (docs/snapshot.md), from who lived where (past.py).

An event is a day on which something of one or more people of a family changed; it becomes one act of the municipality. A
fact is what held of a person from one event to another.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.history.draws import Span, dice
from enishi.nation.history.dwellings import addresses_of, elsewhere, place_as_json
from enishi.nation.history.events import (
    ABROAD,
    BIRTH,
    CORRECTION,
    DEATH,
    FROM_ABROAD,
    IN,
    JOINED,
    KIND_OF,
    MERGE,
    OUT,
    RENAMED,
    SPLIT,
    STATUS,
    WEDDING,
    WITHIN,
    events_of,
)
from enishi.nation.history.facts import FACTS, facts_of
from enishi.nation.history.past import Past
from enishi.nation.persons import SCHEMA as PERSONS
from enishi.nation.reference import Reference

ON_ONE_DAY = [
    IN,
    FROM_ABROAD,
    BIRTH,
    WITHIN,
    JOINED,
    WEDDING,
    SPLIT,
    MERGE,
    CORRECTION,
    RENAMED,
    STATUS,
    OUT,
    ABROAD,
    DEATH,
]
"""In which order events of one family on one day are entered."""
EX_OFFICIO = (BIRTH, DEATH, WEDDING, CORRECTION, RENAMED, STATUS)
LATENESS = {IN: (0, 14), FROM_ABROAD: (0, 14), WITHIN: (0, 14), JOINED: (0, 14), OUT: (-10, 11),
            ABROAD: (-10, 11), BIRTH: (2, 12), DEATH: (1, 6), WEDDING: (1, 8)}  # fmt: skip
"""Days from an event to its being reported: from, and how many."""
ACTS: dict[str, pl.DataType] = {
    "muni": pl.String(), "kind": pl.String(), "effective": pl.Date(), "reported_on": pl.Date(),
    "recorded_at": pl.Datetime("us", "UTC"), "persons": pl.List(pl.Int64()), "facts": pl.String(),
}  # fmt: skip
PATHS = {"spouse_child": "spouse.child", "grandchild": "child.child", "child_spouse": "child.spouse",
         "parent_in_law": "spouse.parent", "grandparent": "parent.parent", "nephew_niece": "sibling.child"}  # fmt: skip
FOLLOWING_SPOUSE = {"child": "child", "spouse.child": "child", "child.child": "child.child",
                    "child.spouse": "child.spouse", "parent": "spouse.parent", "spouse.parent": "parent"}  # fmt: skip
FOLLOWING_CHILD = {"child": "sibling", "spouse": "parent", "child.child": "relative"}


def history(
    frame: pl.DataFrame, past: Past, reference: Reference, span: Span
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The persons of a shard with the days on which they came, the acts of the shard, and its facts."""
    people = _led_on(past.people.with_columns(pl.col("relation", "relation_before").replace(PATHS)), span)
    people = people.with_columns(
        start_code=pl.col("entry").replace_strict(
            {"birth": BIRTH, "move_in": IN, "from_abroad": FROM_ABROAD}, return_dtype=pl.Int8
        ),
        end_code=pl.col("exit").replace_strict(
            {"death": DEATH, "move_out": OUT, "abroad": ABROAD}, return_dtype=pl.Int8
        ),
    )
    addresses = addresses_of(people, past.moves, reference, span)
    acts = _acts(events_of(people, addresses, span), span)
    people = elsewhere(elsewhere(people, "since", reference, span), "until", reference, span)
    numbered = acts.select("family", "code", "about", "day", "act")
    facts = pl.concat(facts_of(people, addresses, numbered, reference, span), how="diagonal_relaxed")
    days = past.people.filter(pl.col("layer") == 0).select(
        "person", since=pl.col("since").cast(pl.Date), entry_="entry"
    )
    dated = (
        frame.join(days, on="person", how="left", maintain_order="left")
        .with_columns(resident_from="since", entry="entry_")
        .select(*PERSONS)
    )
    facts = facts.select(
        pl.col(name).cast(dtype) if name in facts.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in FACTS.items()
    ).sort("muni", "person", "group", "begun", "since", nulls_last=False, maintain_order=True)
    return dated, _told(acts, people, addresses), facts


def _led_on(people: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Who becomes head of a household whose head dies after the day, with the others' relation to them.

    Adds `later` (day), `relation_later`, `led_by`: the person whose death it is.
    """
    same = (pl.col("layer") == 0) & (pl.col("household") == pl.col("family"))
    heads = people.filter(
        same & (pl.col("relation") == "head") & (pl.col("exit") == "death") & (pl.col("until") > span.on)
    )
    heads = heads.select("household", led_by="person", later="until")
    left = people.filter(same & (pl.col("relation") != "head")).join(heads, on="household", how="inner")
    after = pl.col("until").is_null() | (pl.col("until") > pl.col("later"))
    left = left.filter(after & (pl.col("since").is_null() | (pl.col("since") <= pl.col("later"))))
    left = left.sort(
        "household", pl.col("until").fill_null(2**30), pl.col("relation") == "spouse", -pl.col("birth"), "person",
        descending=[False, True, True, True, False],
    )  # fmt: skip
    first = pl.col("person").first().over("household")
    spouse = pl.col("relation").first().over("household") == "spouse"
    relation = (
        pl.when(pl.col("person") == first)
        .then(pl.lit("head"))
        .when(spouse)
        .then(pl.col("relation").replace_strict(FOLLOWING_SPOUSE, default="relative"))
        .otherwise(pl.col("relation").replace_strict(FOLLOWING_CHILD, default="relative"))
    )
    left = left.select("person", "later", "led_by", relation_later=relation)
    return people.join(left, on="person", how="left", maintain_order="left")


def _acts(events: pl.DataFrame, span: Span) -> pl.DataFrame:
    """One act an event, in the order in which they were recorded; `act` counts them from 0."""
    key = ["muni", "family", "code", "about", "day"]
    acts = events.group_by(key, maintain_order=True).agg(persons=pl.col("person").unique().sort())
    acts = acts.with_columns(
        rank=pl.col("code").replace_strict(
            {code: place for place, code in enumerate(ON_ONE_DAY)}, return_dtype=pl.Int32
        ),
        # A death is of the day before the first day no longer on the register.
        effective=pl.col("day") - (pl.col("code") == DEATH).cast(pl.Int32),
    ).sort("family", "effective", "rank", "about")
    code = acts["code"].to_numpy()
    from_, width = (
        np.array([LATENESS.get(one, (0, 6))[part] for one in range(len(KIND_OF))]) for part in (0, 1)
    )
    seed = acts["about"].to_numpy() * 32 + code
    keys = seed + acts["day"].to_numpy().astype(np.int64) * 1_000_003
    late = from_[code] + (dice(span, 160, keys) ** 1.5 * width[code]).astype(np.int64)
    seconds = (dice(span, 161, keys) * 8 * 3600).astype(np.int64)
    reported = np.maximum(acts["effective"].to_numpy() + late, span.start + 1)
    acts = acts.with_columns(
        reported=pl.Series(reported).cast(pl.Int32), moment=pl.Series(reported * 86_400 + seconds)
    )
    acts = acts.with_columns(
        moment=pl.col("moment").cum_max().over("family") + pl.int_range(pl.len()).over("family"),
        reported=pl.when(pl.col("code").is_in(EX_OFFICIO)).then(None).otherwise("reported"),
    ).sort("muni", "moment", "family", "rank", "about")
    return acts.with_columns(act=pl.int_range(pl.len(), dtype=pl.Int32))


def _told(acts: pl.DataFrame, people: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """The acts as the file has them, each with what it tells as canonical JSON."""
    lived = addresses.filter(pl.col("code").is_in([WITHIN, JOINED, IN, FROM_ABROAD])).with_columns(
        about=pl.when(pl.col("code") == JOINED).then("person").otherwise("family")
    )
    to = lived.select("code", "about", day="since", to=place_as_json(pl.lit("JPN"))).unique(
        ["code", "about", "day"], keep="first", maintain_order=True
    )
    left = people.filter(pl.col("place_until").is_not_null()).select(
        code="end_code", about="family", day="until", to="place_until"
    )
    came = people.filter(pl.col("place_since").is_not_null()).select(
        code="start_code", about="family", day="since", came="place_since"
    )
    key = ["code", "about", "day"]
    to = pl.concat([to, left.unique(key, keep="first", maintain_order=True)])
    acts = acts.join(to, on=key, how="left", maintain_order="left").join(
        came.unique(key, keep="first", maintain_order=True), on=key, how="left", maintain_order="left"
    )
    ids = pl.col("persons").cast(pl.List(pl.String)).list.join(",")
    moved = pl.concat_str(
        pl.lit('"movers":['), ids, pl.lit('],"seats":[],"to":'), pl.col("to").fill_null("null")
    )
    came_from = pl.concat_str(pl.lit('"came_from":'), pl.col("came"), pl.lit(",")).fill_null("")
    about = pl.concat_str(pl.lit('"person":'), pl.col("about").cast(pl.String))
    said = (
        pl.when(pl.col("code").is_in([WITHIN, JOINED, OUT, ABROAD, IN, FROM_ABROAD]))
        .then(pl.concat_str(came_from, moved))
        .when(pl.col("code") == WEDDING)
        .then(pl.lit('"matter":"marriage"'))
        .when(pl.col("code") == RENAMED)
        .then(pl.lit('"matter":"name"'))
        .otherwise(about)
    )
    return acts.select(
        "muni",
        "persons",
        kind=pl.col("code").replace_strict(KIND_OF, return_dtype=pl.String),
        effective=pl.col("effective").cast(pl.Date),
        reported_on=pl.col("reported").cast(pl.Date),
        recorded_at=pl.from_epoch("moment", time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC"),
        facts=pl.concat_str(pl.lit("{"), said, pl.lit("}")),
    ).select(*ACTS)
