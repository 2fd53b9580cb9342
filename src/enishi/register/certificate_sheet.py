"""What stands on a certificate, cell by cell, in Japanese as the standard forms have it (household form, individual form)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from enishi.kernel.countries import name as country_name
from enishi.kernel.eras import GREGORIAN_FROM, format_long
from enishi.kernel.partial_date import PartialDate
from enishi.register.certificate_reading import Known
from enishi.register.models import Municipality
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.certificates import FOREIGN, Asked, Certificate, Form, Item
from enishi.register.rules.relationship import worded
from enishi.register.rules.residence_statuses import name as residence_status_name
from enishi.register.vocabulary import NameKind, StatusKind

OMITTED = "省略"
ABSENT = "記載なし"
NUMBER_LABEL, CODE_LABEL = "個人番号", "住民票コード"
NUMBER_MASK, CODE_MASK = "＊" * 12, "＊" * 11
"""What stands for them where they are not told: in a preview, and in what one municipality tells another."""
WIDTH = 12
"""Columns of a row; a cell's span says how many it takes."""

TITLES: Mapping[Certificate, str] = {
    Certificate.COPY: "住民票の写し",
    Certificate.WIDE_AREA: "住民票の写し（広域交付）",
    Certificate.REMOVED: "除票の写し",
    Certificate.ITEMS: "住民票記載事項証明書",
    Certificate.MOVE_OUT: "転出証明書",
}
SENTENCES: Mapping[Certificate, str] = {
    Certificate.COPY: "この写しは、住民票の原本と相違ないことを証明する。",
    Certificate.WIDE_AREA: "この写しは、住民票に記載されている事項と相違ないことを証明する。",
    Certificate.REMOVED: "この写しは、除票の原本と相違ないことを証明する。",
    Certificate.ITEMS: "上記の事項は、住民票に記載されていることを証明する。",
    Certificate.MOVE_OUT: "上記のとおり転出の届出があったことを証明する。",
}
EXITS = {
    "death": "死亡",
    "abroad": "国外転出",
    "move_out": "転出",
    "disappearance": "失踪宣告",
    "ex_officio": "職権消除",
    "merger": "廃置分合",
}
STATUS_WORDS = {
    StatusKind.ELECTORAL_ROLL: "選挙人名簿",
    StatusKind.NATIONAL_HEALTH_INSURANCE: "国民健康保険",
    StatusKind.LATTER_STAGE_ELDERLY: "後期高齢者医療",
    StatusKind.LONG_TERM_CARE: "介護保険",
    StatusKind.NATIONAL_PENSION: "国民年金",
    StatusKind.CHILD_ALLOWANCE: "児童手当",
}
SEX = {1: "男", 2: "女"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the form's label, what the record says, how many of the twelve columns it takes, the reading above it."""

    label: str
    value: str
    span: int
    above: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A certificate before it is set: `common` stands once above all persons (household form), `parts` a person each."""

    title: str
    sentence: str
    issuer: str
    each_on_a_page: bool
    common: tuple[Row, ...]
    parts: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """How the sheet gets a person's individual number and resident code, asked only where the certificate says them; blank
    where they are to be printed as absent.
    """

    number_of: Callable[[int], str]
    code_of: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands of one person: `inside` below the household's `common`, or `alone` with the address; `home`: the address,
    to tell who shares one. With `name`, `relation` and `sex` for who chooses, and whether anybody knows a `head`.
    """

    person: int
    name: str
    relation: str
    sex: int
    foreign: bool
    head: str
    home: str
    common: tuple[Row, ...]
    inside: tuple[Row, ...]
    alone: tuple[Row, ...]


def sheet(asked: Asked, known: Sequence[Known], secrets: Secrets) -> Sheet:
    """The certificate's words. Raises Denied where the record lacks what was switched on."""
    return assembled(asked, parts_of(asked, known, secrets))


def parts_of(asked: Asked, known: Sequence[Known], secrets: Secrets) -> list[Parts]:
    """What stands of each person. Raises as `sheet`."""
    _check_held(asked, known)
    write = _Writer(asked, _towns(), secrets)
    return [write.parts(one) for one in known]


def assembled(asked: Asked, parts: Sequence[Parts]) -> Sheet:
    """Persons on the form that was asked for; who does not share an address stands on pages of their own."""
    together = asked.form is Form.HOUSEHOLD and len({one.home for one in parts}) == 1
    common = parts[0].common if together and asked.kind is not Certificate.ITEMS else ()
    issuer = _towns().get(asked.office)
    return Sheet(
        title=TITLES[asked.kind],
        sentence=SENTENCES[asked.kind],
        issuer=f"{issuer.prefecture_name}{issuer.name}長" if issuer else asked.office,
        each_on_a_page=not together,
        common=common,
        parts=tuple(one.inside if common else one.alone for one in parts),
    )


def revealed(parts: Parts, secrets: Secrets) -> Parts:
    """A person's rows with number and code in the place of their masks."""
    asked = {NUMBER_LABEL: (NUMBER_MASK, secrets.number_of), CODE_LABEL: (CODE_MASK, secrets.code_of)}

    def cell(one: Cell) -> Cell:
        mask, secret_of = asked.get(one.label, ("", None))
        return replace(one, value=secret_of(parts.person)) if secret_of and one.value == mask else one

    def rows(found: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(tuple(map(cell, row)) for row in found)

    return replace(parts, inside=rows(parts.inside), alone=rows(parts.alone))


def _towns() -> dict[str, Municipality]:
    return {row.muni: row for row in Municipality.objects.all()}


def _check_held(asked: Asked, known: Sequence[Known]) -> None:
    """What a certificate would mislead by leaving out is refused; a move-out certificate says that it is absent."""
    if asked.kind is Certificate.MOVE_OUT:
        return
    if Item.DOMICILE in asked.items and any(
        not one.foreign and one.record.of("domicile") is None for one in known
    ):
        raise Denied(Reason.NO_DOMICILE)
    if asked.items & FOREIGN and not any(one.foreign for one in known):
        raise Denied(Reason.NO_FOREIGNER)
    if Item.RELATION in asked.items and any(not one.head_name for one in known):
        raise Denied(Reason.NO_HEAD)


@dataclass(frozen=True)
class _Writer:
    asked: Asked
    towns: dict[str, Municipality]
    secrets: Secrets

    def parts(self, one: Known) -> Parts:
        """All that may stand of a person."""
        membership = one.record.of("membership")
        return Parts(
            person=one.person,
            name=one.first_name.text,
            relation=membership.items["relation"] if membership else "",
            sex=_one(one, "particulars")["sex"],
            foreign=one.foreign,
            head=one.head_name if Item.RELATION in self.asked.says else "",
            home=self.address(one),
            common=self.common(one),
            inside=self.part(one, without_common=True),
            alone=self.part(one, without_common=False),
        )

    def common(self, one: Known) -> tuple[Row, ...]:
        """Address and head of a household on one page."""
        return (
            (Cell("住所", self.address(one), 8), Cell("世帯主", self.said(Item.RELATION, one.head_name), 4)),
        )

    def part(self, one: Known, *, without_common: bool) -> tuple[Row, ...]:
        rows = [
            *self.who(one),
            *self.where(one, without_common=without_common),
            *self.on_request(one),
            *self.ended(one),
        ]
        return tuple(filled for row in rows if (filled := self.filled(row)))

    def filled(self, row: Sequence[tuple[Item, Cell]]) -> Row:
        """The cells of a row that this certificate has, stretched over its width. Only a certificate of recorded items
        leaves out cells: on a copy what is not said stands as omitted.
        """
        chosen = self.asked.kind is Certificate.ITEMS
        cells = [cell for item, cell in row if not chosen or item in self.asked.says]
        if not cells:
            return ()
        last = cells[-1]
        spare = WIDTH - sum(cell.span for cell in cells)
        return (*cells[:-1], Cell(last.label, last.value, last.span + spare, last.above))

    def who(self, one: Known) -> list[list[tuple[Item, Cell]]]:
        name = one.first_name
        birth = _one(one, "particulars")
        day = PartialDate(birth["birth_date"], birth["birth_latest"], birth["birth_wording"])
        rows = [
            [
                (Item.NAME, Cell("氏名", name.text or ABSENT, 9, name.kana)),
                (Item.SEX, Cell("性別", SEX.get(birth["sex"], ABSENT), 3)),
            ]
        ]
        for kind, label in ((NameKind.FORMER, "旧氏"), (NameKind.ALIAS, "通称")):
            if (other := one.name(kind)) is not None:
                rows.append([(Item.NAME, Cell(label, other.text, WIDTH, other.kana))])
        since = one.residence
        became = PartialDate(
            since.since or date.min,
            since.items["since_latest"] or since.since or date.max,
            since.items["since_wording"],
        )
        rows.append(
            [
                (Item.BIRTH, Cell("生年月日", _partial(day, foreign=one.foreign), 4)),
                (Item.RELATION, Cell("続柄", self.said(Item.RELATION, self.relation(one)), 3)),
                (Item.RESIDENT_SINCE, Cell("住民となった年月日", _partial(became, foreign=one.foreign), 5)),
            ]
        )
        return rows

    def where(self, one: Known, *, without_common: bool) -> list[list[tuple[Item, Cell]]]:
        head = (
            []
            if without_common
            else [(Item.RELATION, Cell("世帯主", self.said(Item.RELATION, one.head_name), 4))]
        )
        here = [] if without_common else [(Item.ADDRESS, Cell("住所", self.address(one), 8))]
        came = one.residence.items["came_from"]
        before = one.before
        return [
            [*here, *head],
            [
                (Item.PREVIOUS, Cell("転入前住所", self.place(came) if came else ABSENT, 6)),
                (Item.PREVIOUS, Cell("異動前住所", self.town(before) if before else ABSENT, 6)),
            ],
        ]

    def on_request(self, one: Known) -> list[list[tuple[Item, Cell]]]:
        says = self.asked.says
        number = self.secrets.number_of(one.person) or ABSENT if Item.NUMBER in says else OMITTED
        code = self.secrets.code_of(one.person) or ABSENT if Item.CODE in says else OMITTED
        last = [
            (Item.ADDRESS, Cell("住所を定めた年月日", _day(one.settled, foreign=one.foreign), 3)),
            (Item.ADDRESS, Cell("届出年月日", _day(one.reported, foreign=one.foreign), 3)),
            (Item.NUMBER, Cell(NUMBER_LABEL, number, 3)),
            (Item.CODE, Cell(CODE_LABEL, code, 3)),
        ]
        rows = [self.domicile(one) if not one.foreign else self.foreign(one), last]
        if Item.QUALIFICATIONS in says:
            kinds = [found.kind for found in one.record.entered if found.group == "status_item"]
            held = "、".join(words for kind, words in STATUS_WORDS.items() if kind in kinds)
            rows.append([(Item.QUALIFICATIONS, Cell("資格等", held or ABSENT, WIDTH))])
        return rows

    def domicile(self, one: Known) -> list[tuple[Item, Cell]]:
        found = one.record.of("domicile")
        place, first = (found.items["place"], found.items["first_listed"]) if found else ("", "")
        return [
            (Item.DOMICILE, Cell("本籍", self.said(Item.DOMICILE, place), 8)),
            (Item.DOMICILE, Cell("筆頭者", self.said(Item.DOMICILE, first), 4)),
        ]

    def foreign(self, one: Known) -> list[tuple[Item, Cell]]:
        status = _one(one, "foreign_status")
        nation = country_name(status["nationality"], "ja")
        held = residence_status_name(status["status"] or "", "ja")
        ends = status["expires_on"]
        period = "、".join(
            filter(None, [status["period"], f"満了 {_day(ends, foreign=True)}" if ends else ""])
        )
        return [
            (Item.NATIONALITY, Cell("国籍・地域", self.said(Item.NATIONALITY, nation), 3)),
            (Item.STATUS, Cell("在留資格", self.said(Item.STATUS, held), 4)),
            (Item.PERIOD, Cell("在留期間等", self.said(Item.PERIOD, period), 5)),
        ]

    def ended(self, one: Known) -> list[list[tuple[Item, Cell]]]:
        items, until = one.residence.items, one.residence.until
        goes = items["went_to"] or items["going_to"]
        confirmed = "確定" if items["went_to"] else "予定"
        destination = self.place(goes) if goes else ABSENT
        if self.asked.kind is Certificate.MOVE_OUT:
            return [
                [(Item.ADDRESS, Cell("転出予定年月日", _day(until, foreign=one.foreign), WIDTH))],
                [(Item.ADDRESS, Cell("転出先（予定）", destination, WIDTH))],
            ]
        if one.removed_on is None or until is None:
            return []
        event = until - timedelta(days=1) if items["exit"] == "death" else until
        rows = [
            [
                (Item.ADDRESS, Cell("消除の事由", EXITS.get(items["exit"] or "", ABSENT), 4)),
                (Item.ADDRESS, Cell("異動年月日", _day(event, foreign=one.foreign), 4)),
                (Item.ADDRESS, Cell("消除年月日", _day(one.removed_on, foreign=one.foreign), 4)),
            ]
        ]
        if items["exit"] in ("move_out", "abroad"):
            rows.append([(Item.ADDRESS, Cell(f"転出先（{confirmed}）", destination, WIDTH))])
        return rows

    def said(self, item: Item, value: str) -> str:
        """A value that is said on request."""
        return OMITTED if item not in self.asked.says else value or ABSENT

    def relation(self, one: Known) -> str:
        found = one.record.of("membership")
        return worded(found.items["relation"], _one(one, "particulars")["sex"], "ja") if found else ""

    def address(self, one: Known) -> str:
        town = self.towns.get(self.asked.muni)
        return (f"{town.prefecture_name}{town.name}" if town else "") + self.town(one.address)

    def town(self, items: dict[str, Any]) -> str:
        building = f"　{items['building']}" if items["building"] else ""
        return f"{items['town']}{items['block']}{building}"

    def place(self, said: dict[str, Any]) -> str:
        """An address elsewhere, as `rules.moves.Place` has it."""
        town = self.towns.get(said.get("muni") or "")
        before = f"{town.prefecture_name}{town.name}" if town else ""
        country = said.get("country", "JPN")
        abroad = f"{country_name(country, 'ja')}　" if country != "JPN" else ""
        building = f"　{said['building']}" if said.get("building") else ""
        return f"{abroad}{before}{said.get('town', '')}{said.get('block', '')}{building}"


def _one(one: Known, group: str) -> dict[str, Any]:
    found = one.record.of(group)
    assert found is not None
    return found.items


def _day(day: date | None, *, foreign: bool) -> str:
    """A day as the record writes it: in eras, of a foreign resident in Western years (and whatever is before 1873)."""
    if day is None:
        return ABSENT
    if foreign or day < GREGORIAN_FROM:
        return f"{day.year}年{day.month}月{day.day}日"
    return format_long(day)


def _partial(day: PartialDate, *, foreign: bool) -> str:
    if day.earliest == date.min and not day.wording:
        return ABSENT
    return _day(day.earliest, foreign=foreign) if day.is_certain and not day.wording else day.text("ja")
