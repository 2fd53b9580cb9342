"""What other offices notify of a person (nationality, residence status, status items), and the names that residents ask for:
alias and former surname.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from enishi.kernel.errors import BadInput, Refused
from enishi.register import facts
from enishi.register.acts.naming import name_items
from enishi.register.acts.performing import domicile_items, must_change, perform, residence_on, status_items
from enishi.register.models import Act, Domicile, Fact, ForeignStatus, PersonName, StatusItem
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import check_report
from enishi.register.rules.names import (
    OF_FOREIGN_RESIDENTS,
    OF_JAPANESE,
    check_alias,
    check_card_names,
    check_changed_former_surname,
    check_former_surname,
    check_nationality,
)
from enishi.register.rules.notices import (
    AliasEntry,
    FormerSurnameEntry,
    ImmigrationNotice,
    ItemNotice,
    NationalityChange,
)
from enishi.register.rules.parts import NewName, NewStatus, Report
from enishi.register.vocabulary import NameKind, Provenance, StatusKind


def change_nationality(report: Report, said: NationalityChange) -> int:
    """Somebody becomes Japanese, or ceases to be; the residence goes on, so the day of becoming a resident stays what it was.

    Returns the number of the act. Raises BadInput for what no record can say, Refused as `perform` does and for who is, or is
    not, Japanese already.
    """
    check_nationality(said)
    _happened(report)
    names = [_typed_name(name) for name in said.names]
    domicile = None if said.domicile is None else domicile_items(said.domicile)
    status = None if said.foreign is None else status_items(said.foreign)

    def work(act: Act) -> None:
        day, person = report.day, said.person
        residence_on(report.muni, person, day)
        foreign = ForeignStatus.objects.filter(muni=act.muni, person=person).as_of(day).exists()
        if foreign is (said.kind is Kind.NATIONALITY_LOST):
            raise Refused(
                "the person is a foreign resident already" if foreign else "the person is Japanese already",
                where=f"person {person}",
                todo="look at the record: the notice may have been entered before",
            )
        for kind in OF_FOREIGN_RESIDENTS if foreign else OF_JAPANESE:
            _ended(act, PersonName, person, day, kind=kind.value)
        if foreign:
            _ended(act, ForeignStatus, person, day)
        else:
            _ended(act, Domicile, person, day)
            _ended(act, StatusItem, person, day, kind=StatusKind.ELECTORAL_ROLL.value)
        for name in names:
            facts.settle(act, PersonName, person, day, **name)
        if domicile is not None:
            facts.settle(act, Domicile, person, day, **domicile)
        if status is not None:
            facts.settle(act, ForeignStatus, person, day, **status)

    return perform(report, said, [said.person], work)


def immigration_notice(report: Report, said: ImmigrationNotice) -> int:
    """Enters what the Immigration Services Agency notifies of a foreign resident. Returns the number of the act.

    Raises BadInput for a notice that says nothing, a status without its name or over before it begins; Refused as `perform`
    does, for who is no foreign resident, and for what the record says already.
    """
    check_card_names(said.names, said.ended_names)
    if said.status is None and not said.names and not said.ended_names:
        raise BadInput("the notice changes nothing", where="notice", todo="enter what it notifies")
    _happened(report)
    status = None if said.status is None else _checked_status(said.status, report.day)
    names = [_typed_name(name) for name in said.names]

    def work(act: Act) -> None:
        _foreign(report, said.person)
        if status is not None:
            facts.settle(act, ForeignStatus, said.person, report.day, **status)
        for name in names:
            facts.settle(act, PersonName, said.person, report.day, **name)
        for kind in said.ended_names:
            _ended(act, PersonName, said.person, report.day, kind=kind)
        must_change(act, said.person)

    return perform(report, said, [said.person], work)


def enter_alias(report: Report, said: AliasEntry) -> int:
    """Enters, changes or deletes the alias of a foreign resident; those before stay in the record's history.

    Returns the number of the act. Raises BadInput for what is no alias, Refused as `perform` does, for who is no foreign resident
    and for what the record says already.
    """
    if said.name is not None:
        check_alias(said.name)
    _happened(report)
    name = None if said.name is None else _typed_name(said.name)

    def work(act: Act) -> None:
        _foreign(report, said.person)
        _put_name(act, report, said.person, NameKind.ALIAS, name)

    return perform(report, said, [said.person], work)


def enter_former_surname(report: Report, said: FormerSurnameEntry) -> int:
    """Enters, changes or deletes a former surname. Returns the number of the act.

    Raises BadInput for what is none; Refused as `perform` does, for foreign residents, where the law lets it be changed no
    more, and for what the record says already.
    """
    _happened(report)
    name = None if said.name is None else _typed_name(said.name)

    def work(act: Act) -> None:
        person, day = said.person, report.day
        residence_on(report.muni, person, day)
        if ForeignStatus.objects.filter(muni=act.muni, person=person).as_of(day).exists():
            raise Refused(
                "a foreign resident has no former surname on the record",
                where=f"person {person}",
                todo="an alias may be what is meant",
            )
        if said.name is not None:
            rows = PersonName.objects.believed().filter(muni=act.muni, person=person)
            surnames = sorted(
                (
                    (one.since, one.surname or "")
                    for one in rows.filter(kind=NameKind.REGISTERED.value)
                    if one.since is None or one.since <= day
                ),
                key=lambda one: one[0] or date.min,
            )
            check_former_surname(said.name, surnames)
            earlier = list(rows.filter(kind=NameKind.FORMER.value))
            if earlier:
                latest = max(earlier, key=lambda one: one.since or date.min)
                check_changed_former_surname(said.name, latest.until or latest.since, surnames)
        _put_name(act, report, person, NameKind.FORMER, name)

    return perform(report, said, [said.person], work)


def notify_item(report: Report, said: ItemNotice) -> int:
    """Sets or ends a status item as the responsible room notifies it. Returns the number of the act.

    Raises Refused as `perform` does, for a foreign resident on the electoral roll, and for what the record says already.
    """
    _happened(report)

    def work(act: Act) -> None:
        person, day, kind = said.person, report.day, said.item.value
        stay = residence_on(report.muni, person, day)
        if said.detail is None:
            if not _ended(act, StatusItem, person, day, kind=kind):
                raise _nothing(person, "the record has no such item on that day")
            return
        foreign = ForeignStatus.objects.filter(muni=act.muni, person=person).as_of(day).exists()
        if foreign and said.item is StatusKind.ELECTORAL_ROLL:
            raise Refused(
                "a foreign resident is not on the electoral roll",
                where=f"person {person}",
                todo="ask the election administration; nothing was changed",
            )
        facts.settle(act, StatusItem, person, day, stay.until, kind=kind, detail=said.detail)
        must_change(act, said.person)

    return perform(report, said, [said.person], work)


def _happened(report: Report) -> None:
    check_report(report.day, report.reported_on or report.today, report.today, ahead=False)


def _foreign(report: Report, person: int) -> None:
    """Raises Refused for who is no foreign resident on the day of the act."""
    residence_on(report.muni, person, report.day)
    if not ForeignStatus.objects.filter(muni=report.muni, person=person).as_of(report.day).exists():
        raise Refused(
            "the person is no foreign resident",
            where=f"person {person}",
            todo="search the person again; nationality is changed by its own act",
        )


def _checked_status(status: NewStatus, day: date) -> dict[str, Any]:
    if not status.status:
        raise BadInput(
            "the notice names no status of residence",
            where="residence status",
            todo="only a child, for 60 days from birth, and who lost Japanese nationality have none; whose stay ended is erased",
        )
    if status.expires_on is not None and status.expires_on < day:
        raise BadInput(
            f"the period of stay would have ended on {status.expires_on}",
            where="period of stay",
            todo="check the last day of the period",
        )
    return status_items(status)


def _typed_name(name: NewName) -> dict[str, Any]:
    """The items of a name; a foreign resident's reading is the municipality's own (便宜), none is statutory."""
    items = name_items(name)
    if name.kind in OF_FOREIGN_RESIDENTS and items["provenance"] is not None:
        items["provenance"] = Provenance.WORKING.value
    return items


def _put_name(act: Act, report: Report, person: int, kind: NameKind, name: dict[str, Any] | None) -> None:
    if name is not None:
        facts.settle(act, PersonName, person, report.day, **name)
        must_change(act, person)
    elif not _ended(act, PersonName, person, report.day, kind=kind.value):
        raise _nothing(person, "the record has no such name on that day")


def _ended(act: Act, model: type[Fact], person: int, day: date, **which: Any) -> bool:
    """Ends what holds on a day; whether there was anything. Raises Refused where a later fact stands."""
    rows: Any = model._default_manager.filter(muni=act.muni, person=person, **which).believed()
    later: Iterable[Fact] = rows.filter(since__gt=day).order_by("since")
    for one in later:
        raise Refused(
            f"a change of {one.since} is entered already (act {one.act})",
            where=f"person {person}",
            todo="acts come in order: correct or take back that act first, then report this one again",
        )
    held = rows.on(day).first()
    if held is None:
        return False
    facts.end(act, held, day)
    return True


def _nothing(person: int, what: str) -> Refused:
    return Refused(what, where=f"person {person}", todo="look at the record: it may have been ended before")
