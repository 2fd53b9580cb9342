"""Moves within one municipality on a durable PostgreSQL: one connection, each move a transaction of its own.

    make bench NAME=register_moves        ENISHI_BENCH_MOVES to change how many (default 8,000, at most 10,000)

What it compares, in one go on one cluster: the quick way (`engines.moving_within`), filed in a stream, of households of two and
of persons alone, and one by one; the usual way through the ORM (`acts.households`); and, as the floor, one UPDATE of one row
a transaction, which the disk's flush bounds.

Every act does all that an act does: journal row with its hash, persons, facts superseded and entered, counter, key.
Afterwards the chain of hashes is checked over all acts.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import flushes, write_result

PERSONS = 24_000
"""Households of two, so that guards stay in force while the town is loaded."""
MUNI = "131016"
TODAY = date(2020, 6, 10)
SLOW = 300
PART = 500
"""Moves that are timed together: the spread says what other work on the machine did."""
QUICK = "quick way, in a stream: households of two"
ALONE = "quick way, in a stream: one person each"
USUAL = "usual way (ORM), one by one: households of two"
FLOOR = "floor: one UPDATE of a row a transaction"
FLUSHES = "the disk: a page written and flushed (fdatasync), not by the database"


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="enishi-bench-"))
    try:
        with durable_cluster() as url:
            os.environ |= {
                "ENISHI_VAR": str(work),
                "ENISHI_DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "enishi.site.settings",
            }
            import django

            django.setup()
            measure(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def measure(work: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    from enishi.register import services
    from enishi.register.acts import households
    from enishi.register.engines import moving_within

    call_command("migrate", verbosity=0)
    services.load_nation(town(work / "town"))
    moves = int(os.environ.get("ENISHI_BENCH_MOVES", "8000"))
    load = os.getloadavg()[0]
    homes = iter(range(PERSONS))
    ways: dict[str, tuple[int, int, Callable[[Sequence[Any]], object]]] = {
        QUICK: (moves, 2, moving_within.move_all),
        ALONE: (moves, 1, moving_within.move_all),
        "quick way, one by one: households of two": (
            moves // 4,
            2,
            lambda filed: [moving_within.move_within(*one) for one in filed],
        ),
        USUAL: (SLOW, 2, lambda filed: [households.move_within(*one) for one in filed]),
    }
    moving_within.move_all([filing(next(homes)) for _ in range(500)])
    rates: dict[str, float] = {}
    spread: dict[str, tuple[float, float, float]] = {}
    for name, (count, persons, way) in ways.items():
        filed = [filing(next(homes), persons) for _ in range(count)]
        seconds: list[float] = []
        taken = 0.0
        for start in range(0, len(filed), PART):
            part = filed[start : start + PART]
            started = time.perf_counter()
            way(part)
            seconds.append((time.perf_counter() - started) / len(part))
            taken += seconds[-1] * len(part)
        rates[name] = len(filed) / taken
        spread[name] = (1 / max(seconds), 1 / median(seconds), 1 / min(seconds))
        print(f"{name}: {rates[name]:,.0f} a second", flush=True)
    rates[FLOOR] = floor(connection)
    rates[FLUSHES] = flushes(work)
    acts = 500 + sum(count for count, *_ in ways.values()) + 1
    broken = services.broken_chain(MUNI)
    quick, usual = rates[QUICK], rates[USUAL]
    lowest = rates[FLOOR]
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), (SELECT count(*) FROM register_act)")
        version, written = cursor.fetchone()
        cursor.execute(
            "SELECT name || ' ' || setting FROM pg_settings "
            "WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY 1"
        )
        durable = ", ".join(row[0] for row in cursor.fetchall())
    said = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    sound = "sound" if broken is None else f"broken at act {broken}"
    lines = [
        f"{version.split(' on ')[0]}; {durable}; {said}; one connection, one transaction each, "
        f"in a municipality of {2 * PERSONS:,} persons. Load average before: {load:.1f}.",
        f"Quick way : usual way = {quick / usual:.1f} : 1. Floor : quick way = {lowest / quick:.2f} : 1.",
        "",
        f"| | moves a second | slowest, median, fastest {PART} |",
        "|---|---|---|",
        *(
            f"| {name} | {rate:,.0f} | {', '.join(f'{one:,.0f}' for one in spread.get(name, ()))} |"
            for name, rate in rates.items()
        ),
        "",
        f"{written:,} acts in the journal, {acts:,} expected; chain of hashes {sound}.",
    ]
    write_result("register-moves", "\n".join(lines))


def town(folder: Path) -> Path:
    """A municipality of households of two."""
    from tests.factories import person, small_snapshot

    people = [
        person(number + 1, household=number // 2 + 1, relation="spouse" if number % 2 else "head")
        for number in range(PERSONS * 2)
    ]
    return small_snapshot(folder, people)


def filing(number: int, persons: int = 2) -> Any:
    """The move of one household of two, or of its head alone."""
    from enishi.kernel.partial_date import PartialDate
    from enishi.register.rules.catalogue import Kind
    from enishi.register.rules.moves import Place
    from enishi.register.rules.reports import MoveWithin, Report

    place = Place(MUNI, "霞が関", postcode="1000013", block=f"{number % 30 + 1}番1号", building="庁舎301")
    day = PartialDate.of(date(2020, 6, 1))
    now = datetime(2099, 6, 10, 3, 0, tzinfo=UTC)
    report = Report(MUNI, day, TODAY, "officer:1", f"move {number}", now, TODAY)
    return report, MoveWithin(Kind.MOVE_WITHIN, tuple(range(2 * number + 1, 2 * number + 1 + persons)), place)


def floor(connection: Any) -> float:
    count = 2_000
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor AS SELECT 0 AS value")
        started = time.perf_counter()
        for _ in range(count):
            cursor.execute("UPDATE bench_floor SET value = value + 1")
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
