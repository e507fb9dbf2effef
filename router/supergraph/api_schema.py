"""The API schema: the supergraph without machinery and without what is @inaccessible."""

from __future__ import annotations

from typing import Any, TypeVar

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_ast_schema,
    parse,
    validate_schema,
)
from graphql.language import (
    DefinitionNode,
    DirectiveLocation,
    DirectiveNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from router.errors import SupergraphError
from router.supergraph.extensions import copied
from router.supergraph.links import Links

__all__ = ["build_api_schema", "is_hidden"]

Node = TypeVar("Node")

_KEPT_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "oneOf"})
_EXECUTABLE = frozenset(
    location.name
    for location in (
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    )
)
# No subgraph sees it: the router itself delivers incrementally.
(_DEFER,) = parse(
    "directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT", no_location=True
).definitions
_BUILT_IN = frozenset({"skip", "include", "deprecated", "specifiedBy", "oneOf", "defer", "stream"})


def is_hidden(node: Any, links: Links) -> bool:
    """Whether an element carries @inaccessible, under whatever name it was imported."""
    return any(links.directives.get(directive.name.value) == "inaccessible" for directive in node.directives or ())


def build_api_schema(document: DocumentNode, links: Links) -> GraphQLSchema:
    """Build the schema that clients see.

    Raises:
        SupergraphError: what remains is not a valid schema.
    """
    hidden = {
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode) and is_hidden(definition, links)
    }
    definitions = [
        kept for definition in document.definitions if (kept := _kept(definition, links, hidden)) is not None
    ]
    try:
        schema = build_ast_schema(DocumentNode(definitions=(*definitions, _DEFER)), assume_valid_sdl=True)
        problems = validate_schema(schema)
    except (GraphQLError, TypeError) as error:
        raise SupergraphError(f"the supergraph has no valid API schema: {error}") from error
    if problems:
        raise SupergraphError(f"the supergraph has no valid API schema: {problems[0].message}")
    return schema


def _kept(definition: DefinitionNode, links: Links, hidden: set[str]) -> DefinitionNode | None:
    if isinstance(definition, DirectiveDefinitionNode):
        return _kept_directive(definition, links)
    if isinstance(definition, SchemaDefinitionNode):
        return copied(definition, directives=())
    if not isinstance(definition, TypeDefinitionNode):
        raise SupergraphError(f"a supergraph has no {definition.kind.replace('_', ' ')}")
    name = definition.name.value
    if name in hidden or links.is_machinery(name):
        return None
    return _kept_type(definition, links, hidden)


def _kept_directive(definition: DirectiveDefinitionNode, links: Links) -> DirectiveDefinitionNode | None:
    name = definition.name.value
    machinery = links.is_machinery(name) or name in links.prefixes or name in links.directives or name in links.opaque
    if machinery or name in _BUILT_IN or not any(place.value in _EXECUTABLE for place in definition.locations):
        return None
    return copied(definition, arguments=tuple(_clean(item) for item in definition.arguments or ()))


def _kept_type(definition: TypeDefinitionNode, links: Links, hidden: set[str]) -> TypeDefinitionNode:
    changes: dict[str, Any] = {"directives": _directives(definition)}
    if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        changes["interfaces"] = tuple(item for item in definition.interfaces or () if item.name.value not in hidden)
        changes["fields"] = tuple(
            _clean_field(item, links) for item in definition.fields or () if not is_hidden(item, links)
        )
    elif isinstance(definition, UnionTypeDefinitionNode):
        changes["types"] = tuple(item for item in definition.types or () if item.name.value not in hidden)
    elif isinstance(definition, EnumTypeDefinitionNode):
        changes["values"] = tuple(_clean(item) for item in definition.values or () if not is_hidden(item, links))
    elif isinstance(definition, InputObjectTypeDefinitionNode):
        changes["fields"] = tuple(_clean(item) for item in definition.fields or () if not is_hidden(item, links))
    return copied(definition, **changes)


def _clean_field(node: FieldDefinitionNode, links: Links) -> FieldDefinitionNode:
    arguments = tuple(_clean(item) for item in node.arguments or () if not is_hidden(item, links))
    return copied(node, directives=_directives(node), arguments=arguments)


def _clean(node: Node) -> Node:
    return copied(node, directives=_directives(node))


def _directives(node: Any) -> tuple[DirectiveNode, ...]:
    return tuple(item for item in node.directives or () if item.name.value in _KEPT_DIRECTIVES)
