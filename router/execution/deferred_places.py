"""Where deferred fields belong: objects that the client has already, beside their twins in the merged tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from router.execution.paths import Place
from router.planning.plan import Deferral, ResponseSegment

__all__ = ["ErrorRoutes", "Spot", "length_of", "spots"]


class Spot(NamedTuple):
    """An object in the response and in the merged tree.

    Attributes:
        path: the client's path.
        place: the path in the merged tree.
        shown: what the client has of it.
        known: what is known of it.
    """

    path: Place
    place: Place
    shown: dict[str, Any]
    known: dict[str, Any]


def spots(
    response: dict[str, Any] | None, tree: dict[str, Any], path: Sequence[ResponseSegment], types: frozenset[str] | None
) -> list[Spot]:
    """Find the objects at a path that the client has, null left out.

    Args:
        response: all that was delivered so far.
        tree: the merged tree.
        path: from the root.
        types: the concrete types that count; None for all.
    """
    found = [] if response is None else [Spot((), (), response, tree)]
    for segment in path:
        found = [spot for above in found if _is_of(above, segment.types) for spot in _below(above, segment)]
    return [spot for spot in found if _is_of(spot, types)]


def length_of(path: Sequence[ResponseSegment]) -> int:
    """Give the length of the client's paths to the objects at a path."""
    return sum(1 + segment.list_depth for segment in path)


def _is_of(spot: Spot, types: frozenset[str] | None) -> bool:
    return types is None or spot.known.get("__typename") in types


def _below(above: Spot, segment: ResponseSegment) -> list[Spot]:
    """Go through one field, and all list levels below it."""
    shown, known = above.shown.get(segment.response_key), above.known.get(segment.source)
    found: list[tuple[Place, Place, Any, Any]] = [
        ((*above.path, segment.response_key), (*above.place, segment.source), shown, known)
    ]
    for _ in range(segment.list_depth):
        found = [
            ((*path, index), (*place, index), shown[index], known[index])
            for path, place, shown, known in found
            if type(shown) is list and type(known) is list
            for index in range(min(len(shown), len(known)))
        ]
    return [
        Spot(path, place, shown, known)
        for path, place, shown, known in found
        if type(shown) is dict and type(known) is dict
    ]


class ErrorRoutes:
    """Tells by an error's path which deferred fragments bring the field that it is about."""

    def __init__(self, deferral: Deferral) -> None:
        self._brought_by: dict[tuple[str, ...], tuple[int, ...]] = {}
        for part in deferral.parts:
            above = tuple(segment.response_key for segment in part.path)
            for field in part.projection.fields:
                self._brought_by[*above, field.response_key] = part.fragments

    def of(self, path: Sequence[str | int]) -> tuple[int, ...]:
        """Name the fragments; none where the field comes with the first response."""
        keys = tuple(key for key in path if isinstance(key, str))
        found: tuple[int, ...] = ()
        for length in range(1, len(keys) + 1):
            found = self._brought_by.get(keys[:length], found)
        return found
