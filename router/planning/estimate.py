"""Stage 5, choose, looking ahead: how many requests a selection needs when a given subgraph stands at its object."""

from __future__ import annotations

from graphql import SelectionSetNode

from router.planning.places import TYPENAME, Place
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph, Source
from router.planning.selections import SelectedField, Selection

__all__ = ["Estimate"]

_Provided = tuple[SelectionSetNode, ...]
_NO_PLACE = Place()


class Estimate:
    """Counts by types alone, and remembers by selection. An estimate steers choices; it never decides what is right."""

    def __init__(self, graph: QueryGraph) -> None:
        self._graph = graph
        self._counts: dict[tuple[int, str, str, tuple[int, ...]], int] = {}

    def below(self, selected: SelectedField, source: Source, provided: _Provided) -> int:
        """Count the requests that the selection of a field needs beyond the one that the field comes with."""
        if selected.selection is None:
            return 0
        return self._count(selected.selection, source.subgraph, source.field.type.named, provided)

    def _count(self, selection: Selection, subgraph: str, own_type: str, provided: _Provided) -> int:
        mark = (id(selection), subgraph, own_type, tuple(id(item) for item in provided))
        found = self._counts.get(mark)
        if found is None:
            found = self._counts[mark] = self._sum(selection, subgraph, own_type, provided)
        return found

    def _sum(self, selection: Selection, subgraph: str, own_type: str, provided: _Provided) -> int:
        members = self._graph.members(subgraph, own_type) or selection.types
        total = 0
        jumps: set[str] = set()
        for selected in selection.fields:
            types = selected.types & members
            if selected.name == TYPENAME or not types:
                continue
            here = [self._here(name, selected, subgraph, provided) for name in sorted(types)]
            if all(item is not None for item in here):
                first = here[0]
                if first is not None and selected.selection is not None:
                    total += self._count(selected.selection, subgraph, first[0].field.type.named, first[1])
                continue
            total += self._elsewhere(selected, sorted(types), subgraph, jumps)
        return total + len(jumps)

    def _here(
        self, concrete: str, selected: SelectedField, subgraph: str, provided: _Provided
    ) -> tuple[Source, _Provided] | None:
        shell = Position("", frozenset(), place=_NO_PLACE, sources=(), provided={subgraph: provided})
        below = shell.provides(subgraph, concrete, selected.name, self._graph) if provided else None
        for source in self._graph.sources(concrete, selected.name):
            if source.subgraph == subgraph and (not source.field.computed or below is not None):
                own = (source.field.provides.selection,) if source.field.provides is not None else ()
                return source, (*own, *(below or ()))
        if below is None or concrete not in self._graph.types:
            return None
        kind = self._graph.types[concrete].subgraphs.get(subgraph)
        field = None if kind is None else kind.fields.get(selected.name)
        return None if field is None else (Source(subgraph, field), below)

    def _elsewhere(self, selected: SelectedField, types: list[str], subgraph: str, jumps: set[str]) -> int:
        """Choose where a field comes from that is not here, preferring where one has to go anyway."""
        best: tuple[int, int, str] | None = None
        below = 0
        for source in self._graph.sources(types[0], selected.name):
            own = (source.field.provides.selection,) if source.field.provides is not None else ()
            more = self.below(selected, source, own)
            target = source.subgraph + (f"/{selected.name}" if source.field.computed else "")
            rank = (more + (target not in jumps), source.subgraph != subgraph, target)
            if best is None or rank < best:
                best, below = rank, more
        if best is not None:
            jumps.add(best[2])
        return below
