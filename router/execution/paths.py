"""Places in the merged tree: from a plan's path to the values that are there, with or without where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from router.planning.plan import FlattenSegment, KeySegment, PathSegment

__all__ = ["Collector", "Place", "compile_path", "key_path", "locate", "type_name"]

Place = tuple[str | int, ...]
"""A path of internal keys and list indices, from the root."""

Collector = Callable[[dict[str, Any]], list[dict[str, Any]]]
"""Gives the objects at a path, in the order of the tree."""

_Step = Callable[[list[Any]], list[Any]]


def compile_path(path: Sequence[PathSegment]) -> Collector:
    """Compile a path: the collector goes down level by level, so that its depth costs no stack."""
    if not path:
        return lambda root: [root]
    steps = tuple(_compile_segment(segment) for segment in path)

    def collect(root: dict[str, Any]) -> list[dict[str, Any]]:
        values: list[Any] = [root]
        for step in steps:
            values = step(values)
        # What is no object cannot be an entity, whatever the subgraph said.
        return [value for value in values if type(value) is dict]

    return collect


def _compile_segment(segment: PathSegment) -> _Step:
    if isinstance(segment, KeySegment):
        key = segment.key
        return lambda values: [
            found for value in values if type(value) is dict and (found := value.get(key)) is not None
        ]
    if isinstance(segment, FlattenSegment):
        depth = segment.depth
        return _flatten if depth == 1 else lambda values: _flatten_deep(values, depth)
    types = segment.types

    def keep(values: list[Any]) -> list[Any]:
        try:
            return [value for value in values if type(value) is dict and value.get("__typename") in types]
        except TypeError:
            # Some type's name is a list or an object.
            return [value for value in values if type(value) is dict and type_name(value) in types]

    return keep


def type_name(value: dict[str, Any]) -> str | None:
    """Give an object's `__typename`, None where it has none or something that is no name."""
    name = value.get("__typename")
    return name if type(name) is str else None


def _flatten(values: list[Any]) -> list[Any]:
    return [item for value in values if type(value) is list for item in value if item is not None]


def _flatten_deep(values: list[Any], depth: int) -> list[Any]:
    for _ in range(depth):
        values = _flatten(values)
    return values


def locate(root: dict[str, Any], path: Sequence[PathSegment]) -> list[tuple[Place, dict[str, Any]]]:
    """Find the objects at a path with their places: the slow twin of `compile_path`, for errors only."""
    found: list[tuple[Place, Any]] = [((), root)]
    for segment in path:
        found = _locate_segment(found, segment)
    return [(place, value) for place, value in found if type(value) is dict]


def _locate_segment(found: list[tuple[Place, Any]], segment: PathSegment) -> list[tuple[Place, Any]]:
    if isinstance(segment, KeySegment):
        return [
            ((*place, segment.key), value[segment.key])
            for place, value in found
            if type(value) is dict and value.get(segment.key) is not None
        ]
    if isinstance(segment, FlattenSegment):
        for _ in range(segment.depth):
            found = [
                ((*place, index), item)
                for place, value in found
                if type(value) is list
                for index, item in enumerate(value)
                if item is not None
            ]
        return found
    return [(place, value) for place, value in found if type(value) is dict and type_name(value) in segment.types]


def key_path(path: Sequence[PathSegment]) -> tuple[str, ...]:
    """Give a path's keys alone."""
    return tuple(segment.key for segment in path if isinstance(segment, KeySegment))
