"""What each stage makes of an operation, as text: whoever hunts a wrong plan finds the first wrong stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from graphql import DocumentNode

from router.planning.conditions import print_conditions
from router.planning.documents import DocumentPrinter
from router.planning.fetch_tree import Group
from router.planning.normalise import print_normal_operation
from router.planning.planner import Artefacts, Planner
from router.planning.print_paths import print_paths
from router.planning.print_plan import print_fields, print_path, print_plan
from router.planning.query_graph import QueryGraph, print_query_graph
from router.planning.variants import PLAIN, Variant
from router.supergraph import Supergraph

__all__ = ["STAGES", "Stage", "explain"]

Stage = Literal["normalized", "graph", "paths", "fetches", "plan"]
STAGES: tuple[Stage, ...] = ("normalized", "graph", "paths", "fetches", "plan")


def explain(
    supergraph: Supergraph,
    document: DocumentNode,
    operation_name: str | None = None,
    stage: Stage = "plan",
    *,
    variant: Variant = PLAIN,
    deferred: Mapping[str, bool] | None = None,
) -> str:
    """Print one stage's artefact for an operation that is valid against the API schema, planned for whoever asks.

    Args:
        supergraph: the graph.
        document: with the operation.
        operation_name: which operation; None where there is one only.
        stage: which artefact.
        variant: for whom.
        deferred: as of `Planner.plan`.

    Raises:
        RequestError: as `Planner.plan`.
    """
    planner = Planner(supergraph, labels=variant.labels)
    if stage == "graph":
        return print_query_graph(planner.graph)
    artefacts = planner.artefacts(document, operation_name, variant=Variant(variant.unmet), deferred=deferred)
    if stage == "normalized":
        return print_normal_operation(artefacts.normal)
    if stage == "paths":
        return print_paths(planner.graph, artefacts.draft)
    if stage == "fetches":
        return _print_fetches(planner.graph, artefacts)
    return print_plan(artefacts.plan)


def _print_fetches(graph: QueryGraph, artefacts: Artefacts) -> str:
    numbers = {group: number for number, group in enumerate(artefacts.groups)}
    return "".join(_print_group(graph, group, numbers) for group in artefacts.groups)


def _print_group(graph: QueryGraph, group: Group, numbers: dict[Group, int]) -> str:
    needs = ", ".join(str(numbers[need]) for need in sorted(group.needs, key=numbers.__getitem__))
    head = f"{numbers[group]} {group.operation.value} {group.subgraph}" + (f" after {needs}" if needs else "")
    if (conditions := print_conditions(group.reason())) != "":
        head += f" if {conditions}"
    printer = DocumentPrinter(graph, group.subgraph)
    printer.contexts = {item.argument: item.argument for entry in group.entries for item in entry.contexts}
    lines = [head]
    if group.root is not None:
        lines.append(f"  {print_path(group.path)} {printer.selection(group.root)}".replace("   ", "  "))
    for entry in group.entries:
        what = print_fields(entry.representation)
        lines.append(f"  {print_path(entry.path)} {entry.typename}({what}) {printer.selection(entry.node)}")
    return "\n".join(lines) + "\n"
