"""Readings of names, by the batch: how many are accepted, how well they are predicted, how often small kana come back, how fast.

    make bench NAME=name_readings
    ENISHI_BENCH_IPADIC=FILE     Noun.name.csv of IPAdic, if Debian's mecab-ipadic is not installed
    ENISHI_BENCH_UNIDIC=FILE     lex_3_1.csv of UniDic, if Debian's unidic-mecab is not installed
    ENISHI_BENCH_GIMEI=FILE      names.yml of the package gimei
    ENISHI_BENCH_JAMDICT=FILE    jamdict.db (docs/names-data.md): the tenth of its persons from which nothing was counted

A source that is not there is left out. Looked at: IPAdic, on whose names the threshold of rarity was chosen. Held out: all the
others; of the listed persons a tenth (`names.engines.building.HELD_OUT`), whose names the lists have all the same, since they
are parted by them. False pairs have another name's reading (shuffled), or that of another name that shares a character (hard:
some are readings all the same); one that any source or the list has is left out. One process, one thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import csv
import json
import random
import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from bench.measure import write_result
from enishi.kernel.kana import is_registered_kana, katakana
from enishi.names.engines import building
from enishi.names.engines.dictionary import dictionary
from enishi.names.rules.smallness import enlarged, variants
from enishi.names.rules.sounds import is_kana
from enishi.names.services import SUGGESTED, Filing, Kind, Verdict, examine_many, predict, restore

IPADIC = Path(os.environ.get("ENISHI_BENCH_IPADIC", "/usr/share/mecab/dic/ipadic/Noun.name.csv"))
UNIDIC = Path(os.environ.get("ENISHI_BENCH_UNIDIC", "/usr/share/mecab/dic/unidic/lex_3_1.csv"))
GIMEI = Path(os.environ.get("ENISHI_BENCH_GIMEI", "names.yml"))
JAMDICT = Path(os.environ.get("ENISHI_BENCH_JAMDICT", "jamdict.db"))
SEED = 20261129
A_PAIR = 3
"""False readings for each true one, of each sort."""
AT_MOST = 12_000
"""True pairs of a source and kind."""
BATCH = 500_000
"""Pairs of which the pace is measured, half of them true; and a fifth as many names to predict."""
TRIALS = 5
WORDS = {Kind.SURNAME: "姓", Kind.GIVEN: "名"}
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Sets:
    """Pairs of one source and kind: true, with another name's reading, and with that of another name that shares a character."""

    true: Pairs
    shuffled: Pairs
    hard: Pairs


def main() -> None:
    sources = {
        "japanese-personal-name-dataset": dataset(),
        "IPAdic (looked at)": ipadic(),
        "UniDic": unidic(),
        "gimei": gimei(),
    }
    persons = listed_persons()
    parts = [
        accepted({name: kinds for name, kinds in sources.items() if kinds}),
        predicted({"listed persons": persons, **sources}),
        restored({"listed persons": persons, **sources}),
        paces([pair for kinds in sources.values() for pair in kinds.get(Kind.GIVEN, [])]),
    ]
    write_result("name-readings", "\n\n".join(parts))


def accepted(sources: dict[str, dict[Kind, Pairs]]) -> str:
    lines = [
        "Accepted of who is registered, in per cent. `absent`: true pairs that the list of names does not have. `look-up`: the "
        "list alone.",
        "",
        "| source | kind | true pairs | true | absent (how many) | shuffled | hard | look-up, true |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for source, kinds in sources.items():
        for kind, pairs in kinds.items():
            sets = drawn(pairs, kind)
            absent = [pair for pair in sets.true if not listed(*pair, kind)]
            lines.append(
                f"| {source} | {kind.value} | {len(sets.true):,} | {share(sets.true, kind)} | {share(absent, kind)} "
                f"({len(absent):,}) | {share(sets.shuffled, kind)} of {len(sets.shuffled):,} | {share(sets.hard, kind)} of "
                f"{len(sets.hard):,} | {per_cent(len(sets.true) - len(absent), len(sets.true))} |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


def predicted(sources: dict[str, dict[Kind, Pairs]]) -> str:
    """Of persons every one counts; of lists of names every name once, with the reading that the source thinks the likeliest."""
    lines = [
        f"Predicted: the first of the readings is right, one of the first five is; and of those with a probability of "
        f"{SUGGESTED} or more how many there are and how many of them are right. Then the latter by lower probabilities.",
        "",
        "| source | kind | names | first | of five | likely | of them right | 0.5 to 0.6 | to 0.7 | to 0.8 | to 0.9 |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for source, kinds in sources.items():
        for kind, pairs in kinds.items():
            asked = (
                pairs
                if source == "listed persons"
                else list({name: (name, reading) for name, reading in reversed(pairs)}.values())
            )
            true = pl.DataFrame(asked, schema=["name", "true"], orient="row")
            found = true.join(predict(true["name"], kind, 5), on="name").with_columns(
                hit=pl.col("reading") == pl.col("true")
            )
            first = found.filter(rank=1)
            likely = first.filter(pl.col("probability") >= SUGGESTED)
            bins = [
                first.filter(pl.col("probability").is_between(low / 10, (low + 1) / 10, closed="left"))
                for low in range(5, 9)
            ]
            lines.append(
                f"| {source} | {kind.value} | {len(true):,} | {per_cent(first['hit'].sum(), len(true))} | "
                f"{per_cent(found['hit'].sum(), len(true))} | {per_cent(len(likely), len(true))} | "
                f"{per_cent(likely['hit'].sum(), len(likely))} | "
                + " | ".join(per_cent(part["hit"].sum(), len(part)) for part in bins)
                + " |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


def restored(sources: dict[str, dict[Kind, Pairs]]) -> str:
    lines = [
        "Small kana: readings written with large ones alone, of those that may be written in more than one way. `left`: nothing "
        "was put back, since the characters say nothing.",
        "",
        "| source | kind | doubtful | right | wrong | left | right if large were kept |",
        "|---|---|---|---|---|---|---|",
    ]
    for source, kinds in sources.items():
        for kind, pairs in kinds.items():
            true = pl.DataFrame(
                [
                    (name, reading, enlarged(reading))
                    for name, reading in pairs
                    if len(variants(enlarged(reading))) > 1
                ],
                schema=["name", "true", "large"],
                orient="row",
            )
            found = restore(true["name"], true["large"], kind)["restored"]
            right = (found == true["true"]).sum()
            lines.append(
                f"| {source} | {kind.value} | {len(true):,} | {per_cent(right, len(true))} | "
                f"{per_cent(len(true) - right - found.null_count(), len(true))} | {per_cent(found.null_count(), len(true))} | "
                f"{per_cent((true['true'] == true['large']).sum(), len(true))} |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


def paces(pairs: Pairs) -> str:
    """Pairs checked and names predicted a second, the fastest and the median of some trials; the characters met before."""
    draw = random.Random(SEED)
    true = sorted(set(pairs))
    false = [(name, draw.choice(true)[1]) for name, _ in true]
    mixed = [*true, *false] * (BATCH // (2 * len(true)) + 1)
    names, readings = (pl.Series([pair[place] for pair in mixed[:BATCH]]) for place in (0, 1))
    asked = pl.Series(sorted({name for name, _ in true}))[: BATCH // 5]
    lines = ["| in one batch, one thread | how many | a second: fastest, median |", "|---|---|---|"]
    trials: list[tuple[str, int, Callable[[], object]]] = [
        (
            "given names checked, half of them true",
            len(names),
            lambda: examine_many(names, readings, Kind.GIVEN, Filing.REGISTERED),
        ),
        ("first five readings of given names", len(asked), lambda: predict(asked, Kind.GIVEN, 5)),
    ]
    for said, count, act in trials:
        act()
        seconds = []
        for _ in range(TRIALS):
            started = time.process_time()
            act()
            seconds.append(time.process_time() - started)
        lines.append(
            f"| {said} | {count:,} | {count / min(seconds):,.0f}, {count / sorted(seconds)[TRIALS // 2]:,.0f} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)


def per_cent(part: Any, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.2f}"


def share(pairs: Pairs, kind: Kind) -> str:
    names, readings = (pl.Series([pair[place] for pair in pairs], dtype=pl.String) for place in (0, 1))
    found = examine_many(names, readings, kind, Filing.REGISTERED)
    return per_cent((found["verdict"] == Verdict.ACCEPT.value).sum(), len(pairs))


def listed(name: str, reading: str, kind: Kind) -> bool:
    return reading in dictionary().readings(name, kind)


def drawn(pairs: Pairs, kind: Kind) -> Sets:
    """The sets of one source, by a fixed seed."""
    draw = random.Random(SEED)
    everyone = sorted(set(pairs))
    known: dict[str, set[str]] = defaultdict(set)
    sharing: dict[str, Pairs] = defaultdict(list)
    for name, reading in everyone:
        known[name].add(reading)
        for character in set(name):
            sharing[character].append((name, reading))
    true = draw.sample(everyone, min(AT_MOST, len(everyone)))
    shuffled, hard = [], []
    for name, _ in true:
        for _ in range(A_PAIR):
            other = draw.choice(everyone)[1]
            if other not in known[name] and not listed(name, other, kind):
                shuffled.append((name, other))
            another, theirs = draw.choice(sharing[draw.choice(name)])
            if another != name and theirs not in known[name] and not listed(name, theirs, kind):
                hard.append((name, theirs))
    return Sets(true, shuffled, hard)


def dataset() -> dict[Kind, Pairs]:
    folder = files("japanese_personal_name_dataset") / "dataset"
    surnames = csv.reader((folder / "last_name_org.csv").read_text().splitlines())
    given = (
        (name, row[0])
        for sex in ("man", "woman")
        for row in csv.reader((folder / f"first_name_{sex}_opti.csv").read_text().splitlines())
        for name in row[2:]
    )
    return {Kind.SURNAME: taken((row[0], row[2]) for row in surnames), Kind.GIVEN: taken(given)}


def ipadic() -> dict[Kind, Pairs]:
    """Names of IPAdic, the likeliest reading of a name first (by its cost)."""
    if not IPADIC.is_file():
        return {}
    rows = sorted(csv.reader(IPADIC.read_text(encoding="euc-jp").splitlines()), key=lambda row: int(row[3]))
    return {kind: taken((row[0], row[11]) for row in rows if row[7] == word) for kind, word in WORDS.items()}


def unidic() -> dict[Kind, Pairs]:
    """Names of UniDic likewise, historical ones among them (稗田 ヒエダノ)."""
    if not UNIDIC.is_file():
        return {}
    with UNIDIC.open(encoding="utf-8", newline="") as file:
        rows = sorted((row for row in csv.reader(file) if row[6] == "人名"), key=lambda row: int(row[3]))
    return {kind: taken((row[0], row[24]) for row in rows if row[7] == word) for kind, word in WORDS.items()}


def gimei() -> dict[Kind, Pairs]:
    """Names of gimei, those given to children of this century among them."""
    if not GIMEI.is_file():
        return {}
    first, last = GIMEI.read_text(encoding="utf-8").split("last_name:")
    found = {}
    for kind, text in ((Kind.SURNAME, last), (Kind.GIVEN, first)):
        rows = (json.loads(row.replace("'", '"')) for row in re.findall(r"\[.*\]", text))
        found[kind] = taken((name, reading) for name, _, reading in rows)
    return found


def listed_persons() -> dict[Kind, Pairs]:
    """Surnames and given names of the tenth of the listed persons that nothing was counted from, each person for himself."""
    if not JAMDICT.is_file():
        return {}
    with closing(sqlite3.connect(f"file:{JAMDICT}?mode=ro", uri=True)) as connection:
        names, persons = building.listed_names(connection), building.listed_persons(connection)
    parted = building.parted(persons, names, lambda share: share == building.HELD_OUT)
    return {
        kind: [pair for pair, count in found.items() for _ in range(count)] for kind, found in parted.items()
    }


def taken(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs of characters and kana that a register could hold, each once."""
    return list(
        dict.fromkeys(
            (name, katakana(reading))
            for name, reading in pairs
            if is_registered_kana(katakana(reading))
            and len(name) <= 6
            and not all(is_kana(letter) for letter in name)
        )
    )


if __name__ == "__main__":
    main()
