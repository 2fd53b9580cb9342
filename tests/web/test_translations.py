"""Both languages are complete: every text of code and templates has its Japanese, and nothing else has."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation.template import templatize

import enishi.web

WEB = Path(enishi.web.__file__).parent
LOCALE = WEB / "design" / "locale" / "ja" / "LC_MESSAGES"
CONTEXT = "\x04"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
IN_TEMPLATES = re.compile(r"\b(n?p?gettext)\((?=u?['\"])|\b(_)\((?=u?['\"])")
HOLES = re.compile(r"%\(\w+\)[sd]")


def of_code(source: str) -> Iterator[str]:
    """Message keys of Python: the text, for a plural the singular, with its context before it."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if not texts:
            continue
        yield CONTEXT.join(texts[:2]) if node.func.id == "pgettext" else texts[0]


def of_template(source: str) -> Iterator[str]:
    """Message keys of a template, as Django's own makemessages reads it."""
    written = templatize(source)
    for found in IN_TEMPLATES.finditer(written):
        call = written[found.start() :]
        end = next(at for at in range(1, len(call)) if call[at] == ")" and parses(call[: at + 1]))
        node = ast.parse(call[: end + 1], mode="eval").body
        assert isinstance(node, ast.Call)
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        yield CONTEXT.join(texts[:2]) if (found[1] or "").endswith("pgettext") else texts[0]


def parses(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def used() -> set[str]:
    keys: set[str] = set()
    for path in WEB.rglob("*.py"):
        keys.update(of_code(path.read_text(encoding="utf-8")))
    for path in WEB.rglob("*.html"):
        keys.update(of_template(path.read_text(encoding="utf-8")))
    return keys


def entries() -> dict[str, tuple[str, str]]:
    """django.po: each key with its English (with the plural) and its Japanese."""
    found: dict[str, tuple[str, str]] = {}
    for block in (LOCALE / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if head := re.match(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[0\])? (".*")$', line):
                name = head[1]
                parts[name] = ast.literal_eval(head[2])
            elif line.startswith('"'):
                parts[name] += ast.literal_eval(line)
            else:
                assert not line.startswith("#, fuzzy"), f"a guess stands in django.po: {block}"
        if parts.get("msgid"):
            key = CONTEXT.join(filter(None, (parts.get("msgctxt"), parts["msgid"])))
            found[key] = (parts["msgid"] + parts.get("msgid_plural", ""), parts["msgstr"])
    return found


def test_the_extraction_finds_texts_of_every_shape() -> None:
    template = (
        '{% load i18n %}{% translate "One" %}{% translate "Two" context "there" %}'
        "{% blocktranslate count n=n %}a cat{% plural %}{{ n }} cats{% endblocktranslate %}"
        "{% blocktranslate trimmed with x=y %} It is\n {{ x }}. {% endblocktranslate %}"
    )
    assert list(of_template(template)) == ["One", f"there{CONTEXT}Two", "a cat", "It is %(x)s."]
    assert list(of_code("_('a'); ngettext('b', 'c', n); pgettext('d', 'e'); other('f')")) == [
        "a",
        "b",
        f"d{CONTEXT}e",
    ]


def test_every_text_has_its_japanese() -> None:
    known = entries()
    assert len(known) > 500
    assert sorted(used() - known.keys()) == []
    assert sorted(key for key, (_english, japanese) in known.items() if not japanese.strip()) == []


def test_no_japanese_is_left_of_a_text_that_is_gone() -> None:
    assert sorted(entries().keys() - used()) == []


def test_every_hole_of_a_text_is_in_its_japanese() -> None:
    wrong = {
        key: japanese
        for key, (english, japanese) in entries().items()
        if set(HOLES.findall(english)) != set(HOLES.findall(japanese))
    }
    assert wrong == {}


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    with (LOCALE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    wrong = []
    for key, (english, japanese) in entries().items():
        context, _, text = key.rpartition(CONTEXT)
        plural = english.removeprefix(text)
        got = (
            compiled.ngettext(key, plural, 1)
            if plural
            else compiled.pgettext(context, text)
            if context
            else compiled.gettext(text)
        )
        if got != japanese:
            wrong.append(key)
    assert wrong == []


def test_no_other_catalogue_speaks_before_this_one() -> None:
    """Django's own applications bring catalogues; a text that they translate too needs a context of its own here."""
    with translation.override("ja"):
        wrong = {}
        for key, (_english, japanese) in entries().items():
            context, _, text = key.rpartition(CONTEXT)
            said = translation.pgettext(context, text) if context else translation.gettext(text)
            if said != japanese:
                wrong[key] = said
    assert wrong == {}


@pytest.mark.parametrize(
    "path", sorted((WEB / "design" / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_no_template_says_words_outside_of_the_catalogue(path: Path) -> None:
    bare = re.sub(
        r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>",
        " ",
        path.read_text(encoding="utf-8"),
        flags=re.S,
    )
    words = set(re.findall(r"[A-Za-z\u3040-\u9fff][\w-]+", bare)) - {"Enishi", "English", "SHA-256", "日本語"}
    assert words == set()
