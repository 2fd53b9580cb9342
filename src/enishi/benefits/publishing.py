"""Programmes made known, municipalities that take part, and results published: each once."""

from __future__ import annotations

from enishi.benefits.answers import AdoptionState, Programme, Publication


def programmes(actor: int) -> list[Programme]:
    raise NotImplementedError


def programme(actor: int, name: str, cycle: int) -> Programme:
    raise NotImplementedError


def publish_programme(actor: int, name: str, sha256: str) -> Programme:
    raise NotImplementedError


def adoptions(actor: int, name: str, cycle: int) -> list[AdoptionState]:
    raise NotImplementedError


def adopt(actor: int, name: str, cycle: int, muni: str) -> None:
    raise NotImplementedError


def adopt_all(actor: int, name: str, cycle: int) -> int:
    raise NotImplementedError


def publish_run(actor: int, run: int) -> Publication:
    raise NotImplementedError


def publications(actor: int) -> list[Publication]:
    raise NotImplementedError


def publication(actor: int, number: int) -> Publication:
    raise NotImplementedError
