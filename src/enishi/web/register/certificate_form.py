"""The form by which an officer takes a request for a certificate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.register.terms import (
    Asked,
    Certificate,
    Channel,
    Choice,
    Form,
    Identity,
    Item,
    Requester,
    Standing,
    relation_words,
)
from enishi.web.forms import offer
from enishi.web.register import certificate_words as words
from enishi.web.templatetags.face import named
from enishi.web.wording import japanese

AT_AN_OFFICE = (Channel.COUNTER, Channel.POST)
CHECKED_THERE = (Identity.CARD, Identity.PHOTO, Identity.TWO_DOCUMENTS, Identity.COPIES)
OTHERS = (Standing.INTERESTED, Standing.PRACTITIONER, Standing.PUBLIC_BODY)
CHOOSE = {"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")}


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick, whose fieldset bears the field's own id: a message about them leads there."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ if index is None else super().id_for_label(id_, index)


class CertificateForm(forms.Form):
    """Which certificate, about whom, with which items, for whom. `person`: around whom the household is shown: who asks, is
    represented, or whose record another asks for.
    """

    kind = forms.ChoiceField(label=_("Which certificate"), error_messages=CHOOSE)
    persons = forms.TypedMultipleChoiceField(
        label=_("About whom"),
        coerce=int,
        widget=Boxes,
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    items = forms.MultipleChoiceField(
        label=_("Also to be said"),
        required=False,
        widget=Boxes,
        help_text=_(
            "Only what is asked for and needed. On a certificate of recorded items: all that it says."
        ),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    form = forms.ChoiceField(label=_("Layout"), error_messages=CHOOSE)
    standing = forms.ChoiceField(label=_("Who asks"), error_messages=CHOOSE)
    identity = forms.ChoiceField(label=_("Identity was checked by"), error_messages=CHOOSE)
    channel = forms.ChoiceField(label=_("How it is asked for"), error_messages=CHOOSE)
    name = forms.CharField(
        label=_("Name of the representative or other requester"),
        required=False,
        max_length=120,
        help_text=_("Not needed where the person or a member of the household asks."),
    )
    purpose = forms.CharField(
        label=_("For what others need it"),
        required=False,
        max_length=300,
        help_text=_("In detail: which right, duty or office, and where it is to be handed in."),
    )
    proof = forms.CharField(
        label=_("What was shown"),
        required=False,
        max_length=200,
        help_text=_("A representative's mandate or proof; a practitioner's affair and its number."),
    )
    key = forms.RegexField(r"[0-9a-f]{32}", widget=forms.HiddenInput)

    def __init__(self, choices: Sequence[Choice], *args: Any, wide_area: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (
            [Certificate.WIDE_AREA]
            if wide_area
            else [one for one in Certificate if one is not Certificate.WIDE_AREA]
        )
        self._offer("kind", kinds, words.KINDS)
        self._offer("form", Form, words.FORMS)
        self._offer("standing", list(Standing)[:2] if wide_area else Standing, words.STANDINGS)
        self._offer("identity", CHECKED_THERE, words.IDENTITIES)
        self._offer("channel", AT_AN_OFFICE, words.CHANNELS)
        self._offer("items", words.ITEMS, words.ITEMS)
        offer(self, "persons", [(one.person, _named(one)) for one in choices])
        self.fields["key"].initial = token_hex(16)
        for name in ("name", "purpose", "proof"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def _offer(self, name: str, values: Iterable[Any], said: dict[Any, Any]) -> None:
        offer(self, name, [(one.value, said[one]) for one in values])

    def asked(self, muni: str, office: str, person: int) -> Asked:
        """The request, of a valid form."""
        said = self.cleaned_data
        standing = Standing(said["standing"])
        return Asked(
            muni=muni,
            office=office,
            kind=Certificate(said["kind"]),
            persons=tuple(said["persons"]),
            requester=Requester(
                standing,
                Identity(said["identity"]),
                None if standing in OTHERS else person,
                said["name"].strip(),
                said["purpose"].strip(),
                said["proof"].strip(),
            ),
            channel=Channel(said["channel"]),
            items=frozenset(map(Item, said["items"])),
            form=Form(said["form"]),
        )


def _named(one: Choice) -> Any:
    language = "ja" if japanese() else "en"
    relation = relation_words(one.relation, one.sex, language) if one.relation else gettext("no longer here")
    return format_html("{} ({})", named(one.name), relation)
