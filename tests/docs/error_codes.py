"""The error codes that the router's source can give to a client."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_ROUTER = Path(__file__).parents[2] / "router"
_CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
# Composition and its command speak to whoever composes; their codes are described with composition.
_ELSEWHERE = ("composition", "commands")


def error_codes() -> frozenset[str]:
    """Collect what stands as `code` anywhere: as an attribute, an argument, a key, or as a constant of its own."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(_ROUTER.rglob("*.py"))
        if path.relative_to(_ROUTER).parts[0] not in _ELSEWHERE
    ]
    constants = {
        name: value
        for tree in trees
        for node in ast.iter_child_nodes(tree)
        for name, value in _named(node)
        if name.isupper()
    }
    found = (code for tree in trees for node in ast.walk(tree) for code in _codes(node, constants))
    return frozenset(code for code in found if _CODE.fullmatch(code))


def _codes(node: ast.AST, constants: Mapping[str, ast.AST | None]) -> Iterator[str]:
    for name, value in _named(node):
        if name == "code" or name.isupper():
            yield from _texts(value, constants)


def _texts(value: ast.AST | None, constants: Mapping[str, ast.AST | None]) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body, constants)
        yield from _texts(value.orelse, constants)
    elif isinstance(value, ast.Name) and value.id in constants:
        yield from _texts(constants[value.id], constants)


def _named(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """Give what a piece of code names, with its name."""
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value
    elif isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from ((str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant))
