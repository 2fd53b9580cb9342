"""Individual number and resident code on a certificate: out of the vault by the certificate's article, each time recorded
there; masked in a preview and in what another municipality is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from enishi.number.services import Decision, has_code, has_number, reveal, reveal_code
from enishi.platform.services import Reader
from enishi.register.certificate_judging import ground_of
from enishi.register.certificate_sheet import CODE_MASK, NUMBER_MASK, Secrets
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.certificates import Asked, Certificate, Item, Permit

MASKED = Secrets(
    lambda person: NUMBER_MASK if has_number(person) else "",
    lambda person: CODE_MASK if has_code(person) else "",
)


def check_secrets(asked: Asked, persons: Iterable[int]) -> None:
    """Raises Denied where somebody has no number or code that was switched on; a move-out certificate says that it is absent."""
    if asked.kind is Certificate.MOVE_OUT:
        return
    people = list(persons)
    if Item.NUMBER in asked.says and not all(map(has_number, people)):
        raise Denied(Reason.NO_NUMBER)
    if Item.CODE in asked.says and not all(map(has_code, people)):
        raise Denied(Reason.NO_CODE)


def secrets_by(reader: Reader, asked: Asked, granted: Permit) -> Secrets:
    """How the sheet gets them in the clear, each by its own article, and out of the vault once."""

    def out_of_vault(
        has: Callable[[int], bool], give: Callable[[int, Decision], str], article: str
    ) -> Callable[[int], str]:
        ground = ground_of(reader, asked)
        decision = Decision(
            bool(article),
            ground.actor,
            ground.purpose,
            article or granted.article,
            ground.on_behalf_of,
            ground.muni,
        )
        return cache(lambda person: give(person, decision) if has(person) else "")

    return Secrets(
        out_of_vault(has_number, reveal, granted.number_article),
        out_of_vault(has_code, reveal_code, granted.code_article),
    )
