"""The shape that a plan can answer, against the shape that its operation asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphql import DocumentNode, FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from router.planning.plan import FetchStep, KeySegment, ObjectProjection, PathSegment, QueryPlan, TypeSegment
from router.planning.planner import Artefacts, Planner
from router.planning.query_graph import QueryGraph
from router.planning.variants import PLAIN, Variant
from router.supergraph import Supergraph


@dataclass
class _Object:
    """What is fetched at a place: keys, each with the concrete types of objects that get it and what is below.

    `names` holds the fields' own names.
    """

    types: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    below: dict[str, _Object] = field(default_factory=dict)


def missing(supergraph: Supergraph, plan: QueryPlan, *, labels: frozenset[str] = frozenset()) -> list[str]:
    """List what the projection reads and no step fetches: response paths, with the types that lack the field."""
    graph = QueryGraph(supergraph, labels=labels)
    root = _Object()
    root_types = frozenset({supergraph.root_types[plan.operation]})
    for step in plan.steps:
        _fetch(graph, root, root_types, step)
    return [*_compare(graph, plan.projection, root, "", root_types)]


def _fetch(graph: QueryGraph, root: _Object, root_types: frozenset[str], step: FetchStep) -> None:
    definition = parse(step.document, no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    if not step.batches:
        place, _ = _go(root, root_types, step.path)
        name = graph.supergraph.root_types[step.operation]
        _select(graph, step.subgraph, place, name, frozenset({name}), definition.selection_set)
        return
    selections = {
        (node.alias or node.name).value: node.selection_set
        for node in definition.selection_set.selections
        if isinstance(node, FieldNode)
    }
    for batch in step.batches:
        for target in batch.targets:
            place, types = _go(root, root_types, target.path)
            selection = selections[batch.alias]
            assert selection is not None
            assert target.representation.typename is not None
            entity = graph.possible(target.representation.typename)
            for node in selection.selections:
                assert isinstance(node, InlineFragmentNode)
                assert node.type_condition is not None
                name = node.type_condition.name.value
                if name == target.representation.typename:
                    reached = entity if types is None else entity & types
                    _select(graph, step.subgraph, place, name, reached or entity, node.selection_set)


def _go(
    root: _Object, root_types: frozenset[str], path: Iterable[PathSegment]
) -> tuple[_Object, frozenset[str] | None]:
    place = root
    types: frozenset[str] | None = root_types
    for segment in path:
        if isinstance(segment, KeySegment):
            place = place.below[segment.key]
            types = None
        elif isinstance(segment, TypeSegment):
            types = segment.types
    return place, types


def _select(
    graph: QueryGraph, subgraph: str, place: _Object, own: str, types: frozenset[str], selection: SelectionSetNode
) -> None:
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            name = node.type_condition.name.value if node.type_condition is not None else own
            _select(graph, subgraph, place, name, types & graph.members(subgraph, name), node.selection_set)
        elif isinstance(node, FieldNode):
            key = (node.alias or node.name).value
            place.types.setdefault(key, set()).update(types)
            place.names.setdefault(key, set()).add(node.name.value)
            if node.selection_set is not None:
                named = graph.types[own].subgraphs[subgraph].fields[node.name.value].type.named
                below = place.below.setdefault(key, _Object())
                _select(graph, subgraph, below, named, graph.members(subgraph, named), node.selection_set)


def _compare(
    graph: QueryGraph, projection: ObjectProjection, place: _Object, path: str, possible: frozenset[str]
) -> Iterable[str]:
    for item in projection.fields:
        here = f"{path}.{item.response_key}" if path else item.response_key
        if item.constant is not None or item.denied or item.source.startswith("__"):
            continue
        if item.type_name in {"__Schema", "__Type"}:
            continue
        wanted = (item.type_condition or possible) & possible
        lacking = wanted - place.types.get(item.source, set())
        if lacking:
            yield f"{here} on {'|'.join(sorted(lacking))}"
        elif item.selection is not None:
            below = place.below.get(item.source, _Object())
            types = _returned(graph, wanted, place.names.get(item.source, set()), item.type_name)
            yield from _compare(graph, item.selection, below, here, types)


def _returned(graph: QueryGraph, parents: frozenset[str], names: set[str], type_name: str) -> frozenset[str]:
    """Name the types that a field can really be: all its subgraphs return the same, so what one lacks never comes."""
    found: set[str] = set()
    for parent in parents:
        here = {name for name in graph.possible(type_name) if not graph.types[name].hidden}
        for name in names & set(graph.types[parent].fields):
            for source in graph.sources(parent, name):
                here &= graph.members(source.subgraph, source.field.type.named)
            for subgraph, own in graph.types[parent].subgraphs.items():
                field = own.fields.get(name)
                if field is not None and field.external and _provides(graph, subgraph):
                    here &= graph.members(subgraph, field.type.named)
        found |= here
    return frozenset(found)


def _provides(graph: QueryGraph, subgraph: str) -> bool:
    """Whether external fields of a subgraph may be read somewhere (rule 18)."""
    return any(
        field.provides is not None
        for kind in graph.types.values()
        if subgraph in kind.subgraphs
        for field in kind.subgraphs[subgraph].fields.values()
    )


class CheckedPlanner(Planner):
    """A planner that asserts of each plan that the shape it can answer is the shape that is asked for."""

    def artefacts(
        self,
        document: DocumentNode,
        operation_name: str | None = None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> Artefacts:
        made = super().artefacts(document, operation_name, variant=variant, deferred=deferred)
        lacking = missing(self.graph.supergraph, made.plan, labels=self._labels | variant.labels)
        assert lacking == [], f"the plan does not fetch {lacking}"
        return made
