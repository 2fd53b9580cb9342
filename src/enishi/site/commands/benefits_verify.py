"""`enishi benefits verify`: audits a finished run with a reader that knows nothing of the writer."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MOST_SHOWN = 50
EXIT_FINDINGS = 4


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `verify` to the acts of `enishi benefits`."""
    verify = acts.add_parser(
        "verify",
        help="audit a finished run: every file, record, field and sum",
        description="Hashes every file of a finished run, reads its bank files with a second, separately "
        "written reader, and compares each record with the ledger, each sum with the reconciliation, and, with "
        "--snapshot, each account with the register. Names file, record, field and byte. Exit status: 0 nothing "
        "found, 4 findings, 2 no finished run.",
    )
    verify.add_argument("run", type=Path, metavar="DIR", help="the folder of a finished run")
    verify.add_argument(
        "--snapshot",
        type=Path,
        metavar="DIR",
        help="the snapshot it was computed from; compares accounts, too",
    )
    verify.add_argument(
        "--workers",
        type=_workers,
        default=os.cpu_count() or 1,
        metavar="W",
        help="processes (default: cores)",
    )
    verify.set_defaults(act=_verify)


def _workers(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError("a number of processes from 1 to 256")
    return int(text)


def _verify(options: argparse.Namespace) -> int:
    from enishi.benefits import services

    started = time.monotonic()
    with _shown() as progress:
        audit = services.verify(
            options.run, snapshot=options.snapshot, workers=options.workers, progress=progress
        )
    print(f"Checked in {time.monotonic() - started:.1f} s: {options.run}")
    for what, count in audit.checked.items():
        print(f"  {count:>15,}  {what}")
    for note in audit.notes:
        print(f"  Not checked: {note}")
    if not audit.findings:
        print("Nothing found: every file is as the run wrote it, and every sum agrees.")
        return 0
    total = len(audit.findings) + audit.more
    print(f"{total:,} finding{'s' if total != 1 else ''}:")
    for finding in audit.findings[:MOST_SHOWN]:
        print(f"  {finding}")
    if total > MOST_SHOWN:
        print(f"  and {total - MOST_SHOWN:,} more")
    print("Release nothing of this run. Restore the files, or compute it again into a new folder.")
    return EXIT_FINDINGS


@contextmanager
def _shown() -> Iterator[Any]:
    """A progress bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("verifying"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("verifying", total=None)

        def progress(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield progress
