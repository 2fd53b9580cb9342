"""What the register's API takes and gives: the forms of report as bodies that refuse what they do not know, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from dataclasses import Field as Column
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from ninja import Schema
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    TypeAdapter,
    WithJsonSchema,
    create_model,
)

from enishi.kernel.errors import BadInput
from enishi.kernel.partial_date import PartialDate
from enishi.register.replaying import FORMS
from enishi.register.rules import reports
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import Reported
from enishi.register.vocabulary import Evidence

MOST = 100
LONGEST = 300
LARGEST = 2**63 - 1

WITHHELD: set[type] = {
    reports.RecordClosed,
    reports.RecordOpened,
    reports.NumberChange,
    reports.CodeChange,
    reports.AddresseesMerged,
}
"""Forms that no key reports: a merger is the municipalities' own; a number or code is changed where its holder is identified;
that two addressees are one person, an officer finds.
"""

OFFERED: tuple[type, ...] = tuple(form for form in get_args(Reported) if form not in WITHHELD)
"""The forms of report that are open to other systems, in the order in which the rules name them."""


def compact_date(said: Any) -> PartialDate:
    """A day as the API writes it: `2020-05-03`, `2020-05`, `1945|昭和20年頃`. Raises ValueError."""
    if isinstance(said, PartialDate):
        return said
    try:
        return PartialDate.from_compact(str(said))
    except BadInput as error:
        raise ValueError(f"{error.what}: {error.todo}") from error


Day = Annotated[
    PartialDate,
    BeforeValidator(compact_date),
    PlainSerializer(lambda value: value.compact(), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 240,
            "description": "A date that may be partial: 2020-05-03, 2020-05, 2020, or a span 2020-05-01..2020-05-10; its wording"
            " after | (1945-05|昭和20年5月頃)",
            "examples": ["2020-05-03", "1945-05|昭和20年5月日不詳"],
        }
    ),
]
"""A partial date in one string (`PartialDate.compact`)."""

Person = Annotated[int, Field(ge=0, le=LARGEST)]
Words = Annotated[str, Field(max_length=LONGEST)]


class Closed(Schema):
    """A body that refuses fields which it does not know."""

    model_config = ConfigDict(extra="forbid")


def _taken(hint: Any) -> Any:
    """The type of a field in a body: partial dates as one string, forms inside as closed bodies, lists and words limited."""
    if hint is PartialDate:
        return Day
    if is_dataclass(hint) and isinstance(hint, type):
        return body_of(hint)
    if hint is int:
        return Person
    if hint is str:
        return Words
    if get_origin(hint) is tuple:
        inner: Any = _taken(get_args(hint)[0])
        return Annotated[tuple[inner, ...], Field(max_length=MOST)]
    if get_origin(hint) in (UnionType, Union):
        return Union[tuple(_taken(one) for one in get_args(hint))]  # noqa: UP007
    return hint


def _default(column: Column[Any]) -> Any:
    if column.default is not MISSING:
        return column.default
    return ... if column.default_factory is MISSING else Field(default_factory=column.default_factory)


def _first_lines(form: type) -> str:
    return " ".join(_paragraph(form.__doc__ or ""))


def _paragraph(text: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        if not line.strip():
            return
        yield line.strip()


def kinds_of(form: type) -> tuple[Kind, ...]:
    """The acts that a form of report stands for."""
    return tuple(kind for kind, forms in FORMS.items() if form in forms)


@cache
def body_of(form: type) -> type[BaseModel]:
    """A closed body for a frozen dataclass of the rules, and for those inside it."""
    hints = get_type_hints(form, include_extras=True)
    columns: dict[str, Any] = {one.name: (_taken(hints[one.name]), _default(one)) for one in fields(form)}
    if form in OFFERED:
        names: Any = tuple(kind.value for kind in kinds_of(form))
        others = {name: column for name, column in columns.items() if name != "kind"}
        columns = {"kind": (Literal[names], ...), **others}
    return create_model(form.__name__, __base__=Closed, __doc__=_first_lines(form), **columns)


def said_of_body(body: BaseModel) -> Reported:
    """The form of report that a body stands for."""
    form: Any = {body_of(form): form for form in OFFERED}[type(body)]
    values = body.model_dump()
    if "kind" not in form.__dataclass_fields__:
        del values["kind"]
    adapter: TypeAdapter[Reported] = TypeAdapter(form)
    return adapter.validate_python(values)


def form_named(said: Any) -> str | None:
    """Which body a `kind` asks for; of several that report the same act, the one that has most of what was said."""
    kind = said.get("kind") if isinstance(said, dict) else getattr(said, "kind", None)
    named: list[Any] = [form for form in OFFERED if kind in {one.value for one in kinds_of(form)}]
    if not named:
        return None
    keys = set(said) if isinstance(said, dict) else set(type(said).model_fields)
    best = max(named, key=lambda form: len(keys & set(form.__dataclass_fields__)))
    return str(best.__name__)


SAID: Any = Annotated[
    Union[tuple(Annotated[body_of(form), Tag(form.__name__)] for form in OFFERED)],  # noqa: UP007
    Discriminator(form_named),
]
"""What is reported, discriminated by the kind of act."""


class Filing(Closed):
    """An act as another system files it. `reported_on`: null for one ex officio (職権)."""

    effective: Day
    reported_on: date | None = None
    reason: Annotated[str, Field(max_length=LONGEST)] = ""
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=len(Evidence))] = ()
    act: SAID


class Question(Closed):
    """A search. `text`: the beginning of a name or reading; it stands in the body because addresses are logged."""

    text: Annotated[str, Field(max_length=60)] = ""
    birth_date: date | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    size: Annotated[int, Field(ge=1, le=200)] = 20


class FoundAnswer(Schema):
    """One person found. `address`: null where it may not be told."""

    person: int
    name: str
    reading: str
    birth_date: date
    sex: int
    address: str | None
    resident: bool


class HitsAnswer(Schema):
    """One page of a search."""

    rows: list[FoundAnswer]
    page: int
    more: bool


class EnteredAnswer(Schema):
    """A group of items as the record has it (docs/register.md)."""

    group: str
    kind: str
    items: dict[str, Any]
    since: date | None
    until: date | None
    recorded_at: datetime
    act: int
    superseded_at: datetime | None


class RecordAnswer(Schema):
    """What the register says of a person on a day, as known at a moment (null: now)."""

    muni: str
    person: int
    day: date
    moment: datetime | None
    entered: list[EnteredAnswer]


class ChangesAnswer(Schema):
    """What an act changes of one person's record."""

    person: int
    ceased: list[EnteredAnswer]
    entered: list[EnteredAnswer]


class PreviewAnswer(Schema):
    """What an act would change; nothing is changed."""

    changes: list[ChangesAnswer]


class DoneAnswer(Schema):
    """The number of the act that was performed: the same for the same filing sent again."""

    act: int


class Fault(Schema):
    """One fault of a request: where it lies and what it is."""

    where: str
    what: str


class Problem(Schema):
    """Problem details (RFC 9457). `detail`: what was wrong; `todo`: what to do about it."""

    type: str
    title: str
    status: int
    detail: str
    where: str | None = None
    todo: str | None = None
    errors: list[Fault] | None = None
