"""Movers who stand elsewhere than announced: another destination reported at the counter that they left, and the question of the
municipality where they stand.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError
from enishi.register import services as register
from enishi.web.guard import attempt
from enishi.web.officer import Officer
from enishi.web.register.acts.fields import MunicipalityField
from enishi.web.register.acts.parts.places import PlacePart, filled_in, found_towns
from enishi.web.register.frame import context, for_register
from enishi.web.register.measures.forms import NumbersField
from enishi.web.register.measures.ground import key_of
from enishi.web.register.moving import page_context, reader_of, view_of

ASKED_AGAIN = 422
PREFIX = "to"


class QuestionForm(forms.Form):
    """Whose certificate information another municipality is asked for."""

    persons = NumbersField(
        label=gettext_lazy("Person numbers of those who have moved in"),
        help_text=gettext_lazy("Those who stand before you or are on the paper; put a space between them."),
    )
    old = MunicipalityField(
        label=gettext_lazy("Municipality that they left"),
        max_length=60,
        help_text=gettext_lazy("Name or code."),
        error_messages={"required": gettext_lazy("Enter the municipality that they left.")},
    )
    paper = forms.CharField(
        label=gettext_lazy("Number of the paper certificate"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Where they show one."),
    )

    def __init__(self, muni: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.muni = muni
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_persons(self) -> tuple[int, ...]:
        """At least one person."""
        found: tuple[int, ...] = self.cleaned_data["persons"]
        if not found:
            raise forms.ValidationError(_("Enter at least one person number."))
        return found

    def clean_old(self) -> str:
        """Another municipality."""
        found = str(self.cleaned_data["old"])
        if found == self.muni:
            raise forms.ValidationError(_("This is your own municipality: enter the one that they left."))
        return found


@for_register
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Asks the municipality that the movers left: they announced another destination, or come with paper."""
    form = QuestionForm(muni, request.POST if request.method == "POST" else None)
    key = key_of(request.POST.get("key", ""))
    if request.method == "POST" and form.is_valid():
        said, actor = form.cleaned_data, reader_of(officer, muni).actor
        try:
            question = register.ask_for_certificate(
                muni,
                said["old"],
                said["persons"],
                key=f"{actor}:{key}",
                actor=actor,
                now=timezone.now(),
                paper=said["paper"].strip(),
            )
        except EnishiError as error:
            form.add_error(None, f"{error.what} {error.todo}".strip())
        else:
            messages.success(request, _("The question is on its way. The answer will be shown here."))
            return redirect("register-move", muni, "asking", question)
    here = context(muni, "moves", form=form, key=key)
    status = ASKED_AGAIN if form.errors else 200
    return render(request, "office/register/moves/ask.html", here, status=status)


@for_register
@require_http_methods(["GET", "POST"])
def destination(request: HttpRequest, officer: Officer, muni: str, move: str) -> HttpResponse:
    """Another address than announced, reported at the counter of the municipality that is left."""
    view = view_of(officer, muni, "old", move)
    found = page_context(officer, muni, view)
    back = reverse("register-move", args=[muni, "old", move])
    if not found["may"]["redirect"]:
        messages.info(
            request, _("This is done already, or not open any more. The page shows where the move stands.")
        )
        return redirect(back)
    do = request.POST.get("do", "")
    posted = _looked_up(request.POST, do) if request.method == "POST" else None
    form = PlacePart(_("The new address"), "elsewhere", muni, posted, prefix=PREFIX)
    if do == "confirm" and form.is_valid():
        return attempt(
            request,
            back,
            lambda: register.change_destination(
                muni, move, form.place(), view.plan, actor=reader_of(officer, muni).actor, now=timezone.now()
            ),
            lambda _state: _("The new destination is recorded, and the municipalities are told."),
        )
    if posted is not None and do != "confirm":
        _quiet(form, do)
    here = found | {"form": form, "part": form, "back": back}
    status = ASKED_AGAIN if form.errors else 200
    return render(request, "office/register/moves/destination.html", here, status=status)


def _looked_up(posted: QueryDict, do: str) -> QueryDict:
    """The form with the town of the post's list that was looked up or chosen; as it is where the post has none."""
    what, _colon, rest = do.partition(":")
    if what not in ("lookup", "town"):
        return posted
    data = posted.copy()
    try:
        towns = found_towns(data.get(f"{PREFIX}-postcode", ""))
    except forms.ValidationError:
        return data
    chosen = rest.partition(":")[2]
    if what == "lookup" and len(towns) > 1:
        return data
    at = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else 0
    for name, text in filled_in(towns[min(at, len(towns) - 1)]).items():
        data[f"{PREFIX}-{name}"] = text
    return data


def _quiet(form: PlacePart, do: str) -> None:
    """The form after help: what is not filled in yet is no fault; what the help could not do is said at its field."""
    form.full_clean()
    form.errors.clear()
    if not do.startswith("lookup:"):
        return
    try:
        towns = found_towns(form.data.get(f"{PREFIX}-postcode", ""))
    except forms.ValidationError as error:
        form.add_error("postcode", error)
    else:
        form.towns = towns if len(towns) > 1 else ()
