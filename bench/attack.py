"""Attack questions against disclosure control, across every door that reads persons: how many disclose a protected one.

`python -m bench.attack` asks a million (ENISHI_BENCH_QUESTIONS) of a seed that is printed (ENISHI_BENCH_SEED), in process, on
SQLite. Every name and address of a protected person bears a mark; an answer in which a mark stands, before somebody whom the law
does not open it to, is a disclosure, and so is any difference between what is said of a protected person and of nobody.
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

FAMILIES = 60
ABSENT = 900_000_000
SAVED = 2_000
"""After so many questions their lines in the read record are counted, and rolled back."""
USES = (
    *("", "", "", "resident_affairs", "benefit", "own_record", "exchange", "health_view", "state_affairs"),
    *("business_affairs", "support_measures", "audit", "number_use", "official_request", "everything"),
)
ROLES = (
    *("", "", "", "self", "parent", "agent", "third_party", "household_member", "store_terminal"),
    *("municipal_officer", "auditor", "system", "business", "god"),
)
MARK = re.compile(r"秘(\d+)隠")
DAY = date(2026, 6, 10)
NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)


@dataclass
class World:
    """Families of which a part is protected. `served`: by protected person, the municipality that serves them; `left`: those
    whom they left, per protected person.
    """

    protected: list[int] = field(default_factory=list)
    served: dict[int, str] = field(default_factory=dict)
    home: dict[int, str] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    granny: dict[int, int] = field(default_factory=dict)
    measures: list[str] = field(default_factory=list)
    officers: dict[tuple[str, str], int] = field(default_factory=dict)
    publication: int = 0
    numbers: dict[int, str] = field(default_factory=dict)


@dataclass
class Tally:
    """What came of the questions. `alike`: what each door said to whom nothing may be told, by door."""

    asked: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    refused_seconds: Counter[str] = field(default_factory=Counter)
    refused_count: Counter[str] = field(default_factory=Counter)
    disclosed: list[str] = field(default_factory=list)
    said: dict[str, set[str]] = field(default_factory=dict)
    lines: int = 0


def people() -> list[dict[str, Any]]:
    """Sixty families of four: who stays, who fled with a child, and the mother of who stays. A third fled to another
    municipality before the nation was loaded.
    """
    from tests.benefits.offices import TOWNS
    from tests.factories import account, person

    rows: list[dict[str, Any]] = []
    for number in range(FAMILIES):
        first = 1000 + number * 10
        muni = TOWNS[number % len(TOWNS)]
        home = {"household": first, "muni": muni, "surname": "佐藤", "surname_kana": "サトウ"}
        refuge = {"protected_muni": TOWNS[(number + 1) % len(TOWNS)]} if number % 3 == 0 else {}
        rows.append(person(first, **home, given="健", given_kana="ケン", **account("ｻﾄｳ ｹﾝ")))
        for who, relation, born in ((1, "spouse", date(1985, 3, 3)), (2, "child", date(2016, 4, 4))):
            mark = {"given": f"秘{first + who}隠", "given_kana": "ヒミツ", "town": f"秘{first + who}隠町"}
            rows.append(person(first + who, **(home | mark), relation=relation, birth_date=born, **refuge))
        rows.append(person(first + 3, **home, given="梅", given_kana="ウメ", relation="parent"))
    return rows


def build(folder: Path) -> World:
    """Loads the families, files and decides measures in every state, appoints officers, publishes a result."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from tests.benefits.offices import PUSH, TOWNS, recorded
    from tests.factories import individual_number_of, small_snapshot

    from enishi.benefits import services as benefits
    from enishi.number.services import load_numbers
    from enishi.platform.services import DutyKind, appoint, deliver, handle
    from enishi.register import services as register
    from enishi.register import terms
    from enishi.register.measure_messages import for_transfer, taken_over

    call_command("migrate", verbosity=0)
    nation = small_snapshot(folder / "nation", people(), numbers=True)
    register.load_nation(nation)
    load_numbers(nation)
    world = World()
    for number in range(FAMILIES):
        first = 1000 + number * 10
        muni, refuge = TOWNS[number % len(TOWNS)], TOWNS[(number + 1) % len(TOWNS)]
        for who in (first + 1, first + 2):
            world.protected.append(who)
            world.home[who], world.left[who], world.granny[who] = muni, first, first + 3
            world.served[who] = refuge
            world.numbers[who] = individual_number_of(who)
        if number % 3 == 0:
            continue
        by = terms.By(refuge, "officer:1", f"file-{first}", NOW, "attack")
        parties = (first,) if number % 2 else ()
        case = terms.Case(first + 1, terms.Harm.VIOLENCE, (first + 2,), parties, not parties)
        measure = register.file_measure(by, case)
        world.measures.append(measure)
        if number % 3 == 1:
            granted = terms.By(refuge, "officer:1", f"grant-{first}", NOW, "attack")
            register.decide_measure(granted, measure, grant=True)
        if number % 5 == 0:
            onward = TOWNS[(number + 2) % len(TOWNS)]
            ahead = for_transfer(refuge, [first + 1, first + 2], NOW)
            taken_over(onward, ahead, NOW)
            world.served |= {first + 1: onward, first + 2: onward}
    while deliver(now=NOW) + handle(now=NOW):
        pass
    duties = [(duty, muni) for muni in TOWNS for duty in DutyKind]
    duties += [
        (DutyKind.AGENCY_OFFICER, ""),
        (DutyKind.BENEFITS_OFFICER, ""),
        (DutyKind.REGISTER_OFFICER, ""),
    ]
    for duty, muni in duties:
        user = get_user_model().objects.create_user(f"attack-{duty}-{muni}")
        appoint(user.pk, duty, muni, date(2020, 1, 1))
        world.officers[duty.value, muni] = user.pk
    run = folder / "run"
    benefits.run_programme(PUSH, nation, run, workers=1)
    agency = world.officers["agency_officer", ""]
    row = recorded(run, agency)
    benefits.publish_programme(agency, row.name, row.programme_sha256)
    for muni in TOWNS:
        benefits.adopt(world.officers["benefits_officer", muni], row.name, row.cycle, muni)
    world.publication = benefits.publish_run(agency, row.pk).id
    return world


class Attack:
    """One questioner after another, each before one door, of a protected person or of nobody."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.tally = Tally()
        self.doors: list[tuple[float, Callable[[int], tuple[str, str, object]]]] = [
            (30, self.summary),
            (18, self.record),
            (10, self.history),
            (10, self.acts),
            (1, self.search),
            (3, self.measures),
            (2, self.addressees),
            (1, self.mail),
            (8, self.number),
            (1, self.number_found),
            (6, self.batch),
            (6, self.counter),
            (0.2, self.decision),
            (0.2, self.lists),
        ]

    def ask(self, questions: int, beat: Callable[[int], object] = lambda done: None) -> Tally:
        """Asks so many questions; whatever is recorded is counted and rolled back."""
        from django.db import transaction

        from enishi.platform.models import ReadRecord

        doors = [door for _weight, door in self.doors]
        weights = [weight for weight, _door in self.doors]
        done = 0
        while done < questions:
            with transaction.atomic():
                for _ in range(min(SAVED, questions - done)):
                    self.one(self.random.choices(doors, weights)[0])
                    done += 1
                self.tally.lines += ReadRecord.objects.count()
                transaction.set_rollback(True)
            beat(done)
        return self.tally

    def one(self, door: Callable[[int], tuple[str, str, object]]) -> None:
        absent = self.random.random() < 0.2
        who = ABSENT + self.random.randrange(1000) if absent else self.random.choice(self.world.protected)
        name = door.__name__
        started = time.perf_counter()
        muni, duty, answer = door(who)
        spent = time.perf_counter() - started
        self.tally.asked[name] += 1
        self.tally.seconds[name] += spent
        kind = f"{name} {'absent' if absent else 'protected'}"
        self.tally.refused_seconds[kind] += spent
        self.tally.refused_count[kind] += 1
        words = str(answer)
        for found in MARK.findall(words):
            person = int(found)
            pays = duty in ("benefits_officer", "accounting_officer") and self.world.served[person] == muni
            if not (name in ("decision", "lists") and pays):
                self.tally.disclosed.append(f"{name}: {duty} of {muni or 'the State'} read of {person}")
        if name not in ("search", "lists", "decision"):
            self.tally.said.setdefault(name, set()).add(words)

    def reader(self, who: int, items_of_number: bool = False) -> tuple[str, str, Any]:
        """Somebody to whom nothing of this person may be told, with whatever words they come."""
        from tests.benefits.offices import TOWNS

        from enishi.platform.services import Reader

        draw, world = self.random, self.world
        example = who if who in world.left else world.protected[0]
        act = draw.choice(
            (
                "Basic Resident Register Act 1",
                "Basic Resident Register Act 12(1)",
                "Basic Resident Register Act 30-9",
            )
        )
        if items_of_number:
            act = "My Number Act 9(1)"
        article = draw.choice(
            (act, act, act, "My Number Act 19(8)", "Local Autonomy Act 199", "nothing", "Road Traffic Act 1")
        )
        use, role = draw.choice(USES), draw.choice(ROLES)
        left = world.left[example]
        behalf = draw.choice(("", "", f"resident:{who}", f"resident:{left}", "STATE", "resident:x"))
        muni = draw.choice((*TOWNS, "", world.home[example], world.served[example]))
        kind = duty = draw.choice(("other party", "granny", "stranger", *["officer"] * 3, "key", "nobody"))
        if kind == "officer":
            # Not asked: a register officer where the record is kept, and who pays them, to whom the law opens it.
            duty, of = draw.choice([key for key in world.officers if key[0] != "auditor"])
            if duty == "register_officer" and muni == of:
                muni = draw.choice([town for town in TOWNS if town != of])
            if use == "benefit" and muni == world.served[example]:
                use = ""
            if duty == "benefits_officer" and not of and behalf == "STATE":
                behalf = ""
            actor = f"officer:{world.officers[duty, of]}"
        elif kind == "key":
            actor = "key:ab12"
        elif kind == "nobody":
            actor = draw.choice(("officer:999999", "officer:", "system", "resident:", "robot:1", "officer:²"))
        else:
            actor = (
                f"resident:{ {'other party': left, 'granny': world.granny[example], 'stranger': 5}[kind] }"
            )
        return muni, duty, Reader(actor, "an attack", article, behalf, muni, use, role)

    def summary(self, who: int) -> tuple[str, str, object]:
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        return muni, duty, services.person_summary(reader, who, on=self.day())

    def record(self, who: int) -> tuple[str, str, object]:
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        where = self.where(muni, who)
        known = self.random.choice((None, None, NOW, NOW - timedelta(days=900)))
        return muni, duty, services.record_as_of(reader, where, who, on=self.day(), known_at=known)

    def history(self, who: int) -> tuple[str, str, object]:
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        return muni, duty, services.history_of_person(reader, self.where(muni, who), who)

    def acts(self, who: int) -> tuple[str, str, object]:
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        return muni, duty, services.acts_of_person(reader, self.where(muni, who), who)

    def search(self, who: int) -> tuple[str, str, object]:
        from enishi.kernel.errors import Refused
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        text, born = self.random.choice(
            (
                ("佐藤", None),
                ("サトウヒ", None),
                ("佐藤秘", None),
                ("", date(2016, 4, 4)),
                ("", date(1985, 3, 3)),
            )
        )
        try:
            where = self.random.choice((muni, ""))
            found = services.search_persons(
                reader, text, on=self.day(), muni=where, birth_date=born, size=200
            )
            return muni, duty, found
        except Refused as refused:
            return muni, duty, refused

    def measures(self, who: int) -> tuple[str, str, object]:
        from enishi.kernel.errors import Refused
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        try:
            if self.random.random() < 0.5:
                return muni, duty, services.measures_of_person(reader, muni, who)
            return muni, duty, services.measures_due(reader, muni, self.day())
        except Refused:
            return muni, duty, []

    def addressees(self, who: int) -> tuple[str, str, object]:
        from enishi.kernel.errors import Refused
        from enishi.register import services
        from enishi.register.models import Addressee

        muni, duty, reader = self.reader(who)
        where = self.where(muni, who)
        numbered = Addressee.objects.filter(muni=where, person=who).values_list("number", flat=True)
        try:
            if self.random.random() < 0.6:
                return muni, duty, services.addressee(reader, where, numbered.first() or ABSENT)
            born = self.random.choice((date(2016, 4, 4), date(1985, 3, 3)))
            return muni, duty, services.addressees_alike(reader, where, "サトウ ヒミツ", born) or None
        except Refused:
            return muni, duty, None

    def mail(self, who: int) -> tuple[str, str, object]:
        from enishi.register import services

        muni, duty, reader = self.reader(who)
        return muni, duty, services.mail_for(reader, self.where(muni, who), who, self.day())

    def number(self, who: int) -> tuple[str, str, object]:
        from enishi.kernel.errors import Refused
        from enishi.number.services import Decision, reveal

        muni, duty, reader = self.reader(who, items_of_number=True)
        try:
            use = Decision(
                self.random.random() < 0.9,
                reader.actor,
                "an attack",
                reader.article,
                reader.on_behalf_of,
                muni,
            )
            shown = reveal(who, use)
            self.tally.disclosed.append(f"number: {duty} of {muni or 'the State'} read of {who}")
            return muni, duty, len(shown)
        except Refused as refused:
            return muni, duty, refused

    def number_found(self, who: int) -> tuple[str, str, object]:
        from enishi.number.services import Decision, find

        muni, duty, reader = self.reader(who, items_of_number=True)
        number = self.world.numbers.get(who) or self.absent_number()
        use = Decision(True, reader.actor, "an attack", reader.article, reader.on_behalf_of, muni)
        found = find(number, use)
        if found is not None:
            self.tally.disclosed.append(f"number found: {duty} of {muni or 'the State'} found {found}")
        return muni, duty, found

    def batch(self, who: int) -> tuple[str, str, object]:
        from enishi.kernel.errors import Refused
        from enishi.platform.services import record_reads

        muni, duty, reader = self.reader(who)
        items = self.random.choice(
            (("name", "address"), ("name", "address", "payment"), ("history",), ("individual_number",))
        )
        try:
            record_reads(reader, items, [who])
            if who < ABSENT or reader.use != "benefit":
                self.tally.disclosed.append(
                    f"batch: {duty} of {muni or 'the State'} {items} of {who}, {reader}"
                )
            return muni, duty, ""
        except Refused:
            return muni, duty, ""

    def counter(self, who: int) -> tuple[str, str, object]:
        from enishi.platform.services import shards
        from enishi.register.gate import measures_of, traces_of
        from enishi.register.rules.disclosure import Requester, Subject, decide
        from enishi.register.rules.disclosure_words import Decision, Item, Purpose, Role

        draw, world = self.random, self.world
        example = who if who in world.left else world.protected[0]
        other = world.left[example]
        applicant = draw.choice((other, world.granny[example], 5))
        roles = [
            Role.SELF,
            Role.HOUSEHOLD_MEMBER,
            Role.PARENT,
            Role.AGENT,
            Role.THIRD_PARTY,
            Role.STORE_TERMINAL,
        ]
        requester = Requester(
            draw.choice((*roles, Role.OTHER_ORGAN, Role.BUSINESS)),
            applicant,
            draw.choice((None, other, who)),
            represents=frozenset(draw.choice(((), (who,), (who, other)))),
        )
        purpose = draw.choice(list(Purpose))
        item = draw.choice(list(Item))
        article = draw.choice(
            ("Basic Resident Register Act 12-3", "Basic Resident Register Act 12(1)", "My Number Act 19(8)")
        )
        at = datetime.now(UTC) + timedelta(days=draw.randrange(0, 150))
        traces = frozenset(traces_of([who], requester.muni, shards()).get(who, ()))
        subject = Subject(who, traces, measures_of([who], shards()).get(who, ()))
        told = decide(requester, purpose, article, subject, item, at) is Decision.ALLOW
        if told:
            self.tally.disclosed.append(f"counter: {requester} {purpose} {item} of {who}")
        return "", "", told

    def decision(self, who: int) -> tuple[str, str, object]:
        from tests.benefits.offices import TOWNS

        from enishi.benefits import services
        from enishi.kernel.errors import Refused

        duty, of = self.random.choice([key for key in self.world.officers if key[0] != "auditor"])
        muni = self.random.choice((*TOWNS, of))
        try:
            actor = self.world.officers[duty, of]
            found = services.decision_of_person(actor, self.world.publication, muni, who, "an attack")
            return muni, duty, f"秘{found.person}隠" if found.person in self.world.served else found
        except Refused as refused:
            self.tally.said.setdefault("decision", set()).add(str(refused))
            return muni, duty, refused

    def lists(self, who: int) -> tuple[str, str, object]:
        from tests.benefits.offices import TOWNS

        from enishi.benefits import services
        from enishi.kernel.errors import Refused

        duty, of = self.random.choice([key for key in self.world.officers if key[0] != "auditor"])
        muni = self.random.choice((*TOWNS, of))
        listed = self.random.choice((services.holds, services.letter_list))
        try:
            return muni, duty, listed(self.world.officers[duty, of], self.world.publication, muni, size=500)
        except Refused as refused:
            return muni, duty, refused

    def day(self) -> date:
        return self.random.choice((DAY, DAY, date(2020, 4, 27), date(2030, 1, 1)))

    def where(self, muni: str, who: int) -> str:
        return self.random.choice((muni, self.world.home.get(who, muni), "999999"))

    def absent_number(self) -> str:
        from tests.factories import individual_number_of

        return individual_number_of(ABSENT + self.random.randrange(1000))


def main() -> None:
    """Asks, prints what came of it, keeps the result; exit status 1 where anything was disclosed."""
    questions = int(os.environ.get("ENISHI_BENCH_QUESTIONS", "1000000"))
    seed = int(os.environ.get("ENISHI_BENCH_SEED", str(random.SystemRandom().randrange(1 << 32))))
    with tempfile.TemporaryDirectory(prefix="enishi-attack-", dir=os.environ.get("ENISHI_BENCH_DIR")) as work:
        os.environ["ENISHI_VAR"] = work
        os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
        import django

        django.setup()
        from bench.measure import write_result

        world = build(Path(work))
        started = time.monotonic()
        print(f"seed {seed}", flush=True)

        def beat(done: int) -> None:
            if done % 20_000 < SAVED:
                print(
                    f"{done:,} asked, {len(tally.disclosed)} disclosures, {time.monotonic() - started:.0f} s",
                    flush=True,
                )

        attack = Attack(world, seed)
        tally = attack.tally
        attack.ask(questions, beat)
        spent = time.monotonic() - started
    write_result("attack", report(tally, questions, seed, spent))
    if tally.disclosed or any(len(said) != 1 for said in tally.said.values()):
        sys.exit(1)


def report(tally: Tally, questions: int, seed: int, spent: float) -> str:
    """What is kept of an attack."""
    doors = [
        f"| {name} | {count:,} | {_mean(tally, name, 'protected')} | {_mean(tally, name, 'absent')} |"
        for name, count in sorted(tally.asked.items())
    ]
    return "\n".join(
        [
            f"{questions:,} attack questions of seed {seed} in {spent:.0f} s, {tally.lines:,} lines in the read record:",
            "",
            f"- {len(tally.disclosed)} disclosures",
            f"- {sum(len(said) - 1 for said in tally.said.values())} doors whose refusals of protected and absent persons differ",
            "",
            "| door | questions | mean ms, protected | mean ms, absent |",
            "|---|---|---|---|",
            *doors,
            *(f"\nDISCLOSED {one}" for one in tally.disclosed[:20]),
        ]
    )


def _mean(tally: Tally, name: str, kind: str) -> str:
    count = tally.refused_count[f"{name} {kind}"]
    return f"{1000 * tally.refused_seconds[f'{name} {kind}'] / count:.2f}" if count else "-"


if __name__ == "__main__":
    main()
