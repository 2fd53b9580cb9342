"""What forms of every audience share."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext as _

LARGEST = 2**63


def offer(form: forms.Form, name: str, choices: Iterable[tuple[object, object]]) -> None:
    """Gives a choice field of a form what can be chosen, known only when the form is made."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = list(choices)


def read_number(text: str, otherwise: str = "") -> int | None:
    """The number of a person or addressee as it is typed, in digits of any width; None for nothing typed. Raises
    ValidationError, with the words `otherwise` where they are given.
    """
    plain = normalize("NFKC", text).strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and 0 < int(plain) < LARGEST):
        raise forms.ValidationError(otherwise or _("This number consists of digits only."))
    return int(plain)
