"""What the command line does with files alone, without a database: run, verify, letters, shipped programmes."""

from __future__ import annotations

from enishi.benefits.engines.programme_files import shipped as shipped_programmes
from enishi.benefits.engines.run import run_programme
from enishi.benefits.engines.zengin_audit.run import audit as verify
from enishi.benefits.letters import make as print_letters

__all__ = ["print_letters", "run_programme", "shipped_programmes", "verify"]
