"""The pages in a real browser: the whole way in both languages, on a telephone, without scripts, and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model

from enishi.register.services import load_nation
from tests.benefits import offices
from tests.benefits.offices import PUSH
from tests.factories import CHIYODA, small_snapshot
from tests.web.browsing import PASSWORD, axe, fits, needs_axe, sign_in, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROGRAMME = f"/agency/programmes/{PUSH}/1/"
SETTLED = 120_000


@pytest.fixture
def country(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The register loaded, demonstration officers who can sign in, a snapshot to run on, headers as in earnest."""
    nation = small_snapshot(site.VAR / "snapshots" / "browser", offices.people())
    load_nation(nation)
    offices.offices()
    with offices.demonstration():
        offices.demonstration_officers()
        for user in get_user_model().objects.all():
            user.set_password(PASSWORD)
            user.save()
        yield


def press(page: Page, url: str) -> None:
    """Follows the main act of a page, a link to `url`."""
    page.click(f'main a[href="{url}"]')
    page.wait_for_load_state()


def walk(page: Page, url: str, look: Callable[[Page], None]) -> None:
    """From sign-in to released payments; `look` at every page on the way."""
    sign_in(page, url, "agency", "/agency/")
    look(page)
    press(page, PROGRAMME)
    look(page)
    press(page, PROGRAMME + "publish/")
    look(page)
    page.click("main form button")
    press(page, PROGRAMME + "adoption/")
    look(page)
    press(page, PROGRAMME + "adoption/all/")
    look(page)
    page.click("main form .button-main")
    press(page, PROGRAMME + "start/")
    look(page)
    page.click("main form .button-main")
    look(page)
    page.wait_for_selector('a[href$="/publish/"]', timeout=SETTLED)
    look(page)
    page.click('main a[href$="/publish/"]')
    look(page)
    page.click("main form .button-main")
    look(page)
    office = f"/office/{CHIYODA}/"
    sign_in(page, url, f"demo-{CHIYODA}-benefits", office)
    look(page)
    page.click('main a[href$="/decide/"]')
    look(page)
    page.click("main form .button-main")
    look(page)
    for part in ("holds/", "letters/", "files/"):
        page.click(f'.tabs a[href$="{part}"]')
        look(page)
    page.goto(f"{url}{office}people/")
    page.select_option("#id_purpose", "enquiry")
    page.fill("#id_text", "さとう")
    page.click("main form .button-main")
    look(page)
    page.click("main tbody th a >> nth=0")
    look(page)
    sign_in(page, url, f"demo-{CHIYODA}-accounting", office)
    page.click('main a[href$="/release/"]')
    look(page)
    page.click("main form .button-danger")
    look(page)
    page.click('.tabs a[href$="files/"]')
    with page.expect_download() as taken:
        page.click("main table a >> nth=0")
    assert taken.value.suggested_filename.startswith("SYNTHETIC-")
    sign_in(page, url, "auditor", f"/agency/reads/?muni={CHIYODA}")
    look(page)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("ja", 1280, "light"), ("en", 1280, "dark"), ("ja", 360, "light"), ("en", 360, "light")],
)
def test_from_a_programme_to_released_payments(
    browser: Browser, live_server: Any, country: None, language: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 900}
    with visit(browser, live_server.url, language, viewport=size, color_scheme=scheme) as page:
        walk(page, live_server.url, fits)


def test_the_whole_way_without_scripts(browser: Browser, live_server: Any, country: None) -> None:
    with visit(browser, live_server.url, "ja", java_script_enabled=False) as page:
        walk(page, live_server.url, lambda _page: None)


@needs_axe
@pytest.mark.parametrize(("language", "scheme"), [("ja", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_the_whole_way(
    browser: Browser, live_server: Any, country: None, language: str, scheme: str
) -> None:
    with visit(browser, live_server.url, language, color_scheme=scheme) as page, axe() as look:
        for path in ("/", "/sign-in/", "/help/", "/accessibility/", "/privacy/", "/about/", "/who-asked/"):
            page.goto(live_server.url + path)
            look(page)
        walk(page, live_server.url, look)
        walk_the_register(page, live_server.url, look)


def walk_the_register(page: Page, url: str, look: Callable[[Page], None]) -> None:
    """A register officer's way: today's work, a search, the record, its history, the household, the journal and an act."""
    register = f"/office/{CHIYODA}/register/"
    sign_in(page, url, "register", register)
    look(page)
    page.goto(f"{url}{register}search/")
    page.select_option("#id_purpose", "enquiry")
    page.fill("#id_text", "さとう")
    page.click("form.desk-form .button-main")
    look(page)
    page.click("main tbody th a >> nth=0")
    look(page)
    page.fill("#on", "2020-04-01")
    page.click("form.bar button")
    look(page)
    page.click('.tabs a[href$="/history/"]')
    look(page)
    page.click('.tabs a[href*="/households/"]')
    look(page)
    for part in ("journal/", "refused/", "characters/", "statistics/"):
        page.click(f'.tabs a[href$="/register/{part}"]')
        look(page)
    page.goto(f"{url}{register}journal/")
    page.click("main tbody th a >> nth=0")
    look(page)


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("ja", 1280, True), ("en", 1280, False), ("ja", 360, True), ("en", 360, True)],
)
def test_the_register_from_a_search_to_the_journal(
    browser: Browser, live_server: Any, country: None, language: str, width: int, scripts: bool
) -> None:
    size = {"width": width, "height": 900}
    with visit(browser, live_server.url, language, viewport=size, java_script_enabled=scripts) as page:
        walk_the_register(page, live_server.url, fits if scripts else lambda _page: None)


def test_pages_fit_320_pixels_and_large_text(browser: Browser, live_server: Any, country: None) -> None:
    with visit(browser, live_server.url, "en", viewport={"width": 320, "height": 640}) as page:
        sign_in(page, live_server.url, "agency", "/agency/")
        for path in ("/agency/", PROGRAMME, PROGRAMME + "adoption/", "/agency/people/", "/help/", "/"):
            page.goto(live_server.url + path)
            fits(page)
            page.click("button[value=largest]")
            fits(page)
            page.click("button[value=normal]")


def test_the_keyboard_alone_leads_to_the_content_and_the_focus_is_seen(
    browser: Browser, live_server: Any, country: None
) -> None:
    with visit(browser, live_server.url, "en") as page:
        page.goto(live_server.url + "/help/")
        page.keyboard.press("Tab")
        focus = "getComputedStyle(document.activeElement)"
        assert page.evaluate("document.activeElement.className") == "skip button"
        assert page.evaluate(f"{focus}.outlineWidth") == "4px"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.goto(live_server.url + "/sign-in/?next=/agency/")
        reached = []
        for _ in range(20):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
            )
            if reached[-1] == "id_username":
                break
        page.keyboard.type("agency")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(live_server.url + "/agency/")


def test_a_form_with_faults_puts_the_summary_in_focus(
    browser: Browser, live_server: Any, country: None
) -> None:
    with visit(browser, live_server.url, "en") as page:
        sign_in(page, live_server.url, "agency", "/agency/people/")
        page.fill("#id_born", "1999-02-30")
        with page.expect_response(lambda answer: answer.status == 422):
            page.click("main form .button-main")
        page.wait_for_selector("#errors:focus")
        page.click("#errors a >> nth=0")
        assert page.evaluate("document.activeElement.id") == "id_purpose"


def test_the_session_warning_stays_hidden_until_its_time(
    browser: Browser, live_server: Any, country: None
) -> None:
    with visit(browser, live_server.url, "en") as page:
        sign_in(page, live_server.url, "agency", "/agency/")
        shown = "getComputedStyle(document.querySelector('.timeout')).visibility"
        assert page.evaluate(shown) == "hidden"
        page.evaluate("document.getAnimations().forEach(one => one.currentTime = 3300 * 1000 + 10)")
        assert page.evaluate(shown) == "visible"
