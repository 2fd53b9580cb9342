"""Filing a move: one question a page, everything checked once more, then signed. What is answered waits in the session."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.kernel.errors import EnishiError, Refused
from enishi.register import services as register
from enishi.register import terms
from enishi.web.postcodes import towns_of
from enishi.web.resident import draft as drafts
from enishi.web.resident import forms as questions
from enishi.web.resident.deadlines import deadlines_of
from enishi.web.resident.draft import Draft
from enishi.web.resident.guard import for_resident
from enishi.web.resident.who import (
    FILES_ALONE_FROM,
    Relative,
    Resident,
    demonstration,
    household_of,
    may_sign,
    own_summary,
)
from enishi.web.towns import place

PURPOSE = "files a move"


@dataclass(frozen=True)
class Asking:
    """What a question's page needs: who asks, what was answered so far, and the own household."""

    resident: Resident
    draft: Draft
    family: tuple[Relative, ...]


@for_resident
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, resident: Resident) -> HttpResponse:
    """What filing a move does and needs; a draft begun earlier can be taken up again."""
    family = household_of(resident, PURPOSE)
    if request.method == "POST" and family and may_sign(resident, family):
        if "again" in request.POST or drafts.kept(request, resident.person) is None:
            drafts.begin(request, resident.person)
        return _onward(
            drafts.kept(request, resident.person) or drafts.begin(request, resident.person), family
        )
    context = {
        "audience": "resident",
        "family": family,
        "too_young": bool(family) and not may_sign(resident, family),
        "kept": drafts.kept(request, resident.person),
        "ahead": questions.AHEAD,
        "age": FILES_ALONE_FROM,
    }
    return render(request, "resident/move_start.html", context)


@for_resident
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, resident: Resident, step: str) -> HttpResponse:
    """One question; its answer leads to the next open one."""
    draft = drafts.kept(request, resident.person)
    if draft is None:
        messages.info(request, _("Nothing is begun, or it was more than an hour ago. Please begin again."))
        return redirect("my-move")
    family = household_of(resident, PURPOSE)
    if not may_sign(resident, family):
        return redirect("my-move")
    found = drafts.steps(draft, family)
    if step not in found:
        raise Http404
    before = next(
        (one for one in found[: found.index(step)] if not drafts.answered(draft, one, family)), None
    )
    if before is not None:
        return redirect("my-move-step", before)
    ask = Asking(resident, draft, family)
    return _check(request, ask) if step == "check" else _QUESTIONS[step](request, ask)


def _who(request: HttpRequest, ask: Asking) -> HttpResponse:
    chosen = ask.draft.who or tuple(one.person for one in ask.family)
    form = questions.WhoForm(
        ask.family,
        ask.resident.today,
        request.POST if request.method == "POST" else None,
        initial={"who": [str(one) for one in chosen]},
    )

    def take() -> Draft:
        return drafts.choose_who(ask.draft, form.cleaned_data["who"])

    return _ask(request, ask, "who", form, take)


def _left(request: HttpRequest, ask: Asking) -> HttpResponse:
    grown = drafts.grown(drafts.staying(ask.draft, ask.family), ask.resident.today)
    form = questions.OneOfForm(
        grown,
        request.POST if request.method == "POST" else None,
        initial={"person": str(ask.draft.left_head or "")},
    )

    def take() -> Draft:
        head = int(form.cleaned_data["person"])
        same = head == ask.draft.left_head
        return drafts.typed(ask.draft, left_head=head, left=ask.draft.left if same else {})

    return _ask(request, ask, "left", form, take)


def _left_relations(request: HttpRequest, ask: Asking) -> HttpResponse:
    stay = drafts.staying(ask.draft, ask.family)
    return _relations(request, ask, "left-relations", stay, ask.draft.left_head, "left")


def _head(request: HttpRequest, ask: Asking) -> HttpResponse:
    grown = drafts.grown(drafts.movers(ask.draft, ask.family), ask.resident.today)
    form = questions.OneOfForm(
        grown or drafts.movers(ask.draft, ask.family),
        request.POST if request.method == "POST" else None,
        initial={"person": str(ask.draft.head or "")},
    )

    def take() -> Draft:
        head = int(form.cleaned_data["person"])
        return drafts.typed(ask.draft, head=head, plan=ask.draft.plan if head == ask.draft.head else {})

    return _ask(request, ask, "head", form, take)


def _plan_relations(request: HttpRequest, ask: Asking) -> HttpResponse:
    going = drafts.movers(ask.draft, ask.family)
    return _relations(request, ask, "relations", going, ask.draft.head, "plan")


def _relations(
    request: HttpRequest, ask: Asking, step: str, people: Sequence[Relative], head: int | None, answer: str
) -> HttpResponse:
    known = drafts.suggestions(head, people) | getattr(ask.draft, answer)
    others = [one for one in people if one.person != head]
    initial = {f"p{one.person}": known.get(one.person, "") for one in others}
    form = questions.RelationsForm(
        others, request.POST if request.method == "POST" else None, initial=initial
    )

    def take() -> Draft:
        return drafts.typed(ask.draft, **{answer: form.relations()})

    name = next((one.name for one in people if one.person == head), "")
    return _ask(request, ask, step, form, take, head_name=name)


def _when(request: HttpRequest, ask: Asking) -> HttpResponse:
    day = ask.draft.day
    form = questions.DayForm(
        ask.resident.today,
        request.POST if request.method == "POST" else None,
        initial={"day": day.isoformat() if day else ""},
    )

    def take() -> Draft:
        return drafts.typed(ask.draft, day=form.cleaned_data["day"])

    return _ask(request, ask, "when", form, take)


def _postcode(request: HttpRequest, ask: Asking) -> HttpResponse:
    form = questions.PostcodeForm(
        request.POST if request.method == "POST" else None, initial={"postcode": ask.draft.postcode}
    )

    def take() -> Draft:
        postcode = form.cleaned_data["postcode"]
        if postcode == ask.draft.postcode:
            return ask.draft
        return drafts.typed(
            ask.draft, postcode=postcode, muni="", ward="", town="", written="", block="", building=""
        )

    return _ask(request, ask, "postcode", form, take)


def _address(request: HttpRequest, ask: Asking) -> HttpResponse:
    own = own_summary(ask.resident, PURPOSE)
    towns = towns_of(ask.draft.postcode)
    at = next(
        (str(i) for i, one in enumerate(towns) if (one.muni, one.town) == (ask.draft.muni, ask.draft.town)),
        "",
    )
    initial = {
        "town": at or ("0" if len(towns) == 1 else ""),
        "block": ask.draft.block,
        "building": ask.draft.building,
    }
    form = questions.AddressForm(
        towns,
        own.stay.muni if own else "",
        request.POST if request.method == "POST" else None,
        initial=initial,
    )

    def take() -> Draft:
        said = form.cleaned_data
        town = said["town"]
        return drafts.typed(
            ask.draft,
            muni=town.muni,
            ward=town.ward,
            town=town.town,
            written=town.written,
            block=said["block"],
            building=said["building"].strip(),
        )

    return _ask(request, ask, "address", form, take)


def _home(request: HttpRequest, ask: Asking) -> HttpResponse:
    own = {None: "", True: "own", False: "join"}[ask.draft.own]
    form = questions.HomeForm(
        request.POST if request.method == "POST" else None, initial={"own": own, "joins": ask.draft.joins}
    )

    def take() -> Draft:
        said = form.cleaned_data
        return drafts.typed(ask.draft, own=said["own"] == "own", joins=said["joins"])

    return _ask(request, ask, "home", form, take)


_QUESTIONS: dict[str, Callable[[HttpRequest, Asking], HttpResponse]] = {
    "who": _who,
    "left": _left,
    "left-relations": _left_relations,
    "when": _when,
    "postcode": _postcode,
    "address": _address,
    "home": _home,
    "head": _head,
    "relations": _plan_relations,
}


def _ask(
    request: HttpRequest, ask: Asking, step: str, form: forms.Form, take: Callable[[], Draft], **more: Any
) -> HttpResponse:
    """The page of a question; a right answer is kept and leads on, a wrong one is said at its field."""
    if request.method == "POST" and form.is_valid():
        return _onward(drafts.keep(request, take()), ask.family)
    found = drafts.steps(ask.draft, ask.family)
    context = {
        "audience": "resident",
        "step": step,
        "form": form,
        "number": found.index(step) + 1,
        "all": len(found),
        "back": reverse("my-move-step", args=[found[found.index(step) - 1]])
        if step != "who"
        else reverse("my-move"),
        "draft": ask.draft,
        "head_name": "",
        "ahead": questions.AHEAD,
    } | more
    return render(
        request, f"resident/ask_{step.replace('-', '_')}.html", context, status=422 if form.errors else 200
    )


def _onward(draft: Draft, family: Sequence[Relative]) -> HttpResponse:
    return redirect("my-move-step", drafts.next_step(draft, family))


def _check(request: HttpRequest, ask: Asking) -> HttpResponse:
    """Everything once more, what will happen and when, and the demonstration signature."""
    draft, family = ask.draft, ask.family
    own = own_summary(ask.resident, PURPOSE)
    if own is None or draft.day is None:
        return redirect("my-move")
    fault = ""
    status = 200
    if request.method == "POST":
        if request.POST.get("key") != draft.key:
            messages.info(
                request, _("What you saw had changed in another window. Please look at everything again.")
            )
            return redirect("my-move-step", "check")
        if "agree" in request.POST:
            try:
                return _file(request, ask, own)
            except EnishiError as error:
                fault, status = in_plain_words(error), 422
        else:
            fault, status = _("Put a mark beside the sentence if everything is right."), 422
    context = {
        "audience": "resident",
        "draft": draft,
        "going": drafts.movers(draft, family),
        "staying": drafts.staying(draft, family),
        "plan": _with_names(drafts.plan(draft, family), family),
        "left": _with_names(drafts.left(draft, family, own.household or 0), family),
        "to": draft.to,
        "new": place(draft.muni),
        "old": place(own.stay.muni),
        "deadlines": deadlines_of(draft.day, ask.resident.today),
        "fault": fault,
        "demonstration": demonstration(),
    }
    return render(request, "resident/move_check.html", context, status=status)


def _file(request: HttpRequest, ask: Asking, own: terms.Summary) -> HttpResponse:
    """Files the move under the draft's key: a second click finds the same move."""
    if not demonstration():
        raise Refused(
            "this installation takes no demonstration sign-in, and cards do not exist here yet",
            where="signature",
            todo="report the move at the counter",
        )
    draft, family = ask.draft, ask.family
    assert draft.day is not None
    said: dict[str, Any] = {
        "muni": own.stay.muni,
        "movers": draft.who,
        "announced": draft.day,
        "to": draft.to,
        "plan": drafts.plan(draft, family),
        "filer": ask.resident.person,
        "capacity": capacity(ask.resident, draft, family),
        "key": draft.key,
        "joins": draft.joins,
        "left": drafts.left(draft, family, own.household or 0),
    }
    signed = hashlib.sha256(
        json.dumps(said, default=str, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()
    evidence = terms.move_terms.Evidence(
        terms.move_terms.Proof.DEMONSTRATION_SIGN_IN,
        ask.resident.reader(PURPOSE).actor,
        signed_in_at(request),
        signed,
    )
    move = register.announce_move(
        terms.Filing(**said, evidence=(evidence,)),
        actor=ask.resident.reader(PURPOSE).actor,
        now=timezone.now(),
    )
    drafts.drop(request)
    return redirect("my-receipt", move)


def capacity(resident: Resident, draft: Draft, family: Sequence[Relative]) -> terms.move_terms.Capacity:
    """In which capacity somebody of the household files: as one who moves, as head, as parent, or as another member."""
    me = next(one for one in family if one.me)
    going = drafts.movers(draft, family)
    if me in going:
        return terms.move_terms.Capacity.SELF
    if not drafts.grown(going, resident.today) and me.relation in ("head", "spouse"):
        return terms.move_terms.Capacity.REPRESENTATIVE
    return terms.move_terms.Capacity.HEAD if me.relation == "head" else terms.move_terms.Capacity.MEMBER


def signed_in_at(request: HttpRequest) -> Any:
    """The moment of the sign-in that stands in the place of a signature."""
    return getattr(request.user, "last_login", None) or getattr(request.user, "date_joined", None)


def in_plain_words(error: EnishiError) -> str:
    """A refusal of the register for a resident: what the page can say in their language, with the office's words after it."""
    return (
        _("The register could not take this over. Nothing was changed. Please ask the office.")
        + f" ({error.what})"
    )


def _with_names(
    seats: Sequence[terms.reports.Seat], family: Sequence[Relative]
) -> list[tuple[Relative, str]]:
    by_person = {one.person: one for one in family}
    return [(by_person[seat.person], seat.relation) for seat in seats if seat.person in by_person]
