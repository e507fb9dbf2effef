"""Contexts: the object further up that a field takes an argument from (`@context`, `@fromContext`)."""

from __future__ import annotations

from router.planning.positions import Position
from router.planning.query_graph import QueryGraph

__all__ = ["setter_of"]


def setter_of(graph: QueryGraph, position: Position, context: str) -> Position | None:
    """Give the nearest position above whose objects set a context.

    None where there is none, or where objects of several types lead here and only some of them set it: then each type
    would have another nearest one.
    """
    setting = graph.supergraph.contexts.get(context, frozenset())
    current = position.wide
    while current.parent is not None:
        above = current.parent
        types = current.entry_types if above.base is None else above.types
        if types <= setting:
            return above
        if types & setting:
            return None
        current = above.wide
    return None
