"""Which columns of a municipality's file hold names and readings, by their headings.

Standard systems and older ones head them in many ways: 氏名, 氏名_漢字, 漢字氏名, 氏(カナ), フリガナ, カナ氏名, 名_振り仮名.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from enishi.kernel.kana import katakana


class Column(StrEnum):
    """What a column holds."""

    SURNAME = "surname"
    GIVEN = "given"
    NAME = "name"
    SURNAME_READING = "surname_reading"
    GIVEN_READING = "given_reading"
    READING = "reading"


_WORDS = {
    Column.SURNAME: ("氏", "姓", "名字", "苗字", "surname", "familyname", "lastname"),
    Column.GIVEN: ("名", "given", "givenname", "firstname"),
    Column.NAME: ("氏名", "姓名", "名前", "住民氏名", "宛名", "name", "fullname", ""),
}
_READING = {
    Column.SURNAME: Column.SURNAME_READING,
    Column.GIVEN: Column.GIVEN_READING,
    Column.NAME: Column.READING,
}
_OF_READINGS = (
    "フリガナ",
    "振リ仮名",
    "振仮名",
    "ヨミガナ",
    "読ミ仮名",
    "読ミ",
    "ヨミ",
    "カナ",
    "仮名",
    "reading",
    "kana",
)
_WRITTEN = ("漢字", "表記", "kanji")
_ALONE = {"セイ": Column.SURNAME_READING, "メイ": Column.GIVEN_READING, "シメイ": Column.READING}


def recognised(headings: Sequence[str]) -> dict[Column, int]:
    """The place (from 0) of each column whose heading says what it holds; the first one, where several do."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = _column(heading)
        if column is not None:
            found.setdefault(column, place)
    return found


def is_enough(columns: Mapping[Column, int]) -> bool:
    """Whether at least one column of names has its column of readings."""
    return any(name in columns and reading in columns for name, reading in _READING.items())


def _column(heading: str) -> Column | None:
    letters = unicodedata.normalize("NFKC", heading).casefold()
    word = "".join(letter for letter in katakana(letters) if letter.isalnum() or letter == "ー").replace(
        "ノ", ""
    )
    if word in _ALONE:
        return _ALONE[word]
    reads = False
    for mark in _OF_READINGS:
        if mark in word:
            word, reads = word.replace(mark, ""), True
            break
    for mark in _WRITTEN:
        word = word.replace(mark, "")
    for column, words in _WORDS.items():
        if word in words and (word or reads):
            return _READING[column] if reads else column
    return None
