"""What a certificate needs of a person's record, on the three clocks; nothing here is called without the read record
around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from enishi.register import models, records
from enishi.register.records import Entered, Record
from enishi.register.rules.catalogue import Kind as ActKind
from enishi.register.vocabulary import Exit, NameKind


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is printed, with its reading (blank: none is recorded)."""

    text: str
    kana: str


@dataclass(frozen=True, slots=True)
class Known:
    """One person's record as a certificate speaks of it: on `day`, the last day on the register for who has left.

    `removed_on`: the day on which the record was removed (消除), None of a resident; `came_to`: the residence; `before`:
    the address before the present one in the same municipality; `settled`, `reported`: the day of settling at the address,
    whatever it has been called since, and when that was reported; `household`: its members on that day, `head` among them
    (None: nobody).
    """

    person: int
    day: date
    record: Record
    residence: Entered
    removed_on: date | None
    address: dict[str, Any]
    before: dict[str, Any] | None
    settled: date | None
    reported: date | None
    household: frozenset[int]
    head: int | None
    head_name: str

    @property
    def moving(self) -> bool:
        """Whether a move out to another municipality is reported which that one has not confirmed (abroad needs none)."""
        items = self.residence.items
        left = items["exit"] == Exit.MOVE_OUT and self.residence.until is not None
        return left and items["went_to"] is None

    @property
    def foreign(self) -> bool:
        """Whether the record is one of a foreign resident (art. 30-45)."""
        return self.record.of("foreign_status") is not None

    def name(self, kind: NameKind) -> Named | None:
        """The person's name of a kind."""
        return named(self.record, kind)

    @property
    def first_name(self) -> Named:
        """What stands as 氏名: the registered name, of a foreign resident the Latin one, with kanji behind it if any."""
        return first_name(self.record)


def read_person(muni: str, person: int, day: date, moment: datetime) -> Known | None:
    """What the register knew at a moment of a person who is or was on it by a day; None where there is nothing."""
    ever = records.history_of(muni, person)
    believed = [one for one in ever if _believed(one, moment)]
    stays = [one for one in believed if one.group == "residence" and (one.since or date.min) <= day]
    if not stays:
        return None
    stay = max(stays, key=lambda one: one.since or date.min)
    gone = stay.until is not None and stay.until <= day
    speaks_of = stay.until - timedelta(days=1) if gone and stay.until is not None else day
    record = records.record_of(muni, person, speaks_of, moment)
    address = record.of("address") if record else None
    if record is None or address is None or record.of("particulars") is None:
        return None
    settled = address.items["settled_on"] or address.since
    first = min((one for one in ever if _settles(one, address, settled)), key=lambda one: one.act)
    acts = _acts(muni, [first.act, *(one.act for one in ever if one.group == "residence")])
    place = record.of("membership")
    members = _household(muni, place.items["household"], speaks_of, moment) if place else {}
    head = next((who for who, relation in members.items() if relation == "head"), None)
    head_record = records.record_of(muni, head, speaks_of, moment) if head is not None else None
    return Known(
        person=person,
        day=speaks_of,
        record=record,
        residence=stay,
        removed_on=_removed_on(stay, ever, acts, moment) if gone else None,
        address=address.items,
        before=_before(settled, believed),
        settled=settled,
        reported=acts[first.act].reported_on,
        household=frozenset(members),
        head=head,
        head_name=first_name(head_record).text if head_record else "",
    )


def named(record: Record, kind: NameKind) -> Named | None:
    """A record's name of a kind as it is printed: family and given name apart by a wide space."""
    found = record.of("name", kind.value)
    if found is None:
        return None
    items = found.items
    parts = [items["surname"], items["given"]]
    kana = [items["surname_kana"], items["given_kana"]]
    return Named(
        items["whole"] or "　".join(filter(None, parts)),
        items["whole_kana"] or "　".join(filter(None, kana)),
    )


def first_name(record: Record) -> Named:
    """What stands as the name of a record; blank where it has none."""
    kanji = named(record, NameKind.FOREIGN_KANJI)
    for kind in (NameKind.REGISTERED, NameKind.LATIN):
        if (name := named(record, kind)) is not None:
            behind = f"（{kanji.text}）" if kanji is not None and kind is NameKind.LATIN else ""
            return Named(name.text + behind, name.kana)
    return kanji or Named("", "")


def _believed(one: Entered, moment: datetime) -> bool:
    return one.recorded_at <= moment and (one.superseded_at is None or one.superseded_at > moment)


def _settles(one: Entered, address: Entered, settled: date | None) -> bool:
    """Whether an entry is the one by which the person settled at an address, or the address as it stands (of a record taken
    over, which knows no other).
    """
    if (one.group, one.since, one.items) == (address.group, address.since, address.items):
        return True
    return one.group == "address" and settled is not None and one.since == settled


def _acts(muni: str, numbers: Iterable[int]) -> dict[int, models.Act]:
    return {row.number: row for row in models.Act.objects.filter(muni=muni, number__in=set(numbers))}


def _removed_on(
    stay: Entered, ever: tuple[Entered, ...], acts: dict[int, models.Act], moment: datetime
) -> date:
    """The day on which the end was first entered; of a record taken over with its end, the first day no longer on it."""
    assert stay.until is not None
    same_end = (one for one in ever if one.group == "residence" and one.until == stay.until)
    first = min((one for one in same_end if one.recorded_at <= moment), key=lambda one: one.act)
    if acts[first.act].kind == ActKind.TAKE_OVER:
        return stay.until
    return timezone.localtime(first.recorded_at).date()


def _before(settled: date | None, believed: list[Entered]) -> dict[str, Any] | None:
    if settled is None:
        return None
    earlier = (one for one in believed if one.group == "address" and one.until == settled)
    return next((one.items for one in earlier), None)


def _household(muni: str, household: int, day: date, moment: datetime) -> dict[int, str]:
    rows = models.Membership.objects.filter(muni=muni, household=household).as_of(day, moment)
    return dict(rows.order_by("person").values_list("person", "relation"))
