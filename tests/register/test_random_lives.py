"""Any sequence of acts of a municipality: what is refused changes nothing, households stay whole, the chain sound, what is taken
back is as before, and the journal performed anew from an empty municipality says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enishi.kernel.errors import EnishiError
from enishi.kernel.partial_date import PartialDate
from enishi.register import journal
from enishi.register.consistency import whole_households
from enishi.register.filing import perform_act
from enishi.register.models import (
    Act,
    Address,
    Addressee,
    Membership,
    Particulars,
    RefusedAct,
    Residence,
    StatusItem,
)
from enishi.register.replaying import FORMS, journal_of
from enishi.register.rules import reports as say
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.moves import Place
from enishi.register.vocabulary import NameKind, StatusKind
from tests.factories import CHIYODA, CHUO
from tests.register.desk import TODAY, everything, ordered, report

pytestmark = pytest.mark.django_db
FIRST = date(2020, 5, 1)
DAYS = st.integers(-1, 41).map(lambda days: FIRST + timedelta(days=days))
WHO = st.integers(0, 9)
TOWNS = ("千代田", "神田", "丸の内")
TOWN = st.sampled_from(TOWNS)
RELATION = st.sampled_from(("head", "spouse", "child", "child.spouse", "cohabitant"))
NAMES = (
    say.NewName(NameKind.REGISTERED, "佐藤", "花子", "サトウ", "ハナコ"),
    say.NewName(NameKind.REGISTERED, "鈴木", "花子", "スズキ", "ハナコ"),
)
DOMICILE = say.NewDomicile("山梨県甲府市丸の内一丁目1番", "佐藤 太郎")
LATIN = say.NewName(NameKind.LATIN, whole="NGUYEN VAN ANH")
STATUS = say.NewStatus("VNM", "student", "1年", date(2021, 6, 1))
CHUO_HOME = Place(CHUO, "築地", postcode="1040045")


def home(town: str) -> Place:
    return Place(CHIYODA, town, postcode="1000001", block="1番")


class Town(RuleBasedStateMachine):
    """A municipality that begins empty."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = count(1)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.empty = transaction.savepoint()

    def teardown(self) -> None:
        try:
            self.performed_anew_it_says_the_same()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def performed_anew_it_says_the_same(self) -> None:
        assert journal.broken_chain(CHIYODA) is None
        told, says, numbers = list(journal_of(CHIYODA)), everything(), addressees()
        transaction.savepoint_rollback(self.empty)
        assert Act.objects.count() == 0
        for order, said in told:
            perform_act(order, said)
        assert everything() == says
        assert addressees() == numbers

    # -- what is done -------------------------------------------------------------------------

    def do(self, said: Any, day: date, by_report: bool | None = None) -> int | None:
        """Performs an act, or sees that its refusal leaves no trace but the record of it. Returns its number."""
        kind = Kind(said.kind)
        manners = {manner.value for manner in CATALOGUE[kind].manners}
        counter = "report" in manners if by_report is None else by_report
        key = f"k{next(self.keys)}"
        filed = report(day, key) if counter else ordered(day, key)
        before, acts, refused = everything(), Act.objects.count(), RefusedAct.objects.count()
        refusal: EnishiError | None = None
        number = None
        try:
            number = perform_act(filed, said)
        except EnishiError as error:
            refusal = error
        if refusal is not None:
            assert refusal.where
            assert refusal.todo
            after = (everything(), Act.objects.count(), RefusedAct.objects.count())
            assert after == (before, acts, refused + 1)
            event(f"{kind} refused")
            return None
        assert perform_act(filed, said) == number
        assert Act.objects.count() == acts + 1
        event(f"{kind} performed")
        return number

    def person(self, who: int) -> int:
        known = sorted(set(Particulars.objects.filter(muni=CHIYODA).values_list("person", flat=True)))
        return known[who % len(known)] if known else 77

    def household(self, who: int) -> int:
        place = (
            Membership.objects.believed().filter(muni=CHIYODA, person=self.person(who)).order_by("id").last()
        )
        return place.household if place else say.NEW_HOUSEHOLD

    def left_behind(self, movers: Sequence[int], day: date) -> tuple[say.Seat, ...]:
        """Those whom the movers leave behind, with one of them as head where the head moves."""
        rows = Membership.objects.filter(muni=CHIYODA).as_of(day)
        gone = list(rows.filter(person__in=movers, relation="head").values_list("household", flat=True))
        left = list(
            rows.filter(household__in=gone).exclude(person__in=movers).order_by("household", "person")
        )
        heads = {one.household: one.person for one in reversed(left)}
        return tuple(
            say.Seat(
                one.person, one.household, "head" if heads[one.household] == one.person else "cohabitant"
            )
            for one in left
        )

    @initialize()
    def somebody_lives_here(self) -> None:
        self.family_moves_in(FIRST, "千代田", 3, False)
        self.family_moves_in(FIRST, "神田", 1, True)

    @rule(day=DAYS, town=TOWN, size=st.integers(1, 3), foreign=st.booleans())
    def family_moves_in(self, day: date, town: str, size: int, foreign: bool) -> None:
        born = PartialDate.of(date(1990, 5, 5))
        people = tuple(
            say.Newcomer(
                say.NEW_PERSON,
                1 + place % 2,
                born,
                (LATIN,) if foreign else NAMES[:1],
                say.NEW_HOUSEHOLD,
                ("head", "spouse", "child")[place],
                None if foreign else DOMICILE,
                STATUS if foreign else None,
            )
            for place in range(size)
        )
        kind = Kind.STATUS_ACQUIRED if foreign else Kind.MOVE_IN
        self.do(say.Arrival(kind, people, home(town), None if foreign else CHUO_HOME), day)

    @rule(day=DAYS, who=WHO, into=WHO, relation=RELATION)
    def somebody_comes_back(self, day: date, who: int, into: int, relation: str) -> None:
        one = say.Newcomer(
            self.person(who),
            1,
            PartialDate.of(date(1990, 5, 5)),
            NAMES[:1],
            self.household(into) if relation != "head" else say.NEW_HOUSEHOLD,
            relation,
            DOMICILE,
        )
        self.do(say.Arrival(Kind.MOVE_IN, (one,), home("神田"), CHUO_HOME), day)

    @rule(
        day=DAYS,
        who=st.lists(WHO, min_size=1, max_size=3, unique=True),
        careful=st.booleans(),
        abroad=st.booleans(),
    )
    def moves_out(self, day: date, who: list[int], careful: bool, abroad: bool) -> None:
        movers = tuple(dict.fromkeys(self.person(one) for one in who))
        kind = Kind.MOVE_OUT_ABROAD if abroad else Kind.MOVE_OUT
        to = Place("", "Paris", country="FRA") if abroad else CHUO_HOME
        self.do(say.Departure(kind, movers, to, self.left_behind(movers, day) if careful else ()), day)

    @rule(day=DAYS, who=st.lists(WHO, min_size=1, max_size=2, unique=True))
    def moves_out_and_cancels_at_once(self, day: date, who: list[int]) -> None:
        movers = tuple(dict.fromkeys(self.person(one) for one in who))
        before = everything()
        number = self.do(say.Departure(Kind.MOVE_OUT, movers, CHUO_HOME, self.left_behind(movers, day)), day)
        if number is not None:
            assert self.do(say.TakingBack(Kind.MOVE_OUT_CANCELLED, number), TODAY) is not None
            assert everything() == before

    @rule(day=DAYS, who=WHO, kind=st.sampled_from((Kind.ERASURE, Kind.DISAPPEARANCE)))
    def erased_and_restored_at_once(self, day: date, who: int, kind: Kind) -> None:
        person = self.person(who)
        back = Kind.RESTORATION if kind is Kind.ERASURE else Kind.DISAPPEARANCE_REVERSED
        before = everything()
        number = self.do(say.Leaving(kind, person, self.left_behind([person], day)), day)
        if number is not None:
            assert self.do(say.TakingBack(back, number), TODAY) is not None
            assert everything() == before

    @rule(
        day=DAYS,
        which=st.integers(1, 30),
        kind=st.sampled_from((Kind.MOVE_OUT_CANCELLED, Kind.RESTORATION, Kind.DISAPPEARANCE_REVERSED)),
    )
    def takes_back(self, day: date, which: int, kind: Kind) -> None:
        self.do(say.TakingBack(kind, which), day)

    @rule(day=DAYS, which=st.integers(1, 30), some=st.booleans())
    def notice_that_they_arrived(self, day: date, which: int, some: bool) -> None:
        act = Act.objects.filter(muni=CHIYODA, number=which).first()
        movers = tuple(act.facts.get("movers", (77,))) if act else (77,)
        self.do(say.Arrived(which, movers[:1] if some else movers, CHUO_HOME), day)

    @rule(day=DAYS, who=st.lists(WHO, min_size=1, max_size=3, unique=True), town=TOWN, anew=st.booleans())
    def moves_within(self, day: date, who: list[int], town: str, anew: bool) -> None:
        movers = tuple(dict.fromkeys(self.person(one) for one in who))
        seats: tuple[say.Seat, ...] = ()
        if anew:
            own = (
                say.Seat(one, say.NEW_HOUSEHOLD, "cohabitant" if at else "head")
                for at, one in enumerate(movers)
            )
            seats = (*own, *self.left_behind(movers, day))
        self.do(say.MoveWithin(Kind.MOVE_WITHIN, movers, home(town), seats), day)

    @rule(
        day=DAYS,
        kind=st.sampled_from(
            (Kind.HOUSEHOLD_SPLIT, Kind.HOUSEHOLD_MERGE, Kind.HOUSEHOLD_COMPOSITION, Kind.HEAD_CHANGE)
        ),
        seats=st.lists(st.tuples(WHO, WHO, RELATION), min_size=1, max_size=3),
    )
    def households_change(self, day: date, kind: Kind, seats: list[tuple[int, int, str]]) -> None:
        places = tuple(
            say.Seat(self.person(who), self.household(into), relation) for who, into, relation in seats
        )
        self.do(say.HouseholdChange(kind, places), day)

    @rule(day=DAYS, parent=WHO, foreign=st.booleans())
    def is_born(self, day: date, parent: int, foreign: bool) -> None:
        name, status = (LATIN, say.NewStatus("VNM")) if foreign else (NAMES[0], None)
        said = say.Birth(
            2, name, self.person(parent), "cohabitant", None, None if foreign else DOMICILE, status
        )
        self.do(said, day)

    @rule(
        day=DAYS,
        who=WHO,
        kind=st.sampled_from((Kind.DEATH, Kind.ERASURE, Kind.DISAPPEARANCE)),
        careful=st.booleans(),
    )
    def leaves(self, day: date, who: int, kind: Kind, careful: bool) -> None:
        person = self.person(who)
        self.do(say.Leaving(kind, person, self.left_behind([person], day) if careful else ()), day)

    @rule(
        day=DAYS,
        who=WHO,
        name=st.sampled_from(NAMES),
        matter=st.sampled_from(("marriage", "divorce", "name")),
    )
    def family_register_notifies(self, day: date, who: int, name: say.NewName, matter: str) -> None:
        self.do(say.FamilyNotice(matter, (say.FamilyChange(self.person(who), (name,)),)), day)

    @rule(day=DAYS, who=WHO, japanese=st.booleans())
    def nationality_changes(self, day: date, who: int, japanese: bool) -> None:
        said = (
            say.NationalityChange(Kind.NATURALISATION, self.person(who), NAMES[:1], DOMICILE)
            if japanese
            else say.NationalityChange(
                Kind.NATIONALITY_LOST, self.person(who), (LATIN,), foreign=say.NewStatus("USA")
            )
        )
        self.do(said, day)

    @rule(day=DAYS, who=WHO, status=st.sampled_from(("student", "engineer", "spouse")))
    def immigration_notifies(self, day: date, who: int, status: str) -> None:
        self.do(say.ImmigrationNotice(self.person(who), say.NewStatus("VNM", status)), day)

    @rule(day=DAYS, who=WHO, alias=st.sampled_from(("山本", "田中", "")))
    def alias_is_entered(self, day: date, who: int, alias: str) -> None:
        self.do(
            say.AliasEntry(self.person(who), say.NewName(NameKind.ALIAS, whole=alias) if alias else None), day
        )

    @rule(day=DAYS, who=WHO, surname=st.sampled_from((("佐藤", "サトウ"), ("田中", "タナカ"), None)))
    def former_surname_is_entered(self, day: date, who: int, surname: tuple[str, str] | None) -> None:
        name = surname and say.NewName(NameKind.FORMER, surname=surname[0], surname_kana=surname[1])
        self.do(say.FormerSurnameEntry(self.person(who), name), day)

    @rule(
        day=DAYS,
        who=WHO,
        item=st.sampled_from(StatusKind),
        detail=st.sampled_from(({}, {"category": 1}, None)),
    )
    def room_notifies(self, day: date, who: int, item: StatusKind, detail: dict[str, int] | None) -> None:
        self.do(say.ItemNotice(self.person(who), item, detail), day)

    @rule(day=DAYS, town=TOWN, to=TOWN, block=st.sampled_from((None, "1番")))
    def town_is_renumbered(self, day: date, town: str, to: str, block: str | None) -> None:
        self.do(say.Renumbering((say.Renumbered(town, to, "1000009", block, "2番"),)), day)

    @rule(day=DAYS, who=WHO, building=st.sampled_from(("", "庁舎301")))
    def address_is_corrected(self, day: date, who: int, building: str) -> None:
        self.do(say.ItemsCorrected(self.person(who), "address", {"building": building}), day)

    @rule(day=DAYS, who=WHO, since=DAYS, group=st.sampled_from(("address", "membership", "residence")))
    def day_is_corrected(self, day: date, who: int, since: date, group: str) -> None:
        self.do(say.DayCorrected(self.person(who), group, since), day)

    @rule(day=DAYS, who=WHO, group=st.sampled_from(("record", "status_item", "domicile", "name", "address")))
    def is_struck(self, day: date, who: int, group: str) -> None:
        kind = {"status_item": "pension", "name": "former"}.get(group, "")
        self.do(say.Struck(self.person(who), group, kind), day)

    @rule(day=DAYS, who=WHO, number=st.booleans())
    def number_or_code_changes(self, day: date, who: int, number: bool) -> None:
        person = self.person(who)
        self.do(say.NumberChange(person) if number else say.CodeChange(person), day)

    @rule(day=DAYS, first=st.integers(1, 6), second=st.integers(1, 6), what=st.integers(0, 3))
    def addressees(self, day: date, first: int, second: int, what: int) -> None:
        born = PartialDate.of(date(1990, 5, 5))
        said = (
            say.AddresseeEntered("佐藤 花子", "サトウ ハナコ", CHUO_HOME, born),
            say.AddresseeChanged(first, "佐藤 花", "サトウ ハナ", CHUO_HOME, born),
            say.AddresseeEnded(first),
            say.AddresseesMerged(first, second),
        )[what]
        self.do(said, day)

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def households_are_whole(self) -> None:
        persons = set(Membership.objects.values_list("person", flat=True))
        whole_households(CHIYODA, persons)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def nobody_has_an_address_or_a_status_item_who_is_no_resident(self) -> None:
        for model in (Address, StatusItem):
            for fact in model.objects.believed().filter(muni=CHIYODA):
                stays = Residence.objects.believed().filter(muni=CHIYODA, person=fact.person)
                assert any(
                    (stay.since or date.min) <= (fact.since or date.min)
                    and (fact.until or date.max) <= (stay.until or date.max)
                    for stay in stays
                ), f"{model.__name__} of {fact.person} outside of every residence"


def addressees() -> list[tuple[Any, ...]]:
    columns = ("number", "person", "name", "kana", "birth_date", "since", "until", "merged_into", "act")
    return list(Addressee.objects.order_by("number").values_list(*columns))


def test_any_sequence_of_acts_leaves_a_sound_register() -> None:
    quick = settings(max_examples=12, stateful_step_count=20, deadline=None, phases=[Phase.generate])
    run_state_machine_as_test(Town, settings=quick)


def test_every_act_of_the_catalogue_has_a_form() -> None:
    assert set(CATALOGUE) - set(FORMS) == {Kind.TAKE_OVER}
    assert {form for forms in FORMS.values() for form in forms} == set(say.Reported.__args__)
