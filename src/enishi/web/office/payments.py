"""A municipality's payments one by one: held ones, letters, bank files."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from enishi.benefits import services as benefits
from enishi.platform.services import DutyKind
from enishi.web.guard import for_office
from enishi.web.listing import chosen, page_number
from enishi.web.office.overview import PAYING
from enishi.web.officer import Officer
from enishi.web.towns import place


@for_office(*PAYING)
def holds(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """Held payments with their reason and what to do; every row shown is a recorded read."""
    found = benefits.municipal_result(officer.id, publication, muni)
    reason = chosen(request, "reason", found.figures.held_reasons)
    page = benefits.holds(officer.id, publication, muni, reason, page_number(request))
    return render(
        request,
        "office/holds.html",
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "result": found,
            "publication": found.publication,
            "tab": "holds",
            "reason": reason,
            "reasons": [
                row
                for row in found.reasons
                if row.kind == "payment" and row.code in found.figures.held_reasons
            ],
            "page": page,
            "may_search": officer.has(DutyKind.BENEFITS_OFFICER, muni),
        },
    )


@for_office(*PAYING)
def letters(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """Payments by letter, and the volumes to print."""
    found = benefits.municipal_result(officer.id, publication, muni)
    return render(
        request,
        "office/letters.html",
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "result": found,
            "publication": found.publication,
            "tab": "letters",
            "page": benefits.letter_list(officer.id, publication, muni, page_number(request)),
            "volumes": benefits.letter_volumes(officer.id, publication, muni),
            "may_print": officer.has(DutyKind.BENEFITS_OFFICER, muni),
        },
    )


@for_office(DutyKind.BENEFITS_OFFICER)
def letters_pdf(
    request: HttpRequest, officer: Officer, muni: str, publication: int, volume: int
) -> FileResponse:
    """One volume of print-ready letters."""
    path = benefits.letters_pdf(officer.id, publication, muni, volume)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=path.name, content_type="application/pdf"
    )


@for_office(*PAYING)
def files(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """Bank files with their hashes; the accounting officer can take them once they are released."""
    found = benefits.municipal_result(officer.id, publication, muni)
    return render(
        request,
        "office/files.html",
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "result": found,
            "publication": found.publication,
            "tab": "files",
            "may_take": officer.has(DutyKind.ACCOUNTING_OFFICER, muni) and found.state.state == "released",
            "accounting": officer.has(DutyKind.ACCOUNTING_OFFICER, muni),
        },
    )


@for_office(DutyKind.ACCOUNTING_OFFICER)
def bank_file(request: HttpRequest, officer: Officer, muni: str, publication: int, name: str) -> FileResponse:
    """One bank file (JIS X 0201, 120-byte records), for the accounting officer only."""
    path = benefits.bank_file(officer.id, publication, muni, name)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"SYNTHETIC-{muni}-{path.name}",
        content_type="application/octet-stream",
    )
