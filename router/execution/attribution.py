"""Which subgraph was asked for a place of the merged tree: read from the steps' documents, to name it in errors."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from router.execution.paths import key_path
from router.planning.plan import FetchStep

__all__ = ["Attribution", "root_keys"]

_Tree = dict[str, "_Tree"]


def root_keys(step: FetchStep) -> tuple[str, ...]:
    """Give the internal keys that a root fetch selects at the root."""
    return tuple(key for key in _selected(step) if key != "__typename")


class Attribution:
    """Names the subgraph that a plan asks for a value, where it asks just one."""

    def __init__(self, steps: Sequence[FetchStep]) -> None:
        self._steps = steps

    @functools.cached_property
    def _requests(self) -> list[tuple[tuple[str, ...], _Tree, str]]:
        """What each step selects below which keys; read when first needed, which is rarely."""
        requests: list[tuple[tuple[str, ...], _Tree, str]] = []
        for step in self._steps:
            selected = _selected(step)
            if not step.batches:
                requests.append((key_path(step.path), selected, step.subgraph))
            for batch in step.batches:
                below = selected.get(batch.alias, {})
                requests.extend((key_path(target.path), below, step.subgraph) for target in batch.targets)
        return requests

    def service(self, place: Sequence[str | int]) -> str | None:
        """Give the one subgraph that is asked for a place, None where it is several or none."""
        keys = tuple(part for part in place if isinstance(part, str))
        found = {
            subgraph
            for prefix, selected, subgraph in self._requests
            if keys[: len(prefix)] == prefix and _selects(selected, keys[len(prefix) :])
        }
        return found.pop() if len(found) == 1 else None


def _selects(selected: _Tree, keys: Sequence[str]) -> bool:
    for key in keys:
        if key not in selected:
            return False
        selected = selected[key]
    return bool(keys)


def _selected(step: FetchStep) -> _Tree:
    document = parse(step.document, no_location=True)
    fragments: dict[str, SelectionSetNode] = {}
    tree: _Tree = {}
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition.selection_set
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _add(definition.selection_set, tree, fragments)
    return tree


def _add(selections: SelectionSetNode, tree: _Tree, fragments: dict[str, SelectionSetNode]) -> None:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            below = tree.setdefault(node.alias.value if node.alias else node.name.value, {})
            if node.selection_set is not None:
                _add(node.selection_set, below, fragments)
        elif isinstance(node, FragmentSpreadNode):
            _add(fragments[node.name.value], tree, fragments)
        else:
            _add(node.selection_set, tree, fragments)  # type: ignore[attr-defined]  # an inline fragment
