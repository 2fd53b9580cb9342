"""The Latin letters of a passport: Hepburn by the regulation, from the parts of a reading.

Regulation for Enforcement of the Passport Act (旅券法施行規則), annex on Hepburn letters: ン is M before B, M and P; ッ doubles
the consonant behind it, T before CH; long オ and ウ are written once; at the end of a name オオ stays OO; no apostrophe, no mark
on a vowel. Two vowels that belong to two characters are no long vowel (井上 イノ・ウエ INOUE, 松浦 マツ・ウラ MATSUURA): so the
parts are needed, not the reading alone. Who declares so may have long オ as OH, or long vowels as in kana: OO, OU, UU (`Long`).
"""

from __future__ import annotations

from enum import StrEnum

from enishi.names.rules.readings import RAREST, Evidence, Finding

_ROWS = {
    "": "アイウエオ",
    "K": "カキクケコ",
    "S": "サシスセソ",
    "T": "タチツテト",
    "N": "ナニヌネノ",
    "H": "ハヒフヘホ",
    "M": "マミムメモ",
    "R": "ラリルレロ",
    "G": "ガギグゲゴ",
    "Z": "ザジズゼゾ",
    "D": "ダヂヅデド",
    "B": "バビブベボ",
    "P": "パピプペポ",
}
_LETTERS = {
    kana: head + vowel for head, row in _ROWS.items() for kana, vowel in zip(row, "AIUEO", strict=True)
} | {
    "シ": "SHI",
    "チ": "CHI",
    "ツ": "TSU",
    "フ": "FU",
    "ジ": "JI",
    "ヂ": "JI",
    "ヅ": "ZU",
    "ヤ": "YA",
    "ユ": "YU",
    "ヨ": "YO",
    "ワ": "WA",
    "ヰ": "I",
    "ヱ": "E",
    "ヲ": "O",
    "ン": "N",
    "ヴ": "BU",
    "ヵ": "KA",
    "ヶ": "KE",
}
_SMALL = {
    "ャ": "YA",
    "ュ": "YU",
    "ョ": "YO",
    "ァ": "A",
    "ィ": "I",
    "ゥ": "U",
    "ェ": "E",
    "ォ": "O",
    "ヮ": "WA",
}
_ONCE = {"OO", "OU", "UU"}
"""Long vowels that are written once. エイ, イイ, エエ and アア stay as they are."""


class Long(StrEnum):
    """How long オ and ウ are written: once, as the regulation has it, or as the holder declares: long オ as OH, or as in kana."""

    ONCE = "once"
    OH = "oh"
    KANA = "kana"


def romanised(finding: Finding, long: Long = Long.ONCE, *, apart: bool = True) -> str:
    """Capitals for one part of a name; `long`: as declared. Kana side by side are one morpheme; where not every character has
    its usual part, or not `apart`, the whole reading is: for a vowel of two characters that people say long (桑折 コ・オリ).
    """
    sure = all(part.is_full for part in finding.parts) and finding.rarity <= RAREST
    readings = _morphemes(finding) if sure and apart else ["".join(part.reading for part in finding.parts)]
    letters = "".join(
        _shortened(_syllables(reading), is_last=place == len(readings), long=long)
        for place, reading in enumerate(readings, 1)
    )
    return _assimilated(letters)


def _morphemes(finding: Finding) -> list[str]:
    """The reading of each character, of kana side by side together; those that are not read left out."""
    found: list[str] = []
    before = None
    for part in finding.parts:
        if part.evidence is Evidence.KANA and before is Evidence.KANA:
            found[-1] += part.reading
        elif part.reading:
            found.append(part.reading)
        before = part.evidence if part.reading else before
    return found


def _syllables(reading: str) -> list[str]:
    """The syllables of one morpheme in Latin letters; ッ as a mark before its consonant."""
    found: list[str] = []
    for letter in reading:
        if letter == "ッ":
            found.append("*")
        elif letter in _SMALL:
            last = found.pop() if found else ""
            found.append(_with_small(last, _SMALL[letter]))
        elif letter != "ー":
            found.append(_LETTERS[letter])
    return found


def _with_small(syllable: str, small: str) -> str:
    """KI and YA: KYA; SHI and YA: SHA. Any other small letter is written behind: SHI, E: SHIE; TE, I: TEI; FU, A: FUA."""
    if small[0] != "Y" or not syllable.endswith("I") or len(syllable) < 2:
        return syllable + small
    head = syllable[:-1]
    return head + (small[1:] if head in ("SH", "CH", "J") else small)


def _shortened(syllables: list[str], *, is_last: bool, long: Long) -> str:
    """One morpheme with its long vowels as they are to be; `is_last`: it ends the name."""
    text = ""
    for place, syllable in enumerate(syllables, 1):
        vowels = text[-1:] + syllable
        ends = is_last and place == len(syllables) and vowels == "OO"
        if len(syllable) > 1 or vowels not in _ONCE or ends or long is Long.KANA:
            text += syllable
        elif long is Long.OH and text[-1] == "O":
            text += "H"
    return text


def _assimilated(letters: str) -> str:
    """ッ as the consonant behind it, ン as M before B, M and P."""
    text = ""
    for place, letter in enumerate(letters):
        following = letters[place + 1 : place + 2]
        if letter == "*":
            text += {"C": "T"}.get(following, following).strip("AIUEO*")
        elif letter == "N" and following and following in "BMP":
            text += "M"
        else:
            text += letter
    return text
