"""`enishi nation`: build a synthetic nation, and prove its cells."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from enishi.kernel.errors import BadInput, Disagreement

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from enishi.nation.build import Progress

DAY = "2020-04-27"
SHOWN = 20
"""Differences that the proof prints."""


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds this room's acts to the command line."""
    room = rooms.add_parser("nation", help="a synthetic nation: build it, prove it")
    acts = room.add_subparsers(dest="act_name", required=True, metavar="ACT")
    build = acts.add_parser("build", help="build a synthetic nation as a snapshot (Parquet)")
    build.add_argument("--persons", required=True, metavar="N|full", help="residents on the day")
    build.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same nation")
    build.add_argument("--on", default=DAY, metavar="DATE", help=f"the day, YYYY-MM-DD (default {DAY})")
    build.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder of the snapshot")
    build.add_argument("--census", type=Path, metavar="FILE", help="official population workbook (.xlsx)")
    build.add_argument(
        "--history",
        type=int,
        default=0,
        metavar="YEARS",
        help="also write the acts of so many years (default 0)",
    )
    build.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="W", help="processes")
    build.add_argument(
        "--items", action="store_true", help="also lots, buildings, registered domiciles and status items"
    )
    build.set_defaults(act=_build)
    prove = acts.add_parser("prove", help="compare every cell of a built nation with the official workbook")
    prove.add_argument("folder", type=Path, metavar="DIR", help="a built nation")
    prove.add_argument(
        "--census", required=True, type=Path, metavar="FILE", help="the workbook it was built with"
    )
    prove.set_defaults(act=_prove)


def _build(options: argparse.Namespace) -> int:
    from enishi.nation.build import build_nation
    from enishi.nation.items import add_items

    persons = _persons(options.persons)
    on = _day(options.on)
    if options.census is None:
        print(
            "No --census: an embedded approximation serves (prefecture totals and the national age pyramid; how\n"
            "people spread over municipalities is made up). Cells are not those of any real place."
        )
    finished = (options.out / "manifest.json").exists()
    with _Shown() as shown:
        manifest = build_nation(
            persons,
            options.seed,
            on,
            options.out,
            options.census,
            options.workers,
            progress=shown.update,
            history=options.history,
        )
    if options.items:
        add_items(options.out)
    if finished:
        print(f"{options.out} already holds this nation; nothing was done.")
    print(
        f"{manifest['persons']:,} rows of synthetic people ({manifest['build']['persons']:,} residents on "
        f"{manifest['on']}) in {len(manifest['shards'])} shards; snapshot {manifest['id'][:16]}"
    )
    return 0


def _prove(options: argparse.Namespace) -> int:
    from enishi.nation.prove import prove

    proof = prove(options.folder, options.census)
    print(f"{proof.cells:,} cells compared, {proof.persons:,} residents counted.")
    print(f"{len(proof.differences):,} cells differ.")
    for code, sex, cell, expected, found in proof.differences[:SHOWN]:
        print(f"  {code} sex {sex} cell {cell}: expected {expected:,}, found {found:,}")
    if proof.differences:
        raise Disagreement(
            "the nation is not the one that the workbook describes",
            where=str(options.folder),
            todo="build it again into an empty folder",
        )
    return 0


def _persons(text: str) -> int | None:
    if text == "full":
        return None
    plain = text.replace(",", "").replace("_", "")
    if not plain.isdecimal():
        raise BadInput(
            f"{text!r} is not a number of persons", where="--persons", todo="pass a number, or `full`"
        )
    return int(plain)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day", where="--on", todo=f"write it as {DAY}") from error


class _Shown:
    """Progress for people: a bar on a terminal, else a line for every twentieth part."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._said = 0
        if sys.stdout.isatty():
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Columns

            self._bar = Columns(
                TextColumn("building"), BarColumn(), TextColumn("{task.fields[text]}"), TimeRemainingColumn()
            )

    def __enter__(self) -> _Shown:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("building", total=None, text="reading names, places and banks")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Shows persons, rate, memory and what remains."""
        rate = progress.persons / max(progress.seconds, 1e-9)
        left = (progress.all_persons - progress.persons) / max(rate, 1e-9)
        text = (
            f"{progress.persons:,} of {progress.all_persons:,} rows, {rate:,.0f}/s, "
            f"{progress.memory / 2**20:,.0f} MB a process"
        )
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=progress.persons, total=progress.all_persons, text=text)
            return
        twentieth = progress.shards * 20 // max(progress.all_shards, 1)
        if twentieth > self._said:
            self._said = twentieth
            print(f"{text}, about {left:,.0f} s left", flush=True)
