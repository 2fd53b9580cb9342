"""How fast a nation is built, against the floor of writing its bytes and the shape of a loop over persons.

    python bench/nation.py [--persons 1000000] [--workers 1] [--census FILE] [--out DIR]

Three sides in one go: the build itself; a copy of the files that it wrote, flushed to the disk (nothing can be faster);
and a plain Python loop that draws the same kinds of columns for each person in turn (the usual shape of a generator of
test data; it forms no households, so it does less). Printed are persons a second of processor time, which do not depend
on who else uses the machine as much as wall time does, and the ratios. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from enishi.nation.build import Progress, build_nation
from enishi.nation.given_names import load_given_names
from enishi.nation.surnames import load_surnames

LOOP = 100_000


def processor_seconds() -> float:
    """Of this process and those that it has waited for."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds of an act."""
    wall, processor = time.perf_counter(), processor_seconds()
    act()
    return time.perf_counter() - wall, processor_seconds() - processor


def copy(folder: Path, target: Path) -> None:
    """Copies every file and flushes it."""
    for path in sorted(folder.rglob("*.parquet")):
        copied = target / path.relative_to(folder)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
        with copied.open("rb") as file:
            os.fsync(file.fileno())


def loop(persons: int) -> list[tuple[object, ...]]:
    """A row for each person, drawn one after the other."""
    surnames, givens = load_surnames(), load_given_names()
    dice = random.Random(1)
    rows: list[tuple[object, ...]] = []
    for number in range(persons):
        surname = int(surnames.table[dice.getrandbits(20)])
        sex = dice.randrange(2)
        given = int(givens.tables[sex, dice.randrange(12), dice.getrandbits(16)]) + givens.first[sex]
        birth = date(1920, 1, 1) + timedelta(days=dice.randrange(36_500))
        account = f"{dice.randrange(10**7):07d}" if dice.random() < 0.5 else None
        rows.append(
            (
                number,
                sex + 1,
                birth,
                surnames.kanji[surname],
                surnames.kana[surname],
                givens.kanji[given],
                givens.kana[given],
                account,
            )
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--census", type=Path)
    parser.add_argument("--out", type=Path, help="keep the nation here (default: a folder that is removed)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="enishi-bench-") as name:
        folder = options.out or Path(name) / "nation"
        last: list[Progress] = []
        rows = 0

        def build() -> None:
            nonlocal rows
            manifest = build_nation(
                options.persons,
                1,
                date(2020, 4, 27),
                folder,
                options.census,
                options.workers,
                progress=last.append,
            )
            rows = manifest["persons"]

        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall, processor = timed(build)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        workers = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        floor, _ = timed(lambda: copy(folder, Path(name) / "copy"))
        loop(1)
        _, looped = timed(lambda: loop(LOOP))
        drawing = last[-1].seconds
        print(
            f"{rows:,} rows, {size / rows:.1f} bytes a row (persons and numbers), {options.workers} worker(s)"
        )
        print(f"build, all of it   {wall:9.2f} s wall {processor:9.2f} s processor")
        print(
            f"  after the lists  {drawing:9.2f} s wall; peak memory of a worker {last[-1].memory / 2**20:,.0f} MB"
        )
        print(f"copy of its bytes  {floor:9.2f} s wall; the build takes {wall / floor:.1f} times as long")
        print(
            f"rate               {rows / processor:12,.0f} persons a second of processor time, reading the lists included"
        )
        if workers:
            print(f"  of the workers   {rows / workers:12,.0f}, their start included ({workers:.2f} s)")
        print(
            f"loop over persons  {LOOP / looped:12,.0f}; the build is {rows / processor * looped / LOOP:.1f} times as fast"
        )


if __name__ == "__main__":
    main()
