"""Births, deaths and what else the family register notifies (art. 9(2)): the resident record follows ex officio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import facts
from enishi.register.acts.performing import Report, Seat, perform, residence_on, seat, standing
from enishi.register.models import Act, Address, Fact, Membership, Particulars, PersonName, Residence
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.search_key import search_key
from enishi.register.vocabulary import Entry, Exit, NameKind, Provenance

ENDING: tuple[type[Fact], ...] = (Membership, Address)
"""The groups that end with the residence."""


@dataclass(frozen=True, slots=True)
class NewName:
    """A name as it is entered. `whole` of an alias or Latin name, else `surname` and `given`; with their readings."""

    kind: NameKind
    surname: str = ""
    given: str = ""
    surname_kana: str = ""
    given_kana: str = ""
    whole: str = ""
    whole_kana: str = ""
    provenance: Provenance = Provenance.FILED

    def items(self) -> dict[str, Any]:
        """The items of a `PersonName`, with the keys that a search compares."""
        said = {name: value or None for name, value in asdict(self).items()}
        written = self.whole or f"{self.surname}{self.given}"
        kana = self.whole_kana or f"{self.surname_kana}{self.given_kana}"
        if not written:
            raise BadInput("the name is empty", where="name", todo="enter the name as it is registered")
        return said | {
            "kind": self.kind.value,
            "provenance": self.provenance.value if kana else None,
            "key": search_key(written),
            "kana_key": search_key(kana or written),
        }


def birth(
    report: Report, sex: int, name: NewName, parent: int, relation: str, born: PartialDate | None = None
) -> int:
    """A child's record, ex officio on the notice of the family register. Returns the number of the act.

    The child lives where `parent` does and joins that household with `relation` to its head. `born`: where the day of birth
    is not the day of the act. The child is the other person whom the act touches. Raises BadInput and Refused.
    """
    born = born or report.effective
    if born.earliest > report.today:
        raise Refused("the child is not born yet", where="date of birth", todo="check the date of birth")
    items = name.items()
    said = {"parent": parent, "relation": relation, "sex": sex}

    def work(act: Act, child: int) -> None:
        with_parent = residence_on(report.muni, parent, report.day)
        home = standing(Address, report.muni, parent, report.day)
        place = standing(Membership, report.muni, parent, report.day)
        facts.begin(
            act,
            Particulars,
            child,
            None,
            birth_date=born.earliest,
            birth_latest=born.latest,
            birth_wording=born.wording,
            sex=sex,
        )
        facts.begin(act, PersonName, child, None, **items)
        facts.begin(act, Residence, child, report.day, with_parent.until, entry=Entry.BIRTH.value)
        facts.begin(act, Address, child, report.day, home.until, **facts.items_of(home))
        facts.begin(
            act, Membership, child, report.day, place.until, household=place.household, relation=relation
        )

    return perform(Kind.BIRTH, report, [parent], said, work, newcomers=1)


def leave(
    kind: Kind, report: Report, person: int, way: Exit, seats: Sequence[Seat] = (), **items: Any
) -> int:
    """Ends a person's residence: death, adjudication of disappearance, erasure. Returns the number of the act.

    The day of the act is the last on the register for a death (`until` is the day after), else the first no longer on
    it. `seats`: the new places of those left behind. Raises Refused.
    """
    first_day_gone = report.day + timedelta(days=1) if way is Exit.DEATH else report.day

    def work(act: Act) -> None:
        stay = residence_on(report.muni, person, report.day)
        for group in ENDING:
            facts.end(act, standing(group, report.muni, person, report.day), first_day_gone)
        seat(act, seats, first_day_gone)
        facts.end(act, stay, first_day_gone, exit=way.value, **items)

    said = {"person": person, "way": way.value, "seats": [asdict(one) for one in seats]}
    return perform(kind, report, [person, *(one.person for one in seats)], said, work)


def rename(report: Report, person: int, name: NewName) -> int:
    """A name that the family register notifies, of one kind, from the day of the act on. Returns the act's number."""
    items = name.items()

    def work(act: Act) -> None:
        residence_on(report.muni, person, report.day)
        rows = PersonName.objects.believed().filter(muni=report.muni, person=person, kind=name.kind.value)
        if rows.filter(since__gt=report.day).exists():
            raise Refused(
                "a later change of this name is entered already",
                where=f"person {person}",
                todo="correct that act first; acts come in order",
            )
        standing_name = rows.on(report.day).first()
        if standing_name is None:
            facts.begin(act, PersonName, person, report.day, **items)
        else:
            facts.change(act, standing_name, report.day, **items)

    said = {name_: str(value) for name_, value in asdict(name).items() if value}
    return perform(Kind.FAMILY_REGISTER, report, [person], said, work)
