"""What other offices notify, and what residents ask for: nationality, residence status, status items; alias, former surname,
another individual number or resident code.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from enishi.kernel.digits import plain_digits
from enishi.kernel.individual_number import is_valid as is_individual_number
from enishi.register.services import record_as_of
from enishi.register.terms import Entered, Kind, NameKind, Place, StatusKind, reports
from enishi.web.register.acts import words
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import CountryField, DayField, StatusField
from enishi.web.register.acts.parts.common import Whole, set_choices
from enishi.web.register.acts.parts.persons import NamedPart
from enishi.web.register.lists import status_kinds

CARD_NAMES = (NameKind.LATIN, NameKind.FOREIGN_KANJI)


def held_of(desk: Desk) -> tuple[Entered, ...]:
    """What the record of the desk's person says today, recorded as read."""
    assert desk.person is not None
    record = record_as_of(desk.reader, desk.muni, desk.person, on=desk.today)
    return record.entered if record else ()


def _of(held: tuple[Entered, ...], group: str, kind: str = "") -> Entered | None:
    return next((one for one in held if (one.group, one.kind) == (group, kind)), None)


def _present(held: tuple[Entered, ...], *groups: str) -> list[tuple[str, str]]:
    """The groups of the record in words; `name:alias` for one kind of a group."""
    return [
        (words.group(one.group, one.kind), words.said(one.group, one.items))
        for wanted in groups
        for one in held
        if wanted in (one.group, f"{one.group}:{one.kind}")
    ]


class JapanesePart(Whole, NamedPart):
    """Who becomes Japanese: the name and the registered domicile that the family register has for them."""

    title = _("As the family register has it")
    belongs: ClassVar[dict[str, str]] = {
        "names": "surname",
        "name": "surname",
        "registered domicile": "place",
    }

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="japanese", **more)
        for field in self.fields.values():
            field.required = True
        self.present = _present(held_of(desk), "name", "foreign_status")
        self.notes = [
            _(
                "The names of a foreign resident and the status of residence end on that day; the residence goes on."
            ),
        ]

    def reported(self, place: Place | None) -> reports.NationalityChange:
        name = self.name()
        return reports.NationalityChange(
            self.desk.kind, self.person, (name,) if name else (), self.domicile(), None
        )


class OfForeignResidentPart(Whole):
    """What the record says of a foreign resident: names as passport and residence card have them, nationality, status."""

    whole = forms.CharField(label=_("Name in Latin letters"), required=False, max_length=120)
    whole_kana = forms.CharField(
        label=_("Reading, for the office's own use (katakana)"), required=False, max_length=120
    )
    kanji = forms.CharField(label=_("Name in kanji"), required=False, max_length=60)
    nationality = CountryField(
        label=_("Nationality or region"), help_text=_("Three letters (ISO 3166-1), such as FRA.")
    )
    status = StatusField(label=_("Status of residence"), required=False)
    period = forms.CharField(label=_("Period of residence"), required=False, max_length=40)
    expires_on = DayField(label=_("Last day of the period"), required=False)
    belongs: ClassVar[dict[str, str]] = {
        "names": "whole",
        "name": "whole",
        "nationality": "nationality",
        "residence status": "status",
        "period of stay": "expires_on",
        "notice": "status",
    }

    def status_said(self) -> reports.NewStatus:
        """Nationality, status and period, of a valid part."""
        said = self.cleaned_data
        return reports.NewStatus(
            said["nationality"], said["status"] or None, said["period"], said["expires_on"]
        )

    def names_said(self) -> tuple[reports.NewName, ...]:
        """The names that are entered, of a valid part."""
        said = self.cleaned_data
        found = []
        if said["whole"]:
            found.append(reports.NewName(NameKind.LATIN, whole=said["whole"], whole_kana=said["whole_kana"]))
        if said["kanji"]:
            found.append(reports.NewName(NameKind.FOREIGN_KANJI, whole=said["kanji"]))
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        """A reading belongs to a name."""
        said = super().clean() or self.cleaned_data
        if said.get("whole_kana") and not said.get("whole"):
            self.add_error("whole", _("Enter the name to which the reading belongs."))
        return said


class LostPart(OfForeignResidentPart):
    """Who is no longer Japanese."""

    title = _("Nationality and name from then on")

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="lost", **more)
        self.fields["status"].help_text = _(
            "Left empty while there is none yet: within 60 days of the loss of nationality."
        )
        self.present = _present(held_of(desk), "name", "domicile")
        self.notes = [
            _(
                "Registered domicile, former surname and electoral roll end on that day; the residence goes on."
            ),
        ]

    def reported(self, place: Place | None) -> reports.NationalityChange:
        return reports.NationalityChange(
            Kind.NATIONALITY_LOST, self.person, self.names_said(), None, self.status_said()
        )


class ImmigrationPart(OfForeignResidentPart):
    """What the Immigration Services Agency notifies: as it is from that day on. What stays as it is, stays filled in."""

    title = _("As notified")
    ends_latin = forms.BooleanField(
        label=_("the residence card no longer shows the name in Latin letters"), required=False
    )
    ends_kanji = forms.BooleanField(
        label=_("the residence card no longer shows the name in kanji"), required=False
    )

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        held = held_of(desk)
        self.foreign = _of(held, "foreign_status")
        self.called = {kind: _of(held, "name", kind.value) for kind in CARD_NAMES}
        super().__init__(desk, *args, prefix="immigration", initial=self._as_it_is(), **more)
        for name, kind in (("ends_latin", NameKind.LATIN), ("ends_kanji", NameKind.FOREIGN_KANJI)):
            if self.called[kind] is None:
                del self.fields[name]
        self.present = _present(held, "name:latin", "name:foreign_kanji", "foreign_status")
        self.notes = [
            _(
                "Change what the notice changes. Who has no stay any more is erased ex officio, by its own act."
            ),
        ]

    def reported(self, place: Place | None) -> reports.ImmigrationNotice:
        names = tuple(name for name in self.names_said() if not self._stands(name))
        before = self._as_it_is()
        same = all(_plain(before.get(name)) == _plain(self.cleaned_data[name]) for name in STAY)
        ended = tuple(
            kind.value
            for name, kind in (("ends_latin", NameKind.LATIN), ("ends_kanji", NameKind.FOREIGN_KANJI))
            if self.cleaned_data.get(name)
        )
        return reports.ImmigrationNotice(self.person, None if same else self.status_said(), names, ended)

    def clean(self) -> dict[str, Any]:
        """A name that ends is not entered anew: what is filled in and stands already is left as it is."""
        said = super().clean()
        for name, ends in (("whole", "ends_latin"), ("kanji", "ends_kanji")):
            if said.get(ends):
                if _plain(said.get(name)) not in ("", _plain(self._as_it_is().get(name))):
                    self.add_error(ends, _("Enter another name, or say that it is no longer shown."))
                said[name] = ""
        return said

    def _stands(self, name: reports.NewName) -> bool:
        held = self.called[name.kind]
        return held is not None and all(
            _plain(held.items.get(item)) == getattr(name, item) for item in ("whole", "whole_kana")
        )

    def _as_it_is(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if latin := self.called[NameKind.LATIN]:
            found |= {"whole": latin.items.get("whole"), "whole_kana": latin.items.get("whole_kana")}
        if kanji := self.called[NameKind.FOREIGN_KANJI]:
            found["kanji"] = kanji.items.get("whole")
        if self.foreign:
            found |= {name: self.foreign.items.get(name) for name in STAY}
        return {name: _plain(value) for name, value in found.items()}


STAY = ("nationality", "status", "period", "expires_on")


class AliasPart(Whole):
    """The alias of a foreign resident: entered, changed or deleted."""

    title = _("Alias")
    whole = forms.CharField(
        label=_("Alias, as a whole"),
        required=False,
        max_length=120,
        help_text=_("One that is proved to be used in Japan's society."),
    )
    whole_kana = forms.CharField(label=_("Reading (katakana)"), required=False, max_length=120)
    deletes = forms.BooleanField(label=_("the alias is deleted"), required=False)
    belongs: ClassVar[dict[str, str]] = {"alias": "whole", "name": "whole"}

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="alias", **more)
        held = held_of(desk)
        self.present = _present(held, "name")
        if _of(held, "name", NameKind.ALIAS.value) is None:
            del self.fields["deletes"]

    def reported(self, place: Place | None) -> reports.AliasEntry:
        said = self.cleaned_data
        if said.get("deletes"):
            return reports.AliasEntry(self.person, None)
        name = reports.NewName(NameKind.ALIAS, whole=said["whole"], whole_kana=said["whole_kana"])
        return reports.AliasEntry(self.person, name)

    def clean(self) -> dict[str, Any]:
        """Entered or deleted, not both."""
        return _entered_or_deleted(self, "whole", super().clean() or self.cleaned_data)


class FormerSurnamePart(Whole):
    """A former surname: entered, changed or deleted."""

    title = _("Former surname")
    surname = forms.CharField(
        label=_("Former surname"),
        required=False,
        max_length=60,
        help_text=_("One of those that the family register shows; the first time any of them."),
    )
    surname_kana = forms.CharField(label=_("Reading (katakana)"), required=False, max_length=60)
    deletes = forms.BooleanField(label=_("the former surname is deleted"), required=False)
    belongs: ClassVar[dict[str, str]] = {"former surname": "surname", "name": "surname"}

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="former", **more)
        held = held_of(desk)
        self.present = _present(held, "name")
        if _of(held, "name", NameKind.FORMER.value) is None:
            del self.fields["deletes"]

    def reported(self, place: Place | None) -> reports.FormerSurnameEntry:
        said = self.cleaned_data
        if said.get("deletes"):
            return reports.FormerSurnameEntry(self.person, None)
        name = reports.NewName(NameKind.FORMER, surname=said["surname"], surname_kana=said["surname_kana"])
        return reports.FormerSurnameEntry(self.person, name)

    def clean(self) -> dict[str, Any]:
        """Entered or deleted, not both."""
        return _entered_or_deleted(self, "surname", super().clean() or self.cleaned_data)


class ItemPart(Whole):
    """A status item, as the room that is responsible for it notifies it."""

    title = _("Status item")
    item = forms.ChoiceField(label=_("Item"))
    category = forms.ChoiceField(label=_("Category (National Pension)"), required=False)
    number = forms.CharField(
        label=_("Number of the item"),
        required=False,
        max_length=40,
        help_text=_(
            "Insured person's symbol and number, or basic pension number. Never an individual number."
        ),
    )
    ends = forms.BooleanField(label=_("from the day of the act on no longer"), required=False)

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="item", **more)
        set_choices(self, "item", [("", _("choose")), *status_kinds().items()])
        set_choices(
            self,
            "category",
            [
                ("", "–"),
                ("1", pgettext("National Pension", "category 1")),
                ("2", pgettext("National Pension", "category 2")),
                ("3", pgettext("National Pension", "category 3")),
            ],
        )
        self.present = _present(held_of(desk), "status_item")

    def reported(self, place: Place | None) -> reports.ItemNotice:
        said = self.cleaned_data
        detail: dict[str, Any] = {}
        if said["category"]:
            detail["category"] = int(said["category"])
        if said["number"]:
            detail["number"] = said["number"]
        return reports.ItemNotice(self.person, StatusKind(said["item"]), None if said["ends"] else detail)

    def clean_number(self) -> str:
        """The number; raises ValidationError for what may be an individual number, which no status item holds."""
        text = str(self.cleaned_data["number"])
        if is_individual_number(plain_digits(text)):
            raise forms.ValidationError(_("This may be an individual number, which is never entered here."))
        return text

    def clean(self) -> dict[str, Any]:
        """The category is the pension's, and it has one."""
        said = super().clean() or self.cleaned_data
        pension = said.get("item") == StatusKind.NATIONAL_PENSION.value
        if said.get("ends"):
            for name in ("category", "number"):
                if said.get(name):
                    self.add_error(name, _("Leave this empty for an item that ends."))
        elif pension and not said.get("category"):
            self.add_error("category", _("Enter the category of the insured person."))
        elif said.get("item") and not pension and said.get("category"):
            self.add_error("category", _("Only the National Pension has categories."))
        return said


class NumberPart(Whole):
    """The individual number or the resident code is changed. Neither is shown, typed or printed here."""

    title = _("What will happen")

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="number", **more)
        self.notes = (
            [
                _(
                    "The vault gives a new individual number; the old one is never given again and stays sealed with its days."
                ),
                _(
                    "Only where the number may be misused because it has become known (My Number Act art. 7(2))."
                ),
                _("The individual number card with the old number is handed back."),
            ]
            if desk.kind is Kind.NUMBER_CHANGED
            else [
                _(
                    "The vault gives a new resident code; the old one is never given again and stays sealed with its days."
                ),
                _("The resident asks for it and need not say why (art. 30-4)."),
            ]
        )

    def reported(self, place: Place | None) -> reports.NumberChange | reports.CodeChange:
        if self.desk.kind is Kind.NUMBER_CHANGED:
            return reports.NumberChange(self.person)
        return reports.CodeChange(self.person)


def _entered_or_deleted(part: Whole, name: str, said: dict[str, Any]) -> dict[str, Any]:
    typed = said.get(name) or said.get(f"{name}_kana")
    if said.get("deletes") and typed:
        part.add_error("deletes", _("Enter a name, or delete the one that stands."))
    elif not said.get("deletes") and not said.get(name):
        part.add_error(name, _("Enter the name."))
    return said


def _plain(value: Any) -> str:
    """A value of the record or of a form as text, nothing as a blank: for comparing both."""
    return "" if value is None else str(value)
