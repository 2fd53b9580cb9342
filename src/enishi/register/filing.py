"""Every report, order and notice goes through here: performed whole, or refused with its reason and the attempt recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from enishi.kernel.errors import EnishiError
from enishi.platform.services import database_of, within
from enishi.register import records
from enishi.register.acts import (
    addressees,
    areas,
    arrivals,
    corrections,
    departures,
    households,
    mergers,
    notices,
    numbers,
    vital,
)
from enishi.register.acts.performing import touched_by
from enishi.register.engines import moving_within
from enishi.register.models import Act, RefusedAct
from enishi.register.rules import reports
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import Report, Reported

T = TypeVar("T")

PERFORMED: dict[type[Reported], Callable[[Report, Any], int]] = {
    reports.Arrival: arrivals.arrive,
    reports.Departure: departures.depart,
    reports.Arrived: departures.arrived,
    reports.MoveWithin: moving_within.move_within,
    reports.HouseholdChange: households.change_households,
    reports.Birth: vital.birth,
    reports.Leaving: vital.leave,
    reports.FamilyNotice: vital.family_notice,
    reports.ItemsCorrected: corrections.correct_items,
    reports.DayCorrected: corrections.correct_day,
    reports.Struck: corrections.strike,
    reports.NationalityChange: notices.change_nationality,
    reports.ImmigrationNotice: notices.immigration_notice,
    reports.AliasEntry: notices.enter_alias,
    reports.FormerSurnameEntry: notices.enter_former_surname,
    reports.ItemNotice: notices.notify_item,
    reports.Renumbering: areas.renumber,
    reports.RecordClosed: mergers.close_record,
    reports.RecordOpened: mergers.open_record,
    reports.NumberChange: numbers.change_number,
    reports.CodeChange: numbers.change_number,
    reports.AddresseeEntered: addressees.enter,
    reports.AddresseeChanged: addressees.change,
    reports.AddresseeEnded: addressees.end,
    reports.AddresseesMerged: addressees.merge,
}
"""Who performs which form of report."""

FOLLOWED: dict[type[Reported], Callable[[Report, Any, int], None]] = {
    reports.Arrival: numbers.give_first_ones,
    reports.Birth: numbers.give_first_ones,
    reports.NumberChange: numbers.change_in_the_vault,
    reports.CodeChange: numbers.change_in_the_vault,
    reports.RecordClosed: mergers.mark_closed,
}
"""What an act brings about outside the municipality's tables, in its transaction where both lie in one database. Each is done
once only, so the same filing again finishes what a failure left; a preview leaves it out.
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an act changes of one person's record: what the register ceases to say, and what it says instead."""

    person: int
    ceased: tuple[records.Entered, ...]
    entered: tuple[records.Entered, ...]


def perform_act(report: Report, said: Reported) -> int:
    """Performs an act and returns its number; the same filing again returns the same number and changes nothing.

    Raises BadInput and Refused with the reason that a clerk can act on: nothing is changed, and the attempt is recorded.
    """
    try:
        follow = FOLLOWED.get(type(said))
        if follow is None:
            return _performer(said)(report, said)
        with within(report.muni):
            number = _performer(said)(report, said)
            follow(report, said, number)
        return number
    except EnishiError as error:
        _keep_refused(report, said, error)
        raise


def foreseen_changes(report: Report, said: Reported) -> tuple[Changes, ...]:
    """What an act would change, by person; nothing stays changed. Raises BadInput and Refused as performing it would: the
    attempt is recorded too, because whoever is refused here goes no further.
    """
    return _tried(report, said, lambda number: changes_of(report.muni, number))


def foreseen_part(
    report: Report, said: Reported, *, skip: int, size: int
) -> tuple[tuple[int, ...], tuple[Changes, ...]]:
    """Whom an act on a whole area would touch, ascending, and what it would change of `size` of them after the first `skip`.
    As `foreseen_changes` otherwise.
    """

    def look(number: int) -> tuple[tuple[int, ...], tuple[Changes, ...]]:
        touched = tuple(touched_by(Act.objects.get(muni=report.muni, number=number)))
        return touched, changes_among(report.muni, number, touched[skip : skip + size])

    return _tried(report, said, look)


def changes_of(muni: str, number: int) -> tuple[Changes, ...]:
    """What an act of the journal changed, by person."""
    return changes_among(muni, number, touched_by(Act.objects.get(muni=muni, number=number)))


def changes_among(muni: str, number: int, persons: Iterable[int]) -> tuple[Changes, ...]:
    """What an act of the journal changed of some of the persons whom it touches."""
    return tuple(
        Changes(person, records.ceased_by(muni, person, number), records.entered_by(muni, person, number))
        for person in persons
    )


def _tried(report: Report, said: Reported, look: Callable[[int], T]) -> T:
    """Performs an act, looks at it by its number, and takes everything back. A refused attempt is recorded."""
    try:
        with within(report.muni) as alias:
            point = transaction.savepoint(using=alias)
            try:
                return look(_performer(said)(report, said))
            finally:
                transaction.savepoint_rollback(point, using=alias)
    except EnishiError as error:
        _keep_refused(report, said, error)
        raise


def _performer(said: Reported) -> Callable[[Report, Any], int]:
    if isinstance(said, reports.TakingBack):
        return departures.cancel if said.kind is Kind.MOVE_OUT_CANCELLED else vital.restore
    return PERFORMED[type(said)]


def _keep_refused(report: Report, said: Reported, error: EnishiError) -> None:
    """Keeps an attempt that was refused, with its reason as it was said; readers' languages are `refusals`' matter."""
    with transaction.atomic(using=database_of(report.muni)):
        RefusedAct.objects.using(database_of(report.muni)).create(
            muni=report.muni,
            kind=Kind(said.kind).value,
            at=report.now,
            actor=report.actor,
            key=report.key,
            where=error.where[:200],
            reason=error.what[:300],
        )
