"""Moves replayed across two processes and two PostgreSQL clusters, with messages lost, doubled and reordered.

    make bench NAME=replay                                   100, 300 and 1,000 moves
    ENISHI_BENCH_MOVES=10000,100000 make bench NAME=replay   other sizes, up to 5,200,000

Each cluster (durable: fsync and synchronous commit on) is a shard with its own municipalities, and a process of its own
that files, accepts, enters and closes the moves of its people one by one, as the register's use cases do, by its own outbox and
inbox. The line between them loses a tenth of the messages and a tenth of the acknowledgements, doubles a tenth and holds a
tenth back so that later ones overtake them. In the end both clusters are asked by query: nothing lost, nothing doubled.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

from bench.measure import write_result

SIDES = ("131016", "011002")
TOWNS_A_SIDE = 10
DAY = date(2026, 4, 10)
FILED = datetime(2026, 4, 1, 3, tzinfo=UTC)
ARRIVED = datetime(2026, 4, 12, 3, tzinfo=UTC)
CHUNK = 100


def main() -> None:
    """Starts the clusters, replays each size in fresh databases, proves it, writes the result."""
    sizes = [int(size) for size in os.environ.get("ENISHI_BENCH_MOVES", "100,300,1000").split(",")]
    lines = [
        "| moves | seconds | moves a second (both processes) | messages | attempts a message |",
        "|---|---|---|---|---|",
    ]
    from tests.postgres import cluster

    with ExitStack() as stack:
        clusters = [str(stack.enter_context(cluster("ereplay", "-c shared_buffers=256MB"))) for _ in SIDES]
        for size in sizes:
            lines.append(replay(clusters, size))
            print(lines[-1], flush=True)
    rate = float(lines[-1].split("|")[3].replace(",", ""))
    text = "\n".join(
        [
            *lines,
            "",
            "Proved by query after each size: every mover has one residence without end, in the municipality moved to, beginning "
            "on the day on which the old one ended; every move is closed on both sides; every message sent was received and "
            "handled once; all chains of acts are sound.",
            "",
            f"At the last rate the nation's 5.2 million moves of a year would take {5_200_000 / rate / 3600:,.0f} hours on "
            "these two processes (extrapolated, not measured).",
        ]
    )
    write_result(f"replay-{sizes[-1]}", text)


def replay(clusters: list[str], size: int) -> str:
    """One size: two processes, then the proof. Returns a line of the table."""
    name = f"moves_{size}"
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(SIDES) + 1)
    results: Any = context.Queue()
    workers = [
        context.Process(target=work, args=(index, clusters, name, size, barrier, results))
        for index in range(len(SIDES))
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.monotonic()
    told = [results.get() for _ in workers]
    seconds = time.monotonic() - started
    for worker in workers:
        worker.join()
    if errors := [one for one in told if isinstance(one, str)]:
        raise SystemExit("\n".join(errors))
    messages, attempts = sum(one[0] for one in told), sum(one[1] for one in told)
    prove(clusters, name, size)
    return f"| {size:,} | {seconds:.1f} | {size / seconds:,.1f} | {messages:,} | {attempts / messages:.2f} |"


def url(folder: str, name: str) -> str:
    return f"postgres://postgres@{folder.replace('/', '%2F')}/{name}"


def work(index: int, clusters: list[str], name: str, size: int, barrier: Barrier, results: Any) -> None:
    """One shard's process: prepares its database, then replays its half of the moves."""
    try:
        set_up(index, clusters, name)
        everybody = [number for number in range(1, size + 1) if number % 2 == index]
        settle_in(index, everybody)
        barrier.wait()
        results.put(run(index, everybody, size))
    except Exception as error:
        barrier.abort()
        results.put(f"shard {index}: {type(error).__name__}: {error}")
        raise


def set_up(index: int, clusters: list[str], name: str) -> None:
    """Django with this shard as `default` and the other as `peer`: where messages go, and nothing else."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
    os.environ["ENISHI_DATABASE_URL"] = url(clusters[index], name)
    import dj_database_url
    import psycopg
    from django.conf import settings

    with psycopg.connect(host=clusters[index], user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    settings.DATABASES["peer"] = dj_database_url.parse(url(clusters[1 - index], name), conn_max_age=600)
    settings.SHARDS = {SIDES[1 - index][:2]: "peer"}
    import django

    django.setup()
    from django.core.management import call_command

    from enishi.platform import messages

    call_command("migrate", verbosity=0)
    messages.shards = lambda: ["default"]


def towns(index: int) -> list[str]:
    return [f"{SIDES[index][:2]}{number:03d}0" for number in range(101, 101 + TOWNS_A_SIDE)]


def home_of(number: int) -> str:
    return towns(number % 2)[number // 2 % TOWNS_A_SIDE]


def goal_of(number: int) -> str:
    return towns(1 - number % 2)[number // 2 // TOWNS_A_SIDE % TOWNS_A_SIDE]


def settle_in(index: int, everybody: list[int]) -> None:
    """People, each a household, on the registers of this shard: entered by each municipality's first act."""
    from enishi.kernel.partial_date import PartialDate
    from enishi.platform.services import insert_rows, within
    from enishi.register import journal

    now = FILED - timedelta(days=365)
    for muni in towns(index):
        with within(muni):
            filing = journal.Filing(
                muni, "take_over", "art. 6", PartialDate.of(now.date()), None, "bench", "first", []
            )
            journal.record(filing, now)
    born = date(1990, 1, 1)
    for table, columns, row in (
        (
            "particulars",
            ("birth_date", "birth_latest", "birth_wording", "sex"),
            lambda _: (born, born, "", 1),
        ),
        (
            "personname",
            ("kind", "surname", "given", "surname_kana", "given_kana", "provenance", "key", "kana_key"),
            lambda n: (
                "registered",
                "試験",
                f"{n}郎",
                "シケン",
                "タロウ",
                "filed",
                f"試験{n}郎",
                "シケンタロウ",
            ),
        ),
        ("residence", ("since_wording",), lambda _: ("",)),
        (
            "address",
            ("postcode", "town", "block", "building", "building_kana"),
            lambda _: ("1000001", "千代田", "1番", "", ""),
        ),
        ("membership", ("household", "relation"), lambda n: (n, "head")),
        ("domicile", ("place", "first_listed"), lambda n: ("東京都千代田区千代田1番", f"試験 {n}郎")),
    ):
        insert_rows(
            f"register_{table}",
            ("muni", "person", "recorded_at", "act", *columns),
            ((home_of(n), n, now, 1, *row(n)) for n in everybody),
        )
    insert_rows("register_person", ("id", "muni"), ((n, home_of(n)) for n in everybody))


def run(index: int, everybody: list[int], size: int) -> tuple[int, int]:
    """Files, carries, enters and closes until all moves of both shards are done here. Returns (messages, attempts)."""
    from enishi.platform.models import OutMessage
    from enishi.platform.services import deliver, handle
    from enishi.register.models import Move

    line = Line(random.Random(index))
    clock = ARRIVED
    waiting = iter(everybody)
    while True:
        batch = [number for _, number in zip(range(CHUNK), waiting, strict=False)]
        for number in batch:
            leave(number)
        # A message that failed is tried again at once, by the bench's clock: it does not wait for the hour of a real one.
        clock += timedelta(hours=2)
        moved = deliver(batch=10_000, transport=line, now=clock) + handle(batch=10_000, now=clock)
        entered = enter(clock)
        if not (batch or moved or entered):
            open_or_missing = Move.objects.filter(is_open=True).exists() or Move.objects.count() < size
            if not open_or_missing and not OutMessage.objects.filter(done_at__isnull=True).exists():
                return OutMessage.objects.count(), line.attempts
            time.sleep(0.02)


class Line:
    """The line to the other shard: a tenth of the messages lost, acknowledgements lost, doubled, held back each."""

    def __init__(self, weather: random.Random) -> None:
        self.weather = weather
        self.held: list[Any] = []
        self.attempts = 0

    def __call__(self, envelope: Any) -> None:
        from enishi.platform.services import receive

        self.attempts += 1
        fate = self.weather.random()
        if fate < 0.1:
            raise ConnectionError("lost on the way")
        if fate < 0.2:
            self.held.append(envelope)
            raise ConnectionError("held back on the way")
        receive(envelope, FILED)
        if fate < 0.3:
            receive(envelope, FILED)
        if self.held and fate > 0.7:
            receive(self.held.pop(self.weather.randrange(len(self.held))), FILED)
        if fate > 0.9:
            raise ConnectionError("acknowledgement lost")


def leave(number: int) -> None:
    """One person files a move; the old municipality accepts it."""
    from enishi.register import services, terms
    from enishi.register.rules.move_terms import Capacity, Evidence, Proof

    home, goal = home_of(number), goal_of(number)
    seat = terms.reports.Seat(number, 0, "head")
    signed = Evidence(Proof.CARD_SIGNATURE, f"resident:{number}", FILED, "00" * 32)
    filing = terms.Filing(
        home, (number,), DAY, terms.Place(goal, "中央", postcode="0000001", block="1番"), (seat,), number, Capacity.SELF,
        f"move-{number}", evidence=(signed,),
    )  # fmt: skip
    move = services.announce_move(filing, actor=f"resident:{number}", now=FILED)
    services.accept_move_out(home, move, actor="officer", now=FILED)


def enter(clock: datetime) -> int:
    """Everybody whose certificate information is here is seen by an officer, and entered."""
    from enishi.register import services
    from enishi.register.models import Move
    from enishi.register.rules.move_terms import Evidence, Proof

    here = Move.objects.filter(role="new", state__in=["received", "confirmed"])
    arrivals = list(here.order_by("id").values_list("muni", "move"))
    for muni, move in arrivals:
        seen = Evidence(Proof.OFFICER_VIDEO, "officer", ARRIVED)
        services.confirm_identity(muni, move, seen, actor="officer", now=ARRIVED)
        services.accept_move_in(muni, move, moved=DAY, actor="officer", now=ARRIVED)
    return len(arrivals)


def prove(clusters: list[str], name: str, size: int) -> None:
    """Asks both clusters. Exits where anything is lost or doubled."""
    import psycopg

    stays: dict[int, list[tuple[date | None, date | None, str]]] = {}
    sent: list[str] = []
    got: list[str] = []
    closed = {"old": 0, "new": 0}
    for folder in clusters:
        with psycopg.connect(host=folder, user="postgres", dbname=name) as shard:
            for person, since, until, muni in shard.execute(
                "SELECT person, since, until, muni FROM register_residence WHERE superseded_at IS NULL"
            ):
                stays.setdefault(person, []).append((since, until, muni))
            for role, state, number in shard.execute(
                "SELECT role, state, count(*) FROM register_move GROUP BY 1, 2"
            ):
                check(state == "closed", f"{number} moves ({role}) are {state}")
                closed[role] += number
            sent += [
                one
                for (one,) in shard.execute(
                    "SELECT message_id FROM platform_outmessage WHERE done_at IS NOT NULL"
                )
            ]
            got += [
                one
                for (one,) in shard.execute(
                    "SELECT message_id FROM platform_inmessage WHERE done_at IS NOT NULL"
                )
            ]
            rows = shard.execute(
                "SELECT count(*) FROM (SELECT previous_hash, lag(hash) OVER (PARTITION BY muni ORDER BY number) AS before "
                "FROM register_act) AS one WHERE before IS NOT NULL AND before <> previous_hash"
            ).fetchone()
            check(rows == (0,), "a chain of acts is broken")
            (number,) = shard.execute(
                "SELECT count(*) FROM platform_outmessage WHERE done_at IS NULL"
            ).fetchone() or (1,)
            check(number == 0, f"{number} messages have not got through")
    check(closed == {"old": size, "new": size}, f"closed: {closed}")
    check(
        sorted(sent) == sorted(got) and len(set(sent)) == len(sent), f"{len(sent)} sent, {len(got)} handled"
    )
    check(set(stays) == set(range(1, size + 1)), f"{len(stays)} persons of {size}")
    for person, periods in stays.items():
        wanted = [(None, DAY, home_of(person)), (DAY, None, goal_of(person))]
        check(sorted(periods, key=lambda one: one[1] is None) == wanted, f"person {person}: {periods}")


def check(holds: bool, words: str) -> None:
    if not holds:
        raise SystemExit(f"replay: {words}")


if __name__ == "__main__":
    main()
