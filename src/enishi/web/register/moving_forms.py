"""What an officer enters on a move: proof, entry of the movers, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.kernel.errors import BadInput
from enishi.register.terms import Place
from enishi.web.people.asking import read_day
from enishi.web.postcodes import postcode_of
from enishi.web.register.moving_words import PROOFS, SHOWN
from enishi.web.resident.relations import choices

CHECKS = ("officer_counter", "officer_video", "officer_confirmation", "paper_certificate")


class ReasonForm(forms.Form):
    """Why something is refused, given back or decided: the resident may read it."""

    why = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("In plain words: the resident reads it. Write nothing about where anybody lives."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason.")},
    )


class ProofForm(forms.Form):
    """How an officer convinced themselves of identity or existence."""

    kind = forms.ChoiceField(
        label=_("How was it checked?"),
        choices=[("", _("choose")), *((one, PROOFS[one]) for one in CHECKS)],
        error_messages={"required": _("Choose how."), "invalid_choice": _("Choose one of the list.")},
    )
    shown = forms.ChoiceField(
        label=_("What was shown?"),
        choices=[("", _("choose")), *SHOWN.items()],
        required=False,
        help_text=_("Needed for a check at the counter or by video. No number of the document is kept."),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    paper = forms.CharField(
        label=_("Number of the paper certificate"),
        required=False,
        max_length=40,
        help_text=_("Needed where the paper move-out certificate was handed in."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Asks for what each kind of check needs."""
        found = super().clean() or self.cleaned_data
        if found.get("kind") in ("officer_counter", "officer_video") and not found.get("shown"):
            self.add_error("shown", _("Say what was shown."))
        if found.get("kind") == "paper_certificate" and not str(found.get("paper", "")).strip():
            self.add_error("paper", _("Enter the number that stands on the paper."))
        return found


class EntryForm(forms.Form):
    """The move in as it is entered: day, address, household, and for each mover whether and as what they have moved in.

    A mover's fields are `in` and `r` with the person id.
    """

    moved = forms.CharField(
        label=_("Day of the move"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"required": _("Enter the day.")},
    )
    postcode = forms.CharField(
        label=_("Postcode"), max_length=12, error_messages={"required": _("Enter the postcode.")}
    )
    town = forms.CharField(label=_("Town"), max_length=60, error_messages={"required": _("Enter the town.")})
    block = forms.CharField(label=_("Number of the block and house"), max_length=60, required=False)
    building = forms.CharField(label=_("Building and room"), max_length=100, required=False)
    household = forms.CharField(
        label=_("Household to join"),
        required=False,
        max_length=18,
        help_text=_(
            "Number of the household whose head agrees. Leave it blank for a household of their own."
        ),
    )

    def __init__(self, movers: Sequence[tuple[int, str, int]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.movers = movers
        for name in ("postcode", "town", "block", "building", "household"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for person, _called, sex in movers:
            self.fields[f"in{person}"] = forms.BooleanField(label=gettext("has moved in"), required=False)
            self.fields[f"r{person}"] = forms.ChoiceField(
                label=gettext("Relationship to the head of household"),
                choices=[("head", gettext("head of household")), *choices(sex)],
                error_messages={
                    "required": gettext("Choose one of the list."),
                    "invalid_choice": gettext("Choose one of the list."),
                },
            )

    def rows(self) -> list[tuple[str, Any, Any]]:
        """Each mover's name and two fields."""
        return [(called, self[f"in{person}"], self[f"r{person}"]) for person, called, _sex in self.movers]

    def clean_moved(self) -> date:
        """The day typed."""
        return read_day(str(self.cleaned_data["moved"]))

    def clean_postcode(self) -> str:
        """Seven digits."""
        try:
            return postcode_of(str(self.cleaned_data["postcode"]))
        except BadInput as error:
            raise forms.ValidationError(_("A postcode has seven digits. Write it like 100-0001.")) from error

    def clean_household(self) -> int:
        """The number of the household, 0 for a new one."""
        text = normalize("NFKC", str(self.cleaned_data["household"])).strip()
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
            raise forms.ValidationError(_("A household number consists of digits only."))
        return int(text)

    def clean(self) -> dict[str, Any]:
        """At least one mover; one head among them for a household of their own."""
        found = super().clean() or self.cleaned_data
        heads = [who for who in self.entered() if found.get(f"r{who}") == "head"]
        if not self.entered():
            self.add_error(None, _("Mark at least one person who has moved in."))
        elif not self.errors and not found.get("household") and len(heads) != 1:
            self.add_error(None, _("A household of their own has exactly one head."))
        elif not self.errors and found.get("household") and heads:
            self.add_error(
                None, _("The household to join has its head already: say what each mover is to that head.")
            )
        return found

    def entered(self) -> list[int]:
        """Who has moved in."""
        return [person for person, _called, _sex in self.movers if self.cleaned_data.get(f"in{person}")]

    def place(self, muni: str, ward: str) -> Place:
        """The address."""
        said = self.cleaned_data
        block = normalize("NFKC", said["block"]).strip()
        return Place(
            muni,
            said["town"].strip(),
            ward=ward,
            postcode=said["postcode"],
            block=block,
            building=said["building"].strip(),
        )
