"""One subgraph's schema as composition sees it: extensions merged, federation's directives under their own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from graphql import ConstValueNode, DirectiveDefinitionNode, StringValueNode, print_ast, value_from_ast_untyped

from router.composition.links import Links
from router.composition.type_ref import TypeRef, named_type


class Kind(Enum):
    """The kinds of named types."""

    SCALAR = "scalar"
    OBJECT = "type"
    INTERFACE = "interface"
    UNION = "union"
    ENUM = "enum"
    INPUT = "input"


COMPOSITE = frozenset({Kind.OBJECT, Kind.INTERFACE, Kind.UNION})
ROOTS = ("Query", "Mutation", "Subscription")
"""The names of root types after reading, whatever the subgraph calls them."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive as applied.

    Attributes:
        name: `key` for the specification's `@key`, however it was imported; `@mine` for one of the subgraph's own.
        arguments: as written, without defaults.
        in_extension: applied on an `extend`, not on a definition.
    """

    name: str
    arguments: Mapping[str, ConstValueNode]
    in_extension: bool = False

    def value(self, argument: str, default: object = None) -> object:
        """Give an argument as a Python value."""
        node = self.arguments.get(argument)
        return default if node is None else value_from_ast_untyped(node)

    def text(self, argument: str) -> str:
        """Give a string argument, or the empty string where it is missing or no string."""
        node = self.arguments.get(argument)
        return node.value if isinstance(node, StringValueNode) else ""

    @property
    def canonical(self) -> str:
        """The arguments as text in the order of their names: equal for equal applications."""
        return ", ".join(f"{name}: {print_ast(node)}" for name, node in sorted(self.arguments.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Anything with a name, a description and directives."""

    name: str
    description: str | None = None
    directives: tuple[Directive, ...] = ()

    def applied(self, name: str) -> tuple[Directive, ...]:
        """Give the applications of one directive."""
        return tuple(directive for directive in self.directives if directive.name == name)

    def has(self, name: str) -> bool:
        """Tell whether a directive is applied."""
        return any(directive.name == name for directive in self.directives)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputValue(Element):
    """An argument, or a field of an input type."""

    type: TypeRef
    default: ConstValueNode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Element):
    """A field of an object or interface."""

    type: TypeRef
    arguments: Mapping[str, InputValue] = field(default_factory=dict)

    @property
    def type_name(self) -> str:
        """The named type at the core of the field's type."""
        return named_type(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefinition(Element):
    """A named type; which members are filled depends on its kind.

    Attributes:
        extension: the subgraph only ever extends it (`@extends` says so in federation 1 alone).
    """

    kind: Kind
    extension: bool = False
    interfaces: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    inputs: Mapping[str, InputValue] = field(default_factory=dict)
    values: Mapping[str, Element] = field(default_factory=dict)
    members: tuple[str, ...] = ()

    @property
    def is_interface_object(self) -> bool:
        """An object here that stands for an interface of the supergraph."""
        return self.kind is Kind.OBJECT and self.has("interfaceObject")


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """What is wrong with a schema that can be read nevertheless; the rest of it can be checked as well."""

    code: str
    message: str
    at: str | None = None


@dataclass(frozen=True)
class Subgraph:
    """One subgraph after reading.

    Attributes:
        name: as the operator calls it.
        url: where it answers; may be empty.
        graph: the value of `join__Graph` that stands for it.
        version: of the federation specification; (1, 0) without a link to it.
        types: by name; root types are called Query, Mutation and Subscription.
        directives: the subgraph's own directive definitions, by name.
        schema_directives: what is applied to the schema itself, links apart.
        directive_names: for each of federation's directives in use, by what name the subgraph applies it.
        problems: what GraphQL itself has against the schema; only a subgraph without any is merged.
    """

    name: str
    url: str
    graph: str
    version: tuple[int, int]
    links: Links
    types: Mapping[str, TypeDefinition]
    directives: Mapping[str, DirectiveDefinitionNode]
    schema_directives: tuple[Directive, ...] = ()
    directive_names: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[SchemaProblem, ...] = ()

    @cached_property
    def implementations(self) -> Mapping[str, frozenset[str]]:
        """The object types that each interface has here."""
        found: dict[str, set[str]] = {}
        for definition in self.types.values():
            if definition.kind is Kind.OBJECT:
                for interface in definition.interfaces:
                    found.setdefault(interface, set()).add(definition.name)
        return {name: frozenset(types) for name, types in found.items()}

    def possible_types(self, name: str) -> frozenset[str]:
        """Give the object types that a value of a composite type may have here."""
        definition = self.types.get(name)
        if definition is None:
            return frozenset()
        match definition.kind:
            case Kind.OBJECT:
                return frozenset({name})
            case Kind.INTERFACE:
                return self.implementations.get(name, frozenset())
            case Kind.UNION:
                return frozenset(definition.members)
            case _:
                return frozenset()
