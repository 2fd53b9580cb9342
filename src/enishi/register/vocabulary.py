"""The closed lists of the register, each word as it stands in a snapshot (docs/snapshot.md) and in the
database.
"""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """Relationship to the head of household (続柄)."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    SPOUSE_CHILD = "spouse_child"
    GRANDCHILD = "grandchild"
    CHILD_SPOUSE = "child_spouse"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    NEPHEW_NIECE = "nephew_niece"
    COHABITANT = "cohabitant"


class Institution(StrEnum):
    """Institution in which a person lives as a household of one."""

    ELDER_HOME = "elder_home"
    HOSPITAL = "hospital"
    CHILD_HOME = "child_home"
    DORMITORY = "dormitory"
    PRISON = "prison"


class Entry(StrEnum):
    """How a person came on the register of a municipality; the last three occur in acts only: ex officio, on acquiring a status
    of residence (art. 30-47), and from a municipality that has merged into this one.
    """

    BIRTH = "birth"
    FROM_ABROAD = "from_abroad"
    MOVE_IN = "move_in"
    EX_OFFICIO = "ex_officio"
    STATUS_ACQUIRED = "status_acquired"
    MERGER = "merger"


class Exit(StrEnum):
    """How a person left the register of a municipality; the last three occur in acts only."""

    DEATH = "death"
    ABROAD = "abroad"
    MOVE_OUT = "move_out"
    DISAPPEARANCE = "disappearance"
    EX_OFFICIO = "ex_officio"
    MERGER = "merger"


class NameKind(StrEnum):
    """Kinds of names: registered name (氏名), former surname (旧氏), alias (通称), Latin name (ローマ字氏名), kanji
    of a foreign resident's name (漢字氏名).
    """

    REGISTERED = "registered"
    FORMER = "former"
    ALIAS = "alias"
    LATIN = "latin"
    FOREIGN_KANJI = "foreign_kanji"


class Provenance(StrEnum):
    """Where a reading comes from: filed by the person (届出), entered by the family register ex officio after its
    notice (職権), or a working reading of the municipality without force (便宜).
    """

    FILED = "filed"
    EX_OFFICIO = "ex_officio"
    WORKING = "working"


class Manner(StrEnum):
    """How an act comes about: by report (届出) or ex officio (職権)."""

    REPORT = "report"
    EX_OFFICIO = "ex_officio"


class StatusKind(StrEnum):
    """Status items of the record (art. 7(9) to (11-2))."""

    ELECTORAL_ROLL = "electoral_roll"
    NATIONAL_HEALTH_INSURANCE = "health_insurance"
    LATTER_STAGE_ELDERLY = "latter_stage"
    LONG_TERM_CARE = "long_term_care"
    NATIONAL_PENSION = "pension"
    CHILD_ALLOWANCE = "child_allowance"


class Harm(StrEnum):
    """The groups of victims for whom there are support measures (支援措置): violence by a spouse, stalking, child abuse,
    and what is like these.
    """

    VIOLENCE = "violence"
    STALKING = "stalking"
    CHILD_ABUSE = "child_abuse"
    SIMILAR = "similar"


class Agency(StrEnum):
    """Whose opinion a municipality hears on the need of support measures (相談機関等の意見): police, spousal violence counselling
    and support centre (配偶者暴力相談支援センター), child guidance centre (児童相談所), another; or the court whose order was
    shown.
    """

    POLICE = "police"
    COUNSELLING_CENTRE = "counselling_centre"
    CHILD_CENTRE = "child_centre"
    OTHER_AGENCY = "other_agency"
    COURT = "court"


class Part(StrEnum):
    """What somebody is in a case of support measures: applicant (申出者), covered with them (併せて支援を求める者), other party
    (相手方).
    """

    APPLICANT = "applicant"
    COVERED = "covered"
    OTHER_PARTY = "other_party"


class MeasureAct(StrEnum):
    """What happens to a support measure; `copied`: another municipality's act, as it told of it."""

    TAKE_OVER = "take_over"
    FILE = "file"
    GRANT = "grant"
    REJECT = "reject"
    RENEW = "renew"
    CHANGE = "change"
    END = "end"
    MOVE = "move"
    COPIED = "copied"


class Evidence(StrEnum):
    """What was shown when an act was reported or ordered (本人確認書類, 届出に添える書類)."""

    NUMBER_CARD = "number_card"
    DRIVING_LICENCE = "driving_licence"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    INSURANCE = "insurance"
    MOVE_OUT_CERTIFICATE = "move_out_certificate"
    FAMILY_REGISTER = "family_register"
    LETTER_OF_AUTHORITY = "letter_of_authority"
    COURT_DECISION = "court_decision"
    FIELD_INQUIRY = "field_inquiry"
    OTHER = "other"
