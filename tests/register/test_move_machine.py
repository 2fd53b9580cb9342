"""The two state machines of a move: total, no dead ends, and safe whatever happens to the messages between them.

The last tests do not sample: they walk through every order in which a bounded conversation can go.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from enishi.kernel.errors import Refused
from enishi.register.rules.move_terms import Evidence, Law, Missing, Proof
from enishi.register.rules.moving import (
    NEW_ENDED,
    NEW_EVENTS,
    OLD_ENDED,
    OLD_EVENTS,
    Effect,
    Event,
    New,
    NewSide,
    Old,
    OldSide,
    proof_missing,
    step_new,
    step_old,
)

NOON = datetime(2020, 4, 1, 3, tzinfo=UTC)
Y, Z = "131024", "141003"
SIGNED = Evidence(Proof.CARD_SIGNATURE, "resident:1", NOON, "0" * 64)
SEEN = Evidence(Proof.OFFICER_VIDEO, "officer:2", NOON)
COUNTER = Evidence(Proof.OFFICER_COUNTER, "officer:2", NOON)
PAPER = Evidence(Proof.PAPER_CERTIFICATE, "officer:2", NOON)
ANNOUNCED = OldSide(destination=Y)


def old(side: OldSide, *events: Event | str) -> OldSide:
    for event in events:
        side = step_old(side, Event(event) if isinstance(event, str) else event)[0]
    return side


def new(side: NewSide, *events: Event | str) -> NewSide:
    for event in events:
        side = step_new(side, Event(event) if isinstance(event, str) else event)[0]
    return side


def names(outcome: tuple[object, tuple[Effect, ...], str]) -> list[str]:
    return [effect.name for effect in outcome[1]]


SENT = old(ANNOUNCED, "accept")
RECEIVED = new(NewSide(), Event("certificate", version=1))
CONFIRMED = new(RECEIVED, Event("confirm", evidence=SIGNED), Event("confirm", evidence=SEEN))
ACCEPTED = new(CONFIRMED, "accept")


def test_the_way_through() -> None:
    assert names(step_old(ANNOUNCED, Event("accept"))) == ["depart", "certificate"]
    assert SENT.state is Old.CERTIFICATE_SENT
    assert RECEIVED.state is New.RECEIVED
    assert CONFIRMED.state is New.CONFIRMED
    assert names(step_new(CONFIRMED, Event("accept"))) == ["arrive", "entered"]
    notified = step_old(SENT, Event("entered", by=Y, version=1))
    assert (notified[0].state, names(notified)) == (Old.NOTIFIED, ["arrive_notice"])
    closed = step_old(notified[0], Event("recorded"))
    assert (closed[0].state, names(closed)) == (Old.CLOSED, ["closed"])
    assert new(ACCEPTED, "closed").state is New.CLOSED


def test_today_s_law_wants_an_officer_s_look_and_the_zero_visit_law_a_signature() -> None:
    signed = new(RECEIVED, Event("confirm", evidence=SIGNED))
    assert proof_missing(signed, Law.VISIT) == (Missing.EXISTENCE,)
    assert signed.state is New.RECEIVED
    assert new(RECEIVED, Event("confirm", evidence=SIGNED, law=Law.ZERO_VISIT)).state is New.CONFIRMED
    assert new(RECEIVED, Event("confirm", evidence=COUNTER)).state is New.CONFIRMED
    demonstrated = Evidence(Proof.DEMONSTRATION_SIGN_IN, "resident:1", NOON)
    borne_out = Evidence(Proof.OFFICER_CONFIRMATION, "officer:2", NOON)
    alone = new(RECEIVED, Event("confirm", evidence=demonstrated, law=Law.ZERO_VISIT))
    assert alone.state is New.RECEIVED
    assert new(alone, Event("confirm", evidence=borne_out, law=Law.ZERO_VISIT)).state is New.CONFIRMED
    with pytest.raises(Refused, match="existence"):
        step_new(signed, Event("accept"))


def test_after_the_card_route_has_ended_the_paper_must_be_shown() -> None:
    ended = new(CONFIRMED, "card_route_ends")
    assert ended.state is New.CARD_ROUTE_ENDED
    with pytest.raises(Refused, match="paper"):
        step_new(ended, Event("accept"))
    assert new(ended, Event("confirm", evidence=PAPER), "accept").state is New.ACCEPTED
    issued = old(SENT, "card_route_ends", "issue_paper")
    assert (issued.state, issued.version) == (Old.PAPER_ISSUED, 2)
    assert old(issued, Event("entered", by=Y, version=2), "recorded").state is Old.CLOSED


def test_a_move_cannot_be_cancelled_behind_the_back_of_who_may_enter_it() -> None:
    called = step_old(SENT, Event("cancel"))
    assert (called[0].state, names(called)) == (Old.WITHDRAWING, ["withdraw"])
    given_back = step_new(RECEIVED, Event("withdraw", by="131016", version=2))
    assert (given_back[0].state, names(given_back)) == (New.WITHDRAWN, ["released"])
    cancelled = step_old(called[0], Event("released", by=Y, version=2))
    assert (cancelled[0].state, names(cancelled)) == (Old.CANCELLED, ["undo"])
    too_late = step_new(ACCEPTED, Event("withdraw", by="131016", version=2))
    assert (too_late[0].state, names(too_late)) == (New.ACCEPTED, [])
    assert old(called[0], Event("entered", by=Y, version=1), "recorded").state is Old.CLOSED


def test_before_it_is_sent_a_move_is_cancelled_at_once() -> None:
    assert names(step_old(ANNOUNCED, Event("cancel"))) == []
    undecided = old(OldSide(), "accept")
    assert undecided.state is Old.ACCEPTED
    assert names(step_old(undecided, Event("cancel"))) == ["undo"]


def test_another_municipality_gets_it_when_the_announced_one_has_given_it_back() -> None:
    asked = step_old(SENT, Event("asked", by=Z, ask="q1"))
    assert [(effect.name, effect.to) for effect in asked[1]] == [("withdraw", Y)]
    sent = step_old(asked[0], Event("released", by=Y, version=2))
    assert sent[1] == (Effect("certificate", Z, 3, ask="q1"),)
    entered = step_old(asked[0], Event("entered", by=Y, version=1))
    assert [(effect.name, effect.to, effect.why) for effect in entered[1]] == [
        ("refused", Z, "entered_elsewhere"),
        ("arrive_notice", "", ""),
    ]


def test_a_declined_move_comes_back_with_its_reason_and_can_be_sent_again() -> None:
    declined = step_new(RECEIVED, Event("decline", why="no such town"))
    assert names(declined) == ["declined"]
    back = old(SENT, Event("declined", by=Y, version=1, why="no such town"))
    assert (back.state, back.conflict) == (Old.RETURNED, "no such town")
    again = step_old(back, Event("redirect", to=Y))
    assert again[1] == (Effect("certificate", Y, 2),)
    assert new(declined[0], Event("certificate", version=2)).state is New.RECEIVED


def test_what_changes_after_the_entry_is_a_conflict_an_officer_resolves() -> None:
    late = new(ACCEPTED, Event("certificate", version=2))
    assert (late.state, late.conflict) == (New.ACCEPTED, "amended_after_entry")
    assert new(late, "resolve", "closed") == replace(ACCEPTED, version=2, state=New.CLOSED)
    assert new(ACCEPTED, Event("certificate", version=2, why="unchanged")).conflict == ""
    closed = old(SENT, Event("entered", by=Y, version=1), "recorded")
    assert step_old(closed, Event("amended"))[1] == (Effect("certificate", Y, 2),)
    while_calling = old(SENT, "cancel", "amended", Event("entered", by=Y, version=1))
    assert names(step_old(while_calling, Event("recorded"))) == ["closed", "certificate"]


def test_a_move_of_which_nobody_is_left_is_dissolved_and_nothing_is_undone() -> None:
    called = old(SENT, "nobody_left")
    assert called.state is Old.WITHDRAWING
    done = step_old(called, Event("released", by=Y, version=2))
    assert (done[0].state, names(done)) == (Old.CANCELLED, [])
    with pytest.raises(Refused):
        step_old(called, Event("cancel"))


def test_what_the_register_refuses_is_shown_and_decided_by_an_officer() -> None:
    notified = old(SENT, Event("entered", by=Y, version=1), Event("not_recorded", why="died before"))
    assert (notified.state, notified.conflict) == (Old.NOTIFIED, "died before")
    assert names(step_old(notified, Event("resolve"))) == ["arrive_notice"]
    cancelled = old(SENT, "cancel", Event("released", by=Y, version=2))
    assert old(cancelled, Event("not_recorded", why="act 7")).state is Old.RETURNED
    assert old(SENT, Event("entered", by=Z, version=1)).conflict == "entered_unasked"


EVENTS = [
    Event(name, by=by, version=version, to=to, ask=ask, why="w")
    for name in OLD_EVENTS
    for by, to in ((Y, Z), (Z, Y))
    for version in (1, 2, 3)
    for ask in ("", "q")
]
INCOMING = [
    Event(name, by="131016", version=version, evidence=proof, law=law, card_route=route)
    for name in NEW_EVENTS
    for version in (1, 2, 3)
    for proof in (SIGNED, SEEN, PAPER)
    for law in Law
    for route in (True, False)
]


def test_every_event_has_an_answer_in_every_state_and_every_state_is_reached() -> None:
    sides: set[OldSide | NewSide] = {ANNOUNCED, NewSide()}
    waiting = deque(sides)
    refused = set()
    while waiting:
        side = waiting.popleft()
        for event in EVENTS if isinstance(side, OldSide) else INCOMING:
            try:
                after = (step_old if isinstance(side, OldSide) else step_new)(side, event)[0]  # type: ignore[operator]
            except Refused:
                refused.add(event.name)
                continue
            small = after.version <= 3 and (
                isinstance(after, OldSide) or len(set(after.evidence)) == len(after.evidence)
            )
            if after not in sides and small:
                sides.add(after)
                waiting.append(after)
    assert {side.state for side in sides if isinstance(side, OldSide)} == set(Old)
    assert {side.state for side in sides if isinstance(side, NewSide)} == set(New)
    assert not refused & {
        "asked",
        "released",
        "declined",
        "entered",
        "certificate",
        "withdraw",
        "closed",
        "amended",
        "nobody_left",
        "card_route_ends",
        "not_recorded",
    }


# ---- every order of a bounded conversation

World = tuple[OldSide, NewSide, NewSide, frozenset[tuple[str, Event]], frozenset[str]]
BY_PEOPLE = ("cancel", "redirect", "asked", "amended", "nobody_left", "card_route_ends")


def next_worlds(world: World) -> list[World]:
    """All that can happen next: a message arrives (and may arrive again, for it stays on the way), or somebody acts once."""
    side, at_y, at_z, mail, done = world
    found: list[World] = []

    def leaving(event: Event, acts: frozenset[str]) -> None:
        try:
            after, effects, _ = step_old(side, event)
        except Refused:
            return
        sent = set()
        for effect in effects:
            if effect.name == "arrive_notice":
                after, more, _ = step_old(after, Event("recorded"))
                effects = (*effects, *more)
        for effect in effects:
            if effect.name in ("certificate", "withdraw", "closed"):
                sent.add((effect.to, Event(effect.name, by="old", version=effect.version)))
        found.append((after, at_y, at_z, mail | sent, acts))

    def arriving(place: str, event: Event, acts: frozenset[str]) -> None:
        try:
            after, effects, _ = step_new(at_y if place == Y else at_z, event)
        except Refused:
            return
        sent = {
            ("old", Event(effect.name, by=place, version=effect.version))
            for effect in effects
            if effect.name in ("entered", "released", "declined")
        }
        sides = (after, at_z) if place == Y else (at_y, after)
        found.append((side, *sides, mail | sent, acts))

    for to, event in mail:
        if to == "old":
            leaving(event, done)
        else:
            arriving(to, event, done)
    for name in BY_PEOPLE:
        if name not in done:
            leaving(Event(name, by=Z, to=Z, ask="q" if name == "asked" else ""), done | {name})
    for place, here in ((Y, at_y), (Z, at_z)):
        if not here.evidence:
            arriving(place, Event("confirm", evidence=COUNTER), done)
        arriving(place, Event("accept"), done)
        if f"decline {place}" not in done:
            arriving(place, Event("decline"), done | {f"decline {place}"})
    return found


def settled(world: World) -> bool:
    """Whether everything that is on the way has arrived."""
    side, at_y, at_z, mail, _ = world
    for to, event in mail:
        after = step_old(side, event) if to == "old" else step_new(at_y if to == Y else at_z, event)
        if after[0] != (side if to == "old" else at_y if to == Y else at_z):
            return False
    return True


@pytest.mark.parametrize("people", [3, pytest.param(5, marks=pytest.mark.slow)])
def test_in_no_order_of_messages_is_anybody_entered_twice_or_lost(people: int) -> None:
    """Messages arrive in any order, any number of times; of what people can do up to `people` things happen."""
    start: World = (
        SENT,
        NewSide(),
        NewSide(),
        frozenset({(Y, Event("certificate", by="old", version=1))}),
        frozenset(),
    )
    seen = {start}
    waiting = deque([start])
    ends = set()
    while waiting:
        world = waiting.popleft()
        side, at_y, at_z, _mail, _done = world
        entered = [
            place for place, here in ((Y, at_y), (Z, at_z)) if here.state in (New.ACCEPTED, New.CLOSED)
        ]
        assert len(entered) <= 1, world
        if side.state is Old.CANCELLED:
            assert entered == [], world
        if side.state is Old.CLOSED:
            assert entered == [side.held_by], world
        if settled(world):
            ends.add((side.state, at_y.state, at_z.state))
            open_sides = [one for one in (at_y, at_z) if one.state not in (*NEW_ENDED, New.AWAITED)]
            # Whoever still has the certificate information is the one that the old side believes to have it.
            assert side.state in OLD_ENDED or side.held_by or side.state is Old.RETURNED, world
            assert len(open_sides) <= 1, world
            assert side.state is not Old.WITHDRAWING, world
        for after in next_worlds(world):
            if after not in seen and len(after[4]) <= people:
                seen.add(after)
                waiting.append(after)
    assert {(Old.CLOSED, New.CLOSED, New.AWAITED), (Old.CANCELLED, New.WITHDRAWN, New.AWAITED)} <= ends
    assert any(state[0] is Old.CLOSED and state[2] is New.CLOSED for state in ends)
    assert len(seen) > 1_000
