"""`enishi benefits`: run a programme, verify what a run wrote, print letters, list programmes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from enishi.site.commands import benefits_verify

PHASES = {
    "computing": "deciding and paying",
    "assembling": "writing bank files",
    "second_opinion": "second opinion",
    "checking": "comparing bank files",
    "complete": "complete",
}


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `enishi benefits run|verify|letters|programmes`."""
    room = rooms.add_parser("benefits", help="programmes of benefits: decide, pay, verify")
    acts = room.add_subparsers(dest="act_name", required=True, metavar="ACT")
    run = acts.add_parser(
        "run",
        help="decide and pay one programme for everyone in a snapshot",
        description="Decides on every person of a snapshot, writes ledger, letters and one bank file per municipality, "
        "value date and batch, computes all of it a second time with another engine, and completes only when both agree. "
        "Killed at any moment, the same command goes on where it stopped.",
    )
    run.add_argument(
        "programme", metavar="PROGRAMME", help="a programme file (YAML), or the name of a shipped one"
    )
    run.add_argument(
        "--snapshot", type=Path, required=True, metavar="DIR", help="a built nation, or a register's snapshot"
    )
    run.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the result goes; a new folder"
    )
    run.add_argument(
        "--workers",
        type=_workers,
        default=os.cpu_count() or 1,
        metavar="W",
        help="processes at most (default: cores); one for each million persons",
    )
    run.add_argument(
        "--declined", type=Path, metavar="FILE", help="CSV with a column `person`: who declined (R05)"
    )
    run.add_argument(
        "--paid", type=Path, metavar="LEDGER_DIR", help="an earlier run, or its ledger/: who was paid (R06)"
    )
    run.add_argument(
        "--first-opinion-only",
        action="store_true",
        help="stop before the second opinion (for measuring; never complete)",
    )
    run.set_defaults(act=_run)
    benefits_verify.add_to(acts)
    letters = acts.add_parser("letters", help="print-ready letters of one municipality (PDF)")
    letters.add_argument("run", type=Path, metavar="DIR", help="the folder of a complete run")
    letters.add_argument("--municipality", required=True, metavar="CODE", help="its six-digit code")
    letters.add_argument(
        "--out", type=Path, metavar="DIR", help="where the PDFs go (default: DIR/../letters-CODE)"
    )
    letters.set_defaults(act=_letters)
    programmes = acts.add_parser("programmes", help="the programmes that come with Enishi")
    programmes.set_defaults(act=_programmes)


def _workers(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError("a number of processes from 1 to 256")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from enishi.benefits import services

    started = time.monotonic()
    with _shown() as watch:
        manifest = services.run_programme(
            options.programme,
            options.snapshot,
            options.out,
            workers=options.workers,
            declined=options.declined,
            paid=options.paid,
            watch=watch,
            stop_before_second_opinion=options.first_opinion_only,
        )
    totals = manifest["totals"]
    if "id" not in manifest:
        print(f"First opinion only, after {time.monotonic() - started:.1f} s; the run is NOT complete.")
    else:
        print(f"Complete: {options.out}")
        print(f"  programme  {manifest['programme']['name']}, cycle {manifest['programme']['cycle']}")
        print(f"  manifest   {manifest['id']}")
        print(f"  two engines agree on {manifest['agreement']['bank_files']} bank files and all tables:")
        for name in ("decisions", "ledger", "letters", "reconciliation"):
            print(f"    {name:<15}{manifest['agreement'][name]}")
    print(f"  persons    {totals['persons']:>15,}")
    for code in ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01"):
        print(f"    {code:<9}{totals[code]:>15,}")
    for name, count, yen in (
        ("transfers", "transfers", "transfer_yen"),
        ("letters", "letters", "letter_yen"),
        ("held", "held", "held_yen"),
        ("ledger", "payments", "ledger_yen"),
    ):
        print(f"  {name:<11}{totals[count]:>15,}   {totals[yen]:>22,} yen")
    return 0


@contextmanager
def _shown() -> Any:
    """A progress bar on a terminal, a line every few seconds elsewhere."""
    if sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _lines()


@contextmanager
def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(),
        TextColumn("{task.completed:>13,.0f} / {task.total:,.0f} persons  {task.fields[rate]:>11,} /s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def watch(said: dict[str, Any]) -> None:
            if (state := said["state"]) not in PHASES:
                return
            if state not in tasks:
                tasks[state] = bars.add_task(PHASES[state], total=said["persons"], rate=0)
            whole = state in ("assembling", "checking", "complete")
            done = said["persons"] if whole else said["done"]
            bars.update(tasks[state], completed=done, rate=said["rate"])

        yield watch


def _lines(every: float = 5.0) -> Callable[[dict[str, Any]], None]:
    said_last: dict[str, float] = {}

    def watch(said: dict[str, Any]) -> None:
        now = time.monotonic()
        state = said["state"]
        if state in PHASES and (
            now - said_last.get(state, -every) >= every or said["done"] == said["persons"]
        ):
            said_last[state] = now
            print(
                f"{PHASES[state]}: {said['done']:,} of {said['persons']:,} persons, {said['rate']:,} a second",
                file=sys.stderr,
            )

    return watch


def _letters(options: argparse.Namespace) -> int:
    from enishi.benefits import services

    out = options.out or options.run.parent / f"letters-{options.municipality}"
    volumes = services.print_letters(options.run, options.municipality, out)
    for volume in volumes:
        print(volume)
    if not volumes:
        print(f"No letters for {options.municipality}: everyone there is paid by transfer or held.")
    return 0


def _programmes(options: argparse.Namespace) -> int:
    from enishi.benefits import services

    for name in services.shipped_programmes():
        print(name)
    return 0
