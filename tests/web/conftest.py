"""A small country behind the pages, and templates that may not ask for what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.template import engines
from django.test import Client

from enishi.register.services import load_nation
from tests.benefits import offices
from tests.benefits.offices import Offices
from tests.factories import CHIYODA, CHUO, SAPPORO
from tests.web.browsing import started

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Missing(str):
    """What a template gets for a variable that does not exist: it fails the test that renders it."""

    def __contains__(self, _other: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"a template asks for {name}, which its page does not give")


@pytest.fixture(autouse=True)
def _no_missing_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Missing("%s"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    with started() as one:
        yield one


@pytest.fixture(scope="session")
def computed_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a complete run over a handful of people, with its nation beside it."""
    return offices.computed(tmp_path_factory.mktemp("web"))


@dataclass(frozen=True)
class Country:
    """Officers, and the ids of a published result and its run."""

    who: Offices
    publication: int
    run: int
    folder: Path


@pytest.fixture
def officers(db: None, computed_run: Path) -> Offices:
    """The register loaded and officers in their duties; nothing published."""
    load_nation(computed_run.parent / "nation")
    return offices.offices()


@pytest.fixture
def country(officers: Offices, computed_run: Path) -> Country:
    """A published result; Chiyoda, Sapporo and Chuo take part, Yokohama does not."""
    row = offices.published(computed_run, officers)
    return Country(officers, row.pk, row.run_id, computed_run)


@pytest.fixture
def released(country: Country) -> Country:
    """Chiyoda and Chuo have decided and released."""
    from enishi.benefits import services

    for muni in (CHIYODA, CHUO):
        by, another = country.who.benefits[muni], country.who.accounting[muni]
        content = services.municipal_result(by, country.publication, muni).content_hash
        services.decide(by, country.publication, muni, content)
        services.release(another, country.publication, muni, content)
    return country


@pytest.fixture
def demonstration() -> Iterator[None]:
    """The site as `enishi demo` starts it."""
    with offices.demonstration():
        offices.demonstration_officers()
        yield


def browse(user: int | None, language: str = "ja") -> Client:
    """A browser in which somebody (None: nobody) is signed in."""
    from django.contrib.auth import get_user_model

    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.cookies["django_language"] = language
    if user is not None:
        client.force_login(get_user_model().objects.get(pk=user))
    return client


def ask(client: Client, muni: str = "", **typed: Any) -> Any:
    """Sends the search form."""
    url = f"/office/{muni}/people/" if muni else "/agency/people/"
    return client.post(url, {"purpose": "enquiry", "note": "", "text": "", "born": "", "person": ""} | typed)


__all__ = ["CHIYODA", "CHUO", "SAPPORO", "Country", "ask", "browse"]
