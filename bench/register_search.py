"""Search by kana over one million persons, as the register's door gives it, on PostgreSQL and on SQLite.

    make bench NAME=register_search       ENISHI_BENCH_PERSONS to change how many (default 1,000,000)
    ENISHI_BENCH_ENGINES=sqlite for one engine only

What it compares: `services.search_persons` in all municipalities (a national officer) with gate and read record, by the
beginning of a reading (one character to whole name), common and rare, with and without a date of birth; the search alone
(`people.find_hits`); the same without the indexes of docs/adr/0009; and `services.find_residents` in one municipality. Readings
are drawn from the register: the common ones as often as their bearers, the rare from those with fewest. The floor is the range
of the index that the first page needs, by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import command, write_result

SEARCHES = 100
"""Of each kind: of so few the 99th of a hundred is the longest; all kinds together say more."""
TODAY = date(2020, 4, 27)
WITHOUT = 10
"""Searches without the indexes: they take long."""


def main() -> None:
    if "ENISHI_BENCH_PART" in os.environ:
        print("\n".join(measure()))
        return
    work = Path(tempfile.mkdtemp(prefix="enishi-bench-", dir=os.environ.get("ENISHI_BENCH_DIR")))
    try:
        persons = os.environ.get("ENISHI_BENCH_PERSONS", "1000000")
        command("nation", "build", "--persons", persons, "--seed", "1", "--out", str(work / "n"))
        said = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
        lines = [
            f"PostgreSQL: fsync, full_page_writes and synchronous_commit on; {said}. SQLite: WAL, synchronous full. "
            f"One connection, {SEARCHES} searches of a kind; milliseconds.",
        ]
        for engine in os.environ.get("ENISHI_BENCH_ENGINES", "postgresql sqlite").split():
            with database(engine, work):
                command("register", "load", str(work / "n"), "--no-numbers")
                lines += ["", *part(engine)]
        write_result("register-search", "\n".join(lines))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def part(engine: str) -> list[str]:
    """One engine's lines, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.register_search"],
        env=os.environ | {"ENISHI_BENCH_PART": engine},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip().splitlines()


@contextmanager
def database(engine: str, work: Path) -> Iterator[None]:
    """Points the commands to an empty, migrated database of an engine."""
    os.environ["ENISHI_VAR"] = str(work / engine)
    os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
    (work / engine).mkdir()
    migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
    if engine == "sqlite":
        os.environ.pop("ENISHI_DATABASE_URL", None)
        subprocess.run(migrate, check=True)
        yield
        return
    with durable_cluster() as url:
        os.environ["ENISHI_DATABASE_URL"] = url
        subprocess.run(migrate, check=True)
        yield
        del os.environ["ENISHI_DATABASE_URL"]


def measure() -> list[str]:
    """Measures in the database that the environment names."""
    import django

    django.setup()
    from django.db import connection

    from enishi.platform.services import Reader
    from enishi.register import finding, people, services

    chance = Random(1)
    kinds = questions(chance)
    largest, office = town()
    article = "Basic Resident Register Act art. 1"
    national = Reader(officer(""), "national search", article)
    local = Reader(officer(largest), "search", article, muni=largest)
    if not services.search_persons(national, "サ", on=TODAY).rows:
        raise SystemExit("the gate lets the officer of the benchmark see nobody")
    load = os.getloadavg()[0]
    lines = [
        f"## {connection.vendor}: {people_count():,} persons; load average before: {load:.1f}",
        "",
        "| | p50 | p99 | longest |",
        "|---|---|---|---|",
    ]
    everything: list[float] = []
    for kind, asked in kinds.items():
        times = timed(
            asked, lambda one: services.search_persons(national, one[0], on=TODAY, birth_date=one[1])
        )
        everything += times
        lines.append(row(f"all municipalities, {kind}", times))
    lines.append(row("**all municipalities, every kind together**", everything))
    alone: list[float] = []
    for asked in kinds.values():
        alone += timed(asked, lambda one: people.find_hits(one[0], "", one[1], TODAY, 1, 20, protected=False))
    lines.append(row("the same without gate and read record (`people.find_hits`)", alone))
    mixed = [one for asked in kinds.values() for one in asked[: SEARCHES // len(kinds)]]
    lines.append(row("floor: the range of the index alone, one row a name", timed(mixed, floor)))
    for kind, asked in kinds.items():
        times = timed(
            asked[:100],
            lambda one: services.find_residents(
                local, largest, finding.Question(text=one[0], born=one[1]), on=TODAY
            ),
        )
        lines.append(row(f"in the largest municipality ({office:,} persons), {kind}", times))
    with without_indexes():
        times = timed(
            mixed[:: max(1, len(mixed) // WITHOUT)],
            lambda one: people.find_hits(one[0], "", one[1], TODAY, 1, 20, protected=False),
        )
    lines.append(row(f"without the indexes of docs/adr/0009, {len(times)} searches, no gate", times))
    mean = sum(times) / len(times), sum(alone) / len(alone)
    lines += ["", f"Without the indexes : with them = {mean[0] / mean[1]:.0f} : 1 (means)."]
    return lines


def questions(chance: Random) -> dict[str, list[tuple[str, date | None]]]:
    """Readings, and dates of birth, by kind."""
    from enishi.register.models import Particulars, PersonName

    here = PersonName.objects.believed().filter(kind="registered", surname_kana__isnull=False)
    count = here.count()
    first = here.order_by("id").values_list("id", flat=True).first() or 0
    last = here.order_by("-id").values_list("id", flat=True).first() or 0
    drawn = sorted(chance.sample(range(first, last), min(SEARCHES * 8, last - first)))
    rows = []
    for start in range(0, len(drawn), 500):
        rows += list(here.filter(id__in=drawn[start : start + 500]))
    chance.shuffle(rows)
    rows = rows[: SEARCHES * 3]
    born = {
        (one.muni, one.person): one.birth_date
        for start in range(0, len(rows), 500)
        for one in Particulars.objects.believed().filter(
            person__in=[r.person for r in rows[start : start + 500]]
        )
    }
    bearers: dict[str, int] = {}
    for name in here.values_list("surname_kana", flat=True).iterator():
        bearers[name] = bearers.get(name, 0) + 1
    by_count = sorted(bearers, key=lambda name: (bearers[name], name))
    print(f"{count:,} names, {len(bearers):,} readings of surnames", file=sys.stderr)
    rare, common = by_count[: max(SEARCHES, 1)], by_count[-20:]
    whole = [f"{one.surname_kana} {one.given_kana or ''}".strip() for one in rows]
    surnames = [one.surname_kana or "" for one in rows]
    days = [born.get((one.muni, one.person)) for one in rows]
    n = SEARCHES
    return {
        "one character": [(text[:1], None) for text in surnames[:n]],
        "two characters": [(text[:2], None) for text in surnames[:n]],
        "a surname": [(text, None) for text in surnames[n : 2 * n]],
        "the twenty most common surnames": [(common[place % len(common)], None) for place in range(n)],
        "the rarest surnames": [(rare[place % len(rare)], None) for place in range(n)],
        "surname and beginning of the given name": [(text[: text.find(" ") + 2], None) for text in whole[:n]],
        "the whole name": [(text, None) for text in whole[n : 2 * n]],
        "a surname with a date of birth": list(zip(surnames[2 * n :], days[2 * n :], strict=True))[:n],
        "one character with a date of birth": [
            (text[:1], day) for text, day in zip(surnames[:n], days[:n], strict=True)
        ],
        "the most common surnames with a date of birth": [
            (common[place % len(common)], day) for place, day in enumerate(days[:n])
        ],
        "nobody's name": [(f"ヴヺ{place}".replace("0", "ヴ"), None) for place in range(n)],
    }


def timed(asked: list[Any], ask: Callable[[Any], object]) -> list[float]:
    """Milliseconds of each, after a few to warm up."""
    for one in asked[:5]:
        ask(one)
    found = []
    for one in asked:
        started = time.perf_counter()
        ask(one)
        found.append((time.perf_counter() - started) * 1000)
    return found


def row(name: str, times: list[float]) -> str:
    """A line of the table: median, the time that one in a hundred exceeds, the longest."""
    times = sorted(times)
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"| {name} | {times[len(times) // 2]:.1f} | {p99:.1f} | {times[-1]:.1f} |"


def people_count() -> int:
    from enishi.register.models import Person

    return Person.objects.count()


def town() -> tuple[str, int]:
    """The municipality with most persons."""
    from django.db.models import Count

    from enishi.register.models import Person

    found = Person.objects.values("muni").annotate(count=Count("id")).order_by("-count")[0]
    return found["muni"], found["count"]


def officer(muni: str) -> str:
    """An officer of the register who may be told what is searched for: the gate lets them through."""
    from django.contrib.auth import get_user_model

    from enishi.platform.services import DutyKind, appoint

    user, _new = get_user_model().objects.get_or_create(username=f"bench-{muni or 'state'}")
    appoint(user.pk, DutyKind.REGISTER_OFFICER, muni, date(2020, 1, 1))
    return f"officer:{user.pk}"


def floor(one: tuple[str, date | None]) -> None:
    from django.db import connection

    from enishi.register.rules.search_key import search_key

    key = search_key(one[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person FROM register_personname WHERE superseded_at IS NULL AND kana_key >= %s AND kana_key < %s "
            "ORDER BY kana_key, person LIMIT 21",
            [key, key + chr(0x10FFFF)],
        )
        cursor.fetchall()


@contextmanager
def without_indexes() -> Iterator[None]:
    """As the register was without the indexes across municipalities, from here on: it is measured last."""
    from django.db import connection

    from enishi.register.models import Particulars, PersonName

    with connection.cursor() as cursor:
        for model in (PersonName, Particulars):
            for name in model.across:
                cursor.execute(f'DROP INDEX "{name}"')
    yield


if __name__ == "__main__":
    main()
