"""The individual number (個人番号, "My Number"): 12 digits, the last of which checks the others.

Source: Ministry of Internal Affairs and Communications Order 85 of 2014, art. 5 (formula), under the My
Number Act (Act 27 of 2013), art. 8. No message of this module repeats a number: it is personal information by
itself.
"""

from __future__ import annotations

from enishi.kernel.digits import is_digits, plain_digits
from enishi.kernel.errors import BadInput

LENGTH = 12
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
"""Q_n of the formula, from the highest digit of the body (n = 11) to the lowest (n = 1)."""


def check_digit(body: str) -> str:
    """The check digit (検査用数字) of the 11 leading digits.

    Raises BadInput where they are not 11 ASCII digits.
    """
    if not is_digits(body, LENGTH - 1):
        raise BadInput(
            "the body of an individual number is 11 digits", where="individual number", todo="pass 11 digits"
        )
    remainder = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def is_valid(number: str) -> bool:
    """Whether `number` is 12 ASCII digits and the last one checks.

    Says nothing about whose it is, or if it is anyone's.
    """
    return is_digits(number, LENGTH) and check_digit(number[:-1]) == number[-1]


def parse(number: str) -> str:
    """The 12 digits of a number as people write it: in groups, with hyphens, in full-width digits.

    Raises BadInput, never repeating the number.
    """
    digits = plain_digits(number)
    if not is_digits(digits, LENGTH):
        raise BadInput(
            "an individual number has 12 digits",
            where="individual number",
            todo="copy all 12 digits from the card",
        )
    if not is_valid(digits):
        raise BadInput(
            "the last digit of the individual number does not fit the others",
            where="individual number",
            todo="compare each digit with the card: one of them is probably mistyped",
        )
    return digits
