"""Kana as registered and as banks have it: a one-way projection, and the exact sets of Zengin files.

Bank files (全銀協規定フォーマット, the Japanese Bankers Association's transfer formats) carry names in
single-byte JIS X 0201: capitals, digits, large half-width kana with the voiced mark as a letter of its own.
Registered kana (small kana, ー, ヴ) is projected onto them; the way back does not exist. `PROJECTION` is the
whole table, for engines that translate columns.
"""

from __future__ import annotations

import string

from enishi.kernel.errors import BadInput

_FULL = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
_HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ"
_VOICED = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"
_UNVOICED = "カキクケコサシスセソタチツテトハヒフヘホウ"
_HALF_VOICED = "パピプペポ"
_SMALL = "ァィゥェォッャュョヮヵヶ"
_LARGE = "アイウエオツヤユヨワカケ"
_HALF_SMALL = "ｧｨｩｪｫｯｬｭｮ"
_OLD = {"ヰ": "ｲ", "ヱ": "ｴ", "ヲ": "ｵ", "ｦ": "ｵ", "ヷ": "ﾜﾞ", "ヸ": "ｲﾞ", "ヹ": "ｴﾞ", "ヺ": "ｵﾞ"}
_MARKS = {"゛": "ﾞ", "゜": "ﾟ", "\u3099": "ﾞ", "\u309a": "ﾟ"}
_HYPHENS = "ーｰ-‐‑–—―−－"
_HIRAGANA_TO_KATAKANA = 0x60
_KATAKANA = {point: point + _HIRAGANA_TO_KATAKANA for point in range(ord("ぁ"), ord("ゖ") + 1)}

ZENGIN_VOICE_MARKS = frozenset("ﾞﾟ")
_LETTERS = frozenset(string.ascii_uppercase + string.digits + _HALF) | ZENGIN_VOICE_MARKS

ZENGIN_PARTY: frozenset[str] = _LETTERS | frozenset(" ()-.")
"""Names of parties: A-Z, 0-9, ｱ to ﾝ without ｦ, ﾞ ﾟ, space, ( ) - and the full stop.
"""

ZENGIN_BANK: frozenset[str] = _LETTERS | frozenset(" -")
"""What names of banks and branches may hold: as parties, with the hyphen as the only symbol."""

REGISTERED_KANA: frozenset[str] = frozenset(_FULL + _VOICED + _HALF_VOICED + _SMALL + "ヲヰヱー")
"""Letters of a registered reading (振り仮名): full-width katakana with small kana and the long-vowel mark."""


def _projection() -> dict[str, str]:
    half = dict(zip(_FULL, _HALF, strict=True))
    table = dict(half)
    table.update(zip(_SMALL, (half[large] for large in _LARGE), strict=True))
    table.update((voiced, half[plain] + "ﾞ") for voiced, plain in zip(_VOICED, _UNVOICED, strict=True))
    table.update((letter, half[plain] + "ﾟ") for letter, plain in zip(_HALF_VOICED, "ハヒフヘホ", strict=True))
    table.update(_OLD)
    hiragana = {
        chr(ord(letter) - _HIRAGANA_TO_KATAKANA): image
        for letter, image in table.items()
        if "ァ" <= letter <= "ヶ"
    }
    table.update(hiragana)
    table.update(zip(_HALF_SMALL, "ｱｲｳｴｵﾂﾔﾕﾖ", strict=True))
    table.update(dict.fromkeys(_HYPHENS, "-"))
    table.update(_MARKS)
    table.update({"\u3000": " ", "（": "(", "）": ")", "．": "."})
    for upper in string.ascii_uppercase + string.digits:
        for written in {upper, upper.lower()}:
            table[written] = upper
            table[chr(ord(written) - ord("!") + ord("！"))] = upper
    table.update((letter, letter) for letter in ZENGIN_PARTY)
    return table


PROJECTION: dict[str, str] = _projection()
"""Each character that has an image, with the one or two half-width characters that it becomes.

All else has none.
"""

_TRANSLATION = {ord(letter): image for letter, image in PROJECTION.items()}
_UNCOMPARED = {ord(letter): None for letter in " -.()"}


def bank_kana(text: str) -> str:
    """Registered kana or Latin letters as a bank writes them: characters of `ZENGIN_PARTY` only.

    Small kana become large (キョ: ｷﾖ), ー becomes "-", voiced marks follow their letter (ヴ: ｳﾞ), ヲ: ｵ, ヰ:
    ｲ, ヱ: ｴ, ヮヵヶ: ﾜｶｹ, full-width letters, digits and ()．－ narrow, lower case upper case, hiragana as
    katakana. Kept as it is: what is already an image. Raises BadInput that names the first character without
    an image (kanji, ・, ’ ...) and its place; it does not repeat the name.
    """
    image = text.translate(_TRANSLATION)
    if not ZENGIN_PARTY.issuperset(image):
        place, refused = next((i, c) for i, c in enumerate(text, 1) if c not in PROJECTION)
        raise BadInput(
            f"the character {refused!r} (U+{ord(refused):04X}) has no image in a bank file",
            where=f"name, character {place}",
            todo="give the name in katakana or Latin letters without other signs",
        )
    return image


def bank_name_kana(text: str) -> str:
    """The name of a bank or branch in a bank file: `bank_kana` without what `ZENGIN_BANK` does not hold.

    Lists of banks write names in full-width kana with ． and －: the hyphen stays, full stops and brackets
    go. Raises BadInput.
    """
    return "".join(letter for letter in bank_kana(text) if letter in ZENGIN_BANK)


def match_form(text: str) -> str:
    """The form in which names are compared: `bank_kana` without spaces, hyphens and full stops.

    Two names agree when their forms are equal and not empty. Raises BadInput.
    """
    return bank_kana(text).translate(_UNCOMPARED)


def katakana(text: str) -> str:
    """Hiragana as katakana; all else as it is."""
    return text.translate(_KATAKANA)


def truncate(text: str, width: int) -> str:
    """At most `width` characters from the start of half-width `text`.

    A letter that would lose its ﾞ or ﾟ goes as a whole.
    """
    if len(text) <= width:
        return text
    end = max(width, 0)
    while end and text[end] in ZENGIN_VOICE_MARKS:
        end -= 1
    return text[:end]


def is_registered_kana(text: str, *, full_name: bool = False) -> bool:
    """Whether `text` is one registered reading: full-width katakana and ー, beginning with a letter.

    With `full_name`, parts may be separated by single ideographic spaces, as in the kana of an alias. Source:
    Family Register Act (Act 224 of 1947), art. 13(1)(ii) and (3). The letters are those of the standard kana
    spelling (現代仮名遣い, Cabinet notice 1 of 1986), small kana, ー, and ヲヰヱヴ as in given names; the
    list of the ordinance itself was not at hand.
    """
    parts = text.split("\u3000") if full_name else [text]
    return all(part and part[0] != "ー" and REGISTERED_KANA.issuperset(part) for part in parts)
