"""Registered accounts: real branches, holders in the exact characters of a bank file, some faults."""

from __future__ import annotations

import json

import polars as pl
import pytest

from enishi.kernel.kana import ZENGIN_PARTY, ZENGIN_VOICE_MARKS, match_form
from enishi.nation.accounts import COLUMNS, _mistype
from enishi.nation.banks import JAPAN_POST, LEADING, _leading, _source, load_banks
from tests.nation.conftest import Built


@pytest.fixture(scope="module")
def accounts(nation: Built) -> pl.DataFrame:
    return nation.people.filter(pl.col("bank").is_not_null())


def matches(row: dict[str, str | None]) -> bool:
    """Whether the holder is the person, under any registered kind of name."""
    names = [
        (row["surname_kana"] or "") + (row["given_kana"] or ""),
        (row["former_surname_kana"] or "") + (row["given_kana"] or ""),
        row["alias_kana"] or "",
        row["latin_name"] or "",
        row["latin_kana"] or "",
    ]
    holder = match_form(row["account_holder"] or "")
    return any(name and match_form(name)[: len(holder)] == holder and len(holder) > 3 for name in names)


def test_half_of_all_people_have_an_account_all_or_nothing(nation: Built, accounts: pl.DataFrame) -> None:
    adults = nation.people.filter(pl.col("age") >= 18)
    children = nation.people.filter(pl.col("age") < 18)
    assert adults["bank"].is_not_null().mean() == pytest.approx(0.55, abs=0.02)
    assert children["bank"].is_not_null().mean() == pytest.approx(0.35, abs=0.03)
    for name in COLUMNS:
        assert accounts[name].null_count() == 0
        assert nation.people[name].null_count() == nation.people.height - accounts.height


def test_branches_are_real(accounts: pl.DataFrame) -> None:
    real = set(zip(load_banks().bank, load_banks().branch, strict=True))
    assert set(accounts.select("bank", "branch").rows()) <= real
    shares = dict(accounts["bank"].value_counts(normalize=True).iter_rows())
    assert 0.2 < shares[JAPAN_POST] < 0.28
    assert len(shares) > 300


def test_every_prefecture_has_its_leading_bank() -> None:
    banks = json.loads((_source() / "banks.json").read_text(encoding="utf-8"))
    assert [_leading(banks, name) for name in LEADING].count(JAPAN_POST) == 0
    assert len(LEADING) == 47


def test_numbers_and_types_have_their_form(accounts: pl.DataFrame) -> None:
    assert accounts["account_number"].str.contains("^[0-9]{7}$").all()
    assert set(accounts["account_type"]) == {"1", "2", "4"}
    assert (accounts["account_type"] == "1").mean() > 0.95


def test_holders_are_written_in_characters_of_a_bank_file(accounts: pl.DataFrame) -> None:
    for holder in accounts["account_holder"]:
        assert ZENGIN_PARTY.issuperset(holder)
        assert 1 <= len(holder) <= 30
        assert holder[0] not in ZENGIN_VOICE_MARKS
        assert holder == holder.strip()


def test_a_few_holders_are_not_the_person(accounts: pl.DataFrame) -> None:
    faulty = sum(not matches(row) for row in accounts.iter_rows(named=True))
    assert 0.003 < faulty / accounts.height < 0.008


def test_some_holders_are_written_without_a_space(accounts: pl.DataFrame) -> None:
    japanese = accounts.filter(pl.col("nationality") == "JPN")
    assert 0.01 < 1 - japanese["account_holder"].str.contains(" ").mean() < 0.08


def test_foreign_accounts_bear_latin_names_kana_or_aliases(accounts: pl.DataFrame) -> None:
    foreign = accounts.filter(pl.col("nationality") != "JPN")
    latin = foreign["account_holder"].str.contains("^[A-Z ]+$")
    assert 0.4 < latin.mean() < 0.85
    alias = foreign.filter(pl.col("alias").is_not_null())
    forms = [
        match_form(kana) == match_form(holder)
        for kana, holder in alias.select("alias_kana", "account_holder").rows()
    ]
    assert any(forms)


@pytest.mark.parametrize(("name", "mistyped"), [("ﾀｶﾀﾞ ﾐﾎ", "ﾀｶﾀ ﾐﾎ"), ("ﾓﾘ ｱｲ", "ﾘﾓ ｱｲ"), ("ｱｱ", "ｱｱｲ")])
def test_a_mistyped_name_is_one_letter_off(name: str, mistyped: str) -> None:
    assert _mistype(name) == mistyped


def test_applications_lie_within_three_months_of_the_start_but_for_a_few(nation: Built) -> None:
    starts = pl.read_parquet(nation.folder / "municipalities.parquet", columns=["muni", "application_start"])
    households = (
        nation.people.filter("present")
        .unique("household")
        .join(starts, on="muni")
        .with_columns(days=(pl.col("applied_on") - pl.col("application_start")).dt.total_days())
    )
    assert households["days"].min() >= 0
    assert 0.985 < (households["days"] < 92).fill_null(False).mean() < 0.998
    assert (households["days"] >= 92).any()
    assert 0.001 < households["applied_on"].is_null().mean() < 0.012
    gone = nation.people.group_by("household").agg(pl.col("present").any(), pl.col("applied_on").first())
    assert (
        gone.filter(~pl.col("present"))["applied_on"].null_count() == gone.filter(~pl.col("present")).height
    )
