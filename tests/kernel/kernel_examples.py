"""Worked examples that a lawyer can read: YAML files beside the tests, each example with its article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "examples"


def examples(name: str, section: str) -> list[Any]:
    """The examples of one section as pytest parameters, named after their `name` or first value."""
    rows = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))[section]
    assert rows, f"{name}.yaml has no example in {section}"
    return [pytest.param(row, id=str(row.get("name") or next(iter(row.values())))) for row in rows]
