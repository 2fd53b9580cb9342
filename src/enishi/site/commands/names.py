"""`enishi names`: readings of names, and the dictionaries that they are judged by."""

from __future__ import annotations

import argparse
import os
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
    _add_characters(acts)
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
        "--characters",
        metavar="MUNI",
        help="take what this municipality's officers chose for its legacy characters (six digits; asks the database)",
    )
    check.add_argument(
        "--language", choices=("en", "ja"), default="ja", help="of what is written (default: ja)"
    )
    check.set_defaults(act=check_file)


def _add_others(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    predict = acts.add_parser(
        "predict",
        help="the likeliest readings of a name, with probabilities",
        description="The likeliest readings. Below 0.95 none may be filled in without asking the person: docs/names.md.",
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


def _add_characters(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    characters = acts.add_parser(
        "characters",
        help="registered forms of characters (MJ): their codes, pictures, and what narrow systems can write",
    )
    what = characters.add_subparsers(dest="characters_what", required=True, metavar="ACT")
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("--folder", type=Path, metavar="DIR", help="of what is kept (default: var/names)")
    build = what.add_parser(
        "build",
        parents=[folder],
        help="read the table of the installed font IPAmj Mincho, and draw its forms once",
        description="Reads the MJ table from the character map of the installed font IPAmj Mincho and draws its 59,127 forms "
        "for `identify`. About a minute.",
    )
    build.set_defaults(act=build_characters)
    show = what.add_parser("show", help="the MJ code of each character of a name, or what a code is")
    show.add_argument("name", metavar="NAME", help="a name, or a code such as MJ026200")
    show.set_defaults(act=show_characters)
    picture = what.add_parser("picture", help="a picture of a registered form")
    picture.add_argument("code", metavar="CODE", help="such as MJ026200")
    picture.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .svg or .png")
    picture.add_argument(
        "--size", type=int, default=128, metavar="PIXELS", help="height of a PNG (default: 128)"
    )
    picture.set_defaults(act=write_picture)
    reduce = what.add_parser(
        "reduce",
        parents=[folder],
        help="a name for a system with fewer characters, each step with its ground",
        description="Exit status 4: a person has to choose; the options are printed.",
    )
    reduce.add_argument("name", metavar="NAME")
    reduce.add_argument(
        "--into",
        choices=("cp932", "jis_x_0213"),
        default="jis_x_0213",
        help="what it has (default: jis_x_0213)",
    )
    reduce.set_defaults(act=reduce_name)
    load = what.add_parser(
        "map", parents=[folder], help="take in the official reduction map (MJShrinkMap JSON)"
    )
    load.add_argument("file", type=Path, metavar="FILE")
    load.set_defaults(act=load_map)
    identify = what.add_parser(
        "identify",
        parents=[folder],
        help="which registered forms legacy characters (gaiji) may be, by their pictures",
        description="Ranked candidates for each character of private use in a font such as EUDC.TTE, or for pictures. A person "
        "chooses.",
    )
    identify.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="a font, or pictures (PNG, BMP, GIF)"
    )
    identify.add_argument("--most", type=int, default=5, metavar="N", help="candidates for each (default: 5)")
    identify.add_argument(
        "--keep",
        metavar="MUNI",
        help="keep them for this municipality (six digits), whose officers choose at office/MUNI/register/characters/",
    )
    identify.set_defaults(act=identify_characters)


def _folder(options: argparse.Namespace) -> Path:
    from enishi.site.settings import VAR

    return Path(options.folder or VAR / "names")


def build_characters(options: argparse.Namespace) -> None:
    """Keeps table and pictures."""
    from enishi.names.services import build_characters as build

    def progress(done: int, total: int) -> None:
        if done % 10_000 == 0 or done == total:
            print(f"  {done:>7,} of {total:,} forms drawn")

    for what, count in build(_folder(options), progress).items():
        print(f"{count:>9,}  {what}")


def show_characters(options: argparse.Namespace) -> None:
    """Prints each character with its code and the other forms of it."""
    from enishi.names.services import forms, variants

    for form in forms(options.name):
        points = " ".join(f"U+{ord(letter):04X}" for letter in form.sequence)
        others = [code for code in variants(form.sequence[0]) if code != form.mj]
        more = f"  other forms: {' '.join(others)}" if others else ""
        print(f"{form.sequence}  {form.mj or 'no registered form'}  {points}{more}")


def write_picture(options: argparse.Namespace) -> None:
    """Writes one form as SVG or PNG."""
    from enishi.kernel.errors import BadInput
    from enishi.names.services import glyph_png, glyph_svg

    if options.out.suffix == ".svg":
        options.out.write_text(glyph_svg(options.code), encoding="utf-8")
    elif options.out.suffix == ".png":
        options.out.write_bytes(glyph_png(options.code, options.size))
    else:
        raise BadInput("a picture is SVG or PNG", where="--out", todo="use a name that ends in .svg or .png")


def reduce_name(options: argparse.Namespace) -> int:
    """Prints the name reduced, its steps, and what is open."""
    from enishi.names.services import Target, reduce

    found = reduce(options.name, Target(options.into), _folder(options))
    for step in found.steps:
        print(f"  character {step.place}: {step.before} to {step.after}  ({step.ground.value})")
    for place, form, choices in found.open:
        said = (
            ", ".join(f"{one.character} ({one.ground.value})" for one in choices) or "nothing is known of it"
        )
        print(f"  character {place}: {form} is open: {said}")
    print(found.text if found.text is not None else "a person has to choose")
    return 0 if found.text is not None else 4


def load_map(options: argparse.Namespace) -> None:
    """Takes the official map in."""
    from enishi.names.services import load_reduction_map

    print(f"{load_reduction_map(options.file, _folder(options)):,} ways to reduce a form")


def identify_characters(options: argparse.Namespace) -> None:
    """Prints the candidates of each character."""
    from enishi.kernel.errors import BadInput
    from enishi.kernel.municipality import is_valid
    from enishi.names.services import identify

    if options.keep and not is_valid(options.keep):
        raise BadInput(
            f"{options.keep!r} is no code of a municipality",
            where="--keep",
            todo="give six digits, such as 131016",
        )
    found = []
    for code, picture, candidates in identify(options.files, _folder(options), max(options.most, 1)):
        said = "  ".join(f"{one.sequence} {one.mj} {one.likeness:.3f}" for one in candidates)
        print(f"{code}  {said or 'an empty picture'}")
        found.append((code, picture, candidates))
    if options.keep:
        from enishi.site.commands.register import set_up

        set_up()
        from enishi.names.legacy import take_legacy

        print(f"{take_legacy(options.keep, found):,} kept for {options.keep}")


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
    known: dict[str, str] = {}
    if options.characters:
        from enishi.site.commands.register import set_up

        set_up()
        from enishi.names.legacy import municipal_table

        table = municipal_table(options.characters)
        known = {chr(int(code[2:], 16)): form for code, form in table.items() if code.startswith("U+")}
    out = options.out or options.file.with_name(options.file.stem + "-names")
    if options.file.resolve() in {(out / name).resolve() for name in Report.FILES}:
        raise BadInput(
            "the result would be written over this file",
            where=str(out),
            todo="name another folder with --out",
        )
    size = options.file.stat().st_size if options.file.is_file() else 0
    meter, done = Meter(size, "bytes"), 0

    def progress(now: int) -> None:
        nonlocal done
        meter(options.file.name, now - done)
        done = now

    with Report(out, options.language) as sink:
        checked = check(
            options.file, sink, encoding=options.encoding, columns=columns, known=known, progress=progress
        )
        sink.close(checked, datetime.now().astimezone())
    for line in sink.summary(checked):
        print(line)
    print(os.fsencode(out / "report.html").decode("utf-8", errors="replace"))


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
    if (spoken := romanised(finding, apart=False)) != usual:
        print(f"if the vowel that two characters share is said long: {spoken}")
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
