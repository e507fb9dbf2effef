"""What is asked of the merged supergraph as a schema: a query, complete implementations, valid GraphQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    InlineFragmentNode,
    SelectionNode,
    build_ast_schema,
    parse,
    validate_schema,
)

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.field_sets import parse_field_set
from router.composition.model import Kind
from router.composition.sdl_rules import TOLERATED_ENDING
from router.composition.supergraph import MergedSupergraph


def check_query(supergraph: MergedSupergraph, report: Report) -> None:
    """Report NO_QUERIES where no subgraph has one."""
    query = supergraph.types.get("Query")
    if query is None or not query.fields:
        report.error("NO_QUERIES", "No subgraph has a query.", at="Query")


def check_implementations(supergraph: MergedSupergraph, report: Report) -> None:
    """Report INTERFACE_FIELD_NO_IMPLEM where an implementation lacks a field of its interface."""
    names = {graph.value: graph.name for graph in supergraph.graphs}
    for definition in supergraph.types.values():
        for name in definition.interfaces:
            interface = supergraph.types.get(name)
            if interface is None or interface.kind is not Kind.INTERFACE:
                continue
            for field in interface.fields:
                if field not in definition.fields:
                    message = f'"{definition.name}" implements "{name}" and lacks its field "{field}", known elsewhere.'
                    graphs = [names[graph] for graph, other in definition.implements if other == name]
                    at = (definition.name, f"{name}.{field}")
                    report.error("INTERFACE_FIELD_NO_IMPLEM", message, subgraphs=graphs, at=at)


def check_requirements(supergraph: MergedSupergraph, facts: Sequence[SubgraphFacts], report: Report) -> None:
    """Report REQUIRES_INVALID_FIELDS where a requirement gives an argument that the supergraph has left out."""
    for one in facts:
        for definition, field, directive, _ in one.selections_of("requires"):
            at = f"{definition.name}.{field.name}"
            nodes = parse_field_set(directive.text("fields")).selections
            for given, argument in _unknown_arguments(supergraph, definition.name, nodes):
                message = f'"{at}" requires "{given}" with its argument "{argument}", which the supergraph has not.'
                report.error("REQUIRES_INVALID_FIELDS", message, subgraphs=[one.name], at=(at, given))


def _unknown_arguments(
    supergraph: MergedSupergraph, on: str, nodes: Sequence[SelectionNode]
) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, InlineFragmentNode):
            name = node.type_condition.name.value if node.type_condition is not None else on
            yield from _unknown_arguments(supergraph, name, node.selection_set.selections)
        elif isinstance(node, FieldNode) and node.name.value != "__typename":
            definition = supergraph.types.get(on)
            field = definition.fields.get(node.name.value) if definition is not None else None
            if field is None:
                continue
            for argument in node.arguments or ():
                if argument.name.value not in field.arguments:
                    yield f"{on}.{field.name}", argument.name.value
            if node.selection_set is not None:
                yield from _unknown_arguments(supergraph, field.type_name, node.selection_set.selections)


def check_schema(sdl: str, report: Report) -> None:
    """Report as INVALID_GRAPHQL what each subgraph has right and all of them together have wrong."""
    document: DocumentNode = parse(sdl, no_location=True)
    schema = build_ast_schema(document, assume_valid_sdl=True)
    for error in validate_schema(schema):
        if error.message.endswith(TOLERATED_ENDING):
            continue
        report.error("INVALID_GRAPHQL", f"Merged, the subgraphs are no valid schema: {error.message}")
