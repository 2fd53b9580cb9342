"""The history of a shard as acts and facts (docs/snapshot.md), from who lived where (past.py).

An event is a day on which something of one or more people of a family changed; it becomes one act of the municipality. A
fact is what held of a person from one event to another.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from enishi.nation.past import DEAD_SPOUSE, Past, Span, dice, given_names, surnames, town_of
from enishi.nation.persons import SCHEMA as PERSONS
from enishi.nation.reference import Reference

(IN, FROM_ABROAD, BIRTH, DEATH, OUT, ABROAD, WITHIN, JOINED, WEDDING, SPLIT, MERGE, CORRECTION, RENAMED,
 STATUS) = range(14)  # fmt: skip
KIND_OF = {
    IN: "move_in", FROM_ABROAD: "move_in_from_abroad", BIRTH: "birth", DEATH: "death", OUT: "move_out",
    ABROAD: "move_out_abroad", WITHIN: "move_within", JOINED: "move_within",
    WEDDING: "family_register", SPLIT: "household_split", MERGE: "household_merge", CORRECTION: "correction",
    RENAMED: "family_register", STATUS: "immigration",
}  # fmt: skip
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
MISREAD, RENAMES, NEW_STATUS = 0.004, 0.0008, 0.4

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
    addresses = _addresses(people, past.moves, reference, span)
    acts = _acts(_events(people, addresses, span), span)
    people = _elsewhere(_elsewhere(people, "since", reference, span), "until", reference, span)
    numbered = acts.select("family", "code", "about", "day", "act")
    facts = pl.concat(_facts(people, addresses, numbered, reference, span), how="diagonal_relaxed")
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


def _addresses(people: pl.DataFrame, moves: pl.DataFrame, reference: Reference, span: Span) -> pl.DataFrame:
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


def _place(country: pl.Expr) -> pl.Expr:
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


def _elsewhere(people: pl.DataFrame, side: str, reference: Reference, span: Span) -> pl.DataFrame:
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
    said = rows.select("person", _place(pl.col("country")).alias(f"place_{side}"))
    return people.join(said, on="person", how="left", maintain_order="left")


def _events(people: pl.DataFrame, addresses: pl.DataFrame, span: Span) -> pl.DataFrame:
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
            rows(_some_day(people, code, span), code, "person", pl.col("some_day"))
            for code in (CORRECTION, RENAMED, STATUS)
        ),
    ]
    return pl.concat(parts)


def _some_day(people: pl.DataFrame, code: int, span: Span) -> pl.DataFrame:
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
    to = lived.select("code", "about", day="since", to=_place(pl.lit("JPN"))).unique(
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


def _facts(
    people: pl.DataFrame, addresses: pl.DataFrame, acts: pl.DataFrame, reference: Reference, span: Span
) -> list[pl.DataFrame]:
    """What held of everybody, a table a group, each fact with the acts by which it began and ended."""
    people = _acted(people, acts, "start", "begun", "start_code", "since")
    people = _acted(people, acts, "end", "ended", "end_code", "until")
    who = ("muni", "person")
    residence = people.select(
        *who, "since", "until", "entry", "exit", "begun", "ended",
        group=pl.lit("residence"), came_from="place_since", going_to="place_until",
    )  # fmt: skip
    born = people.select(*who, "begun", "sex", group=pl.lit("particulars"), birth_date=pl.col("birth"))
    lived = _acted(addresses.with_columns(end_code="ended"), acts, "start", "begun", "code", "since")
    lived = _acted(lived.drop("ended"), acts, "end", "ended", "end_code", "until")
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


def _acted(
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
    people = _acted(people, acts, "", "changed", "why_code", "join", subject)
    people = _acted(people, acts, "", "led", "death", "later", pl.col("led_by"))
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
        rows = _some_day(people, code, span)
        given = given_names(dice(span, 182 + code, rows["person"]), rows["sex"].to_numpy(), reference)
        other = {"given_kana": words.given_kana.gather(given)}
        if code == RENAMED:
            other["given"] = words.given.gather(given)
        parts.append(
            rows.with_columns(day="some_day", code=pl.lit(code, pl.Int8), **other).drop(
                "chosen", "first", "length", "some_day"
            )
        )
    changed = _acted(pl.concat(parts, how="diagonal_relaxed"), acts, "", "act", "code", "day")
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
    changes = _some_day(people, STATUS, span).with_columns(code=pl.lit(STATUS, pl.Int8))
    changes = _acted(changes, acts, "", "act", "code", "some_day")
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
