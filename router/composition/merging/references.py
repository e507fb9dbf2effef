"""Several subgraphs' types of one element → the supergraph's: the widest for answers, the narrowest for inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import ConstValueNode, print_ast

from router.composition.errors import Report
from router.composition.model import Kind, Subgraph
from router.composition.type_ref import TypeRef, is_subtype

Reference = tuple[str, TypeRef]
"""A subgraph's name and its type for an element."""


class Subtypes:
    """Which named types are subtypes of which, in any subgraph."""

    def __init__(self, subgraphs: Sequence[Subgraph]) -> None:
        self._wider: dict[str, set[str]] = {}
        for subgraph in subgraphs:
            for definition in subgraph.types.values():
                self._wider.setdefault(definition.name, set()).update(definition.interfaces)
                if definition.kind is Kind.UNION:
                    for member in definition.members:
                        self._wider.setdefault(member, set()).add(definition.name)

    def is_named_subtype(self, name: str, of: str) -> bool:
        """Tell whether every value of the first named type is one of the second."""
        return of in self._wider.get(name, ())

    def covers(self, ref: TypeRef, of: TypeRef) -> bool:
        """Tell whether every value of `ref` is a value of `of`."""
        return is_subtype(ref, of, named=self.is_named_subtype)

    def widest(self, refs: Sequence[TypeRef]) -> TypeRef | None:
        """Give the one among them that holds the values of all; None without such."""
        return next((ref for ref in refs if all(self.covers(other, ref) for other in refs)), None)

    def narrowest(self, refs: Sequence[TypeRef]) -> TypeRef | None:
        """Give the one among them whose values all of them hold; None without such."""
        return next((ref for ref in refs if all(self.covers(ref, other) for other in refs)), None)


def told(references: Sequence[Reference]) -> str:
    """Say which subgraphs have which type: `"Int" in a, b and "String" in c`."""
    by_type: dict[str, list[str]] = {}
    for subgraph, ref in references:
        by_type.setdefault(str(ref), []).append(subgraph)
    return " and ".join(f'"{ref}" in {", ".join(names)}' for ref, names in by_type.items())


def merge_default(
    defaults: Mapping[str, ConstValueNode | None], *, at: str, code: str, report: Report
) -> ConstValueNode | None:
    """Give the default that all subgraphs have; none where one has none, an error where two differ."""
    given = {print_ast(default) for default in defaults.values() if default is not None}
    if len(given) > 1:
        message = f'"{at}" has different defaults: {", ".join(sorted(given))}.'
        report.error(code, message, subgraphs=defaults, at=at)
        return None
    if None in defaults.values():
        if given:
            without = [name for name, default in defaults.items() if default is None]
            message = f'"{at}" has the default {given.pop()} in some subgraphs only; the supergraph has none.'
            report.hint("INCONSISTENT_DEFAULT_VALUE_PRESENCE", message, subgraphs=without, at=at)
        return None
    return next(iter(defaults.values()), None)
