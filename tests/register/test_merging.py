"""A merger from end to end: looked through, performed, broken off between its two acts and finished by the same call."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enishi.kernel.errors import BadInput, Refused
from enishi.register import merging, services
from enishi.register.models import Act, Municipality, RefusedAct, Residence
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import AddresseeEntered
from enishi.site import cli
from tests.factories import CHIYODA, CHUO, person, small_snapshot
from tests.register.desk import DAY, NOW, TODAY, everything, ordered

pytestmark = pytest.mark.django_db
FATHER, CHILD, LODGER, FAR = 1, 2, 3, 9
WHEN: dict[str, Any] = {"now": NOW, "today": TODAY}


@pytest.fixture(autouse=True)
def towns(tmp_path: Path) -> None:
    """A family and a lodger in Chiyoda, who serves somebody elsewhere; somebody in Chuo."""
    rows = [
        person(FATHER, household=7),
        person(CHILD, household=7, relation="child"),
        person(LODGER, household=8),
        person(FAR, household=9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))
    there = Place(CHUO, "築地", postcode="1040045")
    services.perform_act(ordered(), AddresseeEntered("山田 太郎", "ヤマダ タロウ", there))


def test_it_is_looked_through_without_a_trace() -> None:
    before = everything()
    found = services.preview_merger(CHIYODA, CHUO, DAY, **WHEN)
    assert (found.residents, found.households, found.addressees, found.measures) == (3, 2, 1, 0)
    assert everything() == before
    assert Municipality.objects.get(muni=CHIYODA).ends is None


def test_it_is_performed_once_and_finished_where_it_was_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_said: Any) -> int:
        raise KeyboardInterrupt

    done = merging.perform_act
    monkeypatch.setattr(
        merging, "perform_act", lambda report, said: (broken if report.muni == CHUO else done)(report, said)
    )
    with pytest.raises(KeyboardInterrupt):
        services.merge_municipality(CHIYODA, CHUO, DAY, reason="告示", **WHEN)
    assert Residence.objects.as_of(DAY).count() == 1
    monkeypatch.undo()
    numbers = services.merge_municipality(CHIYODA, CHUO, DAY, reason="告示", **WHEN)
    assert services.merge_municipality(CHIYODA, CHUO, DAY, reason="告示", **WHEN) == numbers
    assert set(Residence.objects.as_of(DAY).values_list("person", "muni")) == {
        (who, CHUO) for who in (FATHER, CHILD, LODGER, FAR)
    }
    kinds = Act.objects.filter(actor="system:merger").order_by("muni").values_list("muni", "kind", "reason")
    assert list(kinds) == [(CHIYODA, "merger", "告示"), (CHUO, "merger_taken_over", "告示")]
    assert [services.broken_chain(muni) for muni in (CHIYODA, CHUO)] == [None, None]


def test_somebody_in_both_is_found_before_anything_is_closed() -> None:
    doubled = Residence.objects.get(muni=CHUO)
    Residence.objects.bulk_create([_copy(doubled, FATHER)])
    before = everything()
    with pytest.raises(Refused, match="1 persons are residents of both"):
        services.merge_municipality(CHIYODA, CHUO, DAY, **WHEN)
    assert everything() == before
    assert Municipality.objects.get(muni=CHIYODA).ends is None


def _copy(row: Residence, who: int) -> Residence:
    said = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return Residence(**(said | {"id": None, "person": who}))


@pytest.mark.parametrize(
    ("old", "new", "on"),
    [(CHIYODA, CHIYODA, DAY), (CHIYODA, "999999", DAY), (CHIYODA, CHUO, TODAY + timedelta(days=1))],
)
def test_what_is_no_merger_is_refused_and_recorded(old: str, new: str, on: Any) -> None:
    before = everything()
    with pytest.raises((Refused, BadInput)):
        services.merge_municipality(old, new, on, **WHEN)
    assert everything() == before
    assert RefusedAct.objects.get(muni=old).kind == "merger"


class TestCommand:
    def test_help_says_that_it_is_not_taken_back(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            cli.main(["register", "merge", "--help"])
        assert ended.value.code == 0
        assert "not taken back" in " ".join(capsys.readouterr().out.split())

    def test_a_preview_and_then_the_merger_into_a_new_municipality(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        new = "131245"
        file = tmp_path / "new.json"
        said = _described(new)
        file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        assert cli.main(["register", "found", str(file)]) == 0
        assert cli.main(["register", "found", str(file)]) == 5
        merge = ["register", "merge", "--from", CHIYODA, "--into", new, "--on", DAY.isoformat()]
        assert cli.main(merge) == 0
        shown = capsys.readouterr().out
        assert "3 residents" in shown
        assert "nothing is changed yet" in shown
        assert Residence.objects.filter(muni=new).count() == 0
        assert cli.main([*merge, "--perform", "--reason", "告示"]) == 0
        assert cli.main([*merge, "--perform", "--reason", "告示"]) == 0
        assert Residence.objects.as_of(DAY).filter(muni=new).count() == 3
        assert Municipality.objects.get(muni=CHIYODA).successor == new

    @pytest.mark.parametrize(
        ("spoilt", "words"),
        [
            ({"name": None}, "name is missing"),
            ({"begins": "soon"}, "is no day"),
            ({"account": {}}, "account.bank"),
            ({"account": 5}, "account.bank"),
            ({"muni": "131246"}, "no code of that prefecture"),
        ],
    )
    def test_a_file_that_describes_none_names_the_field(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoilt: dict[str, Any], words: str
    ) -> None:
        said = {name: value for name, value in (_described("131245") | spoilt).items() if value is not None}
        file = tmp_path / "new.json"
        file.write_text(json.dumps(said), encoding="utf-8")
        assert cli.main(["register", "found", str(file)]) == 2
        assert words in capsys.readouterr().err

    @pytest.mark.parametrize("text", ["", "[]", "{", "5"])
    def test_what_is_no_description_is_refused(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "new.json"
        file.write_text(text, encoding="utf-8")
        assert cli.main(["register", "found", str(file)]) == 2
        assert cli.main(["register", "found", str(tmp_path / "none.json")]) == 2


def _described(muni: str) -> dict[str, Any]:
    line = next(one for one in services.municipalities() if one.muni == CHIYODA)
    row = asdict(line) | {"muni": muni, "name": "新市", "application_start": "2020-05-01"}
    account = {"bank": "0001", "branch": "001", "type": "1", "number": "1234567"}
    return row | {"begins": "2019-01-01", "account": account}
