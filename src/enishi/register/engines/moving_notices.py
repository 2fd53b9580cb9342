"""Notices of having moved in (転入通知), by thousands, as `moves.mail.notice_arrives` takes each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connections

from enishi.kernel.errors import EnishiError
from enishi.platform.services import Letter, database_of
from enishi.register.acts.performing import plain
from enishi.register.engines.moving_acts import Acts, Facts
from enishi.register.engines.moving_batches import NotPlain, Unfit, rows_of
from enishi.register.engines.moving_rows import Row
from enishi.register.engines.moving_sides import Side, Sides
from enishi.register.models import Residence
from enishi.register.moves.words import Entered, Word, text_of
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moving import Event, OldSide, Role
from enishi.register.rules.reports import Arrived


def notices(muni: str, now: datetime, letters: Sequence[tuple[Letter, Entered]]) -> None:
    """As `mail.notice_arrives`, each: the planned destination becomes the confirmed one, and the move is closed. Raises Unfit for
    those that say anything else than was announced, by message.
    """
    left: dict[str, str] = {}
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.OLD, now, cursor)
        known = sides.load((one.move for _, one in letters), "CASE WHEN said ? 'entered' THEN '{}' END")
        acts = Acts(muni, now, [f"{one.move}:arrived" for _, one in letters], cursor)
        departures = {
            number: (kind, day, json.loads(facts))
            for number, kind, day, facts in rows_of(
                cursor,
                "SELECT number, kind, effective, facts FROM register_act WHERE muni = %s AND number = ANY(%s)",
                [muni, [side.act for side in known.values() if side.act is not None]],
            )
        }
        movers = sorted({who for _, one in letters for who in one.movers})
        facts = Facts(muni, now, movers, (Residence,), cursor)
        for letter, entered in letters:
            if (side := known.get(entered.move)) is not None:
                try:
                    _arrived(letter, entered, side, sides, acts, facts, departures)
                except (EnishiError, NotPlain) as error:
                    left[letter.message_id] = str(error)
        if left:
            raise Unfit(left)
        acts.write()
        facts.write()
        sides.write()


def _arrived(
    letter: Letter,
    entered: Entered,
    side: Side,
    sides: Sides,
    acts: Acts,
    facts: Facts,
    departures: dict[int, tuple[str, date, dict[str, Any]]],
) -> None:
    old, by = side.side, f"message:{letter.message_id}"[:80]
    assert isinstance(old, OldSide)
    key = f"{side.move}:arrived"
    if old.held_by != letter.sender or old.ask or side.said is not None or key in acts.known or old.stale:
        raise NotPlain("the notice is not the one that this side waits for")
    kind, day, departure = departures.get(side.act or 0, ("", date.min, {}))
    if kind != Kind.MOVE_OUT or day != entered.moved or set(departure["movers"]) != set(entered.movers):
        raise NotPlain("others have moved in than were announced, or on another day")
    stays = [_stay_ended(facts, who, entered.moved, side.act) for who in entered.movers]
    effects = sides.step(
        side, Event("entered", by=letter.sender, version=entered.version), by, act=entered.act
    )
    if [effect.name for effect in effects] != ["arrive_notice"]:
        raise Unfit({letter.message_id: "the notice changes nothing, or more than a notice does"})
    assert side.act is not None
    side.moved = entered.moved
    side.more = f'{{"entered": {text_of(entered)}}}'
    number = acts.add(
        Kind.MOVE_IN_NOTICE,
        entered.moved,
        None,
        by,
        key,
        [*departure["movers"], *(seat["person"] for seat in departure["seats"])],
        plain(Arrived(side.act, entered.movers, entered.to)),
        side.act,
    )
    went_to = text_of(entered.to)
    for stay in stays:
        facts.restate(number, Residence, stay, went_to=went_to)
    for effect in sides.step(side, Event("recorded"), by):
        sides.tell(side, effect.to, effect.name, Word(side.move))


def _stay_ended(facts: Facts, who: int, day: date, act: int | None) -> Row:
    """The residence that a departure has ended, where nothing has touched it since."""
    for row in facts.of(Residence, who):
        if row["until"] == day and row["act"] == act:
            return row
    raise NotPlain(f"person {who}: a later act has settled this move already")
