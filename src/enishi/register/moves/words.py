"""What is filed, sent and shown of a move: plain data, checked where it comes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from enishi.kernel.errors import BadInput
from enishi.register.forms import form_of
from enishi.register.rules.move_terms import Capacity, Evidence
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import Newcomer, Seat

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filing:
    """A move as it is filed once, for both municipalities: move-out report and notice of the move in.

    `muni`: the municipality that is left; `announced`: the day of the move; `to`: the new address; `plan`: the movers'
    households there (`household` 0: a new one; a number only where an officer knows it); `joins`: in words, whose
    household they join, blank for their own; `left`: the new places of those who stay; `filer`: person id, None where the
    filer has none; `card`: whether a mover's card stands in for the paper certificate; `key`: idempotency key.
    """

    muni: str
    movers: tuple[int, ...]
    announced: date
    to: Place
    plan: tuple[Seat, ...]
    filer: int | None
    capacity: Capacity
    key: str
    joins: str = ""
    left: tuple[Seat, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    online: bool = True
    card: bool = True


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate information (転出証明書情報) as it travels: every item that the new record needs, and what was filed.

    The individual number is no part of it: number/ has its own way. `relation` of a person is that in the old household;
    `paper`: number of the paper certificate, blank while there is none; `ask`: the question that it answers.
    """

    move: str
    version: int
    persons: tuple[Newcomer, ...]
    came_from: Place | None
    to: Place
    plan: tuple[Seat, ...]
    announced: date
    reported_on: date
    card_route: bool
    card_route_until: date
    joins: str = ""
    evidence: tuple[Evidence, ...] = ()
    protected: tuple[int, ...] = ()
    paper: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The notice of having moved in (転入通知, art. 9(1)): who, since when, where, by which act of the new municipality."""

    move: str
    version: int
    movers: tuple[int, ...]
    moved: date
    to: Place
    act: int


@dataclass(frozen=True, slots=True)
class Word:
    """Every other message: `version` of the certificate information that it speaks of, and why."""

    move: str
    version: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The municipality where the movers stand asks the one that they left. `paper`: number of the paper that they show."""

    ask: str
    persons: tuple[int, ...]
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a move's log. `word`: where the event led; `late`: it changed nothing."""

    at: datetime
    event: str
    by: str
    word: str
    state: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoveView:
    """One side of a move for a page. `reason`: what it waits for, blank when it has ended; `conflict`: what an officer has
    to decide; `missing`: what is not proved yet (new side); `to`: None where the reader may not see it; `persons`: who
    moves; `late`: days by which the report was or will be late, counted on the day of reading.
    """

    muni: str
    move: str
    role: str
    state: str
    reason: str
    conflict: str
    is_open: bool
    other: str
    persons: tuple[int, ...]
    announced: date | None
    moved: date | None
    reported_on: date | None
    due: date | None
    late: int
    card_route_until: date | None
    card_route: bool
    to: Place | None
    plan: tuple[Seat, ...]
    joins: str
    certificate: tuple[Newcomer, ...]
    came_from: Place | None
    missing: tuple[str, ...]
    protected: bool
    paper: str
    act: int | None
    began_at: datetime
    changed_at: datetime
    steps: tuple[Step, ...]


def plain(said: Any) -> Any:
    """A dataclass as JSON."""
    return form_of(type(said)).dump_python(said, mode="json")


def text_of(said: Any) -> str:
    """A dataclass as JSON text."""
    return form_of(type(said)).dump_json(said).decode()


def read(form: type[T], said: Any) -> T:
    """JSON as the dataclass that it must be. Raises BadInput naming the first field that does not fit."""
    try:
        made: T = form_of(form).validate_python(said)
    except ValidationError as error:
        raise _unfit(form, error) from error
    return made


def read_text(form: type[T], text: str) -> T:
    """JSON text as the dataclass that it must be; else as `read`."""
    try:
        made: T = form_of(form).validate_json(text)
    except ValidationError as error:
        raise _unfit(form, error) from error
    return made


def _unfit(form: type[Any], error: ValidationError) -> BadInput:
    first = error.errors(include_input=False)[0]
    return BadInput(
        f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
        where=form.__name__.lower(),
        todo="the sender corrects it; nothing was taken over",
    )
