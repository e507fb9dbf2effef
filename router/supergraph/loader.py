"""Supergraph SDL to the frozen model."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLError, parse
from graphql.language import (
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    OperationType,
    SchemaDefinitionNode,
    TypeDefinitionNode,
)

from router.errors import SupergraphError
from router.supergraph.api_schema import build_api_schema
from router.supergraph.contexts import read_contexts
from router.supergraph.extensions import fold_extensions
from router.supergraph.links import Links, arguments_of, read_links
from router.supergraph.model import Subgraph, Supergraph
from router.supergraph.types import read_types

__all__ = ["load_supergraph"]

_PASSED_OVER = frozenset({"link", "cacheTag", "composeDirective"})
"""What `@join__directive` may carry that answers no operation differently: hints for caches and for composers."""
_SDL_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "oneOf", "link", "core"})


def load_supergraph(sdl: str) -> Supergraph:
    """Read a supergraph as composers write it: join v0.1 to v0.5.

    Raises:
        SupergraphError: it cannot be parsed, is no supergraph, or uses a directive that this router does not
            understand; the message names it.
    """
    try:
        document = parse(sdl, no_location=True)
    except GraphQLError as error:
        place = f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
        raise SupergraphError(f"the supergraph SDL cannot be parsed: {error.message}{place}") from None
    document = fold_extensions(document)
    _refuse_duplicates(document)
    links = read_links(document)
    _refuse_unknown_directives(document, links)
    subgraphs = _read_subgraphs(document, links)
    types = read_types(document, links, subgraphs)
    return Supergraph(
        sdl=sdl,
        version=hashlib.sha256(sdl.encode()).hexdigest()[:16],
        api_schema=build_api_schema(document, links),
        subgraphs={subgraph.name: subgraph for subgraph in subgraphs},
        types=types,
        root_types=_read_root_types(document),
        contexts=read_contexts(types),
    )


def _read_subgraphs(document: DocumentNode, links: Links) -> tuple[Subgraph, ...]:
    for definition in document.definitions:
        if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == links.graph_enum:
            break
    else:
        raise SupergraphError(
            f"this is no supergraph: it has no enum {links.graph_enum}; "
            "make one of subgraphs by python -m router compose"
        )
    subgraphs = []
    for value in definition.values or ():
        enum_name = value.name.value
        given = [arguments_of(node) for node in value.directives or () if links.joins.get(node.name.value) == "graph"]
        arguments = given[0] if given else {}
        subgraphs.append(Subgraph(str(arguments.get("name") or enum_name), str(arguments.get("url") or ""), enum_name))
    if not subgraphs:
        raise SupergraphError(f"this is no supergraph: {links.graph_enum} has no subgraphs")
    names = Counter(subgraph.name for subgraph in subgraphs)
    if len(names) < len(subgraphs):
        raise SupergraphError(f"{links.graph_enum} has several subgraphs named {names.most_common(1)[0][0]}")
    return tuple(subgraphs)


def _read_root_types(document: DocumentNode) -> dict[OperationType, str]:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode):
            return {item.operation: item.type.name.value for item in definition.operation_types}
    names = {item.name.value for item in document.definitions if isinstance(item, TypeDefinitionNode)}
    return {kind: kind.value.capitalize() for kind in OperationType if kind.value.capitalize() in names}


def _refuse_duplicates(document: DocumentNode) -> None:
    names = Counter(item.name.value for item in document.definitions if isinstance(item, TypeDefinitionNode))
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise SupergraphError(f"the type {twice[0]} is defined more than once")


def _refuse_unknown_directives(document: DocumentNode, links: Links) -> None:
    """Every directive that is used must be known, defined in the document, or declared as optional by its link."""
    defined = {item.name.value for item in document.definitions if isinstance(item, DirectiveDefinitionNode)}
    known = _SDL_DIRECTIVES | set(links.directives) | links.opaque | set(links.joins)
    for definition in document.definitions:
        for node in _nodes_with_directives(definition):
            for directive in node.directives or ():
                name = directive.name.value
                understood = name in known or (name in defined and not links.is_machinery(name))
                prefix = name.partition("__")[0]
                if not understood and prefix not in links.opaque:
                    raise SupergraphError(f"the directive @{name} is not understood by this router")
                if links.joins.get(name) == "directive":
                    _refuse_carried(arguments_of(directive))


def _refuse_carried(arguments: Mapping[str, Any]) -> None:
    """Look at what `@join__directive` carries from subgraphs: a directive that answers fields has to be understood."""
    name = str(arguments.get("name")).removeprefix("@").rpartition("__")[2]
    if name not in _PASSED_OVER:
        raise SupergraphError(f"the directive @{arguments.get('name')} is not understood by this router")
    given = arguments.get("args")
    if name == "link" and isinstance(given, dict) and "/connect/" in str(given.get("url")):
        raise SupergraphError(f"the specification {given['url']} (@connect) is not understood by this router")


def _nodes_with_directives(definition: object) -> list[Any]:
    if not isinstance(definition, TypeDefinitionNode | SchemaDefinitionNode):
        return []
    nodes: list[Any] = [definition]
    for part in (*(getattr(definition, "fields", None) or ()), *(getattr(definition, "values", None) or ())):
        nodes.append(part)
        nodes.extend(getattr(part, "arguments", None) or ())
    return nodes
