"""What a run says: totals, reasons, map and table, the two engines, sums, files; differences; publication."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from enishi.benefits import services as benefits
from enishi.kernel.errors import EnishiError
from enishi.web.agency.tilemap import TileMap, classed_map, count, money, share
from enishi.web.guard import for_agency, for_agency_acts
from enishi.web.listing import chosen, sorted_by
from enishi.web.officer import Officer

MEASURES = ("paid", "persons", "letters", "held")


def result_page(request: HttpRequest, officer: Officer, state: benefits.RunState) -> HttpResponse:
    """The page of a complete run."""
    found = benefits.result(officer.id, state.id)
    measure = chosen(request, "measure", MEASURES) or "paid"
    rows, sort = sorted_by(
        request,
        found.prefectures,
        {
            "code": lambda row: row.prefecture,
            "municipalities": lambda row: row.municipalities,
            "persons": lambda row: row.figures.persons,
            "entitled": lambda row: row.figures.codes.get("E00", 0),
            "paid": lambda row: row.figures.ledger_yen,
            "transfers": lambda row: row.figures.transfers,
            "letters": lambda row: row.figures.letters,
            "held": lambda row: row.figures.held,
        },
        "code",
    )
    return render(
        request,
        "agency/result.html",
        {
            "audience": "agency",
            "officer": officer,
            "run": state,
            "result": found,
            "programme": found.programme,
            "decisions": [row for row in found.reasons if row.kind == "decision"],
            "payments": [row for row in found.reasons if row.kind == "payment"],
            "map": result_map(found, measure),
            "measure": measure,
            "measures": [(code, measure_words(code)) for code in MEASURES],
            "rows": rows,
            "sort": sort,
            "all_agree": all(one.equal for one in found.agreements),
            "all_hold": all(one.holds for one in found.equations),
        },
    )


def measure_words(measure: str) -> str:
    """What the map shows."""
    return {
        "paid": _("Yen paid, by prefecture of the payer"),
        "persons": _("Persons entitled, by prefecture"),
        "letters": _("Share of payments by letter"),
        "held": _("Share of payments that are held"),
    }[measure]


def result_map(found: benefits.Result, measure: str) -> TileMap:
    """The map of one measure of a result."""
    values = {}
    for row in found.prefectures:
        name, latin, own = row.name, row.name_latin, row.figures
        values[row.prefecture] = {
            "paid": money(name, latin, own.ledger_yen),
            "persons": count(name, latin, own.codes.get("E00", 0)),
            "letters": share(name, latin, own.letters, own.payments),
            "held": share(name, latin, own.held, own.payments),
        }[measure]
    return classed_map(values, measure_words(measure))


@for_agency
def differences(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """Where the two engines, or a file and its sums, disagreed."""
    return render(
        request,
        "agency/differences.html",
        {
            "audience": "agency",
            "run": benefits.run_state(officer.id, run),
            "differences": benefits.differences(officer.id, run),
        },
    )


@for_agency
@require_POST
def verify(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """Reads all files of a run again with the second reader, and says what it found."""
    found = benefits.verify_run(officer.id, run)
    if not found:
        messages.success(
            request, _("Every file was read again by the second reader; all are as the run wrote them.")
        )
        return redirect("run", run=run)
    state = benefits.run_state(officer.id, run)
    return render(
        request,
        "agency/differences.html",
        {"audience": "agency", "run": state, "differences": found},
    )


@for_agency_acts
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, officer: Officer, run: int) -> HttpResponse:
    """Says what publishing a result does to whom, then publishes it: once for a programme and cycle."""
    if request.method == "POST":
        try:
            done = benefits.publish_run(officer.id, run)
        except EnishiError as error:
            messages.error(request, f"{error.what} {error.todo}".strip())
            return redirect("run", run=run)
        messages.success(
            request, _("The result is published. Municipalities can now decide on their payments.")
        )
        return redirect("releases", publication=done.id)
    state = benefits.run_state(officer.id, run)
    if state.published:
        return redirect("releases", publication=state.published)
    found = benefits.result(officer.id, run)
    return render(
        request,
        "agency/run_publish.html",
        {"audience": "agency", "run": state, "result": found, "programme": found.programme},
    )
