"""Several desks of one municipality at once, on a database that really lets them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from enishi.kernel.errors import Refused
from enishi.register import services
from enishi.register.filing import perform_act
from enishi.register.models import Act, Address
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import MoveWithin
from tests.factories import CHIYODA, person, small_snapshot
from tests.platform.test_at_the_same_time import all_at_once
from tests.register.test_acts_within import NEXT_DOOR, report

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def residents(tmp_path: Path) -> None:
    """Four residents, each a household."""
    rows = [person(number, household=10 + number) for number in range(1, 5)]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def moved(who: int, key: str, block: str) -> int:
    place = replace(NEXT_DOOR, block=block)
    return perform_act(report(key=key), MoveWithin(Kind.MOVE_WITHIN, (who,), place))


def test_one_filing_sent_by_several_at_once_is_one_act() -> None:
    numbers = all_at_once(lambda _number: moved(1, "same", "1番"))
    assert numbers == [2, 2, 2, 2]
    assert Address.objects.believed().filter(person=1, since__isnull=False).count() == 1


def test_acts_at_once_are_numbered_and_chained_without_gap() -> None:
    numbers = all_at_once(lambda number: moved(number + 1, f"k{number}", "1番"))
    assert sorted(numbers) == [2, 3, 4, 5]
    assert services.broken_chain(CHIYODA) is None


def test_of_two_acts_on_one_person_and_day_the_second_sees_the_first() -> None:
    def work(number: int) -> int | None:
        try:
            return moved(1, f"k{number}", f"{number}番")
        except Refused:
            return None

    done = [number for number in all_at_once(work) if number is not None]
    assert sorted(done) == sorted(Act.objects.exclude(number=1).values_list("number", flat=True))
    (address,) = Address.objects.believed().filter(person=1, since__isnull=False)
    assert address.act == max(done)
