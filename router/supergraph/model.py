"""The supergraph's frozen values.

Four views are kept apart: the *API schema* (`Supergraph.api_schema`), the *full supergraph* (`SupergraphType`), each
*subgraph's own schema* (`SubgraphType`, with its own field types and members), and *resolvability* (`JoinField`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema
from graphql.language import OperationType

from router.supergraph.field_sets import FieldSet
from router.supergraph.requirements import Requirement

__all__ = [
    "AppliedDirective",
    "Argument",
    "ContextArgument",
    "Field",
    "JoinField",
    "Key",
    "Subgraph",
    "SubgraphType",
    "Supergraph",
    "SupergraphType",
    "TypeKind",
    "TypeRef",
]


class TypeKind(enum.Enum):
    """What kind of type a name stands for."""

    SCALAR = "scalar"
    OBJECT = "object"
    INTERFACE = "interface"
    UNION = "union"
    ENUM = "enum"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A field's type.

    Attributes:
        text: as SDL writes it: `[Product!]!`.
        named: the type at its core.
        list_depth: how many lists are around it.
    """

    text: str
    named: str
    list_depth: int

    @property
    def shape(self) -> str:
        """The lists and nullabilities alone: `[_!]!`."""
        return self.text.replace(self.named, "_")


@dataclass(frozen=True, slots=True)
class AppliedDirective:
    """A directive as it stands on an element, under its specification's own name."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One subgraph: its name, its address, and its name in `join__Graph`."""

    name: str
    url: str
    enum_name: str


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field, in the full supergraph."""

    name: str
    type: TypeRef
    hidden: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the full supergraph.

    Attributes:
        directives: authenticated, requiresScopes, policy, cost, listSize and tag, as they stand there.
        requirements: what the first three of them ask of the caller.
    """

    name: str
    type: TypeRef
    arguments: Mapping[str, Argument]
    hidden: bool
    directives: tuple[AppliedDirective, ...] = ()
    requirements: frozenset[Requirement] = frozenset()


@dataclass(frozen=True, slots=True)
class ContextArgument:
    """An argument that clients do not see: its value comes from an object further up (`@fromContext`).

    Attributes:
        context: names the types that set it.
        selection: which value of such an object it is: one leaf, by fragments where types call it differently.
    """

    name: str
    type: TypeRef
    context: str
    selection: FieldSet


@dataclass(frozen=True, slots=True)
class JoinField:
    """A field as one subgraph has it.

    Attributes:
        type: the subgraph's own type.
        external: its value is unusable there (rule 9), except below a matching @provides.
        overridden: declared there, but another subgraph took it over for good (rule 19).
        overridden_by_label: another subgraph has it instead while this progressive label is active.
        override_label: it is this subgraph's only while this progressive label is active.
        contexts: the arguments that it takes from contexts.
    """

    name: str
    type: TypeRef
    external: bool = False
    overridden: bool = False
    overridden_by_label: str | None = None
    override_label: str | None = None
    requires: FieldSet | None = None
    provides: FieldSet | None = None
    contexts: tuple[ContextArgument, ...] = ()

    @property
    def computed(self) -> bool:
        """Whether it takes inputs, so that the subgraph is always entered anew for it (rule 13)."""
        return self.requires is not None or bool(self.contexts)

    @property
    def inputs(self) -> str:
        """What it takes, as text: fields of one type with the same inputs can be computed together."""
        contexts = "".join(f" ${item.context} {item.name}: {item.selection.text}" for item in self.contexts)
        return (self.requires.text if self.requires is not None else "") + contexts


@dataclass(frozen=True, slots=True)
class Key:
    """A key by which a subgraph knows an entity; `resolvable` says whether `_entities` answers it there."""

    fields: FieldSet
    resolvable: bool


@dataclass(frozen=True, slots=True)
class SubgraphType:
    """A composite type as one subgraph has it.

    Attributes:
        members: the concrete types that it can be there: an object itself, a union's members, an interface's
            implementations. An interface object is its own only member.
        interface_object: an object there, an interface in the supergraph.
    """

    name: str
    subgraph: str
    kind: TypeKind
    fields: Mapping[str, JoinField]
    keys: tuple[Key, ...]
    members: frozenset[str]
    interface_object: bool = False


@dataclass(frozen=True, slots=True)
class SupergraphType:
    """A type of the full supergraph, hidden ones included.

    Attributes:
        possible_types: the concrete types of a composite type; empty for others.
        enum_values: the values of an enum, with whether each is hidden.
        subgraphs: the type in each subgraph that has it, by subgraph name, in `join__Graph` order.
        requirements: what every field that returns the type asks of the caller.
    """

    name: str
    kind: TypeKind
    hidden: bool
    fields: Mapping[str, Field]
    interfaces: tuple[str, ...]
    possible_types: frozenset[str]
    enum_values: Mapping[str, bool]
    subgraphs: Mapping[str, SubgraphType]
    directives: tuple[AppliedDirective, ...] = ()
    requirements: frozenset[Requirement] = frozenset()


@dataclass(frozen=True, slots=True)
class Supergraph:
    """All that the router knows of a graph. Frozen; a reload makes another one.

    Attributes:
        sdl: the text it was read from.
        version: a hash of that text.
        api_schema: what clients see, for validation and introspection.
        subgraphs: by name, in `join__Graph` order.
        types: the full supergraph's own types by name.
        root_types: the root type's name for each kind of operation there is.
        contexts: for each context the types that set it, abstract ones with all that they can be.
    """

    sdl: str = field(repr=False)
    version: str
    api_schema: GraphQLSchema = field(repr=False, compare=False)
    subgraphs: Mapping[str, Subgraph]
    types: Mapping[str, SupergraphType] = field(repr=False)
    root_types: Mapping[OperationType, str]
    contexts: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def guarded(self) -> bool:
        """Whether any type or field asks something of the caller."""
        return any(
            kind.requirements or any(member.requirements for member in kind.fields.values())
            for kind in self.types.values()
        )
