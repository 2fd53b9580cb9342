"""An address: its fields, and the look-up of its postcode."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.register.services import towns_of_postcode, wards_of
from enishi.register.terms import Place, PostalTown
from enishi.web.register.acts.fields import CountryField, MunicipalityField, PostcodeField, municipality_words
from enishi.web.register.acts.parts.common import Part


class LooksUp(Part):
    """A part with a postcode that can be looked up. `towns`: those of the postcode, where it has several."""

    towns: tuple[PostalTown, ...] = ()

    @property
    def lookup(self) -> str:
        """What the button that looks up sends."""
        return f"lookup:{self.prefix}"


class Wards(forms.Select):
    """A choice of wards: their names are Japanese on every page."""

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """One ward, marked as Japanese; not the line that asks to choose."""
        option: dict[str, Any] = super().create_option(name, value, *args, **more)
        if value:
            option["attrs"]["lang"] = "ja"
        return option


class PlacePart(LooksUp):
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
