"""Heads of households, and what everybody else is to them.

The head (世帯主) is usually the husband or the older earner; an old parent yields to a grown child, or
keeps the house as a grandfather. Relations follow the Resident Record Processing Guidelines' wording
(世帯主との続柄) in the terms of docs/snapshot.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from enishi.nation.draws import places, shuffled
from enishi.nation.households import (
    CHILD,
    COHABITANT,
    ELDER,
    ELDER_SPOUSE,
    ELDEST,
    FATHER_AGES,
    GREAT,
    HUSBAND,
    LONE,
    ROLES,
    SIBLING,
    SOLO,
    STEP,
    WIFE,
    YEAR,
    Draft,
    Int64s,
)

Int8s = npt.NDArray[np.int8]

RELATIONS = (
    "head",
    "spouse",
    "child",
    "spouse_child",
    "grandchild",
    "child_spouse",
    "parent",
    "parent_in_law",
    "grandparent",
    "sibling",
    "nephew_niece",
    "cohabitant",
)
(
    HEAD,
    SPOUSE,
    A_CHILD,
    SPOUSE_CHILD,
    GRANDCHILD,
    CHILD_SPOUSE,
    PARENT,
    PARENT_IN_LAW,
    GRANDPARENT,
    A_SIBLING,
    NEPHEW_NIECE,
    A_COHABITANT,
) = range(12)

KINDS = ("solo", "lone", "husband", "wife", "eldest", "elder")
"""Which member heads the household. The last three columns of HEADED are those of households with the
wife's elder.
"""
(
    ALONE,
    LONE_HEAD,
    HUSBAND_HEAD,
    WIFE_HEAD,
    ELDEST_HEAD,
    ELDER_HEAD,
    HUSBAND_HEAD_W,
    WIFE_HEAD_W,
    ELDER_HEAD_W,
) = range(9)

_ROWS: dict[int, tuple[int, ...]] = {
    # role:        alone,     lone,      husband,       wife,          eldest,    elder,        the same with wife's elder
    SOLO: (HEAD, HEAD, HEAD, HEAD, HEAD, HEAD, HEAD, HEAD, HEAD),
    HUSBAND: (HEAD, HEAD, HEAD, SPOUSE, PARENT, A_CHILD, HEAD, SPOUSE, CHILD_SPOUSE),
    WIFE: (HEAD, HEAD, SPOUSE, HEAD, PARENT, CHILD_SPOUSE, SPOUSE, HEAD, A_CHILD),
    LONE: (HEAD, HEAD, HEAD, HEAD, PARENT, HEAD, HEAD, HEAD, HEAD),
    CHILD: (A_CHILD, A_CHILD, A_CHILD, A_CHILD, A_SIBLING, GRANDCHILD, A_CHILD, A_CHILD, GRANDCHILD),
    ELDEST: (A_CHILD, A_CHILD, A_CHILD, A_CHILD, HEAD, GRANDCHILD, A_CHILD, A_CHILD, GRANDCHILD),
    STEP: (A_CHILD, A_CHILD, SPOUSE_CHILD, A_CHILD, A_SIBLING, GRANDCHILD, SPOUSE_CHILD, A_CHILD, GRANDCHILD),
    ELDER: (PARENT, PARENT, PARENT, PARENT_IN_LAW, PARENT, HEAD, PARENT_IN_LAW, PARENT, HEAD),
    ELDER_SPOUSE: (PARENT, PARENT, PARENT, PARENT_IN_LAW, PARENT, SPOUSE, PARENT_IN_LAW, PARENT, SPOUSE),
    GREAT: (GRANDPARENT,) * 9,
    SIBLING: (A_SIBLING,) * 9,
    COHABITANT: (A_COHABITANT,) * 9,
}  # fmt: skip
HEADED = np.array([_ROWS[role] for role in range(len(ROLES))], dtype=np.int8)

STEP_FAMILIES = 0.015
STEP_GAP = 17 * YEAR


def appoint(rng: np.random.Generator, draft: Draft) -> tuple[Int8s, Int8s]:
    """Relation to the head (index into RELATIONS) of everybody, and by root who heads the household
    (HEADED's columns).

    Stepchildren are marked in `draft.role`; orphans come out as solo, for `adopt` to place.
    """
    kind = np.zeros(draft.size, dtype=np.int8)
    wives = np.nonzero(draft.partner >= 0)[0]
    husbands = draft.partner[wives]
    _step_families(rng, draft, wives)
    u = rng.random((2, len(wives)), dtype=np.float32)
    wife_leads = u[0] < np.where(draft.age[wives] - draft.age[husbands] > 4, 0.30, 0.06)
    kind[wives] = np.where(wife_leads, WIFE_HEAD, HUSBAND_HEAD)
    elder = draft.elder[wives]
    with_elder = elder >= 0
    her = draft.wifes_elder[wives]
    elder_age = np.where(with_elder, draft.age[elder], 200.0)
    vigorous = np.where(draft.sex[elder] == 0, 0.75, 0.3) * np.clip((92 - elder_age) / 25, 0, 1)
    elder_leads = with_elder & ~draft.crowded[wives] & (u[1] < vigorous)
    kind[wives[elder_leads]] = ELDER_HEAD
    beside = with_elder & her
    kind[wives[beside]] += np.where(
        elder_leads[beside], ELDER_HEAD_W - ELDER_HEAD, HUSBAND_HEAD_W - HUSBAND_HEAD
    )
    lone = np.nonzero(draft.role == LONE)[0]
    kind[lone] = LONE_HEAD
    _yield_to_children(rng, draft, wives[~with_elder], 72, 0.25, kind)
    _yield_to_children(rng, draft, lone, 70, 0.55, kind)
    return HEADED[draft.role, kind[draft.root]], kind


def _step_families(rng: np.random.Generator, draft: Draft, wives: Int64s) -> None:
    """The wife's children where the husband is too young to be their father, and in some other families."""
    children = np.nonzero(draft.role == CHILD)[0]
    mothers = draft.root[children]
    husbands = draft.partner[mothers]
    hers = np.zeros(draft.size, dtype=np.bool_)
    hers[wives[rng.random(len(wives), dtype=np.float32) < STEP_FAMILIES]] = True
    too_young = draft.birth[children] - draft.birth[husbands] < STEP_GAP
    draft.role[children[(husbands >= 0) & (hers[mothers] | too_young)]] = STEP


def _yield_to_children(
    rng: np.random.Generator, draft: Draft, parents: Int64s, age: float, chance: float, kind: Int8s
) -> None:
    eldest = draft.eldest[parents]
    old = (eldest >= 0) & (draft.age[parents] >= age) & (draft.age[eldest] >= 35)
    chosen = parents[old & (rng.random(len(parents), dtype=np.float32) < chance)]
    kind[chosen] = ELDEST_HEAD
    draft.role[draft.eldest[chosen]] = ELDEST


def adopt(rng: np.random.Generator, draft: Draft, relation: Int8s) -> None:
    """Homes for minors whom no parent of fitting age was found for, which happens in small places.

    First choice: a lone man or woman of fitting age without children, then any head: as grandchild from 40
    years' difference, else as nephew or niece; then a home for children. Persons of withheld age
    take nobody in. Changes `draft` and `relation` in place.
    """
    orphans = np.nonzero(draft.orphan)[0]
    if not len(orphans):
        return
    crowd = np.bincount(draft.root, minlength=draft.size)
    heads = np.nonzero((relation == HEAD) & (draft.institution < 0) & (draft.age >= 20) & ~draft.orphan)[0]
    heads = heads[heads < draft.known]
    unit = draft.unit[orphans]
    parents = heads[(crowd[heads] == 1) & (draft.role[heads] == SOLO) & (draft.age[heads] < 70)]
    parents = parents[shuffled(rng, draft.unit[parents])]
    first = np.searchsorted(draft.unit[parents], np.arange(draft.units + 1))
    place = first[unit] + places(unit)
    there = place < first[unit + 1]
    found = np.full(len(orphans), -1, dtype=np.int64)
    found[there] = parents[place[there]]
    gap = draft.birth[orphans] - draft.birth[found]
    found[(gap <= FATHER_AGES[0]) | (gap >= 48 * YEAR)] = -1
    draft.role[found[found >= 0]] = LONE
    how = np.full(len(orphans), A_CHILD, dtype=np.int8)
    first = np.searchsorted(draft.unit[heads], np.arange(draft.units + 1))
    size = first[unit + 1] - first[unit]
    rest = np.nonzero((found < 0) & (size > 0))[0]
    for _ in range(4):
        if not len(rest):
            break
        own = unit[rest]
        head = heads[first[own] + (rng.random(len(rest)) * size[rest]).astype(np.int64)]
        years = draft.age[head] - draft.age[orphans[rest]]
        fits = years > 15
        found[rest[fits]] = head[fits]
        how[rest[fits]] = np.where(years[fits] >= 40, GRANDCHILD, NEPHEW_NIECE)
        rest = rest[~fits]
    home = found >= 0
    draft.root[orphans[home]] = draft.root[found[home]]
    relation[orphans[home]] = how[home]
    draft.role[orphans[home]] = CHILD
    draft.institution[orphans[~home]] = 2
