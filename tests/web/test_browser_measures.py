"""Support measures in a real browser: filed, decided, changed and ended by mouse and by keyboard, wide and on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model

from tests.benefits.offices import demonstration
from tests.factories import CHUO
from tests.web.browsing import PASSWORD, axe, fits, needs_axe, sign_in, visit
from tests.web.movers import CHILD, HEAD, NEIGHBOUR, SPOUSE, movers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[["Page"], None]
OFFICE = f"/office/{CHUO}/register"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[None]:
    """The register loaded; register officers who can sign in."""
    with demonstration():
        movers(tmp_path / "nation")
        for user in get_user_model().objects.all():
            user.set_password(PASSWORD)
            user.save()
        yield


def confirm(page: Page, look: Look) -> None:
    """Looks at what a form will do, and confirms it."""
    page.click("main button[value=preview]")
    look(page)
    page.click("main button[value=confirm]")
    look(page)


def show(page: Page, url: str, look: Look) -> None:
    """A filing for wife and child, its decision, a change, its end, and what is seen of it on the way."""
    sign_in(page, url, f"register-{CHUO}", f"{OFFICE}/measures/")
    look(page)
    page.click('main a[href$="/measures/new/"]')
    look(page)
    page.fill("#id_person", str(SPOUSE))
    page.click("main form .button-main")
    look(page)
    page.click("main button[value=preview]")
    look(page)
    assert page.evaluate("document.activeElement.id") == "errors"
    page.select_option("#id_harm", "violence")
    page.fill("#id_reason", "passport")
    page.check(f"input[name=family][value='{CHILD}']")
    page.check(f"input[name=against][value='{HEAD}']")
    page.fill("#id_other_named", "山田 一郎")
    page.check("input[name=mail][value=address]")
    page.fill("#id_postcode", "060-0001")
    page.fill("#id_address", "北一条西2 支援センター気付")
    page.fill("#id_to", "森田 恵子")
    confirm(page, look)
    case = page.url
    page.goto(f"{url}{OFFICE}/")
    look(page)
    page.click('section[aria-labelledby=work-measures] a[href*="/measures/case/"]')
    assert page.url == case
    page.click('main a[href*="/measures/decide/"]')
    look(page)
    page.check("input[name=decision][value=grant]")
    page.select_option("#id_agency", "police")
    page.fill("#id_agency_name", "築地警察署")
    page.fill("#id_given_on", "2026-01-05")
    confirm(page, look)
    page.click('main a[href*="/measures/notice/"]')
    look(page)
    page.emulate_media(media="print")
    assert not page.is_visible(".head")
    assert page.is_visible("#letter-title")
    look(page)
    page.emulate_media(media="screen")
    page.goto(case)
    page.click('main a[href*="/measures/change/"]')
    look(page)
    page.fill("#id_others", str(NEIGHBOUR))
    page.fill("#id_reason", "asked")
    confirm(page, look)
    page.goto(f"{url}{OFFICE}/measures/?state=in_force")
    look(page)
    page.goto(case)
    page.click('main a[href*="/measures/end/"]')
    look(page)
    page.check("input[name=how][value=request]")
    page.fill("#id_reason", "本人の申出")
    confirm(page, look)
    page.goto(f"{url}{OFFICE}/measures/?state=ended")
    look(page)


@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 360)])
def test_a_measure_from_filing_to_end(
    browser: Browser, live_server: Any, town: None, language: str, width: int
) -> None:
    with visit(browser, live_server.url, language, viewport={"width": width, "height": 900}) as page:
        show(page, live_server.url, fits)


def test_a_measure_without_scripts_at_320_pixels(browser: Browser, live_server: Any, town: None) -> None:
    with visit(
        browser, live_server.url, "ja", java_script_enabled=False, viewport={"width": 320, "height": 640}
    ) as page:
        show_without_scripts(page, live_server.url)


def show_without_scripts(page: Page, url: str) -> None:
    """A filing by the keyboard alone: from the field of the applicant to the case."""
    sign_in(page, url, f"register-{CHUO}", f"{OFFICE}/measures/new/")
    page.focus("#id_person")
    page.keyboard.type(str(SPOUSE))
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_harm")
    page.focus("#id_harm")
    page.keyboard.press("ArrowDown")
    page.focus("#id_reason")
    page.keyboard.type("passport")
    page.focus(f"input[name=against][value='{HEAD}']")
    page.keyboard.press("Space")
    page.focus("#id_other_named")
    page.keyboard.press("Enter")
    page.wait_for_selector("main button[value=confirm]")
    page.focus("main button[value=confirm]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    assert page.is_visible("main .protected")


@needs_axe
@pytest.mark.parametrize(("language", "scheme"), [("ja", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_measures(
    browser: Browser, live_server: Any, town: None, language: str, scheme: str
) -> None:
    with visit(browser, live_server.url, language, color_scheme=scheme) as page, axe() as look:
        show(page, live_server.url, look)
