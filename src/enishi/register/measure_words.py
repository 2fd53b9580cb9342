"""What is filed, listed and shown of support measures (支援措置): plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from enishi.register.vocabulary import Agency, Harm


@dataclass(frozen=True, slots=True)
class Opinion:
    """Whose opinion on the need was heard (相談機関等の意見): kind of agency, which one, and the day on which it was given."""

    agency: Agency
    name: str
    given_on: date


@dataclass(frozen=True, slots=True)
class Case:
    """What is filed (支援措置申出書). `covered`: members of the family who are to be protected too, such as children;
    `other_parties`: persons whom the register knows; `other_unnamed`: the other party, or one of them, is not among those, and
    `other_named` what they are called, as the applicant wrote it; `delivery`: where mail is to go (`postcode`, `address`, `to`),
    None: it is held for collection; `opinion`: None, none is heard yet.
    """

    applicant: int
    harm: Harm
    covered: tuple[int, ...] = ()
    other_parties: tuple[int, ...] = ()
    other_unnamed: bool = False
    other_named: str = ""
    delivery: dict[str, str] | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What changes of a case that stands: persons who are added, and how the rest stands from now on. Nobody is taken out of a
    case: whoever is to be protected no longer, or was named by mistake, needs a case filed anew.
    """

    covered: tuple[int, ...] = ()
    other_parties: tuple[int, ...] = ()
    other_named: str = ""
    delivery: dict[str, str] | None = None
    opinion: Opinion | None = None


class Due(StrEnum):
    """Why a measure is among today's work."""

    DECIDE = "decide"
    """Filed, or come with a move or from an earlier system: it closes until the municipality decides."""
    RENEW = "renew"
    """In its last month."""


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """A measure that waits for its municipality. `until`: the first day on which it no longer closes, None undecided."""

    measure: str
    applicant: int
    why: Due
    filed_on: date
    until: date | None


class MeasureState(StrEnum):
    """How a measure stands on a day, as the file of a municipality is sorted."""

    PROVISIONAL = "provisional"
    """Filed: it closes at once, the decision is awaited."""
    AWAITING = "awaiting"
    """Come with a move, or from an earlier system: it closes until this municipality decides."""
    ENDING = "ending"
    """In force, in its last month: it may be renewed."""
    IN_FORCE = "in_force"
    REFUSED = "refused"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure in the list. `covered`: how many are protected with the applicant; `copy`: another municipality serves it."""

    measure: str
    applicant: int
    covered: int
    state: MeasureState
    filed_on: date
    until: date | None
    served_by: str
    copy: bool

    @property
    def last_day(self) -> date | None:
        """The last day on which it closes; None for one without a term."""
        return self.until - timedelta(days=1) if self.until else None


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """A page of the list, from page 1, and how many there are of each filter."""

    rows: tuple[MeasureLine, ...]
    number: int
    pages: int
    total: int
    size: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """A measure as a municipality's own file has it: the case, how it stands, and its acts (act, moment, actor, reason).

    `copies`: how many municipalities have been told, as far as this one, which serves the case, has told them.
    """

    measure: str
    case: Case
    state: MeasureState
    served_by: str
    filed_at: datetime
    decided_at: datetime | None
    granted: bool | None
    until: date | None
    renewable_from: date | None
    ended_at: datetime | None
    awaiting: bool
    closes: bool
    copies: int
    acts: tuple[tuple[str, datetime, str, str], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which other municipalities the own record names as having a trace of somebody of a case. `whole`: whether the reader may be
    told that of everybody in it.
    """

    munis: tuple[str, ...]
    whole: bool


class Mail(StrEnum):
    """Where mail to a person goes."""

    ORDINARY = "ordinary"
    DELIVERY_ADDRESS = "delivery_address"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where mail goes; `address` only for a delivery address (送付先)."""

    mail: Mail
    address: dict[str, str] | None = None


def opinion_as_json(opinion: Opinion | None) -> dict[str, str] | None:
    """An opinion as the table keeps it."""
    if opinion is None:
        return None
    return {
        "agency": opinion.agency.value,
        "name": opinion.name,
        "given_on": opinion.given_on.isoformat(),
    }


def opinion_of(said: dict[str, Any] | None) -> Opinion | None:
    """An opinion from the table."""
    if said is None:
        return None
    return Opinion(Agency(said["agency"]), said["name"], date.fromisoformat(said["given_on"]))
