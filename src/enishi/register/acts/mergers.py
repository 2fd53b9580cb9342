"""Municipal mergers (市町村の廃置分合): a municipality closes its whole record, its successor goes on with it.

Two acts, one of each municipality and in its own transaction, so that either can be filed again after whatever befell the
other: the closing keeps everything that was said under the old code; the opening reads what the closing superseded and
says it anew under the new code, from the same day on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from django.db import connections

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.municipality import code_changes, is_valid
from enishi.platform.services import database_of, within
from enishi.register import facts, journal
from enishi.register.acts import merged_measures
from enishi.register.acts.performing import act_of, perform
from enishi.register.engines.moving_rows import Row, entered, read_rows, restate_rows, write_rows
from enishi.register.guards import LOADING
from enishi.register.models import (
    Act,
    Address,
    Addressee,
    BenefitApplication,
    Domicile,
    Fact,
    ForeignStatus,
    Membership,
    Municipality,
    Particulars,
    Person,
    PersonName,
    Protection,
    RegisteredAccount,
    Residence,
    StatusItem,
)
from enishi.register.rules.areas import RecordClosed, RecordOpened
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.parts import Report
from enishi.register.vocabulary import Entry, Exit

OF_RESIDENTS: tuple[type[Fact], ...] = (Address, Membership, StatusItem, Residence)
"""What ends with a residence, and goes on in the successor."""

OF_PERSONS: tuple[type[Fact], ...] = (Particulars, PersonName, Domicile, ForeignStatus)
"""What is said of a person wherever they live; the closed record goes on saying it."""

BESIDE = (Protection, RegisteredAccount)
"""Kept beside the record, by person; support measures, which are kept by case, `merged_measures` takes along."""

RUNNING = "t.superseded_at IS NULL AND (t.until IS NULL OR t.until > %s)"


def close_record(report: Report, said: RecordClosed) -> int:
    """Ends every residence of the municipality on the day of the act. Returns the number of the act.

    Raises BadInput for a successor that is none, Refused where the day has not come, the municipality has closed already,
    or nobody lives there.
    """
    _check_successor(report, said)
    day = report.day
    with within(report.muni):
        journal.alone(report.muni)
        rows = {model: read_rows(model, report.muni, RUNNING, [day]) for model in OF_RESIDENTS}

        def work(act: Act) -> None:
            if not rows[Residence]:
                raise Refused(
                    "nobody is on this register any more",
                    where=f"municipality {report.muni}",
                    todo="look at its acts: it may have closed already",
                )
            with _moved_together(report.muni):
                for model in OF_RESIDENTS:
                    restate_rows(act, model, rows[model], partial(_cut, model, said, day))

        return perform(report, said, {row["person"] for row in rows[Residence]}, work, whole=False)


def mark_closed(report: Report, said: RecordClosed, number: int) -> None:
    """What follows a closing: the code is in force no longer."""
    Municipality.objects.filter(muni=report.muni, ends=None).update(ends=report.day, successor=said.successor)


def open_record(report: Report, said: RecordOpened) -> int:
    """Goes on with the record that a predecessor closed. Returns the number of the act.

    Persons keep their ids and households their numbers; addressee numbers are given anew. Raises Refused where the predecessor
    did not close for this municipality on that day, or somebody is a resident of both.
    """
    old = said.predecessor
    with within(old):
        closing = act_of(old, said.closed_by, Kind.MERGER)
        if (closing.facts["successor"], closing.effective) != (report.muni, report.day):
            raise Refused(
                f"{old} closed on {closing.effective} for {closing.facts['successor']}",
                where="predecessor",
                todo="file the opening in that municipality, from that day",
            )
        carried = _handed_over(old, closing, report.day)
    persons = {row["person"] for row in carried[Residence]}
    with within(report.muni):
        journal.alone(report.muni)

        def work(act: Act) -> None:
            _check_strangers(act, persons, report.day)
            known = set(
                Particulars.objects.believed()
                .filter(muni=act.muni, person__in=persons)
                .values_list("person", flat=True)
            )
            with _moved_together(act.muni):
                for model in (*OF_PERSONS, *OF_RESIDENTS):
                    rows = carried[model]
                    if model in OF_PERSONS:
                        rows = [row for row in rows if row["person"] not in known]
                    write_rows(
                        model, act.muni, (entered(act, _gone_on(row, model, old, report.day)) for row in rows)
                    )
            for model in OF_PERSONS:
                _told_again(act, model, [row for row in carried[model] if row["person"] in known], report.day)
            _beside(act, old, carried)
            merged_measures.go_on(act, old)
            Person.objects.filter(muni=old, id__in=persons).update(muni=act.muni)

        return perform(report, said, persons, work, whole=False)


def _check_successor(report: Report, said: RecordClosed) -> None:
    if report.day > report.today:
        raise Refused(
            f"{report.day} has not come", where="day of the act", todo="close the record on the day itself"
        )
    if said.successor == report.muni or not is_valid(said.successor):
        raise BadInput(
            f"{said.successor!r} is no other municipality",
            where="successor",
            todo="enter the six digits of the municipality that goes on with the record",
        )
    if not Municipality.objects.filter(muni=said.successor, ends=None).exists():
        raise Refused(
            f"{said.successor} is not in force", where="successor", todo="enter the new municipality first"
        )
    known = [change for change in code_changes() if change.old == report.muni]
    if known and (said.successor, report.day) not in {(change.new, change.on) for change in known}:
        raise Refused(
            f"by the official list {report.muni} became {known[0].new} on {known[0].on}",
            where="successor",
            todo="compare successor and day with the official list of codes",
        )


def _cut(model: type[Fact], said: RecordClosed, day: date, row: Row) -> Iterator[Row]:
    """What is left under the old code: until the day; nothing of what was to begin later."""
    if row["since"] is None or row["since"] < day:
        went = {"exit": Exit.MERGER.value, "went_to": json.dumps({"muni": said.successor})}
        yield row | {"until": day} | (went if model is Residence else {})


def _handed_over(old: str, closing: Act, day: date) -> dict[type[Fact], list[Row]]:
    """The rows of the closed record that go on: what the closing superseded, and what is said of its persons."""
    carried: dict[type[Fact], list[Row]] = {
        model: read_rows(model, old, "t.superseded_by = %s", [closing.number]) for model in OF_RESIDENTS
    }
    persons = (
        "t.superseded_at IS NULL AND t.person IN "
        f'(SELECT r.person FROM "{Residence._meta.db_table}" r WHERE r.muni = %s AND r.superseded_by = %s)'
    )
    for model in OF_PERSONS:
        carried[model] = read_rows(model, old, persons, [old, closing.number])
    return carried


def _gone_on(row: Row, model: type[Fact], old: str, day: date) -> Row:
    """A row of the old record as the new one has it."""
    if model in OF_PERSONS or (row["since"] is not None and row["since"] >= day):
        return row
    goes_on: dict[str, Any] = {"since": day}
    if model is Residence:
        goes_on |= {
            "entry": Entry.MERGER.value,
            "came_from": json.dumps({"muni": old}),
            "since_latest": None,
            "since_wording": "",
        }
    if model is Address:
        goes_on["settled_on"] = row["settled_on"] or row["since"]
    return row | goes_on


def _told_again(act: Act, model: type[Fact], rows: list[Row], day: date) -> None:
    """What is said of those few who have an older record here: what holds on the day, through `facts.settle`."""
    own = {*facts.NOT_ITEMS, "census_cell"}
    for row in rows:
        if (row["since"] is None or row["since"] <= day) and (row["until"] is None or row["until"] > day):
            items = {name: value for name, value in row.items() if name not in own}
            facts.settle(act, model, row["person"], day, row["until"], **items)


def _check_strangers(act: Act, persons: set[int], day: date) -> None:
    here = Residence.objects.believed().filter(muni=act.muni).exclude(until__lte=day)
    both = persons & set(here.values_list("person", flat=True))
    if both:
        raise Refused(
            f"{len(both)} persons are residents of both municipalities",
            where=f"person {min(both)}",
            todo="correct one of their records first: nobody is a resident twice",
        )


def _beside(act: Act, old: str, carried: dict[type[Fact], list[Row]]) -> None:
    """What is kept beside the record goes along; addressees get numbers of this municipality, in the order of their old ones."""
    persons = {row["person"] for row in carried[Residence]}
    for model in BESIDE:
        own = set(model._default_manager.filter(muni=act.muni).values_list("person", flat=True))
        rows = [one for one in read_rows(model, old) if one["person"] in persons - own]
        write_rows(model, act.muni, (row | {"muni": act.muni} for row in rows))
    households = {row["household"] for row in carried[Membership]}
    filed = [one for one in read_rows(BenefitApplication, old) if one["household"] in households]
    write_rows(BenefitApplication, act.muni, (row | {"muni": act.muni} for row in filed))
    numbered = set(
        Addressee.objects.filter(muni=act.muni, person__isnull=False).values_list("person", flat=True)
    )
    served = [
        one
        for one in read_rows(Addressee, old, "t.until IS NULL AND t.merged_into IS NULL")
        if one["person"] is None or one["person"] in persons - numbered
    ]
    first = journal.take(act.muni, "addressee", len(served))
    write_rows(
        Addressee,
        act.muni,
        (
            row | {"muni": act.muni, "number": first + place, "act": act.number}
            for place, row in enumerate(sorted(served, key=lambda one: one["number"]))
        ),
    )


@contextmanager
def _moved_together(muni: str) -> Iterator[None]:
    """Households are moved whole, row by row: PostgreSQL is not asked after each row whether they are."""
    connection = connections[database_of(muni)]
    heavy = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if heavy:
            cursor.execute("SELECT set_config(%s, 'on', true)", [LOADING])
        yield
        if heavy:
            cursor.execute("SELECT set_config(%s, 'off', true)", [LOADING])
