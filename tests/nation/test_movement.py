"""Who came and who went within 90 days of the day."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tests.nation.conftest import DAY, PERSONS, Built

WINDOW = timedelta(days=90)


def test_days_lie_in_the_window_and_agree_with_the_cells(nation: Built) -> None:
    people = nation.people
    assert (people["resident_from"].drop_nulls().is_between(DAY - WINDOW, DAY + WINDOW)).all()
    assert (people["resident_until"].drop_nulls().is_between(DAY - WINDOW, DAY + WINDOW)).all()
    assert (people["resident_from"].is_null() == people["entry"].is_null()).all()
    assert (people["resident_until"].is_null() == people["exit"].is_null()).all()
    both = people.drop_nulls(["resident_from", "resident_until"])
    assert (both["resident_from"] < both["resident_until"]).all()


def test_every_way_of_coming_and_going_occurs_inside_and_outside_the_cells(nation: Built) -> None:
    ways = nation.people.group_by("present").agg(pl.col("entry").unique(), pl.col("exit").unique())
    for _, entries, exits in ways.iter_rows():
        assert {"birth", "from_abroad", "move_in"} <= set(entries)
        assert {"death", "abroad", "move_out"} <= set(exits)


def test_as_many_people_move_as_in_the_country(nation: Built) -> None:
    people = nation.people
    yearly = 365 / 90 / PERSONS
    outside = people.filter(~pl.col("present"))
    for way, low, high in (("death", 0.009, 0.016), ("move_out", 0.03, 0.055), ("abroad", 0.002, 0.007)):
        for frame in (outside, people.filter("present")):
            assert low < frame.filter(pl.col("exit") == way).height * yearly < high, way
    assert 0.004 < outside.filter(pl.col("entry") == "birth").height * yearly < 0.008


def test_births_begin_on_the_birth_date(nation: Built) -> None:
    born = nation.people.filter(pl.col("entry") == "birth")
    assert (born["resident_from"] == born["birth_date"]).all()
    babies = nation.people.filter(pl.col("present") & (pl.col("birth_date") > DAY - WINDOW))
    assert babies["entry"].is_in(["birth", "move_in", "from_abroad"]).all()
    moved = babies.filter(pl.col("entry") != "birth")
    assert (moved["resident_from"] > moved["birth_date"]).all()


def test_a_baby_born_after_the_day_has_its_mother_in_the_household(nation: Built) -> None:
    babies = nation.people.filter((pl.col("entry") == "birth") & ~pl.col("present"))
    assert babies.height > 10
    assert (babies["birth_date"] > DAY).all()
    mothers = nation.people.filter(
        pl.col("present") & (pl.col("sex") == 2) & (pl.col("age") >= 20) & (pl.col("age") < 45)
    )
    assert set(babies["household"]) <= set(mothers["household"])
    assert babies["relation"].is_in(["child", "grandchild"]).all()


def test_the_dead_are_removed_on_the_day_after(nation: Built) -> None:
    died = nation.people.filter(pl.col("exit") == "death")
    on_the_day = died.filter(pl.col("resident_until") == DAY + timedelta(days=1))
    assert on_the_day["present"].all()
    assert not died.filter(pl.col("resident_until") == DAY)["present"].any()
    heads = died.filter(pl.col("present") & (pl.col("relation") == "head"))
    assert heads.height > 10


def test_widows_are_heads_on_the_day(nation: Built) -> None:
    gone = nation.people.filter(
        (pl.col("relation") == "spouse") & ~pl.col("present") & (pl.col("exit") == "death")
    )
    assert gone.height > 5
    survivors = nation.people.filter(pl.col("present") & (pl.col("relation") == "head"))
    assert set(gone["household"]) <= set(survivors["household"])


def test_households_move_together(nation: Built) -> None:
    movers = nation.people.filter(pl.col("present") & (pl.col("entry") == "move_in"))
    households = nation.people.filter(
        pl.col("household").is_in(movers["household"].unique().implode())
        & (pl.col("entry") != "birth").fill_null(True)
    )
    days = households.filter("present").group_by("household").agg(pl.col("resident_from").n_unique())
    assert (days["resident_from"] == 1).all()
