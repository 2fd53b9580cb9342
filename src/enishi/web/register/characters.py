"""Legacy characters (外字) of the municipality's old systems: which registered form each is, chosen by a person; and characters
that pages could not show.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enishi.kernel.errors import BadInput
from enishi.names import legacy
from enishi.web.listing import page_number
from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register

SIZE = 25
OPEN, CHOSEN = "open", "chosen"


@for_register
@require_http_methods(["GET", "POST"])
def characters(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The table of the municipality, those that are open first; by POST a choice, or a choice taken back."""
    show = CHOSEN if request.GET.get("show") == CHOSEN else OPEN
    fault, faulty = "", ""
    if request.method == "POST":
        code = request.POST.get("code", "")
        form = (
            ""
            if "back" in request.POST
            else request.POST.get("other", "").strip() or request.POST.get("form", "")
        )
        try:
            if not form and "back" not in request.POST:
                raise BadInput("nothing was chosen")
            legacy.choose_legacy(muni, code, form, officer.username)
        except BadInput:
            fault, faulty = _("Choose one of the forms, or give the code of another, such as MJ026200."), code
        else:
            messages.success(
                request, _("The choice was taken back.") if not form else _("The choice is recorded.")
            )
            return redirect(f"{reverse('register-characters', args=[muni])}?show={show}")
    everything = legacy.legacy_characters(muni)
    rows = [one for one in everything if (one.chosen is not None) == (show == CHOSEN)]
    number = page_number(request)
    shown = context(
        muni,
        "characters",
        show=show,
        rows=rows[(number - 1) * SIZE : number * SIZE],
        open=sum(one.chosen is None for one in everything),
        chosen=sum(one.chosen is not None for one in everything),
        unshown=legacy.unshown(),
        command=f"enishi names characters identify EUDC.TTE --keep {muni}",
        fault=fault,
        faulty=faulty,
        before=number - 1,
        after=number + 1 if len(rows) > number * SIZE else 0,
    )
    return render(request, "office/register/characters.html", shown, status=400 if fault else 200)


@for_register
@require_safe
def picture(request: HttpRequest, officer: Officer, muni: str, code: str) -> HttpResponse:
    """The picture of one legacy character."""
    found = legacy.legacy_picture(muni, code)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="image/png")
