"""Support measures by their pages: filed, decided, renewed, changed, ended; and those who must not learn that there is a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from enishi.platform.services import Answer, DutyKind, deliver, handle, reads_by, reads_of
from enishi.register import services as register
from enishi.register.measure_messages import for_transfer, taken_over
from enishi.register.measure_reading import delivery_of
from enishi.register.models import SupportMeasure
from enishi.register.people import protected_among
from enishi.register.terms import By, Case, Harm, Mail, MeasureFile, MeasureState
from tests.benefits.offices import demonstration, officer, user
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA
from tests.web import BOTH
from tests.web.conftest import browse
from tests.web.markup import faults
from tests.web.movers import CHILD, FLED, HEAD, NEIGHBOUR, SMALL, SPOUSE, Movers, hidden, movers

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
LANGUAGES = ("ja", "en")
FILED = {
    "harm": "violence",
    "reason": "passport shown",
    "family": [str(CHILD), str(SMALL)],
    "covered": "",
    "against": [str(HEAD)],
    "others": "",
    "other_named": "山田 一郎",
    "agency": "police",
    "agency_name": "築地警察署",
    "given_on": "2026-01-05",
    "mail": "address",
    "postcode": "060-0001",
    "address": "北一条西2 支援センター気付",
    "to": "森田 恵子",
}
GRANTED = {"decision": "grant", "agency": "", "agency_name": "", "given_on": "", "reason": ""}


@pytest.fixture
def who(tmp_path: Path) -> Iterator[Movers]:
    with demonstration():
        yield movers(tmp_path / "nation")


def at(muni: str, *steps: str, query: str = "") -> str:
    return f"/office/{muni}/register/measures/" + "".join(f"{one}/" for one in steps) + query


def main(answer: Any) -> str:
    """What stands in the middle of a page, without what differs between any two answers."""
    text = answer.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r'value="[0-9a-f]{32}"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def again(text: str) -> dict[str, list[str]]:
    """The hidden fields of a page that asks to confirm."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text.split("<main")[1]
    ):
        if name not in ("csrfmiddlewaretoken", "quick"):
            found.setdefault(name, []).append(unescape(value))
    return found


def confirmed(client: Any, url: str, said: dict[str, Any]) -> Any:
    """Sends a form, looks at what it will do, and confirms it."""
    shown = client.get(url)
    assert shown.status_code == 200, url
    said = {"key": hidden(shown.content.decode(), "key"), **said}
    before = SupportMeasure.objects.count()
    preview = client.post(url, said | {"do": "preview"})
    assert preview.status_code == 200, re.findall(r'class="fault".*?</p>', preview.content.decode(), re.S)
    assert SupportMeasure.objects.count() == before, "a preview records nothing"
    return client.post(url, again(preview.content.decode()) | {"do": "confirm"})


def filed(who: Movers, **more: Any) -> str:
    """The spouse's filing against the head, by the pages; gives the case's name."""
    client = browse(who.officers[CHUO])
    url = at(CHUO, "new", query=f"?person={SPOUSE}")
    shown = client.get(url).content.decode()
    said = FILED | {"key": hidden(shown, "key"), "person": str(SPOUSE)} | more
    preview = client.post(at(CHUO, "new"), said | {"do": "preview"})
    assert preview.status_code == 200, re.findall(r'class="fault".*?</p>', preview.content.decode(), re.S)
    made = client.post(at(CHUO, "new"), again(preview.content.decode()) | {"do": "confirm"})
    assert made.status_code == 302, re.findall(r'class="fault".*?</p>', made.content.decode(), re.S)
    return str(made.url.split("/case/")[1].rstrip("/"))


def of(who: Movers, muni: str, measure: str) -> MeasureFile:
    from enishi.web.officer import Officer
    from enishi.web.register.measures.ground import ground

    clerk = Officer(who.officers[muni], "", "", (), timezone.localdate())
    found = register.measure_file(ground(clerk, muni), muni, measure)
    assert found is not None
    return found


def carried() -> None:
    while deliver() + handle():
        pass


def aged(measure: str, until: date) -> None:
    """The case as it will stand when its term ends on a day, written beside the page: time itself cannot be moved."""
    row = SupportMeasure.objects.current().get(muni=CHUO, measure=measure)
    said = {
        name: getattr(row, name)
        for name in (
            "harm",
            "filed_at",
            "served_by",
            "other_unnamed",
            "other_named",
            "opinion",
            "delivery",
            "hold_mail",
        )
    }
    now = timezone.now()
    SupportMeasure.objects.filter(pk=row.pk).update(superseded_at=now, superseded_by=row.version + 1)
    SupportMeasure.objects.create(
        muni=CHUO, measure=measure, version=row.version + 1, act="grant", actor="test", key=f"aged-{row.pk}",
        recorded_at=now, decided_at=row.filed_at, granted=True, until=until, **said,
    )  # fmt: skip


def test_a_filing_by_its_pages_closes_at_once_and_is_decided(who: Movers) -> None:
    client = browse(who.officers[CHUO])
    preview = client.post(at(CHUO, "new"), FILED | {"person": str(SPOUSE), "key": "a" * 32, "do": "preview"})
    page = preview.content.decode()
    for name in ("森田 恵子", "森田 翼", "森田 光", "森田 進", "山田 一郎", "築地警察署", "支援センター気付"):
        assert name in page
    assert not SupportMeasure.objects.filter(measure__startswith=CHUO).exists()
    measure = filed(who)
    case = of(who, CHUO, measure)
    assert (case.state, case.closes, case.decided_at) == (MeasureState.PROVISIONAL, True, None)
    assert set(protected_among([HEAD, SPOUSE, CHILD, SMALL])) == {SPOUSE, CHILD, SMALL}
    assert case.case.delivery == {
        "postcode": "0600001",
        "address": FILED["address"],
        "to": FILED["to"],
    }
    assert case.case.opinion is not None
    assert case.case.other_named == "山田 一郎"
    done = confirmed(client, at(CHUO, "decide", measure), GRANTED | {"agency": "police", "agency_name": "築地警察署", "given_on": "2026-01-05"})  # fmt: skip
    assert done.url == at(CHUO, "case", measure)
    assert of(who, CHUO, measure).state is MeasureState.IN_FORCE
    shown = client.get(done.url).content.decode()
    assert "提供中" not in shown
    assert at(CHUO, "notice", measure) in shown
    assert at(CHUO, "decide", measure) not in shown


def test_the_same_form_sent_twice_is_one_filing_and_one_decision(who: Movers) -> None:
    client = browse(who.officers[CHUO])
    said = FILED | {"person": str(SPOUSE), "key": "b" * 32, "do": "confirm"}
    urls = {client.post(at(CHUO, "new"), said).url for _again in range(2)}
    assert len(urls) == 1
    other = client.post(at(CHUO, "new"), said | {"harm": "stalking"})
    assert other.status_code == 422
    measure = urls.pop().split("/case/")[1].rstrip("/")
    decision = GRANTED | {"key": "c" * 32, "do": "confirm", "agency": "court", "agency_name": "東京地裁", "given_on": "2026-01-05"}  # fmt: skip
    for _again in range(2):
        assert client.post(at(CHUO, "decide", measure), decision).status_code == 302
    late = client.post(
        at(CHUO, "decide", measure), decision | {"key": "d" * 32, "decision": "refuse", "reason": "x"}
    )
    assert late.status_code == 422
    assert [act for act, *_ in of(who, CHUO, measure).acts] == ["file", "grant"]
    assert any(line.answer is Answer.REFUSED for line in reads_by(CHUO)), "the attempt is recorded"


def test_a_refusal_needs_its_reason_and_the_notice_says_it_with_the_way_of_review(who: Movers) -> None:
    client, measure = browse(who.officers[CHUO]), filed(who)
    url = at(CHUO, "decide", measure)
    assert client.post(url, GRANTED | {"decision": "refuse", "do": "preview"}).status_code == 422
    confirmed(client, url, GRANTED | {"decision": "refuse", "reason": "要件に当たりません"})
    case = of(who, CHUO, measure)
    assert (case.state, case.closes) == (MeasureState.REFUSED, False)
    letter = (
        client.get(at(CHUO, "notice", measure)).content.decode().split("<article")[1].split("</article>")[0]
    )
    assert "要件に当たりません" in letter
    assert "審査請求" in letter
    shown = client.get(at(CHUO, "case", measure)).content.decode()
    again_url = f"?person={SPOUSE}&amp;again={measure}"
    assert again_url in shown
    form = client.get(at(CHUO, "new", query=unescape(again_url))).content.decode()
    assert "山田 一郎" in form
    assert re.search(rf'value="{CHILD}"[^>]*checked', form)


def test_no_grant_without_an_opinion_or_an_order(who: Movers) -> None:
    measure = filed(who, agency="", agency_name="", given_on="")
    client = browse(who.officers[CHUO])
    refused = client.post(at(CHUO, "decide", measure), GRANTED | {"do": "confirm"})
    assert refused.status_code == 422
    assert of(who, CHUO, measure).state is MeasureState.PROVISIONAL


def test_a_measure_is_renewed_in_its_last_month_by_its_page(who: Movers) -> None:
    client, measure, today = browse(who.officers[CHUO]), filed(who), timezone.localdate()
    url = at(CHUO, "renew", measure)
    said = {"agency": "", "agency_name": "", "given_on": "", "reason": "新たな申出"}
    assert client.get(url).status_code == 302, "it is not granted yet"
    aged(measure, today + timedelta(days=60))
    assert client.get(url).status_code == 302
    early = client.post(url, said | {"key": "a" * 32, "do": "confirm"})
    assert early.status_code == 422
    assert "延長できるのは" in early.content.decode()
    aged(measure, today + timedelta(days=10))
    listed = client.get(at(CHUO, query="?state=ending")).content.decode()
    assert measure in listed
    assert at(CHUO, "case", measure) in client.get(f"/office/{CHUO}/register/").content.decode()
    confirmed(client, url, said)
    case = of(who, CHUO, measure)
    assert case.until is not None
    assert case.until > today + timedelta(days=365)
    assert case.state is MeasureState.IN_FORCE
    assert "延長" in client.get(at(CHUO, "notice", measure)).content.decode()


def test_a_change_adds_persons_and_mail_and_takes_nobody_out(who: Movers) -> None:
    client = browse(who.officers[CHUO])
    measure = filed(who, family=[str(CHILD)], mail="hold", postcode="", address="", to="")
    assert delivery_of(CHUO, SPOUSE, timezone.localdate()).mail is Mail.HELD
    url = at(CHUO, "change", measure)
    nothing = FILED | {"family": [], "against": [], "mail": "hold", "do": "confirm", "key": "e" * 32}
    assert client.post(url, nothing).status_code == 422
    done = confirmed(client, url, FILED | {"family": [str(SMALL)], "against": [], "others": str(NEIGHBOUR)})
    assert done.status_code == 302
    case = of(who, CHUO, measure).case
    assert (set(case.covered), set(case.other_parties)) == ({CHILD, SMALL}, {HEAD, NEIGHBOUR})
    assert delivery_of(CHUO, SPOUSE, timezone.localdate()).mail is Mail.DELIVERY_ADDRESS
    assert SMALL in protected_among([SMALL])
    swapped = client.post(url, FILED | {"family": [], "against": [], "others": str(CHILD), "do": "confirm", "key": "f" * 32})  # fmt: skip
    assert swapped.status_code == 422, "who is protected does not become the other party"


def test_a_filing_is_withdrawn_and_a_measure_ended_with_a_reason(who: Movers) -> None:
    client, measure = browse(who.officers[CHUO]), filed(who)
    url = at(CHUO, "end", measure)
    assert client.post(url, {"how": "request", "reason": " ", "do": "confirm"}).status_code == 422
    confirmed(client, url, {"how": "request", "reason": "本人が窓口で申し出た"})
    case = of(who, CHUO, measure)
    assert (case.state, case.closes) == (MeasureState.ENDED, False)
    page = client.get(at(CHUO, "case", measure)).content.decode()
    assert "request" not in page.split("<main")[1].split("</main>")[0]
    assert "本人が窓口で申し出た" in client.get(at(CHUO, "notice", measure)).content.decode()
    assert (
        client.post(url, {"how": "request", "reason": "x", "key": "a" * 32, "do": "confirm"}).status_code
        == 422
    )
    assert measure in client.get(at(CHUO, query="?state=ended")).content.decode()
    assert measure not in client.get(at(CHUO)).content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"harm": ""}, "harm"),
        ({"reason": ""}, "reason"),
        ({"against": [], "other_named": ""}, "other_named"),
        ({"against": [str(CHILD)]}, "against"),
        ({"others": str(SPOUSE)}, "others"),
        ({"covered": "12x"}, "covered"),
        ({"others": "-1"}, "others"),
        ({"family": [str(NEIGHBOUR)]}, "family"),
        ({"address": ""}, "address"),
        ({"postcode": "1"}, "postcode"),
        ({"mail": "elsewhere"}, "mail"),
        ({"agency": ""}, "agency"),
        ({"agency_name": ""}, "agency_name"),
        ({"given_on": "2999-01-01"}, "given_on"),
        ({"given_on": ""}, "given_on"),
    ],
)
def test_a_filing_that_cannot_be_says_where(who: Movers, wrong: dict[str, Any], field: str) -> None:
    for language in LANGUAGES:
        client = browse(who.officers[CHUO], language)
        said = FILED | {"person": str(SPOUSE), "key": "a" * 32} | wrong
        for do in ("preview", "confirm"):
            got = client.post(at(CHUO, "new"), said | {"do": do})
            assert got.status_code == 422
            assert f'id="id_{field}_error"' in got.content.decode()
            assert faults(got.content.decode(), language) == []
    assert not SupportMeasure.objects.filter(measure__startswith=f"{CHUO}-").exists()


def test_somebody_on_no_register_is_refused_and_the_attempt_recorded(who: Movers) -> None:
    client = browse(who.officers[CHUO])
    got = client.post(at(CHUO, "new"), FILED | {"person": str(SPOUSE), "key": "a" * 32, "others": "999999", "do": "confirm"})  # fmt: skip
    assert got.status_code == 422
    assert "999999" in got.content.decode()
    assert reads_by(CHUO)[0].answer is Answer.REFUSED


def test_somebody_who_fled_files_where_they_are(who: Movers) -> None:
    client = browse(who.officers[SAPPORO])
    said = FILED | {"person": str(SPOUSE), "key": "a" * 32, "family": [], "against": [], "covered": f"{CHILD}、 {SMALL}", "others": str(HEAD), "do": "preview"}  # fmt: skip
    preview = client.post(at(SAPPORO, "new"), said)
    text = main(preview)
    assert "中央区" not in text, "nothing is found out by filing about where somebody is"
    made = client.post(at(SAPPORO, "new"), again(preview.content.decode()) | {"do": "confirm"})
    assert made.status_code == 302
    carried()
    measure = made.url.split("/case/")[1].rstrip("/")
    page = browse(who.officers[CHUO]).get(at(CHUO, "case", measure))
    assert page.status_code == 200
    assert "写し" in main(page)
    assert "札幌市が" in main(page)
    for secret in ("支援センター", "060-0001", "築地警察署"):
        assert secret not in page.content.decode()
    assert "山田 一郎" in main(page), "desks compare it with who asks"
    shown = main(client.get(at(SAPPORO, "case", measure)))
    assert "中央区" not in shown
    assert measure in main(browse(who.officers[CHUO]).get(at(CHUO, query="?state=copies")))


class TestHostile:
    def test_another_municipalitys_case_and_none_answer_alike(self, who: Movers) -> None:
        measure = filed(who)
        stranger = browse(who.officers[SAPPORO])
        bodies = set()
        for name in (measure, "011002-9999", "x" * 64, "x" * 300, f"{measure}/{SAPPORO}", "taken-over"):
            for step in ("case", "notice", "decide", "renew", "change", "end"):
                got = stranger.get(at(SAPPORO, step, name))
                assert got.status_code == 404, (step, name)
                bodies.add(main(got))
                if step not in ("case", "notice"):
                    sent = stranger.post(
                        at(SAPPORO, step, name), GRANTED | {"do": "confirm", "key": "a" * 32}
                    )
                    assert sent.status_code == 404
                    bodies.add(main(sent))
        assert len(bodies) == 1
        assert of(who, CHUO, measure).state is MeasureState.PROVISIONAL
        tried = [line for line in reads_by(SAPPORO, 200) if line.purpose == "support_measures"]
        assert {line.answer for line in tried} == {Answer.REFUSED}
        assert len(tried) >= 36

    def test_an_officer_of_another_municipality_and_one_without_the_duty_are_turned_away_and_recorded(
        self, who: Movers
    ) -> None:
        measure = filed(who)
        foreign = browse(who.officers[SAPPORO])
        benefits = browse(officer("benefits", DutyKind.BENEFITS_OFFICER, CHUO))
        auditor = browse(officer("auditor-1", DutyKind.AUDITOR, ""))
        for client, status in (
            (foreign, 404),
            (benefits, 403),
            (auditor, 403),
            (browse(user("nobody")), 404),
        ):
            bodies = set()
            for steps in ((), ("new",), ("case", measure), ("case", "none"), ("notice", measure), ("end", measure), ("end", "none")):  # fmt: skip
                for got in (client.get(at(CHUO, *steps)), client.post(at(CHUO, *steps), {"do": "confirm"})):
                    assert got.status_code == status, steps
                    bodies.add(main(got))
            assert len(bodies) == 1
            before = reads_by(CHUO, 500)
            client.get(at(CHUO, "case", measure))
            after = reads_by(CHUO, 500)
            assert len(after) == len(before) + 1
            assert (after[0].answer, after[0].items) == (Answer.REFUSED, ("support_measure",))
        assert browse(None).get(at(CHUO, "case", measure)).status_code == 302
        assert browse(who.residents[HEAD]).get(at(CHUO, "case", measure)).status_code == 404

    def test_a_copy_is_read_and_not_acted_on(self, who: Movers) -> None:
        measure = register.file_measure(
            By(SAPPORO, "officer:1", "k-1", timezone.now(), "shown"),
            Case(SPOUSE, Harm.VIOLENCE, (CHILD,), (HEAD,)),
        )
        carried()
        client = browse(who.officers[CHUO])
        shown = main(client.get(at(CHUO, "case", measure)))
        for step in ("decide", "renew", "change", "end", "notice"):
            assert at(CHUO, step, measure) not in shown
        assert client.get(at(CHUO, "notice", measure)).status_code == 404
        for step, said in (
            ("decide", GRANTED | {"decision": "refuse", "reason": "x"}),
            ("end", {"how": "request", "reason": "x"}),
            ("renew", {"reason": "x", "agency": "", "agency_name": "", "given_on": ""}),
        ):
            assert client.get(at(CHUO, step, measure)).status_code == 302
            got = client.post(at(CHUO, step, measure), said | {"do": "confirm", "key": "a" * 32})
            assert got.status_code == 422
        assert of(who, CHUO, measure).closes

    def test_the_other_party_learns_nothing_from_own_pages(self, who: Movers) -> None:
        """Only what the gate withholds of others changes: no line of who asked, no word, no byte of the own record."""
        husband = browse(who.residents[HEAD])
        neighbour = browse(who.residents[NEIGHBOUR])

        def asked(client: Any) -> tuple[str, str]:
            return main(client.get("/my/asked/")), main(client.get("/my/record/"))

        before_lines = len(reads_of(NEIGHBOUR, 500))
        before = asked(neighbour)
        measure = filed(who, others=str(NEIGHBOUR))
        office = browse(who.officers[CHUO])
        for steps in (("case", measure), ("notice", measure), ("decide", measure), ("change", measure)):
            office.get(at(CHUO, *steps))
        office.get(at(CHUO))
        office.get(f"/office/{CHUO}/register/")
        after = asked(neighbour)
        assert len(reads_of(NEIGHBOUR, 500)) > before_lines + 2, "the office did read them"
        own = re.compile(r"[0-9]+")
        assert own.sub("", after[0]) == own.sub("", before[0])
        assert after[1] == before[1]
        for client in (husband, neighbour):
            for url in ("/my/", "/my/asked/", "/my/record/"):
                page = client.get(url).content.decode()
                for word in ("支援措置", "support_measure", "support measure", measure):
                    assert word not in page, url

    def test_the_other_partys_record_at_the_office_does_not_change_by_a_byte(self, who: Movers) -> None:
        office = browse(who.officers[CHUO])
        office.post(f"/office/{CHUO}/register/why/", {"purpose": "enquiry", "note": ""})

        def record(person: int) -> tuple[str, str]:
            return tuple(
                main(office.get(f"/office/{CHUO}/register/people/{person}/{part}"))
                for part in ("", "history/")
            )  # type: ignore[return-value]

        before = record(NEIGHBOUR)
        measure = filed(who, others=str(NEIGHBOUR))
        assert record(NEIGHBOUR) == before
        protected = record(SPOUSE)
        for page in protected:
            assert "支援措置" in page
            assert at(CHUO, "case", measure) in page
        act = main(office.get(f"/office/{CHUO}/register/acts/new/move_within/?person={SPOUSE}"))
        assert "居所を誰にも知らせないでください" in act
        assert "居所を誰にも知らせないでください" not in main(
            office.get(f"/office/{CHUO}/register/acts/new/move_within/?person={NEIGHBOUR}")
        )

    def test_naming_a_protected_person_of_elsewhere_finds_nothing_out(self, who: Movers) -> None:
        """An officer of a third municipality files with somebody who fled as if they were the other party."""
        office = browse(who.officers[CHIYODA])
        pages = []
        for number in (FLED, NEIGHBOUR):
            said = FILED | {"person": "1", "key": "a" * 32, "family": [], "against": [], "covered": "", "others": str(number)}  # fmt: skip
            preview = office.post(at(CHIYODA, "new"), said | {"do": "preview"})
            assert preview.status_code == 200
            pages.append(re.sub(rf"(?<!\d){number}(?!\d)", "", main(preview)))
        assert pages[0] == pages[1]
        made = office.post(at(CHIYODA, "new"), said | {"others": str(FLED), "do": "confirm"})
        shown = main(office.get(made.url))
        for place in ("札幌", "横浜", SAPPORO, YOKOHAMA):
            assert place not in shown
        got = office.get(at(CHIYODA, "new", query=f"?person={FLED}"))
        nobody = office.get(at(CHIYODA, "new", query="?person=777777"))
        assert re.sub(rf"(?<!\d){FLED}(?!\d)", "", main(got)) == re.sub("777777", "", main(nobody))

    def test_wild_addresses(self, who: Movers) -> None:
        client = browse(who.officers[CHUO])
        for person in ("", "0", "x", "-1", "9" * 30, "１２ ３４", "1 2"):
            assert client.get(at(CHUO, "new", query=f"?person={person}")).status_code == 422
        assert client.get(at(CHUO, "new", query=f"?person={SPOUSE}&again=none")).status_code == 404
        for query in ("?state=x", "?page=0", "?page=-1", "?page=9999999", "?page=x"):
            assert client.get(at(CHUO, query=query)).status_code == 200
        assert client.get(at(CHUO, "grant", "x")).status_code == 404


@pytest.mark.parametrize("language", BOTH)
def test_every_page_in_both_languages_shuts_nobody_out(who: Movers, language: str) -> None:
    client = browse(who.officers[CHUO], language)

    def sound(got: Any, status: int = 200) -> str:
        assert got.status_code == status
        text = str(got.content.decode())
        assert faults(text, language) == []
        return text

    for state in ("", "provisional", "awaiting", "ending", "in_force", "ended", "copies"):
        sound(client.get(at(CHUO, query=f"?state={state}")))
    sound(client.get(at(CHUO, "new")))
    sound(client.get(at(CHUO, "new", query=f"?person={SPOUSE}")))
    sound(client.get(at(CHUO, "new", query="?person=777777")))
    said = FILED | {"person": str(SPOUSE), "key": "a" * 32}
    preview = sound(client.post(at(CHUO, "new"), said | {"do": "preview"}))
    sound(client.post(at(CHUO, "new"), again(preview) | {"do": "back"}))
    measure = filed(who)
    sound(client.get(at(CHUO, "new", query=f"?person={SPOUSE}")))
    forms: list[tuple[str, dict[str, Any]]] = [
        ("change", FILED | {"family": [], "against": [], "others": str(NEIGHBOUR), "given_on": "2026-01-06"}),
        ("decide", GRANTED),
        ("renew", {"agency": "", "agency_name": "", "given_on": "", "reason": "asked"}),
        ("end", {"how": "ex_officio", "reason": "根拠消滅"}),
    ]
    for step, more in forms:
        if step == "renew":
            aged(measure, timezone.localdate() + timedelta(days=3))
        url = at(CHUO, step, measure)
        key = hidden(sound(client.get(url)), "key")
        preview = sound(client.post(url, more | {"key": key, "do": "preview"}))
        sound(client.post(url, {"key": key, "do": "preview"}), 422)
        assert client.post(url, again(preview) | {"do": "confirm"}).status_code == 302, step
        for page in ("case", *(("notice",) if step != "change" else ())):
            sound(client.get(at(CHUO, page, measure)))
        sound(client.get(at(CHUO)))
        sound(client.get(f"/office/{CHUO}/register/"))
    refused = filed(who)
    client.post(at(CHUO, "decide", refused), GRANTED | {"decision": "refuse", "reason": "理由", "do": "confirm", "key": "9" * 32})  # fmt: skip
    sound(client.get(at(CHUO, "notice", refused)))
    other = browse(who.officers[YOKOHAMA], language)
    (taken,) = (row.measure for row in SupportMeasure.objects.filter(muni=YOKOHAMA))
    sound(other.get(at(YOKOHAMA, "case", taken)))
    sapporo = browse(who.officers[SAPPORO], language)
    sound(sapporo.get(at(SAPPORO, "case", taken)))
    sound(sapporo.get(at(SAPPORO, query="?state=awaiting")))
    sound(sapporo.get(at(SAPPORO, "decide", taken)))


def test_the_list_turns_its_pages_and_keeps_its_filter(who: Movers, monkeypatch: pytest.MonkeyPatch) -> None:
    from enishi.web.register.measures import listing

    monkeypatch.setattr(listing, "SIZE", 2)
    now = timezone.now()
    for number in range(5):
        register.file_measure(
            By(CHUO, "officer:1", f"many-{number}", now + timedelta(seconds=number), "x"),
            Case(SPOUSE, Harm.STALKING, other_unnamed=True),
        )
    client = browse(who.officers[CHUO])
    seen = []
    for page in (1, 2, 3):
        text = client.get(at(CHUO, query=f"?state=provisional&page={page}")).content.decode()
        seen += re.findall(rf"/measures/case/({CHUO}-\d+)/", text)
        assert "state=provisional" in text
    assert len(seen) == len(set(seen)) == 5
    last = client.get(at(CHUO, query="?page=99")).content.decode()
    assert len(re.findall(rf"/measures/case/{CHUO}-\d+/", last)) == 1


def test_a_case_that_comes_with_a_move_is_decided_where_they_live_now(who: Movers) -> None:
    measure = filed(who)
    client = browse(who.officers[CHUO])
    confirmed(client, at(CHUO, "decide", measure), GRANTED)
    now = timezone.now()
    taken_over(SAPPORO, for_transfer(CHUO, [SPOUSE, CHILD, SMALL], now), now)
    carried()
    new = browse(who.officers[SAPPORO])
    assert measure in main(new.get(at(SAPPORO, query="?state=awaiting")))
    assert at(SAPPORO, "case", measure) in main(new.get(f"/office/{SAPPORO}/register/"))
    assert of(who, CHUO, measure).served_by == SAPPORO
    assert (
        client.post(at(CHUO, "end", measure), {"how": "request", "reason": "x", "do": "confirm"}).status_code
        == 422
    )
    preview = new.post(
        at(SAPPORO, "decide", measure), GRANTED | {"decision": "refuse", "reason": "要件", "do": "preview"}
    )
    assert "前の市区町村が決定した支援措置は" in main(preview)
    confirmed(new, at(SAPPORO, "decide", measure), GRANTED)
    assert of(who, SAPPORO, measure).state is MeasureState.IN_FORCE
    carried()
    assert of(who, CHUO, measure).until == of(who, SAPPORO, measure).until


def test_a_notice_says_where_nobody_lives_and_names_no_other_party(who: Movers) -> None:
    client, measure = browse(who.officers[CHUO]), filed(who)
    assert client.get(at(CHUO, "notice", measure)).status_code == 404, "nothing is decided"
    confirmed(client, at(CHUO, "decide", measure), GRANTED)
    letter = (
        client.get(at(CHUO, "notice", measure)).content.decode().split("<article")[1].split("</article>")[0]
    )
    assert "支援センター気付" in letter
    for secret in ("銀座", "森田 進", "山田 一郎", "築地警察署"):
        assert secret not in letter
    assert isinstance(of(who, CHUO, measure).decided_at, datetime)
