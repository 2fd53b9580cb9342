"""What lies on the desk when an act is prepared: the municipality, the kind of act, the persons, the ground of reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.http import Http404

from enishi.platform.services import Reader
from enishi.register.services import act_shown, addressee, seated
from enishi.register.terms import CATALOGUE, ActShown, Kind, Seated, Served
from enishi.web.officer import Officer

ARRIVALS = (Kind.MOVE_IN, Kind.MOVE_IN_FROM_ABROAD, Kind.ENTRY, Kind.STATUS_ACQUIRED)
DEPARTURES = (Kind.MOVE_OUT, Kind.MOVE_OUT_ABROAD)
MOVES_HERE = (Kind.MOVE_WITHIN, Kind.WARD_MOVE)
HOUSEHOLDS = (Kind.HOUSEHOLD_SPLIT, Kind.HOUSEHOLD_MERGE, Kind.HOUSEHOLD_COMPOSITION, Kind.HEAD_CHANGE)
LEAVINGS = (Kind.DEATH, Kind.DISAPPEARANCE, Kind.ERASURE)
NATIONALITIES = (Kind.NATURALISATION, Kind.NATIONALITY_ACQUIRED, Kind.NATIONALITY_LOST)
NUMBERS = (Kind.NUMBER_CHANGED, Kind.CODE_CHANGED)
ADDRESSEES = (
    Kind.ADDRESSEE_ENTERED,
    Kind.ADDRESSEE_CHANGED,
    Kind.ADDRESSEE_ENDED,
    Kind.ADDRESSEES_MERGED,
)
TAKES_BACK = {
    Kind.MOVE_OUT: Kind.MOVE_OUT_CANCELLED,
    Kind.MOVE_OUT_ABROAD: Kind.MOVE_OUT_CANCELLED,
    Kind.DISAPPEARANCE: Kind.DISAPPEARANCE_REVERSED,
    Kind.ERASURE: Kind.RESTORATION,
}
"""The acts that the law takes back, and by which act."""

OF_AN_ACT = frozenset({*TAKES_BACK.values(), Kind.MOVE_IN_NOTICE})
"""The acts that rest on an earlier act of the journal, and are prepared from its page."""

OF_ADDRESSEES = frozenset(ADDRESSEES)
"""The acts on persons not on the register but served, prepared from the list of addressees."""

WITHIN_14_DAYS = frozenset({*ARRIVALS[:2], Kind.STATUS_ACQUIRED, *MOVES_HERE, *HOUSEHOLDS, *DEPARTURES})
"""The reports that the law wants within 14 days (arts 22 to 25, 30-47)."""

OFFERED: dict[str, tuple[Kind, ...]] = {
    "moves": (Kind.MOVE_IN, Kind.MOVE_IN_FROM_ABROAD, Kind.STATUS_ACQUIRED, *MOVES_HERE, *DEPARTURES),
    "households": HOUSEHOLDS,
    "family": (Kind.BIRTH, Kind.DEATH, Kind.DISAPPEARANCE, Kind.FAMILY_REGISTER),
    "nationality": (*NATIONALITIES, Kind.IMMIGRATION),
    "names": (Kind.ALIAS, Kind.FORMER_SURNAME),
    "items": (Kind.STATUS_ITEM, *NUMBERS),
    "office": (Kind.ENTRY, Kind.ERASURE, Kind.CORRECTION),
}
"""The acts that are prepared from a person, by where they stand in the list."""

OF_NOBODY: dict[str, tuple[Kind, ...]] = {"areas": (Kind.RENUMBERING,), "addressees": ADDRESSEES}
"""The acts that concern no person of the register, offered where none is chosen."""

FORMS = frozenset({*OF_AN_ACT, *(kind for kinds in (OFFERED | OF_NOBODY).values() for kind in kinds)})
NEEDS_NOBODY = frozenset({*ARRIVALS, Kind.RENUMBERING, *ADDRESSEES})

WITHOUT_FORM: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TAKE_OVER: "the first act of a register: it takes the record over as a whole when a nation is loaded",
        Kind.MERGER: "no counter's work: `enishi register merge` closes the record of a municipality, after a preview",
        Kind.MERGER_TAKEN_OVER: "the second half of `enishi register merge`, in the municipality that goes on",
    }
)
"""The kinds of the catalogue that no officer performs from a form, and why."""


@dataclass(frozen=True)
class Desk:
    """`members`: the household of `person` (None: nobody chosen), `others`: a second household, for a merger; `act`: the
    earlier act that this one rests on; `served`, `twin`: the addressee whom it concerns, and the other where two become one.
    """

    muni: str
    kind: Kind
    today: date
    reader: Reader
    person: int | None
    members: tuple[Seated, ...]
    others: tuple[Seated, ...]
    act: ActShown | None
    served: Served | None = None
    twin: Served | None = None

    @property
    def everybody(self) -> tuple[Seated, ...]:
        """All persons who lie on the desk, each once."""
        return tuple({one.person: one for one in (*self.members, *self.others)}.values())

    @property
    def mine(self) -> Seated | None:
        """The person from whom the act is prepared."""
        return next((one for one in self.members if one.person == self.person), None)


def desk(officer: Officer, muni: str, kind: Kind, said: Mapping[str, str]) -> Desk:
    """Lays out what the URL or the form names (`person`, `other`, `act`, `addressee`, `twin`). Raises Http404 for
    whoever and whatever is not on this municipality's register.
    """
    reader = ground(officer, muni, kind)
    person, other, number = (_number(said.get(name, "")) for name in ("person", "other", "act"))
    members = _household(reader, muni, person, officer.today) if person else ()
    others = _household(reader, muni, other, officer.today) if other else ()
    act = act_shown(reader, muni, number) if number else None
    if number and act is None:
        raise Http404
    served, twin = (
        _served(reader, muni, _number(said.get(name, ""))) if kind in OF_ADDRESSEES else None
        for name in ("addressee", "twin")
    )
    return Desk(muni, kind, officer.today, reader, person, members, others, act, served, twin)


ARTICLES = {Kind.NUMBER_CHANGED: "7", **dict.fromkeys(ADDRESSEES, "1")}
"""Under which article of the Basic Resident Register Act persons are read for an act that rests on another law: the number is an
item of the record (art. 7(8-2)), addressees are told from residents (art. 1).
"""


def ground(officer: Officer, muni: str, kind: Kind) -> Reader:
    """The ground on which persons are read for an act: the article under which it is performed."""
    entry = CATALOGUE[kind]
    purpose = "report" if "report" in entry.manners else "correction" if kind is Kind.CORRECTION else "notice"
    article = ARTICLES.get(kind, entry.article.removeprefix("arts ").removeprefix("art. "))
    return Reader(
        actor=f"officer:{officer.id}",
        purpose=purpose,
        article=f"Basic Resident Register Act {article}",
        muni=muni,
    )


def _household(reader: Reader, muni: str, person: int, on: date) -> tuple[Seated, ...]:
    found = seated(reader, muni, person, on=on)
    if not found:
        raise Http404
    return found


def _served(reader: Reader, muni: str, number: int | None) -> Served | None:
    if number is None:
        return None
    found = addressee(reader, muni, number)
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
        raise Http404
    return int(text)
