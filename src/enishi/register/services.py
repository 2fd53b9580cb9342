"""The door of register/: its use cases, by theme. Reads of persons need a `Reader` and leave their lines in the read record.

What they are asked and answer with, and the law's terms that pages need, stands in `terms` (docs/adr/0008).
"""

from __future__ import annotations

from enishi.register.addressing import (
    addressee,
    addressee_by_act,
    addressee_duplicates,
    addressees_alike,
    find_addressees,
)
from enishi.register.certificate_judging import certifiable
from enishi.register.certificate_register import (
    issued_certificate,
    issued_certificates,
    verify_certificate,
    void_certificate,
)
from enishi.register.certificate_requests import (
    confirm_request,
    decline_request,
    fetch_certificate,
    own_counter_issues,
    own_request,
    own_requests,
    request_at_office,
    request_certificate,
    waiting_requests,
    withdraw_request,
)
from enishi.register.certifying import (
    issue_certificate,
    preview_certificate,
    reprint_certificate,
)
from enishi.register.desk import filed, mail_for, preview_act, preview_area, seated
from enishi.register.due import due_departures, due_late_reports, due_stays, due_without_status
from enishi.register.engines.moving import (
    accept_moves_in,
    accept_moves_out,
    announce_moves,
    confirm_identities,
    move_id_of,
)
from enishi.register.examples import example_family, example_protected
from enishi.register.filing import perform_act
from enishi.register.households import household_on
from enishi.register.journal import broken_chain
from enishi.register.journal_reading import act_shown, actors_of, journal_page, refused_acts
from enishi.register.measure_reading import (
    measure_file,
    measures_due,
    measures_of_person,
    measures_on_file,
    reach_of,
)
from enishi.register.merging import merge_municipality, preview_merger
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
from enishi.register.moves.reading import incoming_moves, move_of, moves_of_resident, open_moves
from enishi.register.municipalities import counts, municipalities, municipality_of
from enishi.register.person_reading import (
    acts_of_person,
    find_residents,
    history_of_person,
    person_summaries,
    person_summary,
    record_as_of,
    residents_by_id,
    search_persons,
)
from enishi.register.population import statistics, write_statistics
from enishi.register.postal import towns_of_postcode, wards_of
from enishi.register.protection import (
    change_measure,
    decide_measure,
    end_measure,
    file_measure,
    renew_measure,
)
from enishi.register.snapshots import load_nation, loaded_nation, write_snapshot
from enishi.register.subscriptions import deliver_events, open_deliveries, subscribes
from enishi.register.succession import found_municipality
from enishi.register.wide_area import ask_wide_area, wide_area_question, wide_area_questions

__all__ = [  # noqa: RUF022  by theme, as they are looked for
    # Persons: searched for and read
    "search_persons",
    "find_residents",
    "residents_by_id",
    "person_summaries",
    "person_summary",
    "record_as_of",
    "history_of_person",
    "acts_of_person",
    "household_on",
    "seated",
    # Acts and their journal
    "preview_act",
    "preview_area",
    "perform_act",
    "filed",
    "journal_page",
    "act_shown",
    "actors_of",
    "refused_acts",
    "broken_chain",
    # What an office has to look after
    "due_departures",
    "due_late_reports",
    "due_stays",
    "due_without_status",
    # Moves between municipalities
    "announce_move",
    "accept_move_out",
    "refuse_move_out",
    "cancel_move",
    "change_destination",
    "issue_paper_certificate",
    "ask_for_certificate",
    "confirm_identity",
    "accept_move_in",
    "decline_move_in",
    "resolve_conflict",
    "run_deadlines",
    "move_of",
    "open_moves",
    "incoming_moves",
    "moves_of_resident",
    # The same by thousands
    "announce_moves",
    "accept_moves_out",
    "confirm_identities",
    "accept_moves_in",
    "move_id_of",
    # Certificates
    "certifiable",
    "preview_certificate",
    "issue_certificate",
    "reprint_certificate",
    "issued_certificate",
    "issued_certificates",
    "void_certificate",
    "verify_certificate",
    "request_certificate",
    "own_request",
    "own_requests",
    "own_counter_issues",
    "fetch_certificate",
    "withdraw_request",
    "waiting_requests",
    "request_at_office",
    "confirm_request",
    "decline_request",
    "ask_wide_area",
    "wide_area_question",
    "wide_area_questions",
    # Support measures
    "file_measure",
    "decide_measure",
    "renew_measure",
    "change_measure",
    "end_measure",
    "measures_due",
    "measures_on_file",
    "measure_file",
    "reach_of",
    "measures_of_person",
    "mail_for",
    # Addressees: who is served without being on the register
    "find_addressees",
    "addressee",
    "addressee_by_act",
    "addressees_alike",
    "addressee_duplicates",
    # Mergers of municipalities
    "found_municipality",
    "preview_merger",
    "merge_municipality",
    # Places and figures: nothing personal
    "municipalities",
    "municipality_of",
    "towns_of_postcode",
    "wards_of",
    "counts",
    "statistics",
    "write_statistics",
    # A nation, loaded and written
    "load_nation",
    "loaded_nation",
    "write_snapshot",
    "example_family",
    "example_protected",
    # Events for higher rooms
    "subscribes",
    "deliver_events",
    "open_deliveries",
]
