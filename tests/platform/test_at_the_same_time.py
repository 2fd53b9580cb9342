"""Several workers at once, on a database that really lets them: what must happen once happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction

from enishi.platform import messages
from enishi.platform.models import Channel, InMessage, OutMessage
from enishi.platform.services import chunk, chunks_done, deliver, handle, handles, post

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
T = TypeVar("T")
WORKERS = 4
NOON = datetime(2020, 4, 27, 12, tzinfo=UTC)


def all_at_once(work: Callable[[int], T]) -> list[T]:
    """Runs `work(0..3)` in threads that start together, each with a connection of its own."""
    start = Barrier(WORKERS)

    def one(number: int) -> T:
        try:
            connection.ensure_connection()
            start.wait(10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def test_one_of_several_workers_does_a_chunk_and_the_others_find_it_done() -> None:
    def work(_number: int) -> bool:
        with chunk("load", "0001") as fresh:
            if fresh:
                Channel.objects.create(sender="effect", receiver="once")
                fresh.rows = 7
        return bool(fresh)

    assert sorted(all_at_once(work)) == [False, False, False, True]
    assert chunks_done("load") == {"0001": 7}


def test_messages_posted_at_once_are_numbered_without_gap_or_double() -> None:
    def work(number: int) -> None:
        for turn in range(10):
            with transaction.atomic():
                post(f"m-{number}-{turn}", "011002", "test.once", {}, sender="131016", at=NOON)

    all_at_once(work)
    assert sorted(OutMessage.objects.values_list("sequence", flat=True)) == list(range(1, 41))


def test_several_deliverers_and_handlers_at_once_handle_each_message_once_in_order() -> None:
    def note(envelope: messages.Envelope) -> None:
        Channel.objects.create(sender="effect", receiver=envelope.message_id)

    handles("test.once")(note)
    try:
        for number in range(1, 31):
            with transaction.atomic():
                post(f"m{number:02d}", "011002", "test.once", {}, sender="131016", at=NOON)

        def work(_number: int) -> None:
            for _turn in range(6):
                deliver(7, now=NOON)
                handle(7, now=NOON)

        all_at_once(work)
        deliver(now=NOON)
        handle(now=NOON)
    finally:
        messages._handlers.pop("test.once")
    assert InMessage.objects.filter(done_at__isnull=False, attempts=0).count() == 30
    effects = Channel.objects.filter(sender="effect").order_by("id").values_list("receiver", flat=True)
    assert list(effects) == [f"m{number:02d}" for number in range(1, 31)]
