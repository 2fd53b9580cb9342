"""The words of register's door: what its use cases (`services`) are asked and answer with, and the law's terms that pages show.

Plain data, enums and pure functions only: nothing here reads a table. Whoever needs a term asks for it here, not in `rules`.
"""

from __future__ import annotations

from enishi.register.addressing import Served
from enishi.register.answers import MunicipalityLine, Summary
from enishi.register.certificate_judging import Choice
from enishi.register.certificate_register import CertificateLine
from enishi.register.certificate_requests import CounterIssue, RequestView, asked_online
from enishi.register.certifying import Issued, Preview
from enishi.register.desk import Seated
from enishi.register.differences import Difference, differences
from enishi.register.filing import Changes
from enishi.register.finding import Found, FoundPage, Question
from enishi.register.households import HouseholdMember
from enishi.register.journal_reading import ActShown
from enishi.register.measure_words import (
    Case,
    Changed,
    Delivery,
    Due,
    DueMeasure,
    Mail,
    MeasureFile,
    MeasureState,
    Opinion,
)
from enishi.register.measures import By
from enishi.register.moves.words import Filing, MoveView
from enishi.register.postal import PostalTown
from enishi.register.records import ActLine, Entered, Record
from enishi.register.refusals import in_words, sentence
from enishi.register.rules import move_terms, reports
from enishi.register.rules.areas import OF_AREAS
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.certificates import (
    DAYS_TO_FETCH,
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
from enishi.register.rules.moves import Place, days_late, last_day_to_report
from enishi.register.rules.moving import Role
from enishi.register.rules.relationship import worded as relation_words
from enishi.register.rules.residence_statuses import NAMES as RESIDENCE_STATUSES
from enishi.register.rules.residence_statuses import name as residence_status_name
from enishi.register.rules.statistics import period_of
from enishi.register.subscriptions import Event, Happening
from enishi.register.vocabulary import Agency, Evidence, Harm, NameKind, StatusKind
from enishi.register.wide_area import QuestionLine

__all__ = [  # noqa: RUF022  by theme, as they are looked for
    # Persons
    "Question",
    "Found",
    "FoundPage",
    "Summary",
    "Record",
    "Entered",
    "Difference",
    "differences",
    "HouseholdMember",
    "Seated",
    "NameKind",
    "StatusKind",
    "Served",
    "relation_words",
    "RESIDENCE_STATUSES",
    "residence_status_name",
    # Acts and their journal
    "Kind",
    "CATALOGUE",
    "OF_AREAS",
    "reports",
    "Evidence",
    "Changes",
    "ActLine",
    "ActShown",
    "in_words",
    "sentence",
    # Moves
    "Filing",
    "MoveView",
    "Place",
    "Role",
    "move_terms",
    "days_late",
    "last_day_to_report",
    # Certificates
    "Asked",
    "Certificate",
    "CertificateLine",
    "Channel",
    "Choice",
    "Form",
    "Handover",
    "Identity",
    "Item",
    "Requester",
    "Standing",
    "SWITCHES",
    "DAYS_TO_FETCH",
    "Preview",
    "Issued",
    "RequestView",
    "CounterIssue",
    "QuestionLine",
    "asked_online",
    # Support measures
    "By",
    "Case",
    "Changed",
    "Harm",
    "Agency",
    "Opinion",
    "Due",
    "DueMeasure",
    "MeasureFile",
    "MeasureState",
    "Delivery",
    "Mail",
    # Places and figures
    "MunicipalityLine",
    "PostalTown",
    "period_of",
    # Events
    "Event",
    "Happening",
]
