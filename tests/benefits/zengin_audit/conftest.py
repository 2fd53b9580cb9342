"""A finished run made by hand, once for all tests of its audit, and a copy of it for a test that spoils it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benefits.zengin_audit.by_hand import finished_run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return finished_run(tmp_path_factory.mktemp("by-hand"))


@pytest.fixture
def run(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the run that a test may spoil."""
    return Path(shutil.copytree(made[0], tmp_path / "run"))


@pytest.fixture(scope="session")
def snapshot(made: tuple[Path, Path]) -> Path:
    return made[1]
