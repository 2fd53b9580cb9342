"""Outbox and inbox for thousands of messages at a time, by the same tables and the same rules as `messages`.

A bundle is a way to carry, not another kind of message: whatever is posted, received or handled here may be so one by one
too, and the other way round. Set-based on PostgreSQL; elsewhere one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from enishi.kernel.errors import Refused
from enishi.platform.messages import (
    FIRST_RETRY,
    LONGEST_RETRY,
    Envelope,
    another_message,
    canonical,
    canonical_text,
    deliver,
    digest_of,
    handle,
    handle_message,
    post,
    receive,
)
from enishi.platform.models import Channel
from enishi.platform.rows import by_index, insert_rows
from enishi.platform.tenancy import database_of, shards

COLUMNS = (
    "message_id",
    "sender",
    "receiver",
    "sequence",
    "kind",
    "payload",
    "digest",
    "at",
    "next_try_at",
    "attempts",
    "error",
)
ENVELOPE = ("message_id", "sender", "receiver", "sequence", "kind", "digest")
UNACKNOWLEDGED = "not acknowledged"


@dataclass(frozen=True, slots=True)
class Letter:
    """An envelope whose payload is still JSON text; else as `messages.Envelope`."""

    message_id: str
    sender: str
    receiver: str
    sequence: int
    kind: str
    text: str

    @property
    def envelope(self) -> Envelope:
        """The same with its payload read."""
        read = json.loads(self.text)
        return Envelope(self.message_id, self.sender, self.receiver, self.sequence, self.kind, read)


@dataclass(frozen=True, slots=True)
class Posting:
    """A message that is to be posted, as `messages.post` takes it; every name in its payload is text."""

    message_id: str
    to: str
    kind: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of the inbox: how many messages were handled in bundles, how many one by one, and why those (message id)."""

    bundled: int = 0
    singly: int = 0
    left: Mapping[str, str] = field(default_factory=dict)


IN_TURN = """
SELECT id FROM (
  SELECT m.id, m.sequence, coalesce(c.next_in, 1) - 1 + row_number() OVER (PARTITION BY m.sender ORDER BY m.sequence) AS turn
  FROM platform_inmessage m LEFT JOIN platform_channel c ON c.sender = m.sender AND c.receiver = m.receiver
  WHERE m.receiver = %s AND m.done_at IS NULL) AS waiting
WHERE sequence = turn"""
"""What waits for nothing but its handler: of each channel everything up to the first message that has not come."""

Carrier = Callable[[Sequence[Letter]], Collection[str]]
"""Takes a bundle to wherever it goes; gives the ids of those messages that were acknowledged."""
BundleHandler = Callable[[str, Sequence[Letter], datetime], tuple[Collection[str], Mapping[str, str]]]
"""Handles what waits for a receiver, at a moment, inside a transaction of the receiver's database: each channel in its order.
Gives the ids that it has handled, which are the first so many of each channel, and why the next was left to its own handler.
"""
_handlers: dict[str, BundleHandler] = {}


def handles_bundles(*kinds: str) -> Callable[[BundleHandler], BundleHandler]:
    """Registers who handles bundles of messages of some kinds. What it leaves the kind's own handler handles."""

    def register(handler: BundleHandler) -> BundleHandler:
        for kind in kinds:
            if _handlers.setdefault(kind, handler) is not handler:
                raise RuntimeError(f"two handlers for bundles of kind {kind}")
        return handler

    return register


def post_all(sender: str, postings: Sequence[Posting], at: datetime) -> None:
    """Puts messages in the sender's outbox, in their order, as `messages.post` does each: inside the caller's transaction; the
    same message again changes nothing. Raises Refused outside of one, and for an id that stands for another message.
    """
    alias = database_of(sender)
    if not _set_based(alias):
        for one in postings:
            post(one.message_id, one.to, one.kind, one.payload, sender=sender, at=at)
        return
    if not connections[alias].in_atomic_block:
        raise Refused(
            "messages are posted only inside the transaction of the acts that they tell of",
            where=f"messages of {sender}",
            todo="open the transaction around the acts and this call",
        )
    if not postings:
        return
    receivers = sorted({one.to for one in postings})
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_channel (sender, receiver, next_out, next_in) SELECT %s, name, 1, 1 "
            "FROM unnest(%s::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING",
            [sender, receivers],
        )
        cursor.execute(
            "SELECT receiver, next_out FROM platform_channel WHERE sender = %s AND receiver = ANY(%s) "
            "ORDER BY receiver FOR UPDATE",
            [sender, receivers],
        )
        following = dict(cursor.fetchall())
        cursor.execute(
            "SELECT message_id, sender, receiver, kind, digest FROM platform_outmessage WHERE message_id = ANY(%s)",
            [[one.message_id for one in postings]],
        )
        known = {row[0]: (*row[1:4], bytes(row[4])) for row in cursor.fetchall()}
        rows: list[tuple[Any, ...]] = []
        for one in postings:
            text = canonical(one.payload)
            said = (sender, one.to, one.kind, digest_of(text))
            if (earlier := known.setdefault(one.message_id, said)) is said:
                number = following[one.to]
                following[one.to] = number + 1
                rows.append((one.message_id, sender, one.to, number, one.kind, text, said[-1], at, at, 0, ""))
            elif earlier != said:
                raise another_message(one.message_id)
        insert_rows("platform_outmessage", COLUMNS, rows, using=alias)
        cursor.execute(
            "UPDATE platform_channel c SET next_out = v.next FROM unnest(%s::text[], %s::bigint[]) AS v (receiver, next) "
            "WHERE c.sender = %s AND c.receiver = v.receiver",
            [list(following), list(following.values()), sender],
        )


def receive_all(letters: Sequence[Letter], now: datetime) -> int:
    """Puts messages in their receivers' inboxes, one transaction for each database; doubles are dropped. Returns how many
    were new. Raises Refused, with nothing of that database taken over, for an id or a number that belongs to another message,
    and BadInput for a payload that is no JSON (`messages.canonical`).
    """
    fresh, parts = 0, dict[str, list[Letter]]()
    for one in letters:
        parts.setdefault(database_of(one.receiver), []).append(one)
    for alias, part in sorted(parts.items()):
        fresh += (
            _receive(alias, part, now)
            if _set_based(alias)
            else sum(receive(one.envelope, now) for one in part)
        )
    return fresh


def _receive(alias: str, letters: Sequence[Letter], now: datetime) -> int:
    names = ", ".join(COLUMNS)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS arriving (message_id text, sender text, receiver text, sequence bigint, "
            "kind text, payload text, digest bytea, at timestamptz, next_try_at timestamptz, attempts int, error text) "
            "ON COMMIT DELETE ROWS"
        )
        rows = (
            (one.message_id, one.sender, one.receiver, one.sequence, one.kind, text, digest_of(text), now, now, 0, "")
            for one in letters
            for text in (canonical_text(one.text),)
        )  # fmt: skip
        insert_rows("arriving", COLUMNS, rows, using=alias)
        cursor.execute(
            f"INSERT INTO platform_inmessage ({names}) SELECT {names} FROM arriving "
            "ORDER BY sender, receiver, sequence ON CONFLICT DO NOTHING"
        )
        fresh = int(cursor.rowcount)
        if fresh < len(letters):
            same = " AND ".join(f"k.{name} = a.{name}" for name in ENVELOPE)
            cursor.execute(
                f"SELECT a.message_id FROM arriving a LEFT JOIN platform_inmessage k ON {same} WHERE k.id IS NULL LIMIT 1"
            )
            if (other := cursor.fetchone()) is not None:
                raise another_message(other[0])
        cursor.execute("DELETE FROM arriving")
    return fresh


def deliver_all(carrier: Carrier, now: datetime, batch: int = 10_000) -> int:
    """Hands at most `batch` due messages of every outbox to the carrier, a bundle a database; returns how many were
    acknowledged. The others are tried again later; what follows them has gone already: the receiver sorts by number.
    """
    sent = 0
    for alias in shards():
        if not _set_based(alias):
            return deliver(batch, _one_by_one(carrier), now)
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            by_index(cursor)
            cursor.execute(
                "SELECT message_id, sender, receiver, sequence, kind, payload FROM platform_outmessage "
                "WHERE done_at IS NULL AND next_try_at <= %s ORDER BY sender, receiver, sequence LIMIT %s",
                [now, batch],
            )
            letters = [Letter(*row) for row in cursor.fetchall()]
        if not letters:
            continue
        got = set(carrier(letters)) & {one.message_id for one in letters}
        lost = [one.message_id for one in letters if one.message_id not in got]
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(
                "UPDATE platform_outmessage SET attempts = attempts + 1, error = %s, next_try_at = %s::timestamptz + "
                "least(%s * 2 ^ least(attempts, 20), %s) * interval '1 second' WHERE message_id = ANY(%s) AND done_at IS NULL",
                [UNACKNOWLEDGED, now, FIRST_RETRY.seconds, LONGEST_RETRY.seconds, lost],
            )
            cursor.execute(
                "UPDATE platform_outmessage SET done_at = %s, error = '', payload = '' "
                "WHERE message_id = ANY(%s) AND done_at IS NULL",
                [now, sorted(got)],
            )
            sent += int(cursor.rowcount)
    return sent


def _one_by_one(carrier: Carrier) -> Callable[[Envelope], None]:
    def carry(one: Envelope) -> None:
        text = canonical(one.payload)
        letter = Letter(one.message_id, one.sender, one.receiver, one.sequence, one.kind, text)
        if one.message_id not in carrier([letter]):
            raise ConnectionError(UNACKNOWLEDGED)

    return carry


def handle_all(now: datetime, batch: int = 5_000) -> Handled:
    """Handles what was received, each message exactly once and in its channel's order: in bundles where somebody handles such,
    else (and what a bundle leaves) one by one, as `messages.handle`. What fails waits, and its channel behind it.
    """
    bundled = singly = 0
    left: dict[str, str] = {}
    for alias in shards():
        if not _set_based(alias):
            return Handled(0, handle(batch, now))
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            by_index(cursor)
            cursor.execute(
                "SELECT DISTINCT receiver FROM platform_inmessage WHERE done_at IS NULL ORDER BY receiver"
            )
            receivers = [receiver for (receiver,) in cursor.fetchall()]
        for receiver in receivers:
            while True:
                taken, heads, whys = _bundle(alias, receiver, now, batch)
                done = sum(handle_message(key, alias, now) for key in heads)
                bundled, singly, left = bundled + taken, singly + done, left | whys
                if not taken and not done:
                    break
    return Handled(bundled, singly, left)


def _bundle(alias: str, receiver: str, now: datetime, batch: int) -> tuple[int, list[int], dict[str, str]]:
    """One transaction: how many messages of a receiver it handled; the keys of those at the head of a channel that it did not,
    and why.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        by_index(cursor)
        cursor.execute(
            "SELECT id, next_try_at, message_id, sender, receiver, sequence, kind, payload FROM platform_inmessage "
            f"WHERE id IN ({IN_TURN}) ORDER BY sender, sequence LIMIT %s FOR UPDATE",
            [receiver, batch],
        )
        waiting: dict[str, list[tuple[Any, ...]]] = {}
        for row in cursor.fetchall():
            waiting.setdefault(row[3], []).append(row)
        if not waiting:
            return 0, [], {}
        Channel.objects.using(alias).bulk_create(
            (Channel(sender=sender, receiver=receiver) for sender in waiting), ignore_conflicts=True
        )
        channels = (
            Channel.objects.using(alias).select_for_update().filter(receiver=receiver, sender__in=waiting)
        )
        numbers = dict(channels.order_by("sender").values_list("sender", "next_in"))
        heads: dict[str, int] = {}
        letters: dict[BundleHandler, list[Letter]] = {}
        for sender, rows in waiting.items():
            for row in _ready(rows, numbers[sender], now):
                if row is rows[0]:
                    heads[row[2]] = row[0]
                if (handler := _handlers.get(row[6])) is not None:
                    letters.setdefault(handler, []).append(Letter(*row[2:]))
        done: set[str] = set()
        whys: dict[str, str] = {}
        for handler, part in letters.items():
            got, why = handler(receiver, part, now)
            done |= set(got)
            whys |= why
        cursor.execute(
            "WITH handled AS (UPDATE platform_inmessage SET done_at = %s, error = '', payload = '' WHERE message_id = ANY(%s) "
            "RETURNING sender, sequence), last AS (SELECT sender, max(sequence) + 1 AS next FROM handled GROUP BY sender) "
            "UPDATE platform_channel c SET next_in = last.next FROM last WHERE c.receiver = %s AND c.sender = last.sender",
            [now, sorted(done), receiver],
        )
    return len(done), [key for name, key in heads.items() if name not in done], whys


def _ready(rows: Sequence[tuple[Any, ...]], following: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Of one channel what may be handled now, as far as the same handler of bundles takes it; else its first alone."""
    first = _handlers.get(rows[0][6])
    for number, row in enumerate(rows, following):
        if row[5] != number or row[1] > now or _handlers.get(row[6]) is not first:
            return
        yield row
        if first is None:
            return


def _set_based(alias: str) -> bool:
    return bool(connections[alias].vendor == "postgresql")
