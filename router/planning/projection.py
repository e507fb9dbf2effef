"""The projection: how the response is read from the merged tree, compiled with the plan (rules 35 and 38)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from router.planning.places import TYPENAME
from router.planning.plan import FieldProjection, LeafKind, ObjectProjection, Wrapping
from router.planning.query_graph import QueryGraph
from router.planning.selections import INTROSPECTION, SelectedField, Selection, needs_true_type
from router.supergraph import TypeKind

__all__ = ["build_projection", "wrapping_of"]

_BUILT_IN = {
    "Int": LeafKind.INT,
    "Float": LeafKind.FLOAT,
    "String": LeafKind.STRING,
    "Boolean": LeafKind.BOOLEAN,
    "ID": LeafKind.ID,
}


def build_projection(graph: QueryGraph, selection: Selection) -> ObjectProjection:
    """Compile the projection of a selection whose keys are assigned."""
    visible = frozenset(name for name in selection.types if not graph.types[name].hidden)
    placed: list[tuple[int, FieldProjection]] = []
    for item in _shown(selection):
        projected = _field(graph, selection, item, visible)
        if projected is not None:
            places = item.appearances or ((item.index, item.conditions),)
            placed += [(index, replace(projected, conditions=conditions)) for index, conditions in places]
    fields = tuple(field for _, field in sorted(placed, key=itemgetter(0)))
    return ObjectProjection(selection.type_name, fields, _possible(graph, selection, fields, visible))


def _possible(
    graph: QueryGraph, selection: Selection, fields: Iterable[FieldProjection], visible: frozenset[str]
) -> frozenset[str] | None:
    """Name the types that an object must be of, where that matters."""
    named = any(item.leaf is LeafKind.TYPENAME for item in fields)
    if graph.is_nameless(selection.type_name):
        return frozenset() if named else None
    apart = named or visible != selection.types or any(item.type_condition is not None for item in fields)
    return visible if apart and graph.is_abstract(selection.type_name) else None


def _shown(selection: Selection) -> list[SelectedField]:
    """List what the client sees, in the order of the operation: what is denied is seen as null."""
    if not selection.denied:
        return selection.fields
    return sorted((*selection.fields, *selection.denied), key=lambda item: item.index)


def _field(
    graph: QueryGraph, selection: Selection, item: SelectedField, visible: frozenset[str]
) -> FieldProjection | None:
    types = item.types & visible
    if not types:
        return None
    apart = types != visible or needs_true_type(graph, selection, item)
    condition = types if apart and graph.is_abstract(selection.type_name) else None
    leaf, values, constant = LeafKind.RAW, None, None
    if item.name == TYPENAME and not item.denied:
        leaf = LeafKind.TYPENAME
        constant = None if _has_names(graph, selection.type_name) else selection.type_name
    elif item.name not in INTROSPECTION and not item.denied:
        leaf, values = _leaf(graph, item)
    return FieldProjection(
        response_key=item.response_key,
        source=item.key,
        wrapping=wrapping_of("__Type" if item.name == "__type" else item.type.text),
        type_condition=condition,
        conditions=item.conditions,
        selection=build_projection(graph, item.selection) if item.selection is not None else None,
        leaf=leaf,
        enum_values=values,
        type_name=item.type.named,
        constant=constant,
        denied=item.denied,
    )


def _has_names(graph: QueryGraph, type_name: str) -> bool:
    """Whether only the object itself says what it is."""
    return graph.is_abstract(type_name) or graph.is_nameless(type_name)


def _leaf(graph: QueryGraph, item: SelectedField) -> tuple[LeafKind, frozenset[str] | None]:
    built_in = _BUILT_IN.get(item.type.named)
    if built_in is not None:
        return built_in, None
    kind = graph.types.get(item.type.named)
    if kind is None or kind.kind is not TypeKind.ENUM:
        return LeafKind.RAW, None
    return LeafKind.ENUM, frozenset(name for name, hidden in kind.enum_values.items() if not hidden)


@lru_cache(maxsize=4096)
def wrapping_of(text: str) -> Wrapping:
    """Read a type's wrapping from its text."""
    non_null = text.endswith("!")
    inner = text.removesuffix("!")
    return Wrapping(non_null, wrapping_of(inner[1:-1]) if inner.startswith("[") else None)
