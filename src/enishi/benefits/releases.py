"""A municipality decides on its payments, and its accounting officer releases them: two people, once.

The officer decides on content, bound by one hash: the run's manifest (and with it every decision and ledger
row) and the municipality's bank files. Both acts read the bank files again; other bytes than those of the
manifest stop the act.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError
from django.db.models import QuerySet

from enishi.benefits import figures
from enishi.benefits.answers import RunFile
from enishi.benefits.answers_published import MunicipalResult, ReleaseAll, ReleaseState
from enishi.benefits.models import Adoption, MunicipalDecision, Publication, Release
from enishi.benefits.officers import holds, not_open, require, who
from enishi.benefits.publishing import (
    NATIONAL,
    demonstration_officers,
    demonstration_only,
    manifest_of,
    publication_answer,
    publication_row,
)
from enishi.benefits.rules.payment import STATE
from enishi.benefits.towns import town_or_code, towns
from enishi.benefits.wording import say
from enishi.kernel.errors import Disagreement, EnishiError, Refused
from enishi.platform.files import sha256_of
from enishi.platform.services import DutyKind, within

MUNICIPAL = (DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER, DutyKind.AUDITOR)


class Book:
    """A published result at hand: its row, its manifest, and each payer's bank files."""

    def __init__(self, row: Publication) -> None:
        self.row = row
        self.folder = Path(row.run.folder)
        self.manifest = manifest_of(row.run)
        self.files: dict[str, tuple[RunFile, ...]] = {}
        for file in figures.bank_files(self.manifest):
            payer = file.name.split("/")[1]
            self.files[payer] = (*self.files.get(payer, ()), file)

    def content_hash(self, muni: str) -> str:
        """SHA-256 (hex) over what is decided on:

        manifest id, municipality, and the hash of each of its bank files.
        """
        bound = {file.name: file.sha256 for file in self.files.get(muni, ())}
        content = {"manifest": self.row.manifest, "muni": muni, "files": bound}
        return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def check_files(self, muni: str) -> dict[str, str]:
        """The bank files' hashes by name, read from the disk.

        Raises Disagreement where a file is not the run's.
        """
        found = {}
        for file in self.files.get(muni, ()):
            path = self.folder / file.name
            found[file.name] = sha256_of(path) if path.is_file() else ""
            if found[file.name] != file.sha256:
                raise Disagreement(
                    say(
                        "振込ファイルが計算結果と異なります。決定も送金もしていません。",
                        "A bank file is not the one that the run wrote. Nothing was decided or released.",
                    ),
                    where=file.name,
                    todo=say("国の担当者に検証を依頼してください。", "ask the agency to verify the run"),
                )
        return found


def release_states(actor: int, publication: int) -> list[ReleaseState]:
    """How far every municipality is, by code. For the agency's officer and the auditor."""
    require(actor, "", *NATIONAL)
    row = publication_row(publication)
    table = figures.table_of(Path(row.run.folder), row.manifest)
    return _states(row, list(table.iter_rows(named=True)))


def municipal_result(actor: int, publication: int, muni: str) -> MunicipalResult:
    """A municipality's figures and what may be done now. For its benefits and accounting officers and the
    auditor.

    The figures name no other municipality: what is paid elsewhere is one sum. Raises Refused, alike for a
    municipality that does not exist and for one that is not the officer's.
    """
    require(actor, muni, *MUNICIPAL)
    book = Book(publication_row(publication))
    figured = _figures_row(book.row, muni)
    own = figures.figures_of(figured)
    state = _states(book.row, [figured])[0]
    files = book.files.get(muni, ())
    filed = figures.trailers(book.folder, (file.name for file in files))
    why_not = _why_not(actor, muni, state)
    return MunicipalResult(
        publication=publication_answer(book.row),
        state=state,
        figures=own,
        reasons=figures.reasons_of(own),
        equations=figures.equations_of(own, book.manifest["programme"]["amount"], filed, whole=False),
        files=files,
        content_hash=book.content_hash(muni),
        may_decide=not why_not and state.state == "to_decide",
        may_release=not why_not and state.state == "to_release",
        why_not=why_not,
    )


def decide(actor: int, publication: int, muni: str, content: str) -> ReleaseState:
    """The municipality decides to pay. For its benefits officer. `content`: the hash of what the officer
    was shown.

    Raises Refused: not adopted, decided already, or other content than shown; Disagreement: a bank file has
    changed.
    """
    require(actor, muni, DutyKind.BENEFITS_OFFICER)
    book = Book(publication_row(publication))
    _decide(book, muni, actor, content, adopted=bool(_adopted(book.row).filter(muni=muni)))
    return _states(book.row, [_figures_row(book.row, muni)])[0]


def release(actor: int, publication: int, muni: str, content: str) -> ReleaseState:
    """The accounting officer releases the municipality's bank files. Once, and never by the officer who
    decided.

    Raises Refused: not decided, released already, the same officer, or other content than was decided on;
    Disagreement: a bank file has changed.
    """
    require(actor, muni, DutyKind.ACCOUNTING_OFFICER)
    book = Book(publication_row(publication))
    decided = MunicipalDecision.objects.filter(muni=muni, publication=book.row.pk).first()
    _release(book, muni, actor, content, decided)
    return _states(book.row, [_figures_row(book.row, muni)])[0]


def release_all(actor: int, publication: int) -> ReleaseAll:
    """Demonstration: every municipality's own two demonstration officers decide and release what is still
    open.

    Each municipality is a transaction of its own; one that cannot (a changed bank file) is named and left.
    Raises Refused outside a demonstration.
    """
    require(actor, "", DutyKind.AGENCY_OFFICER)
    demonstration_only()
    book = Book(publication_row(publication))
    table = figures.table_of(book.folder, book.row.manifest)
    payers = [
        str(muni) for muni in table.filter((pl.col("muni") != STATE) | (pl.col("payments") > 0))["muni"]
    ]
    released = set(Release.objects.filter(publication=book.row.pk).values_list("muni", flat=True))
    decided = {row.muni: row for row in MunicipalDecision.objects.filter(publication=book.row.pk)}
    adopted = set(_adopted(book.row).values_list("muni", flat=True))
    still_open = [muni for muni in payers if muni not in released]
    deciders = demonstration_officers(DutyKind.BENEFITS_OFFICER, still_open)
    releasers = demonstration_officers(DutyKind.ACCOUNTING_OFFICER, still_open)
    done, refused = 0, []
    for muni in still_open:
        content = book.content_hash(muni)
        try:
            with within(muni):
                decision = decided.get(muni) or _decide(
                    book, muni, deciders[muni], content, adopted=muni in adopted
                )
                _release(book, muni, releasers[muni], content, decision)
        except EnishiError as error:
            refused.append((muni, error.what))
        else:
            done += 1
    return ReleaseAll(
        released=done,
        already=len(released),
        refused=tuple(refused),
        words=say(
            f"デモ操作です。{done}団体それぞれのデモ用の給付担当者が決定し、別のデモ用の会計管理者が送金を指示しました。"
            "実際には各団体の職員二人が行います。",
            f"This was for demonstration: in each of {done} municipalities its own demonstration benefits "
            "officer decided and its demonstration accounting officer released. In earnest, two people of "
            "each municipality act.",
        ),
    )


def _adopted(row: Publication) -> QuerySet[Adoption]:
    return Adoption.objects.filter(name=row.name, cycle=row.cycle)


def _decide(book: Book, muni: str, actor: int, content: str, *, adopted: bool) -> MunicipalDecision:
    if muni != STATE and not adopted:
        raise Refused(
            say(
                "この団体はまだ制度の実施を決めていません。",
                "This municipality has not adopted the programme.",
            ),
            todo=say("先に制度の実施を登録してください。", "adopt the programme first"),
        )
    if content != book.content_hash(muni):
        raise _changed()
    book.check_files(muni)
    try:
        with within(muni):
            return MunicipalDecision.objects.create(
                muni=muni, publication=book.row.pk, content_hash=content, decided_by=actor
            )
    except IntegrityError as error:
        raise Refused(
            say("この団体の支給はすでに決定されています。", "This municipality has decided already."),
            todo=say("送金の状況を確認してください。", "look at its release"),
        ) from error


def _release(book: Book, muni: str, actor: int, content: str, decision: MunicipalDecision | None) -> None:
    if decision is None:
        raise Refused(
            say("支給がまだ決定されていません。", "The payments are not decided yet."),
            todo=say("給付担当者の決定を待ってください。", "wait for the benefits officer's decision"),
        )
    if decision.decided_by == actor:
        raise _same_officer()
    if content != decision.content_hash or content != book.content_hash(muni):
        raise _changed()
    files = book.check_files(muni)
    try:
        with within(muni):
            Release.objects.create(
                muni=muni,
                publication=book.row.pk,
                content_hash=content,
                decided_by=decision.decided_by,
                released_by=actor,
                files=files,
            )
    except IntegrityError as error:
        raise Refused(
            say(
                "この団体の送金はすでに指示されています。二重の送金はできません。",
                "This municipality's payments are released already; they are never released twice.",
            ),
            todo=say("送金済みのファイルを確認してください。", "look at the released files"),
        ) from error


def _states(row: Publication, table: list[dict[str, Any]]) -> list[ReleaseState]:
    known = towns()
    munis = [figured["muni"] for figured in table]
    few = {"muni__in": munis} if len(munis) < 100 else {}
    decided = {found.muni: found for found in MunicipalDecision.objects.filter(publication=row.pk, **few)}
    released = {
        found.muni: found for found in Release.objects.filter(publication=row.pk, **few).defer("files")
    }
    adopted = set(_adopted(row).filter(**few).values_list("muni", flat=True))
    officers = who(
        [
            *(found.decided_by for found in decided.values()),
            *(found.released_by for found in released.values()),
        ]
    )
    states = []
    for figured in table:
        muni = figured["muni"]
        if muni == STATE and not figured["payments"]:
            continue
        decision, handed = decided.get(muni), released.get(muni)
        taking_part = muni in adopted or muni == STATE
        state = (
            "released"
            if handed
            else "to_release"
            if decision
            else "to_decide"
            if taking_part
            else "not_adopted"
        )
        states.append(
            ReleaseState(
                town=town_or_code(known, muni),
                state=state,
                words=_words(state),
                decided=decision.decided_at if decision else None,
                decided_by=officers[decision.decided_by] if decision else None,
                released=handed.released_at if handed else None,
                released_by=officers[handed.released_by] if handed else None,
                transfers=figured["transfers"],
                transfer_yen=figured["transfer_yen"],
            )
        )
    return states


def _words(state: str) -> str:
    return {
        "not_adopted": say("実施未登録", "Not adopted"),
        "to_decide": say("決定待ち", "To be decided"),
        "to_release": say("送金指示待ち", "To be released"),
        "released": say("送金指示済み", "Released"),
    }[state]


def _why_not(actor: int, muni: str, state: ReleaseState) -> str:
    """Why the officer can do nothing now, in words; empty where the next act is the officer's."""
    if state.state == "released":
        return say("送金の指示は済んでいます。", "The payments are released.")
    if state.state == "not_adopted":
        return say("制度の実施がまだ登録されていません。", "The programme is not adopted yet.")
    if state.state == "to_decide":
        if holds(actor, muni, DutyKind.BENEFITS_OFFICER):
            return ""
        return say("給付担当者が決定します。", "The benefits officer decides.")
    if not holds(actor, muni, DutyKind.ACCOUNTING_OFFICER):
        return say("会計管理者が送金を指示します。", "The accounting officer releases.")
    if state.decided_by is not None and state.decided_by.user == actor:
        return _same_officer().what
    return ""


def _figures_row(row: Publication, muni: str) -> dict[str, Any]:
    table = figures.table_of(Path(row.run.folder), row.manifest).filter(pl.col("muni") == muni)
    if table.is_empty():
        raise not_open()
    return table.row(0, named=True)


def _same_officer() -> Refused:
    return Refused(
        say(
            "決定した本人は送金を指示できません（二人による確認）。",
            "Whoever decided cannot release as well: two people act.",
        ),
        todo=say("別の会計管理者が操作してください。", "another accounting officer releases"),
    )


def _changed() -> Refused:
    return Refused(
        say("表示した内容と現在の内容が異なります。", "The content is not what you were shown."),
        todo=say("画面を開き直し、内容をもう一度確認してください。", "open the page again and review it"),
    )
