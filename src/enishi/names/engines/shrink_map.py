"""The official reduction map (MJ縮退マップ, version 1.2.0 of 2018-01-26, JSON, CC BY-SA 2.1 JP), loaded from its own file.

It is keyed by MJ code, and for each code has, by ground, the characters of JIS X 0213 that the form may be reduced to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.names.engines.characters import MjTable
from enishi.names.rules.reduction import Ground, Option

GROUNDS = {
    "JIS包摂規準・UCS統合規則": Ground.UNIFICATION,
    "法務省戸籍法関連通達・通知": Ground.REGISTER_NOTICES,
    "法務省告示582号別表第四": Ground.NOTICE_582,
    "辞書類等による関連字": Ground.DICTIONARIES,
    "読み・字形による類推": Ground.ANALOGY,
}
COLUMNS = {"mj": pl.String, "character": pl.String, "ground": pl.String, "rank": pl.Int64}


def read_map(path: Path) -> pl.DataFrame:
    """(mj, character, ground, rank) of the file. Raises BadInput with the place for another file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))["content"]
        rows = [row for record in content for row in _of_record(record)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"this is not the reduction map: {type(error).__name__} {error}",
            where=str(path),
            todo="give MJShrinkMap.1.2.0.json, from the character base (moji.or.jp)",
        ) from error
    if not rows:
        raise BadInput("the reduction map is empty", where=str(path), todo="give MJShrinkMap.1.2.0.json")
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def options(frame: pl.DataFrame, table: MjTable) -> dict[str, list[Option]]:
    """The options of every sequence of characters."""
    found: dict[str, list[Option]] = {}
    by_code: dict[str, list[Option]] = {}
    for mj, character, ground, rank in frame.iter_rows():
        by_code.setdefault(mj, []).append(Option(character, Ground(ground), rank))
    for sequence, mj in table.codes.items():
        if mj in by_code:
            found[sequence] = by_code[mj]
    return found


def _of_record(record: dict[str, Any]) -> Iterator[tuple[str, str, str, int]]:
    mj = record["MJ文字図形名"]
    if not re.fullmatch(r"MJ\d{6}", mj):
        raise ValueError(f"{mj!r} is no MJ code")
    for name, ground in GROUNDS.items():
        for one in record.get(name, ()):
            point = re.fullmatch(r"U\+([0-9A-F]{4,6})", one["UCS"])
            if point is None:
                raise ValueError(f"{mj}: {one['UCS']!r} is no character")
            order = re.search(r"\d+", str(one.get("順位") or one.get("ホップ数") or ""))
            yield mj, chr(int(point[1], 16)), ground.value, int(order[0]) if order else 0
