"""Certificates at the counter: choose, look at what it will say, issue, print, list, make void."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enishi.kernel.errors import EnishiError
from enishi.platform.services import DutyKind, Reader
from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import attempt, for_office
from enishi.web.listing import page_number
from enishi.web.officer import Officer
from enishi.web.register import certificate_words as words
from enishi.web.register.certificate_form import CertificateForm
from enishi.web.towns import place

ARTICLE = "Basic Resident Register Act 12"


@for_office(DutyKind.REGISTER_OFFICER)
@require_GET
def issued(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """What this office has issued, newest first; of one person with `?person=`."""
    person = _number(request.GET.get("person", ""))
    page = register.issued_certificates(
        _reader(officer, muni), muni, person=person, page=page_number(request)
    )
    rows = [(line, *_said(line)) for line in page.rows]
    return render(
        request,
        "office/register/certificates.html",
        _context(muni) | {"page": page, "rows": rows, "asked_person": person or ""},
    )


@for_office(DutyKind.REGISTER_OFFICER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The request: first the person, then the form, then what it will say, then the issue. The same form sent twice issues
    one certificate.
    """
    said: QueryDict = request.POST if request.method == "POST" else request.GET
    person, holder = _number(said.get("person", "")), said.get("holder", "").strip() or muni
    typed = bool(said.get("person", "").strip())
    reader, now = _reader(officer, muni), timezone.now()
    wide = holder != muni
    choices: tuple[terms.Choice, ...] = ()
    if person is not None and len(holder) == 6 and holder.isascii() and holder.isdigit():
        choices = register.certifiable(reader, holder, person, now=now, today=officer.today, wide_area=wide)
    context = _context(muni) | {
        "person": said.get("person", "")[:20],
        "holder": holder[:6],
        "wide": wide,
        "nobody": typed and not choices,
        "form": None,
    }
    if not choices or person is None:
        return render(request, "office/register/certificate_new.html", context, status=422 if typed else 200)
    form = CertificateForm(choices, request.POST if request.method == "POST" else None, wide_area=wide)
    if request.method == "POST" and form.is_valid():
        asked = form.asked(holder, muni, person)
        try:
            if "issue" in request.POST:
                made = register.issue_certificate(
                    reader, asked, key=form.cleaned_data["key"], now=now, today=officer.today
                )
                messages.success(request, _("The certificate is issued. Print it and hand it over."))
                return redirect("office-certificate", muni, made.serial)
            preview = register.preview_certificate(reader, asked, now=now, today=officer.today)
        except EnishiError as error:
            form.add_error(None, f"{error.what} {error.todo}".strip())
        else:
            return render(
                request,
                "office/register/certificate_preview.html",
                context
                | {
                    "preview": preview,
                    "handover": words.HANDOVERS[preview.handover],
                    "repeated": [
                        (name, value)
                        for name in request.POST
                        if name not in ("csrfmiddlewaretoken", "preview", "issue")
                        for value in request.POST.getlist(name)
                    ],
                },
            )
    status = 422 if request.method == "POST" else 200
    return render(request, "office/register/certificate_new.html", context | {"form": form}, status=status)


@for_office(DutyKind.REGISTER_OFFICER)
@require_GET
def one(request: HttpRequest, officer: Officer, muni: str, serial: int) -> HttpResponse:
    """One certificate as an act: what, for whom, by which article, how it is checked, whether it holds."""
    line = register.issued_certificate(_reader(officer, muni), muni, serial)
    asked = line.asked
    kind, standing = _said(line)
    return render(
        request,
        "office/register/certificate.html",
        _context(muni)
        | {
            "line": line,
            "kind": kind,
            "standing": standing,
            "items": [words.ITEMS[item] for item in words.ITEMS if item in asked.says],
            "identity": words.IDENTITIES[asked.requester.identity],
            "channel": words.CHANNELS[asked.channel],
            "handover": words.HANDOVERS[terms.Handover(line.handover)],
        },
    )


@for_office(DutyKind.REGISTER_OFFICER)
@require_GET
def pdf(request: HttpRequest, officer: Officer, muni: str, serial: int) -> HttpResponse:
    """The page to print: made again from the record, the same bytes as when it was issued."""
    made = register.reprint_certificate(_reader(officer, muni), muni, serial)
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="SYNTHETIC-certificate-{muni}-{serial}.pdf"'
    return answer


@for_office(DutyKind.REGISTER_OFFICER)
@require_POST
def void(request: HttpRequest, officer: Officer, muni: str, serial: int) -> HttpResponse:
    """Makes a certificate void that was issued in error."""
    why = request.POST.get("why", "")
    return attempt(
        request,
        reverse("office-certificate", args=[muni, serial]),
        lambda: register.void_certificate(_reader(officer, muni), muni, serial, why, timezone.now()),
        lambda _done: _("The certificate is void. Whoever checks it is told so from now on."),
    )


def _reader(officer: Officer, muni: str) -> Reader:
    return Reader(f"officer:{officer.id}", "certificate", ARTICLE, muni=muni)


def _said(line: terms.CertificateLine) -> tuple[str, str]:
    return str(words.KINDS[line.asked.kind]), str(words.STANDINGS[line.asked.requester.standing])


def _context(muni: str) -> dict[str, object]:
    return {"audience": "office", "muni": muni, "place": place(muni)}


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 and int(plain) > 0 else None
