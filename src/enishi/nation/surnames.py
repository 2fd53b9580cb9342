"""Surnames with the numbers of their bearers, and a modelled tail for those beyond the list.

The list (`japanese-personal-name-dataset`, MIT) has 1,999 surnames with estimated bearers, 79 % of all
people. The tail continues it: the n-th surname has C * n^-s bearers, C and s fitted to ranks 500 to 1,999
of the list, until all people are spent. Its names are compounds of parts of the listed two-kanji surnames
(田 + 沢 ...): each listed surname is divided into (kanji, reading) of its two characters by the likeliest
division over the whole list, and new pairs are ranked by the product of how often each part begins or ends
a name.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import is_registered_kana

POPULATION = 126_000_000
"""People whom the list's estimates are 79 % of."""
FITTED = slice(499, 1999)
TAIL = 40_000
FIRSTS, SECONDS = 420, 300
ROUNDS = 6
_NEVER_FIRST = "ァィゥェォッャュョンー"

Part = tuple[str, str]


@dataclass(frozen=True)
class Surnames:
    """`kanji`, `kana`: one entry a surname, most frequent first. `table`: 2^20 indexes, drawn with a 20-bit
    word.
    """

    kanji: tuple[str, ...]
    kana: tuple[str, ...]
    table: npt.NDArray[np.uint16]


def katakana(hiragana: str) -> str:
    """Hiragana as full-width katakana."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in hiragana)


def listed() -> list[tuple[str, str, int]]:
    """Kanji, reading and bearers of every listed surname, most frequent first. Raises BadInput."""
    path = files("japanese_personal_name_dataset") / "dataset" / "last_name_org.csv"
    try:
        text = path.read_text(encoding="utf-8")
        rows = [(row[0], katakana(row[2]), int(row[1])) for row in csv.reader(text.splitlines())]
    except (OSError, ValueError, IndexError) as error:
        raise BadInput(
            f"the list of surnames cannot be read: {error}",
            where=str(path),
            todo="install the locked japanese-personal-name-dataset",
        ) from error
    good = [row for row in rows if is_registered_kana(row[1]) and len(row[1]) >= 2]
    return sorted(good, key=lambda row: -row[2])


def load_surnames() -> Surnames:
    """The list and its tail. Raises BadInput."""
    known = listed()
    bearers = np.array([count for _, _, count in known], dtype=np.float64)
    ranks = np.arange(1, len(bearers) + 1, dtype=np.float64)
    slope, level = np.polyfit(np.log(ranks[FITTED]), np.log(bearers[FITTED]), 1)
    names = [(kanji, kana) for kanji, kana, _ in known]
    more = compounds(names, TAIL)
    tail = np.exp(level + slope * np.log(np.arange(len(known) + 1, len(known) + len(more) + 1)))
    tail *= (POPULATION - bearers.sum()) / tail.sum()
    share = np.cumsum(np.concatenate([bearers, tail]))
    places = (np.arange(2**20) + 0.5) / 2**20
    table = np.searchsorted(share / share[-1], places).astype(np.uint16)
    every = names + more
    return Surnames(tuple(k for k, _ in every), tuple(r for _, r in every), table)


def compounds(names: list[Part], count: int) -> list[Part]:
    """New two-kanji surnames of the parts of listed ones, likeliest first, at most `count`."""
    firsts, seconds = _parts(names)
    first = [part for part in firsts.most_common(FIRSTS) if part[1] > 1]
    second = [part for part in seconds.most_common(SECONDS) if part[1] > 1]
    weight = np.outer(np.sqrt([n for _, n in first]), np.sqrt([n for _, n in second])).ravel()
    order = np.argsort(-weight, kind="stable")
    taken = {kanji for kanji, _ in names}
    found: list[Part] = []
    for place in order.tolist():
        (one, reading), (two, ending) = first[place // len(second)][0], second[place % len(second)][0]
        kanji = one + two
        if one != two and kanji not in taken:
            taken.add(kanji)
            found.append((kanji, reading + ending))
            if len(found) == count:
                break
    return found


def _parts(names: list[Part]) -> tuple[Counter[Part], Counter[Part]]:
    """How often each (kanji, reading) begins and ends the two-kanji names, by the likeliest divisions."""
    divisions = [
        [
            ((kanji[0], kana[:cut]), (kanji[1], kana[cut:]))
            for cut in range(1, len(kana))
            if _divides(kana, cut)
        ]
        for kanji, kana in names
        if len(kanji) == 2 and "々" not in kanji
    ]
    divisions = [options for options in divisions if options]
    firsts = Counter(first for options in divisions for first, _ in options)
    seconds = Counter(second for options in divisions for _, second in options)
    for _ in range(ROUNDS):
        chosen = [max(options, key=lambda pair: firsts[pair[0]] * seconds[pair[1]]) for options in divisions]
        firsts = Counter(first for first, _ in chosen)
        seconds = Counter(second for _, second in chosen)
    return firsts, seconds


def _divides(kana: str, cut: int) -> bool:
    return kana[cut] not in _NEVER_FIRST
