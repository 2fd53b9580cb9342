"""Relationship to the head of household (続柄) as a path of steps, as the standard keeps it in up to four codes.

`child.spouse` is the spouse of the child (子の妻), `spouse.child` the child of the spouse (妻の子). How a step is
worded depends on the sex of whom it leads to.
"""

from __future__ import annotations

from enum import StrEnum

from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose
from enishi.register.vocabulary import Relation

MOST_STEPS = 4
HEAD = "head"


class Step(StrEnum):
    """One step from a person to a relative, or what stands where there is none."""

    HEAD = "head"
    SPOUSE = "spouse"
    UNMARRIED_SPOUSE = "unmarried"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    RELATIVE = "relative"
    COHABITANT = "cohabitant"


ALONE = (Step.HEAD, Step.RELATIVE, Step.COHABITANT)
"""Steps that are a whole path."""

WORDS: dict[Step, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    Step.HEAD: (("世帯主", "head"), ("世帯主", "head"), ("世帯主", "head")),
    Step.SPOUSE: (("配偶者", "spouse"), ("夫", "husband"), ("妻", "wife")),
    Step.UNMARRIED_SPOUSE: (
        ("未届の配偶者", "spouse (not registered)"),
        ("夫（未届）", "husband (not registered)"),
        ("妻（未届）", "wife (not registered)"),
    ),
    Step.CHILD: (("子", "child"), ("子", "son"), ("子", "daughter")),
    Step.PARENT: (("父母", "parent"), ("父", "father"), ("母", "mother")),
    Step.SIBLING: (("兄弟姉妹", "sibling"), ("兄弟", "brother"), ("姉妹", "sister")),
    Step.RELATIVE: (("縁故者", "relative"), ("縁故者", "relative"), ("縁故者", "relative")),
    Step.COHABITANT: (("同居人", "cohabitant"), ("同居人", "cohabitant"), ("同居人", "cohabitant")),
}
"""Step -> (Japanese, English) for sex unsaid (0), male (1), female (2), as in ISO/IEC 5218."""

PATHS: dict[Relation, str] = {
    Relation.HEAD: "head",
    Relation.SPOUSE: "spouse",
    Relation.CHILD: "child",
    Relation.SPOUSE_CHILD: "spouse.child",
    Relation.GRANDCHILD: "child.child",
    Relation.CHILD_SPOUSE: "child.spouse",
    Relation.PARENT: "parent",
    Relation.PARENT_IN_LAW: "spouse.parent",
    Relation.GRANDPARENT: "parent.parent",
    Relation.SIBLING: "sibling",
    Relation.NEPHEW_NIECE: "sibling.child",
    Relation.COHABITANT: "cohabitant",
}
"""The words of a snapshot (docs/snapshot.md) and their paths."""

_WORD_OF = {path: word for word, path in PATHS.items()}


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path. Raises BadInput for what is no path: unknown, too long, or a step that stands alone in company."""
    try:
        steps = tuple(Step(step) for step in path.split("."))
    except ValueError as error:
        raise _no_path(path) from error
    if len(steps) > MOST_STEPS or (len(steps) > 1 and any(step in ALONE for step in steps)):
        raise _no_path(path)
    return steps


def word_of(path: str) -> Relation:
    """The snapshot's word for a path; what a snapshot has no word for is a cohabitant there."""
    return _WORD_OF.get(path, Relation.COHABITANT)


def worded(path: str, sex: int, language: str) -> str:
    """A path in words of a language, `sex` being that of whom it leads to (ISO/IEC 5218). Raises BadInput."""
    *before, last = steps_of(path)
    words = [WORDS[step][0] for step in before] + [WORDS[last][sex if sex in (1, 2) else 0]]
    return choose(language, ja="の".join(ja for ja, _ in words), en="'s ".join(en for _, en in words))


def _no_path(path: str) -> BadInput:
    return BadInput(
        f"{path!r} is no relationship to the head of a household",
        where="relation",
        todo=f"give up to {MOST_STEPS} of {', '.join(Step)}, joined by full stops; head, relative and cohabitant alone",
    )
