"""Whether a subgraph's answer is the response as it stands, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from router.planning.fetch_tree import FetchField, FetchNode, Group
from router.planning.places import TYPENAME
from router.planning.plan import ALWAYS
from router.planning.query_graph import QueryGraph
from router.planning.selections import SelectedField, Selection
from router.supergraph import TypeKind

__all__ = ["answers_alone"]


def answers_alone(graph: QueryGraph, selection: Selection, groups: Sequence[Group]) -> bool:
    """Whether one request selects just what the client did, in its order, under its names, and hides nothing."""
    if len(groups) != 1 or groups[0].root is None or groups[0].reason() != ALWAYS:
        return False
    waiting = [(groups[0].root, selection)]
    while waiting:
        node, wanted = waiting.pop()
        fetched = sorted(node.fields.values(), key=lambda item: item.order)
        if wanted.denied or node.typename or len(fetched) != len(wanted.fields) or not fetched:
            return False
        if any(graph.types[name].hidden for name in wanted.types):
            return False
        if graph.is_interface_object(groups[0].subgraph, node.type_name):
            return False
        for have, want in zip(fetched, wanted.fields, strict=True):
            if not _same(graph, groups[0].subgraph, node, have, want) or want.types != wanted.types:
                return False
            if have.child is not None and want.selection is not None:
                waiting.append((have.child, want.selection))
    return True


def _same(graph: QueryGraph, subgraph: str, node: FetchNode, have: FetchField, want: SelectedField) -> bool:
    if have.key != want.response_key or have.name != want.name or have.types != want.types:
        return False
    if have.conditions != want.conditions or want.appearances:
        return False
    if have.name == TYPENAME:
        return not graph.is_nameless(node.type_name)
    kind = graph.types.get(want.type.named)
    if kind is not None and kind.kind is TypeKind.ENUM and any(kind.enum_values.values()):
        return False
    # What the subgraph may answer with null where clients may not see it has to be looked at.
    own = graph.types[node.type_name].subgraphs.get(subgraph)
    field = own.fields.get(have.name) if own is not None else None
    if field is not None and have.child is not None and field.type.named != have.child.type_name:
        return False  # it is asked for in fragments, which come after the other fields
    return field is not None and field.type.shape.count("!") >= want.type.shape.count("!")
