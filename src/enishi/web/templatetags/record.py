"""How a record's days, acts and relationships are written."""

from __future__ import annotations

from datetime import date

from django import template

from enishi.kernel.partial_date import PartialDate
from enishi.web.register import lists, words

register = template.Library()


@register.filter
def both(value: date) -> str:
    """A day in both calendars."""
    return words.both(value)


@register.filter
def partial_day(value: PartialDate) -> str:
    """A day of which not everything may be known, in words."""
    return words.partial(value)


@register.filter
def exit_words(code: str) -> str:
    """How a residence ended."""
    return lists.exits().get(code, code)


@register.filter
def article_words(text: str) -> str:
    """An article of the catalogue of acts in the page's language."""
    return words.article(text)


@register.simple_tag
def relation_to_head(path: str, sex: int) -> str:
    """A relationship to the head of household in words."""
    return words.relation(path, sex)
