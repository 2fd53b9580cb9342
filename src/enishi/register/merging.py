"""A municipal merger (市町村の廃置分合) from end to end: what it would move, and both of its acts.

No transaction spans two municipalities: the closing is one act of the old one, the opening one of the new. Both are filed under
keys that stand for this merger, so the same call again finishes what was broken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import database_of
from enishi.register.desk import filed
from enishi.register.filing import foreseen_part, perform_act
from enishi.register.models import Addressee, Membership, Residence, SupportMeasure
from enishi.register.rules.areas import RecordClosed, RecordOpened
from enishi.register.rules.parts import Report

ACTOR = "system:merger"


@dataclass(frozen=True, slots=True)
class Merging:
    """A municipality that goes on as another from a day on. The figures are what the old one hands over: `residents` and
    `households` of the day, non-resident `addressees` it serves, support measures (支援措置) in force there.
    """

    predecessor: str
    successor: str
    on: date
    residents: int
    households: int
    addressees: int
    measures: int


def preview_merger(predecessor: str, successor: str, on: date, *, now: datetime, today: date) -> Merging:
    """What a merger would hand over; nothing stays changed. Counts only, nobody is read.

    Raises BadInput and Refused as the closing would (recorded as refused attempts), and Refused where somebody is a resident of
    both: the record would be closed and could not be opened.
    """
    closing = _report(predecessor, predecessor, successor, on, now, today, "")
    touched, _nothing = foreseen_part(closing, RecordClosed(successor), skip=0, size=0)
    there = _rows(Residence, successor).believed().exclude(until__lte=on)
    both = set(touched) & set(there.values_list("person", flat=True))
    if both:
        raise Refused(
            f"{len(both)} persons are residents of both municipalities",
            where=f"person {min(both)}",
            todo="correct one of their records first: nobody is a resident twice",
        )
    households = _rows(Membership, predecessor).believed().exclude(until__lte=on)
    served = _rows(Addressee, predecessor).filter(person=None, merged_into=None, until=None)
    measures = _rows(SupportMeasure, predecessor).current().filter(ended_at=None)
    return Merging(
        predecessor,
        successor,
        on,
        len(touched),
        households.values("household").distinct().count(),
        served.count(),
        measures.values("measure").distinct().count(),
    )


def merge_municipality(
    predecessor: str, successor: str, on: date, *, now: datetime, today: date, reason: str = ""
) -> tuple[int, int]:
    """Closes the record of one municipality and goes on with it in another; the numbers of both acts. Again, it finishes or does
    nothing. Raises as `preview_merger`, and Refused for a reason other than that of an earlier call that was broken off.
    """
    if filed(predecessor, _key(predecessor, successor, on)) is None:
        preview_merger(predecessor, successor, on, now=now, today=today)
    closing = _report(predecessor, predecessor, successor, on, now, today, reason)
    closed = perform_act(closing, RecordClosed(successor))
    opening = _report(successor, predecessor, successor, on, now, today, reason)
    return closed, perform_act(opening, RecordOpened(predecessor, closed))


def _key(predecessor: str, successor: str, on: date) -> str:
    return f"merger:{predecessor}:{successor}:{on:%Y%m%d}"


def _report(
    muni: str, predecessor: str, successor: str, on: date, now: datetime, today: date, reason: str
) -> Report:
    return Report(muni, PartialDate.of(on), None, ACTOR, _key(predecessor, successor, on), now, today, reason)


def _rows(model: Any, muni: str) -> Any:
    return model.objects.using(database_of(muni)).filter(muni=muni)
