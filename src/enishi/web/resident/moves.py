"""A filed move: its receipt, where it stands, cancelling it, and going to another address than announced."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.ages import is_aged
from enishi.kernel.errors import EnishiError, Refused
from enishi.register import services as register
from enishi.register import terms
from enishi.web.postcodes import towns_of
from enishi.web.resident import forms as questions
from enishi.web.resident import progress
from enishi.web.resident.filing import in_plain_words
from enishi.web.resident.guard import for_resident
from enishi.web.resident.progress import OwnMove
from enishi.web.resident.who import FILES_ALONE_FROM, Resident, demonstration, household_of, own_summary
from enishi.web.towns import place

TO_KEY = "enishi_move_to"


@for_resident
def moves(request: HttpRequest, resident: Resident) -> HttpResponse:
    """All moves of the resident, newest first."""
    return render(
        request, "resident/moves.html", {"audience": "resident", "moves": progress.own_moves(resident)}
    )


@for_resident
def move(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """Where a move stands."""
    found = _mine(resident, move)
    return render(
        request, "resident/move.html", _context(resident, found) | {"stages": progress.stages(found)}
    )


@for_resident
def receipt(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """What was reported, to print or to save."""
    return render(request, "resident/receipt.html", _context(resident, _mine(resident, move)))


@for_resident
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """Cancels a move (転出取消): a page that says what this means, then the act. Cancelling again changes nothing."""
    found = _mine(resident, move)
    if not found.may_cancel or found.old is None:
        messages.info(request, _already(found))
        return redirect("my-move-progress", move)
    _of_age(resident)
    if request.method == "POST":
        return _done(
            request,
            move,
            lambda: register.cancel_move(
                found.view.muni, move, "resident", actor=_actor(resident), now=timezone.now()
            ),
            _("The move is cancelled, or is being called back. This page shows where it stands."),
        )
    return render(request, "resident/cancel.html", _context(resident, found))


@for_resident
@require_http_methods(["GET", "POST"])
def destination(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """Another address than announced, first question: its postcode."""
    found = _mine(resident, move)
    if not found.may_redirect:
        messages.info(request, _already(found))
        return redirect("my-move-progress", move)
    _of_age(resident)
    form = questions.PostcodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[TO_KEY] = {"move": move, "postcode": form.cleaned_data["postcode"]}
        return redirect("my-destination-address", move)
    context = _context(resident, found) | {"form": form, "back": reverse("my-move-progress", args=[move])}
    return render(request, "resident/destination_postcode.html", context, status=422 if form.errors else 200)


@for_resident
@require_http_methods(["GET", "POST"])
def destination_address(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """Second question: town, number, building; then everything is shown once more."""
    found, kept = _mine(resident, move), request.session.get(TO_KEY)
    if not found.may_redirect or not kept or kept.get("move") != move:
        return redirect("my-destination", move)
    towns = towns_of(kept["postcode"])
    form = questions.AddressForm(
        towns,
        found.view.muni,
        request.POST if request.method == "POST" else None,
        initial={"town": "0" if len(towns) == 1 else ""},
    )
    if request.method == "POST" and form.is_valid():
        town = form.cleaned_data["town"]
        to = terms.Place(
            town.muni,
            town.town,
            ward=town.ward,
            postcode=kept["postcode"],
            block=form.cleaned_data["block"],
            building=form.cleaned_data["building"].strip(),
        )
        request.session[TO_KEY] = kept | {
            "to": {
                name: getattr(to, name) for name in ("muni", "town", "ward", "postcode", "block", "building")
            },
            "written": town.written,
        }
        return redirect("my-destination-check", move)
    context = _context(resident, found) | {
        "form": form,
        "postcode": kept["postcode"],
        "back": reverse("my-destination", args=[move]),
    }
    return render(request, "resident/destination_address.html", context, status=422 if form.errors else 200)


@for_resident
@require_http_methods(["GET", "POST"])
def destination_check(request: HttpRequest, resident: Resident, move: str) -> HttpResponse:
    """Both addresses beside each other, what will happen, and the signature."""
    found, kept = _mine(resident, move), request.session.get(TO_KEY)
    if not found.may_redirect or not kept or kept.get("move") != move or "to" not in kept:
        return redirect("my-destination", move)
    _of_age(resident)
    to = terms.Place(**kept["to"])
    if request.method == "POST":
        answer = _done(
            request,
            move,
            lambda: register.change_destination(
                found.view.muni, move, to, found.view.plan, actor=_actor(resident), now=timezone.now()
            ),
            _("The new address is reported."),
        )
        request.session.pop(TO_KEY, None)
        return answer
    context = _context(resident, found) | {"to": to, "written": kept["written"], "new": place(to.muni)}
    return render(request, "resident/destination_check.html", context)


def _mine(resident: Resident, move: str) -> OwnMove:
    """The resident's own move. Raises Http404 for any other: one that does not exist looks the same."""
    found = progress.own_move(resident, move)
    if found is None:
        raise Http404
    return found


def _context(resident: Resident, found: OwnMove) -> dict[str, object]:
    family = household_of(resident, progress.PURPOSE)
    names = progress.names_of(found, family)
    return {
        "audience": "resident",
        "move": found,
        "view": found.view,
        "names": names,
        "more": len(found.view.persons) - len(names),
        "deadlines": found.deadlines,
        "to_do": progress.to_do(found),
        "me": resident,
        "demonstration": demonstration(),
        "age": FILES_ALONE_FROM,
    }


def _of_age(resident: Resident) -> None:
    """Raises Refused for a child."""
    own = own_summary(resident, progress.PURPOSE)
    if own is None or not is_aged(own.birth_date, FILES_ALONE_FROM, resident.today):
        raise Refused(
            _("From 15 on you can do this yourself."),
            todo=_("Ask your parents, or whoever takes care of you, to do it."),
        )


def _done(request: HttpRequest, move: str, act: Callable[[], object], words: str) -> HttpResponse:
    """Does an act of the resident and shows where the move stands; a refusal in plain words."""
    if not demonstration():
        raise Refused(_("Cards do not exist here yet."), todo=_("Go to the counter."))
    try:
        act()
    except EnishiError as error:
        messages.error(request, in_plain_words(error))
    else:
        messages.success(request, words)
    return redirect("my-move-progress", move)


def _already(found: OwnMove) -> str:
    if found.undone:
        return _("This move is cancelled already. Nothing more is needed.")
    if found.withdrawing:
        return _("This move is being called back already. Nothing more is needed.")
    return _("You are entered at the new address already. If you move again, report a new move.")


def _actor(resident: Resident) -> str:
    return f"resident:{resident.person}"
