"""Which officer may do what in this room, and the words in which everybody else is refused."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.utils import timezone

from enishi.benefits.answers import Who
from enishi.benefits.rules.payment import STATE
from enishi.benefits.wording import say
from enishi.kernel.errors import Refused
from enishi.platform.services import DutyKind, Reader, duties_of, may
from enishi.register.services import municipalities

DEMONSTRATION = "demo-"
LONGEST_PURPOSE = 120


def demonstration_username(duty: DutyKind, muni: str) -> str:
    """The user name of a municipality's (blank:

    the State's) demonstration officer: `demo-131016-accounting`.
    """
    return "-".join(part for part in ("demo", muni, duty.value.removesuffix("_officer")) if part)


def scope(muni: str) -> str:
    """The municipality code under which duties for a payer are held: blank where the State itself pays."""
    return "" if muni == STATE else muni


def holds(actor: int, muni: str, *duties: DutyKind) -> bool:
    """Whether an officer holds one of the duties for a municipality (blank or `STATE`:

    for the State) today.
    """
    today = timezone.localdate()
    return any(may(actor, duty, scope(muni), today) for duty in duties)


def require(actor: int, muni: str, *duties: DutyKind) -> None:
    """Raises Refused where the officer holds none of the duties; alike for a municipality that does not
    exist.
    """
    if not holds(actor, muni, *duties):
        raise not_open()


def require_any(actor: int) -> None:
    """Raises Refused for a user without any duty today."""
    if not duties_of(actor, timezone.localdate()):
        raise not_open()


def not_open() -> Refused:
    """The one refusal for what does not exist and for what is not open to the officer:

    nothing tells them apart.
    """
    return Refused(
        say(
            "この内容を扱う職務の割当てがないか、内容が存在しません。",
            "This does not exist, or your duties do not open it.",
        ),
        todo=say(
            "担当する団体を確かめてください。必要なら管理者に職務の割当てを依頼してください。",
            "check that it belongs to the body you act for; ask your administrator for a missing duty",
        ),
    )


def who(users: Iterable[int | None]) -> dict[int, Who]:
    """Officers by id, in one query. A demonstration officer is named by duty and municipality, in the page's
    language; an id without a user by its number.
    """
    wanted = {user for user in users if user is not None}
    found = {user.pk: user for user in get_user_model()._default_manager.filter(pk__in=wanted)}
    demonstrating = {pk for pk, user in found.items() if is_demonstration(user.get_username())}
    titles = _demonstration_names() if demonstrating else {}
    named = {
        pk: titles.get(user.get_username()) or str(user.get_full_name() or user.get_username())
        for pk, user in found.items()
    }
    return {user: Who(user, named.get(user, f"#{user}"), user in demonstrating) for user in wanted}


def _demonstration_names() -> dict[str, str]:
    """What every demonstration officer is called in the active language, by user name."""
    shown = say("（デモ）", " (demo)")
    benefits, accounting = say("給付担当者", "benefits officer"), say("会計管理者", "accounting officer")
    japanese = say("ja", "en") == "ja"
    names = {
        demonstration_username(DutyKind.AGENCY_OFFICER, ""): say("国の担当者", "agency officer") + shown,
        demonstration_username(DutyKind.AUDITOR, ""): say("監査担当者", "auditor") + shown,
    }
    for town in municipalities():
        place = town.name if japanese else town.name_latin
        for duty, words in (
            (DutyKind.BENEFITS_OFFICER, benefits),
            (DutyKind.ACCOUNTING_OFFICER, accounting),
        ):
            names[demonstration_username(duty, town.muni)] = f"{place} {words}{shown}"
    return names


def is_demonstration(username: str) -> bool:
    """Whether a user name is that of a demonstration account."""
    return username.startswith(DEMONSTRATION)


def reader(actor: int, muni: str, purpose: str, article: str) -> Reader:
    """The ground of a read for the read record. Raises Refused without purpose or article, or for a purpose
    longer than the record keeps.
    """
    if len(purpose) > LONGEST_PURPOSE:
        raise Refused(
            say("目的が長すぎます。", "The purpose is too long."),
            todo=say(f"{LONGEST_PURPOSE}字以内で書いてください。", f"say it in {LONGEST_PURPOSE} characters"),
        )
    pays = holds(actor, muni, DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER)
    audits = not pays and holds(actor, muni, DutyKind.AUDITOR)
    return Reader(
        actor=f"officer:{actor}",
        purpose=purpose,
        article=article,
        on_behalf_of=STATE if muni == STATE else "",
        muni=scope(muni),
        use="audit" if audits else "benefit",
    )
