"""Katakana of place names in modified Hepburn romanisation without marks of length, as on road signs."""

from __future__ import annotations

import re

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_IRREGULAR = {
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya", "ユ": "yu",
    "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu", "ー": "", "ヶ": "ga", "ヵ": "ka", "ヰ": "i", "ヱ": "e",
    "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ヮ": "wa",
}  # fmt: skip
_SINGLE = {
    letter: row + vowel
    for row, letters in _ROWS.items()
    for letter, vowel in zip(letters, "aiueo", strict=True)
} | _IRREGULAR
_OWN_U = {"浦": "ウラ", "内": "ウチ", "上": "ウエ", "海": "ウミ", "梅": "ウメ", "牛": "ウシ", "魚": "ウオ"}
"""Readings whose ウ begins a word and so does not lengthen the vowel before it: 勝浦 is Katsuura."""
_GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o"}


def hepburn(kana: str, written: str = "") -> str:
    """Lower-case Latin letters of full-width katakana: `トウキョウ` gives `tokyo`. Other characters are
    kept.

    `written`: the name in kanji, which tells a long vowel from two words that meet.
    """
    text = ""
    for kanji, reading in _OWN_U.items():
        if kanji in written:
            kana = kana.replace(reading, f"|{reading}")
    doubled = False
    for letter in kana:
        if letter == "ッ":
            doubled = True
            continue
        if letter in _GLIDES and text.endswith("i"):
            stem = text[:-1]
            text = stem + ("" if stem.endswith(("sh", "ch", "j")) else "y") + _GLIDES[letter]
            continue
        syllable = _SINGLE.get(letter, letter)
        if doubled:
            syllable = ("t" if syllable.startswith("ch") else syllable[:1]) + syllable
            doubled = False
        text += syllable
    text = re.sub("ou|oo", "o", text)
    text = re.sub("uu", "u", text)
    return re.sub("n(?=[bmp])", "m", text).replace("|", "")


def capitalised(kana: str, written: str = "") -> str:
    """`hepburn` with a capital first letter."""
    return hepburn(kana, written).capitalize()
