"""Reads a page as a browser does and says what is wrong with it for those who cannot see it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
UNSPOKEN = frozenset({"input", "select", "textarea"})
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
ENGLISH = re.compile(r"[A-Za-z][a-z]+(?:[ ,;:]+[A-Za-z][a-z']*){2,}")
CARRIED = re.compile(r"(?:^|\s)(?:https?:)?//", re.IGNORECASE)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join([*self.words, *(child.text for child in self.children)]).strip()

    @property
    def language(self) -> str:
        here: Element | None = self
        while here is not None:
            if "lang" in here.attributes:
                return here.attributes["lang"]
            here = here.parent
        return ""

    def inside(self, tag: str) -> bool:
        here = self.parent
        while here is not None:
            if here.tag == tag:
                return True
            here = here.parent
        return False


class Page(HTMLParser):
    """The elements of a page in order. Raises AssertionError where tags do not close as they open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, None)
        self.here = self.root
        self.elements: list[Element] = []
        self.feed(text)
        self.close()
        assert self.here is self.root, f"<{self.here.tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.here = self.here.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent or self.root

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.here.words.append(data.strip())

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self.elements if one.tag in tags]


def faults(text: str, language: str) -> list[str]:
    """Everything wrong with a page in a language: empty where it is sound."""
    page = Page(text)
    return [
        *_frame(page, language),
        *_headings(page),
        *_names(page),
        *_identifiers(page),
        *_tables(page),
        *_languages(page, language),
        *_outside(page),
        *_inline(page),
    ]


def _frame(page: Page, language: str) -> list[str]:
    found = []
    if [one.attributes.get("lang") for one in page.all("html")] != [language]:
        found.append("html has another lang")
    for tag in ("title", "main", "h1", "header", "footer"):
        many = [
            one
            for one in page.all(tag)
            if not (one.inside("svg") or (tag == "header" and one.inside("main")))
        ]
        if len(many) != 1:
            found.append(f"{len(many)} <{tag}>")
    if not any("skip" in one.attributes.get("class", "").split() for one in page.all("a")):
        found.append("no skip link")
    if not any("strip" in one.attributes.get("class", "").split() for one in page.all("aside")):
        found.append("no strip that says it is not official")
    return found


def _headings(page: Page) -> list[str]:
    found, before = [], 0
    for one in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(one.tag[1])
        if level > before + 1:
            found.append(f"<{one.tag}> {one.text!r} follows a heading of level {before}")
        if not one.text:
            found.append(f"an empty <{one.tag}>")
        before = level
    return found


def _names(page: Page) -> list[str]:
    labelled = {one.attributes.get("for") for one in page.all("label") if one.text}
    ids = {one.attributes["id"] for one in page.elements if one.attributes.get("id")}
    found = []
    for one in page.all("input", "select", "textarea"):
        if one.attributes.get("type") == "hidden":
            continue
        if one.attributes.get("id") not in labelled:
            found.append(f"<{one.tag} name={one.attributes.get('name')}> has no label")
    for one in page.all("a", "button"):
        if not (one.text or one.attributes.get("aria-label")):
            found.append(f"<{one.tag} href={one.attributes.get('href')}> has no words")
    for one in page.all("progress", "nav"):
        if not (one.attributes.get("aria-label") or one.attributes.get("aria-labelledby")):
            found.append(f"<{one.tag}> has no name")
    for one in page.elements:
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for target in one.attributes.get(attribute, "").split():
                if target not in ids:
                    found.append(f"{attribute}={target} leads nowhere")
        if (
            one.tag == "a"
            and one.attributes.get("href", "").startswith("#")
            and one.attributes["href"][1:] not in ids
        ):
            found.append(f"link {one.attributes['href']} leads nowhere")
    return found


def _identifiers(page: Page) -> list[str]:
    seen: set[str] = set()
    found = []
    for one in page.elements:
        if identity := one.attributes.get("id"):
            if identity in seen:
                found.append(f"id {identity} stands twice")
            seen.add(identity)
    return found


def _tables(page: Page) -> list[str]:
    found = [f"<th> {one.text!r} has no scope" for one in page.all("th") if "scope" not in one.attributes]
    for one in page.all("table"):
        box = one.parent
        if box is None or box.attributes.get("tabindex") != "0" or box.attributes.get("role") != "region":
            found.append("a table that scrolls cannot be reached by keyboard")
    return found


def _languages(page: Page, language: str) -> list[str]:
    other, pattern = ("ja", JAPANESE) if language == "en" else ("en", ENGLISH)
    found = []
    for one in page.elements:
        if one.tag in {"script", "style"}:
            continue
        spoken = [
            *one.words,
            *(one.attributes.get(name, "") for name in ("aria-label", "title", "placeholder")),
        ]
        for words in spoken:
            if pattern.search(words) and one.language != other:
                found.append(f"not marked as {other}: {words!r} in <{one.tag}>")
    return found


def _outside(page: Page) -> list[str]:
    return [
        f"{name}={value} leads to another site"
        for one in page.elements
        for name, value in one.attributes.items()
        if name in {"href", "src", "action", "srcset", "content", "formaction", "poster"}
        and CARRIED.search(value)
    ]


def _inline(page: Page) -> list[str]:
    found = [
        f"{name} in <{one.tag}>"
        for one in page.elements
        for name in one.attributes
        if name == "style" or name.startswith("on")
    ]
    found += [
        f"a <{one.tag}> in the page" for one in page.all("script", "style") if "src" not in one.attributes
    ]
    return found
