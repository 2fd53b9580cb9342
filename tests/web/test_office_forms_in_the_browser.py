"""The office's later forms in a real browser: a town renumbered, an addressee entered and merged; on a telephone, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model

from enishi.number import services as vault
from enishi.platform.services import DutyKind
from enishi.register import services
from enishi.register.models import Act, Addressee, Municipality
from tests.benefits.offices import TOWNS, officer
from tests.factories import CHIYODA, municipality, person, small_snapshot
from tests.web.browsing import PASSWORD, axe, fits, needs_axe, sign_in, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FATHER, GUEST = 1, 5
REGISTER = f"/office/{CHIYODA}/register/"
BASE = f"{REGISTER}acts/"


@pytest.fixture
def office(tmp_path: Path) -> None:
    """Thirty residents of one town, a foreign lodger, and the register officer of Chiyoda, who can sign in."""
    rows = [
        person(who, household=who, surname="佐藤", surname_kana="サトウ", given=f"健{who}", given_kana="ケン")
        for who in [FATHER, *range(100, 130)]
    ]
    rows.append(
        person(GUEST, household=8, town="神田", surname=None, given=None, surname_kana=None, given_kana=None,
               latin_name="NGUYEN VAN AN", latin_kana="グエン ヴァン アン", nationality="VNM", residence_status="student")
    )  # fmt: skip
    folder = small_snapshot(site.VAR / "snapshots" / tmp_path.name, rows, numbers=True)
    services.load_nation(folder)
    vault.load_numbers(folder)
    have = set(Municipality.objects.values_list("muni", flat=True))
    Municipality.objects.bulk_create(Municipality(**municipality(muni)) for muni in TOWNS if muni not in have)
    user = get_user_model().objects.get(pk=officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA))
    user.set_password(PASSWORD)
    user.save()


def through(page: Page, look: Callable[[Page], None]) -> None:
    """From a filled form over its preview to the page of the act."""
    page.click(".act .button-main")
    page.wait_for_selector("button[value=confirm]")
    look(page)
    page.click("button[value=confirm]")
    page.wait_for_url("**/done/")
    look(page)


def walk(page: Page, url: str, look: Callable[[Page], None]) -> None:
    """Through every new form; `look` at every page on the way."""
    sign_in(page, url, "clerk", f"{BASE}new/")
    look(page)
    page.goto(f"{url}{BASE}new/renumbering/")
    look(page)
    page.fill("#id_facts-effective", "2020-06-01")
    page.focus("#id_facts-effective")
    page.keyboard.press("Enter")
    page.wait_for_selector("#errors:focus")
    look(page)
    page.fill("#id_to-old_town", "千代田")
    page.fill("#id_to-postcode", "1000001")
    page.click('button[value="lookup:to"]')
    page.fill("#id_to-town", "千代田一丁目")
    page.click(".act .button-main")
    page.wait_for_selector('button[value="preview:2"]')
    look(page)
    page.click('button[value="preview:2"]')
    page.wait_for_selector('button[value="preview:1"]')
    look(page)
    page.click("button[value=confirm]")
    page.wait_for_url("**/done/")
    look(page)
    for kind, who in (
        ("naturalisation", GUEST),
        ("nationality_lost", FATHER),
        ("immigration", GUEST),
        ("former_surname", FATHER),
        ("status_item", FATHER),
        ("number_changed", FATHER),
    ):
        page.goto(f"{url}{BASE}new/{kind}/?person={who}")
        look(page)
    page.goto(f"{url}{BASE}new/alias/?person={GUEST}")
    page.fill("#id_alias-whole", "山本 安")
    page.fill("#id_facts-effective", "2020-06-01")
    through(page, look)
    page.goto(f"{url}{BASE}new/code_changed/?person={FATHER}")
    page.fill("#id_facts-effective", "2020-06-01")
    through(page, look)
    for number in (1, 2):
        page.goto(f"{url}{BASE}new/addressee_entered/")
        page.fill("#id_who-name", "山田 太郎")
        page.fill("#id_who-kana", "ヤマダ タロウ")
        page.fill("#id_who-born", "S40.5.5")
        page.fill("#id_to-postcode", "104-0045")
        page.click('button[value="lookup:to"]')
        page.fill("#id_facts-effective", "2020-06-01")
        if number == 1:
            look(page)
        through(page, look)
    page.goto(f"{url}{REGISTER}why/?next={REGISTER}addressees/")
    page.select_option("#id_purpose", "report")
    page.click("main form:not([role=search]) button")
    page.wait_for_url(f"{url}{REGISTER}addressees/")
    look(page)
    first, second = Addressee.objects.filter(person=None).order_by("number").values_list("number", flat=True)
    page.goto(f"{url}{REGISTER}addressees/{first}/")
    look(page)
    page.goto(f"{url}{REGISTER}addressees/duplicates/")
    look(page)
    page.click(f'main a[href*="twin={second}"]')
    look(page)
    page.check(f'input[name="merged-kept"][value="{second}"]')
    page.fill("#id_facts-effective", "2020-06-01")
    through(page, look)
    page.goto(f"{url}{REGISTER}addressees/{first}/")
    look(page)


@pytest.mark.parametrize(("language", "width", "scheme"), [("ja", 1280, "light"), ("en", 360, "dark")])
def test_the_office_performs_its_acts(
    browser: Browser, live_server: Any, office: None, language: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 900}
    with visit(browser, live_server.url, language, viewport=size, color_scheme=scheme) as page:
        walk(page, live_server.url, fits)
    assert [act.kind for act in Act.objects.order_by("number")] == [
        "take_over",
        "renumbering",
        "alias",
        "code_changed",
        "addressee_entered",
        "addressee_entered",
        "addressees_merged",
    ]


def test_without_scripts(browser: Browser, live_server: Any, office: None) -> None:
    with visit(browser, live_server.url, "ja", java_script_enabled=False) as page:
        walk(page, live_server.url, lambda _page: None)


@needs_axe
@pytest.mark.parametrize(("language", "scheme"), [("ja", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_the_pages_of_the_offices_acts(
    browser: Browser, live_server: Any, office: None, language: str, scheme: str
) -> None:
    with visit(browser, live_server.url, language, color_scheme=scheme) as page, axe() as look:
        walk(page, live_server.url, look)
