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
    SWITCHES,
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

    def __init__(self, choices: Sequence[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in Certificate if one is not Certificate.WIDE_AREA]
        self._offer("kind", kinds, words.KINDS)
        self._offer("form", Form, words.FORMS)
        self._offer("standing", Standing, words.STANDINGS)
        self._offer("identity", CHECKED_THERE, words.IDENTITIES)
        self._offer("channel", AT_AN_OFFICE, words.CHANNELS)
        self._offer("items", words.ITEMS, words.ITEMS)
        offer(self, "persons", [(one.person, person_words(one)) for one in choices])
        self.fields["key"].initial = token_hex(16)
        for name in ("name", "purpose", "proof"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def _offer(self, name: str, values: Iterable[Any], said: dict[Any, Any]) -> None:
        offer(self, name, [(one.value, said[one]) for one in values])

    def asked(self, muni: str, person: int) -> Asked:
        """The request, of a valid form."""
        said = self.cleaned_data
        standing = Standing(said["standing"])
        return Asked(
            muni=muni,
            office=muni,
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


class WideAreaForm(forms.Form):
    """A question to the municipality that keeps the record of somebody at this counter."""

    holder = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Municipality that holds the record"),
        help_text=_("Its code with check digit, six digits, as on the person's card."),
        error_messages={
            "required": _("Enter the code."),
            "invalid": _("A code has six digits, for example 131016."),
        },
    )
    person = forms.IntegerField(
        label=_("Person number"),
        min_value=1,
        max_value=10**18,
        error_messages={"required": _("Enter the number."), "invalid": _("This is no number.")},
    )
    household = forms.ChoiceField(
        label=_("About whom"), widget=forms.RadioSelect, initial="self", error_messages=CHOOSE
    )
    items = forms.MultipleChoiceField(
        label=_("Also to be said"),
        required=False,
        widget=Boxes,
        help_text=_("Number and resident code: of the person who asks alone."),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    identity = forms.ChoiceField(label=_("Identity was checked by"), error_messages=CHOOSE)
    key = forms.RegexField(r"[0-9a-f]{32}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[str, Any]]] = {
            "household": [("self", _("the person alone")), ("household", _("the household"))],
            "items": [
                (item.value, words.ITEMS[item])
                for item in words.ITEMS
                if item in SWITCHES[Certificate.WIDE_AREA]
            ],
            "identity": [(one.value, words.IDENTITIES[one]) for one in (Identity.CARD, Identity.PHOTO)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # of a choice field
        self.fields["key"].initial = token_hex(16)
        for name in ("holder", "person"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    @property
    def of_household(self) -> bool:
        """Whether the household is asked of."""
        return bool(self.cleaned_data["household"] == "household")

    @property
    def switched(self) -> frozenset[Item]:
        """What is switched on."""
        return frozenset(map(Item, self.cleaned_data["items"]))


class AnsweredForm(forms.Form):
    """Who of those that the answer names stands on the copy, and how it is laid out."""

    persons = forms.TypedMultipleChoiceField(
        label=_("About whom"),
        coerce=int,
        widget=Boxes,
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    form = forms.ChoiceField(label=_("Layout"), error_messages=CHOOSE)
    key = forms.RegexField(r"[0-9a-f]{32}", widget=forms.HiddenInput)

    def __init__(self, people: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persons"].choices = [(one.person, person_words(one)) for one in people]  # type: ignore[attr-defined]  # of a choice field
        self.fields["form"].choices = [(one.value, words.FORMS[one]) for one in Form]  # type: ignore[attr-defined]  # of a choice field
        self.fields["key"].initial = token_hex(16)


class ConfirmForm(forms.Form):
    """How an officer bears out a sign-in."""

    how = forms.ChoiceField(label=_("Identity was confirmed"), error_messages=CHOOSE)
    note = forms.CharField(
        label=_("What was seen or said"),
        required=False,
        max_length=200,
        help_text=_("For example the kind of document. No number of it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = [("", _("choose")), *words.CONFIRMED.items()]  # type: ignore[attr-defined]  # of a choice field
        self.fields["note"].widget.attrs["autocomplete"] = "off"

    @property
    def shown(self) -> str:
        """What is kept of it: a word of the list, and the note."""
        how, note = self.cleaned_data["how"], self.cleaned_data["note"].strip()
        return f"{how}: {note}" if note else str(how)


def person_words(one: Any) -> Any:
    """Name and relationship of somebody to choose: a `Choice`, or one of an answer's people."""
    language = "ja" if japanese() else "en"
    relation = relation_words(one.relation, one.sex, language) if one.relation else gettext("no longer here")
    return format_html("{} ({})", named(one.name), relation)
