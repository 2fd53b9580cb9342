"""What residents ask for and other rooms notify: alias, former surname, status items, another number or code."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from enishi.kernel.digits import plain_digits
from enishi.kernel.individual_number import is_valid as is_individual_number
from enishi.register.terms import Kind, NameKind, Place, StatusKind, reports
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.parts.common import Whole, set_choices
from enishi.web.register.acts.parts.held import held_of, in_words, one_of
from enishi.web.register.lists import status_kinds


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
        self.present = in_words(held, "name")
        if one_of(held, "name", NameKind.ALIAS.value) is None:
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
        self.present = in_words(held, "name")
        if one_of(held, "name", NameKind.FORMER.value) is None:
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
        self.present = in_words(held_of(desk), "status_item")

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
