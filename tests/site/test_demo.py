"""The demonstration: made once, kept, one at a time, and gone with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.utils import timezone

from enishi.kernel.errors import InUse, Refused
from enishi.platform.files import only_one
from enishi.platform.services import DutyKind, duties_of
from enishi.register.models import Municipality
from enishi.site.cli import main
from enishi.site.commands import demo
from tests import factories

TOWNS = ("131016", "011002")


@pytest.fixture
def towns(db: None) -> None:
    Municipality.objects.bulk_create([Municipality(**factories.municipality(muni)) for muni in TOWNS])


@pytest.mark.django_db
def test_every_municipality_gets_its_officers_and_only_those_shown_can_sign_in(
    towns: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENISHI_DEMO_PASSWORD", "a password for this test")
    assert demo.ensure_accounts(tmp_path) == "a password for this test"
    users = get_user_model().objects
    assert set(users.values_list("username", flat=True)) == {
        "demo-agency",
        "demo-auditor",
        "demo-131016-register",
        *(f"demo-{muni}-{duty}" for muni in TOWNS for duty in ("benefits", "accounting")),
    }
    assert not users.filter(is_superuser=True).exists()
    assert not users.filter(is_staff=True).exists()
    for name, opens in (
        ("demo-agency", True),
        ("demo-131016-benefits", True),
        ("demo-131016-register", True),
        ("demo-011002-benefits", False),
    ):
        assert (authenticate(username=name, password="a password for this test") is not None) is opens
        assert authenticate(username=name, password="") is None
    chiyoda = users.get(username="demo-131016-accounting")
    assert duties_of(chiyoda.pk, timezone.localdate()) == [(DutyKind.ACCOUNTING_OFFICER, "131016")]


@pytest.mark.django_db
def test_accounts_are_made_once_and_a_new_password_replaces_the_old(
    towns: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENISHI_DEMO_PASSWORD", "first")
    demo.ensure_accounts(tmp_path)
    before = list(get_user_model().objects.order_by("pk").values_list("pk", "password"))
    demo.ensure_accounts(tmp_path)
    assert list(get_user_model().objects.order_by("pk").values_list("pk", "password")) == before
    monkeypatch.setenv("ENISHI_DEMO_PASSWORD", "second")
    demo.ensure_accounts(tmp_path)
    assert authenticate(username="demo-auditor", password="second") is not None
    assert authenticate(username="demo-auditor", password="first") is None


@pytest.mark.django_db
def test_the_sign_ins_are_printed_with_their_pages_in_both_languages(towns: None) -> None:
    said = demo.ready(8000, "secret-word", 3.2)
    for words in (
        "http://127.0.0.1:8000/office/131016/",
        "demo-131016-benefits",
        "会計管理者",
        "accounting officer",
        "secret-word",
        "Not an official service",
        "公的なサービスではなく",
    ):
        assert words in said
    assert "271004" not in said


def test_the_password_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENISHI_DEMO_PASSWORD", raising=False)
    made = demo.demonstration_password(tmp_path)
    assert re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", made)
    assert demo.demonstration_password(tmp_path) == made
    assert demo.demonstration_password(tmp_path / "other") != made
    assert (tmp_path / "keys" / "demonstration").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InUse, match=f"port {port} cannot be used") as caught:
            demo.check_port(port)
        assert f"make run PORT={port + 1}" in str(caught.value)
    demo.check_port(port)


def test_a_taken_port_is_said_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "set_up", lambda: pytest.fail("nothing is set up"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["demo", "--port", str(other.getsockname()[1])]) == 3
    assert "cannot be used" in capsys.readouterr().err


def test_one_folder_serves_one_demonstration(tmp_path: Path) -> None:
    with only_one(tmp_path / "demonstration", "demonstration"):
        with (
            pytest.raises(InUse, match="runs from this folder already") as caught,
            demo.the_only_one(tmp_path),
        ):
            pytest.fail("two at once")
        assert "ENISHI_VAR" in str(caught.value)
    with demo.the_only_one(tmp_path):
        pass


def test_a_nation_of_another_size_is_never_replaced(tmp_path: Path) -> None:
    factories.small_snapshot(tmp_path, build={"persons": 10})
    assert demo.ensure_nation(tmp_path, 10) == tmp_path
    with pytest.raises(Refused, match="a demonstration of 10 residents, not of 20") as caught:
        demo.ensure_nation(tmp_path, 20)
    assert "make run PERSONS=10" in str(caught.value)


def enishi(var: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ENISHI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "enishi.site.cli", "demo", "--persons", "300", *arguments],
        env=environment | {"ENISHI_VAR": str(var), "ENISHI_DEMO_PASSWORD": "walk"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def processes_of(session: int) -> list[int]:
    """Ids of the processes that a session still has."""
    asked = subprocess.run(["ps", "-eo", "sess=,pid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in asked.stdout.splitlines()]
    return [int(row[1]) for row in rows if int(row[0]) == session and not row[2].startswith("Z")]


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ctrl_c_stops_everything_it_started(tmp_path: Path, stop: signal.Signals) -> None:
    port = free_port()
    served = enishi(tmp_path, "--port", str(port), start_new_session=True)
    assert served.stdout is not None
    said = ""
    try:
        for line in served.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert answer.status == 200
        second = enishi(tmp_path, "--port", str(free_port()))
        told, _ = second.communicate(timeout=60)
        assert second.returncode == 3
        assert "runs from this folder already" in told
        os.kill(served.pid, stop)
        said += served.stdout.read()
        assert served.wait(timeout=30) == 0, said
        time.sleep(0.2)
        assert processes_of(served.pid) == []
    finally:
        for left in processes_of(served.pid):
            os.kill(left, signal.SIGKILL)
        served.stdout.close()
        served.wait()
    assert "demo-agency" in said


@pytest.mark.slow
def test_prepared_once_and_kept(tmp_path: Path) -> None:
    for expected in ("Building a synthetic nation of 300", "synthetic persons is here already"):
        prepared = enishi(tmp_path, "--no-serve")
        told, _ = prepared.communicate(timeout=120)
        assert prepared.returncode == 0, told
        assert expected in told
        assert "demo-agency" in told
