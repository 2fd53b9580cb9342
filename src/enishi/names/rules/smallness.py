"""Kana that may have been written large though they are small: キヨウコ for キョウコ.

Registers and forms of a time without small kana wrote ャュョッ as ヤユヨツ; city after city asks its residents to check for it.
ヤユヨ may be small behind the イ column, ツ before the カ, サ, タ and パ rows. Source: 現代仮名遣い (Cabinet notice 1 of 1986).
"""

from __future__ import annotations

from itertools import product

SMALL = dict(zip("ヤユヨツ", "ャュョッ", strict=True))
_BEFORE_Y = frozenset("キシチニヒミリギジヂビピ")
_AFTER_TSU = frozenset("カキクケコサシスセソタチツテトパピプペポ")
MOST = 6
"""Doubtful letters of one reading, at most: 64 ways to write it. Of more, only the first ones are tried."""


def doubtful(reading: str) -> list[int]:
    """The places (from 0) of letters that stand large and may be small."""
    return [
        place
        for place, letter in enumerate(reading)
        if place
        and (
            (letter in "ヤユヨ" and reading[place - 1] in _BEFORE_Y)
            or (letter == "ツ" and reading[place + 1 : place + 2] in _AFTER_TSU)
        )
    ]


def variants(reading: str) -> list[str]:
    """All ways to write a reading with its doubtful letters large or small; first as it stands."""
    places = doubtful(reading)[:MOST]
    found = []
    for choice in product((False, True), repeat=len(places)):
        letters = list(reading)
        for place, small in zip(places, choice, strict=True):
            letters[place] = SMALL[letters[place]] if small else letters[place]
        found.append("".join(letters))
    return found


def enlarged(reading: str) -> str:
    """A reading as it is written without small ャュョッ."""
    return reading.translate({ord(small): large for large, small in SMALL.items()})
