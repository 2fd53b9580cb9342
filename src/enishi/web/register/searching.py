"""Searching the municipality's register, and the question why that stands before every person."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import BadInput, EnishiError
from enishi.number import services as number
from enishi.register import services as register
from enishi.register import terms
from enishi.web.forms import read_number
from enishi.web.listing import page_number
from enishi.web.officer import Officer
from enishi.web.people.asking import read_day
from enishi.web.register.asking import NUMBER_ARTICLES, Asked, WhyForm, day_in, keep, kept
from enishi.web.register.frame import context, for_register

SIZE = 20
KEPT_FIELDS = ("text", "born", "address", "addressee", "person", "present")
SORTS = ("reading", "birth", "address", "person")
LARGEST = 2**63


class SearchForm(WhyForm):
    """Whom one looks for, and why. All that is filled in must hold."""

    text = forms.CharField(
        label=gettext_lazy("Name or reading"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("The beginning: kanji in usual or old form, kana, or Latin letters."),
    )
    born = forms.CharField(
        label=gettext_lazy("Date of birth"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("For example 1980-01-31 or S55.1.31."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("The beginning of town and block, without the municipality."),
    )
    addressee = forms.CharField(label=gettext_lazy("Addressee number"), required=False, max_length=18)
    person = forms.CharField(label=gettext_lazy("Person number"), required=False, max_length=18)
    number = forms.CharField(
        label=gettext_lazy("Individual number"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "Only for reports, notices and the number itself (My Number Act arts 7, 9). It is not kept."
        ),
    )
    present = forms.BooleanField(label=gettext_lazy("Residents of today only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["accesskey"] = "s"
        for name in ("addressee", "person", "number"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    def clean_born(self) -> str:
        """The day typed, Western or in an era, as ISO 8601."""
        text = str(self.cleaned_data["born"]).strip()
        return read_day(text).isoformat() if text else ""

    def clean_addressee(self) -> str:
        return self._digits("addressee")

    def clean_person(self) -> str:
        return self._digits("person")

    def clean(self) -> dict[str, Any]:
        """Asks for something to look for."""
        found = super().clean() or self.cleaned_data
        if (
            not self.errors
            and not found.get("number")
            and question({k: found.get(k, "") for k in KEPT_FIELDS}).empty
        ):
            self.add_error("text", _("Enter a name, a date of birth, an address or a number."))
        return found

    def _digits(self, name: str) -> str:
        return str(read_number(str(self.cleaned_data[name])) or "")


@for_register
@require_http_methods(["GET", "POST"])
def why(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Why one reads: asked once, kept for half an hour; then on to the page that was wanted."""
    top = reverse("register-today", args=[muni])
    wanted = request.POST.get("next") or request.GET.get("next") or top
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(top)
    if not safe:
        wanted = top
    asked = kept(request, muni)
    said = {"purpose": asked.purpose, "note": asked.note} if asked else {}
    form = WhyForm(request.POST) if request.method == "POST" else WhyForm(initial=said)
    if request.method == "POST" and form.is_valid():
        typed = asked.typed if asked else {}
        keep(request, Asked(muni, form.cleaned_data["purpose"], form.cleaned_data["note"], typed))
        return redirect(wanted)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "office/register/why.html", context(muni, "why", form=form, next=wanted), status=status
    )


@for_register
@sensitive_post_parameters("text", "born", "address", "number")
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The form, and what was found. A name never stands in an address: what was typed is kept in the session."""
    asked = kept(request, muni)
    if request.method == "POST":
        return _asked(request, officer, muni, asked)
    typed: dict[str, Any] = {}
    if asked:
        typed = {"purpose": asked.purpose, "note": asked.note, **asked.typed}
    hits = None
    sort = _sort(request)
    if asked and "results" in request.GET and not question(asked.typed).empty:
        hits = register.find_residents(
            asked.reader(officer),
            muni,
            question(asked.typed),
            on=officer.today,
            sort=sort,
            page=page_number(request),
            size=SIZE,
        )
    return _page(request, officer, muni, SearchForm(initial=typed), asked if hits else None, hits, sort)


@sensitive_variables()
def _asked(request: HttpRequest, officer: Officer, muni: str, before: Asked | None) -> HttpResponse:
    """What the form, or the search line of another page, sends."""
    form = SearchForm(_from_line(request, before) if "quick" in request.POST else request.POST)
    nobody = False
    if form.is_valid():
        said = form.cleaned_data
        typed = {name: ("1" if said[name] is True else str(said[name] or "").strip()) for name in KEPT_FIELDS}
        now = Asked(muni, said["purpose"], said["note"], typed)
        if said["number"]:
            found = _by_number(form, officer, now, said["number"])
            if found is not None:
                keep(request, Asked(muni, now.purpose, now.note, before.typed if before else {}))
                return redirect("register-person", muni=muni, person=found)
            nobody = not form.errors
        else:
            keep(request, now)
            if typed["person"] and not any(typed[name] for name in ("text", "born", "address", "addressee")):
                return redirect("register-person", muni=muni, person=int(typed["person"]))
            return redirect(f"{reverse('register-search', args=[muni])}?results=1")
    shown = SearchForm(_without_number(form.data)) if nobody else form
    return _page(request, officer, muni, shown, None, None, "reading", nobody=nobody)


@sensitive_variables()
def _by_number(form: SearchForm, officer: Officer, asked: Asked, typed: str) -> int | None:
    """The person of this municipality who bears a number; None for nobody and for somebody of another one, alike."""
    decision = number.Decision(
        allowed=asked.purpose in NUMBER_ARTICLES,
        actor=f"officer:{officer.id}",
        purpose=asked.words,
        article=NUMBER_ARTICLES.get(asked.purpose, "My Number Act 9"),
        muni=asked.muni,
    )
    try:
        found = number.find(normalize("NFKC", typed).replace(" ", "").replace("-", ""), decision)
    except BadInput:
        form.add_error("number", _("This is no individual number: check its twelve digits."))
        return None
    except EnishiError:
        form.add_error("number", _("For this purpose nobody may be looked up by individual number."))
        return None
    if found is None:
        return None
    here = register.residents_by_id(asked.reader(officer), asked.muni, [found], on=officer.today)
    return found if here else None


def question(typed: dict[str, Any]) -> terms.Question:
    """What was typed and kept, as the register asks it."""
    return terms.Question(
        text=str(typed.get("text") or ""),
        born=day_in(str(typed.get("born") or "")),
        address=str(typed.get("address") or ""),
        addressee=int(typed["addressee"]) if typed.get("addressee") else None,
        person=int(typed["person"]) if typed.get("person") else None,
        present=bool(typed.get("present")),
    )


def _from_line(request: HttpRequest, before: Asked | None) -> dict[str, str]:
    """The search line of every page: a person number, a name or a reading, for the purpose that was said last."""
    text = request.POST.get("text", "").strip()
    plain = normalize("NFKC", text)
    by_number = plain.isascii() and plain.isdigit() and len(plain) < 19
    return {
        "purpose": before.purpose if before else "",
        "note": before.note if before else "",
        "person" if by_number else "text": plain if by_number else text,
    }


def _without_number(data: Any) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "number"}


def _sort(request: HttpRequest) -> str:
    wanted = request.GET.get("sort", "reading")
    return wanted if wanted.removeprefix("-") in SORTS else "reading"


def _page(
    request: HttpRequest,
    officer: Officer,
    muni: str,
    form: SearchForm,
    asked: Asked | None,
    hits: terms.FoundPage | None,
    sort: str,
    *,
    nobody: bool = False,
) -> HttpResponse:
    state = urlencode({"list": hits.page, "sort": sort}) if hits else ""
    shown = context(
        muni,
        "search",
        asked,
        form=form,
        hits=hits,
        found={"number": hits.page, "pages": hits.pages, "total": hits.total} if hits else None,
        nobody=nobody,
        sort=sort,
        state=state,
        today=officer.today,
    )
    status = 422 if request.method == "POST" and not nobody else 200
    return render(request, "office/register/search.html", shown, status=status)
