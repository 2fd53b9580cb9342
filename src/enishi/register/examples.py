"""Whom a demonstration signs in as: ids of synthetic persons who fit a story, and nothing else of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from enishi.kernel.ages import is_aged
from enishi.register.models import Membership, Particulars, Residence
from enishi.register.people import protected_among

HEAD, FAMILY = "head", ["child", "child", "head", "spouse"]
ADULT = 18


def example_family(munis: Sequence[str], on: date) -> tuple[str, int] | None:
    """Municipality and head of the first household of four, two of them children below 18 on a day, in the first of the
    municipalities that has one; None for none.
    """
    for muni in munis:
        homes: dict[int, list[tuple[int, str]]] = {}
        rows = Membership.objects.as_of(on).filter(muni=muni).order_by("household", "person")
        for household, person, relation in rows.values_list("household", "person", "relation"):
            homes.setdefault(household, []).append((person, relation))
        for home in homes.values():
            if sorted(relation for _, relation in home) != FAMILY:
                continue
            births = _births(muni, [person for person, _ in home])
            children = [person for person, relation in home if relation == "child"]
            everybody = [person for person, _ in home]
            if protected_among(everybody) or any(is_aged(births[one], ADULT, on) for one in children):
                continue
            return muni, next(person for person, relation in home if relation == HEAD)
    return None


def example_protected(on: date) -> tuple[str, int] | None:
    """Municipality and id of the first grown-up resident under support measures; None where there is none."""
    residents = Residence.objects.as_of(on).order_by("muni", "person").values_list("muni", "person")
    for few in _by_few(residents.iterator()):
        protected = protected_among([person for _, person in few])
        for muni, person in few:
            if person in protected and is_aged(_births(muni, [person])[person], ADULT, on):
                return muni, person
    return None


def _births(muni: str, persons: Sequence[int]) -> dict[int, date]:
    rows = Particulars.objects.believed().filter(muni=muni, person__in=persons)
    return dict(rows.values_list("person", "birth_date"))


def _by_few(rows: Iterable[tuple[str, int]], size: int = 500) -> Iterable[list[tuple[str, int]]]:
    few: list[tuple[str, int]] = []
    for row in rows:
        few.append(row)
        if len(few) == size:
            yield few
            few = []
    if few:
        yield few
