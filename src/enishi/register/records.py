"""The record of one person on three clocks: what it said of a day at a moment, and the acts that made it so.

Nothing here is called without the read record around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from enishi.kernel.partial_date import PartialDate
from enishi.register import models
from enishi.register.engines.reading import read_facts
from enishi.register.facts import items_of

GROUPS: dict[str, type[models.Fact]] = {
    "particulars": models.Particulars,
    "name": models.PersonName,
    "residence": models.Residence,
    "address": models.Address,
    "membership": models.Membership,
    "domicile": models.Domicile,
    "foreign_status": models.ForeignStatus,
    "status_item": models.StatusItem,
}
"""Every group of facts of a record, in the order of the items of art. 7."""

GROUP_OF = {model: name for name, model in GROUPS.items()}
INTERNAL = ("key", "kana_key", "census_cell")


@dataclass(frozen=True, slots=True)
class Entered:
    """A group of items as the record has it. `kind`: of a name or a status item, else blank.

    `since`, `until`: the days for which it holds (half-open; None: long before, still running). `recorded_at`, `act`: when
    and by which act it was entered; `superseded_at`: when the register ceased to say so, None while it does, and `superseded_by`
    by which act.
    """

    group: str
    kind: str
    items: dict[str, Any]
    since: date | None
    until: date | None
    recorded_at: datetime
    act: int
    superseded_at: datetime | None
    superseded_by: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a municipality's register says of a person on `day`, as known at `moment` (None: now)."""

    muni: str
    person: int
    day: date
    moment: datetime | None
    entered: tuple[Entered, ...]

    def of(self, group: str, kind: str = "") -> Entered | None:
        """The one group of items of that name and kind; None where the record has none."""
        return next((one for one in self.entered if (one.group, one.kind) == (group, kind)), None)


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act of the journal. `reported_on`: None for one ex officio (職権); `corrects`: the number of another act."""

    number: int
    kind: str
    article: str
    effective: PartialDate
    reported_on: date | None
    recorded_at: datetime
    actor: str
    reason: str
    facts: dict[str, Any]
    corrects: int | None


def record_of(muni: str, person: int, day: date, moment: datetime | None) -> Record | None:
    """The record as of a day and as known at a moment; None where there was none."""
    return records_of(muni, [person], day, moment).get(person)


def records_of(muni: str, persons: Collection[int], day: date, moment: datetime | None) -> dict[int, Record]:
    """The records of persons as of a day and as known at a moment, by person; without those of whom there was none."""
    entered: dict[int, list[Entered]] = {}
    for model, names, rows in read_facts(GROUP_OF, muni, persons, day, moment):
        group = GROUP_OF[model]
        for row in rows:
            fact = Entered(group, row[1], dict(zip(names, row[8:], strict=True)), *row[2:8])
            entered.setdefault(row[0], []).append(fact)
    return {person: Record(muni, person, day, moment, tuple(facts)) for person, facts in entered.items()}


def history_of(muni: str, person: int) -> tuple[Entered, ...]:
    """Everything that the record ever said, superseded or not, in the order in which it was entered."""
    return tuple(
        sorted(_all(muni, person), key=lambda one: (one.act, one.group, one.kind, one.since or date.min))
    )


def acts_of(muni: str, person: int) -> tuple[ActLine, ...]:
    """The acts that touch a person, and the one by which the municipality took over their record; by number."""
    numbers = set(models.ActPerson.objects.filter(muni=muni, person=person).values_list("act", flat=True))
    numbers |= {one.act for one in _all(muni, person)}
    rows = models.Act.objects.filter(muni=muni, number__in=numbers).order_by("number")
    return tuple(line_of(row) for row in rows)


def line_of(row: models.Act) -> ActLine:
    """An act of the journal as the door hands it out."""
    return ActLine(
        row.number,
        row.kind,
        row.article,
        PartialDate(row.effective, row.effective_latest, row.effective_wording),
        row.reported_on,
        row.recorded_at,
        row.actor,
        row.reason,
        row.facts,
        row.corrects,
    )


def is_known(muni: str, person: int) -> bool:
    """Whether a municipality has, or ever had, a record of this person."""
    return models.Particulars.objects.filter(muni=muni, person=person).exists()


def entered_by(muni: str, person: int, act: int) -> tuple[Entered, ...]:
    """What an act entered in a person's record, superseded since or not."""
    return tuple(one for one in _all(muni, person) if one.act == act)


def ceased_by(muni: str, person: int, act: int) -> tuple[Entered, ...]:
    """What the register ceased to say of a person by an act."""
    return tuple(
        _entered(group, fact)
        for group, model in GROUPS.items()
        for fact in model._default_manager.filter(muni=muni, person=person, superseded_by=act)
    )


def _all(muni: str, person: int) -> Iterator[Entered]:
    for group, model in GROUPS.items():
        for fact in model._default_manager.filter(muni=muni, person=person):
            yield _entered(group, fact)


def _entered(group: str, fact: models.Fact) -> Entered:
    values = items_of(fact)
    items = {name: value for name, value in values.items() if name not in (*INTERNAL, "kind")}
    return Entered(
        group,
        values.get("kind", ""),
        items,
        fact.since,
        fact.until,
        fact.recorded_at,
        fact.act,
        fact.superseded_at,
        fact.superseded_by,
    )
