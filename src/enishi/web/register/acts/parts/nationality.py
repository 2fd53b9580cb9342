"""Nationality and stay: who becomes Japanese or ceases to be, and what the Immigration Services Agency notifies."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.register.terms import Kind, NameKind, Place, reports
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import CountryField, DayField, StatusField
from enishi.web.register.acts.parts.common import Whole
from enishi.web.register.acts.parts.held import held_of, in_words, one_of
from enishi.web.register.acts.parts.persons import NamedPart

CARD_NAMES = (NameKind.LATIN, NameKind.FOREIGN_KANJI)


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
        self.present = in_words(held_of(desk), "name", "foreign_status")
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
        self.present = in_words(held_of(desk), "name", "domicile")
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
        self.foreign = one_of(held, "foreign_status")
        self.called = {kind: one_of(held, "name", kind.value) for kind in CARD_NAMES}
        super().__init__(desk, *args, prefix="immigration", initial=self._as_it_is(), **more)
        for name, kind in (("ends_latin", NameKind.LATIN), ("ends_kanji", NameKind.FOREIGN_KANJI)):
            if self.called[kind] is None:
                del self.fields[name]
        self.present = in_words(held, "name:latin", "name:foreign_kanji", "foreign_status")
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


def _plain(value: Any) -> str:
    """A value of the record or of a form as text, nothing as a blank: for comparing both."""
    return "" if value is None else str(value)
