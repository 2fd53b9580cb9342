"""First and other individual numbers and resident codes, and addressee numbers, as acts of the register give them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.number import services as vault
from enishi.number.models import FormerNumber, SealedCode
from enishi.register import services
from enishi.register.addressing import addressee_duplicates
from enishi.register.filing import foreseen_changes, perform_act
from enishi.register.models import Act, Addressee, Person, RefusedAct, Residence
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    NEW_HOUSEHOLD,
    NEW_PERSON,
    AddresseeChanged,
    AddresseeEnded,
    AddresseeEntered,
    AddresseesMerged,
    Arrival,
    Birth,
    CodeChange,
    Departure,
    Newcomer,
    NewDomicile,
    NewName,
    NumberChange,
)
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA, CHUO, person, small_snapshot
from tests.register.desk import DAY, OFFICER, TODAY, everything, ordered, report

pytestmark = pytest.mark.django_db
MOTHER, FAR = 1, 9
BEFORE = DAY - timedelta(days=1)
THERE = Place(CHUO, "築地", postcode="1040045")
HERE = Place(CHIYODA, "千代田", postcode="1000001")
BORN = PartialDate.of(date(1990, 5, 5))
LAWFUL = vault.Decision(True, "officer:1", "certificate", "My Number Act 16", muni=CHIYODA)
FOR_CODES = vault.Decision(
    True, "officer:1", "resident code", "Basic Resident Register Act 30-37", muni=CHIYODA
)
THEIRS = replace(LAWFUL, muni=CHUO)
THEIR_CODES = replace(FOR_CODES, muni=CHUO)
HANAKO = NewName(NameKind.REGISTERED, "佐藤", "花子", "サトウ", "ハナコ")


@pytest.fixture(autouse=True)
def nation(tmp_path: Path) -> None:
    folder = small_snapshot(
        tmp_path / "nation", [person(MOTHER, sex=2), person(FAR, muni=CHUO)], numbers=True
    )
    services.load_nation(folder)
    vault.load_numbers(folder)


def baby() -> Birth:
    return Birth(1, HANAKO, MOTHER, "child", domicile=NewDomicile("山梨県", "佐藤 花子"))


def arrival(who: int = NEW_PERSON) -> Arrival:
    newcomer = Newcomer(who, 2, BORN, (HANAKO,), NEW_HOUSEHOLD, "head", NewDomicile("山梨県", "佐藤 花子"))
    return Arrival(Kind.MOVE_IN, (newcomer,), HERE, THERE)


def came_by(number: int) -> int:
    return Residence.objects.filter(muni=CHIYODA, act=number).values_list("person", flat=True)[0]


def served(number: int) -> Addressee:
    return Addressee.objects.get(muni=CHIYODA, number=number)


def landlord(name: str = "佐藤 花子", kana: str = "サトウ ハナコ") -> AddresseeEntered:
    return AddresseeEntered(name, kana, THERE, BORN)


def test_loading_gives_everybody_a_resident_code() -> None:
    codes = {vault.reveal_code(MOTHER, FOR_CODES), vault.reveal_code(FAR, THEIR_CODES)}
    assert len(codes) == 2
    assert all(len(code) == 11 and code.isdecimal() for code in codes)
    assert {vault.find_code(code, FOR_CODES) for code in codes} == {MOTHER, None}
    assert {vault.find_code(code, THEIR_CODES) for code in codes} == {FAR, None}


@pytest.mark.parametrize("said", [baby(), arrival()])
def test_newborns_and_first_arrivals_get_a_number_a_code_and_an_addressee_number(
    said: Birth | Arrival,
) -> None:
    order = ordered(key="k") if isinstance(said, Birth) else report(key="k")
    foreseen_changes(order, said)
    assert SealedCode.objects.count() == 2
    who = came_by(perform_act(order, said))
    assert (vault.has_number(who), vault.has_code(who)) == (True, True)
    number = vault.reveal(who, LAWFUL)
    assert perform_act(order, said)
    assert vault.reveal(who, LAWFUL) == number
    assert Addressee.objects.get(muni=CHIYODA, person=who).number == 2


def test_who_moves_in_from_elsewhere_keeps_number_and_code_and_a_returner_the_addressee_number() -> None:
    number, code = vault.reveal(FAR, THEIRS), vault.reveal_code(FAR, THEIR_CODES)
    perform_act(report(), arrival(FAR))
    first = Addressee.objects.get(muni=CHIYODA, person=FAR).number
    perform_act(report(date(2020, 6, 3)), Departure(Kind.MOVE_OUT, (FAR,), THERE))
    perform_act(report(TODAY), arrival(FAR))
    assert (vault.reveal(FAR, LAWFUL), vault.reveal_code(FAR, FOR_CODES)) == (number, code)
    assert Addressee.objects.get(muni=CHIYODA, person=FAR).number == first


@pytest.mark.parametrize("said", [NumberChange(MOTHER), CodeChange(MOTHER)])
def test_a_change_gives_another_and_keeps_the_old_with_its_days(said: NumberChange | CodeChange) -> None:
    ground = LAWFUL if isinstance(said, NumberChange) else FOR_CODES
    shown, found = (
        (vault.reveal, vault.find) if isinstance(said, NumberChange) else (vault.reveal_code, vault.find_code)
    )
    old = shown(MOTHER, ground)
    foreseen_changes(report(key="k"), said)
    assert shown(MOTHER, ground) == old
    act = perform_act(report(key="k"), said)
    new = shown(MOTHER, ground)
    assert perform_act(report(key="k"), said) == act
    assert (new != old, shown(MOTHER, ground)) == (True, new)
    assert [shown(MOTHER, ground, on=day) for day in (BEFORE, DAY)] == [old, new]
    assert [found(old, ground, on=day) for day in (BEFORE, DAY, None)] == [MOTHER, None, None]
    assert [found(new, ground, on=day) for day in (BEFORE, DAY, None)] == [None, MOTHER, MOTHER]
    journal = json.dumps([str(row) for row in Act.objects.values()])
    assert old not in journal
    assert new not in journal


def test_a_change_is_refused_whole_for_who_has_none_twice_on_a_day_and_out_of_order(
    caplog: pytest.LogCaptureFixture,
) -> None:
    perform_act(report(), NumberChange(MOTHER))
    before, acts, now = everything(), Act.objects.count(), vault.reveal(MOTHER, LAWFUL)
    for said, day in (
        (NumberChange(MOTHER), DAY),
        (NumberChange(MOTHER), BEFORE),
        (CodeChange(MOTHER), date(1979, 1, 1)),
        (NumberChange(FAR), DAY),
        (CodeChange(MOTHER), TODAY + timedelta(days=1)),
    ):
        with pytest.raises(EnishiError) as caught:
            perform_act(report(day), said)
        assert now not in str(caught.value)
    assert (everything(), Act.objects.count(), vault.reveal(MOTHER, LAWFUL)) == (before, acts, now)
    assert (FormerNumber.objects.count(), RefusedAct.objects.count()) == (1, 5)
    assert now not in caplog.text


def test_a_change_in_the_vault_needs_a_decision_and_happens_once_a_key() -> None:
    vault.change(MOTHER, LAWFUL, DAY, "a")
    with pytest.raises(Refused, match="stands for another act"):
        vault.change(FAR, LAWFUL, DAY, "a")
    with pytest.raises(Refused, match="正当な目的"):
        vault.change(MOTHER, vault.Decision(False, "officer:1", "none", "none"), TODAY, "b")
    with pytest.raises(BadInput, match="no individual number"):
        vault.change(77, LAWFUL, DAY, "c")


def test_a_number_that_was_somebodys_is_never_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    old = vault.reveal(MOTHER, LAWFUL)
    vault.change(MOTHER, LAWFUL, DAY, "a")
    bodies = iter([int(old[:11]), 98765432109])
    monkeypatch.setattr("enishi.number.store.secrets.randbelow", lambda below: next(bodies))
    vault.issue(FAR + 1)
    assert next(bodies, None) is None
    assert vault.find(old, LAWFUL) is None


def test_codes_are_drawn_again_where_somebody_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from enishi.number.engines.load import give_codes

    taken = vault.reveal_code(MOTHER, FOR_CODES)
    bodies = iter([int(taken[:10]), 5, 5, 6, 7])
    monkeypatch.setattr("enishi.number.store.secrets.randbelow", lambda below: next(bodies))
    give_codes([101, 102, 103])
    assert next(bodies, None) is None
    assert all(vault.has_code(who) for who in (101, 102, 103))


def test_somebody_not_on_the_register_is_served_under_a_number_of_their_own() -> None:
    perform_act(ordered(), landlord())
    perform_act(ordered(TODAY), AddresseeChanged(2, "佐藤 花", "サトウ ハナ", THERE, BORN))
    assert (served(2).name, served(2).kana_key, served(2).since, served(2).until) == (
        "佐藤 花",
        "サトウハナ",
        DAY,
        None,
    )
    perform_act(ordered(TODAY), AddresseeEnded(2))
    assert served(2).until == TODAY
    perform_act(ordered(TODAY), landlord())
    assert served(3).until is None


def test_two_numbers_of_one_person_are_found_and_made_one_by_an_officer() -> None:
    perform_act(ordered(), landlord())
    perform_act(ordered(), landlord("サトウ花子"))
    who = came_by(perform_act(report(), arrival()))
    found = addressee_duplicates(OFFICER, CHIYODA)
    assert [(one.number, one.other, one.person) for one in found] == [(2, 3, None), (2, 4, who), (3, 4, who)]
    perform_act(ordered(), AddresseesMerged(kept=2, merged=3))
    perform_act(ordered(), AddresseesMerged(kept=2, merged=4))
    assert (served(2).person, served(4).person, served(4).merged_into, served(3).merged_into) == (
        who,
        None,
        2,
        2,
    )
    assert addressee_duplicates(OFFICER, CHIYODA) == ()
    perform_act(report(date(2020, 6, 3)), Departure(Kind.MOVE_OUT, (who,), THERE))
    perform_act(report(TODAY), arrival(who))
    assert Addressee.objects.get(muni=CHIYODA, person=who).number == 2


def test_addressee_acts_that_make_no_sense_change_nothing_and_are_recorded() -> None:
    perform_act(ordered(), landlord())
    first, second = (came_by(perform_act(report(), arrival())) for _ in range(2))
    perform_act(ordered(), landlord())
    perform_act(ordered(), AddresseeEnded(5))
    before = list(Addressee.objects.order_by("id").values())
    wrong = [
        landlord(""),
        landlord(kana=" "),
        AddresseeEntered("佐藤", "サトウ", HERE),
        AddresseeEntered("佐藤", "サトウ", THERE, PartialDate.of(date(2020, 6, 11))),
        AddresseeChanged(3, "佐藤", "サトウ", THERE),
        AddresseeChanged(2, "佐藤 花子", "サトウ ハナコ", THERE, BORN),
        AddresseeChanged(77, "佐藤", "サトウ", THERE),
        AddresseeEnded(5),
        AddresseeEnded(3),
        AddresseesMerged(2, 2),
        AddresseesMerged(3, 4),
        AddresseesMerged(2, 77),
    ]
    for said in wrong:
        with pytest.raises(EnishiError):
            perform_act(ordered(), said)
    with pytest.raises(Refused):
        perform_act(report(), landlord())
    with pytest.raises(Refused):
        perform_act(ordered(TODAY + timedelta(days=1)), landlord())
    assert list(Addressee.objects.order_by("id").values()) == before
    assert RefusedAct.objects.count() == len(wrong) + 2
    assert Person.objects.filter(id__in=[first, second]).count() == 2


def test_loading_gives_everybody_a_number_and_acts_go_on_behind_it() -> None:
    perform_act(ordered(), landlord())
    assert [
        (row.number, row.person) for row in Addressee.objects.filter(muni=CHIYODA).order_by("number")
    ] == [
        (1, MOTHER),
        (2, None),
    ]
    assert [(row.number, row.person) for row in Addressee.objects.filter(muni=CHUO)] == [(1, FAR)]
