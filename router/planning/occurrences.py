"""Occurrences: where one response key stands in a selection, for which types and under which conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import FieldNode
from graphql.language import ArgumentNode, print_ast

from router.planning.conditions import NEVER, both, either, negated
from router.planning.plan import Conditions

__all__ = ["Occurrence", "appearances", "group_types", "print_arguments"]


@dataclass(slots=True)
class Occurrence:
    """A field where it stands; `parent` is the static type there, `types` are the concrete ones that it is for."""

    index: int
    node: FieldNode
    parent: str
    types: frozenset[str]
    conditions: Conditions


def appearances(occurrences: Sequence[Occurrence]) -> tuple[tuple[int, Conditions], ...]:
    """Say at which places a field is answered, and when at each; they exclude each other.

    The first occurrence that is not skipped gives a field its place (GraphQL specification, section 6.3.2).
    """
    found: list[tuple[int, Conditions]] = []
    seen = NEVER
    for occurrence in occurrences:
        conditions = both(occurrence.conditions, negated(seen))
        if conditions != NEVER:
            found.append((occurrence.index, conditions))
            seen = either(seen, occurrence.conditions)
    return tuple(found)


def group_types(occurrences: list[Occurrence]) -> list[tuple[frozenset[str], list[Occurrence]]]:
    """Group concrete types by the occurrences that apply to them."""
    first = occurrences[0].types
    if all(occurrence.types == first for occurrence in occurrences):
        return [(first, occurrences)]
    signatures: dict[str, list[int]] = {}
    for position, occurrence in enumerate(occurrences):
        for name in occurrence.types:
            signatures.setdefault(name, []).append(position)
    groups: dict[tuple[int, ...], set[str]] = {}
    for name in sorted(signatures):
        groups.setdefault(tuple(signatures[name]), set()).add(name)
    return _joined([(frozenset(names), [occurrences[item] for item in group]) for group, names in groups.items()])


def _joined(
    groups: list[tuple[frozenset[str], list[Occurrence]]],
) -> list[tuple[frozenset[str], list[Occurrence]]]:
    """Join groups of a leaf that differ in nothing: asked for once on the interface, a fragment adds nothing to it."""
    kept: dict[object, tuple[frozenset[str], list[Occurrence]]] = {}
    for types, occurrences in groups:
        node = occurrences[0].node
        mark: object = id(occurrences)
        if node.selection_set is None:
            mark = node.name.value, print_arguments(node.arguments or ()), appearances(occurrences)
        known = kept.get(mark)
        if known is None:
            kept[mark] = types, occurrences
        else:
            extra = [item for item in occurrences if item not in known[1]]
            kept[mark] = known[0] | types, sorted([*known[1], *extra], key=lambda item: item.index)
    return list(kept.values())


def print_arguments(arguments: Sequence[ArgumentNode]) -> str:
    """Write arguments in an order of their own, so that equal ones have equal texts."""
    return ", ".join(sorted(print_ast(argument) for argument in arguments))
