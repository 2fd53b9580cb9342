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
