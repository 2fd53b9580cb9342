"""What every page of the register has in common: the guard, the context of `office/register/base.html`, the purpose."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from enishi.kernel.errors import BadInput
from enishi.platform.services import DutyKind
from enishi.web.guard import for_office
from enishi.web.people.asking import purpose_words as general_words
from enishi.web.register.asking import MEASURES, PURPOSES, WORK, Asked
from enishi.web.towns import place

for_register = for_office(DutyKind.REGISTER_OFFICER)
"""Opens a page of the register to the municipality's register officers."""


def context(muni: str, tab: str, asked: Asked | None = None, **more: Any) -> dict[str, Any]:
    """What `office/register/base.html` shows around a page. `tab`: `today`, `search`, `journal`, `refused`, `statistics`,
    or another word, for none; `asked`: why the page is read, None where it shows nobody.
    """
    return {
        "audience": "office",
        "muni": muni,
        "place": place(muni),
        "tab": tab,
        "purpose": purpose_words(asked.words) if asked else "",
        **more,
    }


def ask_first(request: HttpRequest, muni: str) -> HttpResponse:
    """To the question why, and from there back to this page."""
    return redirect(f"{reverse('register-why', args=[muni])}?{urlencode({'next': request.get_full_path()})}")


def nobody() -> BadInput:
    """What a page answers (404) for a person, household or act that is not of this municipality, or of none: alike."""
    return BadInput(
        _("This does not exist, or your duties do not open it."),
        where="",
        todo=_("Check the number, and for which municipality you ask."),
    )


def purpose_words(purpose: str) -> str:
    """A purpose of the register's pages in words; one that other rooms wrote, as they word it."""
    code, _colon, note = purpose.partition(": ")
    if code == WORK:
        return _("keeping the register: lists of the office")
    if code == MEASURES:
        return _("support measures")
    if code not in PURPOSES:
        return general_words(purpose)
    return f"{PURPOSES[code]} ({note})" if note else str(PURPOSES[code])
