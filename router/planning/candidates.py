"""Stage 5, choose: who could give a field at a position, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import FieldNode, SelectionSetNode

from router.planning.estimate import Estimate
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph, Source
from router.planning.selections import SelectedField
from router.planning.ways import Cost, Ways

__all__ = ["Candidate", "Candidates"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subgraph that could give a field; `provided` when it can only where @provides says so."""

    source: Source
    cost: Cost
    provided: bool


class Candidates:
    """Lists candidates with costs: requests beyond what is planned, and how deep."""

    def __init__(self, graph: QueryGraph, ways: Ways, estimate: Estimate) -> None:
        self._graph = graph
        self._ways = ways
        self._estimate = estimate

    def uniform(self, position: Position, selected: SelectedField, types: frozenset[str]) -> list[Candidate]:
        """List the subgraphs that give the field for all the types alike, as a field of the abstract type (rule 22)."""
        found = []
        for subgraph, way in self._ways.at(position).items():
            if not types <= position.members(subgraph, self._graph):
                continue
            sources = [self._ways.source(position, name, selected.name, subgraph) for name in sorted(types)]
            first = sources[0]
            if first is None or not all(item is not None and _alike(item, first) for item in sources):
                continue
            more = self.below(position, selected, first)
            found.append(Candidate(first, (way.cost[0] + more, way.cost[1]), provided=first.field.external))
        return found

    def of_one_type(self, position: Position, selected: SelectedField) -> list[Candidate]:
        """List the subgraphs that give the field for a position's one type, computed fields included."""
        (concrete,) = position.types
        sources = self._graph.sources(concrete, selected.name)
        if len(sources) == 1 and not position.provided and not sources[0].field.computed:
            # The usual case is quick: there is one source only, and it stands here. No other cost matters then.
            handle = position.standing(sources[0].subgraph, self._graph)
            if handle is not None:
                return [Candidate(sources[0], (0, handle.group.level), provided=False)]
        found = []
        ways = self._ways.at(position)
        plain = {source.subgraph: source for source in sources}
        for subgraph in dict.fromkeys((*plain, *position.provided)):
            source = self._ways.source(position, concrete, selected.name, subgraph)
            cost: Cost | None = None
            provided = False
            if source is None and subgraph in plain:
                source = plain[subgraph]
                cost = self._ways.requires(position, selected.name, source)
            elif source is not None:
                provided = subgraph not in plain or plain[subgraph].field.computed
                way = ways.get(subgraph)
                cost = self._ways.descent(position, subgraph) if provided else (way.cost if way else None)
            if source is not None and cost is not None:
                more = self.below(position, selected, source)
                found.append(Candidate(source, (cost[0] + more, cost[1]), provided))
        return found

    def come_later(self, position: Position, later: Position, selected: SelectedField) -> bool:
        """Tell whether a deferred field comes by a request of its own, rather than with the data before it.

        A field of a key does not: it is asked for anyway, to make the request for the others.
        """
        if position.parent is None:
            return True
        if selected.selection is None and self._is_key_field(position, selected):
            return False
        return self._is_given(later, selected)

    def _is_given(self, position: Position, selected: SelectedField) -> bool:
        types = selected.types & position.types
        if position.base is None and self._graph.is_abstract(position.type_name):
            if self.uniform(position, selected, types):
                return True
            return all(self._is_given(position.narrow(name, self._graph), selected) for name in sorted(types))
        return not types or bool(self.of_one_type(position, selected))

    def _is_key_field(self, position: Position, selected: SelectedField) -> bool:
        """Tell whether a field is part of a key of its entity, and can be had here without a request more."""
        keys = (
            key
            for name in self._graph.types[position.type_name].subgraphs
            for key in self._graph.keys(name, position.type_name)
        )
        if not any(_names(key.selection, selected.name) for key in keys):
            return False
        if self._graph.is_abstract(position.type_name):
            candidates = self.uniform(position, selected, selected.types & position.types)
        else:
            candidates = self.of_one_type(position, selected)
        return any(item.cost[0] == 0 for item in candidates)

    def below(self, position: Position, selected: SelectedField, source: Source) -> int:
        """Estimate the requests for what is selected below a field, when this source gives it."""
        if selected.selection is None:
            return 0
        return self._estimate.below(selected, source, self._provided_below(position, selected, source))

    def _provided_below(
        self, position: Position, selected: SelectedField, source: Source
    ) -> tuple[SelectionSetNode, ...]:
        own = (source.field.provides.selection,) if source.field.provides is not None else ()
        concrete = min(selected.types & position.types)
        return (*own, *(position.provides(source.subgraph, concrete, selected.name, self._graph) or ()))


def _names(selection: SelectionSetNode, field: str) -> bool:
    return any(isinstance(node, FieldNode) and node.name.value == field for node in selection.selections)


def _alike(left: Source, right: Source) -> bool:
    """Whether two types' fields lead to the same, so that one selection serves both."""
    return left.field.type == right.field.type and left.field.provides == right.field.provides
