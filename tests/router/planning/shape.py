"""The shape that a plan can answer, against the shape that its operation asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from router.planning.plan import FetchStep, KeySegment, ObjectProjection, PathSegment, QueryPlan, TypeSegment
from router.planning.query_graph import QueryGraph
from router.supergraph import Supergraph


@dataclass
class _Object:
    """What is fetched at a place: keys, each with the concrete types of objects that get it and what is below."""

    types: dict[str, set[str]] = field(default_factory=dict)
    below: dict[str, _Object] = field(default_factory=dict)


def missing(supergraph: Supergraph, plan: QueryPlan) -> list[str]:
    """List what the projection reads and no step fetches: response paths, with the types that lack the field."""
    graph = QueryGraph(supergraph)
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
            if node.selection_set is not None:
                named = graph.types[own].subgraphs[subgraph].fields[node.name.value].type.named
                below = place.below.setdefault(key, _Object())
                _select(graph, subgraph, below, named, graph.members(subgraph, named), node.selection_set)


def _compare(
    graph: QueryGraph, projection: ObjectProjection, place: _Object, path: str, possible: frozenset[str]
) -> Iterable[str]:
    for item in projection.fields:
        here = f"{path}.{item.response_key}" if path else item.response_key
        if item.constant is not None or item.source.startswith("__"):
            continue
        if item.type_name in {"__Schema", "__Type"}:
            continue
        wanted = (item.type_condition or possible) & possible
        lacking = wanted - place.types.get(item.source, set())
        if lacking:
            yield f"{here} on {'|'.join(sorted(lacking))}"
        elif item.selection is not None:
            below = place.below.get(item.source, _Object())
            types = frozenset(name for name in graph.possible(item.type_name) if not graph.types[name].hidden)
            yield from _compare(graph, item.selection, below, here, types)
