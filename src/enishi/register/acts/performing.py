"""How every act is performed: one transaction of one municipality, recorded once, whole at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import Any, TypeVar, cast

from django.db import IntegrityError

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import within
from enishi.register import facts, journal
from enishi.register.consistency import whole_households
from enishi.register.forms import form_of
from enishi.register.models import Act, ActPerson, Fact, Membership, Particulars, Person, Residence
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.moves import Place, check_day
from enishi.register.rules.relationship import steps_of
from enishi.register.rules.reports import NEW_HOUSEHOLD, NewDomicile, NewStatus, Report, Reported, Seat
from enishi.register.vocabulary import Manner

FactT = TypeVar("FactT", bound=Fact)
SaidT = TypeVar("SaidT", bound=Reported)


def perform(
    report: Report,
    said: Reported,
    persons: Iterable[int],
    work: Callable[..., None],
    *,
    newcomers: int = 0,
    corrects: int | None = None,
    whole: bool = True,
    **more: Any,
) -> int:
    """Records the act and does its `work(act, *ids)`; the same filing again does nothing. Returns the number of the act.

    `newcomers`: how many persons the act makes, whose ids the work gets; `more`: what the journal keeps beside what was
    said, such as `days_late`; `whole`: False where the act leaves every household as it is, or moves all of them together.

    Raises Refused, with nothing changed, where the manner is not the law's, the key stands for another filing, or a
    household would not be whole.
    """
    kind = Kind(said.kind)
    entry = CATALOGUE[kind]
    manner = Manner.EX_OFFICIO if report.reported_on is None else Manner.REPORT
    if manner not in entry.manners:
        raise Refused(
            f"{entry.en} does not come about {'ex officio' if manner is Manner.EX_OFFICIO else 'by report'}",
            where=entry.article,
            todo="choose the act that the law has for this",
        )
    touched = sorted(set(persons))
    filing = journal.Filing(
        muni=report.muni,
        kind=kind.value,
        article=entry.article,
        effective=report.effective,
        reported_on=report.reported_on,
        actor=report.actor,
        key=report.key,
        persons=touched,
        reason=report.reason,
        facts=plain(said) | more | shown(report),
        corrects=corrects,
    )
    with _in_words(), within(report.muni):
        if (earlier := journal.recorded(filing)) is not None:
            return earlier.number
        made = [new_person(report.muni) for _ in range(newcomers)]
        act = journal.record(replace(filing, persons=[*touched, *made]), report.now)
        work(act, *made)
        if whole:
            whole_households(report.muni, [*touched, *made])
    return act.number


def plain(said: Reported) -> dict[str, Any]:
    """What was said as JSON, without the kind of act."""
    found: dict[str, Any] = form_of(type(said)).dump_python(said, mode="json")
    found.pop("kind", None)
    return found


def shown(report: Report) -> dict[str, Any]:
    """What was shown, as the journal keeps it beside what was said; nothing where nothing was."""
    return {"evidence": list(report.evidence)} if report.evidence else {}


def said_of(form: type[SaidT], act: Act) -> SaidT:
    """What was said in an act of the journal, as its form of report."""
    known = {name: act.facts[name] for name in form.__dataclass_fields__ if name in act.facts}
    kind = {"kind": act.kind} if "kind" in form.__dataclass_fields__ else {}
    made: SaidT = form_of(form).validate_python(known | kind)
    return made


def act_of(muni: str, number: int, *kinds: Kind) -> Act:
    """An act of the journal. Raises Refused where there is none of these kinds."""
    act = Act.objects.filter(muni=muni, number=number, kind__in=[kind.value for kind in kinds]).first()
    if act is None:
        raise Refused(
            f"act {number} is no {' or '.join(CATALOGUE[kind].en for kind in kinds)} of this municipality",
            where="act",
            todo="look at the record and give the number of the act that is meant",
        )
    return act


def touched_by(act: Act) -> list[int]:
    """The persons whom an act touches, ascending."""
    rows = ActPerson.objects.filter(muni=act.muni, act=act.number).order_by("person")
    return list(rows.values_list("person", flat=True))


@contextmanager
def _in_words() -> Iterator[None]:
    """Says what the database refuses so that a clerk can act on it."""
    try:
        yield
    except IntegrityError as error:
        if "two_heads" in str(error):
            raise Refused(
                "the household would have two heads on one day",
                where="household",
                todo="say in the same act what becomes of the present head",
            ) from error
        if "_no_overlap" in str(error):
            raise Refused(
                "the record would say two things of one day",
                where="record",
                todo="look at the record: another act concerns these days already; correct or take back that one first",
            ) from error
        if "nation_is_loading" in str(error):
            raise Refused(
                "a nation is being loaded into this register, which takes no acts until that has ended",
                where="register",
                todo="file it again when the loading has ended; where it broke off, start it again first",
            ) from error
        raise


def residence_on(muni: str, person: int, day: date) -> Residence:
    """The residence in which an act of that day finds a person. Raises Refused where there is none."""
    born = (
        Particulars.objects.believed().filter(muni=muni, person=person).values_list("birth_date", flat=True)
    )
    stays = list(Residence.objects.believed().filter(muni=muni, person=person))
    stays.sort(key=lambda stay: stay.since or date.min)
    if not stays or not born:
        raise Refused(
            "this municipality has no record of this person",
            where=f"person {person}",
            todo="search the person again; somebody of another municipality moves in first",
        )
    for stay in stays:
        if (stay.since is None or stay.since <= day) and (stay.until is None or day < stay.until):
            check_day(day, born[0], None, None)
            return stay
    last = stays[-1]
    check_day(day, born[0], stays[0].since, last.until)
    raise Refused(
        f"the person was no resident on {day}", where=f"person {person}", todo="check the day of the act"
    )


def standing(model: type[FactT], muni: str, person: int, day: date) -> FactT:
    """The person's fact of a group that holds on a day, when nothing of that group is entered for later days.

    Raises Refused where there is none, or where a later one stands: acts come in order.
    """
    rows = model._default_manager.believed().filter(muni=muni, person=person)
    if (later := rows.filter(since__gt=day).order_by("since").first()) is not None:
        raise Refused(
            f"a change of {later.since} is entered already (act {later.act})",
            where=f"person {person}",
            todo="acts come in order: correct or take back that act first, then report this one again",
        )
    fact = cast("FactT | None", rows.on(day).first())
    if fact is None:
        raise Refused(
            f"the record has no {model._meta.verbose_name} on {day}",
            where=f"person {person}",
            todo="look at the record, and correct it first",
        )
    return fact


def seat(act: Act, seats: Iterable[Seat], day: date) -> None:
    """Gives persons their places in households from a day on; those who stay where they are stay as they are.

    All leave their old places before any takes a new one: a household may change its head.
    """
    made: int | None = None
    taken = []
    for one in seats:
        household = one.household
        if household == NEW_HOUSEHOLD:
            made = made or new_household(act.muni)
            household = made
        steps_of(one.relation)
        place = standing(Membership, act.muni, one.person, day)
        if (place.household, place.relation) != (household, one.relation):
            facts.end(act, place, day)
            taken.append((one.person, place.until, household, one.relation))
    for person, until, household, relation in taken:
        facts.begin(act, Membership, person, day, until, household=household, relation=relation)


def must_change(act: Act, person: int) -> None:
    """Raises Refused where an act has changed no fact of a person: the same report twice, under another key."""
    for model in facts.FACTS:
        rows = model._default_manager.filter(muni=act.muni, person=person)
        if rows.filter(act=act.number).exists() or rows.filter(superseded_by=act.number).exists():
            return
    raise Refused(
        "the record says so already",
        where=f"act {act.kind}",
        todo="look at the record: the same may have been reported before; nothing was changed",
    )


def new_household(muni: str) -> int:
    """A household number that no other municipality gives out: the code, then nine digits."""
    return int(muni) * 10**9 + journal.next_of(muni, "household")


def new_person(muni: str) -> int:
    """A person id that no other municipality gives out, with its line in the index."""
    number = int(muni) * 10**9 + journal.next_of(muni, "person")
    Person.objects.create(id=number, muni=muni)
    return number


def place_items(place: Place) -> dict[str, Any]:
    """An address as the items of a fact."""
    said = asdict(place)
    del said["muni"], said["country"]
    return {name: value or None if name in ("ward", "town_id") else value for name, value in said.items()}


def domicile_items(domicile: NewDomicile) -> dict[str, Any]:
    """A registered domicile as the items of a fact. Raises BadInput where a part is blank."""
    if not domicile.place.strip() or not domicile.first_listed.strip():
        raise BadInput(
            "the registered domicile is not whole",
            where="registered domicile",
            todo="enter the place and the first-listed person",
        )
    return asdict(domicile)


def status_items(status: NewStatus) -> dict[str, Any]:
    """What a foreign resident's record adds, as the items of a fact. Raises BadInput for what is no country."""
    if len(status.nationality) != 3 or not status.nationality.isalpha() or status.nationality == "JPN":
        raise BadInput(
            f"{status.nationality!r} is no nationality of a foreign resident",
            where="nationality",
            todo="enter the three letters of ISO 3166-1",
        )
    return asdict(status)
