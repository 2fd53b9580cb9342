"""What a complete run says, and where a failed one disagreed."""

from __future__ import annotations

from enishi.benefits.answers import Difference, Result


def result(actor: int, run: int) -> Result:
    raise NotImplementedError


def differences(actor: int, run: int) -> list[Difference]:
    raise NotImplementedError


def verify_run(actor: int, run: int) -> list[Difference]:
    raise NotImplementedError
