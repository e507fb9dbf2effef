"""Field sets of keys and requirements as selections: built once for a supergraph."""

from __future__ import annotations

from graphql import SelectionSetNode

from router.planning.query_graph import QueryGraph
from router.planning.selections import Selection, SelectionLimits, build_selection

__all__ = ["FieldSets"]


class FieldSets:
    """Remembers the selection of every field set that was asked for; nobody changes them."""

    def __init__(self, graph: QueryGraph) -> None:
        self._graph = graph
        self._selections: dict[tuple[str, int], Selection] = {}
        self._kept: list[SelectionSetNode] = []  # keeps the ids from being used again

    def selection(self, type_name: str, node: SelectionSetNode) -> Selection:
        """Give a field set on a type as a selection. Raises as `build_selection`."""
        mark = (type_name, id(node))
        found = self._selections.get(mark)
        if found is None:
            found = build_selection(self._graph, type_name, [node], fragments={}, limits=SelectionLimits())
            self._selections[mark] = found
            self._kept.append(node)
        return found
