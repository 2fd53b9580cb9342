"""The corporate number (法人番号): 13 digits, the first of which checks the others. It is public.

Source: Ministry of Finance Order 70 of 2014, art. 2 (formula; the remainder is that of the whole sum, though
its brackets can be read otherwise), under the My Number Act (Act 27 of 2013), art. 39. Taking a 0 for a 9
goes unnoticed: the formula works with remainders of 9.
"""

from __future__ import annotations

from enishi.kernel.digits import is_digits, plain_digits
from enishi.kernel.errors import BadInput

LENGTH = 13
WEIGHTS = (2, 1) * 6
"""Q_n of the formula, from the highest digit of the body (n = 12) to the lowest (n = 1)."""


def check_digit(body: str) -> str:
    """The check digit, 1 to 9, of the 12 digits that follow it.

    Raises BadInput where they are not 12 ASCII digits.
    """
    if not is_digits(body, LENGTH - 1):
        raise BadInput(
            f"the body of a corporate number is 12 digits, not {body!r}",
            where="corporate number",
            todo="pass the 12 digits after the check digit",
        )
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return str(9 - total % 9)


def is_valid(number: str) -> bool:
    """Whether `number` is 13 ASCII digits and the first one checks."""
    return is_digits(number, LENGTH) and check_digit(number[1:]) == number[0]


def parse(number: str) -> str:
    """The 13 digits of a number as written: in groups with spaces or hyphens, in full-width digits.

    Raises BadInput.
    """
    digits = plain_digits(number)
    if not is_digits(digits, LENGTH):
        raise BadInput(
            f"{number!r} is not a corporate number: it has 13 digits",
            where="corporate number",
            todo="copy all 13 digits from the register's publication site",
        )
    if not is_valid(digits):
        raise BadInput(
            f"the first digit of {digits} should be {check_digit(digits[1:])}",
            where="corporate number",
            todo="compare each digit: one of them is probably mistyped",
        )
    return digits
