"""What other rooms must do when a person moves, is born, dies, changes name: told by the journal of acts, exactly once each.

The journal itself is the outbox: an act is committed with its facts or not at all, and numbers of a municipality's acts
are given in the order of their transactions. So a subscriber needs only a mark of how far it has been told, and hears
of every act, whichever process performed it and however much later the subscriber was added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Min

from enishi.kernel.errors import EnishiError
from enishi.platform.services import shards, within
from enishi.register.models import (
    Act,
    Address,
    Counter,
    Delivery,
    Fact,
    Particulars,
    PersonName,
    Residence,
    Subscriber,
)
from enishi.register.rules.catalogue import Kind

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(hours=1)


class Event(StrEnum):
    """What can happen to a person."""

    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    """Announced, or reported: from the day of the happening on they live elsewhere."""
    MOVE_OUT_CANCELLED = "move_out_cancelled"
    ARRIVED_ELSEWHERE = "arrived_elsewhere"
    """The new municipality has confirmed that they moved in there, or which of them, and when."""
    MOVED_WITHIN = "moved_within"
    BORN = "born"
    DIED = "died"
    REMOVED = "removed"
    """By adjudication of disappearance, or erased ex officio."""
    RESTORED = "restored"
    RENAMED = "renamed"
    CORRECTED = "corrected"


TOLD: dict[Kind, tuple[Event, tuple[type[Fact], ...]]] = {
    Kind.MOVE_IN: (Event.MOVED_IN, (Residence,)),
    Kind.MOVE_IN_FROM_ABROAD: (Event.MOVED_IN, (Residence,)),
    Kind.ENTRY: (Event.MOVED_IN, (Residence,)),
    Kind.MOVE_OUT: (Event.MOVED_OUT, (Residence,)),
    Kind.MOVE_OUT_ABROAD: (Event.MOVED_OUT, (Residence,)),
    Kind.MOVE_OUT_CANCELLED: (Event.MOVE_OUT_CANCELLED, (Residence,)),
    Kind.MOVE_IN_NOTICE: (Event.ARRIVED_ELSEWHERE, (Residence,)),
    Kind.MOVE_WITHIN: (Event.MOVED_WITHIN, (Address,)),
    Kind.WARD_MOVE: (Event.MOVED_WITHIN, (Address,)),
    Kind.BIRTH: (Event.BORN, (Residence,)),
    Kind.DEATH: (Event.DIED, (Residence,)),
    Kind.DISAPPEARANCE: (Event.REMOVED, (Residence,)),
    Kind.ERASURE: (Event.REMOVED, (Residence,)),
    Kind.DISAPPEARANCE_REVERSED: (Event.RESTORED, (Residence,)),
    Kind.RESTORATION: (Event.RESTORED, (Residence,)),
    Kind.FAMILY_REGISTER: (Event.RENAMED, (PersonName,)),
    Kind.NATURALISATION: (Event.RENAMED, (PersonName,)),
    Kind.CORRECTION: (Event.CORRECTED, (Particulars, PersonName, Address, Residence)),
}
"""Which acts tell what: of those of whom the act entered a fact of these groups. A head who changes is no mover."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one person. `act`: the act's number in the municipality; `day`: from which it holds."""

    muni: str
    person: int
    event: Event
    act: int
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A happening that a subscriber has not dealt with. `error`: of the last try, blank before the first."""

    name: str
    happening: Happening
    attempts: int
    next_try_at: datetime
    error: str


Handler = Callable[[Happening, datetime], object]
_subscribers: dict[str, dict[Event, Handler]] = {}


def subscribes(name: str, *events: Event) -> Callable[[Handler], Handler]:
    """Registers what a room does, under one lasting name: `@subscribes("benefits.child_allowance", Event.BORN)`.

    The handler gets the happening and the moment, inside the municipality's transaction: what it does there and the mark that
    it was done are committed together. What it does elsewhere must be harmless when repeated.
    """

    def register(handler: Handler) -> Handler:
        handlers = _subscribers.setdefault(name, {})
        for event in events:
            if handlers.setdefault(event, handler) is not handler:
                raise RuntimeError(f"{name} subscribes to {event} twice")
        return handler

    return register


def deliver_events(now: datetime, batch: int = 10_000) -> int:
    """Tells subscribers of the acts since the last time and runs what is due, each delivery in a transaction of its own.

    In order of acts for each person and subscriber: what failed is kept with its error and the time of the next try, and
    only what follows for that person waits. Returns how many deliveries were done.
    """
    for muni, name in _behind():
        _spread(muni, name, now)
    done = 0
    for alias in shards():
        waiting = Delivery.objects.using(alias).filter(done_at__isnull=True, name__in=list(_subscribers))
        heads = (
            waiting.values("muni", "name", "person").annotate(first=Min("act")).order_by("first", "person")
        )
        for muni, name, person in list(heads.values_list("muni", "name", "person")[:batch]):
            done += _run(muni, name, person, now)
    return done


def open_deliveries(muni: str = "") -> tuple[OpenDelivery, ...]:
    """What subscribers have still to do, of one municipality or all, the oldest first."""
    found = []
    for alias in shards():
        rows = Delivery.objects.using(alias).filter(done_at__isnull=True)
        for row in (rows.filter(muni=muni) if muni else rows).order_by("at", "act", "person"):
            found.append(OpenDelivery(row.name, _happening(row), row.attempts, row.next_try_at, row.error))
    return tuple(found)


def _behind() -> list[tuple[str, str]]:
    """Municipalities and subscribers that have not been told of all acts."""
    found = []
    for alias in shards():
        acts = Counter.objects.using(alias).filter(name="act").values_list("muni", "next")
        upto = {
            (muni, name): number
            for muni, name, number in Subscriber.objects.using(alias).values_list("muni", "name", "upto")
        }
        found += [
            (muni, name)
            for muni, following in acts
            for name in _subscribers
            if upto.get((muni, name), 0) < following - 1
        ]
    return found


def _spread(muni: str, name: str, now: datetime) -> None:
    """A delivery for every happening that the subscriber has not been told of."""
    handlers = _subscribers[name]
    wanted = [kind.value for kind, (event, _) in TOLD.items() if event in handlers]
    with within(muni):
        Subscriber.objects.get_or_create(muni=muni, name=name)
        mark = Subscriber.objects.select_for_update().get(muni=muni, name=name)
        acts = Act.objects.filter(muni=muni, number__gt=mark.upto).order_by("number")
        last = acts.values_list("number", flat=True).last()
        if last is None:
            return
        rows = []
        for number, kind, day, at in acts.filter(number__lte=last, kind__in=wanted).values_list(
            "number", "kind", "effective", "recorded_at"
        ):
            event, groups = TOLD[Kind(kind)]
            rows += [
                Delivery(
                    muni=muni,
                    name=name,
                    act=number,
                    person=person,
                    event=event.value,
                    day=day,
                    at=at,
                    next_try_at=now,
                )
                for person in _persons(muni, number, groups)
            ]
        Delivery.objects.bulk_create(rows, batch_size=1000)
        mark.upto = last
        mark.save(update_fields=["upto"])


def _persons(muni: str, act: int, groups: Iterable[type[Fact]]) -> list[int]:
    """Of whom the act entered, or superseded, a fact of these groups."""
    found: set[int] = set()
    for model in groups:
        rows = model._default_manager.filter(muni=muni)
        found.update(rows.filter(act=act).values_list("person", flat=True))
        found.update(rows.filter(superseded_by=act).values_list("person", flat=True))
    return sorted(found)


def _run(muni: str, name: str, person: int, now: datetime) -> int:
    """What is due for a subscriber and a person, until one is not due or fails."""
    done = 0
    with within(muni):
        waiting = Delivery.objects.filter(muni=muni, name=name, person=person, done_at__isnull=True)
        keys = list(waiting.order_by("act", "id").values_list("pk", flat=True))
    for key in keys:
        try:
            with within(muni):
                row = Delivery.objects.select_for_update().get(pk=key)
                if row.done_at is not None:
                    continue
                if row.next_try_at > now:
                    return done
                _subscribers[name][Event(row.event)](_happening(row), now)
                row.done_at, row.error = now, ""
                row.save(update_fields=["done_at", "error"])
        except Exception as error:
            _keep(muni, key, error, now)
            return done
        done += 1
    return done


def _keep(muni: str, key: int, error: Exception, now: datetime) -> None:
    with within(muni):
        row = Delivery.objects.select_for_update().get(pk=key)
        row.attempts += 1
        row.error = str(error) if isinstance(error, EnishiError) else f"{type(error).__name__}: {error}"
        row.next_try_at = now + min(FIRST_RETRY * 2 ** min(row.attempts - 1, 20), LONGEST_RETRY)
        row.save(update_fields=["attempts", "error", "next_try_at"])


def _happening(row: Delivery) -> Happening:
    return Happening(row.muni, row.person, Event(row.event), row.act, row.day, row.at)
