"""Reason codes: the one answer that a benefit programme gives for each person, and why.

E: entitled and payable. R: not entitled. N: entitled but lost for want of an act. A and H: entitled, but the
payment takes another route or waits. D: entitled and paid apart from the household. Grounds are those of the
Special Fixed Benefit of 2020 (implementation outline of the Ministry of Internal Affairs and Communications);
a programme file may name its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose


class ReasonCode(StrEnum):
    """Code as it stands in decisions, files and pages."""

    ENTITLED = "E00"
    MOVED_IN_AFTER = "R01"
    BORN_AFTER = "R02"
    DIED_BEFORE = "R03"
    LEFT_BEFORE = "R04"
    DECLINED = "R05"
    ALREADY_PAID = "R06"
    NOT_APPLIED = "N01"
    NO_ACCOUNT = "A01"
    NAME_MISMATCH = "A02"
    HEAD_DIED = "H01"
    NO_HEAD = "H02"
    PAID_SEPARATELY = "D1"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code says in both languages, and the law or ground on which it rests."""

    ja: str
    en: str
    ground_ja: str
    ground_en: str


def label(code: ReasonCode | str, language: str) -> str:
    """The reason in a few words, "ja" or "en". Raises BadInput for an unknown code or language."""
    reason = reason_of(code)
    return choose(language, ja=reason.ja, en=reason.en)


def ground(code: ReasonCode | str, language: str) -> str:
    """The law or ground of the reason, "ja" or "en". Raises BadInput for an unknown code or language."""
    reason = reason_of(code)
    return choose(language, ja=reason.ground_ja, en=reason.ground_en)


def reason_of(code: ReasonCode | str) -> Reason:
    """The full entry of a code. Raises BadInput where there is no such code."""
    try:
        return REASONS[ReasonCode(code)]
    except ValueError as error:
        raise BadInput(
            f"there is no reason code {code!r}",
            where="reason code",
            todo=f"use one of {', '.join(ReasonCode)}",
        ) from error


_ON_REGISTER = (
    "基準日において住民基本台帳に記録されている者（住民基本台帳法第5条、実施要領の給付対象者）",
    "Recorded in the Basic Resident Register on the reference date"
    " (Basic Resident Register Act, art. 5; outline, persons covered)",
)
_PAYEE = (
    "受給権者は世帯主（実施要領の受給権者）",
    "The right to receive is the head of household's (outline, person with the right)",
)
_OWN_ACCOUNT = (
    "受給権者本人名義の口座への振込み（実施要領の給付方法）",
    "Paid into an account in the recipient's own name (outline, way of payment)",
)

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.ENTITLED: Reason("支給対象", "Entitled", *_ON_REGISTER),
    ReasonCode.MOVED_IN_AFTER: Reason(
        "基準日より後に転入・入国した", "Moved in after the reference date", *_ON_REGISTER
    ),
    ReasonCode.BORN_AFTER: Reason("基準日より後に生まれた", "Born after the reference date", *_ON_REGISTER),
    ReasonCode.DIED_BEFORE: Reason(
        "基準日より前に亡くなった", "Died before the reference date", *_ON_REGISTER
    ),
    ReasonCode.LEFT_BEFORE: Reason(
        "基準日より前に住民票が消除された", "Left the register before the reference date", *_ON_REGISTER
    ),
    ReasonCode.DECLINED: Reason(
        "受給を辞退した",
        "Declined the benefit",
        "贈与の申込みに対する承諾の拒絶（民法第549条、実施要領の給付の辞退）",
        "Refusal of a gift (Civil Code, art. 549; outline, declining)",
    ),
    ReasonCode.ALREADY_PAID: Reason(
        "既に支給済み",
        "Already paid",
        "給付は1人につき1回（実施要領の給付額）",
        "One payment for each person (outline, amount)",
    ),
    ReasonCode.NOT_APPLIED: Reason(
        "申請期限までに申請がなかった",
        "Not applied for in time",
        "申請期限は市区町村の受付開始日から3か月以内（実施要領の申請期限）",
        "Applications end three months after the municipality began to accept them (outline, time limit)",
    ),
    ReasonCode.NO_ACCOUNT: Reason(
        "登録口座がないため通知書を送付", "No registered account: a letter is sent", *_OWN_ACCOUNT
    ),
    ReasonCode.NAME_MISMATCH: Reason(
        "口座名義が登録氏名と一致しないため保留",
        "Account name differs from the register: held",
        *_OWN_ACCOUNT,
    ),
    ReasonCode.HEAD_DIED: Reason(
        "世帯主が基準日以後に亡くなったため保留",
        "Head of household died on or after the reference date: held",
        *_PAYEE,
    ),
    ReasonCode.NO_HEAD: Reason("世帯主のいない世帯のため保留", "Household without a head: held", *_PAYEE),
    ReasonCode.PAID_SEPARATELY: Reason(
        "支援措置により世帯とは別に支給",
        "Paid separately under support measures",
        "支援措置対象者への給付（実施要領の配偶者からの暴力を理由とした避難者の取扱い）",
        "Payment to persons under support measures (outline, persons who fled from violence)",
    ),
}
