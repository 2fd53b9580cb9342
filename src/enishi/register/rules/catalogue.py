"""The acts of the resident register (異動事由): which there are, how each comes about, and under which article.

Articles are of the Basic Resident Register Act (Act 81 of 1967) unless said otherwise; "Enforcement Order" is the Act's
(Order 292 of 1967). To be checked against the text in force: the numbers of its articles on aliases (30-16, numbered 30-26 until
2019 or 2020) and former surnames (30-14), and whether a merger rests on art. 8 alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enishi.register.vocabulary import Manner


class Kind(StrEnum):
    """The kinds of acts."""

    TAKE_OVER = "take_over"
    MOVE_IN = "move_in"
    MOVE_IN_FROM_ABROAD = "move_in_from_abroad"
    MOVE_WITHIN = "move_within"
    WARD_MOVE = "ward_move"
    MOVE_OUT = "move_out"
    MOVE_OUT_ABROAD = "move_out_abroad"
    MOVE_OUT_CANCELLED = "move_out_cancelled"
    MOVE_IN_NOTICE = "move_in_notice"
    HOUSEHOLD_SPLIT = "household_split"
    HOUSEHOLD_MERGE = "household_merge"
    HOUSEHOLD_COMPOSITION = "household_composition"
    HEAD_CHANGE = "head_change"
    BIRTH = "birth"
    DEATH = "death"
    DISAPPEARANCE = "disappearance"
    DISAPPEARANCE_REVERSED = "disappearance_reversed"
    FAMILY_REGISTER = "family_register"
    NATURALISATION = "naturalisation"
    NATIONALITY_ACQUIRED = "nationality_acquired"
    NATIONALITY_LOST = "nationality_lost"
    IMMIGRATION = "immigration"
    STATUS_ACQUIRED = "status_acquired"
    ALIAS = "alias"
    FORMER_SURNAME = "former_surname"
    STATUS_ITEM = "status_item"
    CORRECTION = "correction"
    ENTRY = "entry"
    ERASURE = "erasure"
    RESTORATION = "restoration"
    RENUMBERING = "renumbering"
    MERGER = "merger"
    MERGER_TAKEN_OVER = "merger_taken_over"
    NUMBER_CHANGED = "number_changed"
    CODE_CHANGED = "code_changed"
    ADDRESSEE_ENTERED = "addressee_entered"
    ADDRESSEE_CHANGED = "addressee_changed"
    ADDRESSEE_ENDED = "addressee_ended"
    ADDRESSEES_MERGED = "addressees_merged"


@dataclass(frozen=True, slots=True)
class ActEntry:
    """`ja`, `en`: how officers call it; `manners`: by report, ex officio, or either; `article`: where the law says so."""

    ja: str
    en: str
    manners: frozenset[Manner]
    article: str


ADDRESSEES = "Common functions standard: non-resident addressees (住登外者宛名番号管理)"
"""Addressee numbers rest on the standard of the common functions, under the Act on the Standardisation of Local Government
Information Systems (Act 40 of 2021), not on an article of the Basic Resident Register Act.
"""

_REPORT = frozenset({Manner.REPORT})
_EX_OFFICIO = frozenset({Manner.EX_OFFICIO})
_EITHER = _REPORT | _EX_OFFICIO

CATALOGUE: dict[Kind, ActEntry] = {
    Kind.TAKE_OVER: ActEntry("移行", "record taken over", _EX_OFFICIO, "art. 6"),
    Kind.MOVE_IN: ActEntry("転入", "move in", _REPORT, "art. 22"),
    Kind.MOVE_IN_FROM_ABROAD: ActEntry("国外転入", "move in from abroad", _REPORT, "art. 22"),
    Kind.MOVE_WITHIN: ActEntry("転居", "move within", _REPORT, "art. 23"),
    Kind.WARD_MOVE: ActEntry("区間異動", "move between wards", _REPORT, "arts 22, 38"),
    Kind.MOVE_OUT: ActEntry("転出", "move out", _REPORT, "art. 24"),
    Kind.MOVE_OUT_ABROAD: ActEntry("国外転出", "move abroad", _REPORT, "art. 24"),
    Kind.MOVE_OUT_CANCELLED: ActEntry("転出取消", "move out cancelled", _EITHER, "art. 24"),
    Kind.MOVE_IN_NOTICE: ActEntry("転入通知", "notice of having moved in", _EX_OFFICIO, "art. 9(1)"),
    Kind.HOUSEHOLD_SPLIT: ActEntry("世帯分離", "household split", _REPORT, "art. 25"),
    Kind.HOUSEHOLD_MERGE: ActEntry("世帯合併", "households merged", _REPORT, "art. 25"),
    Kind.HOUSEHOLD_COMPOSITION: ActEntry("世帯構成変更", "composition changed", _REPORT, "art. 25"),
    Kind.HEAD_CHANGE: ActEntry("世帯主変更", "change of head", _EITHER, "art. 25"),
    Kind.BIRTH: ActEntry("出生", "birth", _EX_OFFICIO, "art. 9(2)"),
    Kind.DEATH: ActEntry("死亡", "death", _EX_OFFICIO, "art. 9(2)"),
    Kind.DISAPPEARANCE: ActEntry("失踪宣告", "adjudication of disappearance", _EX_OFFICIO, "art. 9(2)"),
    Kind.DISAPPEARANCE_REVERSED: ActEntry(
        "失踪宣告取消", "adjudication of disappearance reversed", _EX_OFFICIO, "art. 9(2)"
    ),
    Kind.FAMILY_REGISTER: ActEntry(
        "戸籍届出による修正", "notice of the family register", _EX_OFFICIO, "art. 9(2)"
    ),
    Kind.NATURALISATION: ActEntry("帰化", "naturalisation", _EX_OFFICIO, "art. 9(2)"),
    Kind.NATIONALITY_ACQUIRED: ActEntry("国籍取得", "nationality acquired", _EX_OFFICIO, "art. 9(2)"),
    Kind.NATIONALITY_LOST: ActEntry("国籍喪失", "nationality lost", _EX_OFFICIO, "art. 9(2)"),
    Kind.IMMIGRATION: ActEntry("在留情報の変更", "immigration notice", _EX_OFFICIO, "art. 30-50"),
    Kind.STATUS_ACQUIRED: ActEntry(
        "在留資格の取得による届出", "entry on a status of residence", _REPORT, "art. 30-47"
    ),
    Kind.ALIAS: ActEntry("通称の記載等", "alias", _EITHER, "Enforcement Order art. 30-16"),
    Kind.FORMER_SURNAME: ActEntry("旧氏の記載等", "former surname", _EITHER, "Enforcement Order art. 30-14"),
    Kind.STATUS_ITEM: ActEntry("資格等の記載", "status item", _EX_OFFICIO, "Enforcement Order art. 12(2)"),
    Kind.CORRECTION: ActEntry("職権修正", "correction ex officio", _EX_OFFICIO, "art. 8"),
    Kind.ENTRY: ActEntry("職権記載", "entry ex officio", _EX_OFFICIO, "art. 8"),
    Kind.ERASURE: ActEntry("職権消除", "erasure ex officio", _EX_OFFICIO, "art. 8"),
    Kind.RESTORATION: ActEntry("回復", "restoration", _EX_OFFICIO, "art. 8"),
    Kind.RENUMBERING: ActEntry(
        "住居表示・地番変更", "address renumbered", _EX_OFFICIO, "Enforcement Order art. 12(2)"
    ),
    Kind.MERGER: ActEntry(
        "市町村の廃置分合による閉鎖", "record closed by a municipal merger", _EX_OFFICIO, "art. 8"
    ),
    Kind.MERGER_TAKEN_OVER: ActEntry(
        "市町村の廃置分合による引継ぎ", "record taken over by a municipal merger", _EX_OFFICIO, "art. 8"
    ),
    Kind.NUMBER_CHANGED: ActEntry(
        "個人番号の変更", "individual number changed", _EITHER, "My Number Act art. 7(2)"
    ),
    Kind.CODE_CHANGED: ActEntry("住民票コードの変更", "resident code changed", _REPORT, "art. 30-4"),
    Kind.ADDRESSEE_ENTERED: ActEntry(
        "住登外者宛名登録", "non-resident addressee entered", _EX_OFFICIO, ADDRESSEES
    ),
    Kind.ADDRESSEE_CHANGED: ActEntry(
        "住登外者宛名変更", "non-resident addressee changed", _EX_OFFICIO, ADDRESSEES
    ),
    Kind.ADDRESSEE_ENDED: ActEntry(
        "住登外者宛名廃止", "non-resident addressee ended", _EX_OFFICIO, ADDRESSEES
    ),
    Kind.ADDRESSEES_MERGED: ActEntry("宛名統合", "addressee numbers merged", _EX_OFFICIO, ADDRESSEES),
}
