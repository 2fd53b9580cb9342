"""The residents of the demonstration: accounts tied to synthetic persons, in the place of a card's signature."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

FAMILY, PROTECTED = "demo-resident", "demo-resident-protected"
WORDS = {
    FAMILY: "resident, head of a household of four / 住民（4人世帯の世帯主）",
    PROTECTED: "resident under support measures / 住民（支援措置の対象者）",
}


class DemoResident(NamedTuple):
    """An account and the municipality in which its person lives."""

    username: str
    muni: str
    words: str


def ensure_residents(password: str, shown: tuple[str, ...], on: date) -> None:
    """Makes the accounts once, ties each to a person, and gives them the demonstration's password.

    `shown`: municipalities in order, in which a household of four is looked for. A nation without a fitting person has fewer
    accounts. A tie that stands is kept: the person may have moved since.
    """
    from django.contrib.auth import get_user_model

    from enishi.platform.services import link_person, person_of
    from enishi.register.services import example_family, example_protected

    users = get_user_model()._default_manager
    for username in (FAMILY, PROTECTED):
        user = users.filter(username=username).first()
        if user is None or person_of(user.pk) is None:
            found = example_family(shown, on) if username == FAMILY else example_protected(on)
            if found is None:
                continue
            user = user or users.create_user(username)
            link_person(user.pk, found[1])
        if not user.check_password(password):
            user.set_password(password)
            user.is_active = True
            user.save()


def residents(on: date) -> list[DemoResident]:
    """The accounts there are, each with the municipality whose register has its person now."""
    from django.contrib.auth import get_user_model

    from enishi.platform.services import person_of
    from enishi.register.services import municipality_of

    found = []
    for user in get_user_model()._default_manager.filter(username__in=WORDS).order_by("username"):
        person = person_of(user.pk)
        if person is not None:
            found.append(DemoResident(user.username, municipality_of(person), WORDS[user.username]))
    return found
