"""Stage 4, paths, second half: what it costs to get a subgraph to stand at a position, given what is planned already.

A cost is a pair: how many requests more, and how many requests deep the answer then comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.planning.contexts import setter_of
from router.planning.effort import Effort
from router.planning.places import TYPENAME
from router.planning.positions import Handle, Position
from router.planning.query_graph import QueryGraph, Source
from router.planning.reach import Reach
from router.supergraph import FieldSet

__all__ = ["Cost", "Way", "Ways"]

Cost = tuple[int, int]
_Guard = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Way:
    """How a subgraph gets to a position.

    Attributes:
        handle: it stands there already.
        entry: for an entity jump, the type to enter as; for a root type reached again, that type.
        key: for an entity jump, the key.
    """

    cost: Cost
    handle: Handle | None = None
    entry: str | None = None
    key: FieldSet | None = None


class Ways:
    """Looks for the cheapest ways. `changed` has to be called whenever a request is added to the plan."""

    def __init__(self, graph: QueryGraph, reach: Reach, effort: Effort) -> None:
        self._graph = graph
        self._reach = reach
        self._effort = effort
        self._found: dict[int, dict[str, Way]] = {}
        self._computed: dict[tuple[int, str, str], Cost | None] = {}
        self._met: set[tuple[int, str]] = set()
        self.fixed_root = False

    def changed(self) -> None:
        """Forget costs: there are requests now that can be shared."""
        self._found.clear()

    def forget(self, position: Position) -> None:
        """Forget the costs at one position, where a subgraph stands that did not before."""
        self._found.pop(id(position), None)
        for part in position.narrowed.values():
            self._found.pop(id(part), None)

    def at(self, position: Position) -> dict[str, Way]:
        """Give the cheapest way for every subgraph that can stand at a position."""
        found = self._found.get(id(position))
        if found is None:
            found = self._standing(position)
            self._found[id(position)] = found
            self._add_jumps(position, found)
        return found

    # ---- without a jump of the position itself ------------------------------------------------------------------
    def _standing(self, position: Position) -> dict[str, Way]:
        found: dict[str, Way] = {}
        names = dict.fromkeys((*position.sources, *position.direct, *position.jumped))
        if position.base is not None:
            names.update(dict.fromkeys(position.base.jumped))
        self._effort.spend(len(names))
        for subgraph in names:
            handle = position.standing(subgraph, self._graph)
            if handle is not None:
                found[subgraph] = Way((0, handle.group.level), handle=handle)
            elif (cost := self.descent(position, subgraph)) is not None:
                found[subgraph] = Way(cost)
        return found

    def descent(self, position: Position, subgraph: str) -> Cost | None:
        """Give the cost of coming down the fields in a subgraph, from the nearest position where it can stand."""
        steps = []
        current = position
        while True:
            if subgraph not in current.sources:
                return None
            handle = current.standing_direct(subgraph, self._graph)
            if handle is not None:
                return 0, handle.group.level
            wide = current.wide
            if wide.parent is None or wide.via is None:
                return None if self.fixed_root else (1, 1)
            steps.append(current)
            current = wide.parent
            if not self._descends(current, wide, subgraph):
                return None
            way = self.at(current).get(subgraph)
            return None if way is None else way.cost

    def _descends(self, parent: Position, child: Position, subgraph: str) -> bool:
        if child.via is None:
            return False
        return all(self.source(parent, concrete, child.via.name, subgraph) is not None for concrete in child.via_types)

    def source(self, position: Position, concrete: str, name: str, subgraph: str) -> Source | None:
        """Give the source of a field in a subgraph when it needs no input: provided here, or without @requires."""
        for source in self._graph.sources(concrete, name):
            if source.subgraph == subgraph and not source.field.computed:
                return source
        if subgraph in position.provided and position.provides(subgraph, concrete, name, self._graph) is not None:
            own = self._graph.types[concrete].subgraphs[subgraph].fields.get(name)
            return None if own is None else Source(subgraph, own)
        return None

    # ---- entity jumps -------------------------------------------------------------------------------------------
    def _add_jumps(self, position: Position, found: dict[str, Way]) -> None:
        """Widen what can be reached until nothing gets cheaper: chains over third subgraphs come out of it.

        For what is deferred the keys come from where the data before it does.
        """
        keyed, known = (position, found) if position.origin is None else (position.origin, self.at(position.origin))
        entries = self._reach.entries(position.type_name)
        changed = True
        while changed:
            changed = False
            self._effort.spend(len(entries))
            # Many subgraphs have the same key: its cost is looked for once a round.
            costs: dict[str, Cost | None] = {}
            for subgraph, entry, keys in entries:
                way = self._jump(keyed, entry, keys, known, costs)
                if way is not None and (subgraph not in found or _is_better(way, found[subgraph])):
                    found[subgraph] = way
                    changed = True

    def _jump(
        self,
        position: Position,
        entry: str,
        keys: Sequence[FieldSet],
        found: dict[str, Way],
        costs: dict[str, Cost | None],
    ) -> Way | None:
        if entry == self._graph.query_type:
            if position.parent is None:
                return None
            levels = [way.cost[1] for way in found.values() if way.handle is not None]
            return Way((1, 1 + min(levels, default=1)), entry=entry)
        best: Way | None = None
        for key in keys:
            if key.text not in costs:
                costs[key.text] = self.field_set(position, key.selection, found, frozenset())
            cost = costs[key.text]
            if cost is not None and (best is None or (cost[0] + 1, cost[1] + 1) < best.cost):
                best = Way((cost[0] + 1, cost[1] + 1), entry=entry, key=key)
        return best

    # ---- field sets ---------------------------------------------------------------------------------------------
    def field_set(
        self, position: Position, selection: SelectionSetNode, found: dict[str, Way], guard: _Guard
    ) -> Cost | None:
        """Give the cost of having a field set at a position; None where it cannot be had."""
        requests: dict[str, int] = {}
        level = 0
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                outcome = self._fragment(position, node, found, guard)
            elif isinstance(node, FieldNode):
                outcome = self._field(position, node, found, guard)
            else:
                outcome = None
            if outcome is None:
                return None
            subgraph, (more, deep) = outcome
            requests[subgraph] = max(requests.get(subgraph, 0), more)
            level = max(level, deep)
        return sum(requests.values()), level

    def _fragment(
        self, position: Position, node: InlineFragmentNode, found: dict[str, Way], guard: _Guard
    ) -> tuple[str, Cost] | None:
        condition = node.type_condition
        if condition is not None and not position.types & self._graph.possible(condition.name.value):
            return "", (0, 0)
        cost = self.field_set(position, node.selection_set, found, guard)
        return None if cost is None else ("", cost)

    def _field(
        self, position: Position, node: FieldNode, found: dict[str, Way], guard: _Guard
    ) -> tuple[str, Cost] | None:
        name = node.name.value
        if name == TYPENAME:
            return "", (0, min((way.cost[1] for way in found.values()), default=1))
        best: tuple[str, Cost] | None = None
        for concrete in sorted(position.types):
            best = None
            candidates = self._candidates(position, concrete, name)
            self._effort.spend(len(candidates))
            for source in candidates:
                cost = self._source_cost(position, concrete, name, source, found, guard)
                if cost is None:
                    continue
                extra = self._below(source, node)
                if extra is not None and (best is None or (cost[0] + extra, cost[1] + extra) < best[1]):
                    best = source.subgraph, (cost[0] + extra, cost[1] + extra)
            if best is None:
                return None
        return best

    def _candidates(self, position: Position, concrete: str, name: str) -> list[Source]:
        found = list(self._graph.sources(concrete, name))
        here = {source.subgraph for source in found if not source.field.computed}
        provided = [self.source(position, concrete, name, item) for item in position.provided if item not in here]
        return [*found, *(source for source in provided if source is not None)]

    def _source_cost(
        self,
        position: Position,
        concrete: str,
        name: str,
        source: Source,
        found: dict[str, Way],
        guard: _Guard,
    ) -> Cost | None:
        if self.source(position, concrete, name, source.subgraph) is not None:
            way = found.get(source.subgraph)
            return None if way is None else way.cost
        return self._required(position, name, source, found, guard)

    def _below(self, source: Source, node: FieldNode) -> int | None:
        """Count the requests for what the subgraph does not give below a composite field."""
        if self._reach.covers(source.subgraph, source.field.type.named, node.selection_set):
            return 0
        return 1 if node.selection_set is not None else None

    # ---- computed fields ----------------------------------------------------------------------------------------
    def requires(self, position: Position, name: str, source: Source, guard: _Guard = frozenset()) -> Cost | None:
        """Give the cost of a field with @requires: its inputs, and the request that computes it."""
        return self._required(position, name, source, self.at(position), guard)

    def _required(
        self, position: Position, name: str, source: Source, found: dict[str, Way], guard: _Guard
    ) -> Cost | None:
        mark = (id(position), name)
        if not source.field.computed:
            return None
        if mark in guard:
            self._met.add(mark)
            return None
        known = position.required.get((source.subgraph, source.field.inputs))
        if known is not None:
            return 0, known.group.level
        if not guard:
            self._computed.clear()
        key = (id(position), name, source.subgraph)
        if key in self._computed:
            return self._computed[key]
        before, self._met = self._met, set()
        cost = self._computation(position, source, found, guard | {mark})
        self._met.discard(mark)
        if not self._met:
            # No guard had a say in it: within this search it will cost the same wherever it is required.
            self._computed[key] = cost
        self._met |= before
        return cost

    def _computation(self, position: Position, source: Source, found: dict[str, Way], guard: _Guard) -> Cost | None:
        requires = source.field.requires
        inputs = [(0, 0) if requires is None else self.field_set(position, requires.selection, found, guard)]
        key = self.best_key(position, source, found, guard)
        for argument in source.field.contexts:
            setter = setter_of(self._graph, position, argument.context)
            if setter is None:
                return None
            wide = setter.base is None and self._graph.is_abstract(setter.type_name)
            parts = [setter.narrow(name, self._graph) for name in sorted(setter.types)] if wide else [setter]
            inputs += [self.field_set(part, argument.selection.selection, self.at(part), guard) for part in parts]
        costs = [item for item in inputs if item is not None]
        if key is None or len(costs) < len(inputs):
            return None
        return sum(cost for cost, _ in costs) + key[1][0] + 1, max(key[1][1], *(level for _, level in costs)) + 1

    def best_key(
        self, position: Position, source: Source, found: dict[str, Way] | None = None, guard: _Guard = frozenset()
    ) -> tuple[FieldSet, Cost] | None:
        """Choose the key with which to come back for a field with @requires (rule 4)."""
        if position.origin is not None:
            position, found = position.origin, None
        ways = self.at(position) if found is None else found
        best: tuple[FieldSet, Cost] | None = None
        entry = source.interface or position.type_name
        for key in self._graph.keys(source.subgraph, entry):
            cost = self.field_set(position, key.selection, ways, guard)
            if cost is not None and (best is None or cost < best[1]):
                best = key, cost
        return best


def _is_better(jump: Way, known: Way) -> bool:
    """Whether a jump beats the way that is known.

    At the same cost an entity is rather asked for by its key than found again below its parent: lists merged by index
    rely on both subgraphs to list the same.
    """
    descends = known.handle is None and known.entry is None
    return jump.cost < known.cost or (descends and jump.cost == known.cost)
