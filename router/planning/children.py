"""Stage 5, choose: the positions below fields."""

from __future__ import annotations

from graphql import SelectionSetNode

from router.planning.positions import Handle, Position
from router.planning.query_graph import QueryGraph, Source
from router.planning.reach import Reach
from router.planning.selections import SelectedField
from router.planning.ways import Ways

__all__ = ["Children"]


class Children:
    """Makes positions, each once. `made` has them all, in order."""

    def __init__(self, graph: QueryGraph, reach: Reach, ways: Ways) -> None:
        self._graph = graph
        self._ways = ways
        self._reach = reach
        self.made: list[Position] = []

    def below(
        self,
        position: Position,
        selected: SelectedField,
        types: frozenset[str],
        *,
        key: str,
        handle: Handle,
        only: str | None = None,
    ) -> Position:
        """Give the position below a field of some types.

        Args:
            position: where the field is.
            selected: the field.
            types: those of the position's types that the field is fetched for.
            key: its internal key.
            handle: what it is fetched by.
            only: the one subgraph that may come down this field; None for any.
        """
        mark = (key, types)
        child = position.children.get(mark)
        if child is None:
            child = self._make(position, selected, types, key)
            if only is not None:
                child.restrict(only, self._graph)
            child = self._share(position, child, selected, handle)
            position.children[mark] = child
        return child

    def _share(self, position: Position, child: Position, selected: SelectedField, handle: Handle) -> Position:
        """Let concrete types that have the same field from the same request alone share the position below it.

        Without this, a chain of such fields would be planned once for every sequence of types.
        """
        if position.base is None or len(child.sources) > 1 or self._graph.supergraph.contexts:
            # What a context gives depends on the type of the object above.
            self.made.append(child)
            return child
        mark = child.likeness(selected, handle)
        known = position.base.shared_children.get(mark)
        if known is None:
            child.parent = position.base
            child.shared = True
            position.base.shared_children[mark] = child
            self.made.append(child)
            return child
        known.via_types |= child.via_types
        return known

    def _make(self, position: Position, selected: SelectedField, types: frozenset[str], key: str) -> Position:
        """Say who can stand below a field, and which types all of them can return (rule 21)."""
        named = selected.type.named
        own_types: dict[str, str] = {}
        provided: dict[str, tuple[SelectionSetNode, ...]] = {}
        allowed = self._graph.possible(named)
        sources: list[str] = []
        wide = position.base is None and self._graph.is_abstract(position.type_name)
        parts = [position.narrow(name, self._graph) for name in sorted(types)] if wide else [position]
        routes = dict.fromkeys(
            name for part in parts for name in sorted(self._reach.at(part), key=self._graph.order.__getitem__)
        )
        here = self._reach.at(position)
        for subgraph in routes:
            found = self._sources_for(position, selected, types, subgraph)
            if not found:
                continue
            own_types[subgraph] = found[0].field.type.named
            # All sources are presumed to return the same: what one of them cannot return is never returned.
            allowed &= {name for source in found for name in self._graph.members(subgraph, source.field.type.named)}
            alike = all(source.field.type == found[0].field.type for source in found)
            if subgraph in here and alike:
                sources.append(subgraph)
            if (below := self._provided(position, selected, types, subgraph, found)) != ():
                provided[subgraph] = below
        return Position(
            named,
            allowed,
            position.place.child(key),
            tuple(sources),
            parent=position,
            via=selected,
            via_types=types,
            via_key=key,
            own_types=own_types,
            provided=provided,
        )

    def _sources_for(
        self, position: Position, selected: SelectedField, types: frozenset[str], subgraph: str
    ) -> list[Source]:
        """List the field's sources in a subgraph by type; none where it does not give the field for every type."""
        found: list[Source] = []
        for concrete in sorted(types):
            source = self._ways.source(position, concrete, selected.name, subgraph) or next(
                (item for item in self._graph.sources(concrete, selected.name) if item.subgraph == subgraph), None
            )
            if source is None:
                return []
            found.append(source)
        return found

    def _provided(
        self,
        position: Position,
        selected: SelectedField,
        types: frozenset[str],
        subgraph: str,
        sources: list[Source],
    ) -> tuple[SelectionSetNode, ...]:
        """Give what is provided below the field for every one of the types (rule 18)."""
        common: tuple[SelectionSetNode, ...] | None = None
        for concrete, source in zip(sorted(types), sources, strict=True):
            provides = source.field.provides
            own = (provides.selection,) if provides is not None else ()
            below = (*own, *(position.provides(subgraph, concrete, selected.name, self._graph) or ()))
            if common is not None and below != common:
                return ()
            common = below
        return common or ()
