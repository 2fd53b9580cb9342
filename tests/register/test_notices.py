"""Nationality, immigration notices, aliases, former surnames and status items, as other offices or residents have them entered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import services
from enishi.register.filing import perform_act
from enishi.register.models import (
    Act,
    Domicile,
    ForeignStatus,
    Particulars,
    PersonName,
    RefusedAct,
    Residence,
    StatusItem,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import (
    AliasEntry,
    Birth,
    FamilyChange,
    FamilyNotice,
    FormerSurnameEntry,
    ImmigrationNotice,
    ItemNotice,
    Leaving,
    NationalityChange,
    NewDomicile,
    NewName,
    NewStatus,
    Struck,
)
from enishi.register.vocabulary import NameKind, StatusKind
from tests.factories import person, small_snapshot
from tests.register.desk import DAY, TODAY, everything, held, latin, names_on, ordered, report

pytestmark = pytest.mark.django_db
JAPANESE, ANH, HEAD = 1, 2, 3
BEFORE = DAY - timedelta(days=1)
KOFU = NewDomicile("山梨県甲府市丸の内一丁目1番", "山本 安")
ENGINEER = NewStatus("VNM", "engineer", "3年", date(2023, 6, 1))
ALIAS = NewName(NameKind.ALIAS, whole="山本　安", whole_kana="ヤマモト　アン")
YAMAMOTO = NewName(NameKind.REGISTERED, "山本", "安", "ヤマモト", "アン")
MARRIED = NewName(NameKind.REGISTERED, "髙橋", "一", "タカハシ", "ハジメ")


@pytest.fixture(autouse=True)
def town(tmp_path: Path) -> None:
    """A Japanese couple, and a foreign resident with alias and Latin name."""
    foreign = dict.fromkeys(("surname", "given", "surname_kana", "given_kana"))
    rows = [
        person(JAPANESE, surname="佐藤", surname_kana="サトウ", household=7, relation="spouse"),
        person(HEAD, household=7),
        person(
            ANH,
            **foreign,
            latin_name="NGUYEN VAN ANH",
            alias="山本",
            nationality="VNM",
            residence_status="student",
        ),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def naturalisation(who: int = ANH, **said: Any) -> NationalityChange:
    return NationalityChange(
        **({"kind": Kind.NATURALISATION, "person": who, "names": (YAMAMOTO,), "domicile": KOFU} | said)
    )


def loss(who: int = JAPANESE, **said: Any) -> NationalityChange:
    status = NewStatus("USA")
    return NationalityChange(
        **(
            {"kind": Kind.NATIONALITY_LOST, "person": who, "names": (latin("SATO JIRO"),), "foreign": status}
            | said
        )
    )


def former(surname: str = "田中", kana: str = "タナカ", who: int = JAPANESE) -> FormerSurnameEntry:
    return FormerSurnameEntry(who, NewName(NameKind.FORMER, surname=surname, surname_kana=kana))


def marry(day: date = DAY, name: NewName = MARRIED) -> int:
    return perform_act(ordered(day), FamilyNotice("marriage", (FamilyChange(JAPANESE, (name,)),)))


def test_who_naturalises_has_a_registered_name_and_domicile_and_nothing_of_a_foreign_resident() -> None:
    stay = held(Residence, ANH)
    perform_act(ordered(), naturalisation())
    assert names_on(ANH, BEFORE) == {"latin": "NGUYEN VAN ANH", "alias": "山本"}
    assert names_on(ANH, DAY) == {"registered": "山本安"}
    assert held(ForeignStatus, ANH, BEFORE).nationality == "VNM"
    assert held(ForeignStatus, ANH) is None
    assert held(Domicile, ANH).place == KOFU.place
    assert held(Residence, ANH).pk == stay.pk


def test_who_loses_japanese_nationality_is_a_foreign_resident_without_status_and_may_get_one() -> None:
    perform_act(ordered(), ItemNotice(JAPANESE, StatusKind.ELECTORAL_ROLL, {"district": "1"}))
    perform_act(ordered(TODAY), loss())
    assert names_on(JAPANESE, TODAY) == {"latin": "SATO JIRO"}
    assert (held(ForeignStatus, JAPANESE, TODAY).status, held(StatusItem, JAPANESE, TODAY)) == (None, None)
    perform_act(
        ordered(TODAY), ImmigrationNotice(JAPANESE, NewStatus("USA", "spouse", "1年", date(2021, 6, 1)))
    )
    assert held(ForeignStatus, JAPANESE, TODAY).status == "spouse"


@pytest.mark.parametrize(
    "act",
    [
        lambda: perform_act(ordered(), naturalisation(JAPANESE)),
        lambda: perform_act(ordered(), loss(ANH)),
        lambda: perform_act(ordered(), naturalisation(names=())),
        lambda: perform_act(ordered(), naturalisation(names=(YAMAMOTO, ALIAS))),
        lambda: perform_act(ordered(), naturalisation(domicile=None)),
        lambda: perform_act(ordered(), naturalisation(kind=Kind.IMMIGRATION)),
        lambda: perform_act(ordered(), loss(foreign=None)),
        lambda: perform_act(ordered(), loss(domicile=KOFU)),
        lambda: perform_act(ordered(), loss(names=(YAMAMOTO,))),
        lambda: perform_act(report(), naturalisation()),
        lambda: perform_act(ordered(TODAY + timedelta(days=1)), naturalisation()),
        lambda: perform_act(ordered(date(1979, 12, 31)), naturalisation()),
        lambda: perform_act(ordered(), naturalisation(99)),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH)),
        lambda: perform_act(ordered(), ImmigrationNotice(JAPANESE, ENGINEER)),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, NewStatus("VNM"))),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, NewStatus("JPN", "engineer"))),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, NewStatus("VNM", "engineer", "1日", BEFORE))),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, names=(ALIAS,))),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, names=(latin("A"), latin("B")))),
        lambda: perform_act(ordered(), ImmigrationNotice(ANH, NewStatus("VNM", "student"))),
        lambda: perform_act(ordered(DAY + timedelta(days=30)), ImmigrationNotice(ANH, ENGINEER)),
        lambda: perform_act(report(), AliasEntry(JAPANESE, ALIAS)),
        lambda: perform_act(report(), AliasEntry(ANH, YAMAMOTO)),
        lambda: perform_act(report(), AliasEntry(ANH, NewName(NameKind.ALIAS, whole="山本"))),
        lambda: perform_act(report(), former(who=ANH)),
        lambda: perform_act(report(), former("佐藤", "サトウ")),
        lambda: perform_act(report(), former("田中", "")),
        lambda: perform_act(report(), FormerSurnameEntry(JAPANESE, YAMAMOTO)),
        lambda: perform_act(report(), FormerSurnameEntry(JAPANESE, None)),
        lambda: perform_act(ordered(), ItemNotice(ANH, StatusKind.ELECTORAL_ROLL, {})),
        lambda: perform_act(ordered(), ItemNotice(JAPANESE, StatusKind.NATIONAL_PENSION, None)),
        lambda: perform_act(ordered(), FamilyNotice("domicile", (FamilyChange(ANH, domicile=KOFU),))),
        lambda: perform_act(ordered(), FamilyNotice("name", (FamilyChange(JAPANESE, (ALIAS,)),))),
        lambda: perform_act(ordered(), FamilyNotice("name", (FamilyChange(JAPANESE, domicile=KOFU),))),
        lambda: perform_act(ordered(), FamilyNotice("name", (FamilyChange(JAPANESE, (YAMAMOTO,)), FamilyChange(JAPANESE, (YAMAMOTO,))))),
        lambda: perform_act(ordered(), Struck(JAPANESE, "name", "registered")),
        lambda: perform_act(ordered(), Struck(JAPANESE, "address")),
        lambda: perform_act(ordered(), Struck(HEAD, "record")),
        lambda: perform_act(ordered(), Struck(JAPANESE, "domicile")),
        lambda: perform_act(ordered(), Struck(99, "record")),
        lambda: perform_act(ordered(), Struck(JAPANESE, "shoe size")),
    ],
)  # fmt: skip
def test_what_the_law_or_the_record_forbids_changes_nothing_and_is_recorded(act: Callable[[], int]) -> None:
    before, acts = everything(), Act.objects.count()
    with pytest.raises(EnishiError) as caught:
        act()
    assert caught.value.where
    assert caught.value.todo
    assert (everything(), Act.objects.count(), RefusedAct.objects.count()) == (before, acts, 1)


@pytest.mark.parametrize(
    "said",
    [naturalisation(), ImmigrationNotice(ANH, ENGINEER), AliasEntry(ANH, ALIAS), ItemNotice(ANH, StatusKind.CHILD_ALLOWANCE, {"a": 1})],
)  # fmt: skip
def test_nothing_more_is_entered_of_the_dead_of_who_left_and_out_of_order(said: Any) -> None:
    perform_act(ordered(date(2020, 6, 5)), Leaving(Kind.DEATH, ANH))
    before = everything()
    with pytest.raises(Refused, match="left the register on 2020-06-05"):
        perform_act(ordered(TODAY), said) if not isinstance(said, AliasEntry) else perform_act(
            report(TODAY), said
        )
    assert everything() == before


def test_a_notice_that_comes_after_a_later_one_is_refused_until_that_is_corrected() -> None:
    perform_act(ordered(TODAY), ImmigrationNotice(ANH, ENGINEER))
    with pytest.raises(Refused, match="is entered already"):
        perform_act(ordered(DAY), ImmigrationNotice(ANH, NewStatus("VNM", "spouse")))
    perform_act(ordered(TODAY), AliasEntry(ANH, None))
    with pytest.raises(Refused, match="no such name"):
        perform_act(ordered(TODAY), AliasEntry(ANH, None))


def test_the_same_filing_again_does_nothing_and_the_same_notice_under_another_key_is_refused() -> None:
    said = ImmigrationNotice(
        ANH,
        ENGINEER,
        (latin("NGUYEN VAN ANH"), NewName(NameKind.FOREIGN_KANJI, "阮", "安", "グエン", "アン")),
    )
    number = perform_act(ordered(key="n"), said)
    assert perform_act(ordered(key="n"), said) == number
    with pytest.raises(Refused, match="says so already"):
        perform_act(ordered(), said)
    assert names_on(ANH, DAY)["foreign_kanji"] == "阮安"
    assert held(PersonName, ANH, kind="foreign_kanji").provenance == "working"
    perform_act(ordered(TODAY), ImmigrationNotice(ANH, ended_names=("foreign_kanji",)))
    assert "foreign_kanji" not in names_on(ANH, TODAY)


def test_aliases_keep_their_history() -> None:
    perform_act(report(), AliasEntry(ANH, ALIAS))
    perform_act(report(TODAY), AliasEntry(ANH, None))
    said = [names_on(ANH, day).get("alias") for day in (BEFORE, DAY, TODAY)]
    assert said == ["山本", "山本　安", None]


def test_a_former_surname_is_changed_only_after_another_change_of_surname_and_to_the_one_before_it() -> None:
    perform_act(report(), former())
    with pytest.raises(Refused, match="has not changed since"):
        perform_act(report(date(2020, 6, 2)), former("鈴木", "スズキ"))
    marry(date(2020, 6, 3))
    with pytest.raises(Refused, match="directly before"):
        perform_act(report(date(2020, 6, 4)), former("鈴木", "スズキ"))
    perform_act(report(date(2020, 6, 4)), former("佐藤", "サトウ"))
    perform_act(report(date(2020, 6, 5)), FormerSurnameEntry(JAPANESE, None))
    with pytest.raises(Refused, match="has not changed since"):
        perform_act(report(date(2020, 6, 6)), former())
    said = [names_on(JAPANESE, date(2020, 6, day)).get("former") for day in (1, 3, 4, 5)]
    assert said == ["田中", "田中", "佐藤", None]


def test_a_status_item_is_set_changed_and_ended_by_notice() -> None:
    pension = StatusKind.NATIONAL_PENSION
    perform_act(ordered(), ItemNotice(JAPANESE, pension, {"category": 1}))
    perform_act(ordered(date(2020, 6, 5)), ItemNotice(JAPANESE, pension, {"category": 3}))
    perform_act(ordered(TODAY), ItemNotice(JAPANESE, pension, None))
    rows = [held(StatusItem, JAPANESE, day) for day in (BEFORE, DAY, date(2020, 6, 5), TODAY)]
    assert [row and row.detail["category"] for row in rows] == [None, 1, 3, None]


def test_what_never_was_is_struck_and_the_register_still_knows_that_it_said_so() -> None:
    perform_act(ordered(), ItemNotice(JAPANESE, StatusKind.NATIONAL_PENSION, {}))
    perform_act(ordered(TODAY), Struck(JAPANESE, "status_item", "pension"))
    assert held(StatusItem, JAPANESE) is None
    assert StatusItem.objects.filter(person=JAPANESE).count() == 1
    perform_act(ordered(TODAY), Struck(ANH, "record"))
    assert Particulars.objects.believed().filter(person=ANH).count() == 0
    with pytest.raises(Refused, match="no record of this person"):
        perform_act(ordered(TODAY), naturalisation())


def test_a_child_without_status_has_a_record_and_gets_its_status_later() -> None:
    child = NewName(NameKind.LATIN, whole="NGUYEN BAO")
    number = perform_act(
        ordered(), Birth(1, child, ANH, "child", PartialDate.of(DAY), foreign=NewStatus("VNM"))
    )
    who = next(one for one in Residence.objects.filter(act=number).values_list("person", flat=True))
    assert held(ForeignStatus, who).status is None
    perform_act(
        ordered(TODAY), ImmigrationNotice(who, NewStatus("VNM", "dependent", "1年", date(2021, 6, 1)))
    )
    assert [held(ForeignStatus, who, day).status for day in (DAY, TODAY)] == [None, "dependent"]


def test_bad_input_says_what_to_do() -> None:
    with pytest.raises(BadInput, match="no residence card shows"):
        perform_act(ordered(), ImmigrationNotice(ANH, ended_names=("alias",)))
