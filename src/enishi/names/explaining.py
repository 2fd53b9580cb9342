"""A finding in words, for whoever has to decide: each part of the reading, what it comes from, the verdict and its article."""

from __future__ import annotations

from enishi.kernel.language import choose
from enishi.names.rules.readings import Change, Evidence, Filing, Finding, Part, Verdict

_VERDICTS = {
    Verdict.ACCEPT: ("受理できる読みです。", "This reading can be accepted."),
    Verdict.REVIEW: (
        "人の確認が必要です。意味との関連や、使われている資料を確かめてください。",
        "A person has to look at this: a relation to the meaning, or a published source, may bear it out.",
    ),
    Verdict.REFUSE_CANDIDATE: (
        "不受理の候補です。文字の音訓・意味との関連が見つかりません。判断は人が行います。",
        "A candidate for refusal: no relation to sound or meaning was found. A person decides.",
    ),
}
_EVIDENCE = {
    Evidence.ON: ("音読み「{0}」", "on reading {0}"),
    Evidence.KUN: ("訓読み「{0}」", "kun reading {0}"),
    Evidence.NANORI: ("名乗り「{0}」", "reading used in names (nanori) {0}"),
    Evidence.CLASSICAL: ("訓読み「{0}」の文語形", "classical form of the kun reading {0}"),
    Evidence.KANA: ("仮名", "kana"),
    Evidence.ATTESTED: ("人名での使用例あり({0} 件)", "so read in {0} listed names"),
    Evidence.WORD: ("熟字訓(辞書の語)", "reading of the whole word (jukujikun), in a dictionary"),
    Evidence.PARTIAL: ("読み「{0}」の一部(部分音訓)", "a part of the reading {0}"),
    Evidence.SILENT: ("読まない文字(置き字)", "not read (okiji)"),
    Evidence.NONE: ("根拠が見つかりません", "nothing found that explains it"),
}
_SILENT_SO = ("読まない文字(置き字)、同じ例 {0} 件", "not read (okiji), as in {0} listed names")
_LEFT_OVER = ("余った読み: 文字がありません", "left over: no character for it")
_CHANGES = {
    Change.VOICED: ("連濁", "voiced behind another character"),
    Change.HALF_VOICED: ("半濁音化", "half-voiced behind another character"),
    Change.GEMINATED: ("促音化", "geminated before another character"),
}
_BINDS = (
    "戸籍法第13条第2項(一般に認められている読み方)が適用されます。",
    "Family Register Act, art. 13(2), applies: the reading must be generally recognised.",
)
_DOES_NOT_BIND = (
    "既に戸籍にある方には第13条第2項の制限はありません。現に使っている読みは資料で示せます。",
    "Art. 13(2) does not bind who is registered already: a reading in use can be shown by documents.",
)
_RARE = (
    "それぞれの読みには例がありますが、この組み合わせは人名ではまれです。",
    "Each of these readings is known; together they are rare in names.",
)
_LISTED = ("氏名の一覧に、この組み合わせがあります。", "A list of names has this very pair.")


def explained(finding: Finding, filing: Filing, language: str) -> list[str]:
    """The finding as lines of text, in `language` ("ja" or "en"). Raises BadInput for others."""

    def word(pair: tuple[str, str]) -> str:
        return choose(language, ja=pair[0], en=pair[1])

    lines = [word(_VERDICTS[finding.verdict])]
    lines += [
        f"  {part.characters or '―'}  {part.reading or '―'}  {_said(part, language)}"
        for part in finding.parts
    ]
    if finding.rare:
        lines.append(word(_RARE))
    if finding.listed:
        lines.append(word(_LISTED))
    lines.append(word(_DOES_NOT_BIND if filing is Filing.REGISTERED else _BINDS))
    return lines


def in_short(finding: Finding, language: str) -> str:
    """In one line why a reading was not accepted: the parts that are not fully explained, or that all are rare together."""
    doubtful = [part for part in finding.parts if not part.is_full]
    if not doubtful:
        return choose(language, ja=_RARE[0].rstrip("。"), en=_RARE[1].rstrip("."))
    said = (f"{part.characters or '―'}={part.reading or '―'} {_said(part, language)}" for part in doubtful)
    return choose(language, ja="、", en="; ").join(said)


def _said(part: Part, language: str) -> str:
    pair = _EVIDENCE[part.evidence]
    if not part.characters:
        pair = _LEFT_OVER
    elif part.evidence is Evidence.SILENT and part.source:
        pair = _SILENT_SO
    said = [pair, *(_CHANGES[change] for change in part.changes)]
    words = choose(language, ja="、".join(ja for ja, _ in said), en=", ".join(en for _, en in said))
    return words.format(part.source)
