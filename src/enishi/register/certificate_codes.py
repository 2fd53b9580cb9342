"""Verification codes of certificates: 100 bits that nobody guesses, made from the certificate's number and a key.

The code stands on the paper only. The table holds a keyed hash of it, so that a stolen table gives no code, and the key
makes the same code again when the same page is printed again.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from django.conf import settings

from enishi.platform.keys import FileKeys, SealingKeys

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are read as other signs (Crockford's base 32)."""

LENGTH = 20
BITS = 5
GROUP = 4
_MISREAD = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2010": None, "\u2212": None, "ー": None}
)


def keys() -> SealingKeys:
    """The keys of certificates, in the folder `keys/certificates` of the installation."""
    return _keys_in(Path(settings.VAR) / "keys" / "certificates")


def code_of(office: str, serial: int) -> str:
    """The code of a certificate: 20 signs, 100 bits."""
    number = int.from_bytes(keys().blind_index(f"certificate-code/{office}/{serial}".encode()))
    return "".join(ALPHABET[number >> (BITS * place) & 31] for place in range(LENGTH))


def hash_of(office: str, code: str) -> bytes:
    """What the table holds in place of a code."""
    return keys().blind_index(f"certificate-lookup/{office}/{code}".encode())


def shown(office: str, code: str) -> str:
    """Code with the office's number before it, in groups: `131016-7K2M-....`."""
    groups = [code[start : start + GROUP] for start in range(0, len(code), GROUP)]
    return "-".join([office, *groups])


def parse(text: str) -> tuple[str, str] | None:
    """(office, code) of what somebody typed: in any case and width, with or without hyphens, O for 0, I or L for 1.

    None for what no certificate can bear.
    """
    plain = normalize("NFKC", text[:200]).upper().translate(_MISREAD)
    office, code = plain[:6], plain[6:]
    if len(code) != LENGTH or set(code) - set(ALPHABET) or set(office) - set("0123456789"):
        return None
    return office, code


@lru_cache(maxsize=4)
def _keys_in(folder: Path) -> FileKeys:
    return FileKeys(folder)
