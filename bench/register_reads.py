"""As-of reads of whole records by key on a durable PostgreSQL, on one connection, with and without the read record.

    make bench NAME=register_reads        ENISHI_BENCH_PERSONS to change how many (default 100,000, with ten years of history)

A read gives every group of a person's record on a random day, half of them as known at a random moment. What it compares, in
one go on one cluster: the reader by key of one person (`records.record_of`: all groups in one round trip) and of many of one
municipality (`records.records_of`), both as the door gives them with gate and read record (each call a durable transaction of
its own), and the query a group through the ORM that both stand in for. The floor is one prepared statement of one row of one
table a round trip.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import command, write_result

MANY = 1_000
"""Keys that a batch asks of at most: all of a municipality where it has fewer."""
PARTS = 8
"""Each way is timed in so many parts, in turn with the others: what else the machine does meets all of them."""
Key = tuple[str, int, date, datetime | None]


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="enishi-bench-", dir=os.environ.get("ENISHI_BENCH_DIR")))
    try:
        with durable_cluster() as url:
            os.environ |= {
                "ENISHI_VAR": str(work),
                "ENISHI_DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "enishi.site.settings",
            }
            persons = os.environ.get("ENISHI_BENCH_PERSONS", "100000")
            command(
                *"nation build --seed 1 --history 10 --out".split(), str(work / "n"), "--persons", persons
            )
            add_items(work / "n")
            import django

            django.setup()
            from django.core.management import call_command

            from enishi.register import services

            call_command("migrate", verbosity=0)
            services.load_nation(work / "n")
            measure()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def add_items(nation: Path) -> None:
    """Registered domiciles and status items too: a record of every group."""
    from enishi.nation import items

    items.add_items(nation)


def measure() -> None:
    """Measures in the database that Django is set up for, which holds a nation with history."""
    from django.db import connection

    from enishi.register import models, person_reading, records, services

    chance = Random(1)
    towns: dict[str, list[int]] = {}
    rows = models.Residence.objects.order_by("person").values_list("muni", "person").distinct()
    for muni, person in rows.iterator():
        towns.setdefault(muni, []).append(person)
    everybody = sum(map(len, towns.values()))
    load = os.getloadavg()[0]

    def when() -> tuple[date, datetime | None]:
        day = date(2010, 4, 27) + timedelta(days=chance.randrange(3650))
        moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC) + timedelta(days=chance.randrange(900))
        return day, moment if chance.random() < 0.5 else None

    def one() -> Key:
        muni = chance.choices(names, weights)[0]
        return muni, chance.choice(towns[muni]), *when()

    def many() -> tuple[str, list[int], date, datetime | None]:
        muni = chance.choices(names, weights)[0]
        return muni, chance.sample(towns[muni], min(MANY, len(towns[muni]))), *when()

    names, weights = list(towns), [len(persons) for persons in towns.values()]
    for_one: dict[str, tuple[int, Callable[[Key], Any]]] = {
        ORM: (40, lambda key: by_models(*key)),
        ONE: (400, lambda key: records.record_of(*key)),
        ONE_RECORDED: (
            40,
            lambda key: services.record_as_of(reader(key[0]), key[0], key[1], on=key[2], known_at=key[3]),
        ),
        FLOOR: (800, floor()),
    }
    for_many: dict[str, tuple[int, Callable[..., Any]]] = {
        MANY_KEYS: (8, lambda key: records.records_of(*key)),
        MANY_RECORDED: (
            4,
            lambda key: person_reading.records_as_of(
                reader(key[0]), key[0], key[1], on=key[2], known_at=key[3]
            ),
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in (*for_one, *for_many)}
    facts = asked = batches = 0
    for part in range(PARTS + 1):
        for name, (count, way) in for_one.items():
            keys = [one() for _ in range(count)]
            started = time.perf_counter()
            for key in keys:
                way(key)
            took(seconds[name], part, started, count)
        for name, (count, ask) in for_many.items():
            groups = [many() for _ in range(count)]
            started = time.perf_counter()
            found = [ask(group) for group in groups]
            took(seconds[name], part, started, sum(len(group[1]) for group in groups))
            if name == MANY_KEYS:
                facts += sum(len(record.entered) for answer in found for record in answer.values())
                asked += sum(len(group[1]) for group in groups)
                batches += len(groups)
            else:
                assert all(found), "the gate lets nobody through"
    rates = {name: 1 / median(found) for name, found in seconds.items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        version = cursor.fetchone()[0].split(" on ")[0]
    said = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    lines = [
        f"{version}; fsync, full_page_writes and synchronous_commit on; {said}; one connection; {everybody:,} records with "
        f"ten years of history; {facts / asked:.1f} groups found a key asked of; {asked / batches:,.0f} keys a batch. "
        f"Load average before: {load:.1f}.",
        f"Many keys : one by one = {rates[MANY_KEYS] / rates[ONE]:.1f} : 1. One by one : the ORM = "
        f"{rates[ONE] / rates[ORM]:.1f} : 1. Without the read record : with it = "
        f"{rates[MANY_KEYS] / rates[MANY_RECORDED]:.1f} : 1 (many keys), {rates[ONE] / rates[ONE_RECORDED]:.1f} : 1 (one key).",
        "",
        f"| | records a second (median of {PARTS} parts) | slowest and fastest part |",
        "|---|---|---|",
        *(
            f"| {name} | {rates[name]:,.0f} | {1 / max(found):,.0f}, {1 / min(found):,.0f} |"
            for name, found in seconds.items()
        ),
    ]
    write_result("register-reads", "\n".join(lines))


ORM = "one key, a query a group through the ORM"
ONE = "one key, all groups in one round trip (`record_of`)"
ONE_RECORDED = "one key with gate and read record (`services.record_as_of`)"
MANY_KEYS = "many keys of a municipality (`records_of`)"
MANY_RECORDED = "many keys with gate and read record (`person_reading.records_as_of`)"
FLOOR = "floor: one row of one table by key, prepared, a round trip each"


def took(seconds: list[float], part: int, started: float, count: int) -> None:
    """Notes the seconds a record; the first part warms up."""
    if part:
        seconds.append((time.perf_counter() - started) / count)


def reader(muni: str) -> Any:
    from enishi.platform.services import Reader

    return Reader("officer:1", "notice to residents", "Basic Resident Register Act art. 1", muni=muni)


def by_models(muni: str, person: int, day: date, moment: datetime | None) -> Any:
    """A record as it was read before, fact by fact."""
    from enishi.register import records

    return [
        records._entered(group, fact)
        for group, model in records.GROUPS.items()
        for fact in model._default_manager.filter(muni=muni, person=person).as_of(day, moment).order_by("id")
    ]


def floor() -> Callable[[Key], Any]:
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection

    def ask(key: Key) -> Any:
        raw.prepare_threshold = 0
        text = "SELECT town FROM register_address WHERE muni = %s AND person = %s AND superseded_at IS NULL"
        cursor = raw.execute(text, key[:2], prepare=True)
        raw.prepare_threshold = None
        return cursor.fetchall()

    return ask


if __name__ == "__main__":
    main()
