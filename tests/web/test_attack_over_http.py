"""Two thousand questions over HTTP against a real server: whoever may not know learns nothing, not even that there is somebody."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytestmark = pytest.mark.slow
QUESTIONS = 2000
SEED = int(os.environ.get("ENISHI_ATTACK_SEED", "20261123"))
ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"秘(\d+)隠")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')
BUILD = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from bench.attack import build
world = build(Path(os.environ["ENISHI_VAR"]))
(Path(os.environ["ENISHI_VAR"]) / "static").mkdir(exist_ok=True)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from tests.benefits.offices import TOWNS
sessions = []
for (duty, of), user in world.officers.items():
    for muni in ("", of) if of else ("",):
        for text, born in (("佐藤", ""), ("サトウヒミツ", ""), ("", "2016-04-04"), ("", "1985-03-03")):
            kept = SessionStore()
            kept[SESSION_KEY] = str(user)
            kept[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            kept[HASH_SESSION_KEY] = get_user_model().objects.get(pk=user).get_session_auth_hash()
            said = {"purpose": "enquiry", "note": "", "text": text, "born": born, "at": timezone.now().isoformat()}
            kept["enishi_ask"] = said | {"muni": muni}
            kept.save()
            sessions.append([duty, of, muni, kept.session_key])
made = {"served": world.served, "home": world.home, "towns": list(TOWNS), "sessions": sessions}
Path(sys.argv[1]).write_text(json.dumps(made))
"""


@contextmanager
def site(folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """The site in a process of its own, on a port that the system chooses; it ends with the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    quiet = ["--blocking-threads", "1", "--log-level", "warning", "enishi.site.wsgi:application"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *words, *quiet],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            process_group=0,
        )
        try:
            for _ in range(600):
                if server.poll() is not None:
                    pytest.fail((folder / "server.log").read_text())
                try:
                    fetch(port, "/", "")
                    break
                except (OSError, HTTPException):
                    time.sleep(0.1)
            else:
                pytest.fail("the site did not answer within a minute")
            yield port
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def fetch(port: int, path: str, session: str) -> tuple[int, str]:
    asked = HTTPConnection("127.0.0.1", port, timeout=30)
    asked.request("GET", path, headers={"Cookie": f"sessionid={session}; django_language=en"})
    answer = asked.getresponse()
    body = answer.read().decode()
    asked.close()
    return answer.status, body


def test_two_thousand_questions_over_http_disclose_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ENISHI_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "enishi.site.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    environment.pop("ENISHI_DATABASE_URL", None)
    made = tmp_path / "world.json"
    subprocess.run(
        [sys.executable, "-c", BUILD, str(made)], cwd=ROOT, env=environment, check=True, timeout=300
    )
    world: dict[str, Any] = json.loads(made.read_text())
    served = {int(who): muni for who, muni in world["served"].items()}
    draw = Random(SEED)
    alike: dict[tuple[str, str, str, str], set[str]] = {}
    statuses: dict[int, int] = {}
    print(f"seed {SEED}")
    world["sessions"] = [one for one in world["sessions"] if one[0] != "auditor"]
    asking = [
        one
        for one in world["sessions"]
        if (one[0] == "benefits_officer" and one[2]) or one[:2] == ["agency_officer", ""]
    ]
    with site(tmp_path, environment) as port:
        for _ in range(QUESTIONS):
            duty, of, muni, session = draw.choice(asking if draw.random() < 0.8 else world["sessions"])
            who = draw.choice(list(served)) if draw.random() < 0.7 else draw.randrange(5000, 6000)
            where = draw.choice([muni or world["towns"][0]] * 12 + [*world["towns"], "999999"])
            agency = [("agency", f"/agency/people/{who}/"), ("agency list", "/agency/people/?results=1")]
            place, path = draw.choice(
                agency
                if not of and draw.random() < 0.8
                else [
                    ("office", f"/office/{where}/people/{who}/"),
                    ("office", f"/office/{where}/people/{who}/"),
                    ("office list", f"/office/{where}/people/?results=1&page={draw.choice(('1', '2', 'x'))}"),
                    ("agency", f"/agency/people/{who}/"),
                    ("agency list", "/agency/people/?results=1"),
                    ("reads", f"/agency/reads/?person={who}"),
                ]
            )
            status, body = fetch(port, path, session)
            statuses[status] = statuses.get(status, 0) + 1
            assert status < 500, (path, duty, of)
            pays = duty == "benefits_officer" and where == of
            for found in MARK.findall(body):
                assert pays, (path, duty, of, found)
                assert served[int(found)] == of, (path, duty, of, found)
            if not place.endswith("list") and not (pays and served.get(who) == of):
                said = re.sub(rf"\b{who}\b", "WHO", TOKEN.sub(r"\1", body))
                alike.setdefault((place, duty, of, f"{where} {muni}"), set()).add(f"{status} {said}")
    print(statuses)
    assert sum(statuses.values()) > QUESTIONS * 0.9
    assert {200, 403, 404} <= statuses.keys(), statuses
    differing = {
        place: [one.split("<h1>")[-1][:600] for one in said]
        for place, said in alike.items()
        if len(said) != 1
    }
    assert differing == {}
