"""Wild households for property tests: every ground, every edge day, every kind of name, protected groups, missing heads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from enishi.benefits.rules.entitlement import Account, PersonFacts

REFERENCE = date(2020, 4, 27)
TOWNS = ("011002", "131016", "131024", "141003")
NEAR = st.integers(-3, 3).map(lambda days: REFERENCE + timedelta(days=days))
KANA = st.sampled_from(
    ["サトウ", "ショウコ", "キヨウコ", "キョウコ", "オーノ", "ヴァン", "ジュン", "ン", "ヂヅコ"]
)
HOLDERS = st.sampled_from(
    [
        "ｻﾄｳ ｼﾖｳｺ",
        "ｻﾄｳｼﾖｳｺ",
        "ｵ-ﾉ ｷﾖｳｺ",
        "ｳﾞｱﾝ ｼﾞﾕﾝ",
        "NGUYEN VAN-ANH",
        "ｸﾞｴﾝ ｱﾝ",
        "ｻﾄｳ.ｷﾖｳｺ",
        "ﾁﾞﾂﾞｺ",
        "(ｻﾄｳ)ﾝ",
        "ﾔﾏﾓﾄ ｱﾝ",
    ]
)


@st.composite
def member(draw: st.DrawFn) -> dict[str, Any]:
    """Columns of one person; `relation`, ids and municipality are set by the household."""
    left = draw(st.one_of(st.none(), NEAR))
    foreign = draw(st.booleans()) and draw(st.booleans())
    row: dict[str, Any] = {
        "birth_date": draw(st.one_of(NEAR, st.dates(date(1920, 1, 1), date(2020, 4, 1)))),
        "resident_from": draw(st.one_of(st.none(), st.none(), NEAR)),
        "resident_until": left,
        "exit": draw(st.sampled_from(["death", "abroad", "move_out"])) if left else None,
        "protected_muni": draw(st.sampled_from([None, None, None, None, *TOWNS])),
        "applied_on": draw(st.one_of(st.none(), st.dates(date(2020, 5, 1), date(2020, 12, 31)))),
        "surname_kana": None if foreign else draw(KANA),
        "given_kana": None if foreign else draw(KANA),
        "surname": None if foreign else "佐藤",
        "given": None if foreign else "翔子",
        "former_surname_kana": draw(st.one_of(st.none(), st.none(), KANA)),
        "latin_name": "NGUYEN VAN-ANH" if foreign else None,
        "latin_kana": draw(st.sampled_from([None, "グエン　アン"])) if foreign else None,
        "alias_kana": draw(st.sampled_from([None, "ヤマモト　アン", "ヤマモト・アン"])) if foreign else None,
        "nationality": "VNM" if foreign else "JPN",
    }
    if draw(st.booleans()):
        row |= {
            "bank": "0001",
            "branch": draw(st.sampled_from(["001", "004"])),
            "account_type": draw(st.sampled_from("124")),
            "account_number": f"{draw(st.integers(0, 9_999_999)):07}",
            "account_holder": draw(st.one_of(HOLDERS, st.just(None)))
            or _own_name(row),
        }  # fmt: skip
    return row


def _own_name(row: dict[str, Any]) -> str:
    from enishi.kernel.kana import bank_kana

    return bank_kana(row["latin_name"] or row["surname_kana"] + " " + row["given_kana"])


@st.composite
def nation(draw: st.DrawFn) -> list[dict[str, Any]]:
    """People of one to four households in up to four towns."""
    people: list[dict[str, Any]] = []
    for household in range(1, draw(st.integers(1, 4)) + 1):
        muni = draw(st.sampled_from(TOWNS))
        members = draw(st.lists(member(), min_size=1, max_size=5))
        head = draw(st.integers(-1, len(members) - 1))
        for place, row in enumerate(members):
            relation = "head" if place == head else "child"
            people.append(
                {
                    "person": len(people) + 1,
                    "household": household * 100,
                    "muni": muni,
                    "relation": relation,
                    **row,
                }
            )
    return people


def facts(
    row: dict[str, Any], declined: frozenset[int] = frozenset(), paid: frozenset[int] = frozenset()
) -> PersonFacts:
    """The oracle's view of one row of a snapshot."""
    given = row["given_kana"]
    surnames = [row["surname_kana"], row["former_surname_kana"]]
    names = [surname + given for surname in surnames if surname is not None and given is not None]
    names += [row[column] for column in ("alias_kana", "latin_name", "latin_kana") if row[column] is not None]
    return PersonFacts(
        person=row["person"],
        household=row["household"],
        muni=row["muni"],
        birth_date=row["birth_date"],
        relation=row["relation"],
        resident_from=row["resident_from"],
        resident_until=row["resident_until"],
        exit=row["exit"],
        protected_muni=row["protected_muni"],
        surname=row["surname"],
        given=row["given"],
        registered_kana=tuple(names),
        latin_name=row["latin_name"],
        postcode=row["postcode"],
        town=row["town"],
        account=Account(
            *(row[name] for name in "bank branch account_type account_number account_holder".split())
        )
        if row["bank"] is not None
        else None,
        applied_on=row["applied_on"],
        already_paid=row["person"] in paid,
        declined=row["person"] in declined,
    )
