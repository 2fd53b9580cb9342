"""What reads and writes a form of report or message as JSON: made once for each form, which takes longer than to use it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

_made: dict[Any, TypeAdapter[Any]] = {}


def form_of(form: Any) -> TypeAdapter[Any]:
    """The adapter of a dataclass."""
    found = _made.get(form)
    if found is None:
        found = _made[form] = TypeAdapter(form)
    return found
