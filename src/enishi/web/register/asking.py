"""Why a register officer reads: said once, kept for half an hour after the last page, written into the read record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enishi.platform.services import Reader
from enishi.web.officer import Officer
from enishi.web.people.asking import GroundForm

KEPT = timedelta(minutes=30)
SESSION_KEY = "enishi_register_ask"
ARTICLE = "Basic Resident Register Act 1"
PURPOSES = {
    "report": _("a report is taken at the counter"),
    "notice": _("a notice of another office is entered"),
    "certificate": _("a certificate is asked for"),
    "enquiry": _("the person, or their representative, asks"),
    "correction": _("to check an entry before it is corrected"),
    "inquiry": _("an inquiry into the facts (art. 34)"),
    "number": _("the individual number is designated, notified or changed (My Number Act art. 7)"),
    "other": _("another purpose (say which)"),
}
NUMBER_ARTICLES = {
    "report": "My Number Act 9(3)",
    "notice": "My Number Act 9(3)",
    "number": "My Number Act 7",
}
"""The purposes for which a register officer may look somebody up by individual number, each with its article."""

MEASURES = "support_measures"
"""The purpose of the pages of support measures, and their use in the word of the gate. Residents are not shown who read for
it: it would tell the other party.
"""

WORK = "register_work"
"""The purpose of lists that the office keeps by itself: today's work, journal, refused attempts."""


@dataclass(frozen=True)
class Asked:
    """Why an officer of a municipality reads, and what was last searched (`typed`: field to text, never a number)."""

    muni: str
    purpose: str
    note: str
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The purpose as the read record keeps it: its code, and what the officer wrote."""
        return f"{self.purpose}: {self.note}" if self.note else self.purpose

    def reader(self, officer: Officer) -> Reader:
        """The ground on which the register is read."""
        return Reader(actor=f"officer:{officer.id}", purpose=self.words, article=ARTICLE, muni=self.muni)


def worker(officer: Officer, muni: str) -> Reader:
    """The ground on which the office's own lists are read: keeping the register."""
    return Reader(actor=f"officer:{officer.id}", purpose=WORK, article=ARTICLE, muni=muni)


class WhyForm(GroundForm):
    """Why one reads."""

    purposes = PURPOSES
    recorded = _("Kept for half an hour, and recorded with your name and each person shown.")


def keep(request: HttpRequest, asked: Asked) -> None:
    """Keeps purpose and question in the session: a name never stands in an address, where logs would keep it."""
    request.session[SESSION_KEY] = {
        "muni": asked.muni,
        "purpose": asked.purpose,
        "note": asked.note,
        "typed": asked.typed,
        "at": timezone.now().isoformat(),
    }


def kept(request: HttpRequest, muni: str) -> Asked | None:
    """Purpose and question of this municipality's register, if a page was read with them within the last half hour."""
    said = request.session.get(SESSION_KEY)
    if not said or said["muni"] != muni or timezone.now() - datetime.fromisoformat(said["at"]) > KEPT:
        return None
    asked = Asked(muni, said["purpose"], said["note"], dict(said["typed"]))
    keep(request, asked)
    return asked


def day_in(text: str) -> date | None:
    """A day of a URL as HTML writes it (`2020-04-27`); None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
