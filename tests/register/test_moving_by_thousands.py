"""Moves between municipalities in batches and one by one: the same rows, the same hashes, whatever order messages come in."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.number.models import SealedCode, SealedNumber
from enishi.platform.models import Channel, InMessage, OutMessage, ReadRecord
from enishi.platform.services import (
    Handled,
    Letter,
    Posting,
    backlog,
    deliver,
    deliver_all,
    handle,
    handle_all,
    post_all,
    receive_all,
    within,
)
from enishi.register import facts, models, services, subscriptions, terms
from enishi.register.engines.moving import Batch
from enishi.register.models import Act, Domicile, Move, Residence, StatusItem
from enishi.register.moves.words import Entered, Filing, plain
from enishi.register.rules.move_terms import Capacity, Evidence, Proof
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import Seat
from enishi.register.subscriptions import Event, Happening
from tests.factories import CHIYODA, CHUO, YOKOHAMA, municipality, person, small_snapshot

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

DAY = date(2120, 4, 10)
FILED = datetime(2120, 4, 1, 3, 0, 5, 17, tzinfo=UTC)
CARRIED = FILED + timedelta(hours=1)
ARRIVED = datetime(2120, 4, 12, 3, tzinfo=UTC)
CLOSED = ARRIVED + timedelta(hours=1)
OFFICER = "officer:22"
TOWNS = {
    CHIYODA: Place(CHIYODA, "丸の内", postcode="1000005", block="1番"),
    CHUO: Place(CHUO, "築地", postcode="1040045", block='1丁目"1番\\1号', building="月島\t荘 1"),
    YOKOHAMA: Place(YOKOHAMA, "鶴見区鶴見中央", ward="141011", postcode="2300051", town_id="0001001"),
}
SIGNED = Evidence(Proof.CARD_SIGNATURE, "resident:1", FILED, "ab" * 32)
SEEN = Evidence(Proof.OFFICER_VIDEO, OFFICER, ARRIVED)
SINGLES = range(100, 124)
FOREIGNER, AWAY, GUEST, HOST = 60, 61, 62, 63
TABLES: tuple[Any, ...] = (
    *facts.FACTS, models.Act, models.ActPerson, models.Counter, models.Person, models.Addressee, models.Move,
    models.MovePerson, models.MoveStep, models.RefusedAct, models.SupportMeasure, models.MeasurePerson, models.Subscriber,
    models.Delivery, Channel, OutMessage, InMessage,
)  # fmt: skip
NUMBERED = (
    "id",
    "number",
    "act",
    "superseded_by",
    "hash",
    "previous_hash",
    "corrects",
    "facts",
    "sequence",
    "next",
    "detail",
    "household",
    "payload",
    "digest",
    "said",
)
"""What hangs on the order in which moves were taken."""
Happened = list[tuple[str, str, int]]


def people() -> list[dict[str, Any]]:
    family = {"household": 7, "town": "丸の内"}
    parted = {"household": 8, "muni": CHUO}
    whole = {"household": 9, "muni": YOKOHAMA, "ward": "141011"}
    return [
        person(1, **family),
        person(2, **family, relation="spouse", former_surname="髙橋", former_surname_kana="タカハシ"),
        person(3, **family, relation="child", birth_date=date(2112, 1, 2)),
        person(4, **parted),
        person(5, **parted, relation="spouse"),
        person(6, **parted, relation="child", birth_date=date(2100, 1, 2)),
        person(7, **whole),
        person(8, **whole, relation="spouse", given="𠮷\\tab"),
        person(9, **whole, relation="child", birth_date=date(2110, 1, 2)),
        person(10, **whole, relation="child", birth_date=date(2111, 1, 2)),
        person(11, household=12),
        person(12, household=12, relation="child", birth_date=date(2099, 1, 2)),
        person(FOREIGNER, surname=None, given=None, surname_kana=None, given_kana=None, latin_name="NGUYEN VAN ANH",
               latin_kana="グエン ヴァン アン", alias="山本　安", alias_kana="ヤマモト　アン", nationality="VNM",
               residence_status="engineer"),
        person(AWAY, muni=CHUO),
        person(GUEST, muni=CHUO),
        person(HOST, muni=YOKOHAMA, ward="141011", household=5555),
        *(person(who, muni=sorted(TOWNS)[who % 3], ward="141011" if who % 3 == 2 else None) for who in SINGLES),
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def towns(tmp_path: Path) -> None:
    """Three municipalities; some of their people have a domicile and status items."""
    codes = [municipality(code) for code in TOWNS]
    services.load_nation(small_snapshot(tmp_path / "nation", people(), municipalities=codes))
    moment = FILED - timedelta(days=400)
    for who in (1, 2, 4, 7, 8, *SINGLES):
        muni = Residence.objects.get(person=who).muni
        Domicile.objects.create(
            muni=muni, person=who, recorded_at=moment, act=1, place="東京都千代田区", first_listed="試験 一郎"
        )
        StatusItem.objects.create(
            muni=muni,
            person=who,
            since=date(2100, 4, 1),
            recorded_at=moment,
            act=1,
            kind="pension",
            detail={"class": 1},
        )
        StatusItem.objects.create(
            muni=muni, person=who, since=DAY, recorded_at=moment, act=1, kind="health_insurance", detail={}
        )


def home(who: int) -> str:
    return Residence.objects.believed().get(person=who, until__isnull=True).muni


def filing(key: str, to: str, *movers: int, relations: Sequence[str] = ("head", "spouse", "child", "child"), **said: Any) -> Filing:  # fmt: skip
    plan = tuple(Seat(who, 0, relation) for who, relation in zip(movers, relations, strict=False))
    usual = Filing(
        home(movers[0]), movers, DAY, TOWNS[to], plan, movers[0], Capacity.SELF, key, evidence=(SIGNED,)
    )
    return replace(usual, **said)


def plain_moves() -> list[Filing]:
    """Singles, households, parts of households, to and fro between three municipalities."""
    codes = sorted(TOWNS)
    singles = [
        filing(f"single {who}", codes[(codes.index(home(who)) + 1 + who % 2) % 3], who) for who in SINGLES
    ]
    return [
        *singles,
        filing("family", CHUO, 1, 2, 3),
        filing("head leaves", YOKOHAMA, 4, left=(Seat(5, 8, "head"),)),
        filing("child leaves", YOKOHAMA, 12),
        filing("foreigner", YOKOHAMA, FOREIGNER, evidence=(SIGNED, replace(SEEN, kind=Proof.OFFICER_COUNTER))),
        filing("joins", YOKOHAMA, GUEST, plan=(Seat(GUEST, 5555, "sibling"),), joins="試験 63郎"),
        filing("part moves", CHUO, 7, 9, relations=("head", "child"), left=(Seat(8, 0, "head"), Seat(10, 0, "child")), announced=date(2120, 4, 9)),
    ]  # fmt: skip


class Steps:
    """The whole way of some moves, by the use cases or by batches, at the same moments. `refused`: by step and key."""

    def __init__(self, filed: Sequence[Filing], now: datetime = FILED) -> None:
        self.filed, self.later = filed, now - FILED
        self.moves = {services.move_id_of(one): one for one in filed}
        self.refused: dict[str, str] = {}
        self.left: dict[str, str] = {}

    def out_of(self, muni: str) -> list[Filing]:
        return [one for one in self.filed if one.muni == muni]

    def into(self, muni: str) -> dict[str, Filing]:
        return {move: one for move, one in self.moves.items() if one.to.muni == muni}

    def attempt(self, step: str, one: Filing) -> None:
        move, now = services.move_id_of(one), FILED + self.later
        arrived: dict[str, Any] = {"actor": OFFICER, "now": ARRIVED + self.later}
        try:
            if step == "announce":
                services.announce_move(one, actor=f"resident:{one.filer}", now=now)
            elif step == "accept":
                services.accept_move_out(one.muni, move, actor=OFFICER, now=now)
            elif step == "confirm":
                services.confirm_identity(one.to.muni, move, SEEN, **arrived)
            else:
                services.accept_move_in(one.to.muni, move, moved=one.announced, **arrived)
        except EnishiError as error:
            self.refused[f"{step} {one.key}"] = error.what

    def one_by_one(self) -> dict[str, str]:
        for step, carried in (("announce", None), ("accept", CARRIED), ("confirm", None), ("enter", CLOSED)):
            for muni in TOWNS:
                mine = self.out_of(muni) if step in ("announce", "accept") else self.into(muni).values()
                for one in mine:
                    self.attempt(step, one)
            if carried:
                carry(carried + self.later)
        return self.refused

    def in_batches(self, carry_all: Any = None) -> dict[str, str]:
        """What a batch leaves goes by the use cases, at once."""
        carry_all = carry_all or over_a_good_line
        now, arrived = FILED + self.later, ARRIVED + self.later
        for muni in TOWNS:
            mine = [(one, f"resident:{one.filer}") for one in self.out_of(muni)]
            self.note("announce", muni, services.announce_moves(muni, mine, now=now))
        for muni in TOWNS:
            moves = [services.move_id_of(one) for one in self.out_of(muni)]
            self.note("accept", muni, services.accept_moves_out(muni, moves, actor=OFFICER, now=now))
        self.left |= carry_all(CARRIED + self.later).left
        for muni in TOWNS:
            proved = [(move, SEEN) for move in self.into(muni)]
            self.note("confirm", muni, services.confirm_identities(muni, proved, actor=OFFICER, now=arrived))
        for muni in TOWNS:
            come = [(move, one.announced) for move, one in self.into(muni).items()]
            self.note("enter", muni, services.accept_moves_in(muni, come, actor=OFFICER, now=arrived))
        self.left |= carry_all(CLOSED + self.later).left
        return self.refused

    def note(self, step: str, muni: str, batch: Batch) -> None:
        mine = self.out_of(muni) if step in ("announce", "accept") else self.into(muni).values()
        for one in mine:
            if (why := batch.left.get(services.move_id_of(one))) is not None:
                self.left[f"{step} {one.key}"] = why
                self.attempt(step, one)


def carry(now: datetime) -> None:
    while deliver(now=now) + handle(now=now):
        pass


def over_a_good_line(now: datetime, carried: list[Letter] | None = None) -> Handled:
    """`carried` gets every letter."""

    def arrive(letters: Sequence[Letter]) -> list[str]:
        receive_all(letters, now)
        if carried is not None:
            carried.extend(letters)
        return [one.message_id for one in letters]

    left: dict[str, str] = {}
    while True:
        sent, handled = deliver_all(arrive, now), handle_all(now)
        left |= handled.left
        if not sent and not handled.bundled and not handled.singly:
            return Handled(left=left)


class BadLine:
    """Loses, holds back, doubles and mixes up what it carries, in bundles; in the end everything has got through."""

    def __init__(self, seed: int) -> None:
        self.weather, self.held = random.Random(seed), list[Letter]()

    def __call__(self, now: datetime) -> Handled:
        hour = 0
        while backlog() or self.held:
            hour += 2
            deliver_all(lambda letters: self.arrive(letters, now), now + timedelta(hours=hour))
            if self.weather.random() < 0.5:
                handle_all(now)
                receive_all([self.held.pop() for _ in self.held[::2]], now)
        return Handled()

    def arrive(self, letters: Sequence[Letter], now: datetime) -> list[str]:
        fates = [(one, self.weather.random()) for one in letters]
        late = [
            self.held.pop(self.weather.randrange(len(self.held))) for _ in range((len(self.held) + 1) // 2)
        ]
        self.held += [one for one, fate in fates if fate < 0.1]
        come = [one for one, fate in fates if fate > 0.2] + [one for one, fate in fates if fate > 0.8] + late
        self.weather.shuffle(come)
        receive_all(come, now)
        return [one.message_id for one, fate in fates if 0.2 < fate < 0.9]


def everything(without: Sequence[str] = ("id",)) -> dict[str, list[str]]:
    """All rows that moves write, column by column, without their keys."""
    kept = {}
    for model in TABLES:
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in without]
        if model is models.Person:
            names.append("id")
        rows = model._default_manager.exclude(next=1) if model is models.Counter else model._default_manager
        kept[model.__name__] = sorted(map(repr, rows.values_list(*names)))
    read = [field.attname for field in ReadRecord._meta.concrete_fields if field.attname not in ("id", "at")]
    kept["ReadRecord"] = sorted(map(repr, ReadRecord.objects.values_list(*read)))
    for vault in (SealedNumber, SealedCode):
        kept[vault.__name__] = sorted(map(repr, vault.objects.values_list("person", flat=True)))
    return kept


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Happened:
    """What a subscriber to all moves was told."""
    heard: Happened = []

    def hear(happening: Happening, now: datetime) -> None:
        heard.append((happening.event.value, happening.muni, happening.person))

    moved = (Event.MOVED_OUT, Event.MOVED_IN, Event.ARRIVED_ELSEWHERE)
    monkeypatch.setitem(subscriptions._subscribers, "test.moves", dict.fromkeys(moved, hear))
    return heard


def both(heard: Happened, by_hand: Any, by_batch: Any, without: Sequence[str] = ("id",)) -> tuple[Any, Any]:
    """Does the same both ways, each from the same beginning; the rows and what subscribers were told must be alike."""
    outcomes, rows, tellings = [], [], []
    for way in (by_hand, by_batch):
        point = transaction.savepoint()
        outcomes.append(way())
        services.deliver_events(CLOSED)
        services.deliver_events(CLOSED)
        assert services.open_deliveries() == ()
        rows.append(everything(without))
        tellings.append(list(heard))
        heard.clear()
        if way is by_hand:
            transaction.savepoint_rollback(point)
    for table, expected in rows[0].items():
        assert rows[1][table] == expected, table
    assert sorted(tellings[0]) == sorted(tellings[1])
    assert len(set(tellings[1])) == len(tellings[1])
    return outcomes[0], outcomes[1]


def test_both_ways_write_the_same_rows(told: Happened) -> None:
    one, many = Steps(plain_moves()), Steps(plain_moves())
    both(told, one.one_by_one, many.in_batches)
    assert (one.refused, many.refused, many.left) == ({}, {}, {})
    assert Move.objects.filter(state="closed").count() == 2 * len(many.moves)
    assert all(services.broken_chain(muni) is None for muni in TOWNS)
    assert backlog() == []


def test_who_comes_back_is_entered_with_what_has_changed(told: Happened) -> None:
    """A second year: some return to where they were known, under another name."""
    out = plain_moves()
    Steps(out).in_batches()
    services.deliver_events(CLOSED)
    told.clear()
    year = timedelta(days=365)
    back = [
        replace(one, muni=one.to.muni, to=TOWNS[one.muni], announced=one.announced + year, key=f"back {one.key}", left=(),
                evidence=(SIGNED,), joins="", plan=tuple(
                replace(seat, household=0, relation="head" if one.joins else seat.relation) for seat in one.plan))
        for one in out
    ]  # fmt: skip
    for one in back[:4]:
        name = models.PersonName.objects.filter(muni=one.muni, person=one.movers[0]).values().get()
        models.PersonName.objects.filter(pk=name["id"]).update(superseded_at=CLOSED, superseded_by=1)
        anew = {"id": None, "surname": "改", "key": "改", "recorded_at": CLOSED}
        models.PersonName.objects.create(**name | anew)
    one_way, many = Steps(back, FILED + year), Steps(back, FILED + year)
    both(told, one_way.one_by_one, many.in_batches)
    assert (one_way.refused, many.refused, many.left) == ({}, {}, {})
    assert home(back[0].movers[0]) == back[0].to.muni
    changed = models.PersonName.objects.believed().filter(muni=back[0].to.muni, person=back[0].movers[0])
    assert sorted(changed.values_list("surname", "since")) == [("改", DAY + year), ("試験", None)]


def hostile() -> list[Filing]:
    """Among plain moves such as a batch does not take, or the law refuses."""
    few = plain_moves()[:6]
    return [
        *few,
        filing("again", YOKOHAMA, few[1].movers[0]),
        filing("child alone", CHUO, 3),
        filing("head leaves children", CHUO, 7),
        filing("protected", YOKOHAMA, 2),
        filing("two of a household", YOKOHAMA, 11, left=(Seat(12, 12, "head"),)),
        filing("two of a household, the other", CHUO, 12),
        filing("by paper", CHIYODA, AWAY, card=False),
        filing("joins nobody", YOKOHAMA, GUEST, plan=(Seat(GUEST, 777, "sibling"),)),
        replace(filing("nowhere", CHIYODA, 5), to=replace(TOWNS[CHIYODA], postcode="x")),
    ]


def test_what_a_batch_leaves_goes_the_usual_way(told: Happened) -> None:
    by = terms.By(CHIYODA, OFFICER, "measure", datetime.now(UTC), "asked for")
    services.file_measure(by, terms.Case(2, terms.Harm.VIOLENCE, other_parties=(GUEST,)))
    carry(datetime.now(UTC))
    one, many = Steps(hostile()), Steps(hostile())
    both(told, one.one_by_one, many.in_batches, NUMBERED)
    assert one.refused == many.refused
    refused = {key for key in one.refused if key.startswith("announce")}
    assert refused == {
        "announce again",
        "announce child alone",
        "announce head leaves children",
        "announce nowhere",
    }
    assert refused <= set(many.left)
    assert "support measures" in many.left["accept protected"]
    assert "household" in many.left["accept two of a household, the other"]
    assert many.left["enter joins nobody"] == "a household would not be whole"
    assert "no head" in many.refused["enter joins nobody"]
    assert not any("single" in key for key in many.left)


def test_messages_lost_doubled_and_reordered_change_nothing(told: Happened) -> None:
    good, bad = Steps(plain_moves()), Steps(plain_moves())
    sent = ("sequence", "attempts", "error", "next_try_at", "done_at")
    both(told, good.in_batches, lambda: bad.in_batches(BadLine(7)), (*NUMBERED, *sent))
    assert bad.left == {}
    assert Move.objects.filter(state="closed").count() == 2 * len(bad.moves)
    assert all(services.broken_chain(muni) is None for muni in TOWNS)


def test_the_same_batch_again_changes_nothing() -> None:
    steps, letters = Steps(plain_moves()), list[Letter]()
    steps.in_batches(lambda now: over_a_good_line(now, letters))
    rows = everything()
    random.Random(3).shuffle(letters)
    assert receive_all([*letters, *letters], CLOSED) == 0
    assert handle_all(CLOSED) == Handled()
    for muni in TOWNS:
        mine = [(one, OFFICER) for one in steps.out_of(muni)]
        assert services.announce_moves(muni, [*mine, *mine], now=CLOSED).left == {}
        moves = [services.move_id_of(one) for one, _ in mine]
        out = services.accept_moves_out(muni, moves, actor=OFFICER, now=CLOSED)
        assert (out.done, set(out.left)) == ((), set(moves))
        come = [(move, DAY) for move in steps.into(muni)]
        entered = services.accept_moves_in(muni, come, actor=OFFICER, now=CLOSED)
        assert (entered.done, set(entered.left)) == ((), set(steps.into(muni)))
    assert everything() == rows


def test_what_the_database_refuses_keeps_nobody_else_back() -> None:
    """A single bad row among many is found, and left; the others are done."""
    long = replace(filing("too long", CHUO, FOREIGNER), to=replace(TOWNS[CHUO], town="町" * 101))
    moves = [*plain_moves()[:9], long]
    steps = Steps(moves)
    for muni in TOWNS:
        services.announce_moves(muni, [(one, OFFICER) for one in steps.out_of(muni)], now=FILED)
        out = [services.move_id_of(one) for one in steps.out_of(muni)]
        assert services.accept_moves_out(muni, out, actor=OFFICER, now=FILED).left == {}
    over_a_good_line(CARRIED)
    here = list(steps.into(CHUO))
    services.confirm_identities(CHUO, [(move, SEEN) for move in here], actor=OFFICER, now=ARRIVED)
    batch = services.accept_moves_in(CHUO, [(move, DAY) for move in here], actor=OFFICER, now=ARRIVED)
    assert list(batch.left) == [services.move_id_of(long)]
    assert "too long" in batch.left[services.move_id_of(long)]
    assert set(batch.done) == set(here) - set(batch.left)
    assert services.broken_chain(CHUO) is None


def test_a_forged_copy_of_a_message_is_refused_whole() -> None:
    letter = Letter("m1", CHIYODA, CHUO, 1, "register.move.closed", '{"move": "x"}')
    assert receive_all([letter, letter], FILED) == 1
    fresh = replace(letter, message_id="m2", sequence=2)
    for forged in (replace(letter, text='{"move": "y"}'), replace(letter, message_id="m3")):
        with pytest.raises(Refused, match="already stands for another"), transaction.atomic():
            receive_all([fresh, forged], FILED)
        assert InMessage.objects.count() == 1


def test_what_is_done_keeps_a_digest_alone_by_which_a_forgery_is_known() -> None:
    steps, letters = Steps(plain_moves()), list[Letter]()
    steps.in_batches(lambda now: over_a_good_line(now, letters))
    for box in (OutMessage, InMessage):
        assert set(box.objects.values_list("payload", flat=True)) == {""}
    for letter in letters[::7]:
        with pytest.raises(Refused, match="already stands for another"), transaction.atomic():
            receive_all([replace(letter, text=letter.text.replace("-", "_", 1))], CLOSED)
        forged = Posting(letter.message_id, letter.receiver, letter.kind, {})
        with pytest.raises(Refused, match="already stands for another"), within(letter.sender):
            post_all(letter.sender, [forged], CLOSED)
        with within(letter.sender):
            post_all(letter.sender, [replace(forged, payload=json.loads(letter.text))], CLOSED)
        other_words = replace(letter, text=json.dumps(json.loads(letter.text), indent=1))
        assert receive_all([other_words], CLOSED) == 0, "a double however it is written"


@pytest.mark.parametrize("text", ["", "{", '"\\ud800"', "NaN", '{"move": "\\u0000"}', "[" * 100_000])
def test_a_letter_that_is_no_json_is_refused_with_its_bundle(text: str) -> None:
    good = Letter("m1", CHIYODA, CHUO, 1, "register.move.closed", '{"move": "x"}')
    bad = replace(good, message_id="m2", sequence=2, text=text)
    with pytest.raises(BadInput, match="no JSON"), transaction.atomic():
        receive_all([good, bad], FILED)
    assert not InMessage.objects.exists()


def test_an_acknowledgement_of_another_message_than_was_carried_counts_for_nothing() -> None:
    with within(CHIYODA):
        post_all(CHIYODA, [Posting("m1", CHUO, "test", 1)], FILED)
        post_all(CHIYODA, [Posting("m2", CHUO, "test", 2)], CLOSED)
    assert deliver_all(lambda letters: ["m1", "m2"], FILED) == 1
    assert OutMessage.objects.get(message_id="m2").payload == "2"


def test_a_notice_of_movers_whom_no_database_could_hold_changes_nothing() -> None:
    steps = Steps(plain_moves())
    mine = [(one, OFFICER) for one in steps.out_of(CHIYODA)]
    services.announce_moves(CHIYODA, mine, now=FILED)
    services.accept_moves_out(
        CHIYODA, [services.move_id_of(one) for one, _ in mine], actor=OFFICER, now=FILED
    )
    rows = (list(Residence.objects.values()), list(Act.objects.values()))
    move, to = services.move_id_of(mine[0][0]), mine[0][0].to
    said = plain(Entered(move, 1, (2**63, 2**90), DAY, to, 1))
    receive_all([Letter("big", to.muni, CHIYODA, 1, "register.move.entered", json.dumps(said))], CARRIED)
    assert handle_all(CARRIED).bundled == 0
    assert (list(Residence.objects.values()), list(Act.objects.values())) == rows


def test_messages_are_posted_in_order_and_once() -> None:
    posted = [Posting(f"m{number}", CHUO, "test", {"n": number}) for number in (1, 2, 3)]
    with within(CHIYODA):
        post_all(CHIYODA, posted[:2], FILED)
        post_all(CHIYODA, [*posted, posted[2]], FILED)
    rows = OutMessage.objects.order_by("sequence").values_list("message_id", "sequence", "payload")
    assert list(rows) == [("m1", 1, '{"n":1}'), ("m2", 2, '{"n":2}'), ("m3", 3, '{"n":3}')]
    with pytest.raises(Refused, match="already stands for another"), within(CHIYODA):
        post_all(CHIYODA, [replace(posted[0], payload={})], FILED)
