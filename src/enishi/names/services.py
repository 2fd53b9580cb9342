"""The use cases of names: what other rooms may ask. Nothing here needs a database; what is kept in one: `names.legacy`."""

from __future__ import annotations

from enishi.names.characters import (
    Form,
    build_characters,
    fits,
    forms,
    glyph_png,
    glyph_svg,
    identify,
    load_reduction_map,
    reduce,
    variants,
)
from enishi.names.checking import Checked, check
from enishi.names.engines.building import build as build_dictionaries
from enishi.names.examining import examine, examine_many
from enishi.names.explaining import explained
from enishi.names.reporting import Report
from enishi.names.rules.headings import Column
from enishi.names.rules.passport import Long, romanised
from enishi.names.rules.readings import Change, Evidence, Filing, Finding, Kind, Part, Verdict
from enishi.names.rules.reduction import Reduced, Target
from enishi.names.splitting import FullName, split
from enishi.names.suggesting import SUGGESTED, predict, restore

__all__ = [
    "SUGGESTED",
    "Change",
    "Checked",
    "Column",
    "Evidence",
    "Filing",
    "Finding",
    "Form",
    "FullName",
    "Kind",
    "Long",
    "Part",
    "Reduced",
    "Report",
    "Target",
    "Verdict",
    "build_characters",
    "build_dictionaries",
    "check",
    "examine",
    "examine_many",
    "explained",
    "fits",
    "forms",
    "glyph_png",
    "glyph_svg",
    "identify",
    "load_reduction_map",
    "predict",
    "reduce",
    "restore",
    "romanised",
    "split",
    "variants",
]
