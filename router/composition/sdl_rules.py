"""What GraphQL itself asks of a subgraph's SDL; federation's definitions are supplied where it leaves them out."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeExtensionNode,
    GraphQLError,
    GraphQLSchema,
    InputObjectTypeExtensionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeExtensionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeExtensionNode,
    build_ast_schema,
    parse,
    validate_schema,
)
from graphql.language import ast
from graphql.validation.validate import validate_sdl

from router.composition import federation_spec as spec
from router.composition.errors import Report
from router.composition.links import Links
from router.composition.model import SchemaProblem

_DEFINED_BY: dict[type[TypeExtensionNode], type[TypeDefinitionNode]] = {
    ObjectTypeExtensionNode: ast.ObjectTypeDefinitionNode,
    InterfaceTypeExtensionNode: ast.InterfaceTypeDefinitionNode,
    UnionTypeExtensionNode: ast.UnionTypeDefinitionNode,
    EnumTypeExtensionNode: ast.EnumTypeDefinitionNode,
    InputObjectTypeExtensionNode: ast.InputObjectTypeDefinitionNode,
    ScalarTypeExtensionNode: ast.ScalarTypeDefinitionNode,
}
_LINK = """\
(url: String, as: String, for: federation__LinkPurpose, import: [federation__LinkImport]) repeatable on SCHEMA
scalar federation__LinkImport
enum federation__LinkPurpose { SECURITY EXECUTION }"""


TOLERATED_ENDING = "must not be deprecated."
"""A rule of GraphQL's newest edition: that an implementation is deprecated and its interface is not breaks nothing."""


def check_sdl(
    document: DocumentNode, links: Links, *, subgraph: str, report: Report
) -> tuple[SchemaProblem, ...] | None:
    """Check the schema by the GraphQL specification, section 3.

    Returns:
        What is wrong in a schema that can be read nevertheless. None where it can not: that is reported.
    """
    definitions = list(with_bases(document))
    complete = DocumentNode(definitions=(*definitions, *_missing_definitions(definitions, links)))
    invalid = [_told(error) for error in validate_sdl(complete)]
    if not invalid:
        try:
            schema = build_ast_schema(complete, assume_valid_sdl=True)
        except (GraphQLError, TypeError) as broken:
            invalid.append(str(broken))
        else:
            return tuple(SchemaProblem("INVALID_GRAPHQL", message) for message in _wrong_structure(schema))
    for message in invalid:
        report.error("INVALID_GRAPHQL", message, subgraphs=[subgraph])
    return None


def _wrong_structure(schema: GraphQLSchema) -> Iterator[str]:
    # A subgraph need not have a query, nor its query any field of its own: `_entities` is there for every one.
    tolerated = {"Query root type must be provided."}
    if schema.query_type is not None:
        tolerated.add(f"Type {schema.query_type.name} must define one or more fields.")
    try:
        errors = validate_schema(schema)
    except TypeError as broken:
        # The validation of a default takes the type of its argument to be one for inputs.
        yield f"{broken}"
        return
    for error in errors:
        if error.message not in tolerated and not error.message.endswith(TOLERATED_ENDING):
            yield _told(error)


def _told(error: GraphQLError) -> str:
    if not error.locations:
        return error.message
    return f"{error.message} (line {error.locations[0].line}, column {error.locations[0].column})"


def with_bases(document: DocumentNode) -> Iterator[DefinitionNode]:
    """Give the definitions with the first extension of a type that is nowhere defined as its definition."""
    defined = {node.name.value for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, TypeExtensionNode) and node.name.value not in defined:
            defined.add(node.name.value)
            base = _DEFINED_BY[type(node)]
            yield base(**{key: getattr(node, key) for key in base.keys if hasattr(node, key)})
        else:
            yield node


def _missing_definitions(definitions: list[DefinitionNode], links: Links) -> Iterator[DefinitionNode]:
    directives = {node.name.value for node in definitions if isinstance(node, DirectiveDefinitionNode)}
    types = {node.name.value for node in definitions if isinstance(node, TypeDefinitionNode)}
    sdl = [
        f"directive @{name} {_LINK if len(link_names) == 1 else _LINK.splitlines()[0]}"
        for link_names in [_link_names(definitions) - directives]
        for name in sorted(link_names)
    ]
    supplied = dict(links.federation_names())
    minor = links.version[1] if links.federation is not None else 0
    sdl += [
        f"directive @{local} {spec.definition(name, minor)}"
        for local, name in supplied.items()
        if local not in directives
    ]
    sdl += [f"scalar federation__{name}" for name in spec.SCALARS if f"federation__{name}" not in types]
    if links.federation is not None:
        names = {local for local, element in links.federation.imports.items() if element in spec.SCALARS}
        sdl += [f"scalar {name}" for name in sorted(names - types)]
    sdl += [f"scalar {name}" for name in ("_Any", "_FieldSet") if name not in types]
    yield from parse("\n".join(sdl), no_location=True).definitions


def _link_names(definitions: list[DefinitionNode]) -> set[str]:
    """Give the names under which the schema applies `@link`: it may link the link specification under another."""
    names = {
        directive.name.value
        for node in definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for directive in node.directives or ()
        if any(argument.name.value == "url" for argument in directive.arguments or ())
    }
    return names or {"link"}
