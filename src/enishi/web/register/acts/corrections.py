"""Corrections ex officio: which group of items was wrong, and what is right; or since which day it holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enishi.register.services import record_as_of
from enishi.register.terms import Entered, reports
from enishi.web.register.acts import words
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import DayField
from enishi.web.register.acts.parts.common import SEXES, Part

EDITABLE: dict[str, dict[str, Any]] = {
    "particulars": {
        "birth_date": gettext_lazy("Date of birth"),
        "birth_latest": gettext_lazy("Latest possible date of birth"),
        "birth_wording": gettext_lazy("Words of the date of birth"),
        "sex": gettext_lazy("Sex"),
    },
    "name": {
        "surname": gettext_lazy("Surname"),
        "given": gettext_lazy("Given name"),
        "surname_kana": gettext_lazy("Reading of the surname (katakana)"),
        "given_kana": gettext_lazy("Reading of the given name (katakana)"),
        "whole": gettext_lazy("Name as a whole"),
        "whole_kana": gettext_lazy("Reading of the whole name"),
    },
    "address": {
        "postcode": gettext_lazy("Postcode"),
        "town": gettext_lazy("Town"),
        "block": gettext_lazy("Lot or block number"),
        "building": gettext_lazy("Building and room"),
    },
    "domicile": {
        "place": gettext_lazy("Registered domicile"),
        "first_listed": gettext_lazy("First-listed person"),
    },
    "foreign_status": {
        "nationality": gettext_lazy("Nationality"),
        "status": gettext_lazy("Status of residence"),
        "period": gettext_lazy("Period of residence"),
        "expires_on": gettext_lazy("Last day of the period"),
    },
    "residence": {},
    "membership": {},
    "status_item": {},
}
"""The items that this page corrects, by group; of a group without any, only the day on which it began."""

WHOLE_RECORD = "record"
"""Instead of a group: somebody was entered who should not have been."""

DAYS = frozenset({"birth_date", "birth_latest", "expires_on"})


class CorrectionPart(Part):
    """What is wrong and what is right. Fields are those of the group that is chosen."""

    title = gettext_lazy("What was wrong")
    template = "office/register/acts/correction.html"
    group = forms.ChoiceField(label=gettext_lazy("Part of the record"))
    since = DayField(
        label=gettext_lazy("Holds in truth since"),
        required=False,
        help_text=gettext_lazy("Only where the day was wrong; then leave the items as they are."),
    )
    strikes = forms.BooleanField(
        label=gettext_lazy("this never was: it is struck, and nothing comes in its place"), required=False
    )

    def __init__(
        self, person: int, present: dict[str, Entered], chosen: str, *args: Any, **more: Any
    ) -> None:
        self.person, self.present, self.chosen = person, present, chosen
        super().__init__(*args, prefix="correction", **more)
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        whole = (WHOLE_RECORD, _("the whole record: somebody who should not have been entered"))
        parts = ((key, words.group(*key.split(":"))) for key in present)
        group.choices = [("", _("choose")), *parts, *([whole] if present else ())]
        group.initial = chosen
        self.items = EDITABLE.get(chosen.partition(":")[0], {}) if chosen in present else {}
        for name, label in self.items.items():
            self.fields[name] = _field(name, label, present[chosen].items.get(name))
        if chosen == WHOLE_RECORD:
            del self.fields["since"]

    def clean(self) -> dict[str, Any]:
        """Something must be corrected: items or the day, not both in one act; or struck."""
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        if self.chosen == WHOLE_RECORD:
            if not said["strikes"]:
                self.add_error("strikes", _("A whole record is not corrected, only struck: confirm that."))
        elif said["strikes"]:
            if said["since"] or self._right():
                self.add_error("strikes", _("Correct it, or strike it: not both."))
        elif said["since"] and self._right():
            self.add_error("since", _("Correct the items, or the day; another act corrects the other."))
        elif not said["since"] and not self._right():
            self.add_error("group", _("Nothing differs from the record yet."))
        return said

    def correction(
        self, seats: tuple[reports.Seat, ...]
    ) -> reports.ItemsCorrected | reports.DayCorrected | reports.Struck:
        """The correction, of a valid part. `seats`: the places of those left behind by whoever is struck."""
        group, _colon, name = self.chosen.partition(":")
        if self.cleaned_data["strikes"]:
            return reports.Struck(self.person, group, name, seats)
        if since := self.cleaned_data["since"]:
            return reports.DayCorrected(self.person, group, since, name)
        return reports.ItemsCorrected(self.person, group, self._right(), name)

    def _right(self) -> dict[str, Any]:
        """The items that differ from the record."""
        found = {}
        for name in self.items:
            value, held = self.cleaned_data.get(name), self.present[self.chosen].items.get(name)
            if _written(value) != _written(held):
                found[name] = int(str(value)) if name == "sex" else _plain(value, held)
        return found


def part_for(desk: Desk, data: QueryDict | None) -> CorrectionPart:
    """The part with what the record of the desk's person says today."""
    assert desk.person is not None
    record = record_as_of(desk.reader, desk.muni, desk.person, on=desk.today)
    present = {
        f"{one.group}:{one.kind}" if one.kind else one.group: one
        for one in (record.entered if record else ())
        if one.group in EDITABLE
    }
    chosen = (data or QueryDict()).get("correction-group", "")
    return CorrectionPart(desk.person, present, chosen, data and _with_what_is_held(data, present, chosen))


def _with_what_is_held(data: QueryDict, present: dict[str, Entered], chosen: str) -> QueryDict:
    """The form as it was sent; of a part that it did not show yet, with what the record says."""
    if data.get("correction-shown") == chosen or chosen not in present:
        return data
    filled = data.copy()
    filled["correction-shown"], filled["correction-since"] = chosen, ""
    for name in EDITABLE[present[chosen].group]:
        filled[f"correction-{name}"] = _written(present[chosen].items.get(name))
    return filled


def _field(name: str, label: Any, held: Any) -> forms.Field:
    if name == "sex":
        return forms.ChoiceField(label=label, choices=SEXES[1:], initial=str(held))
    if name in DAYS:
        return DayField(label=label, required=False, initial=_written(held))
    return forms.CharField(label=label, required=False, max_length=200, initial=_written(held))


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def _plain(value: Any, held: Any) -> Any:
    """As the record keeps it: a day in words of ISO 8601, nothing as null where the record had null or a day."""
    if not value:
        return "" if isinstance(held, str) else None
    return value.isoformat() if hasattr(value, "isoformat") else value
