"""The door of register/. Reads of persons need a `Reader` and leave their lines in the read record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Count as CountOf

from enishi.kernel.errors import Refused
from enishi.platform.services import Reader, read_as, read_many_as, record_refusal
from enishi.register import journal, people, records
from enishi.register.addressing import (
    PossibleDuplicate,
    Served,
    ServedPage,
    addressee,
    addressee_by_act,
    addressee_duplicates,
    addressees_alike,
    find_addressees,
)
from enishi.register.answers import (
    Count,
    Hit,
    Hits,
    Member,
    MunicipalityLine,
    Name,
    Nation,
    Stay,
    Summary,
)
from enishi.register.certificate_register import (
    CertificateLine,
    CertificatePage,
    Verified,
    issued_certificate,
    issued_certificates,
    verify_certificate,
    void_certificate,
)
from enishi.register.certifying import (
    Choice,
    Issued,
    Preview,
    certifiable,
    issue_certificate,
    preview_certificate,
    reprint_certificate,
)
from enishi.register.desk import (
    AreaPreview,
    Seated,
    filed,
    mail_for,
    may_name,
    preview_area,
    preview_read,
    seated,
)
from enishi.register.differences import Difference, differences
from enishi.register.due import (
    LateReport,
    OpenDeparture,
    RefusedAttempt,
    StayEnding,
    due_departures,
    due_late_reports,
    due_stays,
    due_without_status,
    refused_acts,
)
from enishi.register.examples import example_family, example_protected
from enishi.register.filing import Changes, changes_of, perform_act, preview_act
from enishi.register.finding import Found, FoundPage, Question, find_known, find_page
from enishi.register.gate import finds_protected, may_be_told
from enishi.register.households import Household, HouseholdMember, household_on
from enishi.register.journal_reading import (
    ActShown,
    JournalLine,
    JournalPage,
    RefusedLine,
    act_shown,
    actors_of,
    journal_page,
    refused_page,
)
from enishi.register.measure_messages import for_transfer, taken_over
from enishi.register.measures import By
from enishi.register.merging import Merging, merge_municipality, preview_merger
from enishi.register.models import LoadedNation, Membership, Municipality, Person, Residence
from enishi.register.moves.deadlines import run_deadlines
from enishi.register.moves.filing import (
    accept_move_in,
    accept_move_out,
    announce_move,
    ask_for_certificate,
    cancel_move,
    change_destination,
    confirm_identity,
    decline_move_in,
    issue_paper_certificate,
    refuse_move_out,
    resolve_conflict,
)
from enishi.register.moves.following import follow
from enishi.register.moves.reading import incoming_moves, move_of, moves_of_resident, open_moves
from enishi.register.moves.words import Filing, MoveView
from enishi.register.people import protected_among
from enishi.register.postal import PostalTown, towns_of_postcode, wards_of
from enishi.register.protection import (
    Case,
    Delivery,
    Due,
    DueMeasure,
    Mail,
    MeasureFile,
    decide_measure,
    end_measure,
    file_measure,
    measures_due,
    measures_of_person,
    renew_measure,
)
from enishi.register.records import ActLine, Entered, Record
from enishi.register.refusals import in_words, sentence
from enishi.register.rules import move_terms, reports
from enishi.register.rules.areas import OF_AREAS
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.certificates import (
    SWITCHES,
    Asked,
    Certificate,
    Channel,
    Form,
    Handover,
    Identity,
    Item,
    Requester,
    Standing,
)
from enishi.register.rules.disclosure import Requester as Asker
from enishi.register.rules.disclosure_words import Item as DisclosureItem
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.rules.disclosure_words import Role as AskerRole
from enishi.register.rules.moves import Place, days_late, last_day_to_report
from enishi.register.rules.moving import Role
from enishi.register.rules.relationship import worded as relation_words
from enishi.register.rules.statistics import Households, Line, Period, check_ended, period_of
from enishi.register.subscriptions import (
    Event,
    Happening,
    OpenDelivery,
    deliver_events,
    open_deliveries,
    subscribes,
)
from enishi.register.succession import (
    Residing,
    found_municipality,
    in_force,
    predecessors_of,
    residences_of,
    successors_of,
)
from enishi.register.vocabulary import Evidence, Harm, NameKind, Provenance, StatusKind

if TYPE_CHECKING:
    from enishi.register.engines.load import Loaded
    from enishi.register.engines.snapshot import Written

__all__ = [
    "CATALOGUE",
    "OF_AREAS",
    "SWITCHES",
    "ActLine",
    "ActShown",
    "AreaPreview",
    "Asked",
    "Asker",
    "AskerRole",
    "By",
    "Case",
    "Certificate",
    "CertificateLine",
    "CertificatePage",
    "Changes",
    "Channel",
    "Choice",
    "Count",
    "Delivery",
    "Difference",
    "DisclosureItem",
    "Due",
    "DueMeasure",
    "Entered",
    "Event",
    "Evidence",
    "Filing",
    "Form",
    "Found",
    "FoundPage",
    "Handover",
    "Happening",
    "Harm",
    "Hit",
    "Hits",
    "Household",
    "HouseholdMember",
    "Households",
    "Identity",
    "Issued",
    "Item",
    "JournalLine",
    "JournalPage",
    "Kind",
    "LateReport",
    "Line",
    "Mail",
    "MeasureFile",
    "Member",
    "Merging",
    "MoveView",
    "MunicipalityLine",
    "Name",
    "NameKind",
    "Nation",
    "OpenDelivery",
    "OpenDeparture",
    "Period",
    "Place",
    "PossibleDuplicate",
    "PostalTown",
    "Preview",
    "Provenance",
    "Purpose",
    "Question",
    "Record",
    "RefusedAttempt",
    "RefusedLine",
    "Requester",
    "Residing",
    "Role",
    "Seated",
    "Served",
    "ServedPage",
    "Standing",
    "StatusKind",
    "Stay",
    "StayEnding",
    "Summary",
    "Verified",
    "accept_move_in",
    "accept_move_out",
    "act_shown",
    "actors_of",
    "acts_of_person",
    "addressee",
    "addressee_by_act",
    "addressee_duplicates",
    "addressees_alike",
    "announce_move",
    "ask_for_certificate",
    "broken_chain",
    "cancel_move",
    "certifiable",
    "change_destination",
    "changes_of",
    "confirm_identity",
    "counts",
    "days_late",
    "decide_measure",
    "decline_move_in",
    "deliver_events",
    "differences",
    "due_departures",
    "due_late_reports",
    "due_stays",
    "due_without_status",
    "end_measure",
    "example_family",
    "example_protected",
    "file_measure",
    "filed",
    "find_addressees",
    "find_residents",
    "follow",
    "for_transfer",
    "found_municipality",
    "history_of_person",
    "household_on",
    "in_force",
    "in_words",
    "incoming_moves",
    "issue_certificate",
    "issue_paper_certificate",
    "issued_certificate",
    "issued_certificates",
    "journal_page",
    "last_day_to_report",
    "load_nation",
    "loaded_nation",
    "mail_for",
    "may_be_told",
    "may_name",
    "measures_due",
    "measures_of_person",
    "merge_municipality",
    "move_of",
    "move_terms",
    "moves_of_resident",
    "municipalities",
    "municipality_of",
    "open_deliveries",
    "open_moves",
    "perform_act",
    "period_of",
    "person_summary",
    "predecessors_of",
    "preview_act",
    "preview_area",
    "preview_certificate",
    "preview_merger",
    "preview_read",
    "protected_among",
    "record_as_of",
    "refuse_move_out",
    "refused_acts",
    "refused_page",
    "relation_words",
    "renew_measure",
    "reports",
    "reprint_certificate",
    "residences_of",
    "residents_by_id",
    "resolve_conflict",
    "run_deadlines",
    "search_persons",
    "seated",
    "sentence",
    "statistics",
    "subscribes",
    "successors_of",
    "taken_over",
    "towns_of_postcode",
    "verify_certificate",
    "void_certificate",
    "wards_of",
    "write_snapshot",
    "write_statistics",
]

HIT = ("name", "reading", "birth_date", "sex", "address")
FOUND = (*HIT, "household", "addressee")
RECORD = (*HIT, "other_names", "nationality", "residence_status", "household", "relation", "members")
Progress = Callable[[str, int], object]


def search_persons(
    reader: Reader,
    text: str,
    *,
    on: date,
    muni: str = "",
    birth_date: date | None = None,
    page: int = 1,
    size: int = 20,
) -> Hits:
    """Persons whose name begins with `text`, or whose reading does where `text` is in kana, born on a day if
    one is given.

    Kanji, kana (of either kind and width) and Latin letters; spaces do not matter; `%` and `_` are characters
    like any other. `muni`: of one municipality, blank for all; `on`: today, for the residence that is shown.
    In order of reading (or name), at most `size` (200) a page. Everybody on the page is recorded as read.
    Raises BadInput
    for an empty search, Refused (and records it) where a municipality's officer searches elsewhere.
    """
    if reader.muni and muni != reader.muni:
        record_refusal(reader, HIT, None)
        raise _searches_elsewhere(reader, muni)
    protected = finds_protected(reader, HIT, muni)
    found: list[Hits] = []

    def fetch() -> tuple[Hit, ...]:
        found.append(people.find_hits(text, muni, birth_date, on, page, size, protected=protected))
        return found[0].rows

    shown = read_many_as(reader, HIT, fetch, lambda hit: hit.person)
    return replace(found[0], rows=tuple(shown))


def find_residents(
    reader: Reader,
    muni: str,
    asked: Question,
    *,
    on: date,
    sort: str = "reading",
    page: int = 1,
    size: int = 20,
) -> FoundPage:
    """Persons of one municipality's register, present and past, of whom all holds that is asked.

    `on`: today, for residence and address that are shown; `sort`: `reading`, `birth`, `address` or `person`, `-` before it for
    falling. At most 1,000 are counted and shown. Everybody on the page is recorded as read, what was typed is not. Raises
    BadInput for an empty question, Refused (and records it) where a municipality's officer searches elsewhere.
    """
    if reader.muni and reader.muni != muni:
        record_refusal(reader, HIT, None)
        raise _searches_elsewhere(reader, muni)
    protected = finds_protected(reader, FOUND, muni)
    found: list[FoundPage] = []

    def fetch() -> tuple[Found, ...]:
        found.append(find_page(muni, asked, on, sort, page, size, protected=protected))
        return found[0].rows

    shown = read_many_as(reader, FOUND, fetch, lambda one: one.person)
    return replace(found[0], rows=tuple(shown))


def residents_by_id(reader: Reader, muni: str, persons: Collection[int], *, on: date) -> dict[int, Found]:
    """Persons of one municipality's register, present and past, by id; those it never had, and all where the reader is an officer
    of another municipality, are left out. Everybody given is recorded as read.
    """

    def fetch() -> tuple[Found, ...]:
        return () if _elsewhere(reader, muni) else find_known(muni, persons, on)

    return {one.person: one for one in read_many_as(reader, FOUND, fetch, lambda one: one.person)}


def _searches_elsewhere(reader: Reader, muni: str) -> Refused:
    return Refused(
        "an officer of a municipality searches that municipality's register only",
        where=f"search in {muni or 'all municipalities'}",
        todo=f"search in {reader.muni}, or ask the other municipality",
    )


def person_summary(reader: Reader, person: int, *, on: date) -> Summary | None:
    """One person's record as of a day. None for nobody, and, where the reader is an officer of a
    municipality, for a person of another one. Recorded either way.

    Of a person under support measures (支援措置) nothing here says where they really are; other members'
    records do not name them, theirs names no other member.
    """

    def fetch() -> Summary | None:
        found = people.find_summary(person, on)
        elsewhere = found is not None and reader.muni and found.stay.muni != reader.muni
        return None if elsewhere else found

    return read_as(reader, RECORD, person, fetch)


def record_as_of(
    reader: Reader, muni: str, person: int, *, on: date, known_at: datetime | None = None
) -> Record | None:
    """What the register of a municipality says of a person on a day; `known_at`: what it said at that moment.

    None for nobody, for a person of whom it said nothing then, and where the reader is an officer of another municipality.
    Recorded either way.
    """

    def fetch() -> Record | None:
        return None if _elsewhere(reader, muni) else records.record_of(muni, person, on, known_at)

    return read_as(reader, tuple(records.GROUPS), person, fetch)


def history_of_person(reader: Reader, muni: str, person: int) -> tuple[Entered, ...]:
    """Everything that the record of a person ever said, in the order in which it was entered; empty as `record_as_of`
    is None. Recorded.
    """

    def fetch() -> tuple[Entered, ...] | None:
        return None if _elsewhere(reader, muni) else records.history_of(muni, person) or None

    return read_as(reader, ("history", *records.GROUPS), person, fetch) or ()


def acts_of_person(reader: Reader, muni: str, person: int) -> tuple[ActLine, ...]:
    """The acts that touch a person's record, by number; empty as `record_as_of` is None. Recorded."""

    def fetch() -> tuple[ActLine, ...] | None:
        return None if _elsewhere(reader, muni) else records.acts_of(muni, person) or None

    return read_as(reader, ("acts",), person, fetch) or ()


def broken_chain(muni: str) -> int | None:
    """The number of the first act of a municipality's journal that its chain of hashes does not bear out; None where
    all are sound.
    """
    return journal.broken(muni)


def _elsewhere(reader: Reader, muni: str) -> bool:
    """Whether the reader is an officer of another municipality, which has not taken over this one's records either."""
    return bool(reader.muni) and reader.muni != muni and reader.muni not in successors_of(muni)


def municipalities(prefecture: str = "") -> list[MunicipalityLine]:
    """Municipalities in order of their codes, of one prefecture (`13`) or all. Nothing personal."""
    rows = Municipality.objects.order_by("muni")
    if prefecture:
        rows = rows.filter(prefecture=prefecture)
    columns = list(MunicipalityLine.__dataclass_fields__)
    return [MunicipalityLine(*row) for row in rows.values_list(*columns)]


def municipality_of(person: int) -> str:
    """The municipality that holds a person's record now, or held it last; blank for nobody. An index, no item of the record."""
    return Person.objects.filter(pk=person).values_list("muni", flat=True).first() or ""


def counts(on: date) -> list[Count]:
    """Residents, and households with at least one, of each municipality on a day; those with nobody are left
    out.
    """
    households = dict(
        Membership.objects.as_of(on)
        .values_list("muni")
        .annotate(households=CountOf("household", distinct=True))
        .values_list("muni", "households")
    )
    residents = (
        Residence.objects.as_of(on)
        .values("muni")
        .annotate(residents=CountOf("id"))
        .order_by("muni")
        .values_list("muni", "residents")
    )
    return [Count(muni, number, households.get(muni, 0)) for muni, number in residents]


def loaded_nation() -> Nation | None:
    """The snapshot that this register began with; None for an empty register."""
    row = LoadedNation.objects.first()
    return None if row is None else Nation(row.snapshot, row.source, row.day, row.persons, row.complete)


def load_nation(folder: Path, progress: Progress | None = None) -> Loaded:
    """Loads a snapshot into the empty register: set-based, a shard a transaction; called again it goes on
    where it stopped.

    Every file's hash is checked before the first row is written. Raises BadInput for a file that is missing,
    cut off, altered or of another snapshot, and for rows that no register can hold (naming file, row and
    column); Refused where the register holds another nation. `progress(file, rows)` after each shard. Numbers
    are not its matter (`number.services`).
    """
    from enishi.register.engines.load import load

    return load(folder, progress)


def write_snapshot(on: date, out: Path, progress: Progress | None = None) -> Written:
    """Writes the register of a day as a snapshot: everybody on it then, and who left or came within 90 days
    either side.

    One row a person: the residence that covers the day, else the nearest. `cell` stands only in the snapshot
    of the day that was loaded: on any other day ages have moved on. Raises Refused for an empty or
    half-loaded register and for a folder that holds a snapshot, InUse while another process writes there.
    """
    from enishi.register.engines.snapshot import write_snapshot as write

    return write(on, out, progress)


def statistics(
    period: Period, *, today: date, known_at: datetime | None = None
) -> tuple[list[Line], list[Households]]:
    """The tables of population and its change over whole months (`rules.statistics`), nothing personal in them.

    `known_at`: as the register knew it at that moment. Raises BadInput for a period that has not ended, Refused for a
    register that is still being loaded, Disagreement where a cell does not balance: such tables are not handed out.
    """
    from enishi.register.engines.statistics import tables

    check_ended(period, today)
    return tables(period, known_at)


def write_statistics(
    period: Period, out: Path, *, today: date, known_at: datetime | None = None
) -> list[Path]:
    """Writes both tables as CSV files into a folder and returns their paths. Raises as `statistics`."""
    from enishi.register.engines.statistics import write

    return write(*statistics(period, today=today, known_at=known_at), period, out)
