"""What is reported, ordered or notified: the facts that each act of the register requires (Basic Resident Register Act).

One frozen dataclass a form of report; `kind` says which act of the catalogue it is. Days are the report's
(`Report.effective`); persons are ids, addresses `rules.moves.Place`. Moves, households, births, deaths, the family
register and corrections are here; notices of other offices in `rules.notices`, what concerns whole towns and municipalities in
`rules.areas`, numbers and addressees in `rules.numbering`. This module names them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from enishi.kernel.partial_date import PartialDate
from enishi.register.rules.areas import RecordClosed, RecordOpened, Renumbered, Renumbering
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.notices import (
    AliasEntry,
    FormerSurnameEntry,
    ImmigrationNotice,
    ItemNotice,
    NationalityChange,
)
from enishi.register.rules.numbering import (
    AddresseeChanged,
    AddresseeEnded,
    AddresseeEntered,
    AddresseesMerged,
    CodeChange,
    NumberChange,
)
from enishi.register.rules.parts import (
    NEW_HOUSEHOLD,
    NEW_PERSON,
    NewDomicile,
    NewItem,
    NewName,
    NewStatus,
    Report,
    Seat,
)

__all__ = [
    "FAMILY_MATTERS",
    "NEW_HOUSEHOLD",
    "NEW_PERSON",
    "AddresseeChanged",
    "AddresseeEnded",
    "AddresseeEntered",
    "AddresseesMerged",
    "AliasEntry",
    "Arrival",
    "Arrived",
    "Birth",
    "CodeChange",
    "DayCorrected",
    "Departure",
    "FamilyChange",
    "FamilyNotice",
    "FormerSurnameEntry",
    "HouseholdChange",
    "ImmigrationNotice",
    "ItemNotice",
    "ItemsCorrected",
    "Leaving",
    "MoveWithin",
    "NationalityChange",
    "NewDomicile",
    "NewItem",
    "NewName",
    "NewStatus",
    "Newcomer",
    "NumberChange",
    "RecordClosed",
    "RecordOpened",
    "Renumbered",
    "Renumbering",
    "Report",
    "Reported",
    "Seat",
    "Struck",
    "TakingBack",
]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes on the register: as their own report, or the certificate information (転出証明書情報) of the
    municipality that they leave, says who they are.

    `person`: their id, `NEW_PERSON` for one whom no register knew; `household`: one of this municipality,
    or `NEW_HOUSEHOLD`, which all newcomers of a report share.
    """

    person: int
    sex: int
    born: PartialDate
    names: tuple[NewName, ...]
    household: int
    relation: str
    domicile: NewDomicile | None = None
    foreign: NewStatus | None = None
    items: tuple[NewItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A move in (転入, art. 22), from abroad (国外転入), or an entry ex officio (職権記載, art. 8).

    `came_from`: the previous address, None where it is unknown; `seats`: the new places of those of the household
    who were here already, as far as they change.
    """

    kind: Kind
    newcomers: tuple[Newcomer, ...]
    to: Place
    came_from: Place | None
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Departure:
    """A move out (転出, art. 24), announced before it or reported within 14 days of it, or a move abroad.

    `to`: the planned destination (予定); `seats`: the new places of those left behind.
    """

    kind: Kind
    movers: tuple[int, ...]
    to: Place
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """The notice (転入通知, art. 9(1)) that those who left by an act have moved in elsewhere, on the day of this act.

    `departure`: the number of that act; `movers`: who moved in; `to`: the confirmed destination (確定).
    """

    departure: int
    movers: tuple[int, ...]
    to: Place
    kind: ClassVar[Kind] = Kind.MOVE_IN_NOTICE


@dataclass(frozen=True, slots=True)
class MoveWithin:
    """A move within the municipality (転居, art. 23), or between wards of a designated city (区間異動, art. 38), which the
    mayor of the new ward certifies. `seats`: changed places in households.
    """

    kind: Kind
    movers: tuple[int, ...]
    to: Place
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A split (世帯分離), merger (世帯合併), change of composition (世帯構成変更) or of head (世帯主変更), art. 25."""

    kind: Kind
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth (art. 9(2)). The child lives where `parent` does and joins that household with `relation` to its head.

    `born`: where the day of birth is not the day of the act.
    """

    sex: int
    name: NewName
    parent: int
    relation: str
    born: PartialDate | None = None
    domicile: NewDomicile | None = None
    foreign: NewStatus | None = None
    kind: ClassVar[Kind] = Kind.BIRTH


@dataclass(frozen=True, slots=True)
class Leaving:
    """The end of a residence other than by a move: death, adjudication of disappearance (失踪宣告), erasure (職権消除).

    The day of the act is the last on the register for a death, else the first no longer on it. `seats`: the new
    places of those left behind.
    """

    kind: Kind
    person: int
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class TakingBack:
    """An act undone, as the law has it: a move out cancelled (転出取消), an adjudication of disappearance reversed, an
    erasure restored (回復). `act`: the number of the act that is taken back.
    """

    kind: Kind
    act: int


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """What a notice of the family register changes of one person: names, registered domicile, both or neither."""

    person: int
    names: tuple[NewName, ...] = ()
    domicile: NewDomicile | None = None


@dataclass(frozen=True, slots=True)
class FamilyNotice:
    """Marriage, divorce, adoption, its dissolution, a change of name or of domicile, as the family register notifies it
    (art. 9(2)). `matter`: of `FAMILY_MATTERS`; `seats`: changed relationships and households.
    """

    matter: str
    changes: tuple[FamilyChange, ...]
    seats: tuple[Seat, ...] = ()
    kind: ClassVar[Kind] = Kind.FAMILY_REGISTER


FAMILY_MATTERS = ("marriage", "divorce", "adoption", "adoption_dissolved", "recognition", "name", "domicile")


@dataclass(frozen=True, slots=True)
class ItemsCorrected:
    """What the record says on the day of the act was wrong (職権修正): other items for the same days.

    `group` and `name` as a record has them (`records.GROUPS`; `name`: the kind of a name or status item).
    """

    person: int
    group: str
    items: dict[str, Any]
    name: str = ""
    kind: ClassVar[Kind] = Kind.CORRECTION


@dataclass(frozen=True, slots=True)
class DayCorrected:
    """The day on which what holds on the day of the act began was wrong; what held until then ends, or goes on, with it."""

    person: int
    group: str
    since: date
    name: str = ""
    kind: ClassVar[Kind] = Kind.CORRECTION


@dataclass(frozen=True, slots=True)
class Struck:
    """What the record says on the day of the act never was (職権消除 of an entry made in error): nothing comes in its place.

    `group` and `name` as in `ItemsCorrected`; `group` `record`: the person should never have been entered at all.
    """

    person: int
    group: str
    name: str = ""
    seats: tuple[Seat, ...] = ()
    kind: ClassVar[Kind] = Kind.CORRECTION


Reported = (
    Arrival
    | Departure
    | Arrived
    | MoveWithin
    | HouseholdChange
    | Birth
    | Leaving
    | TakingBack
    | FamilyNotice
    | ItemsCorrected
    | DayCorrected
    | Struck
    | NationalityChange
    | ImmigrationNotice
    | AliasEntry
    | FormerSurnameEntry
    | ItemNotice
    | Renumbering
    | RecordClosed
    | RecordOpened
    | NumberChange
    | CodeChange
    | AddresseeEntered
    | AddresseeChanged
    | AddresseeEnded
    | AddresseesMerged
)
"""Every form of report."""
