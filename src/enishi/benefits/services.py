"""The door of the benefits room.

`actor` is always the id of the signed-in officer; what that officer may do is asked of platform's duties,
and every read of personal data leaves its read record. Acts refuse with Refused in the user's own words;
what cannot be read raises BadInput. The functions live in modules by meaning and are loaded when first
asked for, so that what needs no database (`run`, `verify`, letters on the command line) works without one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enishi.benefits.answers import (
        AdoptionState,
        Agreement,
        Basis,
        Difference,
        Equation,
        Figures,
        Ground,
        Page,
        Programme,
        Progress,
        Result,
        RunFile,
        RunState,
        Snapshot,
        Town,
        Who,
    )
    from enishi.benefits.answers_published import (
        Hold,
        Letter,
        MunicipalResult,
        PersonDecision,
        PersonPayment,
        Publication,
        ReleaseAll,
        ReleaseState,
        Volume,
    )
    from enishi.benefits.batch import print_letters, run_programme, shipped_programmes, verify
    from enishi.benefits.officers import demonstration_username
    from enishi.benefits.payments import bank_file, holds, letter_list, letter_volumes, letters_pdf
    from enishi.benefits.persons import decision_of_person
    from enishi.benefits.processes import stop_runs
    from enishi.benefits.publishing import (
        adopt,
        adopt_all,
        adoptions,
        programme,
        programmes,
        publication,
        publications,
        publish_programme,
        publish_run,
    )
    from enishi.benefits.releases import decide, municipal_result, release, release_all, release_states
    from enishi.benefits.results import differences, result, verify_run
    from enishi.benefits.runs import progress, resume_run, run_state, runs, snapshots, start_run

__all__ = [
    "AdoptionState",
    "Agreement",
    "Basis",
    "Difference",
    "Equation",
    "Figures",
    "Ground",
    "Hold",
    "Letter",
    "MunicipalResult",
    "Page",
    "PersonDecision",
    "PersonPayment",
    "Programme",
    "Progress",
    "Publication",
    "ReleaseAll",
    "ReleaseState",
    "Result",
    "RunFile",
    "RunState",
    "Snapshot",
    "Town",
    "Volume",
    "Who",
    "adopt",
    "adopt_all",
    "adoptions",
    "bank_file",
    "decide",
    "decision_of_person",
    "demonstration_username",
    "differences",
    "holds",
    "letter_list",
    "letter_volumes",
    "letters_pdf",
    "municipal_result",
    "print_letters",
    "programme",
    "programmes",
    "progress",
    "publication",
    "publications",
    "publish_programme",
    "publish_run",
    "release",
    "release_all",
    "release_states",
    "result",
    "resume_run",
    "run_programme",
    "run_state",
    "runs",
    "shipped_programmes",
    "snapshots",
    "start_run",
    "stop_runs",
    "verify",
    "verify_run",
]

_BEHIND = {
    "officers": ("demonstration_username",),
    "answers_published": (
        "Hold",
        "Letter",
        "MunicipalResult",
        "PersonDecision",
        "PersonPayment",
        "Publication",
        "ReleaseAll",
        "ReleaseState",
        "Volume",
    ),
    "batch": ("print_letters", "run_programme", "shipped_programmes", "verify"),
    "payments": ("bank_file", "holds", "letter_list", "letter_volumes", "letters_pdf"),
    "persons": ("decision_of_person",),
    "processes": ("stop_runs",),
    "publishing": (
        "adopt",
        "adopt_all",
        "adoptions",
        "programme",
        "programmes",
        "publication",
        "publications",
        "publish_programme",
        "publish_run",
    ),
    "releases": ("decide", "municipal_result", "release", "release_all", "release_states"),
    "results": ("differences", "result", "verify_run"),
    "runs": ("progress", "resume_run", "run_state", "runs", "snapshots", "start_run"),
}
_MODULE_OF = {name: module for module, names in _BEHIND.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"the door of benefits has no {name!r}")
    return getattr(import_module(f"enishi.benefits.{_MODULE_OF.get(name, 'answers')}"), name)
