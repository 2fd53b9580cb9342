"""Which person of the register an account belongs to: what makes a signed-in user a resident.

The tie is made by whoever proved the identity (a demonstration account; later the card's signature), never by the account itself.
"""

from __future__ import annotations

from django.db import transaction

from enishi.kernel.errors import Refused
from enishi.platform.models import Duty, OwnPerson


def person_of(user_id: int) -> int | None:
    """The person id of the resident whose account this is; None for an officer, and for an account of nobody."""
    found = OwnPerson.objects.filter(user_id=user_id, user__is_active=True)
    return found.values_list("person", flat=True).first()


def link_person(user_id: int, person: int) -> None:
    """Ties an account to a person for good; the same tie again changes nothing.

    Raises Refused where either is tied to another, and for an account that has ever held a duty: who is an officer and a
    resident has an account for each.
    """
    with transaction.atomic():
        for known in OwnPerson.objects.select_for_update().filter(user_id=user_id):
            if known.person == person:
                return
            raise _tied()
        if OwnPerson.objects.filter(person=person).exists():
            raise _tied()
        if Duty.objects.filter(user_id=user_id).exists():
            raise Refused(
                "this account holds or held duties of an officer",
                where="resident's account",
                todo="make an account of its own for the resident",
            )
        OwnPerson.objects.create(user_id=user_id, person=person)


def _tied() -> Refused:
    return Refused(
        "this account or this person is tied already",
        where="resident's account",
        todo="find out how the other tie came about; it is not changed here",
    )
