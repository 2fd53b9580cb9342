"""Compiles the dictionaries of this package from the database of `jamdict-data` (KANJIDIC2, JMnedict and JMdict of the Electronic
Dictionary Research and Development Group), which is needed for this and never at run time.

    enishi names build jamdict.db --out DIR

The same database gives the same bytes. docs/names-data.md has sources, licences and what is taken.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import is_registered_kana, katakana
from enishi.names.engines.aligning import Aligner
from enishi.names.engines.dictionary import Dictionary, of_readings, with_attested
from enishi.names.rules.readings import FULL, Kind
from enishi.names.rules.sounds import is_kana

Pairs = set[tuple[str, str]]
KINDS = {"surname": Kind.SURNAME, "given": Kind.GIVEN, "masc": Kind.GIVEN, "fem": Kind.GIVEN}
"""JMnedict's types of names that are a surname or a given name; full names, places and works are not taken."""
LONGEST = {"name": 6, "reading": 12, "word": 4}
ATTESTED = {Kind.SURNAME: 3, Kind.GIVEN: 5}
"""In so many listed names a reading must be found to count for others: chosen on the names of IPAdic (docs/names.md)."""
IRREGULAR = ("irregular", "out-dated")
"""What marks a writing or a reading of JMdict that is not taken."""


def build(database: Path, out: Path) -> dict[str, int]:
    """Writes the data files into the folder `out`; gives the number of rows of each. Raises BadInput."""
    if not database.is_file():
        raise BadInput(
            "there is no such database",
            where=str(database),
            todo="unpack jamdict.db.xz of the package jamdict-data, and name the file",
        )
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            characters = _characters(connection)
            names = _names(connection)
            written = _words(connection)
        except sqlite3.DatabaseError as error:
            raise BadInput(
                f"this is not the database of jamdict-data: {error}",
                where=str(database),
                todo="unpack jamdict.db.xz of the package jamdict-data 1.5, and name the file",
            ) from error
    plain = Dictionary({row[0]: of_readings(*row[1:]) for row in characters})
    found = [row for kind in Kind for row in attested(plain, names[kind], kind)]
    out.mkdir(parents=True, exist_ok=True)
    frames = {
        "characters": _frame(("character", "on", "kun", "nanori"), characters),
        "names": _frame(
            ("kind", "name", "readings"), (row for kind in Kind for row in _joined(names[kind], kind))
        ),
        "attested": _frame(("kind", "character", "reading", "names"), found),
        "usage": _frame(
            ("kind", "character", "reading", "names"),
            (row for kind in Kind for row in usage(with_attested(plain, found), names[kind], kind)),
        ),
        "words": _frame(
            ("word", "readings"), (row[1:] for row in _joined(words(plain, written), Kind.GIVEN))
        ),
    }
    for name, frame in frames.items():
        frame.write_parquet(
            out / f"{name}.parquet", compression="zstd", compression_level=22, statistics=False
        )
    return {name: len(frame) for name, frame in frames.items()}


def attested(plain: Dictionary, pairs: Pairs, kind: Kind) -> Iterator[tuple[str, str, str, int]]:
    """(kind, character, reading, in how many names): what explains the one character that the dictionary of characters leaves
    unexplained in a listed name, where that is so in enough names. A reading of "": the character is silent (given names alone).
    """
    strict, loose = Aligner(plain, kind, loose=False), Aligner(plain, kind)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, reading in pairs:
        if strict.align(name, reading) is not None:
            continue
        aligned = loose.align(name, reading) or ()
        odd = [part for part in aligned if part.evidence not in FULL]
        if len(odd) == 1 and odd[0].characters and (odd[0].reading or kind is Kind.GIVEN):
            found[odd[0].characters, odd[0].reading].add(name)
    for (character, reading), names in sorted(found.items()):
        if len(names) >= ATTESTED[kind]:
            yield kind.value, character, reading, len(names)


def usage(dictionary: Dictionary, pairs: Pairs, kind: Kind) -> Iterator[tuple[str, str, str, int]]:
    """(kind, character, reading, in how many listed names): how each character is read where the whole name is explained."""
    aligner = Aligner(dictionary, kind, loose=False)
    found = Counter(
        (part.characters, part.reading)
        for name, reading in pairs
        for part in aligner.align(dictionary.usual(name), reading) or ()
    )
    for (character, reading), names in sorted(found.items()):
        yield kind.value, character, reading, names


def words(plain: Dictionary, pairs: Pairs) -> Pairs:
    """The words whose reading is not that of their characters (熟字訓)."""
    strict = Aligner(plain, Kind.GIVEN, loose=False)
    return {pair for pair in pairs if strict.align(*pair) is None}


def _characters(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """(character, on, kun, nanori) of KANJIDIC2, each list parted by spaces, in its order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"ja_on": [], "ja_kun": [], "nanori": []})
    rows = connection.execute(
        "SELECT c.literal, r.r_type, r.value FROM character c JOIN rm_group g ON g.cid = c.ID "
        "JOIN reading r ON r.gid = g.ID WHERE r.r_type IN ('ja_on', 'ja_kun') "
        "UNION ALL SELECT c.literal, 'nanori', n.value FROM character c JOIN nanori n ON n.cid = c.ID"
    )
    for character, kind, reading in rows:
        if reading.strip() not in found[character][kind]:
            found[character][kind].append(reading.strip())
    return sorted(
        (character, " ".join(lists["ja_on"]), " ".join(lists["ja_kun"]), " ".join(lists["nanori"]))
        for character, lists in found.items()
    )


def _names(connection: sqlite3.Connection) -> dict[Kind, Pairs]:
    """The surnames and given names of JMnedict with their readings as katakana."""
    rows = connection.execute(
        "SELECT y.text, k.text, r.text FROM NETransType y JOIN NETranslation t ON t.ID = y.tid "
        "JOIN NEKanji k ON k.idseq = t.idseq JOIN NEKana r ON r.idseq = t.idseq"
    )
    found: dict[Kind, Pairs] = {kind: set() for kind in Kind}
    for kind, name, reading in rows:
        if kind in KINDS and _is_name(name, katakana(reading)):
            found[KINDS[kind]].add((name, katakana(reading)))
    return found


def _is_name(name: str, reading: str) -> bool:
    return (
        len(name) <= LONGEST["name"]
        and len(reading) <= LONGEST["reading"]
        and is_registered_kana(reading)
        and not all(is_kana(letter) for letter in name)
    )


def _words(connection: sqlite3.Connection) -> Pairs:
    """The words of JMdict in characters alone, with their readings; not the irregular and the out-dated ones."""
    marks = " OR ".join("text LIKE ?" for _ in IRREGULAR)
    given = [f"%{word}%" for word in IRREGULAR]
    rows = connection.execute(
        f"SELECT k.text, r.text FROM Kanji k JOIN Kana r ON r.idseq = k.idseq WHERE length(k.text) BETWEEN 2 AND ? "
        f"AND k.ID NOT IN (SELECT kid FROM KJI WHERE {marks}) AND r.ID NOT IN (SELECT kid FROM KNI WHERE {marks}) "
        "AND NOT r.nokanji",
        [LONGEST["word"], *given, *given],
    )
    return {
        (word, katakana(reading))
        for word, reading in rows
        if not any(is_kana(letter) for letter in word) and _is_name(word, katakana(reading))
    }


def _joined(pairs: Iterable[tuple[str, str]], kind: Kind) -> Iterator[tuple[str, str, str]]:
    readings: dict[str, list[str]] = defaultdict(list)
    for name, reading in sorted(pairs):
        readings[name].append(reading)
    for name, found in readings.items():
        yield kind.value, name, " ".join(found)


def _frame(columns: tuple[str, ...], rows: Iterable[tuple[str | int, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(columns), orient="row")
