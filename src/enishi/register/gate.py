"""The gate before every read of a person (docs/adr/0006): feeds `rules.disclosure.decide` from the tables, set-based.

A page costs the same queries whoever is on it: the officer's duties, the traces, the measures. `RegisterConfig.ready`
installs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from enishi.platform.services import DutyKind, Reader, among, database_of, duties_of, fetch_rows, shards
from enishi.register.models import Membership, Person, SupportMeasure
from enishi.register.rules.disclosure import STATE, Measure, Requester, Subject, decide
from enishi.register.rules.disclosure_words import Decision, Purpose, Role
from enishi.register.vocabulary import Part

FEW = 1000
"""Up to so many persons are looked up by id; of more, all measures are read and the persons found among them."""

REGISTER_ACT = "Basic Resident Register Act"
NUMBER_ACT = "My Number Act"
AUDIT_ARTICLE = "Local Autonomy Act 199"
TRACES = "SELECT id, muni FROM register_person WHERE id {few}"
TRACES_HERE = """
UNION SELECT person, muni FROM register_residence WHERE muni = %s AND person {few}
UNION SELECT person, muni FROM register_addressee WHERE muni = %s AND person {few}"""
COLUMNS = ("filed_at", "decided_at", "ended_at", "until", "granted", "awaiting", "served_by")
TABLES = f"""
SELECT concerned.person, p.person, p.part, m.muni, m.measure, {", ".join(f"m.{name}" for name in COLUMNS)}
FROM register_measureperson concerned
JOIN register_measureperson p ON p.muni = concerned.muni AND p.measure = concerned.measure
JOIN register_supportmeasure m ON m.muni = concerned.muni AND m.measure = concerned.measure
WHERE m.superseded_at IS NULL"""


def gate(reader: Reader, items: Sequence[str], subjects: Collection[int]) -> Collection[int]:
    """Those of the persons of whom the reader may be told every one of the items now."""
    return permitted(reader, items, subjects, timezone.now())


def permitted(reader: Reader, items: Sequence[str], subjects: Collection[int], at: datetime) -> set[int]:
    """As `gate`, at a moment."""
    asking = asking_of(reader, at)
    databases = [database_of(reader.muni)] if reader.muni else shards()
    traces = traces_of(subjects, reader.muni, databases) if asking.needs_traces else {}
    measures = measures_of(subjects, databases)
    alike: dict[tuple[str, frozenset[str]], bool] = {}
    found = set()
    for who in subjects:
        subject = Subject(who, frozenset(traces.get(who, ())), measures.get(who, ()))
        requester = asking.of(who)
        kind = (requester.role, subject.munis)
        if subject.measures or asking.is_person:
            open_ = _all(requester, asking.purpose, reader.article, subject, items, at)
        else:
            if kind not in alike:
                alike[kind] = _all(requester, asking.purpose, reader.article, subject, items, at)
            open_ = alike[kind]
        if open_:
            found.add(who)
    return found


def finds_protected(reader: Reader, items: Sequence[str], muni: str) -> bool:
    """Whether a search in a municipality (blank: in all) may find persons under support measures: as it would one who is served
    and known there.
    """
    at = timezone.now()
    asking = asking_of(reader, at)
    nobody = 0
    measure = Measure(filed_at=at, served_by=muni, protected=frozenset({nobody}))
    subject = Subject(nobody, frozenset({muni}), (measure,))
    return _all(asking.of(nobody), asking.purpose, reader.article, subject, items, at)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and what for, as far as it is the same for every person asked of."""

    requester: Requester
    purpose: str
    housemates: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_person(self) -> bool:
        """Whether the answer hangs on who asks, not only on as what."""
        return self.requester.person is not None or self.requester.behalf is not None

    @property
    def needs_traces(self) -> bool:
        """Whether the law asks where a person's traces are: a payer's ledger and an audit it lets stand by themselves."""
        return self.purpose not in (Purpose.BENEFIT, Purpose.AUDIT)

    def of(self, person: int) -> Requester:
        """The requester as they stand to one person."""
        if self.requester.role:
            return self.requester
        if self.requester.person == person:
            return replace(self.requester, role=Role.SELF)
        role = Role.HOUSEHOLD_MEMBER if person in self.housemates else Role.THIRD_PARTY
        return replace(self.requester, role=role, represents=self.housemates)


CLAIMS: dict[str, frozenset[str]] = {
    "resident": frozenset({Role.SELF, Role.PARENT, Role.AGENT, Role.THIRD_PARTY, Role.STORE_TERMINAL}),
    "key": frozenset({Role.BUSINESS, Role.OTHER_ORGAN, Role.STORE_TERMINAL}),
}
"""As what a door may say that an actor of a kind asks; an officer's or a job's role is never taken from their own words."""


def asking_of(reader: Reader, at: datetime) -> Asking:
    """Who asks, from the actor: an officer's duties are read from their own table, a resident's household from the record."""
    kind, _colon, name = reader.actor.partition(":")
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else None
    purpose = reader.use or _purpose(kind, reader)
    behalf = _person(reader.on_behalf_of)
    if reader.role and reader.role not in CLAIMS.get(kind, ()):
        return Asking(Requester("unknown"), purpose)
    if kind == "officer" and number is not None:
        return Asking(_officer(number, reader, purpose, timezone.localdate(at)), purpose)
    if kind == "resident" and number is not None:
        requester = Requester(reader.role, number, behalf)
        housemates = frozenset() if reader.role else _housemates(number, at)
        return Asking(_standing_for(requester), purpose, housemates)
    if kind == "key":
        role = reader.role or (Role.BUSINESS if reader.muni else Role.OTHER_ORGAN)
        return Asking(
            Requester(role, behalf if role == Role.STORE_TERMINAL else None, behalf, reader.muni), purpose
        )
    if kind == "system":
        return Asking(Requester(Role.SYSTEM, None, behalf, reader.muni), purpose)
    return Asking(Requester("unknown"), purpose)


def _officer(number: int, reader: Reader, purpose: str, today: date) -> Requester:
    held = duties_of(number, today)
    duties = frozenset(duty.value for duty, muni in held if muni == reader.muni)
    audits = any(duty is DutyKind.AUDITOR and muni in ("", reader.muni) for duty, muni in held)
    usual = Role.MUNICIPAL_OFFICER if reader.muni else Role.NATIONAL_OFFICER
    role = Role.AUDITOR if audits and purpose == Purpose.AUDIT else usual
    muni = reader.muni or (STATE if reader.on_behalf_of == STATE else "")
    return Requester(role, None, _person(reader.on_behalf_of), muni, duties)


def traces_of(persons: Collection[int], muni: str, databases: Iterable[str]) -> dict[int, set[str]]:
    """The municipalities that hold a trace of each person, of `muni` (blank: of all) as far as it matters who asks: the record
    now or once, or a non-resident addressee (住登外者).
    """
    found: dict[int, set[str]] = {}
    for alias in databases:
        for few in _by_few(persons):
            some, given = among(few, using=alias)
            here = TRACES_HERE.format(few=some) if muni else ""
            values = [*given, muni, *given, muni, *given] if muni else given
            # Of any municipality PostgreSQL guesses few addressees, and would read all of a large one.
            for who, where in fetch_rows(TRACES.format(few=some) + here, values, using=alias, once=True):
                found.setdefault(who, set()).add(where)
    return found


def measures_of(persons: Collection[int], databases: Iterable[str]) -> dict[int, tuple[Measure, ...]]:
    """The measures that concern each person, in whatever part, as every municipality of these databases keeps them."""
    said: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    parts: dict[tuple[str, str, str], dict[int, str]] = {}
    concerned: dict[int, set[tuple[str, str, str]]] = {}
    wanted = persons if isinstance(persons, set | frozenset) else frozenset(persons)
    for alias in databases:
        for who, party, part, muni, measure, *columns in _rows(persons, alias):
            if who in wanted:
                copy = (alias, muni, measure)
                said[copy] = tuple(columns)
                parts.setdefault(copy, {})[party] = part
                concerned.setdefault(who, set()).add(copy)
    made = {copy: _measure(columns, parts[copy]) for copy, columns in said.items()}
    return {who: tuple(made[copy] for copy in sorted(keys)) for who, keys in concerned.items()}


def as_rule(row: SupportMeasure, parts: dict[int, str]) -> Measure:
    """A row of the table as the rule sees it; `parts`: persons of the case with their parts."""
    return _measure([getattr(row, name) for name in COLUMNS], parts)


def _measure(columns: Sequence[Any], parts: dict[int, str]) -> Measure:
    """`columns`: those of `COLUMNS`, as Django or as either driver gives them."""
    filed_at, decided_at, ended_at, until, granted, awaiting, served_by = columns
    others = frozenset(who for who, part in parts.items() if part == Part.OTHER_PARTY.value)
    filed = _moment(filed_at)
    assert filed is not None
    return Measure(
        filed_at=filed,
        decided_at=_moment(decided_at),
        granted=None if granted is None else bool(granted),
        until=until,
        ended_at=_moment(ended_at),
        awaiting=bool(awaiting),
        served_by=served_by,
        protected=frozenset(parts) - others,
        other_parties=others,
    )


def _moment(value: datetime | None) -> datetime | None:
    """A moment with its zone: SQLite keeps them in UTC, without one."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _rows(persons: Collection[int], alias: str) -> list[tuple[Any, ...]]:
    """Rows of `TABLES` on the persons, or, where they are many, on everybody."""
    few = list(persons) or [0]
    if len(few) > FEW:
        return fetch_rows(TABLES, using=alias)
    some, given = among(few, using=alias)
    return fetch_rows(f"{TABLES} AND concerned.person {some}", given, using=alias)


def _all(
    requester: Requester, purpose: str, article: str, subject: Subject, items: Iterable[str], at: datetime
) -> bool:
    return all(decide(requester, purpose, article, subject, item, at) is Decision.ALLOW for item in items)


def _purpose(kind: str, reader: Reader) -> str:
    """What for, where the reader does not say it: by the law under which they read."""
    if reader.article.startswith(NUMBER_ACT):
        return Purpose.NUMBER_USE
    if reader.article.startswith(AUDIT_ARTICLE):
        return Purpose.AUDIT
    if not reader.article.startswith(REGISTER_ACT):
        return ""
    if kind == "officer":
        return Purpose.RESIDENT_AFFAIRS if reader.muni else Purpose.STATE_AFFAIRS
    if kind == "resident":
        return Purpose.OWN_RECORD
    return Purpose.BUSINESS_AFFAIRS if kind == "key" and reader.muni else ""


def _by_few(persons: Collection[int]) -> Iterator[list[int]]:
    ids = list(persons)
    return (ids[start : start + FEW] for start in range(0, len(ids), FEW))


def _person(words: str) -> int | None:
    kind, _colon, name = words.partition(":")
    return int(name) if kind == "resident" and name.isascii() and name.isdigit() and len(name) < 19 else None


def _standing_for(requester: Requester) -> Requester:
    """A parent or an agent stands for the person whom the door names as the one for whom they ask."""
    if requester.role in (Role.PARENT, Role.AGENT) and requester.behalf is not None:
        return replace(requester, represents=frozenset({requester.behalf}))
    return requester


def _housemates(person: int, at: datetime) -> frozenset[int]:
    """Who shares the household with a person today, by the record."""
    today = timezone.localdate(at)
    found: set[int] = set()
    for alias in shards():
        places = Membership.objects.using(alias).as_of(today)
        homes = places.filter(
            person=person, muni__in=Person.objects.using(alias).filter(pk=person).values("muni")
        )
        same = places.filter(household__in=homes.values("household"), muni__in=homes.values("muni"))
        found.update(same.values_list("person", flat=True))
    return frozenset(found)
