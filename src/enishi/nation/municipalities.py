"""municipalities.parquet: the 1,741 municipalities, their accounts and their first day of applications."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel import municipality
from enishi.nation.banks import load_banks
from enishi.nation.births import day_number
from enishi.nation.places import names

Int64s = npt.NDArray[np.int64]

FIRST_START, LAST_START = 4, 39
"""Days after the day: 1 May and 5 June where the day is 27 April."""
SAME_DAY = 0.39
"""Share that began on the first day: 679 of 1,741 in 2020."""
ORIGINATOR = "SYNTHETIC "
ORIGINATOR_LENGTH = 40
CURRENT_ACCOUNT = "2"


def application_starts(codes: list[str], seed: int, on: date) -> Int64s:
    """Day (since 1970) on which each municipality begins to accept applications, from the seed and its
    code."""
    first = day_number(on) + FIRST_START
    draws = np.array([_draw(seed, code) for code in codes])
    later = 1 + np.floor((draws[:, 1]) * (LAST_START - FIRST_START)).astype(np.int64)
    return first + np.where(draws[:, 0] < SAME_DAY, 0, later)


def _draw(seed: int, code: str) -> npt.NDArray[np.float64]:
    return np.random.Generator(np.random.SFC64([seed, int(code), 2])).random(4)


def municipalities(seed: int, on: date) -> pl.DataFrame:
    """The file's rows, ordered by code."""
    known = names()
    codes = list(known)
    banks = load_banks()
    draws = np.array([_draw(seed, code) for code in codes])
    prefectures = [municipality.prefecture_of(code) for code in codes]
    leading = banks.leading[[int(prefecture) - 1 for prefecture in prefectures]]
    branch = leading[:, 0] + (draws[:, 2] * (leading[:, 1] - leading[:, 0])).astype(np.int64)
    account = (draws[:, 3] * 10**7).astype(np.int64)
    return pl.DataFrame(
        {
            "muni": codes,
            "prefecture": prefectures,
            "prefecture_name": [municipality.prefecture_name(code, "ja") for code in codes],
            "name": [known[code].ja for code in codes],
            "name_kana": [known[code].kana for code in codes],
            "name_latin": [known[code].latin for code in codes],
            "prefecture_latin": [municipality.prefecture_name(code, "en") for code in codes],
            "consignor_code": [f"99{code}01" for code in codes],
            "originator": [
                (ORIGINATOR + known[code].latin.upper())[:ORIGINATOR_LENGTH].rstrip() for code in codes
            ],
            "bank": [banks.bank[place] for place in branch],
            "branch": [banks.branch[place] for place in branch],
            "account_type": [CURRENT_ACCOUNT] * len(codes),
            "account_number": [f"{number:07d}" for number in account],
            "application_start": pl.Series(application_starts(codes, seed, on).astype(np.int32)).cast(
                pl.Date
            ),
        }
    )
