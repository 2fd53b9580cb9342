"""How acts, articles, evidence, relationships and items of a record are said on the pages of acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from enishi.register.terms import (
    CATALOGUE,
    Evidence,
    Kind,
    relation_words,
)
from enishi.web import wording
from enishi.web.register import lists
from enishi.web.register.words import article as article_words

STEPS = ("spouse", "unmarried", "child", "parent", "sibling")
COMMON = (
    "head",
    "spouse",
    "unmarried",
    "child",
    "spouse.child",
    "child.spouse",
    "child.child",
    "parent",
    "spouse.parent",
    "parent.parent",
    "sibling",
    "sibling.spouse",
    "sibling.child",
    "relative",
    "cohabitant",
)


def act_name(kind: Kind) -> str:
    """What officers call an act, in the language of the page."""
    entry = CATALOGUE[kind]
    return entry.ja if wording.japanese() else entry.en


def article(text: str) -> str:
    """An article of the catalogue in words: `住民基本台帳法第24条`, `Basic Resident Register Act, art. 24`."""
    said = article_words(text)
    if wording.japanese() or not said.startswith("art"):
        return said
    return f"Basic Resident Register Act, {said}"


def relation(path: str, sex: int = 0) -> str:
    """A relationship to the head in words, as it is said of that sex."""
    return relation_words(path, sex, get_language() or "ja")


def evidence_choices() -> list[tuple[str, str]]:
    """What can be shown with a report or an order."""
    words = {
        Evidence.NUMBER_CARD: _("individual number card"),
        Evidence.DRIVING_LICENCE: _("driving licence"),
        Evidence.PASSPORT: _("passport"),
        Evidence.RESIDENCE_CARD: _("residence card"),
        Evidence.INSURANCE: _("health insurance qualification and another document"),
        Evidence.MOVE_OUT_CERTIFICATE: _("move-out certificate"),
        Evidence.FAMILY_REGISTER: _("certificate of the family register, or its notice"),
        Evidence.LETTER_OF_AUTHORITY: _("letter of authority, and the agent's identity"),
        Evidence.COURT_DECISION: _("decision of a court"),
        Evidence.FIELD_INQUIRY: _("result of an inquiry into the facts"),
        Evidence.OTHER: pgettext("evidence", "other"),
    }
    return [(code.value, words[code]) for code in Evidence]


def group(name: str, kind: str = "") -> str:
    """A group of items of a record (art. 7) in words."""
    if name == "name" and kind not in ("", "registered"):
        return {
            "former": _("former surname"),
            "alias": _("alias"),
            "latin": _("name in Latin letters"),
            "foreign_kanji": _("name in kanji"),
        }.get(kind, kind)
    if name == "status_item" and kind:
        return lists.status_kinds().get(kind, kind)
    return {
        "particulars": _("date of birth and sex"),
        "name": pgettext("item", "name"),
        "residence": _("resident"),
        "address": _("address"),
        "membership": _("household and relationship"),
        "domicile": _("registered domicile"),
        "foreign_status": _("nationality and status of residence"),
        "status_item": _("qualification"),
    }.get(name, name)


def said(name: str, items: Mapping[str, Any], sex: int = 0) -> str:
    """What a group of items says, in one line; what it does not know how to word, item by item."""
    words = {
        "particulars": _particulars,
        "name": _name,
        "residence": _residence,
        "address": _address,
        "domicile": lambda items: f"{items['place']}　{items['first_listed']}",
        "foreign_status": _foreign,
        "status_item": _item,
    }.get(name)
    if name == "membership":
        return _("%(relation)s, household %(number)s") % {
            "relation": relation(items["relation"], sex),
            "number": items["household"],
        }
    if words is None:
        return "、".join(f"{value}" for value in items.values() if value)
    return words(items)


def _particulars(items: Mapping[str, Any]) -> str:
    born = items.get("birth_wording") or wording.day(_day(items["birth_date"]))
    return f"{born}　{wording.sex(items['sex'])}"


def _name(items: Mapping[str, Any]) -> str:
    whole = items.get("whole") or " ".join(filter(None, (items.get("surname"), items.get("given"))))
    kana = items.get("whole_kana") or " ".join(
        filter(None, (items.get("surname_kana"), items.get("given_kana")))
    )
    return f"{whole}（{kana}）" if kana else whole


def _residence(items: Mapping[str, Any]) -> str:
    parts = [_("on the register")]
    if entry := wording.entry_or_exit(items.get("entry") or ""):
        parts.append(_("came by: %(words)s") % {"words": entry})
    if end := wording.entry_or_exit(items.get("exit") or ""):
        parts.append(_("leaves by: %(words)s") % {"words": end})
    for key, words in (
        ("came_from", _("from %(place)s")),
        ("going_to", _("planned destination %(place)s")),
        ("went_to", _("confirmed destination %(place)s")),
    ):
        if place := items.get(key):
            parts.append(words % {"place": f"{place['town']}{place['block']} {place['building']}".strip()})
    return _("; ").join(parts)


def _address(items: Mapping[str, Any]) -> str:
    written = f"{items['town']}{items['block']} {items['building']}".strip()
    return f"〒{items['postcode'][:3]}-{items['postcode'][3:]} {written}" if items["postcode"] else written


def _item(items: Mapping[str, Any]) -> str:
    details = lists.details()
    told = [
        f"{details.get(name, name)}{_(': ')}{value}"
        for name, value in sorted(items["detail"].items())
        if value
    ]
    return _("; ").join([pgettext("status item", "entered"), *told])


def _foreign(items: Mapping[str, Any]) -> str:
    status = items.get("status")
    parts = [
        wording.country(items["nationality"]),
        wording.residence_status(status) if status else _("without status of residence"),
    ]
    parts += [items["period"]] if items.get("period") else []
    if items.get("expires_on"):
        parts.append(_("until %(day)s") % {"day": wording.day(_day(items["expires_on"]))})
    return pgettext("between items", ", ").join(parts)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
