"""The gate before every read of a person (docs/adr/0006): feeds `rules.disclosure.decide` from the tables, set-based.

A page costs the same queries whoever is on it: the officer's duties, the traces, the measures. `RegisterConfig.ready`
installs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from enishi.platform.services import DutyKind, Reader, database_of, duties_of, shards
from enishi.register.models import Addressee, Membership, Person, Residence, SupportMeasure
from enishi.register.rules.disclosure import STATE, Measure, Requester, Subject, decide
from enishi.register.rules.disclosure_words import Decision, Purpose, Role
from enishi.register.vocabulary import Part

FEW = 1000
"""Up to so many persons are looked up by id; of more, all measures are read and the persons found among them."""

REGISTER_ACT = "Basic Resident Register Act"
NUMBER_ACT = "My Number Act"
AUDIT_ARTICLE = "Local Autonomy Act 199"
TABLES = """
SELECT m.*, concerned.person AS concerned, p.person AS party, p.part AS part
FROM register_supportmeasure m
JOIN register_measureperson p ON p.muni = m.muni AND p.measure = m.measure
JOIN register_measureperson concerned ON concerned.muni = m.muni AND concerned.measure = m.measure
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


def asking_of(reader: Reader, at: datetime) -> Asking:
    """Who asks, from the actor: an officer's duties are read from their own table, a resident's household from the record."""
    kind, _colon, name = reader.actor.partition(":")
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else None
    today = timezone.localdate(at)
    purpose = reader.use or _purpose(kind, reader)
    behalf = _person(reader.on_behalf_of)
    if kind == "officer" and number is not None:
        held = duties_of(number, today)
        duties = frozenset(duty.value for duty, muni in held if muni == reader.muni)
        audits = any(duty is DutyKind.AUDITOR and muni in ("", reader.muni) for duty, muni in held)
        usual = Role.MUNICIPAL_OFFICER if reader.muni else Role.NATIONAL_OFFICER
        role = Role.AUDITOR if audits and purpose == Purpose.AUDIT else usual
        muni = reader.muni or (STATE if reader.on_behalf_of == STATE else "")
        requester = Requester(reader.role or role, None, behalf, muni, duties)
        return Asking(_standing_for(requester), purpose)
    if kind == "resident" and number is not None:
        requester = Requester(reader.role, number, behalf)
        housemates = frozenset() if reader.role else _housemates(number, at)
        return Asking(_standing_for(requester), purpose, housemates)
    if kind == "key":
        role = Role.BUSINESS if reader.muni else Role.OTHER_ORGAN
        return Asking(_standing_for(Requester(reader.role or role, None, behalf, reader.muni)), purpose)
    if kind == "system":
        return Asking(Requester(Role.SYSTEM, None, behalf, reader.muni), purpose)
    return Asking(Requester("unknown"), purpose)


def traces_of(persons: Collection[int], muni: str, databases: Iterable[str]) -> dict[int, set[str]]:
    """The municipalities that hold a trace of each person, of `muni` (blank: of all) as far as it matters who asks: the record
    now or once, or a non-resident addressee (住登外者).
    """
    found: dict[int, set[str]] = {}
    for alias in databases:
        for few in _by_few(persons):
            rows = Person.objects.using(alias).filter(pk__in=few).values_list("id", "muni")
            if muni:
                here = {"muni": muni, "person__in": few}
                once = Residence.objects.using(alias).filter(**here).order_by().values_list("person", "muni")
                served = Addressee.objects.using(alias).filter(**here).values_list("person", "muni")
                rows = rows.union(once, served)
            for who, where in rows:
                if who is not None:
                    found.setdefault(who, set()).add(where)
    return found


def measures_of(persons: Collection[int], databases: Iterable[str]) -> dict[int, tuple[Measure, ...]]:
    """The measures that concern each person, in whatever part, as every municipality of these databases keeps them."""
    copies: dict[tuple[str, str, str], tuple[SupportMeasure, dict[int, str]]] = {}
    concerned: dict[int, set[tuple[str, str, str]]] = {}
    wanted = persons if isinstance(persons, set | frozenset) else frozenset(persons)
    for alias in databases:
        for row in _rows(persons, alias):
            joined = vars(row)
            if (who := joined["concerned"]) in wanted:
                copy = (alias, row.muni, row.measure)
                copies.setdefault(copy, (row, {}))[1][joined["party"]] = joined["part"]
                concerned.setdefault(who, set()).add(copy)
    made = {copy: as_rule(row, parts) for copy, (row, parts) in copies.items()}
    return {who: tuple(made[copy] for copy in sorted(keys)) for who, keys in concerned.items()}


def as_rule(row: SupportMeasure, parts: dict[int, str]) -> Measure:
    """A row of the table as the rule sees it; `parts`: persons of the case with their parts."""
    others = frozenset(who for who, part in parts.items() if part == Part.OTHER_PARTY.value)
    return Measure(
        filed_at=row.filed_at,
        decided_at=row.decided_at,
        granted=row.granted,
        until=row.until,
        ended_at=row.ended_at,
        awaiting=row.awaiting,
        served_by=row.served_by,
        protected=frozenset(parts) - others,
        other_parties=others,
    )


def _rows(persons: Collection[int], alias: str) -> Iterator[SupportMeasure]:
    if len(persons) > FEW:
        yield from SupportMeasure.objects.raw(TABLES, using=alias)
        return
    ids = list(persons) or [0]
    marks = ", ".join(["%s"] * len(ids))
    yield from SupportMeasure.objects.raw(f"{TABLES} AND concerned.person IN ({marks})", ids, using=alias)


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
