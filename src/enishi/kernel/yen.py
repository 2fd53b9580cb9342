"""Money: whole yen (円) in 64 bits with a sign.

A fraction, a float or a truth value is refused, never rounded.

Source: Currency Unit and Issuance of Coins Act (Act 42 of 1987), art. 2: the yen is the unit. 64 bits because
32 have lost billions silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType

from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose

Yen = NewType("Yen", int)

LOWEST = -(2**63)
HIGHEST = 2**63 - 1


def yen(amount: object) -> Yen:
    """`amount` as whole yen.

    Raises BadInput where it is no int (bool, float, str, Decimal ...) or leaves 64 bits.
    """
    if type(amount) is not int:
        raise BadInput(
            f"an amount of money must be a whole number of yen, not a {type(amount).__name__}",
            where="yen",
            todo="round by the rule of the programme first, then pass an int",
        )
    if not LOWEST <= amount <= HIGHEST:
        raise BadInput(
            f"{amount} yen does not fit in 64 bits",
            where="yen",
            todo="look for a sum that was multiplied twice",
        )
    return Yen(amount)


def total(amounts: Iterable[int]) -> Yen:
    """The sum of amounts, each of which and the whole fit in 64 bits. Raises BadInput."""
    return yen(sum(yen(amount) for amount in amounts))


def format_yen(amount: int, language: str) -> str:
    """`100,000円` in Japanese, `100,000 yen` in English; a minus sign before a negative amount.

    Raises BadInput.
    """
    digits = f"{yen(amount):,}"
    return choose(language, ja=f"{digits}円", en=f"{digits} yen")
