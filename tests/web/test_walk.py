"""The way from a programme to released payments, by the pages alone; and the small acts of every page's header."""

from __future__ import annotations

from typing import Any

import pytest

from enishi.benefits.models import MunicipalDecision, Publication, PublishedProgramme, Release
from enishi.platform.services import reads_by, reads_of
from enishi.site.commands import doctor
from tests.benefits.offices import PUSH, Offices
from tests.web.conftest import CHIYODA, Country, ask, browse

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PROGRAMME = f"/agency/programmes/{PUSH}/1/"


def hidden(text: str, name: str) -> str:
    return text.split(f'name="{name}" value="')[1].split('"')[0]


def test_a_programme_is_published_as_it_was_reviewed(officers: Offices) -> None:
    client = browse(officers.agency)
    page = client.get(PROGRAMME + "publish/").content.decode()
    answer = client.post(PROGRAMME + "publish/", {"sha256": "0" * 64}, follow=True)
    assert "notice-error" in answer.content.decode()
    assert not PublishedProgramme.objects.exists()
    answer = client.post(PROGRAMME + "publish/", {"sha256": hidden(page, "sha256")}, follow=True)
    assert "notice-success" in answer.content.decode()
    assert PublishedProgramme.objects.get().published_by == officers.agency
    assert client.get(PROGRAMME + "publish/").url == PROGRAMME


def test_all_take_part_only_in_a_demonstration(country: Country) -> None:
    client = browse(country.who.agency)
    answer = client.post(PROGRAMME + "adoption/all/", follow=True)
    assert "notice-error" in answer.content.decode()
    assert PROGRAMME + "adoption/all/" not in client.get(PROGRAMME + "adoption/").content.decode()


def test_all_take_part_and_all_release_in_a_demonstration(country: Country, demonstration: None) -> None:
    client = browse(country.who.agency)
    assert PROGRAMME + "adoption/all/" in client.get(PROGRAMME + "adoption/").content.decode()
    client.post(PROGRAMME + "adoption/all/")
    page = client.get(PROGRAMME + "adoption/?state=open").content.decode()
    assert "<tbody>" not in page
    answer = client.post(f"/agency/releases/{country.publication}/all/", follow=True)
    assert "notice-success" in answer.content.decode()
    assert Release.objects.count() == 4


def test_a_result_is_published_once(country: Country, computed_run: Any) -> None:
    from tests.benefits.offices import recorded

    client = browse(country.who.agency)
    again = recorded(computed_run, country.who.agency)
    answer = client.post(f"/agency/runs/{again.pk}/publish/", follow=True)
    assert "notice-error" in answer.content.decode()
    assert Publication.objects.count() == 1
    assert (
        client.get(f"/agency/runs/{country.run}/publish/").url == f"/agency/releases/{country.publication}/"
    )


def test_files_of_a_run_are_verified_from_its_page(country: Country) -> None:
    answer = browse(country.who.auditor).post(f"/agency/runs/{country.run}/verify/", follow=True)
    assert "notice-success" in answer.content.decode()


def test_two_officers_decide_and_release_what_they_were_shown(country: Country) -> None:
    base = f"/office/{CHIYODA}/benefits/{country.publication}/"
    benefits, accounting = browse(country.who.benefits[CHIYODA]), browse(country.who.accounting[CHIYODA])
    assert accounting.get(base + "release/").url == base
    page = benefits.get(base + "decide/").content.decode()
    answer = benefits.post(base + "decide/", {"content": "0" * 64}, follow=True)
    assert "notice-error" in answer.content.decode()
    assert not MunicipalDecision.objects.exists()
    benefits.post(base + "decide/", {"content": hidden(page, "content")})
    assert MunicipalDecision.objects.get().decided_by == country.who.benefits[CHIYODA]
    assert benefits.get(base + "decide/").url == base
    page = accounting.get(base + "release/").content.decode()
    accounting.post(base + "release/", {"content": hidden(page, "content")})
    assert Release.objects.get().released_by == country.who.accounting[CHIYODA]
    assert accounting.get(base + "release/").url == base


def test_one_officer_with_both_duties_cannot_do_both(country: Country) -> None:
    base = f"/office/{CHIYODA}/benefits/{country.publication}/"
    both = browse(country.who.both)
    content = hidden(both.get(base + "decide/").content.decode(), "content")
    both.post(base + "decide/", {"content": content})
    assert both.get(base + "release/").url == base
    answer = both.post(base + "release/", {"content": content}, follow=True)
    assert "notice-error" in answer.content.decode()
    assert not Release.objects.exists()


def test_a_municipality_takes_part_by_its_own_officer(country: Country) -> None:
    from enishi.benefits.models import Adoption
    from tests.factories import YOKOHAMA

    url = f"/office/{YOKOHAMA}/programmes/{PUSH}/1/adopt/"
    client = browse(country.who.benefits[YOKOHAMA])
    assert url in client.get(f"/office/{YOKOHAMA}/").content.decode()
    client.post(url)
    assert Adoption.objects.get(muni=YOKOHAMA).adopted_by == country.who.benefits[YOKOHAMA]


@pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`")
def test_letters_are_printed_by_the_benefits_officer(country: Country) -> None:
    client = browse(country.who.benefits[CHIYODA])
    answer = client.get(f"/office/{CHIYODA}/benefits/{country.publication}/letters/1.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"


def test_a_person_is_shown_only_after_the_purpose_is_said(country: Country) -> None:
    client = browse(country.who.benefits[CHIYODA])
    answer = client.get(f"/office/{CHIYODA}/people/1/", follow=True)
    assert answer.redirect_chain == [(f"/office/{CHIYODA}/people/?person=1", 302)]
    assert "佐藤" not in answer.content.decode()
    assert reads_of(1) == []
    assert (
        ask(client, CHIYODA, person="1", purpose="other", note="file 7").url == f"/office/{CHIYODA}/people/1/"
    )
    assert "佐藤 健" in client.get(f"/office/{CHIYODA}/people/1/").content.decode()
    assert {line.purpose for line in reads_of(1)} == {"other: file 7"}
    assert {line.actor for line in reads_of(1)} == {f"officer:{country.who.benefits[CHIYODA]}"}


def test_a_purpose_said_for_one_municipality_opens_no_other_search(country: Country) -> None:
    client = browse(country.who.agency)
    ask(client, text="サトウ")
    assert client.get("/agency/people/1/").status_code == 200
    both = browse(country.who.both)
    ask(both, CHIYODA, text="サトウ")
    assert both.session["enishi_ask"]["muni"] == CHIYODA
    stale = both.session
    stale["enishi_ask"] = stale["enishi_ask"] | {"at": "2020-01-01T00:00:00+00:00"}
    stale.save()
    assert both.get(f"/office/{CHIYODA}/people/1/").status_code == 302


def test_what_was_typed_never_stands_in_an_address(country: Country) -> None:
    client = browse(country.who.benefits[CHIYODA])
    answer = ask(client, CHIYODA, text="佐藤", born="昭和55年1月1日")
    assert answer.url == f"/office/{CHIYODA}/people/?results=1"
    assert "佐藤 健" in client.get(answer.url).content.decode()


def test_every_person_of_a_list_is_recorded(country: Country) -> None:
    client = browse(country.who.benefits[CHIYODA])
    client.get(ask(client, CHIYODA, text="サ").url)
    assert {1, 2, 3} <= {line.subject for line in reads_by(CHIYODA)}
    shown = browse(country.who.auditor).get(f"/agency/reads/?muni={CHIYODA}").content.decode()
    assert shown.count("<tr>") > 3


@pytest.mark.parametrize("back", ["/help/?x=1", "/agency/"])
def test_language_and_text_size_keep_the_page(db: None, back: str) -> None:
    client = browse(None)
    answer = client.post("/language/", {"language": "en", "next": back})
    assert answer.url == back
    assert answer.cookies["django_language"].value == "en"
    answer = client.post("/text-size/", {"size": "largest", "next": back})
    assert answer.url == back
    assert 'data-text="largest"' in client.get("/help/").content.decode()


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_a_header_form_leads_to_no_other_site(db: None, away: str) -> None:
    client = browse(None)
    assert client.post("/text-size/", {"size": "large", "next": away}).url == "/"
    assert "example" not in client.post("/language/", {"language": "en", "next": away}).url
    assert client.post("/text-size/", {"size": "x", "next": "/"}).cookies.get("enishi_text") is None


def test_the_warning_comes_five_minutes_before_the_session_ends(settings: Any, country: Country) -> None:
    from pathlib import Path

    import enishi.web

    css = (Path(enishi.web.__file__).parent / "design/static/enishi/frame.css").read_text()
    assert f"linear {settings.SESSION_COOKIE_AGE - 300}s forwards" in css
    assert 'class="timeout' in browse(country.who.agency).get("/").content.decode()
    assert 'class="timeout' not in browse(None).get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "name"), [("ja", "千代田区 給付担当者（デモ）"), ("en", "Chiyoda benefits officer (demo)")]
)
def test_a_demonstration_officer_is_named_by_duty_and_municipality(
    country: Country, demonstration: None, language: str, name: str
) -> None:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(username=f"demo-{CHIYODA}-benefits").pk
    assert f"<strong>{name}</strong>" in browse(user, language).get("/").content.decode()


def test_progress_is_told_in_parts_and_ends_with_a_fresh_page(
    officers: Offices, computed_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from enishi.benefits import runs, services
    from tests.benefits.offices import recorded

    monkeypatch.setattr(runs, "follow", lambda row: row)
    row = recorded(computed_run, officers.agency, state="running", manifest="")
    client = browse(officers.agency, "en")
    begun = services.progress(officers.agency, row.pk)
    half = replace(begun, state="computing", words="Computing", persons=200, done=100, rate=50.4, eta=65)
    monkeypatch.setattr(services, "progress", lambda _actor, _run: half)
    part = client.get(f"/agency/runs/{row.pk}/progress/").content.decode()
    assert "<html" not in part
    assert 'max="200" value="100"' in part
    assert "1 minute 5 seconds" in part
    assert "50.0%" in part
    assert client.get(f"/agency/runs/{row.pk}/words/").content.decode() == "Computing: 50.0% of 200 persons."
    monkeypatch.setattr(
        services, "progress", lambda _actor, _run: replace(half, state="checking", words="Comparing")
    )
    part = client.get(f"/agency/runs/{row.pk}/progress/").content.decode()
    assert 'value="' not in part
    assert client.get(f"/agency/runs/{row.pk}/words/").content.decode() == "Comparing"
    type(row).objects.filter(pk=row.pk).update(state="failed", error="stopped")
    ended = client.get(f"/agency/runs/{row.pk}/progress/")
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")


def test_a_run_that_cannot_start_says_why(country: Country) -> None:
    client = browse(country.who.agency)
    answer = client.post(PROGRAMME + "start/", {"snapshot": "none"}, follow=True)
    assert answer.redirect_chain == [(PROGRAMME + "start/", 302)]
    assert "notice-error" in answer.content.decode()


def test_every_page_carries_the_content_policy(country: Country) -> None:
    for client, url in (
        (browse(None), "/"),
        (browse(None), "/nowhere/"),
        (browse(country.who.agency), "/agency/"),
    ):
        policy = client.get(url)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
