"""What every part has, and the facts that every act comes with."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.kernel.digits import plain_digits
from enishi.kernel.individual_number import is_valid
from enishi.register.terms import CATALOGUE, Kind, Place, reports
from enishi.web.register.acts import words
from enishi.web.register.acts.desk import Desk
from enishi.web.register.acts.fields import DayField, PartialDayField

TWELVE = re.compile(r"(?<!\d)\d{12}(?!\d)")
REQUIRED = {"required": _("This is needed.")}
MANNER_EITHER = frozenset(kind for kind, entry in CATALOGUE.items() if len(entry.manners) == 2)
BY_REPORT = frozenset(kind for kind, entry in CATALOGUE.items() if "report" in entry.manners)
SEXES = [("", _("choose")), ("1", _("male")), ("2", _("female"))]


class Part(forms.Form):
    """A part of a sheet. `title`: its heading; `template`: how it is shown."""

    title: Any = ""
    template = "office/register/acts/fields.html"
    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs.setdefault("autocomplete", "off")
            field.error_messages = {**field.error_messages, **REQUIRED}


class Whole(Part):
    """A part that says a whole act by itself. `belongs`: where a refusal says that it lies -> field; `notes`: paragraphs above
    the fields; `present`: what the record says today, as pairs of words.
    """

    template = "office/register/acts/whole.html"
    belongs: ClassVar[dict[str, str]] = {}

    def __init__(self, desk: Desk, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.desk = desk
        self.notes: list[Any] = []
        self.present: list[tuple[str, str]] = []

    @property
    def person(self) -> int:
        """Whom the act concerns, of a desk with a person."""
        assert self.desk.person is not None
        return self.desk.person

    def add_refusal(self, where: str, said: str) -> None:
        """Puts a refusal of the register at the field of which it speaks (`where` is one of `belongs`)."""
        self.add_error(self.belongs[where], said)

    def reported(self, place: Place | None) -> reports.Reported:
        """What is reported, of a valid part. `place`: the address of the same form, None where it has none."""
        raise NotImplementedError


class FactsPart(Part):
    """What every act comes with."""

    title = _("Day and ground")
    effective = PartialDayField(
        label=_("Day of the act"),
        help_text=_("Like 2020-05-01 or R2.5.1; where it is not fully known, 2020-05 or 令和2年5月日不詳."),
    )
    reported_on = DayField(label=_("Day of report"), required=False)
    evidence = forms.MultipleChoiceField(
        label=_("What was shown"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason or note"),
        required=False,
        max_length=300,
        help_text=_("Kept in the journal with the act. Write no individual number."),
    )

    def clean_reason(self) -> str:
        """The reason; raises ValidationError for one with what may be an individual number: the journal is kept for ever."""
        text = str(self.cleaned_data["reason"])
        if any(is_valid(number) for number in TWELVE.findall(plain_digits(text))):
            raise forms.ValidationError(_("This may be an individual number, which the journal never holds."))
        return text

    def __init__(self, kind: Kind, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        evidence = self.fields["evidence"]
        assert isinstance(evidence, forms.MultipleChoiceField)
        evidence.choices = words.evidence_choices()
        if kind not in BY_REPORT:
            del self.fields["reported_on"]
        elif kind in MANNER_EITHER:
            self.fields["reported_on"].help_text = _("Leave it empty for an act ex officio.")
        else:
            self.fields["reported_on"].required = True
        if kind is Kind.DEATH:
            self.fields["effective"].label = _("Day of death")
        elif kind is Kind.BIRTH:
            self.fields["effective"].label = _("Day of birth, or of becoming a resident")
        elif kind is Kind.NUMBER_CHANGED:
            self.fields["reason"].label = _("How the number may be misused")
            self.fields["reason"].required = True


def set_choices(part: Part, name: str, choices: Any) -> None:
    """Fills a select of a part."""
    field = part.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
