"""Why a person is paid or not, a municipality's own payments, and nobody's eyes on who fled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from enishi.benefits import services
from enishi.benefits.models import Publication
from enishi.kernel.errors import InUse, Refused
from enishi.platform.files import only_one
from enishi.platform.models import ReadRecord
from enishi.site.commands import doctor
from tests.benefits import offices
from tests.benefits.offices import FLED, FLED_WITHOUT_ACCOUNT, PUSH, Offices
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA

pytestmark = pytest.mark.django_db
WHY = "answering the person at the counter"
ABSENT = 987_654_321


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offices.computed(tmp_path_factory.mktemp("persons"))


@pytest.fixture
def who() -> Offices:
    return offices.offices()


@pytest.fixture
def book(run: Path, who: Offices) -> Publication:
    return offices.published(run, who)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def refusal(act: Callable[[], Any]) -> str:
    """The refusal exactly as its reader gets it."""
    with pytest.raises(Refused) as caught:
        act()
    return str(caught.value)


@pytest.mark.parametrize(
    ("person", "muni", "code", "grounds", "amount", "route"),
    [
        (1, CHIYODA, "E00", [], 100_000, "transfer"),
        (3, CHIYODA, "E00", [], 100_000, "transfer"),
        (6, CHUO, "R03", ["R03"], 0, None),
        (7, CHUO, "R01", ["R01"], 0, None),
        (10, SAPPORO, "R04", ["R04"], 0, None),
        (31, CHIYODA, "E00", [], 100_000, "held"),
        (33, CHIYODA, "E00", [], 100_000, "letter"),
    ],
)
def test_a_benefits_officer_reads_why_a_person_of_the_own_municipality_is_paid_or_not(
    who: Offices,
    book: Publication,
    person: int,
    muni: str,
    code: str,
    grounds: list[str],
    amount: int,
    route: str | None,
) -> None:
    found = services.decision_of_person(who.benefits[muni], book.pk, muni, person, WHY)
    assert (found.person, found.code, found.amount, found.entitled) == (person, code, amount, code == "E00")
    assert [ground.code for ground in found.grounds] == grounds
    assert all(ground.words and ground.law for ground in found.grounds)
    assert (found.payment.route if found.payment else None) == route
    assert found.words
    assert found.review
    assert found.legal_basis
    assert not found.protected


def test_the_payment_says_who_gets_it_and_what_is_to_be_done(who: Offices, book: Publication) -> None:
    child = services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 3, WHY).payment
    assert child is not None
    assert (child.payment, child.payee, child.payee_is_person) == (1, 1, False)
    assert (child.amount, child.persons, child.todo) == (300_000, 3, "")
    held = services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 31, WHY).payment
    assert held is not None
    assert held.reason == "A02"
    assert held.todo


def test_both_languages_say_it(who: Offices, book: Publication) -> None:
    english = services.decision_of_person(who.benefits[CHUO], book.pk, CHUO, 6, WHY)
    with translation.override("ja"):
        japanese = services.decision_of_person(who.benefits[CHUO], book.pk, CHUO, 6, WHY)
    assert english.words == "Died before the reference date"
    assert japanese.words == "基準日より前に亡くなった"
    assert english.title != japanese.title


def test_every_question_is_recorded_with_its_purpose_and_answer(who: Offices, book: Publication) -> None:
    services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 1, WHY)
    refusal(lambda: services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 5, WHY))
    given, refused = ReadRecord.objects.order_by("id")
    assert (given.actor, given.subject, given.answer) == (f"officer:{who.benefits[CHIYODA]}", 1, "given")
    assert (given.purpose, given.muni) == (WHY, CHIYODA)
    assert "Special Fixed Benefit" in given.article or "特別定額給付金" in given.article
    assert (refused.subject, refused.answer) == (5, "refused")


@pytest.mark.parametrize("purpose", ["", "   ", "purpose " * 16])
def test_nobody_is_read_without_a_purpose(who: Offices, book: Publication, purpose: str) -> None:
    with pytest.raises(Refused, match="purpose"):
        services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 1, purpose)


def test_another_municipalitys_person_gives_the_answer_of_one_who_does_not_exist(
    who: Offices, book: Publication
) -> None:
    ask = services.decision_of_person
    absent = refusal(lambda: ask(who.benefits[CHIYODA], book.pk, CHIYODA, ABSENT, WHY))
    assert refusal(lambda: ask(who.benefits[CHIYODA], book.pk, CHIYODA, 5, WHY)) == absent
    assert refusal(lambda: ask(who.benefits[CHIYODA], book.pk, CHUO, 5, WHY)) == absent
    assert refusal(lambda: ask(who.benefits[CHIYODA], book.pk, "999999", 5, WHY)) == absent
    assert refusal(lambda: ask(who.benefits[CHIYODA], book.pk, "", 1, WHY)) == absent
    assert refusal(lambda: ask(who.benefits[CHIYODA], book.pk + 1000, CHIYODA, 1, WHY)) == absent
    for stranger in (who.accounting[CHIYODA], who.register, who.nobody):
        assert refusal(lambda officer=stranger: ask(officer, book.pk, CHIYODA, 1, WHY)) == absent


@pytest.mark.parametrize(("fled", "payer"), [(FLED, SAPPORO), (FLED_WITHOUT_ACCOUNT, CHUO)])
def test_who_fled_is_seen_only_by_the_paying_municipality_and_the_auditor(
    who: Offices, book: Publication, fled: int, payer: str
) -> None:
    ask = services.decision_of_person
    absent = refusal(lambda: ask(who.benefits[YOKOHAMA], book.pk, YOKOHAMA, ABSENT, WHY))
    for muni in offices.TOWNS:
        officer = who.benefits[muni]
        if muni == payer:
            found = ask(officer, book.pk, muni, fled, WHY)
            assert found.protected
            assert found.payment is not None
            assert found.payment.payer == payer
        else:
            assert (
                refusal(lambda officer=officer, muni=muni: ask(officer, book.pk, muni, fled, WHY)) == absent
            )
            assert refusal(lambda officer=officer: ask(officer, book.pk, payer, fled, WHY)) == absent
    assert refusal(lambda: ask(who.agency, book.pk, "", fled, WHY)) == absent
    assert refusal(lambda: ask(who.accounting[payer], book.pk, payer, fled, WHY)) == absent
    assert ask(who.auditor, book.pk, "", fled, WHY).protected


def test_a_refusal_about_who_fled_is_recorded_like_any_other(who: Offices, book: Publication) -> None:
    for person in (FLED, ABSENT):
        refusal(
            lambda person=person: services.decision_of_person(
                who.benefits[YOKOHAMA], book.pk, YOKOHAMA, person, WHY
            )
        )
    first, second = ReadRecord.objects.order_by("id").values(
        "actor", "muni", "purpose", "article", "items", "answer"
    )
    assert first == second


def test_nothing_that_the_municipality_of_registration_reads_names_where_they_are(
    who: Offices, book: Publication
) -> None:
    """Sapporo and Chuo pay for people of Yokohama; Yokohama's officers see one sum and no name of either."""
    for officer in (who.benefits[YOKOHAMA], who.accounting[YOKOHAMA]):
        shown = services.municipal_result(officer, book.pk, YOKOHAMA)
        assert shown.figures.paid_elsewhere_yen == 200_000
        read = [
            asdict(shown) | {"publication": None, "content_hash": ""},
            *(asdict(row) for row in services.holds(officer, book.pk, YOKOHAMA).rows),
            *(asdict(row) for row in services.letter_list(officer, book.pk, YOKOHAMA).rows),
        ]
        spouse = services.decision_of_person(who.benefits[YOKOHAMA], book.pk, YOKOHAMA, 8, WHY)
        text = str(read) + str(asdict(spouse))
        for secret in (SAPPORO, CHUO, "札幌", "Sapporo", "Chuo", "渡辺　恵", "渡辺　海", "D1"):
            assert secret not in text
        assert str(FLED_WITHOUT_ACCOUNT) not in [
            str(row.payment) for row in services.letter_list(officer, book.pk, YOKOHAMA).rows
        ]


def test_the_paying_municipality_hands_the_letter_over_and_has_no_address(
    who: Offices, book: Publication
) -> None:
    letters = services.letter_list(who.benefits[CHUO], book.pk, CHUO)
    assert [(letter.payment, letter.delivery, letter.town, letter.postcode) for letter in letters.rows] == [
        (FLED_WITHOUT_ACCOUNT, "office", "", "")
    ]


@pytest.mark.parametrize("listed", [services.holds, services.letter_list, services.letter_volumes])
def test_lists_are_open_to_the_own_officers_and_the_auditor_only(
    who: Offices, book: Publication, listed: Callable[..., Any]
) -> None:
    for officer in (who.benefits[CHIYODA], who.accounting[CHIYODA], who.auditor):
        listed(officer, book.pk, CHIYODA)
    absent = refusal(lambda: listed(who.benefits[CHIYODA], book.pk, "999999"))
    for stranger in (who.agency, who.benefits[CHUO], who.register, who.nobody):
        assert refusal(lambda officer=stranger: listed(officer, book.pk, CHIYODA)) == absent


def test_holds_say_why_and_show_what_to_compare(who: Offices, book: Publication) -> None:
    page = services.holds(who.benefits[CHIYODA], book.pk, CHIYODA)
    assert {hold.payment: hold.code for hold in page.rows} == {31: "A02", 32: "H01", 35: "H02"}
    named = {hold.payment: hold for hold in page.rows}
    assert named[31].names == ("大野　誠", "オオノ　マコト")
    assert named[31].account_holder == "ﾎｶﾉ ﾋﾄ"
    assert named[35].payee is None
    assert named[35].names == ()
    assert all(hold.words and hold.todo for hold in page.rows)
    only = services.holds(who.benefits[CHIYODA], book.pk, CHIYODA, reason="H01")
    assert [hold.payment for hold in only.rows] == [32]
    assert ReadRecord.objects.filter(subject=31, answer="given", muni=CHIYODA).count() == 1


def test_lists_come_in_pages(who: Offices, book: Publication) -> None:
    first = services.holds(who.benefits[CHIYODA], book.pk, CHIYODA, number=1, size=2)
    last = services.holds(who.benefits[CHIYODA], book.pk, CHIYODA, number=99, size=2)
    assert ([hold.payment for hold in first.rows], first.total, first.pages) == ([31, 32], 3, 2)
    assert ([hold.payment for hold in last.rows], last.number) == ([35], 2)


def test_a_bank_file_leaves_only_once_released_and_only_to_the_accounting_officer(
    who: Offices, book: Publication, run: Path
) -> None:
    shown = services.municipal_result(who.accounting[CHIYODA], book.pk, CHIYODA)
    name = shown.files[0].name
    with pytest.raises(Refused, match="once it is released"):
        services.bank_file(who.accounting[CHIYODA], book.pk, CHIYODA, name)
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, shown.content_hash)
    services.release(who.accounting[CHIYODA], book.pk, CHIYODA, shown.content_hash)
    assert services.bank_file(who.accounting[CHIYODA], book.pk, CHIYODA, name) == run / name
    assert set(ReadRecord.objects.values_list("subject", flat=True)) == {1, 4}
    absent = refusal(lambda: services.bank_file(who.accounting[CHIYODA], book.pk, CHIYODA, "zengin/nothing"))
    others = f"zengin/{CHUO}/{Path(name).name}"
    assert (run / others).exists()
    for officer, file in (
        (who.benefits[CHIYODA], name),
        (who.auditor, name),
        (who.agency, name),
        (who.accounting[CHUO], name),
        (who.accounting[CHIYODA], others),
        (who.accounting[CHIYODA], f"zengin/{CHIYODA}/../../manifest.json"),
        (who.accounting[CHIYODA], "manifest.json"),
        (who.accounting[CHIYODA], "/etc/passwd"),
    ):
        assert (
            refusal(lambda officer=officer, file=file: services.bank_file(officer, book.pk, CHIYODA, file))
            == absent
        )


@pytest.mark.skipif(
    not doctor.fonts().there, reason="fonts for letters are not installed: see `enishi doctor`"
)
def test_letters_are_printed_once_and_every_reader_is_recorded(who: Offices, book: Publication) -> None:
    assert [
        volume.letters for volume in services.letter_volumes(who.benefits[CHIYODA], book.pk, CHIYODA)
    ] == [1]
    file = services.letters_pdf(who.benefits[CHIYODA], book.pk, CHIYODA, 1)
    assert file.read_bytes().startswith(b"%PDF")
    made = file.stat().st_mtime_ns
    assert services.letters_pdf(who.benefits[CHIYODA], book.pk, CHIYODA, 1) == file
    assert file.stat().st_mtime_ns == made
    assert ReadRecord.objects.filter(subject=33, answer="given").count() == 2
    assert file.parents[2].stat().st_mode & 0o077 == 0
    file.unlink()
    with only_one(file.parent, "printing"), pytest.raises(InUse, match="being set right now"):
        services.letters_pdf(who.benefits[CHIYODA], book.pk, CHIYODA, 1)
    for volume in (0, 2, -1):
        with pytest.raises(Refused):
            services.letters_pdf(who.benefits[CHIYODA], book.pk, CHIYODA, volume)
    with pytest.raises(Refused):
        services.letters_pdf(who.accounting[CHIYODA], book.pk, CHIYODA, 1)
    with pytest.raises(Refused):
        services.letters_pdf(who.benefits[CHUO], book.pk, CHIYODA, 1)


def test_a_municipalitys_sums_are_spelled_out_and_hold(who: Offices, book: Publication) -> None:
    for muni in offices.TOWNS:
        shown = services.municipal_result(who.auditor, book.pk, muni)
        assert len(shown.equations) == 6
        assert all(equation.holds for equation in shown.equations)
        assert (
            sum(reason.count for reason in shown.reasons if reason.kind == "decision")
            == shown.figures.persons
        )
    assert services.municipal_result(who.auditor, book.pk, SAPPORO).figures.paid_for_others_yen == 100_000


def test_the_nations_result_adds_up_and_both_engines_agree(who: Offices, book: Publication) -> None:
    shown = services.result(who.agency, book.run_id)
    assert shown.total.persons == 15
    assert sum(part.figures.persons for part in shown.prefectures) == 15
    assert [part.prefecture for part in shown.prefectures] == ["01", "13", "14"]
    assert all(equation.holds for equation in shown.equations)
    assert all(agreement.equal and len(agreement.first) == 64 for agreement in shown.agreements)
    assert (
        sum(kind.files for kind in shown.kinds)
        == len(list(Path(book.run.folder).rglob("*.parquet"))) + 1 + shown.bank_files_compared
    )
    assert services.verify_run(who.auditor, book.run_id) == []
    for stranger in (who.benefits[CHIYODA], who.nobody):
        for act in (services.result, services.verify_run, services.differences, services.progress):
            with pytest.raises(Refused):
                act(stranger, book.run_id)


def test_an_altered_run_is_found_by_verifying(who: Offices, tmp_path: Path) -> None:
    run = offices.computed(tmp_path)
    row = offices.recorded(run, who.agency)
    file = next((run / "zengin" / CHIYODA).iterdir())
    data = bytearray(file.read_bytes())
    data[120 + 85] ^= 1
    file.write_bytes(bytes(data))
    found = services.verify_run(who.agency, row.pk)
    assert found
    assert found[0].table == "zengin"
    assert CHIYODA in found[0].what


def test_before_a_result_is_published_a_municipality_sees_none(who: Offices) -> None:
    assert services.publications(who.benefits[CHIYODA]) == []
    with pytest.raises(Refused):
        services.municipal_result(who.benefits[CHIYODA], 1, CHIYODA)
    assert PUSH in [offered.name for offered in services.programmes(who.benefits[CHIYODA])]
    with pytest.raises(Refused):
        services.programmes(who.nobody)


def test_a_programme_on_application_says_who_did_not_apply_with_every_ground_that_stands(
    who: Offices, tmp_path: Path
) -> None:
    book = offices.published(offices.computed(tmp_path, offices.AS_APPLIED), who)
    late = services.decision_of_person(who.benefits[CHIYODA], book.pk, CHIYODA, 1, WHY)
    assert (late.code, late.amount, late.payment) == ("N01", 0, None)
    dead = services.decision_of_person(who.benefits[CHUO], book.pk, CHUO, 6, WHY)
    assert dead.code == "R03"
    assert [ground.code for ground in dead.grounds] == ["R03", "N01"]
    assert "three months" in dead.grounds[1].law
    shown = services.programme(who.benefits[CHUO], offices.AS_APPLIED, 1)
    assert "N01" in [exclusion.code for exclusion in shown.exclusions]


def test_who_fled_and_is_paid_nothing_is_a_person_like_any_other_of_the_register(
    who: Offices, tmp_path: Path
) -> None:
    """Nobody pays them, so nothing about a payer can leak; their own municipality may say why."""
    book = offices.published(offices.computed(tmp_path, offices.AS_APPLIED), who)
    found = services.decision_of_person(who.benefits[YOKOHAMA], book.pk, YOKOHAMA, FLED, WHY)
    assert (found.code, found.protected, found.payment) == ("N01", False, None)
    with pytest.raises(Refused):
        services.decision_of_person(who.benefits[SAPPORO], book.pk, SAPPORO, FLED, WHY)
