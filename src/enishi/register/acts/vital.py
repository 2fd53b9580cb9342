"""Births, ends of residence other than by a move, and what the family register notifies (art. 9(2)): the resident record
follows ex officio.
"""

from __future__ import annotations

from datetime import timedelta

from enishi.kernel.errors import BadInput, Refused
from enishi.register import facts
from enishi.register.acts.addressees import number_for
from enishi.register.acts.naming import name_items
from enishi.register.acts.performing import (
    act_of,
    domicile_items,
    perform,
    residence_on,
    seat,
    standing,
    status_items,
    touched_by,
)
from enishi.register.models import (
    Act,
    Address,
    Domicile,
    ForeignStatus,
    Membership,
    Particulars,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import FAMILY_MATTERS, Birth, FamilyNotice, Leaving, Report, TakingBack
from enishi.register.vocabulary import Entry, Exit, NameKind, Provenance

LEAVING = {
    Kind.DEATH: Exit.DEATH,
    Kind.DISAPPEARANCE: Exit.DISAPPEARANCE,
    Kind.ERASURE: Exit.EX_OFFICIO,
}
"""The acts that end a residence other than by a move, and what the record says of each end."""

UNDONE = {Kind.DISAPPEARANCE_REVERSED: Kind.DISAPPEARANCE, Kind.RESTORATION: Kind.ERASURE}
"""The acts that take another back, and which."""


def birth(report: Report, said: Birth) -> int:
    """A child's record, ex officio on the notice of the family register. Returns the number of the act.

    The child is the other person whom the act touches. Raises BadInput and Refused.
    """
    born = said.born or report.effective
    if born.earliest > report.today:
        raise Refused("the child is not born yet", where="date of birth", todo="check the date of birth")
    name = name_items(said.name)

    def work(act: Act, child: int) -> None:
        with_parent = residence_on(report.muni, said.parent, report.day)
        home = standing(Address, report.muni, said.parent, report.day)
        place = standing(Membership, report.muni, said.parent, report.day)
        number_for(act, child)
        facts.begin(
            act,
            Particulars,
            child,
            None,
            birth_date=born.earliest,
            birth_latest=born.latest,
            birth_wording=born.wording,
            sex=said.sex,
        )
        facts.begin(act, PersonName, child, None, **name)
        facts.begin(act, Residence, child, report.day, with_parent.until, entry=Entry.BIRTH.value)
        facts.begin(
            act, Address, child, report.day, home.until, **(facts.items_of(home) | {"settled_on": None})
        )
        facts.begin(
            act, Membership, child, report.day, place.until, household=place.household, relation=said.relation
        )
        if said.domicile is not None:
            facts.begin(act, Domicile, child, None, **domicile_items(said.domicile))
        if said.foreign is not None:
            facts.begin(act, ForeignStatus, child, None, **status_items(said.foreign))

    return perform(report, said, [said.parent], work, newcomers=1)


def leave(report: Report, said: Leaving) -> int:
    """Ends a person's residence. Returns the number of the act. Raises BadInput for another kind, Refused."""
    if said.kind not in LEAVING:
        raise BadInput(
            "this act ends no residence", where="act", todo="choose death, disappearance or erasure"
        )
    gone = report.day + timedelta(days=1) if said.kind is Kind.DEATH else report.day
    if report.day > report.today:
        raise Refused(f"{report.day} has not come", where="day of the act", todo="check the day of the act")

    def work(act: Act) -> None:
        stay = residence_on(report.muni, said.person, report.day)
        for group in (Membership, Address):
            facts.end(act, standing(group, report.muni, said.person, report.day), gone)
        items = StatusItem.objects.believed().filter(muni=report.muni, person=said.person)
        for item in items.exclude(until__lte=gone):
            facts.end(act, item, gone)
        seat(act, said.seats, gone)
        facts.end(act, stay, gone, exit=LEAVING[said.kind].value)

    return perform(report, said, [said.person, *(one.person for one in said.seats)], work)


def restore(report: Report, said: TakingBack) -> int:
    """Takes back an adjudication of disappearance or an erasure: the record goes on as if it had never been.

    Returns the number of the act. Raises BadInput for another kind, Refused where no such act is to be taken back.
    """
    if said.kind not in UNDONE:
        raise BadInput("this act takes nothing back", where="act", todo="choose reversal or restoration")
    earlier = act_of(report.muni, said.act, UNDONE[said.kind])

    def work(act: Act) -> None:
        facts.take_back(act, earlier.number)

    return perform(report, said, touched_by(earlier), work, corrects=earlier.number)


def family_notice(report: Report, said: FamilyNotice) -> int:
    """What the family register notifies: names, registered domiciles, relationships, from the day of the act on.

    Returns the number of the act. Raises BadInput for another matter or no change, Refused.
    """
    if said.matter not in FAMILY_MATTERS:
        raise BadInput(
            f"{said.matter!r} is no matter of the family register",
            where="matter",
            todo=f"choose of {', '.join(FAMILY_MATTERS)}",
        )
    if not said.seats and not any(one.names or one.domicile for one in said.changes):
        raise BadInput("the notice changes nothing", where="changes", todo="enter what it notifies")
    _check_notice(said)
    if report.day > report.today:
        raise Refused(f"{report.day} has not come", where="day of the act", todo="check the day of the act")
    names = {one.person: [name_items(name) for name in one.names] for one in said.changes}

    def work(act: Act) -> None:
        for one in said.changes:
            residence_on(report.muni, one.person, report.day)
            for name in names[one.person]:
                facts.settle(act, PersonName, one.person, report.day, **name)
            if one.domicile is not None:
                _has_family_register(report, one.person)
                facts.settle(act, Domicile, one.person, report.day, **domicile_items(one.domicile))
        for place in said.seats:
            residence_on(report.muni, place.person, report.day)
        seat(act, said.seats, report.day)

    persons = [*(one.person for one in said.changes), *(one.person for one in said.seats)]
    return perform(report, said, persons, work)


def _check_notice(said: FamilyNotice) -> None:
    """What a notice of the family register can say: registered names with a reading that is filed or entered there, each
    person once; a change of name changes one, a change of domicile (転籍) a domicile. Raises BadInput.
    """
    persons = [one.person for one in said.changes]
    if len(set(persons)) < len(persons):
        raise BadInput("a person stands twice in the notice", where="changes", todo="name everybody once")
    for one in said.changes:
        for name in one.names:
            if name.kind is not NameKind.REGISTERED:
                raise BadInput(
                    f"the family register knows no {name.kind.value} name",
                    where="names",
                    todo="former surnames and aliases are asked for by the resident, by their own acts",
                )
            if name.provenance is Provenance.WORKING and (name.surname_kana or name.given_kana):
                raise BadInput(
                    "a working reading does not come from the family register",
                    where="names",
                    todo="enter whether the reading was filed or entered ex officio",
                )
    needed = {"name": "names", "domicile": "domicile"}.get(said.matter)
    if needed and not any(getattr(one, needed) for one in said.changes):
        raise BadInput(f"the notice changes no {said.matter}", where="changes", todo="enter what it notifies")


def _has_family_register(report: Report, person: int) -> None:
    if ForeignStatus.objects.filter(muni=report.muni, person=person).as_of(report.day).exists():
        raise Refused(
            "a foreign resident has no registered domicile",
            where=f"person {person}",
            todo="nationality is changed by its own act (naturalisation)",
        )
