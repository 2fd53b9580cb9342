"""What somebody probably is to a new head of household, from what both were to the former one. A suggestion only."""

from __future__ import annotations

from enishi.register.terms import relation_words
from enishi.web.wording import japanese

OFFERED = (
    "spouse",
    "unmarried",
    "child",
    "spouse.child",
    "child.spouse",
    "child.child",
    "parent",
    "spouse.parent",
    "parent.parent",
    "sibling",
    "spouse.sibling",
    "sibling.child",
    "relative",
    "cohabitant",
)
"""Relationships that a resident may choose from; an officer knows more."""

_SEEN_FROM: dict[str, dict[str, str]] = {
    "spouse": {
        "head": "spouse",
        "child": "child",
        "spouse.child": "child",
        "parent": "spouse.parent",
        "spouse.parent": "parent",
        "sibling": "spouse.sibling",
        "child.spouse": "child.spouse",
        "child.child": "child.child",
    },
    "child": {
        "head": "parent",
        "spouse": "parent",
        "child": "sibling",
        "child.spouse": "spouse",
        "child.child": "child",
        "parent": "parent.parent",
    },
    "parent": {
        "head": "child",
        "spouse": "child.spouse",
        "parent": "spouse",
        "child": "child.child",
        "sibling": "child",
        "spouse.child": "child.child",
    },
    "sibling": {"head": "sibling", "sibling": "sibling", "parent": "parent", "child": "sibling.child"},
    "child.spouse": {
        "child": "spouse",
        "child.child": "child",
        "head": "spouse.parent",
        "spouse": "spouse.parent",
    },
    "spouse.parent": {"spouse": "child", "head": "child.spouse", "child": "child.child"},
    "child.child": {
        "child": "parent",
        "child.child": "sibling",
        "head": "parent.parent",
        "spouse": "parent.parent",
    },
}


def suggested(new_head: str, other: str) -> str:
    """What `other` is to the new head, both being paths to the former head; blank where it cannot be told."""
    if new_head == "head":
        return other
    return _SEEN_FROM.get(new_head, {}).get(other, "")


def choices(sex: int) -> list[tuple[str, str]]:
    """The relationships offered for somebody of a sex, in the page's language."""
    language = "ja" if japanese() else "en"
    return [(path, relation_words(path, sex, language)) for path in OFFERED]
