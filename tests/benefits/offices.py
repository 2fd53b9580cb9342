"""Officers, a register of municipalities, and a real run of a handful of people, for tests of the use cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from enishi.benefits import services
from enishi.benefits.models import Publication, Run
from enishi.platform.services import DutyKind, appoint
from enishi.register.models import Municipality
from tests import factories
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA, account, person

PUSH = "special-fixed-benefit-2020"
AS_APPLIED = "special-fixed-benefit-2020-as-applied"
SINCE = date(2020, 1, 1)
TOWNS = (SAPPORO, CHIYODA, CHUO, YOKOHAMA)
FLED = 9
FLED_WITHOUT_ACCOUNT = 34


def people() -> list[dict[str, Any]]:
    """`factories.neighbours`, and payments held or sent by letter. 9 and 34 fled from one household in Yokohama: Sapporo
    pays 9 by transfer, Chuo pays 34 by letter."""
    fled = {
        "household": 41,
        "muni": YOKOHAMA,
        "relation": "child",
        "protected_muni": CHUO,
        "town": "鶴見中央",
    }
    return [
        *factories.neighbours(),
        person(31, surname="大野", surname_kana="オオノ", given="誠", given_kana="マコト", **account("ﾎｶﾉ ﾋﾄ")),
        person(32, surname="今井", surname_kana="イマイ", given="学", given_kana="マナブ", exit="death", resident_until=date(2020, 5, 2)),
        person(33, surname="渡邊", surname_kana="ワタナベ", given="髙志", given_kana="タカシ", postcode="1000005", town="丸の内"),
        person(34, **fled, surname="渡辺", surname_kana="ワタナベ", given="海", given_kana="ウミ", birth_date=date(2001, 5, 5), postcode="2300051"),
        person(35, household=91, relation="spouse", surname="岡", surname_kana="オカ", given="光", given_kana="ヒカル"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Offices:
    """Officers by what they do; each is a user id. `other`: a second accounting officer of Chiyoda."""

    agency: int
    auditor: int
    benefits: dict[str, int]
    accounting: dict[str, int]
    register: int
    both: int
    nobody: int


def offices() -> Offices:
    """Users with their duties, and the municipalities in the register."""
    Municipality.objects.bulk_create(
        [
            Municipality(**factories.municipality(muni))
            for muni in TOWNS
            if not Municipality.objects.filter(muni=muni)
        ]
    )
    both = officer("both", DutyKind.BENEFITS_OFFICER, CHIYODA)
    appoint(both, DutyKind.ACCOUNTING_OFFICER, CHIYODA, SINCE)
    return Offices(
        agency=officer("agency", DutyKind.AGENCY_OFFICER, ""),
        auditor=officer("auditor", DutyKind.AUDITOR, ""),
        benefits={muni: officer(f"b{muni}", DutyKind.BENEFITS_OFFICER, muni) for muni in TOWNS},
        accounting={muni: officer(f"a{muni}", DutyKind.ACCOUNTING_OFFICER, muni) for muni in TOWNS},
        register=officer("register", DutyKind.REGISTER_OFFICER, CHIYODA),
        both=both,
        nobody=user("nobody"),
    )


def user(name: str) -> int:
    return int(get_user_model().objects.create_user(name).pk)


def officer(name: str, duty: DutyKind, muni: str) -> int:
    """A new user who holds one duty since 2020."""
    made = user(name)
    appoint(made, duty, muni, SINCE)
    return made


def demonstration_officers() -> None:
    """The two demonstration officers of each municipality."""
    for muni in TOWNS:
        officer(f"demo-{muni}-benefits", DutyKind.BENEFITS_OFFICER, muni)
        officer(f"demo-{muni}-accounting", DutyKind.ACCOUNTING_OFFICER, muni)


def computed(folder: Path, programme: str = PUSH) -> Path:
    """A complete run over `people()`: `folder`/nation and `folder`/run. Gives the run's folder."""
    out = folder / "run"
    if not (out / "manifest.json").exists():
        nation = factories.small_snapshot(folder / "nation", people())
        services.run_programme(programme, nation, out, workers=1)
    return out


def recorded(run: Path, by: int, **columns: Any) -> Run:
    """The row of a complete run in `run`, as if the site had started it."""
    import json

    manifest = json.loads((run / "manifest.json").read_text())
    return Run.objects.create(
        name=manifest["programme"]["name"],
        cycle=manifest["programme"]["cycle"],
        programme_sha256=manifest["programme"]["sha256"],
        snapshot=manifest["snapshot"]["id"],
        snapshot_folder=str(run.parent / "nation"),
        folder=str(run),
        persons=manifest["snapshot"]["persons"],
        started_by=by,
        **({"state": Run.COMPLETE, "manifest": manifest["id"]} | columns),
    )


def published(run: Path, who: Offices) -> Publication:
    """The programme published, adopted by Chiyoda, Sapporo and Chuo, and its result published."""
    row = recorded(run, who.agency)
    services.publish_programme(who.agency, row.name, row.programme_sha256)
    for muni in (CHIYODA, SAPPORO, CHUO):
        services.adopt(who.benefits[muni], row.name, row.cycle, muni)
    return Publication.objects.get(pk=services.publish_run(who.agency, row.pk).id)


@contextmanager
def demonstration() -> Iterator[None]:
    """As if started by `enishi demo`."""
    before = settings.DEMO
    settings.DEMO = True
    try:
        yield
    finally:
        settings.DEMO = before
