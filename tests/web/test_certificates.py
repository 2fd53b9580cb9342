"""Certificates on the pages: at the counter from the person to the paper, and the check that anybody makes."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from enishi.platform.services import DutyKind
from enishi.register import services
from enishi.register.certifying import Issued
from enishi.register.models import IssuedCertificate, VoidedCertificate
from enishi.site.commands import doctor
from enishi.web import officer as web_officer
from enishi.web.delivery import carry
from enishi.web.public import verify
from tests.benefits.offices import officer
from tests.factories import CHIYODA, CHUO, YOKOHAMA
from tests.register import certified
from tests.register.certified import CHILD, FATHER, FLED, MOTHER
from tests.web import BOTH
from tests.web.conftest import browse
from tests.web.markup import faults

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
]
LANGUAGES = ("ja", "en")
HERE = f"/office/{CHIYODA}/register/certificates/"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def clerk(tmp_path: Path) -> int:
    cache.clear()
    certified.town(tmp_path)
    return officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA)


def typed(**said: Any) -> dict[str, Any]:
    return {
        "person": FATHER,
        "kind": "copy",
        "persons": [FATHER],
        "items": ["relation"],
        "form": "household",
        "standing": "self",
        "identity": "card",
        "channel": "counter",
        "name": "",
        "purpose": "",
        "proof": "",
        "key": KEY,
        "preview": "1",
    } | said


def sound(answer: Any, language: str, status: int = 200) -> str:
    assert answer.status_code == status
    text = str(answer.content.decode())
    assert faults(text, language) == []
    return text


def made() -> Issued:
    """A certificate that is issued and handed over."""
    now = timezone.now()
    return services.issue_certificate(
        certified.OFFICER, certified.asked(), key="made", now=now, today=timezone.localdate()
    )


@pytest.mark.parametrize("language", BOTH)
def test_a_certificate_from_the_person_to_the_paper(clerk: int, language: str) -> None:
    client = browse(clerk, language)
    sound(client.get(HERE), language)
    sound(client.get(HERE + "new/"), language)
    text = sound(client.get(f"{HERE}new/?person={MOTHER}"), language)
    assert all(f'name="persons" value="{who}"' in text for who in (FATHER, MOTHER, CHILD))
    shown = client.post(HERE + "new/", typed(items=["relation", "number"]))
    text = sound(shown, language)
    assert "＊＊＊" in text
    repeated = dict.fromkeys(re.findall(r'<input type="hidden" name="(\w+)"', text), "")
    assert {"person", "kind", "persons", "items", "key"} <= set(repeated)
    assert not IssuedCertificate.objects.exists()
    said = typed(items=["relation", "number"], issue="1")
    del said["preview"]
    for _again in range(2):
        answer = client.post(HERE + "new/", said)
        assert answer.url == HERE + "1/"
    assert IssuedCertificate.objects.count() == 1
    sound(client.get(HERE + "1/"), language)
    sound(client.get(HERE), language)
    sound(client.get(f"{HERE}?person={FATHER}"), language)
    pdf = client.get(HERE + "1.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "SYNTHETIC" in pdf["Content-Disposition"]


@pytest.mark.parametrize("language", BOTH)
def test_what_the_law_refuses_stands_above_the_form_and_nothing_is_issued(clerk: int, language: str) -> None:
    client = browse(clerk, language)
    for wrong in (
        {"kind": "removed"},
        {"items": ["code"], "standing": "interested", "name": "x", "purpose": "x"},
        {"standing": "interested"},
        {"persons": [FATHER, CHILD]},
        {"kind": "wide_area"},
        {"persons": []},
        {"persons": [FLED]},
        {"identity": "signature"},
        {"key": "x"},
        {"kind": "nothing"},
    ):
        for step in ("preview", "issue"):
            said = typed(**wrong)
            said[step] = said.pop("preview")
            text = sound(client.post(HERE + "new/", said), language, 422)
            assert 'id="errors"' in text
    assert not IssuedCertificate.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shown_for_a_number_that_is_not_of_here(clerk: int, language: str) -> None:
    client = browse(clerk, language)
    bodies = set()
    for who in (5, 987654321):
        text = sound(client.get(f"{HERE}new/?person={who}"), language, 422)
        bodies.add(text.split("<main")[1].replace(str(who), "").split("</main>")[0])
    assert len({re.sub(r'value="[^"]*"', "", body) for body in bodies}) == 1
    for who in ("x", "9" * 40, "-1", "%", "0"):
        sound(client.get(HERE + "new/", {"person": who}), language, 422)


@pytest.mark.parametrize("language", BOTH)
def test_a_wide_area_copy_is_asked_answered_chosen_and_printed(
    clerk: int, language: str, demonstration: None
) -> None:
    there = browse(officer("chuo", DutyKind.REGISTER_OFFICER, CHUO), language)
    wide = f"/office/{CHUO}/register/certificates/wide-area/"
    sound(there.get(wide), language)
    said = {"holder": CHIYODA, "person": FATHER, "household": "household", "items": ["relation"]}
    said |= {"identity": "photo", "key": KEY}
    for wrong in (
        {"holder": "13101"},
        {"person": "x"},
        {"items": ["domicile"]},
        {"items": ["number"]},
        {"key": "x"},
    ):
        assert 'id="errors"' in sound(there.post(wide, said | wrong), language, 422)
    page = there.post(wide, said).url
    assert there.post(wide, said).url == page
    text = sound(there.get(page), language)
    assert all(f'name="persons" value="{who}"' in text for who in (FATHER, MOTHER, CHILD))
    chosen = {"persons": [FATHER, CHILD], "form": "household", "key": KEY}
    assert 'id="errors"' in sound(there.post(page, chosen | {"persons": [5], "preview": "1"}), language, 422)
    text = sound(there.post(page, chosen | {"preview": "1"}), language)
    assert "丸の内一丁目" in text
    assert "千代田一丁目1番" not in text
    for _again in range(2):
        assert there.post(page, chosen | {"issue": "1"}).url == f"/office/{CHUO}/register/certificates/1/"
    assert IssuedCertificate.objects.get().record_muni == CHIYODA
    sound(there.get(f"/office/{CHUO}/register/certificates/1/"), language)
    assert there.get(f"/office/{CHUO}/register/certificates/1.pdf").content.startswith(b"%PDF")
    sound(there.get(wide), language)
    here = browse(clerk, language)
    assert here.get(page).status_code == 404
    assert here.get(page.replace(CHUO, CHIYODA)).status_code == 404
    assert there.get(wide + "00000000-0000-0000-0000-000000000000/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_about_nobody_and_about_a_protected_person_look_alike(
    clerk: int, language: str, demonstration: None
) -> None:
    there = browse(officer("chuo", DutyKind.REGISTER_OFFICER, CHUO), language)
    wide, bodies = f"/office/{CHUO}/register/certificates/wide-area/", set()
    for number, (person, holder) in enumerate(((FLED, YOKOHAMA), (FATHER, YOKOHAMA), (987654321, YOKOHAMA))):
        said = {"holder": holder, "person": person, "household": "self", "identity": "card"}
        page = there.post(wide, said | {"key": f"{number:032x}"}).url
        text = sound(there.get(page), language)
        body = text.split("<main")[1].split("</main>")[0].replace(f">{person}<", "><")
        bodies.add(re.sub(r"\d{1,2}[:時]\d{2}分?", "", body))
    assert len(bodies) == 1
    assert ("正当な目的" if language == "ja" else "legitimate purpose") in bodies.pop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_waits_and_a_copy_is_printed_on_its_day_only(
    clerk: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = browse(officer("chuo", DutyKind.REGISTER_OFFICER, CHUO), language)
    wide = f"/office/{CHUO}/register/certificates/wide-area/"
    said = {"holder": CHIYODA, "person": FATHER, "household": "self", "identity": "card", "key": KEY}
    page = there.post(wide, said).url
    text = sound(there.get(page), language)
    assert 'name="persons"' not in text
    carry()
    assert 'name="persons"' in sound(there.get(page), language)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(web_officer.timezone, "localdate", lambda *_: tomorrow)
    text = sound(there.get(page), language)
    assert 'name="persons"' not in text


def test_certificates_are_open_to_the_offices_own_register_officers_alone(clerk: int) -> None:
    issued = made()
    other = browse(officer("other", DutyKind.REGISTER_OFFICER, CHUO))
    benefits = browse(officer("benefits", DutyKind.BENEFITS_OFFICER, CHIYODA))
    for path in ("", "new/", f"{issued.serial}/", f"{issued.serial}.pdf"):
        assert other.get(HERE + path).status_code == 404
        assert benefits.get(HERE + path).status_code == 403
        assert browse(None).get(HERE + path).status_code == 302
    assert other.get(f"/office/{CHUO}/register/certificates/{issued.serial}/").status_code == 403
    assert other.post(f"{HERE}{issued.serial}/void/", {"why": "x"}).status_code == 404
    assert not VoidedCertificate.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_issued_in_error_is_made_void_with_a_reason(clerk: int, language: str) -> None:
    issued = made()
    client = browse(clerk, language)
    client.post(f"{HERE}{issued.serial}/void/", {"why": " "})
    assert not VoidedCertificate.objects.exists()
    client.post(f"{HERE}{issued.serial}/void/", {"why": "別の方に交付した"})
    text = sound(client.get(f"{HERE}{issued.serial}/"), language)
    assert "別の方に交付した" in text
    sound(client.get(HERE), language)
    text = sound(browse(None, language).get(f"/verify/{issued.code}/"), language)
    assert ("無効です" if language == "ja" else "This certificate is void") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_anybody_checks_a_certificate_and_reads_nothing_of_anybody(clerk: int, language: str) -> None:
    issued, visitor = made(), browse(None, language)
    sound(visitor.get("/verify/"), language)
    for answer in (
        visitor.get(f"/verify/{issued.code}/"),
        visitor.post("/verify/", {"code": issued.code.lower().replace("-", "")}),
    ):
        text = sound(answer, language)
        assert ("交付されたものです" if language == "ja" else "This certificate was issued") in text
        assert not any(secret in text for secret in ("渡邉", "𠮷髙", "丸の内", f">{FATHER}<", issued.sha256))
    same, other = (
        "完全に一致します" if language == "ja" else "byte by byte.</strong>",
        "一致しません" if language == "ja" else "is not the one",
    )
    for content, words in ((issued.pdf, same), (issued.pdf + b"\n", other)):
        file = SimpleUploadedFile("x.pdf", content, "application/pdf")
        assert words in sound(visitor.post("/verify/", {"code": issued.code, "file": file}), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forged_code_and_one_that_is_none_answer_alike(clerk: int, language: str) -> None:
    issued, visitor = made(), browse(None, language)
    forged = issued.code[:-4] + ("0000" if not issued.code.endswith("0000") else "1111")
    bodies = set()
    for code in (forged, "x", "131016", "<script>"):
        text = sound(visitor.post("/verify/", {"code": code}), language)
        assert (
            "このコードの証明書はありません" if language == "ja" else "No certificate bears this code"
        ) in text
        bodies.add(re.sub(r'value="[^"]*"', "", text.split("<main")[1].split("</main>")[0]))
    assert len(bodies) == 1
    sound(visitor.post("/verify/", {"code": ""}), language, 422)
    sound(visitor.post("/verify/", {"code": "x" * 61}), language, 422)
    sound(visitor.get("/verify/" + "x" * 3000 + "/"), language)


def test_a_file_larger_than_any_certificate_is_not_compared(
    clerk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LARGEST_FILE", 10)
    file = SimpleUploadedFile("x.pdf", b"x" * 11, "application/pdf")
    assert browse(None).post("/verify/", {"code": "x", "file": file}).status_code == 422


def test_who_asks_too_often_waits(clerk: int) -> None:
    visitor = browse(None)
    answers = [visitor.get("/verify/x/").status_code for _ in range(verify.MOST + 1)]
    assert answers == [200] * verify.MOST + [429]
    answer = visitor.post("/verify/", {"code": made().code})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert faults(answer.content.decode(), "ja") == []
    assert visitor.get("/verify/").status_code == 200
    assert visitor.get("/verify/x/", REMOTE_ADDR="10.0.0.9").status_code == 200
