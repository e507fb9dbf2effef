"""The planner: all stages, in order."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode
from graphql.language import OperationType

from router.errors import PlanningError
from router.planning.build import build_plan
from router.planning.choose import Chooser, Draft, Preferences
from router.planning.estimate import Estimate
from router.planning.fetch_graph import build_fetch_graph
from router.planning.fetch_tree import Group
from router.planning.improve import improve
from router.planning.normalise import NormalOperation, assign_keys, normalise
from router.planning.plan import QueryPlan
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph
from router.planning.reach import Reach
from router.planning.selections import SelectionLimits
from router.supergraph import Supergraph

__all__ = ["Artefacts", "Planner", "plan_operation"]


@dataclass(frozen=True, slots=True)
class Artefacts:
    """What each stage made of an operation."""

    normal: NormalOperation
    draft: Draft
    groups: list[Group]
    plan: QueryPlan


class Planner:
    """Plans operations on one supergraph. What does not depend on the operation is worked out once and kept.

    Args:
        supergraph: the graph.
        labels: the progressive override labels that are active.
        limits: what an operation may hold at most.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        *,
        labels: frozenset[str] = frozenset(),
        limits: SelectionLimits | None = None,
    ) -> None:
        self.graph = QueryGraph(supergraph, labels=labels)
        self._reach = Reach(self.graph)
        self._limits = limits or SelectionLimits()

    def plan(self, document: DocumentNode, operation_name: str | None = None) -> QueryPlan:
        """Plan an operation that is valid against the API schema.

        Raises:
            PlanningError: no plan answers it, or it is too deep or too large (rules 23 and 42).
            RequestError: the document has no such operation.
        """
        return self.artefacts(document, operation_name).plan

    def artefacts(self, document: DocumentNode, operation_name: str | None = None) -> Artefacts:
        """Plan an operation, and keep what each stage made. Raises as `plan`."""
        try:
            normal = normalise(self.graph, document, operation_name, limits=self._limits)
            draft, groups = improve(lambda preferences: self._choose(normal, preferences), self._starts(normal))
            return Artefacts(normal, draft, groups, build_plan(self.graph, normal, groups))
        except RecursionError:
            raise PlanningError("the operation is nested too deeply", code="OPERATION_TOO_DEEP") from None

    def _starts(self, normal: NormalOperation) -> list[Preferences]:
        """List the other subgraphs of shared mutation fields: once one is chosen there is no second way."""
        if normal.operation is OperationType.QUERY:
            return []
        root = normal.selection.type_name
        return [
            {(item.response_key,): source.subgraph}
            for item in normal.selection.fields
            if len(sources := self.graph.sources(root, item.name)) > 1
            for source in sources
        ]

    def _choose(self, normal: NormalOperation, preferences: Preferences) -> tuple[Draft, list[Group]]:
        root = Position(
            normal.selection.type_name,
            frozenset({normal.selection.type_name}),
            assign_keys(normal.selection),
            tuple(self.graph.types[normal.selection.type_name].subgraphs),
        )
        chooser = Chooser(
            self.graph, self._reach, Estimate(self.graph), operation=normal.operation, preferences=preferences
        )
        draft = chooser.run(root, normal.selection)
        return draft, build_fetch_graph(draft.groups)


def plan_operation(supergraph: Supergraph, document: DocumentNode, operation_name: str | None = None) -> QueryPlan:
    """Plan one operation on a supergraph; whoever plans more than one keeps a `Planner`. Raises as `Planner.plan`."""
    return Planner(supergraph).plan(document, operation_name)
