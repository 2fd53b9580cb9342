"""Households fit together: heads, relations, ages, siblings, surnames."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from enishi.nation.heads import RELATIONS
from tests.nation.conftest import DAY, Built

INSTITUTIONS = {"elder_home", "hospital", "child_home", "dormitory", "prison"}


@pytest.fixture(scope="module")
def residents(nation: Built) -> pl.DataFrame:
    """Those on the register on the day, with their head's birth, sex and surname."""
    present = nation.people.filter("present")
    heads = present.filter(pl.col("relation") == "head").select(
        "household", head_birth="birth_date", head_sex="sex", head_surname="surname", head_age="age"
    )
    return present.join(heads, on="household", how="left")


def younger_by(frame: pl.DataFrame) -> pl.Series:
    """Years by which each row is younger than its head."""
    return (frame["birth_date"] - frame["head_birth"]).dt.total_days() / 365.25


def test_no_household_has_two_heads_on_any_day_of_the_window(nation: Built) -> None:
    heads = nation.people.filter(pl.col("relation") == "head")
    for offset in range(-90, 91, 10):
        day = DAY + timedelta(days=offset)
        present = heads.filter(
            (pl.col("resident_from").is_null() | (pl.col("resident_from") <= day))
            & (pl.col("resident_until").is_null() | (pl.col("resident_until") > day))
        )
        assert present["household"].is_unique().all(), day


def test_nearly_every_household_has_a_head_on_the_day(nation: Built) -> None:
    present = nation.people.filter("present")
    headless = set(present["household"]) - set(present.filter(pl.col("relation") == "head")["household"])
    assert len(headless) <= 3


def test_households_are_as_large_as_in_the_country(nation: Built) -> None:
    sizes = nation.people.filter("present").group_by("household").len()["len"]
    assert 1.9 < sizes.mean() < 2.4
    assert 0.33 < (sizes == 1).mean() < 0.52
    assert sizes.max() <= 14


def test_every_relation_that_a_nation_has_occurs(nation: Built) -> None:
    assert set(nation.people["relation"]) <= set(RELATIONS)
    common = set(RELATIONS) - {"nephew_niece", "grandparent"}
    assert common <= set(nation.people["relation"])


def test_people_in_institutions_are_households_of_one(nation: Built) -> None:
    inside = nation.people.filter(pl.col("institution").is_not_null())
    assert set(inside["institution"]) == INSTITUTIONS
    sizes = nation.people.group_by("household").len()
    assert (inside.join(sizes, on="household")["len"] == 1).all()
    assert (inside["relation"] == "head").all()
    assert inside.filter(pl.col("institution") == "elder_home")["age"].min() >= 60
    assert inside.filter(pl.col("institution") == "child_home")["age"].max() < 18
    assert inside.filter(pl.col("institution") == "dormitory")["age"].min() >= 15
    assert inside.filter(pl.col("institution") == "prison")["age"].min() >= 20


def test_no_child_under_15_heads_a_household_but_in_a_home_for_children(nation: Built) -> None:
    children = nation.people.filter((pl.col("age") < 15) & (pl.col("relation") == "head"))
    assert set(children["institution"]) == {"child_home"}


def test_spouses_are_adults_of_the_other_sex_and_about_the_same_age(residents: pl.DataFrame) -> None:
    spouses = residents.filter((pl.col("relation") == "spouse") & pl.col("head_birth").is_not_null())
    assert spouses.height > 3_000
    assert (spouses["sex"] != spouses["head_sex"]).all()
    assert spouses["age"].min() >= 18
    assert spouses["head_age"].min() >= 18
    gap = younger_by(spouses).abs()
    assert gap.max() < 24.1
    assert gap.mean() < 6
    per_household = residents.filter(pl.col("relation") == "spouse").group_by("household").len()
    assert per_household["len"].max() == 1


@pytest.mark.parametrize(
    ("relation", "least", "most"),
    [
        ("child", 15.9, 61),
        ("grandchild", 32, 95),
        ("parent", -62, -15.9),
        ("parent_in_law", -75, -5),
        ("grandparent", -75, -30),
        ("nephew_niece", 15, 100),
        ("spouse_child", -10, 61),
    ],
)
def test_ages_fit_the_relation_to_the_head(
    residents: pl.DataFrame, relation: str, least: float, most: float
) -> None:
    gap = younger_by(residents.filter((pl.col("relation") == relation) & pl.col("head_birth").is_not_null()))
    if len(gap):
        assert gap.min() >= least
        assert gap.max() <= most


def test_mothers_were_16_to_49_when_their_children_were_born(residents: pl.DataFrame) -> None:
    mothers = residents.filter(
        ((pl.col("relation") == "head") & (pl.col("sex") == 2))
        | ((pl.col("relation") == "spouse") & (pl.col("sex") == 2))
    ).select("household", mother_birth="birth_date")
    children = residents.filter(pl.col("relation") == "child").join(mothers, on="household")
    gap = (children["birth_date"] - children["mother_birth"]).dt.total_days() / 365.25
    assert gap.min() >= 15.99
    assert gap.max() <= 50
    assert 29 < gap.mean() < 33


def test_siblings_are_twins_or_ten_months_apart(nation: Built) -> None:
    children = nation.people.filter(pl.col("relation").is_in(["child", "spouse_child"])).sort(
        "household", "birth_date"
    )
    gap = (pl.col("birth_date") - pl.col("birth_date").shift(1)).dt.total_days()
    pairs = children.with_columns(
        gap=pl.when(pl.col("household") == pl.col("household").shift(1)).then(gap)
    ).drop_nulls("gap")
    assert not pairs.filter((pl.col("gap") > 0) & (pl.col("gap") < 300)).height
    twins = pairs.filter(pl.col("gap") == 0).height
    assert 0.003 < twins / children.height < 0.012


def test_children_live_with_parents(residents: pl.DataFrame) -> None:
    children = residents.filter(pl.col("age") < 15)
    shares = dict(children["relation"].value_counts(normalize=True).iter_rows())
    assert shares["child"] > 0.9
    assert shares.get("nephew_niece", 0) < 0.02
    assert shares["head"] < 0.01


def test_families_share_their_surname(residents: pl.DataFrame) -> None:
    japanese = residents.filter((pl.col("nationality") == "JPN") & pl.col("head_surname").is_not_null())
    heads_japanese = japanese.filter(
        pl.col("household").is_in(
            residents.filter((pl.col("relation") == "head") & (pl.col("nationality") == "JPN"))[
                "household"
            ].implode()
        )
    )
    same = (
        heads_japanese.with_columns(same=pl.col("surname") == pl.col("head_surname"))
        .group_by("relation")
        .agg(pl.col("same").mean())
    )
    shares = dict(same.iter_rows())
    assert shares["spouse"] == shares["sibling"] == 1
    # A daughter who lives with her husband in the house of her parents bears his name.
    assert shares["child"] > 0.98
    assert shares["cohabitant"] < 0.2
    in_law = heads_japanese.filter((pl.col("relation") == "parent_in_law") & (pl.col("head_sex") == 1))
    assert in_law.height > 10
    assert (in_law["surname"] == in_law["head_surname"]).mean() < 0.2


def test_siblings_do_not_share_a_given_name(nation: Built) -> None:
    children = nation.people.filter((pl.col("relation") == "child") & (pl.col("nationality") == "JPN"))
    doubles = children.height - children.select("household", "given", "given_kana").n_unique()
    assert doubles <= 1


def test_households_live_at_one_address_and_apply_on_one_day(nation: Built) -> None:
    per_household = nation.people.group_by("household").agg(
        pl.struct("muni", "ward", "postcode", "town", "applied_on").n_unique()
    )
    assert (per_household["muni"] == 1).all()
