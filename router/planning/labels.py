"""Progressive overrides: which labels matter to an operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.planning.places import TYPENAME
from router.planning.query_graph import QueryGraph
from router.planning.selections import INTROSPECTION, Selection
from router.supergraph import JoinField

__all__ = ["LabelledFields"]


class LabelledFields:
    """Finds the labels of all fields that a plan for an operation could fetch.

    That is what the client selects, the keys of every object on the way, and whatever these require in turn. Nothing
    else is ever asked of a subgraph, so no other label can change the plan.
    """

    def __init__(self, graph: QueryGraph) -> None:
        self._graph = graph
        self._labels = {
            (kind.name, name): labels
            for kind in graph.types.values()
            for name in kind.fields
            if (labels := frozenset(_labels_of(self._copies(kind.name, name))))
        }

    def __bool__(self) -> bool:
        """Whether the supergraph has any label."""
        return bool(self._labels)

    def of(self, selection: Selection) -> frozenset[str]:
        """Give the labels that matter to a selection."""
        found: set[str] = set()
        seen: set[tuple[str, str]] = set()
        entered: set[str] = set()
        waiting = list(_fields_of(selection))
        while waiting:
            type_name, name = waiting.pop()
            if type_name not in entered:
                entered.add(type_name)
                waiting += self._keys(type_name)
            if not name or (type_name, name) in seen:
                continue
            seen.add((type_name, name))
            found |= self._labels.get((type_name, name), frozenset())
            waiting += self._behind(type_name, name)
        return frozenset(found)

    def _copies(self, type_name: str, name: str) -> Iterator[JoinField]:
        """Give a field as each subgraph has it, interface objects included."""
        kind = self._graph.types[type_name]
        for owner in (type_name, *kind.interfaces):
            for own in self._graph.types[owner].subgraphs.values():
                if name in own.fields:
                    yield own.fields[name]

    def _keys(self, type_name: str) -> Iterator[tuple[str, str]]:
        kind = self._graph.types[type_name]
        for owner in (type_name, *kind.interfaces):
            for own in self._graph.types[owner].subgraphs.values():
                for key in own.keys:
                    yield from self._in_field_set(type_name, key.fields.selection)

    def _behind(self, type_name: str, name: str) -> Iterator[tuple[str, str]]:
        """Give what a field requires, or takes from objects further up."""
        for copy in self._copies(type_name, name):
            if copy.requires is not None:
                yield from self._in_field_set(type_name, copy.requires.selection)
            for argument in copy.contexts:
                for setter in self._graph.supergraph.contexts.get(argument.context, ()):
                    yield from self._in_field_set(setter, argument.selection.selection)

    def _in_field_set(self, type_name: str, selection: SelectionSetNode) -> Iterator[tuple[str, str]]:
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                inner = type_name if node.type_condition is None else node.type_condition.name.value
                yield from self._in_field_set(inner, node.selection_set)
            elif isinstance(node, FieldNode) and node.name.value != TYPENAME:
                for concrete in sorted(self._graph.possible(type_name)):
                    field = self._graph.types[concrete].fields.get(node.name.value)
                    if field is None:
                        continue
                    yield concrete, field.name
                    if node.selection_set is not None:
                        yield from self._in_field_set(field.type.named, node.selection_set)


def _labels_of(copies: Iterable[JoinField]) -> Iterator[str]:
    for copy in copies:
        yield from (label for label in (copy.override_label, copy.overridden_by_label) if label is not None)


def _fields_of(root: Selection) -> Iterator[tuple[str, str]]:
    """Give every field of a selection for every concrete type; an empty name where only the type is visited."""
    waiting = [root]
    while waiting:
        selection = waiting.pop()
        yield from ((concrete, "") for concrete in selection.types)
        for item in selection.fields:
            if item.name != TYPENAME and item.name not in INTROSPECTION:
                yield from ((concrete, item.name) for concrete in item.types)
            if item.selection is not None:
                waiting.append(item.selection)
