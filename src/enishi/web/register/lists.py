"""The closed lists of the register in words of the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enishi.register.terms import RESIDENCE_STATUSES
from enishi.web import wording


def groups() -> dict[str, str]:
    """Groups of items of a record, in the order of the items of art. 7."""
    return {
        "particulars": _("Birth and sex"),
        "name": _("Names"),
        "residence": _("Residence"),
        "address": _("Address"),
        "membership": _("Household"),
        "domicile": _("Registered domicile"),
        "foreign_status": _("Foreign resident"),
        "status_item": _("Status items"),
    }


def name_kinds() -> dict[str, str]:
    """Kinds of names."""
    return {
        "registered": _("Registered name"),
        "former": _("Former surname"),
        "alias": _("Alias"),
        "latin": _("Name in Latin letters"),
        "foreign_kanji": _("Kanji of the name"),
    }


def provenances() -> dict[str, str]:
    """Where a reading comes from."""
    return {
        "filed": _("filed by the person"),
        "ex_officio": _("entered ex officio after the notice"),
        "working": _("working reading of the municipality, without force"),
    }


def entries() -> dict[str, str]:
    """How a residence began."""
    return {
        "birth": _("birth"),
        "from_abroad": _("from abroad"),
        "move_in": _("moved in"),
        "naturalisation": _("naturalisation"),
        "restoration": _("restored"),
        "ex_officio": _("entered ex officio"),
    }


def exits() -> dict[str, str]:
    """How a residence ended."""
    return {
        "death": _("death"),
        "abroad": _("moved abroad"),
        "move_out": _("moved out"),
        "disappearance": _("adjudication of disappearance"),
        "naturalisation": _("change of nationality"),
        "ex_officio": _("erased ex officio"),
    }


def institutions() -> dict[str, str]:
    """Institutions in which a person lives."""
    return {
        "elder_home": _("home for the elderly"),
        "hospital": _("hospital"),
        "child_home": _("children's home"),
        "dormitory": _("dormitory"),
        "prison": _("prison"),
    }


def status_kinds() -> dict[str, str]:
    """Status items of the record (art. 7(9) to (11-2))."""
    return {
        "electoral_roll": _("Electoral roll"),
        "health_insurance": _("National Health Insurance"),
        "latter_stage": _("Latter-stage Elderly Healthcare"),
        "long_term_care": _("Long-Term Care Insurance"),
        "pension": _("National Pension"),
        "child_allowance": _("Child allowance"),
    }


def details() -> dict[str, str]:
    """What a status item says besides."""
    return {
        "since": _("Since"),
        "until": _("Until"),
        "number": _("Number"),
        "kind": pgettext("status item", "Kind"),
        "category": pgettext("status item", "Category"),
    }


def statuses() -> dict[str, str]:
    """Statuses of residence (在留資格) by code."""
    return {code: wording.residence_status(code) for code in RESIDENCE_STATUSES}


def country(code: str) -> str:
    """A country or region by its code (ISO 3166-1 alpha-3), with the code behind; of one in no list, the code."""
    name = wording.country(code)
    return f"{name} ({code})" if name != code else code
