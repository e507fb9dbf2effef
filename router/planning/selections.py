"""Selections: what is asked of an object, with fragments inlined and equal response keys merged.

Operations and field sets both become these values. A field names the concrete types it applies to; where two types
would need different shapes under one response key, they are two fields (rules 24 and 26).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from graphql import BooleanValueNode, FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, VariableNode
from graphql.language import ArgumentNode, DirectiveNode, FragmentDefinitionNode, SelectionNode

from router.errors import PlanningError
from router.planning.conditions import NEVER, both, either
from router.planning.deferred_fragments import DeferredFragments
from router.planning.occurrences import Occurrence, appearances, group_types, print_arguments
from router.planning.places import TYPENAME
from router.planning.plan import ALWAYS, Condition, Conditions
from router.planning.query_graph import QueryGraph
from router.supergraph import TypeKind, TypeRef

__all__ = [
    "INTROSPECTION",
    "Guard",
    "SelectedField",
    "Selection",
    "SelectionLimits",
    "build_selection",
    "needs_true_type",
]

INTROSPECTION = frozenset({"__schema", "__type"})
_TYPENAME_REF = TypeRef("String!", "String", 0)
_INTROSPECTION_REF = TypeRef("__Schema", "__Schema", 0)


@dataclass(frozen=True, slots=True)
class SelectionLimits:
    """How much one operation may hold after its fragments are inlined."""

    fields: int = 50_000
    depth: int = 120


@dataclass(slots=True, eq=False)
class SelectedField:
    """One field of a selection.

    Attributes:
        index: its place in the operation: fields of one object are answered in this order.
        types: the concrete types it applies to.
        type: its type in the supergraph.
        shapes: the shapes it has in subgraphs.
        nodes: where it stands in the document.
        key: the internal key, once one is given.
        denied: the caller may not have it (rule 40).
        appearances: its places with the conditions of each, where it has several.
        concrete: it is asked for on objects of a concrete type only, even where there is but one.
    """

    index: int
    response_key: str
    name: str
    arguments: tuple[ArgumentNode, ...]
    argument_text: str
    types: frozenset[str]
    type: TypeRef
    shapes: frozenset[str]
    conditions: Conditions
    nodes: tuple[FieldNode, ...]
    selection: Selection | None = None
    key: str = ""
    denied: bool = False
    appearances: tuple[tuple[int, Conditions], ...] = ()
    concrete: bool = False


@dataclass(slots=True, eq=False)
class Selection:
    """What is asked of an object whose static type is `type_name`.

    Attributes:
        denied: what the caller may not have (rule 40): it is shown as null, and nobody plans for it.
    """

    type_name: str
    types: frozenset[str]
    fields: list[SelectedField] = field(default_factory=list)
    denied: list[SelectedField] = field(default_factory=list)


def needs_true_type(graph: QueryGraph, selection: Selection, item: SelectedField) -> bool:
    """Whether a field is for one concrete type while an interface object cannot tell what it is (rule 31)."""
    return item.concrete and graph.has_interface_object(selection.type_name)


_Part = tuple[SelectionSetNode, str, frozenset[str], Conditions]


class Guard(Protocol):
    """Says which fields the caller may not have."""

    def denied(self, name: str, *, parent: str, types: frozenset[str]) -> frozenset[str]:
        """Name those of some concrete types whose field is denied, when it is asked for on a static type."""
        ...


def build_selection(
    graph: QueryGraph,
    type_name: str,
    parts: Sequence[SelectionSetNode],
    *,
    fragments: Mapping[str, FragmentDefinitionNode],
    limits: SelectionLimits,
    guard: Guard | None = None,
    deferred: DeferredFragments | None = None,
) -> Selection:
    """Merge selection sets on one type into a selection.

    Args:
        graph: the query graph.
        type_name: the static type.
        parts: the selection sets.
        fragments: of the document, by name.
        limits: how much there may be.
        guard: says what is denied; None where nothing is.
        deferred: marks what is deferred; None where nothing is to be.

    Raises:
        PlanningError: the limits are passed.
    """
    return _Builder(graph, fragments, limits, guard, deferred).build(type_name, parts)


class _Builder:
    """Walks without recursion, so that depth is bounded by the limit alone."""

    def __init__(
        self,
        graph: QueryGraph,
        fragments: Mapping[str, FragmentDefinitionNode],
        limits: SelectionLimits,
        guard: Guard | None,
        deferred: DeferredFragments | None,
    ) -> None:
        self._graph = graph
        self._guard = guard
        self._fragments = fragments
        self._limits = limits
        self._deferred = deferred
        self._at: Selection | None = None  # what is being built, for what is deferred in it
        self._count = 0

    def build(self, type_name: str, parts: Sequence[SelectionSetNode]) -> Selection:
        types = self._graph.possible(type_name)
        root = Selection(type_name, types)
        given: list[_Part] = [(part, type_name, types, ALWAYS) for part in parts]
        waiting: list[tuple[Selection, list[_Part], int, Conditions]] = [(root, given, 1, ALWAYS)]
        while waiting:
            selection, sources, depth, above = waiting.pop()
            if depth > self._limits.depth:
                raise PlanningError(
                    f"the operation is nested more than {self._limits.depth} levels deep", code="OPERATION_TOO_DEEP"
                )
            self._at = selection
            for selected, below in self._fields(sources, selection.denied):
                within = both(above, selected.conditions)
                if within == NEVER:
                    continue  # its conditions contradict those of the fields around it (rule 38)
                selection.fields.append(selected)
                if selected.selection is not None:
                    waiting.append((selected.selection, below, depth + 1, within))
        return root

    # ---- fragments ----------------------------------------------------------------------------------------------
    def _occurrences(self, sources: list[_Part]) -> list[Occurrence]:
        found: list[Occurrence] = []
        visited: set[tuple[str, frozenset[str], Conditions]] = set()
        stack = [
            (iter(node.selections), parent, types, conditions) for node, parent, types, conditions in reversed(sources)
        ]
        while stack:
            iterator, parent, types, conditions = stack[-1]
            node = next(iterator, None)
            if node is None:
                stack.pop()
                continue
            own = both(conditions, _conditions_of(node.directives or ()))
            if own == NEVER:
                continue
            if self._deferred is not None and node.directives:
                own = both(own, self._deferred.mark(node.directives, own, self._at))
            if isinstance(node, FieldNode):
                found.append(self._occurrence(len(found), node, parent, types, own))
                continue
            inner = self._enter(node, parent, types, own, visited)
            if inner is not None:
                stack.append(inner)
        return found

    def _occurrence(
        self, index: int, node: FieldNode, parent: str, types: frozenset[str], own: Conditions
    ) -> Occurrence:
        self._count += 1
        if self._count > self._limits.fields:
            raise PlanningError(
                f"the operation selects more than {self._limits.fields} fields", code="OPERATION_TOO_LARGE"
            )
        return Occurrence(index, node, parent, types, own)

    def _enter(
        self,
        node: object,
        parent: str,
        types: frozenset[str],
        conditions: Conditions,
        visited: set[tuple[str, frozenset[str], Conditions]],
    ) -> tuple[Iterator[SelectionNode], str, frozenset[str], Conditions] | None:  # fmt: skip
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            mark = (node.name.value, types, conditions)
            if mark in visited:
                return None
            visited.add(mark)
            parent = fragment.type_condition.name.value
            types &= self._graph.possible(parent)
            selections = fragment.selection_set.selections
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is not None:
                parent = node.type_condition.name.value
                types &= self._graph.possible(parent)
            selections = node.selection_set.selections
        else:
            return None
        return (iter(selections), parent, types, conditions) if types else None

    # ---- merging ------------------------------------------------------------------------------------------------
    def _fields(self, sources: list[_Part], denied: list[SelectedField]) -> list[tuple[SelectedField, list[_Part]]]:
        """Merge what stands in some selection sets; what the caller may not have goes to `denied`."""
        by_key: dict[str, list[Occurrence]] = {}
        for occurrence in self._occurrences(sources):
            node = occurrence.node
            by_key.setdefault((node.alias or node.name).value, []).append(occurrence)
        found: list[tuple[SelectedField, list[_Part]]] = []
        for key, occurrences in by_key.items():
            for types, matching in group_types(occurrences):
                granted = self._granted(key, types, matching, denied) if self._guard is not None else types
                if granted:
                    found += self._merge(key, granted, matching)
        found.sort(key=lambda item: item[0].index)
        _settle([*(item for item, _ in found), *denied])
        return found

    def _granted(
        self, key: str, types: frozenset[str], occurrences: list[Occurrence], denied: list[SelectedField]
    ) -> frozenset[str]:
        """Name the types whose field may be had in every way in which it is asked for; keep the others in `denied`."""
        if self._guard is None:
            return types
        name = occurrences[0].node.name.value
        refused = frozenset[str]().union(
            *(self._guard.denied(name, parent=item.parent, types=item.types & types) for item in occurrences)
        )
        for selected, _ in self._merge(key, refused, occurrences) if refused else ():
            selected.selection, selected.denied = None, True
            denied.append(selected)
        return types - refused

    def _merge(
        self, key: str, types: frozenset[str], occurrences: list[Occurrence]
    ) -> list[tuple[SelectedField, list[_Part]]]:
        node = occurrences[0].node
        conditions = NEVER
        for occurrence in occurrences:
            conditions = either(conditions, occurrence.conditions)
        places = appearances(occurrences)
        concrete = all(self._graph.types[item.parent].kind is TypeKind.OBJECT for item in occurrences)
        merged = []
        for (ref, shapes), same in self._by_shape(node.name.value, types).items():
            below, child = self._below(occurrences, ref)
            merged.append(
                (
                    SelectedField(
                        index=occurrences[0].index,
                        response_key=key,
                        name=node.name.value,
                        arguments=node.arguments or (),
                        argument_text=print_arguments(node.arguments or ()),
                        types=same,
                        type=ref,
                        shapes=shapes,
                        conditions=conditions,
                        nodes=tuple(occurrence.node for occurrence in occurrences),
                        selection=child,
                        appearances=places if len(places) > 1 else (),
                        concrete=concrete,
                    ),
                    below,
                )
            )
        return merged

    def _by_shape(self, name: str, types: frozenset[str]) -> dict[tuple[TypeRef, frozenset[str]], frozenset[str]]:
        """Split types by the field's type in the supergraph and its shapes in subgraphs."""
        if name == TYPENAME:
            return {(_TYPENAME_REF, frozenset({"String!"})): types}
        if name in INTROSPECTION:
            return {(_INTROSPECTION_REF, frozenset({name})): types}
        split: dict[tuple[TypeRef, frozenset[str]], set[str]] = {}
        for concrete in sorted(types):
            _, shapes = self._graph.shapes(concrete, name)
            split.setdefault((self._graph.types[concrete].fields[name].type, shapes), set()).add(concrete)
        return {shape: frozenset(members) for shape, members in split.items()}

    def _below(self, occurrences: list[Occurrence], ref: TypeRef) -> tuple[list[_Part], Selection | None]:
        if not self._graph.is_composite(ref.named):
            return [], None
        types = self._graph.possible(ref.named)
        same = len({occurrence.conditions for occurrence in occurrences}) == 1
        parts: dict[tuple[int, Conditions], _Part] = {}
        for occurrence in occurrences:
            inner = occurrence.node.selection_set
            if inner is not None:
                # What all occurrences share is said by the field itself already.
                conditions = ALWAYS if same else occurrence.conditions
                parts[id(inner), conditions] = (inner, self._static_type(occurrence, ref), types, conditions)
        return list(parts.values()), Selection(ref.named, types)

    def _static_type(self, occurrence: Occurrence, ref: TypeRef) -> str:
        """Give the type that a field has where it stands; only a guard tells it from that of the concrete type."""
        if self._guard is None:
            return ref.named
        return self._graph.types[occurrence.parent].fields[occurrence.node.name.value].type.named


def _settle(fields: list[SelectedField]) -> None:
    """Forget the several places of a field where no other field stands between them."""
    order = sorted(
        (index, number)
        for number, item in enumerate(fields)
        for index in ([index for index, _ in item.appearances] or [item.index])
    )
    runs = [number for number, _ in groupby(number for _, number in order)]
    for number, item in enumerate(fields):
        if item.appearances and runs.count(number) == 1:
            item.appearances = ()


def _conditions_of(directives: Sequence[DirectiveNode]) -> Conditions:
    conditions = ALWAYS
    for directive in directives:
        name = directive.name.value
        if name not in {"include", "skip"}:
            continue
        expected = name == "include"
        value = next((item.value for item in directive.arguments or () if item.name.value == "if"), None)
        if isinstance(value, VariableNode):
            conditions = both(conditions, ((Condition(value.name.value, expected),),))
        elif isinstance(value, BooleanValueNode) and value.value is not expected:
            return NEVER
    return conditions
