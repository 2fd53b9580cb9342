"""Every refusal of the register is said in the reader's language, and none is forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import enishi.register
from enishi.kernel.errors import BadInput, Refused
from enishi.register.refusals import HOLE, in_words, sentence
from enishi.register.refused_sentences import SENTENCES

ROOM = Path(enishi.register.__file__).parent
SPEAKS = [*(ROOM / "acts").glob("*.py"), *(ROOM / "rules").glob("*.py")]
SPEAKS += [ROOM / name for name in ("consistency.py", "facts.py", "journal.py", "people.py", "postal.py")]
SPEAKS += [ROOM / name for name in ("measures.py", "protection.py")]
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")
ERRORS = {"Refused", "BadInput"}
PATTERNS = [
    re.compile("".join(".+" if at % 2 else re.escape(part) for at, part in enumerate(HOLE.split(english))))
    for english in SENTENCES
]


def said(path: Path) -> Iterator[str]:
    """Every sentence of a module's refusals, a mark in place of what it fills in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
                yield from sentences(part)


def sentences(part: ast.expr) -> Iterator[str]:
    if isinstance(part, ast.IfExp):
        yield from [*sentences(part.body), *sentences(part.orelse)]
    elif isinstance(part, ast.Constant):
        yield str(part.value)
    elif isinstance(part, ast.JoinedStr):
        endings: list[str] = [""]
        for piece in part.values:
            if isinstance(piece, ast.Constant):
                endings = [one + str(piece.value) for one in endings]
            else:
                assert isinstance(piece, ast.FormattedValue)
                inner = list(sentences(piece.value)) if isinstance(piece.value, ast.IfExp) else []
                endings = [one + said for one in endings for said in inner or ["2020-05-01"]]
        yield from endings


@pytest.mark.parametrize("path", SPEAKS, ids=lambda path: path.name)
def test_every_sentence_has_its_japanese(path: Path) -> None:
    missing = [one for one in said(path) if one and not any(pattern.fullmatch(one) for pattern in PATTERNS)]
    assert missing == []


def test_the_reader_of_sentences_finds_them() -> None:
    found = [one for path in SPEAKS for one in said(path)]
    assert len(found) > 120
    assert "the household would have no head on 2020-05-01" in found


@pytest.mark.parametrize("english", SENTENCES)
def test_japanese_fills_the_same_holes_and_is_japanese(english: str) -> None:
    japanese = SENTENCES[english]
    assert set(HOLE.findall(japanese)) <= set(HOLE.findall(english))
    filled = HOLE.sub("2020-05-01", english)
    shown = sentence(filled, "ja")
    assert not ENGLISH.search(shown), shown
    assert "{" not in shown
    assert sentence(filled, "en") == filled


def test_a_refusal_in_the_readers_language() -> None:
    error = Refused(
        "the household would have no head on 2020-06-01",
        where="household 1007, person 2",
        todo="name a new head (世帯主変更) from that day, or let the others leave the household too",
    )
    ja = in_words(error, "ja")
    assert isinstance(ja, Refused)
    assert ja.what == "令和2年6月1日に、世帯主のいない世帯ができます。"
    assert ja.where == "世帯1007、個人2"
    assert ja.todo.startswith("その日からの新しい世帯主を選ぶか")
    assert (in_words(error, "en").what, in_words(error, "en").todo) == (error.what, error.todo)


def test_acts_and_old_days_are_named_in_japanese() -> None:
    assert sentence("act 7 is no move out or move abroad of this municipality", "ja") == (
        "異動番号7は、この市区町村の転出・国外転出ではありません。"
    )
    assert sentence("move out does not come about ex officio", "ja") == "転出は、職権では行えません。"
    assert sentence("the person was born on 1870-01-02", "ja") == "この人の生年月日は1870年1月2日です。"
    assert sentence("the address lies in another country", "ja") == "この住所は国外にあります。"


def test_what_nobody_knows_stays_as_it_was_said() -> None:
    odd = BadInput("a sentence of another room entirely", where="elsewhere")
    assert in_words(odd, "ja").what == odd.what
