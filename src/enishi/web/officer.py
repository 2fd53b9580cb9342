"""Who is signed in, and for whom: what pages ask about an officer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from enishi.benefits.services import demonstration_username
from enishi.platform.services import DutyKind, duties_of
from enishi.web.towns import STATE, Place, place

NATIONAL = frozenset({DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR})
PAYS_FOR_THE_STATE = frozenset({DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER})


@dataclass(frozen=True)
class Officer:
    """A signed-in officer with the duties of today: pairs of duty and municipality code (blank: national)."""

    id: int
    name: str
    username: str
    duties: tuple[tuple[DutyKind, str], ...]
    today: date

    @property
    def national(self) -> bool:
        """Whether the agency's pages are open: an agency officer or auditor with a national duty."""
        return any(duty in NATIONAL and not muni for duty, muni in self.duties)

    @property
    def auditor(self) -> bool:
        return (DutyKind.AUDITOR, "") in self.duties

    @property
    def agency(self) -> bool:
        """Whether acts of the agency are open: publish, start a run. An auditor reads and does not act."""
        return (DutyKind.AGENCY_OFFICER, "") in self.duties

    @property
    def offices(self) -> tuple[Place, ...]:
        """The offices in which the officer has a duty, by code: municipalities, and `STATE` for who pays for the State."""
        return tuple(place(muni) for muni in sorted({_office(*duty) for duty in self.duties} - {""}))

    def works_for(self, muni: str) -> bool:
        """Whether an office's pages are open: to one of its own officers, or a national auditor."""
        return self.auditor or any(_office(*duty) == muni for duty in self.duties)

    def has(self, duty: DutyKind, muni: str) -> bool:
        """Whether the officer holds this very duty for a municipality; of the payer `STATE`, for the State."""
        return (duty, "" if muni == STATE else muni) in self.duties


def _office(duty: DutyKind, muni: str) -> str:
    """The office that a duty opens: its municipality, `STATE` for paying for the State, blank for none."""
    return STATE if not muni and duty in PAYS_FOR_THE_STATE else muni


def duty_words(duty: DutyKind) -> str:
    """A duty in words."""
    return {
        DutyKind.ACCOUNTING_OFFICER: _("accounting officer"),
        DutyKind.BENEFITS_OFFICER: _("benefits officer"),
        DutyKind.REGISTER_OFFICER: _("register officer"),
        DutyKind.AGENCY_OFFICER: _("agency officer"),
        DutyKind.AUDITOR: _("auditor"),
    }[duty]


def demonstration_name(username: str, duties: Iterable[tuple[DutyKind, str]]) -> str:
    """The name of a demonstration officer in the page's language, by duty and municipality; blank for anybody else."""
    for duty, muni in duties:
        if username == demonstration_username(duty, muni):
            where = place(muni).in_words if muni else ""
            named = _("%(where)s %(duty)s (demo)") % {"where": where, "duty": duty_words(duty)}
            return named.strip()
    return ""


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Names of officers by actor (`officer:12`), in the page's language; other actors are left out."""
    ids = {
        int(actor.removeprefix("officer:"))
        for actor in actors
        if actor.startswith("officer:") and actor.removeprefix("officer:").isdigit()
    }
    today = timezone.localdate()
    return {
        f"officer:{user.pk}": user.get_full_name()
        or demonstration_name(user.get_username(), duties_of(user.pk, today))
        or user.get_username()
        for user in get_user_model()._default_manager.filter(pk__in=ids)
    }


def officer_of(request: HttpRequest) -> Officer | None:
    """The officer who asks, None for a visitor. Asked once a request."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return None
    known: Officer | None = getattr(request, "enishi_officer", None)
    if known is None or known.id != request.user.pk:
        today = timezone.localdate()
        user = request.user
        duties = tuple(duties_of(user.pk, today))
        username = user.get_username()
        name = user.get_full_name() or demonstration_name(username, duties) or username
        known = Officer(id=user.pk, name=name, username=username, duties=duties, today=today)
        request.enishi_officer = known  # type: ignore[attr-defined]  # kept for this request only
    return known
