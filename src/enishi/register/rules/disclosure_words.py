"""The closed lists of disclosure: as what somebody asks, what for, what of a person, and the answer."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """As what somebody asks."""

    SELF = "self"
    HOUSEHOLD_MEMBER = "household_member"
    PARENT = "parent"
    """Parent or other legal representative (法定代理人)."""
    AGENT = "agent"
    """With a power of attorney of the person (任意代理人)."""
    THIRD_PARTY = "third_party"
    MUNICIPAL_OFFICER = "municipal_officer"
    NATIONAL_OFFICER = "national_officer"
    AUDITOR = "auditor"
    OTHER_ORGAN = "other_organ"
    """Another organ, also by automatic exchange (情報連携)."""
    BUSINESS = "business"
    """One of a municipality's businesses: tax, insurance, schools, welfare ..."""
    STORE_TERMINAL = "store_terminal"
    """A terminal in a convenience store (コンビニ交付)."""
    SYSTEM = "system"


class Purpose(StrEnum):
    """What for: the closed list of uses."""

    RESIDENT_AFFAIRS = "resident_affairs"
    SUPPORT_MEASURES = "support_measures"
    TRANSFER = "transfer"
    """Moving a record to the municipality that a person moves to."""
    BUSINESS_AFFAIRS = "business_affairs"
    STATE_AFFAIRS = "state_affairs"
    BENEFIT = "benefit"
    AUDIT = "audit"
    OWN_RECORD = "own_record"
    LEGITIMATE_INTEREST = "legitimate_interest"
    OFFICIAL_REQUEST = "official_request"
    EXCHANGE = "exchange"
    HEALTH_VIEW = "health_view"
    NUMBER_USE = "number_use"


class Item(StrEnum):
    """What of a person: groups and items of the record, and what is made of them. Reads name them by these words."""

    EXISTENCE = "existence"
    NAME = "name"
    READING = "reading"
    OTHER_NAMES = "other_names"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    PARTICULARS = "particulars"
    ADDRESS = "address"
    RESIDENCE = "residence"
    PREVIOUS_ADDRESS = "previous_address"
    PLANNED_DESTINATION = "planned_destination"
    CONFIRMED_DESTINATION = "confirmed_destination"
    HOUSEHOLD = "household"
    RELATION = "relation"
    MEMBERS = "members"
    MEMBERSHIP = "membership"
    DOMICILE = "domicile"
    NATIONALITY = "nationality"
    RESIDENCE_STATUS = "residence_status"
    FOREIGN_STATUS = "foreign_status"
    STATUS_ITEM = "status_item"
    ADDRESSEE = "addressee"
    HISTORY = "history"
    ACTS = "acts"
    MAIL_ADDRESS = "mail_address"
    RESIDENT_CODE = "resident_code"
    CODE_CHANGED = "resident_code_changed"
    NUMBER = "individual_number"
    NUMBER_CHANGED = "individual_number_changed"
    COPY = "certificate.copy"
    WIDE_AREA_COPY = "certificate.wide_area_copy"
    REMOVED_RECORD = "certificate.removed_record"
    RECORDED_ITEMS = "certificate.recorded_items"
    MOVE_OUT_CERTIFICATE = "certificate.move_out"
    SUPPLEMENT_COPY = "certificate.supplement"
    HEALTH = "health"
    ENTITLEMENT = "entitlement"
    GROUNDS = "grounds"
    PAYMENT = "payment"
    PAYEE = "payee"
    ROUTE = "route"
    ACCOUNT = "account"
    ACCOUNT_HOLDER = "account holder"
    READ_RECORD = "read_record"
    MEASURE = "support_measure"
    """A municipality's own file of support measures."""


class Decision(StrEnum):
    """The answer. A denial never says why it is one."""

    ALLOW = "allow"
    DENY = "deny"
