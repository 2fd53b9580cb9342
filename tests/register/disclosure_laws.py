"""The laws of the disclosure rule, to be held against the rule or a mutant of it: `hold(rule)` raises AssertionError.

What is expected is written here a second time, line by line and word by word, and never taken from the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from types import ModuleType
from typing import Any

from enishi.kernel.deadlines import Counting, end_of_period, never_closed
from enishi.register.rules.disclosure_words import Decision, Item, Purpose, Role

HERE, THERE, ELSEWHERE = "141003", "011002", "131016"
WHO, OTHER, CHILD, PARENT = 9, 8, 10, 11
AT = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
EARLIER = AT - timedelta(days=30)
TICK = timedelta(microseconds=1)

IDENTITY = "existence name reading other_names birth_date sex particulars address residence"
RECORD = f"{IDENTITY} previous_address household relation members membership domicile nationality residence_status foreign_status status_item addressee"
WHOLE = f"{RECORD} planned_destination confirmed_destination history acts mail_address resident_code resident_code_changed"
CERTIFICATES = "certificate.copy certificate.wide_area_copy certificate.removed_record certificate.recorded_items certificate.move_out certificate.supplement"
PAYMENT = "name address entitlement grounds payment payee route account account_holder"
WHY_PAID = "entitlement grounds payment payee route"

# (role, purpose): items, what ties requester and person, items under measures, what else then ties them.
# Ties: m own municipality holds a trace, t somebody holds one, s the person, r represents, - nothing.
# Under measures: d register duty, b duty for benefits or accounts and the municipality that serves them, c of the same protected
# family, a duty for accounts, S duty for benefits or accounts of the State, T on behalf of the State, - nothing more.
TABLE: list[tuple[str, str, str, str, str, str]] = [
    ("municipal_officer", "resident_affairs", f"{WHOLE} {CERTIFICATES}", "m", f"{WHOLE} {CERTIFICATES}", "d"),
    ("municipal_officer", "support_measures", f"{WHOLE} {CERTIFICATES}", "m", f"{WHOLE} {CERTIFICATES}", "d"),
    ("municipal_officer", "support_measures", "support_measure", "d", "support_measure", "d"),
    ("business", "business_affairs", RECORD, "m", "", "-"),
    ("system", "transfer", WHOLE, "m", WHOLE, "-"),
    ("national_officer", "state_affairs", RECORD, "t", "", "-"),
    ("municipal_officer", "benefit", PAYMENT, "-", PAYMENT, "b"),
    ("municipal_officer", "benefit", "name payment account", "-", "name payment account", "a"),
    ("national_officer", "benefit", PAYMENT, "-", PAYMENT, "S"),
    ("national_officer", "benefit", WHY_PAID, "-", WHY_PAID, "T"),
    ("auditor", "audit", f"{RECORD} {PAYMENT} read_record", "-", f"{RECORD} {PAYMENT} read_record", "-"),
    (
        "self",
        "own_record",
        f"{WHOLE} {CERTIFICATES} read_record",
        "s",
        f"{WHOLE} {CERTIFICATES} read_record",
        "-",
    ),
    ("household_member", "own_record", f"{RECORD} {CERTIFICATES}", "r", f"{RECORD} {CERTIFICATES}", "c"),
    ("parent", "own_record", f"{WHOLE} {CERTIFICATES}", "r", f"{WHOLE} {CERTIFICATES}", "c"),
    ("agent", "own_record", CERTIFICATES, "r", "", "-"),
    ("store_terminal", "own_record", "certificate.copy certificate.recorded_items", "s", "", "-"),
    ("third_party", "legitimate_interest", "certificate.copy certificate.removed_record", "t", "", "-"),
    ("other_organ", "official_request", "certificate.copy certificate.removed_record", "t", "", "-"),
    ("other_organ", "exchange", IDENTITY, "t", "", "-"),
    ("self", "health_view", "health", "s", "", "-"),
    ("parent", "health_view", "health", "r", "", "-"),
    (
        "municipal_officer",
        "number_use",
        "individual_number individual_number_changed",
        "m",
        "individual_number individual_number_changed",
        "d",
    ),
    ("system", "number_use", "individual_number individual_number_changed", "m", "", "-"),
    (
        "self",
        "number_use",
        "individual_number individual_number_changed",
        "s",
        "individual_number individual_number_changed",
        "-",
    ),
]
ARTICLES = {
    "resident_affairs": "Basic Resident Register Act 1",
    "support_measures": "Basic Resident Register Act 12",
    "transfer": "Basic Resident Register Act 24-2",
    "business_affairs": "Basic Resident Register Act 1",
    "state_affairs": "Basic Resident Register Act 30-9",
    "benefit": "the programme's basis",
    "audit": "Local Autonomy Act 199",
    "own_record": "Basic Resident Register Act 12(1)",
    "legitimate_interest": "Basic Resident Register Act 12-3",
    "official_request": "Basic Resident Register Act 12-2",
    "exchange": "My Number Act 19(8)",
    "health_view": "Health Insurance Act 1",
    "number_use": "My Number Act 9(1)",
}
ALSO = [
    ("business_affairs", "My Number Act 9(2)"),
    ("own_record", "Act on the Protection of Personal Information 76"),
    ("exchange", "Basic Resident Register Act 30-10"),
    ("health_view", "Act on the Protection of Personal Information 76"),
    ("audit", "the programme's basis"),
]
ANY_ARTICLE = {"benefit", "audit"}
ROLES = [*(role.value for role in Role), "", "minister"]
PURPOSES = [*(purpose.value for purpose in Purpose), "", "curiosity"]
ITEMS = [*(item.value for item in Item), "", "everything"]
DUTIES = ["register_officer", "benefits_officer", "accounting_officer", "agency_officer", "auditor"]
UNPROTECTED, PROTECTED, TWICE, OTHER_PARTY = "nobody's", "protected", "protected twice", "other party"


def hold(rule: ModuleType) -> None:
    """Every law, the quick ones first."""
    _is_frozen(rule)
    _terms(rule)
    _closes_exactly_from_filing_to_end(rule)
    _articles(rule)
    _the_other_party_gets_nothing(rule)
    _the_table(rule)


def requester(rule: ModuleType, role: str, **facts: Any) -> Any:
    """The best placed: of the municipality that serves the person, with every duty, related to them in every way."""
    person = WHO if role in ("self", "store_terminal") else CHILD
    best = {"person": person, "muni": HERE, "duties": frozenset(DUTIES), "represents": frozenset({WHO})}
    return rule.Requester(role, **(best | facts))


def measure(rule: ModuleType, **facts: Any) -> Any:
    """A measure filed a month ago for 9 and 10 against 8."""
    usual = {
        "filed_at": EARLIER,
        "served_by": HERE,
        "protected": frozenset({WHO, CHILD}),
        "other_parties": frozenset({OTHER}),
    }
    return rule.Measure(**(usual | facts))


def _is_frozen(rule: ModuleType) -> None:
    for kind in (rule.Requester, rule.Measure, rule.Subject, rule.Line):
        assert kind.__dataclass_params__.frozen
        assert "__slots__" in vars(kind)
    assert rule.STATE == "STATE"
    plain = rule.Measure(filed_at=AT)
    assert rule.closes(plain, AT)
    assert not plain.awaiting
    assert (plain.served_by, plain.protected, plain.other_parties) == ("", frozenset(), frozenset())
    nobody = rule.Requester("self")
    assert (nobody.person, nobody.behalf, nobody.muni) == (None, None, "")
    for line in (*rule.OPEN, *rule.CLOSED):
        assert line.article.strip()


def _terms(rule: ModuleType) -> None:
    """A year after the day of the decision, rolled on; the last month; the next year follows without a gap."""
    assert rule.first_open_day(date(2025, 4, 1)) == date(2026, 4, 2)
    assert rule.first_open_day(date(2024, 2, 29)) == date(2025, 3, 1)
    assert rule.first_open_day(date(2025, 12, 30)) == date(2027, 1, 5)
    assert rule.first_open_day(date(2025, 2, 28)) == date(2026, 3, 3)
    for days in range(1200):
        until = date(2026, 1, 1) + timedelta(days=days)
        first, last = rule.first_renewable_day(until), until - timedelta(days=1)
        month = [day for day in (last - timedelta(days=n) for n in range(40)) if _month_from(day) >= last]
        assert first == month[-1], until
    assert rule.renewed_until(date(2026, 4, 2)) == date(2027, 4, 2)
    assert rule.renewed_until(date(2027, 1, 5)) == date(2028, 1, 5)


def _month_from(day: date) -> date:
    """The last day of the month that begins with a day."""
    return end_of_period(day, months=1, is_holiday=never_closed, counting=Counting.FROM_MIDNIGHT)


def shapes(rule: ModuleType) -> Iterator[tuple[Any, datetime, datetime]]:
    """Every shape of a measure, with the first moment at which it closes and the first at which it no longer does."""
    filed = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    never = datetime(2030, 1, 1, tzinfo=UTC)
    decided = datetime(2026, 3, 20, 5, 30, tzinfo=UTC)
    until = date(2027, 3, 24)
    midnight = datetime(2027, 3, 23, 15, 0, tzinfo=UTC)
    ended = [None, filed, decided - TICK, decided + TICK, midnight + timedelta(days=3)]
    for end, awaiting in product(ended, (False, True)):
        for made, ends in (
            ({}, never),
            ({"decided_at": decided, "granted": True, "until": until}, midnight),
            ({"decided_at": decided, "granted": True}, never),
            ({"decided_at": decided}, never),
            ({"decided_at": decided, "granted": False}, decided),
            ({"decided_at": filed, "granted": False}, filed),
        ):
            closes_until = never if awaiting else ends
            shape = measure(rule, **made, filed_at=filed, ended_at=end, awaiting=awaiting)
            yield shape, filed, min(closes_until, end or never)


def borders(shape: Any) -> list[datetime]:
    """The moments at which anything may change, one tick and one day either side, and the middays between."""
    marks = [shape.filed_at, shape.decided_at, shape.ended_at]
    if shape.until is not None:
        first = datetime(shape.until.year, shape.until.month, shape.until.day, tzinfo=UTC)
        marks += [first, first - timedelta(hours=9), first - timedelta(hours=8), first - timedelta(hours=10)]
    day = timedelta(days=1)
    steps = (-day, -TICK, timedelta(0), TICK, day)
    return [mark + step for mark in marks if mark is not None for step in steps]


def _closes_exactly_from_filing_to_end(rule: ModuleType) -> None:
    for shape, start, end in shapes(rule):
        for at in borders(shape):
            assert rule.closes(shape, at) == (start <= at < end), (shape, at)


def _articles(rule: ModuleType) -> None:
    """A purpose rests on its own law; without an article, of no known purpose, or without a zone nothing is told."""
    for purpose, article in [*ARTICLES.items(), *ALSO]:
        assert rule.founded(purpose, article), (purpose, article)
    for purpose in PURPOSES:
        for blank in ("", " ", "\t"):
            assert not rule.founded(purpose, blank)
        assert rule.founded(purpose, "Road Traffic Act 1") == (purpose in ANY_ARTICLE)
        assert rule.founded(purpose, "x") == (purpose in ANY_ARTICLE)
    subject = rule.Subject(WHO, frozenset({HERE}))
    mine = requester(rule, "self")
    for article, at, expected in (
        ("Basic Resident Register Act 12", AT, Decision.ALLOW),
        ("Basic Resident Register Act 12", AT.replace(tzinfo=None), Decision.DENY),
        ("Road Traffic Act", AT, Decision.DENY),
        ("", AT, Decision.DENY),
    ):
        assert rule.decide(mine, "own_record", article, subject, "name", at) is expected


def _the_other_party_gets_nothing(rule: ModuleType) -> None:
    """From filing to end, whatever the other party calls themself, for themself or through somebody else, of whomever the measure
    protects; before and after as anybody else.
    """
    for shape, start, end in shapes(rule):
        subject = rule.Subject(WHO, frozenset({HERE}), (shape,))
        for at in borders(shape):
            for role, purpose, items, *_ in TABLE:
                item = items.split()[0].replace("account_holder", "account holder")
                for by in ({"person": OTHER}, {"behalf": OTHER}):
                    asking = requester(rule, role, **by)
                    given = rule.decide(asking, purpose, ARTICLES[purpose], subject, item, at)
                    if start <= at < end:
                        assert given is Decision.DENY, (role, purpose, item, at)
                    else:
                        alone = rule.Subject(WHO, frozenset({HERE}))
                        assert given is rule.decide(asking, purpose, ARTICLES[purpose], alone, item, at)


def _the_table(rule: ModuleType) -> None:
    """Every combination of words, in every situation, gives exactly what the table here says."""
    for situation in _situations():
        state, facts, munis, served = situation
        subject = rule.Subject(WHO, munis, _measures(rule, state, served))
        for role in ROLES:
            asking = requester(rule, role, **facts)
            for purpose in PURPOSES:
                article = ARTICLES.get(purpose, "Basic Resident Register Act 1")
                expected = _expected(role, purpose, state, asking, munis, served)
                for item in ITEMS:
                    given = rule.decide(asking, purpose, article, subject, item, AT)
                    assert isinstance(given, Decision)
                    assert (given is Decision.ALLOW) == (item in expected), (situation, role, purpose, item)


def _situations() -> Iterator[tuple[str, dict[str, Any], frozenset[str], tuple[str, str]]]:
    here = frozenset({HERE, THERE})
    changes: list[dict[str, Any]] = [
        {},
        {"muni": ELSEWHERE},
        {"muni": "STATE"},
        {"muni": "STATE", "duties": frozenset({"agency_officer"})},
        {"muni": ""},
        {"person": PARENT},
        {"person": None},
        {"person": WHO},
        {"represents": frozenset()},
        {"represents": frozenset({CHILD})},
        *({"duties": frozenset({duty})} for duty in DUTIES),
        {"duties": frozenset()},
    ]
    for state in (UNPROTECTED, PROTECTED, TWICE, OTHER_PARTY):
        for facts in changes:
            yield state, facts, here, (HERE, HERE)
        yield state, {}, frozenset(), (HERE, HERE)
        yield state, {}, frozenset({ELSEWHERE}), (HERE, HERE)
        yield state, {}, here, (THERE, THERE)
        yield state, {}, here, (HERE, THERE)


def _measures(rule: ModuleType, state: str, served: tuple[str, str]) -> tuple[Any, ...]:
    over = measure(rule, ended_at=AT - TICK, served_by=ELSEWHERE, protected=frozenset({WHO}))
    if state == UNPROTECTED:
        return (over,)
    if state == OTHER_PARTY:
        return (over, measure(rule, protected=frozenset({OTHER}), other_parties=frozenset({WHO})))
    first = measure(rule, served_by=served[0])
    second = measure(rule, served_by=served[1], protected=frozenset({WHO, PARENT}))
    return (over, first) if state == PROTECTED else (first, second, over)


def _expected(
    role: str, purpose: str, state: str, asking: Any, munis: frozenset[str], served: tuple[str, str]
) -> set[str]:
    if state == OTHER_PARTY and (role == "store_terminal" or purpose in ("exchange", "health_view")):
        return set()
    protected = state in (PROTECTED, TWICE)
    families = [{WHO, CHILD}, {WHO, PARENT}][: 1 if state == PROTECTED else 2]
    serving = served[: len(families)]
    benefits = asking.duties & {"benefits_officer", "accounting_officer"}
    ties = {
        "-": True,
        "m": asking.muni in munis,
        "t": bool(munis),
        "s": bool(munis) and asking.person == WHO,
        "r": bool(munis) and WHO in asking.represents,
        "d": "register_officer" in asking.duties,
        "a": "accounting_officer" in asking.duties,
        "b": bool(benefits) and all(muni == asking.muni for muni in serving),
        "c": all(asking.person in family for family in families),
        "S": asking.muni == "STATE" and bool(benefits),
        "T": asking.muni == "STATE",
    }
    found: set[str] = set()
    for as_role, for_purpose, items, tie, under, more in TABLE:
        if (as_role, for_purpose) == (role, purpose) and ties[tie] and (not protected or ties[more]):
            found |= set((under if protected else items).split())
    return {word.replace("account_holder", "account holder") for word in found}
