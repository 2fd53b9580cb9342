"""Records by key, many at a time: the same as asking every table for one person, on any day and as known at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from enishi.nation.build import build_nation
from enishi.nation.items import add_items
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, Reader, reads_of
from enishi.register import facts, journal, models, person_reading, records, services
from enishi.register.engines import reading
from tests.factories import CHIYODA, CHUO, DAY
from tests.register.test_acts import FILING

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 6, 1, 3, 0, tzinfo=UTC)
ORDER = Reader("officer:1", "resident record", "Basic Resident Register Act art. 1")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small nation with ten years behind it and every item."""
    out = tmp_path_factory.mktemp("reading") / "n"
    build_nation(600, 5, DAY, out, workers=1, history=10)
    add_items(out)
    return out


def one_by_one(muni: str, person: int, day: date, moment: datetime | None) -> records.Record | None:
    """The record as the models say it, table by table."""
    entered = tuple(
        records._entered(group, fact)
        for group, model in records.GROUPS.items()
        for fact in model._default_manager.filter(muni=muni, person=person).as_of(day, moment).order_by("id")
    )
    return records.Record(muni, person, day, moment, entered) if entered else None


def asked(chance: Random, count: int) -> Iterator[tuple[str, list[int], date, datetime | None]]:
    """Questions about persons of one municipality, at the borders of what is said of one of them."""
    munis = list(models.Person.objects.values_list("muni", flat=True).distinct().order_by("muni"))
    for _ in range(count):
        muni = chance.choice(munis)
        persons = list(models.Address.objects.filter(muni=muni).values_list("person", flat=True).distinct())
        some = chance.sample(sorted(persons), min(len(persons), chance.randint(1, 12)))
        model = chance.choice(list(records.GROUPS.values()))
        fact = model._default_manager.filter(muni=muni, person__in=some).order_by("id").last()
        days = [DAY, *([] if fact is None else filter(None, (fact.since, fact.until)))]
        moments = [
            None,
            NOW,
            *([] if fact is None else filter(None, (fact.recorded_at, fact.superseded_at))),
        ]
        day = chance.choice(days) + timedelta(days=chance.randint(-1, 1))
        moment = chance.choice(moments)
        aside = timedelta(microseconds=chance.randint(-1, 1))
        yield muni, [*some, 10**15, some[0]], day, moment and moment + aside


@pytest.mark.parametrize("in_one_go", [1000, 3])
@pytest.mark.slow
def test_many_records_are_those_of_each(
    nation: Path, monkeypatch: pytest.MonkeyPatch, in_one_go: int
) -> None:
    services.load_nation(nation)
    monkeypatch.setattr(reading, "IN_ONE_GO", in_one_go)
    seen: set[str] = set()
    for muni, persons, day, moment in asked(Random(in_one_go), 60):
        expected = {
            who: record
            for who in dict.fromkeys(persons)
            if (record := one_by_one(muni, who, day, moment)) is not None
        }
        found = records.records_of(muni, persons, day, moment)
        assert found == expected
        assert records.record_of(muni, persons[0], day, moment) == expected.get(persons[0])
        seen |= {one.group for record in found.values() for one in record.entered}
    assert seen == set(records.GROUPS)


def test_what_is_kept_as_json_and_as_spans_comes_back_as_it_is() -> None:
    act = journal.record(FILING, NOW)
    place = {"muni": CHUO, "town": "銀座'\"\\", "country": "JPN"}
    facts.begin(act, models.Residence, 1, None, going_to=place, exit="move_out", since_wording="月日不詳")
    facts.begin(act, models.StatusItem, 1, DAY, kind="pension", detail={"number": 7, "of": ["a", None, 1.5]})
    facts.begin(act, models.StatusItem, 1, DAY, kind="electoral_roll", detail={})
    for name in ("registered", "alias"):
        facts.begin(act, models.PersonName, 1, None, kind=name, whole=name, key=name, kana_key=name)
    found = records.records_of(CHIYODA, [1], DAY, None)[1]
    assert found == one_by_one(CHIYODA, 1, DAY, None)
    residence = found.of("residence")
    assert residence is not None
    assert residence.items["going_to"] == place
    pension = found.of("status_item", "pension")
    assert pension is not None
    assert pension.items == {"detail": {"number": 7, "of": ["a", None, 1.5]}}
    assert [one.kind for one in found.entered] == ["registered", "alias", "", "pension", "electoral_roll"]


def test_nobody_is_asked_of_and_nothing_is_said() -> None:
    assert records.records_of(CHIYODA, [], DAY, None) == {}
    assert records.records_of(CHIYODA, [1, 2], DAY, NOW) == {}
    assert records.record_of(CHIYODA, 1, DAY, None) is None


def test_everybody_of_a_batch_is_recorded_as_read_and_strangers_get_nothing(nation: Path) -> None:
    services.load_nation(nation)
    muni = models.Person.objects.order_by("id").values_list("muni", flat=True)[0]
    persons = list(
        models.Residence.objects.as_of(DAY).filter(muni=muni).values_list("person", flat=True)[:20]
    )
    measured = set(models.MeasurePerson.objects.values_list("person", flat=True))
    persons = [who for who in persons if who not in measured]
    reader = replace(ORDER, muni=muni)
    found = person_reading.records_as_of(reader, muni, [*persons, 10**15], on=DAY)
    assert sorted(found) == sorted(persons)
    assert found == {who: services.record_as_of(reader, muni, who, on=DAY) for who in persons}
    for who in persons:
        assert [line.answer for line in reads_of(who)] == [Answer.GIVEN] * 2
    before = ReadRecord.objects.count()
    assert (
        person_reading.records_as_of(
            replace(ORDER, muni=CHUO if muni != CHUO else CHIYODA), muni, persons, on=DAY
        )
        == {}
    )
    assert ReadRecord.objects.count() == before + 1


@pytest.mark.postgres
def test_one_record_takes_one_round_trip_of_prepared_statements() -> None:
    with connection.cursor() as cursor:
        records.record_of(CHIYODA, 1, DAY, None)
        assert connection.connection.prepare_threshold is None
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%ORDER BY id'")
        assert cursor.fetchone()[0] >= len(records.GROUPS)
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
