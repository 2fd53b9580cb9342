"""What the door `benefits.services` gives back: plain frozen data, never a database row.

Yen are whole (int). Codes are those of kernel.reasons and docs/benefits-run.md. Texts are in the language
that is active when the function is called (Django's translation), numbers and dates are left to the page.
Where a name exists in two languages both are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a longer list. `number` counts from 1; `pages` is at least 1."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int
    size: int


@dataclass(frozen=True)
class Who:
    """An officer as pages show one. `demonstration`: acts for show, nobody's real account."""

    user: int
    name: str
    demonstration: bool


@dataclass(frozen=True)
class Ground:
    """A ground in words, with the law that it rests on."""

    code: str
    words: str
    law: str


@dataclass(frozen=True)
class Basis:
    """Where a programme stands in law: the act or guideline, its article, and what it says."""

    name: str
    article: str
    note: str


@dataclass(frozen=True)
class Programme:
    """A programme file and how far it is. `published` is None while nobody published it.

    `runs`, `publication`: ids of its runs, newest first, and of its published result. `changed`: the file
    on disk is no longer the one that was published, so that no run may start. `adopted`, `municipalities`:
    how many of how many.
    """

    name: str
    cycle: int
    title: str
    summary: str
    sha256: str
    reference_date: date
    amount: int
    value_date: date
    payer: str
    payee: str
    unit: str
    application_months: int | None
    daily_capacity: int | None
    exclusions: tuple[Ground, ...]
    legal_basis: tuple[Basis, ...]
    review: str
    text: str
    published: datetime | None = None
    published_by: Who | None = None
    changed: bool = False
    adopted: int = 0
    municipalities: int = 0
    runs: tuple[int, ...] = ()
    publication: int | None = None


@dataclass(frozen=True)
class Town:
    """A municipality's code and names. `prefecture`: two digits."""

    muni: str
    name: str
    name_latin: str
    prefecture: str
    prefecture_name: str
    prefecture_latin: str


@dataclass(frozen=True)
class AdoptionState:
    """Whether a municipality takes part in a programme."""

    town: Town
    adopted: datetime | None
    adopted_by: Who | None


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that a run may start from."""

    id: str
    on: date
    persons: int
    source: str
    folder: str


@dataclass(frozen=True)
class RunState:
    """A run as the list of runs shows it. `state`: `running`, `complete`, `failed`. `published`: its
    publication's id.
    """

    id: int
    programme: str
    cycle: int
    state: str
    started: datetime
    started_by: Who
    ended: datetime | None
    snapshot: str
    persons: int
    manifest: str
    error: str
    published: int | None


@dataclass(frozen=True)
class PrefectureProgress:
    """How many of a prefecture's persons are computed."""

    prefecture: str
    name: str
    name_latin: str
    persons: int
    done: int


@dataclass(frozen=True)
class Progress:
    """A run at work. `state`: `starting`, `computing`, `assembling`, `second_opinion`, `checking`,
    `complete`, `failed`.

    `rate` in persons a second, `eta` in seconds or None. `steps`: every state that a run passes, with its
    words and `done`, `now` or `next`.
    """

    run: int
    state: str
    words: str
    persons: int
    done: int
    parts: int
    parts_done: int
    rate: float
    eta: int | None
    prefectures: tuple[PrefectureProgress, ...]
    steps: tuple[tuple[str, str, str], ...]
    error: str


@dataclass(frozen=True)
class ReasonFigure:
    """How many persons (`kind` `decision`) or payments (`kind` `payment`) have a reason code."""

    code: str
    words: str
    kind: str
    count: int


@dataclass(frozen=True)
class Figures:
    """The reconciled figures of a municipality, a prefecture or the whole: section 6 of
    docs/benefits-run.md.
    """

    persons: int
    codes: dict[str, int]
    entitled_yen: int
    paid_elsewhere_yen: int
    paid_for_others_yen: int
    payments: int
    ledger_yen: int
    transfers: int
    transfer_yen: int
    letters: int
    letter_yen: int
    held: int
    held_yen: int
    held_reasons: dict[str, int]


@dataclass(frozen=True)
class PrefectureFigures:
    """A prefecture's figures; `prefecture` `STATE` is the State as payer."""

    prefecture: str
    name: str
    name_latin: str
    municipalities: int
    figures: Figures


@dataclass(frozen=True)
class Equation:
    """One sum that must hold.

    `left` and `right` in persons, records or yen (`unit`); `words` spell it out.
    """

    words: str
    left: int
    right: int
    unit: str

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True)
class Agreement:
    """The two engines' SHA-256 over the canonical text of one table. Both are the same in a complete run."""

    table: str
    words: str
    first: str
    second: str

    @property
    def equal(self) -> bool:
        return self.first == self.second


@dataclass(frozen=True)
class RunFile:
    """A file of a run: name relative to its folder, hexadecimal SHA-256, length in bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class FileKind:
    """The files of one kind (`decisions`, `ledger`, `letters`, `zengin`, `reconciliation`), counted."""

    kind: str
    words: str
    files: int
    bytes: int


@dataclass(frozen=True)
class Result:
    """A complete run's figures."""

    run: RunState
    programme: Programme
    total: Figures
    prefectures: tuple[PrefectureFigures, ...]
    reasons: tuple[ReasonFigure, ...]
    agreements: tuple[Agreement, ...]
    bank_files_compared: int
    equations: tuple[Equation, ...]
    kinds: tuple[FileKind, ...]
    engines: dict[str, str]
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Difference:
    """Where the two engines, or a file and its sums, disagreed. `shard` is empty where the whole run is
    meant.
    """

    table: str
    shard: str
    what: str
