"""The questions of a move, one form each. What is wrong is said in plain words, at its field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.kernel.errors import BadInput
from enishi.register.terms import relation_words
from enishi.web.forms import offer
from enishi.web.people.asking import read_day
from enishi.web.postcodes import Town, postcode_of, towns_of
from enishi.web.resident.relations import choices
from enishi.web.resident.who import FILES_ALONE_FROM, Relative
from enishi.web.towns import known
from enishi.web.wording import day as day_words
from enishi.web.wording import japanese

AHEAD = 30
"""Days before the move from which on it can be filed online."""


class WhoForm(forms.Form):
    """Who moves, out of the own household."""

    who = forms.MultipleChoiceField(
        label=_("Who moves?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Choose among the people of your household."),
        },
    )

    def __init__(self, family: Sequence[Relative], on: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.family, self.on = family, on
        offer(self, "who", [(str(one.person), person_words(one)) for one in family])

    def clean_who(self) -> tuple[int, ...]:
        """The movers; children may not stay behind alone, and do not move alone."""
        who = tuple(sorted(int(one) for one in self.cleaned_data["who"]))
        stay = [one for one in self.family if one.person not in who]
        if stay and not any(one.aged(FILES_ALONE_FROM, self.on) for one in stay):
            raise forms.ValidationError(
                _(
                    "Only children below 15 would stay. They need somebody to live with: choose them too, or ask the office."
                )
            )
        return who


class OneOfForm(forms.Form):
    """One person out of several: a new head of household."""

    person = forms.ChoiceField(
        label=_("Who will be the head of household?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one person."),
            "invalid_choice": _("Choose one person of the list."),
        },
    )

    def __init__(self, people: Sequence[Relative], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [(str(one.person), person_words(one)) for one in people])


class RelationsForm(forms.Form):
    """What each of several people is to the head of household: one field a person, named `p` and the person id."""

    def __init__(self, people: Sequence[Relative], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in people:
            self.fields[f"p{one.person}"] = forms.ChoiceField(
                label=one.name,
                choices=[("", gettext("choose")), *choices(one.sex)],
                error_messages={
                    "required": gettext("Choose what this person is to the head of household."),
                    "invalid_choice": gettext("Choose one of the list."),
                },
            )

    def relations(self) -> dict[int, str]:
        """Person -> relationship."""
        return {int(name.removeprefix("p")): path for name, path in self.cleaned_data.items()}


class DayForm(forms.Form):
    """The day of the move."""

    day = forms.CharField(
        label=_("Which day do you move?"),
        max_length=20,
        help_text=_("The day on which you begin to live at the new address."),
        widget=forms.TextInput(attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"required": _("Choose the day.")},
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["day"].widget.attrs["max"] = (today + timedelta(days=AHEAD)).isoformat()

    def clean_day(self) -> date:
        """The day: at most 30 days ahead."""
        day = read_day(str(self.cleaned_data["day"]))
        earliest = day - timedelta(days=AHEAD)
        if earliest > self.today:
            raise forms.ValidationError(
                _("This is too early. You can report a move on %(day)s from %(first)s on."),
                params={"day": day_words(day), "first": day_words(earliest)},
            )
        return day


class PostcodeForm(forms.Form):
    """The postcode of the new address."""

    postcode = forms.CharField(
        label=_("Postcode of the new address"),
        max_length=12,
        help_text=_("Seven digits, for example 100-0001. We find the town for you."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
        error_messages={"required": _("Enter the postcode.")},
    )

    def clean_postcode(self) -> str:
        """Seven digits that the post has given out."""
        try:
            postcode = postcode_of(str(self.cleaned_data["postcode"]))
        except BadInput as error:
            raise forms.ValidationError(_("A postcode has seven digits. Write it like 100-0001.")) from error
        if not towns_of(postcode):
            raise forms.ValidationError(
                _("There is no such postcode. Look at a letter to that address, or ask the post.")
            )
        return postcode


class AddressForm(forms.Form):
    """Town, number and building of the new address."""

    town = forms.ChoiceField(
        label=_("Town"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the town."), "invalid_choice": _("Choose one of the list.")},
    )
    block = forms.CharField(
        label=_("Number of the block and house"),
        max_length=60,
        help_text=_("Everything after the name of the town, for example 1-2-3."),
        error_messages={"required": _("Enter the number.")},
    )
    building = forms.CharField(
        label=_("Building and room"),
        required=False,
        max_length=100,
        help_text=_("For a flat, for example Sakura House 201."),
    )

    def __init__(self, towns: Sequence[Town], home: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.towns, self.home = towns, home
        offer(self, "town", [(str(at), town.written) for at, town in enumerate(towns)])
        for name in ("block", "building"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_town(self) -> Town:
        """A town of another municipality that has a register here."""
        town = self.towns[int(self.cleaned_data["town"])]
        if town.muni == self.home:
            raise forms.ValidationError(
                _(
                    "This is in the municipality where you live now. Such a move is reported at its office, within 14 days."
                )
            )
        if not known(town.muni):
            raise forms.ValidationError(
                _("This demonstration has no office of that municipality. Choose another address.")
            )
        return town

    def clean_block(self) -> str:
        """The number, in one width."""
        return normalize("NFKC", str(self.cleaned_data["block"])).strip()


class HomeForm(forms.Form):
    """Whose household it will be at the new address."""

    own = forms.ChoiceField(
        label=_("With whom will you live there?"),
        widget=forms.RadioSelect,
        choices=[
            ("own", _("Only those of us who move now: a household of our own")),
            ("join", _("We move in with people who live there already")),
        ],
        error_messages={"required": _("Choose one answer."), "invalid_choice": _("Choose one answer.")},
    )
    joins = forms.CharField(
        label=_("If you move in with others: the name of their head of household"),
        required=False,
        max_length=80,
        help_text=_(
            "The office there asks this person whether they agree. You are told nothing else about them here."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Whoever joins others says whom."""
        found = super().clean() or self.cleaned_data
        found["joins"] = str(found.get("joins", "")).strip() if found.get("own") == "join" else ""
        if found.get("own") == "join" and not found["joins"]:
            self.add_error("joins", _("Enter the name of the head of household there."))
        return found


def person_words(one: Relative) -> str:
    """Somebody of the household in words: name, relationship, and that it is oneself."""
    relation = relation_words(one.relation, one.sex, "ja" if japanese() else "en")
    if one.me:
        return gettext("%(name)s (you, %(relation)s)") % {"name": one.name, "relation": relation}
    return gettext("%(name)s (%(relation)s)") % {"name": one.name, "relation": relation}
