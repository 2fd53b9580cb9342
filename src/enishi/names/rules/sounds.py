"""What a dictionary reading of a character may sound like inside a name.

A dictionary gives the reading of a verb with its ending (つと.める); a name has the stem, the form that ends a sentence, the
classical form (ツトム), or a part of the ending. Behind another character a reading may be voiced (連濁: タ, ダ), before
another it may be geminated (促音化: イチ, イッ). Sources: 現代仮名遣い (Cabinet notice 1 of 1986) and 送り仮名の付け方 (Cabinet
notice 2 of 1973) for the modern forms; the classical endings are those of school grammar (文語文法).
"""

from __future__ import annotations

from enishi.kernel.kana import katakana
from enishi.names.rules.readings import Change, Evidence

_VOICED = dict(
    zip("カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True)
)
_MERGED = {"チ": "ジ", "ツ": "ズ"}
"""Sounds that fell together: ヂ and ジ, ヅ and ズ."""
_HALF_VOICED = dict(zip("ハヒフヘホ", "パピプペポ", strict=True))
_GEMINATED = "ツチクキフ"
_E_TO_U = dict(zip("エケセテネヘメレゲゼデベ", "ウクスツヌフムルグズヅブ", strict=True))
_I_TO_U = dict(zip("イキシチニヒミリギジビ", "ウクスツヌフムルグズブ", strict=True))
_U_TO_I = dict(zip("ウクグスツヌブムル", "イキギシチニビミリ", strict=True))
_NEVER_FIRST = frozenset("ァィゥェォャュョッヮンー")
_OTHERWISE = {"ヶ": "ガカケコ", "ケ": "ガカケコ", "ヵ": "ガカ", "之": "ノ", "ッ": "ツ", "っ": "ツ"}
"""Letters and characters between others that are not read as they stand: 霞ヶ関 ガ, 三ッ木 ツ."""
_OLD = {"ヰ": "イ", "ヱ": "エ", "ヲ": "オ", "ヂ": "ジ", "ヅ": "ズ"}
"""Letters that sound like another one today, and are registered as either."""


def is_kana(letter: str) -> bool:
    """Whether it is hiragana, katakana or the long-vowel mark."""
    return "ぁ" <= letter <= "ゖ" or "ァ" <= letter <= "ヺ" or letter == "ー"


def may_begin(letter: str) -> bool:
    """Whether the reading of a character may begin with this letter: not with a small one, ン or ー."""
    return letter not in _NEVER_FIRST


def of_letter(letter: str) -> dict[str, bool]:
    """What a letter of kana is read as, and whether so inside a name alone; nothing for other characters."""
    own = katakana(letter)
    found = {own: False, _OLD.get(own, own): False} if is_kana(letter) else {}
    return found | {sound: True for sound in _OTHERWISE.get(letter, "") if sound not in found}


def of_kun(entry: str) -> dict[str, Evidence]:
    """The forms of a native reading (訓) in a dictionary's writing: the ending behind a full stop, hyphens where something goes
    before or behind it. The forms as katakana, in the order of their nearness.
    """
    stem, _, ending = katakana(entry).strip("-").partition(".")
    whole = stem + ending
    forms: dict[str, Evidence] = dict.fromkeys((whole, stem), Evidence.KUN)
    if not ending:
        return forms
    for length in range(1, len(ending)):
        forms.setdefault(stem + ending[:length], Evidence.KUN)
    before, last = whole[-2:-1], whole[-1]
    if last == "ル" and len(ending) > 1 and before in _E_TO_U | _I_TO_U:
        forms.setdefault(whole[:-2] + (_E_TO_U | _I_TO_U)[before], Evidence.CLASSICAL)
    if last in _U_TO_I:
        forms.setdefault(whole[:-1] + _U_TO_I[last], Evidence.KUN)
    if whole.endswith("シイ"):
        forms.setdefault(whole[:-1], Evidence.CLASSICAL)
    elif last == "イ":
        for classical in "シミ":
            forms.setdefault(whole[:-1] + classical, Evidence.CLASSICAL)
    forms.pop("", None)
    return forms


def behind(reading: str) -> dict[str, Change]:
    """What a reading may become behind another character."""
    first, rest = reading[:1], reading[1:]
    changed = {table[first] + rest: Change.VOICED for table in (_VOICED, _MERGED) if first in table}
    return changed | ({_HALF_VOICED[first] + rest: Change.HALF_VOICED} if first in _HALF_VOICED else {})


def before(reading: str) -> dict[str, Change]:
    """What a reading may become before another character."""
    geminated = len(reading) > 1 and reading[-1] in _GEMINATED
    return {reading[:-1] + "ッ": Change.GEMINATED} if geminated else {}


def parts(reading: str) -> tuple[str, ...]:
    """The parts of a reading that a name may use alone (部分音訓): what it begins with, and what it ends with, whole morae."""
    cuts = [cut for cut in range(1, len(reading)) if may_begin(reading[cut])]
    return tuple(
        dict.fromkeys([*(reading[:cut] for cut in reversed(cuts)), *(reading[cut:] for cut in cuts)])
    )
