"""The municipalities by code, as the register knows them."""

from __future__ import annotations

from enishi.benefits.answers import Town
from enishi.benefits.rules.payment import STATE
from enishi.benefits.wording import say
from enishi.register.services import municipalities


def towns() -> dict[str, Town]:
    """All municipalities, in the order of their codes."""
    return {
        row.muni: Town(
            row.muni, row.name, row.name_latin, row.prefecture, row.prefecture_name, row.prefecture_latin
        )
        for row in municipalities()
    }


def town_or_code(known: dict[str, Town], muni: str) -> Town:
    """A town; the State as a payer; or, for a code that the register does not have, the code in place of
    its name.
    """
    if muni == STATE:
        return Town(muni, say("国", "The State"), "The State", "", "", "")
    return known.get(muni) or Town(muni, muni, muni, muni[:2], "", "")
