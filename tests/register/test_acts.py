"""The journal: acts are numbered, chained, recorded once, and never altered; the record is asked through the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import Answer, Reader, reads_of
from enishi.register import facts, journal, services
from enishi.register.models import Act, ActPerson, Address, PersonName, Residence
from enishi.register.vocabulary import Manner
from tests.factories import CHIYODA, CHUO

pytestmark = pytest.mark.django_db
NOON = datetime(2020, 6, 1, 3, 0, tzinfo=UTC)
DAY = date(2020, 6, 1)
FILING = journal.Filing(
    CHIYODA,
    "move_within",
    "Basic Resident Register Act art. 23",
    PartialDate.parse("令和2年5月日不詳"),
    DAY,
    "officer:1",
    "key-1",
    [3, 1],
    facts={"town": "霞が関"},
)
OFFICER = Reader("officer:1", "resident record", "Basic Resident Register Act art. 1", muni=CHIYODA)


def test_an_act_keeps_its_three_clocks_and_its_words() -> None:
    act = journal.record(FILING, NOON)
    assert (act.number, act.manner, act.reported_on, act.recorded_at) == (1, Manner.REPORT, DAY, NOON)
    assert (act.effective, act.effective_latest) == (date(2020, 5, 1), date(2020, 5, 31))
    assert list(ActPerson.objects.order_by("person").values_list("person", flat=True)) == [1, 3]
    ordered = journal.record(replace(FILING, reported_on=None, key="key-2"), NOON)
    assert (ordered.number, ordered.manner) == (2, Manner.EX_OFFICIO)
    assert ordered.previous_hash == act.hash


def test_the_same_filing_again_is_one_act_and_another_under_its_key_is_refused() -> None:
    assert journal.recorded(FILING) is None
    assert journal.record(FILING, NOON) == journal.recorded(FILING)
    with pytest.raises(Refused, match="another act"):
        journal.recorded(replace(FILING, facts={"town": "永田町"}))
    assert journal.recorded(replace(FILING, muni=CHUO)) is None
    assert journal.record(replace(FILING, muni=CHUO), NOON).number == 1


@pytest.mark.parametrize("model", [Act, ActPerson])
def test_the_journal_is_never_altered(model: type[Act] | type[ActPerson]) -> None:
    journal.record(FILING, NOON)
    for alter in (lambda rows: rows.update(muni=CHUO), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            alter(model._default_manager.all())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_act SET reason = 'x' WHERE number = 2",
        "UPDATE register_act SET recorded_at = '2020-06-01 03:00:01' WHERE number = 2",
        "UPDATE register_act SET facts = '{}' WHERE number = 2",
        "UPDATE register_actperson SET person = 9 WHERE act = 2 AND person = 3",
        "DELETE FROM register_actperson WHERE act = 2 AND person = 3",
        "DELETE FROM register_act WHERE number = 2",
        "UPDATE register_act SET hash = previous_hash WHERE number = 2",
    ],
)
def test_what_somebody_alters_behind_the_traps_the_chain_tells(statement: str) -> None:
    for number in range(1, 4):
        journal.record(replace(FILING, key=f"key-{number}"), NOON)
    assert services.broken_chain(CHIYODA) is None
    with connection.cursor() as cursor:
        for table in ("register_act", "register_actperson"):
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                for act in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER append_only_{table}_{act}")
        cursor.execute(statement)
    assert services.broken_chain(CHIYODA) in (2, 3)


@pytest.fixture
def moved() -> Act:
    """A resident named Sato, known since 1 May, whose move of 15 May was recorded on 1 June."""
    may = datetime(2020, 5, 1, tzinfo=UTC)
    born = journal.record(replace(FILING, kind="move_in", key="in"), may)
    name = {"kind": "registered", "surname": "佐藤", "key": "佐藤", "kana_key": "サトウ"}
    facts.begin(born, PersonName, 1, None, **name)
    facts.begin(born, Residence, 1, None)
    home = facts.begin(born, Address, 1, None, postcode="1020093", town="平河町")
    act = journal.record(FILING, NOON)
    facts.change(act, home, date(2020, 5, 15), town="霞が関")
    return act


def towns(**asked: Any) -> list[str | None]:
    records = [
        services.record_as_of(OFFICER, CHIYODA, 1, on=date(2020, 5, day), **asked) for day in (14, 15, 31)
    ]
    addresses = [one.of("address") if one else None for one in records]
    return [address.items["town"] if address else None for address in addresses]


def test_the_record_says_what_held_on_a_day_and_what_it_said_at_a_moment(moved: Act) -> None:
    assert towns() == ["平河町", "霞が関", "霞が関"]
    assert towns(known_at=NOON) == ["平河町", "霞が関", "霞が関"]
    assert towns(known_at=NOON - timedelta(microseconds=1)) == ["平河町"] * 3
    assert towns(known_at=datetime(2020, 4, 30, tzinfo=UTC)) == [None] * 3
    record = services.record_as_of(OFFICER, CHIYODA, 1, on=DAY)
    assert record is not None
    assert {one.group for one in record.entered} == {"name", "residence", "address"}
    name = record.of("name", "registered")
    assert name is not None
    assert (name.items["surname"], name.act) == ("佐藤", 1)
    assert "kana_key" not in name.items


def test_the_history_shows_what_was_superseded_and_the_acts_that_did_it(moved: Act) -> None:
    history = services.history_of_person(OFFICER, CHIYODA, 1)
    addresses = [
        (one.items["town"], one.until, one.act, one.superseded_at)
        for one in history
        if one.group == "address"
    ]
    assert addresses == [
        ("平河町", None, 1, NOON),
        ("平河町", date(2020, 5, 15), 2, None),
        ("霞が関", None, 2, None),
    ]
    lines = services.acts_of_person(OFFICER, CHIYODA, 1)
    assert [(line.kind, str(line.effective.wording)) for line in lines] == [
        ("move_in", ""),
        ("move_within", ""),
    ]


def test_reads_of_the_record_are_recorded_and_stay_in_their_municipality(moved: Act) -> None:
    stranger = replace(OFFICER, muni=CHUO)
    assert services.record_as_of(stranger, CHIYODA, 1, on=DAY) is None
    assert services.history_of_person(stranger, CHIYODA, 1) == ()
    assert services.acts_of_person(stranger, CHIYODA, 1) == ()
    assert services.record_as_of(OFFICER, CHIYODA, 99, on=DAY) is None
    assert [line.answer for line in reads_of(1)] == [Answer.REFUSED] * 3
    assert [line.answer for line in reads_of(99)] == [Answer.REFUSED]
    services.record_as_of(OFFICER, CHIYODA, 1, on=DAY)
    assert reads_of(1)[0].answer is Answer.GIVEN
