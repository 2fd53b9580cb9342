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
    _add_check(acts)
    _add_others(acts)
    build = acts.add_parser(
        "build",
        help="compile the dictionaries anew (for developers)",
        description="Compiles the dictionaries of the package from the database of jamdict-data 1.5, unpacked: "
        "docs/names-data.md.",
    )
    build.add_argument("database", type=Path, metavar="FILE", help="jamdict.db")
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the data files")
    build.set_defaults(act=build_dictionaries)


def _add_check(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = acts.add_parser(
        "check",
        help="a municipality's CSV file: large kana that should be small, readings that do not fit, lost characters",
        description="Looks at every row of a CSV file in UTF-8 or CP932 and writes three files: findings.csv, checked.csv (the "
        "source with what was found behind each row) and report.html. The source is not changed, nothing is sent anywhere. "
        "Columns are recognised by headings such as 氏名, 氏名カナ, 氏, 名_振り仮名. Exit status 0 whatever is found; 2: it "
        "cannot be read at all.",
    )
    check.add_argument("file", type=Path, metavar="FILE", help="CSV file with a row of headings")
    check.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the three files (default: FILE-names)"
    )
    check.add_argument(
        "--encoding", default="", metavar="NAME", help="utf-8 or cp932 (default: as the file looks)"
    )
    check.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="WHAT=COLUMN",
        help="a heading or number (from 1) of surname, given, name, surname_reading, given_reading or reading, where its heading "
        "does not say so; may be repeated",
    )
    check.add_argument(
        "--language", choices=("en", "ja"), default="ja", help="of what is written (default: ja)"
    )
    check.set_defaults(act=check_file)


def _add_others(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    predict = acts.add_parser(
        "predict",
        help="the likeliest readings of a name, with probabilities",
        description="The likeliest readings. Below 0.9 none may be filled in without asking the person: docs/names.md.",
    )
    predict.add_argument("name", metavar="NAME", help="surname or given name alone")
    predict.add_argument("--kind", choices=("given", "surname"), default="given", help="(default: given)")
    predict.add_argument("--most", type=int, default=5, metavar="N", help="readings at most (default: 5)")
    predict.set_defaults(act=predict_readings)
    split = acts.add_parser("split", help="where a full name parts into surname and given name")
    split.add_argument("name", metavar="NAME", help="full name")
    split.add_argument("reading", nargs="?", default="", metavar="READING", help="of the full name, in kana")
    split.set_defaults(act=split_name)
    passport = acts.add_parser(
        "passport",
        help="the Latin letters of a name in a passport",
        description="Hepburn by the regulation of the Passport Act, from the parts of the reading.",
    )
    passport.add_argument("name", metavar="NAME", help="surname or given name alone")
    passport.add_argument("reading", metavar="READING", help="its reading in kana")
    passport.add_argument("--kind", choices=("given", "surname"), default="given", help="(default: given)")
    passport.set_defaults(act=spell_for_passport)


def check_file(options: argparse.Namespace) -> None:
    """Looks at a file and writes down what is found."""
    from datetime import datetime

    from enishi.kernel.errors import BadInput
    from enishi.names.services import Column, Report, check
    from enishi.site.commands.register import Meter

    columns: dict[Column, str] = {}
    for said in options.column:
        what, _, column = said.partition("=")
        if what not in list(Column) or not column:
            raise BadInput(
                f"{said!r} names no column",
                where="--column",
                todo=f"use one of {', '.join(Column)}, as in name=3",
            )
        columns[Column(what)] = column
    out = options.out or options.file.with_name(options.file.stem + "-names")
    size = options.file.stat().st_size if options.file.is_file() else 0
    meter, done = Meter(size, "bytes"), 0

    def progress(now: int) -> None:
        nonlocal done
        meter(options.file.name, now - done)
        done = now

    with Report(out, options.language) as sink:
        checked = check(options.file, sink, encoding=options.encoding, columns=columns, progress=progress)
        sink.close(checked, datetime.now().astimezone())
    for line in sink.summary(checked):
        print(line)
    print(out / "report.html")


def predict_readings(options: argparse.Namespace) -> None:
    """Prints readings with their probabilities."""
    import polars as pl

    from enishi.names.services import Kind, predict

    found = predict(pl.Series([options.name]), Kind(options.kind), max(options.most, 1))
    for _, reading, probability, _ in found.iter_rows():
        print(f"{probability:.3f}  {reading}")
    if found.is_empty():
        print("nothing is known of it")


def split_name(options: argparse.Namespace) -> None:
    """Prints the two parts."""
    from enishi.names.services import split

    found = split(options.name, _as_katakana(options.reading))
    print(f"{found.surname}  {found.surname_reading}".rstrip())
    print(f"{found.given}  {found.given_reading}".rstrip())
    print(f"probability {found.probability:.3f}")


def spell_for_passport(options: argparse.Namespace) -> None:
    """Prints the letters, then those that the holder may declare."""
    from enishi.names.services import Filing, Kind, Long, examine, romanised

    finding = examine(options.name, _as_katakana(options.reading), Kind(options.kind), Filing.REGISTERED)
    usual, *declared = dict.fromkeys(romanised(finding, long) for long in Long)
    print(usual)
    if declared:
        print(f"if the holder declares so: {', '.join(declared)}")


def _as_katakana(typed: str) -> str:
    from enishi.kernel.kana import katakana

    return katakana(unicodedata.normalize("NFKC", typed))


def explain_reading(options: argparse.Namespace) -> int:
    """Prints one finding."""
    from enishi.names.services import Filing, Kind, Verdict, examine, explained

    filing = Filing(options.filing)
    reading = _as_katakana(options.reading)
    finding = examine(options.name, reading, Kind(options.kind), filing)
    print(f"{options.name}  {reading}")
    print("\n".join(explained(finding, filing, options.language)))
    return 4 if finding.verdict is Verdict.REFUSE_CANDIDATE else 0


def build_dictionaries(options: argparse.Namespace) -> None:
    """Writes the data files."""
    from enishi.names.services import build_dictionaries as build

    for name, rows in build(options.database, options.out).items():
        print(f"{name}: {rows:,} rows")
