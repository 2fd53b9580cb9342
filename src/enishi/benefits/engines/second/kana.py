"""Bank kana for the second opinion: its own table, derived from the Unicode character database.

Characters of banks: JIS X 0201 without small kana, ｦ and ｰ; docs/benefits-run.md, section 3, "Match".
Everything here counts code points: the half-width voiced marks U+FF9E and U+FF9F extend graphemes, so that a
function that counts graphemes would see one letter in ｶﾞ.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VOICED_MARKS = "ﾞﾟ"
NARROW_KANA = "".join(map(chr, range(0xFF71, 0xFF9E)))
PARTY_SYMBOLS = " ().-"
PARTY_PATTERN = "[0-9A-Z" + "ｱ-ﾝ" + VOICED_MARKS + r" ().\-]+"
"""Regular expression (RE2 and Python) of a text in the Zengin set for parties."""

HOLDER_PATTERN = r"([0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)([ 0-9A-Z().\-]|[ｱ-ﾝ][ﾞﾟ]?)*"
"""The same for an account holder: no space in front, and every mark behind its letter."""

_LONG_MARKS = "ーｰ-‐‑‒–—―−－"
_MARK_OF = {"\u3099": "ﾞ", "\u309a": "ﾟ", "゛": "ﾞ", "゜": "ﾟ", "ﾞ": "ﾞ", "ﾟ": "ﾟ"}
_OLD_LETTERS = {"ヰ": "イ", "ヱ": "エ", "ヲ": "オ"}
_NARROW_OF = {unicodedata.normalize("NFKC", narrow): narrow for narrow in NARROW_KANA}


def _kana_image(letter: str) -> str:
    """The half-width letters of one katakana of any width: large, unvoiced, its voiced mark behind it."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter))
    base, marks = decomposed[0], decomposed[1:]
    base = unicodedata.lookup(unicodedata.name(base).replace(" SMALL", ""))
    return _NARROW_OF[_OLD_LETTERS.get(base, base)] + "".join(_MARK_OF[mark] for mark in marks)


def _table() -> dict[int, str]:
    katakana = [chr(point) for point in (*range(0x30A1, 0x30FB), *range(0xFF66, 0xFF9E)) if point != 0xFF70]
    table = {ord(letter): _kana_image(letter) for letter in katakana}
    table |= {ord(letter) - 0x60: _kana_image(letter) for letter in map(chr, range(0x30A1, 0x30F7))}
    table |= {ord(mark): image for mark, image in _MARK_OF.items()}
    table |= {ord(mark): "-" for mark in _LONG_MARKS}
    for point in range(ord("!"), ord("~") + 1):
        narrow = chr(point).upper()
        if narrow.isalnum() or narrow in PARTY_SYMBOLS:
            table |= {point: narrow, point - ord("!") + ord("！"): narrow}
    return table | {ord(" "): " ", ord("\u3000"): " "}


_TABLE = _table()
_MATCH_TABLE = {point: "" if image in PARTY_SYMBOLS else image for point, image in _TABLE.items()}
_NOT_OF_BANK_NAMES = re.compile("[^0-9A-Z" + NARROW_KANA + VOICED_MARKS + r" \-]")


@lru_cache(maxsize=2**16)
def match_form(text: str) -> str:
    """The form in which names are compared: bank kana without spaces, hyphens, full stops and brackets.

    A character without an image in bank kana stays, so that its name agrees with no account holder.
    """
    return text.translate(_MATCH_TABLE)


def is_party_text(text: str) -> bool:
    """Whether a text has only characters of the Zengin set for parties, and at least one."""
    return re.fullmatch(PARTY_PATTERN, text) is not None


def bank_text(kana: str, width: int = 15) -> str:
    """The name of a bank or branch in a bank file: half-width, `-` its only symbol, `width` characters.

    What is too long is cut without parting a letter from its voiced mark.
    """
    image = _NOT_OF_BANK_NAMES.sub("", kana.translate(_TABLE))
    cut = image[:width]
    if image[width : width + 1] and image[width] in VOICED_MARKS:
        cut = cut[:-1]
    return cut.ljust(width)
