"""Filings of moves by thousands, as `moves.filing.announce_move` takes each: the same rules, read and written by columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid5

from django.db import connections
from django.utils import timezone

from enishi.kernel.errors import EnishiError
from enishi.platform.services import database_of
from enishi.register.engines.moving_acts import Facts, holds
from enishi.register.engines.moving_batches import NotPlain, rows_of
from enishi.register.engines.moving_rows import Row
from enishi.register.engines.moving_sides import Side, Sides
from enishi.register.models import Membership, Residence
from enishi.register.moves.filing import NAMESPACE
from enishi.register.moves.words import Filing, text_of
from enishi.register.moves.words import plain as plain_of
from enishi.register.rules.move_terms import (
    card_route_ends,
    check_announcement,
    check_filer,
    check_seats,
    check_those_left,
)
from enishi.register.rules.moves import check_place
from enishi.register.rules.moving import OldSide, Role

Announced = tuple[Filing, str]
"""A filing, and who files it."""


def move_id_of(filing: Filing) -> str:
    """The id of the move that a filing makes."""
    return _move_id(filing.muni, filing.key)


@lru_cache(maxsize=20_000)
def _move_id(muni: str, key: str) -> str:
    return str(uuid5(NAMESPACE, f"{muni}:{key}"))


def announce(muni: str, now: datetime, filed: list[Announced], left: dict[str, str]) -> None:
    """As `filing.announce_move`, each; `left` by move."""
    today = timezone.localdate(now)
    with connections[database_of(muni)].cursor() as cursor:
        sides = Sides(muni, Role.OLD, now, cursor)
        earlier = sides.load((move_id_of(filing) for filing, _ in filed), "said->'filing'")
        known = {move: json.loads(side.said or "null") for move, side in earlier.items()}
        movers = sorted({who for filing, _ in filed for who in filing.movers})
        facts = Facts(muni, now, movers, (Residence, Membership), cursor)
        households, births = _homes(muni, movers, cursor)
        busy = {
            person
            for (person,) in rows_of(
                cursor,
                "SELECT person FROM register_moveperson WHERE muni = %s AND person = ANY(%s) AND role = 'old' "
                "AND is_open AND goes",
                [muni, movers],
            )
        }
        for filing, actor in filed:
            move = move_id_of(filing)
            if move in known:
                if known[move] != plain_of(filing):
                    left[move] = "this key stands for another move"
                continue
            if busy & set(filing.movers):
                left[move] = "somebody has an open move already"
                continue
            try:
                in_time = _check_filing(muni, filing, today, facts, households, births)
            except (EnishiError, NotPlain, KeyError) as error:
                left[move] = str(error)
                continue
            busy |= set(filing.movers)
            known[move] = plain_of(filing)
            side = sides.open(
                Side(
                    id=None,
                    move=move,
                    side=OldSide(destination=filing.to.muni, card_route=filing.card and in_time),
                    is_open=True,
                    other=filing.to.muni,
                    announced=filing.announced,
                    moved=None,
                    reported_on=today,
                    card_route_until=card_route_ends(filing.announced),
                    act=None,
                    steps=0,
                    said=f'{{"filing": {text_of(filing)}}}',
                    persons=sorted(filing.movers),
                )
            )
            said = {"capacity": filing.capacity.value, "online": filing.online}
            sides.log(side, "announce", actor, side.side.state.value, **said)
        sides.write()


def _homes(
    muni: str, movers: Sequence[int], cursor: Any
) -> tuple[dict[int, list[tuple[int, str, Row]]], dict[int, date]]:
    """The members of every household in which one of the movers has a place, with relation and days, and when each was born."""
    members: dict[int, list[tuple[int, str, Row]]] = {}
    for household, person, relation, since, until in rows_of(
        cursor,
        "SELECT household, person, relation, since, until FROM register_membership WHERE muni = %s AND household IN ("
        "SELECT household FROM register_membership WHERE muni = %s AND person = ANY(%s) AND superseded_at IS NULL) "
        "AND superseded_at IS NULL ORDER BY id",
        [muni, muni, list(movers)],
    ):
        members.setdefault(household, []).append((person, relation, {"since": since, "until": until}))
    everybody = sorted({one[0] for home in members.values() for one in home} | set(movers))
    births = rows_of(
        cursor,
        "SELECT person, birth_date FROM register_particulars WHERE muni = %s AND person = ANY(%s) "
        "AND superseded_at IS NULL ORDER BY id",
        [muni, everybody],
    )
    return members, dict(births)


def _check_filing(
    muni: str,
    filing: Filing,
    today: date,
    facts: Facts,
    members: dict[int, list[tuple[int, str, Row]]],
    births: dict[int, date],
) -> bool:
    """As `moves.filing` checks what is filed, with what was read. Raises for whatever is to go the usual way."""
    check_place(filing.to)
    if filing.muni != muni:
        raise NotPlain("another municipality is left")
    if filing.to.muni == filing.muni or not filing.to.muni:
        raise NotPlain("the new address lies in the same municipality or abroad")
    if not filing.movers or len(set(filing.movers)) < len(filing.movers):
        raise NotPlain("nobody moves, or somebody twice")
    check_seats(filing.movers, filing.plan)
    in_time = check_announcement(filing.announced, today, online=filing.online)
    last = filing.announced - timedelta(days=1)
    homes = set()
    for who in filing.movers:
        stays = facts.on(Residence, who, last)
        if len(stays) != 1 or stays[0]["until"] is not None:
            raise NotPlain(f"person {who} is no resident without an end here on {last}")
        homes |= {row["household"] for row in facts.on(Membership, who, last)}
    check_filer(
        filing.capacity,
        filing.filer,
        {who: births[who] for who in filing.movers},
        on=today,
        online=filing.online,
    )
    for home in homes:
        there = {person: relation for person, relation, days in members[home] if holds(days, last)}
        check_those_left(there, filing.movers, filing.left, births, filing.announced)
    return in_time
