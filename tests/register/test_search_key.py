"""The form in which names and what a clerk types are compared, in pure Python and in the loader's Polars."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.variants import FREQUENT, REDUCED, TABLE_2
from enishi.register.engines.keys import search_keys
from enishi.register.rules.search_key import is_reading, search_key

PARTS = [
    "さとう",
    "ゔ",
    "ガ",
    "ｶﾞ",
    "ﾊﾟ",
    "ー",
    "佐藤",
    "邉\U000e0101",
    "髙",
    "𠮷",
    "瀧",
    "a",
    "Ｚ",
    "９",
    "%",
    "_",
    " ",
    "　",
    "・",
    "-",
]


@given(text=st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_typing_a_search_key_finds_the_same_as_the_text(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


KNOWN = st.characters(exclude_categories=["Cs", "Cn"])
"""Characters that Python's Unicode tables know: those of the columns' engine are newer."""


@given(
    texts=st.lists(
        st.text(KNOWN, max_size=20) | st.text("あいがﾊﾟー 　・-vV髙邉𠮷邊\U000e0101", max_size=8), max_size=5
    )
)
def test_the_loader_makes_the_keys_that_the_search_compares(texts: list[str]) -> None:
    made = pl.Series("text", texts, dtype=pl.String).to_frame().select(search_keys(pl.col("text")))["text"]
    assert made.to_list() == [search_key(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "key", "reading"),
    [
        ("さとう　はな", "サトウハナ", True),
        ("ﾜﾀﾅﾍﾞ", "ワタナベ", True),
        ("ゔぁいおりん", "ヴァイオリン", True),
        ("邉\U000e0102", "辺", False),
        ("渡邊", "渡辺", False),
        ("髙橋", "高橋", False),
        ("𠮷野", "吉野", False),
        ("濵﨑", "浜崎", False),
        ("齋藤", "斎藤", False),
        ("斉藤", "斉藤", False),
        ("神\U0000fe00谷", "神谷", False),
        ("瀧澤", "滝沢", False),
        ("Mc-Donald", "MCDONALD", False),
        ("サトー", "サトー", True),
        ("佐藤ハナ", "佐藤ハナ", False),
        ("", "", False),
    ],
)
def test_worked_examples_of_search_keys(text: str, key: str, reading: bool) -> None:
    assert (search_key(text), is_reading(search_key(text))) == (key, reading)


def test_no_usual_form_is_itself_reduced_and_no_variant_stands_twice() -> None:
    pairs = f"{TABLE_2} {FREQUENT}".split()
    assert all(len(pair) == 2 for pair in pairs)
    assert len(REDUCED) == len(pairs) > 200
    assert not set(REDUCED) & set(REDUCED.values())
