"""The register's pure rules: how a name is compared in a search."""

from __future__ import annotations

import unicodedata

from enishi.kernel.variants import REDUCED

HIRAGANA = {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}
"""Each hiragana with its katakana (Unicode lays both blocks out alike, 96 apart)."""

DROPPED = " \t　・･.-’'"
"""What a person may or may not type between the parts of a name."""

SELECTORS = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
"""Variation selectors: they choose a glyph of a character, not another character (UTS #37)."""

_FOLDING = str.maketrans(
    HIRAGANA | REDUCED | dict.fromkeys(DROPPED, "") | {chr(code): "" for code in SELECTORS}
)


def search_key(text: str) -> str:
    """The form in which names, readings and what a clerk types are compared.

    Unicode NFKC (half-width kana become full-width, compatibility characters their unified ones), upper case,
    hiragana as katakana, old and variant characters in their usual form (`kernel.variants`), without spaces, dots,
    hyphens, apostrophes and variation selectors. `%`, `_` and all else stay what they are.
    """
    return unicodedata.normalize("NFKC", text).upper().translate(_FOLDING)


def is_reading(key: str) -> bool:
    """Whether a search key is written in katakana only, and so may be a reading."""
    return bool(key) and all("\u30a1" <= character <= "\u30ff" for character in key)
