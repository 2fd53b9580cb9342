"""Other rooms hear of acts exactly once, in order for each person, however they fail and whenever they were added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import services, subscriptions
from enishi.register.filing import perform_act
from enishi.register.models import Addressee, Delivery
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    FamilyChange,
    FamilyNotice,
    HouseholdChange,
    Leaving,
    MoveWithin,
    NewName,
    Report,
    Reported,
    Seat,
)
from enishi.register.subscriptions import Event, Happening, deliver_events, open_deliveries, subscribes
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, person, small_snapshot

pytestmark = pytest.mark.django_db
NOON = datetime(2120, 6, 10, 3, tzinfo=UTC)
DAY = date(2120, 6, 1)
FATHER, MOTHER, CHILD = 1, 2, 3
NEXT_DOOR = Place(CHIYODA, "霞が関", postcode="1000013")


@pytest.fixture(autouse=True)
def _family(tmp_path: Path) -> Iterator[None]:
    rows = [
        person(FATHER, household=7),
        person(MOTHER, household=7, relation="spouse"),
        person(CHILD, household=7, relation="child", birth_date=date(2110, 1, 1)),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))
    before = dict(subscriptions._subscribers)
    subscriptions._subscribers.clear()
    yield
    subscriptions._subscribers.clear()
    subscriptions._subscribers.update(before)


def act(said: Reported, key: str, reported: bool = True) -> int:
    report = Report(
        CHIYODA, PartialDate.of(DAY), DAY if reported else None, "officer:1", key, NOON, NOON.date()
    )
    return perform_act(report, said)


def move(key: str = "m", *movers: int) -> int:
    return act(MoveWithin(Kind.MOVE_WITHIN, movers or (FATHER, MOTHER, CHILD), NEXT_DOOR), key)


def rename(who: int, surname: str, key: str) -> int:
    name = NewName(NameKind.REGISTERED, surname, "花", "タナカ", "ハナ")
    return act(FamilyNotice("name", (FamilyChange(who, (name,)),)), key, reported=False)


def heard(name: str, *events: Event) -> list[Happening]:
    seen: list[Happening] = []

    @subscribes(name, *events)
    def note(happening: Happening, now: datetime) -> None:
        seen.append(happening)

    return seen


def test_every_mover_is_told_once_and_only_what_was_asked_for() -> None:
    moves, names = heard("school", Event.MOVED_WITHIN), heard("tax", Event.RENAMED, Event.DIED)
    number = move("m", FATHER, CHILD)
    renamed = rename(MOTHER, "田中", "r")
    assert deliver_events(NOON) == 3
    assert [(one.person, one.act, one.day) for one in moves] == [(FATHER, number, DAY), (CHILD, number, DAY)]
    assert [(one.person, one.event, one.act) for one in names] == [(MOTHER, Event.RENAMED, renamed)]
    assert deliver_events(NOON) == 0
    assert len(moves) + len(names) == 3
    assert open_deliveries() == ()


def test_a_change_of_head_tells_nobody_of_a_move() -> None:
    moves = heard("school", Event.MOVED_WITHIN, Event.MOVED_IN, Event.MOVED_OUT)
    act(HouseholdChange(Kind.HEAD_CHANGE, (Seat(MOTHER, 7, "head"), Seat(FATHER, 7, "spouse"))), "h")
    assert deliver_events(NOON) == 0
    assert moves == []


def test_what_fails_leaves_no_effect_is_kept_and_tried_again_and_holds_up_that_person_only() -> None:
    down, seen = [True], []

    @subscribes("tax", Event.MOVED_WITHIN, Event.RENAMED)
    def note(happening: Happening, now: datetime) -> None:
        Addressee.objects.create(muni=CHIYODA, number=1000 * happening.act + happening.person)
        if down[0] and (happening.person, happening.event) == (MOTHER, Event.MOVED_WITHIN):
            raise Refused("the tax desk is closed", where="tax", todo="wait")
        seen.append((happening.person, happening.event))

    move()
    rename(MOTHER, "田中", "r1")
    rename(CHILD, "田中", "r2")
    assert deliver_events(NOON) == 3
    assert seen == [
        (FATHER, Event.MOVED_WITHIN),
        (CHILD, Event.MOVED_WITHIN),
        (CHILD, Event.RENAMED),
    ]
    assert Addressee.objects.filter(number__gt=1000).count() == 3
    waiting = open_deliveries(CHIYODA)
    assert [(one.happening.event, one.attempts) for one in waiting] == [
        (Event.MOVED_WITHIN, 1),
        (Event.RENAMED, 0),
    ]
    assert "the tax desk is closed" in waiting[0].error
    down[0] = False
    assert deliver_events(NOON + timedelta(seconds=29)) == 0
    assert deliver_events(NOON + timedelta(seconds=30)) == 2
    assert seen[3:] == [(MOTHER, Event.MOVED_WITHIN), (MOTHER, Event.RENAMED)]
    assert open_deliveries() == ()


def test_the_pause_between_tries_grows_to_an_hour() -> None:
    @subscribes("tax", Event.DIED)
    def note(happening: Happening, now: datetime) -> None:
        raise ConnectionError("down")

    act(Leaving(Kind.DEATH, CHILD), "d", reported=False)
    now, pauses = NOON, []
    for _ in range(9):
        deliver_events(now)
        row = Delivery.objects.get()
        pauses.append(int((row.next_try_at - now).total_seconds()))
        now = row.next_try_at
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert Delivery.objects.get().error == "ConnectionError: down"


def test_a_slow_subscriber_holds_up_no_other_and_loses_nothing() -> None:
    def slow(name: str) -> Callable[[Happening, datetime], None]:
        def note(happening: Happening, now: datetime) -> None:
            raise TimeoutError(name)

        return note

    subscribes("slow", Event.MOVED_WITHIN)(slow("slow"))
    quick = heard("quick", Event.MOVED_WITHIN)
    move()
    deliver_events(NOON)
    assert len(quick) == 3
    assert {one.name for one in open_deliveries()} == {"slow"}
    subscriptions._subscribers.pop("slow")
    late = heard("slow", Event.MOVED_WITHIN)
    deliver_events(NOON + timedelta(hours=2))
    assert len(late) == 3


def test_a_room_added_later_hears_of_everything_that_was_before_once() -> None:
    heard("first", Event.MOVED_WITHIN)
    move()
    deliver_events(NOON)
    seen = heard("second", Event.MOVED_WITHIN)
    assert deliver_events(NOON) == 3
    assert deliver_events(NOON) == 0
    assert [one.person for one in seen] == [FATHER, MOTHER, CHILD]


def test_a_refused_act_tells_nobody() -> None:
    seen = heard("school", *Event)
    with pytest.raises(Refused):
        act(Leaving(Kind.DEATH, FATHER), "d", reported=False)
    assert deliver_events(NOON) == 0
    assert seen == []


def test_a_room_subscribes_once_to_an_event() -> None:
    heard("tax", Event.BORN)
    with pytest.raises(RuntimeError, match="twice"):
        heard("tax", Event.BORN)
