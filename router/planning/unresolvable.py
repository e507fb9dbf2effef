"""Why a field cannot be had at a position: what each subgraph lacks. For operators; clients get the first line only."""

from __future__ import annotations

from collections.abc import Iterator

from router.errors import PlanningError
from router.planning.positions import Position
from router.planning.print_plan import print_path
from router.planning.query_graph import QueryGraph
from router.planning.ways import Way, Ways
from router.supergraph import JoinField

__all__ = ["unresolvable"]


def unresolvable(graph: QueryGraph, ways: Ways, position: Position, name: str) -> PlanningError:
    """Make the error for a field that no subgraph resolves at a position (rule 23)."""
    where = print_path(position.path(graph)) or "the root"
    found = ways.at(position)
    reasons = [f"at {where}", f"reached there: {', '.join(_reached(found)) or 'nothing'}"]
    for concrete in sorted(position.types):
        for subgraph, own in graph.types[concrete].subgraphs.items():
            reasons.append(f"{subgraph}: {_reason(graph, concrete, name, subgraph, own.fields.get(name), found)}")
    return PlanningError(f"no subgraph can resolve {position.type_name}.{name} here", details=tuple(reasons))


def _reached(found: dict[str, Way]) -> Iterator[str]:
    for subgraph, way in found.items():
        if way.key is not None:
            yield f"{subgraph} by {way.entry} {{{way.key.text}}}"
        else:
            yield subgraph


def _reason(
    graph: QueryGraph, concrete: str, name: str, subgraph: str, field: JoinField | None, found: dict[str, Way]
) -> str:
    coordinate = f"{concrete}.{name}"
    if field is None:
        return f"has no {coordinate}"
    if field.external:
        return f"{coordinate} is external, and nothing above provides it"
    if field.overridden:
        return f"{coordinate} is overridden by another subgraph"
    if all(source.subgraph != subgraph for source in graph.sources(concrete, name)):
        return f"{coordinate} depends on a label of a progressive override"
    if subgraph not in found:
        return f"has {coordinate}, but {_closed(graph, concrete, subgraph)}"
    if field.contexts:
        names = ", ".join(f"${argument.context}" for argument in field.contexts)
        return f"{coordinate} takes arguments from {names}, which are not all set above, or cannot be had there"
    if field.requires is not None:
        return f"{coordinate} requires {{{field.requires.text}}}, which cannot all be had here"
    return f"has {coordinate}, but not for all types of this position alike"


def _closed(graph: QueryGraph, concrete: str, subgraph: str) -> str:
    keys = graph.keys(subgraph, concrete)
    if not keys:
        return f"{concrete} has no resolvable key there"
    return f"none of its keys can be had here: {', '.join(f'{{{key.text}}}' for key in keys)}"
