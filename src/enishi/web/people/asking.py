"""Why an officer asks about a person: said before anything is shown, kept for half an hour, written into the read record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from unicodedata import normalize

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enishi.kernel import eras
from enishi.kernel.errors import BadInput
from enishi.platform.services import DutyKind, Reader
from enishi.web.forms import offer, read_number
from enishi.web.officer import Officer

KEPT = timedelta(minutes=30)
SESSION_KEY = "enishi_ask"
PURPOSES = {
    "enquiry": _("the person, or their representative, asks"),
    "hold": _("to clear up a held payment"),
    "complaint": _("somebody disagrees with a decision"),
    "correction": _("to check an entry before it is corrected"),
    "audit": _("audit"),
    "other": _("another purpose (say which)"),
}
RECORDED = {
    "support_measures": _("support measures"),
    "register_work": _("keeping the register: lists of the office"),
}
"""Purposes that pages of other offices write into the read record."""

MUNICIPAL_ARTICLE = "Basic Resident Register Act 1"
AUDIT_ARTICLE = "Local Autonomy Act 199"
NATIONAL_ARTICLE = "Basic Resident Register Act 30-9"
WESTERN = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


@dataclass(frozen=True)
class Asked:
    """A question: for which municipality (blank: nationally), why, and what was typed. `born` may be None."""

    muni: str
    purpose: str
    note: str
    text: str
    born: date | None

    def words(self) -> str:
        """The purpose as the read record keeps it: its code, and what the officer wrote."""
        return f"{self.purpose}: {self.note}" if self.note else self.purpose

    def reader(self, officer: Officer) -> Reader:
        """The ground on which the register is read."""
        audits = officer.auditor and not officer.has(DutyKind.BENEFITS_OFFICER, self.muni)
        return Reader(
            actor=f"officer:{officer.id}",
            purpose=self.words(),
            article=AUDIT_ARTICLE if audits else MUNICIPAL_ARTICLE if self.muni else NATIONAL_ARTICLE,
            muni=self.muni,
        )


class GroundForm(forms.Form):
    """Why one asks: a purpose of a list, and a few words, which another purpose than those needs."""

    purpose = forms.ChoiceField(
        label=_("Why do you ask?"),
        error_messages={"required": _("Choose why you ask."), "invalid_choice": _("Choose one of the list.")},
    )
    note = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=80,
        help_text=_("For example a file number. Write no name and no number of a person."),
    )
    purposes: ClassVar[Mapping[str, str | Promise]] = {}
    recorded: ClassVar[str | Promise] = ""
    """What is said of the read record beside the purpose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "purpose", [("", _("choose")), *self.purposes.items()])
        self.fields["purpose"].help_text = str(self.recorded)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Asks for a purpose in words where it is "another"."""
        found = super().clean() or self.cleaned_data
        if found.get("purpose") == "other" and not found.get("note"):
            self.add_error("note", _("Say which other purpose."))
        return found


class AskForm(GroundForm):
    """Whom one looks for, and why. A name, a date of birth or a person number is needed."""

    purposes = PURPOSES
    recorded = _("It is recorded with your name and each person shown, and auditors read it.")
    text = forms.CharField(
        label=_("Name or reading"),
        required=False,
        max_length=60,
        help_text=_("The beginning of a name: kanji, kana or Latin letters."),
    )
    born = forms.CharField(
        label=_("Date of birth"),
        required=False,
        max_length=20,
        help_text=_("For example 1980-01-31 or S55.1.31."),
    )
    person = forms.CharField(
        label=_("Person number"),
        required=False,
        max_length=18,
        help_text=_("The number in this system, if you know it; then nothing else is needed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["accesskey"] = "s"

    def clean_born(self) -> date | None:
        """The day typed: Western or in an era."""
        text = str(self.cleaned_data["born"]).strip()
        return read_day(text) if text else None

    def clean_person(self) -> int | None:
        """The person number typed."""
        return read_number(
            str(self.cleaned_data["person"]), str(_("A person number consists of digits only."))
        )

    def clean(self) -> dict[str, Any]:
        """Asks for something to look for, besides."""
        found = super().clean()
        if not self.errors and not any(found.get(name) for name in ("text", "born", "person")):
            self.add_error("text", _("Enter the beginning of a name, a date of birth, or a person number."))
        return found


def read_day(text: str) -> date:
    """A date as an officer types it: `1980-01-31`, `19800131`, `1980年1月31日`, or in an era. Raises ValidationError."""
    plain = normalize("NFKC", text).replace(" ", "")
    try:
        if western := WESTERN.fullmatch(plain):
            year, month, day = western.groups()
            return date(int(year), int(month), int(day))
        return eras.parse(plain)
    except (ValueError, BadInput) as error:
        raise forms.ValidationError(
            _("This is not a day of the calendar. Write it like 1980-01-31 or S55.1.31.")
        ) from error


def keep(request: HttpRequest, asked: Asked) -> None:
    """Keeps the question in the session: a name never stands in an address, where logs would keep it."""
    request.session[SESSION_KEY] = {
        "muni": asked.muni,
        "purpose": asked.purpose,
        "note": asked.note,
        "text": asked.text,
        "born": asked.born.isoformat() if asked.born else "",
        "at": timezone.now().isoformat(),
    }


def kept(request: HttpRequest, muni: str) -> Asked | None:
    """The question asked for this municipality (blank: nationally) within the last half hour."""
    said = request.session.get(SESSION_KEY)
    if not said or said["muni"] != muni or timezone.now() - datetime.fromisoformat(said["at"]) > KEPT:
        return None
    born = date.fromisoformat(said["born"]) if said["born"] else None
    return Asked(muni, said["purpose"], said["note"], said["text"], born)


def purpose_words(purpose: str) -> str:
    """A purpose of the read record in words; one that other rooms wrote, as it stands."""
    code, _colon, note = purpose.partition(": ")
    if code in RECORDED:
        return str(RECORDED[code])
    if code not in PURPOSES:
        return purpose
    return f"{PURPOSES[code]} ({note})" if note else str(PURPOSES[code])
