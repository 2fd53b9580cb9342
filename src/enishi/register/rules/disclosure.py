"""Who may be told what of whom: one decision for every read of a person (支援措置 and the disclosure of resident records).

`decide` is pure, total and denies by default: it answers for every combination of words, and what it does not know it denies.
The law is the two tables `OPEN` and `CLOSED`. Nobody gets what no line of `OPEN` gives; of a person under support
measures nobody gets what no line of `CLOSED` gives besides. So no measure can ever open anything.

Law: Basic Resident Register Act (BRRA) arts 1, 3, 11 to 12-4, 20, 30-9 to 30-15; the ministry's notice on its handling
(住民基本台帳事務処理要領, part 5-10), which rests support measures for victims of violence, stalking and child abuse on the
ground "no legitimate purpose" (不当な目的等, arts 11-2, 12(6), 12-3); My Number Act arts 9, 19; Local Autonomy Act art. 199.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from enishi.kernel.calendar import is_office_holiday
from enishi.kernel.deadlines import end_of_period
from enishi.register.rules.disclosure_words import Decision, Item, Purpose, Role

JAPAN = timezone(timedelta(hours=9))
STATE = "STATE"
"""Stands for a municipality where the State itself serves or pays."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks.

    `role`: a word of `Role`; `person`: the person id of a natural person; `behalf`: of the person for whom they ask; `muni`: the
    municipality of an officer, a business or a job, `STATE` for who pays for the State; `duties`: those that an officer holds
    today; `represents`: persons for whom the door has established that the requester may stand: of the same household, children,
    principals.
    """

    role: str
    person: int | None = None
    behalf: int | None = None
    muni: str = ""
    duties: frozenset[str] = frozenset()
    represents: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Measure:
    """Support measures for one case, as one municipality keeps them.

    `filed_at`: closed provisionally from then on; `decided_at`, `granted`: the municipality's decision; `until`: the first day
    on which a granted measure no longer closes; `ended_at`: ended at the person's wish, or for want of its ground; `awaiting`:
    after a move, or taken over from an earlier system: closed until the municipality decides anew; `served_by`: the
    municipality that serves the protected persons; `protected`: the applicant and those covered with them;
    `other_parties`: those named as the other party (相手方), of whom there may be others unnamed.
    """

    filed_at: datetime
    decided_at: datetime | None = None
    granted: bool | None = None
    until: date | None = None
    ended_at: datetime | None = None
    awaiting: bool = False
    served_by: str = ""
    protected: frozenset[int] = frozenset()
    other_parties: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom. `munis`: the municipalities that hold a trace of the person (none: there is no such person); `measures`: those
    that concern them, as protected or as other party.
    """

    person: int
    munis: frozenset[str] = frozenset()
    measures: tuple[Measure, ...] = ()


def decide(
    requester: Requester, purpose: str, article: str, subject: Subject, item: str, at: datetime
) -> Decision:
    """Whether one item of one person may be told. `article`: as the read record keeps it; `at`: the moment, with a zone.

    The only results: `ALLOW`, where the tables give it; `DENY` for all else, alike for a person who is protected, who does not
    exist, and of whom nothing may be told to this requester for this purpose.
    """
    if at.utcoffset() is None or not founded(purpose, article):
        return Decision.DENY
    closing = [measure for measure in subject.measures if closes(measure, at)]
    if closing and (requester.role in AUTOMATIC or purpose in CUT):
        return Decision.DENY
    asking = {requester.person, requester.behalf}
    protecting = [measure for measure in closing if subject.person in measure.protected]
    if any(asking & measure.other_parties for measure in protecting):
        return Decision.DENY
    tables = (OPEN, CLOSED) if protecting else (OPEN,)
    given = all(
        any(line.gives(requester, purpose, subject, protecting, item) for line in table) for table in tables
    )
    return Decision.ALLOW if given else Decision.DENY


def closes(measure: Measure, at: datetime) -> bool:
    """Whether a measure closes the record at a moment: provisionally from its filing, for the term of its grant, and while a
    new municipality has not decided. One rejected or ended opens from that very moment.
    """
    if at < measure.filed_at:
        return False
    if measure.ended_at is not None and measure.ended_at <= at:
        return False
    if measure.awaiting or measure.decided_at is None or at < measure.decided_at:
        return True
    if measure.granted is False:
        return False
    return measure.until is None or at.astimezone(JAPAN).date() < measure.until


def first_open_day(decided: date) -> date:
    """The first day after the year of a measure decided on a day: the day of the decision does not count, and an end on a day on
    which the office is closed rolls on (Civil Code arts 140 to 143).
    """
    return end_of_period(decided, years=1, is_holiday=is_office_holiday) + timedelta(days=1)


def first_renewable_day(until: date) -> date:
    """The first day of the last month of a measure that no longer closes on `until`: from it on it may be renewed."""
    last = until - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    return before.replace(day=min(last.day, before.day)) + timedelta(days=1)


def renewed_until(until: date) -> date:
    """The first open day after a renewal: the new year follows the old one without a gap, whenever it was asked for."""
    return first_open_day(until - timedelta(days=1))


def founded(purpose: str, article: str) -> bool:
    """Whether an article is one on which this purpose can rest. A benefit rests on its own programme's basis."""
    return bool(article.strip()) and article.startswith(LAWS.get(purpose, ()))


LAWS: dict[str, tuple[str, ...]] = {
    Purpose.RESIDENT_AFFAIRS: ("Basic Resident Register Act",),
    Purpose.SUPPORT_MEASURES: ("Basic Resident Register Act",),
    Purpose.TRANSFER: ("Basic Resident Register Act",),
    Purpose.BUSINESS_AFFAIRS: ("Basic Resident Register Act", "My Number Act 9"),
    Purpose.STATE_AFFAIRS: ("Basic Resident Register Act",),
    Purpose.BENEFIT: ("",),
    Purpose.AUDIT: ("",),
    Purpose.OWN_RECORD: ("Basic Resident Register Act", "Act on the Protection of Personal Information"),
    Purpose.LEGITIMATE_INTEREST: ("Basic Resident Register Act",),
    Purpose.OFFICIAL_REQUEST: ("Basic Resident Register Act",),
    Purpose.EXCHANGE: ("My Number Act 19", "Basic Resident Register Act 30"),
    Purpose.HEALTH_VIEW: ("Health Insurance Act", "Act on the Protection of Personal Information"),
    Purpose.NUMBER_USE: ("My Number Act",),
}
"""With what the article of each purpose begins; an audit and a benefit rest on the basis of what is audited or paid."""

AUTOMATIC = {Role.STORE_TERMINAL}
CUT = {Purpose.EXCHANGE, Purpose.HEALTH_VIEW}
"""Answered by a machine: cut for everybody of a case, the other party too (要領 part 5-10)."""

CERTIFICATES = {
    Item.COPY,
    Item.WIDE_AREA_COPY,
    Item.REMOVED_RECORD,
    Item.RECORDED_ITEMS,
    Item.MOVE_OUT_CERTIFICATE,
    Item.SUPPLEMENT_COPY,
}
IDENTITY = {
    Item.EXISTENCE,
    Item.NAME,
    Item.READING,
    Item.OTHER_NAMES,
    Item.BIRTH_DATE,
    Item.SEX,
    Item.PARTICULARS,
    Item.ADDRESS,
    Item.RESIDENCE,
}
RECORD = IDENTITY | {
    Item.PREVIOUS_ADDRESS,
    Item.HOUSEHOLD,
    Item.RELATION,
    Item.MEMBERS,
    Item.MEMBERSHIP,
    Item.DOMICILE,
    Item.NATIONALITY,
    Item.RESIDENCE_STATUS,
    Item.FOREIGN_STATUS,
    Item.STATUS_ITEM,
    Item.ADDRESSEE,
}
WHOLE = RECORD | {
    Item.PLANNED_DESTINATION,
    Item.CONFIRMED_DESTINATION,
    Item.HISTORY,
    Item.ACTS,
    Item.MAIL_ADDRESS,
    Item.RESIDENT_CODE,
    Item.CODE_CHANGED,
}
PAYMENT = {
    Item.NAME,
    Item.ADDRESS,
    Item.ENTITLEMENT,
    Item.GROUNDS,
    Item.PAYMENT,
    Item.PAYEE,
    Item.ROUTE,
    Item.ACCOUNT,
    Item.ACCOUNT_HOLDER,
}
WHY_PAID = {Item.ENTITLEMENT, Item.GROUNDS, Item.PAYMENT, Item.PAYEE, Item.ROUTE}
ORDERS = {Item.NAME, Item.PAYMENT, Item.ACCOUNT}
"""What a transfer order tells the bank: nothing of where anybody is."""
EXTRACTS = {Item.COPY, Item.REMOVED_RECORD}
NUMBER = {Item.NUMBER, Item.NUMBER_CHANGED}
MEASURE = {Item.MEASURE}

Tie = Callable[[Requester, Subject, Sequence[Measure]], bool]


def anybody(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """Nothing ties the two: a ledger or a read record is the requester's own book, whoever stands in it."""
    return True


def exists(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """Some municipality holds a trace of the person."""
    return bool(subject.munis)


def own_trace(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The requester's municipality holds a trace of the person."""
    return requester.muni in subject.munis


def own_self(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The person asks of themself, who is on record."""
    return bool(subject.munis) and requester.person == subject.person


def stands_for(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The door has established that the requester may stand for the person."""
    return bool(subject.munis) and subject.person in requester.represents


def same_case(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The requester is protected by every measure that protects the person."""
    return all(requester.person in measure.protected for measure in measures)


def serves(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The requester's municipality serves the person under every measure that protects them."""
    return all(requester.muni == measure.served_by for measure in measures)


def pays_for_state(requester: Requester, subject: Subject, measures: Sequence[Measure]) -> bool:
    """The requester pays for the State."""
    return requester.muni == STATE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the law: by `article`, those in one of the `roles` (with one of the `duties`, where it names any) get the
    `items` for the `purposes`, where the `tie` between them and the person holds.
    """

    article: str
    roles: set[Role]
    purposes: set[Purpose]
    items: set[Item]
    tie: Tie
    duties: frozenset[str] = frozenset()

    def gives(
        self, requester: Requester, purpose: str, subject: Subject, measures: Sequence[Measure], item: str
    ) -> bool:
        """Whether this line gives the item."""
        return (
            requester.role in self.roles
            and purpose in self.purposes
            and item in self.items
            and (not self.duties or bool(self.duties & requester.duties))
            and self.tie(requester, subject, measures)
        )


OFFICE = {Role.MUNICIPAL_OFFICER}
SUPPORTING = {Purpose.SUPPORT_MEASURES}
KEEPING = {Purpose.RESIDENT_AFFAIRS} | SUPPORTING
OWN = {Purpose.OWN_RECORD}
OF_REGISTER = frozenset({"register_officer"})
OF_BENEFITS = frozenset({"benefits_officer", "accounting_officer"})
OF_ACCOUNTS = frozenset({"accounting_officer"})

OPEN: tuple[Line, ...] = (
    Line("BRRA 1, 3: keeping the register", OFFICE, KEEPING, WHOLE | CERTIFICATES, own_trace),
    Line("要領 5-10: its own file of measures", OFFICE, SUPPORTING, MEASURE, anybody, OF_REGISTER),
    Line("BRRA 1: a business of the municipality", {Role.BUSINESS}, {Purpose.BUSINESS_AFFAIRS}, RECORD, own_trace),
    Line("BRRA 24-2, 9: the record moves with the person", {Role.SYSTEM}, {Purpose.TRANSFER}, WHOLE, own_trace),
    Line("BRRA 30-9: affairs of the State", {Role.NATIONAL_OFFICER}, {Purpose.STATE_AFFAIRS}, RECORD, exists),
    Line("the programme's basis: its payer's own ledger", OFFICE | {Role.NATIONAL_OFFICER}, {Purpose.BENEFIT}, PAYMENT, anybody),
    Line("Local Autonomy Act 199: audit", {Role.AUDITOR}, {Purpose.AUDIT}, RECORD | PAYMENT | {Item.READ_RECORD}, anybody),
    Line("BRRA 12(1): one's own record", {Role.SELF}, OWN, WHOLE | CERTIFICATES | {Item.READ_RECORD}, own_self),
    Line("BRRA 12(1): of one's own household", {Role.HOUSEHOLD_MEMBER}, OWN, RECORD | CERTIFICATES, stands_for),
    Line("BRRA 12(3): legal representative", {Role.PARENT}, OWN, WHOLE | CERTIFICATES, stands_for),
    Line("BRRA 12(3): with a power of attorney", {Role.AGENT}, OWN, CERTIFICATES, stands_for),
    Line("BRRA 12(1): at a terminal", {Role.STORE_TERMINAL}, OWN, {Item.COPY, Item.RECORDED_ITEMS}, own_self),
    Line("BRRA 12-3: legitimate interest", {Role.THIRD_PARTY}, {Purpose.LEGITIMATE_INTEREST}, EXTRACTS, exists),
    Line("BRRA 12-2: official request", {Role.OTHER_ORGAN}, {Purpose.OFFICIAL_REQUEST}, EXTRACTS, exists),
    Line("My Number Act 19(8); BRRA 30-9 to 30-15", {Role.OTHER_ORGAN}, {Purpose.EXCHANGE}, IDENTITY, exists),
    Line("view of one's health data", {Role.SELF}, {Purpose.HEALTH_VIEW}, {Item.HEALTH}, own_self),
    Line("view of a child's health data", {Role.PARENT}, {Purpose.HEALTH_VIEW}, {Item.HEALTH}, stands_for),
    Line("My Number Act 9: affairs using the number", OFFICE | {Role.SYSTEM}, {Purpose.NUMBER_USE}, NUMBER, own_trace),
    Line("My Number Act 9: one's own number", {Role.SELF}, {Purpose.NUMBER_USE}, NUMBER, own_self),
)  # fmt: skip
"""What may be told of anybody."""

CLOSED: tuple[Line, ...] = (
    Line("要領 5-10: who keeps the record", OFFICE, KEEPING, WHOLE | CERTIFICATES, anybody, OF_REGISTER),
    Line("要領 5-10: its own file of measures", OFFICE, SUPPORTING, MEASURE, anybody),
    Line("要領 5-10: the measure travels first", {Role.SYSTEM}, {Purpose.TRANSFER}, WHOLE, anybody),
    Line("paid apart where they live", OFFICE, {Purpose.BENEFIT}, PAYMENT, serves, OF_BENEFITS),
    Line("a payer's transfer orders", OFFICE, {Purpose.BENEFIT}, ORDERS, anybody, OF_ACCOUNTS),
    Line("paid by the State", {Role.NATIONAL_OFFICER}, {Purpose.BENEFIT}, PAYMENT, pays_for_state, OF_BENEFITS),
    Line("why the State pays", {Role.NATIONAL_OFFICER}, {Purpose.BENEFIT}, WHY_PAID, pays_for_state),
    Line("Local Autonomy Act 199", {Role.AUDITOR}, {Purpose.AUDIT}, RECORD | PAYMENT | {Item.READ_RECORD}, anybody),
    Line("one's own record, at the office", {Role.SELF}, OWN, WHOLE | CERTIFICATES | {Item.READ_RECORD}, anybody),
    Line("within the protected family", {Role.HOUSEHOLD_MEMBER}, OWN, RECORD | CERTIFICATES, same_case),
    Line("the protected parent", {Role.PARENT}, OWN, WHOLE | CERTIFICATES, same_case),
    Line("My Number Act 9, at the office", OFFICE, {Purpose.NUMBER_USE}, NUMBER, anybody, OF_REGISTER),
    Line("My Number Act 9: one's own number", {Role.SELF}, {Purpose.NUMBER_USE}, NUMBER, anybody),
)  # fmt: skip
"""What may be told of a person under support measures, besides its standing in `OPEN`."""
