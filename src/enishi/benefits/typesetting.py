"""Sets one volume of letters in a process of its own: letters as JSON on standard input, the PDF on standard output.

Typst keeps what it has laid out for later compilations, some 700 MB for ten thousand pages; only the end of its
process gives the memory back. Nothing personal touches the disk: the one file, the sheet, holds what all letters share.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from enishi.kernel.errors import EnishiError


def typeset(said: dict[str, Any]) -> bytes:
    """The PDF of a volume. `said`: `title`, `office`, `each`, and `letters` as letter_words.typ reads them.

    Raises EnishiError where Typst does not set it.
    """
    child = subprocess.run(
        [sys.executable, "-m", "enishi.benefits.typesetting"],
        input=json.dumps(said, ensure_ascii=False).encode(),
        capture_output=True,
        check=False,
    )
    if child.returncode == 0:
        return child.stdout
    told = child.stderr.decode(errors="replace").strip().splitlines() or [f"status {child.returncode}"]
    raise EnishiError(
        f"the letters could not be set: {told[-1]}",
        where="Typst",
        todo="if memory ran out, ask for smaller volumes; else report this message",
    )


def set_volume(said: dict[str, Any]) -> bytes:
    """The same in this process: the sheet first, then each letter's words over it."""
    import typst

    fonts = typst.Fonts(include_embedded_fonts=False)

    def pdf(template: str, words: dict[str, Any], root: str) -> bytes:
        compiler = typst.Compiler(
            (files("enishi.benefits") / template).read_bytes(),
            root=root,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"letters": json.dumps(words, ensure_ascii=False)},
        )
        document = compiler.compile(format="pdf", timestamp=0, pdf_tags=False)
        assert isinstance(document, bytes)
        return document

    shared = {key: value for key, value in said.items() if key != "letters"}
    with TemporaryDirectory() as root:
        (Path(root) / "sheet.pdf").write_bytes(pdf("letter_sheet.typ", shared, root))
        return pdf("letter_words.typ", said, root)


if __name__ == "__main__":
    sys.stdout.buffer.write(set_volume(json.loads(sys.stdin.buffer.read())))
