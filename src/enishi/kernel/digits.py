"""Strings of digits as people write them, and as they are kept."""

from __future__ import annotations

_PLAIN = str.maketrans("０１２３４５６７８９", "0123456789", " \u3000-‐‑–—―−－ー")


def plain_digits(text: str) -> str:
    """`text` with full-width digits narrowed and the spaces and hyphens between groups removed.

    Other signs stay.
    """
    return text.translate(_PLAIN)


def is_digits(text: str, length: int) -> bool:
    """Whether `text` is exactly `length` ASCII digits; full-width and other scripts' digits do not count."""
    return len(text) == length and text.isascii() and text.isdigit()
