"""Who may act, for which municipality, on which day."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from enishi.platform.models import Duty
from enishi.platform.services import DutyKind, appoint, dismiss, duties_of, may

pytestmark = pytest.mark.django_db
CHIYODA, CHUO = "131016", "131024"
DAY = date(2020, 4, 27)


def officer(name: str = "officer") -> User:
    return User.objects.create_user(name)


def test_an_officer_acts_for_the_own_municipality_only() -> None:
    user = officer()
    appoint(user.pk, DutyKind.BENEFITS_OFFICER, CHIYODA, DAY)
    assert may(user.pk, DutyKind.BENEFITS_OFFICER, CHIYODA, DAY)
    assert not may(user.pk, DutyKind.BENEFITS_OFFICER, CHUO, DAY)
    assert not may(user.pk, DutyKind.BENEFITS_OFFICER, "", DAY)
    assert not may(user.pk, DutyKind.ACCOUNTING_OFFICER, CHIYODA, DAY)


@pytest.mark.parametrize("duty", list(DutyKind))
def test_only_agency_officers_and_auditors_reach_from_the_nation_to_every_municipality(
    duty: DutyKind,
) -> None:
    user = officer()
    appoint(user.pk, duty, "", DAY)
    assert may(user.pk, duty, "", DAY)
    assert may(user.pk, duty, CHIYODA, DAY) is (duty in (DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR))


def test_a_duty_ends_before_its_last_day() -> None:
    user = officer()
    appoint(user.pk, DutyKind.REGISTER_OFFICER, CHIYODA, date(2020, 4, 1), date(2020, 5, 1))
    days = [date(2020, 3, 31), date(2020, 4, 1), date(2020, 4, 30), date(2020, 5, 1)]
    assert [may(user.pk, DutyKind.REGISTER_OFFICER, CHIYODA, day) for day in days] == [
        False,
        True,
        True,
        False,
    ]


def test_a_dismissed_officer_acts_up_to_the_day_before() -> None:
    user = officer()
    appoint(user.pk, DutyKind.AUDITOR, CHIYODA, date(2020, 4, 1))
    appoint(user.pk, DutyKind.AUDITOR, CHUO, DAY)
    dismiss(user.pk, DutyKind.AUDITOR, CHIYODA, DAY)
    dismiss(user.pk, DutyKind.AUDITOR, CHUO, DAY)
    assert may(user.pk, DutyKind.AUDITOR, CHIYODA, date(2020, 4, 26))
    assert duties_of(user.pk, DAY) == []


def test_neither_visitors_nor_former_officers_nor_superusers_have_duties() -> None:
    user = officer()
    appoint(user.pk, DutyKind.AUDITOR, CHIYODA, DAY)
    User.objects.filter(pk=user.pk).update(is_active=False)
    root = User.objects.create_superuser("root")
    assert not may(user.pk, DutyKind.AUDITOR, CHIYODA, DAY)
    assert not may(root.pk, DutyKind.AUDITOR, CHIYODA, DAY)
    assert not may(None, DutyKind.AUDITOR, CHIYODA, DAY)


def test_the_same_appointment_twice_is_one() -> None:
    user = officer()
    for _ in range(2):
        appoint(user.pk, DutyKind.AUDITOR, "", DAY)
    appoint(user.pk, DutyKind.ACCOUNTING_OFFICER, CHUO, DAY)
    assert duties_of(user.pk, DAY) == [(DutyKind.ACCOUNTING_OFFICER, CHUO), (DutyKind.AUDITOR, "")]


def test_the_database_refuses_an_empty_period_and_an_unknown_duty() -> None:
    user = officer()
    with pytest.raises(IntegrityError), transaction.atomic():
        appoint(user.pk, DutyKind.AUDITOR, "", DAY, DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(user=user, duty="king", since=DAY)


def test_all_duties_of_an_officer_are_those_under_which_they_may_act_one_by_one() -> None:
    anna, bert = officer("anna"), officer("bert")
    since, until = date(2020, 4, 1), date(2020, 5, 1)
    appoint(anna.pk, DutyKind.REGISTER_OFFICER, "131016", since, until)
    appoint(anna.pk, DutyKind.AUDITOR, "131016", since)
    appoint(bert.pk, DutyKind.REGISTER_OFFICER, "131024", since)
    for active in (True, False):
        User.objects.filter(pk=anna.pk).update(is_active=active)
        for on in (date(2020, 3, 31), since, date(2020, 4, 30), until):
            for user in (anna, bert):
                held = {
                    (kind, muni)
                    for kind in DutyKind
                    for muni in ("131016", "131024")
                    if may(user.pk, kind, muni, on)
                }
                assert duties_of(user.pk, on) == sorted(held)
