"""The read record in plain words: who looked, why, and under which law."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enishi.platform.services import ReadLine
from enishi.web.resident.who import Relative
from enishi.web.towns import place

PURPOSES = {
    "enquiry": _("you, or somebody for you, asked something"),
    "hold": _("to clear up a payment that was held"),
    "complaint": _("somebody disagreed with a decision"),
    "correction": _("to check an entry before it is corrected"),
    "audit": _("to check whether the offices work correctly"),
    "report": _("a report was taken, for example of a move"),
    "notice": _("news from another office was entered"),
    "certificate": _("a certificate was asked for"),
    "inquiry": _("to find out whether the register is right"),
    "number": _("about your individual number"),
    "register_work": _("daily work on the register: its lists"),
    "move": _("to handle a move"),
    "certificate information of a move": _("to send your data to the office of your new address"),
    "looks at own record": _("looked at the record of the household"),
    "looks at a move": _("looked at a move"),
    "files a move": _("reported a move of the household"),
    "signs in": _("signed in"),
    "looks at who asked": _("looked at who asked"),
    "other": _("another purpose"),
}
ARTICLES = {
    "Basic Resident Register Act 12": _(
        "the law lets people of one household read their record (Basic Resident Register Act, article 12)"
    ),
    "Basic Resident Register Act 1": _(
        "the office keeps the register (Basic Resident Register Act, article 1)"
    ),
    "Basic Resident Register Act art. 24-2": _(
        "your data go to the new office (Basic Resident Register Act, article 24-2)"
    ),
    "Basic Resident Register Act 30-9": _("work of the State (Basic Resident Register Act, article 30-9)"),
    "Local Autonomy Act 199": _("auditors check the offices (Local Autonomy Act, article 199)"),
}


def who_words(line: ReadLine, family: Sequence[Relative]) -> str:
    """Who looked: an office, never an officer's name; of the own household the member's name where it may be told."""
    kind, _colon, number = line.actor.partition(":")
    where = place(line.muni).in_words if line.muni else ""
    if kind == "officer":
        if where:
            return gettext("an officer of %(office)s (number %(number)s)") % {
                "office": where,
                "number": number,
            }
        return gettext("an officer of the State (number %(number)s)") % {"number": number}
    if kind == "resident":
        name = next((one.name for one in family if str(one.person) == number), "")
        return (
            gettext("%(name)s, of your household") % {"name": name}
            if name
            else gettext("somebody who was of your household then")
        )
    if kind == "key":
        return (
            gettext("a computer of %(office)s") % {"office": where}
            if where
            else gettext("a computer of another body")
        )
    return (
        gettext("the register's own work at %(office)s") % {"office": where}
        if where
        else gettext("the register's own work")
    )


def purpose_words(purpose: str) -> str:
    """Why, in plain words; what an officer wrote beside it stands after it."""
    if purpose in PURPOSES:
        return str(PURPOSES[purpose])
    code, _colon, note = purpose.partition(": ")
    if code not in PURPOSES:
        return purpose
    return f"{PURPOSES[code]} ({note})" if note else str(PURPOSES[code])


def article_words(article: str) -> str:
    """The law that allows it, in plain words; one without plain words as it stands."""
    return str(ARTICLES.get(article, article))
