"""Names read by Enishi, SudachiPy, MeCab with IPAdic and a plain look-up, the same ones in one run: accuracy, calibration, pace.

    make bench NAME=name_engines        sources as for name_readings, by the same variables

Needs beside Enishi, in no lock: sudachipy 0.7.0, sudachidict_core 20261015, mecab-python3 1.0.12, ipadic 1.0.0 (on PYTHONPATH or
installed); an engine that is not there is left out. Surnames and given names are asked one by one, as separate fields: tokenizers
are made for sentences, and have a harder task with names joined. SudachiDict is made from UniDic, so that it knows these names.
SudachiPy gives one reading (mode C); MeCab the first five distinct ones of 30. The look-up has the list of names alone, the
reading of most listed persons first. As a judge, an engine accepts a reading that is among those it gives; Enishi by its rule.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import random
import time
from collections.abc import Callable
from itertools import pairwise

import polars as pl

from bench.measure import write_result
from bench.name_readings import SEED, Pairs, drawn, gimei, listed_persons, per_cent, unidic
from enishi.kernel.kana import katakana
from enishi.names.engines.dictionary import dictionary
from enishi.names.services import SUGGESTED, Filing, Kind, Verdict, examine_many, predict

MOST = 4_000
"""Names of a source and kind."""
BEST = 5
Readings = dict[str, list[str]]
Engine = Callable[[list[str], Kind], Readings]


def main() -> None:
    engines = {
        "Enishi": enishi,
        "SudachiPy core, mode C": sudachi(),
        "MeCab, IPAdic": mecab(),
        "look-up": look_up,
    }
    sources = {"listed persons, held out": listed_persons(), "gimei": gimei(), "UniDic": unidic()}
    lines = [
        "| source | kind | names | engine | first | of five | accepts true | shuffled | hard | names a second |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    calibrated = [
        "",
        "Enishi's probability of the first reading, and how many of them are right (in per cent):",
        "",
        "| source | kind | 0.5 to 0.6 | to 0.7 | to 0.8 | to 0.9 | to 0.95 | to 1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for source, kinds in sources.items():
        for kind, pairs in kinds.items():
            draw = random.Random(SEED)
            asked = draw.sample(pairs, min(MOST, len(pairs)))
            sets = drawn(asked, kind)
            for said, engine in engines.items():
                if engine is not None:
                    lines.append(row(source, kind, asked, said, engine, sets.true, sets.shuffled, sets.hard))
                    print(lines[-1], flush=True)
            calibrated.append(calibration(source, kind, asked))
    write_result("name-engines", "\n".join([*lines, *calibrated]))


def row(
    source: str,
    kind: Kind,
    asked: Pairs,
    said: str,
    engine: Engine,
    true: Pairs,
    shuffled: Pairs,
    hard: Pairs,
) -> str:
    """One line: how well and how fast an engine predicts, and what it accepts."""
    names = list(dict.fromkeys(name for name, _ in asked))
    engine(names[:100], kind)
    started = time.process_time()
    found = engine(names, kind)
    pace = len(names) / (time.process_time() - started)
    first = sum(found[name][:1] == [reading] for name, reading in asked)
    five = sum(reading in found[name][:BEST] for name, reading in asked)
    shares = []
    for pairs in (true, shuffled, hard):
        if said == "Enishi":
            judged, readings = (
                pl.Series([pair[place] for pair in pairs], dtype=pl.String) for place in (0, 1)
            )
            verdicts = examine_many(judged, readings, kind, Filing.REGISTERED)["verdict"]
            shares.append(per_cent((verdicts == Verdict.ACCEPT.value).sum(), len(pairs)))
        else:
            more = engine([name for name, _ in pairs], kind)
            shares.append(per_cent(sum(reading in more[name] for name, reading in pairs), len(pairs)))
    return (
        f"| {source} | {kind.value} | {len(asked):,} | {said} | {per_cent(first, len(asked))} | {per_cent(five, len(asked))} | "
        f"{' | '.join(shares)} | {pace:,.0f} |"
    )


def calibration(source: str, kind: Kind, asked: Pairs) -> str:
    """One line: of the first readings with a probability in each bin, how many are right."""
    true = pl.DataFrame(asked, schema=["name", "true"], orient="row")
    first = true.join(predict(true["name"], kind, 1), on="name").with_columns(
        hit=pl.col("reading") == pl.col("true")
    )
    edges = (0.5, 0.6, 0.7, 0.8, 0.9, SUGGESTED, 1.0001)
    cells = []
    for low, high in pairwise(edges):
        part = first.filter((pl.col("probability") >= low) & (pl.col("probability") < high))
        cells.append(f"{per_cent(part['hit'].sum(), len(part))} of {len(part):,}")
    return f"| {source} | {kind.value} | {' | '.join(cells)} |"


def enishi(names: list[str], kind: Kind) -> Readings:
    found: Readings = {name: [] for name in names}
    for name, reading, _, _ in predict(pl.Series(names, dtype=pl.String), kind, BEST).iter_rows():
        found[name].append(reading)
    return found


def look_up(names: list[str], kind: Kind) -> Readings:
    listed = {name: dictionary().readings(name, kind) for name in names}
    return {name: sorted(found, key=lambda one: (-found[one], one)) for name, found in listed.items()}


def sudachi() -> Engine | None:
    try:
        from sudachipy import Dictionary, SplitMode
    except ImportError:
        return None
    tokenizer = Dictionary(dict="core").tokenizer(SplitMode.C)

    def read(names: list[str], _: Kind) -> Readings:
        return {name: ["".join(part.reading_form() for part in tokenizer.tokenize(name))] for name in names}

    return read


def mecab() -> Engine | None:
    try:
        import ipadic
        import MeCab
    except ImportError:
        return None
    tagger = MeCab.Tagger(f"{ipadic.MECAB_ARGS} -Oyomi")

    def read(names: list[str], _: Kind) -> Readings:
        return {
            name: list(dict.fromkeys(map(katakana, tagger.parseNBest(30, name).split())))[:BEST]
            for name in names
        }

    return read


if __name__ == "__main__":
    main()
