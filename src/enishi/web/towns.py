"""Municipalities by name, for headers, titles and lists."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from enishi.register.services import municipalities

STATE = "STATE"
"""The payer of a programme that the State itself pays (docs/benefits-run.md), in place of a municipality's code."""


@dataclass(frozen=True)
class Place:
    """A municipality's code and names; of a code that the register does not have, the code stands for its name."""

    muni: str
    name: str
    name_latin: str
    prefecture_name: str
    prefecture_latin: str

    @property
    def in_words(self) -> str:
        """The name in the language of the page."""
        return self.name if (get_language() or "ja").startswith("ja") else self.name_latin


def place(muni: str) -> Place:
    """The municipality of a six-digit code; of `STATE`, the State."""
    if muni == STATE:
        return Place(STATE, "国", "The State", "", "")
    for row in municipalities():
        if row.muni == muni:
            return Place(muni, row.name, row.name_latin, row.prefecture_name, row.prefecture_latin)
    return Place(muni, muni, muni, "", "")


def known(muni: str) -> bool:
    """Whether the register has a municipality of this code."""
    return any(row.muni == muni for row in municipalities())
