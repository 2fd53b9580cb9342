"""`enishi names`: readings of names, and the dictionaries that they are judged by."""

from __future__ import annotations

import argparse
import unicodedata
from pathlib import Path


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds this room's acts to the command line."""
    room = rooms.add_parser(
        "names", help="readings of names: whether one is a reading of its characters, and why"
    )
    acts = room.add_subparsers(dest="what", required=True, metavar="ACT")
    explain = acts.add_parser(
        "explain",
        help="one reading, with the evidence for each part",
        description="Whether a reading is one of the characters of a name, part by part, with the dictionary's entry. "
        "Exit status 0: accept or review; 4: candidate for refusal.",
    )
    explain.add_argument("name", metavar="NAME", help="surname or given name alone, such as 心愛")
    explain.add_argument(
        "reading",
        metavar="READING",
        help="its reading in kana, such as ココア; hiragana and half-width kana are taken as katakana",
    )
    explain.add_argument(
        "--kind", choices=("given", "surname"), default="given", help="which part of a name (default: given)"
    )
    explain.add_argument(
        "--filing",
        choices=("birth", "naturalisation", "registered"),
        default="birth",
        help="whose reading it is: art. 13(2) binds new names only (default: birth)",
    )
    explain.add_argument("--language", choices=("en", "ja"), default="en", help="of the answer (default: en)")
    explain.set_defaults(act=explain_reading)
    build = acts.add_parser(
        "build",
        help="compile the dictionaries anew (for developers)",
        description="Compiles the dictionaries of the package from the database of jamdict-data 1.5, unpacked: "
        "docs/names-data.md.",
    )
    build.add_argument("database", type=Path, metavar="FILE", help="jamdict.db")
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the data files")
    build.set_defaults(act=build_dictionaries)


def explain_reading(options: argparse.Namespace) -> int:
    """Prints one finding."""
    from enishi.kernel.kana import katakana
    from enishi.names.services import Filing, Kind, Verdict, examine, explained

    filing = Filing(options.filing)
    reading = katakana(unicodedata.normalize("NFKC", options.reading))
    finding = examine(options.name, reading, Kind(options.kind), filing)
    print(f"{options.name}  {reading}")
    print("\n".join(explained(finding, filing, options.language)))
    return 4 if finding.verdict is Verdict.REFUSE_CANDIDATE else 0


def build_dictionaries(options: argparse.Namespace) -> None:
    """Writes the data files."""
    from enishi.names.services import build_dictionaries as build

    for name, rows in build(options.database, options.out).items():
        print(f"{name}: {rows:,} rows")
