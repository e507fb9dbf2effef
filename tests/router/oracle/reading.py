"""What each subgraph's own SDL says, read without any of the router's code.

An error in the router's composition, loader or query graph cannot hide here: nothing is shared with them but the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import SelectionSetNode, TypeNode, parse, print_ast, value_from_ast_untyped
from graphql.language import (
    FieldNode,
    InlineFragmentNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    NamedTypeNode,
    OperationDefinitionNode,
)

__all__ = ["Federation", "OwnField", "OwnType", "fields_of", "named_type", "read_subgraph", "type_name"]


@dataclass(frozen=True)
class OwnField:
    """A field as one subgraph declares it."""

    name: str
    type: str
    arguments: Sequence[InputValueDefinitionNode]
    external: bool
    hidden: bool
    requires: SelectionSetNode | None
    provides: SelectionSetNode | None
    override: tuple[str, str | None] | None


@dataclass
class OwnType:
    """A composite type, or an enum, as one subgraph declares it."""

    name: str
    kind: str
    fields: dict[str, OwnField] = field(default_factory=dict)
    keys: list[tuple[SelectionSetNode, bool]] = field(default_factory=list)
    interfaces: set[str] = field(default_factory=set)
    members: list[str] = field(default_factory=list)
    values: dict[str, bool] = field(default_factory=dict)
    hidden: bool = False
    interface_object: bool = False


def named_type(text: str) -> str:
    """Strip lists and nullability off a type."""
    return text.replace("[", "").replace("]", "").replace("!", "")


def read_subgraph(sdl: str) -> dict[str, OwnType]:
    """Read the types of a subgraph, extensions joined with what they extend."""
    types: dict[str, OwnType] = {}
    for node in parse(sdl, no_location=True).definitions:
        name = getattr(node, "name", None)
        if name is None or ("type_" not in node.kind and "object" not in node.kind):
            continue
        kind = node.kind.partition("_type_")[0]
        if kind in {"scalar", "input_object"}:
            continue
        own = types.setdefault(name.value, OwnType(name.value, kind))
        _read_type(own, node, extension=node.kind.endswith("extension"))
    return types


def _read_type(own: OwnType, node: Any, *, extension: bool) -> None:
    for directive in node.directives or ():
        given = _arguments(directive)
        if directive.name.value == "key":
            own.keys.append((_field_set(given["fields"]), given.get("resolvable", True)))
        own.hidden |= directive.name.value == "inaccessible"
        own.interface_object |= directive.name.value == "interfaceObject"
    own.interfaces |= {item.name.value for item in getattr(node, "interfaces", None) or ()}
    own.members += [item.name.value for item in getattr(node, "types", None) or ()]
    for value in getattr(node, "values", None) or ():
        own.values[value.name.value] = _has(value, "inaccessible")
    keys = {item.name.value for key, _ in own.keys for item in fields_of(key)}
    for item in getattr(node, "fields", None) or ():
        # A key field of an extension is marked external by old habit only.
        own.fields[item.name.value] = _read_field(item, usable=extension and item.name.value in keys)


def _read_field(node: Any, *, usable: bool) -> OwnField:
    given = {directive.name.value: _arguments(directive) for directive in node.directives or ()}
    override = given.get("override")
    return OwnField(
        name=node.name.value,
        type=print_ast(node.type),
        arguments=node.arguments or (),
        external="external" in given and not usable,
        hidden="inaccessible" in given,
        requires=_field_set(given["requires"]["fields"]) if "requires" in given else None,
        provides=_field_set(given["provides"]["fields"]) if "provides" in given else None,
        override=(override["from"], override.get("label")) if override is not None else None,
    )


def _has(node: Any, name: str) -> bool:
    return any(directive.name.value == name for directive in node.directives or ())


def _arguments(directive: Any) -> dict[str, Any]:
    return {item.name.value: value_from_ast_untyped(item.value) for item in directive.arguments or ()}


def _field_set(text: str) -> SelectionSetNode:
    definition = parse(f"{{ {text} }}", no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


def fields_of(selection: SelectionSetNode) -> Iterator[FieldNode]:
    """List the fields of a selection set itself, through fragments."""
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from fields_of(node.selection_set)


def type_name(node: TypeNode) -> str:
    """Name the type at the core of a type expression."""
    inner: Any = node
    while not isinstance(inner, NamedTypeNode):
        inner = inner.type
    return str(inner.name.value)


def _input_defaults(sdls: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give the defaults of input fields, by input type and field."""
    return {
        node.name.value: {
            item.name.value: value_from_ast_untyped(item.default_value)
            for item in node.fields or ()
            if item.default_value is not None
        }
        for sdl in sdls
        for node in parse(sdl, no_location=True).definitions
        if isinstance(node, InputObjectTypeDefinitionNode)
    }


class Federation:
    """All subgraphs together: what a type can be, and who resolves what.

    Args:
        subgraphs: their SDLs by name.
        labels: the progressive override labels that are active.
    """

    def __init__(self, subgraphs: Mapping[str, str], *, labels: frozenset[str] = frozenset()) -> None:
        self.own = {name: read_subgraph(sdl) for name, sdl in subgraphs.items()}
        self._labels = labels
        self._overrides = {
            (own.name, item.name, item.override[0]): item.override[1]
            for types in self.own.values()
            for own in types.values()
            for item in own.fields.values()
            if item.override is not None
        }
        self._possible: dict[str, frozenset[str]] = {}
        self.input_defaults = _input_defaults(subgraphs.values())
        names = {name: None for types in self.own.values() for name in types}
        self.interfaces: dict[str, list[str]] = {
            name: sorted({item for types in self.own.values() if name in types for item in types[name].interfaces})
            for name in names
        }

    def kind(self, name: str) -> str | None:
        """Say what a type is in the whole graph; None for scalars and inputs."""
        kinds = {types[name].kind for types in self.own.values() if name in types}
        return "interface" if "interface" in kinds else next(iter(kinds), None)

    def is_hidden(self, name: str) -> bool:
        """Whether clients may not see a type."""
        return any(types[name].hidden for types in self.own.values() if name in types)

    def possible(self, name: str) -> frozenset[str]:
        """Name the concrete types that a type can be anywhere."""
        if name not in self._possible:
            found = {item for subgraph in self.own for item in self._members(subgraph, name)}
            self._possible[name] = frozenset(found or {name})
        return self._possible[name]

    def possible_in(self, subgraph: str, name: str) -> frozenset[str]:
        """Name the concrete types that a type can be in a subgraph; an interface object can be any of them."""
        own = self.own[subgraph].get(name)
        if own is None:
            return frozenset()
        return self.possible(name) if own.interface_object else frozenset(self._members(subgraph, name))

    def _members(self, subgraph: str, name: str) -> set[str]:
        types = self.own[subgraph]
        own = types.get(name)
        if own is None or own.interface_object:
            return set()
        if own.kind == "union":
            return set(own.members)
        if own.kind == "interface":
            return {other.name for other in types.values() if other.kind == "object" and name in other.interfaces}
        return {name}

    def resolves(self, subgraph: str, type_name: str, name: str) -> bool:
        """Whether a subgraph's value of a field counts: it is not external, not overridden, and its label is active."""
        own = self.own[subgraph].get(type_name)
        item = own.fields.get(name) if own is not None else None
        if item is None or item.external:
            return False
        if item.override is not None and item.override[1] is not None and item.override[1] not in self._labels:
            return item.override[0] not in self.own
        mark = (type_name, name, subgraph)
        if mark not in self._overrides:
            return True
        label = self._overrides[mark]
        return label is not None and label not in self._labels

    def declarations(self, concrete: str, name: str) -> list[tuple[str, OwnField]]:
        """List a field of a concrete type with every subgraph that has it, by itself or as an interface object."""
        found = []
        for subgraph, types in self.own.items():
            for type_name in (concrete, *self.interfaces[concrete]):
                own = types.get(type_name)
                if own is None or name not in own.fields or (type_name != concrete and not own.interface_object):
                    continue
                found.append((subgraph, own.fields[name]))
        return found

    def is_entity(self, name: str) -> bool:
        """Whether a type has a key anywhere."""
        return any(types[name].keys for types in self.own.values() if name in types)
