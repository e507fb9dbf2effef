"""Arguments from contexts: which entities of a fetch lie below which values; each request has one value each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from router.execution.paths import Collector, compile_path, type_name
from router.planning.plan import EntityTarget, RepresentationObject

__all__ = ["ContextProgram", "Share"]


@dataclass(frozen=True, slots=True)
class Share:
    """The entities of one request.

    Attributes:
        values: the request's variables that come from contexts.
        objects: the ids of the objects that are asked for with them.
    """

    values: dict[str, Any]
    objects: frozenset[int]


class ContextProgram:
    """What one target takes from objects above its own, compiled."""

    __slots__ = ("_contexts", "_last", "_stages")

    def __init__(self, target: EntityTarget) -> None:
        self._contexts = sorted(target.contexts, key=lambda item: item.depth)
        depths = [item.depth for item in self._contexts]
        starts = [0, *depths]
        self._stages: list[Collector] = [
            compile_path(target.path[start:end]) for start, end in zip(starts, depths, strict=False)
        ]
        self._last = compile_path(target.path[starts[-1] :])

    def shares(self, tree: dict[str, Any]) -> list[Share]:
        """Divide the target's objects by what is above them; those that lack a value they need are in no share."""
        objects: dict[bytes, set[int]] = {}
        values: dict[bytes, dict[str, Any]] = {}
        for item, given in self._walk(tree, {}, 0):
            key = orjson.dumps(given)
            values.setdefault(key, given)
            objects.setdefault(key, set()).update(map(id, self._last(item)))
        return [Share(values[key], frozenset(ids)) for key, ids in objects.items() if ids]

    def _walk(
        self, item: dict[str, Any], given: dict[str, Any], number: int
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Give the lowest objects that set a context, each with all values from there up."""
        if number == len(self._contexts):
            yield item, given
            return
        context = self._contexts[number]
        for setter in self._stages[number](item):
            value = _leaf(setter, context.value)
            if value is not None or not context.required:
                yield from self._walk(setter, given | {context.variable: value}, number + 1)


def _leaf(value: Any, selection: RepresentationObject | None) -> Any:
    """Give the one leaf of a value that a selection tells; of a list, a list of them."""
    if selection is None or value is None:
        return value
    if type(value) is list:
        return [_leaf(item, selection) for item in value]
    if type(value) is not dict:
        return None
    concrete = type_name(value)
    for field in selection.fields:
        if field.types is None or concrete in field.types:
            found = _leaf(value.get(field.source), field.selection)
            if found is not None:
                return found
    return None
