"""What forms of report are made of: who reports when, names, domiciles, statuses, places in households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from enishi.kernel.partial_date import PartialDate
from enishi.register.vocabulary import NameKind, Provenance, StatusKind

NEW_HOUSEHOLD = 0
"""Stands for a household that the act makes."""

NEW_PERSON = 0
"""Stands for a person who has no id yet: nobody's register knew them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What every act comes with.

    `reported_on`: the day on which the report was received, None for an act ex officio (職権); `actor`: the officer or
    resident who acts; `key`: the idempotency key of the filing; `now`: the moment; `today`: the office's day; `evidence`:
    what was shown (`vocabulary.Evidence`), by which the report was checked.
    """

    muni: str
    effective: PartialDate
    reported_on: date | None
    actor: str
    key: str
    now: datetime
    today: date
    reason: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day from which the change holds: the earliest that the words of the report allow."""
        return self.effective.earliest


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a household from the day of the act: its number (`NEW_HOUSEHOLD` for one that the act makes)
    and the relationship to its head, a path (`rules.relationship`).
    """

    person: int
    household: int
    relation: str


@dataclass(frozen=True, slots=True)
class NewName:
    """A name as it is entered. `whole` of an alias or Latin name, else `surname` and `given`; with their readings."""

    kind: NameKind
    surname: str = ""
    given: str = ""
    surname_kana: str = ""
    given_kana: str = ""
    whole: str = ""
    whole_kana: str = ""
    provenance: Provenance = Provenance.FILED


@dataclass(frozen=True, slots=True)
class NewDomicile:
    """Registered domicile (本籍) and first-listed person (筆頭者), art. 7(5)."""

    place: str
    first_listed: str


@dataclass(frozen=True, slots=True)
class NewStatus:
    """What a foreign resident's record adds (art. 30-45). `status`: None for a person without one, who may be on the
    register for 60 days from birth; `expires_on`: the last day of the period of stay.
    """

    nationality: str
    status: str | None = None
    period: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """A status item of art. 7(9) to (11-2), with what the record says of it."""

    kind: StatusKind
    detail: dict[str, Any]
