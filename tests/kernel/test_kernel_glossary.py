"""The glossary holds: one spelling for one thing, and none of the wordings to avoid anywhere in code or documents."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"


def rows() -> list[list[str]]:
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "Japanese"]


@cache
def texts() -> dict[str, str]:
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.html"), *(ROOT / "docs").rglob("*.md")]
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").lower()
        for path in [*places, *ROOT.glob("*.md")]
        if path != GLOSSARY
    }


def test_each_japanese_term_and_each_english_spelling_stands_once() -> None:
    table = rows()
    assert len(table) > 100
    assert all(len(row) == 4 and row[0] and row[1] for row in table)
    for column in (0, 1):
        words = [row[column] for row in table]
        assert sorted(set(words)) == sorted(words)


def test_the_japanese_column_is_japanese_and_the_english_one_english() -> None:
    for japanese, english, identifier, avoid in rows():
        assert not japanese.isascii()
        assert (english + identifier + avoid).isascii()


@pytest.mark.parametrize("wording", sorted({row[3] for row in rows()} - {""}))
def test_a_wording_to_avoid_is_used_nowhere(wording: str) -> None:
    pattern = re.compile(rf"\b{re.escape(wording)}\b")
    found = [name for name, text in texts().items() if wording in text and pattern.search(text)]
    assert not found, f"say it as docs/glossary.md does, not {wording!r}"
