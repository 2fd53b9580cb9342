"""Officers' duties: who may do what, for which municipality, on which day."""

from __future__ import annotations

from datetime import date

from django.contrib.auth import get_user_model
from django.db import connections, router

from enishi.kernel.errors import Refused
from enishi.platform.models import Duty, DutyQuerySet, OwnPerson
from enishi.platform.rows import fetch_rows
from enishi.platform.vocabulary import DutyKind

REACHES_EVERY_MUNICIPALITY = frozenset({DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR})


HELD = """
SELECT d.duty, d.muni FROM platform_duty d JOIN "{users}" u ON u.id = d.user_id
WHERE d.user_id = %s AND u.is_active = %s AND d.since <= %s AND (d.until IS NULL OR d.until > %s)"""
"""As `_held`, of an officer on a day, in the words in which the gate asks before every read (a test holds both together)."""


def may(user_id: int | None, duty: DutyKind, municipality: str, on: date) -> bool:
    """Whether an officer may act under a duty for a municipality (its code; blank: for the State) on a day.

    Who may: an officer who holds that duty for that very municipality on that day. An agency officer and an
    auditor who hold it nationally may for every municipality too; a national accounting, benefits or register
    officer acts for the State only, because a municipality's money and register are its own mayor's and
    accounting officer's (Local Autonomy Act arts. 149, 170; Basic Resident Register Act art. 5). Nobody else:
    neither a user who is not active, nor a superuser without the duty, nor a visitor (`user_id` None).
    """
    if user_id is None:
        return False
    reach = {municipality, ""} if duty in REACHES_EVERY_MUNICIPALITY else {municipality}
    return _held(user_id, on).filter(duty=duty.value, muni__in=reach).exists()


def duties_of(user_id: int, on: date) -> list[tuple[DutyKind, str]]:
    """The duties that an officer holds on a day, each with its municipality code (blank: national), in that
    order.
    """
    alias = router.db_for_read(Duty)
    text = HELD.format(users=get_user_model()._meta.db_table)
    day = connections[alias].ops.adapt_datefield_value(on)
    return sorted(
        (DutyKind(duty), muni) for duty, muni in fetch_rows(text, [user_id, True, day, day], using=alias)
    )


def appoint(user_id: int, duty: DutyKind, municipality: str, since: date, until: date | None = None) -> None:
    """Gives an officer a duty from `since` up to, not including, `until`. The same appointment twice changes
    nothing. Raises Refused for a resident's own account.
    """
    if OwnPerson.objects.filter(user_id=user_id).exists():
        raise Refused(
            "this is a resident's own account",
            where="duty",
            todo="make an account of its own for the officer",
        )
    Duty.objects.get_or_create(
        user_id=user_id, duty=duty.value, muni=municipality, since=since, defaults={"until": until}
    )


def dismiss(user_id: int, duty: DutyKind, municipality: str, until: date) -> None:
    """Ends an officer's duty: `until` is the first day without it. Changes nothing for one that ends earlier."""
    held = Duty.objects.all().in_force(until).filter(user_id=user_id, duty=duty.value, muni=municipality)
    held.filter(since=until).delete()
    held.update(until=until)


def _held(user_id: int, on: date) -> DutyQuerySet:
    return Duty.objects.all().in_force(on).filter(user_id=user_id, user__is_active=True)
