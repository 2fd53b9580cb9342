"""Legacy characters chosen by an officer, registered forms on every page, and the count of what could not be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from enishi.kernel.errors import BadInput
from enishi.names import legacy
from enishi.names.engines.characters import drawn, font_path
from enishi.names.engines.identifying import Candidate, as_png
from enishi.names.models import LegacyCharacter, LegacyChoice
from enishi.platform.services import DutyKind
from enishi.site.commands import doctor
from tests.benefits import offices
from tests.factories import CHIYODA, CHUO
from tests.web.conftest import browse
from tests.web.markup import faults

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not doctor.mincho().there, reason="IPAmj Mincho is not installed: see `enishi doctor`"
    ),
]
PAGE = f"/office/{CHIYODA}/register/characters/"
NABE = "邊\U000e010b"


@pytest.fixture
def officer() -> Client:
    client = browse(offices.officer("moji", DutyKind.REGISTER_OFFICER, CHIYODA))
    picture = as_png(drawn(NABE, font_path(), 48))
    candidates = [Candidate("MJ026204", NABE, 0.97), Candidate("MJ026200", "邊", 0.91)]
    legacy.take_legacy(CHIYODA, [("U+E000", picture, candidates), ("U+E001", picture, [])])
    return client


def test_an_officer_chooses_takes_back_and_chooses_again(officer: Client) -> None:
    for language in ("ja", "en"):
        officer.cookies["django_language"] = language
        assert faults(officer.get(PAGE).content.decode(), language) == []
    text = officer.get(PAGE).content.decode()
    assert "MJ026204" in text
    assert "/glyphs/MJ026200.svg#form" in text
    assert officer.post(PAGE, {"code": "U+E000", "form": "MJ026204"}).status_code == 302
    assert legacy.municipal_table(CHIYODA) == {"U+E000": NABE}
    assert "moji" in officer.get(PAGE + "?show=chosen").content.decode()
    assert "U+E000" not in officer.get(PAGE).content.decode()
    officer.post(PAGE + "?show=chosen", {"code": "U+E000", "back": "1", "form": "MJ026204"})
    assert legacy.municipal_table(CHIYODA) == {}
    officer.post(PAGE, {"code": "U+E001", "form": "", "other": "MJ026200"})
    assert legacy.municipal_table(CHIYODA) == {"U+E001": "邊"}
    assert LegacyChoice.objects.count() == 3


@pytest.mark.parametrize(
    "asked",
    [{"code": "U+E000"}, {"code": "U+E000", "form": "MJ999999"}, {"code": "U+EFFF", "form": "MJ026200"}, {},
     {"code": "U+E000", "other": "<script>"}],
)  # fmt: skip
def test_what_is_no_choice_is_refused_at_the_page(officer: Client, asked: dict[str, str]) -> None:
    answer = officer.post(PAGE, asked)
    assert answer.status_code == 400
    assert "<script" not in answer.content.decode().split("<main", 1)[1]
    assert LegacyChoice.objects.count() == 0


def test_the_characters_of_another_municipality_do_not_exist(officer: Client) -> None:
    other = PAGE.replace(CHIYODA, CHUO)
    legacy.take_legacy(CHUO, [("U+F000", b"x", [])])
    for url in (other, other + "U+F000/picture.png", PAGE + "U+F000/picture.png", PAGE + "x/picture.png"):
        assert officer.get(url).status_code == 404
    assert officer.post(other, {"code": "U+F000", "form": "MJ026200"}).status_code == 404
    picture = officer.get(PAGE + "U+E000/picture.png")
    assert picture["Content-Type"] == "image/png"
    assert Client().get(PAGE).status_code == 302


def test_a_choice_stays_with_its_picture_and_no_other(officer: Client) -> None:
    legacy.choose_legacy(CHIYODA, "U+E000", "MJ026204", "moji")
    same = legacy.legacy_picture(CHIYODA, "U+E000") or b""
    again = [("U+E000", same, [Candidate("MJ026200", "邊", 0.5)])]
    assert legacy.take_legacy(CHIYODA, again * 2) == 1
    assert legacy.municipal_table(CHIYODA) == {"U+E000": NABE}
    legacy.take_legacy(CHIYODA, [("U+E000", b"another system's", [])])
    assert LegacyCharacter.objects.filter(muni=CHIYODA).count() == 2
    assert legacy.municipal_table(CHIYODA) == {}
    assert legacy.legacy_picture(CHIYODA, "U+E000") == b"another system's"
    with pytest.raises(BadInput):
        legacy.take_legacy(CHIYODA, [("x" * 41, b"", [])])


def test_a_choice_is_never_altered(officer: Client) -> None:
    legacy.choose_legacy(CHIYODA, "U+E000", "MJ026204", "moji")
    with pytest.raises(DatabaseError), transaction.atomic():
        LegacyChoice.objects.update(mj="MJ026200")
    with pytest.raises(DatabaseError), transaction.atomic():
        LegacyChoice.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        LegacyChoice.objects.create(
            muni=CHIYODA, code="x", mj="MJ026200", sequence="", chosen_by="x", chosen_at=timezone.now()
        )
    with pytest.raises(BadInput):
        legacy.choose_legacy(CHIYODA, "U+E000", "邊", "moji")


@pytest.mark.parametrize(("kind", "sort"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_a_registered_form_has_a_picture_that_browsers_keep(kind: str, sort: str) -> None:
    answer = Client().get(f"/glyphs/MJ026204.{kind}")
    assert answer["Content-Type"].startswith(sort)
    assert "immutable" in answer["Cache-Control"]
    assert len(answer.content) > 500
    for other in (f"MJ999999.{kind}", f"MJ026204.{kind}x", f"mj026204.{kind}", "..%2f.svg"):
        assert Client().get(f"/glyphs/{other}").status_code == 404


def rendered(name: str) -> str:
    return Template("{% load face %}{{ name|registered }}").render(Context({"name": name}))


def test_a_name_is_text_where_any_font_has_it_and_a_picture_elsewhere() -> None:
    assert rendered("髙橋 <b>") == "髙橋 &lt;b&gt;"
    shown = rendered(f"渡{NABE}𠮷")
    assert shown.startswith("渡<span")
    assert NABE in shown
    assert "/glyphs/MJ026204.svg#form" in shown
    assert "/glyphs/MJ032129.svg#form" in shown
    assert legacy.unshown() == []


def test_what_no_form_is_known_of_has_a_mark_and_is_counted() -> None:
    for _ in range(2):
        assert "〓" in rendered("島\ue000")
    assert rendered("Nguyễn") == "Nguyễn"
    assert [(one.character, one.times) for one in legacy.unshown()] == [("\ue000", 2)]
    for unknown in ("辺\U000e01ef", "辺\ufe00"):
        assert "〓" in rendered(unknown)
    assert len(legacy.unshown()) == 3


def test_the_page_says_what_could_not_be_shown(officer: Client) -> None:
    rendered("島\ue000")
    text = officer.get(PAGE).content.decode()
    assert "U+E000" in text.split('id="unshown"')[1]


def test_characters_are_kept_by_the_command(
    officer: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from enishi.names import services
    from enishi.site.cli import main

    found = [("F040", as_png(drawn("髙", font_path(), 48)), [Candidate("MJ028902", "髙", 0.99)])]
    monkeypatch.setattr(services, "identify", lambda files, folder, most: found)
    asked = ["names", "characters", "identify", str(tmp_path / "F040.png"), "--keep"]
    assert main([*asked, "131"]) == 2
    assert main([*asked, CHIYODA]) == 0
    assert "1 kept" in capsys.readouterr().out
    assert [one.code for one in legacy.legacy_characters(CHIYODA)] == ["F040", "U+E000", "U+E001"]
