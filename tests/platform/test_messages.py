"""Two parties that share no transaction: nothing lost, nothing doubled, nothing out of order."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput, Refused
from enishi.platform import messages
from enishi.platform.models import Channel, InMessage, OutMessage
from enishi.platform.services import Envelope, backlog, deliver, handle, handles, post, receive

pytestmark = pytest.mark.django_db
OLD, NEW = "131016", "011002"
NOON = datetime(2020, 4, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_handlers() -> Iterator[None]:
    before = dict(messages._handlers)
    yield
    messages._handlers.clear()
    messages._handlers.update(before)


def posted(*numbers: int, sender: str = OLD, to: str = NEW) -> None:
    for number in numbers:
        with transaction.atomic():
            post(f"{sender}-{to}-{number}", to, "test.note", {"number": number}, sender=sender, at=NOON)


def noted() -> list[Any]:
    """Registers a handler that notes each payload in the database, as a real one would."""
    seen: list[Any] = []
    handles("test.note")(lambda envelope: seen.append(envelope.payload["number"]))
    return seen


def test_a_message_reaches_its_handler_once() -> None:
    seen = noted()
    posted(1, 2, 3)
    assert deliver(now=NOON) == 3
    assert handle(now=NOON) == 3
    assert (deliver(now=NOON), handle(now=NOON)) == (0, 0)
    assert seen == [1, 2, 3]
    assert backlog() == []


def test_an_act_that_fails_sends_nothing() -> None:
    def act() -> None:
        with transaction.atomic():
            post("m1", NEW, "test.note", {}, sender=OLD, at=NOON)
            Channel.objects.create(sender=OLD, receiver=NEW)

    with pytest.raises(IntegrityError):
        act()
    assert deliver(now=NOON) == 0
    posted(2)
    assert OutMessage.objects.get().sequence == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_is_posted_only_inside_a_transaction() -> None:
    with pytest.raises(Refused, match="inside the transaction"):
        post("m1", NEW, "test.note", {}, sender=OLD)


def test_posting_twice_is_one_message_and_an_id_stands_for_one_message() -> None:
    posted(1, 1)
    assert OutMessage.objects.count() == 1
    with pytest.raises(Refused, match="another message"), transaction.atomic():
        post(f"{OLD}-{NEW}-1", NEW, "test.note", {"number": 9}, sender=OLD)


def test_a_doubled_message_is_received_once() -> None:
    envelope = Envelope("m1", OLD, NEW, 1, "test.note", {"number": 1})
    assert [receive(envelope), receive(envelope)] == [True, False]
    assert InMessage.objects.count() == 1


@pytest.mark.parametrize(
    "forged",
    [
        Envelope("m1", OLD, NEW, 1, "test.note", {"number": 9}),
        Envelope("m2", OLD, NEW, 1, "test.note", {"number": 1}),
        Envelope("m1", OLD, NEW, 2, "test.note", {"number": 1}),
    ],
)
def test_another_message_under_a_known_id_or_number_is_refused(forged: Envelope) -> None:
    receive(Envelope("m1", OLD, NEW, 1, "test.note", {"number": 1}))
    with pytest.raises(Refused, match="another message"):
        receive(forged)


def test_what_is_done_keeps_no_payload_and_still_knows_a_double_from_a_forgery() -> None:
    noted()
    name = f"{OLD}-{NEW}-1"
    posted(1)
    assert (OutMessage.objects.get().payload, deliver(now=NOON)) == ('{"number":1}', 1)
    assert (InMessage.objects.get().payload, handle(now=NOON)) == ('{"number":1}', 1)
    assert {OutMessage.objects.get().payload, InMessage.objects.get().payload} == {""}
    posted(1)
    sent = Envelope(name, OLD, NEW, 1, "test.note", {"number": 1})
    assert not receive(sent)
    for payload in ({"number": 9}, "", None):
        with pytest.raises(Refused, match="another message"):
            receive(replace(sent, payload=payload))
        with pytest.raises(Refused, match="another message"), transaction.atomic():
            post(name, NEW, "test.note", payload, sender=OLD)
    assert OutMessage.objects.count() == InMessage.objects.count() == 1


def test_a_payload_is_the_same_in_whatever_order_it_is_said() -> None:
    for payload in ({"a": 1, "b": "縁"}, {"b": "縁", "a": 1}):
        with transaction.atomic():
            post("m1", NEW, "test.note", payload, sender=OLD)
    assert OutMessage.objects.get().payload == '{"a":1,"b":"縁"}'


@pytest.mark.parametrize("payload", [float("nan"), "\ud800", {"a": ["縁\0"]}, {"\\\0": 1}])
def test_what_not_every_party_can_keep_is_neither_posted_nor_received(payload: Any) -> None:
    with pytest.raises(BadInput, match="no JSON"), transaction.atomic():
        post("m1", NEW, "test.note", payload, sender=OLD)
    with pytest.raises(BadInput, match="no JSON"):
        receive(Envelope("m1", OLD, NEW, 1, "test.note", payload))
    assert not OutMessage.objects.exists()
    assert not InMessage.objects.exists()


@pytest.mark.parametrize("payload", ["\\u0000", {"\\\\u0000": "\\"}, {2: 0, 10: {"縁": None}}, 2**70])
def test_what_looks_like_it_is_carried_whole(payload: Any) -> None:
    with transaction.atomic():
        for said in (payload, json.loads(json.dumps(payload))):
            post("m1", NEW, "test.note", said, sender=OLD, at=NOON)
    seen: list[Any] = []
    handles("test.note")(lambda envelope: seen.append(envelope.payload))
    assert (deliver(now=NOON), handle(now=NOON)) == (1, 1)
    assert seen == [json.loads(json.dumps(payload))]


def test_an_error_that_no_database_can_keep_is_kept_without_what_it_cannot() -> None:
    posted(1)

    def broken(envelope: Envelope) -> None:
        raise ConnectionError("down\0 \ud800")

    assert deliver(transport=broken, now=NOON) == 0
    assert OutMessage.objects.get().error == "ConnectionError: down ?"


@pytest.mark.parametrize("box", [OutMessage, InMessage])
def test_the_database_lets_no_payload_stay_behind(box: type[OutMessage | InMessage]) -> None:
    posted(1)
    deliver(now=NOON)
    for changed in ({"done_at": NOON, "payload": "{}"}, {"done_at": None, "payload": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            box.objects.update(**changed)


def test_a_later_message_waits_for_the_earlier_one() -> None:
    seen = noted()
    receive(Envelope("m2", OLD, NEW, 2, "test.note", {"number": 2}), NOON)
    assert handle(now=NOON) == 0
    receive(Envelope("m1", OLD, NEW, 1, "test.note", {"number": 1}), NOON)
    assert handle(now=NOON) == 2
    assert seen == [1, 2]


def test_a_lost_message_is_kept_with_its_error_and_sent_again_later() -> None:
    posted(1, 2)

    def broken(envelope: Envelope) -> None:
        raise ConnectionError("the line is down")

    assert deliver(transport=broken, now=NOON) == 0
    first = OutMessage.objects.get(sequence=1)
    assert (first.attempts, first.error, first.next_try_at) == (
        1,
        "ConnectionError: the line is down",
        NOON + timedelta(seconds=30),
    )
    assert deliver(now=NOON + timedelta(seconds=29)) == 0
    assert deliver(now=NOON + timedelta(seconds=30)) == 2
    assert OutMessage.objects.get(sequence=1).error == ""


def test_the_pause_between_tries_doubles_up_to_an_hour() -> None:
    posted(1)

    def broken(envelope: Envelope) -> None:
        raise ConnectionError

    now, pauses = NOON, []
    for _ in range(9):
        deliver(transport=broken, now=now)
        message = OutMessage.objects.get()
        pauses.append(int((message.next_try_at - now).total_seconds()))
        now = message.next_try_at
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_failing_handler_leaves_no_effect_and_holds_back_what_follows() -> None:
    down = [True]

    def handler(envelope: Envelope) -> None:
        Channel.objects.create(sender="effect", receiver=envelope.message_id)
        if down[0]:
            raise BadInput("the register is closed", where="row 1", todo="wait")

    handles("test.note")(handler)
    posted(1, 2)
    deliver(now=NOON)
    assert handle(now=NOON) == 0
    assert not Channel.objects.filter(sender="effect").exists()
    assert backlog() == [("in", OLD, NEW, 1, "row 1: the register is closed\n  What to do: wait")]
    down[0] = False
    assert handle(now=NOON + timedelta(seconds=30)) == 2
    assert Channel.objects.filter(sender="effect").count() == 2


def test_one_blocked_channel_does_not_hold_up_another() -> None:
    seen = noted()
    receive(Envelope("x2", OLD, NEW, 2, "test.note", {"number": 2}), NOON)
    receive(Envelope("y1", "271004", NEW, 1, "test.note", {"number": 7}), NOON)
    assert handle(now=NOON) == 1
    assert seen == [7]


def test_a_message_without_handler_waits_for_its_room() -> None:
    posted(1)
    deliver(now=NOON)
    assert handle(now=NOON) == 0
    assert "no handler" in backlog()[0][4]
    seen = noted()
    assert handle(now=NOON + timedelta(hours=1)) == 1
    assert seen == [1]


def test_a_batch_is_no_larger_than_asked_for() -> None:
    noted()
    posted(*range(1, 8))
    assert [deliver(3, now=NOON) for _ in range(3)] == [3, 3, 1]
    assert [handle(5, now=NOON) for _ in range(2)] == [5, 2]


def test_a_kind_has_one_handler() -> None:
    noted()
    with pytest.raises(RuntimeError, match="two handlers"):
        noted()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 9))
def test_a_hostile_line_loses_doubles_and_reorders_nothing(seed: int, count: int) -> None:
    """The line loses messages and acknowledgements, doubles messages and delivers old ones late."""
    weather = random.Random(seed)
    messages._handlers.pop("test.note", None)
    seen: dict[str, list[int]] = {OLD: [], "271004": []}
    handles("test.note")(lambda one: seen[one.sender].append(one.payload["number"]))
    on_the_way: list[Envelope] = []
    now = NOON

    def line(envelope: Envelope) -> None:
        fate = weather.random()
        if fate < 0.2:
            raise ConnectionError("lost on the way")
        on_the_way.extend([envelope, envelope] if fate < 0.4 else [envelope])
        receive(on_the_way.pop(weather.randrange(len(on_the_way))), now)
        if fate < 0.6 or not InMessage.objects.filter(message_id=envelope.message_id).exists():
            raise ConnectionError("no acknowledgement")

    with transaction.atomic():
        for sender in seen:
            posted(*range(1, count + 1), sender=sender)
        for _round in range(200):
            deliver(weather.randint(1, 5), line, now)
            handle(weather.randint(1, 5), now)
            now += timedelta(hours=1)
            if not backlog():
                break
        assert backlog() == []
        transaction.set_rollback(True)
    assert seen == {OLD: list(range(1, count + 1)), "271004": list(range(1, count + 1))}
