"""Moves in and out, from and to abroad, their cancellation, and the notice of having arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import services
from enishi.register.filing import foreseen_changes, perform_act
from enishi.register.models import (
    Act,
    ActPerson,
    Address,
    Domicile,
    Membership,
    Person,
    PersonName,
    Residence,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    NEW_HOUSEHOLD,
    NEW_PERSON,
    Arrival,
    Arrived,
    Departure,
    Leaving,
    Newcomer,
    NewDomicile,
    NewName,
    NewStatus,
    Report,
    Seat,
    TakingBack,
)
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, CHUO, person, small_snapshot

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 1)
TODAY = date(2020, 6, 10)
NOW = datetime(2099, 6, 10, 3, 0, tzinfo=UTC)
HERE = Place(CHIYODA, "霞が関", postcode="1000013", block="2番1号")
THERE = Place(CHUO, "築地", postcode="1040045", block="1丁目1番1号")
PARIS = Place("", "1 rue de Rivoli, Paris", country="FRA")
FATHER, MOTHER, CHILD, ALONE = 1, 2, 3, 9
HANAKO = (NewName(NameKind.REGISTERED, "佐藤", "花子", "サトウ", "ハナコ"),)
KOFU = NewDomicile("山梨県甲府市丸の内一丁目1番", "佐藤 花子")


@pytest.fixture(autouse=True)
def family(tmp_path: Path) -> None:
    """A family of three in Chiyoda, and one person in Chuo."""
    rows = [
        person(FATHER, household=7),
        person(MOTHER, household=7, relation="spouse", sex=2),
        person(CHILD, household=7, relation="child", birth_date=date(2010, 1, 2)),
        person(ALONE, household=9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def report(day: date = DAY, key: str = "k1", **said: Any) -> Report:
    return replace(
        Report(CHIYODA, PartialDate.of(day), min(day, TODAY), "officer:1", key, NOW, TODAY), **said
    )


def ordered(day: date = DAY, key: str = "k2") -> Report:
    return report(day, key, reported_on=None)


def hanako(who: int = NEW_PERSON, household: int = NEW_HOUSEHOLD, relation: str = "head") -> Newcomer:
    born = PartialDate.of(date(1990, 5, 5))
    return Newcomer(who, 2, born, HANAKO, household, relation, domicile=KOFU)


def arrival(*newcomers: Newcomer, came_from: Place = THERE, kind: Kind = Kind.MOVE_IN) -> Arrival:
    return Arrival(kind, newcomers or (hanako(ALONE),), HERE, came_from)


def departure(*movers: int, seats: tuple[Seat, ...] = (), to: Place = THERE) -> Departure:
    kind = Kind.MOVE_OUT if to.muni else Kind.MOVE_OUT_ABROAD
    return Departure(kind, movers or (FATHER, MOTHER, CHILD), to, seats)


def here(who: int, day: date) -> Any:
    return Residence.objects.filter(muni=CHIYODA, person=who).as_of(day).first()


def everything() -> list[Any]:
    """What the register says now, row by row, whatever acts stand behind it."""
    hidden = ("id", "act", "recorded_at", "superseded_at", "superseded_by", "went_to")
    return [
        sorted(
            (
                [(name, value) for name, value in row.items() if name not in hidden]
                for row in model._default_manager.believed().values()
            ),
            key=str,
        )
        for model in (Address, Membership, Residence, PersonName)
    ]


def test_who_moves_in_has_a_whole_record_from_that_day() -> None:
    number = perform_act(report(), arrival())
    stay = here(ALONE, DAY)
    assert (stay.entry, stay.since, stay.came_from["town"], here(ALONE, DAY - timedelta(days=1))) == (
        "move_in",
        DAY,
        "築地",
        None,
    )
    place = Membership.objects.get(muni=CHIYODA, person=ALONE)
    assert (place.household // 10**9, place.relation) == (int(CHIYODA), "head")
    assert Address.objects.get(muni=CHIYODA, person=ALONE).block == "2番1号"
    assert Domicile.objects.get(muni=CHIYODA, person=ALONE).first_listed == "佐藤 花子"
    assert Person.objects.get(pk=ALONE).muni == CHIYODA
    assert Act.objects.get(muni=CHIYODA, number=number).facts["days_late"] == 0


def test_who_comes_from_abroad_for_the_first_time_gets_an_id_and_may_join_a_household() -> None:
    wife = replace(
        hanako(household=7, relation="child.spouse"),
        domicile=None,
        foreign=NewStatus("FRA", "永住者"),
        names=(NewName(NameKind.LATIN, whole="DUPONT MARIE"),),
    )
    number = perform_act(report(), arrival(wife, came_from=PARIS, kind=Kind.MOVE_IN_FROM_ABROAD))
    (who,) = ActPerson.objects.filter(muni=CHIYODA, act=number).values_list("person", flat=True)
    assert who // 10**9 == int(CHIYODA)
    assert here(who, DAY).entry == "from_abroad"
    assert Membership.objects.get(person=who).household == 7


def test_a_household_that_moves_out_ahead_is_on_the_register_until_the_day_before() -> None:
    later = date(2020, 7, 1)
    perform_act(report(later), departure())
    for who in (FATHER, MOTHER, CHILD):
        stay = here(who, later - timedelta(days=1))
        assert (stay.until, stay.exit, stay.going_to["town"]) == (later, "move_out", "築地")
        assert here(who, later) is None
        assert not Membership.objects.filter(person=who).as_of(later).exists()


def test_a_head_who_moves_away_leaving_a_child_names_a_new_head() -> None:
    with pytest.raises(Refused, match="no head on 2020-06-01"):
        perform_act(report(), departure(FATHER))
    perform_act(report(), departure(FATHER, seats=(Seat(MOTHER, 7, "head"),)))
    assert Membership.objects.filter(person=MOTHER).as_of(DAY).get().relation == "head"


def test_a_cancelled_move_out_leaves_the_record_as_it_was() -> None:
    before = everything()
    number = perform_act(report(), departure(FATHER, seats=(Seat(MOTHER, 7, "head"),)))
    assert everything() != before
    perform_act(report(TODAY, "k2"), TakingBack(Kind.MOVE_OUT_CANCELLED, number))
    assert everything() == before
    with pytest.raises(Refused, match="settled this move already"):
        perform_act(report(TODAY, "k3"), TakingBack(Kind.MOVE_OUT_CANCELLED, number))


@pytest.mark.parametrize("days", [-3, 0, 4])
def test_the_confirmed_destination_and_day_stand_in_the_old_record(days: int) -> None:
    number = perform_act(report(), departure())
    really, town = DAY + timedelta(days=days), replace(THERE, town="佃")
    perform_act(ordered(really), Arrived(number, (FATHER, MOTHER, CHILD), town))
    for who in (FATHER, MOTHER, CHILD):
        stay = here(who, really - timedelta(days=1))
        assert (stay.until, stay.going_to["town"], stay.went_to["town"]) == (really, "築地", "佃")
        assert here(who, really) is None
    with pytest.raises(Refused, match="settled this move already"):
        perform_act(report(TODAY, "k3"), TakingBack(Kind.MOVE_OUT_CANCELLED, number))


def test_whoever_stayed_of_those_announced_never_left() -> None:
    before = here(FATHER, DAY)
    number = perform_act(report(), departure())
    with pytest.raises(Refused, match="no head on 2020-06-01"):
        perform_act(ordered(), Arrived(number, (MOTHER, FATHER), THERE))
    perform_act(ordered(key="k3"), Arrived(number, (MOTHER, CHILD), THERE))
    assert (here(FATHER, DAY).until, here(FATHER, DAY).exit) == (before.until, None)
    assert Membership.objects.filter(person=FATHER).as_of(DAY).get().relation == "head"
    assert here(CHILD, DAY) is None


def test_who_comes_back_takes_up_the_old_record() -> None:
    perform_act(report(date(2020, 5, 1), "out"), departure(FATHER, seats=(Seat(MOTHER, 7, "head"),)))
    name = PersonName.objects.believed().get(muni=CHIYODA, person=FATHER)
    same = NewName(
        NameKind.REGISTERED, name.surname, name.given, name.surname_kana or "", name.given_kana or ""
    )
    back = replace(hanako(FATHER, 7, "spouse"), names=(same,), sex=1)
    perform_act(report(key="in"), arrival(back))
    assert here(FATHER, date(2020, 5, 15)) is None
    assert here(FATHER, DAY).entry == "move_in"
    assert Residence.objects.believed().filter(muni=CHIYODA, person=FATHER).count() == 2


@pytest.mark.parametrize("kind", [Kind.DISAPPEARANCE, Kind.ERASURE])
def test_what_was_erased_is_restored(kind: Kind) -> None:
    before = everything()
    number = perform_act(ordered(), Leaving(kind, CHILD))
    assert here(CHILD, DAY) is None
    back = Kind.DISAPPEARANCE_REVERSED if kind is Kind.DISAPPEARANCE else Kind.RESTORATION
    wrong = Kind.RESTORATION if kind is Kind.DISAPPEARANCE else Kind.DISAPPEARANCE_REVERSED
    with pytest.raises(Refused, match="is no"):
        perform_act(ordered(key="k3"), TakingBack(wrong, number))
    perform_act(ordered(key="k4"), TakingBack(back, number))
    assert everything() == before


def test_a_preview_says_what_would_change_and_changes_nothing() -> None:
    before = everything(), list(Act.objects.values())
    changes = {one.person: one for one in foreseen_changes(report(), departure(CHILD))}
    assert (everything(), list(Act.objects.values())) == before
    assert {one.group for one in changes[CHILD].ceased} == {"residence", "address", "membership"}
    assert {one.until for one in changes[CHILD].entered} == {DAY}
    with pytest.raises(Refused):
        foreseen_changes(report(), departure(FATHER))
    assert perform_act(report(), departure(CHILD)) == 2


REFUSED: dict[str, tuple[Callable[[], object], type[EnishiError], str]] = {
    "somebody who is here already": (
        lambda: perform_act(report(), arrival(hanako(CHILD))),
        Refused,
        "a resident here already",
    ),
    "before birth": (
        lambda: perform_act(report(date(1990, 5, 4)), arrival()),
        Refused,
        "born on 1990-05-05",
    ),
    "the future": (lambda: perform_act(report(date(2020, 6, 11)), arrival()), Refused, "nobody has moved"),
    "an address elsewhere": (
        lambda: perform_act(report(), replace(arrival(), to=THERE)),
        BadInput,
        "the address lies in",
    ),
    "nobody": (lambda: perform_act(report(), replace(arrival(), newcomers=())), BadInput, "nobody moves in"),
    "one twice": (
        lambda: perform_act(report(), arrival(hanako(ALONE), hanako(ALONE))),
        BadInput,
        "stands twice",
    ),
    "from abroad by the wrong act": (
        lambda: perform_act(report(), arrival(came_from=PARIS)),
        BadInput,
        "does not fit",
    ),
    "a second head": (
        lambda: perform_act(report(), arrival(hanako(ALONE, 7, "head"))),
        Refused,
        "two heads",
    ),
    "out to here": (lambda: perform_act(report(), departure(to=HERE)), BadInput, "in this municipality"),
    "out of elsewhere": (
        lambda: perform_act(report(), departure(ALONE)),
        Refused,
        "no record of this person",
    ),
    "abroad by the wrong act": (
        lambda: perform_act(report(), replace(departure(to=PARIS), kind=Kind.MOVE_OUT)),
        BadInput,
        "does not fit",
    ),
    "an arrival of somebody who never left": (
        lambda: perform_act(ordered(), Arrived(perform_act(report(), departure(CHILD)), (MOTHER,), THERE)),
        BadInput,
        "did not leave by this act",
    ),
    "an arrival after no departure": (
        lambda: perform_act(ordered(), Arrived(1, (MOTHER,), THERE)),
        Refused,
        "is no move out or move abroad",
    ),
    "a move of the dead": (
        lambda: [
            perform_act(ordered(), Leaving(Kind.DEATH, CHILD)),
            perform_act(report(TODAY), departure(CHILD)),
        ],
        Refused,
        "left the register",
    ),
    "a head without registered domicile or nationality": (
        lambda: perform_act(
            report(),
            arrival(replace(hanako(), domicile=None), came_from=PARIS, kind=Kind.MOVE_IN_FROM_ABROAD),
        ),
        BadInput,
        "neither registered domicile nor nationality",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    act, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        act()
