"""Fields of acts: days as they are typed, partial ones too, postcodes, municipalities by name, countries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enishi.kernel.errors import BadInput
from enishi.kernel.municipality import prefecture_name
from enishi.kernel.partial_date import PartialDate
from enishi.register.services import municipalities
from enishi.register.terms import MunicipalityLine, sentence
from enishi.web.people.asking import read_day
from enishi.web.register.lists import statuses

COMPACT = re.compile(r"\d{4}(?:-\d{2})?")


class DayField(forms.CharField):
    """A day: Western or in an era. Cleans to `date`, None where it may be left out and is."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, **more)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read_day(text) if text else None


class PartialDayField(forms.CharField):
    """A date of which not everything need be known: `令和2年5月日不詳`, `2020-05`. Cleans to `PartialDate`, or None."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=60, **more)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return partial_day(text) if text else None


def partial_day(text: str) -> PartialDate:
    """A date as an officer types it. Raises ValidationError in the language of the page."""
    plain = normalize("NFKC", text).strip()
    try:
        if COMPACT.fullmatch(plain):
            return PartialDate.from_compact(plain)
        return PartialDate.of(read_day(plain))
    except (forms.ValidationError, BadInput):
        try:
            return PartialDate.parse(text.strip())
        except BadInput as error:
            said = sentence(error.what, get_language() or "ja")
            hint = _("Write it like 2020-05-01, R2.5.1, 2020-05 or 令和2年5月日不詳.")
            raise forms.ValidationError(f"{said} {hint}") from error


class PostcodeField(forms.CharField):
    """Seven digits, with or without hyphen or 〒, of any width."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=10, **more)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = re.sub(r"[-‐－ー〒\s]", "", normalize("NFKC", super().clean(value)))
        if text and not (len(text) == 7 and text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("A postcode has seven digits."))
        return text


class Suggesting(forms.TextInput):
    """A field for text with words to choose from; any other text may be typed too."""

    def __init__(self, suggested: Callable[[], Iterable[str]], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggested = suggested

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        words = f"{(attrs or {}).get('id', name)}_words"
        field = super().render(name, value, {**(attrs or {}), "list": words}, renderer)
        options = format_html_join("", "<option>{}</option>", ((one,) for one in self.suggested()))
        return format_html('{}<datalist id="{}">{}</datalist>', field, words, options)


class StatusField(forms.CharField):
    """A residence status by its words, or as the notice has it. Cleans to the code of a known one, else to what was typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=60, widget=Suggesting(lambda: map(str, statuses().values())), **more)

    def prepare_value(self, value: Any) -> Any:
        return statuses().get(value, value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return {said: code for code, said in statuses().items()}.get(normalize("NFKC", text), text)


class MunicipalityField(forms.CharField):
    """A municipality by its name, with its prefecture where several bear it, or by its code. Cleans to the six digits."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return municipality_named(text) if text else ""


def municipality_named(text: str) -> str:
    """The code of a municipality. Raises ValidationError, naming those that bear the name where it is several."""
    plain = normalize("NFKC", text).replace(" ", "")
    lines = municipalities()
    named = [one for one in lines if plain in _names(one)]
    if not named:
        raise forms.ValidationError(
            _("There is no such municipality. Write its name, or look it up by the postcode.")
        )
    if len(named) > 1:
        which = "、".join(f"{one.prefecture_name}{one.name}" for one in named)
        raise forms.ValidationError(_("Several bear this name; write one of: %(which)s") % {"which": which})
    return named[0].muni


def municipality_words(muni: str) -> str:
    """A municipality as it stands in the field: prefecture and name."""
    for one in municipalities():
        if one.muni == muni:
            return f"{one.prefecture_name}{one.name}"
    return f"{prefecture_name(muni, 'ja')}{muni}" if muni else ""


def _names(one: MunicipalityLine) -> tuple[str, ...]:
    return (one.muni, one.name, f"{one.prefecture_name}{one.name}", one.name_latin)


class CountryField(forms.CharField):
    """A country or nationality: three letters of ISO 3166-1."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("Country"))
        super().__init__(max_length=3, **more)
        self.widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean(self, value: Any) -> Any:
        text = normalize("NFKC", super().clean(value)).upper()
        if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
            raise forms.ValidationError(_("A country has three letters, such as FRA (ISO 3166-1)."))
        return text
