"""A nation with ten years of history into the register, on SQLite and on a durable PostgreSQL, and its day back out of it.

    make bench NAME=register_load            1,000,000 persons, ten years
    ENISHI_BENCH_PERSONS, ENISHI_BENCH_HISTORY to change it; ENISHI_BENCH_ENGINES=sqlite for one engine only
    ENISHI_BENCH_NATION=DIR                  a nation that is built already
    ENISHI_BENCH_LOADING=only                neither numbers nor the way back

What it compares: the loading on each engine (register, then number vault) with reading the same files and writing the bytes of
the resulting SQLite database with fsync and nothing else (the floor). The snapshot of the day is compared with the nation.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import Measured, command, write_result


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="enishi-bench-", dir=os.environ.get("ENISHI_BENCH_DIR")))
    try:
        measure(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def measure(work: Path) -> None:
    persons = os.environ.get("ENISHI_BENCH_PERSONS", "1000000")
    years = os.environ.get("ENISHI_BENCH_HISTORY", "10")
    nation, built = work / "nation", "built before"
    if standing := os.environ.get("ENISHI_BENCH_NATION"):
        nation = Path(standing)
    else:
        words = ["--persons", persons, "--seed", "1", "--history", years, "--out", str(nation)]
        built = f"built in {command('nation', 'build', *words).wall:.0f} s"
    manifest = json.loads((nation / "manifest.json").read_text())
    facts, acts = (sum(entry["rows"] for entry in manifest.get(what, [])) for what in ("history", "acts"))
    people = (
        pl.scan_parquet(nation / "history/*.parquet").select(pl.col("person").n_unique()).collect().item()
    )
    lines = [
        f"{manifest['persons']:,} persons of the day, {people:,} persons with a record, {acts:,} acts and {facts:,} facts of "
        f"{years} years ({facts / people:.1f} a person); {built}.",
        f"Load average before each side in the last column. PostgreSQL: fsync, full_page_writes and synchronous_commit on; "
        f"{', '.join(f'{name} {value}' for name, value in SETTINGS.items())}. SQLite: WAL, synchronous full.",
        "",
        "| | wall s | CPU s of the client | peak MB | rows in the database | load |",
        "|---|---|---|---|---|---|",
    ]
    floor = 0.0
    slowest = 0.0
    for engine in os.environ.get("ENISHI_BENCH_ENGINES", "sqlite postgresql").split():
        with database(engine, work):
            django("migrate", "-v0")
            load = os.getloadavg()[0]
            done = command("register", "load", str(nation), "--no-numbers")
            slowest = max(slowest, done.wall)
            rows = count()
            lines.append(line(f"{engine}: load", done, f"{rows:,}", load))
            print(lines[-1], flush=True)
            if engine == "sqlite":
                floor = copy(nation, work / "sqlite" / "enishi.sqlite3", work)
            if os.environ.get("ENISHI_BENCH_LOADING") == "only":
                continue
            lines.append(
                line(
                    f"{engine}: seal numbers",
                    command("register", "load", str(nation)),
                    "",
                    os.getloadavg()[0],
                )
            )
            out = work / f"out-{engine}"
            lines.append(
                line(
                    f"{engine}: snapshot",
                    command("register", "snapshot", "--on", manifest["on"], "--out", str(out)),
                    "",
                    os.getloadavg()[0],
                )
            )
            same = everybody(out).equals(everybody(nation))
            broken = chains()
            lines.append(
                f"| {engine}: snapshot {'identical' if same else 'DIFFERS'}; chains of hashes broken: {broken} | | | | | |"
            )
    if floor:
        lines.append(
            f"| floor: read the files, write the bytes of the database with fsync | {floor:.1f} | | | | |"
        )
        lines.append("")
        lines.append(f"Slowest load : floor = {slowest / floor:.1f} : 1.")
    write_result(f"register-load-{manifest['persons']}", "\n".join(lines))


def line(name: str, done: Measured, rows: str, load: float) -> str:
    return f"| {name} | {done.wall:.1f} | {done.cpu:.1f} | {done.memory:,.0f} | {rows} | {load:.1f} |"


@contextmanager
def database(engine: str, work: Path) -> Iterator[None]:
    """Points the commands to an empty database of an engine."""
    os.environ["ENISHI_VAR"] = str(work / engine)
    os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
    (work / engine).mkdir()
    if engine == "sqlite":
        os.environ.pop("ENISHI_DATABASE_URL", None)
        yield
        return
    with durable_cluster() as url:
        os.environ["ENISHI_DATABASE_URL"] = url
        yield
        del os.environ["ENISHI_DATABASE_URL"]


def django(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "django", *words], check=True, capture_output=True, text=True
    )
    return done.stdout


COUNT = """
from django.apps import apps
print("rows", sum(model.objects.count() for model in apps.get_app_config("register").get_models()))
"""
CHAINS = """
from enishi.register.services import broken_chain, municipalities
munis = [one.muni for one in municipalities()]
print("broken", sum(broken_chain(muni) is not None for muni in munis[::17]))
"""


def count() -> int:
    return int(re.findall(r"rows (\d+)", django("shell", "-c", COUNT))[0])


def chains() -> str:
    return re.findall(r"broken (\d+)", django("shell", "-c", CHAINS))[0] + " of every 17th municipality"


def everybody(folder: Path) -> pl.DataFrame:
    frames = [pl.read_parquet(file) for file in sorted((folder / "persons").iterdir())]
    return pl.concat(
        [frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)) for frame in frames]
    )


def copy(nation: Path, made: Path, work: Path) -> float:
    """Seconds to read the nation and to write as many bytes as the database has."""
    started = time.monotonic()
    for file in nation.rglob("*.parquet"):
        file.read_bytes()
    block, left = os.urandom(1 << 20), made.stat().st_size
    with (work / "copy").open("wb") as opened:
        while left > 0:
            left -= opened.write(block[: min(len(block), left)])
        opened.flush()
        os.fsync(opened.fileno())
    return time.monotonic() - started


if __name__ == "__main__":
    main()
