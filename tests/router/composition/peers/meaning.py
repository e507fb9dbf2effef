"""What a supergraph's SDL says, whatever its order and however its composer writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import parse, print_ast
from graphql.language import ast

_FIELD_SETS = ("key", "requires", "provides")
_DEFAULTS = {"resolvable": "true", "requireOneSlicingArgument": "true"}
_MACHINERY = ("join__", "link__", "core__")
Node = Any
Meaning = dict[str, tuple[str, ...]]


def meaning(sdl: str) -> Meaning:
    """Give for each coordinate its type, its default and its directives, sorted, those of joining included."""
    found: Meaning = {}
    for node in parse(sdl, no_location=True).definitions:
        if isinstance(node, ast.TypeDefinitionNode) and not node.name.value.startswith(_MACHINERY[1:]):
            graphs = _graphs(node)
            found.update(_described(node, graphs))
    return {at: said for at, said in found.items() if not at.startswith("join__") or at.startswith("join__Graph")}


def _graphs(node: Node) -> set[str]:
    return {
        print_ast(argument.value)
        for directive in node.directives or ()
        if directive.name.value == "join__type"
        for argument in directive.arguments or ()
        if argument.name.value == "graph"
    }


def _described(node: Node, graphs: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    name = node.name.value
    members = [one.name.value for one in getattr(node, "interfaces", None) or getattr(node, "types", None) or ()]
    yield name, (*sorted(members), *_directives(node.directives))
    for part in [*(getattr(node, "fields", None) or ()), *(getattr(node, "values", None) or ())]:
        at = f"{name}.{part.name.value}"
        directives = _directives(part.directives)
        joins = [one for one in directives if one.startswith("@join__field")]
        # Every subgraph of the type has the field: that is also said by saying nothing.
        if set(joins) == {f"@join__field(graph: {graph})" for graph in graphs}:
            directives = tuple(one for one in directives if one not in joins)
        yield at, (*_typed(part), *directives)
        for argument in getattr(part, "arguments", None) or ():
            yield f"{at}({argument.name.value}:)", (*_typed(argument), *_directives(argument.directives))


def _typed(node: Node) -> Iterator[str]:
    if hasattr(node, "type"):
        yield print_ast(node.type)
    if getattr(node, "default_value", None) is not None:
        yield f"= {print_ast(node.default_value)}"


def _directives(nodes: Sequence[Node] | None) -> tuple[str, ...]:
    return tuple(sorted(_application(node) for node in nodes or ()))


def _application(node: Node) -> str:
    arguments = {}
    for argument in node.arguments or ():
        name, value = argument.name.value, argument.value
        text = _flat(print_ast(value))
        if name in _FIELD_SETS and isinstance(value, ast.StringValueNode):
            text = _flat(print_ast(parse("{" + value.value + "}")))
        if _DEFAULTS.get(name) != text:
            arguments[name] = text
    if "overrideLabel" in arguments:
        arguments.pop("usedOverridden", None)  # with a label it says nothing: the field is read until it has moved
    shown = ", ".join(f"{name}: {text}" for name, text in sorted(arguments.items()))
    return f"@{node.name.value}({shown})" if shown else f"@{node.name.value}"


def _flat(text: str) -> str:
    """Give a value on one line, without what only its layout needs."""
    return re.sub(r'\s*([{}\[\]():"])\s*', r"\1", re.sub(r"[\s,]+", " ", text))
