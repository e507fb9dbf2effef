"""What a representation may hold: a key and required fields, in the same shape, and nothing more (rules 4 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

__all__ = ["lacking", "spare"]


def spare(given: Any, sets: Sequence[SelectionSetNode]) -> list[str]:
    """Name what a value holds beyond some field sets."""
    if isinstance(given, list):
        return [path for item in given for path in spare(item, sets)]
    if not isinstance(given, Mapping):
        return []
    found = []
    for name, value in given.items():
        nodes = [node for item in sets for node in _fields(item) if node.name.value == name]
        if not nodes:
            found.append(name)
        else:
            below = [node.selection_set for node in nodes if node.selection_set is not None]
            found += [f"{name}.{path}" for path in (spare(value, below) if below else [])]
    return found


def lacking(given: Any, selection: SelectionSetNode, *, strict: bool = False) -> list[str]:
    """Name what a value lacks of a field set; with `strict` a null counts. Fragments may not match."""
    if isinstance(given, list):
        return [path for item in given for path in lacking(item, selection, strict=strict)]
    if not isinstance(given, Mapping):
        return []
    found = []
    for node in selection.selections:
        if not isinstance(node, FieldNode):
            continue
        name = node.name.value
        if name not in given or (strict and given[name] is None):
            found.append(name)
        elif node.selection_set is not None:
            found += [f"{name}.{path}" for path in lacking(given[name], node.selection_set, strict=strict)]
    return found


def _fields(selection: SelectionSetNode) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set)
