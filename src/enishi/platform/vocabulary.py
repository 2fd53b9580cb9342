"""The closed lists of this room, each value as it stands in the database."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """What a reader got."""

    GIVEN = "given"
    REFUSED = "refused"
    NOTHING = "nothing"


class DutyKind(StrEnum):
    """Duties an officer can hold. Japanese terms: 会計管理者, 給付担当, 住基担当, 中央省庁担当, 監査委員."""

    ACCOUNTING_OFFICER = "accounting_officer"
    BENEFITS_OFFICER = "benefits_officer"
    REGISTER_OFFICER = "register_officer"
    AGENCY_OFFICER = "agency_officer"
    AUDITOR = "auditor"


class ApprovalState(StrEnum):
    """Where a question to a second pair of eyes stands. `OPEN` is the empty string: nobody has decided."""

    OPEN = ""
    GRANTED = "granted"
    DENIED = "denied"
    VOID = "void"
