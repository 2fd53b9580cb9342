"""A household has a head, and its members are residents, on every day: said at the end of an act, and by PostgreSQL itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.errors import Refused
from enishi.register import facts
from enishi.register.consistency import first_left, whole_households
from enishi.register.models import Membership, Residence
from tests.factories import CHIYODA
from tests.register.test_facts import act

pytestmark = pytest.mark.django_db
START, MIDDLE, END = date(2020, 4, 1), date(2020, 4, 15), date(2020, 5, 1)
Days = tuple[date | None, date | None]


def member(
    person: int, relation: str, days: Days = (None, None), resident: Days | None = (None, None)
) -> None:
    if resident is not None:
        facts.begin(act(), Residence, person, *resident)
    facts.begin(act(), Membership, person, *days, household=7, relation=relation)


def refused(words: str) -> None:
    """The act's own check says so in words, and PostgreSQL refuses it at the end."""
    with pytest.raises(Refused, match=words):
        whole_households(CHIYODA, [1, 2])
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def accepted() -> None:
    whole_households(CHIYODA, [1, 2])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_family_with_its_head() -> None:
    member(1, "head")
    member(2, "spouse", (START, END))
    accepted()


def test_a_household_without_a_head() -> None:
    member(2, "child")
    refused("no head on 0001-01-01")


def test_children_whose_head_has_left() -> None:
    member(1, "head", (None, START))
    member(2, "child")
    refused("no head on 2020-04-01")


def test_one_head_after_the_other() -> None:
    member(1, "head", (None, START))
    member(2, "child", (None, START))
    facts.begin(act(), Membership, 2, START, household=7, relation="head")
    accepted()


@pytest.mark.parametrize("resident", [None, (None, END), (MIDDLE, None)])
def test_a_member_who_is_no_resident(resident: Days | None) -> None:
    member(1, "head")
    member(2, "spouse", (START, None), resident)
    refused("no resident on")


def test_what_is_superseded_does_not_count() -> None:
    member(1, "head")
    member(2, "spouse", resident=None)
    facts.supersede(act(), [Membership.objects.get(person=2)])
    accepted()


DAY = st.dates(date(2020, 1, 1), date(2020, 1, 20))
PERIOD = st.tuples(DAY, DAY)


@given(days=PERIOD, periods=st.lists(PERIOD, max_size=5))
def test_the_first_day_left_is_what_counting_days_says(
    days: tuple[date, date], periods: list[tuple[date, date]]
) -> None:
    covered = {day for since, until in periods for day in range(since.toordinal(), until.toordinal())}
    left = [day for day in range(days[0].toordinal(), days[1].toordinal()) if day not in covered]
    assert first_left(days, periods) == (date.fromordinal(left[0]) if left else None)
