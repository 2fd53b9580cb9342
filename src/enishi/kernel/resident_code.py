"""The resident code (住民票コード): ten random digits and one check digit, changeable on request.

Source: Basic Resident Register Act (Act 81 of 1967), art. 7(xiii) and Enforcement Regulations, art. 1. The
formula of the check digit stands in a notice of its own (Ministry of Internal Affairs and Communications
Notice 436 of 2002), whose text was not at hand: only the shape is checked here, and a mistyped digit passes.
No message repeats a code.
"""

from __future__ import annotations

from enishi.kernel.digits import is_digits, plain_digits
from enishi.kernel.errors import BadInput

LENGTH = 11


def has_shape(code: str) -> bool:
    """Whether `code` is 11 ASCII digits. Not a proof that such a code exists."""
    return is_digits(code, LENGTH)


def provisional_check_digit(body: str) -> str:
    """The digit that ends a code made here: weights 2 to 7 from the right, modulo 11, as other numbers of the State have it.

    **Not the official formula**, whose text was not at hand (see above): it makes whole codes for a synthetic nation, and
    nothing may refuse a code for want of it. Raises BadInput where `body` is not ten ASCII digits.
    """
    if not is_digits(body, LENGTH - 1):
        raise BadInput(
            "the body of a resident code is 10 digits", where="resident code", todo="pass 10 digits"
        )
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    remainder = total % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def parse(code: str) -> str:
    """The 11 digits of a code as a person writes it: with spaces or hyphens, in full-width digits.

    Raises BadInput, never repeating the code.
    """
    digits = plain_digits(code)
    if not has_shape(digits):
        raise BadInput(
            "a resident code has 11 digits", where="resident code", todo="copy all 11 digits from the notice"
        )
    return digits
