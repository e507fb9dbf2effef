"""Stage 4, paths, first half: which subgraphs can be reached at all at a position, whatever is chosen elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.planning.places import TYPENAME
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph, Source
from router.supergraph import FieldSet

__all__ = ["Entry", "Reach"]

_Guard = frozenset[tuple[str, str]]
Entry = tuple[str, str, tuple[FieldSet, ...]]
"""A way into a subgraph: the subgraph, the type to enter as, and the keys."""


class Reach:
    """Answers by types alone, and remembers: the answers hold for every operation on the supergraph."""

    def __init__(self, graph: QueryGraph) -> None:
        self._graph = graph
        self._closures: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._covers: dict[tuple[str, str, int], bool] = {}
        self._computed: dict[tuple[str, str, str, frozenset[str]], bool] = {}
        self._open: dict[tuple[str, frozenset[str]], set[str]] = {}  # the closures that are being worked out
        self._met: set[tuple[str, str | frozenset[str]]] = set()  # what negative answers presume: guards, open closures
        self._kept: list[SelectionSetNode] = []  # keeps the ids in `_covers` from being used again

    def at(self, position: Position) -> frozenset[str]:
        """Name the subgraphs that can stand at a position, entity jumps of the position itself included."""
        position = position.origin or position
        return self._closure(position.type_name, frozenset(position.sources), position)

    def closure(self, type_name: str, start: frozenset[str]) -> frozenset[str]:
        """Name the subgraphs that can be reached from some that stand at an object, by keys they can have."""
        return self._closure(type_name, start, None)

    def _closure(self, type_name: str, start: frozenset[str], position: Position | None) -> frozenset[str]:
        if position is not None and position.provided:
            return frozenset(self._grow(type_name, set(start), position))
        key = (type_name, start)
        if (found := self._closures.get(key)) is not None:
            return found
        if key in self._open:
            # A key leads through its own type (`friend { id }`): what is known so far has to do, for now.
            self._met.add(key)
            return frozenset(self._open[key])
        before, self._met = self._met, set()
        known = self._open[key] = set(start)
        result = frozenset(self._grow(type_name, known, None))
        del self._open[key]
        self._met.discard(key)
        if not self._met:
            self._closures[key] = result
        self._met |= before
        return result

    def _grow(self, type_name: str, known: set[str], position: Position | None) -> set[str]:
        """Add what can be entered from the known subgraphs, until nothing more can."""
        grown = True
        while grown:
            grown = False
            for subgraph, entry, keys in self.entries(type_name):
                if subgraph in known:
                    continue
                standing = frozenset(known)
                if entry == self._graph.query_type or any(
                    self._obtainable(type_name, key.selection, standing, position, frozenset()) for key in keys
                ):
                    known.add(subgraph)
                    grown = True
        return known

    def entries(self, type_name: str) -> tuple[Entry, ...]:
        """List the ways into subgraphs for an object: the subgraph, the type to enter as, and the keys."""
        found = self._entries.get(type_name)
        if found is None:
            found = self._entries[type_name] = tuple(self._find_entries(type_name))
        return found

    def _find_entries(self, type_name: str) -> Iterator[Entry]:
        kind = self._graph.types[type_name]
        for subgraph in kind.subgraphs:
            keys = self._graph.keys(subgraph, type_name)
            if keys or type_name == self._graph.query_type:
                yield subgraph, type_name, keys
        for interface in kind.interfaces:
            for subgraph, own in self._graph.types[interface].subgraphs.items():
                keys = self._graph.keys(subgraph, interface)
                if own.interface_object and keys:
                    yield subgraph, interface, keys

    def covers(self, subgraph: str, type_name: str, selection: SelectionSetNode | None) -> bool:
        """Whether one subgraph that stands at an object gives a whole selection by itself."""
        if selection is None:
            return True
        mark = (subgraph, type_name, id(selection))
        found = self._covers.get(mark)
        if found is None:
            self._kept.append(selection)
            self._covers[mark] = False
            found = self._covers[mark] = all(
                self._covers_node(subgraph, type_name, node) for node in selection.selections
            )
        return found

    def _covers_node(self, subgraph: str, type_name: str, node: object) -> bool:
        if isinstance(node, InlineFragmentNode):
            narrower = self._graph.possible(type_name)
            if node.type_condition is not None:
                narrower &= self._graph.possible(node.type_condition.name.value)
            return all(self.covers(subgraph, concrete, node.selection_set) for concrete in narrower)
        if not isinstance(node, FieldNode):
            return False
        if node.name.value == TYPENAME:
            return True
        for concrete in self._graph.possible(type_name):
            source = self._source(subgraph, concrete, node.name.value)
            if source is None or source.field.computed:
                return False
            if not self.covers(subgraph, source.field.type.named, node.selection_set):
                return False
        return True

    def _source(self, subgraph: str, concrete: str, field: str) -> Source | None:
        for source in self._graph.sources(concrete, field):
            if source.subgraph == subgraph:
                return source
        return None

    def obtainable(self, position: Position, selection: SelectionSetNode) -> bool:
        """Whether a field set can be had at a position at all, from whatever can stand there."""
        return self._obtainable(position.type_name, selection, self.at(position), position, frozenset())

    def _obtainable(
        self,
        type_name: str,
        selection: SelectionSetNode,
        standing: frozenset[str],
        position: Position | None,
        guard: _Guard,
    ) -> bool:
        concretes = {type_name}  # of an object, also where a subgraph knows it as an interface object only
        if self._graph.is_abstract(type_name):
            concretes = {item for name in standing for item in self._graph.members(name, type_name)}
            concretes &= self._graph.possible(type_name)
        for concrete in sorted(concretes):
            here = standing
            if concrete != type_name:
                start = frozenset(name for name in standing if concrete in self._graph.members(name, type_name))
                here = self.closure(concrete, start)
            if not all(self._node(concrete, node, here, position, guard) for node in selection.selections):
                return False
        return bool(concretes)

    def _node(
        self, concrete: str, node: object, standing: frozenset[str], position: Position | None, guard: _Guard
    ) -> bool:
        if isinstance(node, InlineFragmentNode):
            if node.type_condition is not None and concrete not in self._graph.possible(node.type_condition.name.value):
                return True
            return all(
                self._node(concrete, inner, standing, position, guard) for inner in node.selection_set.selections
            )
        if not isinstance(node, FieldNode):
            return False
        if node.name.value == TYPENAME:
            return True
        return self._field(concrete, node, standing, position, guard)

    def _field(
        self, concrete: str, node: FieldNode, standing: frozenset[str], position: Position | None, guard: _Guard
    ) -> bool:
        name = node.name.value
        if position is not None:
            for subgraph in position.sources:
                if position.provides(subgraph, concrete, name, self._graph) is not None:
                    return True
        mark = (concrete, name)
        usable = [
            source
            for source in self._graph.sources(concrete, name)
            if source.subgraph in standing
            and (not source.field.computed or self._computable(concrete, source, standing, guard, mark))
        ]
        if not usable or node.selection_set is None:
            return bool(usable)
        child = usable[0].field.type.named
        below = self.closure(child, frozenset(source.subgraph for source in usable))
        return self._obtainable(child, node.selection_set, below, None, guard)

    def _computable(
        self, concrete: str, source: Source, standing: frozenset[str], guard: _Guard, mark: tuple[str, str]
    ) -> bool:
        """Whether what a computed field requires can be had; it never counts as its own input.

        What it takes from contexts depends on the way to the object, which types alone do not tell.
        """
        if source.field.requires is None:
            return source.field.computed
        if mark in guard:
            self._met.add(mark)
            return False
        key = (*mark, source.subgraph, standing)
        known = self._computed.get(key)
        if known is not None:
            return known
        before, self._met = self._met, set()
        inner = source.field.requires.selection
        result = self._obtainable(concrete, inner, standing, None, guard | {mark})
        self._met.discard(mark)
        if result:
            self._met.clear()  # what can be had in spite of a guard can be had anyway
        if not self._met:
            self._computed[key] = result
        self._met |= before
        return result
