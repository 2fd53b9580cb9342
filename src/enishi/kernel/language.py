"""The two languages in which everything that a person reads is kept: Japanese and English."""

from __future__ import annotations

from enishi.kernel.errors import BadInput

JAPANESE = "ja"
ENGLISH = "en"


def choose(language: str, *, ja: str, en: str) -> str:
    """The wording in `language`: "ja" or "en", a region after it ("en-gb") is ignored.

    Raises BadInput for others.
    """
    primary = language.lower().replace("_", "-").partition("-")[0]
    if primary == JAPANESE:
        return ja
    if primary == ENGLISH:
        return en
    raise BadInput(f"there is no wording in language {language!r}", where="language", todo="use ja or en")
