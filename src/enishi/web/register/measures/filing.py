"""Taking a filing (申出): the applicant, the form, what it will do and whom it reaches, then the filing itself, once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError
from enishi.register import services as register
from enishi.register import terms
from enishi.web.officer import Officer
from enishi.web.register.frame import context
from enishi.web.register.measures import words
from enishi.web.register.measures.case import file_of
from enishi.web.register.measures.forms import (
    FilingForm,
    PersonForm,
    delivery_initial,
    opinion_initial,
    repeated,
)
from enishi.web.register.measures.ground import by, called, for_measures, ground, key_of, refused
from enishi.web.towns import place

ASKED_AGAIN = 422


@for_measures
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """First the applicant (`?person=`), then the form, its preview, and the filing. `?again=`: with the particulars of a case
    that is over.
    """
    said = request.POST if request.method == "POST" else request.GET
    asked = PersonForm(said if "person" in said else None)
    if not asked.is_valid():
        here = context(muni, "measures", form=asked)
        status = ASKED_AGAIN if asked.errors else 200
        return render(request, "office/register/measures/whose.html", here, status=status)
    applicant: int = asked.cleaned_data["person"]
    members = _members(officer, muni, applicant)
    initial = _again(officer, muni, applicant, members, request.GET.get("again", ""))
    data = request.POST if request.method == "POST" else None
    form = FilingForm(applicant, members, data, today=officer.today, initial=initial)
    here = _about(officer, muni, applicant) | {"form": form, "key": key_of(said.get("key", ""))}
    do = request.POST.get("do", "")
    if do in ("preview", "confirm") and form.is_valid():
        if do == "preview":
            return _preview(request, officer, muni, form, here)
        made = _file(officer, muni, form, here["key"])
        if made:
            messages.success(
                request, _("Filed. The records are closed from this moment; the decision is to follow.")
            )
            return redirect("register-measure", muni, made)
    status = ASKED_AGAIN if form.errors else 200
    return render(request, "office/register/measures/file.html", here, status=status)


def _members(officer: Officer, muni: str, applicant: int) -> tuple[terms.Seated, ...]:
    """Who shares the applicant's household here; nobody where this municipality has no record of them."""
    found = register.seated(ground(officer, muni), muni, applicant, on=officer.today)
    return tuple(one for one in found if one.person != applicant)


def _about(officer: Officer, muni: str, applicant: int) -> dict[str, Any]:
    """What the form and its preview say of the applicant: who it is, and the cases that stand already."""
    cases = register.measures_of_person(ground(officer, muni), muni, applicant)
    protects = [one for one in cases if one.closes and applicant in (one.case.applicant, *one.case.covered)]
    return context(
        muni,
        "measures",
        applicant=called(officer, muni, [applicant])[applicant],
        earlier=[(one.measure, words.STATES[one.state]) for one in protects],
    )


def _preview(
    request: HttpRequest, officer: Officer, muni: str, form: FilingForm, here: dict[str, Any]
) -> HttpResponse:
    """Whom the filing protects against whom, and which municipalities it reaches. Nothing is recorded but the reads."""
    case = form.case()
    everybody = (case.applicant, *case.covered, *case.other_parties)
    people = called(officer, muni, everybody)
    reach = register.reach_of(ground(officer, muni), muni, everybody)
    here |= {
        "case": case,
        "covered": [people[one] for one in case.covered],
        "others": [people[one] for one in case.other_parties],
        "harm": words.HARMS[case.harm],
        "opinion": case.opinion,
        "agency": words.AGENCIES[case.opinion.agency] if case.opinion else "",
        "honorific": "",
        "reason": form.cleaned_data["reason"],
        "reached": [place(one) for one in reach.munis],
        "repeated": repeated((name, value) for name, value in request.POST.lists() if name != "key"),
    }
    return render(request, "office/register/measures/file_preview.html", here)


def _file(officer: Officer, muni: str, form: FilingForm, key: str) -> str:
    """Files the case; blank where it was refused, which the form then says."""
    try:
        return register.file_measure(by(officer, muni, key, form.cleaned_data["reason"]), form.case())
    except EnishiError as error:
        form.add_error(None, refused(officer, muni, error))
        return ""


def _again(
    officer: Officer, muni: str, applicant: int, members: tuple[terms.Seated, ...], measure: str
) -> dict[str, Any]:
    """The particulars of an earlier case of the applicant, for the form; none where there is no such case."""
    if not measure:
        return {}
    case = file_of(officer, muni, measure).case
    if case.applicant != applicant:
        return {}
    home = {one.person for one in members}
    return {
        "harm": case.harm.value,
        "family": [one for one in case.covered if one in home],
        "covered": " ".join(str(one) for one in case.covered if one not in home),
        "against": [one for one in case.other_parties if one in home],
        "others": " ".join(str(one) for one in case.other_parties if one not in home),
        "other_named": case.other_named,
        **delivery_initial(case.delivery),
        **opinion_initial(case.opinion),
    }
