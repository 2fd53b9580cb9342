"""What other offices notify, and names that residents ask for: nationality, immigration, alias, former surname, status items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from enishi.register.rules.catalogue import Kind
from enishi.register.rules.parts import NewDomicile, NewName, NewStatus
from enishi.register.vocabulary import StatusKind


@dataclass(frozen=True, slots=True)
class NationalityChange:
    """Naturalisation (帰化), other acquisition (国籍取得) or loss (国籍喪失) of Japanese nationality, from the day of the act on.

    `names`: those that the person bears from then on; `domicile`: who becomes Japanese has one; `foreign`: what the record
    of one who no longer is says instead. The residence goes on.
    """

    kind: Kind
    person: int
    names: tuple[NewName, ...]
    domicile: NewDomicile | None = None
    foreign: NewStatus | None = None


@dataclass(frozen=True, slots=True)
class ImmigrationNotice:
    """Nationality, residence status, period of stay or the name in Latin letters or kanji of a foreign resident, as the
    Immigration Services Agency notifies it (art. 30-50). Whose stay has ended is erased (`Leaving`).

    `status`: the whole of it, from the day of the act; None where only `names` change; `ended_names`: kinds of names
    that the residence card no longer shows.
    """

    person: int
    status: NewStatus | None = None
    names: tuple[NewName, ...] = ()
    ended_names: tuple[str, ...] = ()
    kind: ClassVar[Kind] = Kind.IMMIGRATION


@dataclass(frozen=True, slots=True)
class AliasEntry:
    """An alias (通称) of a foreign resident entered or changed; deleted where `name` is None. One a person."""

    person: int
    name: NewName | None
    kind: ClassVar[Kind] = Kind.ALIAS


@dataclass(frozen=True, slots=True)
class FormerSurnameEntry:
    """A former surname (旧氏), with its reading, entered or changed; deleted where `name` is None. One a person."""

    person: int
    name: NewName | None
    kind: ClassVar[Kind] = Kind.FORMER_SURNAME


@dataclass(frozen=True, slots=True)
class ItemNotice:
    """The responsible room notifies that a person is on the electoral roll, insured, in the pension or paid child allowance
    (art. 7(9) to (11-2)), with `detail`; None: no longer.
    """

    person: int
    item: StatusKind
    detail: dict[str, Any] | None
    kind: ClassVar[Kind] = Kind.STATUS_ITEM
