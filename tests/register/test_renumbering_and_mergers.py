"""Whole towns renumbered and whole municipalities merged: nobody moves, and the history stays readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from enishi.kernel.errors import EnishiError, Refused
from enishi.kernel.municipality import with_check
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import backlog, database_of, deliver, handle
from enishi.register import services, terms
from enishi.register.acts import mergers
from enishi.register.consistency import whole_households
from enishi.register.filing import foreseen_changes, perform_act
from enishi.register.gate import measures_of
from enishi.register.models import (
    ActPerson,
    Address,
    Addressee,
    ForeignStatus,
    MeasureCopy,
    MeasurePerson,
    Membership,
    Municipality,
    Particulars,
    Person,
    PersonName,
    Protection,
    RefusedAct,
    Residence,
    SupportMeasure,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.disclosure import closes
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    Arrival,
    Departure,
    ItemNotice,
    MoveWithin,
    Newcomer,
    NewDomicile,
    NewName,
    RecordClosed,
    RecordOpened,
    Renumbered,
    Renumbering,
)
from enishi.register.succession import (
    found_municipality,
    in_force,
    predecessors_of,
    residences_of,
    successors_of,
)
from enishi.register.vocabulary import NameKind, StatusKind
from tests.factories import CHIYODA, CHUO, SAPPORO, person, small_snapshot
from tests.register.desk import DAY, NOW, OFFICER, TODAY, everything, held, ordered, report

pytestmark = pytest.mark.django_db
FATHER, CHILD, LODGER, FAR = 1, 2, 3, 9
BEFORE = DAY - timedelta(days=1)
MOVED_IN = date(2015, 4, 1)
ELSEWHERE = Place(CHUO, "築地", postcode="1040045", block="1丁目1番1号")


@pytest.fixture(autouse=True)
def towns(tmp_path: Path) -> None:
    """A family and a foreign lodger in Chiyoda, who know since when they live there; somebody in Chuo."""
    rows = [
        person(FATHER, household=7, resident_from=MOVED_IN),
        person(CHILD, household=7, relation="child", resident_from=MOVED_IN),
        person(LODGER, household=8, town="神田", nationality="VNM", residence_status="student"),
        person(FAR, household=9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def renumbering(*more: Renumbered) -> Renumbering:
    return Renumbering((Renumbered("千代田", "千代田一丁目", "1000001", to_block="1番1号"), *more))


def test_a_renumbering_changes_every_address_of_a_town_and_not_since_when_people_live_there() -> None:
    perform_act(ordered(), renumbering())
    for who in (FATHER, CHILD):
        now, then = held(Address, who), held(Address, who, BEFORE)
        assert (now.town, now.block, now.since, now.settled_on) == ("千代田一丁目", "1番1号", DAY, MOVED_IN)
        assert (then.town, then.since, then.settled_on) == ("千代田", MOVED_IN, None)
    assert held(Address, LODGER).town == "神田"
    assert set(ActPerson.objects.values_list("person", flat=True)) == {FATHER, CHILD}
    assert held(Residence, FATHER).since == MOVED_IN
    perform_act(
        report(TODAY), MoveWithin(Kind.MOVE_WITHIN, (FATHER,), Place(CHIYODA, "神田", postcode="1010041"))
    )
    moved = held(Address, FATHER, TODAY)
    assert (moved.since, moved.settled_on) == (TODAY, None)


def test_towns_may_swap_their_names_in_one_act_and_later_addresses_are_renamed_too() -> None:
    perform_act(
        report(TODAY), MoveWithin(Kind.MOVE_WITHIN, (FATHER,), Place(CHIYODA, "神田", postcode="1010041"))
    )
    perform_act(
        ordered(),
        Renumbering((Renumbered("千代田", "神田", "1010041"), Renumbered("神田", "千代田", "1000001"))),
    )
    said = [held(Address, FATHER, day).town for day in (BEFORE, DAY, TODAY)]
    assert said == ["千代田", "神田", "千代田"]
    assert held(Address, FATHER, TODAY).settled_on is None
    assert held(Address, LODGER).town == "千代田"


def test_the_same_list_twice_does_nothing_or_is_refused_whole() -> None:
    number = perform_act(ordered(key="r"), renumbering())
    before = everything()
    assert perform_act(ordered(key="r"), renumbering()) == number
    with pytest.raises(Refused, match="nobody lives at any"):
        perform_act(ordered(), renumbering())
    assert everything() == before


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY + timedelta(days=1), renumbering()),
        (DAY, Renumbering(())),
        (DAY, renumbering(Renumbered("千代田", "丸の内", "1000005"))),
        (DAY, renumbering(Renumbered("千代田", "丸の内", "1000005", block="1番"))),
        (DAY, Renumbering((Renumbered("神田", "神田", "101"),))),
        (DAY, Renumbering((Renumbered("神田", "", "1010041"),))),
        (DAY, Renumbering((Renumbered("銀座", "銀座一丁目", "1040061"),))),
        (DAY, RecordClosed(CHIYODA)),
        (DAY, RecordClosed("999999")),
        (DAY, RecordClosed("011002")),
        (TODAY + timedelta(days=1), RecordClosed(CHUO)),
    ],
)
def test_bad_lists_change_nothing_and_are_recorded(day: date, said: Any) -> None:
    before = everything()
    with pytest.raises(EnishiError):
        perform_act(ordered(day), said)
    assert (everything(), RefusedAct.objects.count()) == (before, 1)
    assert Municipality.objects.filter(ends=None).count() == 2


def merge() -> tuple[int, int]:
    closed = perform_act(ordered(key="close"), RecordClosed(CHUO))
    return closed, perform_act(ordered(key="open", muni=CHUO), RecordOpened(CHIYODA, closed))


def test_a_merger_closes_one_record_and_goes_on_with_it_under_the_new_code() -> None:
    perform_act(ordered(BEFORE), ItemNotice(FATHER, StatusKind.NATIONAL_PENSION, {"category": 1}))
    closed, opened = merge()
    now, then = held(Residence, FATHER), held(Residence, FATHER, BEFORE)
    assert (now.muni, now.entry, now.came_from, now.act) == (CHUO, "merger", {"muni": CHIYODA}, opened)
    assert (then.muni, then.exit, then.went_to, then.until, then.act) == (
        CHIYODA,
        "merger",
        {"muni": CHUO},
        DAY,
        closed,
    )
    assert (held(Address, FATHER).settled_on, held(Address, FATHER).muni) == (MOVED_IN, CHUO)
    assert {row.household for row in Membership.objects.filter(muni=CHUO, person__in=[FATHER, CHILD])} == {7}
    assert ForeignStatus.objects.filter(muni=CHUO, person=LODGER).as_of(DAY).count() == 1
    assert set(PersonName.objects.filter(muni=CHUO).values_list("person", flat=True)) == {
        FATHER,
        CHILD,
        LODGER,
        FAR,
    }
    assert set(Person.objects.filter(muni=CHUO).values_list("id", flat=True)) == {FATHER, CHILD, LODGER, FAR}
    whole_households(CHUO, [FATHER, CHILD, LODGER])
    whole_households(CHIYODA, [FATHER, CHILD, LODGER])
    assert [services.broken_chain(muni) for muni in (CHIYODA, CHUO)] == [None, None]
    assert [one.residents for one in services.counts(DAY)] == [4]
    assert [one.residents for one in services.counts(BEFORE)] == [3, 1]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_after_a_merger_history_is_read_under_the_code_of_the_time() -> None:
    merge()
    theirs = replace(OFFICER, muni=CHUO)
    said = [(one.muni, one.since, one.until) for one in residences_of(theirs, CHUO, FATHER)]
    assert said == [(CHIYODA, MOVED_IN, DAY), (CHUO, DAY, None)]
    old = services.record_as_of(theirs, CHIYODA, FATHER, on=BEFORE)
    assert old is not None
    assert old.of("residence") is not None
    assert (successors_of(CHIYODA), predecessors_of(CHUO)) == ((CHUO,), (CHIYODA,))
    assert [in_force(CHIYODA, day) for day in (BEFORE, DAY)] == [True, False]
    assert residences_of(OFFICER, CHUO, FATHER) == ()


def test_either_act_of_a_merger_may_be_filed_again_and_neither_twice() -> None:
    assert merge() == merge()
    for said, muni in ((RecordClosed(CHUO), CHIYODA), (RecordOpened(CHIYODA, 2), CHUO)):
        before = everything()
        with pytest.raises(Refused):
            perform_act(ordered(muni=muni), said)
        assert everything() == before


def test_a_merger_that_breaks_off_leaves_nothing_and_is_finished_by_the_same_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = perform_act(ordered(key="close"), RecordClosed(CHUO))
    before = everything()
    monkeypatch.setattr(mergers, "_beside", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        perform_act(ordered(key="open", muni=CHUO), RecordOpened(CHIYODA, closed))
    assert everything() == before
    monkeypatch.undo()
    perform_act(ordered(key="open", muni=CHUO), RecordOpened(CHIYODA, closed))
    assert held(Residence, FATHER).muni == CHUO


def test_announced_moves_and_older_records_of_the_successor_go_along() -> None:
    """The lodger has announced a move; who moved in from the successor has an older record there."""
    perform_act(
        report(muni=CHUO), Departure(Kind.MOVE_OUT, (FAR,), Place(CHIYODA, "神田", postcode="1010041"))
    )
    far = Newcomer(
        FAR,
        2,
        PartialDate.of(date(1980, 1, 1)),
        (NewName(NameKind.REGISTERED, "試験", "新", "シケン", "シン"),),
        0,
        "head",
        NewDomicile("東京都", "試験 新"),
    )
    perform_act(
        report(), Arrival(Kind.MOVE_IN, (far,), Place(CHIYODA, "神田", postcode="1010041"), ELSEWHERE)
    )
    perform_act(
        report(date(2020, 6, 20)),
        Departure(Kind.MOVE_OUT, (LODGER,), Place("011002", "北一条西", postcode="0600001")),
    )
    closed = perform_act(ordered(date(2020, 6, 5), key="close"), RecordClosed(CHUO))
    perform_act(ordered(date(2020, 6, 5), key="open", muni=CHUO), RecordOpened(CHIYODA, closed))
    stay = held(Residence, LODGER, TODAY)
    assert (stay.muni, stay.until, stay.exit, stay.going_to["muni"]) == (
        CHUO,
        date(2020, 6, 20),
        "move_out",
        "011002",
    )
    assert held(Residence, FAR, TODAY).muni == CHUO
    assert held(PersonName, FAR, TODAY, muni=CHUO).given == "新"
    assert Particulars.objects.believed().filter(muni=CHUO, person=FAR).count() == 1
    assert Addressee.objects.get(person=FAR, muni=CHUO).number == 1
    with pytest.raises(Refused, match="has been 131024 since"):
        perform_act(
            report(TODAY),
            Arrival(Kind.MOVE_IN, (far,), Place(CHIYODA, "神田", postcode="1010041"), ELSEWHERE),
        )


def test_a_new_municipality_is_entered_once_with_its_official_day() -> None:
    tomiya, old = with_check("04216"), with_check("04423")
    line = terms.MunicipalityLine(
        tomiya,
        "04",
        "宮城県",
        "富谷市",
        "トミヤシ",
        "Tomiya",
        "Miyagi",
        "9904216901",
        "SYNTHETIC",
        date(2020, 5, 1),
    )
    account = ("0001", "001", "2", "0000001")
    with pytest.raises(Refused, match="begins on 2016-10-10"):
        found_municipality(line, date(2016, 10, 11), account=account)
    found_municipality(line, date(2016, 10, 10), account=account)
    assert [in_force(tomiya, day) for day in (date(2016, 10, 9), date(2016, 10, 10))] == [False, True]
    with pytest.raises(Refused, match="entered already"):
        found_municipality(line, date(2016, 10, 10), account=account)
    assert not in_force(old, DAY)


def test_a_preview_of_a_renumbering_changes_nothing() -> None:
    before = everything()
    shown = foreseen_changes(ordered(), renumbering())
    assert {one.person for one in shown} == {FATHER, CHILD}
    assert everything() == before


def test_who_is_protected_stays_protected_in_the_successor_which_serves_the_case_from_then_on() -> None:
    """One case that the closed municipality serves, with a copy in Sapporo; one that Sapporo serves, with a copy here."""
    told(before := datetime(2020, 5, 1, 3, 0, tzinfo=UTC))
    case = terms.Case(CHILD, terms.Harm.VIOLENCE, other_parties=(FATHER,), other_unnamed=True)
    own = services.file_measure(by(CHIYODA, "file", before), case)
    services.decide_measure(by(CHIYODA, "grant", before), own, grant=True)
    far = services.file_measure(
        by(CHUO, "far", before), replace(case, applicant=FAR, other_parties=(LODGER,))
    )
    fled = services.file_measure(by(SAPPORO, "fled", before), replace(case, applicant=LODGER))
    told(before)
    granted = SupportMeasure.objects.current().get(muni=CHIYODA, measure=own)
    merge()
    mine = SupportMeasure.objects.current().get(muni=CHUO, measure=own)
    assert (mine.served_by, mine.granted, mine.until, mine.awaiting) == (CHUO, True, granted.until, False)
    assert SupportMeasure.objects.current().get(muni=CHUO, measure=far).served_by == CHUO
    assert SupportMeasure.objects.current().get(muni=CHUO, measure=fled).served_by == SAPPORO
    at = NOW
    parts = MeasurePerson.objects.filter(muni=CHUO, measure=own).values_list("person", "part")
    assert set(parts) == {(CHILD, "applicant"), (FATHER, "other_party")}
    for who in (CHILD, LODGER, FAR):
        assert any(
            who in one.protected and closes(one, before + timedelta(days=1))
            for one in measures_of([who], [database_of(CHUO)])[who]
            if one.served_by in (CHUO, SAPPORO)
        )
    told(at)
    assert {(row.muni, row.served_by) for row in SupportMeasure.objects.current().filter(measure=own)} == {
        (CHIYODA, CHUO),
        (CHUO, CHUO),
    }
    with pytest.raises(Refused, match="another municipality serves"):
        services.end_measure(by(CHIYODA, "late", at), own)
    assert set(MeasureCopy.objects.filter(muni=SAPPORO, measure=fled).values_list("holder", flat=True)) >= {
        CHUO
    }
    services.end_measure(by(CHUO, "end", at), own)
    services.end_measure(by(SAPPORO, "end", at), fled)
    told(at)
    ended = (
        SupportMeasure.objects.current().filter(measure__in=[own, fled]).values_list("ended_at", flat=True)
    )
    assert None not in set(ended)


@pytest.mark.parametrize(("on", "where"), [(BEFORE, CHIYODA), (DAY, CHUO)])
def test_where_a_protected_person_lives_is_told_under_the_code_in_force_on_the_day(
    on: date, where: str, tmp_path: Path
) -> None:
    """Somebody of Chuo who fled to Chiyoda, which becomes Chuo; another goes along: the payer must be in force."""
    Protection.objects.create(muni=CHUO, person=FAR, protected_muni=CHIYODA)
    Protection.objects.create(muni=CHIYODA, person=LODGER, protected_muni=SAPPORO)
    merge()
    services.write_snapshot(on, tmp_path / "written")
    rows = pl.read_parquet(tmp_path / "written" / "persons" / "*.parquet")
    told_of = dict(rows.select("person", "protected_muni").rows())
    assert told_of == {FATHER: None, CHILD: None, FAR: where, LODGER: SAPPORO}


def by(muni: str, key: str, now: datetime) -> terms.By:
    return terms.By(muni, "officer:7", key, now, "asked for")


def told(now: datetime) -> None:
    """Every message on its way has arrived and is handled."""
    while deliver(now=now) + handle(now=now):
        pass
    assert backlog() == []
