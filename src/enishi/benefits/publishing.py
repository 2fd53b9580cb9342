"""Programmes made known, municipalities that take part, and results published: each once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from enishi.benefits import answers, answers_published, wording
from enishi.benefits.answers import AdoptionState, Basis, Ground
from enishi.benefits.engines import programme_files
from enishi.benefits.models import Adoption, MunicipalDecision, Publication, PublishedProgramme, Release, Run
from enishi.benefits.offers import offer
from enishi.benefits.officers import demonstration_username, not_open, require, require_any, who
from enishi.benefits.towns import towns
from enishi.benefits.wording import say
from enishi.kernel.errors import Refused
from enishi.platform.services import DutyKind

NATIONAL = (DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR)


def programmes(actor: int) -> list[answers.Programme]:
    """All shipped programmes, each with how far it is. Open to every officer. Raises Refused."""
    require_any(actor)
    return [_with_state(programme_of_file(name)) for name in programme_files.shipped()]


def programme(actor: int, name: str, cycle: int) -> answers.Programme:
    """One programme by name and cycle. Raises Refused, also where there is none."""
    require_any(actor)
    return _with_state(_shipped(name, cycle))


def publish_programme(actor: int, name: str, sha256: str) -> answers.Programme:
    """Makes a programme known to municipalities. For the agency's officer.

    `sha256`: of the text that the officer has reviewed. Raises Refused: published before, or changed since
    reviewed.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    if name not in programme_files.shipped():
        raise not_open()
    found = programme_of_file(name)
    if found.sha256 != sha256:
        raise Refused(
            say(
                "確認した後に制度ファイルが変更されました。公表していません。",
                "The programme file changed after you reviewed it; nothing was published.",
            ),
            todo=say("内容をもう一度確認してください。", "review it again"),
        )
    try:
        with transaction.atomic():
            PublishedProgramme.objects.create(name=name, cycle=found.cycle, sha256=sha256, published_by=actor)
    except IntegrityError as error:
        earlier = PublishedProgramme.objects.get(name=name, cycle=found.cycle)
        raise Refused(
            say(
                f"この制度（第{found.cycle}回）は{_when(earlier.published_at)}に公表済みです。",
                f"This programme (cycle {found.cycle}) was published on {_when(earlier.published_at)}.",
            ),
            todo=say(
                "内容を変えるときは回次を改めてください。", "for other terms, give the file a new cycle"
            ),
        ) from error
    return _with_state(found)


def adoptions(actor: int, name: str, cycle: int) -> list[AdoptionState]:
    """Every municipality and whether it takes part, by code. For the agency's officer and the auditor."""
    require(actor, "", *NATIONAL)
    _shipped(name, cycle)
    taken = {row.muni: row for row in Adoption.objects.filter(name=name, cycle=cycle)}
    officers = who(row.adopted_by for row in taken.values())
    return [
        AdoptionState(town, row.adopted_at if row else None, officers[row.adopted_by] if row else None)
        for town in towns().values()
        for row in [taken.get(town.muni)]
    ]


def adopt(actor: int, name: str, cycle: int, muni: str) -> None:
    """A municipality takes part in a published programme; again changes nothing.

    For its own benefits officer.
    """
    require(actor, muni, DutyKind.BENEFITS_OFFICER)
    if muni not in towns():
        raise not_open()
    published_programme(name, cycle)
    Adoption.objects.get_or_create(muni=muni, name=name, cycle=cycle, defaults={"adopted_by": actor})


def adopt_all(actor: int, name: str, cycle: int) -> int:
    """Demonstration: every municipality's own demonstration officer adopts. Gives how many did so now.

    Raises Refused outside a demonstration, and where a municipality has no demonstration officer.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    demonstration_only()
    published_programme(name, cycle)
    missing = sorted(
        towns().keys() - set(Adoption.objects.filter(name=name, cycle=cycle).values_list("muni", flat=True))
    )
    officers = demonstration_officers(DutyKind.BENEFITS_OFFICER, missing)
    Adoption.objects.bulk_create(
        [Adoption(muni=muni, name=name, cycle=cycle, adopted_by=officers[muni]) for muni in missing],
        ignore_conflicts=True,
        batch_size=500,
    )
    return len(missing)


def publish_run(actor: int, run: int) -> answers_published.Publication:
    """Publishes a complete run's result: the one that municipalities decide and release. For the agency's
    officer.

    Raises Refused: the run is not complete, its files are not those of its manifest, or the programme and
    cycle have a published result already.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    row = Run.objects.filter(pk=run).first()
    if row is None:
        raise not_open()
    if row.state != Run.COMPLETE:
        raise Refused(
            say(
                "計算が完了していないため、公表できません。",
                "The run is not complete and cannot be published.",
            ),
            todo=say(
                "完了を待つか、計算を再開してください。", "wait until it has ended, or take it up again"
            ),
        )
    manifest = manifest_of(row)
    if fault := _missing_file(Path(row.folder), manifest):
        raise Refused(
            say(
                f"計算結果のファイル {fault} が失われているか、大きさが違います。",
                f"The run's file {fault} is missing or has another size.",
            ),
            todo=say("検証を行い、計算をやり直してください。", "verify the run and compute it again"),
        )
    try:
        with transaction.atomic():
            published = Publication.objects.create(
                name=row.name, cycle=row.cycle, run=row, manifest=row.manifest, published_by=actor
            )
    except IntegrityError as error:
        earlier = Publication.objects.get(name=row.name, cycle=row.cycle)
        raise Refused(
            say(
                f"この制度（第{row.cycle}回）の結果は、計算{earlier.run_id}から{_when(earlier.published_at)}に公表済みです。"
                "二重に支払わないため、二度目の公表はできません。",
                f"The result of this programme (cycle {row.cycle}) was published on "
                f"{_when(earlier.published_at)} from run {earlier.run_id}. A second one would pay twice.",
            ),
            todo=say("公表済みの結果を開いてください。", "open the published result"),
        ) from error
    return publication_answer(published)


def publications(actor: int) -> list[answers_published.Publication]:
    """Published results, newest first. Open to every officer."""
    require_any(actor)
    return [publication_answer(row) for row in Publication.objects.select_related("run").order_by("-pk")]


def publication(actor: int, number: int) -> answers_published.Publication:
    """One published result. Raises Refused, also where there is none."""
    require_any(actor)
    return publication_answer(publication_row(number))


def publication_row(number: int) -> Publication:
    """A publication with its run. Raises Refused where there is none."""
    row = Publication.objects.select_related("run").filter(pk=number).first()
    if row is None:
        raise not_open()
    return row


def publication_answer(row: Publication) -> answers_published.Publication:
    """A publication as the door gives it."""
    offered = manifest_of(row.run)["programme"]
    return answers_published.Publication(
        id=row.pk,
        programme=row.name,
        cycle=row.cycle,
        title=programme_of_file(row.name).title,
        run=row.run_id,
        value_date=datetime.fromisoformat(offered["value_date"]).date(),
        amount=offered["amount"],
        published=row.published_at,
        published_by=who([row.published_by])[row.published_by],
        municipalities=len(towns()),
        decided=MunicipalDecision.objects.filter(publication=row.pk).count(),
        released=Release.objects.filter(publication=row.pk).count(),
    )


def published_programme(name: str, cycle: int) -> PublishedProgramme:
    """The published programme. Raises Refused where it is not published."""
    row = PublishedProgramme.objects.filter(name=name, cycle=cycle).first()
    if row is None:
        raise Refused(
            say("この制度はまだ公表されていません。", "This programme is not published yet."),
            todo=say("先に制度を公表してください。", "publish the programme first"),
        )
    return row


def manifest_of(run: Run) -> dict[str, Any]:
    """The manifest of a complete run. Raises Refused where it is gone or another."""
    path = Path(run.folder) / "manifest.json"
    try:
        found = _manifest(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        found = {}
    if run.manifest and found.get("id") == run.manifest:
        return found
    raise Refused(
        say(
            "計算結果の目録が失われているか、別の計算のものです。",
            "The run's manifest is gone, or is another run's.",
        ),
        where=str(path.name),
        todo=say("計算結果の保管場所を確認してください。", "check where results are kept"),
    )


@lru_cache(maxsize=4)
def _manifest(path: Path, changed: int) -> dict[str, Any]:
    """`changed`: when the file was last written; the cache goes by it. Raises OSError or ValueError."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def demonstration_only() -> None:
    """Raises Refused where this is not a demonstration."""
    if not settings.DEMO:
        raise Refused(
            say("この操作はデモ環境でのみ使えます。", "This act exists only in a demonstration."),
            todo=say("各市区町村の担当者が自ら操作します。", "each municipality's own officers act"),
        )


def demonstration_officers(duty: DutyKind, munis: list[str]) -> dict[str, int]:
    """Each municipality's demonstration officer of a duty, by code. Raises Refused where one has none."""
    names = {demonstration_username(duty, muni): muni for muni in munis}
    found: dict[str, int] = {}
    users = get_user_model()._default_manager.filter(is_active=True, username__startswith="demo-")
    for user, username in users.values_list("pk", "username"):
        if muni := names.get(username):
            found[muni] = user
    if missing := sorted(set(munis) - found.keys()):
        raise Refused(
            say(
                f"{len(missing)}団体にデモ用の職員がいません。",
                f"{len(missing)} municipalities have no demonstration officer.",
            ),
            where=missing[0],
            todo=say("enishi demo で職員を用意してください。", "make them with `enishi demo`"),
        )
    return found


def programme_of_file(name: str) -> answers.Programme:
    """A shipped programme as pages show it, without its state."""
    rules, sha256 = offer(name)
    return answers.Programme(
        name=rules.name,
        cycle=rules.cycle,
        title=wording.of(rules.titles),
        summary=wording.of(rules.summary),
        sha256=sha256,
        reference_date=rules.reference_date,
        amount=rules.amount,
        value_date=rules.value_date,
        payer=rules.payer,
        payee=say(
            "世帯主（支援措置の対象者は本人側）",
            "head of household (persons under support measures: themselves)",
        ),
        unit=say("一人につき", "each person"),
        application_months=rules.application_months,
        daily_capacity=rules.daily_capacity,
        exclusions=tuple(
            Ground(code, wording.reason(code), wording.ground(code)) for code in sorted(rules.exclusions)
        ),
        legal_basis=tuple(
            Basis(wording.of(basis.name), wording.of(basis.article), wording.of(basis.note))
            for basis in rules.legal_basis
        ),
        review=wording.of(rules.review),
        text=programme_files.text_of(name)[1],
    )


def _shipped(name: str, cycle: int) -> answers.Programme:
    if name not in programme_files.shipped():
        raise not_open()
    found = programme_of_file(name)
    if found.cycle != cycle:
        raise not_open()
    return found


def _with_state(found: answers.Programme) -> answers.Programme:
    key = {"name": found.name, "cycle": found.cycle}
    published = PublishedProgramme.objects.filter(**key).first()
    result = Publication.objects.filter(**key).first()
    return replace(
        found,
        published=published.published_at if published else None,
        published_by=who([published.published_by])[published.published_by] if published else None,
        changed=published is not None and published.sha256 != found.sha256,
        adopted=Adoption.objects.filter(**key).count(),
        municipalities=len(towns()),
        runs=tuple(Run.objects.filter(**key).order_by("-pk").values_list("pk", flat=True)),
        publication=result.pk if result else None,
    )


def _missing_file(folder: Path, manifest: dict[str, Any]) -> str:
    """The first file that is not there with its length, or an empty text."""
    for name, bound in manifest["files"].items():
        try:
            if (folder / name).stat().st_size == bound["bytes"]:
                continue
        except OSError:
            pass
        return str(name)
    return ""


def _when(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(say("%Y年%m月%d日", "%d %B %Y"))
