"""Changes of individual numbers and resident codes, and addressee numbers. No form holds a number or a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from enishi.kernel.partial_date import PartialDate
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A new individual number in the place of one that may be misused (My Number Act art. 7(2))."""

    person: int
    kind: ClassVar[Kind] = Kind.NUMBER_CHANGED


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A new resident code at the resident's request (art. 30-4)."""

    person: int
    kind: ClassVar[Kind] = Kind.CODE_CHANGED


@dataclass(frozen=True, slots=True)
class AddresseeEntered:
    """Somebody not on the register but served (住登外者) gets an addressee number (宛名番号).

    `name` and `kana` as one string each; `born`: None where it is not known; `address`: where they live, elsewhere.
    """

    name: str
    kana: str
    address: Place
    born: PartialDate | None = None
    kind: ClassVar[Kind] = Kind.ADDRESSEE_ENTERED


@dataclass(frozen=True, slots=True)
class AddresseeChanged:
    """Name, reading, date of birth or address of a non-resident addressee are others from the day of the act on."""

    number: int
    name: str
    kana: str
    address: Place
    born: PartialDate | None = None
    kind: ClassVar[Kind] = Kind.ADDRESSEE_CHANGED


@dataclass(frozen=True, slots=True)
class AddresseeEnded:
    """A non-resident addressee is served no longer. The number is never given to anybody else."""

    number: int
    kind: ClassVar[Kind] = Kind.ADDRESSEE_ENDED


@dataclass(frozen=True, slots=True)
class AddresseesMerged:
    """Two addressee numbers stand for one person, as an officer has found: `kept` goes on, `merged` points to it."""

    kept: int
    merged: int
    kind: ClassVar[Kind] = Kind.ADDRESSEES_MERGED
