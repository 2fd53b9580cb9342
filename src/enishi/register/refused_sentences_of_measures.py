"""The Japanese of the sentences in which acts on support measures (支援措置) are refused (`refusals`)."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # where
    "support measure": "支援措置",
    "support measure {measure}": "支援措置{measure}",
    "support measure, other party": "支援措置の相手方",
    "support measure, delivery address": "支援措置の送付先",
    "reason": "理由",
    "give every act a key of its own; nothing was changed": (
        "手続きごとに新しい画面から行ってください。何も変わっていません。"
    ),
    # filing and changing
    "somebody stands in the case twice": "同じ人が申出に二度入っています。",
    "name everybody once: as applicant, covered, or other party": (
        "申出者、併せて支援を求める人、相手方のどれかひとつで、ひとり一度だけ入力してください。"
    ),
    "the case says nothing of the other party": "相手方が入力されていません。",
    "name the persons, or say that the other party is not known to the register": (
        "相手方を入力するか、台帳にない人であることを示してください。"
    ),
    "no municipality has a record of person {person}": "個人{person}の記録は、どの市区町村にもありません。",
    "search the person again; name an other party without record as unnamed": (
        "もう一度検索してください。記録のない相手方は、氏名で入力してください。"
    ),
    "the delivery address is not whole": "送付先がすべて入力されていません。",
    "enter the address and to whom mail is directed, or have mail held for collection": (
        "送付先の住所と宛名を入力するか、留め置きを選んでください。"
    ),
    "nothing would change": "変更する内容がありません。",
    "enter what is different from now on": "これから変わる内容を入力してください。",
    # deciding, renewing, ending
    "a support measure is not rejected without a reason": "理由なく支援措置の申出を却下することはできません。",
    "a support measure is not ended without a reason": "理由なく支援措置を終了することはできません。",
    "write who asked for it and why": "だれがなぜ求めたかを入力してください。",
    "this municipality has no such support measure": "この支援措置は、この市区町村の台帳にありません。",
    "look it up among the measures of the person": "本人の支援措置の一覧で確かめてください。",
    "the support measure has changed since it was read": "表示した後に、この支援措置の内容が変わりました。",
    "look at it again and decide anew": "もう一度内容を確かめてから行ってください。",
    "another municipality serves this case": "ほかの市区町村が扱う事案です。",
    "ask {muni} to act": "{muni}に依頼してください。",
    "it has ended": "この支援措置は終了しています。",
    "take a new filing": "改めて申出を受け付けてください。",
    "its last act is later than this one": "この支援措置には、これより後の手続きが記録されています。",
    "check the clock of this machine": "端末の時計を確かめてください。",
    "it is decided already": "すでに決定されています。",
    "renew it in its last month, or end it": "期間の最後の月に延長するか、終了してください。",
    "it is not granted for a term": "期間を定めた決定がまだありません。",
    "decide on it first": "先に決定してください。",
    "it ended on {day}": "この支援措置は{day}で終わりました。",
    "it can be renewed from {day} on": "延長できるのは{day}からです。",
    "renew it in its last month": "期間の最後の月に延長してください。",
    "it closes nothing any more": "この支援措置による制限は、すでに解かれています。",
}
