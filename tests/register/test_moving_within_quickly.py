"""The quick way of a move within and the usual one: the same rows, the same hashes, the same refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from enishi.kernel.errors import EnishiError
from enishi.kernel.partial_date import PartialDate
from enishi.register import facts, models, services
from enishi.register.acts import households
from enishi.register.engines import moving_within
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import MoveWithin, Report, Seat
from tests.factories import CHIYODA, YOKOHAMA, person, small_snapshot

TODAY = date(2020, 6, 10)
NOW = datetime(2099, 6, 10, 3, 0, 5, 17, tzinfo=UTC)
PLACE = Place(
    CHIYODA, "霞が関", postcode="1000013", block="2番1号", building='庁"舎\\301', building_kana="チョウシャ"
)
SPAN = PartialDate(date(2020, 5, 1), date(2020, 5, 31), "令和2年5月")
WARD = Place(YOKOHAMA, "中区日本大通", ward="141046", postcode="2310021")


def filed(key: str, *movers: int, day: date | PartialDate = date(2020, 6, 1), to: Place = PLACE, seats: tuple[Seat, ...] = (),
          kind: Kind = Kind.MOVE_WITHIN, **said: Any) -> moving_within.Filed:  # fmt: skip
    effective = PartialDate.of(day) if isinstance(day, date) else day
    report = Report(to.muni, effective, TODAY, "officer:1", key, NOW, TODAY, reason="届出 %s", **said)
    return report, MoveWithin(kind, movers, to, seats)


CASES: dict[str, tuple[list[moving_within.Filed], bool]] = {
    "one person": ([filed("a", 1)], True),
    "a whole household": ([filed("a", 3, 2, 1)], True),
    "one after the other": ([filed("a", 1, 2, 3), filed("b", 4), filed("c", 1, 2, day=date(2020, 6, 2))], True),
    "between wards": ([filed("a", 8, to=WARD, kind=Kind.WARD_MOVE)], True),
    "in the same ward": ([filed("a", 8, to=replace(WARD, ward="141011"))], True),
    "a day in words": ([filed("a", 1, day=SPAN)], True),
    "between wards, said as within": ([filed("a", 8, to=WARD)], False),
    "within, said as between wards": ([filed("a", 1, kind=Kind.WARD_MOVE)], False),
    "the same twice": ([filed("a", 1), filed("a", 1)], False),
    "the same key for another": ([filed("a", 1), filed("a", 4)], False),
    "into another household": ([filed("a", 2, seats=(Seat(2, 0, "head"),))], False),
    "before an earlier move": ([filed("a", 1), filed("b", 1, day=date(2020, 5, 30))], False),
    "twice on one day": ([filed("a", 1), filed("b", 1)], False),
    "nobody": ([filed("a")], False),
    "the same person twice": ([filed("a", 1, 1)], False),
    "who is not known": ([filed("a", 99)], False),
    "who has left": ([filed("a", 5)], False),
    "who is not born": ([filed("a", 6, day=date(2020, 4, 1))], False),
    "the future": ([filed("a", 1, day=date(2020, 6, 11))], False),
    "a household that has no head": ([filed("a", 7)], True),
    "a household that gets none": ([filed("a", 1, seats=(Seat(1, 0, "child"),))], False),
    "elsewhere": ([filed("a", 1, to=replace(PLACE, postcode="x"))], False),
}  # fmt: skip


def people() -> list[dict[str, Any]]:
    family = {"household": 7, "town": "丸の内"}
    return [
        person(1, **family),
        person(2, **family, relation="spouse"),
        person(3, **family, relation="child", birth_date=date(2010, 1, 2), institution=None),
        person(4, household=9, institution="elder_home"),
        person(5, household=10, resident_until=date(2020, 5, 1), exit="move_out"),
        person(6, household=11, birth_date=date(2020, 4, 20), resident_from=date(2020, 4, 20), entry="birth"),
        person(7, household=12, relation="spouse"),
        person(8, household=13, muni=YOKOHAMA, ward="141011", town="鶴見中央"),
    ]


def everything() -> dict[str, list[str]]:
    """All rows that acts write, without their keys."""
    kept = {}
    for model in (*facts.FACTS, models.Act, models.ActPerson):
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        kept[model.__name__] = sorted(map(repr, model._default_manager.values_list(*names)))
    counters = models.Counter.objects.exclude(next=1).values_list("muni", "name", "next")
    return kept | {"Counter": sorted(map(repr, counters))}


def usual(report: Report, said: MoveWithin) -> int | EnishiError:
    try:
        return households.move_within(report, said)
    except EnishiError as error:
        return error


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", CASES)
def test_both_ways_write_the_same_rows(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.load_nation(small_snapshot(tmp_path, people()))
    moves, quick = CASES[case]
    with transaction.atomic():
        expected = [repr(usual(*move)) for move in moves]
        rows = everything()
        transaction.set_rollback(True)
    slow: list[Report] = []
    slowly = moving_within._slowly

    def noted(report: Report, said: MoveWithin) -> int | EnishiError:
        slow.append(report)
        return slowly(report, said)

    monkeypatch.setattr(moving_within, "_slowly", noted)
    assert [repr(outcome) for outcome in moving_within.move_all(moves)] == expected
    assert everything() == rows
    assert services.broken_chain(CHIYODA) is None
    assert bool(slow) is not quick


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_undoes_its_act_alone(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, people()))
    moves = [filed("a", 1), filed("b", 4, to=replace(PLACE, town="町" * 101)), filed("c", 2, 3)]
    with pytest.raises(Exception, match="too long"):
        moving_within.move_all(moves)
    assert list(models.Act.objects.filter(number__gt=1).values_list("key", flat=True)) == ["a"]
    assert moving_within.move_all([moves[0], moves[2]]) == [2, 3]
    assert services.broken_chain(CHIYODA) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_error_of_ours_leaves_no_transaction_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services.load_nation(small_snapshot(tmp_path, people()))
    given = moving_within.parameters

    def broken(report: Report, said: MoveWithin, late: int) -> dict[str, Any]:
        if report.key == "b":
            raise ZeroDivisionError
        return given(report, said, late)

    monkeypatch.setattr(moving_within, "parameters", broken)
    with pytest.raises(ZeroDivisionError):
        moving_within.move_all([filed("a", 1), filed("b", 4)])
    assert connection.connection.info.transaction_status.name == "IDLE"
    assert list(models.Act.objects.filter(number__gt=1).values_list("key", flat=True)) == ["a"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_plan_of_a_small_register_holds_for_a_large_one(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, people()[:7]))
    text, names = moving_within._numbered(moving_within.MOVE)
    with connection.cursor() as cursor:
        try:
            for name, value in moving_within.PLANNING.items():
                cursor.execute(f"SET {name} = {value}")
            cursor.execute(f"PREPARE a_move AS {text}")
            cursor.execute(f"EXPLAIN EXECUTE a_move ({', '.join(['NULL'] * len(names))})")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        finally:
            cursor.execute("DISCARD ALL")
    assert "using act_number_once on register_act" in plan
    assert not [line for line in plan.splitlines() if "Seq Scan on" in line or "act_by_moment" in line]


@pytest.mark.django_db
def test_inside_a_transaction_and_on_sqlite_the_usual_way_is_taken(tmp_path: Path) -> None:
    services.load_nation(small_snapshot(tmp_path, people()))
    assert connection.in_atomic_block
    assert moving_within.move_within(*filed("a", 1, 2, 3)) == 2
    assert moving_within.move_within(*filed("a", 1, 2, 3)) == 2
    with pytest.raises(EnishiError, match="nobody moves"):
        moving_within.move_within(*filed("b"))
