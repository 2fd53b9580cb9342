"""A real browser for tests of pages: how it is started, what it watches, and axe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

Look = Callable[["Page"], None]
LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]  # fmt: skip
AXE = Path(
    os.environ.get("ENISHI_AXE", Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js")
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a synthetic password"
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not in node_modules: npm install axe-core, or set ENISHI_AXE"
)


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium without a window; a test skips where there is none."""
    from playwright.sync_api import sync_playwright

    chromium = which("chromium") or which("chromium-browser") or which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here: install it (Debian: apt-get install chromium)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=LAUNCH)
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def visit(browser: Browser, url: str, language: str, **more: Any) -> Iterator[Page]:
    """A fresh browser at the site: every request elsewhere is refused, and every complaint of the page fails the test."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | more))
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    complaints: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith(url):
            route.continue_()
        else:
            complaints.append(f"asked {route.request.url}")
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if complains(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
        assert complaints == []
    finally:
        settle(context)


def complains(said: ConsoleMessage) -> bool:
    """Whether a page says that something is wrong; that a form was sent back (422) is no fault."""
    return said.type in {"error", "warning"} and "422" not in said.text


def settle(context: BrowserContext) -> None:
    for page in context.pages:
        page.close()
    context.close()


def sign_in(page: Page, url: str, user: str, path: str = "/") -> None:
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{url}/sign-in/?next={path}")
    page.fill("#id_username", user)
    page.fill("#id_password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{url}{path}")


def fits(page: Page) -> None:
    """Nothing sticks out of the window to the right."""
    page.wait_for_load_state()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > "
        "document.documentElement.clientWidth).map(one => one.outerHTML.slice(0, 90))"
    )
    assert over <= 0, f"{page.url} is {over} px too wide: {wide[:6]}"


@contextmanager
def axe() -> Iterator[Look]:
    """A look at a page by axe; at the end, what it found on any of them fails the test."""
    source = AXE.read_text(encoding="utf-8")
    found: list[str] = []

    def look(page: Page) -> None:
        page.wait_for_load_state()
        if page.evaluate("typeof window.axe") == "undefined":
            page.evaluate(source)
        seen = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        assert seen["passes"]
        for fault in seen["violations"]:
            nodes = [node["html"][:160] for node in fault["nodes"][:3]]
            found.append(f"{page.url} {fault['id']}: {fault['help']} {nodes}")

    yield look
    assert not found, "\n".join(sorted(set(found)))
