"""Decide, renew, change, end: each a form, then what will happen, then the act itself, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError
from enishi.register import services as register
from enishi.register.terms import By, MeasureFile
from enishi.web.officer import Officer
from enishi.web.register.measures import words
from enishi.web.register.measures.case import about, file_of
from enishi.web.register.measures.forms import (
    GRANT,
    ChangeForm,
    DecisionForm,
    EndForm,
    RenewalForm,
    delivery_initial,
    opinion_initial,
    repeated,
)
from enishi.web.register.measures.ground import by, called, for_measures, ground, key_of, refused
from enishi.web.towns import place

ASKED_AGAIN = 422
ACTS = ("decide", "renew", "change", "end")


@for_measures
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, officer: Officer, muni: str, act: str, measure: str) -> HttpResponse:
    """An act on a case of the own file."""
    if act not in ACTS:
        raise Http404
    found = file_of(officer, muni, measure)
    here = about(officer, muni, found)
    key = key_of(request.POST.get("key", ""))
    do = request.POST.get("do", "")
    if not here["may"][act] and do != "confirm":
        messages.info(
            request, _("This is done already, or not open now. The page shows how the case stands.")
        )
        return redirect("register-measure", muni, measure)
    form = _form(officer, muni, act, found, request.POST if request.method == "POST" else None)
    here |= {"act": act, "key": key, "form": form}
    if do in ("preview", "confirm") and form.is_valid():
        if do == "preview":
            return _preview(request, officer, muni, form, here)
        if _done(officer, muni, act, found, form, key):
            messages.success(request, _said(act, form))
            return redirect("register-measure", muni, measure)
    status = ASKED_AGAIN if form.errors else 200
    return render(request, "office/register/measures/act.html", here, status=status)


def _form(officer: Officer, muni: str, act: str, found: MeasureFile, data: QueryDict | None) -> forms.Form:
    case, today = found.case, officer.today
    heard = opinion_initial(case.opinion)
    if act == "decide":
        return DecisionForm(data, today=today, heard=case.opinion is not None, initial=heard)
    if act == "renew":
        return RenewalForm(data, today=today)
    if act == "end":
        return EndForm(data)
    home = register.seated(ground(officer, muni), muni, case.applicant, on=today)
    known = {case.applicant, *case.covered, *case.other_parties}
    initial = heard | {"other_named": case.other_named, **delivery_initial(case.delivery)}
    members = [one for one in home if one.person not in known]
    return ChangeForm(members, data, today=today, initial=initial)


def _preview(
    request: HttpRequest, officer: Officer, muni: str, form: forms.Form, here: dict[str, Any]
) -> HttpResponse:
    """What will happen, before it does."""
    here |= {"repeated": repeated((name, value) for name, value in request.POST.lists() if name != "key")}
    if isinstance(form, DecisionForm):
        here |= {"granting": form.cleaned_data["decision"] == GRANT}
    if isinstance(form, DecisionForm | RenewalForm):
        opinion = form.opinion() or here["case"].opinion
        here |= {"heard": opinion, "heard_of": words.AGENCIES[opinion.agency] if opinion else ""}
    if isinstance(form, ChangeForm):
        changed = form.changed()
        added = (*changed.covered, *changed.other_parties)
        people = called(officer, muni, added)
        reach = register.reach_of(ground(officer, muni), muni, added)
        here |= {
            "changed": changed,
            "added": [people[one] for one in changed.covered],
            "against": [people[one] for one in changed.other_parties],
            "new_places": [place(one) for one in reach.munis if place(one) not in here["reached"]],
            "new_opinion": changed.opinion if changed.opinion != here["case"].opinion else None,
        }
    return render(request, "office/register/measures/act_preview.html", here)


def _done(officer: Officer, muni: str, act: str, found: MeasureFile, form: forms.Form, key: str) -> bool:
    """Performs the act; False where it was refused, which the form then says."""
    reason = form.said() if isinstance(form, EndForm) else form.cleaned_data["reason"]
    filed = by(officer, muni, key, reason)
    try:
        _acts(filed, found.measure, form)[act]()
    except EnishiError as error:
        form.add_error(None, refused(officer, muni, error))
        return False
    return True


def _acts(filed: By, measure: str, form: Any) -> dict[str, Callable[[], None]]:
    return {
        "decide": lambda: register.decide_measure(
            filed, measure, grant=form.cleaned_data["decision"] == GRANT, opinion=form.opinion()
        ),
        "renew": lambda: register.renew_measure(filed, measure, opinion=form.opinion()),
        "change": lambda: register.change_measure(filed, measure, form.changed()),
        "end": lambda: register.end_measure(filed, measure),
    }


def _said(act: str, form: forms.Form) -> str:
    if act == "decide":
        if form.cleaned_data["decision"] == GRANT:
            return _("Granted. Print the notice for the applicant.")
        return _("Refused. The records are open; print the notice for the applicant.")
    return {
        "renew": _("Renewed for another year. Print the notice for the applicant."),
        "change": _("Changed. Every municipality with a trace is told."),
        "end": _("Ended. The records are open; print the notice for the applicant."),
    }[act]
