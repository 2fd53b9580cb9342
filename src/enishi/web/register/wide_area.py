"""Wide-area copies at the counter: a question to the municipality with the record, its answer, the copy."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError
from enishi.platform.services import DutyKind
from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import for_office
from enishi.web.officer import Officer
from enishi.web.register import certificate_words as words
from enishi.web.register.certificate_form import AnsweredForm, WideAreaForm
from enishi.web.register.certificates import context_of, preview_page, reader_of
from enishi.web.towns import place


@for_office(DutyKind.REGISTER_OFFICER)
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The form of a question, and the latest questions with how they stand."""
    reader = reader_of(officer, muni)
    form = WideAreaForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            question = register.ask_wide_area(
                reader,
                muni,
                said["holder"],
                said["person"],
                household=form.of_household,
                items=form.switched,
                identity=terms.Identity(said["identity"]),
                key=said["key"],
                now=timezone.now(),
                today=officer.today,
            )
        except EnishiError as error:
            form.add_error(None, f"{error.what} {error.todo}".strip())
        else:
            messages.success(
                request, _("The question is sent. The answer stands on this page as soon as it comes.")
            )
            return redirect("office-wide-area-question", muni, question)
    lines = [
        (one, place(one.holder), words.QUESTION_STATES[one.state])
        for one in register.wide_area_questions(reader, muni, today=officer.today)
    ]
    return render(
        request,
        "office/register/wide_area.html",
        context_of(muni) | {"form": form, "lines": lines},
        status=422 if form.errors else 200,
    )


@for_office(DutyKind.REGISTER_OFFICER)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, officer: Officer, muni: str, number: UUID) -> HttpResponse:
    """One question with its answer: who stands on the copy, what it will say, the issue."""
    reader, now = reader_of(officer, muni), timezone.now()
    try:
        line = register.wide_area_question(reader, muni, str(number), today=officer.today)
    except EnishiError:
        raise Http404 from None
    context = context_of(muni) | {
        "line": line,
        "holder": place(line.holder),
        "state": words.QUESTION_STATES[line.state],
        "items": [words.ITEMS[item] for item in words.ITEMS if item in line.items],
        "identity": words.IDENTITIES[line.identity],
        "form": None,
    }
    if not line.usable or not line.people:
        return render(request, "office/register/wide_area_question.html", context)
    form = AnsweredForm(line.people, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        standing = terms.Standing.HOUSEHOLD if line.household else terms.Standing.SELF
        asked = terms.Asked(
            muni=line.holder,
            office=muni,
            kind=terms.Certificate.WIDE_AREA,
            persons=tuple(form.cleaned_data["persons"]),
            requester=terms.Requester(standing, line.identity, line.person),
            channel=terms.Channel.COUNTER,
            items=frozenset(line.items),
            form=terms.Form(form.cleaned_data["form"]),
            question=line.question,
        )
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
            return preview_page(
                request, context, preview, reverse("office-wide-area-question", args=[muni, number])
            )
    return render(
        request,
        "office/register/wide_area_question.html",
        context | {"form": form},
        status=422 if form.errors else 200,
    )
