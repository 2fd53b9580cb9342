"""Compiles the dictionaries of this package from the database of `jamdict-data` (KANJIDIC2, JMnedict and JMdict of the Electronic
Dictionary Research and Development Group), which is needed for this and never at run time.

    enishi names build jamdict.db --out DIR

The same database gives the same bytes. docs/names-data.md has sources, licences and what is taken.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import polars as pl

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import is_registered_kana, katakana
from enishi.names.engines.aligning import Aligner
from enishi.names.engines.dictionary import Counts, Dictionary, as_listed, with_attested
from enishi.names.engines.predicting import FEATURES, Predictor
from enishi.names.rules.readings import FULL, Kind, Part, Place
from enishi.names.rules.sounds import is_kana

Pairs = set[tuple[str, str]]
KINDS = {"surname": Kind.SURNAME, "given": Kind.GIVEN, "masc": Kind.GIVEN, "fem": Kind.GIVEN}
"""JMnedict's types of names that are a surname or a given name; full names, places and works are not taken."""
LONGEST = {"name": 6, "reading": 12, "word": 4}
ATTESTED = {Kind.SURNAME: 3, Kind.GIVEN: 5}
"""In so many listed names a reading must be found to count for others: chosen on the names of IPAdic (docs/names.md)."""
A_PERSON = 2
"""A listed person counts as so many listed names more, in how often a character is read so."""
HELD_OUT, FITTED = 0, 1
"""The tenth of the listed persons from which nothing is counted or chosen, and the one on which alone weights are fitted."""
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
            names, persons = listed_names(connection), listed_persons(connection)
            written = _words(connection)
        except sqlite3.DatabaseError as error:
            raise BadInput(
                f"this is not the database of jamdict-data: {error}",
                where=str(database),
                todo="unpack jamdict.db.xz of the package jamdict-data 1.5, and name the file",
            ) from error
    plain = Dictionary({row[0]: row[1:] for row in characters})
    found = [row for kind in Kind for row in attested(plain, names[kind], kind)]
    explained = words(plain, written)
    known = replace(with_attested(plain, found), words=_readings(explained))
    aligned = {kind: list(alignments(known, names[kind], kind)) for kind in Kind}
    fitted: list[tuple[str, str, float]] = []
    used: dict[Kind, list[tuple[str, str, str, int, int, int, int]]] = {}
    learnt = parted(persons, names, lambda share: share not in (HELD_OUT, FITTED))
    asked = parted(persons, names, lambda share: share == FITTED)
    counted = {kind: learnt[kind] + asked[kind] for kind in Kind}
    for kind in Kind:
        before = replace(
            known,
            names={kind: as_listed(_listed(names[kind], learnt[kind], kind))},
            usage={kind: _by_character(usage(aligned[kind], learnt[kind], kind))},
        )
        weights = fit(Predictor(before, kind), sorted(asked[kind]))
        fitted += ((kind.value, feature, weight) for feature, weight in zip(FEATURES, weights, strict=True))
        used[kind] = list(usage(aligned[kind], counted[kind], kind))
    out.mkdir(parents=True, exist_ok=True)
    frames = {
        "characters": _frame(("character", "on", "kun", "nanori"), characters),
        "names": pl.concat(
            [_listed(names[kind], counted[kind], kind) for kind in Kind], how="vertical_relaxed"
        ),
        "attested": _frame(("kind", "character", "reading", "names"), found),
        "usage": _frame(
            ("kind", "character", "reading", "alone", "first", "last", "middle"),
            (row for kind in Kind for row in used[kind]),
        ),
        "words": _frame(
            ("word", "readings"),
            ((word, " ".join(sorted(readings))) for word, readings in sorted(_readings(explained).items())),
        ),
        "weights": _frame(("kind", "feature", "weight"), fitted),
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


def alignments(
    dictionary: Dictionary, pairs: Pairs, kind: Kind
) -> Iterator[tuple[str, str, tuple[Part, ...]]]:
    """(name, reading, parts) of the listed names that are explained fully, each character as the dictionaries know it."""
    aligner = Aligner(dictionary, kind, loose=False)
    for name, reading in sorted(pairs):
        parts = aligner.align(name, reading)
        if parts is not None:
            known = [character for _, character in dictionary.letters(name)]
            yield (
                name,
                reading,
                tuple(
                    replace(part, characters=character) for part, character in zip(parts, known, strict=True)
                ),
            )


def usage(
    aligned: Iterable[tuple[str, str, tuple[Part, ...]]], persons: Counter[tuple[str, str]], kind: Kind
) -> Iterator[tuple[str, str, str, int, int, int, int]]:
    """(kind, character, reading, alone, first, last, middle): how often a character is read so at each place in listed names, a
    person counting as `A_PERSON` names more.
    """
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, reading, parts in aligned:
        for index, part in enumerate(parts):
            found[part.characters, part.reading][Place.of(index, len(parts))] += (
                1 + A_PERSON * persons[name, reading]
            )
    for (character, reading), (alone, first, last, middle) in sorted(found.items()):
        yield kind.value, character, reading, alone, first, last, middle


def parted(
    persons: Iterable[tuple[str, str]], names: Mapping[Kind, Pairs], wanted: Callable[[int], bool]
) -> dict[Kind, Counter[tuple[str, str]]]:
    """How many listed persons have each surname and given name with its reading: of those in the `wanted` tenths whose full name
    the lists part in one way only. A person's tenth is the CRC-32 of name and reading, modulo 10.
    """
    known = {kind: _readings(names[kind]) for kind in Kind}
    found: dict[Kind, Counter[tuple[str, str]]] = {kind: Counter() for kind in Kind}
    for name, reading in persons:
        if not wanted(tenth(name, reading)):
            continue
        ways = [
            ((name[:cut], surname), (name[cut:], reading[len(surname) :]))
            for cut in range(1, len(name))
            for surname in known[Kind.SURNAME].get(name[:cut], ())
            if reading.startswith(surname)
            and reading[len(surname) :] in known[Kind.GIVEN].get(name[cut:], ())
        ]
        if len(ways) == 1:
            for kind, pair in zip(Kind, ways[0], strict=True):
                found[kind][pair] += 1
    return found


def tenth(name: str, reading: str) -> int:
    """In which tenth of the listed persons one is."""
    return crc32((name + reading).encode()) % 10


def fit(predictor: Predictor, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The weights of `FEATURES` under which the readings of these names are the most likely: Newton's method on the likelihood of
    the conditional logit, with a normal prior of variance 1.
    """
    asked = pl.DataFrame(pairs, schema={"name": pl.String, "true": pl.String}, orient="row")
    names = asked["name"].unique(maintain_order=True)
    found, features = predictor.candidates(names)
    cases = (
        found.with_row_index("row")
        .with_columns(name=names.gather(found["place"]))
        .join(asked, on="name")
        .with_columns(hit=pl.col("reading") == pl.col("true"))
        .filter(pl.col("hit").any().over("name", "true"))
        .sort("name", "true", "reading")
        .with_columns(case=pl.struct("name", "true").rle_id())
    )
    features, case, hit = features[cases["row"]], cases["case"].to_numpy(), cases["hit"].to_numpy()
    weights = np.zeros(len(FEATURES))
    for _ in range(50):
        chance = np.exp(features @ weights)
        chance /= np.bincount(case, chance)[case]
        mean = np.stack([np.bincount(case, chance * column) for column in features.T], axis=1)
        gradient = features[hit].sum(axis=0) - mean.sum(axis=0) - weights
        curvature = (features * chance[:, None]).T @ features - mean.T @ mean + np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += step * min(1.0, 2.0 / np.abs(step).max(initial=1e-9))
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    return [round(float(weight), 4) for weight in weights]


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


def listed_names(connection: sqlite3.Connection) -> dict[Kind, Pairs]:
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


def listed_persons(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The full names of persons in JMnedict, with their readings as katakana."""
    rows = connection.execute(
        "SELECT DISTINCT k.text, r.text FROM NETransType y JOIN NETranslation t ON t.ID = y.tid "
        "JOIN NEKanji k ON k.idseq = t.idseq JOIN NEKana r ON r.idseq = t.idseq WHERE y.text = 'person'"
    )
    return sorted(
        {(name, katakana(reading)) for name, reading in rows if is_registered_kana(katakana(reading))}
    )


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


def _readings(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, reading in pairs:
        found[name].add(reading)
    return {name: frozenset(readings) for name, readings in found.items()}


def _listed(pairs: Pairs, persons: Counter[tuple[str, str]], kind: Kind) -> pl.DataFrame:
    """(kind, name, readings, persons): each name once, its readings and how many listed persons have each, parted by spaces."""
    found = {name: sorted(readings) for name, readings in sorted(_readings(pairs).items())}
    return _frame(
        ("kind", "name", "readings", "persons"),
        (
            (kind.value, name, " ".join(readings), " ".join(str(persons[name, one]) for one in readings))
            for name, readings in found.items()
        ),
    )


def _by_character(
    rows: Iterable[tuple[str, str, str, int, int, int, int]],
) -> dict[str, dict[str, Counts]]:
    found: dict[str, dict[str, Counts]] = defaultdict(dict)
    for _, character, reading, *counts in rows:
        found[character][reading] = (counts[0], counts[1], counts[2], counts[3])
    return found


def _frame(columns: tuple[str, ...], rows: Iterable[tuple[str | int | float, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(columns), orient="row")
