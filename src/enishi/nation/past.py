"""Who lived where in the years before the day: the families of the day looked back upon, and those who have gone.

Works on the rows of a shard (persons.py) as columns. Every draw depends on the seed and the id of the person or household
alone, so the past of a household is the same whatever shard it lies in. Rates are those of demography.py, whose windows add
up to the yearly figures of the nation. docs/nation.md says what is modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel.errors import BadInput
from enishi.nation import demography as rates
from enishi.nation.households import YEAR
from enishi.nation.movement import WINDOW
from enishi.nation.reference import Reference
from enishi.nation.unit import UNIT_IDS

Float64s = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

LAYER = 1_200_000
"""Ids of those who have gone: the id of somebody of the day plus so many times the number of their layer."""
OUT_1, OUT_2, OUT_3, OUT_ABROAD, DEAD_ALONE, DEAD_SPOUSE, DEAD_PARENT = range(1, 8)
OWN_HOME = 6
"""Layer of the household in which somebody lived before joining this one; `DEAD_PARENT` that of one split off."""
GAP = WINDOW + 2
"""Days before the day that are the snapshot's own: nobody of the history comes or goes in them."""
COMING_OF_AGE = int(18 * YEAR)
PER_YEAR = 365.25 / WINDOW
MARRIED_LATELY = (0, 0, 0, 1, 1, .95, .75, .40, .15, .07, .04, .02, .01) + (0,) * 8  # fmt: skip
"""Of couples, by the younger one's five-year band: married within ten years."""
WIDOWED, PARENT_DIED, DIED_ALONE = 0.36, 0.12, 0.36
SPLIT, MERGED, FROM_NEARBY = 0.35, 0.30, 0.5
OFTEN = 5
"""Most moves of a household within the municipality in its time."""
NAMES = ("surname", "given", "surname_kana", "given_kana", "former_surname", "former_surname_kana",
         "alias", "alias_kana", "latin_name", "latin_kana")  # fmt: skip


@dataclass(frozen=True)
class Span:
    """`seed` of the nation; `on`, the day, and `start`, the first of its history: days since 1970."""

    seed: int
    on: int
    start: int


@dataclass(frozen=True)
class Past:
    """`people`: everybody on the register between the start and the day; `moves`: days on which families moved within.

    People: `family` (whose addresses they share), `since`, `until` (days since 1970, null: no such day), `entry`, `exit`;
    `household`, `relation` (a path) from `join` on, `household_before`, `relation_before` before it, `why` it changed.
    `addressed`: first day at the family's address, null from the start. `layer`: 0 for those with a row on the day.
    """

    people: pl.DataFrame
    moves: pl.DataFrame


def dice(span: Span, purpose: int, keys: pl.Series | Int64s) -> Float64s:
    """A number from 0 to 1 for each key (splitmix64 over seed, purpose and key)."""
    z = np.asarray(keys).astype(np.uint64) * np.uint64(0xD1342543DE82EF95)
    z += np.uint64((span.seed * 0x9E3779B97F4A7C15 + purpose * 0xBF58476D1CE4E5B9) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    z ^= z >> np.uint64(31)
    drawn: Float64s = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def past(frame: pl.DataFrame, reference: Reference, span: Span) -> Past:
    """The past of the households of a shard. Raises BadInput for a unit so large that ids do not suffice."""
    if frame.select((((pl.col("person") - 1) % UNIT_IDS) >= LAYER).any()).item():
        raise BadInput(
            f"a unit has more than {LAYER:,} people: too many for a history",
            where="--history",
            todo="leave --history out",
        )
    people = _people_of_the_day(frame, reference, span)
    families = _families(people, span)
    gone, gone_families = _gone(people, families, span, reference)
    people = pl.concat([people, gone], how="diagonal")
    families = _arrivals(pl.concat([families, gone_families], how="diagonal"), span)
    people = _born_or_arrived(people, families, span)
    people = _married(people, families, span)
    people = pl.concat([people, _dead_spouses(people, families, span, reference)], how="diagonal")
    people = _widowed(people)
    people = pl.concat([people, _dead_parents(people, families, span, reference)], how="diagonal")
    return Past(_merged(people, families, span), _moves(families, span))


def _people_of_the_day(frame: pl.DataFrame, reference: Reference, span: Span) -> pl.DataFrame:
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


def _families(people: pl.DataFrame, span: Span) -> pl.DataFrame:
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


def _rate(families: pl.DataFrame) -> Float64s:
    """Moves across a municipal border a year of each household."""
    rate = rates.MOVES[families["band"].to_numpy()] * PER_YEAR
    return np.where(families["institution"].is_not_null().to_numpy(), 0.04, rate)


def _abroad(families: pl.DataFrame) -> Float64s:
    foreign = (families["head_nationality"] != "JPN").to_numpy().astype(np.int64)
    yearly: Float64s = np.asarray(rates.COMES_FROM_ABROAD, dtype=np.float64)[foreign] * PER_YEAR
    return yearly


def _gone(
    people: pl.DataFrame, families: pl.DataFrame, span: Span, reference: Reference
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households that have left since the start: alike the households of the day, at the age that these have now."""
    years = (span.on - GAP - span.start) / 365.25
    keys = families["family"]
    adult = (span.on - families["head_birth"].to_numpy()) >= COMING_OF_AGE
    whole = families["came"].is_null().to_numpy() & (families["head_birth"].to_numpy() > -60_000)
    many = _rate(families) * years * 1.15 * (adult & whole)
    chances = {OUT_1: np.minimum(many, 1), OUT_2: np.clip(many - 1, 0, 1), OUT_3: np.clip(many - 2, 0, 1)}
    chances[OUT_ABROAD] = np.minimum(_abroad(families) * years * adult * whole, 1)
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


def surnames(u: Float64s, reference: Reference) -> Int64s:
    """Surnames drawn by how common they are: places in the dictionaries of `Words`. `u`: 0 to 1."""
    table = reference.names.surname_table
    drawn: Int64s = table[(u * len(table)).astype(np.int64)].astype(np.int64) + 1
    return drawn


def given_names(u: Float64s, sex: npt.NDArray[np.integer], reference: Reference) -> Int64s:
    """Given names of a sex (1 or 2), likewise."""
    tables, first = reference.names.given_tables, reference.names.given_first
    which = sex.astype(np.int64) - 1
    flat = tables.reshape(2, -1)
    drawn: Int64s = flat[which, (u * flat.shape[1]).astype(np.int64)].astype(np.int64) + first[which] + 1
    return drawn


def town_of(u: Float64s, unit: npt.NDArray[np.integer], reference: Reference) -> Int64s:
    """A town of a unit, the first ones of the postal data more often."""
    first = reference.town_first[unit]
    count = reference.town_first[unit + 1] - first
    drawn: Int64s = first + np.minimum((u**1.7 * count).astype(np.int64), count - 1)
    return drawn


def _arrivals(families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """`came`, null before the start, and `came_how`, of every family."""
    keys = families["family"]
    rate, abroad = _rate(families), _abroad(families)
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


def _born_or_arrived(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
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


def _married(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
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


def _dead_spouses(
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


def _widowed(people: pl.DataFrame) -> pl.DataFrame:
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


def _dead_parents(
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


def _merged(people: pl.DataFrame, families: pl.DataFrame, span: Span) -> pl.DataFrame:
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


def _moves(families: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Days on which families moved within the municipality: `family`, `day`, and `nth` from 1."""
    began = np.maximum(families["began"].to_numpy(), families["head_birth"].to_numpy() + COMING_OF_AGE) + 20
    calm = families["calm"].to_numpy() & (families["layer"].to_numpy() == 0)
    end = np.where(calm, span.on, families["ref"].to_numpy()) - 5
    length = np.maximum(end - began, 0)
    expected = _rate(families) * length / 365.25
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
