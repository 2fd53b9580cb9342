"""Who is entitled: one decision for every person, with every ground that stands against it (docs/benefits-run.md, 2).

Guideline for the Special Fixed Benefit (Ministry of Internal Affairs and Communications, 30 April 2020); who died on the
reference date or later stays entitled. Days of leaving are half-open: the first day no longer on the register.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from enishi.benefits.rules.programme import Programme

ENTITLED = "E00"
ORDER = ("R02", "R03", "R04", "R01", "R06", "R05", "N01")


@dataclass(frozen=True)
class Account:
    """An account as registered; `holder` in the bank's characters."""

    bank: str
    branch: str
    kind: str
    number: str
    holder: str


@dataclass(frozen=True)
class PersonFacts:
    """What a decision may know of one person. Dates of residence are half-open."""

    person: int
    household: int
    muni: str
    birth_date: date
    relation: str
    resident_from: date | None = None
    resident_until: date | None = None
    exit: str | None = None
    protected_muni: str | None = None
    surname: str | None = None
    given: str | None = None
    registered_kana: tuple[str, ...] = ()
    latin_name: str | None = None
    postcode: str = ""
    town: str = ""
    account: Account | None = None
    applied_on: date | None = None
    already_paid: bool = False
    declined: bool = False

    def on_register(self, day: date) -> bool:
        """Whether the person is on the register of `muni` on a day."""
        return (self.resident_from is None or self.resident_from <= day) and (
            self.resident_until is None or self.resident_until > day
        )


@dataclass(frozen=True)
class Decision:
    """`code` is the first of `grounds`, or E00; `amount` in whole yen."""

    code: str
    grounds: tuple[str, ...]
    amount: int


def last_day_to_apply(start: date, months: int) -> date:
    """The last day of a period of months that begins with the whole day `start` (Civil Code arts. 140 proviso, 143(2)).

    The day before the corresponding day; where the last month lacks that day, its last day.
    """
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    length = calendar.monthrange(year, month)[1]
    if start.day > length:
        return date(year, month, length)
    return date(year, month, start.day) - timedelta(days=1)


def decide(person: PersonFacts, programme: Programme, application_start: date) -> Decision:
    """The decision on one person. `application_start`: when the person's municipality began to accept applications."""
    reference = programme.reference_date
    gone = person.resident_until is not None and person.resident_until <= reference
    holds = {
        "R02": person.birth_date > reference,
        "R03": gone and person.exit == "death",
        "R04": gone and person.exit != "death",
        "R01": person.resident_from is not None
        and person.resident_from > reference
        and person.birth_date <= reference,
        "R06": person.already_paid,
        "R05": person.declined,
        "N01": programme.application_months is not None
        and (
            person.applied_on is None
            or person.applied_on > last_day_to_apply(application_start, programme.application_months)
        ),
    }
    grounds = tuple(ground for ground in ORDER if holds[ground])
    return Decision(grounds[0] if grounds else ENTITLED, grounds, 0 if grounds else programme.amount)
