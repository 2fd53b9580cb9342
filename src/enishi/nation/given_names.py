"""Given names by sex and decade of birth.

Spellings and readings come from `japanese-personal-name-dataset` (MIT), which has no frequencies. They are
modelled: a reading weighs by its number of spellings (more where the list marks it popular), a spelling by
how common its characters are over the whole list (geometric mean), ranks inside a reading after Zipf.
Fashion is a factor on characters: each of some 90 has a decade in which it was liked most, so 子 ends the
names of older women and 翔 begins those of young men. No names of real cohorts are used.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import is_registered_kana
from enishi.nation.surnames import katakana

Float64s = npt.NDArray[np.float64]

DECADES = tuple(range(1910, 2030, 10))
FILES = ("first_name_man", "first_name_woman")
WORDS = 2**16

LIKED: tuple[dict[str, int], dict[str, int]] = (
    {
        "蔵": 1900, "吉": 1905, "松": 1905, "作": 1910, "衛": 1900, "勇": 1930, "清": 1925, "正": 1930, "茂": 1930,
        "三": 1925, "義": 1930, "治": 1930, "男": 1935, "夫": 1938, "雄": 1942, "昭": 1935, "勝": 1940, "弘": 1940,
        "武": 1938, "進": 1942, "実": 1938, "稔": 1935, "博": 1950, "司": 1955, "幸": 1950, "隆": 1955, "和": 1952,
        "明": 1955, "秀": 1955, "浩": 1962, "一": 1950, "誠": 1968, "哲": 1962, "健": 1972, "史": 1970, "彦": 1962,
        "之": 1965, "樹": 1995, "介": 1985, "輔": 1985, "拓": 1988, "大": 1993, "太": 1993, "也": 1990, "平": 1985,
        "翔": 2000, "斗": 2004, "希": 2004, "颯": 2013, "悠": 2008, "蓮": 2012, "陽": 2012, "湊": 2018, "琉": 2012,
        "翼": 1998, "輝": 1998, "真": 1998, "優": 2000, "空": 2010, "海": 2004, "人": 1992, "馬": 2004, "碧": 2018,
        "律": 2018, "蒼": 2014, "郎": 1950, "朗": 1980, "二": 1945, "次": 1935, "助": 1910, "良": 1945, "喜": 1935,
    },
    {
        "子": 1942, "江": 1935, "枝": 1930, "代": 1942, "ツ": 1915, "ハ": 1915, "千": 1940, "よ": 1915, "き": 1920,
        "恵": 1958, "美": 1968, "幸": 1948, "和": 1940, "節": 1938, "悦": 1940, "洋": 1948, "久": 1948, "由": 1965,
        "香": 1978, "里": 1978, "織": 1982, "穂": 1984, "奈": 1988, "沙": 1988, "愛": 1992, "麻": 1980, "絵": 1982,
        "菜": 1996, "花": 2004, "華": 2002, "咲": 2006, "優": 2002, "結": 2010, "莉": 2010, "彩": 1998, "葵": 2008,
        "心": 2010, "陽": 2010, "凛": 2012, "杏": 2010, "桜": 2008, "澪": 2014, "紬": 2018, "芽": 2012, "乃": 2006,
        "衣": 2008, "希": 2000, "音": 2008, "梨": 1996, "瑠": 2008, "真": 1985, "智": 1970, "裕": 1962, "直": 1965,
        "紀": 1955, "雅": 1962, "典": 1952, "敏": 1942, "照": 1932, "文": 1940, "信": 1938, "静": 1928, "春": 1930,
    },
)  # fmt: skip
BREADTH = (14.0, 13.0)
"""Years from its best decade after which a character's factor has fallen to e^-0.5."""
FLOOR = 0.02
LONGEST = 4
"""Characters of a spelling."""
ZIPF = np.arange(1, 600) ** -1.1
"""Shares of the spellings of one reading, by rank."""


@dataclass(frozen=True)
class GivenNames:
    """`kanji`, `kana`: one entry a name, men's first. `tables`: (2, 12, 65536) indexes from `first[sex]`
    on."""

    kanji: tuple[str, ...]
    kana: tuple[str, ...]
    first: tuple[int, int]
    tables: npt.NDArray[np.uint16]


def decade_of(years: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index into DECADES of years of birth."""
    return np.clip((years - DECADES[0]) // 10, 0, len(DECADES) - 1)


def load_given_names() -> GivenNames:
    """Builds the tables. Raises BadInput where the package is not what it was."""
    kanji: list[str] = []
    kana: list[str] = []
    tables = np.empty((2, len(DECADES), WORDS), dtype=np.uint16)
    first = []
    places = (np.arange(WORDS) + 0.5) / WORDS
    for sex in (0, 1):
        spellings, readings, weights = _weighed(sex)
        first.append(len(kanji))
        for decade, column in enumerate((weights * _fashion(sex, spellings)).T):
            share = np.cumsum(column)
            tables[sex, decade] = np.searchsorted(share / share[-1], places)
        kanji += spellings
        kana += readings
    return GivenNames(tuple(kanji), tuple(kana), (first[0], first[1]), tables)


def _rows(sex: int, kind: str) -> list[list[str]]:
    path = files("japanese_personal_name_dataset") / "dataset" / f"{FILES[sex]}_{kind}.csv"
    try:
        return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise BadInput(
            f"the list of given names cannot be read: {error}",
            where=str(path),
            todo="install the locked japanese-personal-name-dataset",
        ) from error


def _weighed(sex: int) -> tuple[list[str], list[str], Float64s]:
    """Spellings, readings in katakana and (names, 1) weights before fashion."""
    popular = {row[0] for row in _rows(sex, "opti")}
    rows = [(row[0], katakana(row[0]), row[2:]) for row in _rows(sex, "org")]
    rows = [row for row in rows if is_registered_kana(row[1]) and 2 <= len(row[1]) <= 7]
    common = Counter("".join(name for _, _, spellings in rows for name in spellings))
    readings_of = Counter(name for _, _, spellings in rows for name in spellings)
    logs = {letter: math.log(count + 1) for letter, count in common.items()}
    names: list[str] = []
    readings: list[str] = []
    weights: list[float] = []
    for hiragana, reading, spellings in rows:
        known = list(dict.fromkeys(name for name in spellings if 1 <= len(name) <= LONGEST))
        if sex == 1 and hiragana in popular:
            known += [name for name in (hiragana, reading) if len(name) <= LONGEST]
        if not known:
            continue
        known.sort(key=lambda name: -sum(logs.get(letter, 0.0) for letter in name) / len(name))
        weight = len(known) ** 1.2 * (15.0 if hiragana in popular else 1.0)
        # A spelling that stands under many readings is not the commonest under each of them.
        shares = ZIPF[: len(known)] / np.array([readings_of.get(name, 1) for name in known])
        names += known
        readings += [reading] * len(known)
        weights += (shares * (weight / shares.sum())).tolist()
    return names, readings, np.array(weights)[:, None]


def _fashion(sex: int, names: list[str]) -> Float64s:
    """(names, decades) factors: the geometric mean over a name's characters, its last one counting once
    more.
    """
    middle = np.array(DECADES, dtype=np.float64) + 5

    def liked(year: float) -> Float64s:
        factor: Float64s = np.log(FLOOR + np.exp(-(((middle - year) / BREADTH[sex]) ** 2) / 2))
        return factor

    neutral = np.full(len(DECADES), np.log(0.25))
    # A name written in katakana is an old woman's; its letters have no fashion of their own.
    factors = np.stack(
        [neutral * 0, neutral, liked(1925) - 0.5, *(liked(year) for year in LIKED[sex].values())]
    )
    place = {letter: 3 + index for index, letter in enumerate(LIKED[sex])}
    place |= {chr(letter): 2 for letter in range(ord("ァ"), ord("ヶ") + 1) if chr(letter) not in "ツハ"}
    letters = np.array([[place.get(letter, 1) for letter in name.ljust(LONGEST)] for name in names])
    lengths = np.array([len(name) for name in names])
    letters[np.arange(LONGEST) >= lengths[:, None]] = 0
    last = letters[np.arange(len(names)), lengths - 1]
    ending = np.where(lengths[:, None] > 1, factors[last], neutral)
    result: Float64s = np.exp(factors[letters].sum(axis=1) / lengths[:, None] + ending)
    return result
