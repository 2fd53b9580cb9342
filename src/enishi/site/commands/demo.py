"""`enishi demo`, which is what `make run` starts: a synthetic nation, its register, officers, and the site
on this machine.

What exists is kept: a second start takes a few seconds. Everything lies in var/ (ENISHI_VAR).
"""

from __future__ import annotations

import argparse
import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from enishi.kernel.errors import EnishiError, InUse, Refused
from enishi.platform.files import only_one
from enishi.site.commands.register import Meter

if TYPE_CHECKING:
    from enishi.platform.services import DutyKind

DAY = date(2020, 4, 27)
SEED = 20200427
HOST = "127.0.0.1"
SHOWN = ("131016", "271004", "473243")
REGISTER_OFFICES = ("131016", "131024", "271004", "112224")
"""Two neighbours whose register officers can sign in: a move is seen on both sides."""

SINCE = date(2020, 4, 1)
GRACE = 10


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `enishi demo` to the command line."""
    demo = rooms.add_parser(
        "demo",
        help="everything at once: a small synthetic nation, its register, officers, the site",
        description="Builds a synthetic nation (once), loads its register, makes demonstration accounts and serves "
        f"the site on {HOST}. ENISHI_DEMO_PASSWORD sets the accounts' password; without it one is made and kept.",
    )
    demo.add_argument("--persons", type=int, default=10_000, metavar="N", help="residents (default: 10,000)")
    demo.add_argument("--port", type=int, default=8000, metavar="P", help="where to serve (default: 8000)")
    demo.add_argument("--no-serve", action="store_true", help="prepare everything, but do not serve")
    demo.set_defaults(act=demonstrate)


def demonstrate(options: argparse.Namespace) -> int:
    """Prepares what is missing, then serves until Ctrl-C. Raises InUse where the port is taken."""
    began = time.monotonic()
    if not options.no_serve:
        check_port(options.port)
    set_up()
    from django.conf import settings
    from django.utils import timezone

    from enishi.site.commands.demo_residents import ensure_residents

    with the_only_one(settings.VAR):
        nation = ensure_nation(settings.VAR / "nation", options.persons)
        ensure_register(nation)
        password = ensure_accounts(settings.VAR)
        ensure_residents(password, SHOWN, timezone.localdate())
        if options.no_serve:
            print(sign_ins("", password))
            return 0
        sys.stdout.flush()
        serve(
            options.port, lambda: print(ready(options.port, password, time.monotonic() - began), flush=True)
        )
        stop_what_was_started()
    return 0


@contextmanager
def the_only_one(var: Path) -> Iterator[None]:
    """Holds var/ for one demonstration. Raises InUse where another one runs in it."""
    with ExitStack() as held:
        try:
            held.enter_context(only_one(var / "demonstration", "demonstration"))
        except InUse as error:
            raise InUse(
                "a demonstration runs from this folder already",
                where=str(var),
                todo="use that one, stop it, or name another folder in ENISHI_VAR",
            ) from error
        yield


def check_port(port: int) -> None:
    """Raises InUse where another program serves on the port."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise InUse(
                f"port {port} cannot be used: {error.strerror or error}",
                where=HOST,
                todo=f"stop the other program, or choose another port: make run PORT={port + 1}",
            ) from error


def set_up() -> None:
    """Django in demonstration mode, with the tables of this version."""
    os.environ["ENISHI_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enishi.site.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    (settings.VAR / "static").mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def ensure_nation(folder: Path, persons: int) -> Path:
    """Builds the nation where there is none. Raises Refused where one of another size stands there."""
    from enishi.nation.build import build_nation
    from enishi.nation.items import add_items
    from enishi.platform.snapshots import Snapshot

    if (folder / "manifest.json").exists():
        standing = Snapshot.open(folder)
        asked = asked_for(folder)
        if asked is not None and asked != persons:
            raise Refused(
                f"var/ holds a demonstration of {asked:,} residents, not of {persons:,}",
                where=str(folder),
                todo=f"start it with --persons {asked} (make run PERSONS={asked}), or remove var/ to begin anew",
            )
        print(f"The nation of {standing.persons:,} synthetic persons is here already.")
        return folder
    print(f"Building a synthetic nation of {persons:,} ...", flush=True)
    build_nation(persons, SEED, DAY, folder)
    add_items(folder)
    return folder


def asked_for(folder: Path) -> int | None:
    """How many residents the nation in a folder was built for."""
    import json

    found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["build"].get("persons")
    return found if isinstance(found, int) else None


def ensure_register(nation: Path) -> None:
    """Loads the register and seals the numbers where that has not been done to its end."""
    from enishi.number.services import load_numbers
    from enishi.platform.snapshots import Snapshot
    from enishi.register.services import load_nation, loaded_nation

    snapshot = Snapshot.open(nation)
    loaded = loaded_nation()
    if loaded is None or not loaded.complete or loaded.snapshot != snapshot.id:
        print("Loading the resident register ...", flush=True)
        load_nation(nation, Meter(snapshot.persons, "persons"))
    sealed = load_numbers(nation)
    if sealed:
        print(f"Sealed {sealed:,} individual numbers in the vault.")


def ensure_accounts(var: Path) -> str:
    """The demonstration officers: agency, auditor, and two for each municipality, and register officers of
    two; gives the password of those shown.

    Only the accounts that are shown have a password; the others exist so that "all municipalities release"
    has someone to act in each. No account here is a superuser.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from enishi.benefits.services import demonstration_username
    from enishi.platform.services import DutyKind, appoint
    from enishi.register.services import municipalities

    password = demonstration_password(var)
    users = get_user_model()._default_manager
    towns = municipalities()
    wanted: list[tuple[str, DutyKind, str]] = [
        (demonstration_username(duty, muni), duty, muni)
        for muni, duties in [
            ("", (DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR)),
            *((town.muni, (DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER)) for town in towns),
        ]
        for duty in duties
    ]
    register = DutyKind.REGISTER_OFFICER
    wanted += [
        (demonstration_username(register, town.muni), register, town.muni)
        for town in towns
        if town.muni in REGISTER_OFFICES
    ]
    open_to_sign_in = {name for name, duty, muni in wanted if duty is register or muni in ("", *SHOWN)}
    with transaction.atomic():
        standing = dict(users.filter(username__startswith="demo-").values_list("username", "pk"))
        fresh = [entry for entry in wanted if entry[0] not in standing]
        locked = make_password(None)
        users.bulk_create(
            [users.model(username=name, password=locked) for name, _, _ in fresh], batch_size=500
        )
        made = dict(users.filter(username__startswith="demo-").values_list("username", "pk"))
        for name, duty, muni in fresh:
            appoint(made[name], duty, muni, SINCE)
        first = users.get(username=demonstration_username(DutyKind.AGENCY_OFFICER, ""))
        if not first.check_password(password) or open_to_sign_in & {name for name, _, _ in fresh}:
            hashed = make_password(password)
            users.filter(username__in=open_to_sign_in).update(password=hashed, is_active=True)
    return password


def demonstration_password(var: Path) -> str:
    """ENISHI_DEMO_PASSWORD, or a password made once and kept in var/keys/demonstration (read by its owner
    only).
    """
    if given := os.environ.get("ENISHI_DEMO_PASSWORD"):
        return given
    from enishi.platform.keys import own_secret

    letters = base64.b32encode(own_secret(var / "keys" / "demonstration", 10)).decode().lower().rstrip("=")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def serve(port: int, when_ready: Callable[[], None]) -> None:
    """Serves until Ctrl-C or SIGTERM; `when_ready` is called once the site answers. Raises EnishiError
    where it dies.

    The server is a process of its own: it forks its workers, and this one has libraries loaded whose
    threads a fork loses.
    """
    command = ["-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"]
    quiet = ["--blocking-threads", "4", "--log-level", "warning", "enishi.site.wsgi:application"]
    server = subprocess.Popen([sys.executable, *command, *quiet], process_group=0)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    # Polars leaves a handler behind that restarts system calls, so that Ctrl-C would not end the wait below.
    signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))
    try:
        while server.poll() is None and not answers(port):
            time.sleep(0.05)
        if server.poll() is None:
            when_ready()
        ended = server.wait()
    except KeyboardInterrupt:
        ended = 0
    finally:
        stop(server)
    if ended not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise EnishiError(
            f"the server ended with status {ended}", where=f"{HOST}:{port}", todo="see its message above"
        )


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and its workers: asked first, after some seconds by force."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def answers(port: int) -> bool:
    """Whether the site answers a request (any answer)."""
    asked = HTTPConnection(HOST, port, timeout=5)
    try:
        asked.request("HEAD", "/")
        return asked.getresponse().status > 0
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def stop_what_was_started() -> None:
    """Stops the benefit runs that the site started; they can be taken up again."""
    from enishi.benefits.services import stop_runs

    for run in stop_runs():
        print(f"Run {run} was stopped; the agency's console takes it up again where it stopped.")


def ready(port: int, password: str, seconds: float) -> str:
    """What is printed once the site answers."""
    address = f"http://{HOST}:{port}/"
    return (
        f"\nEnishi is ready after {seconds:.0f} s. Not an official service; all people are synthetic.\n"
        "縁の準備ができました。公的なサービスではなく、実在の人はいません。\n"
        f"{sign_ins(address, password)}\n"
        "Ctrl-C stops everything. / Ctrl-C で終了します。"
    )


def sign_ins(address: str, password: str) -> str:
    """The demonstration accounts, in both languages."""
    from django.utils import timezone

    from enishi.benefits.services import demonstration_username
    from enishi.platform.services import DutyKind
    from enishi.register.services import municipalities
    from enishi.site.commands.demo_residents import residents

    towns = {town.muni: town for town in municipalities()}
    rows = [
        (
            f"{address}agency/",
            demonstration_username(DutyKind.AGENCY_OFFICER, ""),
            "agency officer / 国の担当者",
        ),
        (f"{address}agency/", demonstration_username(DutyKind.AUDITOR, ""), "auditor / 監査担当者"),
    ]
    for muni in SHOWN:
        if muni in towns:
            place = f"{towns[muni].name_latin} {towns[muni].name}"
            page = f"{address}office/{muni}/"
            rows += [
                (
                    page,
                    demonstration_username(DutyKind.BENEFITS_OFFICER, muni),
                    f"benefits officer / 給付担当者, {place}",
                ),
                (
                    page,
                    demonstration_username(DutyKind.ACCOUNTING_OFFICER, muni),
                    f"accounting officer / 会計管理者, {place}",
                ),
            ]
    rows += [
        (
            f"{address}office/{muni}/register/",
            demonstration_username(DutyKind.REGISTER_OFFICER, muni),
            f"register officer / 住民基本台帳担当者, {towns[muni].name_latin} {towns[muni].name}",
        )
        for muni in REGISTER_OFFICES
        if muni in towns
    ]
    rows += [
        (f"{address}my/", one.username, f"{one.words}, {towns[one.muni].name_latin} {towns[one.muni].name}")
        for one in residents(timezone.localdate())
        if one.muni in towns
    ]
    pages = f"\n  {address}  (ja, en)\n" if address else "\n"
    wide = max(len(user) for _, user, _ in rows)
    lines = [f"  {user:<{wide}}  {words}  {page if address else ''}".rstrip() for page, user, words in rows]
    return f"{pages}\n  password / パスワード: {password}\n\n" + "\n".join(lines)
