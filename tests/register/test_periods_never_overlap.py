"""The database itself refuses two residences of one person on one day; the next day is another day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.register.models import Membership, Person, Residence
from tests.factories import CHIYODA, CHUO

pytestmark = pytest.mark.django_db
START, END = date(2020, 4, 1), date(2020, 5, 1)
BEFORE, AFTER = date(2020, 3, 31), date(2020, 5, 2)


def reside(since: date | None, until: date | None, muni: str = CHIYODA, person: int = 1) -> Residence:
    return Residence.objects.create(
        muni=muni, person=person, postcode="1000001", town="千代田", since=since, until=until
    )


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
    if free:
        reside(since, until, CHUO)
        assert Residence.objects.filter(person=1).count() == 2
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            reside(since, until, CHUO)


def test_a_change_may_not_overlap_either_but_may_shorten() -> None:
    first = reside(None, START)
    reside(START, END)
    with pytest.raises(IntegrityError), transaction.atomic():
        Residence.objects.filter(pk=first.pk).update(until=date(2020, 4, 2))
    Residence.objects.filter(pk=first.pk).update(until=BEFORE)
    assert Residence.objects.get(pk=first.pk).until == BEFORE


def test_a_person_is_in_one_household_at_a_time() -> None:
    Membership.objects.create(muni=CHIYODA, household=1, person=1, relation="head", until=START)
    Membership.objects.create(muni=CHIYODA, household=2, person=1, relation="child", since=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(muni=CHIYODA, household=3, person=1, relation="head", since=END)


@pytest.mark.parametrize("until", [START, BEFORE])
def test_a_residence_lasts_at_least_a_day(until: date) -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        reside(START, until)


@pytest.mark.parametrize("columns", [{"entry": "teleport"}, {"exit": "flight"}, {"institution": "castle"}])
def test_words_outside_the_lists_are_refused(columns: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Residence.objects.create(muni=CHIYODA, person=1, postcode="1000001", town="千代田", **columns)


def test_a_person_has_a_positive_id_and_a_sex_of_the_standard() -> None:
    for number, sex in ((0, 1), (1, 9)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(id=number, muni=CHIYODA, sex=sex, birth_date=START, nationality="JPN")


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
    on = [date(2020, 3, 31), START, date(2020, 4, 30), END]
    assert [
        sorted(Residence.objects.all().resident_on(day).values_list("person", flat=True)) for day in on
    ] == [
        [2],
        [1],
        [1],
        [3],
    ]
