"""Moves between municipalities by thousands, on PostgreSQL: the same steps, acts, facts, messages and logs as one by one.

Each function takes one step for many moves of one municipality, in one transaction of its own; what lies between two
municipalities goes by their outboxes and inboxes (`platform.bundles`). A batch takes plain moves. Whom a support measure
concerns, who comes otherwise than announced, who is in a conflict, what the law or the record forbids: those it leaves untouched
and names with the reason; they go by `moves.filing`, one by one, which performs or refuses them in words. Taken again a batch
changes nothing. docs/moves.md says what it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, connections, transaction

from enishi.kernel.errors import EnishiError
from enishi.platform.services import Letter, by_index, database_of, handles_bundles, within
from enishi.register.engines import moving_filed, moving_in, moving_notices, moving_out
from enishi.register.engines.moving_batches import (
    ELSEWHERE,
    TWICE,
    Batch,
    Unfit,
    in_one_go,
    rows_of,
    set_based,
)
from enishi.register.engines.moving_filed import Announced, move_id_of
from enishi.register.engines.moving_in import Come, Proved
from enishi.register.moves.words import Certificate, Entered, Word, read_text

__all__ = [
    "Announced",
    "Batch",
    "Come",
    "Proved",
    "accept_moves_in",
    "accept_moves_out",
    "announce_moves",
    "confirm_identities",
    "move_id_of",
]

T = TypeVar("T")
CERTIFICATE, ENTERED, CLOSED = "register.move.certificate", "register.move.entered", "register.move.closed"
FORMS: dict[str, type[Certificate] | type[Entered] | type[Word]] = {
    CERTIFICATE: Certificate,
    ENTERED: Entered,
    CLOSED: Word,
}
Read = list[tuple[Letter, Any]]


def announce_moves(muni: str, filed: Sequence[Announced], *, now: datetime) -> Batch:
    """Files moves out of a municipality, each by whoever stands beside it, as `announce_move`. Named by the id of the move."""
    return _batch(
        muni,
        filed,
        lambda one: move_id_of(one[0]),
        lambda part, left: moving_filed.announce(muni, now, part, left),
    )


def accept_moves_out(muni: str, moves: Sequence[str], *, actor: str, now: datetime) -> Batch:
    """The old municipality accepts moves that are announced, as `accept_move_out`."""
    return _batch(muni, moves, str, lambda part, left: moving_out.accept(muni, actor, now, part, left))


def confirm_identities(muni: str, proved: Sequence[Proved], *, actor: str, now: datetime) -> Batch:
    """Proofs are entered in the new municipality, one a move, as `confirm_identity`."""
    return _batch(
        muni, proved, lambda one: one[0], lambda part, left: moving_in.confirm(muni, actor, now, part, left)
    )


def accept_moves_in(muni: str, come: Sequence[Come], *, actor: str, now: datetime) -> Batch:
    """The new municipality enters those who come as announced, each on the day beside the move, as `accept_move_in`."""
    return _batch(
        muni, come, lambda one: one[0], lambda part, left: moving_in.enter(muni, actor, now, part, left)
    )


def _batch(
    muni: str,
    items: Sequence[T],
    name: Callable[[T], str],
    work: Callable[[list[T], dict[str, str]], None],
) -> Batch:
    if not set_based(muni):
        return Batch((), {name(one): ELSEWHERE for one in items})
    with within(muni) as alias:
        with connections[alias].cursor() as cursor:
            by_index(cursor)
        return in_one_go(muni, items, name, work)


@handles_bundles(*FORMS)
def handle_moves(
    receiver: str, letters: Sequence[Letter], now: datetime
) -> tuple[Collection[str], Mapping[str, str]]:
    """What has come about moves: notices of having moved in, certificate information, closings; of each channel as far as all is
    plain.
    """
    with within(receiver), connections[database_of(receiver)].cursor() as cursor:
        taken, left = _plain(receiver, letters, cursor)
        while taken:
            try:
                with transaction.atomic(using=database_of(receiver)):
                    _handle(receiver, taken, now)
            except Unfit as unfit:
                left |= unfit.left
                taken = _up_to(taken, unfit.left)
            except DatabaseError as error:
                if len(taken) == 1:
                    left[taken[0][0].message_id] = str(error).splitlines()[0]
                taken = taken[: len(taken) // 2]
            else:
                break
    return [letter.message_id for letter, _ in taken], left


def _handle(receiver: str, letters: Read, now: datetime) -> None:
    """Acts come first: whoever is alone in the journal waits for nobody else's counters."""
    of = {kind: [one for one in letters if one[0].kind == kind] for kind in FORMS}
    if of[ENTERED]:
        moving_notices.notices(receiver, now, of[ENTERED])
    if of[CERTIFICATE]:
        moving_in.certificates(receiver, now, of[CERTIFICATE])
    if of[CLOSED]:
        moving_in.closings(receiver, now, of[CLOSED])


def _plain(receiver: str, letters: Sequence[Letter], cursor: Any) -> tuple[Read, dict[str, str]]:
    """The letters as they read, and of each channel only those before the first that cannot be read, or that speaks of a move
    or a person of another: what is said of one move keeps its order.
    """
    read: Read = []
    left: dict[str, str] = {}
    for letter in letters:
        try:
            read.append((letter, read_text(FORMS[letter.kind], letter.text)))
        except EnishiError as error:
            left[letter.message_id] = str(error)
            read.append((letter, None))
    closing = [said.move for letter, said in read if letter.kind == CLOSED and said is not None]
    movers: dict[str, set[int]] = {}
    for move, person in rows_of(
        cursor,
        "SELECT move, person FROM register_moveperson WHERE muni = %s AND role = 'new' AND move = ANY(%s)",
        [receiver, closing],
    ):
        movers.setdefault(move, set()).add(person)
    moves: set[str] = set()
    persons: set[int] = set()
    for letter, said in read:
        if said is None:
            continue
        people = _persons(said, movers)
        if said.move in moves or persons & people:
            left[letter.message_id] = TWICE
        moves.add(said.move)
        persons |= people
    return _up_to(read, left), left


def _persons(said: Certificate | Entered | Word, movers: Mapping[str, set[int]]) -> set[int]:
    if isinstance(said, Certificate):
        return {one.person for one in said.persons}
    return set(said.movers) if isinstance(said, Entered) else movers.get(said.move, set())


def _up_to(letters: Read, left: Mapping[str, str]) -> Read:
    """Of each channel those before the first that is left."""
    stopped: set[str] = set()
    kept: Read = []
    for one in letters:
        if one[0].message_id in left:
            stopped.add(one[0].sender)
        elif one[0].sender not in stopped:
            kept.append(one)
    return kept
