"""A year of moves replayed across two processes and two PostgreSQL clusters, with messages lost, doubled and reordered.

    make bench NAME=replay                              10,000 and 100,000 persons who move
    ENISHI_BENCH_MOVERS=100000,5200000 make bench NAME=replay   other sizes, up to the nation's 5.2 million of a year
    ENISHI_BENCH_KEEP=DIR                               the clusters stay there, to go on from or to look into
    ENISHI_BENCH_MINUTES=90                             ends after so many; the same command goes on from there

Each cluster (durable: fsync and synchronous commit on) is a shard with its own municipalities, and a process of its own files,
accepts, enters and closes the moves of its people by thousands (`register.engines.moving`), by its own outbox and inbox: one
transaction of one municipality a step and batch. The line between them loses a tenth of the messages and a tenth of the
acknowledgements, doubles a tenth, holds a tenth back until later ones have overtaken them, and mixes up the rest. In the end both
clusters are asked by query: nothing lost, nothing doubled.

The sizes count persons, as the statistics of moves do (5,207,746 persons crossed a municipal border in 2024). A move is of a
household: of eight, five of one person and one each of two, three and four, about as the synthetic nation moves.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from bench.cluster import SETTINGS, durable_cluster
from bench.measure import write_result

SIDES = ("131016", "011002")
TOWNS_A_SIDE = 10
DAY = date(2026, 4, 10)
FILED = datetime(2026, 4, 1, 3, tzinfo=UTC)
ARRIVED = datetime(2026, 4, 12, 3, tzinfo=UTC)
HOUSEHOLDS = (1, 1, 1, 1, 1, 2, 3, 4)
"""How many persons the households have, over and over: 14 in eight, of whom each move takes one household whole."""
FIRST = (0, 1, 2, 3, 4, 5, 7, 10)
RELATIONS = ("head", "spouse", "child", "child")
BORN = (date(1990, 1, 1), date(1991, 2, 3), date(2018, 4, 5), date(2021, 6, 7))
COLLECTION = (100_000, 20, 20)
"""A process of batches makes many objects that live as long as a batch: Python looks for cycles among them less often."""
CHUNK = 5_000
"""Moves that a process files before it looks at its mail."""
WHOLE_CHAINS = 1_000_000
"""Up to so many moves the hash of every act is computed anew; of more, those of one municipality a shard."""
TELLING = 15.0
"""Seconds between two lines of progress."""


def main() -> None:
    """Starts the clusters, replays each size in fresh databases, proves it, writes the result."""
    sizes = [int(size) for size in os.environ.get("ENISHI_BENCH_MOVERS", "10000,100000").split(",")]
    lines = [
        "| persons | moves | replayed in s | persons a second (both processes) | moves a second | of the first "
        "size's | messages | attempts a message | one by one | on disk, GB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    load, first, rate, chains = os.getloadavg()[0], 0.0, 0.0, ""
    for size in sizes:
        with ExitStack() as stack:
            clusters = [
                stack.enter_context(durable_cluster(kept(size, index))) for index in range(len(SIDES))
            ]
            line, rate, chains = replay(clusters, size, first)
            first = first or rate
        lines.append(line)
        print(line, flush=True)
    said = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    text = "\n".join(
        [
            f"Durable: fsync, synchronous_commit and full_page_writes on; {said}. Load average before: {load:.1f}. Batches of up "
            f"to {CHUNK:,} moves a process, {TOWNS_A_SIDE} municipalities a shard. Python looks for cycles every "
            f"{COLLECTION[0]:,} objects.",
            "",
            *lines,
            "",
            "Proved by query after each size: every mover has one residence without end, in the municipality moved to, "
            "beginning on the day on which the old one ended, and one address, name, domicile, household and birth there; "
            "those who lived together live together, one head each; every move is closed on both sides with every step in its "
            "log; every message sent was received and handled once; acts "
            f"are numbered without gap and each names the hash of the one before; {chains}.",
            "",
            f"At the last rate the nation's 5.2 million persons of a year take {5_200_000 / rate / 3600:,.1f} hours on these two "
            f"processes ({'measured' if sizes[-1] >= 5_200_000 else 'extrapolated, not measured'}).",
        ]
    )
    if sizes[-1] >= 100_000:
        write_result(f"replay-{sizes[-1]}", text)
    else:
        print(text)


def kept(size: int, index: int) -> Path | None:
    """Where a cluster stays between two parts of one replay; None for one that goes when it is done."""
    folder = os.environ.get("ENISHI_BENCH_KEEP")
    return None if folder is None else Path(folder) / f"{size}-{index}"


def replay(clusters: list[str], size: int, first: float) -> tuple[str, float, str]:
    """One size: two processes, then the proof. Returns a line of the table, the rate, and what was asked of the chains."""
    name = f"moves_{size}"
    rounds = -(-size // sum(HOUSEHOLDS))
    persons, moves = rounds * sum(HOUSEHOLDS), rounds * len(HOUSEHOLDS)
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(SIDES) + 1)
    results: Any = context.Queue()
    chains: list[Any] = []
    workers = [
        context.Process(target=work, args=(index, clusters, name, moves, barrier, results))
        for index in range(len(SIDES))
    ]
    for worker in workers:
        worker.start()
    try:
        barrier.wait()
        told = [results.get() for _ in workers]
        if any(isinstance(one, str) for one in told):
            barrier.abort()
        else:
            barrier.wait()
            chains = [results.get() for _ in workers]
    except Exception as error:
        raise SystemExit("\n".join([str(error), *(results.get() for _ in range(results.qsize()))])) from error
    for worker in workers:
        worker.join()
    if errors := [one for one in [*told, *chains] if isinstance(one, str)]:
        raise SystemExit("\n".join(errors))
    seconds = max(one.seconds for one in told)
    messages, attempts, singly = (
        sum(getattr(one, what) for one in told) for what in ("messages", "attempts", "singly")
    )
    disk = prove(clusters, name, rounds) / 1e9
    rate = persons / seconds
    growth = f"{rate / first:.2f}" if first else "1"
    line = (
        f"| {persons:,} | {moves:,} | {seconds:,.1f} | {rate:,.0f} | {moves / seconds:,.0f} | "
        f"{growth} | {messages:,} | {attempts / messages:.2f} | {singly:,} | {disk:,.1f} |"
    )
    acts = sum(chains)
    return line, rate, f"the hashes of {acts:,} of {3 * moves:,} acts were computed anew and are sound"


def url(cluster: str, name: str) -> str:
    """The URL of a database of a cluster, whose own is that of the database `postgres`."""
    return cluster.removesuffix("postgres") + name


@dataclass(slots=True)
class Told:
    """How far a shard has come, over all parts of the replay: kept beside its register."""

    seconds: float = 0.0
    attempts: int = 0
    singly: int = 0
    messages: int = 0


def work(index: int, clusters: list[str], name: str, moves: int, barrier: Barrier, results: Any) -> None:
    """One shard's process: prepares its database, then replays the moves of its households."""
    gc.set_threshold(*COLLECTION)
    try:
        set_up(index, clusters, name)
        households = [one for one in range(moves) if side_of(one) == index]
        told = so_far()
        if told is None:
            settle_in(index, households, moves)
            told = Told()
            keep(told)
        barrier.wait()
        if not run(index, households, moves, told):
            results.put(f"shard {index}: {told.seconds:,.0f} s replayed so far; the same command goes on")
            return
        results.put(told)
        barrier.wait()
        results.put(chains(index, moves))
    except Exception as error:
        barrier.abort()
        results.put(f"shard {index}: {type(error).__name__}: {error}")
        raise


def so_far() -> Told | None:
    """What an earlier part of this replay has kept; None before the first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_told (seconds float8, attempts int8, singly int8)")
        cursor.execute("SELECT seconds, attempts, singly FROM bench_told")
        row = cursor.fetchone()
    return None if row is None else Told(*row)


def keep(told: Told) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_told")
        cursor.execute(
            "INSERT INTO bench_told VALUES (%s, %s, %s)", [told.seconds, told.attempts, told.singly]
        )


def set_up(index: int, clusters: list[str], name: str) -> None:
    """Django with this shard as `default` and the other as `peer`: where messages go, and nothing else."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
    os.environ["ENISHI_DATABASE_URL"] = url(clusters[index], name)
    import dj_database_url
    import psycopg
    from django.conf import settings

    with psycopg.connect(clusters[index], autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
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


def side_of(household: int) -> int:
    """On which shard a household lives. Both have households of every size."""
    return (household + household // len(HOUSEHOLDS)) % 2


def home_of(household: int) -> str:
    return towns(side_of(household))[household // 2 % TOWNS_A_SIDE]


def goal_of(household: int) -> str:
    return towns(1 - side_of(household))[household // 2 // TOWNS_A_SIDE % TOWNS_A_SIDE]


def persons_of(household: int) -> range:
    """Its members, the head first; their numbers count from 1."""
    rounds, place = divmod(household, len(HOUSEHOLDS))
    first = rounds * sum(HOUSEHOLDS) + FIRST[place] + 1
    return range(first, first + HOUSEHOLDS[place])


def settle_in(index: int, households: Sequence[int], moves: int) -> None:
    """People in their households, on the registers of this shard, entered by each municipality's first act; guards and indexes
    are set aside meanwhile. Numbers and resident codes are the nation's: those who will come have theirs already.
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
    setting_aside.set_aside()
    for table, columns, row in (
        (
            "particulars",
            ("birth_date", "birth_latest", "birth_wording", "sex"),
            lambda _, place, __: (BORN[place], BORN[place], "", place % 2 + 1),
        ),
        (
            "personname",
            ("kind", "surname", "given", "surname_kana", "given_kana", "provenance", "key", "kana_key"),
            lambda who, _, __: (
                "registered",
                "試験",
                f"{who}郎",
                "シケン",
                "タロウ",
                "filed",
                f"試験{who}郎",
                "シケンタロウ",
            ),
        ),
        ("residence", ("since_wording",), lambda *_: ("",)),
        (
            "address",
            ("postcode", "town", "block", "building", "building_kana"),
            lambda *_: ("1000001", "千代田", "1番", "", ""),
        ),
        ("membership", ("household", "relation"), lambda _, place, home: (home, RELATIONS[place])),
        (
            "domicile",
            ("place", "first_listed"),
            lambda _, __, home: ("東京都千代田区千代田1番", f"試験 {home}郎"),
        ),
    ):
        with transaction.atomic(), setting_aside.opened():
            insert_rows(
                f"register_{table}",
                ("muni", "person", "recorded_at", "act", *columns),
                (
                    (home_of(household), who, now, 1, *row(who, place, persons_of(household)[0]))
                    for household in households
                    for place, who in enumerate(persons_of(household))
                ),
            )
    insert_rows(
        "register_person",
        ("id", "muni"),
        ((who, home_of(household)) for household in households for who in persons_of(household)),
    )
    setting_aside.put_back()
    everybody = persons_of(moves - 1)[-1]
    for start in range(1, everybody + 1, 100_000):
        vault.issue_missing(range(start, min(start + 100_000, everybody + 1)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def run(index: int, households: Sequence[int], moves: int, told: Told) -> bool:
    """Files, carries, enters and closes until all moves of both shards are done here, or the time is up (False)."""
    from enishi.platform.models import OutMessage
    from enishi.platform.services import deliver_all, handle_all
    from enishi.register.models import Move

    line, clock, handled_all = Line(random.Random(f"{index} {told.attempts}")), ARRIVED, 0
    filed = Move.objects.filter(role="old").count() // CHUNK * CHUNK
    before, attempts = told.seconds, told.attempts
    started = spoken = time.monotonic()
    ends = started + 60 * float(os.environ.get("ENISHI_BENCH_MINUTES", "inf"))
    while True:
        batch = households[filed : filed + CHUNK]
        filed += len(batch)
        told.singly += leave(batch)
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
        told.singly += handled.singly + alone
        handled_all += handled.bundled + handled.singly
        done = not (batch or moved or entered or handled.bundled or handled.singly) and _all_closed(moves)
        now = time.monotonic()
        told.seconds, told.attempts = before + now - started, attempts + line.attempts
        if done:
            told.messages = OutMessage.objects.count()
        if done or now > ends or now - spoken > TELLING:
            spoken = now
            keep(told)
            rate = handled_all / 3 * 2 / (now - started)
            print(
                f"shard {index}: {told.seconds:,.0f} s, {filed:,} of {len(households):,} filed, {handled_all:,} messages "
                f"handled, about {rate:,.0f} moves a second on both",
                flush=True,
            )
        if done or now > ends:
            return done
        if not (batch or moved or handled.bundled or handled.singly):
            time.sleep(0.05)


def _all_closed(moves: int) -> bool:
    """Whether nothing of this shard waits for anything."""
    from enishi.platform.models import OutMessage
    from enishi.register.models import Move

    waiting = OutMessage.objects.filter(done_at__isnull=True).exists()
    return not waiting and not Move.objects.filter(is_open=True).exists() and Move.objects.count() == moves


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


def leave(households: Sequence[int]) -> int:
    """Households file moves; the old municipalities accept them. Returns how many went one by one."""
    from enishi.register import services, terms
    from enishi.register.models import Move
    from enishi.register.rules.move_terms import Capacity, Evidence, Proof

    filed: dict[str, list[Any]] = {}
    for household in households:
        home, goal, movers = home_of(household), goal_of(household), tuple(persons_of(household))
        seats = tuple(terms.reports.Seat(who, 0, RELATIONS[place]) for place, who in enumerate(movers))
        filer = f"resident:{movers[0]}"
        signed = Evidence(Proof.CARD_SIGNATURE, filer, FILED, "00" * 32)
        filing = terms.Filing(
            home, movers, DAY, terms.Place(goal, "中央", postcode="0000001", block="1番"), seats, movers[0],
            Capacity.SELF, f"move-{movers[0]}", evidence=(signed,),
        )  # fmt: skip
        filed.setdefault(home, []).append((filing, filer))
    alone = 0
    for home, mine in filed.items():
        left = services.announce_moves(home, mine, now=FILED).left
        for filing, actor in mine:
            if services.move_id_of(filing) in left:
                services.announce_move(filing, actor=actor, now=FILED)
        asked = [services.move_id_of(filing) for filing, _ in mine]
        announced = Move.objects.filter(muni=home, role="old", state="announced", move__in=asked)
        moves = list(announced.order_by("id").values_list("move", flat=True))  # not those of an earlier part
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


def chains(index: int, moves: int) -> int:
    """How many acts of this shard bear out their hashes. Raises RuntimeError for the first that does not."""
    from enishi.register import services
    from enishi.register.models import Act

    asked = towns(index) if moves <= WHOLE_CHAINS else towns(index)[:1]
    for muni in asked:
        if (number := services.broken_chain(muni)) is not None:
            raise RuntimeError(f"act {number} of {muni} is not what its hash says")
    return Act.objects.filter(muni__in=asked, number__gt=1).count()


SENT = "SELECT count(*), sum(hashtextextended(message_id, 0)::numeric) FROM platform_{box}message WHERE done_at IS NOT NULL"


def prove(clusters: list[str], name: str, rounds: int) -> int:
    """Asks both clusters. Exits where anything is lost or doubled. Returns the bytes that both take on disk."""
    import psycopg

    boxes: dict[str, list[Any]] = {"out": [], "in": []}
    households, size = range(rounds * len(HOUSEHOLDS)), rounds * sum(HOUSEHOLDS)
    disk = 0
    for index, cluster in enumerate(clusters):
        with psycopg.connect(url(cluster, name)) as shard:

            def ask(statement: str, shard: Any = shard) -> Any:
                return shard.execute(statement).fetchone()

            list_movers(shard, households)
            (bytes_,) = ask("SELECT pg_database_size(current_database())")
            disk += bytes_
            outward = sum(side_of(one) == index for one in households)
            inward = len(households) - outward
            (leaving,) = ask(f"SELECT count(*) FROM mover WHERE side = {index}")
            coming = size - leaving
            left = f"side = {index} AND since IS NULL AND until = '{DAY}' AND muni = home"
            came = f"side <> {index} AND since = '{DAY}' AND until IS NULL AND muni = goal"
            for table in ("residence", "address", "membership"):
                found = ask(
                    f"SELECT count(*), count(DISTINCT person), count(*) FILTER (WHERE {left}), count(*) FILTER (WHERE {came}) "
                    f"FROM register_{table} JOIN mover USING (person) WHERE superseded_at IS NULL"
                )
                check(found == (size, size, leaving, coming), f"{table} of shard {index}: {found}")
            found = ask(
                "SELECT count(*), sum(persons), count(*) FILTER (WHERE heads <> 1 OR homes <> 1) FROM ("
                "SELECT count(*) AS persons, count(*) FILTER (WHERE relation = 'head') AS heads, "
                "count(DISTINCT m.household) AS homes FROM register_membership m JOIN mover USING (person) "
                "WHERE superseded_at IS NULL GROUP BY mover.household) AS one"
            )
            check(found == (len(households), size, 0), f"households of shard {index}: {found}")
            found = ask(
                "SELECT count(DISTINCT (muni, household)) FROM register_membership WHERE superseded_at IS NULL"
            )
            check(found == (len(households),), f"households of shard {index} that are one: {found}")
            for table in ("particulars", "personname", "domicile", "addressee"):
                everybody = coming if table == "addressee" else size
                believed = "" if table == "addressee" else "WHERE superseded_at IS NULL"
                found = ask(f"SELECT count(*), count(DISTINCT person) FROM register_{table} {believed}")
                check(found == (everybody, everybody), f"{table} of shard {index}: {found}")
            found = ask(
                "SELECT count(*), count(DISTINCT move), count(*) FILTER (WHERE role = 'old' AND steps = 4), count(*) FILTER "
                "(WHERE role = 'new' AND steps = 5), count(*) FILTER (WHERE state = 'closed' AND NOT is_open) FROM register_move"
            )
            whole = len(households)
            check(found == (whole, whole, outward, inward, whole), f"moves of shard {index}: {found}")
            found = ask("SELECT count(*) FROM register_movestep WHERE word = 'late'")
            check(found == (0,), f"steps of shard {index} that came late: {found}")
            for box, sums in boxes.items():
                found = ask(
                    f"SELECT count(*) FROM platform_{box}message WHERE done_at IS NULL OR payload <> ''"
                )
                check(found == (0,), f"messages of shard {index} that have not got through: {found}")
                sums.append(ask(SENT.format(box=box)))
            found = ask(
                "SELECT count(*), count(*) FILTER (WHERE before <> previous_hash OR number <> earlier + 1) "
                "FROM (SELECT number, previous_hash, lag(hash) OVER one AS before, lag(number) OVER one AS earlier "
                "FROM register_act WINDOW one AS (PARTITION BY muni ORDER BY number)) AS linked"
            )
            check(found == (2 * outward + inward + TOWNS_A_SIDE, 0), f"acts of shard {index}: {found}")
    check(boxes["out"] == boxes["in"][::-1], f"sent and handled: {boxes}")
    check(sum(one[0] for one in boxes["out"]) == 3 * len(households), f"sent: {boxes['out']}")
    return disk


def list_movers(shard: Any, households: Sequence[int]) -> None:
    """Who was to move whence and whither, as a table for the questions of `prove`."""
    shard.execute(
        "CREATE TEMPORARY TABLE mover (person int8, household int8, side int, home text, goal text)"
    )
    with shard.cursor() as cursor, cursor.copy("COPY mover FROM STDIN") as copy:
        for one in households:
            place = (one, side_of(one), home_of(one), goal_of(one))
            for person in persons_of(one):
                copy.write_row((person, *place))
    shard.execute("ANALYZE mover")


def check(holds: bool, words: str) -> None:
    if not holds:
        raise SystemExit(f"replay: {words}")


if __name__ == "__main__":
    main()
