"""Stage 2, the query graph: what each subgraph can resolve of each type, and the keys by which one enters it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql.language import OperationType

from router.supergraph import FieldSet, JoinField, Supergraph, SupergraphType, TypeKind

__all__ = ["QueryGraph", "Source", "print_query_graph"]

_NO_TYPES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A subgraph that resolves a field of a concrete type.

    Attributes:
        interface: where the subgraph knows the type only as an interface object, that interface's name.
    """

    subgraph: str
    field: JoinField
    interface: str | None = None


class QueryGraph:
    """Answers the planner's questions on one supergraph; built once, then only read and memoised.

    Nodes are pairs of a type and a subgraph. Edges are fields (`sources`), entity jumps with their keys (`keys`) and
    narrower types (`members`).
    """

    def __init__(self, supergraph: Supergraph, *, labels: frozenset[str] = frozenset()) -> None:
        self.supergraph = supergraph
        self.types: Mapping[str, SupergraphType] = supergraph.types
        self.query_type = supergraph.root_types.get(OperationType.QUERY, "Query")
        self.order = {name: index for index, name in enumerate(supergraph.subgraphs)}
        self._labels = labels
        self._sources: dict[tuple[str, str], tuple[Source, ...]] = {}
        self._keys: dict[tuple[str, str], tuple[FieldSet, ...]] = {}
        self._possible: dict[str, frozenset[str]] = {}
        self._shapes_in: dict[tuple[str, str, str], frozenset[str]] = {}
        self._shapes: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}

    def possible(self, type_name: str) -> frozenset[str]:
        """Name the concrete types that a type can be, hidden ones included.

        An interface that only interface objects give values to stands for itself (rule 29).
        """
        found = self._possible.get(type_name)
        if found is None:
            found = self.types[type_name].possible_types or frozenset({type_name})
            self._possible[type_name] = found
        return found

    def members(self, subgraph: str, type_name: str) -> frozenset[str]:
        """Name the concrete types that a type can be in a subgraph; an interface object is any of its interface's."""
        own = self.types[type_name].subgraphs.get(subgraph)
        if own is None:
            return _NO_TYPES
        alone = not self.types[type_name].possible_types
        return self.possible(type_name) if own.interface_object or alone else own.members

    def is_abstract(self, type_name: str) -> bool:
        """Whether the supergraph has more than objects of just this type here."""
        return self.possible(type_name) != frozenset({type_name})

    def is_interface_object(self, subgraph: str, type_name: str) -> bool:
        """Whether a subgraph knows the type as an interface object."""
        own = self.types[type_name].subgraphs.get(subgraph)
        return own is not None and own.interface_object

    def has_interface_object(self, type_name: str) -> bool:
        """Whether some subgraph knows the type as an interface object."""
        return any(own.interface_object for own in self.types[type_name].subgraphs.values())

    def is_nameless(self, type_name: str) -> bool:
        """Whether no object can say its type's name here: an interface without implementations (rule 28)."""
        return self.types[type_name].kind is TypeKind.INTERFACE and not self.types[type_name].possible_types

    def sources(self, type_name: str, field: str) -> tuple[Source, ...]:
        """Name the subgraphs that resolve a field: not external, not overridden, in `join__Graph` order."""
        key = (type_name, field)
        found = self._sources.get(key)
        if found is None:
            found = self._sources[key] = tuple(self._find_sources(type_name, field))
        return found

    def _find_sources(self, type_name: str, field: str) -> list[Source]:
        found = [
            Source(subgraph, own.fields[field])
            for subgraph, own in self.types[type_name].subgraphs.items()
            if field in own.fields and self._is_resolvable(own.fields[field])
        ]
        here = {source.subgraph for source in found}
        for interface in self.types[type_name].interfaces:
            for subgraph, own in self.types[interface].subgraphs.items():
                if not own.interface_object or subgraph in here or field not in own.fields:
                    continue
                if self._is_resolvable(own.fields[field]):
                    here.add(subgraph)
                    found.append(Source(subgraph, own.fields[field], interface))
        return found

    def _is_resolvable(self, field: JoinField) -> bool:
        if field.external or field.overridden:
            return False
        if field.override_label is not None and field.override_label not in self._labels:
            return False
        return field.overridden_by_label is None or field.overridden_by_label not in self._labels

    def keys(self, subgraph: str, type_name: str) -> tuple[FieldSet, ...]:
        """Give the keys by which `_entities` of a subgraph finds this type; only its own `resolvable` matters."""
        mark = (subgraph, type_name)
        found = self._keys.get(mark)
        if found is None:
            own = self.types[type_name].subgraphs.get(subgraph)
            found = () if own is None else tuple(key.fields for key in own.keys if key.resolvable)
            self._keys[mark] = found
        return found

    def shapes(self, type_name: str, field: str) -> tuple[str, frozenset[str]]:
        """Give a field's type in the supergraph, and the shapes it has anywhere (rule 24).

        Shapes of composite fields leave the named type out: two of them may share a response key when their lists and
        nullabilities agree.
        """
        key = (type_name, field)
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = self._find_shapes(type_name, field)
        return found

    def _find_shapes(self, type_name: str, field: str) -> tuple[str, frozenset[str]]:
        definition = self.types[type_name].fields[field]
        named = self.types.get(definition.type.named)
        composite = named is not None and bool(named.subgraphs)
        kinds = [own.fields[field].type for own in self.types[type_name].subgraphs.values() if field in own.fields]
        for interface in self.types[type_name].interfaces:
            kinds += [
                own.fields[field].type
                for own in self.types[interface].subgraphs.values()
                if own.interface_object and field in own.fields
            ]
        texts = frozenset(kind.shape if composite else kind.text for kind in kinds or [definition.type])
        return definition.type.text, texts

    def shapes_in(self, subgraph: str, type_name: str, field: str) -> frozenset[str]:
        """Give the shapes of a field on whatever an object of this type can be in one subgraph."""
        key = (subgraph, type_name, field)
        found = self._shapes_in.get(key)
        if found is None:
            kinds = [
                own.fields[field].type
                for concrete in self.members(subgraph, type_name) | {type_name}
                if (own := self.types[concrete].subgraphs.get(subgraph)) is not None and field in own.fields
            ]
            found = frozenset(kind.shape if self.is_composite(kind.named) else kind.text for kind in kinds)
            self._shapes_in[key] = found
        return found

    def is_composite(self, type_name: str) -> bool:
        """Whether a type has a selection."""
        named = self.types.get(type_name)
        return named is not None and bool(named.subgraphs)


def print_query_graph(graph: QueryGraph) -> str:
    """Write nodes and edges as stable text."""
    lines: list[str] = []
    for name, kind in sorted(graph.types.items()):
        for subgraph, own in kind.subgraphs.items():
            suffix = " (interface object)" if own.interface_object else ""
            lines.append(f"{name}/{subgraph}{suffix}")
            lines += [
                f"  {'enter' if key.resolvable else 'known, not entered,'} by {{{key.fields.text}}}" for key in own.keys
            ]
            if own.members != frozenset({name}):
                lines.append(f"  is one of {', '.join(sorted(own.members))}")
            for field in sorted(kind.fields):
                if field in own.fields:
                    lines.append(f"  {field} -> {own.fields[field].type.text}{_print_extras(own.fields[field])}")
    return "\n".join(lines) + "\n"


def _print_extras(field: JoinField) -> str:
    extras = " external" if field.external else ""
    if field.overridden:
        extras += " overridden"
    if field.overridden_by_label is not None:
        extras += f" overridden while {field.overridden_by_label}"
    if field.override_label is not None:
        extras += f" only while {field.override_label}"
    for argument in field.contexts:
        extras += f" takes {argument.name} from ${argument.context} {{{argument.selection.text}}}"
    if field.requires is not None:
        extras += f" requires {{{field.requires.text}}}"
    if field.provides is not None:
        extras += f" provides {{{field.provides.text}}}"
    return extras
