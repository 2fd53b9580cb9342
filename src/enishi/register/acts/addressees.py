"""Addressee numbers (宛名番号): one a person and municipality, for good; persons not on the register but served (住登外者).

A number is given with the first record, or by its own act to whom the municipality serves elsewhere (owners of land,
payers of tax). Two numbers of one person are found by reading and date of birth, and made one by an officer, never by
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db.models import Q

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.register import journal
from enishi.register.acts.performing import perform
from enishi.register.models import Act, Addressee
from enishi.register.rules.moves import Place, check_place, check_report
from enishi.register.rules.numbering import (
    AddresseeChanged,
    AddresseeEnded,
    AddresseeEntered,
    AddresseesMerged,
)
from enishi.register.rules.parts import Report
from enishi.register.rules.search_key import search_key

COUNTER = "addressee"


def number_for(act: Act, person: int) -> int:
    """The addressee number of a person who comes on the register: the one that they had here before, or a new one."""
    row = Addressee.objects.filter(muni=act.muni, person=person).first()
    if row is None:
        number = journal.next_of(act.muni, COUNTER)
        row = Addressee.objects.create(muni=act.muni, number=number, person=person, act=act.number)
    return row.number


def enter(report: Report, said: AddresseeEntered) -> int:
    """Gives a non-resident addressee a number. Returns the number of the act, which `Addressee.act` says too.

    Raises BadInput for a name or reading that is blank, a date of birth to come, or an address in this municipality.
    """
    items = _items(report, said.name, said.kana, said.born, said.address)

    def work(act: Act) -> None:
        number = journal.next_of(act.muni, COUNTER)
        Addressee.objects.create(muni=act.muni, number=number, since=report.day, act=act.number, **items)

    return _perform(report, said, work)


def change(report: Report, said: AddresseeChanged) -> int:
    """Enters what a non-resident addressee is called, and where they live, now. Returns the number of the act.

    Raises BadInput as `enter`, Refused for a number of nobody who is served as such.
    """
    items = _items(report, said.name, said.kana, said.born, said.address)

    def work(act: Act) -> None:
        row = _served(act, report, said.number)
        if all(getattr(row, name) == value for name, value in items.items()):
            raise Refused(
                "the record says so already",
                where=f"addressee {said.number}",
                todo="the same may have been entered before; nothing was changed",
            )
        Addressee.objects.filter(pk=row.pk).update(**items, act=act.number)

    return _perform(report, said, work)


def end(report: Report, said: AddresseeEnded) -> int:
    """Serves a non-resident addressee no longer. Returns the number of the act. Raises Refused as `change`."""

    def work(act: Act) -> None:
        row = _served(act, report, said.number)
        Addressee.objects.filter(pk=row.pk).update(until=report.day, act=act.number)

    return _perform(report, said, work)


def merge(report: Report, said: AddresseesMerged) -> int:
    """Makes two numbers one, as an officer has found that they stand for one person. Returns the number of the act.

    `kept` stands for the person from then on, on the register or not; `merged` points to it and is never given again. Raises
    BadInput for one number, Refused where either stands for nobody, or each for another person of the register.
    """
    if said.kept == said.merged:
        raise BadInput(
            "these are one number", where="addressee", todo="choose the two that stand for one person"
        )

    def work(act: Act) -> None:
        kept, merged = (_standing(act, number) for number in (said.kept, said.merged))
        if kept.person is not None and merged.person is not None:
            raise Refused(
                "these are two persons of the register",
                where=f"addressee {said.merged}",
                todo="whoever was entered twice is struck from the record first",
            )
        Addressee.objects.filter(pk=merged.pk).update(
            person=None, merged_into=kept.number, until=report.day, act=act.number
        )
        person = kept.person or merged.person
        on_register = {} if person is None else {"person": person, "until": report.day}
        Addressee.objects.filter(pk=kept.pk).update(**on_register, act=act.number)

    return _perform(report, said, work)


def _perform(report: Report, said: Any, work: Callable[[Act], None]) -> int:
    check_report(report.day, report.today, report.today, ahead=False)
    return perform(report, said, (), work)


def _items(report: Report, name: str, kana: str, born: PartialDate | None, address: Place) -> dict[str, Any]:
    if not name.strip() or not search_key(kana):
        raise BadInput(
            "name or reading is blank",
            where="addressee",
            todo="enter both: two numbers of one person are found by the reading",
        )
    check_place(address)
    if address.muni == report.muni:
        raise BadInput(
            "the address lies in this municipality",
            where="address",
            todo="who lives here is on the register: report a move in",
        )
    if born is not None and born.earliest > report.today:
        raise BadInput("the date of birth has not come", where="date of birth", todo="check it")
    return {
        "name": name,
        "kana": kana,
        "kana_key": search_key(kana),
        "birth_date": None if born is None else born.earliest,
        "birth_latest": None if born is None else born.latest,
        "birth_wording": "" if born is None else born.wording,
        "address": asdict(address),
    }


def _standing(act: Act, number: int) -> Addressee:
    """The addressee of a number that stands for somebody. Raises Refused."""
    row = Addressee.objects.filter(muni=act.muni, number=number, merged_into__isnull=True).first()
    if row is None:
        raise Refused(
            f"{number} stands for nobody here",
            where="addressee",
            todo="search again: it may have been merged into another",
        )
    return row


def _served(act: Act, report: Report, number: int) -> Addressee:
    """A non-resident addressee who is served on the day of the act. Raises Refused."""
    row = _standing(act, number)
    served = Q(until__isnull=True) | Q(until__gt=report.day)
    if (
        row.person is not None
        or not Addressee.objects.filter(served, pk=row.pk, since__lte=report.day).exists()
    ):
        raise Refused(
            f"{number} is no non-resident addressee on {report.day}",
            where="addressee",
            todo="who is on the register has its acts; look at the number again",
        )
    return row
