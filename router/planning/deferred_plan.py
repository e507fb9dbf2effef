"""Stage 7, the plan: what is delivered after the first response, frozen."""

from __future__ import annotations

from collections.abc import Sequence

from router.planning.deferral import DeferredSelection, Parted
from router.planning.fetch_tree import Group
from router.planning.normalise import NormalOperation
from router.planning.plan import Deferral, DeferredPart
from router.planning.projection import build_projection
from router.planning.query_graph import QueryGraph

__all__ = ["build_deferral"]


def build_deferral(graph: QueryGraph, normal: NormalOperation, groups: Sequence[Group], parted: Parted) -> Deferral:
    """Freeze what comes later."""
    ids = {group: number for number, group in enumerate(groups)}
    first = _with_needs([group for group in groups if not group.delivery])
    parts = []
    for item in parted.parts:
        needed = _with_needs([group for group in groups if item.delivery in {group.delivery, *group.serves}])
        parts.append(
            DeferredPart(
                fragments=item.fragments,
                path=item.path,
                projection=build_projection(graph, item.selection),
                types=_types(item),
                conditions=item.conditions,
                steps=tuple(sorted(ids[group] for group in needed)),
            )
        )
    return Deferral(
        fragments=parted.fragments,
        parts=tuple(parts),
        first=tuple(sorted(ids[group] for group in first)),
        whole=build_projection(graph, normal.selection),
    )


def _with_needs(groups: Sequence[Group]) -> set[Group]:
    """Add all requests that these need."""
    found = set(groups)
    waiting = list(groups)
    while waiting:
        more = waiting.pop().needs - found
        found |= more
        waiting += more
    return found


def _types(item: DeferredSelection) -> frozenset[str] | None:
    return None if item.types == item.selection.types else item.types
