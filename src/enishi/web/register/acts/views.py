"""The pages of an act: the list of acts, the form with the law's checks, the preview, the result."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enishi.kernel.errors import EnishiError, Refused
from enishi.register.services import (
    act_shown,
    filed,
    perform_act,
    preview_act,
    preview_area,
    residents_by_id,
    seated,
)
from enishi.register.terms import (
    CATALOGUE,
    OF_AREAS,
    Found,
    Kind,
    Seated,
    days_late,
    in_words,
    last_day_to_report,
)
from enishi.web.listing import page_number
from enishi.web.officer import Officer
from enishi.web.register.acts import changes, effects, words
from enishi.web.register.acts.desk import (
    FORMS,
    NEEDS_NOBODY,
    NUMBERS,
    OF_ADDRESSEES,
    OF_AN_ACT,
    OF_NOBODY,
    OFFERED,
    TAKES_BACK,
    WITHIN_14_DAYS,
    Desk,
    desk,
    ground,
)
from enishi.web.register.acts.parts.places import LooksUp, filled_in, found_towns
from enishi.web.register.acts.sheets import MOST_NEWCOMERS, Sheet
from enishi.web.register.frame import context, for_register

ASKED_AGAIN = 422
NOT_CORRECTED = frozenset({*OF_ADDRESSEES, *NUMBERS, *OF_AREAS, Kind.TAKE_OVER})
"""The acts that no correction of one person's record puts right: a number, an area, an addressee has its own next act."""

NOT_SAID = frozenset({"csrfmiddlewaretoken", "do", "key"})


@for_register
@require_safe
def choose(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The acts that there are, for the person of the URL (`?person=`) or before one is chosen."""
    person = request.GET.get("person", "").strip()
    mine = None
    if person:
        laid = desk(officer, muni, Kind.CORRECTION, {"person": person})
        mine = laid.mine
    headings = {
        "moves": _("Moves"),
        "households": _("Households"),
        "family": _("Birth, death, family register"),
        "nationality": _("Nationality and stay"),
        "names": _("Names asked for by residents"),
        "items": _("Qualifications and numbers"),
        "office": _("Ex officio"),
        "areas": _("Towns and areas"),
        "addressees": _("Persons served who are not on the register"),
    }
    groups = [
        (
            headings[name],
            [(kind, words.act_name(kind), words.article(CATALOGUE[kind].article)) for kind in kinds],
        )
        for name, kinds in (OFFERED if mine else OFFERED | OF_NOBODY).items()
    ]
    here = context(muni, "act", groups=groups, person=person, mine=mine)
    return render(request, "office/register/acts/choose.html", here)


@for_register
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, officer: Officer, muni: str, kind: str) -> HttpResponse:
    """The form of an act; by POST its help (look up, add, show), its preview, or the act itself."""
    if kind not in FORMS:
        raise Http404
    act = Kind(kind)
    posted = request.POST if request.method == "POST" else None
    key = _key(request.POST.get("key", ""))
    do = request.POST.get("do", "")
    if posted is not None and do == "confirm" and (answer := _already(officer, muni, posted, key)):
        return answer
    laid = desk(officer, muni, act, (request.POST if posted is not None else request.GET).dict())
    if act in OF_AN_ACT:
        laid = _with_the_act(laid)
    elif act in OF_ADDRESSEES and not _has_addressees(laid):
        return redirect("register-addressees", muni=muni)
    elif laid.person is None and act not in NEEDS_NOBODY:
        return _whose(request, laid)
    if posted is None:
        return _form(request, laid, Sheet(laid, None), key)
    if do.partition(":")[0] == "preview":
        return _preview(request, officer, laid, Sheet(laid, posted), key)
    if do == "confirm":
        return _perform(request, officer, laid, Sheet(laid, posted), key)
    helped, fault = _helped(posted, do)
    sheet = Sheet(laid, helped)
    return _form(request, laid, _quiet(sheet, fault, do), key)


@for_register
@require_safe
def done(request: HttpRequest, officer: Officer, muni: str, number: int) -> HttpResponse:
    """What an act did, with its number, where to go from here, and how it is taken back or corrected."""
    reader = ground(officer, muni, Kind.CORRECTION)
    found = act_shown(reader, muni, number, page=page_number(request)) if number < 2**63 else None
    if found is None:
        raise Http404
    kind = Kind(found.line.kind)
    known = residents_by_id(reader, muni, found.persons, on=officer.today)
    rows = changes.in_words(found.changes, known)
    by_report = found.line.reported_on is not None
    late = int(found.line.facts.get("days_late", 0))
    back = TAKES_BACK.get(kind) if not found.corrected_by else None
    one = found.persons[0] if len(found.persons) == 1 else None
    concerned = effects.addressee_of(reader, muni, found.line)
    here = context(
        muni,
        "act",
        act=found.line,
        act_name=words.act_name(kind),
        article=words.article(found.line.article),
        effective=found.line.effective.text(request.LANGUAGE_CODE[:2]),
        rows=rows,
        persons=[(who, known[who].name.text if who in known else "") for who in found.persons],
        page=found,
        corrected_by=found.corrected_by[-1] if found.corrected_by else None,
        by_report=by_report,
        late=late,
        evidence=_evidence(found.line.facts.get("evidence", ())),
        back=(back, words.act_name(back)) if back else None,
        arrived=kind in (Kind.MOVE_OUT, Kind.MOVE_OUT_ABROAD) and not found.corrected_by,
        corrects=found.persons[0]
        if found.persons and kind not in NOT_CORRECTED and not found.corrected_by
        else None,
        of_record=kind not in NOT_CORRECTED,
        of_area=kind in OF_AREAS,
        touched=changes.touched(rows),
        entered=effects.entered_words(found.line) if concerned else (),
        concerned=concerned,
        letter=effects.letter(reader, muni, kind, one, officer.today) if one else "",
    )
    return render(request, "office/register/acts/done.html", here)


def _form(request: HttpRequest, laid: Desk, sheet: Sheet, key: str, status: int = 200) -> HttpResponse:
    faults = sheet.faults() if status == ASKED_AGAIN else []
    here = _about(laid) | {
        "sheet": sheet,
        "faults": faults,
        "key": key,
        "may_add": sheet.newcomers and sheet.newcomers < MOST_NEWCOMERS,
        "merges": laid.kind is Kind.HOUSEHOLD_MERGE,
    }
    return render(request, "office/register/acts/form.html", here, status=status)


def _preview(request: HttpRequest, officer: Officer, laid: Desk, sheet: Sheet, key: str) -> HttpResponse:
    if not sheet.is_valid():
        return _form(request, laid, sheet, key, ASKED_AGAIN)
    report = sheet.report(officer.id, _filing_key(officer, request.POST, key))
    said, area = sheet.said(), None
    known: dict[int, Seated | Found] = {one.person: one for one in laid.everybody}
    try:
        if laid.kind in OF_AREAS:
            area = preview_area(laid.reader, report, said, page=_page(request.POST.get("do", "")))
            changed = area.changes
            known |= residents_by_id(laid.reader, laid.muni, [one.person for one in changed], on=laid.today)
        else:
            changed = preview_act(laid.reader, report, said)
    except EnishiError as error:
        sheet.refuse(error)
        return _form(request, laid, sheet, key, ASKED_AGAIN)
    rows = changes.in_words(changed, known)
    rows += effects.addressee_rows(laid, said, report.day)
    late = days_late(report.day, report.reported_on or laid.today) if laid.kind in WITHIN_14_DAYS else 0
    here = _about(laid) | {
        "sheet": sheet,
        "key": key,
        "rows": rows,
        "area": area,
        "touched": area.touched if area else changes.touched(rows),
        "of_record": laid.kind not in NOT_CORRECTED,
        "notes": sheet.whole.notes if sheet.whole and laid.kind in NUMBERS else (),
        "letter": effects.letter(laid.reader, laid.muni, laid.kind, laid.person, laid.today)
        if laid.person
        else "",
        "alike": effects.alike(laid, said),
        "effective": report.effective.text(request.LANGUAGE_CODE[:2]),
        "reported_on": report.reported_on,
        "reason": report.reason,
        "evidence": _evidence(report.evidence),
        "late": late,
        "last_day": last_day_to_report(report.day) if laid.kind in WITHIN_14_DAYS else None,
    }
    return render(request, "office/register/acts/preview.html", here)


def _perform(request: HttpRequest, officer: Officer, laid: Desk, sheet: Sheet, key: str) -> HttpResponse:
    sound = sheet.is_valid()
    if sound:
        report = sheet.report(officer.id, _filing_key(officer, request.POST, key))
        try:
            number = perform_act(report, sheet.said())
        except EnishiError as error:
            sheet.refuse(error)
            sound = False
    if not sound:
        again = _already(officer, laid.muni, request.POST, key)
        return again or _form(request, laid, sheet, key, ASKED_AGAIN)
    words_said = {"act": words.act_name(laid.kind), "number": number}
    messages.success(request, _("Recorded: %(act)s, act number %(number)s.") % words_said)
    return redirect("register-act-done", muni=laid.muni, number=number)


def _already(officer: Officer, muni: str, posted: QueryDict, key: str) -> HttpResponse | None:
    """To the act that this very form has performed already: the record has moved on, and the form no longer fits it. Raises
    Refused where the form has performed another act.
    """
    beginning = f"office:{officer.id}:{key}:"
    earlier = filed(muni, beginning)
    if earlier is None:
        return None
    number, filing = earlier
    if filing != _filing_key(officer, posted, key):
        raise in_words(
            Refused(
                "this key stands for another act",
                where=f"act {number} of {muni}",
                todo="give every filing a key of its own; nothing was changed",
            ),
            get_language() or "ja",
        )
    return redirect("register-act-done", muni=muni, number=number)


def _filing_key(officer: Officer, posted: QueryDict, key: str) -> str:
    """The idempotency key of what was typed into a form: its officer, the form, and what it says."""
    said = [(name, posted.getlist(name)) for name in sorted(posted) if name not in NOT_SAID]
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    return f"office:{officer.id}:{key}:{digest[:8]}"


def _helped(posted: QueryDict, do: str) -> tuple[QueryDict, str]:
    """The form as help changes it: a town of the post's list, one newcomer more or fewer; and what went wrong."""
    data = posted.copy()
    what, _colon, rest = do.partition(":")
    if what in ("lookup", "town"):
        prefix, _second, chosen = rest.partition(":")
        try:
            towns = found_towns(data.get(f"{prefix}-postcode", ""))
        except forms.ValidationError as error:
            return data, " ".join(error.messages)
        if what == "lookup" and len(towns) > 1:
            return data, ""
        at = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else 0
        for name, text in filled_in(towns[min(at, len(towns) - 1)]).items():
            data[f"{prefix}-{name}"] = text
    elif what in ("add", "remove"):
        text = data.get("newcomers", "1")
        present = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
        data["newcomers"] = str(present + (1 if what == "add" else -1))
    return data, ""


def _quiet(sheet: Sheet, fault: str, do: str) -> Sheet:
    """The form after help: what is not filled in yet is no fault; what the help could not do is said at its field."""
    what, _colon, prefix = do.partition(":")
    for part in sheet.every_part():
        part.full_clean()
        part.errors.clear()
        if isinstance(part, LooksUp) and part.prefix == prefix and what == "lookup":
            if fault:
                part.add_error("postcode", fault)
            else:
                towns = found_towns(sheet.data.get(f"{prefix}-postcode", "") if sheet.data else "")
                part.towns = towns if len(towns) > 1 else ()
    return sheet


def _whose(request: HttpRequest, laid: Desk) -> HttpResponse:
    """Asks whom an act concerns."""
    here = _about(laid)
    return render(request, "office/register/acts/whose.html", here)


def _with_the_act(laid: Desk) -> Desk:
    """The desk with the persons whom the earlier act touches. Raises Http404 without an act that may be taken back."""
    act = laid.act
    kind = Kind(act.line.kind) if act else None
    fits = (
        kind in (Kind.MOVE_OUT, Kind.MOVE_OUT_ABROAD)
        if laid.kind is Kind.MOVE_IN_NOTICE
        else (kind is not None and TAKES_BACK.get(kind) is laid.kind)
    )
    if act is None or not fits:
        raise Http404
    day = act.line.effective.earliest
    persons = [one for who in act.persons for one in _alone(laid, who, day)]
    movers = set(act.line.facts.get("movers", ()))
    members = tuple(one for one in persons if laid.kind is not Kind.MOVE_IN_NOTICE or one.person in movers)
    return Desk(laid.muni, laid.kind, laid.today, laid.reader, None, members, (), act)


def _alone(laid: Desk, person: int, day: date) -> list[Any]:
    return [one for one in seated(laid.reader, laid.muni, person, on=day) if one.person == person]


def _has_addressees(laid: Desk) -> bool:
    """Whether the addressees whom an act concerns lie on the desk: none, one, or two different ones."""
    if laid.kind is Kind.ADDRESSEE_ENTERED:
        return True
    if laid.kind is Kind.ADDRESSEES_MERGED:
        return laid.served is not None and laid.twin is not None and laid.served.number != laid.twin.number
    return laid.served is not None


def _page(do: str) -> int:
    """Which page of a preview is asked for (`preview:2`)."""
    text = do.partition(":")[2]
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _about(laid: Desk) -> dict[str, Any]:
    """What every page of an act says of it."""
    return context(
        laid.muni,
        "act",
        kind=laid.kind.value,
        act_name=words.act_name(laid.kind),
        article=words.article(CATALOGUE[laid.kind].article),
        desk=laid,
        person=laid.person or "",
        mine=laid.mine,
        other=laid.others[0].person if laid.others else "",
        addressee=laid.served.number if laid.served else "",
        served=laid.served,
        twin=laid.twin.number if laid.twin else "",
        earlier=laid.act.line.number if laid.act else "",
        earlier_name=words.act_name(Kind(laid.act.line.kind)) if laid.act else "",
        back_url=_back(laid),
    )


def _back(laid: Desk) -> str:
    if laid.act is not None:
        return reverse("register-act-done", args=[laid.muni, laid.act.line.number])
    if laid.served is not None:
        return reverse("register-addressee", args=[laid.muni, laid.served.number])
    url = reverse("register-act-new", args=[laid.muni])
    return f"{url}?person={laid.person}" if laid.person else url


def _evidence(codes: Any) -> list[str]:
    return [said for code, said in words.evidence_choices() if code in codes]


def _key(text: str) -> str:
    """The key of this filing: as the form carries it, a new one where it carries none."""
    try:
        return UUID(text).hex
    except ValueError:
        return uuid4().hex
