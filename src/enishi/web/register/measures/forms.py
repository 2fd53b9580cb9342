"""What an officer enters on support measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from enishi.kernel.errors import BadInput
from enishi.register.terms import Agency, Case, Changed, Harm, Opinion, Seated, relation_words
from enishi.web.people.asking import read_day
from enishi.web.postcodes import postcode_of
from enishi.web.register.measures import words
from enishi.web.templatetags.face import named

CHOOSE = {"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")}
BETWEEN = re.compile(r"[\s,、，;]+")
HOLD, ADDRESS = "hold", "address"
GRANT, REFUSE = "grant", "refuse"


class NumbersField(forms.CharField):
    """Person numbers, between spaces or commas: a tuple of numbers, each once."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=200, **more)
        self.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def clean(self, value: Any) -> tuple[int, ...]:
        """The numbers typed."""
        text = normalize("NFKC", str(super().clean(value) or "")).strip()
        parts = [one for one in BETWEEN.split(text) if one]
        if any(not (one.isascii() and one.isdigit() and 0 < int(one) < 2**63) for one in parts):
            raise forms.ValidationError(_("Person numbers consist of digits only; put a space between them."))
        return tuple(dict.fromkeys(int(one) for one in parts))


class PersonForm(forms.Form):
    """Who files."""

    person = NumbersField(label=_("Person number of the applicant"))

    def clean_person(self) -> int:
        """One number."""
        found: tuple[int, ...] = self.cleaned_data["person"]
        if len(found) != 1:
            raise forms.ValidationError(_("Enter the one person number of the applicant."))
        return found[0]


class OpinionForm(forms.Form):
    """Whose opinion was heard on the need."""

    agency = forms.ChoiceField(
        label=_("Whose opinion was heard"),
        required=False,
        help_text=_(
            "A counselling agency confirms the need; a court's protection order may stand in its place."
        ),
        error_messages=CHOOSE,
    )
    agency_name = forms.CharField(
        label=_("Which one"),
        required=False,
        max_length=80,
        help_text=_("For example the police station or the centre, and its department."),
    )
    given_on = forms.CharField(
        label=_("Day of the opinion or order"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ChoiceField)
        agency.choices = [("", _("not heard yet")), *((one.value, words.AGENCIES[one]) for one in Agency)]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_given_on(self) -> date | None:
        """The day typed; none of the future."""
        text = str(self.cleaned_data["given_on"]).strip()
        day = read_day(text) if text else None
        if day is not None and day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """An opinion is whole: which agency, and when."""
        found = super().clean() or self.cleaned_data
        if found.get("agency"):
            if not str(found.get("agency_name", "")).strip():
                self.add_error("agency_name", _("Enter which agency or court it was."))
            if "given_on" in found and found["given_on"] is None:
                self.add_error("given_on", _("Enter the day."))
        elif found.get("agency_name") or found.get("given_on"):
            self.add_error("agency", _("Choose what kind of agency it was."))
        return found

    def opinion(self) -> Opinion | None:
        """The opinion, of a valid form; None where none was heard."""
        said = self.cleaned_data
        if not said["agency"]:
            return None
        return Opinion(Agency(said["agency"]), said["agency_name"].strip(), said["given_on"])


class PartiesForm(OpinionForm):
    """Who is protected, against whom, where mail goes. `members`: who shares the household and is not in the case."""

    family = forms.TypedMultipleChoiceField(
        label=_("Also to be protected, of the household"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    covered = NumbersField(
        label=_("Also to be protected, of other households"),
        help_text=_("Person numbers: for example children who live elsewhere."),
    )
    against = forms.TypedMultipleChoiceField(
        label=_("The other party, of the household"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    others = NumbersField(
        label=_("The other party, of other households"), help_text=_("Person numbers, where they are known.")
    )
    other_named = forms.CharField(
        label=_("Name of an other party who is not on the register"),
        required=False,
        max_length=200,
        help_text=_("As the applicant writes it. Desks compare it with the name of whoever asks."),
    )
    mail = forms.ChoiceField(
        label=_("Mail of the office"),
        choices=[
            (HOLD, _("is held for collection at the counter")),
            (ADDRESS, _("goes to a delivery address")),
        ],
        widget=forms.RadioSelect,
        initial=HOLD,
        error_messages=CHOOSE,
    )
    postcode = forms.CharField(label=_("Postcode of the delivery address"), required=False, max_length=12)
    address = forms.CharField(label=_("Delivery address"), required=False, max_length=200)
    to = forms.CharField(
        label=_("To whom mail is directed"),
        required=False,
        max_length=100,
        help_text=_("The name on the envelope, for example care of a centre."),
    )

    def __init__(self, members: Sequence[Seated], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("family", "against"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)
            field.choices = [(one.person, _member(one)) for one in members]
            if not members:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Nobody stands in two parts; a delivery address is whole."""
        found = super().clean() or self.cleaned_data
        if self.errors:
            return found
        twice = set(self.added()) & set(self.parties())
        if twice:
            field = "against" if "against" in self.fields else "others"
            self.add_error(
                field, _("Nobody is protected and the other party at once. Choose one part for each.")
            )
        if found.get("mail") == ADDRESS:
            for name, fault in (
                ("address", _("Enter the delivery address, or have mail held.")),
                ("to", _("Enter to whom mail is directed.")),
            ):
                if not str(found.get(name, "")).strip():
                    self.add_error(name, fault)
            try:
                found["postcode"] = postcode_of(str(found.get("postcode", "")))
            except BadInput:
                self.add_error("postcode", _("A postcode has seven digits. Write it like 100-0001."))
        return found

    def added(self) -> tuple[int, ...]:
        """Who is to be protected too."""
        return tuple(dict.fromkeys((*self.cleaned_data.get("family", ()), *self.cleaned_data["covered"])))

    def parties(self) -> tuple[int, ...]:
        """Who is named as the other party, of the register."""
        return tuple(dict.fromkeys((*self.cleaned_data.get("against", ()), *self.cleaned_data["others"])))

    def delivery(self) -> dict[str, str] | None:
        """The delivery address; None where mail is held."""
        said = self.cleaned_data
        if said["mail"] != ADDRESS:
            return None
        return {name: str(said[name]).strip() for name in ("postcode", "address", "to")}


class FilingForm(PartiesForm):
    """What is filed (申出書)."""

    field_order = ["harm", "family", "covered", "against", "others", "other_named"]
    harm = forms.ChoiceField(label=_("Ground"), error_messages=CHOOSE)
    reason = forms.CharField(
        label=_("How the applicant was identified, and what was shown"),
        max_length=280,
        help_text=_("Kept with the filing in this municipality. Write no individual number."),
        error_messages={"required": _("Enter how the applicant was identified.")},
    )

    def __init__(self, applicant: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applicant = applicant
        harm = self.fields["harm"]
        assert isinstance(harm, forms.ChoiceField)
        harm.choices = [("", _("choose")), *((one.value, words.HARMS[one]) for one in Harm)]

    def clean(self) -> dict[str, Any]:
        """Somebody is named as the other party, and it is not the applicant."""
        found = super().clean() or self.cleaned_data
        if self.errors:
            return found
        if self.applicant in (*self.added(), *self.parties()):
            self.add_error("others", _("The applicant stands in the case already."))
        elif not self.parties() and not found.get("other_named"):
            self.add_error("other_named", _("Name the other party, by number or in words."))
        return found

    def case(self) -> Case:
        """The case, of a valid form."""
        said = self.cleaned_data
        return Case(
            applicant=self.applicant,
            harm=Harm(said["harm"]),
            covered=self.added(),
            other_parties=self.parties(),
            other_unnamed=bool(said["other_named"].strip()),
            other_named=said["other_named"].strip(),
            delivery=self.delivery(),
            opinion=self.opinion(),
        )


class ChangeForm(PartiesForm):
    """What changes of a case that stands."""

    field_order = ["family", "covered", "against", "others", "other_named"]
    reason = forms.CharField(
        label=_("Who asked for the change, and why"),
        max_length=280,
        error_messages={"required": _("Enter who asked for it, and why.")},
    )

    def changed(self) -> Changed:
        """The change, of a valid form."""
        named_in_words = self.cleaned_data["other_named"].strip()
        return Changed(self.added(), self.parties(), named_in_words, self.delivery(), self.opinion())


class DecisionForm(OpinionForm):
    """The decision. `heard`: whether an opinion is on file."""

    field_order = ["decision"]
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (GRANT, _("grant: the measure closes for a year from today")),
            (REFUSE, _("refuse: the records open at once")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the decision."), "invalid_choice": _("Choose the decision.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=280,
        help_text=_("Needed for a refusal: it stands in the notice that the applicant gets."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, heard: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard = heard

    def clean(self) -> dict[str, Any]:
        """A grant rests on an opinion or an order, a refusal on its reason."""
        found = super().clean() or self.cleaned_data
        if found.get("decision") == REFUSE and not str(found.get("reason", "")).strip():
            self.add_error("reason", _("Write why it is refused: the applicant reads it."))
        if found.get("decision") == GRANT and not self.heard and not found.get("agency"):
            self.add_error("agency", _("Say whose opinion was heard, or which order was shown."))
        return found


class RenewalForm(OpinionForm):
    """The renewal."""

    reason = forms.CharField(
        label=_("How it was asked for, and what was shown"),
        max_length=280,
        error_messages={"required": _("Enter how it was asked for.")},
    )


class EndForm(forms.Form):
    """The end of a measure, or of a filing that is withdrawn."""

    how = forms.ChoiceField(
        label=_("On whose word"),
        choices=list(words.ENDS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=280,
        help_text=_("In plain words: it stands in the notice that the applicant gets."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason.")},
    )

    def said(self) -> str:
        """The reason with the code of whose word it was."""
        return f"{self.cleaned_data['how']}: {self.cleaned_data['reason'].strip()}"


def repeated(data: Iterable[tuple[str, list[Any]]]) -> list[tuple[str, str]]:
    """What a form sent, to be sent once more by the page that asks to confirm it."""
    return [
        (name, str(value))
        for name, values in data
        if name not in ("csrfmiddlewaretoken", "do")
        for value in values
    ]


def opinion_initial(opinion: Opinion | None) -> dict[str, str]:
    """An opinion as the form shows it."""
    if opinion is None:
        return {}
    return {
        "agency": opinion.agency.value,
        "agency_name": opinion.name,
        "given_on": opinion.given_on.isoformat(),
    }


def delivery_initial(delivery: dict[str, str] | None) -> dict[str, str]:
    """Where mail goes as the form shows it."""
    return {"mail": HOLD} if delivery is None else {"mail": ADDRESS, **delivery}


def _member(one: Seated) -> SafeString:
    relation = relation_words(one.relation, one.sex, (get_language() or "ja")[:2]) if one.relation else ""
    about = relation or gettext("no longer here")
    return format_html("{} ({}, {})", named(one.name.text), about, one.person)
