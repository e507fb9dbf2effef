"""Stage 3, normalise: the operation that is asked for, with fragments inlined, and an internal key for every field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, OperationDefinitionNode, SelectionSetNode
from graphql.language import FragmentDefinitionNode, OperationType

from router.errors import RequestError
from router.planning.conditions import print_conditions
from router.planning.deferred_fragments import DeferredFragments
from router.planning.places import Place
from router.planning.query_graph import QueryGraph
from router.planning.selections import Guard, Selection, SelectionLimits, build_selection

__all__ = ["NormalOperation", "assign_keys", "normalise", "print_normal_operation"]


@dataclass(frozen=True, slots=True)
class NormalOperation:
    """The operation as the planner sees it.

    Attributes:
        definition: the operation in the client's document, for its variables.
        selection: on the root type.
        guarded: something in it may be denied to the caller.
    """

    operation: OperationType
    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    selection: Selection
    guarded: bool = False


def normalise(
    graph: QueryGraph,
    document: DocumentNode,
    operation_name: str | None,
    *,
    limits: SelectionLimits,
    guard: Guard | None = None,
    deferred: DeferredFragments | None = None,
) -> NormalOperation:
    """Pick an operation and merge its selections.

    What the guard denies is kept apart (rule 40), what is deferred keeps its mark where `deferred` gives one.

    Raises:
        RequestError: there is no such operation, or it is too deep or too large.
    """
    definition = _pick(document, operation_name)
    fragments = {item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)}
    root_type = graph.supergraph.root_types.get(definition.operation)
    if root_type is None:
        raise RequestError(f"this graph has no {definition.operation.value} type")
    parts: list[SelectionSetNode] = [definition.selection_set]
    selection = build_selection(
        graph, root_type, parts, fragments=fragments, limits=limits, guard=guard, deferred=deferred
    )
    return NormalOperation(definition.operation, definition, fragments, selection, guard is not None)


def _pick(document: DocumentNode, operation_name: str | None) -> OperationDefinitionNode:
    operations = [item for item in document.definitions if isinstance(item, OperationDefinitionNode)]
    if operation_name is None:
        if len(operations) == 1:
            return operations[0]
        problem = "the document has several operations: say which" if operations else "the document has no operation"
        raise RequestError(problem, code="OPERATION_NAME_REQUIRED" if operations else "BAD_REQUEST")
    for item in operations:
        if item.name is not None and item.name.value == operation_name:
            return item
    raise RequestError(f"the document has no operation named {operation_name!r}", code="UNKNOWN_OPERATION")


def assign_keys(selection: Selection) -> Place:
    """Give every field of the client its internal key; give the place of the root object."""
    root = Place()
    waiting = [(root, selection)]
    while waiting:
        place, current = waiting.pop()
        for item in current.fields:
            item.key = place.key_for(
                preferred=item.response_key,
                name=item.name,
                arguments=item.argument_text,
                types=item.types,
                shapes=item.shapes,
                share=False,
            )
            if item.selection is not None:
                waiting.append((place.child(item.key), item.selection))
    return root


def print_normal_operation(normal: NormalOperation) -> str:
    """Write the merged operation as stable text, with types and conditions where they matter."""
    name = normal.definition.name.value if normal.definition.name is not None else ""
    lines = [f"{normal.operation.value} {name}".rstrip() + " {"]
    _print_selection(normal.selection, lines, "  ")
    return "\n".join([*lines, "}"]) + "\n"


def _print_selection(selection: Selection, lines: list[str], indent: str) -> None:
    lines += [f"{indent}{item.response_key}: denied" for item in selection.denied]
    for item in selection.fields:
        text = indent
        if item.response_key != item.name:
            text += f"{item.response_key}: "
        text += item.name
        if item.argument_text:
            text += f"({item.argument_text})"
        if item.types != selection.types:
            text += f" on {' | '.join(sorted(item.types))}"
        if (conditions := print_conditions(item.conditions)) != "":
            text += f" if {conditions}"
        if item.key not in {"", item.response_key}:
            text += f" as {item.key}"
        lines.append(text + (" {" if item.selection is not None else ""))
        if item.selection is not None:
            _print_selection(item.selection, lines, indent + "  ")
            lines.append(indent + "}")
