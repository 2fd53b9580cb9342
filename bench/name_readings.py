"""Readings accepted of names that the dictionaries were not made from: true ones, another name's, and another's that shares a
character.

    make bench NAME=name_readings
    ENISHI_BENCH_IPADIC=FILE     Noun.name.csv of IPAdic, if Debian's mecab-ipadic is not installed; else that part is left out

Held out: japanese-personal-name-dataset, with which nothing was chosen. Looked at: IPAdic, on whose names the thresholds were
chosen. Beside the rule: a plain look-up in the list of names alone. A false pair that either source or the list has is left out.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bench.measure import write_result
from enishi.kernel.kana import is_registered_kana, katakana
from enishi.names.engines.dictionary import dictionary
from enishi.names.rules.sounds import is_kana
from enishi.names.services import Kind, Verdict, examine

IPADIC = Path(os.environ.get("ENISHI_BENCH_IPADIC", "/usr/share/mecab/dic/ipadic/Noun.name.csv"))
SEED = 20261129
A_PAIR = 3
"""False readings for each true one, of each sort."""
AT_MOST = 6_000
"""True pairs of a source and kind."""
Pairs = set[tuple[str, str]]


@dataclass(frozen=True)
class Sets:
    """Pairs of one source and kind: true, with another name's reading, and with that of another name that shares a character."""

    true: list[tuple[str, str]]
    shuffled: list[tuple[str, str]]
    hard: list[tuple[str, str]]


def main() -> None:
    lines = [
        "Accepted, in per cent. `true absent`: true pairs that the list of names does not have. `look-up`: the list alone.",
        "",
        "| source | kind | true pairs | true | true absent (how many) | shuffled | hard | look-up, true |",
        "|---|---|---|---|---|---|---|---|",
    ]
    started, asked = time.perf_counter(), 0
    sources = {"japanese-personal-name-dataset (held out)": dataset()}
    if IPADIC.is_file():
        sources["IPAdic (looked at)"] = ipadic(IPADIC)
    for source, kinds in sources.items():
        for kind, pairs in kinds.items():
            sets = drawn(pairs, kind)
            absent = [pair for pair in sets.true if not listed(*pair, kind)]
            asked += len(sets.true) + len(absent) + len(sets.shuffled) + len(sets.hard)
            line = (
                f"| {source} | {kind.value} | {len(sets.true):,} | {share(sets.true, kind)} | {share(absent, kind)} "
                f"({len(absent)}) | {share(sets.shuffled, kind)} of {len(sets.shuffled):,} | {share(sets.hard, kind)} of "
                f"{len(sets.hard):,} | {100 - 100 * len(absent) / len(sets.true):.2f} |"
            )
            lines.append(line)
            print(line, flush=True)
    seconds = time.perf_counter() - started
    lines += ["", f"One by one, {asked / seconds:,.0f} a second (with the evidence of each part)."]
    write_result("name-readings", "\n".join(lines))


def share(pairs: list[tuple[str, str]], kind: Kind) -> str:
    accepted = sum(examine(name, reading, kind).verdict is Verdict.ACCEPT for name, reading in pairs)
    return f"{100 * accepted / max(len(pairs), 1):.2f}"


def listed(name: str, reading: str, kind: Kind) -> bool:
    return reading in dictionary().names[kind].get(name, ())


def drawn(pairs: Pairs, kind: Kind) -> Sets:
    """The sets of one source, by a fixed seed."""
    draw = random.Random(SEED)
    everyone = sorted(pairs)
    known: dict[str, set[str]] = defaultdict(set)
    sharing: dict[str, list[tuple[str, str]]] = defaultdict(list)
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


def ipadic(path: Path) -> dict[Kind, Pairs]:
    rows = list(csv.reader(path.read_text(encoding="euc-jp").splitlines()))
    words = {Kind.SURNAME: "姓", Kind.GIVEN: "名"}
    return {kind: taken((row[0], row[11]) for row in rows if row[7] == word) for kind, word in words.items()}


def taken(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs of characters and kana that a register could hold."""
    return {
        (name, katakana(reading))
        for name, reading in pairs
        if is_registered_kana(katakana(reading))
        and len(name) <= 6
        and not all(is_kana(letter) for letter in name)
    }


if __name__ == "__main__":
    main()
