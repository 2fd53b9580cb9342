"""A benefit run over a nation: fast path, second opinion, the raw copy of the same bytes, and a per-record ORM loop.

    make bench NAME=run                                  1,000,000 persons
    ENISHI_BENCH_PERSONS=full ENISHI_BENCH_CENSUS=FILE make bench NAME=run
    ENISHI_BENCH_SNAPSHOT=DIR make bench NAME=run        a nation already built
    ENISHI_BENCH_DIR=DIR where to work, ENISHI_BENCH_KEEP=1 to keep what was made

What it compares: (a) the fast path with letters' data and fsync, (b) the whole run with the second opinion, (c) reading the
same input and writing the same output bytes with fsync and nothing else (the floor), (d) one record after the other through
an ORM: the shape of today's open-source benefit systems, on 3,000 persons of the same nation. All in one go.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from bench.measure import command, write_result

PROGRAMME = "special-fixed-benefit-2020"
ORM_PERSONS = 3_000


def main() -> None:
    """Builds, runs, compares, writes the result."""
    work = Path(tempfile.mkdtemp(prefix="enishi-bench-", dir=os.environ.get("ENISHI_BENCH_DIR")))
    try:
        measure(work)
    finally:
        if "ENISHI_BENCH_KEEP" not in os.environ:
            shutil.rmtree(work, ignore_errors=True)


def measure(work: Path) -> None:
    persons = os.environ.get("ENISHI_BENCH_PERSONS", "1000000")
    lines = []
    if given := os.environ.get("ENISHI_BENCH_SNAPSHOT"):
        nation = Path(given)
    else:
        nation = work / "nation"
        census = (
            ["--census", os.environ["ENISHI_BENCH_CENSUS"]] if "ENISHI_BENCH_CENSUS" in os.environ else []
        )
        built = command("nation", "build", "--persons", persons, "--seed", "1", "--out", str(nation), *census)
        lines.append(("nation build", built.wall, built.cpu, built.memory))
    number = json.loads((nation / "manifest.json").read_text())["persons"]
    arguments = ["benefits", "run", PROGRAMME, "--snapshot", str(nation), "--out"]
    first = command(*arguments, str(work / "first"), "--first-opinion-only")
    lines.append(("run, fast path", first.wall, first.cpu, first.memory))
    shutil.rmtree(work / "first")
    os.sync()
    whole = command(*arguments, str(work / "run"))
    lines.append(("run with second opinion", whole.wall, whole.cpu, whole.memory))
    lines.append(("raw copy of the same bytes", *raw_copy(nation, work)))
    table = [
        "| | wall s | CPU s | CPU us a person | persons a second | peak MB (largest process) |",
        "|---|---|---|---|---|---|",
    ]
    for name, wall, cpu, memory in lines:
        table.append(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {cpu / number * 1e6:.2f} | {number / wall:,.0f} | {memory:,.0f} |"
        )
    rate = orm_loop(nation)
    table.append(f"| per-record ORM loop ({ORM_PERSONS:,} persons, SQLite) | | | | {rate:,.0f} | |")
    output = sum(file.stat().st_size for file in (work / "run").rglob("*") if file.is_file())
    data = sum(file.stat().st_size for file in (nation / "persons").iterdir())
    text = "\n".join(
        [
            f"{number:,} persons, {data / 1e9:.2f} GB in, {output / 1e9:.2f} GB out. "
            f"Fast path : raw copy = {first.wall / lines[-1][1]:.1f} : 1 (wall). "
            f"Fast path : ORM loop = {number / first.wall / rate:,.0f} : 1 (persons a second).",
            "",
            *table,
            "",
            "```",
            whole.output[whole.output.index("Complete:") :].strip().replace(str(work), "..."),
            "```",
        ]
    )
    write_result(f"run-{number}", text)


def raw_copy(nation: Path, work: Path) -> tuple[float, float, float]:
    """Reads all input and writes as many bytes as the run wrote, file by file, and syncs once. (wall, CPU, 0)."""
    sizes = [file.stat().st_size for file in (work / "run").rglob("*") if file.is_file()]
    target = work / "copy"
    target.mkdir()
    started, used = time.monotonic(), time.process_time()
    for file in (nation / "persons").iterdir():
        with file.open("rb") as opened:
            while opened.read(1 << 20):
                pass
    block = os.urandom(1 << 20)
    for number, size in enumerate(sizes):
        with (target / str(number)).open("wb") as opened:
            for _ in range(size // len(block)):
                opened.write(block)
            opened.write(block[: size % len(block)])
    os.sync()
    result = (time.monotonic() - started, time.process_time() - used, 0.0)
    shutil.rmtree(target)
    return result


def orm_loop(nation: Path) -> float:
    """Persons a second when each person's facts are looked up, decided, saved and paid one by one through an ORM."""
    from bench.orm_peer import judge_one_by_one

    return judge_one_by_one(nation, ORM_PERSONS)


if __name__ == "__main__":
    main()
