"""Why one person is paid or not."""

from __future__ import annotations

from enishi.benefits.answers import PersonDecision


def decision_of_person(actor: int, publication: int, muni: str, person: int, purpose: str) -> PersonDecision:
    raise NotImplementedError
