"""What every part has, and the facts that every act comes with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.register.services import CATALOGUE, Kind
from enishi.web.register.acts import words
from enishi.web.register.acts.fields import DayField, PartialDayField

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


def set_choices(part: Part, name: str, choices: Any) -> None:
    """Fills a select of a part."""
    field = part.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
