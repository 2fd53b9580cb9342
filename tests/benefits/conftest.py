"""A nation for the tests that need one: built once a session."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def nation_of_20_000(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from enishi.nation.build import build_nation

    folder = tmp_path_factory.mktemp("nation") / "nation"
    build_nation(20_000, 1, date(2020, 4, 27), folder, workers=1)
    return folder
