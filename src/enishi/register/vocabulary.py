"""The closed lists of the register, each word as it stands in a snapshot (docs/snapshot.md) and in the
database.
"""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """Relationship to the head of household (続柄)."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    SPOUSE_CHILD = "spouse_child"
    GRANDCHILD = "grandchild"
    CHILD_SPOUSE = "child_spouse"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    NEPHEW_NIECE = "nephew_niece"
    COHABITANT = "cohabitant"


class Institution(StrEnum):
    """Institution in which a person lives as a household of one."""

    ELDER_HOME = "elder_home"
    HOSPITAL = "hospital"
    CHILD_HOME = "child_home"
    DORMITORY = "dormitory"
    PRISON = "prison"


class Entry(StrEnum):
    """How a person came on the register of a municipality."""

    BIRTH = "birth"
    FROM_ABROAD = "from_abroad"
    MOVE_IN = "move_in"


class Exit(StrEnum):
    """How a person left the register of a municipality."""

    DEATH = "death"
    ABROAD = "abroad"
    MOVE_OUT = "move_out"


class NameKind(StrEnum):
    """Kinds of names: registered name (氏名), former surname (旧氏), alias (通称), Latin name
    (ローマ字氏名).
    """

    REGISTERED = "registered"
    FORMER = "former"
    ALIAS = "alias"
    LATIN = "latin"
