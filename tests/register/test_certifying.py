"""Certificates as they leave the office: what stands on them, who is refused, that each is an act and can be checked."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation
from pypdf import PdfReader

from enishi.kernel.errors import BadInput, Disagreement, EnishiError
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, DutyKind, Reader, within
from enishi.register import certificate_codes as codes
from enishi.register import facts, services
from enishi.register.acts import corrections, departures, vital
from enishi.register.certificate_register import Verified
from enishi.register.certifying import Issued
from enishi.register.engines import certificate_typesetting, certificates
from enishi.register.models import (
    CertifiedPerson,
    IssuedCertificate,
    PersonName,
    VoidedCertificate,
)
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.certificate_reasons import Denied, Reason
from enishi.register.rules.reports import (
    Arrived,
    FamilyChange,
    FamilyNotice,
    ItemsCorrected,
    Leaving,
    NewName,
    Report,
)
from enishi.register.terms import (
    Asked,
    Certificate,
    Channel,
    Form,
    Handover,
    Identity,
    Item,
    Standing,
)
from enishi.register.vocabulary import NameKind
from enishi.site.commands import doctor
from tests.benefits.offices import officer
from tests.factories import CHIYODA, CHUO, YOKOHAMA
from tests.register.certified import (
    CHILD,
    CREDITOR,
    DEAD,
    FAMILY,
    FATHER,
    FLED,
    FOREIGNER,
    HOUSEHOLD,
    MOTHER,
    NOW,
    OFFICER,
    SELF,
    TODAY,
    WATANABE,
    YOKOHAMA_HOME,
    announced,
    asked,
    record,
    town,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
]
HERE = {"now": NOW, "today": TODAY}
ELSEWHERE = replace(OFFICER, muni=CHUO)


@pytest.fixture(autouse=True)
def _town(tmp_path: Path) -> None:
    town(tmp_path)


def cells(request: Asked, reader: Any = OFFICER, **when: Any) -> list[dict[str, str]]:
    """What a certificate would say of each person: label and value."""
    shown = services.preview_certificate(reader, request, **(HERE | when)).sheet
    common = {cell.label: cell.value for row in shown.common for cell in row}
    return [common | {cell.label: cell.value for row in part for cell in row} for part in shown.parts]


def issue(request: Asked, key: str = "k1", reader: Any = OFFICER, **when: Any) -> Issued:
    return services.issue_certificate(reader, request, key=key, **(HERE | when))


def refused(request: Asked, reader: Any = OFFICER, **when: Any) -> Reason:
    with pytest.raises(Denied) as caught:
        services.preview_certificate(reader, request, **(HERE | when))
    return caught.value.reason


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_copy_says_who_where_since_when_and_from_where_and_leaves_the_rest_to_the_switches() -> None:
    (said,) = cells(asked())
    assert said == {
        "住所": "東京都千代田区丸の内一丁目1番1号　縁ビル301",
        "世帯主": "省略",
        "氏名": f"{WATANABE}　𠮷髙",
        "性別": "男",
        "生年月日": "昭和55年1月1日",
        "続柄": "省略",
        "住民となった年月日": "令和2年4月1日",
        "住所を定めた年月日": "令和8年4月1日",
        "届出年月日": "令和8年4月1日",
        "転入前住所": "記載なし",
        "異動前住所": "千代田",
        "本籍": "省略",
        "筆頭者": "省略",
        "個人番号": "省略",
        "住民票コード": "省略",
    }


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (Item.RELATION, {"世帯主": f"{WATANABE}　𠮷髙", "続柄": "世帯主"}),
        (Item.DOMICILE, {"本籍": "東京都千代田区千代田一丁目1番", "筆頭者": f"{WATANABE}　𠮷髙"}),
        (Item.NUMBER, {"個人番号": "＊" * 12}),
        (Item.QUALIFICATIONS, {"資格等": "国民健康保険"}),
    ],
)
def test_each_switch_shows_its_own_item_and_nothing_else(item: Item, shown: dict[str, str]) -> None:
    without, within_ = cells(asked())[0], cells(asked(Certificate.COPY, item))[0]
    assert {label: value for label, value in within_.items() if without.get(label) != value} == shown


def test_a_household_stands_on_one_form_or_each_person_on_a_page() -> None:
    family = asked(Certificate.COPY, Item.RELATION, persons=(FATHER, MOTHER, CHILD), requester=HOUSEHOLD)
    said = cells(family)
    assert [one["続柄"] for one in said] == ["世帯主", "妻", "子"]
    assert said[1]["旧氏"] == "髙橋"
    assert issue(family).pages == 1
    alone = issue(replace(family, form=Form.INDIVIDUAL), "k2")
    assert alone.pages == 3
    pages = PdfReader(io.BytesIO(alone.pdf)).pages
    for number, given in enumerate(("𠮷髙", "花", "葵")):
        assert given in pages[number].extract_text()
        assert "丸の内一丁目" in pages[number].extract_text()


def test_a_certificate_of_recorded_items_says_the_chosen_ones_alone() -> None:
    chosen = asked(Certificate.ITEMS, Item.NAME, Item.ADDRESS, Item.BIRTH)
    (said,) = cells(chosen)
    assert set(said) == {"氏名", "生年月日", "住所", "住所を定めた年月日", "届出年月日"}
    assert "性別" not in text_of(issue(chosen).pdf)


def test_a_foreign_residents_copy_has_names_of_every_kind_western_dates_and_its_own_switches() -> None:
    alone = asked(muni=CHUO, office=CHUO, persons=(FOREIGNER,), requester=replace(SELF, person=FOREIGNER))
    (said,) = cells(alone, ELSEWHERE)
    assert said["氏名"] == "NGUYEN VAN ANH（阮文英）"
    assert said["通称"] == "山本　安"
    assert said["生年月日"] == "1980年1月1日"
    assert (said["国籍・地域"], said["在留資格"], said["在留期間等"]) == ("省略",) * 3
    assert "本籍" not in said
    switched = replace(alone, items=frozenset({Item.NATIONALITY, Item.STATUS, Item.PERIOD}))
    (said,) = cells(switched, ELSEWHERE)
    assert (said["国籍・地域"], said["在留資格"]) == ("VNM", "engineer")
    assert said["在留期間等"] == "5年、満了 2028年3月31日"
    assert refused(asked(Certificate.COPY, Item.PERIOD)) is Reason.NO_FOREIGNER


def test_a_wide_area_copy_is_issued_elsewhere_and_counted_there() -> None:
    wide = asked(
        Certificate.WIDE_AREA, Item.RELATION, office=CHUO, persons=(FATHER, CHILD), requester=HOUSEHOLD
    )
    assert [one["本籍"] for one in cells(wide, ELSEWHERE)] == ["省略"] * 2
    made = issue(wide, reader=ELSEWHERE)
    assert (made.office, made.serial) == (CHUO, 1)
    assert "東京都中央区長" in text_of(made.pdf)
    read = ReadRecord.objects.filter(subject=CHILD, answer=Answer.GIVEN.value).latest("id")
    assert (read.actor, read.article) == (f"resident:{FATHER}", "Basic Resident Register Act 12-4(1)")
    assert read.purpose == f"certificate: wide_area at {CHUO} by officer:1"
    (line,) = services.issued_certificates(ELSEWHERE, CHUO).rows
    assert (line.asked.persons, line.asked.requester.person) == ((), None)
    assert refused(wide) is Reason.NO_GROUND
    assert refused(replace(wide, persons=(1,)), ELSEWHERE) is Reason.NO_GROUND


def test_the_number_leaves_the_vault_by_its_article_once_and_stands_on_the_page_and_nowhere_else() -> None:
    request = asked(Certificate.COPY, Item.NUMBER)
    before = ReadRecord.objects.filter(items="individual_number").count()
    services.preview_certificate(OFFICER, request, **HERE)
    assert ReadRecord.objects.filter(items="individual_number").count() == before
    made = issue(request)
    revealed = ReadRecord.objects.filter(items="individual_number").latest("id")
    assert (revealed.subject, revealed.article, revealed.on_behalf_of) == (
        FATHER,
        "My Number Act 9(1); Basic Resident Register Act 12(1), 7(8-2)",
        f"resident:{FATHER}",
    )
    from enishi.number.services import Decision, reveal

    number = reveal(FATHER, Decision(True, "system:test", "to compare", "My Number Act 9(1)", muni=CHIYODA))
    assert number in text_of(made.pdf)
    assert number not in text_of(issue(asked(), "k2").pdf)
    row = IssuedCertificate.objects.get(muni=CHIYODA, serial=made.serial)
    assert number not in repr([getattr(row, field.attname) for field in row._meta.concrete_fields])


def test_a_number_that_nobody_has_and_a_code_that_is_not_held_are_refused() -> None:
    newborn = asked(Certificate.COPY, Item.NUMBER, persons=(3,), requester=replace(SELF, person=3))
    assert refused(newborn) is Reason.NO_NUMBER
    assert refused(asked(Certificate.COPY, Item.CODE)) is Reason.NO_CODE
    assert refused(replace(newborn, items=frozenset({Item.DOMICILE}))) is Reason.NO_DOMICILE


@pytest.mark.parametrize("kind", [Certificate.COPY, Certificate.REMOVED])
def test_protected_absent_and_unjustified_are_refused_alike(kind: Certificate) -> None:
    there = replace(OFFICER, muni=YOKOHAMA)
    husband = replace(SELF, standing=Standing.HOUSEHOLD, person=8)
    self_removed = replace(SELF, person=8)
    who = husband if kind is Certificate.COPY else self_removed
    texts = set()
    for person in (FLED, 987654321, FATHER):
        for requester in (who, CREDITOR):
            request = asked(kind, muni=YOKOHAMA, office=YOKOHAMA, persons=(person,), requester=requester)
            with pytest.raises(Denied) as caught:
                services.issue_certificate(there, request, key="x", **HERE)
            texts.add(str(caught.value))
            assert ReadRecord.objects.filter(subject=person).latest("id").answer == Answer.REFUSED.value
    assert len(texts) == 1
    assert not IssuedCertificate.objects.exists()


def test_a_protected_person_gets_their_own_at_a_counter_and_no_other_way() -> None:
    clerk = officer("clerk", DutyKind.REGISTER_OFFICER, YOKOHAMA)
    there = replace(OFFICER, actor=f"officer:{clerk}", muni=YOKOHAMA)
    own = asked(muni=YOKOHAMA, office=YOKOHAMA, persons=(FLED,), requester=replace(SELF, person=FLED))
    assert cells(own, there)[0]["氏名"] == "渡辺　恵"
    machine = replace(own.requester, identity=Identity.USER_CERTIFICATE)
    assert refused(replace(own, channel=Channel.STORE, requester=machine), there) is Reason.NO_GROUND
    signed = replace(own.requester, identity=Identity.SIGNATURE)
    assert refused(replace(own, channel=Channel.ONLINE, requester=signed), there) is Reason.NO_GROUND
    agent = replace(own.requester, standing=Standing.REPRESENTATIVE, name="代理", proof="委任状")
    assert refused(replace(own, requester=agent), there) is Reason.NO_GROUND
    both = replace(own, persons=(8, FLED), requester=replace(SELF, standing=Standing.HOUSEHOLD, person=8))
    assert refused(both, there) is Reason.NO_GROUND
    assert [one.person for one in services.certifiable(there, YOKOHAMA, 8, **HERE)] == [8]
    assert [one.person for one in services.certifiable(there, YOKOHAMA, FLED, **HERE)] == [FLED]


def test_a_resident_asks_online_and_at_a_terminal_for_their_own_household() -> None:
    resident = Reader(f"resident:{FATHER}", "certificate", "Basic Resident Register Act 12(1)")
    signed = replace(SELF, identity=Identity.SIGNATURE)
    online = asked(channel=Channel.ONLINE, requester=signed)
    assert issue(online, reader=resident).serial == 1
    wife = replace(online, persons=(MOTHER,), requester=replace(signed, standing=Standing.HOUSEHOLD))
    assert cells(wife, resident)[0]["氏名"] == f"{WATANABE}　花"
    terminal = replace(SELF, identity=Identity.USER_CERTIFICATE)
    assert cells(asked(channel=Channel.STORE, requester=terminal), resident)
    stranger = replace(resident, actor="resident:4")
    assert refused(online, stranger) is Reason.NO_GROUND


def test_another_municipalitys_person_and_office_are_refused() -> None:
    assert refused(asked(persons=(FOREIGNER,), requester=replace(SELF, person=FOREIGNER))) is Reason.NO_GROUND
    assert refused(asked(), ELSEWHERE) is Reason.NO_GROUND
    assert services.certifiable(ELSEWHERE, CHIYODA, FATHER, **HERE) == ()
    assert services.certifiable(OFFICER, CHIYODA, FOREIGNER, **HERE) == ()
    assert services.certifiable(OFFICER, CHIYODA, FATHER, wide_area=True, **HERE) == ()
    assert len(services.certifiable(ELSEWHERE, CHIYODA, FATHER, wide_area=True, **HERE)) == 3


def test_the_household_to_choose_from_is_read_and_recorded() -> None:
    found = services.certifiable(OFFICER, CHIYODA, MOTHER, **HERE)
    assert [(one.person, one.relation) for one in found] == [
        (MOTHER, "spouse"),
        (FATHER, "head"),
        (CHILD, "child"),
    ]
    assert {line.subject for line in ReadRecord.objects.filter(muni=CHIYODA)} >= {FATHER, MOTHER, CHILD}


def test_a_removed_record_says_when_and_why_it_ended_and_is_refused_once_150_years_are_over() -> None:
    there = ELSEWHERE
    own = asked(Certificate.REMOVED, muni=CHUO, office=CHUO, persons=(DEAD,), requester=CREDITOR)
    (said,) = cells(own, there)
    assert (said["消除の事由"], said["異動年月日"], said["消除年月日"]) == (
        "死亡",
        "令和2年4月26日",
        "令和2年4月27日",
    )
    assert said["住所"] == "東京都中央区築地"
    last = date(2170, 4, 27)
    assert cells(own, there, today=last)
    assert refused(own, there, today=last + timedelta(days=1)) is Reason.NO_LONGER_KEPT
    assert refused(replace(own, kind=Certificate.COPY), there) is Reason.GONE
    assert refused(asked(Certificate.REMOVED)) is Reason.STILL_HERE


def test_a_record_removed_by_an_act_counts_from_the_day_on_which_it_was_entered() -> None:
    ordered = Report(CHIYODA, _on(date(2026, 11, 1)), None, "officer:1", "died", NOW, TODAY)
    vital.leave(ordered, Leaving(Kind.DEATH, CHILD))
    later = NOW + timedelta(seconds=1)
    request = asked(Certificate.REMOVED, Item.RELATION, Item.DOMICILE, persons=(CHILD,), requester=CREDITOR)
    (said,) = cells(request, now=later)
    assert (said["異動年月日"], said["消除年月日"]) == ("令和8年11月1日", "令和8年11月23日")
    assert (said["続柄"], said["世帯主"]) == ("子", f"{WATANABE}　𠮷髙")


def _on(day: date) -> Any:
    from enishi.kernel.partial_date import PartialDate

    return PartialDate.of(day)


def test_a_move_out_certificate_holds_what_the_order_names_and_the_announced_destination() -> None:
    out = asked(Certificate.MOVE_OUT)
    assert refused(out) is Reason.NO_MOVE_OUT
    number = announced(date(2026, 12, 1))
    (said,) = cells(out)
    assert said["転出先（予定）"] == "神奈川県横浜市鶴見区鶴見中央2番3号"
    assert said["転出予定年月日"] == "令和8年12月1日"
    assert said["本籍"] == "東京都千代田区千代田一丁目1番"
    assert (said["資格等"], said["住民票コード"]) == ("国民健康保険", "記載なし")
    made = issue(out)
    assert made.handover is Handover.REQUESTER
    assert ReadRecord.objects.filter(items="individual_number", subject=FATHER).exists()
    assert cells(out, today=date(2026, 12, 5))[0]["転出予定年月日"] == "令和8年12月1日"
    notice = Report(CHIYODA, _on(date(2026, 12, 1)), None, "officer:1", "in", NOW, date(2026, 12, 5))
    departures.arrived(notice, Arrived(number, FAMILY, YOKOHAMA_HOME))
    assert refused(out, now=NOW + timedelta(seconds=1), today=date(2026, 12, 5)) is Reason.NO_MOVE_OUT


def test_partial_dates_keep_their_words_and_a_missing_head_is_not_passed_over() -> None:
    report = Report(CHIYODA, _on(TODAY), None, "officer:1", "born", NOW, TODAY)
    items = {
        "birth_date": date(1945, 5, 1),
        "birth_latest": date(1945, 5, 31),
        "birth_wording": "昭和20年5月頃",
    }
    corrections.correct_items(report, ItemsCorrected(FATHER, "particulars", items))
    assert cells(asked(), now=NOW + timedelta(seconds=1))[0]["生年月日"] == "昭和20年5月頃"


@pytest.mark.parametrize("form", list(Form))
def test_the_same_request_gives_the_same_bytes_and_a_lost_page_is_made_again(form: Form) -> None:
    request = asked(Certificate.COPY, Item.NUMBER, form=form)
    made = issue(request)
    assert issue(request) == made
    assert IssuedCertificate.objects.count() == 1
    assert services.reprint_certificate(OFFICER, CHIYODA, made.serial) == made
    later = Report(CHIYODA, _on(TODAY), TODAY, "officer:1", "later", NOW + timedelta(hours=1), TODAY)
    change = FamilyChange(FATHER, (NewName(NameKind.REGISTERED, "別", "名"),))
    vital.family_notice(replace(later, reported_on=None), FamilyNotice("name", (change,)))
    assert services.reprint_certificate(OFFICER, CHIYODA, made.serial) == made
    another = issue(request, "k2", now=NOW + timedelta(hours=2))
    assert (another.serial, another.code != made.code) == (made.serial + 1, True)
    assert "別" in text_of(another.pdf)


def test_a_page_that_cannot_be_made_as_it_was_is_never_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = issue(asked())
    monkeypatch.setattr(certificates, "HOW_TO_CHECK", "別の様式")
    with pytest.raises(Disagreement, match="cannot be printed again"):
        services.reprint_certificate(OFFICER, CHIYODA, made.serial)


def test_a_key_stands_for_one_request_and_a_number_for_one_certificate() -> None:
    issue(asked())
    with pytest.raises(Denied) as caught:
        issue(asked(Certificate.COPY, Item.RELATION))
    assert caught.value.reason is Reason.REDO
    for reader, serial in ((OFFICER, 99), (ELSEWHERE, 1)):
        with pytest.raises(Denied) as caught:
            services.reprint_certificate(reader, CHIYODA, serial)
        assert caught.value.reason is Reason.UNKNOWN


@pytest.mark.parametrize("model", [IssuedCertificate, CertifiedPerson, VoidedCertificate])
def test_an_issue_is_never_altered(model: Any) -> None:
    made = issue(asked())
    services.void_certificate(OFFICER, CHIYODA, made.serial, "誤り", NOW)
    for alter in (lambda rows: rows.update(muni=CHUO), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            alter(model._default_manager.all())


def test_anybody_checks_a_certificate_by_its_code_and_learns_nothing_personal() -> None:
    made = issue(asked())
    found = services.verify_certificate(made.code)
    assert found == Verified(Certificate.COPY, CHIYODA, "千代田区", "Chiyoda", TODAY, 1, False, None, None)
    wide = made.code.replace("-", " ").lower()
    assert services.verify_certificate(wide.translate(str.maketrans("01", "oi"))) is not None
    same = services.verify_certificate(made.code, made.pdf)
    assert same is not None
    assert same.same_file is True
    other = services.verify_certificate(made.code, made.pdf[:-1] + b"x")
    assert other is not None
    assert other.same_file is False


def test_a_forged_code_stands_for_nothing() -> None:
    made = issue(asked())
    last = codes.ALPHABET[(codes.ALPHABET.index(made.code[-1]) + 1) % 32]
    forged = [
        made.code[:-1] + last,
        CHUO + made.code[6:],
        made.code[:-1],
        made.code + "0",
        "",
        "x" * 10_000,
        "131016-UUUU-UUUU-UUUU-UUUU-UUUU",
        "１３１０１６" + "é" * 20,
        "' OR 1=1 --",
        "\x00" * 26,
    ]
    assert [services.verify_certificate(text, b"") for text in forged] == [None] * len(forged)


def test_the_table_holds_no_code_from_which_one_could_be_made() -> None:
    made = issue(asked())
    row = IssuedCertificate.objects.get(serial=made.serial)
    plain = made.code.replace("-", "")[6:]
    assert plain not in repr([getattr(row, field.attname) for field in row._meta.concrete_fields])
    assert len(plain) * 5 == 100
    assert len({codes.code_of(CHIYODA, number) for number in range(1, 500)}) == 499
    assert codes.code_of(CHIYODA, 1) != codes.code_of(CHUO, 1)


def test_a_certificate_issued_in_error_is_void_for_everybody() -> None:
    made = issue(asked())
    for serial, why, reason in (
        (made.serial, " ", Reason.NO_WHY),
        (9, "誤り", Reason.UNKNOWN),
    ):
        with pytest.raises(Denied) as caught:
            services.void_certificate(OFFICER, CHIYODA, serial, why, NOW)
        assert caught.value.reason is reason
    services.void_certificate(OFFICER, CHIYODA, made.serial, "別の方に交付した", NOW)
    found = services.verify_certificate(made.code, made.pdf)
    assert found is not None
    assert (found.void, found.voided_on, found.same_file) == (True, TODAY, True)
    with pytest.raises(Denied) as caught:
        services.void_certificate(OFFICER, CHIYODA, made.serial, "再び", NOW)
    assert caught.value.reason is Reason.VOID_ALREADY
    line = services.issued_certificate(OFFICER, CHIYODA, made.serial)
    assert (line.voided_at, line.voided_by, line.why_void) == (NOW, "officer:1", "別の方に交付した")


def test_the_offices_list_is_paged_newest_first_and_recorded() -> None:
    issue(asked())
    issue(asked(persons=(MOTHER,), requester=HOUSEHOLD), "k2")
    first = services.issued_certificates(OFFICER, CHIYODA, size=1)
    assert ([one.serial for one in first.rows], first.pages, first.total) == ([2], 2, 2)
    assert [one.serial for one in services.issued_certificates(OFFICER, CHIYODA, page=9, size=1).rows] == [1]
    mine = services.issued_certificates(OFFICER, CHIYODA, person=FATHER)
    assert [one.asked for one in mine.rows] == [asked()]
    read = ReadRecord.objects.filter(items="acts").latest("id")
    assert (read.subject, read.actor) == (FATHER, "officer:1")
    assert services.issued_certificates(ELSEWHERE, CHIYODA).rows == ()


def test_an_undrawn_character_is_refused_with_the_font_and_no_number_is_spent() -> None:
    with within(CHIYODA):
        act = record(CHIYODA, "odd")
        name = PersonName.objects.believed().get(muni=CHIYODA, person=FATHER, kind="registered")
        facts.restate(act, name, given="\U0001f9ff")
    later = NOW + timedelta(seconds=1)
    with pytest.raises(BadInput, match=r"no glyph for .* U\+1F9FF") as caught:
        issue(asked(), now=later)
    assert "IPAmjMincho" in str(caught.value)
    assert issue(asked(persons=(MOTHER,), requester=HOUSEHOLD), "k2", now=later).serial == 1


def test_where_setting_fails_nothing_is_issued_and_the_error_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certificates, "VERSION", "x")
    broken = {"title": "渡邉", "issuer": "x"}
    with pytest.raises(EnishiError, match="could not be set") as caught:
        certificate_typesetting.typeset(broken)
    assert "渡邉" not in str(caught.value)
    assert not IssuedCertificate.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("ja", "正当な目的"), ("en", "legitimate purpose")])
def test_a_refusal_is_said_in_the_readers_language(language: str, words: str) -> None:
    with translation.override(language), pytest.raises(Denied, match=words):
        services.preview_certificate(OFFICER, asked(persons=(987654321,)), **HERE)


def test_every_page_says_that_it_is_a_specimen_and_how_to_check_it() -> None:
    made = issue(asked())
    page = text_of(made.pdf)
    for words in (
        "見本SYNTHETIC",
        "公的な証明書ではありません",
        "notanofficialdocument",
        made.code,
        "/verify/",
        "第1号",
    ):
        assert words in page
    meta = PdfReader(io.BytesIO(made.pdf))
    assert meta.metadata is not None
    assert meta.metadata.title == "住民票の写し"
    root: Any = meta.trailer["/Root"]
    assert root["/Lang"] == "ja"
    assert root["/MarkInfo"]["/Marked"]


def test_the_moment_is_the_offices_own() -> None:
    """A certificate of one minute past midnight in Japan speaks of that day, whatever the day elsewhere."""
    early = datetime(2026, 11, 23, 15, 1, tzinfo=UTC)
    made = issue(asked(), now=early, today=date(2026, 11, 24))
    assert "令和8年11月24日" in text_of(made.pdf)
