"""This room's words in the language of the page: both languages stand side by side in the code that says
them.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from enishi.kernel import reasons
from enishi.kernel.language import ENGLISH, JAPANESE, choose


def language() -> str:
    """`ja` or `en`: the language that is active; Japanese where none is."""
    active = (get_language() or JAPANESE).partition("-")[0]
    return active if active in (JAPANESE, ENGLISH) else JAPANESE


def say(ja: str, en: str) -> str:
    """The wording in the active language."""
    return choose(language(), ja=ja, en=en)


def of(texts: Mapping[str, str]) -> str:
    """One of a programme file's texts by language."""
    return texts[language()]


def reason(code: str) -> str:
    """A reason code in a few words."""
    return reasons.label(code, language())


def ground(code: str) -> str:
    """The law or ground on which a reason code rests."""
    return reasons.ground(code, language())
