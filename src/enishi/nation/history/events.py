"""What happens to the people of a shard on a day: each event becomes one act of the municipality."""

from __future__ import annotations

import polars as pl

from enishi.nation.history.draws import Span, dice
from enishi.nation.history.families import DEAD_SPOUSE

(IN, FROM_ABROAD, BIRTH, DEATH, OUT, ABROAD, WITHIN, JOINED, WEDDING, SPLIT, MERGE, CORRECTION, RENAMED,
 STATUS) = range(14)  # fmt: skip
KIND_OF = {
    IN: "move_in", FROM_ABROAD: "move_in_from_abroad", BIRTH: "birth", DEATH: "death", OUT: "move_out",
    ABROAD: "move_out_abroad", WITHIN: "move_within", JOINED: "move_within",
    WEDDING: "family_register", SPLIT: "household_split", MERGE: "household_merge", CORRECTION: "correction",
    RENAMED: "family_register", STATUS: "immigration",
}  # fmt: skip
MISREAD, RENAMES, NEW_STATUS = 0.004, 0.0008, 0.4


def events_of(people: pl.DataFrame, addresses: pl.DataFrame, span: Span) -> pl.DataFrame:
    """One row a person whom an event touches: `family`, `code`, `about` (whose event it is), `day`, `person`."""
    who = pl.col("person")
    start = people.filter(pl.col("start_code").is_not_null())
    end = people.filter(pl.col("end_code").is_not_null())
    common = ("muni", "family")

    def rows(
        table: pl.DataFrame, code: pl.Expr | int, about: str, day: pl.Expr, person: pl.Expr = who
    ) -> pl.DataFrame:
        which = code if isinstance(code, pl.Expr) else pl.lit(code)
        return table.select(
            *common, code=which.cast(pl.Int8), about=pl.col(about), day=day.cast(pl.Int32), person=person
        )

    heads = (
        people.filter((pl.col("relation") == "head") & pl.col("household").eq(pl.col("family")))
        .select("family", head="person")
        .unique("family", keep="first", maintain_order=True)
    )
    births = start.filter(pl.col("start_code") == BIRTH).join(
        heads, on="family", how="left", maintain_order="left"
    )
    why = people.filter(pl.col("why").is_not_null())
    nearby = why.filter(pl.col("why") == "marriage")
    renaming = (pl.col("nationality") == "JPN") & pl.col("surname").is_not_null()
    weddings = nearby.filter(renaming).join(heads, on="family", how="left", maintain_order="left")
    dead_heads = people.filter((pl.col("layer") == DEAD_SPOUSE) & (pl.col("relation") == "head")).select(
        "family", died="person"
    )
    followers = why.filter(pl.col("why") == "succession").join(dead_heads, on="family", how="inner")
    within = addresses.filter(pl.col("code") == WITHIN)
    parts = [
        rows(start.filter(pl.col("start_code") != BIRTH), pl.col("start_code"), "family", pl.col("since")),
        rows(births, BIRTH, "person", pl.col("since")),
        rows(births.filter(pl.col("head").is_not_null()), BIRTH, "person", pl.col("since"), pl.col("head")),
        rows(end.filter(pl.col("end_code") != DEATH), pl.col("end_code"), "family", pl.col("until")),
        rows(end.filter(pl.col("end_code") == DEATH), DEATH, "person", pl.col("until")),
        rows(followers, DEATH, "died", pl.col("join")),
        rows(people.filter(pl.col("later").is_not_null()), DEATH, "led_by", pl.col("later")),
        rows(within, WITHIN, "family", pl.col("since")),
        rows(nearby, JOINED, "person", pl.col("join")),
        rows(weddings, WEDDING, "person", pl.col("join")),
        rows(
            weddings.filter(pl.col("head").is_not_null()), WEDDING, "person", pl.col("join"), pl.col("head")
        ),
        rows(why.filter(pl.col("why") == "split"), SPLIT, "person", pl.col("join")),
        rows(why.filter(pl.col("why") == "merge"), MERGE, "person", pl.col("join")),
        *(
            rows(some_day(people, code, span), code, "person", pl.col("some_day"))
            for code in (CORRECTION, RENAMED, STATUS)
        ),
    ]
    return pl.concat(parts)


def some_day(people: pl.DataFrame, code: int, span: Span) -> pl.DataFrame:
    """Those to whom a correction, a change of name or of status happens, on `some_day` of their residence."""
    japanese = pl.col("nationality") == "JPN"
    named = japanese & pl.col("given_kana").is_not_null() & (pl.col("why").ne_missing("marriage"))
    working = ~japanese & pl.col("residence_status").is_in(
        ["engineer_humanities_international", "permanent_resident", "specified_skilled_worker"]
    )
    chance, fit = {CORRECTION: (MISREAD, named), RENAMED: (RENAMES, named), STATUS: (NEW_STATUS, working)}[
        code
    ]
    keys = people["person"]
    lucky = pl.Series(dice(span, 120 + code, keys) < chance)
    if code == RENAMED:
        lucky = lucky & ~pl.Series(dice(span, 120 + CORRECTION, keys) < MISREAD)
    first = pl.max_horizontal(pl.col("since").fill_null(span.start), pl.col("birth"), pl.lit(span.start)) + 30
    last = pl.min_horizontal(pl.col("until").fill_null(span.on), pl.lit(span.on)) - 30
    u = pl.Series(dice(span, 140 + code, keys))
    return (
        people.with_columns(chosen=lucky, first=first, length=last - first)
        .with_columns(some_day=(pl.col("first") + u * pl.col("length")).cast(pl.Int32))
        .filter(pl.col("chosen") & fit & (pl.col("length") > 10))
    )


def with_act(
    rows: pl.DataFrame,
    acts: pl.DataFrame,
    side: str,
    name: str,
    code: str,
    day: str,
    about: pl.Expr | None = None,
) -> pl.DataFrame:
    """Adds the act of an event of code `code` on day `day` as `name`. Births, deaths and what concerns one person are
    about that person, all else about the family.
    """
    of_one = pl.col(code).is_in([BIRTH, DEATH, JOINED, WEDDING, SPLIT, MERGE, CORRECTION, RENAMED, STATUS])
    subject = pl.when(of_one).then("person").otherwise("family") if about is None else about
    return (
        rows.with_columns(
            pl.col(code).cast(pl.Int8).alias("_code"),
            subject.alias("_about"),
            pl.col(day).cast(pl.Int32).alias("_day"),
        )
        .join(
            acts.select("family", _code="code", _about="about", _day="day", **{name: "act"}),
            on=["family", "_code", "_about", "_day"],
            how="left",
            maintain_order="left",
        )
        .drop("_code", "_about", "_day")
    )
