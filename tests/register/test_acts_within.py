"""Acts within one municipality: moves within, households, births and deaths; what the law or the record forbids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import services
from enishi.register.filing import perform_act
from enishi.register.models import (
    Act,
    ActPerson,
    Address,
    Fact,
    Membership,
    Person,
    PersonName,
    RefusedAct,
    Residence,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    NEW_HOUSEHOLD,
    Birth,
    DayCorrected,
    FamilyChange,
    FamilyNotice,
    HouseholdChange,
    ItemsCorrected,
    Leaving,
    MoveWithin,
    NewName,
    Report,
    Seat,
)
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, CHUO, person, small_snapshot

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 1)
TODAY = date(2020, 6, 10)
NOW = datetime(2099, 6, 10, 3, 0, tzinfo=UTC)
"""Later than the loading of the family, which is recorded at the real moment."""

NEXT_DOOR = Place(CHIYODA, "霞が関", postcode="1000013", block="2番1号", building="庁舎301")
FATHER, MOTHER, CHILD = 1, 2, 3


@pytest.fixture(autouse=True)
def family(tmp_path: Path) -> None:
    """A family of three in Chiyoda, and one person in Chuo."""
    rows = [
        person(FATHER, household=7),
        person(MOTHER, household=7, relation="spouse", sex=2),
        person(CHILD, household=7, relation="child", birth_date=date(2010, 1, 2)),
        person(9, household=9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def report(day: date | str = DAY, key: str = "k1", **said: Any) -> Report:
    effective = PartialDate.of(day) if isinstance(day, date) else PartialDate.parse(day)
    return replace(Report(CHIYODA, effective, TODAY, "officer:1", key, NOW, TODAY), **said)


def ordered(day: date = DAY, key: str = "k1") -> Report:
    return report(day, key, reported_on=None)


def move(said: Report, movers: list[int], place: Place, seats: list[Seat] | None = None) -> int:
    return perform_act(said, MoveWithin(Kind.MOVE_WITHIN, tuple(movers), place, tuple(seats or ())))


def change(kind: Kind, said: Report, seats: list[Seat]) -> int:
    return perform_act(said, HouseholdChange(kind, tuple(seats)))


def die(said: Report, who: int, *seats: Seat) -> int:
    return perform_act(said, Leaving(Kind.DEATH, who, seats))


def rename(said: Report, who: int, name: NewName) -> int:
    return perform_act(said, FamilyNotice("marriage", (FamilyChange(who, (name,)),)))


def believed(model: type[Fact], who: int, day: date = DAY) -> Any:
    return model._default_manager.filter(muni=CHIYODA, person=who).as_of(day).get()


def everything() -> list[Any]:
    """What every table of the register holds: to see that a refused act changed nothing."""
    groups = (Act, ActPerson, Address, Membership, Residence, PersonName, Person)
    return [list(model._default_manager.order_by("pk").values()) for model in groups]


def test_a_move_within_changes_the_address_from_that_day_on() -> None:
    number = move(report(), [FATHER, MOTHER, CHILD], NEXT_DOOR)
    for who in (FATHER, MOTHER, CHILD):
        assert believed(Address, who, DAY - timedelta(days=1)).town != "霞が関"
        address = believed(Address, who)
        assert (address.town, address.block, address.building, address.since, address.act) == (
            "霞が関",
            "2番1号",
            "庁舎301",
            DAY,
            number,
        )
        assert believed(Residence, who).until is None
    assert Act.objects.get(muni=CHIYODA, number=number).facts["days_late"] == 0


def test_a_late_report_is_accepted_and_its_lateness_recorded() -> None:
    number = move(report(date(2020, 5, 1)), [FATHER, MOTHER, CHILD], NEXT_DOOR)
    assert Act.objects.get(muni=CHIYODA, number=number).facts["days_late"] == 26


def test_the_same_filing_twice_is_one_act() -> None:
    first = move(report(), [CHILD], NEXT_DOOR)
    before = everything()
    assert move(report(), [CHILD], NEXT_DOOR) == first
    assert everything() == before
    with pytest.raises(Refused, match="another act"):
        move(report(), [CHILD, MOTHER], NEXT_DOOR)


def test_a_mother_moves_with_her_child_into_a_household_of_her_own() -> None:
    seats = [Seat(MOTHER, NEW_HOUSEHOLD, "head"), Seat(CHILD, NEW_HOUSEHOLD, "child")]
    move(report(), [MOTHER, CHILD], NEXT_DOOR, seats)
    mother, child, father = (believed(Membership, who) for who in (MOTHER, CHILD, FATHER))
    assert mother.household == child.household != father.household == 7
    assert mother.household // 10**9 == int(CHIYODA)


@pytest.mark.parametrize(
    ("kind", "seats", "expected"),
    [
        (Kind.HOUSEHOLD_SPLIT, [Seat(CHILD, NEW_HOUSEHOLD, "head")], {CHILD: (None, "head")}),
        (
            Kind.HEAD_CHANGE,
            [Seat(MOTHER, 7, "head"), Seat(FATHER, 7, "spouse")],
            {MOTHER: (7, "head"), FATHER: (7, "spouse"), CHILD: (7, "child")},
        ),
        (Kind.HOUSEHOLD_COMPOSITION, [Seat(CHILD, 7, "spouse.child")], {CHILD: (7, "spouse.child")}),
    ],
)
def test_households_change(
    kind: Kind, seats: list[Seat], expected: dict[int, tuple[int | None, str]]
) -> None:
    change(kind, report(), seats)
    for who, (household, relation) in expected.items():
        place = believed(Membership, who)
        assert place.relation == relation
        assert household is None or place.household == household


def test_households_split_and_merge_again() -> None:
    change(Kind.HOUSEHOLD_SPLIT, report(), [Seat(CHILD, NEW_HOUSEHOLD, "head")])
    later = report(date(2020, 6, 5), "k2")
    change(Kind.HOUSEHOLD_MERGE, later, [Seat(CHILD, 7, "child")])
    assert believed(Membership, CHILD, date(2020, 6, 4)).household != 7
    assert believed(Membership, CHILD, date(2020, 6, 5)).household == 7


def test_a_child_is_born_into_its_parents_household() -> None:
    name = NewName(NameKind.REGISTERED, "佐藤", "花", "サトウ", "ハナ")
    number = perform_act(ordered(), Birth(2, name, MOTHER, "child"))
    (child,) = ActPerson.objects.filter(act=number).exclude(person=MOTHER).values_list("person", flat=True)
    assert child // 10**9 == int(CHIYODA)
    assert believed(Residence, child).entry == "birth"
    assert believed(Membership, child).household == 7
    assert believed(Address, child).town == believed(Address, MOTHER).town
    assert PersonName.objects.get(person=child).kana_key == "サトウハナ"
    assert Person.objects.get(pk=child).muni == CHIYODA


def test_the_dead_leave_the_register_on_the_day_after() -> None:
    seats = [Seat(MOTHER, 7, "head")]
    die(ordered(), FATHER, *seats)
    assert believed(Residence, FATHER, DAY).until == DAY + timedelta(days=1)
    assert not Residence.objects.filter(person=FATHER).as_of(DAY + timedelta(days=1)).exists()
    assert believed(Membership, MOTHER, DAY).relation == "spouse"
    assert believed(Membership, MOTHER, DAY + timedelta(days=1)).relation == "head"


def test_a_name_changes_by_marriage_and_what_it_was_stays_answerable() -> None:
    married = NewName(NameKind.REGISTERED, "鈴木", "花子", "スズキ", "ハナコ")
    before = PersonName.objects.get(person=MOTHER).surname
    rename(ordered(), MOTHER, married)
    assert believed(PersonName, MOTHER, DAY - timedelta(days=1)).surname == before
    assert believed(PersonName, MOTHER).surname == "鈴木"


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "a move of the future": (
        lambda: move(report(date(2020, 6, 11)), [CHILD], NEXT_DOOR),
        Refused,
        "nobody has moved yet",
    ),
    "a report of the future": (
        lambda: move(report(reported_on=date(2020, 6, 11)), [CHILD], NEXT_DOOR),
        Refused,
        "has not come",
    ),
    "before birth": (
        lambda: move(report(date(2010, 1, 1)), [CHILD], NEXT_DOOR),
        Refused,
        "born on 2010-01-02",
    ),
    "someone of another municipality": (
        lambda: move(report(), [9], NEXT_DOOR),
        Refused,
        "no record of this person",
    ),
    "nobody": (lambda: move(report(), [], NEXT_DOOR), BadInput, "nobody moves"),
    "an address elsewhere": (
        lambda: move(report(), [CHILD], replace(NEXT_DOOR, muni=CHUO)),
        BadInput,
        "report a move out",
    ),
    "an address without town": (
        lambda: move(report(), [CHILD], replace(NEXT_DOOR, town=" ")),
        BadInput,
        "no town",
    ),
    "an address with half a postcode": (
        lambda: move(report(), [CHILD], replace(NEXT_DOOR, postcode="100")),
        BadInput,
        "no postcode",
    ),
    "a household without a head": (
        lambda: change(Kind.HOUSEHOLD_SPLIT, report(), [Seat(FATHER, NEW_HOUSEHOLD, "head")]),
        Refused,
        "would have no head on 2020-06-01",
    ),
    "a head who dies and leaves the others": (
        lambda: die(ordered(), FATHER),
        Refused,
        "would have no head on 2020-06-02",
    ),
    "two heads": (
        lambda: change(Kind.HEAD_CHANGE, report(), [Seat(MOTHER, 7, "head")]),
        Refused,
        "two heads",
    ),
    "a relationship that is none": (
        lambda: change(Kind.HOUSEHOLD_COMPOSITION, report(), [Seat(CHILD, 7, "head.child")]),
        BadInput,
        "no relationship",
    ),
    "a birth by report": (
        lambda: perform_act(report(), Birth(1, NewName(NameKind.REGISTERED, "佐藤"), MOTHER, "child")),
        Refused,
        "does not come about by report",
    ),
    "a move ex officio": (
        lambda: move(ordered(), [CHILD], NEXT_DOOR),
        Refused,
        "does not come about ex officio",
    ),
    "an empty name": (
        lambda: rename(ordered(), MOTHER, NewName(NameKind.REGISTERED)),
        BadInput,
        "name is empty",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing(case: str) -> None:
    act, error, words = REFUSED[case]
    before = everything()
    with pytest.raises(error, match=words) as refused:
        act()
    assert everything() == before
    attempt = RefusedAct.objects.get()
    assert (attempt.muni, attempt.actor, attempt.reason) == (CHIYODA, "officer:1", refused.value.what)


def test_acts_come_in_order() -> None:
    move(report(date(2020, 6, 5)), [CHILD], NEXT_DOOR)
    with pytest.raises(Refused, match="entered already"):
        move(report(key="k2"), [CHILD], replace(NEXT_DOOR, town="永田町"))


def test_nothing_more_is_reported_of_the_dead() -> None:
    die(ordered(), CHILD)
    for day in (DAY + timedelta(days=1), date(2020, 6, 10)):
        with pytest.raises(Refused, match="left the register on 2020-06-01"):
            move(report(day, "k2"), [CHILD], NEXT_DOOR)


def test_a_day_that_is_not_fully_known_keeps_its_words() -> None:
    number = move(report("令和2年5月日不詳"), [CHILD], NEXT_DOOR)
    act = Act.objects.get(muni=CHIYODA, number=number)
    assert (act.effective, act.effective_latest) == (date(2020, 5, 1), date(2020, 5, 31))
    assert believed(Address, CHILD, date(2020, 5, 1)).town == "霞が関"


def test_a_correction_replaces_what_was_believed_and_keeps_it_answerable() -> None:
    known = NOW - timedelta(hours=1)
    before = believed(Address, CHILD).town
    number = perform_act(ordered(), ItemsCorrected(CHILD, "address", {"town": "一番町"}))
    assert believed(Address, CHILD).town == "一番町"
    assert believed(Address, CHILD).since is None
    superseded = Address.objects.get(person=CHILD, superseded_by=number)
    assert (superseded.town, superseded.superseded_at) == (before, NOW)
    assert superseded.recorded_at != known


def test_the_day_of_a_move_is_corrected_on_both_sides_of_it() -> None:
    move(report(), [CHILD], NEXT_DOOR)
    perform_act(ordered(key="k2"), DayCorrected(CHILD, "address", date(2020, 5, 30)))
    assert believed(Address, CHILD, date(2020, 5, 29)).until == date(2020, 5, 30)
    assert believed(Address, CHILD, date(2020, 5, 30)).town == "霞が関"
    later = ordered(key="k3")
    perform_act(later, DayCorrected(CHILD, "address", date(2020, 6, 3)))
    assert believed(Address, CHILD, date(2020, 6, 2)).town != "霞が関"
    assert services.broken_chain(CHIYODA) is None


@pytest.mark.parametrize(
    ("group", "items", "error"),
    [
        ("castle", {"town": "x"}, BadInput),
        ("address", {}, BadInput),
        ("address", {"person": 9}, BadInput),
        ("particulars", {"census_cell": 3}, BadInput),
        ("domicile", {"place": "x"}, Refused),
    ],
)
def test_what_cannot_be_corrected(group: str, items: dict[str, Any], error: type[Exception]) -> None:
    before = everything()
    with pytest.raises(error):
        perform_act(ordered(), ItemsCorrected(CHILD, group, items))
    assert everything() == before
