"""What the command line does with files alone, without a database: run, audit, letters, shipped programmes."""

from __future__ import annotations

from enishi.benefits.engines.programme_files import shipped as shipped_programmes
from enishi.benefits.engines.run import run_programme

__all__ = ["run_programme", "shipped_programmes"]
