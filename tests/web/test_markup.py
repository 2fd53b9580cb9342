"""The reader of pages finds what is planted."""

from __future__ import annotations

import pytest

from tests.web.markup import Page, faults

SOUND = """<!doctype html><html lang="en"><head><title>t</title></head><body><a class="skip" href="#main">Skip</a>
<aside class="strip">Not official</aside><header>h</header><main id="main"><h1>One</h1>{}</main><footer>f</footer></body></html>"""


def test_a_sound_page_has_no_faults() -> None:
    assert (
        faults(SOUND.format('<h2>Two</h2><label for="a">A</label><input id="a"><p lang="ja">日本</p>'), "en")
        == []
    )


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("<h3>Three</h3>", "follows a heading of level 1"),
        ("<h1>Again</h1>", "2 <h1>"),
        ("<h2></h2>", "an empty <h2>"),
        ('<input name="q" placeholder="Search">', "has no label"),
        ('<a href="/x"><svg></svg></a>', "has no words"),
        ("<button></button>", "has no words"),
        ("<progress></progress>", "has no name"),
        ("<nav></nav>", "has no name"),
        ('<p id="main">x</p>', "stands twice"),
        ('<p aria-labelledby="gone">x</p>', "leads nowhere"),
        ('<a href="#gone">x</a>', "leads nowhere"),
        ("<p>日本語です</p>", "not marked as ja"),
        ('<p title="日本">x</p>', "not marked as ja"),
        ('<a href="https://example.org/">x</a>', "leads to another site"),
        ('<img src="//example.org/a.png" alt="">', "leads to another site"),
        ('<p style="color:red">x</p>', "style in <p>"),
        ('<button onclick="x()">x</button>', "onclick in <button>"),
        ("<script>x()</script>", "a <script> in the page"),
        ("<table><tr><th>x</th></tr></table>", "has no scope"),
        ("<table></table>", "cannot be reached by keyboard"),
    ],
)
def test_a_planted_fault_is_found(planted: str, said: str) -> None:
    assert any(said in fault for fault in faults(SOUND.format(planted), "en"))


def test_english_on_a_japanese_page_is_found() -> None:
    page = SOUND.replace('lang="en"', 'lang="ja"').format("<p>This was not translated</p>")
    assert any("not marked as en" in fault for fault in faults(page, "ja"))
    assert any("another lang" in fault for fault in faults(page, "en"))


def test_tags_that_do_not_match_are_found() -> None:
    with pytest.raises(AssertionError, match="closes"):
        Page("<div><p></div>")
    with pytest.raises(AssertionError, match="never closed"):
        Page("<div>")
