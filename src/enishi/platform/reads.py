"""The read record: every read of personal data leaves a row of who, for whom, why, by which article, and what
was got.

A caller hands over the read itself as a function: what is not recorded is not answered. The row lies in the database
of the municipality for which is read (`Reader.muni`; blank: `default`) and joins a transaction of the caller there; a
refusal that has to outlive an error is therefore recorded outside of the transaction that the error ends.

Before anything is read, one gate is asked: which of these persons may this reader be told these items of? The room
that knows the law of disclosure registers it (docs/adr/0006). Without one nothing is read. Of whom it lets nothing
through, the read is not done at all, and the caller gets what it gets of somebody who does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import TypeVar

from django.db import connections, models, transaction
from django.utils import timezone

from enishi.kernel.errors import Refused
from enishi.platform.models import ReadRecord
from enishi.platform.reader import Reader
from enishi.platform.refusal import not_disclosed
from enishi.platform.rows import fetch_rows, insert_rows
from enishi.platform.tenancy import database_of, shards
from enishi.platform.vocabulary import Answer

T = TypeVar("T")
SEPARATOR = ", "
Gate = Callable[[Reader, Sequence[str], Collection[int]], Collection[int]]
"""Gives those of some persons of whom a reader may be told all of the items."""

FEW = 1_000
"""Up to so many lines are written by one statement, which is the transaction: a copy has a beginning and an end to wait for."""
COLUMNS = ("at", "actor", "on_behalf_of", "muni", "purpose", "article", "subject", "items", "answer")

IN_ONE_STATEMENT = f"""
INSERT INTO platform_readrecord ({", ".join(COLUMNS)})
SELECT %s, %s::text, %s::text, %s::text, %s::text, %s::text, line.subject, %s::text, line.answer
FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS line(subject, answer, place) ORDER BY line.place"""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of the read record. `items`: what was asked; `subject`: person id, None where nobody was
    found.
    """

    at: datetime
    actor: str
    on_behalf_of: str
    muni: str
    purpose: str
    article: str
    subject: int | None
    items: tuple[str, ...]
    answer: Answer


def nothing_is_read(reader: Reader, items: Sequence[str], subjects: Collection[int]) -> Collection[int]:
    """The gate that stands until another is installed: nobody may be told anything."""
    return ()


_gate: Gate = nothing_is_read


def install_gate(gate: Gate) -> Gate:
    """Puts a gate before every read, in the place of the one that is returned."""
    global _gate
    before, _gate = _gate, gate
    return before


def read_as(reader: Reader, items: Sequence[str], subject: int, fetch: Callable[[], T | None]) -> T | None:
    """Reads one person's `items` by `fetch` and records it: given, nothing where `fetch` finds none, or refused.

    `items`: names of what is shown, in the words of the gate (`name`, `address`); `subject`: person id. None, without
    a call of `fetch`, where the gate lets nothing of them through.
    """
    _check(items)
    if subject not in _gate(reader, items, (subject,)):
        _record(reader, items, [subject], Answer.REFUSED)
        return None
    found = fetch()
    _record(reader, items, [subject], Answer.NOTHING if found is None else Answer.GIVEN)
    return found


def read_many_as(
    reader: Reader, items: Sequence[str], fetch: Callable[[], Sequence[T]], subject_of: Callable[[T], int]
) -> Sequence[T]:
    """Reads a list by `fetch` and records every person in it; an empty list is recorded once, without a
    subject. Those of whom the gate lets nothing through are left out, and recorded as refused.
    """
    _check(items)
    found = fetch()
    subjects = [subject_of(one) for one in found]
    open_ = frozenset(_gate(reader, items, frozenset(subjects)))
    given = [who for who in subjects if who in open_]
    refused = [who for who in subjects if who not in open_]
    if found:
        _record_all(reader, items, [(Answer.GIVEN, given), (Answer.REFUSED, refused)])
    else:
        _record(reader, items, [None], Answer.NOTHING)
    return [one for one, who in zip(found, subjects, strict=True) if who in open_]


def record_reads(reader: Reader, items: Sequence[str], subjects: Iterable[int]) -> None:
    """Records given reads of any number of persons, set-based: for batches, before they hand out what they
    read.

    Raises Refused, in the one wording of a refusal, where the gate keeps anybody back: then nothing may be handed
    out, and those kept back are recorded as refused.
    """
    _check(items)
    subjects = list(subjects)
    open_ = frozenset(_gate(reader, items, frozenset(subjects)))
    refused = [who for who in subjects if who not in open_]
    if refused:
        _record(reader, items, refused, Answer.REFUSED)
    else:
        _record(reader, items, subjects, Answer.GIVEN)
    if refused:
        raise not_disclosed()


def record_list(reader: Reader, items: Sequence[str]) -> None:
    """Records that a list was read which shows nothing of anybody's record, but whose words may name a person."""
    _check(items)
    _record(reader, items, [None], Answer.NOTHING)


def record_refusal(reader: Reader, items: Sequence[str], subject: int | None) -> None:
    """Records that a read was refused. Call it before raising, outside of a transaction that the error would
    undo.
    """
    _check(items)
    _record(reader, items, [subject], Answer.REFUSED)


def reads_of(subject: int, limit: int = 100) -> list[ReadLine]:
    """The latest reads of one person's data, newest first: the person's own history of who asked what, wherever they did."""
    found = [_lines(ReadRecord.objects.using(alias).filter(subject=subject), limit) for alias in shards()]
    return list(islice(merge(*found, key=lambda line: line.at, reverse=True), limit))


def reads_by(muni: str, limit: int = 100) -> list[ReadLine]:
    """The latest reads by officers of one municipality (blank: national ones), newest first."""
    return _lines(ReadRecord.objects.using(database_of(muni)).filter(muni=muni), limit)


def _lines(records: models.QuerySet[ReadRecord], limit: int) -> list[ReadLine]:
    return [
        ReadLine(
            row.at,
            row.actor,
            row.on_behalf_of,
            row.muni,
            row.purpose,
            row.article,
            row.subject,
            tuple(row.items.split(SEPARATOR)),
            Answer(row.answer),
        )
        for row in records.order_by("-id")[:limit]
    ]


def _check(items: Sequence[str]) -> None:
    if isinstance(items, str) or not items or any(not item.strip() or SEPARATOR in item for item in items):
        raise Refused(
            "a read names what is read, item by item",
            where="read record",
            todo="pass the items that are shown, such as name, address, birth_date",
        )


def _record(reader: Reader, items: Sequence[str], subjects: Iterable[int | None], answer: Answer) -> None:
    _record_all(reader, items, [(answer, subjects)])


def _record_all(
    reader: Reader, items: Sequence[str], answers: Iterable[tuple[Answer, Iterable[int | None]]]
) -> None:
    """Records what came of one read, all of it or nothing."""
    using = database_of(reader.muni)
    connection = connections[using]
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    ground = (moment, reader.actor, reader.on_behalf_of, reader.muni, reader.purpose, reader.article)
    asked = SEPARATOR.join(items)
    lines = [(subject, answer.value) for answer, subjects in answers for subject in subjects]
    if connection.vendor == "postgresql" and len(lines) <= FEW and not connection.in_atomic_block:
        whom, what = [subject for subject, _ in lines], [answer for _, answer in lines]
        fetch_rows(IN_ONE_STATEMENT, [*ground, asked, whom, what], using=using)
        return
    rows = ((*ground, subject, asked, answer) for subject, answer in lines)
    with transaction.atomic(using=using):
        insert_rows(ReadRecord._meta.db_table, COLUMNS, rows, using=using)
