"""The frame of a page, icons, and how numbers, dates and places are written."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from unicodedata import category, name

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from enishi.kernel.errors import BadInput
from enishi.names import services as names
from enishi.names.legacy import count_unshown
from enishi.web import wording
from enishi.web.frame import Frame, frame_of
from enishi.web.listing import around

register = template.Library()
ENGLISH_WORDS = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ ,;:./()0-9-]*[A-Za-z'’]+)+")
JAPANESE_WORDS = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+")
EM = 2048
"""Of the font IPAmj Mincho, from which pictures of registered forms come."""
SAFE_END = mark_safe("</span>")


@register.simple_tag(takes_context=True)
def frame(context: Context) -> Frame:
    """Strip, header and navigation of this page; works on error pages that have no request."""
    return frame_of(context.get("request"), context.get("audience") or "", context.get("muni") or "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of design/static/enishi/icons.svg. It is decoration: the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("enishi/icons.svg"),
        name,
    )


@register.simple_tag
def glyph(mj: str, text: str) -> SafeString:
    """A registered form as its picture, since the reader's fonts may lack it; who listens or copies gets its characters."""
    return format_html(
        '<span class="glyph" lang="ja"><span class="hidden-to-eyes">{}</span>'
        '<svg aria-hidden="true" focusable="false" viewBox="0 0 {} {}"><use href="{}#form"></use></svg></span>',
        text,
        EM,
        EM,
        reverse("glyph", args=[mj, "svg"]),
    )


@register.filter
def registered(text: str) -> SafeString:
    """A name exactly as registered: what any font has as text, what needs a registered form as its picture; for what no form is
    known a mark with its code point, and it is counted (`names.legacy.count_unshown`).
    """
    if names.fits(text, names.Target.CP932):
        return conditional_escape(text)
    try:
        found = names.forms(text)
    except BadInput:
        return conditional_escape(text)
    return format_html_join("", "{}", ((_shown(form),) for form in found))


def _shown(form: names.Form) -> SafeString:
    if names.fits(form.sequence, names.Target.CP932):
        return conditional_escape(form.sequence)
    if form.mj is not None:
        return glyph(form.mj, form.sequence)
    if (
        len(form.sequence) == 1
        and category(form.sequence)[0] in "LMNPS"
        and not name(form.sequence).startswith("CJK")
    ):
        return conditional_escape(form.sequence)
    count_unshown(form.sequence)
    return format_html('<span class="unshown">〓<span class="small">{}</span></span>', points(form.sequence))


@register.simple_tag
def points(text: str) -> str:
    """The code points of a character, as in U+908A U+E010B."""
    return " ".join(f"U+{ord(letter):04X}" for letter in text)


@register.filter
def yen(amount: int) -> str:
    """`100,000円` or `100,000 yen`."""
    return wording.yen(amount)


@register.filter
def yen_words(amount: int) -> str:
    """A large amount as one says it: `12兆5,416億8,770万円`, `12.54 trillion yen`; small ones as they are."""
    return wording.yen_words(amount)


@register.filter
def yen_figure(amount: int) -> SafeString:
    """A large amount in large type, its unit small."""
    figure, unit = wording.yen_parts(amount)
    gap = "" if wording.japanese() else " "
    return format_html("{}{}<small>{}</small>", figure, gap, unit)


@register.filter
def number(value: int) -> str:
    """`1,741`."""
    return f"{value:,}"


@register.filter
def percent(part: int, whole: int) -> str:
    """Share of a whole in per cent with one decimal; `–` of nothing. Never 100 or 0 unless it is exactly so."""
    return wording.percent(part, whole)


@register.filter
def day(value: date | datetime) -> str:
    """`2020年4月27日（令和2年）` or `27 April 2020`."""
    return wording.day(value)


@register.filter
def moment(value: datetime) -> str:
    """Day and time to the minute in Japan's time."""
    return wording.moment(value)


@register.filter
def seconds(value: int | None) -> str:
    """A duration in words: `2 minutes 5 seconds`."""
    return wording.duration(value)


@register.filter
def bytes_in_words(value: int) -> str:
    """`4.9 MB`."""
    return wording.size(value)


@register.filter
def near(page: Any) -> list[int]:
    """Page numbers to offer around the present page."""
    return around(page.number, page.pages)


@register.filter
def place_name(town: Any) -> str:
    """A municipality in the language of the page: `千代田区`, `Chiyoda-ku`."""
    return str(town.name if get_language() == "ja" else town.name_latin)


@register.filter
def prefecture_name(town: Any) -> str:
    """A municipality's prefecture in the language of the page."""
    return str(town.prefecture_name if get_language() == "ja" else town.prefecture_latin)


@register.filter
def moment_exact(value: datetime) -> str:
    """Day and time to the second in Japan's time."""
    return f"{wording.moment(value)}:{timezone.localtime(value):%S}"


@register.filter
def whole(value: float) -> str:
    """A measured number without its fraction: `250,000`."""
    return f"{round(value):,}"


@register.filter
def named(name: str) -> SafeString:
    """A proper name, marked as Japanese on a page in another language where it is written in Japanese."""
    if get_language() == "ja" or all(letter < "\u2e80" for letter in name):
        return conditional_escape(name)
    return format_html('<span lang="ja">{}</span>', name)


@register.filter
def tongues(text: object, page: str = "") -> SafeString:
    """Text in which two languages mix, as laws' names and files do: the parts foreign to the page (`ja`, `en`; blank: the
    page's own language) are marked with their language.
    """
    whole_text = str(text)
    here = page or ("ja" if wording.japanese() else "en")
    foreign, other = (ENGLISH_WORDS, "en") if here == "ja" else (JAPANESE_WORDS, "ja")
    parts, at = [], 0
    for found in foreign.finditer(whole_text):
        parts += [(whole_text[at : found.start()], ""), (found[0], other)]
        at = found.end()
    parts.append((whole_text[at:], ""))
    return format_html_join(
        "",
        "{}{}{}",
        (
            (format_html('<span lang="{}">', tongue), part, SAFE_END) if tongue else ("", part, "")
            for part, tongue in parts
        ),
    )


@register.filter
def sex_words(code: int) -> str:
    """A sex (ISO/IEC 5218) in words."""
    return wording.sex(code)


@register.filter
def country_words(code: str) -> str:
    """A country or region in words."""
    return wording.country(code)


@register.filter
def residence_status_words(status: str) -> str:
    """A status of residence in words."""
    return wording.residence_status(status)


@register.filter
def name_kind_words(kind: str) -> str:
    """A kind of name in words."""
    return wording.name_kind(kind)


@register.filter
def entry_words(code: str) -> str:
    """How somebody came on a register, or left it, in words."""
    return wording.entry_or_exit(code)


@register.filter
def item_words(code: str) -> str:
    """What was read of a person, in words."""
    return wording.item(code)


@register.filter
def relation_words(code: str) -> str:
    """A relationship to the head of household in words."""
    return wording.relation(code)


@register.simple_tag
def localname(name: str, latin: str) -> str:
    """The name of the page's language, of a name that exists in both."""
    return name if get_language() == "ja" else latin


@register.simple_tag
def now() -> datetime:
    """The moment at which the page is made: figures say it."""
    return timezone.now()


@register.inclusion_tag("design/column.html", takes_context=True)
def column(context: Context, key: str, label: str, numeric: bool = False) -> dict[str, Any]:
    """A table's column head that sorts by `key`; the page's context holds the present order as `sort`."""
    present = str(context["sort"])
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{key}" if present == key else key
    state = {key: "ascending", f"-{key}": "descending"}.get(present, "")
    return {"label": label, "numeric": numeric, "state": state, "query": query.urlencode()}


@register.inclusion_tag("design/crumbs.html")
def crumbs(*steps: str) -> dict[str, Any]:
    """The way to this page, after "Home": pairs of words and URL, then the words of the page itself."""
    pairs = [(words, url) for words, url in zip(steps[:-1:2], steps[1:-1:2], strict=True)]
    return {"crumbs": [*pairs, (steps[-1], "")]}
