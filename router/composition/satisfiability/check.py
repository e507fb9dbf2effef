"""Every field of the API schema, from every way in which its parent can be reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.inaccessible import api_types
from router.composition.merging import Overrides
from router.composition.model import ROOTS
from router.composition.satisfiability.explaining import Path, explain
from router.composition.satisfiability.exploration import Explorer
from router.composition.satisfiability.places import Place, Places, Resolvability
from router.composition.supergraph import MergedField, MergedSupergraph


def check_satisfiability(
    supergraph: MergedSupergraph, facts: Sequence[SubgraphFacts], *, overrides: Overrides, report: Report
) -> None:
    """Report as SATISFIABILITY_ERROR each field that clients may ask for and nobody can answer, with the way to it."""
    labels = overrides.labels()
    for active in dict.fromkeys((frozenset[str](), labels)):
        resolvability = Resolvability(facts, overrides, active)
        _Check(supergraph, resolvability, report).run()


@dataclass(frozen=True, slots=True)
class _State:
    """A value of an object type that clients can come to, by one way."""

    type: str
    places: Places
    path: Path


class _Check:
    """Walks the API schema breadth first, so that each message shows a shortest way."""

    def __init__(self, supergraph: MergedSupergraph, resolvability: Resolvability, report: Report) -> None:
        self._supergraph = supergraph
        self._types = api_types(supergraph)
        self._resolvability = resolvability
        self._explorer = Explorer(supergraph, resolvability)
        self._report = report
        self._checked: dict[str, list[Places]] = {}
        self._failed: set[str] = set()

    def run(self) -> None:
        """Check everything from the roots."""
        states = deque(self._roots())
        while states:
            state = states.popleft()
            checked = self._checked.setdefault(state.type, [])
            # What could be had from fewer places can be had from more.
            if any(places <= state.places for places in checked):
                continue
            checked.append(state.places)
            states.extend(self._fields(state))

    def _roots(self) -> Iterator[_State]:
        for root in ROOTS:
            if root in self._types:
                places = frozenset(
                    Place(subgraph, root)
                    for subgraph, one in self._resolvability.facts.items()
                    if root == "Query" or one.type(root) is not None
                )
                yield _State(root, places, (root,))

    def _fields(self, state: _State) -> Iterator[_State]:
        reach = self._explorer.reach(state.type, state.places)
        for field in self._types[state.type].fields.values():
            if field.has("inaccessible"):
                continue
            path = (*state.path, field.name)
            if field.name not in reach.fields:
                self._unsatisfiable(state, field)
            elif self._explorer.is_composite(field.type_name):
                yield from self._values(state, field, path)

    def _values(self, state: _State, field: MergedField, path: Path) -> Iterator[_State]:
        resolving = self._explorer.reach(state.type, state.places).fields[field.name]
        values = self._explorer.values(resolving, field.name)
        at = f"{state.type}.{field.name}"
        if not values and len({place.subgraph for place in resolving}) > 1 and self._can_answer(field, resolving):
            names = [place.subgraph for place in resolving]
            message = f'"{at}" is shared by {", ".join(names)}, and their answers have no type in common.'
            self._report.error("SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES", message, subgraphs=names, at=at)
        for name, places in values.items():
            if name in self._types:
                way = path if name == field.type_name else (*path, f"... on {name}")
                yield _State(name, places, way)

    def _can_answer(self, field: MergedField, resolving: dict[Place, None]) -> bool:
        """Tell whether each of the places has some type to answer: without one it answers null at most."""
        return all(
            self._resolvability.possible_types(place.subgraph, declared.type_name)
            for place in resolving
            if (declared := self._resolvability.declared(place, field.name)) is not None
        )

    def _unsatisfiable(self, state: _State, field: MergedField) -> None:
        at = f"{state.type}.{field.name}"
        if at in self._failed:
            return
        self._failed.add(at)
        names = {place.subgraph for place in state.places}
        message = explain(self._explorer, self._resolvability, state.type, state.places, field, path=state.path)
        self._report.error("SATISFIABILITY_ERROR", message, subgraphs=names, at=at)
