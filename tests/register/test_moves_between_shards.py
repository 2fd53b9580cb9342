"""Show 2: moves between two PostgreSQL databases, with messages lost, doubled, reordered, either side down, and crashes
between the steps. Hypothesis drives; what must hold is asked of both databases by query.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enishi.kernel.errors import EnishiError
from enishi.platform.models import InMessage, OutMessage
from enishi.platform.services import Envelope, Reader, backlog, deliver, handle, receive, within
from enishi.register import services
from enishi.register.models import Move, MoveStep, Residence
from enishi.register.moves.steps import side_of
from enishi.register.moves.words import Filing
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.move_terms import Capacity, Evidence, Proof
from enishi.register.rules.moves import Place
from enishi.register.rules.moving import OldSide, Role
from enishi.register.rules.reports import NEW_HOUSEHOLD, Arrival, Newcomer, NewDomicile, NewName, Report, Seat
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, SAPPORO, YOKOHAMA
from tests.postgres import Server

TOWNS = {
    CHIYODA: Place(CHIYODA, "丸の内", postcode="1000005", block="1番"),
    SAPPORO: Place(SAPPORO, "中央区北一条西", ward="011011", postcode="0600001", block="2丁目"),
    YOKOHAMA: Place(YOKOHAMA, "鶴見区鶴見中央", ward="141011", postcode="2300051", block="3丁目"),
}
"""Sapporo lies in the second database."""

BEGINNING = datetime(2120, 4, 1, 0, tzinfo=UTC)
FAMILIES = 2
TABLES = (
    "act actperson counter particulars personname residence address membership domicile foreignstatus statusitem "
    "addressee person supportmeasure measureperson move moveperson movestep delivery subscriber refusedact protection"
).split()
MAIL = ("channel", "outmessage", "inmessage")
REACHED: Counter[str] = Counter()
"""How often the stories of this run ended a side of a move in each state, and what happened on the way."""

EXAMPLES, STEPS = int(os.environ.get("ENISHI_MOVE_EXAMPLES", "10")), 50


WEIGHTED = (
    "announce announce announce accept_late move_in move_in move_in cancel change_destination ask decline paper time_passes "
    "goes_down_or_up post_is_carried post_is_carried post_is_carried post_is_carried a_quiet_day a_quiet_day a_quiet_day"
).split()


class Crash(Exception):
    """The process dies in the middle of a step."""


@pytest.fixture
def two_databases(postgres: Server, django_db_blocker: Any) -> Iterator[None]:
    """`default` and `north` are two databases of one server; what the tests of one engine use stays as it was."""
    before = connections["default"], connections.settings["default"]
    shards = getattr(site, "SHARDS", {})
    aliases = ("default", "north")
    admin = dict(postgres.settings)
    names = {alias: f"moves_{alias}_{os.getpid()}" for alias in aliases}
    complete = connections.configure_settings({"default": admin})["default"]
    with django_db_blocker.unblock():
        connections.settings["admin"] = complete | {"AUTOCOMMIT": True}
        with connections["admin"].cursor() as cursor:
            for name in names.values():
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")
                cursor.execute(f"CREATE DATABASE {name}")
        for alias in aliases:
            connections.settings[alias] = complete | {"NAME": names[alias]}
            if alias == "default":
                del connections[alias]
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        site.SHARDS = {SAPPORO[:2]: "north"}
        try:
            yield
        finally:
            site.SHARDS = shards
            for alias in aliases:
                connections[alias].close()
                del connections[alias]
            del connections.settings["north"]
            connections.settings["default"] = before[1]
            connections["default"] = before[0]
            with connections["admin"].cursor() as cursor:
                for name in names.values():
                    cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connections["admin"].close()
            del connections["admin"], connections.settings["admin"]


def empty() -> None:
    """Both registers begin anew."""
    tables = ", ".join([*(f"register_{one}" for one in TABLES), *(f"platform_{one}" for one in MAIL)])
    for alias in ("default", "north"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
            cursor.execute("SET session_replication_role = origin")


class Moves(RuleBasedStateMachine):
    """Families move to and fro between three municipalities in two databases."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        empty()
        self.weather = random.Random(seed)
        self.now = BEGINNING
        self.down: set[str] = set()
        self.on_the_way: list[Envelope] = []
        self.families: dict[int, tuple[int, ...]] = {}
        self.filings = 0
        self.crash = 0
        for number in range(FAMILIES):
            people = (10 * number + 1, 10 * number + 2)
            newcomers = tuple(
                Newcomer(
                    who,
                    1 + who % 2,
                    born(date(2080, 1, 1)),
                    (NewName(NameKind.REGISTERED, "佐藤", f"花{who}", "サトウ", "ハナ"),),
                    NEW_HOUSEHOLD,
                    relation,
                    NewDomicile("東京都千代田区", "佐藤 花"),
                )
                for who, relation in zip(people, ("head", "spouse"), strict=True)
            )
            day = date(2119, 1, 1)
            said = Report(CHIYODA, born(day), day, "load", f"in{number}", self.now, self.today)
            services.perform_act(said, Arrival(Kind.MOVE_IN, newcomers, TOWNS[CHIYODA], None))
            self.families[number] = people

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=9)).date()

    def home(self, person: int) -> str | None:
        """Where a person lives without an end in sight."""
        for muni in TOWNS:
            with within(muni):
                if Residence.objects.believed().filter(muni=muni, person=person, until__isnull=True).exists():
                    return muni
        return None

    def attempt(self, act: Any, *words: Any, **named: Any) -> Any:
        """An act that may be refused or die with the process; both leave nothing half done."""
        try:
            return act(*words, **named)
        except (EnishiError, Crash) as error:
            REACHED[f"{act.__name__}: {str(error)[:60]}"] += 1
            return None

    def moves(self, role: Role, *states: str) -> list[tuple[str, str]]:
        found = []
        for muni in TOWNS:
            if muni not in self.down:
                with within(muni):
                    rows = Move.objects.filter(muni=muni, role=role.value, state__in=states).order_by("id")
                    found += list(rows.values_list("muni", "move"))
        return found

    @rule(what=st.sampled_from(WEIGHTED), one=st.integers(0, 9), other=st.integers(0, 9))
    def something_happens(self, what: str, one: int, other: int) -> None:
        """One rule that draws what happens: so frequent things are frequent, and no story leaves one out."""
        getattr(self, what)(one, other)

    def announce(self, one: int, other: int) -> None:
        """A family, or one of it, files a move; the old municipality accepts it soon or later."""
        family, to, ahead, alone = one % FAMILIES, sorted(TOWNS)[other % len(TOWNS)], one - 4, other > 6
        people = self.families[family]
        home = self.home(people[0])
        if home is None or home == to or home in self.down:
            return
        movers = people[1:] if alone or self.home(people[1]) != home else people
        if self.home(movers[0]) != home:
            return
        plan = tuple(Seat(who, 0, "head" if index == 0 else "spouse") for index, who in enumerate(movers))
        self.filings += 1
        said = Filing(
            home, movers, self.today + timedelta(days=ahead), TOWNS[to], plan, movers[0], Capacity.SELF,
            f"f{self.filings}", evidence=(Evidence(Proof.CARD_SIGNATURE, "resident", self.now),),
        )  # fmt: skip
        move = self.attempt(services.announce_move, said, actor="resident", now=self.now)
        if move and self.weather.random() < 0.8:
            self.attempt(services.accept_move_out, home, move, actor="officer", now=self.now)

    def accept_late(self, which: int, _: int) -> None:
        if waiting := self.moves(Role.OLD, "announced"):
            muni, move = waiting[which % len(waiting)]
            self.attempt(services.accept_move_out, muni, move, actor="officer", now=self.now)

    def move_in(self, which: int, back: int) -> None:
        """The movers stand at the counter; what the calendar then asks for is shown too."""
        if waiting := self.moves(Role.NEW, "received", "confirmed", "card_route_ended"):
            muni, move = waiting[which % len(waiting)]
            for proof in (Proof.OFFICER_COUNTER, Proof.PAPER_CERTIFICATE):
                evidence = Evidence(proof, "officer", self.now)
                self.attempt(services.confirm_identity, muni, move, evidence, actor="officer", now=self.now)
            with within(muni):
                row = Move.objects.get(muni=muni, move=move, role="new")
                assert row.announced
                if row.conflict:
                    self.attempt(
                        services.resolve_conflict, muni, move, Role.NEW, "seen", actor="officer", now=self.now
                    )
            moved = min(self.today, row.announced) - timedelta(days=back % 5 - 2)
            self.attempt(
                services.accept_move_in,
                muni,
                move,
                moved=min(moved, self.today),
                actor="officer",
                now=self.now,
                to=TOWNS[muni],
            )

    def cancel(self, which: int, _: int) -> None:
        states = (
            "announced",
            "accepted",
            "certificate_sent",
            "withdrawing",
            "returned",
            "card_route_ended",
            "notified_back",
            "closed",
        )
        if waiting := self.moves(Role.OLD, *states):
            muni, move = waiting[which % len(waiting)]
            self.attempt(services.cancel_move, muni, move, "stays", actor="resident", now=self.now)

    def change_destination(self, which: int, other: int) -> None:
        to = sorted(TOWNS)[other % len(TOWNS)]
        if waiting := self.moves(
            Role.OLD, "announced", "certificate_sent", "returned", "withdrawing", "card_route_ended"
        ):
            muni, move = waiting[which % len(waiting)]
            with within(muni):
                row = Move.objects.get(muni=muni, move=move, role="old")
            plan = tuple(Seat(**seat) for seat in row.said["filing"]["plan"])
            self.attempt(
                services.change_destination, muni, move, TOWNS[to], plan, actor="resident", now=self.now
            )

    def ask(self, one: int, other: int) -> None:
        family = one % FAMILIES
        at, old = sorted(TOWNS)[other % 3], sorted(TOWNS)[(other + 1 + one % 2) % 3]
        if at not in self.down and at != old:
            self.filings += 1
            people = self.families[family]
            self.attempt(
                services.ask_for_certificate,
                at,
                old,
                people,
                key=f"q{self.filings}",
                actor="officer",
                now=self.now,
            )

    def decline(self, which: int, _: int) -> None:
        if waiting := self.moves(Role.NEW, "received", "confirmed"):
            muni, move = waiting[which % len(waiting)]
            self.attempt(services.decline_move_in, muni, move, "not here", actor="officer", now=self.now)

    def paper(self, which: int, _: int) -> None:
        if waiting := self.moves(Role.OLD, "certificate_sent", "card_route_ended", "accepted"):
            muni, move = waiting[which % len(waiting)]
            self.attempt(services.issue_paper_certificate, muni, move, actor="officer", now=self.now)

    def time_passes(self, which: int, _: int) -> None:
        hours = (1, 26, 24 * 9)[which % 3]
        self.now += timedelta(hours=hours)
        if not self.down:
            services.run_deadlines(self.now)

    def goes_down_or_up(self, which: int, _: int) -> None:
        muni = sorted(TOWNS)[which % len(TOWNS)]
        self.down = set() if self.down else {muni}

    def post_is_carried(self, one: int, other: int) -> None:
        """Messages and acknowledgements are lost, doubled and come out of order; a step may die before its commit."""
        loss, crash = one / 16, other % 2 == 0

        def line(envelope: Envelope) -> None:
            fate = self.weather.random()
            if fate < loss or envelope.receiver in self.down:
                raise ConnectionError("lost on the way")
            self.on_the_way += [envelope, envelope] if fate < 0.8 else [envelope]
            other = self.on_the_way.pop(self.weather.randrange(len(self.on_the_way)))
            if other.receiver not in self.down:
                receive(other, self.now)
            if fate > 0.9 or other is not envelope:
                raise ConnectionError("no acknowledgement")

        deliver(self.weather.randint(1, 4), line, self.now)
        if crash and not self.down:
            with dying(self.weather):
                handle(self.weather.randint(1, 4), self.now)
        elif not self.down:
            handle(self.weather.randint(1, 4), self.now)

    def a_quiet_day(self, _one: int, _other: int) -> None:
        """What is up gets its messages, unless the other end is down."""

        def line(envelope: Envelope) -> None:
            if envelope.receiver in self.down:
                raise ConnectionError("down")
            receive(envelope, self.now)

        for _ in range(3):
            self.now += timedelta(hours=2)
            deliver(transport=line, now=self.now)
            handle(now=self.now)

    def settle(self) -> None:
        """Everything works again: every message gets through."""
        self.down.clear()
        for _ in range(200):
            self.now += timedelta(hours=2)
            deliver(now=self.now)
            handle(now=self.now)
            if not backlog():
                return
        raise AssertionError(f"does not settle: {backlog()}")

    @invariant()
    def nobody_is_on_two_registers_without_a_notice_under_way(self) -> None:
        if hasattr(self, "families"):
            self.check(settled=False)

    def teardown(self) -> None:
        if hasattr(self, "families"):
            self.settle()
            self.check(settled=True)

    def check(self, *, settled: bool) -> None:
        """What must hold of the two databases together."""
        stays: dict[int, list[tuple[date, date, str]]] = {}
        rows: dict[tuple[str, str], tuple[str, Move]] = {}
        accepted: dict[str, list[str]] = {}
        for muni in TOWNS:
            with within(muni):
                if settled:
                    REACHED.update(f"{row.role} {row.state}" for row in Move.objects.filter(muni=muni))
                    REACHED.update(MoveStep.objects.filter(muni=muni).values_list("word", flat=True))
                for stay in Residence.objects.believed().filter(muni=muni):
                    stays.setdefault(stay.person, []).append(
                        (stay.since or date.min, stay.until or date.max, muni)
                    )
                for row in Move.objects.filter(muni=muni):
                    rows[(row.move, row.role)] = (
                        (muni, row) if row.role == "old" else rows.get((row.move, row.role), (muni, row))
                    )
                    if row.role == "new" and row.act is not None:
                        accepted.setdefault(row.move, []).append(muni)
                    if row.is_open:
                        assert (
                            services.move_of(
                                replace(READER, muni=muni), muni, row.move, Role(row.role), on=self.today
                            )
                            is not None
                        )
                if settled:
                    assert services.broken_chain(muni) is None
        under_way: set[int] = set()
        for (move, role), (muni, row) in rows.items():
            if role != "old":
                continue
            places = accepted.get(move, [])
            assert len(places) <= 1, f"{move} entered in {places}"
            if row.state == "closed":
                assert len(places) == 1
            if row.state == "cancelled":
                assert places == []
            if row.is_open:
                under_way |= set(row.said["filing"]["movers"])
            if settled and places:
                assert row.state in ("closed", "notified_back"), (row.state, row.conflict)
            if settled:
                assert row.state != "withdrawing"
                if row.is_open:
                    with within(muni):
                        side = side_of(row)
                        assert isinstance(side, OldSide)
        for person, periods in stays.items():
            periods.sort()
            for (_, end, _one), (begins, _, _other) in pairwise(periods):
                if end > begins:
                    assert person in under_way, f"{person} is on two registers: {periods}"
                if end < begins:
                    assert person in under_way, f"{person} was on no register: {periods}"
            if periods[-1][1] != date.max:
                assert person in under_way, f"{person} is on no register: {periods}"
        assert set(stays) == {who for people in self.families.values() for who in people}
        if settled:
            self.nothing_lost_nothing_doubled()

    def nothing_lost_nothing_doubled(self) -> None:
        sent, got = [], []
        for alias in ("default", "north"):
            sent += list(OutMessage.objects.using(alias).values_list("message_id", "done_at"))
            got += list(InMessage.objects.using(alias).values_list("message_id", "done_at"))
        assert all(done for _, done in (*sent, *got))
        assert sorted(name for name, _ in sent) == sorted(name for name, _ in got)
        assert len({name for name, _ in got}) == len(got)


READER = Reader("officer:1", "test of moves", "Basic Resident Register Act art. 1")


def born(day: date) -> Any:
    from enishi.kernel.partial_date import PartialDate

    return PartialDate.of(day)


class dying:
    """Within, an act dies at its end, after everything was written and before it is committed: now and then."""

    def __init__(self, weather: random.Random) -> None:
        self.weather = weather

    def __enter__(self) -> None:
        from enishi.register import filing

        self.before = dict(filing.PERFORMED)
        for form, perform in self.before.items():

            def die(report: Any, said: Any, perform: Any = perform) -> int:
                number: int = perform(report, said)
                if self.weather.random() < 0.5:
                    raise Crash
                return number

            filing.PERFORMED[form] = die

    def __exit__(self, *error: object) -> None:
        from enishi.register import filing

        filing.PERFORMED.update(self.before)


@pytest.mark.postgres
@pytest.mark.usefixtures("two_databases")
def test_nobody_is_lost_or_doubled_between_two_databases(django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        run_state_machine_as_test(
            Moves,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
                # A failing story is told as it was found: making it shorter takes minutes of database work.
                phases=[Phase.explicit, Phase.reuse, Phase.generate],
            ),
        )
    wanted = {"old closed", "new closed", "old cancelled", "new withdrawn", "late"}
    assert wanted <= set(REACHED), f"the stories were too tame: {dict(REACHED)}"
