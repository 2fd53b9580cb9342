"""A municipality reads its own payments: held ones, letters, bank files."""

from __future__ import annotations

from pathlib import Path

from enishi.benefits.answers import Hold, Letter, Page, Volume


def holds(
    actor: int, publication: int, muni: str, reason: str = "", number: int = 1, size: int = 50
) -> Page[Hold]:
    raise NotImplementedError


def letter_list(actor: int, publication: int, muni: str, number: int = 1, size: int = 50) -> Page[Letter]:
    raise NotImplementedError


def letter_volumes(actor: int, publication: int, muni: str) -> tuple[Volume, ...]:
    raise NotImplementedError


def letters_pdf(actor: int, publication: int, muni: str, volume: int) -> Path:
    raise NotImplementedError


def bank_file(actor: int, publication: int, muni: str, name: str) -> Path:
    raise NotImplementedError
