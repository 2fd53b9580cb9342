"""Support measures (支援措置) from filing to end, what every municipality gets to know, and what stands in the way of whom."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.models import OutMessage, ReadRecord
from enishi.platform.services import (
    Answer,
    DutyKind,
    Envelope,
    Reader,
    appoint,
    backlog,
    deliver,
    handle,
    reads_of,
    receive,
)
from enishi.register import services, terms
from enishi.register.gate import as_rule, measures_of, permitted
from enishi.register.measure_messages import for_transfer, taken_over
from enishi.register.measure_reading import delivery_of
from enishi.register.measure_words import Reach
from enishi.register.measures import STANDING
from enishi.register.models import MeasurePerson, Residence, SupportMeasure
from enishi.register.rules.disclosure import closes
from enishi.register.services import load_nation
from enishi.register.terms import Agency, By, Case, Changed, Due, Harm, Mail, Opinion
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA, person, small_snapshot
from tests.register.disclosure_laws import borders, shapes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HUSBAND, WIFE, CHILD, GRANNY = 1, 2, 3, 4
CASE = Case(WIFE, Harm.VIOLENCE, covered=(CHILD,), other_parties=(HUSBAND,))
OPINION = Opinion(Agency.POLICE, "札幌方面中央警察署", date(2026, 6, 9))
DELIVERY = {"postcode": "0600001", "address": "札幌市 支援センター気付", "to": "佐藤 花"}


@pytest.fixture
def family(tmp_path: Path) -> None:
    """A family in Chiyoda: 1 head, 2 wife, 3 child, 4 the head's mother; nobody in Sapporo and Chuo but 5 and 6."""
    home = {"household": 11, "surname": "佐藤", "surname_kana": "サトウ"}
    people = [
        person(HUSBAND, **home),
        person(WIFE, **home, relation="spouse"),
        person(CHILD, **home, relation="child", birth_date=date(2018, 5, 5)),
        person(GRANNY, **home, relation="parent"),
        person(5, muni=SAPPORO),
        person(6, muni=CHUO),
    ]
    load_nation(small_snapshot(tmp_path, people))


def by(muni: str = SAPPORO, key: str = "key-1", now: datetime = NOW, reason: str = "asked for") -> By:
    return By(muni, "officer:7", key, now, reason)


def messages(now: datetime = NOW) -> None:
    """Everything that is on its way arrives and is handled, until nothing moves any more."""
    while deliver(now=now) + handle(now=now):
        pass
    assert backlog() == []


def open_to(
    reader: Reader, who: int = WIFE, at: datetime = NOW, items: tuple[str, ...] = ("name", "address")
) -> bool:
    return who in permitted(reader, items, {who}, at)


def clerk(muni: str, duty: DutyKind = DutyKind.REGISTER_OFFICER, use: str = "") -> Reader:
    name = f"{duty}-{muni}"
    user, _ = get_user_model().objects.get_or_create(username=name)
    appoint(user.pk, duty, muni, date(2020, 1, 1))
    return Reader(f"officer:{user.pk}", "a question", "Basic Resident Register Act 1", muni=muni, use=use)


AGENCY = Reader("officer:1", "a question", "Basic Resident Register Act 30-9")
ORDINARY = Reader("officer:99", "a question", "Basic Resident Register Act 1", muni=CHIYODA)


@pytest.mark.usefixtures("family")
class TestActs:
    def test_a_filing_closes_from_its_moment_wherever_there_is_a_trace(self) -> None:
        assert open_to(AGENCY)
        measure = services.file_measure(by(), CASE)
        messages()
        held = SupportMeasure.objects.current().filter(measure=measure).order_by("muni")
        assert [(row.muni, row.act, row.served_by) for row in held] == [
            (SAPPORO, "file", SAPPORO),
            (CHIYODA, "copied", SAPPORO),
        ]
        for who in (WIFE, CHILD):
            assert open_to(AGENCY, who, NOW - DAY / 86_400)
            assert not open_to(AGENCY, who)
            assert not open_to(ORDINARY, who)
        assert open_to(ORDINARY, HUSBAND)
        assert open_to(ORDINARY, GRANNY)

    def test_the_other_party_gets_nothing_of_wife_and_child_but_keeps_the_own_record(self) -> None:
        husband = Reader(f"resident:{HUSBAND}", "own record", "Basic Resident Register Act 12(1)")
        assert [open_to(husband, who) for who in (HUSBAND, WIFE, CHILD, GRANNY)] == [True] * 4
        child = replace(husband, role="parent", on_behalf_of=f"resident:{CHILD}")
        assert open_to(child, CHILD)
        services.file_measure(by(), CASE)
        assert [open_to(husband, who) for who in (HUSBAND, WIFE, CHILD, GRANNY)] == [True, False, False, True]
        assert not open_to(child, CHILD)
        for role in ("parent", "agent", "self", "household_member", "third_party", "municipal_officer"):
            assert not open_to(replace(husband, role=role, on_behalf_of=f"resident:{WIFE}"), WIFE), role
        wife = Reader(f"resident:{WIFE}", "own record", "Basic Resident Register Act 12(1)")
        assert open_to(wife)
        assert open_to(replace(wife, role="parent", on_behalf_of=f"resident:{CHILD}"), CHILD)

    def test_granny_of_the_same_household_gets_nothing_of_them_either(self) -> None:
        granny = Reader(f"resident:{GRANNY}", "household", "Basic Resident Register Act 12(1)")
        assert open_to(granny)
        services.file_measure(by(), CASE)
        assert not open_to(granny)
        assert open_to(granny, HUSBAND)

    def test_a_grant_lasts_a_year_to_the_end_of_its_last_day(self) -> None:
        measure = services.file_measure(by(), CASE)
        messages()
        services.decide_measure(by(key="key-2"), measure, grant=True)
        row = SupportMeasure.objects.current().get(muni=SAPPORO)
        assert row.until == date(2027, 6, 11)
        midnight = datetime(2027, 6, 10, 15, 0, tzinfo=UTC)
        assert not open_to(AGENCY, at=midnight - timedelta(microseconds=1))
        assert not open_to(AGENCY, at=midnight), (
            "the copy in Chiyoda has not heard of the grant and closes on"
        )
        messages()
        assert not open_to(AGENCY, at=midnight - timedelta(microseconds=1))
        assert open_to(AGENCY, at=midnight)

    def test_a_rejection_and_an_end_open_from_that_moment(self) -> None:
        for number, act in enumerate((services.end_measure, None)):
            measure = services.file_measure(by(key=f"file-{number}"), CASE)
            later = NOW + DAY
            if act is None:
                services.decide_measure(by(key=f"no-{number}", now=later), measure, grant=False)
            else:
                services.decide_measure(by(key=f"yes-{number}"), measure, grant=True)
                act(by(key=f"end-{number}", now=later), measure)
            messages(later)
            assert not open_to(AGENCY, at=later - timedelta(microseconds=1))
            assert open_to(AGENCY, at=later)

    def test_it_is_renewed_in_its_last_month_only_and_without_a_gap(self) -> None:
        measure = services.file_measure(by(), CASE)
        services.decide_measure(by(key="key-2"), measure, grant=True)
        first = datetime(2027, 5, 10, 15, 0, tzinfo=UTC)
        last = datetime(2027, 6, 10, 14, 59, tzinfo=UTC)
        with pytest.raises(Refused, match="2027-05-11"):
            services.renew_measure(by(key="key-3", now=first - timedelta(seconds=1)), measure)
        with pytest.raises(Refused, match="ended on 2027-06-10"):
            services.renew_measure(by(key="key-3", now=last + timedelta(minutes=1)), measure)
        services.renew_measure(by(key="key-3", now=first), measure)
        services.renew_measure(by(key="key-3", now=first), measure)
        assert SupportMeasure.objects.current().get(muni=SAPPORO).until == date(2028, 6, 13)
        with pytest.raises(Refused, match="2028-05"):
            services.renew_measure(by(key="key-4", now=last), measure)

    def test_what_is_due_today(self) -> None:
        officer = clerk(SAPPORO)
        measure = services.file_measure(by(), CASE)
        today = NOW.date()
        (due,) = services.measures_due(officer, SAPPORO, today)
        assert (due.measure, due.applicant, due.why, due.filed_on) == (measure, WIFE, Due.DECIDE, today)
        assert [line.answer for line in reads_of(WIFE)] == [Answer.GIVEN]
        services.decide_measure(by(key="key-2"), measure, grant=True)
        for day, expected in (
            (date(2026, 12, 1), []),
            (date(2027, 5, 10), []),
            (date(2027, 5, 11), [Due.RENEW]),
            (date(2027, 6, 10), [Due.RENEW]),
            (date(2027, 6, 11), []),
        ):
            assert [one.why for one in services.measures_due(officer, SAPPORO, day)] == expected, day
        assert services.measures_due(clerk(CHIYODA), CHIYODA, date(2027, 5, 11)) == []

    def test_its_file_is_open_to_the_register_officers_of_the_own_municipality_alone(self) -> None:
        measure = services.file_measure(by(), replace(CASE, delivery=DELIVERY))
        services.decide_measure(by(key="key-2", reason="opinion of the police"), measure, grant=True)
        messages()
        (held,) = services.measures_of_person(clerk(SAPPORO), SAPPORO, CHILD)
        assert held.case == replace(CASE, delivery=DELIVERY)
        assert [(act, reason) for act, _at, _actor, reason in held.acts] == [
            ("file", "asked for"),
            ("grant", "opinion of the police"),
        ]
        (copied,) = services.measures_of_person(clerk(CHIYODA), CHIYODA, HUSBAND)
        assert copied.case.delivery is None
        benefits = clerk(SAPPORO, DutyKind.BENEFITS_OFFICER)
        assert services.measures_of_person(benefits, SAPPORO, CHILD) == []
        assert services.measures_due(benefits, SAPPORO, NOW.date()) == []
        with pytest.raises(Refused, match=r"正当な目的|legitimate purpose"):
            services.measures_of_person(clerk(CHIYODA), SAPPORO, CHILD)

    def test_mail_goes_to_the_delivery_address_where_they_are_served_and_is_held_elsewhere(self) -> None:
        today = NOW.date()
        assert delivery_of(CHIYODA, WIFE, today).mail is Mail.ORDINARY
        measure = services.file_measure(by(), replace(CASE, delivery=DELIVERY))
        messages()
        there = delivery_of(SAPPORO, WIFE, today)
        assert (there.mail, there.address) == (Mail.DELIVERY_ADDRESS, DELIVERY)
        assert delivery_of(CHIYODA, CHILD, today) == terms.Delivery(Mail.HELD)
        assert services.mail_for(clerk(SAPPORO), SAPPORO, WIFE, today) == there
        assert services.mail_for(clerk(CHIYODA), SAPPORO, WIFE, today) == terms.Delivery(Mail.HELD)
        benefits = clerk(SAPPORO, DutyKind.BENEFITS_OFFICER)
        assert services.mail_for(benefits, SAPPORO, WIFE, today) == terms.Delivery(Mail.HELD)
        assert delivery_of(CHIYODA, HUSBAND, today).mail is Mail.ORDINARY
        services.file_measure(by(key="key-2"), replace(CASE, harm=Harm.STALKING))
        assert delivery_of(SAPPORO, WIFE, today).mail is Mail.HELD
        services.end_measure(by(key="key-3"), measure)
        messages()
        assert delivery_of(CHIYODA, WIFE, today).mail is Mail.HELD

    def test_the_same_act_again_is_one_and_another_under_its_key_is_refused(self) -> None:
        measure = services.file_measure(by(), CASE)
        assert services.file_measure(by(), CASE) == measure
        for other in (
            replace(CASE, covered=()),
            replace(CASE, harm=Harm.SIMILAR),
            replace(CASE, delivery=DELIVERY),
        ):
            with pytest.raises(Refused, match="another act"):
                services.file_measure(by(), other)
        with pytest.raises(Refused, match="another act"):
            services.decide_measure(by(), measure, grant=True)
        services.decide_measure(by(key="key-2"), measure, grant=True)
        services.decide_measure(by(key="key-2"), measure, grant=True)
        with pytest.raises(Refused, match="another act"):
            services.decide_measure(by(key="key-2"), measure, grant=False)
        with pytest.raises(Refused, match="decided already"):
            services.decide_measure(by(key="key-3"), measure, grant=False)
        services.end_measure(by(key="key-4"), measure)
        services.end_measure(by(key="key-4"), measure)
        for act in (services.end_measure, services.renew_measure):
            with pytest.raises(Refused, match="has ended"):
                act(by(key="key-5"), measure)
        assert SupportMeasure.objects.filter(muni=SAPPORO).count() == 3

    @pytest.mark.parametrize(
        ("case", "error", "words"),
        [
            (replace(CASE, covered=(WIFE,)), BadInput, "twice"),
            (replace(CASE, other_parties=(WIFE,)), BadInput, "twice"),
            (replace(CASE, other_parties=(CHILD,)), BadInput, "twice"),
            (replace(CASE, other_parties=()), BadInput, "other party"),
            (replace(CASE, applicant=0), BadInput, "twice"),
            (replace(CASE, covered=(CHILD, 999)), Refused, "person 999"),
            (replace(CASE, other_parties=(998,)), Refused, "person 998"),
        ],
    )
    def test_a_case_that_cannot_be_is_refused_and_nothing_is_written(
        self, case: Case, error: type[Exception], words: str
    ) -> None:
        with pytest.raises(error, match=words):
            services.file_measure(by(), case)
        assert not SupportMeasure.objects.exists()
        assert not MeasurePerson.objects.exists()
        assert not OutMessage.objects.exists()

    def test_only_the_municipality_that_serves_them_acts(self) -> None:
        measure = services.file_measure(by(), CASE)
        messages()
        for act in (services.renew_measure, services.end_measure):
            with pytest.raises(Refused, match="another municipality serves"):
                act(by(CHIYODA, "key-2"), measure)
        with pytest.raises(Refused, match="another municipality serves"):
            services.decide_measure(by(CHIYODA, "key-2"), measure, grant=False)
        with pytest.raises(Refused, match="no such"):
            services.end_measure(by(CHUO, "key-2"), measure)
        with pytest.raises(BadInput, match="reason"):
            services.end_measure(by(SAPPORO, "key-2", reason=" "), measure)

    def test_the_database_lets_nobody_alter_or_delete_a_measure(self) -> None:
        services.file_measure(by(), CASE)
        alterations: list[Any] = [
            lambda: SupportMeasure.objects.update(granted=False, decided_at=NOW),
            lambda: SupportMeasure.objects.update(ended_at=NOW),
            lambda: SupportMeasure.objects.update(served_by=CHIYODA),
            lambda: SupportMeasure.objects.all().delete(),
            lambda: MeasurePerson.objects.update(part="other_party"),
            lambda: MeasurePerson.objects.all().delete(),
        ]
        for alter in alterations:
            with pytest.raises(DatabaseError), transaction.atomic():
                alter()
        assert not open_to(AGENCY)


@pytest.mark.usefixtures("family")
class TestBetweenMunicipalities:
    def moved(self, grant: bool = True, persons: tuple[int, ...] = (WIFE, CHILD)) -> str:
        """Granted in Sapporo, then Sapporo hands the case over to Chuo."""
        measure = services.file_measure(by(), CASE)
        if grant:
            services.decide_measure(by(key="key-2"), measure, grant=True)
        messages()
        ahead = for_transfer(SAPPORO, persons, NOW + DAY)
        assert taken_over(CHUO, ahead, NOW + DAY) == 1
        assert taken_over(CHUO, ahead, NOW + 2 * DAY) == 0
        messages(NOW + DAY)
        return measure

    def test_after_a_move_it_closes_until_the_new_municipality_decides(self) -> None:
        measure = self.moved()
        copies = {row.muni: row for row in SupportMeasure.objects.current()}
        assert {muni: (row.served_by, row.awaiting) for muni, row in copies.items()} == {
            CHUO: (CHUO, True),
            SAPPORO: (CHUO, True),
            CHIYODA: (CHUO, True),
        }
        for years in (2, 20):
            assert not open_to(AGENCY, at=NOW + 366 * years * DAY)
        services.decide_measure(by(CHUO, "key-1", NOW + 3 * DAY), measure, grant=True)
        messages(NOW + 3 * DAY)
        until = date(2027, 6, 15)
        assert {row.until for row in SupportMeasure.objects.current()} == {until}
        with pytest.raises(Refused, match="another municipality serves"):
            services.end_measure(by(SAPPORO, "key-9", NOW + 4 * DAY), measure)

    def test_where_the_new_one_rejects_it_opens_there_and_the_old_ones_run_their_term(self) -> None:
        measure = self.moved()
        services.decide_measure(by(CHUO, "key-1", NOW + 3 * DAY), measure, grant=False)
        messages(NOW + 3 * DAY)
        rows = {row.muni: row for row in SupportMeasure.objects.current()}
        at = NOW + 4 * DAY
        assert {muni: closes(as_rule(row, {}), at) for muni, row in rows.items()} == {
            CHUO: False,
            SAPPORO: True,
            CHIYODA: True,
        }
        assert not closes(as_rule(rows[CHIYODA], {}), NOW + 400 * DAY)

    def test_the_other_partys_move_brings_a_copy_that_nobody_there_may_decide(self) -> None:
        measure = services.file_measure(by(), replace(CASE, delivery=DELIVERY))
        messages()
        ahead = for_transfer(CHIYODA, [HUSBAND], NOW)
        assert [one["moves"] for one in ahead] == ["other"]
        assert DELIVERY["address"] not in str(ahead)
        taken_over(CHUO, ahead, NOW)
        row = SupportMeasure.objects.current().get(muni=CHUO)
        assert (row.served_by, row.awaiting, row.delivery) == (SAPPORO, False, None)
        with pytest.raises(Refused, match="another municipality serves"):
            services.decide_measure(by(CHUO, "key-1"), measure, grant=False)

    def test_a_child_who_moves_alone_stays_protected_there(self) -> None:
        measure = self.moved(persons=(CHILD,))
        copies = {
            (row.measure, row.muni): (row.served_by, row.awaiting) for row in SupportMeasure.objects.current()
        }
        own = f"{measure}/{CHUO}"
        old = {(measure, muni): (SAPPORO, False) for muni in (SAPPORO, CHIYODA)}
        assert copies == old | {(own, muni): (CHUO, True) for muni in (CHUO, CHIYODA)}
        services.decide_measure(by(CHUO, "key-1", NOW + 3 * DAY), own, grant=False)
        messages(NOW + 3 * DAY)
        assert not open_to(AGENCY, CHILD, NOW + 4 * DAY), "the old case closes on for its term"
        assert open_to(AGENCY, CHILD, NOW + 400 * DAY)

    def test_nothing_travels_that_no_longer_closes_or_concerns_nobody_who_moves(self) -> None:
        measure = services.file_measure(by(), CASE)
        assert for_transfer(SAPPORO, [GRANNY, 5], NOW) == []
        services.end_measure(by(key="key-2"), measure)
        assert for_transfer(SAPPORO, [WIFE], NOW) == []

    def test_messages_doubled_do_nothing_twice_and_one_of_a_stranger_changes_nothing(self) -> None:
        measure = services.file_measure(by(), CASE)
        (sent,) = OutMessage.objects.filter(sender=SAPPORO, kind="register.measure")
        payload = json.loads(sent.payload)
        messages()
        again = Envelope(sent.message_id, SAPPORO, CHIYODA, sent.sequence, sent.kind, payload)
        assert not receive(again, NOW)
        forged = payload | {"served_by": CHUO, "ended_at": NOW.isoformat(), "taken_from": ""}
        assert receive(Envelope("forged", CHUO, CHIYODA, 1, sent.kind, forged), NOW)
        assert handle(now=NOW) == 0
        ((_in, sender, _to, _number, why),) = backlog()
        assert (sender, "another municipality" in why) == (CHUO, True)
        row = SupportMeasure.objects.current().get(muni=CHIYODA, measure=measure)
        assert (row.version, row.ended_at) == (1, None)


@pytest.mark.usefixtures("family")
class TestFile:
    """A municipality's own file: what stands in it, and what changes of a case."""

    def states(self, today: date, wanted: str = "", muni: str = SAPPORO) -> list[tuple[str, str]]:
        page = services.measures_on_file(clerk(muni), muni, today, wanted=wanted)
        return [(one.measure, one.state.value) for one in page.rows]

    def test_each_state_is_found_on_its_edge_days(self) -> None:
        measure = services.file_measure(by(), CASE)
        today = NOW.date()
        assert self.states(today) == [(measure, "provisional")]
        services.decide_measure(by(key="key-2"), measure, grant=True)
        for day, state, wanted in (
            (today, "in_force", "in_force"),
            (date(2027, 5, 10), "in_force", "in_force"),
            (date(2027, 5, 11), "ending", "ending"),
            (date(2027, 6, 10), "ending", "ending"),
            (date(2027, 6, 11), "expired", "ended"),
        ):
            assert self.states(day, wanted) == [(measure, state)], day
            assert self.states(day) == ([] if wanted == "ended" else [(measure, state)])
            others = {"provisional", "awaiting", "ending", "in_force", "ended", "copies"} - {wanted}
            assert [self.states(day, one) for one in others] == [[]] * 5

    def test_copies_are_apart_and_nobody_reads_anothers_file(self) -> None:
        measure = services.file_measure(by(), replace(CASE, delivery=DELIVERY, opinion=OPINION))
        messages()
        assert self.states(NOW.date(), "", CHIYODA) == []
        assert self.states(NOW.date(), "copies", CHIYODA) == [(measure, "provisional")]
        held = services.measure_file(clerk(CHIYODA), CHIYODA, measure)
        assert held is not None
        assert (held.case.delivery, held.case.opinion, held.copies) == (None, None, 0)
        own = services.measure_file(clerk(SAPPORO), SAPPORO, measure)
        assert own is not None
        assert (own.case.opinion, own.copies) == (OPINION, 1)
        for muni in (CHUO, CHIYODA):
            with pytest.raises(Refused, match=r"正当な目的|legitimate purpose"):
                services.measure_file(clerk(muni), SAPPORO, measure)
        assert services.measure_file(clerk(CHUO), CHUO, measure) is None
        assert services.measure_file(clerk(SAPPORO, DutyKind.BENEFITS_OFFICER), SAPPORO, measure) is None
        benefits = clerk(SAPPORO, DutyKind.BENEFITS_OFFICER)
        assert services.measures_on_file(benefits, SAPPORO, NOW.date()).rows == ()

    def test_neither_opinion_nor_delivery_address_travels_with_the_other_party(self) -> None:
        """The other party moves out of the very municipality that serves the case."""
        case = replace(CASE, delivery=DELIVERY, opinion=OPINION)
        measure = services.file_measure(by(CHIYODA), case)
        ahead = for_transfer(CHIYODA, [HUSBAND], NOW)
        assert [one["moves"] for one in ahead] == ["other"]
        for secret in (*DELIVERY.values(), OPINION.name):
            assert secret not in str(ahead)
        (with_her,) = for_transfer(CHIYODA, [WIFE, CHILD], NOW)
        assert (with_her["delivery"], with_her["opinion"]["name"]) == (DELIVERY, OPINION.name)
        assert measure == with_her["measure"]

    def test_a_change_protects_from_its_moment_and_reaches_new_traces(self) -> None:
        measure = services.file_measure(by(), replace(CASE, covered=(), delivery=DELIVERY))
        messages()
        assert open_to(AGENCY, CHILD)
        changed = Changed(covered=(CHILD, 6), other_named="山田 一郎", delivery=None, opinion=OPINION)
        services.change_measure(by(key="key-2", now=NOW + DAY), measure, changed)
        services.change_measure(by(key="key-2", now=NOW + DAY), measure, changed)
        messages(NOW + DAY)
        assert not open_to(AGENCY, CHILD, NOW + DAY)
        held = SupportMeasure.objects.current().filter(measure=measure).order_by("muni")
        assert [row.muni for row in held] == [SAPPORO, CHIYODA, CHUO]
        assert {row.other_named for row in held} == {"山田 一郎"}
        assert [row.version for row in held if row.muni == SAPPORO] == [2]
        assert delivery_of(SAPPORO, WIFE, NOW.date()).mail is Mail.HELD
        filed_again = services.file_measure(by(), replace(CASE, covered=(), delivery=DELIVERY))
        assert filed_again == measure, "the filing sent again after a change is still the same filing"

    @pytest.mark.parametrize(
        ("changed", "error", "words"),
        [
            (Changed(delivery=DELIVERY), Refused, "nothing would change"),
            (Changed(covered=(CHILD,), delivery=DELIVERY), Refused, "nothing would change"),
            (Changed(covered=(HUSBAND,)), BadInput, "twice"),
            (Changed(other_parties=(CHILD,)), BadInput, "twice"),
            (Changed(covered=(5,), other_parties=(5,)), BadInput, "twice"),
            (Changed(covered=(999,)), Refused, "person 999"),
            (Changed(delivery={"address": " ", "to": "x"}), BadInput, "delivery address"),
        ],
    )
    def test_a_change_that_cannot_be_changes_nothing(
        self, changed: Changed, error: type[Exception], words: str
    ) -> None:
        measure = services.file_measure(by(), replace(CASE, delivery=DELIVERY))
        parts = set(MeasurePerson.objects.values_list("person", "part"))
        with pytest.raises(error, match=words):
            services.change_measure(by(key="key-2"), measure, changed)
        assert SupportMeasure.objects.get(muni=SAPPORO).version == 1
        assert set(MeasurePerson.objects.values_list("person", "part")) == parts

    def test_what_is_over_is_not_changed_and_a_rejection_needs_its_reason(self) -> None:
        measure = services.file_measure(by(), CASE)
        with pytest.raises(BadInput, match="without a reason"):
            services.decide_measure(by(key="key-2", reason=" "), measure, grant=False)
        services.decide_measure(by(key="key-3"), measure, grant=False)
        with pytest.raises(Refused, match="closes nothing"):
            services.change_measure(by(key="key-4"), measure, Changed(covered=(GRANNY,)))

    def test_what_a_case_reaches_is_told_from_the_own_record_alone(self) -> None:
        """A machine in one database knows all traces; an officer is told those that the own record names."""
        keeper, fled = clerk(CHIYODA), clerk(SAPPORO)
        assert services.reach_of(keeper, CHIYODA, [WIFE, HUSBAND]).whole
        assert services.reach_of(keeper, CHIYODA, [WIFE, 5]) == Reach((), False)
        assert services.reach_of(fled, SAPPORO, [WIFE, CHILD, HUSBAND]) == Reach((), False)
        assert [line.answer for line in reads_of(HUSBAND)] == [Answer.GIVEN], "what is kept back is not read"
        once_here(60, came_from={"muni": CHUO})
        assert services.reach_of(keeper, CHIYODA, [60]).munis == (CHUO,)


def once_here(person: int, **more: Any) -> None:
    """Somebody who lived in Chiyoda long ago."""
    row = Residence.objects.get(person=GRANNY)
    Residence.objects.create(
        muni=row.muni, person=person, since=date(1990, 1, 1), until=date(1991, 1, 1), entry="move_in", exit="move_out",
        recorded_at=row.recorded_at, act=row.act, **more,
    )  # fmt: skip


def test_a_loaded_nations_protected_persons_are_under_measures_from_the_taking_over(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path))
    rows = SupportMeasure.objects.current().order_by("muni")
    assert [(row.muni, row.served_by, row.awaiting, row.act) for row in rows] == [
        (SAPPORO, SAPPORO, True, "take_over"),
        (YOKOHAMA, SAPPORO, True, "take_over"),
    ]
    parts = MeasurePerson.objects.filter(muni=YOKOHAMA).order_by("person").values_list("person", "part")
    assert list(parts) == [(8, "other_party"), (9, "applicant")]
    at = rows[0].filed_at
    assert not open_to(AGENCY, 9, at)
    assert not open_to(AGENCY, 9, at + 4000 * DAY)
    services.decide_measure(by(now=at + DAY), rows[0].measure, grant=False)
    messages(at + DAY)
    assert open_to(AGENCY, 9, at + DAY)


@pytest.mark.one_engine
@given(st.data())
def test_the_query_on_measures_and_the_rule_say_the_same(data: st.DataObject) -> None:
    """`closing` is what a search asks the database; `closes` is the rule."""
    from enishi.register.rules import disclosure

    shape, _start, _end = data.draw(st.sampled_from(list(shapes(disclosure))))
    at = data.draw(st.sampled_from(borders(shape)))
    today = at.astimezone(disclosure.JAPAN).date()
    past = all(
        moment is None or moment <= at for moment in (shape.filed_at, shape.decided_at, shape.ended_at)
    )
    whole = (shape.decided_at is None) == (shape.granted is None)
    if not past or not whole:
        return
    said = {name: getattr(shape, name) for name in STANDING if hasattr(shape, name)}
    with transaction.atomic():
        SupportMeasure.objects.create(
            muni=CHIYODA, measure="m", version=1, act="file", actor="x", key="k", recorded_at=at, **said
        )
        assert SupportMeasure.objects.closing(today).exists() == closes(shape, at)
        transaction.set_rollback(True)


@pytest.mark.usefixtures("family")
def test_a_page_costs_the_same_queries_whoever_is_on_it(django_assert_num_queries: Any) -> None:
    services.file_measure(by(), CASE)
    messages()
    questions: list[Any] = [
        lambda reader, who: services.person_summary(reader, who, on=date(2026, 6, 10)),
        lambda reader, who: services.record_as_of(reader, CHIYODA, who, on=date(2026, 6, 10)),
        lambda reader, who: services.history_of_person(reader, CHIYODA, who),
        lambda reader, who: services.acts_of_person(reader, CHIYODA, who),
    ]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for reader in (ORDINARY, AGENCY):
        for ask in questions:
            said, shapes_, lines = set(), set(), set()
            for who in (WIFE, CHILD, 999, *((6,) if reader.muni else ())):
                with CaptureQueriesContext(connection) as asked:
                    said.add(repr(ask(reader, who)))
                shapes_.add(tuple(_shape(query["sql"], who) for query in asked.captured_queries))
                line = ReadRecord.objects.filter(subject=who).latest("id")
                lines.add((line.answer, line.items, line.purpose, line.article))
            assert len(said) == len(shapes_) == len(lines) == 1, "\n".join(str(x) for x in shapes_)
            assert {answer for answer, *_ in lines} == {"refused"}


def _shape(sql: str, who: int) -> str:
    """A query without whom it asks of and when."""
    return re.sub(rf'IN \({who}\)|"?s\d+_x\d+"?', "?", sql).split("VALUES")[0]


@pytest.mark.usefixtures("family")
def test_a_search_leaves_them_out_and_its_pages_stay_whole() -> None:
    services.file_measure(by(), CASE)
    messages()
    found = services.search_persons(ORDINARY, "サトウ", on=date(2026, 6, 10), muni=CHIYODA, size=2)
    assert ([hit.person for hit in found.rows], found.more) == ([HUSBAND, GRANNY], False)
    born = services.search_persons(AGENCY, "", on=date(2026, 6, 10), birth_date=date(2018, 5, 5))
    assert born.rows == ()
    summary = services.person_summary(ORDINARY, HUSBAND, on=date(2026, 6, 10))
    assert summary is not None
    assert [member.person for member in summary.members] == [GRANNY]
    keeper = clerk(CHIYODA)
    seen = services.search_persons(keeper, "サトウ", on=date(2026, 6, 10), muni=CHIYODA)
    assert [(hit.person, hit.protected) for hit in seen.rows] == [
        (1, False),
        (2, True),
        (3, True),
        (4, False),
    ]


@pytest.mark.usefixtures("family")
def test_many_persons_are_let_through_set_based(django_assert_max_num_queries: Any) -> None:
    services.file_measure(by(), CASE)
    messages()
    payer = Reader("officer:5", "letters", "the programme's basis", muni=CHIYODA, use="benefit")
    with django_assert_max_num_queries(3):
        shown = permitted(payer, ("name", "address", "payment"), range(1, 200_001), NOW)
    assert set(range(1, 200_001)) - shown == {WIFE, CHILD}
    accounts = clerk(CHIYODA, DutyKind.ACCOUNTING_OFFICER, use="benefit")
    with django_assert_max_num_queries(4):
        assert permitted(accounts, ("name", "address"), [WIFE, GRANNY], NOW) == {GRANNY}
        assert permitted(accounts, ("name", "account", "payment"), [WIFE], NOW) == {WIFE}


@pytest.mark.parametrize(
    "actor",
    [
        "",
        "officer:",
        "officer:x",
        "officer:-1",
        "officer:９",
        "resident:2x",
        "nobody:1",
        "officer:" + "9" * 30,
    ],
)
@pytest.mark.usefixtures("family")
def test_an_actor_whom_nobody_knows_reads_nothing(actor: str) -> None:
    services.file_measure(by(), CASE)
    reader = replace(ORDINARY, actor=actor or "x")
    assert not open_to(reader, WIFE)
    if actor not in ("officer:-1",):
        assert not open_to(reader, GRANNY)


def test_measures_of_nobody_are_none() -> None:
    assert measures_of([], ["default"]) == {}
