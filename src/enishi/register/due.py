"""What an office has to look after on a day: moves out without notice of arrival, late reports, stays that end.

The lists need a `Reader` and leave a line in the read record for everybody shown; an officer sees the own
municipality's only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import Reader, database_of, read_many_as, record_refusal
from enishi.register.models import Act, ActPerson, ForeignStatus, Particulars, Residence
from enishi.register.vocabulary import Exit

DAYS_WITHOUT_STATUS = 60
"""For how long a child, or who has lost Japanese nationality, may be on the register without a status of residence
(art. 30-45; Immigration Control Act art. 22-2(1)), the day of birth or loss not counted.
"""

LARGEST_PAGE = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, `page` from 1; `more`: there is a next page."""

    rows: tuple[T, ...]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class OpenDeparture:
    """Somebody whose announced day of moving out has passed without a notice that they moved in elsewhere (転入通知).

    `left_on`: the announced day; `days`: how many have passed; `going_to`: code of the planned destination, blank where unknown;
    `act`: the number of the move out.
    """

    person: int
    left_on: date
    days: int
    going_to: str
    act: int


@dataclass(frozen=True, slots=True)
class LateReport:
    """A person of a report that came late, for the notice to the summary court (art. 52(2)). `days_late`: by how many days."""

    person: int
    act: int
    kind: str
    moved_on: date
    reported_on: date | None
    days_late: int


@dataclass(frozen=True, slots=True)
class StayEnding:
    """A foreign resident whose stay ends, or has ended, on `last_day`: afterwards to be erased ex officio unless another
    status is notified. `status`: blank for a person without one; `over`: the day has passed.
    """

    person: int
    nationality: str
    status: str
    last_day: date
    over: bool


def due_departures(
    reader: Reader, muni: str, on: date, *, page: int = 1, size: int = 50
) -> Page[OpenDeparture]:
    """Moves out whose day has passed by `on` without notice of arrival, the oldest first."""

    def fetch() -> Sequence[OpenDeparture]:
        rows = (
            _of(Residence, muni)
            .believed()
            .filter(muni=muni, exit=Exit.MOVE_OUT.value, until__lte=on, went_to__isnull=True)
            .exclude(going_to__isnull=True)
            .order_by("until", "person")
        )
        return [
            OpenDeparture(
                row.person, row.until, (on - row.until).days, (row.going_to or {}).get("muni", ""), row.act
            )
            for row in _cut(rows, page, size)
            if row.until is not None
        ]

    return _read(
        reader, muni, ("residence", "planned_destination"), fetch, lambda one: one.person, page, size
    )


def due_late_reports(
    reader: Reader, muni: str, since: datetime, *, page: int = 1, size: int = 50
) -> Page[LateReport]:
    """Everybody of the reports recorded from `since` on that came late, in the order of the acts."""

    def fetch() -> Sequence[LateReport]:
        acts = {
            act.number: act
            for act in Act.objects.using(database_of(muni)).filter(
                muni=muni, recorded_at__gte=since, facts__days_late__gt=0
            )
        }
        rows = _of(ActPerson, muni).filter(muni=muni, act__in=acts).order_by("act", "person")
        return [
            LateReport(
                row.person,
                row.act,
                acts[row.act].kind,
                acts[row.act].effective,
                acts[row.act].reported_on,
                acts[row.act].facts["days_late"],
            )
            for row in _cut(rows, page, size)
        ]

    return _read(reader, muni, ("acts",), fetch, lambda one: one.person, page, size)


def due_without_status(
    reader: Reader, muni: str, on: date, *, ahead: int = 30, page: int = 1, size: int = 50
) -> Page[StayEnding]:
    """Residents without a status whose 60 days have run out on `on` or do within `ahead` days, the first to end first."""

    def fetch() -> Sequence[StayEnding]:
        rows = _residents(muni, on).filter(status__isnull=True)
        born = dict(
            _of(Particulars, muni)
            .believed()
            .filter(muni=muni, person__in=rows.values("person"))
            .values_list("person", "birth_date")
        )
        lines = [
            _ending(row, (row.since or born[row.person]) + timedelta(days=DAYS_WITHOUT_STATUS), on)
            for row in rows
        ]
        near = sorted(
            (line for line in lines if line.last_day <= on + timedelta(days=ahead)),
            key=lambda line: (line.last_day, line.person),
        )
        return near[(page - 1) * size : page * size + 1]

    return _read(reader, muni, ("nationality", "residence_status"), fetch, lambda one: one.person, page, size)


def due_stays(
    reader: Reader, muni: str, on: date, *, ahead: int = 30, page: int = 1, size: int = 50
) -> Page[StayEnding]:
    """Foreign residents whose period of stay has ended on `on` or does within `ahead` days, the first to end first.

    Who applied in time may stay two months longer while the application is open (Immigration Control Act art. 20(6)): the
    Agency's notice says so, the record does not; nobody is erased by this list alone.
    """

    def fetch() -> Sequence[StayEnding]:
        rows = (
            _residents(muni, on)
            .filter(status__isnull=False, expires_on__lte=on + timedelta(days=ahead))
            .order_by("expires_on", "person")
        )
        return [_ending(row, row.expires_on, on) for row in _cut(rows, page, size) if row.expires_on]

    return _read(reader, muni, ("nationality", "residence_status"), fetch, lambda one: one.person, page, size)


def _residents(muni: str, on: date) -> Any:
    """What the record adds for the foreign residents of a day."""
    here = _of(Residence, muni).as_of(on).filter(muni=muni).values("person")
    return _of(ForeignStatus, muni).as_of(on).filter(muni=muni, person__in=here)


def _ending(row: ForeignStatus, last_day: date, on: date) -> StayEnding:
    return StayEnding(row.person, row.nationality, row.status or "", last_day, last_day < on)


def _of(model: Any, muni: str) -> Any:
    return model.objects.using(database_of(muni)).all()


def _cut(rows: Any, page: int, size: int) -> Any:
    """The rows of a page and one more, which says that there is a next page."""
    return rows[(page - 1) * size : page * size + 1]


def _read(
    reader: Reader,
    muni: str,
    items: Sequence[str],
    fetch: Callable[[], Sequence[T]],
    person_of: Callable[[T], int],
    page: int,
    size: int,
) -> Page[T]:
    _check(page, size)
    if reader.muni and reader.muni != muni:
        record_refusal(reader, items, None)
        raise Refused(
            "an officer of a municipality sees what is due there only",
            where=f"municipality {muni}",
            todo=f"ask for {reader.muni}",
        )
    more: list[bool] = []

    def shown() -> Sequence[T]:
        rows = fetch()
        more.append(len(rows) > size)
        return rows[:size]

    rows = read_many_as(reader, items, shown, person_of)
    return Page(tuple(rows), page, more[0])


def _check(page: int, size: int) -> None:
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise BadInput(
            f"there is no page {page} of {size} rows",
            where="page",
            todo=f"ask for a page from 1 on, of at most {LARGEST_PAGE} rows",
        )
