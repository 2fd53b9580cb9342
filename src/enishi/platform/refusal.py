"""The one refusal of disclosure, in the language of whoever is answered."""

from __future__ import annotations

from django.utils.translation import get_language

from enishi.kernel import refusal
from enishi.kernel.errors import Refused
from enishi.kernel.language import ENGLISH, JAPANESE


def not_disclosed() -> Refused:
    """`kernel.refusal.not_disclosed` in the active language; Japanese where it is neither of the two."""
    active = (get_language() or JAPANESE).partition("-")[0]
    return refusal.not_disclosed(ENGLISH if active == ENGLISH else JAPANESE)
