"""Every field of the API schema, from every way in which its parent can be reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.inaccessible import api_types
from router.composition.merging import Overrides
from router.composition.model import ROOTS
from router.composition.satisfiability.explaining import Path, explain, explain_homeless
from router.composition.satisfiability.exploration import Explorer
from router.composition.satisfiability.places import Place, Places, Resolvability
from router.composition.supergraph import MergedField, MergedSupergraph


def check_satisfiability(
    supergraph: MergedSupergraph, facts: Sequence[SubgraphFacts], *, overrides: Overrides, report: Report
) -> None:
    """Report as SATISFIABILITY_ERROR each field that clients may ask for and nobody can answer, with the way to it."""
    for active in _label_sets(overrides.labels()):
        resolvability = Resolvability(facts, overrides, active)
        _Check(supergraph, resolvability, report).run()


def _label_sets(labels: frozenset[str]) -> list[frozenset[str]]:
    """Give the sets of labels to try: all there are of a few, else none, all, each alone and each left out."""
    if len(labels) <= _FEW_LABELS:
        sizes = range(len(labels) + 1)
        return [frozenset(chosen) for size in sizes for chosen in combinations(sorted(labels), size)]
    single = [frozenset({label}) for label in sorted(labels)]
    return [frozenset(), *single, *(labels - one for one in single), labels]


_FEW_LABELS = 3


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
        self._walk(self._roots())

    def _walk(self, first: Iterable[_State]) -> None:
        states = deque(first)
        while states:
            state = states.popleft()
            checked = self._checked.setdefault(state.type, [])
            # What could be had from fewer places can be had from more; where all of them are reached in the end, it
            # does not matter where one comes in.
            reached = frozenset(self._explorer.reach(state.type, state.places).places)
            if any(places <= reached for places in checked):
                continue
            checked.append(reached)
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
                resolving = reach.fields[field.name]
                if state.type == "Mutation" and len(resolving) > 1:
                    self._check_mutation(state, field, resolving)
                else:
                    yield from self._values(state, field, path, resolving)

    def _check_mutation(self, state: _State, field: MergedField, resolving: dict[Place, None]) -> None:
        """Check that one subgraph alone can be asked: a mutation is never sent to two."""
        reports: dict[str, Report] = {}
        for place in resolving:
            report = reports[place.subgraph] = Report()
            check = _Check(self._supergraph, self._resolvability, report)
            check._walk(check._values(state, field, (*state.path, field.name), {place: None}))
        if any(not report.errors for report in reports.values()):
            return
        at = f"{state.type}.{field.name}"
        reasons = [
            f"Of {subgraph} alone: {error.message}" for subgraph, report in reports.items() for error in report.errors
        ]
        message = "\n".join([f'"{at}" may be sent to one subgraph only, and none of them suffices.', *reasons])
        self._report.error("SATISFIABILITY_ERROR", message, subgraphs=reports, at=at)

    def _values(self, state: _State, field: MergedField, path: Path, resolving: dict[Place, None]) -> Iterator[_State]:
        at = f"{state.type}.{field.name}"
        for interface, places in self._explorer.homeless(resolving, field.name).items():
            names = sorted({place.subgraph for place in places})
            message = explain_homeless(interface, names, path=path)
            self._report.error("SATISFIABILITY_ERROR", message, subgraphs=names, at=(at, interface))
        if not self._agree_on_types(at, field, resolving):
            return
        for name, places in self._explorer.values(resolving, field.name).items():
            if name in self._types:
                way = path if name == field.type_name else (*path, f"... on {name}")
                yield _State(name, places, way)

    def _agree_on_types(self, at: str, field: MergedField, resolving: dict[Place, None]) -> bool:
        """Compare the object types that the subgraphs of a shared field can answer: some have to be common to all."""
        possible: dict[str, frozenset[str]] = {}
        abstract = 0
        for place in resolving:
            declared = self._resolvability.declared(place, field.name)
            if declared is None or self._resolvability.is_interface_object(place.subgraph, declared.type_name):
                continue
            types = self._resolvability.possible_types(place.subgraph, declared.type_name)
            abstract += types != {declared.type_name}
            possible[place.subgraph] = types & self._supergraph.possible_types(field.type_name)
        if len(possible) < 2 or not any(possible.values()) or abstract == 0:  # noqa: PLR2004 - one alone agrees
            return True
        told = "; ".join(f"{', '.join(sorted(types)) or 'nothing'} in {name}" for name, types in possible.items())
        if not frozenset.intersection(*possible.values()):
            message = f'"{at}" is shared, and its answers have no type in common: {told}.'
            self._report.error("SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES", message, subgraphs=possible, at=at)
            return False
        if len(set(possible.values())) > 1:
            message = f'"{at}" is shared, and should only answer types that are common to all: {told}.'
            code = "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN"
            self._report.hint(code, message, subgraphs=possible, at=at)
        return True

    def _unsatisfiable(self, state: _State, field: MergedField) -> None:
        at = f"{state.type}.{field.name}"
        if at in self._failed:
            return
        self._failed.add(at)
        names = {place.subgraph for place in state.places}
        message = explain(self._explorer, self._resolvability, state.type, state.places, field, path=state.path)
        self._report.error("SATISFIABILITY_ERROR", message, subgraphs=names, at=at)
