"""Who sees which page: by duty and municipality; what is not one's own looks as if it did not exist."""

from __future__ import annotations

import pytest

from enishi.benefits.models import Adoption, MunicipalDecision, Publication, PublishedProgramme, Release, Run
from tests.benefits.offices import FLED, FLED_WITHOUT_ACCOUNT, PUSH
from tests.factories import YOKOHAMA
from tests.web.conftest import CHIYODA, CHUO, SAPPORO, Country, ask, browse

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PROGRAMME = f"/agency/programmes/{PUSH}/1/"
AGENCY = [
    "/agency/",
    "/agency/programmes/",
    PROGRAMME,
    PROGRAMME + "adoption/",
    "/agency/runs/",
    "/agency/releases/",
    "/agency/people/",
]
ACTS = [
    PROGRAMME + "publish/",
    PROGRAMME + "adoption/all/",
    PROGRAMME + "start/",
    "/agency/runs/{run}/resume/",
    "/agency/runs/{run}/publish/",
    "/agency/releases/{publication}/all/",
]
OFFICE = ["", "benefits/{publication}/", "benefits/{publication}/holds/", "benefits/{publication}/letters/", "benefits/{publication}/letters/1.pdf", "benefits/{publication}/files/", "benefits/{publication}/files/x.txt", "benefits/{publication}/decide/", "benefits/{publication}/release/", "people/", "people/1/", f"programmes/{PUSH}/1/adopt/"]  # fmt: skip


def counts() -> tuple[int, ...]:
    tables = (PublishedProgramme, Adoption, Run, Publication, MunicipalDecision, Release)
    return tuple(table.objects.count() for table in tables)


def test_a_visitor_is_asked_to_sign_in_and_comes_back(country: Country) -> None:
    for url in [*AGENCY, f"/office/{CHIYODA}/", "/agency/reads/"]:
        answer = browse(None).get(url)
        assert answer.status_code == 302
        assert answer.url == f"/sign-in/?next={url}"


def test_the_agency_pages_do_not_exist_for_a_municipality(country: Country) -> None:
    for user in (country.who.benefits[CHIYODA], country.who.accounting[CHIYODA], country.who.nobody):
        for url in [*AGENCY, "/agency/reads/", f"/agency/runs/{country.run}/", "/agency/people/1/"]:
            assert browse(user).get(url).status_code == 404, url


def test_an_auditor_reads_the_agency_pages_and_acts_on_none(country: Country, demonstration: None) -> None:
    auditor = browse(country.who.auditor)
    for url in AGENCY:
        assert auditor.get(url).status_code == 200, url
    before = counts()
    for url in ACTS:
        url = url.format(run=country.run, publication=country.publication)
        assert auditor.post(url).status_code == 403, url
    assert counts() == before


def test_an_act_of_the_agency_does_not_exist_for_a_municipality(
    country: Country, demonstration: None
) -> None:
    before = counts()
    for url in ACTS:
        url = url.format(run=country.run, publication=country.publication)
        assert browse(country.who.benefits[CHIYODA]).post(url).status_code == 404, url
    assert counts() == before


def test_reads_are_open_to_the_auditor_alone(country: Country) -> None:
    assert browse(country.who.auditor).get("/agency/reads/").status_code == 200
    assert browse(country.who.agency).get("/agency/reads/").status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
def test_another_municipality_and_one_that_does_not_exist_answer_alike(
    released: Country, language: str
) -> None:
    client = browse(released.who.benefits[CHIYODA], language)
    for path in OFFICE:
        path = path.format(publication=released.publication)
        bodies = set()
        for muni in (CHUO, SAPPORO, YOKOHAMA, "999999", "nowhere"):
            answer = client.get(f"/office/{muni}/{path}")
            assert answer.status_code == 404, answer.request["PATH_INFO"]
            text = answer.content.decode()
            bodies.add(text.split("<main")[1].split("</main>")[0])
            assert "SYNTHETIC" not in text
        assert len(bodies) == 1


def test_posting_to_another_municipality_changes_nothing(country: Country) -> None:
    before = counts()
    client = browse(country.who.benefits[CHIYODA])
    for path in ("decide/", "release/"):
        assert client.post(f"/office/{CHUO}/benefits/{country.publication}/{path}").status_code == 404
    assert client.post(f"/office/{YOKOHAMA}/programmes/{PUSH}/1/adopt/").status_code == 404
    assert counts() == before


def test_an_agency_officer_opens_no_municipal_office(country: Country) -> None:
    assert browse(country.who.agency).get(f"/office/{CHIYODA}/").status_code == 404


def test_an_auditor_reads_an_office_and_acts_on_nothing(country: Country) -> None:
    auditor = browse(country.who.auditor)
    office = f"/office/{CHIYODA}/benefits/{country.publication}/"
    for path in ("", "holds/", "letters/", "files/"):
        assert auditor.get(office + path).status_code == 200
    for path in ("decide/", "release/"):
        assert auditor.post(office + path).status_code == 403
    assert auditor.get(office + "letters/1.pdf").status_code == 403


def test_each_duty_of_an_office_opens_its_own_acts(released: Country) -> None:
    office = f"/office/{CHIYODA}/"
    benefit = f"{office}benefits/{released.publication}/"
    benefits, accounting = browse(released.who.benefits[CHIYODA]), browse(released.who.accounting[CHIYODA])
    register = browse(released.who.register)
    assert benefits.get(office + "people/").status_code == 200
    assert accounting.get(office + "people/").status_code == 403
    assert register.get(office + "people/").status_code == 403
    assert register.get(benefit).status_code == 403
    assert benefits.post(benefit + "release/").status_code == 403
    assert accounting.post(benefit + "decide/").status_code == 403
    assert accounting.get(benefit + "letters/1.pdf").status_code == 403


def test_bank_files_leave_only_with_the_accounting_officer_once_released(country: Country) -> None:
    from enishi.benefits import services

    by, another = country.who.benefits[CHIYODA], country.who.accounting[CHIYODA]
    own = services.municipal_result(by, country.publication, CHIYODA)
    base = f"/office/{CHIYODA}/benefits/{country.publication}/files/"
    url = base + own.files[0].name
    assert browse(another).get(url).status_code == 403
    services.decide(by, country.publication, CHIYODA, own.content_hash)
    services.release(another, country.publication, CHIYODA, own.content_hash)
    assert browse(by).get(url).status_code == 403
    answer = browse(another).get(url)
    content = b"".join(answer.streaming_content)
    assert len(content) == own.files[0].bytes
    assert content.startswith(b"1210")
    assert f"SYNTHETIC-{CHIYODA}" in answer["Content-Disposition"]
    foreign = services.municipal_result(country.who.benefits[CHUO], country.publication, CHUO).files
    for name in [*(file.name for file in foreign), "../manifest.json", "zengin/%2e%2e/manifest.json"]:
        assert browse(another).get(base + name).status_code in (403, 404), name


def test_a_protected_person_looks_absent_but_to_the_payer_and_the_auditor(released: Country) -> None:
    who = released.who
    answers = {}
    for person in (FLED, 987654321):
        client = browse(who.benefits[YOKOHAMA])
        ask(client, YOKOHAMA, person=str(person))
        answer = client.get(f"/office/{YOKOHAMA}/people/{person}/")
        assert answer.status_code == 403
        answers[person] = answer.content.decode().split("<main")[1].split("</main>")[0]
    assert answers[FLED] == answers[987654321]
    client = browse(who.benefits[YOKOHAMA])
    found = client.get(ask(client, YOKOHAMA, text="ワタナベ").url).content.decode()
    assert "渡辺 勇" in found
    assert "渡辺 恵" not in found
    assert "渡辺 海" not in found
    agency = browse(who.agency)
    ask(agency, text="ワタナベ")
    assert "渡辺 恵" not in agency.get("/agency/people/?results=1").content.decode()
    assert agency.get(f"/agency/people/{FLED}/").status_code == 403
    payer = browse(who.benefits[CHUO])
    ask(payer, CHUO, person=str(FLED_WITHOUT_ACCOUNT))
    shown = payer.get(f"/office/{CHUO}/people/{FLED_WITHOUT_ACCOUNT}/")
    assert shown.status_code == 200
    auditor = browse(who.auditor)
    ask(auditor, text="ワタナベ")
    assert "渡辺 恵" in auditor.get("/agency/people/?results=1").content.decode()
    assert auditor.get(f"/agency/people/{FLED}/").status_code == 200


def test_the_head_of_household_page_names_nobody_who_fled(released: Country) -> None:
    client = browse(released.who.benefits[YOKOHAMA])
    ask(client, YOKOHAMA, person="8")
    text = client.get(f"/office/{YOKOHAMA}/people/8/").content.decode()
    assert "渡辺 勇" in text
    for secret in ("渡辺 恵", "渡辺 海", "札幌", "中央区"):
        assert secret not in text


def test_a_form_without_its_token_is_refused(country: Country) -> None:
    client = browse(country.who.benefits[CHIYODA])
    client.handler.enforce_csrf_checks = True
    for url in (
        f"/office/{CHIYODA}/benefits/{country.publication}/decide/",
        "/language/",
        "/text-size/",
        "/sign-out/",
        f"/office/{CHIYODA}/people/",
    ):
        assert client.post(url, {"purpose": "enquiry"}).status_code == 403
    assert not MunicipalDecision.objects.exists()


def test_who_pays_for_the_state_has_an_office_of_the_state(country: Country) -> None:
    from enishi.platform.services import DutyKind
    from tests.benefits.offices import officer

    payer = browse(officer("state", DutyKind.ACCOUNTING_OFFICER, ""), "en")
    assert "The State: nothing waits for you" in payer.get("/office/STATE/").content.decode()
    assert payer.get("/").content.decode().count("/office/STATE/") == 1
    assert payer.get(f"/office/STATE/benefits/{country.publication}/").status_code == 403
    assert payer.get(f"/office/{CHIYODA}/").status_code == 404
    assert payer.get("/agency/").status_code == 404
    for user in (country.who.agency, country.who.benefits[CHIYODA]):
        assert browse(user).get("/office/STATE/").status_code == 404
