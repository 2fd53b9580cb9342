"""What held of people from one event to another: facts, a table a group."""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.history.draws import Span, dice, given_names, surnames
from enishi.nation.history.events import (
    CORRECTION,
    DEATH,
    JOINED,
    MERGE,
    RENAMED,
    SPLIT,
    STATUS,
    WEDDING,
    some_day,
    with_act,
)
from enishi.nation.history.families import DEAD_SPOUSE
from enishi.nation.reference import Reference

FACTS: dict[str, pl.DataType] = {
    "group": pl.String(), "muni": pl.String(), "person": pl.Int64(), "kind": pl.String(), "since": pl.Date(),
    "until": pl.Date(), "begun": pl.Int32(), "ended": pl.Int32(),
    "birth_date": pl.Date(), "sex": pl.Int8(),
    "surname": pl.String(), "given": pl.String(), "surname_kana": pl.String(), "given_kana": pl.String(),
    "whole": pl.String(), "whole_kana": pl.String(),
    "entry": pl.String(), "exit": pl.String(), "came_from": pl.String(), "going_to": pl.String(),
    "ward": pl.String(), "postcode": pl.String(), "town": pl.String(), "institution": pl.String(),
    "household": pl.Int64(), "relation": pl.String(),
    "nationality": pl.String(), "residence_status": pl.String(),
}  # fmt: skip


def facts_of(
    people: pl.DataFrame, addresses: pl.DataFrame, acts: pl.DataFrame, reference: Reference, span: Span
) -> list[pl.DataFrame]:
    """What held of everybody, a table a group, each fact with the acts by which it began and ended."""
    people = with_act(people, acts, "start", "begun", "start_code", "since")
    people = with_act(people, acts, "end", "ended", "end_code", "until")
    who = ("muni", "person")
    residence = people.select(
        *who, "since", "until", "entry", "exit", "begun", "ended",
        group=pl.lit("residence"), came_from="place_since", going_to="place_until",
    )  # fmt: skip
    born = people.select(*who, "begun", "sex", group=pl.lit("particulars"), birth_date=pl.col("birth"))
    lived = with_act(addresses.with_columns(end_code="ended"), acts, "start", "begun", "code", "since")
    lived = with_act(lived.drop("ended"), acts, "end", "ended", "end_code", "until")
    address = lived.select(
        *who,
        "since",
        "until",
        "begun",
        "ended",
        "ward",
        "postcode",
        "town",
        "institution",
        group=pl.lit("address"),
    )
    tables = [residence, born, address, _memberships(people, acts), *_names(people, acts, reference, span),
              *_statuses(people, acts, span)]  # fmt: skip
    days = pl.col("since", "until", "birth_date").cast(pl.Int32).cast(pl.Date)
    return [
        table.with_columns(days if {"since", "until", "birth_date"} <= set(table.columns) else _days(table))
        for table in tables
    ]


def _days(table: pl.DataFrame) -> list[pl.Expr]:
    return [
        pl.col(name).cast(pl.Int32).cast(pl.Date)
        for name in ("since", "until", "birth_date")
        if name in table.columns
    ]


def _memberships(people: pl.DataFrame, acts: pl.DataFrame) -> pl.DataFrame:
    died = people.filter((pl.col("layer") == DEAD_SPOUSE) & (pl.col("relation") == "head")).select(
        "family", died="person"
    )
    people = people.join(died, on="family", how="left", maintain_order="left").with_columns(
        why_code=pl.col("why").replace_strict(
            {"marriage": JOINED, "succession": DEATH, "split": SPLIT, "merge": MERGE}, return_dtype=pl.Int8
        ),
        death=pl.lit(DEATH, pl.Int8),
    )
    subject = pl.when(pl.col("why") == "succession").then("died").otherwise("person")
    people = with_act(people, acts, "", "changed", "why_code", "join", subject)
    people = with_act(people, acts, "", "led", "death", "later", pl.col("led_by"))
    changes, led = pl.col("join").is_not_null(), pl.col("later").is_not_null()
    who = ("muni", "person")
    before = people.filter(changes).select(
        *who,
        "since",
        "begun",
        until="join",
        ended="changed",
        household="household_before",
        relation="relation_before",
    )
    after = people.select(
        *who, "household", "relation",
        since=pl.coalesce("join", "since"), until=pl.coalesce("later", "until"),
        begun=pl.when(changes).then("changed").otherwise("begun"), ended=pl.when(led).then("led").otherwise("ended"),
    )  # fmt: skip
    later = people.filter(led).select(
        *who, "household", "until", "ended", since="later", begun="led", relation="relation_later"
    )
    return pl.concat([before, after, later], how="diagonal_relaxed").with_columns(group=pl.lit("membership"))


def _names(people: pl.DataFrame, acts: pl.DataFrame, reference: Reference, span: Span) -> list[pl.DataFrame]:
    """Names of every kind; a registered one that changed on marrying or by a court, or whose reading was wrong, in parts."""
    words = reference.names.words
    japanese = pl.col("nationality") == "JPN"
    married = people.filter((pl.col("why") == "marriage") & japanese & pl.col("surname").is_not_null())
    drawn = surnames(dice(span, 180, married["person"]), reference)
    kept = pl.col("former_surname").is_not_null()
    married = married.with_columns(
        day="join",
        code=pl.lit(WEDDING, pl.Int8),
        surname=pl.when(kept).then("former_surname").otherwise(words.surname.gather(drawn)),
        surname_kana=pl.when(kept).then("former_surname_kana").otherwise(words.surname_kana.gather(drawn)),
    )
    parts = [married]
    for code in (CORRECTION, RENAMED):
        rows = some_day(people, code, span)
        given = given_names(dice(span, 182 + code, rows["person"]), rows["sex"].to_numpy(), reference)
        other = {"given_kana": words.given_kana.gather(given)}
        if code == RENAMED:
            other["given"] = words.given.gather(given)
        parts.append(
            rows.with_columns(day="some_day", code=pl.lit(code, pl.Int8), **other).drop(
                "chosen", "first", "length", "some_day"
            )
        )
    changed = with_act(pl.concat(parts, how="diagonal_relaxed"), acts, "", "act", "code", "day")
    registered = pl.any_horizontal(pl.col("surname", "given", "surname_kana", "given_kana").is_not_null())
    who, name = ("muni", "person"), ("surname", "given", "surname_kana", "given_kana")
    corrected = pl.col("code") == CORRECTION
    # What a correction takes back never held: it has no last day, and ends by the act all the same.
    before = changed.select(
        *who, *name, "begun", ended="act", until=pl.when(~corrected).then("day"), kind=pl.lit("registered")
    )
    people = people.join(
        changed.select("person", "act", "code", "day"), on="person", how="left", maintain_order="left"
    )
    now = people.filter(registered).select(
        *who,
        *name,
        begun=pl.coalesce("act", "begun"),
        since=pl.when(~corrected).then("day"),
        kind=pl.lit("registered"),
    )
    wed = pl.col("code") == WEDDING
    former = people.filter(pl.col("former_surname").is_not_null()).select(
        *who, surname="former_surname", surname_kana="former_surname_kana",
        begun=pl.when(wed).then("act").otherwise("begun"), since=pl.when(wed).then("day"), kind=pl.lit("former"),
    )  # fmt: skip
    alias = people.filter(pl.col("alias").is_not_null()).select(
        *who, "begun", whole="alias", whole_kana="alias_kana", kind=pl.lit("alias")
    )
    latin = people.filter(pl.col("latin_name").is_not_null()).select(
        *who, "begun", whole="latin_name", whole_kana="latin_kana", kind=pl.lit("latin")
    )
    return [table.with_columns(group=pl.lit("name")) for table in (before, now, former, alias, latin)]


def _statuses(people: pl.DataFrame, acts: pl.DataFrame, span: Span) -> list[pl.DataFrame]:
    """Statuses of residence of foreign residents; some had come as students, dependents or trainees."""
    foreign = (pl.col("nationality") != "JPN") | pl.col("residence_status").is_not_null()
    changes = some_day(people, STATUS, span).with_columns(code=pl.lit(STATUS, pl.Int8))
    changes = with_act(changes, acts, "", "act", "code", "some_day")
    earlier = np.array(["student", "technical_intern_training", "dependent"])
    drawn = (dice(span, 190, changes["person"]) * len(earlier)).astype(np.int64)
    before = changes.select(
        "muni", "person", "begun", "nationality", until="some_day", ended="act",
        residence_status=pl.Series(earlier[drawn].tolist(), dtype=pl.String),
    )  # fmt: skip
    people = people.join(
        changes.select("person", "act", "some_day"), on="person", how="left", maintain_order="left"
    )
    now = people.filter(foreign).select(
        "muni",
        "person",
        "nationality",
        "residence_status",
        since="some_day",
        begun=pl.coalesce("act", "begun"),
    )
    return [table.with_columns(group=pl.lit("foreign_status")) for table in (before, now)]
