"""A municipality's own CSV file: large kana that should be small, readings that are none of their characters, lost characters.

Nothing in the file is changed, every row is looked at whatever stands in the others, and each finding names row and column.
`reporting` writes down what is found.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import Path

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import REGISTERED_KANA, katakana
from enishi.names.engines.rows import ENCODINGS, Row, encoding_of, refuse_other_files, rows
from enishi.names.examining import examine, examine_many
from enishi.names.rules.headings import Column, is_enough, recognised
from enishi.names.rules.readings import Filing, Finding, Kind, Verdict
from enishi.names.rules.reduction import is_private
from enishi.names.splitting import SEPARATORS, split
from enishi.names.suggesting import RESTORED, SUGGESTED, predict, restore

CHUNK = 50_000
"""Rows that are looked at together."""
LOST = "●〓■□◆?？\ufffd"
"""What old systems print for a character that they lack."""
KINDS = {
    Kind.SURNAME: (Column.SURNAME, Column.SURNAME_READING),
    Kind.GIVEN: (Column.GIVEN, Column.GIVEN_READING),
}
LIKELY = 3
"""Likeliest readings that are named beside an implausible one."""


class Defect(StrEnum):
    """What is found in a row, the gravest first."""

    BROKEN = "broken_row"
    UNREADABLE = "unreadable_bytes"
    LOST = "lost_character"
    PRIVATE = "private_character"
    MISSING = "missing"
    LETTER = "wrong_letter"
    SMALL = "large_kana"
    IMPLAUSIBLE = "implausible_reading"
    UNJUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class Found:
    """One finding. `row`, `line`: from 1; `column`: its heading; `characters`: of the name; `value`: what stands there, a reading
    as full-width katakana; `detail`: a letter with its place, bytes, a number of fields or a problem, as the defect has it;
    `finding`: of an implausible reading; `likely`: its likeliest readings; `suggestion`: what to write instead, only if it is
    likely enough, with its share.
    """

    row: int
    line: int
    defect: Defect
    column: str = ""
    characters: str = ""
    value: str = ""
    detail: str = ""
    finding: Finding | None = None
    likely: tuple[str, ...] = ()
    suggestion: str = ""
    share: float | None = None


@dataclass
class Checked:
    """What was done: the file, its encoding and columns, rows that are not empty, findings by defect, rows that have any, and
    readings that were taken as full-width katakana (`converted`).
    """

    source: Path
    encoding: str
    columns: dict[Column, str] = field(default_factory=dict)
    rows: int = 0
    found: Counter[Defect] = field(default_factory=Counter)
    rows_with_findings: int = 0
    converted: int = 0


Sink = Callable[[Sequence[Row], Sequence[Found], str], None]
"""Takes rows with what was found in them, and the encoding of the file."""


def check(
    source: Path,
    sink: Sink,
    *,
    encoding: str = "",
    columns: Mapping[Column, str] | None = None,
    known: Mapping[str, str] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Looks at every row of `source` and hands them on in order, by thousands, each time with what was found in them.

    `encoding`: "utf-8" or "cp932", guessed if empty. `columns`: headings or numbers (from 1) where the headings do not say what
    they hold. `known`: what letters of private use are in this municipality; they are found all the same, with what they are as
    a suggestion. `progress`: called with the bytes done. Raises BadInput if the file is no text, if there is no such encoding,
    if there are no headings, or if no column of names has its column of readings.
    """
    if not source.is_file():
        raise BadInput("there is no such file", where=str(source), todo="name a CSV file")
    if encoding and encoding not in ENCODINGS:
        raise BadInput(f"{encoding!r} is no encoding here", where="encoding", todo="use utf-8 or cp932")
    refuse_other_files(source)
    checked = Checked(source, encoding or encoding_of(source))
    coming = rows(source)
    heading = next(coming, None)
    if heading is None or not heading.fields:
        raise BadInput(
            "the first row holds no headings", where=str(source), todo="give the file a row of headings"
        )
    headings = [_text(name, checked.encoding) for name in heading.fields]
    places = _places(headings, columns or {})
    checked.columns = {column: headings[place] for column, place in places.items()}
    sink([heading], [], checked.encoding)
    done = len(heading.raw)
    letters = {ord(letter): form for letter, form in (known or {}).items() if len(letter) == 1}
    while part := list(islice(coming, CHUNK)):
        found = sorted(_found(part, headings, places, checked, letters), key=lambda one: one.row)
        checked.found.update(one.defect for one in found)
        checked.rows_with_findings += len({one.row for one in found})
        checked.rows += sum(row.fields != () for row in part)
        sink(part, found, checked.encoding)
        done += sum(len(row.raw) for row in part)
        progress(done)
    return checked


def _places(headings: list[str], columns: Mapping[Column, str]) -> dict[Column, int]:
    """Where each column is: as said, else as the headings say."""
    places = recognised(headings)
    for column, said in columns.items():
        if said in headings:
            places[column] = headings.index(said)
        elif said.isdecimal() and 1 <= int(said) <= len(headings):
            places[column] = int(said) - 1
        else:
            raise BadInput(
                f"there is no column {said!r}",
                where=f"column {column.value}",
                todo=f"use a heading or a number from 1 to {len(headings)}",
            )
    if not is_enough(places):
        raise BadInput(
            "no column of names with its column of readings was recognised by the headings",
            where="row 1",
            todo="say which they are, for example --column name=3 --column reading=4",
        )
    return places


def _found(
    part: list[Row],
    headings: list[str],
    places: dict[Column, int],
    checked: Checked,
    letters: Mapping[int, str],
) -> Iterator[Found]:
    """Everything in some rows."""
    cells: dict[Kind, list[tuple[Row, str, str, str]]] = {kind: [] for kind in Kind}
    for row in part:
        if row.fields == ():
            continue
        if row.fields is None or len(row.fields) != len(headings):
            count = "" if row.fields is None else f"{len(row.fields)} / {len(headings)}"
            yield Found(row.number, row.line, Defect.BROKEN, detail=count)
            continue
        texts: dict[Column, str] = {}
        for column, place in places.items():
            try:
                texts[column] = row.fields[place].decode(checked.encoding)
            except UnicodeDecodeError as error:
                wrong = row.fields[place][error.start : error.end].hex(" ")
                text = _text(row.fields[place], checked.encoding)
                yield Found(row.number, row.line, Defect.UNREADABLE, headings[place], "", text, wrong)
        if broken := [column for column, text in texts.items() if "\n" in text or "\r" in text]:
            heading = headings[places[broken[0]]]
            yield Found(
                row.number, row.line, Defect.BROKEN, heading, detail=texts[broken[0]].replace("\n", " ")
            )
            continue
        yield from _of_names(row, texts, headings, places, letters)
        texts = {column: text.translate(letters) for column, text in texts.items()}
        checked.converted += sum(
            _registered(texts[column]) != texts[column].translate(dict.fromkeys(map(ord, SEPARATORS)))
            for column in _NAMES
            if column in texts
        )
        for kind, name, reading, column, problem in _pairs(texts):
            taken = _registered(reading)
            if problem:
                yield Found(
                    row.number, row.line, Defect.UNJUDGED, headings[places[column]], name, taken, problem
                )
            elif wrong := _wrong_letter(taken):
                yield Found(
                    row.number, row.line, Defect.LETTER, headings[places[column]], name, reading, wrong
                )
            elif not taken or not name:
                missing = places[column] if not taken else places[_NAMES[column]]
                yield Found(row.number, row.line, Defect.MISSING, headings[missing], name, reading)
            else:
                cells[kind].append((row, name, taken, headings[places[column]]))
    for kind, asked in cells.items():
        yield from _of_readings(kind, asked)


_NAMES = {
    Column.SURNAME_READING: Column.SURNAME,
    Column.GIVEN_READING: Column.GIVEN,
    Column.READING: Column.NAME,
}


def _of_names(
    row: Row,
    texts: Mapping[Column, str],
    headings: list[str],
    places: dict[Column, int],
    letters: Mapping[int, str],
) -> Iterator[Found]:
    """Characters that were lost, or that mean something in this municipality alone."""
    for column in (Column.SURNAME, Column.GIVEN, Column.NAME):
        text = texts.get(column, "")
        for place, letter in enumerate(text, 1):
            defect = Defect.LOST if letter in LOST else Defect.PRIVATE if is_private(letter) else None
            if defect:
                detail, whole = f"{place}: U+{ord(letter):04X}", text.translate(letters)
                told = "" if any(one in LOST or is_private(one) for one in whole) else whole
                yield Found(
                    row.number, row.line, defect, headings[places[column]], text, "", detail, suggestion=told
                )
                break


def _pairs(texts: Mapping[Column, str]) -> Iterator[tuple[Kind, str, str, Column, str]]:
    """(kind, name, reading, column of the reading, problem) of one row: of its columns of parts, else of the full name parted, or
    why it cannot be.
    """
    parts = {
        kind: (texts[name], texts[reading], reading)
        for kind, (name, reading) in KINDS.items()
        if name in texts and reading in texts
    }
    if not parts and Column.NAME in texts and Column.READING in texts:
        name, reading = (texts[column].strip(SEPARATORS) for column in (Column.NAME, Column.READING))
        if _is_latin(name):
            return
        if not name or not reading or _wrong_letter(_registered(reading)):
            parts = {Kind.GIVEN: (name, reading, Column.READING)}
        else:
            try:
                whole = split(name, _registered(reading, spaces=True))
            except BadInput as error:
                yield Kind.GIVEN, name, reading, Column.READING, str(error.what)
                return
            parts = {
                Kind.SURNAME: (whole.surname, whole.surname_reading, Column.READING),
                Kind.GIVEN: (whole.given, whole.given_reading, Column.READING),
            }
    for kind, (name, reading, column) in parts.items():
        if not _is_latin(name):
            yield kind, name.strip(SEPARATORS), reading, column, ""


@lru_cache(maxsize=200_000)
def _is_latin(name: str) -> bool:
    """Whether a name has Latin letters: that of a foreign resident, whose reading is only for service and no law tests."""
    return any("LATIN" in unicodedata.name(letter, "") for letter in name)


def _of_readings(kind: Kind, asked: list[tuple[Row, str, str, str]]) -> Iterator[Found]:
    """Large kana that should be small, and readings that are none of their characters: each distinct pair looked at once."""
    pairs = pl.DataFrame(
        list(dict.fromkeys((name, reading) for _, name, reading, _ in asked)),
        schema={"name": pl.String, "reading": pl.String},
        orient="row",
    )
    judged = pl.concat(
        [
            pairs,
            examine_many(pairs["name"], pairs["reading"], kind, Filing.REGISTERED),
            restore(pairs["name"], pairs["reading"], kind),
        ],
        how="horizontal",
    )
    large = judged.filter((pl.col("restored") != pl.col("reading")) & (pl.col("share") >= RESTORED))
    implausible = judged.filter(pl.col("verdict") == Verdict.REVIEW.value).join(
        large, on=["name", "reading"], how="anti"
    )
    restored = {(name, reading): (way, share) for name, reading, _, _, way, share in large.iter_rows()}
    likely: dict[str, list[tuple[str, float]]] = {}
    for name, reading, probability, _ in predict(implausible["name"], kind, LIKELY).iter_rows():
        likely.setdefault(name, []).append((reading, probability))
    findings = {
        (name, reading): examine(name, reading, kind, Filing.REGISTERED)
        for name, reading in implausible.select("name", "reading").iter_rows()
    }
    problems = {
        (name, reading): problem
        for name, reading, problem in judged.drop_nulls("problem")
        .select("name", "reading", "problem")
        .iter_rows()
    }
    for row, name, reading, column in asked:
        if problem := problems.get((name, reading)):
            yield Found(row.number, row.line, Defect.UNJUDGED, column, name, reading, problem)
        elif way := restored.get((name, reading)):
            yield Found(
                row.number, row.line, Defect.SMALL, column, name, reading, suggestion=way[0], share=way[1]
            )
        elif finding := findings.get((name, reading)):
            first = likely.get(name, [])
            sure = first[0] if first and first[0][1] >= SUGGESTED and first[0][0] != reading else ("", None)
            yield Found(
                row.number,
                row.line,
                Defect.IMPLAUSIBLE,
                column,
                name,
                reading,
                finding=finding,
                likely=tuple(one for one, _ in first),
                suggestion=sure[0],
                share=sure[1],
            )


@lru_cache(maxsize=200_000)
def _registered(reading: str, *, spaces: bool = False) -> str:
    """A reading as a register has it: half-width kana, hiragana and voiced marks apart as full-width katakana."""
    taken = katakana(unicodedata.normalize("NFKC", _joined_marks(reading))).strip(SEPARATORS)
    return taken if spaces else "".join(letter for letter in taken if letter not in SEPARATORS)


def _joined_marks(text: str) -> str:
    """Voiced marks that stand apart as the combining ones, which normalization joins with their letter."""
    return text.replace("゛", "\u3099").replace("゜", "\u309a")


@lru_cache(maxsize=200_000)
def _wrong_letter(reading: str) -> str:
    """The first letter that no registered reading has, with its place; empty if there is none."""
    for place, letter in enumerate(reading, 1):
        if letter not in REGISTERED_KANA or (letter == "ー" and place == 1):
            return f"{place}: U+{ord(letter):04X}"
    return ""


def _text(raw: bytes, encoding: str) -> str:
    return raw.decode(encoding, errors="backslashreplace")
