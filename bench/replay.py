"""A year of moves replayed across two processes and two PostgreSQL clusters, with messages lost, doubled and reordered.

    make bench NAME=replay                              10,000 and 100,000 moves
    ENISHI_BENCH_MOVES=100000,5200000 make bench NAME=replay    other sizes, up to the nation's 5.2 million of a year

Each cluster (durable: fsync and synchronous commit on) is a shard with its own municipalities, and a process of its own files,
accepts, enters and closes the moves of its people by thousands (`register.engines.moving`), by its own outbox and inbox: one
transaction of one municipality a step and batch. The line between them loses a tenth of the messages and a tenth of the
acknowledgements, doubles a tenth, holds a tenth back until later ones have overtaken them, and mixes up the rest. In the end both
clusters are asked by query: nothing lost, nothing doubled. Each move is of one person with a household of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import write_result

SIDES = ("131016", "011002")
TOWNS_A_SIDE = 10
DAY = date(2026, 4, 10)
FILED = datetime(2026, 4, 1, 3, tzinfo=UTC)
ARRIVED = datetime(2026, 4, 12, 3, tzinfo=UTC)
CHUNK = 5_000
"""Moves that a process files before it looks at its mail."""
WHOLE_CHAINS = 1_000_000
"""Up to so many moves the hash of every act is computed anew; of more, those of one municipality a shard."""
TELLING = 15.0
"""Seconds between two lines of progress."""


def main() -> None:
    """Starts the clusters, replays each size in fresh databases, proves it, writes the result."""
    sizes = [int(size) for size in os.environ.get("ENISHI_BENCH_MOVES", "10000,100000").split(",")]
    lines = [
        "| moves | prepared in s | replayed in s | moves a second (both processes) | of the first size's | messages | attempts "
        "a message | one by one | on disk, GB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    load, first, rate, chains = os.getloadavg()[0], 0.0, 0.0, ""
    for size in sizes:
        with ExitStack() as stack:
            clusters = [stack.enter_context(durable_cluster()) for _ in SIDES]
            line, rate, chains = replay(clusters, size, first)
            first = first or rate
        lines.append(line)
        print(line, flush=True)
    said = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    text = "\n".join(
        [
            f"Durable: fsync, synchronous_commit and full_page_writes on; {said}. Load average before: {load:.1f}. Batches of up "
            f"to {CHUNK:,} moves a process, {TOWNS_A_SIDE} municipalities a shard.",
            "",
            *lines,
            "",
            "Proved by query after each size: every mover has one residence without end, in the municipality moved to, "
            "beginning on the day on which the old one ended, and one address, name, domicile, household and birth there; every "
            "move is closed on both sides with every step in its log; every message sent was received and handled once; acts "
            f"are numbered without gap and each names the hash of the one before; {chains}.",
            "",
            f"At the last rate the nation's 5.2 million moves of a year take {5_200_000 / rate / 3600:,.1f} hours on these two "
            f"processes ({'measured' if sizes[-1] >= 5_200_000 else 'extrapolated, not measured'}).",
        ]
    )
    if sizes[-1] >= 100_000:
        write_result(f"replay-{sizes[-1]}", text)
    else:
        print(text)


def replay(clusters: list[str], size: int, first: float) -> tuple[str, float, str]:
    """One size: two processes, then the proof. Returns a line of the table, the rate, and what was asked of the chains."""
    name = f"moves_{size}"
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(SIDES) + 1)
    results: Any = context.Queue()
    workers = [
        context.Process(target=work, args=(index, clusters, name, size, barrier, results))
        for index in range(len(SIDES))
    ]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    try:
        barrier.wait()
        started = time.monotonic()
        told = [results.get() for _ in workers]
        seconds = time.monotonic() - started
        if not any(isinstance(one, str) for one in told):
            barrier.wait()
            chains = [results.get() for _ in workers]
    except Exception as error:
        raise SystemExit("\n".join([str(error), *(results.get() for _ in range(results.qsize()))])) from error
    for worker in workers:
        worker.join()
    if errors := [one for one in [*told, *chains] if isinstance(one, str)]:
        raise SystemExit("\n".join(errors))
    messages, attempts, singly = (sum(one[place] for one in told) for place in range(3))
    disk = prove(clusters, name, size) / 1e9
    rate = size / seconds
    growth = f"{rate / first:.2f}" if first else "1"
    line = (
        f"| {size:,} | {started - began:,.0f} | {seconds:,.1f} | {rate:,.0f} | {growth} | {messages:,} | "
        f"{attempts / messages:.2f} | {singly:,} | {disk:,.1f} |"
    )
    acts = sum(chains)
    return line, rate, f"the hashes of {acts:,} of {3 * size:,} acts were computed anew and are sound"


def url(cluster: str, name: str) -> str:
    """The URL of a database of a cluster, whose own is that of the database `postgres`."""
    return cluster.removesuffix("postgres") + name


def work(index: int, clusters: list[str], name: str, size: int, barrier: Barrier, results: Any) -> None:
    """One shard's process: prepares its database, then replays its half of the moves."""
    try:
        set_up(index, clusters, name)
        everybody = range(2 - index, size + 1, 2)
        settle_in(index, everybody, size)
        barrier.wait()
        results.put(run(index, everybody, size))
        barrier.wait()
        results.put(chains(index, size))
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

    with psycopg.connect(clusters[index], autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    settings.DATABASES["peer"] = dj_database_url.parse(url(clusters[1 - index], name), conn_max_age=600)
    settings.SHARDS = {SIDES[1 - index][:2]: "peer"}
    import django

    django.setup()
    from django.core.management import call_command

    from enishi.platform import bundles, messages

    call_command("migrate", verbosity=0)
    for room in (bundles, messages):
        setattr(room, "shards", lambda: ["default"])  # noqa: B010  each process carries the mail of its own shard only


def towns(index: int) -> list[str]:
    return [f"{SIDES[index][:2]}{number:03d}0" for number in range(101, 101 + TOWNS_A_SIDE)]


def home_of(number: int) -> str:
    return towns(number % 2)[number // 2 % TOWNS_A_SIDE]


def goal_of(number: int) -> str:
    return towns(1 - number % 2)[number // 2 // TOWNS_A_SIDE % TOWNS_A_SIDE]


def settle_in(index: int, everybody: Sequence[int], size: int) -> None:
    """People, each a household, on the registers of this shard, entered by each municipality's first act; guards and indexes are
    set aside meanwhile. Numbers and resident codes are the nation's: those who will come have theirs already.
    """
    from django.db import connection, transaction

    from enishi.kernel.partial_date import PartialDate
    from enishi.number import services as vault
    from enishi.platform.services import insert_rows, within
    from enishi.register import journal
    from enishi.register.engines import setting_aside

    now = FILED - timedelta(days=365)
    for muni in towns(index):
        with within(muni):
            filing = journal.Filing(
                muni, "take_over", "art. 6", PartialDate.of(now.date()), None, "bench", "first", []
            )
            journal.record(filing, now)
    born = date(1990, 1, 1)
    setting_aside.set_aside()
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
        with transaction.atomic(), setting_aside.opened():
            insert_rows(
                f"register_{table}",
                ("muni", "person", "recorded_at", "act", *columns),
                ((home_of(n), n, now, 1, *row(n)) for n in everybody),
            )
    insert_rows("register_person", ("id", "muni"), ((n, home_of(n)) for n in everybody))
    setting_aside.put_back()
    for start in range(1, size + 1, 100_000):
        vault.issue_missing(range(start, min(start + 100_000, size + 1)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def run(index: int, everybody: Sequence[int], size: int) -> tuple[int, int, int]:
    """Files, carries, enters and closes until all moves of both shards are done here. Returns (messages, attempts, how many steps
    and messages went one by one).
    """
    from enishi.platform.models import OutMessage
    from enishi.platform.services import deliver_all, handle_all
    from enishi.register.models import Move

    line, clock, singly, handled_all, filed = Line(random.Random(index)), ARRIVED, 0, 0, 0
    started = told = time.monotonic()
    while True:
        batch = everybody[filed : filed + CHUNK]
        filed += len(batch)
        singly += leave(index, batch)
        moved = 0
        # A message that got lost is tried again at once, by the bench's clock: it does not wait for the hour of a real one.
        for _ in range(12):
            clock += timedelta(hours=2)
            sent = deliver_all(line, clock)
            moved += sent
            if not sent:
                break
        handled = handle_all(ARRIVED)
        entered, alone = enter(index)
        singly += handled.singly + alone
        handled_all += handled.bundled + handled.singly
        if time.monotonic() - told > TELLING:
            told = time.monotonic()
            rate = handled_all / 3 * 2 / (told - started)
            print(
                f"shard {index}: {told - started:,.0f} s, {filed:,} of {len(everybody):,} filed, {handled_all:,} messages "
                f"handled, about {rate:,.0f} moves a second on both",
                flush=True,
            )
        if not (batch or moved or entered or handled.bundled or handled.singly):
            waiting = OutMessage.objects.filter(done_at__isnull=True).exists()
            if (
                not waiting
                and not Move.objects.filter(is_open=True).exists()
                and Move.objects.count() == size
            ):
                return OutMessage.objects.count(), line.attempts, singly
            time.sleep(0.05)


class Line:
    """The line to the other shard: a tenth of the messages lost, acknowledgements lost, doubled, held back each; all mixed up."""

    def __init__(self, weather: random.Random) -> None:
        self.weather = weather
        self.held: list[Any] = []
        self.attempts = 0

    def __call__(self, letters: Sequence[Any]) -> list[str]:
        from enishi.platform.services import receive_all

        self.attempts += len(letters)
        come: list[Any] = []
        acknowledged = []
        late, self.held = self.held, []
        for one in letters:
            fate = self.weather.random()
            if fate < 0.1:
                continue
            if fate < 0.2:
                self.held.append(one)
                continue
            come.append(one)
            if fate < 0.3:
                come.append(one)
            if fate < 0.9:
                acknowledged.append(one.message_id)
        come += late
        self.weather.shuffle(come)
        receive_all(come, FILED)
        return acknowledged


def leave(index: int, numbers: Sequence[int]) -> int:
    """People file moves; the old municipalities accept them. Returns how many went one by one."""
    from enishi.register import services, terms
    from enishi.register.rules.move_terms import Capacity, Evidence, Proof

    filed: dict[str, list[Any]] = {}
    for number in numbers:
        home, goal = home_of(number), goal_of(number)
        seat = terms.reports.Seat(number, 0, "head")
        signed = Evidence(Proof.CARD_SIGNATURE, f"resident:{number}", FILED, "00" * 32)
        filing = terms.Filing(
            home, (number,), DAY, terms.Place(goal, "中央", postcode="0000001", block="1番"), (seat,), number,
            Capacity.SELF, f"move-{number}", evidence=(signed,),
        )  # fmt: skip
        filed.setdefault(home, []).append((filing, f"resident:{number}"))
    alone = 0
    for home, mine in filed.items():
        left = services.announce_moves(home, mine, now=FILED).left
        for filing, actor in mine:
            if services.move_id_of(filing) in left:
                services.announce_move(filing, actor=actor, now=FILED)
        moves = [services.move_id_of(filing) for filing, _ in mine]
        waiting = services.accept_moves_out(home, moves, actor="officer", now=FILED).left
        for move in waiting:
            services.accept_move_out(home, move, actor="officer", now=FILED)
        alone += len(left) + len(waiting)
    return alone


def enter(index: int) -> tuple[int, int]:
    """Everybody whose certificate information is here is seen by an officer, and entered. Returns how many, and how many of
    them one by one.
    """
    from enishi.register import services
    from enishi.register.models import Move
    from enishi.register.rules.move_terms import Evidence, Proof

    seen, entered, alone = Evidence(Proof.OFFICER_VIDEO, "officer", ARRIVED), 0, 0
    for muni in towns(index):
        here = Move.objects.filter(muni=muni, role="new", is_open=True, state__in=["received", "confirmed"])
        moves = list(here.order_by("id").values_list("move", flat=True)[:CHUNK])
        left = services.confirm_identities(
            muni, [(move, seen) for move in moves], actor="officer", now=ARRIVED
        ).left
        for move in left:
            services.confirm_identity(muni, move, seen, actor="officer", now=ARRIVED)
        waiting = services.accept_moves_in(
            muni, [(move, DAY) for move in moves], actor="officer", now=ARRIVED
        ).left
        for move in waiting:
            services.accept_move_in(muni, move, moved=DAY, actor="officer", now=ARRIVED)
        entered, alone = entered + len(moves), alone + len(left) + len(waiting)
    return entered, alone


def chains(index: int, size: int) -> int:
    """How many acts of this shard bear out their hashes. Raises RuntimeError for the first that does not."""
    from enishi.register import services
    from enishi.register.models import Act

    asked = towns(index) if size <= WHOLE_CHAINS else towns(index)[:1]
    for muni in asked:
        if (number := services.broken_chain(muni)) is not None:
            raise RuntimeError(f"act {number} of {muni} is not what its hash says")
    return Act.objects.filter(muni__in=asked, number__gt=1).count()


TOWN = "'{side}' || lpad((101 + ({place}) % {towns})::text, 3, '0') || '0'"
"""The municipality of a person, as SQL."""
SENT = "SELECT count(*), sum(hashtextextended(message_id, 0)::numeric) FROM platform_{box}message WHERE done_at IS NOT NULL"


def prove(clusters: list[str], name: str, size: int) -> int:
    """Asks both clusters. Exits where anything is lost or doubled. Returns the bytes that both take on disk."""
    import psycopg

    boxes: dict[str, list[Any]] = {"out": [], "in": []}
    disk = 0
    for index, cluster in enumerate(clusters):
        with psycopg.connect(url(cluster, name)) as shard:

            def ask(statement: str, shard: Any = shard) -> Any:
                return shard.execute(statement).fetchone()

            leaving, coming = len(range(2 - index, size + 1, 2)), len(range(1 + index, size + 1, 2))
            side = SIDES[index][:2]
            home = TOWN.format(side=side, place="person / 2", towns=TOWNS_A_SIDE)
            goal = TOWN.format(side=side, place=f"person / 2 / {TOWNS_A_SIDE}", towns=TOWNS_A_SIDE)
            left = f"person % 2 = {index} AND since IS NULL AND until = '{DAY}' AND muni = {home}"
            came = f"person % 2 = {1 - index} AND since = '{DAY}' AND until IS NULL AND muni = {goal}"
            for table in ("residence", "address", "membership"):
                found = ask(
                    f"SELECT count(*), count(DISTINCT person), count(*) FILTER (WHERE {left}), count(*) FILTER (WHERE {came}), "
                    f"min(person), max(person) FROM register_{table} WHERE superseded_at IS NULL"
                )
                check(found == (size, size, leaving, coming, 1, size), f"{table} of shard {index}: {found}")
            for table in ("particulars", "personname", "domicile", "addressee"):
                everybody = coming if table == "addressee" else size
                believed = "" if table == "addressee" else "WHERE superseded_at IS NULL"
                found = ask(f"SELECT count(*), count(DISTINCT person) FROM register_{table} {believed}")
                check(found == (everybody, everybody), f"{table} of shard {index}: {found}")
            found = ask(
                "SELECT count(*), count(DISTINCT move), count(*) FILTER (WHERE role = 'old' AND steps = 4), count(*) FILTER "
                "(WHERE role = 'new' AND steps = 5), count(*) FILTER (WHERE state = 'closed' AND NOT is_open) FROM register_move"
            )
            check(found == (size, size, leaving, coming, size), f"moves of shard {index}: {found}")
            found = ask("SELECT count(*) FROM register_movestep WHERE word = 'late'")
            check(found == (0,), f"steps of shard {index} that came late: {found}")
            for box, sums in boxes.items():
                found = ask(f"SELECT count(*) FROM platform_{box}message WHERE done_at IS NULL")
                check(found == (0,), f"messages of shard {index} that have not got through: {found}")
                sums.append(ask(SENT.format(box=box)))
            found = ask(
                "SELECT count(*), count(*) FILTER (WHERE before <> previous_hash OR number <> earlier + 1) "
                "FROM (SELECT number, previous_hash, lag(hash) OVER one AS before, lag(number) OVER one AS earlier "
                "FROM register_act WINDOW one AS (PARTITION BY muni ORDER BY number)) AS linked"
            )
            check(found == (2 * leaving + coming + TOWNS_A_SIDE, 0), f"acts of shard {index}: {found}")
            (bytes_,) = ask("SELECT pg_database_size(current_database())")
            disk += bytes_
    check(boxes["out"] == boxes["in"][::-1], f"sent and handled: {boxes}")
    check(sum(one[0] for one in boxes["out"]) == 3 * size, f"sent: {boxes['out']}")
    return disk


def check(holds: bool, words: str) -> None:
    if not holds:
        raise SystemExit(f"replay: {words}")


if __name__ == "__main__":
    main()
