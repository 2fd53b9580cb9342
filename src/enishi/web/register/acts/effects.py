"""What an act does that no fact of a resident's record says: addressees, letters, numbers in the vault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import Reader
from enishi.register.services import addressee, addressee_by_act, addressees_alike, mail_for
from enishi.register.terms import ActLine, Kind, Mail, Place, Served, reports
from enishi.web.register.acts.changes import NONE, PersonRows, Row, days
from enishi.web.register.acts.desk import NUMBERS, OF_ADDRESSEES, Desk
from enishi.web.register.acts.parts.addressees import born_in_words, place_in_words

LETTERS = frozenset(NUMBERS)
"""The acts of which the person is told by letter: of a new individual number, of a new resident code (art. 30-4)."""


def letter(reader: Reader, muni: str, kind: Kind, person: int, on: date) -> str:
    """Where the letter of an act goes, in words; blank for an act without one. Recorded as read."""
    if kind not in LETTERS:
        return ""
    mail = mail_for(reader, muni, person, on)
    if mail.mail is Mail.ORDINARY:
        return _("The person is told by letter, to the address on the record.")
    if mail.mail is Mail.DELIVERY_ADDRESS and mail.address:
        where = " ".join(mail.address.get(part, "") for part in ("postcode", "address", "to")).strip()
        return _("Support measures: the letter goes to the delivery address only, %(where)s.") % {
            "where": where
        }
    return _("Support measures: no letter is sent. It is held at the office until the person collects it.")


def addressee_rows(desk: Desk, said: reports.Reported, day: date) -> list[PersonRows]:
    """What an act on addressees changes, in words, before it is performed."""
    if isinstance(said, reports.AddresseeEntered | reports.AddresseeChanged):
        before = _items(desk.served) if desk.served else {}
        after = _entered(said.name, said.kana, said.born, said.address)
        return [
            PersonRows(desk.served.number if desk.served else 0, said.name, _differing(before, after, day))
        ]
    if isinstance(said, reports.AddresseeEnded) and desk.served:
        held = days(desk.served.since, None)
        row = Row(_("served as a non-resident addressee"), days(day, None), held, NONE)
        return [PersonRows(desk.served.number, desk.served.name, (row,))]
    if isinstance(said, reports.AddresseesMerged) and desk.served and desk.twin:
        return _merged(desk.served, desk.twin, said, day)
    return []


def alike(desk: Desk, said: reports.Reported) -> tuple[Served, ...]:
    """Who may be this addressee already, under another number."""
    if not isinstance(said, reports.AddresseeEntered) or said.born is None:
        return ()
    return addressees_alike(desk.reader, desk.muni, said.kana, said.born.earliest)


def entered_words(line: ActLine) -> list[tuple[str, str]]:
    """What an act on addressees said, as pairs of words; empty for other acts."""
    facts = line.facts
    if Kind(line.kind) not in OF_ADDRESSEES:
        return []
    found = []
    for name, label in (("number", _("Addressee number")), ("kept", _("Goes on")), ("merged", _("Ends"))):
        if name in facts:
            found.append((label, str(facts[name])))
    if "name" in facts:
        place = Place(**facts["address"])
        items = _entered(facts["name"], facts["kana"], _born(facts.get("born")), place)
        found += list(items.items())
    return found


def addressee_of(reader: Reader, muni: str, line: ActLine) -> int | None:
    """The number of the addressee whom an act concerns, as far as the journal or the list of addressees says it; None where the
    reader may not be told of them. Recorded as read.
    """
    if Kind(line.kind) not in OF_ADDRESSEES:
        return None
    said = line.facts.get("number") or line.facts.get("kept") or addressee_by_act(muni, line.number)
    numbers = [int(one) for one in (said, line.facts.get("merged")) if one]
    told = [addressee(reader, muni, number) is not None for number in numbers]
    return numbers[0] if numbers and all(told) else None


def _born(said: Any) -> PartialDate | None:
    """A date of birth as the journal keeps it."""
    if not said:
        return None
    earliest, latest = (date.fromisoformat(said[name]) for name in ("earliest", "latest"))
    return PartialDate(earliest, latest, said["wording"])


def _items(served: Served) -> dict[str, str]:
    return {
        _("Name"): served.name,
        _("Reading (katakana)"): served.kana,
        _("Date of birth"): born_in_words(served.born),
        _("Address"): place_in_words(served.address),
    }


def _entered(name: str, kana: str, born: PartialDate | None, address: Place) -> dict[str, str]:
    return {
        _("Name"): name,
        _("Reading (katakana)"): kana,
        _("Date of birth"): born_in_words(born),
        _("Address"): place_in_words(address),
    }


def _differing(before: Mapping[str, str], after: Mapping[str, str], day: date) -> tuple[Row, ...]:
    return tuple(
        Row(label, days(day, None), before.get(label, NONE), said)
        for label, said in after.items()
        if before.get(label, NONE) != said
    )


def _merged(one: Served, other: Served, said: reports.AddresseesMerged, day: date) -> list[PersonRows]:
    kept, gone = (one, other) if one.number == said.kept else (other, one)
    period = days(day, None)
    rows = [Row(_("Addressee number"), period, str(gone.number), str(kept.number))]
    found = [PersonRows(gone.number, gone.name, tuple(rows))]
    if gone.person is not None:
        stands = Row(_("Person of the register"), period, NONE, str(gone.person))
        found.append(PersonRows(kept.number, kept.name, (stands,)))
    return found
