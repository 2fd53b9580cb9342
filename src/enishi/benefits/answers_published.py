"""What the door `benefits.services` gives back about a published result: municipalities, payments, persons.

Plain frozen data, as in `answers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from enishi.benefits.answers import Basis, Equation, Figures, Ground, ReasonFigure, RunFile, Town, Who


@dataclass(frozen=True)
class Publication:
    """A published result, which municipalities decide and release from."""

    id: int
    programme: str
    cycle: int
    title: str
    run: int
    value_date: date
    amount: int
    published: datetime
    published_by: Who
    municipalities: int
    decided: int
    released: int


@dataclass(frozen=True)
class ReleaseState:
    """How far a municipality is: `not_adopted`, `to_decide`, `to_release`, `released`."""

    town: Town
    state: str
    words: str
    decided: datetime | None
    decided_by: Who | None
    released: datetime | None
    released_by: Who | None
    transfers: int
    transfer_yen: int


@dataclass(frozen=True)
class MunicipalResult:
    """A municipality's own page: its figures and what may be done now by the officer who asks.

    `may_decide`, `may_release`: what this officer may do at this moment; where not, `why_not` says it in
    words. `figures.paid_elsewhere_yen` is one sum: by whom it is paid is nobody's business here.
    """

    publication: Publication
    state: ReleaseState
    figures: Figures
    reasons: tuple[ReasonFigure, ...]
    equations: tuple[Equation, ...]
    files: tuple[RunFile, ...]
    content_hash: str
    may_decide: bool
    may_release: bool
    why_not: str


@dataclass(frozen=True)
class Hold:
    """A payment that is held, with what an officer needs to resolve it. `names`: the payee's registered
    names and kana.
    """

    payment: int
    household: int
    payee: int | None
    names: tuple[str, ...]
    account_holder: str
    amount: int
    persons: int
    code: str
    words: str
    todo: str
    protected: bool


@dataclass(frozen=True)
class Letter:
    """A payment by letter. `delivery`: `post`, or `office` (handed over by this office; no address on
    paper).
    """

    payment: int
    payee: int | None
    name: str
    postcode: str
    town: str
    amount: int
    persons: int
    delivery: str


@dataclass(frozen=True)
class Volume:
    """A volume of print-ready letters: at most 10,000 pages. `number` counts from 1."""

    number: int
    letters: int


@dataclass(frozen=True)
class PersonPayment:
    """The payment that a person's money is part of. `payee_is_person`: paid to the person asked about."""

    payment: int
    route: str
    route_words: str
    reason: str
    reason_words: str
    amount: int
    persons: int
    payee: int | None
    payee_is_person: bool
    payer: str
    value_date: date
    released: datetime | None
    todo: str


@dataclass(frozen=True)
class PersonDecision:
    """Why a person is paid or not, in words. `grounds` is empty for an entitled person.

    `review`: whether and how the decision can be looked at again, in the programme's own words. `protected`:
    paid separately under support measures; only who pays, and the national auditor, ever read it as true.
    """

    person: int
    muni: str
    programme: str
    cycle: int
    title: str
    reference_date: date
    code: str
    words: str
    entitled: bool
    grounds: tuple[Ground, ...]
    amount: int
    payment: PersonPayment | None
    legal_basis: tuple[Basis, ...]
    review: str
    protected: bool


@dataclass(frozen=True)
class ReleaseAll:
    """What the demonstration's "release all" did: municipalities by outcome, and the sentence that says who
    acted.
    """

    released: int
    already: int
    refused: tuple[tuple[str, str], ...] = field(default=())
    words: str = ""
