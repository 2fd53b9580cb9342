"""A name as the record keeps it, with the keys that a search compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from enishi.kernel.errors import BadInput
from enishi.register.rules.reports import NewName
from enishi.register.rules.search_key import search_key


def name_items(name: NewName) -> dict[str, Any]:
    """The items of a `PersonName`. Raises BadInput for a name without a character."""
    said = {column: value or None for column, value in asdict(name).items()}
    keys = search_keys(said)
    if not keys["key"]:
        raise BadInput("the name is empty", where="name", todo="enter the name as it is registered")
    reading = any(said[column] for column in ("surname_kana", "given_kana", "whole_kana"))
    return said | keys | {"kind": name.kind.value, "provenance": name.provenance.value if reading else None}


def search_keys(said: Mapping[str, Any]) -> dict[str, str]:
    """The search keys of a name: of what is written, and of its reading or, where none is known, of what is written."""
    written = said["whole"] or f"{said['surname'] or ''}{said['given'] or ''}"
    kana = said["whole_kana"] or f"{said['surname_kana'] or ''}{said['given_kana'] or ''}"
    return {"key": search_key(written), "kana_key": search_key(kana or written)}
