"""How a number is sealed: with the vault's own keys, bound to its person."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from enishi.platform.keys import FileKeys, SealingKeys


def keys() -> SealingKeys:
    """The vault's keys, in the folder `keys/numbers` of the installation."""
    return _keys_in(Path(settings.VAR) / "keys" / "numbers")


def whose(person: int) -> bytes:
    """What a sealed number is bound to: moved to another person's row it does not open."""
    return f"individual-number/{person}".encode()


def whose_code(person: int) -> bytes:
    """What a sealed resident code is bound to: neither another person's row nor a number's opens it."""
    return f"resident-code/{person}".encode()


@lru_cache(maxsize=4)
def _keys_in(folder: Path) -> FileKeys:
    return FileKeys(folder)
