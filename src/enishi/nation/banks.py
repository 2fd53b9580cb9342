"""Real banks and branches from `zengin-code` (MIT), and how often residents hold accounts there.

Market shares are rough synthetic weights: the Japan Post Bank, nationwide banks, the leading regional bank
of the prefecture, banks on the net, and all others by their number of branches.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from enishi.kernel.errors import BadInput

Int64s = npt.NDArray[np.int64]

JAPAN_POST = "9900"
NATIONWIDE = {"0001": 0.09, "0005": 0.12, "0009": 0.10, "0010": 0.04}
ON_THE_NET = {"0033": 0.03, "0035": 0.01, "0036": 0.07, "0038": 0.04, "0040": 0.01}
POST_SHARE = 0.24
REGIONAL_SHARE = 0.15
"""Weights of a resident's bank; the rest goes to all other banks by branches."""

LEADING = (
    "北洋 青森みちのく 岩手 七十七 秋田 山形 東邦 常陽 足利 群馬 埼玉りそな 千葉 みずほ 横浜 第四北越 北陸 北國 福井 "
    "山梨中央 八十二長野 大垣共立 静岡 三菱ＵＦＪ 百五 滋賀 京都 りそな 三井住友 南都 紀陽 鳥取 山陰合同 中国 広島 山口 阿波 "
    "百十四 伊予 四国 福岡 佐賀 十八親和 肥後 大分 宮崎 鹿児島 琉球"
).split()
"""A bank of each prefecture, 01 to 47, that serves as designated financial institution here (not the real
one of every municipality).
"""


@dataclass(frozen=True)
class Banks:
    """All branches in one run, ordered by bank and branch.

    `bank`, `branch`: codes of 4 and 3 digits. `leading`: (47, 2) first and past-the-end branch of each
    prefecture's leading bank. `tables`: (47, 65536) index of a branch, drawn with a 16-bit word.
    """

    bank: tuple[str, ...]
    branch: tuple[str, ...]
    leading: Int64s
    tables: npt.NDArray[np.uint16]


def _source() -> Path:
    spec = find_spec("zengin_code")
    if spec is None or spec.origin is None:
        raise BadInput(
            "the package zengin-code is missing", where="Python packages", todo="run `make run` again"
        )
    return Path(spec.origin).parent / "source-data" / "data"


@lru_cache(maxsize=1)
def load_banks() -> Banks:
    """Reads the list of banks. Raises BadInput where the package or one of its files is missing."""
    folder = _source()
    try:
        banks: dict[str, dict[str, Any]] = json.loads((folder / "banks.json").read_text(encoding="utf-8"))
        branches = {
            code: sorted(json.loads((folder / "branches" / f"{code}.json").read_text(encoding="utf-8")))
            for code in sorted(banks)
        }
    except (OSError, ValueError) as error:
        raise BadInput(
            f"the list of banks cannot be read: {error}",
            where=str(folder),
            todo="install the locked zengin-code",
        ) from error
    pairs = [(bank, branch) for bank, known in branches.items() for branch in known]
    numbers = np.array([int(bank) for bank, _ in pairs])
    leading = np.array([_span(numbers, _leading(banks, name)) for name in LEADING], dtype=np.int64)
    common = np.ones(len(pairs))
    special = {JAPAN_POST: POST_SHARE} | NATIONWIDE | ON_THE_NET
    for code in special:
        first, end = _span(numbers, code)
        common[first:end] = 0
    common *= (1 - sum(special.values()) - REGIONAL_SHARE) / common.sum()
    for code, part in special.items():
        first, end = _span(numbers, code)
        common[first:end] = part / max(end - first, 1)
    places = (np.arange(2**16) + 0.5) / 2**16
    tables = np.empty((len(LEADING), 2**16), dtype=np.uint16)
    for prefecture, (first, end) in enumerate(leading):
        weights = common.copy()
        weights[first:end] += REGIONAL_SHARE / (end - first)
        share = np.cumsum(weights)
        tables[prefecture] = np.searchsorted(share / share[-1], places)
    return Banks(tuple(bank for bank, _ in pairs), tuple(branch for _, branch in pairs), leading, tables)


def _leading(banks: dict[str, dict[str, Any]], name: str) -> str:
    found = sorted(code for code, bank in banks.items() if bank["name"] == name)
    return found[0] if found else JAPAN_POST


def _span(numbers: Int64s, code: str) -> tuple[int, int]:
    return int(np.searchsorted(numbers, int(code))), int(np.searchsorted(numbers, int(code), side="right"))
