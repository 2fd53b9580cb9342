"""`enishi register`: loading a nation, writing the register of a day, carrying messages."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from enishi.site.commands import register_mergers


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds this room's acts to the command line."""
    room = rooms.add_parser(
        "register", help="the resident register: load a nation, write the register of a day"
    )
    acts = room.add_subparsers(dest="what", required=True, metavar="ACT")
    load = acts.add_parser("load", help="load a nation (or any snapshot) into the empty register")
    load.add_argument("folder", type=Path, metavar="DIR", help="the snapshot's folder")
    load.add_argument(
        "--numbers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also seal the individual numbers in the vault (default: yes)",
    )
    load.set_defaults(act=load_nation)
    snapshot = acts.add_parser("snapshot", help="write the register of a day as a snapshot")
    snapshot.add_argument(
        "--on", type=date.fromisoformat, required=True, metavar="DATE", help="the day, 2020-04-27"
    )
    snapshot.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    snapshot.set_defaults(act=write_snapshot)
    tables = acts.add_parser(
        "statistics", help="population and its change, by municipality, sex, age and nationality"
    )
    period = tables.add_mutually_exclusive_group(required=True)
    period.add_argument("--month", metavar="MONTH", help="a month, 2020-04")
    period.add_argument("--year", metavar="YEAR", help="a calendar year, 2019")
    tables.add_argument(
        "--known-at", type=datetime.fromisoformat, metavar="MOMENT", help="as known then (default: now)"
    )
    tables.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the CSV files")
    tables.set_defaults(act=write_statistics)
    messages = acts.add_parser(
        "messages",
        help="deliver and handle messages, run deadlines, tell subscribers",
        description="Delivers what waits in outboxes, handles what is in inboxes, ends what the calendar ends, tells "
        "subscribers: once, or with --seconds again and again. Any number of these may run at the same time.",
    )
    messages.add_argument(
        "--seconds", type=float, default=0, metavar="N", help="go on for N seconds (default: one round)"
    )
    messages.set_defaults(act=carry_messages)
    register_mergers.add_to(acts)


def load_nation(options: argparse.Namespace) -> int:
    """`enishi register load DIR`: 0 when everything is in the register, by this call or an earlier one."""
    set_up()
    from enishi.number.services import load_numbers
    from enishi.platform.snapshots import Snapshot
    from enishi.register import services

    snapshot = Snapshot.open(options.folder)
    done = services.load_nation(options.folder, Meter(snapshot.persons, "persons"))
    new = f"{done.added:,} of them loaded now"
    print(f"register: {done.persons:,} persons of snapshot {done.snapshot[:12]}, {new}")
    if options.numbers and snapshot.numbers:
        total = sum(entry["rows"] for entry in snapshot.numbers)
        sealed = load_numbers(options.folder, Meter(total, "numbers"))
        print(f"number vault: {total:,} numbers, {sealed:,} of them sealed now")
    elif options.numbers:
        print("number vault: this snapshot has no numbers")
    return 0


def write_snapshot(options: argparse.Namespace) -> int:
    """`enishi register snapshot --on DATE --out DIR`."""
    set_up()
    from enishi.register import services

    total = services.loaded_nation()
    written = services.write_snapshot(
        options.on, options.out, Meter(total.persons if total else 0, "persons")
    )
    print(
        f"snapshot {written.id[:12]} of {options.on}: {written.persons:,} persons in {written.shards} files"
    )
    return 0


def write_statistics(options: argparse.Namespace) -> int:
    """`enishi register statistics --month 2020-04 | --year 2019 --out DIR`."""
    set_up()
    from enishi.register import services, terms

    period = terms.period_of(options.month or options.year)
    moment = options.known_at
    if moment is not None and moment.tzinfo is None:
        moment = moment.astimezone()
    today = datetime.now().astimezone().date()
    for path in services.write_statistics(period, options.out, today=today, known_at=moment):
        print(path)
    return 0


PAUSE = 0.5
"""Seconds between two rounds without work."""


def carry_messages(options: argparse.Namespace) -> int:
    """`enishi register messages`: 0 when nothing waits, 1 where something has not got through (it is kept, and named)."""
    set_up()
    from enishi.platform.services import backlog
    from enishi.register import services

    until = time.monotonic() + options.seconds
    total = Round()
    while True:
        done = one_round()
        total = total.plus(done)
        if time.monotonic() >= until:
            break
        if not any(done):
            time.sleep(min(PAUSE, max(0.0, until - time.monotonic())))
    print(
        f"messages: {total.delivered:,} delivered, {total.handled:,} handled; "
        f"{total.deadlines:,} deadlines; {total.told:,} told to subscribers"
    )
    waiting, undone = backlog(), services.open_deliveries()
    for direction, sender, receiver, sequence, error in waiting:
        print(
            f"  waits ({direction}) {sender} to {receiver}, from number {sequence} on: {error or 'not due'}"
        )
    for one in undone:
        print(
            f"  waits ({one.name}) act {one.happening.act} of {one.happening.muni}: {one.error or 'not due'}"
        )
    return 1 if waiting or undone else 0


class Round(NamedTuple):
    """What one round has done."""

    delivered: int = 0
    handled: int = 0
    deadlines: int = 0
    told: int = 0

    def plus(self, other: Round) -> Round:
        """Both together."""
        return Round(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def one_round() -> Round:
    """Subscribers and deadlines first, for what they post; then messages until none moves any more."""
    from django.utils import timezone

    from enishi.platform.services import deliver, handle
    from enishi.register import services

    now = timezone.now()
    told, deadlines = services.deliver_events(now), services.run_deadlines(now)
    delivered = handled = 0
    while True:
        now = timezone.now()
        out, through = deliver(now=now), handle(now=now)
        delivered, handled = delivered + out, handled + through
        if not out + through:
            return Round(delivered, handled, deadlines, told)


def set_up() -> None:
    """Django, and a database whose tables are those of this version. Raises Refused for one that is not
    migrated.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enishi.site.settings")
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from enishi.kernel.errors import Refused

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused(
            "the database has not the tables of this version",
            where=f"database {connection.settings_dict['NAME']}",
            todo="run `python -m django migrate --settings enishi.site.settings` first",
        )


class Meter:
    """Prints how far a work has come, at most once a second and at its end: rows, rate, time that remains."""

    def __init__(self, total: int, unit: str, say: Callable[[str], object] = print) -> None:
        self.total = total
        self.unit = unit
        self.say = say
        self.done = 0
        self.started = self.said = time.monotonic()

    def __call__(self, file: str, rows: int) -> None:
        self.done += rows
        now = time.monotonic()
        if now - self.said >= 1 or self.done == self.total:
            self.said = now
            rate = self.done / max(now - self.started, 0.001)
            left = max(self.total - self.done, 0) / rate if rate else 0
            pace = f"{rate:>9,.0f} a second  {left:>5.0f} s left"
            self.say(f"  {self.done:>13,} of {self.total:,} {self.unit}  {pace}  ({file})")
