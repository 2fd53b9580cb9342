"""Messages that were sent before they kept a digest: migrated with what they still have to say, and no more."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enishi.platform import messages
from enishi.platform.messages import canonical
from enishi.platform.models import OutMessage
from enishi.platform.services import Envelope, deliver, handle, receive

BEFORE, AFTER = [("platform", "0001_initial")], [("platform", "0002_messages_keep_a_digest")]
SENT = {"name": "縁", "born": [2020, 4], "a": None}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_boxes_filled_before_keep_what_waits_and_forget_what_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MigrationExecutor(connection).migrate(BEFORE)
    try:
        old = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        for box, number, done in (
            ("OutMessage", 1, True),
            ("OutMessage", 2, True),
            ("OutMessage", 3, False),
            ("InMessage", 1, True),
            ("InMessage", 2, False),
        ):
            fill(old.get_model("platform", box), number, done)
        old.get_model("platform", "Channel").objects.create(
            sender="131016", receiver="011002", next_out=4, next_in=2
        )
    finally:
        MigrationExecutor(connection).migrate(AFTER)
    kept = list(OutMessage.objects.order_by("sequence").values_list("payload", "digest"))
    digest = sha256(canonical(SENT).encode()).digest()
    assert [(text, bytes(one)) for text, one in kept] == [
        ("", digest),
        ("", digest),
        (canonical(SENT), digest),
    ]
    assert not receive(Envelope("m1", "131016", "011002", 1, "test.migrated", SENT)), "a double from before"
    seen: list[Any] = []
    monkeypatch.setitem(messages._handlers, "test.migrated", lambda envelope: seen.append(envelope.payload))
    assert (deliver(), handle(), seen) == (1, 2, [SENT, SENT])


def fill(box: Any, number: int, done: bool) -> None:
    moment = "2026-11-01T00:00:00+00:00"
    box.objects.create(
        message_id=f"m{number}",
        sender="131016",
        receiver="011002",
        sequence=number,
        kind="test.migrated",
        payload=json.loads(json.dumps(SENT)),
        at=moment,
        next_try_at=moment,
        done_at=moment if done else None,
    )
