"""The chain of a municipality's acts: each act's hash covers the act and the hash before it, so that none can be
altered, taken out or put in between without all later ones telling.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

BEGINNING = "0" * 64
"""What stands before a municipality's first act."""

COVERED = (
    "muni number kind manner article effective effective_latest effective_wording reported_on recorded_at actor "
    "reason key facts corrects persons"
).split()
"""What of an act the hash covers; `persons`: those whom it touches, ascending."""


def hash_of(act: Mapping[str, Any], previous: str) -> str:
    """SHA-256 (hex) of the previous hash and the act as canonical JSON (sorted keys, no spaces, ISO 8601 times)."""
    said = {name: act[name] for name in COVERED}
    text = _canonical(said)
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def around_number(act: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON of an act that has no number yet: what stands before the number, and behind it.

    For a database that numbers and hashes in one statement; together with the number it is what `hash_of` hashes.
    """
    parts = [
        {name: act[name] for name in COVERED if name < "number"},
        {name: act[name] for name in COVERED if name > "number"},
    ]
    before, behind = (_canonical(part) for part in parts)
    return f'{before[:-1]},"number":', f",{behind[1:]}"


def _plain(value: Any) -> str:
    return str(value.isoformat())


_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
).encode
