"""What a record says, in words: groups of items, items, days in both calendars, places, differences, acts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from enishi.kernel.eras import GREGORIAN_FROM, format_long, to_era
from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose
from enishi.kernel.partial_date import PartialDate, Precision
from enishi.register.terms import (
    CATALOGUE,
    Difference,
    Kind,
    relation_words,
)
from enishi.web import wording
from enishi.web.register import lists
from enishi.web.towns import place

Items = Mapping[str, Any]
ARTICLE = re.compile(r"(?P<law>My Number Act |Enforcement Order )?arts?\.? (?P<numbers>[0-9()\-, ]+)")
LAWS = {"": "住民基本台帳法", "My Number Act": "番号法", "Enforcement Order": "住民基本台帳法施行令"}
NOT_OF_A_LAW = re.compile(r"Common functions standard: (?P<en>.+) \((?P<ja>.+)\)")
ONE_ARTICLE = re.compile(r"(?P<article>[0-9]+)(?:-(?P<branch>[0-9]+))?(?:\((?P<paragraph>[0-9]+)\))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a record."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Altered:
    """An item of a difference: what it was and what it is; blank where nothing was, or is, said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words: of which group, for which days, which items."""

    heading: str
    days: str
    items: tuple[Altered, ...]


def both(value: date) -> str:
    """A day in both calendars: `令和2年4月27日（2020年4月27日）`, `27 April 2020 (Reiwa 2)`."""
    if wording.japanese():
        western = f"{value.year}年{value.month}月{value.day}日"
        return western if value < GREGORIAN_FROM else f"{format_long(value)}（{western}）"
    written = wording.day(value)
    if value < GREGORIAN_FROM:
        return written
    era = to_era(value)
    return f"{written} ({era.era.en} {era.year})"


def partial(value: PartialDate) -> str:
    """A day of which not everything may be known, in words, with the Western calendar where that says something."""
    if value.precision is Precision.DAY and not value.wording:
        return both(value.earliest)
    text = value.text("ja" if wording.japanese() else "en")
    if not wording.japanese():
        return text
    western = {
        Precision.DAY: f"{value.earliest.year}年{value.earliest.month}月{value.earliest.day}日",
        Precision.MONTH: f"{value.earliest.year}年{value.earliest.month}月",
        Precision.YEAR: f"{value.earliest.year}年",
    }.get(value.precision)
    return f"{text}（{western}）" if western else text


def days(since: date | None, until: date | None) -> str:
    """The days from one to before another, in words."""
    if since and until:
        return _("from %(since)s, until before %(until)s") % {"since": both(since), "until": both(until)}
    if since:
        return _("from %(since)s on") % {"since": both(since)}
    if until:
        return _("until before %(until)s") % {"until": both(until)}
    return _("for all days")


def act_kind(kind: str) -> str:
    """A kind of act as officers call it; one that the catalogue does not know, as it stands."""
    try:
        entry = CATALOGUE[Kind(kind)]
    except ValueError:
        return kind
    words = choose(get_language() or "ja", ja=entry.ja, en=entry.en)
    return words[:1].upper() + words[1:]


def group_words(group: str, kind: str = "") -> str:
    """A group of items of a record, and of names and status items which."""
    if group == "name":
        return lists.name_kinds().get(kind, kind)
    if group == "status_item":
        return lists.status_kinds().get(kind, kind)
    return lists.groups().get(group, group)


def relation(path: str, sex: int) -> str:
    """A relationship to the head in words; what is no path, as it stands."""
    try:
        return relation_words(path, sex, get_language() or "ja")
    except BadInput:
        return path


def elsewhere(where: Items | None) -> str:
    """An address elsewhere (previous, planned, confirmed) in one line; blank for none."""
    if not where:
        return ""
    line = f"{where.get('town', '')}{where.get('block', '')} {where.get('building', '')}".strip()
    if where.get("muni"):
        town = place(str(where["muni"]))
        if wording.japanese():
            return f"{town.prefecture_name}{town.name}{line}"
        return f"{town.prefecture_latin} {town.name_latin} {line}".strip()
    return f"{lists.country(str(where.get('country', '')))} {line}".strip()


def lines(group: str, kind: str, items: Items, *, muni: str, sex: int = 0) -> tuple[Line, ...]:
    """The items of a group in words, without those that say nothing. `sex`: of the person, for relationship words."""
    said = {
        "particulars": _particulars,
        "name": _name,
        "residence": _residence,
        "address": _address,
        "membership": _membership,
        "domicile": _domicile,
        "foreign_status": _foreign,
        "status_item": _status,
    }[group](items, kind, muni, sex)
    return tuple(line for line in said if line.value)


def changes(found: tuple[Difference, ...], *, muni: str, sex: int = 0) -> tuple[Change, ...]:
    """Differences in words, only the items that differ."""
    worded = []
    for one in found:
        whole = one.before is None or one.after is None
        before = _by_label(one.group, one.kind, one.before, muni, sex, whole=whole)
        after = _by_label(one.group, one.kind, one.after, muni, sex, whole=whole)
        labels = dict.fromkeys([*before, *after])
        altered = tuple(
            Altered(label, before.get(label, ""), after.get(label, ""))
            for label in labels
            if before.get(label) != after.get(label)
        )
        if altered:
            worded.append(Change(group_words(one.group, one.kind), days(one.since, one.until), altered))
    return tuple(worded)


def _by_label(
    group: str, kind: str, items: Items | None, muni: str, sex: int, *, whole: bool
) -> dict[str, str]:
    """Items by their labels. `whole`: the group itself comes or goes, which is said even where no item says anything."""
    if items is None:
        return {}
    found = {line.label: line.value for line in lines(group, kind, items, muni=muni, sex=sex)}
    return found or ({group_words(group, kind): _("entered")} if whole else {})


def article(text: str) -> str:
    """An article of the catalogue of acts as the page's language writes it: `art. 9(2)`, 住民基本台帳法第9条第2項."""
    if standard := NOT_OF_A_LAW.fullmatch(text):
        ja, en = f"共通機能標準仕様書（{standard['ja']}）", f"Common functions standard: {standard['en']}"
        return choose(get_language() or "ja", ja=ja, en=en)
    found = ARTICLE.fullmatch(text)
    if not wording.japanese() or found is None:
        return text
    numbers = "・".join(
        f"第{one['article']}条"
        + (f"の{one['branch']}" if one["branch"] else "")
        + (f"第{one['paragraph']}項" if one["paragraph"] else "")
        for one in ONE_ARTICLE.finditer(found["numbers"])
    )
    return LAWS[(found["law"] or "").strip()] + numbers


def _day(value: object) -> date | None:
    """A day as a fact holds it, or as JSON does."""
    return value if isinstance(value, date) else date.fromisoformat(value) if isinstance(value, str) else None


def _particulars(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    first, last = _day(items["birth_date"]), _day(items["birth_latest"])
    born = PartialDate(first, last, items["birth_wording"]) if first and last else None
    return [
        Line(_("Date of birth"), partial(born) if born else ""),
        Line(_("Sex"), wording.sex(items["sex"])),
    ]


def _name(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    written = items["whole"] or " ".join(filter(None, (items["surname"], items["given"])))
    kana = items["whole_kana"] or " ".join(filter(None, (items["surname_kana"], items["given_kana"])))
    source = lists.provenances().get(items["provenance"] or "", "")
    return [
        Line(_("Written"), written),
        Line(_("Reading"), kana),
        Line(_("Origin of the reading"), source if kana else ""),
    ]


def _residence(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    latest = _day(items["since_latest"])
    return [
        Line(_("How it began"), lists.entries().get(items["entry"] or "", "")),
        Line(
            _("Day of becoming a resident, as recorded"),
            items["since_wording"] or (_("by %(day)s") % {"day": both(latest)} if latest else ""),
        ),
        Line(_("Previous address"), elsewhere(items["came_from"])),
        Line(_("Planned destination"), elsewhere(items["going_to"])),
        Line(_("Confirmed destination"), elsewhere(items["went_to"])),
        Line(_("How it ended"), lists.exits().get(items["exit"] or "", "")),
    ]


def _address(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    here = place(muni)
    line = f"{items['town']}{items['block']} {items['building']}".strip()
    prefix = (
        f"{here.prefecture_name}{here.name}"
        if wording.japanese()
        else f"{here.prefecture_latin} {here.name_latin} "
    )
    postcode = items["postcode"]
    return [
        Line(_("Address"), prefix + line),
        Line(_("Postcode"), f"{postcode[:3]}-{postcode[3:]}" if postcode else ""),
        Line(_("Reading of the building"), items["building_kana"]),
        Line(_("Ward"), items["ward"] or ""),
        Line(_("Town in the address base registry"), items["town_id"] or ""),
        Line(_("Institution"), lists.institutions().get(items["institution"] or "", "")),
    ]


def _membership(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    return [
        Line(_("Household number"), str(items["household"])),
        Line(_("Relationship to the head"), relation(items["relation"], sex)),
    ]


def _domicile(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    return [
        Line(_("Registered domicile"), items["place"]),
        Line(_("First-listed person"), items["first_listed"]),
    ]


def _foreign(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    expires = _day(items["expires_on"])
    return [
        Line(_("Nationality or region"), lists.country(items["nationality"])),
        Line(
            _("Residence status"),
            wording.residence_status(items["status"])
            if items["status"]
            else _("none: within 60 days of birth or of losing Japanese nationality"),
        ),
        Line(_("Period of stay"), items["period"]),
        Line(_("Last day of the period of stay"), both(expires) if expires else ""),
    ]


def _status(items: Items, kind: str, muni: str, sex: int) -> list[Line]:
    said = [
        Line(lists.details().get(name, name), str(value)) for name, value in sorted(items["detail"].items())
    ]
    return [Line(pgettext("status item", "State"), pgettext("status item", "entered")), *said]
