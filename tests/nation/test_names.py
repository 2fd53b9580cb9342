"""Names, readings, foreign residents, addresses, protection."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.kana import is_registered_kana
from enishi.nation.foreigners import STATUSES, load_foreign_names
from enishi.nation.given_names import load_given_names
from enishi.nation.romaji import hepburn
from enishi.nation.surnames import POPULATION, compounds, listed, load_surnames
from tests.nation.conftest import Built


def test_japanese_have_both_names_with_registered_readings(nation: Built) -> None:
    japanese = nation.people.filter(pl.col("nationality") == "JPN")
    for name in ("surname", "given", "surname_kana", "given_kana"):
        assert not japanese[name].null_count()
    readings = {
        *japanese["surname_kana"],
        *japanese["given_kana"],
        *japanese["former_surname_kana"].drop_nulls(),
    }
    assert all(is_registered_kana(reading) for reading in readings)
    for name in ("alias", "latin_name", "latin_kana", "residence_status"):
        assert japanese[name].null_count() == japanese.height


def test_foreign_residents_have_latin_names_and_some_kanji_or_aliases(nation: Built) -> None:
    foreign = nation.people.filter(pl.col("nationality") != "JPN")
    assert 0.01 < foreign.height / nation.people.height < 0.05
    assert foreign["latin_name"].str.contains("^[A-Z]+( [A-Z]+)+$").all()
    assert all(is_registered_kana(kana, full_name=True) for kana in foreign["latin_kana"])
    assert set(foreign["residence_status"]) <= set(STATUSES)
    assert foreign["surname_kana"].null_count() == foreign.height
    assert 0.2 < foreign["surname"].is_not_null().mean() < 0.6
    aliases = foreign.filter(pl.col("alias").is_not_null())
    assert 0.03 < aliases.height / foreign.height < 0.25
    assert aliases["alias"].str.count_matches("\u3000").unique().to_list() == [1]
    assert all(is_registered_kana(kana, full_name=True) for kana in aliases["alias_kana"])


def test_a_foreign_childs_status_is_not_one_for_work(nation: Built) -> None:
    children = nation.people.filter((pl.col("nationality") != "JPN") & (pl.col("age") < 15))
    assert children.height > 5
    work = {"engineer_humanities_international", "technical_intern_training", "student", "spouse_of_japanese"}
    assert not set(children["residence_status"]) & work


def test_old_and_young_women_have_different_names(nation: Built) -> None:
    women = nation.people.filter((pl.col("nationality") == "JPN") & (pl.col("sex") == 2))
    ending = women.group_by(pl.col("age") // 30).agg(
        pl.col("given").str.ends_with("子").mean().alias("share")
    )
    share = dict(ending.iter_rows())
    assert share[2] > 0.25
    assert share[0] < 0.08


def test_former_surnames_are_those_of_some_married_women(nation: Built) -> None:
    former = nation.people.filter(pl.col("former_surname").is_not_null())
    assert former["sex"].mean() > 1.8
    assert (former["age"] >= 18).all()
    married = nation.people.filter(
        (pl.col("relation") == "spouse") & (pl.col("sex") == 2) & pl.col("surname_kana").is_not_null()
    )
    assert 0.01 < married["former_surname"].is_not_null().mean() < 0.08


def test_the_commonest_surnames_have_as_many_bearers_as_listed() -> None:
    names = load_surnames()
    drawn = pl.Series(names.table).value_counts().rename({"": "name"}).sort("count", descending=True)
    for rank, (kanji, _, bearers) in enumerate(listed()[:5]):
        assert names.kanji[drawn["name"][rank]] == kanji
        assert drawn["count"][rank] / 2**20 == pytest.approx(bearers / POPULATION, rel=0.01)
    tail = drawn.filter(pl.col("name") >= len(listed()))["count"].sum() / 2**20
    assert 0.20 < tail < 0.22


def test_surnames_of_the_tail_are_new_and_have_readings() -> None:
    names = load_surnames()
    assert len(set(names.kanji)) == len(names.kanji) > 20_000
    assert all(is_registered_kana(kana) for kana in names.kana)


def test_compounds_join_a_beginning_and_an_ending_with_their_readings() -> None:
    known = [
        ("山田", "ヤマダ"),
        ("山川", "ヤマカワ"),
        ("石田", "イシダ"),
        ("石橋", "イシバシ"),
        ("大橋", "オオバシ"),
        ("大川", "オオカワ"),
    ]
    assert ("石川", "イシカワ") in compounds(known, 10)
    assert not {kanji for kanji, _ in compounds(known, 10)} & {kanji for kanji, _ in known}


def test_all_readings_of_given_names_are_registered_kana() -> None:
    names = load_given_names()
    assert all(is_registered_kana(kana) for kana in set(names.kana))
    assert int(names.tables[0].max()) < names.first[1]


def test_all_names_of_foreign_residents_can_be_registered() -> None:
    names = load_foreign_names()
    assert all(is_registered_kana(kana, full_name=True) for kana in names.kana)
    assert all(latin.replace(" ", "").isascii() and latin.isupper() for latin in names.latin)


@pytest.mark.parametrize(
    ("kana", "written", "latin"),
    [
        ("トウキョウ", "東京", "tokyo"),
        ("サッポロ", "札幌", "sapporo"),
        ("カツウラ", "勝浦", "katsuura"),
        ("グンマ", "群馬", "gumma"),
        ("シンジュク", "新宿", "shinjuku"),
        ("マッチ", "", "matchi"),
    ],
)
def test_place_names_in_hepburn(kana: str, written: str, latin: str) -> None:
    assert hepburn(kana, written) == latin


@given(
    st.text(
        alphabet="アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴャュョッ",
        min_size=1,
    )
)
def test_hepburn_leaves_no_kana_of_a_well_formed_name(kana: str) -> None:
    latin = hepburn(kana)
    if not any(glide in kana for glide in "ャュョ"):
        assert latin.isascii()


def test_protected_persons_are_adults_who_are_not_heads_with_or_without_children(nation: Built) -> None:
    protected = nation.people.filter(pl.col("protected_muni").is_not_null())
    assert (protected["relation"] != "head").all()
    assert (protected["protected_muni"] != protected["muni"]).all()
    assert protected["present"].all()
    children = protected.filter(pl.col("age") < 18)
    adults = protected.filter(pl.col("age") >= 18)
    assert set(children["household"]) <= set(adults["household"])


def test_towns_have_names_and_postcodes_of_their_municipality(nation: Built) -> None:
    assert nation.people["postcode"].str.contains("^[0-9]{7}$").all()
    assert nation.people["town"].str.len_chars().min() > 0
    assert not nation.people["town"].str.contains("掲載|階").any()
    setagaya = nation.people.filter(pl.col("muni") == "131121")
    assert setagaya["postcode"].str.starts_with("15").all()
    assert setagaya["town"].n_unique() > 40
    island = nation.people.filter(pl.col("muni") == "473588")
    assert island["town"].str.len_chars().min() > 0
