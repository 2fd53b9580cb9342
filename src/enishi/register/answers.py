"""What the register's door hands out: plain data, never rows of tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enishi.register.vocabulary import NameKind


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a kind: `text` as written, `kana` its reading (blank: none is known)."""

    kind: NameKind
    text: str
    kana: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Where and when on the register of a municipality. `since`: None, long before; `until`: first day no
    longer, None: still there. `ward`, `institution`, `entry`, `exit`: blank for none.
    """

    muni: str
    ward: str
    postcode: str
    town: str
    block: str
    building: str
    institution: str
    since: date | None
    entry: str
    until: date | None
    exit: str

    def covers(self, day: date) -> bool:
        """Whether the person is on this municipality's register on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Hit:
    """One person that a search found. `protected`: under support measures: nothing of where they are may be
    told.
    """

    person: int
    name: Name
    birth_date: date
    sex: int
    stay: Stay
    protected: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of a search, `page` from 1; `more`: there is a next page."""

    rows: tuple[Hit, ...]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Someone in the same household."""

    person: int
    relation: str
    name: Name


@dataclass(frozen=True, slots=True)
class Summary:
    """One person's record on a day: names, residence, household. `head`: person id of its head that day, if
    any.

    The members of the household are those whose membership covers the day; a protected person's household is
    not told to the reader of another member, and none of its members here: `members` leaves protected ones
    out.
    """

    person: int
    names: tuple[Name, ...]
    birth_date: date
    sex: int
    nationality: str
    residence_status: str
    stay: Stay
    protected: bool
    household: int | None
    relation: str
    head: int | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class MunicipalityLine:
    """A municipality's codes and names. `consignor_code`, `originator`: for its payments, synthetic."""

    muni: str
    prefecture: str
    prefecture_name: str
    name: str
    name_kana: str
    name_latin: str
    prefecture_latin: str
    consignor_code: str
    originator: str
    application_start: date


@dataclass(frozen=True, slots=True)
class Count:
    """Residents and households of a municipality on a day."""

    muni: str
    residents: int
    households: int


@dataclass(frozen=True, slots=True)
class Nation:
    """The snapshot that this register began with."""

    snapshot: str
    source: str
    day: date
    persons: int
    complete: bool
