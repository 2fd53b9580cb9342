"""The frame of every page: who reads, where they are, what else is there, language and text size."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enishi.platform.services import DutyKind
from enishi.web.officer import Officer, duty_words, officer_of
from enishi.web.resident.who import Resident, resident_of
from enishi.web.towns import STATE, Place, place

TEXT_COOKIE = "enishi_text"
TEXT_SIZES = ("normal", "large", "largest")


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation. `current`: the page lies under it."""

    words: str
    url: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """What base.html shows around a page. `request_path` is blank on pages without a request (errors)."""

    language: str
    text_size: str
    officer: Officer | Resident | None
    duties: tuple[str, ...]
    audience: str
    place: Place | None
    entries: tuple[Entry, ...]
    request_path: str
    session_minutes: int


def text_size(request: HttpRequest | None) -> str:
    """The text size that the reader chose; `normal` where the cookie says nothing known."""
    said = request.COOKIES.get(TEXT_COOKIE, "") if request is not None else ""
    return said if said in TEXT_SIZES else "normal"


def frame_of(request: HttpRequest | None, audience: str, muni: str) -> Frame:
    """The frame of a page for an audience: blank (everybody), `resident`, `agency`, or `office` with its municipality."""
    officer = officer_of(request) if request is not None else None
    resident = resident_of(request) if request is not None and officer is not None else None
    where = place(muni) if audience == "office" and muni else None
    path = request.path if request is not None else ""
    return Frame(
        language=get_language() or settings.LANGUAGE_CODE,
        text_size=text_size(request),
        officer=resident or officer,
        duties=(_("signed in for yourself"),) if resident else _duties_here(officer, audience, muni),
        audience={
            "agency": _("Agency"),
            "office": _("Municipal office"),
            "resident": _("Residents"),
        }.get(audience, ""),
        place=where,
        entries=_own_entries(path) if resident else _entries(officer, audience, muni, path),
        request_path=path,
        session_minutes=settings.SESSION_COOKIE_AGE // 60,
    )


def _duties_here(officer: Officer | None, audience: str, muni: str) -> tuple[str, ...]:
    if officer is None:
        return ()
    here = [
        duty
        for duty, held in officer.duties
        if not audience or (audience == "agency" and not held) or (audience == "office" and held == muni)
    ]
    if not here and officer.auditor:
        here = [DutyKind.AUDITOR]
    return tuple(dict.fromkeys(duty_words(duty) for duty in here))


def _own_entries(path: str) -> tuple[Entry, ...]:
    """A resident's navigation, the same on every page."""
    move = path.startswith((reverse("my-move"), reverse("my-moves")))
    return (
        Entry(_("My page"), reverse("my"), path == reverse("my")),
        Entry(_("Moving"), reverse("my-moves"), move),
        Entry(_("Certificates"), reverse("my-certificates"), path.startswith(reverse("my-certificates"))),
        Entry(_("My data"), reverse("my-record"), path == reverse("my-record")),
        Entry(_("Who asked"), reverse("my-asked"), path == reverse("my-asked")),
    )


def _entries(officer: Officer | None, audience: str, muni: str, path: str) -> tuple[Entry, ...]:
    if officer is None or not audience:
        return ()
    if audience == "agency":
        named = [
            (_("Overview"), reverse("agency"), True),
            (_("Programmes"), reverse("programmes"), False),
            (_("Runs"), reverse("runs"), False),
            (_("Releases"), reverse("publications"), False),
            (_("People"), reverse("agency-people"), False),
        ]
        if officer.auditor:
            named.append((_("Who asked"), reverse("reads"), False))
    else:
        named = [(_("Overview"), reverse("office", args=[muni]), True)]
        if muni != STATE and officer.has(DutyKind.BENEFITS_OFFICER, muni):
            named.append((_("People"), reverse("office-people", args=[muni]), False))
        if officer.has(DutyKind.REGISTER_OFFICER, muni):
            named.append((_("Certificates"), reverse("office-certificates", args=[muni]), False))
        if muni != STATE and officer.has(DutyKind.REGISTER_OFFICER, muni):
            named.append((_("Resident register"), reverse("register-today", args=[muni]), False))
    here = max(
        (url for _words, url, exact in named if path.startswith(url) and not exact), key=len, default=""
    )
    return tuple(Entry(words, url, path == url if exact else url == here) for words, url, exact in named)
