"""Population and its change: counted by hand, at the edges of a month, as known at a moment, and balanced in every cell."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.ages import age
from enishi.kernel.errors import BadInput, Disagreement, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.nation.build import build_nation
from enishi.register import facts, journal, models, services
from enishi.register.engines import statistics as engine
from enishi.register.rules.statistics import Line, Period, band_words, check_balance, latest_births, period_of
from enishi.site.cli import main
from tests.factories import CHIYODA, DAY, SAPPORO, neighbours, person, small_snapshot

TODAY = date(2020, 7, 1)
APRIL = period_of("2020-04")
NUMBERS = (
    "begin",
    "births",
    "deaths",
    "moved_in",
    "from_abroad",
    "other_in",
    "moved_out",
    "to_abroad",
    "other_out",
    "end",
)


def april(people: list[dict[str, Any]], tmp_path: Path) -> list[Line]:
    services.load_nation(small_snapshot(tmp_path, people))
    return services.statistics(APRIL, today=TODAY)[0]


def summed(lines: list[Line]) -> dict[str, int]:
    """What is not 0, over all cells."""
    whole = {name: sum(getattr(line, name) for line in lines) for name in NUMBERS}
    return {name: number for name, number in whole.items() if number}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, {"begin": 1, "end": 1}),
        ({"resident_from": date(2020, 4, 1), "entry": "move_in"}, {"moved_in": 1, "end": 1}),
        ({"resident_from": date(2020, 3, 31), "entry": "move_in"}, {"begin": 1, "end": 1}),
        ({"resident_from": date(2020, 4, 30), "entry": "from_abroad"}, {"from_abroad": 1, "end": 1}),
        ({"resident_from": date(2020, 5, 1), "entry": "from_abroad"}, {}),
        ({"resident_from": date(2020, 4, 9), "birth_date": date(2020, 4, 9), "entry": "birth"}, {"births": 1, "end": 1}),
        ({"resident_until": date(2020, 4, 1), "exit": "move_out"}, {"begin": 1, "moved_out": 1}),
        ({"resident_until": date(2020, 4, 30), "exit": "abroad"}, {"begin": 1, "to_abroad": 1}),
        ({"resident_until": date(2020, 5, 1), "exit": "move_out"}, {"begin": 1, "end": 1}),
        # `resident_until` is the day after a death: who died on 30 April died in April, on 31 March before it.
        ({"resident_until": date(2020, 5, 1), "exit": "death"}, {"begin": 1, "deaths": 1}),
        ({"resident_until": date(2020, 4, 2), "exit": "death"}, {"begin": 1, "deaths": 1}),
        ({"resident_until": date(2020, 4, 1), "exit": "death"}, {}),
        (
            {"resident_from": date(2020, 4, 9), "birth_date": date(2020, 4, 9), "entry": "birth",
             "resident_until": date(2020, 4, 10), "exit": "death"},
            {"births": 1, "deaths": 1},
        ),
    ],
)  # fmt: skip
def test_a_person_counts_in_the_month_of_the_day(
    tmp_path: Path, columns: dict[str, Any], expected: dict[str, int]
) -> None:
    assert summed(april([person(1, **columns)], tmp_path)) == expected


@pytest.mark.django_db
def test_cells_are_municipality_sex_age_and_nationality(tmp_path: Path) -> None:
    lines = april(
        [
            person(1, sex=1, birth_date=date(2015, 4, 30)),
            person(2, sex=1, birth_date=date(2015, 5, 1)),
            person(3, sex=2, birth_date=date(1920, 4, 30), muni=SAPPORO),
            person(4, sex=2, nationality="VNM", residence_status="student", birth_date=date(2000, 2, 29)),
        ],
        tmp_path,
    )
    cells = {(line.muni, line.sex, band_words(line.band), line.foreign): line.end for line in lines}
    assert cells == {
        (CHIYODA, 1, "5-9", False): 1,
        (CHIYODA, 1, "0-4", False): 1,
        (SAPPORO, 2, "100+", False): 1,
        (CHIYODA, 2, "20-24", True): 1,
    }


def act(muni: str, at: datetime, key: str, who: int) -> models.Act:
    return journal.record(
        journal.Filing(muni, "correction", "art. 8", PartialDate.of(DAY), None, "o", key, [who]), at
    )


@pytest.mark.django_db
def test_who_is_naturalised_leaves_one_cell_for_another_and_a_new_status_leaves_none(tmp_path: Path) -> None:
    abroad = {"nationality": "VNM", "residence_status": "student"}
    services.load_nation(small_snapshot(tmp_path, [person(1, **abroad), person(2, **abroad)]))
    now = datetime(2099, 1, 1, tzinfo=UTC)
    for who, until in ((1, None), (2, "engineer")):
        change = act(CHIYODA, now, f"k{who}", who)
        old = models.ForeignStatus.objects.get(person=who)
        if until is None:
            facts.end(change, old, date(2020, 4, 12))
        else:
            facts.change(change, old, date(2020, 4, 12), status=until)
    lines = services.statistics(APRIL, today=TODAY)[0]
    assert summed([line for line in lines if line.foreign]) == {"begin": 2, "other_out": 1, "end": 1}
    assert summed([line for line in lines if not line.foreign]) == {"other_in": 1, "end": 1}


@pytest.mark.django_db
def test_the_tables_of_an_earlier_moment_know_nothing_of_later_acts(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, [person(1)]))
    late = act(CHIYODA, datetime(2099, 1, 1, tzinfo=UTC), "k", 1)
    for model in (models.Membership, models.Address, models.Residence):
        more = {"exit": "move_out"} if model is models.Residence else {}
        facts.end(late, model._default_manager.get(person=1), date(2020, 4, 10), **more)
    assert summed(services.statistics(APRIL, today=TODAY)[0]) == {"begin": 1, "moved_out": 1}
    known = datetime(2098, 1, 1, tzinfo=UTC)
    assert summed(services.statistics(APRIL, today=TODAY, known_at=known)[0]) == {"begin": 1, "end": 1}
    assert services.statistics(APRIL, today=TODAY, known_at=datetime(1999, 1, 1, tzinfo=UTC)) == ([], [])


@pytest.mark.django_db
def test_households_are_counted_by_who_lives_in_them(tmp_path: Path) -> None:
    abroad = {"nationality": "KOR", "residence_status": "student"}
    people = [
        person(1, household=7),
        person(2, household=7, relation="spouse", **abroad),
        person(3, household=8, **abroad),
        person(4, household=9),
        person(5, household=10, resident_until=date(2020, 5, 1), exit="death"),
    ]
    services.load_nation(small_snapshot(tmp_path, people))
    (line,) = services.statistics(APRIL, today=TODAY)[1]
    assert (line.japanese, line.foreign, line.mixed) == (1, 1, 1)


@pytest.mark.django_db
def test_the_tables_of_one_municipality_are_its_lines_of_all_and_read_nobody_elses_rows(
    tmp_path: Path,
) -> None:
    people = [
        person(1),
        person(
            2, nationality="VNM", residence_status="student", resident_from=date(2020, 4, 9), entry="move_in"
        ),
        person(3, muni=SAPPORO),
        person(4, muni=SAPPORO, resident_until=date(2020, 4, 20), exit="move_out"),
    ]
    services.load_nation(small_snapshot(tmp_path, people))
    lines, homes = services.statistics(APRIL, today=TODAY)
    for muni in (CHIYODA, SAPPORO):
        own = [one for one in lines if one.muni == muni], [one for one in homes if one.muni == muni]
        assert all(own)
        assert services.statistics(APRIL, today=TODAY, muni=muni) == own
    # Somebody whose record elsewhere is broken keeps the tables of all back, and not those of Chiyoda.
    gone = act(SAPPORO, datetime(2099, 1, 1, tzinfo=UTC), "k", 3)
    facts.end(gone, models.Particulars.objects.get(person=3), date(2020, 4, 10))
    with pytest.raises(Disagreement):
        services.statistics(APRIL, today=TODAY)
    assert services.statistics(APRIL, today=TODAY, muni=CHIYODA)[0]


@pytest.mark.django_db
def test_a_record_without_particulars_keeps_the_tables_back(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, [person(1)]))
    gone = act(CHIYODA, datetime(2099, 1, 1, tzinfo=UTC), "k", 1)
    facts.end(gone, models.Particulars.objects.get(person=1), date(2020, 4, 10))
    with pytest.raises(Disagreement, match="1 persons and the changes"):
        services.statistics(APRIL, today=TODAY)


@pytest.mark.django_db
def test_a_half_loaded_register_gives_no_tables(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, [person(1)]))
    models.LoadedNation.objects.update(complete=False)
    with pytest.raises(Refused, match="not ended"):
        services.statistics(APRIL, today=TODAY)


@pytest.mark.django_db
@pytest.mark.slow
def test_ten_years_of_a_nation_balance_and_every_year_begins_where_the_last_ended(tmp_path: Path) -> None:
    build_nation(600, 3, DAY, tmp_path / "n", workers=1, history=10)
    services.load_nation(tmp_path / "n")
    before = None
    for number in range(2012, 2020):
        lines, homes = services.statistics(period_of(str(number)), today=TODAY)
        begin, end = sum(line.begin for line in lines), sum(line.end for line in lines)
        months = [
            summed(services.statistics(period_of(f"{number}-{month:02d}"), today=TODAY)[0])
            for month in range(1, 13)
        ]
        for name in ("births", "deaths", "moved_in", "moved_out"):
            assert sum(line.get(name, 0) for line in months) == sum(getattr(line, name) for line in lines)
        assert before in (None, begin)
        assert 0 < sum(home.japanese + home.foreign + home.mixed for home in homes) <= end
        before = end
    assert (
        models.Residence.objects.as_of(date(2019, 12, 31))
        .exclude(exit="death", until=date(2020, 1, 1))
        .count()
        == before
    )


days = st.dates(date(2020, 3, 25), date(2020, 5, 6))


@pytest.mark.django_db
@settings(max_examples=25)
@given(
    stays=st.lists(
        st.tuples(
            st.none() | days,
            st.sampled_from(["birth", "move_in", "from_abroad"]),
            st.none() | days,
            st.sampled_from(["death", "move_out", "abroad"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_stays_are_counted_as_by_hand(
    stays: list[tuple[date | None, str, date | None, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from django.db import transaction

    people, by_hand = [], dict.fromkeys(NUMBERS, 0)
    inside = lambda day: day is not None and APRIL.first <= day <= APRIL.last  # noqa: E731
    for number, (since, entry, until, way) in enumerate(stays, start=1):
        if since and until and until <= since:
            until = None
        left = until and (date.fromordinal(until.toordinal() - 1) if way == "death" else until)
        people.append(
            person(number, resident_from=since, entry=entry if since else None, resident_until=until,
                   exit=way if until else None)
        )  # fmt: skip
        for name, day in (("begin", APRIL.before), ("end", APRIL.last)):
            by_hand[name] += (since is None or since <= day) and (left is None or left > day)
        if inside(since):
            by_hand[{"birth": "births", "move_in": "moved_in", "from_abroad": "from_abroad"}[entry]] += 1
        if inside(left):
            by_hand[{"death": "deaths", "move_out": "moved_out", "abroad": "to_abroad"}[way]] += 1
    with transaction.atomic():
        assert summed(april(people, tmp_path_factory.mktemp("n"))) == {
            name: n for name, n in by_hand.items() if n
        }
        transaction.set_rollback(True)


@given(day=st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_bands_follow_the_age_in_completed_years(day: date) -> None:
    for years, born in zip(range(5, 105, 5), latest_births(day), strict=True):
        assert age(born, day) == years
        assert age(date.fromordinal(born.toordinal() + 1), day) == years - 1


def test_a_line_that_does_not_add_up_is_named() -> None:
    assert check_balance([Line(CHIYODA, 1, 3, False, begin=2, deaths=1, end=1)]) is None
    with pytest.raises(Disagreement, match="do not make 2") as caught:
        check_balance([Line(CHIYODA, 1, 3, True, begin=2, deaths=1, end=2)])
    assert caught.value.where == f"municipality {CHIYODA}, foreign, sex 1, 15-19 years"


@pytest.mark.parametrize(
    "text", ["2020-13", "2020-4", "20", "x", "2020-04-01", "", "0000", "2020-00", "-2020"]
)
def test_what_is_no_month_or_year_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no month or year"):
        period_of(text)


def test_a_month_and_a_year_have_their_days() -> None:
    assert period_of("2020-02") == Period(date(2020, 2, 1), date(2020, 2, 29))
    assert period_of("2019") == Period(date(2019, 1, 1), date(2019, 12, 31))
    assert (period_of("2020-02").name, period_of("2019").name) == ("2020-02", "2019")


@pytest.mark.django_db
@pytest.mark.one_engine
def test_a_period_that_has_not_ended_has_no_tables() -> None:
    with pytest.raises(BadInput, match="ends on 2020-04-30"):
        services.statistics(APRIL, today=date(2020, 4, 30))
    assert services.statistics(APRIL, today=date(2020, 5, 1)) == ([], [])


@pytest.mark.django_db
@pytest.mark.one_engine
def test_the_command_writes_tables_that_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services.load_nation(small_snapshot(tmp_path / "n", neighbours()))
    assert main(["register", "statistics", "--month", "2020-04", "--out", str(tmp_path)]) == 0
    with (tmp_path / "changes-2020-04.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {field.name for field in fields(Line)} - {"band", "foreign"} <= set(rows[0])
    for row in rows:
        assert int(row["begin"]) + int(row["natural"]) + int(row["social"]) == int(row["end"])
    assert (tmp_path / "households-2020-04.csv").exists()
    assert main(["register", "statistics", "--month", "2999-01", "--out", str(tmp_path)]) == 2


def test_the_columns_of_the_file_are_those_of_a_line() -> None:
    assert set(engine.CHANGES) == {"natural", "social"} | set(NUMBERS)
