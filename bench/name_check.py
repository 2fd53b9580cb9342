"""`enishi names check` on a file of the synthetic nation, with defects put in whose truth is known: what is found, and how fast.

    make bench NAME=name_check
    ENISHI_BENCH_ROWS=100000     rows of the file, one resident each

The file is as an older system writes it: CP932, full names and readings in one column each, a tenth of the readings with large
kana alone. Into some rows come another person's reading, a lost character, bytes that are none of CP932, a quotation that is
never closed. Counted per row; a reading that was made large stays doubtful only if it changed.
"""

from __future__ import annotations

import csv
import io
import os
import random
import tempfile
from collections import Counter
from pathlib import Path

import polars as pl

from bench.measure import command, write_result
from enishi.names.rules.smallness import enlarged

ROWS = int(os.environ.get("ENISHI_BENCH_ROWS", "100000"))
SEED = 20261129
LARGE, SWAPPED, LOST, BYTES, BROKEN = 0.1, 0.002, 0.001, 0.0005, 0.0002
HEADINGS = ("宛名番号", "氏名", "氏名カナ", "生年月日", "性別")
EXPECTED = {
    "large": "小書きの仮名が大きく書かれている可能性があります",
    "swapped": "文字の読みとして根拠が見つからない部分があります",
    "lost": "失われた文字の跡があります",
    "bytes": "文字として読めないバイトがあります",
    "broken": "行が壊れています",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, nation = Path(folder) / "residents.csv", Path(folder) / "nation"
        command("nation", "build", "--persons", str(ROWS), "--out", str(nation))
        truth = write(source, pl.read_parquet(nation / "persons" / "*.parquet").head(ROWS))
        before = source.read_bytes()
        measured = command("names", "check", str(source))
        out = source.with_name("residents-names")
        rows = list(csv.reader((out / "findings.csv").read_text(encoding="utf-8-sig").splitlines()))[1:]
        page = (out / "report.html").stat().st_size
        assert source.read_bytes() == before
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(int(row[0]), set()).add(row[3])
    lines = [
        f"{ROWS:,} rows in {measured.wall:,.1f} s ({measured.cpu:,.1f} s of CPU), {measured.memory:,.0f} MB; {len(rows):,} "
        f"findings, page of {page / 1e3:,.0f} kB.",
        "",
        "| put in | rows | found as such | found otherwise | nothing found |",
        "|---|---|---|---|---|",
    ]
    for what, said in EXPECTED.items():
        asked = [row for row, put in truth.items() if put == what]
        right = sum(said in found.get(row, ()) for row in asked)
        other = sum(row in found and said not in found[row] for row in asked)
        lines.append(f"| {what} | {len(asked):,} | {right:,} | {other:,} | {len(asked) - right - other:,} |")
    sound = ROWS - len(truth)
    wrong = Counter(said for row, told in found.items() if row not in truth for said in told)
    lines += [
        "",
        f"Of {sound:,} rows that are as the nation has them: "
        + "; ".join(f"{count:,} {said}" for said, count in wrong.items()),
    ]
    print("\n".join(lines))
    write_result("name-check", "\n".join(lines))


def write(path: Path, persons: pl.DataFrame) -> dict[int, str]:
    """Writes the file; gives what was put into which row (numbers from 1, headings included)."""
    draw = random.Random(SEED)
    truth: dict[int, str] = {}
    columns = (
        "person",
        "surname",
        "given",
        "surname_kana",
        "given_kana",
        "latin_name",
        "latin_kana",
        "birth_date",
        "sex",
    )
    everyone = persons.select(columns).rows()
    with path.open("wb") as file:
        file.write(record(HEADINGS))
        for row, (
            person,
            surname,
            given,
            surname_kana,
            given_kana,
            latin,
            latin_kana,
            born,
            sex,
        ) in enumerate(everyone, 2):
            name, reading = (
                (latin, latin_kana) if latin else (f"{surname}　{given}", f"{surname_kana}　{given_kana}")
            )
            chance = draw.random()
            if latin is None and chance < LARGE and enlarged(reading) != reading:
                reading, truth[row] = enlarged(reading), "large"
            elif latin is None and LARGE <= chance < LARGE + SWAPPED:
                other = draw.choice(everyone)
                if other[4] and other[4] != given_kana:
                    reading, truth[row] = f"{surname_kana}　{other[4]}", "swapped"
            elif LARGE + SWAPPED <= chance < LARGE + SWAPPED + LOST and latin is None:
                name, truth[row] = f"{surname[:-1]}●　{given}", "lost"
            raw = record((str(person), name, reading or "", f"{born:%Y%m%d}", str(sex)))
            if chance > 1 - BYTES and latin is None:
                raw, truth[row] = raw.replace("　".encode("cp932"), b"\x81\xff", 1), "bytes"
            elif 1 - BYTES - BROKEN < chance <= 1 - BYTES:
                raw, truth[row] = raw.replace(b",", b',"', 1), "broken"
            file.write(raw)
    return truth


def record(cells: tuple[str, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode("cp932", errors="replace")


if __name__ == "__main__":
    main()
