"""Stage 7, the plan: fetch groups become frozen steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from router.planning.batches import build_batches
from router.planning.deferral import Parted
from router.planning.deferred_plan import build_deferral
from router.planning.documents import DocumentPrinter
from router.planning.fetch_tree import Group
from router.planning.introspection import build_introspection
from router.planning.normalise import NormalOperation
from router.planning.passthrough import answers_alone
from router.planning.plan import EntityBatch, FetchStep, QueryPlan
from router.planning.projection import build_projection
from router.planning.query_graph import QueryGraph
from router.planning.rights import denied_fields

__all__ = ["build_plan"]


def build_plan(
    graph: QueryGraph, normal: NormalOperation, groups: Sequence[Group], parted: Parted | None = None
) -> QueryPlan:
    """Freeze a fetch graph into a plan."""
    ids = {group: number for number, group in enumerate(groups)}
    steps = tuple(_step(graph, normal, group, ids) for group in groups)
    introspection = build_introspection(normal)
    if parted is not None:
        fragments = {item.delivery: item.fragments for item in parted.parts}
        return QueryPlan(
            operation=normal.operation,
            steps=tuple(replace(steps[ids[group]], deferred_for=fragments.get(group.delivery, ())) for group in groups),
            projection=build_projection(graph, parted.first),
            introspection=introspection,
            denied=denied_fields(normal.selection) if normal.guarded else (),
            deferral=build_deferral(graph, normal, groups, parted),
        )
    alone = introspection is None and answers_alone(graph, normal.selection, groups)
    return QueryPlan(
        operation=normal.operation,
        steps=steps,
        projection=build_projection(graph, normal.selection),
        introspection=introspection,
        passthrough=alone,
        denied=denied_fields(normal.selection) if normal.guarded else (),
    )


def _step(graph: QueryGraph, normal: NormalOperation, group: Group, ids: dict[Group, int]) -> FetchStep:
    printer = DocumentPrinter(graph, group.subgraph)
    given = normal.definition.variable_definitions or ()
    conditions = group.reason()
    if group.root is not None:
        batches: tuple[EntityBatch, ...] = ()
        text = printer.selection(group.root)
        definitions = printer.definitions(given)
    else:
        names = frozenset(item.variable.name.value for item in given)
        batches, inner, extra = build_batches(graph, group, printer, names)
        text = f"{{ {inner} }}"
        definitions = printer.definitions(given, extra)
    used = tuple(item.variable.name.value for item in given if item.variable.name.value in printer.variables)
    return FetchStep(
        id=ids[group],
        subgraph=group.subgraph,
        operation=group.operation,
        document=f"{group.operation.value}{definitions} {text}",
        operation_name=None,
        variables=used,
        depends_on=tuple(sorted(ids[need] for need in group.needs)),
        conditions=conditions,
        batches=batches,
        path=group.path,
    )
