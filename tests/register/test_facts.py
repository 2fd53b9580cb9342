"""Facts on three clocks: what the database itself refuses, and what can be asked of a day and of a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import facts, journal
from enishi.register.models import (
    Act,
    Address,
    Domicile,
    Fact,
    ForeignStatus,
    Membership,
    Particulars,
    Person,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.vocabulary import NameKind, StatusKind
from tests.factories import CHIYODA, CHUO

pytestmark = pytest.mark.django_db
START, END = date(2020, 4, 1), date(2020, 5, 1)
BEFORE, AFTER = date(2020, 3, 31), date(2020, 5, 2)
NOON = datetime(2020, 6, 1, 3, 0, tzinfo=UTC)
HOME = {"postcode": "1000001", "town": "千代田"}
NAME = {"kind": "registered", "surname": "佐藤", "key": "佐藤", "kana_key": "サトウ"}
GROUPS: list[tuple[type[Fact], dict[str, Any]]] = [
    (Particulars, {"birth_date": START, "birth_latest": START, "sex": 2}),
    (PersonName, NAME),
    (Residence, {}),
    (Address, HOME),
    (Domicile, {"place": "東京都千代田区千代田1番", "first_listed": "佐藤 太郎"}),
    (ForeignStatus, {"nationality": "VNM"}),
    (StatusItem, {"kind": "pension"}),
]


def act(muni: str = CHIYODA, at: datetime = NOON, **said: Any) -> Act:
    """A new act with a key of its own."""
    key = f"{muni} {Act.objects.count()}"
    filing = journal.Filing(
        muni, "test", "art. 8", PartialDate.of(START), None, "officer:1", key, [1], **said
    )
    return journal.record(filing, at)


def reside(since: date | None, until: date | None, muni: str = CHIYODA, person: int = 1) -> Fact:
    return facts.begin(act(muni), Residence, person, since, until)


@pytest.fixture(autouse=True)
def deferred(request: pytest.FixtureRequest) -> None:
    """Whole households are a matter of the end of a transaction, and of their own tests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("since", "until", "free"),
    [
        (None, START, True),
        (END, None, True),
        (BEFORE, START, True),
        (None, date(2020, 4, 2), False),
        (date(2020, 4, 30), None, False),
        (START, END, False),
        (date(2020, 4, 10), date(2020, 4, 11), False),
        (BEFORE, AFTER, False),
        (None, None, False),
    ],
)
def test_a_residence_beside_one_from_april_to_may(since: date | None, until: date | None, free: bool) -> None:
    reside(START, END)
    reside(START, END, person=2)
    reside(START, END, CHUO)
    if free:
        reside(since, until)
        assert Residence.objects.filter(muni=CHIYODA, person=1).count() == 2
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            reside(since, until)


@pytest.mark.parametrize(("group", "items"), GROUPS)
def test_no_group_holds_two_facts_of_a_person_on_one_day(group: type[Fact], items: dict[str, Any]) -> None:
    facts.begin(act(), group, 1, None, END, **items)
    with pytest.raises(IntegrityError), transaction.atomic():
        facts.begin(act(), group, 1, START, **items)
    facts.begin(act(), group, 1, END, **items)


FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


def test_neighbours_in_number_and_municipality_are_never_taken_for_each_other() -> None:
    """The greatest that a municipality gives too: its code and nine digits, as persons and households get them."""
    last = 999_999 * 10**9 + 999_999_999
    for person in (1, 2, 126_000_000, 126_000_001, 473_820 * 10**9 + 1, 473_820 * 10**9 + 2, last - 1, last):
        for muni in ("131016", "131017", "999999"):
            recorded = act(muni)
            for kind in ("registered", "former", "alias", "latin", "foreign_kanji"):
                name = NAME | {"kind": kind}
                facts.begin(recorded, PersonName, person, None, FIRST_DAY.replace(year=2), **name)
                facts.begin(recorded, PersonName, person, LAST_DAY, None, **name)
                facts.begin(recorded, PersonName, person, START, END, **name)
                for since, until in ((None, date(1, 1, 2)), (date(9998, 1, 1), None), (BEFORE, AFTER)):
                    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
                        facts.begin(recorded, PersonName, person, since, until, **name)


def test_every_kind_stands_for_itself_in_its_guard() -> None:
    guards = import_module("enishi.register.migrations.0002_guards")
    assert {
        PersonName._meta.db_table: [kind.value for kind in NameKind],
        StatusItem._meta.db_table: [kind.value for kind in StatusKind],
    } == guards.KINDS


def test_names_of_two_kinds_stand_beside_each_other() -> None:
    facts.begin(act(), PersonName, 1, None, **NAME)
    facts.begin(act(), PersonName, 1, None, **(NAME | {"kind": "former"}))


def test_a_person_is_in_one_household_at_a_time_and_a_household_has_one_head() -> None:
    facts.begin(act(), Membership, 1, None, START, household=1, relation="head")
    facts.begin(act(), Membership, 1, START, household=2, relation="child")
    for person, household, relation in ((1, 3, "child"), (2, 1, "head")):
        with pytest.raises(IntegrityError), transaction.atomic():
            facts.begin(act(), Membership, person, BEFORE, END, household=household, relation=relation)
    facts.begin(act(), Membership, 2, BEFORE, END, household=1, relation="spouse")
    transaction.set_rollback(True)


@pytest.mark.parametrize("until", [START, BEFORE])
def test_a_fact_holds_for_at_least_a_day(until: date) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        reside(START, until)


@pytest.mark.parametrize(
    ("group", "items"),
    [
        (Residence, {"entry": "teleport"}),
        (Residence, {"exit": "flight"}),
        (Address, HOME | {"institution": "castle"}),
        (PersonName, NAME | {"kind": "stage"}),
        (PersonName, NAME | {"provenance": "hearsay"}),
        (StatusItem, {"kind": "club"}),
        (Particulars, {"birth_date": START, "birth_latest": START, "sex": 9}),
        (Particulars, {"birth_date": START, "birth_latest": BEFORE, "sex": 1}),
    ],
)
def test_words_outside_the_lists_are_refused(group: type[Fact], items: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        facts.begin(act(), group, 1, None, **items)


def test_a_person_has_a_positive_id() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(id=0, muni=CHIYODA)


@pytest.mark.parametrize(
    "change",
    [
        {"town": "霞が関"},
        {"until": END},
        {"superseded_at": NOON},
        {"superseded_at": NOON - timedelta(seconds=1), "superseded_by": 2},
        {"town": "霞が関", "superseded_at": NOON, "superseded_by": 2},
    ],
)
def test_a_fact_is_never_altered_only_superseded(change: dict[str, Any]) -> None:
    home = facts.begin(act(), Address, 1, None, **HOME)
    with pytest.raises(DatabaseError), transaction.atomic():
        Address.objects.filter(pk=home.pk).update(**change)
    facts.supersede(act(at=NOON + timedelta(hours=1)), [home])
    for again in ({"superseded_at": NOON}, {"superseded_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Address.objects.filter(pk=home.pk).update(**again)
    with pytest.raises(DatabaseError), transaction.atomic():
        Address.objects.filter(pk=home.pk).delete()
    assert Address.objects.get().town == "千代田"


def test_who_decides_on_a_record_that_has_changed_since_is_told() -> None:
    home = facts.begin(act(), Address, 1, None, **HOME)
    facts.change(act(), home, START, town="霞が関")
    with pytest.raises(Refused, match="changed since"):
        facts.change(act(), home, START, town="永田町")
    assert [one.town for one in Address.objects.believed().order_by("id")] == ["千代田", "霞が関"]


DAYS = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 12))


@settings(max_examples=40)
@given(periods=st.lists(st.tuples(DAYS, DAYS), max_size=6))
def test_the_database_agrees_with_counting_days(periods: list[tuple[date | None, date | None]]) -> None:
    """Against the plainest rule: no day of the calendar lies in two of the periods that were let in."""
    low, high = date(2019, 12, 1).toordinal(), date(2020, 2, 1).toordinal()
    taken: set[int] = set()
    with transaction.atomic():
        for since, until in periods:
            days = set(range(since.toordinal() if since else low, until.toordinal() if until else high))
            try:
                with transaction.atomic():
                    reside(since, until)
                accepted = True
            except DatabaseError:
                accepted = False
            assert accepted == (bool(days) and not days & taken)
            taken |= days if accepted else set()
        transaction.set_rollback(True)


def test_those_on_the_register_on_a_day() -> None:
    reside(START, END)
    reside(None, START, person=2)
    reside(END, None, person=3)
    on = [BEFORE, START, date(2020, 4, 30), END]
    assert [sorted(Residence.objects.as_of(day).values_list("person", flat=True)) for day in on] == [
        [2],
        [1],
        [1],
        [3],
    ]


FIVE_DAYS = [date(2020, 3, 31), date(2020, 4, 1), date(2020, 5, 9), date(2020, 5, 10), date(2020, 7, 1)]
FIVE_MOMENTS = [datetime(2020, month, 20, tzinfo=UTC) for month in (3, 4, 5, 6, 7)]
"""Recorded in between, on the 15th of each month: the birth of the record in March; in April a move of 1 April; in May a
move of 10 May; in June the correction that the first move was on 31 March already; in July that the second never was."""

BY_HAND = [
    # 31 March, 1 April, 9 May, 10 May, 1 July: as known at
    ["平河町", "平河町", "平河町", "平河町", "平河町"],  # 20 March
    ["平河町", "霞が関", "霞が関", "霞が関", "霞が関"],  # 20 April
    ["平河町", "霞が関", "霞が関", "永田町", "永田町"],  # 20 May
    ["霞が関", "霞が関", "霞が関", "永田町", "永田町"],  # 20 June
    ["霞が関", "霞が関", "霞が関", "霞が関", "霞が関"],  # 20 July
]


def test_one_record_asked_of_five_days_as_known_at_five_moments() -> None:
    """Show 4 of the issue: every cell of the table was filled in by hand from the five acts."""
    march, april, may, june, july = (
        act(at=datetime(2020, month, 15, tzinfo=UTC)) for month in (3, 4, 5, 6, 7)
    )
    first = facts.begin(march, Address, 1, None, postcode="1020093", town="平河町")
    second = facts.change(april, first, date(2020, 4, 1), town="霞が関")
    third = facts.change(may, second, date(2020, 5, 10), town="永田町")
    before, moved, last = Address.objects.believed().order_by("id")
    assert last.pk == third.pk
    facts.supersede(june, [before, moved])
    before = facts.begin(june, Address, 1, None, date(2020, 3, 31), postcode="1020093", town="平河町")
    moved = facts.begin(
        june, Address, 1, date(2020, 3, 31), date(2020, 5, 10), postcode="1020093", town="霞が関"
    )
    facts.supersede(july, [third])
    facts.restate(july, moved, until=None)
    asked = [
        [Address.objects.as_of(day, moment).get(person=1).town for day in FIVE_DAYS]
        for moment in FIVE_MOMENTS
    ]
    assert asked == BY_HAND
    assert [Address.objects.as_of(day).get().town for day in FIVE_DAYS] == BY_HAND[-1]
    earliest = datetime(2020, 3, 14, tzinfo=UTC)
    assert not Address.objects.as_of(START, earliest).exists()
