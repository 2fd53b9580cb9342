"""Who is signed in as a resident, and their household as they may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from enishi.kernel.ages import is_aged
from enishi.platform.services import Reader, person_of
from enishi.register import services as register
from enishi.register import terms

ARTICLE = "Basic Resident Register Act 12"
NAME_KEY = "enishi_own_name"
ADULT = 18
FILES_ALONE_FROM = 15


@dataclass(frozen=True)
class Resident:
    """A signed-in resident: account, person, and the name that the register calls them by."""

    id: int
    person: int
    name: str
    today: date

    def reader(self, purpose: str) -> Reader:
        """The ground on which residents read their own record and that of their household (art. 12)."""
        return Reader(actor=f"resident:{self.person}", purpose=purpose, article=ARTICLE)


@dataclass(frozen=True)
class Relative:
    """Somebody of the own household, oneself included. `relation`: path to the head; `born`: None where it is not told."""

    person: int
    name: str
    relation: str
    born: date | None
    sex: int
    me: bool

    def aged(self, years: int, on: date) -> bool:
        """Whether the age is reached on a day; one of whom the day of birth is not told counts as grown up."""
        return self.born is None or is_aged(self.born, years, on)


def resident_of(request: HttpRequest) -> Resident | None:
    """The resident who asks; None for a visitor and for an officer. Asked once a request."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return None
    known: Resident | None = getattr(request, "enishi_resident", None)
    if known is None or known.id != request.user.pk:
        person = person_of(request.user.pk)
        if person is None:
            return None
        today = timezone.localdate()
        known = Resident(request.user.pk, person, _name(request, person, today), today)
        request.enishi_resident = known  # type: ignore[attr-defined]  # kept for this request only
    return known


def own_summary(resident: Resident, purpose: str) -> terms.Summary | None:
    """The resident's own record of today, recorded as read; None where no register has one."""
    return register.person_summary(resident.reader(purpose), resident.person, on=resident.today)


def household_of(resident: Resident, purpose: str) -> tuple[Relative, ...]:
    """Oneself and the members of the own household whom the register names to one; each recorded as read.

    Members under support measures are not among them: the register leaves them out.
    """
    own = own_summary(resident, purpose)
    if own is None or not own.stay.covers(resident.today):
        return ()
    mine = Relative(resident.person, own.names[0].text, own.relation, own.birth_date, own.sex, True)
    members = {one.person: one for one in own.members}
    told = (
        register.person_summaries(resident.reader(purpose), list(members), on=resident.today)
        if members
        else {}
    )
    others = [
        Relative(who, member.name.text, member.relation, told[who].birth_date, told[who].sex, False)
        for who, member in members.items()
        if who in told and not told[who].protected
    ]
    return (mine, *others)


def may_sign(resident: Resident, family: tuple[Relative, ...]) -> bool:
    """Whether the resident is old enough to file for themselves."""
    return any(one.me and one.aged(FILES_ALONE_FROM, resident.today) for one in family)


def _name(request: HttpRequest, person: int, today: date) -> str:
    """The name for the page's head, read once a session."""
    kept = request.session.get(NAME_KEY)
    if isinstance(kept, list) and kept[:1] == [person]:
        return str(kept[1])
    reader = Reader(actor=f"resident:{person}", purpose="signs in", article=ARTICLE)
    own = register.person_summary(reader, person, on=today)
    name = own.names[0].text if own is not None and own.names else ""
    request.session[NAME_KEY] = [person, name]
    return name


def demonstration() -> bool:
    """Whether a demonstration sign-in may stand where the card's signature will."""
    return bool(settings.DEMO)
