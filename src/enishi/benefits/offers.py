"""Shipped programmes as the pages read them: checked once for each text that their file has had."""

from __future__ import annotations

from functools import lru_cache

from enishi.benefits.engines import programme_files
from enishi.benefits.rules.programme import Programme


def offer(name: str) -> tuple[Programme, str]:
    """(the checked programme, SHA-256 of its file) by the name of a shipped one, or a file.

    Raises BadInput.
    """
    return _checked(name, programme_files.text_of(name)[1])


@lru_cache(maxsize=32)
def _checked(name: str, text: str) -> tuple[Programme, str]:
    return programme_files.load(name)
