"""The form of each act: which parts it has, what is said with them, and where a refusal of the register belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enishi.kernel.errors import EnishiError
from enishi.register.terms import (
    Kind,
    Place,
    Seated,
    in_words,
    reports,
)
from enishi.web.register.acts import corrections
from enishi.web.register.acts.desk import (
    ARRIVALS,
    DEPARTURES,
    HOUSEHOLDS,
    LEAVINGS,
    MOVES_HERE,
    TAKES_BACK,
    Desk,
)
from enishi.web.register.acts.parts.addressees import AddresseePart, EndedPart, MergedPart, address_initial
from enishi.web.register.acts.parts.areas import RenumberingPart
from enishi.web.register.acts.parts.common import FactsPart, Part, Whole
from enishi.web.register.acts.parts.family import ChangedPart, MatterPart
from enishi.web.register.acts.parts.nationality import ImmigrationPart, JapanesePart, LostPart
from enishi.web.register.acts.parts.notices import AliasPart, FormerSurnamePart, ItemPart, NumberPart
from enishi.web.register.acts.parts.persons import ChildPart, NewcomerPart
from enishi.web.register.acts.parts.places import PlacePart
from enishi.web.register.acts.parts.seats import SeatPart

MOST_NEWCOMERS = 12
PICKS = frozenset({*MOVES_HERE, *DEPARTURES, Kind.MOVE_IN_NOTICE})
"""The acts in which some of the household take part."""

SEATS = frozenset({*MOVES_HERE, *DEPARTURES, *HOUSEHOLDS, *LEAVINGS, *ARRIVALS, Kind.FAMILY_REGISTER})
"""The acts that may change places in households."""

BELONGS = {
    "day of the act": ("facts", "effective"),
    "day of the move": ("facts", "effective"),
    "partial date": ("facts", "effective"),
    "day of report": ("facts", "reported_on"),
    "address": ("to", "town"),
    "address, town": ("to", "town"),
    "address, postcode": ("to", "postcode"),
    "address, ward": ("to", "ward"),
    "destination": ("to", "muni"),
    "previous address": ("from", "muni"),
    "date of birth": ("child", "born"),
    "name": ("child", "surname"),
    "nationality": ("n0", "nationality"),
    "registered domicile": ("n0", "place"),
    "matter": ("family", "matter"),
}
"""Where a refusal says that it lies -> part and field of the form."""

WHOLE: dict[Kind, Callable[[Desk, QueryDict | None], Whole]] = {
    Kind.NATURALISATION: JapanesePart,
    Kind.NATIONALITY_ACQUIRED: JapanesePart,
    Kind.NATIONALITY_LOST: LostPart,
    Kind.IMMIGRATION: ImmigrationPart,
    Kind.ALIAS: AliasPart,
    Kind.FORMER_SURNAME: FormerSurnamePart,
    Kind.STATUS_ITEM: ItemPart,
    Kind.NUMBER_CHANGED: NumberPart,
    Kind.CODE_CHANGED: NumberPart,
    Kind.RENUMBERING: RenumberingPart,
    Kind.ADDRESSEE_ENTERED: AddresseePart,
    Kind.ADDRESSEE_CHANGED: AddresseePart,
    Kind.ADDRESSEE_ENDED: EndedPart,
    Kind.ADDRESSEES_MERGED: MergedPart,
}
"""The acts that one part says by itself."""

FROM_ELSEWHERE = frozenset({Kind.MOVE_IN, Kind.MOVE_IN_FROM_ABROAD})
"""The arrivals with a previous address."""

OF_PERSON = re.compile(r"(?:household \d+, )?person (\d+)$")


@dataclass(frozen=True)
class Fault:
    """One fault for the summary: the field to go to (blank: none), its words."""

    field: str
    label: str
    words: str


class Sheet:
    """The form of an act. `parts` without the places in households, which are `seats`."""

    def __init__(self, desk: Desk, data: QueryDict | None) -> None:
        self.desk, self.data = desk, data
        self.general: list[str] = []
        reported = {"reported_on": desk.today.isoformat()}
        self.facts = FactsPart(desk.kind, data, prefix="facts", initial=reported)
        self.parts: list[Part] = list(self._parts())
        self.seats = list(self._seats())
        self.newcomers = sum(isinstance(part, NewcomerPart) for part in self.parts)

    def part(self, prefix: str) -> Part | None:
        """The part of that prefix."""
        return next((one for one in self.every_part() if one.prefix == prefix), None)

    @property
    def whole(self) -> Whole | None:
        """The part that says the act by itself; None for an act that its parts say together."""
        return next((part for part in self.parts if isinstance(part, Whole)), None)

    def every_part(self) -> list[Part]:
        """All parts in the order of the page."""
        return [*self.seats, *self.parts, self.facts]

    def is_valid(self) -> bool:
        """Whether all that can be checked without the register is right; every part is looked at."""
        checked = [part.is_valid() for part in self.every_part()]
        sound = all(checked)
        if sound and self.desk.kind in PICKS and not self._picked():
            self.general.append(_("Choose who takes part."))
            return False
        return sound

    def report(self, officer: int, key: str) -> reports.Report:
        """What every act comes with, of a valid sheet. `key`: of the filing."""
        said = self.facts.cleaned_data
        return reports.Report(
            muni=self.desk.muni,
            effective=said["effective"],
            reported_on=said.get("reported_on"),
            actor=f"officer:{officer}",
            key=key,
            now=timezone.now(),
            today=self.desk.today,
            reason=said["reason"],
            evidence=tuple(said["evidence"]),
        )

    def said(self) -> reports.Reported:
        """What is reported, of a valid sheet."""
        kind, desk = self.desk.kind, self.desk
        if kind in ARRIVALS:
            newcomers = tuple(part.newcomer() for part in self.parts if isinstance(part, NewcomerPart))
            return reports.Arrival(kind, newcomers, self._place("to"), self._from(), self._changed())
        if kind in DEPARTURES:
            movers = self._picked()
            return reports.Departure(kind, movers, self._place("to"), self._changed(but=movers))
        if kind in MOVES_HERE:
            return reports.MoveWithin(kind, self._picked(), self._place("to"), self._changed())
        if kind in HOUSEHOLDS:
            return reports.HouseholdChange(kind, self._changed())
        if kind in LEAVINGS:
            assert desk.person is not None
            return reports.Leaving(kind, desk.person, self._changed(but=(desk.person,)))
        if kind is Kind.BIRTH:
            child = self.part("child")
            assert isinstance(child, ChildPart)
            return child.birth()
        if kind is Kind.FAMILY_REGISTER:
            return self._family_notice()
        if kind is Kind.MOVE_IN_NOTICE:
            assert desk.act is not None
            return reports.Arrived(desk.act.line.number, self._picked(), self._place("to"))
        if kind in TAKES_BACK.values():
            assert desk.act is not None
            return reports.TakingBack(kind, desk.act.line.number)
        if whole := self.whole:
            return whole.reported(self._place("to") if isinstance(self.part("to"), PlacePart) else None)
        correction = self.part("correction")
        assert isinstance(correction, corrections.CorrectionPart)
        return correction.correction(
            self._changed(but=(correction.person,)) if self._strikes_a_record else ()
        )

    def refuse(self, error: EnishiError) -> None:
        """Puts what the register refuses at the field that it is about, in the reader's language; else above the form."""
        said = in_words(error, get_language() or "ja")
        words = f"{said.what} {said.todo}".strip()
        prefix, name = BELONGS.get(error.where, ("", ""))
        if found := OF_PERSON.search(error.where):
            prefix, name = f"p{found[1]}", "relation"
        if (
            (whole := self.whole)
            and error.where in whole.belongs
            and whole.belongs[error.where] in whole.fields
        ):
            whole.add_refusal(error.where, words)
            return
        for part in self.every_part():
            if part.prefix == prefix and name in part.fields:
                part.add_error(name, words)
                return
        where = f"{said.where}{_(': ')}" if said.where else ""
        self.general.append(f"{where}{words}")

    def faults(self) -> list[Fault]:
        """Every fault of the sheet, in the order of the page."""
        found = [Fault("", "", words) for words in self.general]
        for part in self.every_part():
            who = f"{part.who.name.text} " if isinstance(part, SeatPart | ChangedPart) else ""
            for name, errors in part.errors.items():
                bound = part[name] if name in part.fields else None
                label = f"{who}{bound.label}" if bound is not None else ""
                target = (bound.id_for_label or bound.auto_id) if bound is not None else ""
                found += [Fault(target, label, str(words)) for words in errors]
        return found

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Everything that was typed, to be carried through the preview."""
        for name, values in (self.data or QueryDict()).lists():
            if name not in ("csrfmiddlewaretoken", "do"):
                yield from ((name, str(value)) for value in values)

    def _parts(self) -> Iterator[Part]:
        kind, desk, data = self.desk.kind, self.desk, self.data
        if kind in ARRIVALS:
            households = tuple(dict.fromkeys(one.household for one in desk.members if one.household))
            for number in range(_count(data)):
                yield NewcomerPart(number, households, data)
            yield PlacePart(_("New address, here"), "here", desk.muni, data, prefix="to")
            abroad = kind is Kind.MOVE_IN_FROM_ABROAD
            if kind in FROM_ELSEWHERE:
                yield PlacePart(
                    _("Previous address"), "abroad" if abroad else "elsewhere", "", data, prefix="from"
                )
        elif kind in MOVES_HERE:
            yield PlacePart(_("New address"), "here", desk.muni, data, prefix="to")
        elif kind in DEPARTURES:
            mode = "abroad" if kind is Kind.MOVE_OUT_ABROAD else "elsewhere"
            yield PlacePart(_("Planned destination"), mode, "", data, prefix="to")
        elif kind is Kind.MOVE_IN_NOTICE:
            yield PlacePart(_("Confirmed destination"), "elsewhere", "", data, prefix="to")
        elif kind is Kind.BIRTH and desk.person:
            yield ChildPart(desk.person, desk.members, data)
        elif kind is Kind.FAMILY_REGISTER:
            yield MatterPart(data)
            for who in desk.everybody:
                yield ChangedPart(who, data)
        elif kind is Kind.CORRECTION:
            yield corrections.part_for(desk, data)
        elif kind in WHOLE:
            yield WHOLE[kind](desk, data)
            if kind in (Kind.ADDRESSEE_ENTERED, Kind.ADDRESSEE_CHANGED):
                yield self._address_of_addressee()

    def _address_of_addressee(self) -> PlacePart:
        """Where somebody who is served lives: elsewhere in Japan, or abroad where the form, or the record before it, says so."""
        initial = address_initial(self.desk.served)
        abroad = bool(initial.get("country")) if self.data is None else bool(self.data.get("who-abroad"))
        mode = "abroad" if abroad else "elsewhere"
        return PlacePart(_("Address"), mode, "", self.data, prefix="to", initial=initial)

    def _seats(self) -> Iterator[SeatPart]:
        kind, desk = self.desk.kind, self.desk
        seats = kind in SEATS or self._strikes_a_record
        if not seats and kind not in PICKS:
            return
        households = tuple(dict.fromkeys(one.household for one in desk.everybody if one.household))
        for who in self._seated():
            initial = (
                {"takes_part": True}
                if kind is Kind.MOVE_IN_NOTICE
                else {"takes_part": who.person == desk.person}
            )
            yield SeatPart(who, households, kind in PICKS, seats, self.data, initial=initial)

    @property
    def _strikes_a_record(self) -> bool:
        """Whether the form is about somebody's whole record: then the others of the household are on it."""
        chosen = (self.data or QueryDict()).get("correction-group", "")
        return self.desk.kind is Kind.CORRECTION and chosen == corrections.WHOLE_RECORD

    def _seated(self) -> tuple[Seated, ...]:
        """Those whose place may change: not whoever dies, is erased or is struck."""
        if self.desk.kind in LEAVINGS or self._strikes_a_record:
            return tuple(one for one in self.desk.everybody if one.person != self.desk.person)
        return self.desk.everybody

    def _picked(self) -> tuple[int, ...]:
        return tuple(one.who.person for one in self.seats if one.cleaned_data.get("takes_part"))

    def _changed(self, but: tuple[int, ...] = ()) -> tuple[reports.Seat, ...]:
        seats = (one.seat() for one in self.seats if one.who.person not in but)
        return tuple(seat for seat in seats if seat is not None)

    def _place(self, prefix: str) -> Place:
        part = self.part(prefix)
        assert isinstance(part, PlacePart)
        return part.place()

    def _from(self) -> Place | None:
        part = self.part("from")
        return part.place() if isinstance(part, PlacePart) else None

    def _family_notice(self) -> reports.FamilyNotice:
        matter = self.part("family")
        assert isinstance(matter, MatterPart)
        changes = (part.change() for part in self.parts if isinstance(part, ChangedPart))
        return reports.FamilyNotice(
            matter.cleaned_data["matter"],
            tuple(one for one in changes if one is not None),
            self._changed(),
        )


def _count(data: QueryDict | None) -> int:
    text = (data or QueryDict()).get("newcomers", "1") or "1"
    return (
        min(MOST_NEWCOMERS, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 3 else 1
    )
