"""Stage 5, choose, looking ahead: whether all that is selected below a field can be had."""

from __future__ import annotations

from router.planning.places import TYPENAME
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph
from router.planning.reach import Reach
from router.planning.selections import INTROSPECTION, SelectedField, Selection

__all__ = ["Outlook"]


class Outlook:
    """Judges by types alone, as `Reach` does, and remembers by selection; used for one operation."""

    def __init__(self, graph: QueryGraph, reach: Reach) -> None:
        self._graph = graph
        self._reach = reach
        self._served: dict[tuple[int, frozenset[str]], bool] = {}

    def parts_serve_more(self, position: Position, selected: SelectedField, types: frozenset[str]) -> bool:
        """Whether a field of an abstract position has to be taken for each concrete type by itself.

        What is below it may be in subgraphs that are entered at the concrete entities only (rules 8 and 22).
        """
        if selected.selection is None:
            return False
        here = self._reach.at(position)
        together = frozenset.intersection(*(self._givers(name, selected, here) for name in types))
        apart = [self._givers(name, selected, self._reach.at(position.narrow(name, self._graph))) for name in types]
        if all(givers == together for givers in apart) or self._serves(selected.selection, together):
            return False
        return all(self._serves(selected.selection, givers) for givers in apart)

    def _givers(self, concrete: str, selected: SelectedField, standing: frozenset[str]) -> frozenset[str]:
        sources = self._graph.sources(concrete, selected.name)
        return frozenset(source.subgraph for source in sources if source.subgraph in standing)

    def _serves(self, selection: Selection, starts: frozenset[str]) -> bool:
        """Whether subgraphs that come down to an object have, with all they lead to, whatever is selected of it."""
        mark = (id(selection), starts)
        found = self._served.get(mark)
        if found is None:
            found = self._served[mark] = all(
                self._serves_field(selection.type_name, item, concrete, starts)
                for item in selection.fields
                if item.name != TYPENAME and item.name not in INTROSPECTION
                for concrete in item.types
            )
        return found

    def _serves_field(self, type_name: str, selected: SelectedField, concrete: str, starts: frozenset[str]) -> bool:
        standing = frozenset(name for name in starts if concrete in self._graph.members(name, type_name))
        if not standing:
            return True  # none of them ever returns such an object
        givers = self._givers(concrete, selected, self._reach.closure(concrete, standing))
        return bool(givers) and (selected.selection is None or self._serves(selected.selection, givers))
