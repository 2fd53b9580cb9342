"""The questions of a certificate, one form each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.register.terms import (
    Certificate,
    Choice,
    Form,
    Item,
    relation_words,
)
from enishi.web.register.certificate_words import ITEMS
from enishi.web.resident.certificate_draft import KINDS
from enishi.web.templatetags.face import named
from enishi.web.wording import japanese

CHOOSE = {"required": _("Choose one."), "invalid_choice": _("Choose one of the list.")}


class KindForm(forms.Form):
    """Which certificate."""

    kind = forms.ChoiceField(
        label=_("Which certificate do you need?"), widget=forms.RadioSelect, error_messages=CHOOSE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            Certificate.COPY: gettext("Copy of the resident record: what most offices and banks ask for"),
            Certificate.ITEMS: gettext("Certificate of recorded items: only what you choose, nothing else"),
        }
        self.fields["kind"].choices = [(kind.value, words[kind]) for kind in KINDS]  # type: ignore[attr-defined]  # of a choice field


class WhoForm(forms.Form):
    """About whom, out of the own household."""

    who = forms.TypedMultipleChoiceField(
        label=_("Who shall stand on it?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Choose among the people of your household."),
        },
    )

    def __init__(self, choices: Sequence[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [(str(one.person), person_words(one)) for one in choices]  # type: ignore[attr-defined]  # of a choice field

    def clean_who(self) -> tuple[int, ...]:
        """Everybody once."""
        return tuple(dict.fromkeys(self.cleaned_data["who"]))


class ItemsForm(forms.Form):
    """What it says besides. `needed`: how many have to be chosen at least."""

    items = forms.TypedMultipleChoiceField(
        label=_("What shall it say besides?"),
        coerce=Item,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("Choose among what is offered."),
        },
    )

    def __init__(self, offered: Iterable[Item], needed: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(item.value, ITEMS[item]) for item in offered]  # type: ignore[attr-defined]  # of a choice field
        self.fields["items"].required = needed
        if needed:
            self.fields["items"].label = _("What shall it say besides the name?")


class LayoutForm(forms.Form):
    """Everybody on one form, or each on a page."""

    form = forms.ChoiceField(
        label=_("How shall it be laid out?"), widget=forms.RadioSelect, error_messages=CHOOSE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [  # type: ignore[attr-defined]  # of a choice field
            (Form.HOUSEHOLD.value, gettext("Everybody together")),
            (Form.INDIVIDUAL.value, gettext("Each person on a page")),
        ]


def person_words(one: Choice) -> Any:
    """Name and relationship to the head of household."""
    relation = relation_words(one.relation, one.sex, "ja" if japanese() else "en") if one.relation else ""
    return format_html("{} ({})", named(one.name), relation) if relation else named(one.name)
