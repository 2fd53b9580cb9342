"""What every page of measures stands on: the guard that records who was turned away, the ground of reading, names, attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language

from enishi.kernel.errors import EnishiError
from enishi.platform.services import DutyKind, Reader, record_refusal
from enishi.register import services as register
from enishi.register import terms
from enishi.web.officer import Officer, officer_of
from enishi.web.register.asking import ARTICLE, MEASURES
from enishi.web.register.frame import for_register
from enishi.web.towns import known

ITEM = ("support_measure",)
"""What is read of a person for these pages, in the word of the gate."""

View = Callable[..., HttpResponseBase]
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Called:
    """A person of a case as a page calls them. `found`: None where this municipality has no record of them."""

    person: int
    found: terms.Found | None


def for_measures(view: View) -> View:
    """Opens a page to the municipality's register officers. Whoever is turned away is recorded, and is told the same whatever
    case they asked for, and whether there is any.
    """
    guarded = for_register(view)

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        officer, muni = officer_of(request), str(kwargs["muni"])
        if officer is not None and not officer.has(DutyKind.REGISTER_OFFICER, muni):
            record_refusal(ground(officer, muni if known(muni) else ""), ITEM, None)
        return guarded(request, *args, **kwargs)

    return cast(View, inner)


def ground(officer: Officer, muni: str) -> Reader:
    """The ground on which measures, and the persons of a case, are read."""
    return Reader(
        actor=f"officer:{officer.id}",
        purpose=MEASURES,
        article=ARTICLE,
        muni=muni,
        use=MEASURES,
    )


def called(officer: Officer, muni: str, persons: Iterable[int]) -> dict[int, Called]:
    """Persons of a case, each as this municipality's record calls them; those read are recorded."""
    wanted = list(dict.fromkeys(persons))
    found = register.residents_by_id(ground(officer, muni), muni, wanted, on=officer.today) if wanted else {}
    return {one: Called(one, found.get(one)) for one in wanted}


def by(officer: Officer, muni: str, key: str, reason: str) -> terms.By:
    """Who performs an act now, under the key of the form."""
    return terms.By(
        muni, f"officer:{officer.id}", f"office:{officer.id}:{key}", timezone.now(), reason.strip()
    )


def key_of(text: str) -> str:
    """The key of a form: as it carries it, a new one where it carries none."""
    try:
        return UUID(text).hex
    except ValueError:
        return uuid4().hex


def refused(officer: Officer, muni: str, error: EnishiError) -> str:
    """Records an attempt that was refused, and gives the refusal in the words of the page."""
    record_refusal(ground(officer, muni), ITEM, None)
    said = terms.in_words(error, get_language() or "ja")
    return f"{said.what} {said.todo}".strip()
