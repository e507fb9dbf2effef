"""Field selection merging (GraphQL specification, section 5.3.2), without comparing fields in pairs.

graphql-core compares each field with each other of its response name, and gives documents up that take too many
comparisons. Here the fields that are merged are brought together first, level by level; then each is compared with the
first of its name only, which costs as much as there are fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationRule,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_object_type,
    print_ast,
    type_from_ast,
)
from graphql.language import InlineFragmentNode
from graphql.utilities.sort_value_node import sort_value_node
from graphql.validation.validate import ValidationAbortedError

__all__ = ["OverlappingFieldsRule"]

_MAX_FIELDS = 400_000
"""How many fields are looked at, each once for every way in which it is merged with others."""


class _Field(NamedTuple):
    """A field, the type that it is selected on, and its own type; types are None where the schema knows none."""

    node: FieldNode
    parent: GraphQLNamedType | None
    type: Any


_Sets = Sequence[tuple[SelectionSetNode, GraphQLNamedType | None]]
"""Selection sets that are merged, with the types that they are on."""


class OverlappingFieldsRule(ValidationRule):
    """Fields with one response name can be merged: same shape, and the same field wherever both can apply."""

    def enter_document(self, document: DocumentNode, *_: Any) -> None:
        """Check the whole document: all operations, with the fragments that they reach."""
        schema = self.context.schema
        check = _Check(schema, document)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                check.run([(node.selection_set, schema.get_root_type(node.operation))])
        for name, (reason, nodes) in check.conflicts.items():
            message = f"Fields '{name}' cannot be merged: {reason}. Give one of them another alias."
            self.report_error(GraphQLError(message, nodes))


class _Check:
    """One document's check.

    Attributes:
        conflicts: by response name the first reason why fields cannot be merged, and two of them.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.conflicts: dict[str, tuple[str, list[FieldNode]]] = {}
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._seen: set[tuple[bool, frozenset[int]]] = set()
        self._left = _MAX_FIELDS

    def run(self, sets: _Sets) -> None:
        """Check selection sets that are merged, and all below them; without recursion, however deep they are."""
        waiting: list[tuple[bool, _Sets]] = [(True, sets), (False, sets)]
        while waiting:
            by_shape, merged = waiting.pop()
            fields = self._collect(merged)
            key = (by_shape, frozenset(id(field.node) for field in fields))
            if key in self._seen:
                continue
            self._seen.add(key)
            for name, group in _by_name(fields).items():
                if by_shape:
                    self._check_shapes(name, group)
                    waiting.append((True, _below(group)))
                else:
                    for overlapping in _overlapping(group):
                        self._check_same(name, overlapping)
                        waiting.append((False, _below(overlapping)))

    def _collect(self, sets: _Sets) -> list[_Field]:
        """Gather the fields of selection sets through their fragments, in their order."""
        fields: list[_Field] = []
        spread: set[str] = set()
        waiting = [(iter(selections.selections), parent) for selections, parent in reversed(sets)]
        while waiting:
            nodes, parent = waiting[-1]
            node = next(nodes, None)
            if node is None:
                waiting.pop()
                continue
            self._spend()
            if isinstance(node, FieldNode):
                fields.append(_Field(node, parent, self._type_of(parent, node)))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                waiting.append((iter(node.selection_set.selections), self._named(condition) if condition else parent))
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None:
                    waiting.append((iter(fragment.selection_set.selections), self._named(fragment.type_condition)))
        return fields

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ValidationAbortedError("Too many fields to merge.")

    def _named(self, condition: Any) -> GraphQLNamedType | None:
        found: GraphQLNamedType | None = type_from_ast(self._schema, condition)
        return found

    def _type_of(self, parent: GraphQLNamedType | None, node: FieldNode) -> Any:
        if parent is None or not is_composite_type(parent):
            return None
        definition = self._schema.get_field(parent, node.name.value)
        return definition and definition.type

    def _check_shapes(self, name: str, group: list[_Field]) -> None:
        typed = [field for field in group if field.type is not None]
        first = typed[0] if typed else None
        for field in typed[1:]:
            if first is not None and field.type is not first.type and _shape(field.type) != _shape(first.type):
                reason = f"their types '{first.type}' and '{field.type}' differ"
                self.conflicts.setdefault(name, (reason, [first.node, field.node]))

    def _check_same(self, name: str, group: list[_Field]) -> None:
        first = group[0].node
        for node in (field.node for field in group[1:]):
            if node.name.value != first.name.value:
                reason = f"'{first.name.value}' and '{node.name.value}' are different fields"
            elif (node.arguments or first.arguments) and _arguments(node) != _arguments(first):
                reason = "their arguments differ"
            else:
                continue
            self.conflicts.setdefault(name, (reason, [first, node]))


def _by_name(fields: Iterable[_Field]) -> dict[str, list[_Field]]:
    groups: dict[str, list[_Field]] = {}
    for field in fields:
        name = field.node.alias.value if field.node.alias else field.node.name.value
        groups.setdefault(name, []).append(field)
    return groups


def _overlapping(group: list[_Field]) -> list[list[_Field]]:
    """Split fields into those that can apply to one object: two different object types are never one."""
    anywhere = [field for field in group if not is_object_type(field.parent)]
    if len(anywhere) == len(group):
        return [group]
    concrete: dict[str, list[_Field]] = {}
    for field in group:
        if field.parent is not None and is_object_type(field.parent):
            concrete.setdefault(field.parent.name, []).append(field)
    return [anywhere + fields for fields in concrete.values()]


def _below(group: list[_Field]) -> _Sets:
    return [
        (field.node.selection_set, get_named_type(field.type) if field.type is not None else None)
        for field in group
        if field.node.selection_set is not None
    ]


def _shape(declared: Any) -> str:
    """Give what must agree of a type: its lists and nullability, and its name where it is a leaf's."""
    named = get_named_type(declared)
    return str(declared) if is_leaf_type(named) else str(declared).replace(named.name, "{}")


def _arguments(node: FieldNode) -> dict[str, str]:
    return {argument.name.value: print_ast(sort_value_node(argument.value)) for argument in node.arguments or ()}
