"""First and other individual numbers and resident codes, and addressee numbers, as acts of the register give them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.number import services as vault
from enishi.number.models import FormerNumber, SealedCode
from enishi.register import services
from enishi.register.filing import perform_act, preview_act
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
    codes = {vault.reveal_code(who, LAWFUL) for who in (MOTHER, FAR)}
    assert len(codes) == 2
    assert all(len(code) == 11 and code.isdecimal() for code in codes)
    assert all(vault.find_code(code, LAWFUL) in (MOTHER, FAR) for code in codes)


@pytest.mark.parametrize("said", [baby(), arrival()])
def test_newborns_and_first_arrivals_get_a_number_a_code_and_an_addressee_number(
    said: Birth | Arrival,
) -> None:
    order = ordered(key="k") if isinstance(said, Birth) else report(key="k")
    preview_act(order, said)
    assert SealedCode.objects.count() == 2
    who = came_by(perform_act(order, said))
    assert (vault.has_number(who), vault.has_code(who)) == (True, True)
    number = vault.reveal(who, LAWFUL)
    assert perform_act(order, said)
    assert vault.reveal(who, LAWFUL) == number
    assert Addressee.objects.get(muni=CHIYODA, person=who).number == 1


def test_who_moves_in_from_elsewhere_keeps_number_and_code_and_a_returner_the_addressee_number() -> None:
    number, code = vault.reveal(FAR, LAWFUL), vault.reveal_code(FAR, LAWFUL)
    perform_act(report(), arrival(FAR))
    first = Addressee.objects.get(muni=CHIYODA, person=FAR).number
    perform_act(report(date(2020, 6, 3)), Departure(Kind.MOVE_OUT, (FAR,), THERE))
    perform_act(report(TODAY), arrival(FAR))
    assert (vault.reveal(FAR, LAWFUL), vault.reveal_code(FAR, LAWFUL)) == (number, code)
    assert Addressee.objects.get(muni=CHIYODA, person=FAR).number == first


@pytest.mark.parametrize("said", [NumberChange(MOTHER), CodeChange(MOTHER)])
def test_a_change_gives_another_and_keeps_the_old_with_its_days(said: NumberChange | CodeChange) -> None:
    shown, found = (
        (vault.reveal, vault.find) if isinstance(said, NumberChange) else (vault.reveal_code, vault.find_code)
    )
    old = shown(MOTHER, LAWFUL)
    preview_act(report(key="k"), said)
    assert shown(MOTHER, LAWFUL) == old
    act = perform_act(report(key="k"), said)
    new = shown(MOTHER, LAWFUL)
    assert perform_act(report(key="k"), said) == act
    assert (new != old, shown(MOTHER, LAWFUL)) == (True, new)
    assert [shown(MOTHER, LAWFUL, on=day) for day in (BEFORE, DAY)] == [old, new]
    assert [found(old, LAWFUL, on=day) for day in (BEFORE, DAY, None)] == [MOTHER, None, None]
    assert [found(new, LAWFUL, on=day) for day in (BEFORE, DAY, None)] == [None, MOTHER, MOTHER]
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
    with pytest.raises(Refused, match="may not be used"):
        vault.change(MOTHER, vault.Decision(False, "officer:1", "none", "none"), TODAY, "b")
    with pytest.raises(BadInput, match="no individual number"):
        vault.change(77, LAWFUL, DAY, "c")


def test_a_number_that_was_somebodys_is_never_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    old = vault.reveal(MOTHER, LAWFUL)
    vault.change(MOTHER, LAWFUL, DAY, "a")
    bodies = iter([int(old[:11]), 98765432109])
    monkeypatch.setattr("enishi.number.store.secrets.randbelow", lambda below: next(bodies))
    vault.issue(77)
    assert vault.reveal(77, LAWFUL)[:11] == "98765432109"


def test_codes_are_drawn_again_where_somebody_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from enishi.number.engines.load import give_codes

    taken = vault.reveal_code(MOTHER, LAWFUL)
    bodies = iter([int(taken[:10]), 5, 5, 6, 7, 8])
    monkeypatch.setattr("enishi.number.store.secrets.randbelow", lambda below: next(bodies))
    give_codes([101, 102, 103])
    assert len({vault.reveal_code(who, LAWFUL) for who in (MOTHER, 101, 102, 103)}) == 4


def test_somebody_not_on_the_register_is_served_under_a_number_of_their_own() -> None:
    perform_act(ordered(), landlord())
    perform_act(ordered(TODAY), AddresseeChanged(1, "佐藤 花", "サトウ ハナ", THERE, BORN))
    assert (served(1).name, served(1).kana_key, served(1).since, served(1).until) == (
        "佐藤 花",
        "サトウハナ",
        DAY,
        None,
    )
    perform_act(ordered(TODAY), AddresseeEnded(1))
    assert served(1).until == TODAY
    perform_act(ordered(TODAY), landlord())
    assert served(2).until is None


def test_two_numbers_of_one_person_are_found_and_made_one_by_an_officer() -> None:
    perform_act(ordered(), landlord())
    perform_act(ordered(), landlord("サトウ花子"))
    who = came_by(perform_act(report(), arrival()))
    found = services.addressee_duplicates(OFFICER, CHIYODA)
    assert [(one.number, one.other, one.person) for one in found] == [(1, 2, None), (1, 3, who), (2, 3, who)]
    perform_act(ordered(), AddresseesMerged(kept=1, merged=2))
    perform_act(ordered(), AddresseesMerged(kept=1, merged=3))
    assert (served(1).person, served(3).person, served(3).merged_into, served(2).merged_into) == (
        who,
        None,
        1,
        1,
    )
    assert services.addressee_duplicates(OFFICER, CHIYODA) == ()
    perform_act(report(date(2020, 6, 3)), Departure(Kind.MOVE_OUT, (who,), THERE))
    perform_act(report(TODAY), arrival(who))
    assert Addressee.objects.get(muni=CHIYODA, person=who).number == 1


def test_addressee_acts_that_make_no_sense_change_nothing_and_are_recorded() -> None:
    perform_act(ordered(), landlord())
    first, second = (came_by(perform_act(report(), arrival())) for _ in range(2))
    perform_act(ordered(), landlord())
    perform_act(ordered(), AddresseeEnded(4))
    before = list(Addressee.objects.order_by("id").values())
    wrong = [
        landlord(""),
        landlord(kana=" "),
        AddresseeEntered("佐藤", "サトウ", HERE),
        AddresseeEntered("佐藤", "サトウ", THERE, PartialDate.of(date(2020, 6, 11))),
        AddresseeChanged(2, "佐藤", "サトウ", THERE),
        AddresseeChanged(1, "佐藤 花子", "サトウ ハナコ", THERE, BORN),
        AddresseeChanged(77, "佐藤", "サトウ", THERE),
        AddresseeEnded(4),
        AddresseeEnded(2),
        AddresseesMerged(1, 1),
        AddresseesMerged(2, 3),
        AddresseesMerged(1, 77),
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


def test_a_record_that_was_taken_over_gets_numbers_for_everybody_once() -> None:
    perform_act(ordered(), landlord())
    assert services.number_addressees(CHIYODA) == 1
    assert services.number_addressees(CHIYODA) == 0
    perform_act(ordered(), landlord("山田", "ヤマダ"))
    assert [(row.number, row.person) for row in Addressee.objects.order_by("number")] == [
        (1, None),
        (2, MOTHER),
        (3, None),
    ]
