"""The merged supergraph, before it is printed: what the join specification says of each element, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import ConstValueNode

from router.composition.model import Element, Kind
from router.composition.type_ref import TypeRef, named_type


@dataclass(frozen=True, slots=True)
class Graph:
    """A subgraph in the supergraph: its value of `join__Graph`, its name and its address."""

    value: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinType:
    """`@join__type`: a subgraph that has the type, once for each of its keys there."""

    graph: str
    key: str | None = None
    extension: bool = False
    resolvable: bool = True
    is_interface_object: bool = False


@dataclass(frozen=True, slots=True)
class ContextArgument:
    """An argument that the router fills from a context, so that clients do not see it."""

    context: str
    name: str
    type: str
    selection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinField:
    """`@join__field`: a subgraph that has the field, or none where an interface object lends it."""

    graph: str | None = None
    requires: str | None = None
    provides: str | None = None
    type: str | None = None
    external: bool = False
    override: str | None = None
    override_label: str | None = None
    used_overridden: bool = False
    context_arguments: tuple[ContextArgument, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Says no more than that the subgraph has the field, whoever may have had it before."""
        return self == JoinField(graph=self.graph, override=self.override)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedInput(Element):
    """An argument, or a field of an input type."""

    type: TypeRef
    default: ConstValueNode | None = None
    joins: tuple[JoinField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedField(Element):
    """A field of an object or interface.

    Attributes:
        joins: empty where every subgraph of the type has the field and there is nothing to say about it.
    """

    type: TypeRef
    arguments: Mapping[str, MergedInput] = field(default_factory=dict)
    joins: tuple[JoinField, ...] = ()

    @property
    def type_name(self) -> str:
        """The named type at the core of the field's type."""
        return named_type(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedValue(Element):
    """A value of an enum, with the subgraphs that have it."""

    graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedType(Element):
    """A named type; which members are filled depends on its kind.

    Attributes:
        implements: pairs of subgraph and interface.
        members: pairs of subgraph and member type.
    """

    kind: Kind
    joins: tuple[JoinType, ...] = ()
    implements: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, MergedField] = field(default_factory=dict)
    inputs: Mapping[str, MergedInput] = field(default_factory=dict)
    values: Mapping[str, MergedValue] = field(default_factory=dict)
    members: tuple[tuple[str, str], ...] = ()

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The names of its interfaces, each once, sorted."""
        return tuple(sorted({name for _, name in self.implements}))

    @property
    def member_types(self) -> tuple[str, ...]:
        """The names of a union's members, each once, in the order in which they were found."""
        return tuple(dict.fromkeys(name for _, name in self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveDefinition:
    """A directive of the subgraphs that the supergraph keeps."""

    name: str
    description: str | None = None
    arguments: tuple[MergedInput, ...] = ()
    locations: tuple[str, ...] = ()
    repeatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLink:
    """The specification of directives that subgraphs ask to be kept: its url, and which of its directives."""

    url: str
    imports: tuple[str, ...]


@dataclass(frozen=True)
class MergedSupergraph:
    """Everything that the supergraph's SDL says."""

    graphs: tuple[Graph, ...]
    types: Mapping[str, MergedType]
    directives: Mapping[str, DirectiveDefinition] = field(default_factory=dict)
    links: tuple[ComposedLink, ...] = ()
    schema: Element = field(default_factory=lambda: Element(name="schema"))

    def elements(self) -> Iterator[tuple[str, Element]]:
        """Give every element that can carry a directive, with its coordinate."""
        for definition in self.types.values():
            yield definition.name, definition
            for member in definition.fields.values():
                yield f"{definition.name}.{member.name}", member
                for argument in member.arguments.values():
                    yield f"{definition.name}.{member.name}({argument.name}:)", argument
            for member_input in definition.inputs.values():
                yield f"{definition.name}.{member_input.name}", member_input
            for value in definition.values.values():
                yield f"{definition.name}.{value.name}", value

    def possible_types(self, name: str) -> frozenset[str]:
        """Give the object types that a value of a composite type may have."""
        definition = self.types[name]
        if definition.kind is Kind.OBJECT:
            return frozenset({name})
        if definition.kind is Kind.UNION:
            return frozenset(definition.member_types)
        return frozenset(
            other.name for other in self.types.values() if other.kind is Kind.OBJECT and name in other.interfaces
        )
