"""Outbox and inbox: how two parties that share no transaction tell each other what happened, exactly once and
in order.

The sender posts in the transaction of its own act. `deliver` hands messages to a transport until each is
acknowledged; the receiver's inbox drops doubles by message id; `handle` runs handlers in the order of the
numbers that the sender gave, each handler's effects and the mark that it ran in one transaction. A failure
keeps the message with its error and the time of the next try, and what follows it on the same channel waits.

A message that is done keeps no payload, only its digest: what two offices told each other of a person stands in their records
and not in two boxes besides, and a double is still known from a forgery (docs/adr/0012).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.platform.models import Channel, InMessage, OutMessage
from enishi.platform.tenancy import database_of, shards

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message between two parties. `message_id`: unique everywhere, chosen by the sender from the act's
    own key; `sender`, `receiver`: municipality codes or names of bodies; `sequence`: 1, 2, 3 ... for this
    pair; `payload`: JSON.
    """

    message_id: str
    sender: str
    receiver: str
    sequence: int
    kind: str
    payload: Any


Transport = Callable[[Envelope], object]
Handler = Callable[[Envelope], object]
_handlers: dict[str, Handler] = {}
_moment: ContextVar[datetime | None] = ContextVar("moment of handling", default=None)
NUL = "\\u0000"
_NUL_ITSELF = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(payload: Any) -> str:
    """JSON, whose names are text, as its one text: members sorted by name, no blanks, letters as they are.

    Raises BadInput for what not every database keeps: NaN, the character NUL, half of a surrogate pair, nesting without end.
    """
    try:
        text = _CANONICAL.encode(payload)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _no_json() from error
    if NUL in text and _NUL_ITSELF.search(text):
        raise _no_json()
    return text


def canonical_text(text: str) -> str:
    """JSON text as `canonical` writes it. Raises BadInput."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_json() from error
    return canonical(payload)


def _no_json() -> BadInput:
    return BadInput(
        "the payload of a message is no JSON that every party can keep",
        where="message",
        todo="the sender corrects it; nothing was taken over",
    )


def digest_of(text: str) -> bytes:
    """SHA-256 over the canonical text of a payload."""
    return sha256(text.encode()).digest()


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Registers a function for messages of a kind; one kind has one handler."""

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(kind, handler) is not handler:
            raise RuntimeError(f"two handlers for messages of kind {kind}")
        return handler

    return register


def handling_at() -> datetime:
    """The moment that `handle` was given, for a handler at work; outside of one the present."""
    return _moment.get() or timezone.now()


def post(
    message_id: str, to: str, kind: str, payload: Any, *, sender: str, at: datetime | None = None
) -> None:
    """Puts a message in the sender's outbox, inside the caller's transaction, numbered after the last one to
    `to`.

    The same message posted again changes nothing. Raises Refused outside of a transaction, and where the id
    was used for another message; BadInput as `canonical`; TypeError for what is no JSON at all.
    """
    alias = database_of(sender)
    if not transaction.get_connection(alias).in_atomic_block:
        raise Refused(
            "a message is posted only inside the transaction of the act that it tells of",
            where=f"message {message_id}",
            todo="open the transaction around the act and this call",
        )
    at = at or timezone.now()
    text = canonical(json.loads(json.dumps(payload)))  # names as they will be read
    digest = digest_of(text)
    channel, _ = Channel.objects.using(alias).get_or_create(sender=sender, receiver=to)
    channel = Channel.objects.using(alias).select_for_update().get(pk=channel.pk)
    known = OutMessage.objects.using(alias).filter(message_id=message_id).first()
    if known is not None:
        if (known.sender, known.receiver, known.kind, bytes(known.digest)) != (sender, to, kind, digest):
            raise another_message(message_id)
        return
    OutMessage.objects.using(alias).create(
        message_id=message_id,
        sender=sender,
        receiver=to,
        sequence=channel.next_out,
        kind=kind,
        payload=text,
        digest=digest,
        at=at,
        next_try_at=at,
    )
    channel.next_out += 1
    channel.save(using=alias, update_fields=["next_out"])


def receive(envelope: Envelope, now: datetime | None = None) -> bool:
    """Puts a message in the receiver's inbox; False for one that is there already (a double).

    Raises Refused where its id or its number belongs to another message: somebody forges or restored an old
    copy; BadInput as `canonical`.
    """
    now = now or timezone.now()
    alias = database_of(envelope.receiver)
    text = canonical(envelope.payload)
    said = (envelope.sender, envelope.receiver, envelope.sequence, envelope.kind, digest_of(text))
    inbox = InMessage.objects.using(alias)
    with transaction.atomic(using=alias):
        place = inbox.filter(
            sender=envelope.sender, receiver=envelope.receiver, sequence=envelope.sequence
        ).first()
        if place is not None and place.message_id != envelope.message_id:
            raise another_message(envelope.message_id)
        known, fresh = inbox.get_or_create(
            message_id=envelope.message_id,
            defaults={
                "sender": envelope.sender,
                "receiver": envelope.receiver,
                "sequence": envelope.sequence,
                "kind": envelope.kind,
                "payload": text,
                "digest": said[-1],
                "at": now,
                "next_try_at": now,
            },
        )
        kept = (known.sender, known.receiver, known.sequence, known.kind, bytes(known.digest))
        if not fresh and kept != said:
            raise another_message(envelope.message_id)
    return fresh


def deliver(batch: int = 1000, transport: Transport | None = None, now: datetime | None = None) -> int:
    """Hands at most `batch` due messages of every outbox to the transport; returns how many were
    acknowledged.

    A transport that returns has acknowledged; whatever it raises keeps the message for a later try. Without one
    the receiver's inbox is in this installation.
    """
    now = now or timezone.now()
    transport = transport or partial(receive, now=now)
    sent = 0
    for alias, waiting in _waiting(OutMessage):
        for message in waiting[: batch - sent]:
            if message.next_try_at > now:
                break
            try:
                transport(_envelope(message))
            except Exception as error:
                _keep(message, error, now)
                break
            OutMessage.objects.using(alias).filter(pk=message.pk).update(done_at=now, error="", payload="")
            sent += 1
    return sent


def handle(batch: int = 1000, now: datetime | None = None) -> int:
    """Runs the handlers of at most `batch` received messages, each exactly once and in its channel's order.

    Returns how many were handled. A message whose predecessor has not arrived waits for it.
    """
    now = now or timezone.now()
    handled = 0
    for alias, waiting in _waiting(InMessage):
        for message in waiting[: batch - handled]:
            if message.next_try_at > now:
                break
            if not handle_message(message.pk, alias, now):
                break
            handled += 1
    return handled


def handle_message(key: int, alias: str, now: datetime) -> bool:
    """Runs the handler of one received message where it is its turn; whether it was handled. What fails is kept for later."""
    try:
        return _handle_one(key, alias, now)
    except Exception as error:
        _keep(InMessage.objects.using(alias).get(pk=key), error, now)
        return False


def backlog() -> list[tuple[str, str, str, int, str]]:
    """What has not got through: (`out` or `in`, sender, receiver, number of the first message that waits, its
    error).
    """
    return [
        (direction, first.sender, first.receiver, first.sequence, first.error)
        for direction, model in (("out", OutMessage), ("in", InMessage))
        for _alias, waiting in _waiting(model)
        if (first := waiting.first()) is not None
    ]


def _handle_one(key: int, alias: str, now: datetime) -> bool:
    with transaction.atomic(using=alias):
        message = InMessage.objects.using(alias).select_for_update().get(pk=key)
        channel, _ = Channel.objects.using(alias).get_or_create(
            sender=message.sender, receiver=message.receiver
        )
        channel = Channel.objects.using(alias).select_for_update().get(pk=channel.pk)
        if message.done_at is not None or message.sequence != channel.next_in:
            return False
        handler = _handlers.get(message.kind)
        if handler is None:
            raise Refused(
                f"no handler is registered for messages of kind {message.kind}",
                where=f"inbox of {message.receiver}",
                todo="install the room that handles them; the message waits",
            )
        token = _moment.set(now)
        try:
            handler(_envelope(message))
        finally:
            _moment.reset(token)
        InMessage.objects.using(alias).filter(pk=key).update(done_at=now, error="", payload="")
        channel.next_in += 1
        channel.save(using=alias, update_fields=["next_in"])
    return True


def _waiting(
    model: type[OutMessage] | type[InMessage],
) -> Iterator[tuple[str, models.QuerySet[OutMessage] | models.QuerySet[InMessage]]]:
    for alias in shards():
        undone = model.objects.using(alias).filter(done_at__isnull=True)
        pairs = undone.order_by("sender", "receiver").values_list("sender", "receiver").distinct()
        for sender, receiver in list(pairs):
            yield alias, undone.filter(sender=sender, receiver=receiver).order_by("sequence")


def _keep(message: OutMessage | InMessage, error: Exception, now: datetime) -> None:
    message.attempts += 1
    said = str(error) if isinstance(error, EnishiError) else f"{type(error).__name__}: {error}"
    message.error = said.replace("\0", "").encode(errors="replace").decode()
    message.next_try_at = now + min(FIRST_RETRY * 2 ** min(message.attempts - 1, 20), LONGEST_RETRY)
    message.save(update_fields=["attempts", "error", "next_try_at"])


def _envelope(message: OutMessage | InMessage) -> Envelope:
    return Envelope(
        message.message_id,
        message.sender,
        message.receiver,
        message.sequence,
        message.kind,
        json.loads(message.payload),
    )


def another_message(message_id: str) -> Refused:
    """The refusal of a message id, or a number of its channel, that stands for another message."""
    return Refused(
        "this message id or number already stands for another message",
        where=f"message {message_id}",
        todo="find out which party repeated it; nothing was taken over",
    )
