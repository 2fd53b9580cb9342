"""A municipality decides on its payments, and its accounting officer releases them: two people, once."""

from __future__ import annotations

from enishi.benefits.answers import MunicipalResult, ReleaseAll, ReleaseState


def release_states(actor: int, publication: int) -> list[ReleaseState]:
    raise NotImplementedError


def municipal_result(actor: int, publication: int, muni: str) -> MunicipalResult:
    raise NotImplementedError


def decide(actor: int, publication: int, muni: str, content_hash: str) -> ReleaseState:
    raise NotImplementedError


def release(actor: int, publication: int, muni: str, content_hash: str) -> ReleaseState:
    raise NotImplementedError


def release_all(actor: int, publication: int) -> ReleaseAll:
    raise NotImplementedError
