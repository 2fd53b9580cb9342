"""A move between two municipalities: filed once, entered on both sides, cancelled, redirected, in part, with protection."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.models import OutMessage
from enishi.platform.services import Answer, DutyKind, Reader, appoint, backlog, deliver, handle, reads_of
from enishi.register import services, terms
from enishi.register.filing import perform_act
from enishi.register.models import (
    Act,
    Address,
    Addressee,
    MeasurePerson,
    Membership,
    Move,
    MoveStep,
    Particulars,
    PersonName,
    RefusedAct,
    Residence,
    SupportMeasure,
)
from enishi.register.moves.filing import record_changed
from enishi.register.moves.words import Filing
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.move_terms import Capacity, Evidence, Proof
from enishi.register.rules.moves import Place
from enishi.register.rules.moving import Role
from enishi.register.rules.reports import NEW_HOUSEHOLD, Leaving, Report, Seat
from tests.factories import CHIYODA, CHUO, YOKOHAMA, municipality, person, small_snapshot

pytestmark = pytest.mark.django_db
FATHER, MOTHER, SON, DAUGHTER, ALONE, SHIELDED = 1, 2, 3, 4, 9, 8
DAY = date(2120, 4, 10)
FILED = datetime(2120, 4, 1, 3, tzinfo=UTC)
ARRIVAL = datetime(2120, 4, 12, 3, tzinfo=UTC)
TSUKIJI = Place(CHUO, "築地", postcode="1040045", block="1丁目1番1号")
TSURUMI = Place(YOKOHAMA, "鶴見区鶴見中央", ward="141011", postcode="2300051", block="3丁目20番1号")
RESIDENT, OLD_OFFICER, NEW_OFFICER = "resident:1", "officer:11", "officer:22"
SIGNED = Evidence(Proof.CARD_SIGNATURE, RESIDENT, FILED, "ab" * 32)
SEEN = Evidence(Proof.OFFICER_VIDEO, NEW_OFFICER, ARRIVAL)
COUNTER = Evidence(Proof.OFFICER_COUNTER, NEW_OFFICER, ARRIVAL)
READER = Reader(NEW_OFFICER, "moves", "Basic Resident Register Act art. 22", muni=CHUO)


@pytest.fixture(autouse=True)
def people(tmp_path: Path) -> None:
    """A family of four in Chiyoda, and one person each in Chuo and, protected, in Chiyoda."""
    rows = [
        person(FATHER, household=7, sex=1),
        person(
            MOTHER,
            household=7,
            relation="spouse",
            sex=2,
            former_surname="髙橋",
            former_surname_kana="タカハシ",
        ),
        person(SON, household=7, relation="child", birth_date=date(2112, 1, 2)),
        person(DAUGHTER, household=7, relation="child", birth_date=date(2114, 3, 3)),
        person(ALONE, household=9, muni=CHUO),
        person(SHIELDED, household=8, protected_muni=CHIYODA),
        person(10, household=10, muni=YOKOHAMA, ward="141011"),
    ]
    towns = [municipality(code) for code in (CHIYODA, CHUO, YOKOHAMA)]
    services.load_nation(small_snapshot(tmp_path / "nation", rows, municipalities=towns))


def plan(*movers: int, household: int = NEW_HOUSEHOLD) -> tuple[Seat, ...]:
    relations = {FATHER: "head", MOTHER: "spouse", SON: "child", DAUGHTER: "child"}
    return tuple(Seat(who, household, relations.get(who, "head")) for who in movers)


FAMILY = (FATHER, MOTHER, SON, DAUGHTER)


def filing(*movers: int, **said: Any) -> Filing:
    who = movers or FAMILY
    usual = Filing(CHIYODA, who, DAY, TSUKIJI, plan(*who), FATHER, Capacity.SELF, "k1", evidence=(SIGNED,))
    return replace(usual, **said)


def announce(*movers: int, now: datetime = FILED, **said: Any) -> str:
    return services.announce_move(filing(*movers, **said), actor=RESIDENT, now=now)


def accept(move: str, now: datetime = FILED) -> int:
    return services.accept_move_out(CHIYODA, move, actor=OLD_OFFICER, now=now)


def mail(now: datetime) -> None:
    """Everything that is on the way arrives."""
    while deliver(now=now) + handle(now=now):
        pass
    assert backlog() == []


def sent(*movers: int, **said: Any) -> str:
    """A move that is accepted, and whose certificate information has arrived."""
    move = announce(*movers, **said)
    accept(move)
    mail(FILED + timedelta(hours=1))
    return move


def shield(victim: int, other: int) -> str:
    """Files support measures in Chiyoda, which close from now on."""
    by = terms.By(CHIYODA, OLD_OFFICER, "measure-1", datetime.now(UTC), "asked for")
    return services.file_measure(by, terms.Case(victim, terms.Harm.VIOLENCE, other_parties=(other,)))


def enter(move: str, muni: str = CHUO, now: datetime = ARRIVAL, moved: date = DAY, **said: Any) -> int:
    services.confirm_identity(muni, move, COUNTER, actor=NEW_OFFICER, now=now)
    return services.accept_move_in(muni, move, moved=moved, actor=NEW_OFFICER, now=now, **said)


def state(move: str, role: Role, muni: str) -> str:
    return Move.objects.get(muni=muni, move=move, role=role.value).state


def on_register(who: int, day: date) -> list[str]:
    """The municipalities on whose register a person is on a day."""
    rows = Residence.objects.believed().filter(person=who).on(day)
    return sorted(rows.values_list("muni", flat=True))


def test_a_family_of_four_moves_with_one_filing() -> None:
    move = announce()
    assert on_register(FATHER, DAY) == [CHIYODA]
    accept(move)
    assert on_register(FATHER, DAY) == []
    assert state(move, Role.OLD, CHIYODA) == "certificate_sent"
    mail(FILED)
    assert state(move, Role.NEW, CHUO) == "received"
    view = services.move_of(READER, CHUO, move, Role.NEW, on=ARRIVAL.date())
    assert view is not None
    assert (view.missing, view.reason, view.persons) == (("existence",), "waits_for_proof", FAMILY)
    services.confirm_identity(CHUO, move, SEEN, actor=NEW_OFFICER, now=ARRIVAL)
    services.accept_move_in(CHUO, move, moved=DAY, actor=NEW_OFFICER, now=ARRIVAL)
    mail(ARRIVAL)
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("closed", "closed")
    for who in FAMILY:
        assert on_register(who, DAY - timedelta(days=1)) == [CHIYODA]
        assert on_register(who, DAY) == [CHUO]
        left = Residence.objects.believed().get(muni=CHIYODA, person=who)
        assert (left.went_to["town"], left.going_to["town"]) == ("築地", "築地")
        assert Addressee.objects.filter(muni=CHUO, person=who).count() == 1
    homes = dict(
        Membership.objects.believed().filter(muni=CHUO, person__in=FAMILY).values_list("person", "relation")
    )
    assert homes == {FATHER: "head", MOTHER: "spouse", SON: "child", DAUGHTER: "child"}
    former = PersonName.objects.believed().get(muni=CHUO, person=MOTHER, kind="former")
    assert (former.surname, former.surname_kana) == ("髙橋", "タカハシ")
    came = Residence.objects.believed().get(muni=CHUO, person=SON)
    assert (came.entry, came.came_from["muni"], came.came_from["town"]) == ("move_in", CHIYODA, "千代田")
    assert services.broken_chain(CHIYODA) is None
    assert services.broken_chain(CHUO) is None
    assert reads_of(FATHER)


def test_the_same_filing_twice_is_one_move_and_another_under_its_key_is_refused() -> None:
    move = announce()
    assert announce() == move
    with pytest.raises(Refused, match="another move"):
        announce(FATHER, MOTHER)
    with pytest.raises(Refused, match="open move"):
        announce(key="k2")
    assert RefusedAct.objects.filter(muni=CHIYODA).count() == 2
    assert Move.objects.count() == 1


def test_cancelled_before_the_new_side_enters_nobody_has_ever_left() -> None:
    move = sent()
    assert services.cancel_move(CHIYODA, move, "work", actor=RESIDENT, now=FILED) == "withdrawing"
    mail(FILED + timedelta(hours=2))
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("cancelled", "withdrawn")
    assert [on_register(who, DAY) for who in FAMILY] == [[CHIYODA]] * 4
    assert Act.objects.filter(muni=CHIYODA, kind="move_out_cancelled").get().reported_on is not None
    with pytest.raises(Refused):
        enter(move)
    assert announce(key="again") != move


def test_a_cancellation_that_comes_too_late_changes_nothing() -> None:
    move = sent()
    enter(move)
    assert services.cancel_move(CHIYODA, move, "late", actor=RESIDENT, now=ARRIVAL) == "withdrawing"
    mail(ARRIVAL)
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("closed", "closed")
    assert [on_register(who, DAY) for who in FAMILY] == [[CHUO]] * 4


def test_who_stands_in_another_municipality_is_entered_there() -> None:
    move = sent()
    ask = services.ask_for_certificate(YOKOHAMA, CHIYODA, FAMILY, key="q", actor="officer:33", now=ARRIVAL)
    assert state(ask, Role.ASKING, YOKOHAMA) == "awaited"
    mail(ARRIVAL)
    assert state(ask, Role.ASKING, YOKOHAMA) == "answered"
    assert (state(move, Role.NEW, CHUO), state(move, Role.NEW, YOKOHAMA)) == ("withdrawn", "received")
    row = Move.objects.get(muni=YOKOHAMA, move=move, role="new")
    assert row.conflict == "unknown_town"
    with pytest.raises(Refused, match="unknown town"):
        enter(move, YOKOHAMA, to=TSURUMI)
    services.resolve_conflict(YOKOHAMA, move, Role.NEW, "address seen", actor="officer:33", now=ARRIVAL)
    enter(move, YOKOHAMA, to=TSURUMI)
    mail(ARRIVAL)
    assert state(move, Role.OLD, CHIYODA) == "closed"
    left = Residence.objects.believed().get(muni=CHIYODA, person=FATHER)
    assert (left.going_to["muni"], left.went_to["muni"]) == (CHUO, YOKOHAMA)
    late = services.ask_for_certificate(CHUO, CHIYODA, FAMILY, key="q2", actor=NEW_OFFICER, now=ARRIVAL)
    mail(ARRIVAL)
    assert Move.objects.get(muni=CHUO, move=late).conflict == "entered_elsewhere"
    nobody = services.ask_for_certificate(CHUO, CHIYODA, [SHIELDED], key="q3", actor=NEW_OFFICER, now=ARRIVAL)
    mail(ARRIVAL)
    assert Move.objects.get(muni=CHUO, move=nobody).conflict == "no_open_move"


def test_the_destination_is_changed_before_the_arrival() -> None:
    move = sent()
    services.change_destination(CHIYODA, move, TSURUMI, plan(*FAMILY), actor=RESIDENT, now=FILED)
    mail(FILED + timedelta(hours=3))
    assert (state(move, Role.NEW, CHUO), state(move, Role.NEW, YOKOHAMA)) == ("withdrawn", "received")
    other = replace(TSURUMI, block="1番")
    services.change_destination(CHIYODA, move, other, plan(*FAMILY), actor=RESIDENT, now=FILED)
    mail(FILED + timedelta(hours=4))
    view = services.move_of(replace(READER, muni=YOKOHAMA), YOKOHAMA, move, Role.NEW, on=DAY)
    assert view is not None
    assert view.to == other


def test_part_of_those_announced_arrive_on_another_day_and_the_others_never_left() -> None:
    move = sent()
    moved = DAY - timedelta(days=2)
    enter(move, moved=moved, seats=(Seat(MOTHER, 0, "head"), Seat(SON, 0, "child")))
    mail(ARRIVAL)
    assert state(move, Role.OLD, CHIYODA) == "closed"
    assert [on_register(who, moved) for who in FAMILY] == [[CHIYODA], [CHUO], [CHUO], [CHIYODA]]
    assert on_register(MOTHER, moved - timedelta(days=1)) == [CHIYODA]


def test_part_of_a_household_moves_and_the_head_is_replaced_in_the_same_filing() -> None:
    with pytest.raises(Refused, match="no new head"):
        announce(FATHER)
    with pytest.raises(Refused, match="children"):
        announce(
            FATHER,
            MOTHER,
            plan=(Seat(FATHER, 0, "head"), Seat(MOTHER, 0, "spouse")),
            left=(Seat(SON, 7, "head"),),
        )
    with pytest.raises(Refused, match="below 15"):
        announce(FATHER, left=(Seat(SON, 7, "head"),))
    left = (Seat(MOTHER, 7, "head"), Seat(SON, 7, "child"), Seat(DAUGHTER, 7, "child"))
    move = sent(FATHER, left=left)
    enter(move)
    mail(ARRIVAL)
    head = Membership.objects.believed().filter(muni=CHIYODA, household=7, relation="head").on(DAY).get()
    assert head.person == MOTHER
    assert on_register(MOTHER, DAY) == [CHIYODA]


def test_children_move_alone_only_through_their_legal_representative() -> None:
    seats = (Seat(SON, 0, "head"), Seat(DAUGHTER, 0, "sibling"))
    for capacity in (Capacity.SELF, Capacity.HEAD, Capacity.MEMBER):
        with pytest.raises(Refused):
            announce(SON, DAUGHTER, plan=seats, capacity=capacity)
    move = sent(SON, DAUGHTER, plan=seats, capacity=Capacity.REPRESENTATIVE)
    joined = (Seat(SON, 9, "relative"), Seat(DAUGHTER, 9, "relative"))
    enter(move, seats=joined)
    mail(ARRIVAL)
    assert set(
        Membership.objects.believed().filter(muni=CHUO, household=9).values_list("person", flat=True)
    ) == {
        ALONE,
        SON,
        DAUGHTER,
    }


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"movers": ()}, BadInput, "nobody"),
        ({"movers": (FATHER, FATHER)}, BadInput, "twice"),
        ({"to": replace(TSUKIJI, muni=CHIYODA)}, BadInput, "same municipality"),
        ({"to": Place("", "Paris", country="FRA")}, BadInput, "abroad"),
        ({"plan": plan(FATHER, MOTHER, SON)}, BadInput, "each mover once"),
        ({"plan": tuple(Seat(who, 0, "child") for who in FAMILY)}, BadInput, "0 heads"),
        ({"filer": ALONE}, Refused, "one of the movers"),
        ({"filer": SON}, Refused, "files alone"),
        ({"capacity": Capacity.AGENT}, Refused, "counter"),
        ({"announced": date(2120, 6, 1)}, Refused, "can be announced online from"),
        (
            {"movers": (FATHER, 99), "plan": (Seat(FATHER, 0, "head"), Seat(99, 0, "cohabitant"))},
            Refused,
            "no resident",
        ),
        ({"movers": (FATHER, ALONE), "plan": plan(FATHER)}, BadInput, "each mover once"),
    ],
)
def test_what_cannot_be_filed_is_refused_and_nothing_is_changed(
    said: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        announce(**said)
    assert (Move.objects.count(), MoveStep.objects.count(), OutMessage.objects.count()) == (0, 0, 0)
    assert RefusedAct.objects.count() == 1


def test_without_proof_nobody_is_entered_and_what_is_missing_is_said() -> None:
    move = sent(evidence=())
    with pytest.raises(Refused, match="identity, existence"):
        services.accept_move_in(CHUO, move, moved=DAY, actor=NEW_OFFICER, now=ARRIVAL)
    assert on_register(FATHER, DAY) == []
    assert RefusedAct.objects.filter(muni=CHUO).count() == 1


def test_the_day_after_the_card_route_ends_only_the_paper_helps() -> None:
    move = sent()
    last = Move.objects.get(move=move, role="old").card_route_until
    assert last == date(2120, 5, 10)
    assert services.run_deadlines(datetime(2120, 5, 10, 12, tzinfo=UTC)) == 0
    after = datetime(2120, 5, 10, 15, 0, tzinfo=UTC)
    assert services.run_deadlines(after) == 2
    assert services.run_deadlines(after) == 0
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == (
        "card_route_ended",
        "card_route_ended",
    )
    with pytest.raises(Refused, match="paper"):
        enter(move, now=after)
    number = services.issue_paper_certificate(CHIYODA, move, actor=OLD_OFFICER, now=after)
    mail(after)
    paper = Evidence(Proof.PAPER_CERTIFICATE, NEW_OFFICER, after)
    services.confirm_identity(CHUO, move, paper, actor=NEW_OFFICER, now=after)
    view = services.move_of(READER, CHUO, move, Role.NEW, on=date(2120, 5, 11))
    assert view is not None
    assert (view.paper, view.state) == (number, "confirmed")
    enter(move, now=after)
    mail(after)
    assert state(move, Role.OLD, CHIYODA) == "closed"
    act = Act.objects.get(muni=CHUO, kind="move_in")
    assert act.facts["days_late"] == 17


def test_a_card_route_shorter_than_thirty_days_where_the_move_was_before_the_announced_day() -> None:
    move = sent()
    late = datetime(2120, 4, 25, 3, tzinfo=UTC)
    with pytest.raises(Refused, match="paper"):
        enter(move, now=late, moved=date(2120, 4, 8))


def test_a_move_announced_too_late_goes_by_paper() -> None:
    late = datetime(2120, 4, 26, 3, tzinfo=UTC)
    move = announce(now=late, online=False, evidence=())
    accept(move, late)
    assert state(move, Role.OLD, CHIYODA) == "accepted"
    services.issue_paper_certificate(CHIYODA, move, actor=OLD_OFFICER, now=late)
    services.ask_for_certificate(CHUO, CHIYODA, FAMILY, key="q", actor=NEW_OFFICER, now=late)
    mail(late)
    assert state(move, Role.NEW, CHUO) == "card_route_ended"
    paper = Evidence(Proof.PAPER_CERTIFICATE, NEW_OFFICER, late)
    services.confirm_identity(CHUO, move, paper, actor=NEW_OFFICER, now=late)
    enter(move, now=late)
    mail(late)
    assert [on_register(who, DAY) for who in FAMILY] == [[CHUO]] * 4


def test_under_the_zero_visit_law_a_signed_move_is_entered_on_its_day_by_itself(settings: Any) -> None:
    settings.MOVE_LAW = "zero_visit"
    move = sent()
    assert state(move, Role.NEW, CHUO) == "confirmed"
    assert services.run_deadlines(datetime(2120, 4, 9, 14, 59, tzinfo=UTC)) == 0
    assert services.run_deadlines(datetime(2120, 4, 9, 15, 0, tzinfo=UTC)) == 1
    mail(ARRIVAL)
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("closed", "closed")
    assert [on_register(who, DAY) for who in FAMILY] == [[CHUO]] * 4


def test_a_household_to_join_and_a_protected_mover_are_left_to_an_officer(settings: Any) -> None:
    settings.MOVE_LAW = "zero_visit"
    joining = sent(joins="試験9郎")
    shielded = sent(SHIELDED, key="k8", filer=SHIELDED)
    assert services.run_deadlines(ARRIVAL) == 0
    assert {state(joining, Role.NEW, CHUO), state(shielded, Role.NEW, CHUO)} == {"confirmed"}


def test_measures_arrive_before_the_data_and_the_move_shows_no_address_to_others() -> None:
    shield(MOTHER, FATHER)
    move = announce()
    accept(move)
    kinds = list(OutMessage.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["register.move.measures", "register.move.certificate"]
    mail(FILED)
    taken = SupportMeasure.objects.current().get(muni=CHUO)
    assert (taken.act, taken.awaiting, taken.served_by) == ("move", True, CHUO)
    parts = MeasurePerson.objects.filter(muni=CHUO, measure=taken.measure).values_list("person", "part")
    assert set(parts) == {(MOTHER, "applicant"), (FATHER, "other_party")}
    resident = Reader(RESIDENT, "own moves", "Basic Resident Register Act art. 12", use="own_record")
    mother = replace(resident, actor=f"resident:{MOTHER}")
    theirs = services.moves_of_resident(resident, FATHER, viewer=FATHER, on=DAY)
    assert theirs
    for view in theirs:
        assert (view.to, view.came_from, view.plan, view.certificate, view.other) == (None, None, (), (), "")
        assert view.persons == (FATHER,)
        assert "築地" not in repr(view)
    hers = services.moves_of_resident(mother, MOTHER, viewer=MOTHER, on=DAY)
    assert {view.to for view in hers} == {TSUKIJI}


def test_an_officer_without_the_duty_sees_no_move_of_a_protected_person() -> None:
    open_one = sent()
    move = sent(SHIELDED, key="k8", filer=SHIELDED)
    keeper = get_user_model()._default_manager.create(username="keeper")
    appoint(keeper.pk, DutyKind.REGISTER_OFFICER, CHUO, date(2020, 4, 1))
    duty = replace(READER, actor=f"officer:{keeper.pk}")
    today = FILED.date()
    assert services.move_of(READER, CHUO, move, Role.NEW, on=today) is None
    for listed in (services.open_moves, services.incoming_moves):
        assert [view.move for view in listed(READER, CHUO, on=today)] == [open_one]
        assert {view.move for view in listed(duty, CHUO, on=today)} == {open_one, move}
    assert [line.answer for line in reads_of(SHIELDED) if line.actor == NEW_OFFICER] == [Answer.REFUSED] * 3
    told = services.move_of(duty, CHUO, move, Role.NEW, on=today)
    assert told is not None
    assert (told.protected, told.persons) == (True, (SHIELDED,))


def test_who_dies_before_the_move_moves_no_more() -> None:
    move = sent()
    day = date(2120, 4, 5)
    now = datetime(2120, 4, 7, tzinfo=UTC)
    report = Report(CHIYODA, PartialDate.of(day), None, OLD_OFFICER, "death", now, now.date())
    perform_act(report, Leaving(Kind.DEATH, DAUGHTER))
    assert services.deliver_events(now) == 1
    mail(now)
    view = services.move_of(READER, CHUO, move, Role.NEW, on=DAY)
    assert view is not None
    assert view.persons == (FATHER, MOTHER, SON)
    enter(move)
    mail(ARRIVAL)
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("closed", "closed")
    assert [on_register(who, DAY) for who in FAMILY] == [[CHUO]] * 3 + [[]]


@pytest.mark.parametrize(
    ("moved", "old", "until"),
    [
        (date(2120, 4, 9), "closed", date(2120, 4, 9)),
        (date(2120, 4, 11), "closed", date(2120, 4, 11)),
        (date(2120, 4, 4), "notified_back", DAY),
    ],
)
def test_the_others_arrive_on_another_day_than_announced_after_one_of_them_has_died(
    moved: date, old: str, until: date
) -> None:
    """The daughter dies on 5 April. On 4 April the others cannot have left her alone: an officer looks at it."""
    move = sent()
    now = datetime(2120, 4, 7, tzinfo=UTC)
    report = Report(CHIYODA, PartialDate.of(date(2120, 4, 5)), None, OLD_OFFICER, "death", now, now.date())
    perform_act(report, Leaving(Kind.DEATH, DAUGHTER))
    services.deliver_events(now)
    mail(now)
    enter(move, moved=moved)
    mail(ARRIVAL)
    assert state(move, Role.OLD, CHIYODA) == old
    stays = Residence.objects.believed().filter(muni=CHIYODA)
    assert {stays.get(person=who).until for who in (FATHER, MOTHER, SON)} == {until}
    assert (stays.get(person=DAUGHTER).until, stays.get(person=DAUGHTER).exit) == (date(2120, 4, 6), "death")


def test_a_move_of_which_nobody_is_left_ends() -> None:
    move = sent(SHIELDED, filer=SHIELDED)
    record_changed(CHIYODA, SHIELDED, gone=True, by="act", now=FILED)
    mail(FILED + timedelta(hours=2))
    assert (state(move, Role.OLD, CHIYODA), state(move, Role.NEW, CHUO)) == ("cancelled", "withdrawn")


def test_a_correction_after_the_entry_is_shown_to_the_new_municipality() -> None:
    move = sent()
    enter(move)
    mail(ARRIVAL)
    fact = Particulars.objects.believed().get(muni=CHIYODA, person=SON)
    from enishi.register.rules.reports import ItemsCorrected

    report = Report(CHIYODA, PartialDate.of(DAY), None, OLD_OFFICER, "fix", ARRIVAL, ARRIVAL.date())
    perform_act(
        report,
        ItemsCorrected(
            SON, "particulars", {"birth_date": date(2112, 1, 3), "birth_latest": date(2112, 1, 3)}
        ),
    )
    assert fact.birth_date == date(2112, 1, 2)
    assert services.deliver_events(ARRIVAL) == 1
    mail(ARRIVAL)
    row = Move.objects.get(muni=CHUO, move=move, role="new")
    assert (row.state, row.conflict) == ("closed", "amended_after_entry")
    work = services.open_moves(READER, CHUO, on=DAY)
    assert [view.conflict for view in work] == ["amended_after_entry"]
    services.resolve_conflict(CHUO, move, Role.NEW, "corrected by act", actor=NEW_OFFICER, now=ARRIVAL)
    assert services.open_moves(READER, CHUO, on=DAY) == ()


def test_a_declined_move_comes_back_to_the_old_municipality() -> None:
    move = sent()
    services.decline_move_in(CHUO, move, "no such block", actor=NEW_OFFICER, now=ARRIVAL)
    mail(ARRIVAL)
    row = Move.objects.get(muni=CHIYODA, move=move)
    assert (row.state, row.conflict) == ("returned", "no such block")
    assert services.cancel_move(CHIYODA, move, "stays", actor=RESIDENT, now=ARRIVAL) == "cancelled"
    assert on_register(FATHER, DAY) == [CHIYODA]


def test_a_refused_announcement_leaves_the_register_as_it_was() -> None:
    move = announce()
    with pytest.raises(BadInput, match="reason"):
        services.refuse_move_out(CHIYODA, move, " ", actor=OLD_OFFICER, now=FILED)
    services.refuse_move_out(CHIYODA, move, "not the legal representative", actor=OLD_OFFICER, now=FILED)
    assert state(move, Role.OLD, CHIYODA) == "refused"
    assert on_register(FATHER, DAY) == [CHIYODA]
    with pytest.raises(Refused, match="refused"):
        accept(move)


def test_another_municipality_s_officer_sees_and_steps_nothing() -> None:
    move = sent()
    stranger = replace(READER, muni=YOKOHAMA)
    assert services.move_of(stranger, CHUO, move, Role.NEW, on=DAY) is None
    assert services.open_moves(stranger, CHUO, on=DAY) == ()
    with pytest.raises(Refused, match="no such move"):
        services.accept_move_in(YOKOHAMA, move, moved=DAY, actor="officer:33", now=ARRIVAL)


def test_every_open_move_says_what_it_waits_for() -> None:
    announce()
    assert [view.reason for view in services.open_moves(replace(READER, muni=CHIYODA), CHIYODA, on=DAY)] == [
        "waits_for_acceptance"
    ]
    accept(Move.objects.get().move)
    mail(FILED)
    assert [view.reason for view in services.incoming_moves(READER, CHUO, on=DAY)] == ["waits_for_proof"]
    assert [view.late for view in services.incoming_moves(READER, CHUO, on=date(2120, 5, 1))] == [7]


def test_the_log_of_a_move_is_never_altered() -> None:
    announce()
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MoveStep.objects.update(word="x")


def test_an_address_of_the_new_record_is_the_one_filed() -> None:
    move = sent()
    enter(move)
    address = Address.objects.believed().get(muni=CHUO, person=SON)
    assert (address.town, address.block, address.since) == ("築地", "1丁目1番1号", DAY)


def test_the_command_carries_a_move_to_its_end_and_says_what_waits(capsys: Any, monkeypatch: Any) -> None:
    import argparse

    from enishi.platform import messages
    from enishi.site.commands import register as command

    monkeypatch.setattr(command, "set_up", lambda: None)
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=3)
    alone = {"filer": SHIELDED, "announced": day, "now": now}
    move = announce(SHIELDED, **alone)
    accept(move, now)
    once = argparse.Namespace(seconds=0)
    assert command.carry_messages(once) == 0
    # The measures, the certificate information behind them, and the new municipality taking the case over.
    assert "3 delivered, 3 handled" in capsys.readouterr().out
    services.confirm_identity(CHUO, move, COUNTER, actor=NEW_OFFICER, now=now)
    services.accept_move_in(CHUO, move, moved=day, actor=NEW_OFFICER, now=now)
    handler = messages._handlers.pop("register.move.entered")
    try:
        assert command.carry_messages(once) == 1
        assert f"{CHUO} to {CHIYODA}" in capsys.readouterr().out
    finally:
        messages._handlers["register.move.entered"] = handler
