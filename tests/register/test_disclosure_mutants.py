"""Every line of the disclosure rule counts: change any part of it, and its laws no longer hold."""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from enishi.register.rules import disclosure
from tests.register.disclosure_laws import hold

SOURCE = Path(disclosure.__file__).read_text(encoding="utf-8")
SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.Eq: ast.NotEq,
    ast.In: ast.NotIn,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
CALLS = {"all": "any", "any": "all", "min": "max"}
TIES = {"exists", "own_trace", "own_self", "stands_for", "same_case", "serves", "pays_for_state"}
Change = tuple[str, Callable[[], None], Callable[[], None]]


def mutants(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Changes the tree one place at a time; while a mutant is given out the tree is that mutant."""
    for node, change, undo, words in changes(tree):
        change()
        yield getattr(node, "lineno", 0), words
        undo()


def changes(tree: ast.Module) -> Iterator[tuple[ast.AST, Callable[[], None], Callable[[], None], str]]:
    silent = articles(tree)
    types = {id(part) for node in ast.walk(tree) for part in annotations(node)}
    for node in [node for node in ast.walk(tree) if id(node) not in types]:
        for field, words, value in other_values(node, silent):
            before = getattr(node, field)
            yield node, setter(node, field, value), setter(node, field, before), words
        for field in ("elts", "body", "values", "keys"):
            rows = getattr(node, field, None)
            if field in ("elts", "body") and isinstance(rows, list):
                for at, element in enumerate(rows):
                    if id(element) not in types and removable(node, element, rows):
                        less = [*rows[:at], *rows[at + 1 :]]
                        yield (
                            element,
                            setter(node, field, less),
                            setter(node, field, rows),
                            f"without its part {at}",
                        )
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And | ast.Or):
            for at in range(len(node.values)):
                rows = node.values
                less = [*rows[:at], *rows[at + 1 :]]
                yield (
                    rows[at],
                    setter(node, "values", less),
                    setter(node, "values", rows),
                    f"without condition {at}",
                )
        if isinstance(node, ast.Dict):
            for at, key in enumerate(node.keys):
                keys, values = node.keys, node.values

                def shorter(node: ast.Dict = node, at: int = at) -> None:
                    node.keys = [*node.keys[:at], *node.keys[at + 1 :]]
                    node.values = [*node.values[:at], *node.values[at + 1 :]]

                def whole(node: ast.Dict = node, keys: list = keys, values: list = values) -> None:  # type: ignore[type-arg]
                    node.keys, node.values = keys, values

                yield key or node, shorter, whole, f"without entry {at}"


def other_values(node: ast.AST, silent: set[int]) -> Iterator[tuple[str, str, object]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        yield "ops", "comparison turned", [SWAPPED[type(node.ops[0])]()]
    if isinstance(node, ast.BoolOp):
        yield "op", "and, or swapped", ast.Or() if isinstance(node.op, ast.And) else ast.And()
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield "op", "operator swapped", OPERATORS[type(node.op)]()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield "func", "quantifier swapped", ast.Name(CALLS[node.func.id], ast.Load())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "op", "not dropped", ast.UAdd()
    if isinstance(node, ast.If):
        yield "test", "never", ast.Constant(False)
        yield "test", "always", ast.Constant(True)
    if isinstance(node, ast.IfExp):
        yield "test", "always the first", ast.Constant(True)
        yield "test", "always the second", ast.Constant(False)
    if isinstance(node, ast.Return) and node.value is not None:
        yield "value", "returns nothing", ast.Constant(None)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in TIES:
        yield "id", "no tie", "anybody"
    if isinstance(node, ast.Constant) and id(node) not in silent:
        if isinstance(node.value, bool):
            yield "value", "turned", not node.value
        elif isinstance(node.value, int):
            yield "value", "one more", node.value + 1
            yield "value", "one less", node.value - 1
        elif isinstance(node.value, str) and node.value:
            yield "value", "emptied", ""
            yield "value", "another word", node.value + "x"
        elif isinstance(node.value, str):
            yield "value", "another word", "x"


def setter(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def removable(node: ast.AST, element: ast.AST, rows: list[ast.AST]) -> bool:
    """Whether a part can be left out and what remains still be a program: not imports, texts, classes, field lists."""
    if isinstance(node, ast.Module | ast.ClassDef):
        return False
    if isinstance(element, ast.Expr) and isinstance(element.value, ast.Constant):
        return False
    return not (isinstance(node, ast.stmt) and len(rows) < 2)


def articles(tree: ast.Module) -> set[int]:
    """Texts that say and do not do: docstrings, annotations, the article of a line."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Line":
            found.add(id(node.args[0]))
    return found


def annotations(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of types, which do nothing."""
    for field in ("annotation", "returns"):
        if (found := getattr(node, field, None)) is not None:
            yield from ast.walk(found)


def names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def runs(tree: ast.Module) -> ModuleType | None:
    """The mutant as a module; None where it is no program any more."""
    made = ModuleType("mutant")
    sys.modules["mutant"] = made
    whole = copy.deepcopy(tree)
    ast.fix_missing_locations(whole)
    try:
        exec(compile(whole, "mutant", "exec"), vars(made))
    except Exception:
        return None
    return made


@pytest.mark.slow
def test_no_change_of_any_part_of_the_rule_passes_its_laws() -> None:
    tree = ast.parse(SOURCE)
    tree.body = [node for node in tree.body if not (isinstance(node, ast.Assign) and names(node) == ["Tie"])]
    survivors, killed, lines = [], 0, set()
    for line, words in mutants(tree):
        mutant = runs(tree)
        try:
            if mutant is not None:
                hold(mutant)
        except Exception:
            mutant = None
        if mutant is None:
            killed += 1
            lines.add(line)
        else:
            survivors.append(f"line {line}: {words}: {SOURCE.splitlines()[line - 1].strip()}")
    del sys.modules["mutant"]
    print(f"{killed} changes in {len(lines)} lines, each caught")
    assert not survivors, "\n".join(survivors)
    assert killed > 300
    hold(disclosure)
