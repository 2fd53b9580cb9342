"""The parts of a form: the facts of every act, persons with their seats, an address, names of who is new."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.kernel.partial_date import PartialDate
from enishi.register.services import towns_of_postcode, wards_of
from enishi.register.terms import (
    CATALOGUE,
    Kind,
    NameKind,
    Place,
    PostalTown,
    Seated,
    reports,
)
from enishi.web.register.acts import words
from enishi.web.register.acts.fields import (
    CountryField,
    DayField,
    MunicipalityField,
    PartialDayField,
    PostcodeField,
    municipality_words,
)

NEW, OTHER, PATH = "new", "other", "path"
REQUIRED = {"required": _("This is needed.")}
MANNER_EITHER = frozenset(kind for kind, entry in CATALOGUE.items() if len(entry.manners) == 2)
BY_REPORT = frozenset(kind for kind, entry in CATALOGUE.items() if "report" in entry.manners)
SEXES = [("", _("choose")), ("1", _("male")), ("2", _("female"))]


class Part(forms.Form):
    """A part of a sheet. `title`: its heading; `template`: how it is shown."""

    title: Any = ""
    template = "office/register/acts/fields.html"
    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs.setdefault("autocomplete", "off")
            field.error_messages = {**field.error_messages, **REQUIRED}


class FactsPart(Part):
    """What every act comes with."""

    title = _("Day and ground")
    effective = PartialDayField(
        label=_("Day of the act"),
        help_text=_("Like 2020-05-01 or R2.5.1; where it is not fully known, 2020-05 or 令和2年5月日不詳."),
    )
    reported_on = DayField(label=_("Day of report"), required=False)
    evidence = forms.MultipleChoiceField(
        label=_("What was shown"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason or note"),
        required=False,
        max_length=300,
        help_text=_("Kept in the journal with the act. Write no individual number."),
    )

    def __init__(self, kind: Kind, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        evidence = self.fields["evidence"]
        assert isinstance(evidence, forms.MultipleChoiceField)
        evidence.choices = words.evidence_choices()
        if kind not in BY_REPORT:
            del self.fields["reported_on"]
        elif kind in MANNER_EITHER:
            self.fields["reported_on"].help_text = _("Leave it empty for an act ex officio.")
        else:
            self.fields["reported_on"].required = True
        if kind is Kind.DEATH:
            self.fields["effective"].label = _("Day of death")
        elif kind is Kind.BIRTH:
            self.fields["effective"].label = _("Day of birth, or of becoming a resident")


class Wards(forms.Select):
    """A choice of wards: their names are Japanese on every page."""

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """One ward, marked as Japanese; not the line that asks to choose."""
        option: dict[str, Any] = super().create_option(name, value, *args, **more)
        if value:
            option["attrs"]["lang"] = "ja"
        return option


class PlacePart(Part):
    """An address. `mode`: `here` (in this municipality), `elsewhere` (in Japan) or `abroad`."""

    template = "office/register/acts/place.html"
    postcode = PostcodeField(label=_("Postcode"))
    muni = MunicipalityField(
        label=_("Municipality"),
        max_length=60,
        help_text=_("Name or code; looking up the postcode fills it in."),
    )
    ward = forms.ChoiceField(label=_("Ward"), required=False, widget=Wards)
    town = forms.CharField(label=_("Town"), max_length=120)
    block = forms.CharField(label=_("Lot or block number"), required=False, max_length=120)
    building = forms.CharField(label=_("Building and room"), required=False, max_length=120)
    country = CountryField(help_text=_("Three letters (ISO 3166-1), such as FRA."))

    def __init__(self, title: Any, mode: str, muni: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.title, self.mode, self.here = title, mode, muni
        self.towns: tuple[PostalTown, ...] = ()
        self.looked_up = False
        self.lookup = f"lookup:{self.prefix}"
        if mode == "abroad":
            for name in ("postcode", "muni", "ward", "block", "building"):
                del self.fields[name]
            self.fields["town"].label = _("Address as written")
            return
        del self.fields["country"]
        if mode == "here":
            del self.fields["muni"]
        wards = wards_of(self._city())
        if wards:
            ward = self.fields["ward"]
            assert isinstance(ward, forms.ChoiceField)
            ward.choices = [("", _("choose")), *wards]
            ward.required = mode == "here"
        else:
            del self.fields["ward"]

    def _city(self) -> str:
        if self.mode == "here":
            return self.here
        typed = self.data.get(self.add_prefix("muni"), "") if self.is_bound else ""
        try:
            return str(MunicipalityField(required=False).clean(typed))
        except forms.ValidationError:
            return ""

    def place(self) -> Place:
        """The address, of a valid part."""
        said = self.cleaned_data
        if self.mode == "abroad":
            return Place("", said["town"], country=said["country"])
        return Place(
            muni=self.here if self.mode == "here" else said["muni"],
            town=said["town"],
            ward=said.get("ward", ""),
            postcode=said["postcode"],
            block=said["block"],
            building=said["building"],
        )


def found_towns(postcode: str) -> tuple[PostalTown, ...]:
    """The towns of a postcode as typed; raises ValidationError where it is none or not in use."""
    found = towns_of_postcode(PostcodeField().clean(postcode))
    if not found:
        raise forms.ValidationError(_("The post has no such postcode; enter the address by hand."))
    return found


def filled_in(town: PostalTown) -> dict[str, str]:
    """What a town of the post's list fills into a `PlacePart`."""
    ward = dict(wards_of(town.muni)).get(town.ward, "")
    return {"muni": municipality_words(town.muni), "ward": town.ward, "town": f"{ward}{town.town}"}


class SeatPart(Part):
    """One member of a household: whether they take part, and their place from the day of the act on."""

    takes_part = forms.BooleanField(label=_("takes part in this act"), required=False)
    household = forms.ChoiceField(label=_("Household"))
    relation = forms.ChoiceField(label=_("Relationship to the head"))
    step1 = forms.ChoiceField(required=False)
    step2 = forms.ChoiceField(required=False)
    step3 = forms.ChoiceField(required=False)
    step4 = forms.ChoiceField(required=False)

    def __init__(
        self, who: Seated, others: tuple[int, ...], picks: bool, seats: bool, *args: Any, **more: Any
    ) -> None:
        super().__init__(*args, prefix=f"p{who.person}", **more)
        self.who, self.picks, self.seats = who, picks, seats
        if not picks:
            del self.fields["takes_part"]
        if not seats:
            for name in ("household", "relation", "step1", "step2", "step3", "step4"):
                del self.fields[name]
            return
        known = [str(number) for number in dict.fromkeys((who.household, *others)) if number]
        choices = [(number, _("household %(number)s") % {"number": number}) for number in known]
        _set_choices(self, "household", [*choices, (NEW, _("a new household"))])
        self.fields["household"].initial = str(who.household or NEW)
        set_relations(self, who.sex, who.relation)

    @property
    def relation_now(self) -> str:
        """Today's relationship in words; blank for none."""
        return words.relation(self.who.relation, self.who.sex) if self.who.relation else ""

    def seat(self) -> reports.Seat | None:
        """The place from the day of the act on; None where it stays as it is."""
        said = self.cleaned_data
        household = reports.NEW_HOUSEHOLD if said["household"] == NEW else int(said["household"])
        path = relation_said(said)
        if (household, path) == (self.who.household, self.who.relation):
            return None
        return reports.Seat(self.who.person, household, path)

    def clean(self) -> dict[str, Any]:
        return clean_relation(self, super().clean() or self.cleaned_data)


def set_relations(part: Part, sex: int, present: str = "") -> None:
    """Fills the selects of a relationship: the usual ones in words, and up to four steps for any other."""
    paths = list(words.COMMON)
    if present and present not in paths:
        paths.insert(0, present)
    shown: list[tuple[str, Any]] = [(path, words.relation(path, sex)) for path in paths]
    shown.append((PATH, _("another, in steps")))
    if not present:
        shown.insert(0, ("", _("choose")))
    _set_choices(part, "relation", shown)
    part.fields["relation"].initial = present
    steps = [("", "–"), *((step, words.relation(step)) for step in words.STEPS)]
    for number in range(1, 5):
        _set_choices(part, f"step{number}", steps)
        part.fields[f"step{number}"].label = _("Step %(number)s") % {"number": number}


def relation_said(said: dict[str, Any]) -> str:
    """The path of a relationship as chosen."""
    if said.get("relation") != PATH:
        return str(said.get("relation", ""))
    return ".".join(filter(None, (said[f"step{number}"] for number in range(1, 5))))


def clean_relation(part: Part, said: dict[str, Any]) -> dict[str, Any]:
    """Asks for a first step where the relationship is to be told in steps."""
    if said.get("relation") == PATH and not said.get("step1"):
        part.add_error("relation", _("Choose the steps from the head to the person."))
    return said


def _set_choices(part: Part, name: str, choices: Any) -> None:
    field = part.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


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
    status = forms.CharField(
        label=_("Status of residence"),
        required=False,
        max_length=60,
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
        _set_choices(self, "household", [(NEW, _("a new household")), *choices])
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
        _set_choices(self, "parent", [(str(one.person), one.name.text) for one in members])
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


class MatterPart(Part):
    """What the family register notifies."""

    title = _("Notice of the family register")
    matter = forms.ChoiceField(label=_("Matter"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="family", **more)
        said = {
            "marriage": _("marriage"),
            "divorce": _("divorce"),
            "adoption": _("adoption"),
            "adoption_dissolved": _("dissolution of adoption"),
            "recognition": _("recognition of a child"),
            "name": _("change of name"),
            "domicile": _("transfer of the registered domicile"),
        }
        _set_choices(
            self,
            "matter",
            [("", _("choose")), *((one, said.get(one, one)) for one in reports.FAMILY_MATTERS)],
        )


class ChangedPart(NamedPart):
    """What the notice changes of one person."""

    template = "office/register/acts/changed.html"

    def __init__(self, who: Seated, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix=f"f{who.person}", **more)
        self.who = who

    def change(self) -> reports.FamilyChange | None:
        """What changes, None for nothing."""
        name, domicile = self.name(), self.domicile()
        if name is None and domicile is None:
            return None
        return reports.FamilyChange(self.who.person, (name,) if name else (), domicile)
