"""Who is entitled and who is paid: the edge days of the law, as worked examples that a lawyer can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from enishi.benefits.engines.programme_files import load
from enishi.benefits.rules.entitlement import Account, PersonFacts, decide, last_day_to_apply
from enishi.benefits.rules.payment import payments_of
from enishi.kernel.errors import BadInput

PUSH, _ = load("special-fixed-benefit-2020")
APPLIED, _ = load("special-fixed-benefit-2020-as-applied")
EXAMPLES = yaml.safe_load(
    (Path(__file__).parent / "examples" / "special-fixed-benefit.yaml").read_text(encoding="utf-8")
)
START = date(2020, 5, 25)


def person(number: int = 1, **known: Any) -> PersonFacts:
    plain = {"household": 1, "muni": "131016", "birth_date": date(1980, 1, 1), "relation": "head"}
    return PersonFacts(number, **(plain | known))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["case"] for example in EXAMPLES])
def test_worked_example(example: dict[str, Any]) -> None:
    programme = APPLIED if example.get("programme") == "as-applied" else PUSH
    assert decide(person(**example["person"]), programme, START).grounds == tuple(example["grounds"])


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2020, 5, 25), 3, date(2020, 8, 24)),
        (date(2020, 5, 1), 3, date(2020, 7, 31)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2019, 11, 29), 3, date(2020, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2020, 12, 1), 1, date(2020, 12, 31)),
    ],
)
def test_three_months_end_the_day_before_the_corresponding_day(start: date, months: int, last: date) -> None:
    assert last_day_to_apply(start, months) == last


def test_a_protected_mother_and_child_are_paid_together_and_apart_from_the_head() -> None:
    household = [
        person(1),
        person(2, relation="spouse", protected_muni="011002", birth_date=date(1985, 1, 1)),
        person(3, relation="child", protected_muni="011002", birth_date=date(2015, 1, 1)),
    ]
    head, apart = payments_of(household, {one.person: decide(one, PUSH, START) for one in household}, PUSH)
    assert (head.payer, head.payee, head.persons, head.protected) == ("131016", 1, 1, False)
    assert (apart.payer, apart.payee, apart.persons, apart.amount, apart.protected) == (
        "011002",
        2,
        2,
        200_000,
        True,
    )


def test_a_household_whose_head_fled_or_is_missing_is_held() -> None:
    fled = [person(1, protected_muni="011002"), person(2, relation="spouse")]
    found = {
        one.payment: one for one in payments_of(fled, {p.person: decide(p, PUSH, START) for p in fled}, PUSH)
    }
    assert (found[2].route, found[2].reason, found[2].payee) == ("held", "H02", None)
    assert found[1].protected
    orphaned = [person(2, relation="spouse")]
    (alone,) = payments_of(orphaned, {2: decide(orphaned[0], PUSH, START)}, PUSH)
    assert (alone.route, alone.reason) == ("held", "H02")


def test_a_head_who_died_after_the_day_is_held_for_the_successor() -> None:
    household = [person(1, resident_until=date(2020, 5, 3), exit="death"), person(2, relation="spouse")]
    (held,) = payments_of(household, {one.person: decide(one, PUSH, START) for one in household}, PUSH)
    assert (held.route, held.reason, held.persons) == ("held", "H01", 2)


def test_two_heads_stop_the_run() -> None:
    household = [person(1), person(2)]
    with pytest.raises(BadInput, match="two heads"):
        payments_of(household, {one.person: decide(one, PUSH, START) for one in household}, PUSH)


def test_a_declining_head_still_receives_for_the_family() -> None:
    household = [person(1, declined=True), person(2, relation="child")]
    (paid,) = payments_of(household, {one.person: decide(one, PUSH, START) for one in household}, PUSH)
    assert (paid.payee, paid.persons, paid.amount, paid.payment) == (1, 1, 100_000, 2)


@pytest.mark.parametrize(
    ("holder", "names", "route"),
    [
        ("ｷﾖｳｺ ｻﾄｳ", ("サトウキョウコ",), "held"),
        ("ｻﾄｳ ｷﾖｳｺ", ("サトウキョウコ",), "transfer"),
        ("ﾀｶﾊｼ ｷﾖｳｺ", ("サトウキョウコ", "タカハシキョウコ"), "transfer"),
        ("NGUYEN VAN ANH", ("NGUYEN VAN ANH", "グエンヴァンアン"), "transfer"),
        ("ｸﾞｴﾝｳﾞｱﾝｱﾝ", ("NGUYEN VAN ANH", "グエン　ヴァン　アン"), "transfer"),
        ("ｵﾉ ｼﾞﾕﾝ", ("オーノジュン",), "transfer"),
        ("ｵｵﾉ ｼﾞﾕﾝ", ("オーノジュン",), "held"),
    ],
)
def test_a_holder_may_be_the_payee_under_any_registered_name(
    holder: str, names: tuple[str, ...], route: str
) -> None:
    payee = person(1, account=Account("0001", "001", "1", "0000001", holder), registered_kana=names)
    (payment,) = payments_of([payee], {1: decide(payee, PUSH, START)}, PUSH)
    assert payment.route == route
