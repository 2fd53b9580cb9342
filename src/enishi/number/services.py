"""The door of number/: issue, find, reveal. Law: My Number Act (Act 27 of 2013).

No message, log line or record of this room contains a number. Every `find` and `reveal` needs a decision
taken elsewhere by the law of the act at hand, and leaves a line in the read record, whatever came of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from enishi.kernel import individual_number
from enishi.kernel.errors import Refused
from enishi.number import vault
from enishi.number.models import SealedNumber
from enishi.platform.services import Reader, not_disclosed, read_as, read_many_as, record_refusal

__all__ = ["Decision", "find", "has_number", "issue", "load_numbers", "reveal"]

ITEM = ["individual_number"]
BODIES = 10**11


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law of an act says about one use of a number: `allowed`, and who uses it, for what, by which
    article.

    `article`: of the My Number Act, as `My Number Act 9(1)`; `on_behalf_of`, `muni`: as in the read record.
    """

    allowed: bool
    actor: str
    purpose: str
    article: str
    on_behalf_of: str = ""
    muni: str = ""

    @property
    def reader(self) -> Reader:
        return Reader(self.actor, self.purpose, self.article, self.on_behalf_of, self.muni)


def has_number(person: int) -> bool:
    """Whether a person has a number; says nothing about which."""
    return SealedNumber.objects.filter(person=person).exists()


@sensitive_variables()
def issue(person: int) -> None:
    """Generates a number that nobody has and seals it for a person (My Number Act arts. 7, 8).

    Random in its eleven digits (the system's own randomness), the twelfth is the check digit. Raises Refused
    where the person has one already.
    """
    while True:
        body = f"{secrets.randbelow(BODIES):011d}"
        number = body + individual_number.check_digit(body)
        try:
            with transaction.atomic():
                SealedNumber.objects.create(**_sealed(person, number))
        except IntegrityError:
            if has_number(person):
                raise Refused(
                    "this person has an individual number already",
                    where=f"person {person}",
                    todo="a number is changed only by its own act (My Number Act art. 7(2))",
                ) from None
        else:
            return


@sensitive_variables()
def find(number: str, decision: Decision) -> int | None:
    """The person who bears a number, or None. Raises Refused without an allowing decision, BadInput for no
    number.
    """
    _allowed(decision, None)
    index = vault.keys().blind_index(individual_number.parse(number).encode())
    found = read_many_as(
        decision.reader,
        ITEM,
        lambda: list(SealedNumber.objects.filter(blind_index=index).values_list("person", flat=True)),
        lambda person: person,
    )
    return found[0] if found else None


@sensitive_variables()
def reveal(person: int, decision: Decision) -> str:
    """A person's number in the clear. Raises Refused, in the same words, without an allowing decision, where the person's
    record is closed to the reader, and where there is none.
    """
    _allowed(decision, person)
    row = read_as(decision.reader, ITEM, person, lambda: SealedNumber.objects.filter(person=person).first())
    if row is None:
        raise not_disclosed()
    return vault.keys().open(row.key_version, bytes(row.sealed), vault.whose(person)).decode()


def load_numbers(folder: Path, progress: Callable[[str, int], object] | None = None) -> int:
    """Seals the numbers of a snapshot's `numbers/` files; returns how many this call sealed.

    Set-based, a file a transaction, resumable: a file that is sealed already is left alone. Raises BadInput
    for a file that is missing, altered or holds what is no number (naming the row, never its content),
    Refused where the vault holds another nation's numbers. `progress(file, rows)` is called after each file.
    """
    from enishi.number.engines.load import load

    return load(folder, progress)


def _allowed(decision: Decision, person: int | None) -> None:
    if not decision.allowed:
        record_refusal(decision.reader, ITEM, person)
        raise not_disclosed()


@sensitive_variables()
def _sealed(person: int, number: str) -> dict[str, int | bytes]:
    keys = vault.keys()
    version, sealed = keys.seal(number.encode(), vault.whose(person))
    return {
        "person": person,
        "key_version": version,
        "sealed": sealed,
        "blind_index": keys.blind_index(number.encode()),
    }
