"""Names, registered domicile and nationality of persons: newcomers, children that are born."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.kernel.partial_date import PartialDate
from enishi.register.terms import NameKind, Seated, reports
from enishi.web.register.acts.fields import CountryField, DayField, PartialDayField, StatusField
from enishi.web.register.acts.parts.common import SEXES, Part, set_choices
from enishi.web.register.acts.parts.seats import NEW, clean_relation, relation_said, set_relations


class NamedPart(Part):
    """A name with its reading, a registered domicile, a nationality: whatever of them an act enters of a person."""

    surname = forms.CharField(label=_("Surname"), required=False, max_length=60)
    given = forms.CharField(label=_("Given name"), required=False, max_length=60)
    surname_kana = forms.CharField(
        label=_("Reading of the surname (katakana)"), required=False, max_length=60
    )
    given_kana = forms.CharField(
        label=_("Reading of the given name (katakana)"), required=False, max_length=60
    )
    place = forms.CharField(label=_("Registered domicile"), required=False, max_length=200)
    first_listed = forms.CharField(label=_("First-listed person"), required=False, max_length=80)

    def name(self) -> reports.NewName | None:
        """The registered name, None where none is entered."""
        said = self.cleaned_data
        if not (said["surname"] or said["given"]):
            return None
        return reports.NewName(
            NameKind.REGISTERED, said["surname"], said["given"], said["surname_kana"], said["given_kana"]
        )

    def domicile(self) -> reports.NewDomicile | None:
        """The registered domicile, None where none is entered."""
        said = self.cleaned_data
        if not (said["place"] or said["first_listed"]):
            return None
        return reports.NewDomicile(said["place"], said["first_listed"])

    def clean(self) -> dict[str, Any]:
        """Half a domicile is none."""
        said = super().clean() or self.cleaned_data
        if bool(said.get("place")) != bool(said.get("first_listed")):
            missing = "first_listed" if said.get("place") else "place"
            self.add_error(missing, _("Enter registered domicile and first-listed person, or neither."))
        return said


class ForeignPart(NamedPart):
    """With what a foreign resident's record adds."""

    whole = forms.CharField(
        label=_("Name in Latin letters (foreign resident)"), required=False, max_length=120
    )
    nationality = CountryField(
        label=_("Nationality"), required=False, help_text=_("Three letters (ISO 3166-1), such as FRA.")
    )
    status = StatusField(
        label=_("Status of residence"),
        required=False,
        help_text=_("Left empty only within 60 days of birth."),
    )
    period = forms.CharField(label=_("Period of residence"), required=False, max_length=40)
    expires_on = DayField(label=_("Last day of the period"), required=False)

    def foreign(self) -> reports.NewStatus | None:
        """Nationality and status, None for a Japanese national."""
        said = self.cleaned_data
        if not said["nationality"]:
            return None
        return reports.NewStatus(
            said["nationality"], said["status"] or None, said["period"], said["expires_on"]
        )

    def names(self) -> tuple[reports.NewName, ...]:
        """The registered name and the one in Latin letters, as far as they are entered."""
        whole = self.cleaned_data["whole"]
        latin = reports.NewName(NameKind.LATIN, whole=whole) if whole else None
        return tuple(name for name in (self.name(), latin) if name is not None)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors and not any(said.get(name) for name in ("surname", "given", "whole")):
            self.add_error("surname", _("Enter the name."))
        return said


class NewcomerPart(ForeignPart):
    """Somebody who comes on the register."""

    template = "office/register/acts/newcomer.html"
    person = forms.CharField(
        label=_("Person number"),
        required=False,
        max_length=18,
        help_text=_(
            "Where the person has one already (on the certificate information); else a new one is given."
        ),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES)
    born = PartialDayField(label=_("Date of birth"))
    household = forms.ChoiceField(label=_("Household"))
    relation = forms.ChoiceField(label=_("Relationship to the head"))
    step1 = forms.ChoiceField(required=False)
    step2 = forms.ChoiceField(required=False)
    step3 = forms.ChoiceField(required=False)
    step4 = forms.ChoiceField(required=False)
    field_order = ("person", "surname", "given", "surname_kana", "given_kana", "whole", "sex", "born")

    def __init__(self, number: int, households: tuple[int, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix=f"n{number}", **more)
        self.title = _("Newcomer %(number)s") % {"number": number + 1}
        choices = [(str(one), _("household %(number)s") % {"number": one}) for one in households]
        set_choices(self, "household", [(NEW, _("a new household")), *choices])
        self.fields["household"].initial = str(households[0]) if households else NEW
        set_relations(self, 0)
        if not households and number == 0:
            self.fields["relation"].initial = "head"

    def clean_person(self) -> int:
        """The person's number, `NEW_PERSON` where they have none."""
        text = str(self.cleaned_data["person"]).strip()
        if not text:
            return reports.NEW_PERSON
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
            raise forms.ValidationError(_("A person number consists of digits only."))
        return int(text)

    def clean(self) -> dict[str, Any]:
        return clean_relation(self, super().clean())

    def newcomer(self) -> reports.Newcomer:
        """The newcomer, of a valid part."""
        said = self.cleaned_data
        born: PartialDate = said["born"]
        return reports.Newcomer(
            person=said["person"],
            sex=int(said["sex"]),
            born=born,
            names=self.names(),
            household=reports.NEW_HOUSEHOLD if said["household"] == NEW else int(said["household"]),
            relation=relation_said(said),
            domicile=self.domicile(),
            foreign=self.foreign(),
        )


class ChildPart(ForeignPart):
    """A child that is born."""

    title = _("The child")
    template = "office/register/acts/newcomer.html"
    parent = forms.ChoiceField(label=_("Lives with (parent)"))
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES)
    born = PartialDayField(
        label=_("Date of birth, if another day"),
        required=False,
        help_text=_("Only where the child became a resident on another day than that of birth."),
    )
    relation = forms.ChoiceField(label=_("Relationship to the head"))
    step1 = forms.ChoiceField(required=False)
    step2 = forms.ChoiceField(required=False)
    step3 = forms.ChoiceField(required=False)
    step4 = forms.ChoiceField(required=False)
    field_order = ("parent", "surname", "given", "surname_kana", "given_kana", "whole", "sex", "born")

    def __init__(self, person: int, members: tuple[Seated, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="child", **more)
        set_choices(self, "parent", [(str(one.person), one.name.text) for one in members])
        self.fields["parent"].initial = str(person)
        self.fields["parent"].widget.attrs["lang"] = "ja"
        set_relations(self, 0)
        self.fields["relation"].initial = "child"

    def clean(self) -> dict[str, Any]:
        return clean_relation(self, super().clean())

    def birth(self) -> reports.Birth:
        """What is notified of the birth, of a valid part."""
        said = self.cleaned_data
        return reports.Birth(
            sex=int(said["sex"]),
            name=self.names()[0],
            parent=int(said["parent"]),
            relation=relation_said(said),
            born=said["born"],
            domicile=self.domicile(),
            foreign=self.foreign(),
        )
