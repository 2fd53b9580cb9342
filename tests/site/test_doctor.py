"""`enishi doctor` says what is there, what each part is for, and how to get what is not."""

from __future__ import annotations

import json
import subprocess

import pytest

from enishi.site.cli import main
from enishi.site.commands import doctor


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with Python and nothing else."""
    monkeypatch.setattr(doctor.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(doctor, "families", set)
    monkeypatch.setattr(doctor.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(doctor.Path, "exists", lambda path: str(path) == "/")


def test_a_bare_machine_gets_warnings_and_ways_to_get_each_part_but_no_failure(
    bare: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for words in (
        "apt install fonts-noto-cjk",
        "apt install fonts-ipamj-mincho",
        "apt install fonts-dejavu-core",
        "apt install postgresql",
        "apt install chromium",
        "apt install pcscd opensc",
        "apt install openjdk-17-jre-headless",
        "brew install",
    ):
        assert words in said
    assert "ok       Python " in said


def test_what_is_needed_and_missing_fails(bare: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--need", "python"]) == 0
    assert main(["doctor", "--need", "python,chromium"]) == 1
    assert "NEEDED   Chromium" in capsys.readouterr().out


def test_a_part_that_does_not_exist_cannot_be_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--need", "chromium,quantum"]) == 2
    assert "quantum" in capsys.readouterr().err


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    checks = {check["key"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert set(checks) == set(doctor.LOOKS)
    assert checks["python"]["there"] is True
    assert all(check["use"] and check["found"] for check in checks.values())
    assert all(check["debian"] and check["macos"] for check in checks.values())


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ('openjdk version "17.0.2" 2022-01-18', True),
        ('openjdk version "21" 2023-09-19', True),
        ('java version "1.8.0_202"', False),
        ('openjdk version "11.0.25"', False),
        ("", False),
    ],
)
def test_java_is_told_by_its_version(monkeypatch: pytest.MonkeyPatch, line: str, there: bool) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(doctor, "said", lambda command: line)
    assert doctor.java().there is there


@pytest.mark.parametrize(
    ("line", "there"), [("postgres (PostgreSQL) 15.20", True), ("postgres (PostgreSQL) 13.1", False)]
)
def test_postgresql_is_told_by_its_version(monkeypatch: pytest.MonkeyPatch, line: str, there: bool) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name, **_: f"/opt/pg/bin/{name}")
    monkeypatch.setattr(doctor.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(doctor, "said", lambda command: line)
    assert doctor.postgresql().there is there


def test_a_program_that_hangs_or_is_gone_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.said(["/nowhere/at/all"]) == ""

    def hangs(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("java", 20)

    monkeypatch.setattr(doctor.subprocess, "run", hangs)
    assert doctor.said(["java"]) == ""


def test_the_font_of_codes_is_named_where_it_alone_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "families", lambda: {"Noto Sans CJK JP", "Noto Serif CJK JP", "IPAmjMincho"})
    assert main(["doctor", "--need", "fonts,mincho,mono"]) == 1
    said = capsys.readouterr().out
    assert "NEEDED   DejaVu Sans Mono" in said
    assert "ok       IPAmj Mincho" in said
