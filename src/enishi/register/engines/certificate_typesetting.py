"""Sets one certificate with Typst, in a process of its own: what stands on it as JSON on standard input, the PDF on
standard output.

Typst keeps what it has laid out for later compilations; a certificate must not stay in the memory of a server. Nothing
personal touches the disk: the one file, the template, holds what all certificates share. The same words give the same
bytes (no time, no random id), tagged (PDF/UA-1) with title and language. The child knows no Django and no database.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from enishi.kernel.errors import EnishiError


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF and its number of pages."""

    pages: int
    pdf: bytes


def typeset(said: dict[str, Any]) -> Document:
    """The PDF of what `certificates.stamped` gives. Raises EnishiError, which repeats nothing of it."""
    child = subprocess.run(
        [sys.executable, "-m", "enishi.register.engines.certificate_typesetting"],
        input=json.dumps(said, ensure_ascii=False).encode(),
        capture_output=True,
        check=False,
    )
    if child.returncode == 0:
        pages, _, pdf = child.stdout.partition(b"\n")
        return Document(int(pages), pdf)
    raise EnishiError(
        f"the certificate could not be set (status {child.returncode})",
        where="Typst",
        todo="see `enishi doctor` for fonts and memory, then ask again; nothing was issued",
    )


def set_here(said: dict[str, Any]) -> Document:
    """The same in this process."""
    import typst

    with TemporaryDirectory() as root:
        template = Path(root) / "certificate.typ"
        template.write_bytes((files("enishi.register.engines") / template.name).read_bytes())
        compiler = typst.Compiler(
            template,
            root=root,
            font_paths=typst.Fonts(include_embedded_fonts=False),
            ignore_system_fonts=True,
            sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        )
        document = compiler.compile(format="pdf", timestamp=0, pdf_standards=["ua-1"])
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
    assert isinstance(document, bytes)
    return Document(pages, document)


if __name__ == "__main__":
    made = set_here(json.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(b"%d\n" % made.pages + made.pdf)
