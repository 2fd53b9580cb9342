"""The certificate information of a move (転出証明書情報): every item that the new record needs, out of the old one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from enishi.kernel.errors import Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import Reader, record_reads
from enishi.register.records import GROUPS, Entered, Record, records_of
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    NEW_HOUSEHOLD,
    Newcomer,
    NewDomicile,
    NewItem,
    NewName,
    NewStatus,
)
from enishi.register.vocabulary import NameKind, Provenance, StatusKind

ARTICLE = "Basic Resident Register Act art. 24-2"
OWN_NAMES = ("surname", "given", "surname_kana", "given_kana", "whole", "whole_kana")


def certify(
    muni: str, persons: Iterable[int], leaving: date, to: str
) -> tuple[tuple[Newcomer, ...], Place | None]:
    """What the records of the movers say on their last day here, and their address. Recorded as read, for `to`.

    `leaving`: the first day no longer here. Raises Refused for somebody of whom the register says nothing on that day.
    """
    last = leaving - timedelta(days=1)
    movers = sorted(persons)
    found = records_of(muni, movers, last, None)
    records = [_whole(found.get(person), person, last) for person in movers]
    reader = Reader(
        "system:move",
        f"certificate information of a move to {to}",
        ARTICLE,
        muni=muni,
        use=Purpose.TRANSFER.value,
    )
    record_reads(reader, tuple(GROUPS), [record.person for record in records])
    address = records[0].of("address") if records else None
    return tuple(newcomer_of(record) for record in records), _place(muni, address)


def newcomer_of(record: Record) -> Newcomer:
    """A record as the certificate information of its person."""
    born = _group(record, "particulars")
    membership = record.of("membership")
    domicile, status = record.of("domicile"), record.of("foreign_status")
    return Newcomer(
        person=record.person,
        sex=born["sex"],
        born=PartialDate(born["birth_date"], born["birth_latest"], born["birth_wording"]),
        names=tuple(_name(one) for one in record.entered if one.group == "name"),
        household=NEW_HOUSEHOLD,
        relation=membership.items["relation"] if membership else "head",
        domicile=NewDomicile(**domicile.items) if domicile else None,
        foreign=NewStatus(**status.items) if status else None,
        items=tuple(
            NewItem(StatusKind(one.kind), one.items["detail"])
            for one in record.entered
            if one.group == "status_item"
        ),
    )


def _whole(record: Record | None, person: int, day: date) -> Record:
    if record is None or record.of("particulars") is None:
        raise Refused(
            f"the register says nothing of the person on {day}",
            where=f"person {person}",
            todo="look at the record; take the person out of the move, or correct the record first",
        )
    return record


def _group(record: Record, group: str) -> dict[str, Any]:
    found = record.of(group)
    return found.items if found else {}


def _name(one: Entered) -> NewName:
    said = {name: one.items[name] or "" for name in OWN_NAMES}
    return NewName(
        NameKind(one.kind), **said, provenance=Provenance(one.items["provenance"] or Provenance.WORKING)
    )


def _place(muni: str, address: Entered | None) -> Place | None:
    if address is None:
        return None
    items = address.items
    return Place(
        muni,
        items["town"],
        ward=items["ward"] or "",
        postcode=items["postcode"],
        town_id=items["town_id"] or "",
        block=items["block"],
        building=items["building"],
        building_kana=items["building_kana"],
    )
