"""The one refusal of whoever asks of a person and gets nothing: the same words, whatever lies behind it.

That nothing is disclosed is a disposition with a ground and a way to have it reviewed (Administrative Procedure Act, Act 88 of
1993, arts 8, 14; Administrative Complaint Review Act, Act 68 of 2014, arts 2, 18, 82). Its ground is the same for a person under
support measures (支援措置), for one who does not exist, and for a request without ground: no legitimate purpose is found.
"""

from __future__ import annotations

from enishi.kernel.errors import Refused
from enishi.kernel.language import ENGLISH, choose

GROUND_JA = "請求に正当な目的があると認められないため、応じられません（不当な目的等。住民基本台帳法第12条から第12条の3まで）。"
GROUND_EN = (
    "This is not disclosed: no legitimate purpose is found (Basic Resident Register Act, arts 12 to 12-3)."
)
REVIEW_JA = "この処分に不服があるときは、知った日の翌日から3か月以内に、市区町村長に審査請求ができます。"
REVIEW_EN = (
    "whoever disagrees may request an administrative review from the mayor within three months from the day after"
    " learning of this"
)


def not_disclosed(language: str = ENGLISH) -> Refused:
    """The refusal, in `ja` or `en`. It takes no person, place or cause, so that it cannot tell one from another."""
    return Refused(
        choose(language, ja=GROUND_JA, en=GROUND_EN), todo=choose(language, ja=REVIEW_JA, en=REVIEW_EN)
    )
