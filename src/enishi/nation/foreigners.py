"""Names and residence statuses of foreign residents, from our own small synthetic lists.

Weights of nationalities follow the order of magnitude of the end of 2023 (Immigration Services Agency).
Latin names stand as on a residence card, surname first; their kana is for handling and is nobody's
statutory reading.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

STATUSES = (
    "permanent_resident",
    "special_permanent_resident",
    "long_term_resident",
    "spouse_of_japanese",
    "engineer_humanities_international",
    "technical_intern_training",
    "specified_skilled_worker",
    "student",
    "dependent",
    "designated_activities",
)
"""Statuses of residence (在留資格) and special permanent residence, in English."""

_SETTLED = (40, 0, 15, 10, 12, 3, 3, 4, 10, 3)
_MIX: dict[str, tuple[int, ...]] = {
    "CHN": (38, 0, 4, 4, 13, 5, 2, 18, 14, 2),
    "KOR": (18, 62, 2, 3, 7, 0, 0, 4, 3, 1),
    "TWN": (40, 1, 4, 8, 24, 0, 0, 12, 8, 3),
    "VNM": (5, 0, 2, 2, 18, 40, 14, 9, 8, 2),
    "IDN": (8, 0, 3, 3, 7, 50, 15, 7, 5, 2),
    "MMR": (4, 0, 3, 1, 12, 40, 14, 12, 4, 10),
    "NPL": (4, 0, 1, 1, 20, 2, 3, 33, 32, 4),
    "PHL": (46, 0, 18, 9, 4, 12, 6, 1, 3, 1),
    "BRA": (55, 0, 33, 9, 1, 0, 0, 0, 1, 1),
    "PER": (68, 0, 24, 6, 0, 0, 0, 0, 1, 1),
}


@dataclass(frozen=True)
class ForeignNames:
    """Full names by index `first[nationality, sex] + family * given[nationality, sex] + given`.

    `latin`, `kana`: full names; `surname`, `given_kanji`: in kanji, empty where the name has none.
    `nationality`: codes (ISO 3166-1 alpha-3), `nations`: 65,536 indexes of them, drawn with a 16-bit word.
    `families`: surnames of each. `kanji`, `alias`: shares of the nationals whose register shows kanji, an
    alias. `status`: (nations, 256) indexes.
    """

    nationality: tuple[str, ...]
    nations: npt.NDArray[np.uint8]
    families: Int64s
    givens: Int64s
    first: Int64s
    latin: tuple[str, ...]
    kana: tuple[str, ...]
    surname: tuple[str, ...]
    given: tuple[str, ...]
    kanji: npt.NDArray[np.float64]
    alias: npt.NDArray[np.float64]
    status: npt.NDArray[np.uint8]


def _table(weights: list[float] | tuple[int, ...], size: int) -> npt.NDArray[np.uint8]:
    share = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(share / share[-1], (np.arange(size) + 0.5) / size).astype(np.uint8)


def load_foreign_names() -> ForeignNames:
    """Builds the tables from data/foreign_names.json."""
    text = (files("enishi.nation") / "data" / "foreign_names.json").read_text(encoding="utf-8")
    source: dict[str, dict[str, Any]] = json.loads(text)
    latin: list[str] = []
    kana: list[str] = []
    surname: list[str] = []
    given: list[str] = []
    first = np.zeros((len(source), 2), dtype=np.int64)
    givens = np.zeros((len(source), 2), dtype=np.int64)
    for place, lists in enumerate(source.values()):
        for sex, names in enumerate((lists["male"], lists["female"])):
            first[place, sex] = len(latin)
            givens[place, sex] = len(names)
            for family in lists["family"]:
                for name in names:
                    latin.append(f"{family[0]} {name[0]}")
                    kana.append(f"{family[1]}\u3000{name[1]}")
                    surname.append(family[2] if len(family) > 2 else "")
                    given.append(name[2] if len(name) > 2 else "")
    return ForeignNames(
        nationality=tuple(source),
        nations=_table([lists["weight"] for lists in source.values()], 2**16),
        families=np.array([len(lists["family"]) for lists in source.values()], dtype=np.int64),
        givens=givens,
        first=first,
        latin=tuple(latin),
        kana=tuple(kana),
        surname=tuple(surname),
        given=tuple(given),
        kanji=np.array([lists["kanji"] for lists in source.values()]),
        alias=np.array([lists["alias"] for lists in source.values()]),
        status=np.stack([_table(_MIX.get(code, _SETTLED), 256) for code in source]),
    )
