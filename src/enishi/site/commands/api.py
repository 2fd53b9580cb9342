"""`enishi api`: the OpenAPI documents of the rooms' APIs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from enishi.kernel.errors import Disagreement

OUT = Path("docs/openapi")


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds this room's acts to the command line."""
    room = rooms.add_parser("api", help="the APIs: write their OpenAPI documents, or compare them")
    acts = room.add_subparsers(dest="what", required=True, metavar="ACT")
    openapi = acts.add_parser("openapi", help="write the OpenAPI document of each API")
    openapi.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"folder (default: {OUT})")
    openapi.add_argument("--check", action="store_true", help="write nothing; exit status 4 on a difference")
    openapi.set_defaults(act=write_openapi)


def write_openapi(options: argparse.Namespace) -> int:
    """`enishi api openapi`: 0 when the documents are written, or with `--check` when they are as the routes say."""
    for name, text in documents().items():
        path = options.out / f"{name}.json"
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"api: {path}")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise Disagreement(
                "the document is not what the routes say", where=str(path), todo="run `enishi api openapi`"
            )
    return 0


def documents() -> dict[str, str]:
    """The OpenAPI document of each API by its name, as JSON text with sorted keys."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enishi.site.settings")
    import django

    django.setup()
    from enishi.register.api import api

    schema = api.get_openapi_schema(path_prefix="/api/register/")
    return {"register": json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"}
