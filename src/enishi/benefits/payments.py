"""A municipality reads its own payments: held ones, letters, bank files.

Own means: those it pays. A household's protected members are in the list of the municipality that pays
them, never in that of the municipality where they are registered.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.conf import settings

from enishi.benefits import excerpts, figures
from enishi.benefits.answers import Page
from enishi.benefits.answers_published import Hold, Letter, Volume
from enishi.benefits.letters import VOLUME_PAGES, make_volume, volumes_of
from enishi.benefits.models import Publication, Release
from enishi.benefits.offers import offer
from enishi.benefits.officers import not_open, reader, require
from enishi.benefits.publishing import manifest_of, publication_row
from enishi.benefits.wording import reason as reason_words
from enishi.benefits.wording import say
from enishi.kernel.errors import InUse, Refused
from enishi.platform.files import only_one
from enishi.platform.services import DutyKind, Reader, read_many_as, record_reads

MUNICIPAL = (DutyKind.BENEFITS_OFFICER, DutyKind.ACCOUNTING_OFFICER, DutyKind.AUDITOR)
LARGEST_PAGE = 500


def holds(
    actor: int, publication: int, muni: str, reason: str = "", number: int = 1, size: int = 50
) -> Page[Hold]:
    """The payments that a municipality holds, by number; `reason`: only those of `A02`, `H01` or `H02`.

    For its benefits and accounting officers and the auditor; each payee shown is a recorded read.
    """
    require(actor, muni, *MUNICIPAL)
    row = publication_row(publication)
    manifest = manifest_of(row.run)
    where = [pl.col("route") == "held", *([pl.col("reason") == reason] if reason else [])]
    rows = excerpts.of_payer(Path(row.run.folder), manifest, "ledger", muni, *where)
    page, total, number, pages = _page(rows, number, size)

    def fetch() -> list[Hold]:
        payees = [payee for payee in page["payee"] if payee is not None]
        known = excerpts.registered(Path(row.run.snapshot_folder), manifest, payees)
        return [
            Hold(
                payment=held["payment"],
                household=held["household"],
                payee=held["payee"],
                names=known.get(held["payee"], {}).get("names", ()),
                account_holder=known.get(held["payee"], {}).get("account_holder", ""),
                amount=held["amount"],
                persons=held["persons"],
                code=held["reason"],
                words=reason_words(held["reason"]),
                todo=what_to_do(held["reason"]),
                protected=held["protected"],
            )
            for held in page.iter_rows(named=True)
        ]

    ground = _ground(actor, muni, row, say("保留中の支払いの確認", "resolving held payments"))
    items = ("name", "account holder", "payment")
    shown = read_many_as(ground, items, fetch, lambda hold: hold.payee or hold.payment)
    return Page(tuple(shown), number, pages, total, size)


def letter_list(actor: int, publication: int, muni: str, number: int = 1, size: int = 50) -> Page[Letter]:
    """A municipality's payments by letter, by number.

    For its two officers and the auditor; recorded reads.
    """
    require(actor, muni, *MUNICIPAL)
    row = publication_row(publication)
    rows = excerpts.of_payer(Path(row.run.folder), manifest_of(row.run), "letters", muni)
    page, total, number, pages = _page(rows, number, size)

    def fetch() -> list[Letter]:
        return [
            Letter(
                payment=letter["payment"],
                payee=letter["payee"],
                name=letter["name"] or "",
                postcode=letter["postcode"] or "",
                town=letter["town"] or "",
                amount=letter["amount"],
                persons=letter["persons"],
                delivery=letter["delivery"],
            )
            for letter in page.iter_rows(named=True)
        ]

    ground = _ground(actor, muni, row, say("通知書の発送", "sending letters"))
    shown = read_many_as(ground, ("name", "address", "payment"), fetch, lambda one: one.payee or one.payment)
    return Page(tuple(shown), number, pages, total, size)


def letter_volumes(actor: int, publication: int, muni: str) -> tuple[Volume, ...]:
    """The volumes in which a municipality's letters are printed. For its two officers and the auditor."""
    require(actor, muni, *MUNICIPAL)
    row = publication_row(publication)
    manifest_of(row.run)
    counts = volumes_of(Path(row.run.folder), muni)
    return tuple(Volume(number, count) for number, count in enumerate(counts, start=1))


def letters_pdf(actor: int, publication: int, muni: str, volume: int) -> Path:
    """A volume of print-ready letters, made when first asked for. For the municipality's benefits officer;
    recorded reads.

    Raises BadInput where a name has a character that no installed font draws, InUse while the same
    municipality's letters are being set.
    """
    require(actor, muni, DutyKind.BENEFITS_OFFICER)
    row = publication_row(publication)
    manifest = manifest_of(row.run)
    counts = volumes_of(Path(row.run.folder), muni)
    if not 1 <= volume <= len(counts):
        raise not_open()
    letters = excerpts.of_payer(Path(row.run.folder), manifest, "letters", muni)
    wanted = letters.slice((volume - 1) * VOLUME_PAGES, VOLUME_PAGES).select("payee").collect()["payee"]
    record_reads(
        _ground(actor, muni, row, say("通知書の印刷", "printing letters")),
        ("name", "address", "payment"),
        wanted.drop_nulls().to_list(),
    )
    kept = settings.VAR / "letters"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    out = kept / f"{row.pk}-{row.manifest[:12]}" / muni
    made = out / f"letters-{muni}-{volume:04}.pdf"
    if made.exists():
        return made
    try:
        with only_one(out, "printing"):
            return make_volume(Path(row.run.folder), muni, out, volume)
    except InUse as error:
        raise InUse(
            say(
                "この団体の通知書は、いま作成中です。", "This municipality's letters are being set right now."
            ),
            todo=say("少し待ってから、もう一度開いてください。", "wait a little and open them again"),
        ) from error


def bank_file(actor: int, publication: int, muni: str, name: str) -> Path:
    """A released bank file, to be handed to the bank. For the municipality's accounting officer only;
    recorded reads.

    `name`: as in MunicipalResult.files. Raises Refused where it is not the municipality's, or not released
    yet.
    """
    require(actor, muni, DutyKind.ACCOUNTING_OFFICER)
    row = publication_row(publication)
    manifest = manifest_of(row.run)
    if name not in {file.name for file in figures.bank_files(manifest, muni)}:
        raise not_open()
    if not Release.objects.filter(muni=muni, publication=row.pk).exists():
        raise Refused(
            say(
                "送金を指示するまで、振込ファイルは取り出せません。",
                "A bank file leaves only once it is released.",
            ),
            todo=say("先に送金を指示してください。", "release the payments first"),
        )
    folder = Path(row.run.folder)
    paid = excerpts.of_payer(folder, manifest, "ledger", muni, pl.col("route") == "transfer").select("payee")
    record_reads(
        _ground(actor, muni, row, say("振込ファイルの引渡し", "handing the file to the bank")),
        ("name", "account", "payment"),
        paid.collect()["payee"].to_list(),
    )
    return folder / name


def what_to_do(code: str) -> str:
    """What an officer does about a payment that is held or goes by letter."""
    return {
        "A01": say(
            "通知書で口座の届出を案内します。届出があれば次回の支払いに加わります。",
            "The letter asks for an account; once it is registered, a later run pays.",
        ),
        "A02": say(
            "口座名義と登録されている氏名を見比べ、本人に確認して、口座または氏名の登録を直します。",
            "Compare the account's holder with the registered names, ask the person, correct what is wrong.",
        ),
        "H01": say(
            "新しい世帯主を確認します。世帯員がいない場合は支給されません。",
            "Find the new head of household; where nobody is left in it, nothing is paid.",
        ),
        "H02": say(
            "世帯主を定める届出を案内し、受取人を確認します。",
            "Ask the household to report who is its head, and settle the payee.",
        ),
    }.get(code, "")


def _page(rows: pl.LazyFrame, number: int, size: int) -> tuple[pl.DataFrame, int, int, int]:
    """(rows of a page, all rows, the page's number, pages). A number past the end gives the last page."""
    size = max(1, min(size, LARGEST_PAGE))
    found = rows.collect()
    pages = max(1, -(-found.height // size))
    number = max(1, min(number, pages))
    return found.slice((number - 1) * size, size), found.height, number, pages


def _ground(actor: int, muni: str, row: Publication, purpose: str) -> Reader:
    return reader(actor, muni, purpose, article_of(row.name))


def article_of(name: str) -> str:
    """The article under which a programme's data are read: its first legal basis."""
    basis = offer(name)[0].legal_basis[0]
    return f"{basis.name['ja']} {basis.article['ja']}"
