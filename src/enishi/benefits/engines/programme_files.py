"""Programme files: found, read, checked against the schema, every fault named with its line."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from enishi.benefits.rules.programme import Programme, programme_of
from enishi.kernel.calendar import is_banking_day
from enishi.kernel.errors import BadInput

SHIPPED = files("enishi.benefits") / "programmes"


class _Loader(yaml.SafeLoader):
    """Dates stay text, so that one that does not exist is reported in our words, and no key may stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} stands twice", problem_mark=node.start_mark
                )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shipped() -> list[str]:
    """Names of the programmes that come with Enishi."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in SHIPPED.iterdir() if entry.name.endswith(".yaml")
    )


def text_of(programme: str) -> tuple[str, str]:
    """(name for messages, text) of a programme given as a file or by the name of a shipped one. Raises BadInput."""
    if programme in shipped():
        return f"{programme}.yaml", (SHIPPED / f"{programme}.yaml").read_text(encoding="utf-8")
    path = Path(programme)
    try:
        return str(path), path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"there is no programme file to read here ({error})",
            where=programme,
            todo=f"give a YAML file, or the name of a shipped programme: {', '.join(shipped())}",
        ) from error


def load(programme: str) -> tuple[Programme, str]:
    """(the checked programme, SHA-256 of its file). Raises BadInput with file and line."""
    name, text = text_of(programme)
    try:
        root = yaml.compose(text, Loader=_Loader)
        said = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(
            f"not readable as YAML: {error.problem}", where=f"{name}, line {line}", todo="correct the file"
        ) from error
    lines = (
        {key.value: key.start_mark.line + 1 for key, _ in root.value}
        if isinstance(root, yaml.MappingNode)
        else {}
    )

    def where(field: str) -> str:
        return f"{name}, line {lines.get(field, 1)}"

    fault = next(
        iter(sorted(_validator().iter_errors(said), key=lambda error: list(map(str, error.path)))), None
    )
    if fault is not None:
        field = ".".join(map(str, fault.path))
        raise BadInput(
            f"{field or 'the file'}: {fault.message}",
            where=where(str(fault.path[0]) if fault.path else ""),
            todo="see the schema in benefits/programmes/schema.json and the shipped programmes",
        )
    return programme_of(said, where, is_banking_day), hashlib.sha256(text.encode()).hexdigest()


@cache
def _validator() -> Any:
    schema = json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)
