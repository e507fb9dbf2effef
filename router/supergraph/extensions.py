"""Extensions folded into what they extend: `extend type`, `extend schema` (GraphQL specification, section 3)."""

from __future__ import annotations

from typing import Any, TypeVar

from graphql import DocumentNode, SchemaDefinitionNode
from graphql.language import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    NamedTypeNode,
    NameNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationType,
    OperationTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)

from router.errors import SupergraphError

__all__ = ["copied", "fold_extensions"]

Node = TypeVar("Node")

_EXTENDED: dict[type[TypeExtensionNode], type[TypeDefinitionNode]] = {
    ScalarTypeExtensionNode: ScalarTypeDefinitionNode,
    ObjectTypeExtensionNode: ObjectTypeDefinitionNode,
    InterfaceTypeExtensionNode: InterfaceTypeDefinitionNode,
    UnionTypeExtensionNode: UnionTypeDefinitionNode,
    EnumTypeExtensionNode: EnumTypeDefinitionNode,
    InputObjectTypeExtensionNode: InputObjectTypeDefinitionNode,
}
_PARTS = ("directives", "interfaces", "fields", "types", "values", "operation_types")


def copied(node: Node, **changes: Any) -> Node:
    """Copy a node with some of its parts replaced; the document itself is never changed."""
    keys = node.keys  # type: ignore[attr-defined]  # every AST node names its parts in `keys`
    return type(node)(**{key: getattr(node, key, None) for key in keys} | changes)


def fold_extensions(document: DocumentNode) -> DocumentNode:
    """Give the document with a definition for everything; one without extensions is given as it is.

    An extension of what is defined nowhere is its definition, and a document without a schema definition has one by the
    usual names of its root types.

    Raises:
        SupergraphError: something is extended as what it is not.
    """
    if not any(isinstance(item, TypeExtensionNode | SchemaExtensionNode) for item in document.definitions):
        return document
    types: dict[str, TypeDefinitionNode] = {}
    others: list[DefinitionNode] = []
    schema = next((item for item in document.definitions if isinstance(item, SchemaDefinitionNode)), None)
    for item in document.definitions:
        if isinstance(item, TypeDefinitionNode):
            types[item.name.value] = item
        elif not isinstance(item, TypeExtensionNode | SchemaExtensionNode | SchemaDefinitionNode):
            others.append(item)
    for item in document.definitions:
        if isinstance(item, TypeExtensionNode):
            types[item.name.value] = _extended(types.get(item.name.value), item)
    for item in document.definitions:
        if isinstance(item, SchemaExtensionNode):
            schema = _joined(schema or _usual_schema(types), item)
    return DocumentNode(definitions=(*([schema] if schema is not None else []), *others, *types.values()))


def _extended(known: TypeDefinitionNode | None, extension: TypeExtensionNode) -> TypeDefinitionNode:
    kind = _EXTENDED[type(extension)]
    if known is None:
        parts: dict[str, Any] = {key: getattr(extension, key, None) for key in kind.keys}
        return kind(**parts)
    if not isinstance(known, kind):
        name = known.name.value
        raise SupergraphError(f"{name} is extended as what it is not: {extension.kind.replace('_', ' ')}")
    return _joined(known, extension)


def _joined(node: Node, extension: Any) -> Node:
    parts = {
        part: (*(getattr(node, part, None) or ()), *more)
        for part in _PARTS
        if (more := getattr(extension, part, None) or ())
    }
    return copied(node, **parts)


def _usual_schema(types: dict[str, TypeDefinitionNode]) -> SchemaDefinitionNode:
    roots = tuple(
        OperationTypeDefinitionNode(operation=kind, type=NamedTypeNode(name=NameNode(value=name)))
        for kind in OperationType
        if (name := kind.value.capitalize()) in types
    )
    return SchemaDefinitionNode(directives=(), operation_types=roots)
