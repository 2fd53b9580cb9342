"""A renumbering: one town or block, or the list of a whole area."""

from __future__ import annotations

import csv
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.register.services import wards_of
from enishi.register.terms import Place, reports
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import PostcodeField
from enishi.web.register.acts.parts.common import Whole, set_choices
from enishi.web.register.acts.parts.places import LooksUp

MOST_LINES = 5_000
COLUMNS = 5
LONGEST = 120


class RenumberingPart(LooksUp, Whole):
    """What addresses were called and are called now. `lines`: those of the list, once it has been read."""

    title = _("What the addresses are called")
    template = "office/register/acts/renumbering.html"
    old_town = forms.CharField(
        label=_("Town as it was"), required=False, max_length=LONGEST, help_text=_("As the record writes it.")
    )
    old_block = forms.CharField(
        label=_("Lot or block number as it was"),
        required=False,
        max_length=LONGEST,
        help_text=_("Empty: every block of the town."),
    )
    ward = forms.ChoiceField(label=_("Ward"), required=False)
    postcode = PostcodeField(label=_("Postcode from then on"), required=False)
    town = forms.CharField(label=_("Town from then on"), required=False, max_length=LONGEST)
    block = forms.CharField(
        label=_("Lot or block number from then on"),
        required=False,
        max_length=LONGEST,
        help_text=_("Empty: each stays as it is."),
    )
    table = forms.CharField(
        label=_("List of addresses"),
        required=False,
        max_length=600_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "lang": "ja", "wrap": "off"}),
        help_text=_(
            "One address a line: town, block, new postcode, new town, new block; with commas or tabs between them, as a "
            "spreadsheet copies them. An empty block stands for every block, an empty new block for the one that it has."
        ),
    )
    belongs: ClassVar[dict[str, str]] = {
        "addresses": "old_town",
        "address": "town",
        "address, town": "town",
        "address, postcode": "postcode",
    }

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(desk, *args, prefix="to", **more)
        self.lines: tuple[reports.Renumbered, ...] = ()
        if wards := wards_of(desk.muni):
            set_choices(self, "ward", [("", gettext("choose")), *wards])
            self.fields["ward"].required = True
        else:
            del self.fields["ward"]

    @property
    def was(self) -> list[forms.BoundField]:
        """The fields of what one town or block was called."""
        return [self[name] for name in ("ward", "old_town", "old_block") if name in self.fields]

    @property
    def becomes(self) -> list[forms.BoundField]:
        """The fields of what it is called from then on."""
        return [self[name] for name in ("postcode", "town", "block")]

    def add_refusal(self, where: str, said: str) -> None:
        """Puts a refusal of the register at the field that was filled in."""
        field = "table" if self.lines else self.belongs[where]
        self.add_error(field, said)

    def reported(self, place: Place | None) -> reports.Renumbering:
        said = self.cleaned_data
        if self.lines:
            return reports.Renumbering(self.lines)
        return reports.Renumbering(
            (
                reports.Renumbered(
                    town=said["old_town"],
                    to_town=said["town"],
                    to_postcode=said["postcode"],
                    block=said["old_block"] or None,
                    to_block=said["block"] or None,
                    ward=said.get("ward", ""),
                ),
            )
        )

    def clean(self) -> dict[str, Any]:
        """Either one address or a list, each line of it whole."""
        said = super().clean() or self.cleaned_data
        one = any(said.get(name) for name in ("old_town", "old_block", "town", "block"))
        if said.get("table", "").strip():
            if one:
                self.add_error("table", gettext("Enter one address above, or a list: not both."))
            elif "ward" not in self.errors:
                self.lines = self._read(said["table"], said.get("ward", ""))
            return said
        for name in ("old_town", "postcode", "town"):
            if name in said and not said[name]:
                self.add_error(name, gettext("This is needed."))
        return said

    def _read(self, text: str, ward: str) -> tuple[reports.Renumbered, ...]:
        """The lines of the list; what is wrong with one is said with its number."""
        written = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(written) > MOST_LINES:
            self.add_error(
                "table", gettext("A list has at most %(most)s lines.") % {"most": f"{MOST_LINES:,}"}
            )
            return ()
        found = []
        for number, line in written:
            try:
                found.append(_line(line, ward))
            except forms.ValidationError as error:
                words = " ".join(error.messages)
                self.add_error(
                    "table", gettext("Line %(number)s: %(words)s") % {"number": number, "words": words}
                )
                if len(self.errors["table"]) >= 10:
                    break
        return tuple(found)


def _line(line: str, ward: str) -> reports.Renumbered:
    """An address of the list. Raises ValidationError."""
    columns = [cell.strip() for cell in (line.split("\t") if "\t" in line else next(csv.reader([line])))]
    if len(columns) != COLUMNS:
        raise forms.ValidationError(
            gettext("It has %(count)s columns, and five are needed.") % {"count": len(columns)}
        )
    town, block, postcode, to_town, to_block = columns
    if not town or not to_town:
        raise forms.ValidationError(gettext("The town, as it was or from then on, is missing."))
    if max(map(len, columns)) > LONGEST:
        raise forms.ValidationError(
            gettext("A column has more than %(most)s characters.") % {"most": LONGEST}
        )
    return reports.Renumbered(
        town=town,
        to_town=to_town,
        to_postcode=PostcodeField().clean(postcode),
        block=block or None,
        to_block=to_block or None,
        ward=ward,
    )
