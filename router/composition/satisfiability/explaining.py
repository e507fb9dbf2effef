"""Why a field can not be had: the operation that fails, and for each subgraph what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from router.composition.satisfiability.exploration import Explorer, Reach
from router.composition.satisfiability.places import Place, Places, Resolvability
from router.composition.supergraph import MergedField

Path: TypeAlias = tuple[str, ...]
"""The root type, then field names and `... on Type`."""


def explain(
    explorer: Explorer, resolvability: Resolvability, type_name: str, places: Places, field: MergedField, *, path: Path
) -> str:
    """Give the message of a satisfiability error, several lines long."""
    reach = explorer.reach(type_name, places)
    leaf = f"{field.name} {{ … }}" if explorer.is_composite(field.type_name) else field.name
    lines = ["No plan can answer this operation:", *_operation(path, leaf), "because"]
    lines += [f"- {reason}" for reason in _reasons(explorer, resolvability, type_name, field.name, reach)]
    return "\n".join(lines)


def explain_homeless(interface: str, subgraphs: Iterable[str], *, path: Path) -> str:
    """Give the message where the types of the values behind an interface object can not be learned."""
    lines = ["No plan can answer this operation:", *_operation(path, "__typename"), "because"]
    lines += [
        f'- {name} has "{interface}" as an interface object, and no key leads to a subgraph that has the interface;'
        for name in subgraphs
    ]
    return "\n".join(lines)


def _operation(path: Path, leaf: str) -> Iterator[str]:
    steps = [path[0].lower(), *path[1:]]
    for depth, step in enumerate(steps):
        yield f"{'  ' * (depth + 1)}{step} {{"
    yield f"{'  ' * (len(steps) + 1)}{leaf}"
    for depth in range(len(steps), 0, -1):
        yield f"{'  ' * depth}}}"


def _reasons(
    explorer: Explorer, resolvability: Resolvability, type_name: str, field: str, reach: Reach
) -> Iterator[str]:
    for place in sorted(reach.places, key=lambda place: (place.subgraph, place.type)):
        yield f"{place.subgraph} {_missing(resolvability, place, field)};"
    reached = {place.subgraph for place in reach.places}
    targets = explorer.targets(type_name)
    for subgraph in resolvability.facts:
        place = Place(subgraph, type_name)
        if subgraph in reached or not resolvability.resolves(place, field):
            continue
        keys = [
            f'"{key.text}"'
            for target in targets
            if target.subgraph == subgraph
            for key in resolvability.keys(subgraph, target.type)
        ]
        if keys:
            yield f"{subgraph} has it, but its key {' or '.join(keys)} can not be had on this way;"
        else:
            yield f"{subgraph} has it, but no resolvable key by which to enter it at {type_name};"


def _missing(resolvability: Resolvability, place: Place, field: str) -> str:
    if resolvability.declared(place, field) is None:
        return f"has no {place.type}.{field}"
    if resolvability.is_overridden(place, field):
        return f"does not resolve {place.type}.{field} for all requests, as there is an override"
    if resolvability.is_external(place, field):
        return f"does not resolve {place.type}.{field}, which is external there and not provided on this way"
    return f"can not be given what {place.type}.{field} requires"
