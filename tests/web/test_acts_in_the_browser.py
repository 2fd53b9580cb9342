"""Acts in a real browser: a household moves out and back, by keyboard, on a telephone, without scripts, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model

from enishi.platform.services import DutyKind
from enishi.register import services
from enishi.register.models import Act, Municipality
from tests.benefits.offices import TOWNS, officer
from tests.factories import CHIYODA, municipality, person, small_snapshot
from tests.web.browsing import PASSWORD, axe, fits, needs_axe, sign_in, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FATHER, MOTHER, CHILD = 1, 2, 3
BASE = f"/office/{CHIYODA}/register/acts/"


@pytest.fixture
def office(tmp_path: Path) -> None:
    """A family in Chiyoda and its register officer, who can sign in."""
    rows = [
        person(FATHER, household=7, surname="佐藤", given="健", sex=1),
        person(MOTHER, household=7, relation="spouse", surname="佐藤", given="花", sex=2),
        person(CHILD, household=7, relation="child", surname="佐藤", given="葵", birth_date=date(2010, 1, 2)),
    ]
    services.load_nation(small_snapshot(site.VAR / "snapshots" / tmp_path.name, rows))
    have = set(Municipality.objects.values_list("muni", flat=True))
    Municipality.objects.bulk_create(Municipality(**municipality(muni)) for muni in TOWNS if muni not in have)
    user = get_user_model().objects.get(pk=officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA))
    user.set_password(PASSWORD)
    user.save()


def walk(page: Page, url: str, look: Callable[[Page], None]) -> None:
    """From the list of acts to a move out and its cancellation; `look` at every page on the way."""
    sign_in(page, url, "clerk", f"{BASE}new/")
    look(page)
    page.goto(f"{url}{BASE}new/?person={FATHER}")
    look(page)
    page.click(f'main a[href="{BASE}new/move_out/?person={FATHER}"]')
    look(page)
    for who in (MOTHER, CHILD):
        page.check(f"#id_p{who}-takes_part")
    page.fill("#id_to-postcode", "104-0045")
    page.click('button[value="lookup:to"]')
    assert page.input_value("#id_to-town") == "築地"
    page.uncheck(f"#id_p{FATHER}-takes_part")
    page.fill("#id_facts-effective", "令和2年6月1日")
    page.fill("#id_facts-reported_on", "2020-06-30")
    page.check("#id_facts-evidence_0")
    page.uncheck(f"#id_p{MOTHER}-takes_part")
    page.uncheck(f"#id_p{CHILD}-takes_part")
    page.click(".act .button-main")
    page.wait_for_selector("#errors:focus")
    look(page)
    for who in (FATHER, MOTHER):
        page.check(f"#id_p{who}-takes_part")
    page.click(".act .button-main")
    page.wait_for_selector("#errors:focus")
    look(page)
    page.check(f"#id_p{CHILD}-takes_part")
    page.click(".act .button-main")
    page.wait_for_selector("button[value=confirm]")
    look(page)
    page.click("button[value=confirm]")
    page.wait_for_url("**/done/")
    look(page)
    page.click('main a[href*="move_out_cancelled"]')
    page.fill("#id_facts-effective", "2020-07-01")
    page.fill("#id_facts-reported_on", "2020-07-01")
    look(page)
    page.click(".act .button-main")
    look(page)
    page.click("button[value=confirm]")
    page.wait_for_url("**/done/")
    look(page)
    for kind in ("birth", "family_register", "correction", "household_merge", "death", "move_within"):
        page.goto(f"{url}{BASE}new/{kind}/?person={FATHER}")
        look(page)
    page.goto(f"{url}{BASE}new/move_in_from_abroad/")
    look(page)


@pytest.mark.parametrize(("language", "width", "scheme"), [("ja", 1280, "light"), ("en", 360, "dark")])
def test_a_move_out_and_its_cancellation(
    browser: Browser, live_server: Any, office: None, language: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 900}
    with visit(browser, live_server.url, language, viewport=size, color_scheme=scheme) as page:
        walk(page, live_server.url, fits)
    assert [act.kind for act in Act.objects.order_by("number")] == [
        "take_over",
        "move_out",
        "move_out_cancelled",
    ]


def test_without_scripts(browser: Browser, live_server: Any, office: None) -> None:
    with visit(browser, live_server.url, "ja", java_script_enabled=False) as page:
        walk(page, live_server.url, lambda _page: None)


def test_enter_leads_to_the_preview_and_not_to_a_look_up(
    browser: Browser, live_server: Any, office: None
) -> None:
    with visit(browser, live_server.url, "en") as page:
        sign_in(page, live_server.url, "clerk", f"{BASE}new/")
        page.goto(f"{live_server.url}{BASE}new/death/?person={CHILD}")
        page.fill("#id_facts-effective", "2020-06-01")
        page.focus("#id_facts-effective")
        page.keyboard.press("Enter")
        page.wait_for_selector("button[value=confirm]")


@needs_axe
@pytest.mark.parametrize(("language", "scheme"), [("ja", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_the_pages_of_acts(
    browser: Browser, live_server: Any, office: None, language: str, scheme: str
) -> None:
    with visit(browser, live_server.url, language, color_scheme=scheme) as page, axe() as look:
        walk(page, live_server.url, look)
