"""Supergraphs with demands on the caller, put on by coordinate: as composers before 2.9.5 did, which spread none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import parse, print_ast
from graphql.language import DirectiveDefinitionNode, SchemaDefinitionNode

from router.composition import SubgraphSource, compose
from router.supergraph import Supergraph, load_supergraph

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@requires", "@external", '
    '"@shareable", "@override", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", '
    '"@context", "@fromContext"])\n'
)
_SPECS = "".join(
    f'@link(url: "https://specs.apollo.dev/{name}/v0.1", for: SECURITY) '
    for name in ("authenticated", "requiresScopes", "policy")
)


def composed(**subgraphs: str) -> str:
    """Compose subgraphs, each given by its name and its types; give the SDL."""
    sources = [SubgraphSource(name, f"http://{name}.test/graphql", _LINK + sdl) for name, sdl in subgraphs.items()]
    return compose(sources).supergraph_sdl


def protected(sdl: str, demands: Mapping[str, str]) -> Supergraph:
    """Load a supergraph with directives added.

    Args:
        sdl: the supergraph.
        demands: directives by the coordinate that they go to: `Type` or `Type.field`.
    """
    waiting = dict(demands)

    def marked(definition: Any) -> Any:
        if isinstance(definition, SchemaDefinitionNode):
            return _with(definition, directives=_added(definition, _SPECS))
        name = getattr(getattr(definition, "name", None), "value", "")
        changes: dict[str, Any] = {"directives": _added(definition, waiting.pop(name, ""))}
        if getattr(definition, "fields", None):
            changes["fields"] = tuple(
                _with(field, directives=_added(field, waiting.pop(f"{name}.{field.name.value}", "")))
                for field in definition.fields
            )
        return _with(definition, **changes)

    definitions = [
        item if isinstance(item, DirectiveDefinitionNode) else marked(item)
        for item in parse(sdl, no_location=True).definitions
    ]
    assert not waiting, waiting
    return load_supergraph("\n".join(print_ast(item) for item in definitions))


def _added(node: Any, directives: str) -> tuple[Any, ...]:
    given = node.directives or ()
    if not directives:
        return tuple(given)
    scalar: Any = parse(f"scalar _ {directives}", no_location=True).definitions[0]
    return (*given, *scalar.directives)


def _with(node: Any, **changes: Any) -> Any:
    return type(node)(**{key: getattr(node, key, None) for key in node.keys} | changes)
