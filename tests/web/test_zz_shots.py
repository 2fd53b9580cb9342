import pytest
from tests.web.test_office_forms_in_the_browser import *
from tests.web import test_browser
browser = test_browser.browser
@pytest.mark.parametrize(("language", "width", "scheme"), [("ja", 1280, "light"), ("en", 360, "light")])
def test_shots(browser, live_server, office, language, width, scheme):
    n=[0]
    def look(page):
        n[0]+=1
        page.wait_for_load_state()
        page.screenshot(path=f"/tmp/of_shots/{language}-{n[0]:02d}.png", full_page=True)
        fits(page)
    with visit(browser, live_server.url, language, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        walk(page, live_server.url, look)
