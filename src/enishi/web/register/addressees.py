"""Addressees: persons not on the register but served (住登外者), whom one number stands for, and who may have two."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from enishi.register import services as register
from enishi.web.guard import explain
from enishi.web.listing import page_number
from enishi.web.officer import Officer
from enishi.web.register import words
from enishi.web.register.acts.parts.addressees import born_in_words, place_in_words
from enishi.web.register.asking import kept
from enishi.web.register.frame import ask_first, context, for_register, nobody

SIZE = 50
LONGEST = 60


@for_register
@require_http_methods(["GET", "POST"])
def addressees(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Non-resident addressees who are served today; by POST those of whom name, reading or number begins so: what is typed never
    stands in an address, where logs would keep it.
    """
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    text = request.POST.get("text", "")[:LONGEST] if request.method == "POST" else ""
    number = _page(request.POST.get("page", "")) if request.method == "POST" else page_number(request)
    page = register.find_addressees(
        asked.reader(officer), muni, text, on=officer.today, page=number, size=SIZE
    )
    shown = context(
        muni,
        "addressees",
        asked,
        page=page,
        text=text,
        rows=[(one, born_in_words(one.born), place_in_words(one.address)) for one in page.rows],
        before=page.number - 1,
        after=page.number + 1 if page.number < page.pages else 0,
    )
    return render(request, "office/register/addressees.html", shown)


@for_register
@require_safe
def duplicates(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """Numbers of which two may stand for one person: same reading and date of birth. An officer decides."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    number = page_number(request)
    reader = asked.reader(officer)
    found = register.addressee_duplicates(reader, muni, page=number, size=SIZE)
    people = register.residents_by_id(
        reader, muni, {one.person for one in found if one.person is not None}, on=officer.today
    )
    shown = context(
        muni,
        "addressees",
        asked,
        rows=[(one, words.both(one.birth_date), people.get(one.person or 0)) for one in found],
        before=number - 1,
        after=number + 1 if len(found) == SIZE else 0,
    )
    return render(request, "office/register/addressee_duplicates.html", shown)


@for_register
@require_safe
def addressee(request: HttpRequest, officer: Officer, muni: str, number: int) -> HttpResponse:
    """One addressee, and what can be done."""
    asked = kept(request, muni)
    if asked is None:
        return ask_first(request, muni)
    found = register.addressee(asked.reader(officer), muni, number) if number < 2**63 else None
    if found is None:
        return explain(request, nobody())
    shown = context(
        muni,
        "addressees",
        asked,
        served=found,
        born=born_in_words(found.born),
        address=place_in_words(found.address),
        days=words.days(found.since, found.until),
        open=found.served_on(officer.today),
        stands=found.merged_into is None and (found.person is not None or found.served_on(officer.today)),
    )
    return render(request, "office/register/addressee.html", shown)


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
