"""A move in a real browser, as a resident and two officers: a household of four, its cancellation, and one under protection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.benefits.offices import demonstration
from tests.factories import CHIYODA, CHUO, YOKOHAMA
from tests.web.browsing import PASSWORD, Look, axe, fits, needs_axe, sign_in, visit
from tests.web.movers import FLED, HEAD, into, movers, out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[None]:
    """The register loaded; residents and register officers who can sign in."""
    with demonstration():
        movers(tmp_path / "nation")
        for user in get_user_model().objects.all():
            user.set_password(PASSWORD)
            user.save()
        yield


def forward(page: Page, look: Look) -> None:
    """The main button of a question, and a look at the next page."""
    page.click("main form .button-main")
    look(page)


def report(page: Page, url: str, who: int, look: Look) -> str:
    """Files a move of everybody shown to Chiyoda, today; gives its id."""
    sign_in(page, url, f"resident-{who}", "/my/")
    look(page)
    page.click('main a[href="/my/move/"]')
    look(page)
    forward(page, look)
    forward(page, look)
    page.fill("#id_day", timezone.localdate().isoformat())
    forward(page, look)
    page.fill("#id_postcode", "100-0001")
    forward(page, look)
    page.check("#id_town_0")
    page.fill("#id_block", "1-1")
    page.fill("#id_building", "Sakura 201")
    forward(page, look)
    page.check("#id_own_0")
    forward(page, look)
    page.check("#agree")
    page.click("main form .button-main")
    page.wait_for_url("**/receipt/")
    look(page)
    return page.url.split("/")[-3]


def by_resident(page: Page, url: str, who: int, move: str, look: Look, words: str) -> None:
    """What the resident sees of the move."""
    sign_in(page, url, f"resident-{who}", f"/my/moves/{move}/")
    assert words in page.inner_text("main")
    look(page)


def by_officer(page: Page, url: str, muni: str, path: str, look: Look, words: str) -> None:
    """What an officer of a municipality sees of the move."""
    sign_in(page, url, f"register-{muni}", f"/office/{muni}/register/moves/")
    look(page)
    page.goto(url + path)
    assert words in page.inner_text("main")
    look(page)


def accept(page: Page, url: str, muni: str, move: str, look: Look, words: dict[str, str]) -> None:
    """The municipality that is left accepts."""
    by_officer(page, url, muni, out(muni, move), look, words["announced"])
    page.click('main a[href$="/accept/"]')
    look(page)
    forward(page, look)
    assert words["sent"] in page.inner_text("main")


def prove_and_enter(page: Page, url: str, move: str, look: Look, words: dict[str, str]) -> None:
    """The new municipality sees the movers at the counter, looks at the records to be, and enters them."""
    by_officer(page, url, CHIYODA, into(CHIYODA, move), look, words["received"])
    page.click('main a[href$="/prove/"]')
    page.select_option("#id_kind", "officer_counter")
    page.select_option("#id_shown", "passport")
    look(page)
    forward(page, look)
    page.click('main a[href$="/enter/"]')
    look(page)
    page.click("main button[name=preview]")
    look(page)
    page.click("main button[name=enter]")
    assert words["closed"] in page.inner_text("main")
    look(page)


WORDS = {
    "ja": {"announced": "届出あり", "sent": "転出証明書情報を送付済み", "received": "転出証明書情報を受領", "closed": "完結", "to do": "あなたがすること", "waits": "今、あなたがすることはありません", "finished": "手続きが終わりました", "cancelled": "取り消されました", "back": "返還済み", "protected": "支援措置"},
    "en": {"announced": "announced", "sent": "certificate information sent", "received": "certificate information received", "closed": "closed", "to do": "What you have to do", "waits": "You have nothing to do now", "finished": "The move is finished", "cancelled": "This move is cancelled", "back": "called back", "protected": "support measures"},
}  # fmt: skip


def show(page: Page, url: str, language: str, look: Look) -> None:
    """The cancellation of a move, the move itself, and one of a protected person; each step seen on both sides."""
    words = WORDS[language]
    first = report(page, url, HEAD, look)
    by_resident(page, url, HEAD, first, look, words["waits"])
    accept(page, url, CHUO, first, look, words)
    by_resident(page, url, HEAD, first, look, words["to do"])
    page.click('main a[href$="/cancel/"]')
    look(page)
    page.click("main form .button-danger")
    assert words["cancelled"] in page.inner_text("main")
    look(page)
    by_officer(page, url, CHIYODA, into(CHIYODA, first), look, words["back"])
    second = report(page, url, HEAD, look)
    accept(page, url, CHUO, second, look, words)
    prove_and_enter(page, url, second, look, words)
    by_officer(page, url, CHUO, out(CHUO, second), look, words["closed"])
    by_resident(page, url, HEAD, second, look, words["finished"])
    for path in ("/my/record/", "/my/asked/", "/my/"):
        page.goto(url + path)
        look(page)
    third = report(page, url, FLED, look)
    accept(page, url, YOKOHAMA, third, look, words)
    by_officer(page, url, CHIYODA, into(CHIYODA, third), look, words["protected"])
    prove_and_enter(page, url, third, look, words)
    by_resident(page, url, FLED, third, look, words["finished"])


@pytest.mark.parametrize(("language", "width"), [("ja", 1280), ("en", 360)])
def test_a_move_its_cancellation_and_a_protected_one(
    browser: Browser, live_server: Any, town: None, language: str, width: int
) -> None:
    with visit(browser, live_server.url, language, viewport={"width": width, "height": 900}) as page:
        show(page, live_server.url, language, fits)


def test_the_whole_move_without_scripts_at_320_pixels(browser: Browser, live_server: Any, town: None) -> None:
    with visit(
        browser, live_server.url, "ja", java_script_enabled=False, viewport={"width": 320, "height": 640}
    ) as page:
        show(page, live_server.url, "ja", lambda _page: None)


@needs_axe
@pytest.mark.parametrize(("language", "scheme"), [("ja", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_a_move(
    browser: Browser, live_server: Any, town: None, language: str, scheme: str
) -> None:
    with visit(browser, live_server.url, language, color_scheme=scheme) as page, axe() as look:
        show(page, live_server.url, language, look)
