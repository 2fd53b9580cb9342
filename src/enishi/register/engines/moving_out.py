"""Moves accepted by the municipality that is left, by thousands: the acts of moving out, and certificate information.

The rules are the same functions that `moves.filing` and `acts.departures` call; only reading and writing is by columns. A test
holds the two together, row by row.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from enishi.kernel.errors import EnishiError, Refused
from enishi.platform.services import Reader, database_of, record_reads
from enishi.register.acts.performing import new_household, plain
from enishi.register.engines.moving_acts import Acts, Facts
from enishi.register.engines.moving_batches import TWICE, UNKNOWN, NotPlain, Unfit, rows_of
from enishi.register.engines.moving_rows import Row
from enishi.register.engines.moving_sides import Side, Sides
from enishi.register.facts import FACTS, NOT_ITEMS
from enishi.register.models import Address, Membership, Particulars, Residence, StatusItem
from enishi.register.moves.certificate import ARTICLE, newcomer_of
from enishi.register.moves.words import Certificate, Filing, read_text, text_of
from enishi.register.records import GROUPS, INTERNAL, Record
from enishi.register.records import Entered as EnteredItems
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.disclosure_words import Purpose
from enishi.register.rules.moves import Place, check_day, check_place, check_report, days_late
from enishi.register.rules.moving import Effect, Event, OldSide, Role
from enishi.register.rules.relationship import steps_of
from enishi.register.rules.reports import NEW_HOUSEHOLD, Departure, Newcomer
from enishi.register.vocabulary import Exit

MEASURED = "support measures concern somebody of the move"


def accept(muni: str, actor: str, now: datetime, moves: list[str], left: dict[str, str]) -> None:
    """As `filing.accept_move_out`, each: the act of moving out, and the certificate information on its way."""
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.OLD, now, cursor)
        known = sides.load(moves, "said->'filing'")
        filings = {move: read_text(Filing, side.said) for move, side in known.items() if side.said}
        people = {
            who: move
            for move, filing in filings.items()
            for who in (*known[move].persons, *(seat.person for seat in filing.left))
        }
        acts = Acts(muni, now, [f"{move}:depart" for move in moves], cursor)
        facts = Facts(muni, now, sorted(people), FACTS, cursor)
        measured = _measured(muni, people, cursor)
        going = _Going(muni, actor, now, sides, acts, facts)
        used: set[int] = set()
        used_homes: set[int] = set()
        for move in dict.fromkeys(moves):
            if move not in filings:
                left[move] = UNKNOWN
                continue
            side, filing = known[move], filings[move]
            touched = {*side.persons, *(seat.person for seat in filing.left)}
            homes = {row["household"] for who in touched for row in facts.of(Membership, who)}
            if used & touched or used_homes & homes:
                left[move] = TWICE
            elif measured & touched:
                left[move] = MEASURED
            else:
                try:
                    going.go(side, filing)
                except (EnishiError, NotPlain) as error:
                    left[move] = str(error)
                else:
                    used |= touched
                    used_homes |= homes
        going.recorded()
        acts.write()
        facts.write({who: move for who, move in people.items() if move in going.gone})
        sides.write()


def _measured(muni: str, people: Any, cursor: Any) -> set[int]:
    """Those of the persons of whom a support measure speaks, in whatever part and however it stands."""
    return {
        person
        for (person,) in rows_of(
            cursor,
            "SELECT DISTINCT person FROM register_measureperson WHERE muni = %s AND person = ANY(%s)",
            [muni, sorted(people)],
        )
    }


class _Going:
    """The moves out of one batch."""

    def __init__(self, muni: str, actor: str, now: datetime, sides: Sides, acts: Acts, facts: Facts) -> None:
        self.muni, self.actor, self.now = muni, actor, now
        self.sides, self.acts, self.facts = sides, acts, facts
        self.today = timezone.localdate(now)
        self.gone: dict[str, tuple[str, list[int]]] = {}

    def go(self, side: Side, filing: Filing) -> None:
        """One move: everything is checked before anything is changed. Raises for what is not plain."""
        old = side.side
        assert isinstance(old, OldSide)
        day, reported = filing.announced, side.reported_on
        key = f"{side.move}:depart"
        if old.ask or old.destination != filing.to.muni or key in self.acts.known or reported is None:
            raise NotPlain("another municipality has asked for the move, or its act is done")
        if side.card_route_until is None or not side.persons:
            raise NotPlain("nobody moves any more")
        check_place(filing.to)
        check_report(day, reported, self.today, ahead=True)
        stays = [self._stay(who, day) for who in side.persons]
        places = [
            (self.facts.standing(Membership, who, day), self.facts.standing(Address, who, day))
            for who in side.persons
        ]
        seats = self._seats(filing, set(side.persons), day)
        effects = self.sides.step(side, Event("accept"), self.actor)
        try:
            self._enter(side, filing, list(zip(stays, places, strict=True)), seats, effects)
        except (EnishiError, NotPlain, KeyError, TypeError) as error:
            raise Unfit({side.move: str(error) or type(error).__name__}) from error

    def _enter(
        self,
        side: Side,
        filing: Filing,
        held: list[tuple[Row, tuple[Row, Row]]],
        seats: list[tuple[Row, int, str]],
        effects: tuple[Effect, ...],
    ) -> None:
        """The act, the facts and the message of one move that was checked."""
        day, reported, key = filing.announced, side.reported_on, f"{side.move}:depart"
        assert reported is not None
        number = self.acts.add(
            Kind.MOVE_OUT,
            day,
            reported,
            self.actor,
            key,
            [*side.persons, *(seat.person for seat in filing.left)],
            plain(Departure(Kind.MOVE_OUT, tuple(side.persons), filing.to, filing.left))
            | {"days_late": days_late(day, reported)},
        )
        side.act = number
        going_to = text_of(filing.to)
        for who, (stay, (place, address)) in zip(side.persons, held, strict=True):
            self.facts.end(number, Membership, place, day)
            self.facts.end(number, Address, address, day)
            for item in list(self.facts.of(StatusItem, who)):
                if item["until"] is None or item["until"] > day:
                    self.facts.end(number, StatusItem, item, day)
            self.facts.end(number, Residence, stay, day, exit=Exit.MOVE_OUT.value, going_to=going_to)
        self._seat(number, seats, day)
        self.gone[side.move] = ("", side.persons)
        for effect in effects:
            if effect.name == "certificate":
                self._send(side, filing, effect.to, effect.version)

    def _stay(self, who: int, day: date) -> Row:
        stays = self.facts.on(Residence, who, day)
        born = self.facts.of(Particulars, who)
        if len(stays) != 1 or not born or stays[0]["since"] == day:
            raise NotPlain(f"person {who} is no resident on {day}, or since that day only")
        check_day(day, born[0]["birth_date"], None, None)
        return stays[0]

    def _seats(self, filing: Filing, movers: set[int], day: date) -> list[tuple[Row, int, str]]:
        """The places that change of those who stay: what they have, and what they get."""
        found = []
        persons = [seat.person for seat in filing.left]
        if movers & set(persons) or len(set(persons)) < len(persons):
            raise NotPlain("somebody who moves is given a place here, or somebody two")
        for seat in filing.left:
            steps_of(seat.relation)
            place = self.facts.standing(Membership, seat.person, day)
            if (place["household"], place["relation"]) != (seat.household, seat.relation):
                found.append((place, seat.household, seat.relation))
        return found

    def _seat(self, act: int, seats: list[tuple[Row, int, str]], day: date) -> None:
        made = new_household(self.muni) if any(one[1] == NEW_HOUSEHOLD for one in seats) else 0
        for place, _, _ in seats:
            self.facts.end(act, Membership, place, day)
        for place, household, relation in seats:
            self.facts.begin(
                act,
                Membership,
                place["person"],
                day,
                place["until"],
                household=household or made,
                relation=relation,
            )

    def _send(self, side: Side, filing: Filing, to: str, version: int) -> None:
        """The certificate information, of whom no support measure speaks."""
        old = side.side
        assert isinstance(old, OldSide)
        assert side.reported_on is not None
        assert side.card_route_until is not None
        last = filing.announced - timedelta(days=1)
        persons = tuple(self._newcomer(who, last) for who in side.persons)
        address = self.facts.on(Address, side.persons[0], last)
        said = Certificate(
            move=side.move,
            version=version,
            persons=persons,
            came_from=_place(self.muni, address[0]) if address else None,
            to=filing.to,
            plan=tuple(seat for seat in filing.plan if seat.person in set(side.persons)),
            announced=filing.announced,
            reported_on=side.reported_on,
            card_route=old.card_route,
            card_route_until=side.card_route_until,
            joins=filing.joins,
            evidence=filing.evidence,
        )
        self.sides.tell(side, to, "certificate", said, version)
        self.gone[side.move] = (to, side.persons)

    def _newcomer(self, who: int, last: date) -> Newcomer:
        entered = tuple(
            EnteredItems(
                group,
                row.get("kind", ""),
                {name: _value(name, value) for name, value in row.items() if name not in NOT_SHOWN},
                row["since"],
                row["until"],
                self.now,
                row["act"],
                None,
            )
            for group, model in GROUPS.items()
            for row in self.facts.on(model, who, last)
        )
        return newcomer_of(Record(self.muni, who, last, None, entered))

    def recorded(self) -> None:
        """Every reading out of certificate information is recorded for whoever receives it, before it goes. Raises Unfit for the
        moves to a municipality that may not be told.
        """
        told: dict[str, list[str]] = {}
        for move, (to, _) in self.gone.items():
            if to:
                told.setdefault(to, []).append(move)
        for to, moves in told.items():
            reader = Reader(
                "system:move",
                f"certificate information of a move to {to}",
                ARTICLE,
                muni=self.muni,
                use=Purpose.TRANSFER.value,
            )
            persons = [who for move in moves for who in self.gone[move][1]]
            try:
                record_reads(reader, tuple(GROUPS), persons)
            except Refused as error:
                raise Unfit(dict.fromkeys(moves, str(error))) from error


NOT_SHOWN = {*NOT_ITEMS, *INTERNAL, "kind"}


def _value(name: str, value: Any) -> Any:
    return json.loads(value) if name == "detail" and isinstance(value, str) else value


def _place(muni: str, row: Row) -> Place:
    return Place(
        muni,
        row["town"],
        ward=row["ward"] or "",
        postcode=row["postcode"],
        town_id=row["town_id"] or "",
        block=row["block"],
        building=row["building"],
        building_kana=row["building_kana"],
    )
