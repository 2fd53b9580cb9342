"""Every page in both languages: it renders, and nothing on it shuts anybody out."""

from __future__ import annotations

from typing import Any

import pytest

from enishi.benefits.models import Run
from tests.benefits.offices import FLED, PUSH
from tests.web.conftest import CHIYODA, Country, ask, browse
from tests.web.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
LANGUAGES = ("ja", "en")
PROGRAMME = f"/agency/programmes/{PUSH}/1/"

VISITOR = ["/", "/sign-in/", "/help/", "/accessibility/", "/privacy/", "/about/", "/who-asked/", "/session/"]
AGENCY = [
    "/",
    "/me/",
    "/session/",
    "/who-asked/",
    "/agency/",
    "/agency/programmes/",
    PROGRAMME,
    PROGRAMME + "adoption/",
    PROGRAMME + "adoption/?prefecture=13&state=adopted&sort=-name&q=千代",
    PROGRAMME + "adoption/?q=nowhere",
    PROGRAMME + "start/",
    "/agency/runs/",
    "/agency/runs/{run}/",
    "/agency/runs/{run}/?measure=held&sort=-held",
    "/agency/runs/{run}/?measure=persons",
    "/agency/runs/{run}/?measure=letters",
    "/agency/runs/{run}/differences/",
    "/agency/releases/",
    "/agency/releases/{publication}/",
    "/agency/releases/{publication}/?state=released&sort=-yen",
    "/agency/people/",
]
OFFICE = [
    "/",
    f"/office/{CHIYODA}/",
    f"/office/{CHIYODA}/benefits/{{publication}}/",
    f"/office/{CHIYODA}/benefits/{{publication}}/holds/",
    f"/office/{CHIYODA}/benefits/{{publication}}/holds/?reason=A02",
    f"/office/{CHIYODA}/benefits/{{publication}}/letters/",
    f"/office/{CHIYODA}/benefits/{{publication}}/files/",
]


def sound(client: Any, url: str, language: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    text = str(answer.content.decode())
    assert faults(text, language) == [], url
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_reads_every_open_page(db: None, language: str) -> None:
    for url in VISITOR:
        sound(browse(None, language), url, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agency_reads_its_pages(released: Country, language: str) -> None:
    client = browse(released.who.agency, language)
    for url in AGENCY:
        sound(client, url.format(run=released.run, publication=released.publication), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_before_anything_is_published(officers: Any, language: str) -> None:
    client = browse(officers.agency, language)
    for url in ("/", "/agency/", PROGRAMME, PROGRAMME + "publish/", "/agency/runs/", "/agency/releases/"):
        sound(client, url, language)
    office = browse(officers.benefits[CHIYODA], language)
    sound(office, f"/office/{CHIYODA}/", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_ask_before_they_act(country: Country, demonstration: None, language: str) -> None:
    agency = browse(country.who.agency, language)
    for url in (
        PROGRAMME + "adoption/",
        PROGRAMME + "adoption/all/",
        f"/agency/releases/{country.publication}/all/",
    ):
        sound(agency, url, language)
    benefits = browse(country.who.benefits[CHIYODA], language)
    office = f"/office/{CHIYODA}/benefits/{country.publication}/"
    sound(benefits, office + "decide/", language)
    sound(benefits, f"/office/{CHIYODA}/programmes/{PUSH}/1/adopt/", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_municipal_office_reads_its_pages(released: Country, language: str) -> None:
    for user in (released.who.benefits[CHIYODA], released.who.accounting[CHIYODA], released.who.auditor):
        client = browse(user, language)
        for url in OFFICE:
            sound(client, url.format(publication=released.publication), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_officer_finds_an_empty_office(country: Country, language: str) -> None:
    sound(browse(country.who.register, language), f"/office/{CHIYODA}/", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_found_and_shown(released: Country, language: str) -> None:
    client = browse(released.who.benefits[CHIYODA], language)
    url = ask(client, CHIYODA, text="さとう").url
    assert "佐藤 健" in sound(client, url, language)
    for person in (1, 2, 3, 4, 31, 32, 33, 35):
        sound(client, f"/office/{CHIYODA}/people/{person}/", language)
    auditor = browse(released.who.auditor, language)
    ask(auditor, text="ワタナベ", note="A-1")
    sound(auditor, "/agency/people/?results=1", language)
    for person in (5, 6, 7, 9, 10):
        sound(auditor, f"/agency/people/{person}/", language)
    for url in (
        "/agency/reads/",
        f"/agency/reads/?muni={CHIYODA}",
        f"/agency/reads/?person={FLED}",
        "/agency/reads/?person=x",
    ):
        sound(auditor, url, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_is_not_complete_says_what_to_do(country: Country, language: str) -> None:
    client = browse(country.who.benefits[CHIYODA], language)
    for typed in ({"purpose": ""}, {"purpose": "other"}, {}, {"born": "1999-02-30"}, {"person": "x1"}):
        answer = ask(client, CHIYODA, **typed)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert faults(text, language) == []
        assert 'role="alert" tabindex="-1" id="errors" autofocus' in text
        assert 'aria-invalid="true"' in text
    answer = browse(None, language).post("/sign-in/", {"username": "x", "password": "y"})
    assert faults(answer.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [Run.RUNNING, Run.FAILED])
def test_a_run_watched_while_at_work_and_after_it_stopped(
    officers: Any, computed_run: Any, language: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from enishi.benefits import runs
    from tests.benefits.offices import recorded

    monkeypatch.setattr(runs, "follow", lambda row: row)
    error = "benefits: the two engines disagree on ledger of shard 0001: first aa, second bb"
    row = recorded(
        computed_run, officers.agency, state=state, manifest="", error=error if state == Run.FAILED else ""
    )
    client = browse(officers.agency, language)
    text = sound(client, f"/agency/runs/{row.pk}/", language)
    assert ('http-equiv="refresh"' in text) == (state == Run.RUNNING)
    sound(client, "/agency/", language)
    sound(client, f"/agency/runs/{row.pk}/differences/", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_are_pages_too(country: Country, language: str) -> None:
    client = browse(country.who.agency, language)
    sound(client, "/nowhere/", language, 404)
    sound(client, "/agency/runs/999/", language, 403)
    strict = browse(None, language)
    strict.handler.enforce_csrf_checks = True
    answer = strict.post("/sign-in/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert faults(answer.content.decode(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_no_request(language: str, name: str) -> None:
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override(language):
        assert faults(render_to_string(name), language) == []
