"""What concerns a whole town or a whole municipality: renumbering, and municipal mergers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from enishi.register.rules.catalogue import Kind

OF_AREAS = frozenset({Kind.RENUMBERING, Kind.MERGER, Kind.MERGER_TAKEN_OVER})
"""The acts that touch everybody of a town or a municipality: who is among them says nothing of a single person."""


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What an address was called, and what it is called now. `block` None: every block of the town; `to_block` None: the
    block stays as it is. `ward` (blank for none) tells towns of one name in two wards apart.
    """

    town: str
    to_town: str
    to_postcode: str
    block: str | None = None
    to_block: str | None = None
    to_town_id: str = ""
    ward: str = ""


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Introduction of block numbers (住居表示の実施), or a change of lot numbers or of a town's name (地番・町名変更): the same
    dwellings have other addresses from the day of the act on. Nobody moves.
    """

    addresses: tuple[Renumbered, ...]
    kind: ClassVar[Kind] = Kind.RENUMBERING


@dataclass(frozen=True, slots=True)
class RecordClosed:
    """The municipality ceases to be on the day of the act: its whole record is handed over to its `successor`."""

    successor: str
    kind: ClassVar[Kind] = Kind.MERGER


@dataclass(frozen=True, slots=True)
class RecordOpened:
    """The record of a `predecessor`, which it closed by its act `closed_by`, goes on here from the same day."""

    predecessor: str
    closed_by: int
    kind: ClassVar[Kind] = Kind.MERGER_TAKEN_OVER
