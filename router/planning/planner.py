"""The planner: all stages, in order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from graphql import DocumentNode
from graphql.language import OperationType

from router.errors import PlanningError
from router.planning.build import build_plan
from router.planning.choose import Chooser, Draft, Preferences
from router.planning.deferral import DeferralFailed, Parted, part
from router.planning.deferred_fragments import DeferredFragments
from router.planning.effort import Effort, PlanningBounds
from router.planning.estimate import Estimate
from router.planning.fetch_graph import build_fetch_graph
from router.planning.fetch_tree import Group
from router.planning.field_sets import FieldSets
from router.planning.improve import improve
from router.planning.labels import LabelledFields
from router.planning.normalise import NormalOperation, assign_keys, normalise
from router.planning.plan import QueryPlan
from router.planning.positions import Position
from router.planning.query_graph import QueryGraph
from router.planning.reach import Reach
from router.planning.rights import Collector, Denial, Rights
from router.planning.selections import SelectionLimits
from router.planning.variants import PLAIN, Variant, Variation
from router.supergraph import Supergraph

__all__ = ["Artefacts", "Planner", "plan_operation"]


_ATTEMPTS = 4
"""How often planning begins anew because something that is deferred cannot be had by requests of its own."""

_LABELLINGS = 8
"""For how many sets of active override labels a query graph is kept: two or three are in use at a time."""


@dataclass(frozen=True, slots=True)
class Artefacts:
    """What each stage made of an operation."""

    normal: NormalOperation
    draft: Draft
    groups: list[Group]
    plan: QueryPlan
    parted: Parted | None = None


class Planner:
    """Plans operations on one supergraph. What does not depend on the operation is worked out once and kept.

    Args:
        supergraph: the graph.
        labels: the progressive override labels that are active.
        limits: what an operation may hold at most.
        bounds: how long planning one may take.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        *,
        labels: frozenset[str] = frozenset(),
        limits: SelectionLimits | None = None,
        bounds: PlanningBounds | None = None,
    ) -> None:
        self.graph = QueryGraph(supergraph, labels=labels)
        self._labels = labels
        self._reach = Reach(self.graph)
        self._field_sets = FieldSets(self.graph)
        self._limits = limits or SelectionLimits()
        self._bounds = bounds or PlanningBounds()
        self._rights = Rights(supergraph)
        self._labelled = LabelledFields(self.graph)
        self._by_labels: OrderedDict[frozenset[str], Planner] = OrderedDict()

    def variation(self, document: DocumentNode, operation_name: str | None = None) -> Variation | None:
        """Say what the plan of a valid operation depends on beside its text; None where it is the same for everybody.

        Raises:
            RequestError: as `plan`.
        """
        if not self._rights.guarded and not self._labelled:
            return None
        collector = Collector(self._rights)
        normal = normalise(self.graph, document, operation_name, limits=self._limits, guard=collector)
        labels = self._labelled.of(normal.selection) if self._labelled else frozenset()
        return Variation(frozenset(collector.requirements), labels) if collector.requirements or labels else None

    def plan(
        self,
        document: DocumentNode,
        operation_name: str | None = None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> QueryPlan:
        """Plan an operation that is valid against the API schema.

        Args:
            document: the client's document.
            operation_name: which operation; None where there is one only.
            variant: what the caller may not have and which labels are active, as `variation` asks for it.
            deferred: None where everything is to come at once. Otherwise fragments with @defer come later (rule 39);
                these are the values of the variables that decide about some of them.

        Raises:
            PlanningError: no plan answers it (rule 23), it is too deep or too large (rule 42), or none was found within
                the bounds.
            RequestError: the document has no such operation.
        """
        return self.artefacts(document, operation_name, variant=variant, deferred=deferred).plan

    def artefacts(
        self,
        document: DocumentNode,
        operation_name: str | None = None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> Artefacts:
        """Plan an operation, and keep what each stage made. Arguments and errors as of `plan`."""
        if variant.labels:
            planner = self._labelling(variant.labels)
            return planner.artefacts(document, operation_name, variant=Variant(variant.unmet), deferred=deferred)
        guard = Denial(self._rights, variant.unmet) if variant.unmet else None
        marked = None if deferred is None else DeferredFragments(deferred)
        try:
            normal = normalise(self.graph, document, operation_name, limits=self._limits, guard=guard, deferred=marked)
            if marked is not None and marked.found:
                found = self._in_parts(normal, marked)
                return found or self.artefacts(document, operation_name, variant=variant)
            choose = partial(self._choose, normal)
            draft, groups = improve(choose, bounds=self._bounds, starts=self._starts(normal))
            return Artefacts(normal, draft, groups, build_plan(self.graph, normal, groups))
        except RecursionError:
            raise PlanningError("the operation is nested too deeply", code="OPERATION_TOO_DEEP") from None

    def _labelling(self, labels: frozenset[str]) -> Planner:
        """Give the planner for some active labels; those that were not used for longest are forgotten."""
        found = self._by_labels.get(labels)
        if found is None:
            found = self._by_labels[labels] = Planner(
                self.graph.supergraph, labels=labels | self._labels, limits=self._limits, bounds=self._bounds
            )
            if len(self._by_labels) > _LABELLINGS:
                self._by_labels.popitem(last=False)
        self._by_labels.move_to_end(labels)
        return found

    def _in_parts(self, normal: NormalOperation, marked: DeferredFragments) -> Artefacts | None:
        """Plan what comes first, then what comes later; None where nothing can come later."""
        assign_keys(normal.selection)
        parted = part(normal.selection, marked)
        if parted is None or normal.operation is OperationType.SUBSCRIPTION:
            return None
        together: frozenset[int] = frozenset()
        for _ in range(_ATTEMPTS):
            choose = partial(self._choose, normal, parted=parted, together=together)
            try:
                draft, groups = improve(choose, bounds=self._bounds, starts=self._starts(normal))
            except DeferralFailed as error:
                together |= {error.delivery}
            else:
                return Artefacts(normal, draft, groups, build_plan(self.graph, normal, groups, parted), parted)
        return None

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

    def _choose(
        self,
        normal: NormalOperation,
        preferences: Preferences,
        effort: Effort,
        *,
        parted: Parted | None = None,
        together: frozenset[int] = frozenset(),
    ) -> tuple[Draft, list[Group]]:
        root = Position(
            normal.selection.type_name,
            frozenset({normal.selection.type_name}),
            assign_keys(normal.selection),
            tuple(self.graph.types[normal.selection.type_name].subgraphs),
        )
        chooser = Chooser(
            self.graph,
            self._reach,
            Estimate(self.graph),
            field_sets=self._field_sets,
            operation=normal.operation,
            preferences=preferences,
            effort=effort,
        )
        if parted is None:
            draft = chooser.run(root, normal.selection)
        else:
            draft = chooser.run(root, parted.first, parted.parts, together)
        return draft, build_fetch_graph(draft.groups)


def plan_operation(
    supergraph: Supergraph,
    document: DocumentNode,
    operation_name: str | None = None,
    *,
    variant: Variant = PLAIN,
    deferred: Mapping[str, bool] | None = None,
) -> QueryPlan:
    """Plan one operation on a supergraph; whoever plans more than one keeps a `Planner`. Raises as `Planner.plan`."""
    return Planner(supergraph).plan(document, operation_name, variant=variant, deferred=deferred)
