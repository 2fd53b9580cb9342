"""The side that is moved to, for thousands of moves at once: certificate information, proof, entry, closing.

The rules are the same functions that `moves.filing`, `moves.mail` and `acts.arrivals` call; only reading and writing is by
columns. A test holds the two together, row by row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connections
from django.utils import timezone

from enishi.kernel.errors import EnishiError
from enishi.number import services as vault
from enishi.platform.services import Letter, database_of, insert_rows
from enishi.register import journal
from enishi.register.acts.naming import name_items
from enishi.register.acts.performing import domicile_items, place_items, plain, status_items
from enishi.register.engines.moving_acts import Acts, Facts
from enishi.register.engines.moving_batches import TWICE, UNKNOWN, NotPlain, Unfit, rows_of
from enishi.register.engines.moving_sides import Side, Sides
from enishi.register.facts import FACTS
from enishi.register.models import (
    Address,
    Domicile,
    ForeignStatus,
    Membership,
    Municipality,
    Particulars,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.moves.mail import CARRIED
from enishi.register.moves.steps import law_in_force
from enishi.register.moves.words import Certificate, Entered, Word, read_text, text_of
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.move_terms import Evidence, card_route_ends, check_seats
from enishi.register.rules.moves import check_place, check_report, days_late
from enishi.register.rules.moving import Event, NewSide, Role
from enishi.register.rules.relationship import steps_of
from enishi.register.rules.reports import NEW_HOUSEHOLD, Arrival, Newcomer
from enishi.register.vocabulary import Entry

Proved = tuple[str, Evidence]
"""A move, and what is proved of it."""
Come = tuple[str, date]
"""A move, and the day on which its movers have come."""
CONFLICT = "something speaks against the entry: an officer decides"


# ---- certificate information


def certificates(muni: str, now: datetime, letters: Sequence[tuple[Letter, Certificate]]) -> None:
    """As `mail.certificate_arrives`, each, of a move that is new here. Raises Unfit for the others, by message."""
    law, left = law_in_force(), dict[str, str]()
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.NEW, now, cursor)
        known = sides.load(sent.move for _, sent in letters)
        persons = sorted({one.person for _, sent in letters for one in sent.persons})
        spoken = _spoken_against(muni, persons, cursor)
        served: list[int] = []
        for letter, sent in letters:
            people = [one.person for one in sent.persons]
            if sent.move in known or sent.ask or len(set(people)) < len(people):
                left[letter.message_id] = "the move is known here, or answers a question"
                continue
            if sent.protected or not sent.to.town or spoken & set(people):
                left[letter.message_id] = CONFLICT
                continue
            by = f"message:{letter.message_id}"[:80]
            side = sides.open(
                Side(
                    id=None,
                    move=sent.move,
                    side=NewSide(),
                    is_open=True,
                    other=letter.sender,
                    announced=sent.announced,
                    moved=None,
                    reported_on=sent.reported_on,
                    card_route_until=sent.card_route_until,
                    act=None,
                    steps=0,
                    said=f'{{"certificate": {text_of(sent)}}}',
                    persons=people,
                )
            )
            came = Event(
                "certificate", by=letter.sender, version=sent.version, card_route=sent.card_route, law=law
            )
            try:
                sides.step(side, came, by, version=sent.version)
                for proof in sent.evidence:
                    if proof.kind in CARRIED:
                        sides.step(side, Event("confirm", evidence=proof, law=law), by)
            except EnishiError as error:
                raise Unfit({letter.message_id: str(error)}) from error
            if not isinstance(side.side, NewSide) or side.side.version != sent.version:
                raise Unfit({letter.message_id: "the certificate information has no number"})
            served += people
        if left:
            raise Unfit(left)
        give_addressee_numbers(muni, served, cursor)
        sides.write()


def _spoken_against(muni: str, persons: Sequence[int], cursor: Any) -> set[int]:
    """Those who are on their way here by another move, or residents here already."""
    rows = rows_of(
        cursor,
        "SELECT p.person FROM register_moveperson p JOIN register_move m ON m.muni = p.muni AND m.move = p.move "
        "AND m.role = p.role WHERE p.muni = %s AND p.person = ANY(%s) AND p.role = 'new' AND p.is_open AND p.goes "
        "AND m.state <> 'accepted' UNION ALL SELECT person FROM register_residence WHERE muni = %s AND person = ANY(%s) "
        "AND superseded_at IS NULL AND until IS NULL",
        [muni, list(persons), muni, list(persons)],
    )
    return {person for (person,) in rows}


def give_addressee_numbers(
    muni: str, persons: Sequence[int], cursor: Any, acts: dict[int, int] | None = None
) -> None:
    """An addressee number (宛名番号) for each who has none yet, in this order. `acts`: by which act each came on the register."""
    known = rows_of(
        cursor,
        "SELECT person FROM register_addressee WHERE muni = %s AND person = ANY(%s)",
        [muni, list(persons)],
    )
    have = {person for (person,) in known}
    fresh = [person for person in dict.fromkeys(persons) if person not in have]
    if not fresh:
        return
    first = journal.take(muni, "addressee", len(fresh))
    blank = ("", "", "", "")
    insert_rows(
        "register_addressee",
        ("muni", "number", "person", "act", "name", "kana", "kana_key", "birth_wording"),
        (
            (muni, number, person, acts[person] if acts else None, *blank)
            for number, person in enumerate(fresh, first)
        ),
        using=database_of(muni),
    )


# ---- proof


def confirm(muni: str, actor: str, now: datetime, proved: list[Proved], left: dict[str, str]) -> None:
    """As `filing.confirm_identity`, each; `left` by move."""
    law = law_in_force()
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.NEW, now, cursor)
        known = sides.load(move for move, _ in proved)
        seen: set[str] = set()
        for move, evidence in proved:
            if move not in known or move in seen:
                left[move] = TWICE if move in seen else UNKNOWN
                continue
            seen.add(move)
            try:
                event = Event("confirm", evidence=evidence, law=law)
                sides.step(known[move], event, actor, proof=evidence.kind.value)
            except EnishiError as error:
                left[move] = str(error)
        sides.write()


# ---- entry


def enter(muni: str, actor: str, now: datetime, come: list[Come], left: dict[str, str]) -> None:
    """As `filing.accept_move_in`, each, of those who come as they were announced; `left` by move."""
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.NEW, now, cursor)
        known = sides.load((move for move, _ in come), "said->'certificate'")
        sent = {move: read_text(Certificate, side.said) for move, side in known.items() if side.said}
        acts = Acts(muni, now, [f"{move}:arrive" for move, _ in come], cursor)
        people = sorted({one.person for said in sent.values() for one in said.persons})
        facts = Facts(muni, now, people, FACTS, cursor)
        ends = Municipality.objects.filter(muni=muni).values_list("ends", flat=True)
        closed = [day for day in ends if day is not None]
        coming = _Coming(muni, actor, now, sides, acts, facts)
        used: set[int] = set()
        homes: set[int] = set()
        for move, day in come:
            if move not in sent:
                left[move] = UNKNOWN if move not in known else "the certificate information has not come"
                continue
            said = sent[move]
            joined = {seat.household for seat in said.plan if seat.household != NEW_HOUSEHOLD}
            touched = {one.person for one in said.persons}
            if used & touched or homes & joined:
                left[move] = TWICE
                continue
            if any(ended <= day for ended in closed):
                left[move] = "the municipality is another one since"
                continue
            try:
                coming.come(known[move], said, day)
            except (EnishiError, NotPlain) as error:
                left[move] = str(error)
            else:
                used |= touched
                homes |= joined
        coming.write(cursor)
        sides.write()


class _Coming:
    """The moves in of one batch."""

    def __init__(self, muni: str, actor: str, now: datetime, sides: Sides, acts: Acts, facts: Facts) -> None:
        self.muni, self.actor, self.now = muni, actor, now
        self.sides, self.acts, self.facts = sides, acts, facts
        self.today = timezone.localdate(now)
        self.came: dict[int, tuple[str, int]] = {}
        self._seats: list[tuple[int, int, date, int, str]] = []

    def come(self, side: Side, sent: Certificate, day: date) -> None:
        """One move: everything is checked before anything is changed. Raises for what is not plain."""
        new = side.side
        assert isinstance(new, NewSide)
        check_seats([seat.person for seat in sent.plan], sent.plan)
        if new.card_route and self.today > card_route_ends(sent.announced, day):
            raise NotPlain("the card-based route has ended")
        seats = {seat.person: seat for seat in sent.plan}
        known = {one.person: one for one in sent.persons}
        movers = tuple(sorted(seats))
        key = f"{side.move}:arrive"
        if not movers or not set(movers) <= set(known) or key in self.acts.known:
            raise NotPlain("the move in does not name each mover once, or its act is done")
        newcomers = tuple(
            replace(known[who], household=seats[who].household, relation=seats[who].relation)
            for who in movers
        )
        self._check(sent, newcomers, day)
        names = [[name_items(name) for name in one.names] for one in newcomers]
        items = [
            (
                domicile_items(one.domicile) if one.domicile is not None else None,
                status_items(one.foreign) if one.foreign is not None else None,
            )
            for one in newcomers
        ]
        effects = self.sides.step(
            side, Event("accept", law=law_in_force()), self.actor, moved=day.isoformat()
        )
        try:
            self._enter(side, sent, newcomers, names, items, day)
        except (EnishiError, NotPlain, KeyError, TypeError) as error:
            raise Unfit({side.move: str(error) or type(error).__name__}) from error
        assert side.act is not None
        for effect in effects:
            if effect.name == "entered":
                body = Entered(side.move, effect.version, movers, day, sent.to, side.act)
                self.sides.tell(side, side.other, "entered", body, effect.version)

    def _check(self, sent: Certificate, newcomers: Sequence[Newcomer], day: date) -> None:
        """As `acts.arrivals` checks a report."""
        check_place(sent.to)
        if sent.to.muni != self.muni or (sent.came_from is not None and not sent.came_from.muni):
            raise NotPlain("the address does not fit a move in")
        check_report(day, self.today, self.today, ahead=False)
        for one in newcomers:
            steps_of(one.relation)
            stays = self.facts.of(Residence, one.person)
            if one.person <= 0 or not one.names or one.born.earliest > day:
                raise NotPlain(f"person {one.person} has no name, or was not born then")
            if any(stay["until"] is None or stay["until"] > day for stay in stays):
                raise NotPlain(f"person {one.person} is a resident here already")
            for model in (Particulars, Domicile, ForeignStatus):
                self.facts.check_settled(model, one.person, day)
            for name in one.names:
                self.facts.check_settled(PersonName, one.person, day, name.kind.value)

    def _enter(
        self,
        side: Side,
        sent: Certificate,
        newcomers: tuple[Newcomer, ...],
        names: list[list[dict[str, Any]]],
        items: list[tuple[dict[str, Any] | None, dict[str, Any] | None]],
        day: date,
    ) -> None:
        """The act and the facts of one move that was checked."""
        said = Arrival(Kind.MOVE_IN, newcomers, sent.to, sent.came_from)
        number = self.acts.add(
            Kind.MOVE_IN,
            day,
            self.today,
            self.actor,
            f"{side.move}:arrive",
            [one.person for one in newcomers],
            plain(said) | {"days_late": days_late(day, self.today)},
        )
        side.act, side.moved = number, day
        side.more = json.dumps({"movers": [one.person for one in newcomers]})
        came_from = None if sent.came_from is None else text_of(sent.came_from)
        place = place_items(sent.to)
        begin, settle = self.facts.begin, self.facts.settle
        for one, called, (domicile, status) in zip(newcomers, names, items, strict=True):
            who = one.person
            born: dict[str, Any] = {
                "birth_date": one.born.earliest,
                "birth_latest": one.born.latest,
                "birth_wording": one.born.wording,
                "sex": one.sex,
            }
            if self.facts.of(Residence, who):
                settle(number, Particulars, who, day, **born)
            else:
                begin(number, Particulars, who, None, **born)
            begin(number, Residence, who, day, entry=Entry.MOVE_IN.value, came_from=came_from)
            begin(number, Address, who, day, **place)
            if domicile is not None:
                settle(number, Domicile, who, day, **domicile)
            if status is not None:
                settle(number, ForeignStatus, who, day, **status)
            for item in one.items:
                detail = json.dumps(item.detail, ensure_ascii=False)
                begin(number, StatusItem, who, day, kind=item.kind.value, detail=detail)
            for name in called:
                settle(number, PersonName, who, day, **name)
            self._seats.append((number, who, day, one.household, one.relation))
            self.came[who] = (side.move, number)

    def write(self, cursor: Any) -> None:
        """Everything but the sides: households get their numbers in the order of the acts."""
        wanted = list(dict.fromkeys(act for act, _, _, household, _ in self._seats if not household))
        made: dict[int, int] = {}
        if wanted:
            first = int(self.muni) * 10**9 + journal.take(self.muni, "household", len(wanted))
            made = {act: first + number for number, act in enumerate(wanted)}
        for act, who, day, household, relation in self._seats:
            self.facts.begin(act, Membership, who, day, household=household or made[act], relation=relation)
        give_addressee_numbers(
            self.muni, list(self.came), cursor, {who: act for who, (_, act) in self.came.items()}
        )
        cursor.execute(
            "INSERT INTO register_person (id, muni) SELECT id, %s FROM unnest(%s::bigint[]) AS id ORDER BY id "
            "ON CONFLICT (id) DO UPDATE SET muni = excluded.muni",
            [self.muni, list(self.came)],
        )
        self.acts.write()
        self.facts.write({who: move for who, (move, _) in self.came.items()})
        vault.issue_missing(self.came)


# ---- closing


def closings(muni: str, now: datetime, letters: Sequence[tuple[Letter, Word]]) -> None:
    """As `mail.closing_arrives`, each."""
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.NEW, now, cursor)
        known = sides.load(word.move for _, word in letters)
        for letter, word in letters:
            if (side := known.get(word.move)) is not None:
                sides.step(side, Event("closed", by=letter.sender), f"message:{letter.message_id}"[:80])
        sides.write()
