"""kill -9 in 50 random moments of a 1-million run: every time the run that is taken up again ends with the same bytes.

    make bench NAME=kill          ENISHI_BENCH_PERSONS, ENISHI_BENCH_KILLS, ENISHI_BENCH_SEED to change it

Each of the runs starts in a fresh folder, is killed once (with its workers, by the parent-death signal) at a moment drawn
from the whole length of a run, and is then started again until it completes. Compared: the tree of files, byte for byte;
and that no person stands in two payments and no payment number in two ledgers or bank files.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from bench.measure import command, write_result

PROGRAMME = "special-fixed-benefit-2020"


def tree(folder: Path) -> str:
    """One hash over names and bytes of all files."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != ".lock":
            whole.update(str(file.relative_to(folder)).encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def paid_twice(folder: Path) -> int:
    """Persons with two payments, and payment numbers that stand twice in the ledger or in bank files."""
    decisions = (
        pl.scan_parquet(folder / "decisions" / "*.parquet").filter(code="E00").select("person").collect()
    )
    ledger = pl.scan_parquet(folder / "ledger" / "*.parquet").select("payment").collect()
    numbers: list[bytes] = []
    for file in folder.glob("zengin/*/*.txt"):
        data = file.read_bytes()
        numbers += [data[at + 91 : at + 111] for at in range(120, len(data) - 240, 120)]
    return int(decisions["person"].is_duplicated().sum() + ledger["payment"].is_duplicated().sum()) + (
        len(numbers) - len(set(numbers))
    )


def main() -> None:
    """Builds, runs once undisturbed, then kills and resumes."""
    persons = os.environ.get("ENISHI_BENCH_PERSONS", "1000000")
    kills = int(os.environ.get("ENISHI_BENCH_KILLS", "50"))
    seed = int(os.environ.get("ENISHI_BENCH_SEED", str(random.SystemRandom().randrange(1 << 32))))
    work = Path(tempfile.mkdtemp(prefix="enishi-kill-", dir=os.environ.get("ENISHI_BENCH_DIR")))
    try:
        nation = work / "nation"
        command("nation", "build", "--persons", persons, "--seed", "1", "--out", str(nation))
        arguments = ["benefits", "run", PROGRAMME, "--snapshot", str(nation), "--out"]
        length = command(*arguments, str(work / "whole")).wall
        expected = tree(work / "whole")
        moments = random.Random(seed)
        equal = double = 0
        when = []
        for number in range(kills):
            out = work / f"run-{number}"
            moment = moments.uniform(0.2, length)
            process = subprocess.Popen(
                [sys.executable, "-m", "enishi.site.cli", *arguments, str(out)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(moment)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            when.append((out / "manifest.json").exists())
            time.sleep(0.3)
            command(*arguments, str(out))
            equal += tree(out) == expected
            double += paid_twice(out)
            shutil.rmtree(out)
            print(f"{number + 1}/{kills}: killed after {moment:.1f} s, {equal} identical so far", flush=True)
        write_result(
            "kill",
            f"{int(persons):,} persons, {kills} runs each killed with SIGKILL once at a random moment of {length:.1f} s "
            f"(seed {seed}), then started again:\n\n"
            f"- {equal} of {kills} results identical to the undisturbed run, byte for byte\n"
            f"- {double} double payments\n"
            f"- {sum(when)} had already completed when they were killed",
        )
        if equal != kills or double:
            sys.exit(1)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
