"""Persons not on the register but served (住登外者): entered, changed, ended, and two numbers made one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.kernel.partial_date import PartialDate
from enishi.register.terms import Kind, Place, Served, reports
from enishi.web.register import words
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import PartialDayField, municipality_words
from enishi.web.register.acts.parts.common import Whole, set_choices


class AddresseePart(Whole):
    """Who is served: name, reading, birth. The address is a part of its own."""

    title = _("Who is served")
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As one string, surname first."))
    kana = forms.CharField(
        label=_("Reading (katakana)"),
        max_length=200,
        help_text=_("Two numbers of one person are found by reading and date of birth."),
    )
    born = PartialDayField(
        label=_("Date of birth"), required=False, help_text=_("Empty where it is not known.")
    )
    abroad = forms.BooleanField(label=_("lives abroad"), required=False)
    template = "office/register/acts/addressee.html"
    belongs: ClassVar[dict[str, str]] = {"addressee": "name", "date of birth": "born", "name": "name"}

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="who", initial=initial_of(desk.served), **more)

    def reported(self, place: Place | None) -> reports.AddresseeEntered | reports.AddresseeChanged:
        said = self.cleaned_data
        assert place is not None
        if self.desk.kind is Kind.ADDRESSEE_ENTERED:
            return reports.AddresseeEntered(said["name"], said["kana"], place, said["born"])
        assert self.desk.served is not None
        number = self.desk.served.number
        return reports.AddresseeChanged(number, said["name"], said["kana"], place, said["born"])


class EndedPart(Whole):
    """A non-resident addressee is served no longer."""

    title = _("What will happen")

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="ended", **more)
        self.notes = [
            _(
                "From the day of the act on the person is served no longer. The number is never given to anybody else."
            ),
        ]

    def reported(self, place: Place | None) -> reports.AddresseeEnded:
        assert self.desk.served is not None
        return reports.AddresseeEnded(self.desk.served.number)


class MergedPart(Whole):
    """Two numbers stand for one person: which goes on."""

    title = _("Which number goes on")
    template = "office/register/acts/merged.html"
    kept = forms.ChoiceField(label=_("Goes on"), widget=forms.RadioSelect)
    belongs: ClassVar[dict[str, str]] = {"addressee": "kept"}

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        assert desk.served is not None
        assert desk.twin is not None
        both = (desk.served, desk.twin)
        first = next((one for one in both if one.person is not None), min(both, key=lambda one: one.number))
        super().__init__(desk, *args, prefix="merged", initial={"kept": str(first.number)}, **more)
        set_choices(self, "kept", [(str(one.number), str(one.number)) for one in both])
        self.both = both

    @property
    def pairs(self) -> list[tuple[Any, Served, str, str]]:
        """Each choice with the addressee for whom it stands, their birth and address in words."""
        return [
            (choice, one, born_in_words(one.born), place_in_words(one.address))
            for choice, one in zip(self["kept"], self.both, strict=True)
        ]

    def reported(self, place: Place | None) -> reports.AddresseesMerged:
        kept = int(self.cleaned_data["kept"])
        merged = next(one.number for one in self.both if one.number != kept)
        return reports.AddresseesMerged(kept=kept, merged=merged)


def initial_of(served: Served | None) -> dict[str, Any]:
    """What an addressee's form holds before anything is typed."""
    if served is None:
        return {}
    born = served.born.text("ja") if served.born is not None else ""
    abroad = served.address is not None and not served.address.muni
    return {"name": served.name, "kana": served.kana, "born": born, "abroad": abroad}


def address_initial(served: Served | None) -> dict[str, Any]:
    """What the address of an addressee's form holds before anything is typed."""
    if served is None or served.address is None:
        return {}
    place = served.address
    return {
        "postcode": place.postcode,
        "muni": municipality_words(place.muni) if place.muni else "",
        "ward": place.ward,
        "town": place.town,
        "block": place.block,
        "building": place.building,
        "country": place.country if not place.muni else "",
    }


def born_in_words(born: PartialDate | None) -> str:
    """A date of birth in the language of the page; a dash where it is not known."""
    return "–" if born is None else words.partial(born)


def place_in_words(place: Place | None) -> str:
    """Where an addressee lives, in one line; a dash where nothing is known."""
    if place is None:
        return "–"
    return words.elsewhere(
        {name: getattr(place, name) for name in ("muni", "town", "block", "building", "country")}
    )
