"""Doors of the register that a page uses where they stand open: moves, what is due, support measures, statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from enishi.register import services as register


def door(name: str) -> Callable[..., Any] | None:
    """A function of the register's door by its name; None where this installation's register has none."""
    found: Callable[..., Any] | None = getattr(register, name, None)
    return found
