"""Certificates on a resident's own pages: one question a page, everything in words, signed once, fetched for a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from enishi.platform.services import DutyKind, link_person
from enishi.register import services, terms
from enishi.register.measures import By
from enishi.register.models import CertificateDecision, CertificateRequest, IssuedCertificate
from enishi.register.vocabulary import Harm
from enishi.site.commands import doctor
from enishi.web.resident import who
from tests.benefits.offices import officer, user
from tests.factories import CHIYODA, CHUO, YOKOHAMA
from tests.register import certified
from tests.register.certified import CHILD, FATHER, FLED, MOTHER
from tests.web import BOTH
from tests.web.conftest import browse
from tests.web.markup import faults
from tests.web.movers import hidden

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.usefixtures("demonstration"),
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
]
LANGUAGES = ("ja", "en")
MINE, NEW = "/my/certificates/", "/my/certificates/new/"
OFFICE = f"/office/{CHIYODA}/register/certificates/"
HUSBAND = 8


@dataclass(frozen=True)
class People:
    """Account ids: of residents by person, of the office's clerk."""

    residents: dict[int, int]
    clerk: int


@pytest.fixture
def people(tmp_path: Path) -> People:
    cache.clear()
    certified.town(tmp_path)
    residents = {}
    for one in (FATHER, MOTHER, CHILD, FLED, HUSBAND):
        residents[one] = user(f"resident-{one}")
        link_person(residents[one], one)
    return People(residents, officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA))


def sound(answer: Any, language: str, status: int = 200) -> str:
    assert answer.status_code == status, answer
    text = str(answer.content.decode())
    assert faults(text, language) == []
    return text


def answer(client: Any, **more: Any) -> str:
    """Answers every question; gives the address of the last page."""
    url = client.post(NEW, {"again": "1"}).url
    answers: dict[str, dict[str, Any]] = {
        "kind": {"kind": "copy"},
        "who": {"who": [FATHER, CHILD]},
        "items": {"items": ["relation"]},
        "form": {"form": "household"},
    } | more
    while not url.endswith("/check/"):
        step = url.rstrip("/").rpartition("/")[2]
        got = client.post(url, answers[step])
        assert got.status_code == 302, (step, re.findall(r'class="fault".*?</p>', got.content.decode(), re.S))
        url = got.url
    return str(url)


def sign(client: Any, url: str) -> Any:
    """Signs what is on the last page."""
    return client.post(url, {"key": hidden(client.get(url).content.decode(), "key"), "agree": "1"})


def ask(client: Any, **more: Any) -> str:
    """Asks for a certificate; gives the address of its page."""
    return str(sign(client, answer(client, **more)).url)


def confirm(people: People, page: str, language: str = "ja") -> Any:
    number = page.rstrip("/").rpartition("/")[2]
    clerk = browse(people.clerk, language)
    return clerk.post(f"{OFFICE}requests/{number}/", {"how": "video", "note": "運転免許証"})


@pytest.mark.parametrize("language", BOTH)
def test_a_certificate_from_the_first_question_to_the_paper(people: People, language: str) -> None:
    client = browse(people.residents[FATHER], language)
    for url in ("/my/", MINE, NEW):
        sound(client.get(url), language)
    url = client.post(NEW, {"again": "1"}).url
    for step, said in (
        ("kind", {"kind": "copy"}),
        ("who", {"who": [FATHER, CHILD]}),
        ("items", {"items": ["relation", "domicile"]}),
        ("form", {"form": "individual"}),
    ):
        assert url == f"{NEW}{step}/"
        sound(client.get(url), language)
        url = client.post(url, said).url
    text = sound(client.get(url), language)
    for words in ("渡邉", "千代田一丁目1番", "丸の内一丁目"):
        assert words in text
    assert ("手数料" if language == "ja" else "No fee is charged here.") in text
    sound(client.post(url, {"key": hidden(text, "key")}), language, 422)
    assert not CertificateRequest.objects.exists()
    page = sign(client, url).url
    text = sound(client.get(page), language)
    assert ".pdf" not in text
    assert client.get(page.rstrip("/") + ".pdf").status_code == 403
    clerk = browse(people.clerk, language)
    for path in ("", "requests/"):
        sound(clerk.get(OFFICE + path), language)
    number = page.rstrip("/").rpartition("/")[2]
    sound(clerk.get(f"{OFFICE}requests/{number}/"), language)
    sound(clerk.post(f"{OFFICE}requests/{number}/", {"how": ""}), language, 422)
    assert confirm(people, page, language).url == f"{OFFICE}1/"
    for path in ("1/", f"requests/{number}/", "requests/"):
        sound(clerk.get(OFFICE + path), language)
    text = sound(client.get(page), language)
    assert page.rstrip("/") + ".pdf" in text
    first, again = (client.get(page.rstrip("/") + ".pdf") for _ in range(2))
    assert first.content == again.content
    assert first.content.startswith(b"%PDF")
    assert first["Content-Disposition"].startswith('attachment; filename="SYNTHETIC-certificate-')
    assert "no-store" in first["Cache-Control"]
    for url in (MINE, "/my/", "/my/asked/"):
        sound(client.get(url), language)
    made = services.verify_certificate(_code(first.content))
    assert made is not None
    assert made.kind is terms.Certificate.COPY


def _code(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    text = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    found = re.search(r"確認コード(\d{6}(?:-[0-9A-Z]{4}){5})", text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", BOTH)
def test_recorded_items_are_asked_without_the_name_which_is_always_said(
    people: People, language: str
) -> None:
    client = browse(people.residents[FATHER], language)
    url = client.post(NEW, {"again": "1"}).url
    url = client.post(url, {"kind": "items"}).url
    url = client.post(url, {"who": [FATHER]}).url
    text = sound(client.get(url), language)
    for item in ("number", "code", "name", "nationality"):
        assert f'value="{item}"' not in text
    sound(client.post(url, {"items": []}), language, 422)
    for item in ("number", "code", "nationality", "everything"):
        sound(client.post(url, {"items": ["birth", item]}), language, 422)
    url = client.post(url, {"items": ["birth"]}).url
    text = sound(client.get(url), language)
    assert "昭和55年1月1日" in text
    assert "丸の内一丁目" not in text
    page = sign(client, url).url
    sound(client.get(page), language)
    row = CertificateRequest.objects.get()
    assert (row.items, row.standing) == (["birth", "name"], "self")


def test_a_second_click_a_replayed_post_and_an_older_window_ask_once(people: People) -> None:
    client = browse(people.residents[FATHER])
    check = answer(client)
    said = {"key": hidden(client.get(check).content.decode(), "key"), "agree": "1"}
    first = client.post(check, said)
    assert first.status_code == 302
    assert client.post(check, said).url == NEW
    newer = answer(client, who={"who": [FATHER]})
    assert client.post(newer, said).url == check
    assert CertificateRequest.objects.count() == 1
    confirm(people, first.url)
    assert confirm(people, first.url).url == f"{OFFICE}1/"
    assert (IssuedCertificate.objects.count(), CertificateDecision.objects.count()) == (1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_persons_of_elsewhere_absent_and_protected_ones_cannot_be_chosen(
    people: People, language: str
) -> None:
    client = browse(people.residents[HUSBAND], language)
    url = client.post(NEW, {"again": "1"}).url
    url = client.post(url, {"kind": "copy"}).url
    text = sound(client.get(url), language)
    assert "渡辺　恵" not in text
    bodies = set()
    for person in (FLED, FATHER, 987654321):
        text = sound(client.post(url, {"who": [person]}), language, 422)
        bodies.add(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text.split("<main")[1]))
    assert len(bodies) == 1
    for person in ("x", "1 OR 1=1", "-1", "9" * 40):
        sound(client.post(url, {"who": [person]}), language, 422)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_protected_resident_is_refused_by_the_one_ground_and_nothing_is_asked(
    people: People, language: str
) -> None:
    client = browse(people.residents[FLED], language)
    check = answer(client, who={"who": [FLED]})
    text = sound(client.get(check), language, 422)
    assert ("正当な目的" if language == "ja" else "legitimate purpose") in text
    assert "鶴見" not in text
    key = client.session["enishi_certificate_draft"]["key"]
    sound(client.post(check, {"key": key, "agree": "1"}), language, 422)
    assert not CertificateRequest.objects.exists()


def test_a_session_that_was_forged_gains_nothing(people: People) -> None:
    client = browse(people.residents[FATHER])
    answer(client)
    session = client.session
    session["enishi_certificate_draft"] |= {"who": [MOTHER, FLED], "items": ["number"]}
    session.save()
    assert client.get(NEW + "check/").url == NEW + "who/"
    session = client.session
    session["enishi_certificate_draft"] |= {"who": [FATHER], "items": ["number"]}
    session.save()
    assert client.get(NEW + "check/").url == NEW + "items/"
    session["enishi_certificate_draft"] |= {"person": MOTHER}
    session.save()
    assert client.get(NEW + "check/").url == NEW


def test_another_residents_certificate_does_not_exist(people: People) -> None:
    client = browse(people.residents[FATHER])
    page = ask(client)
    confirm(people, page)
    number = page.rstrip("/").rpartition("/")[2]
    nobody = f"{MINE}{CHIYODA}/00000000-0000-0000-0000-000000000000"
    elsewhere = [f"{MINE}{muni}/{number}" for muni in (CHUO, "999999", "x", "' OR 1=1 --")]
    wife = browse(people.residents[MOTHER])
    for url in (page.rstrip("/"), nobody, *elsewhere):
        assert [wife.get(url + end).status_code for end in ("/", ".pdf")] == [404, 404], url
        assert wife.post(url + "/withdraw/").status_code == 404
    assert [client.get(url + ".pdf").status_code for url in (nobody, *elsewhere)] == [404] * 5
    clerk = browse(people.clerk)
    assert [clerk.get(url).status_code for url in (MINE, NEW, page, page.rstrip("/") + ".pdf")] == [404] * 4
    visitor = browse(None)
    assert visitor.get(page.rstrip("/") + ".pdf").status_code == 302
    assert client.get(f"{MINE}{CHIYODA}/1/").status_code == 404
    assert client.get(page + "withdraw/").status_code == 405


def test_requests_are_open_to_the_offices_own_register_officers_alone(people: People) -> None:
    page = ask(browse(people.residents[FATHER]))
    number = page.rstrip("/").rpartition("/")[2]
    other = browse(officer("other", DutyKind.REGISTER_OFFICER, CHUO))
    benefits = browse(officer("benefits", DutyKind.BENEFITS_OFFICER, CHIYODA))
    resident = browse(people.residents[FATHER])
    said = {"how": "video", "note": ""}
    for path in ("requests/", f"requests/{number}/"):
        assert other.get(OFFICE + path).status_code == 404
        assert benefits.get(OFFICE + path).status_code == 403
        assert resident.get(OFFICE + path).status_code == 404
    assert other.post(f"{OFFICE}requests/{number}/", said).status_code == 404
    assert other.post(f"/office/{CHUO}/register/certificates/requests/{number}/", said).status_code == 404
    assert benefits.post(f"{OFFICE}requests/{number}/decline/", {"why": "x"}).status_code == 403
    assert resident.post(f"{OFFICE}requests/{number}/", said).status_code == 404
    assert not CertificateDecision.objects.exists()


@pytest.mark.parametrize("language", BOTH)
def test_what_is_declined_or_taken_back_is_said_so(people: People, language: str) -> None:
    client, clerk = browse(people.residents[FATHER], language), browse(people.clerk, language)
    page = ask(client)
    number = page.rstrip("/").rpartition("/")[2]
    clerk.post(f"{OFFICE}requests/{number}/decline/", {"why": " "})
    assert not CertificateDecision.objects.exists()
    clerk.post(f"{OFFICE}requests/{number}/decline/", {"why": "お電話がつながりませんでした。"})
    assert "お電話がつながりませんでした" in sound(client.get(page), language)
    sound(clerk.get(f"{OFFICE}requests/{number}/"), language)
    sound(clerk.post(f"{OFFICE}requests/{number}/", {"how": "video"}), language, 422)
    second = ask(client)
    client.post(second + "withdraw/")
    sound(client.get(second), language)
    client.post(page + "withdraw/")
    assert [one.outcome for one in CertificateDecision.objects.order_by("id")] == ["declined", "withdrawn"]
    sound(client.get(MINE), language)
    assert not IssuedCertificate.objects.exists()


@pytest.mark.parametrize("language", BOTH)
def test_after_thirty_days_and_when_void_nothing_is_handed_out(
    people: People, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(people.residents[FATHER], language)
    page, void = ask(client), ask(client, who={"who": [FATHER]})
    for one in (page, void):
        confirm(people, one)
    browse(people.clerk).post(f"{OFFICE}2/void/", {"why": "誤り"})
    sound(client.get(void), language)
    assert client.get(void.rstrip("/") + ".pdf").status_code == 403
    today = timezone.localdate()
    for days, status in ((30, 200), (31, 403)):
        monkeypatch.setattr(who.timezone, "localdate", lambda *_, days=days: today + timedelta(days=days))
        assert client.get(page.rstrip("/") + ".pdf").status_code == status
        text = sound(client.get(page), language)
        assert (".pdf" in text) is (status == 200)
        sound(client.get(MINE), language)


def test_a_measure_filed_after_the_issue_closes_the_paper_at_once(people: People) -> None:
    client = browse(people.residents[FATHER])
    page = ask(client)
    confirm(people, page)
    assert client.get(page.rstrip("/") + ".pdf").status_code == 200
    case = terms.Case(CHILD, Harm.CHILD_ABUSE, other_parties=(FATHER,))
    services.file_measure(By(CHIYODA, "officer:1", "m1", timezone.now()), case)
    assert client.get(page.rstrip("/") + ".pdf").status_code == 403
    assert "葵" not in client.get(page).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_child_and_somebody_who_left_are_told_what_to_do(people: People, language: str) -> None:
    child = browse(people.residents[CHILD], language)
    text = sound(child.get(NEW), language)
    assert 'name="again"' not in text
    child.post(NEW, {"again": "1"})
    assert child.get(NEW + "kind/").url == NEW
    dead = user("resident-6")
    link_person(dead, certified.DEAD)
    gone = browse(dead, language)
    text = sound(gone.get(NEW), language)
    assert 'name="again"' not in text
    sound(gone.get(MINE), language)


def test_what_the_counter_gave_stands_on_the_list(people: People) -> None:
    now = timezone.now()
    services.issue_certificate(
        certified.OFFICER, certified.asked(), key="made", now=now, today=timezone.localdate()
    )
    text = browse(people.residents[FATHER]).get(MINE).content.decode()
    assert "第1号" in text
    assert "第1号" not in browse(people.residents[MOTHER]).get(MINE).content.decode()
    assert YOKOHAMA not in text
