"""What was found in a municipality's file, written down three times: for a spreadsheet, beside the source's bytes, and to print.

`findings.csv` has a row for each finding. `checked.csv` has every byte of the source, and behind each row what was found in it.
`report.html` says how things stand, then shows findings of each sort; it needs no server and loads nothing.
"""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self

from enishi.kernel.language import choose
from enishi.names.checking import Checked, Defect, Found
from enishi.names.engines.rows import Row, ending
from enishi.names.explaining import in_short
from enishi.names.rules.headings import Column

BESIDE = (3, 6, 7)
"""Which columns of `findings.csv` stand behind a row in `checked.csv`: what was found, why, and what is suggested."""
SHOWN = 500
"""Findings of each sort that the page shows; `findings.csv` has all."""

_DEFECTS = {
    Defect.BROKEN: ("行が壊れています", "broken row"),
    Defect.UNREADABLE: ("文字として読めないバイトがあります", "bytes that are no character"),
    Defect.LOST: ("失われた文字の跡があります", "a trace of a lost character"),
    Defect.PRIVATE: ("外字(私用領域の文字)があります", "a character of private use (gaiji)"),
    Defect.MISSING: ("氏名または振り仮名が空です", "name or reading is empty"),
    Defect.LETTER: ("振り仮名に使えない文字があります", "a letter that no registered reading has"),
    Defect.SMALL: ("小書きの仮名が大きく書かれている可能性があります", "large kana that is probably small"),
    Defect.IMPLAUSIBLE: (
        "文字の読みとして根拠が見つからない部分があります",
        "a reading that its characters do not bear out",
    ),
    Defect.UNJUDGED: ("この形では点検できません", "cannot be looked at as it is"),
}
_ADVICE = {
    Defect.BROKEN: ("引用符と列の数を確かめてください。", "Check quotation marks and the number of columns."),
    Defect.UNREADABLE: (
        "文字コードの指定と元データを確かめてください。",
        "Check the encoding named, and the source.",
    ),
    Defect.LOST: ("原本で文字を確かめてください。", "Look up the character in the original."),
    Defect.PRIVATE: ("外字の同定が必要です。", "It has to be identified before it leaves this system."),
    Defect.MISSING: ("届出または原本で確かめてください。", "Look it up in the notice or the original."),
    Defect.LETTER: (
        "全角カタカナで登録される文字だけが使えます。",
        "Only letters of registered full-width katakana can stand there.",
    ),
    Defect.SMALL: ("本人への確認通知で確かめてください。", "Ask the person, with the notice of the reading."),
    Defect.IMPLAUSIBLE: (
        "入力誤りでなければ、そのままで差し支えありません(既に登録されている方に第13条第2項の制限はありません)。",
        "If it is no slip it stays as it is: art. 13(2) does not bind who is registered already.",
    ),
    Defect.UNJUDGED: (
        "個人の氏名だけが入っているか、氏と名の区切りを確かめてください。",
        "See whether it is one person's name alone, and where surname and given name part.",
    ),
}
_HEADINGS = (
    ("行", "row"),
    ("ファイル上の行", "line"),
    ("列", "column"),
    ("種類", "finding"),
    ("文字", "characters"),
    ("値", "value"),
    ("理由", "reason"),
    ("候補", "suggestion"),
    ("確からしさ", "share"),
)
_COLUMNS = {
    Column.SURNAME: ("氏", "surname"),
    Column.GIVEN: ("名", "given name"),
    Column.NAME: ("氏名", "full name"),
    Column.SURNAME_READING: ("氏の振り仮名", "reading of the surname"),
    Column.GIVEN_READING: ("名の振り仮名", "reading of the given name"),
    Column.READING: ("氏名の振り仮名", "reading of the full name"),
}


class Report:
    """Takes rows with their findings (a `checking.Sink`) and writes them down in a folder; its three files appear together, when
    `close` has been called, and not at all otherwise.
    """

    FILES: ClassVar = ("findings.csv", "checked.csv", "report.html")

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.language = folder, language
        self._shown: dict[Defect, list[Found]] = defaultdict(list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._work = Path(tempfile.mkdtemp(dir=self.folder, prefix=".writing-"))
        self._findings: IO[str] = (self._work / "findings.csv").open("w", encoding="utf-8-sig", newline="")
        self._checked: IO[bytes] = (self._work / "checked.csv").open("wb")
        self._rows = csv.writer(self._findings)
        self._rows.writerow([self._word(pair) for pair in _HEADINGS])
        self._is_heading, self._width = True, 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._findings.close()
        self._checked.close()
        shutil.rmtree(self._work, ignore_errors=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def __call__(self, rows: Sequence[Row], found: Sequence[Found], encoding: str) -> None:
        by_row: dict[int, list[Found]] = defaultdict(list)
        for one in found:
            by_row[one.row].append(one)
            if len(self._shown[one.defect]) < SHOWN:
                self._shown[one.defect].append(one)
            self._rows.writerow([safe(cell) for cell in self.cells(one)])
        for row in rows:
            if self._is_heading:
                cells = [self._word(pair) for pair in (_HEADINGS[place] for place in BESIDE)]
                self._is_heading, self._width = False, len(row.fields or ())
            else:
                told = by_row.get(row.number, [])
                cells = [
                    " / ".join(filter(None, (self.cells(one)[place] for one in told))) for place in BESIDE
                ]
            self._checked.write(with_cells(row, cells, encoding, self._width))

    def close(self, checked: Checked, at: datetime) -> None:
        """Writes the page, and puts the three files in their place."""
        (self._work / "report.html").write_text(self.page(checked, at), encoding="utf-8")
        self._findings.close()
        self._checked.close()
        for name in self.FILES:
            (self._work / name).replace(self.folder / name)

    def summary(self, checked: Checked) -> list[str]:
        """How things stand, in lines of text."""
        lines = [self._standing(checked)]
        lines += [
            f"{checked.found[defect]:>9,}  {self._word(_DEFECTS[defect])}"
            for defect in Defect
            if checked.found[defect]
        ]
        return lines

    def _standing(self, checked: Checked) -> str:
        total = sum(checked.found.values())
        return self._say(
            ja=f"{checked.rows:,} 行を点検し、{checked.rows_with_findings:,} 行に {total:,} 件の指摘があります。",
            en=f"{checked.rows:,} rows were looked at; {checked.rows_with_findings:,} of them have {total:,} findings.",
        )

    def cells(self, one: Found) -> list[str]:
        """One finding as `_HEADINGS` has it."""
        share = "" if one.share is None else f"{one.share:.3f}"
        return [
            str(one.row),
            str(one.line),
            one.column,
            self._word(_DEFECTS[one.defect]),
            one.characters,
            one.value,
            self.reason(one),
            one.suggestion,
            share,
        ]

    def reason(self, one: Found) -> str:
        """Why, in one line."""
        if one.defect is Defect.BROKEN and one.detail:
            return self._say(ja=f"列の数または値: {one.detail}", en=f"columns or value: {one.detail}")
        if one.defect is Defect.BROKEN:
            return self._say(
                ja="引用符が閉じていないか、列が長すぎます",
                en="a quotation mark is not closed, or a field is too long",
            )
        if one.defect is Defect.UNJUDGED:
            return self._say(ja="氏と名に分けられないか、使えない文字または長さがあります", en=one.detail)
        if one.finding is not None:
            said = in_short(one.finding, self.language)
            likely = self._say(ja="、", en=", ").join(one.likely)
            others = self._say(ja=f"。よくある読み: {likely}", en=f"; usual: {likely}") if likely else ""
            return said + others
        return one.detail

    def page(self, checked: Checked, at: datetime) -> str:
        """The whole page."""
        word = self._word
        shown = readable(checked.source.name)
        clean = checked.rows - checked.rows_with_findings
        title = self._say(ja="氏名と振り仮名の点検結果", en="Names and readings: what was found")
        notes = [
            self._say(ja=f"ファイル: {shown}", en=f"File: {shown}"),
            self._say(ja=f"文字コード: {checked.encoding}", en=f"Encoding: {checked.encoding}"),
            self._say(ja="使った列: ", en="Columns used: ")
            + "、".join(
                f"{heading} = {word(_COLUMNS[column])}" for column, heading in checked.columns.items()
            ),
            self._say(
                ja=f"全角カタカナに読み替えた振り仮名: {checked.converted:,}",
                en=f"Readings taken as full-width katakana: {checked.converted:,}",
            ),
            self._say(ja=f"指摘のない行: {clean:,}", en=f"Rows without a finding: {clean:,}"),
            self._say(ja=f"点検日時: {at:%Y-%m-%d %H:%M}", en=f"Looked at: {at:%Y-%m-%d %H:%M}"),
            self._say(
                ja="元のファイルは変更していません。すべての指摘は findings.csv、元の行と並べたものは checked.csv にあります。",
                en="The source was not changed. findings.csv has every finding, checked.csv each beside the row it is of.",
            ),
        ]
        summary = "".join(
            f'<tr><th scope="row"><a href="#{defect.value}">{escape(word(_DEFECTS[defect]))}</a></th>'
            f"<td class=n>{checked.found[defect]:,}</td><td>{escape(word(_ADVICE[defect]))}</td></tr>"
            for defect in Defect
            if checked.found[defect]
        )
        nothing = self._say(ja="指摘はありません。", en="Nothing was found.")
        sort, count, todo = (
            self._say(ja=ja, en=en)
            for ja, en in (("種類", "finding"), ("件数", "how many"), ("すること", "what to do"))
        )
        table = (
            f'<table><thead><tr><th scope="col">{sort}</th><th scope="col" class=n>{count}</th><th scope="col">{todo}</th></tr>'
            f"</thead><tbody>{summary}</tbody></table>"
            if summary
            else f"<p>{nothing}</p>"
        )
        strip = self._say(
            ja="Enishi は公的なサービスではありません。このファイルの内容は、この端末の外に送られていません。",
            en="Enishi is no official service. Nothing of this file has left this machine.",
        )
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
        sections = "".join(self._section(defect, checked) for defect in Defect if checked.found[defect])
        return (
            f'<!doctype html>\n<html lang="{self.language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
            f"<style>{_STYLE}</style></head><body><p class=strip>{strip}</p><main><h1>{escape(title)}</h1>"
            f"<p class=standing>{escape(self._standing(checked))}</p>{table}<ul>{items}</ul>"
            f"{sections}</main></body></html>\n"
        )

    def _section(self, defect: Defect, checked: Checked) -> str:
        shown = self._shown[defect]
        more = checked.found[defect] - len(shown)
        rest = (
            self._say(
                ja=f"<p>ほか {more:,} 件は findings.csv にあります。</p>",
                en=f"<p>{more:,} more are in findings.csv.</p>",
            )
            if more
            else ""
        )
        places = (0, 2, 4, 5, 6, 7, 8)
        heads = "".join(f'<th scope="col">{escape(self._word(_HEADINGS[place]))}</th>' for place in places)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(self.cells(one)[place])}</td>" for place in places) + "</tr>"
            for one in shown
        )
        return (
            f'<section><h2 id="{defect.value}">{escape(self._word(_DEFECTS[defect]))}</h2>'
            f"<div class=wide tabindex=0><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{rest}"
            "</section>"
        )

    def _word(self, pair: tuple[str, str]) -> str:
        return self._say(ja=pair[0], en=pair[1])

    def _say(self, *, ja: str, en: str) -> str:
        return choose(self.language, ja=ja, en=en)


def with_cells(row: Row, cells: Iterable[str], encoding: str, width: int) -> bytes:
    """A row with cells behind its own bytes; as it is if it is empty, broken, or not as wide as the first row (`width`)."""
    if not row.fields or len(row.fields) != width:
        return row.raw
    end = ending(row.raw)
    quoted = "".join(',"' + safe(cell).replace('"', '""') + '"' for cell in cells)
    return row.raw[: len(row.raw) - len(end)] + quoted.encode(encoding, errors="replace") + end


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") else cell


def readable(name: str) -> str:
    """The name of a file whatever its bytes are: what is no UTF-8 as it can be shown."""
    return os.fsencode(name).decode("utf-8", errors="replace")


_STYLE = """
:root{color-scheme:light dark;--text:#333;--strong:#1a1a1a;--line:#b3b3b3;--panel:#f2f2f2;--link:#0017c1;--back:#fff}
@media(prefers-color-scheme:dark){:root{--text:#e6e6e6;--strong:#fff;--line:#767676;--panel:#1a1a1a;--link:#9db7f9;--back:#000}}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.7 "Noto Sans JP","Hiragino Sans","Yu Gothic UI",sans-serif}
.strip{margin:0;padding:4px 16px;background:var(--panel);font-size:14px}
main{max-width:1120px;margin:0 auto;padding:16px}
h1{font-size:32px;line-height:1.4;color:var(--strong);margin:24px 0 16px}
h2{font-size:24px;line-height:1.4;color:var(--strong);margin:40px 0 16px}
.standing{font-size:20px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{border-bottom:1px solid var(--line);padding:8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead th{background:var(--panel);position:sticky;top:0}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
a{color:var(--link)}
a:focus-visible,.wide:focus-visible{outline:4px solid #000;outline-offset:2px;box-shadow:0 0 0 2px #ffd43d}
@media print{.strip{background:none}thead th{position:static}tr{break-inside:avoid}}
"""
