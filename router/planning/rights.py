"""Rule 40: which fields of an operation ask something of the caller, and which of them the caller may not have.

A field asks for what stands on it, on the type that it returns and on the type that it is a field of. Where the
position is abstract both count: the interface that the field was written on, and each concrete type by itself, so that
a list shows the items of those types that the caller may see.
"""

from __future__ import annotations

from collections.abc import Iterator

from router.planning.conditions import both
from router.planning.places import TYPENAME
from router.planning.plan import ALWAYS, Conditions, DeniedField
from router.planning.selections import INTROSPECTION, Selection
from router.supergraph import Requirement, Supergraph

__all__ = ["Collector", "Denial", "Rights", "denied_fields"]

_NOTHING: frozenset[Requirement] = frozenset()


class Rights:
    """What each field of a supergraph asks of the caller. Built once; `guarded` is false where nothing ever is."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._types = supergraph.types
        self._roots = frozenset(supergraph.root_types.values())
        self._known: dict[tuple[str, str], frozenset[Requirement]] = {}
        self.guarded = supergraph.guarded

    def of(self, parent: str, name: str) -> frozenset[Requirement]:
        """Give what a field of a type asks for; `__typename` asks for what its type does, but not at the root."""
        key = (parent, name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(parent, name)
        return found

    def _find(self, parent: str, name: str) -> frozenset[Requirement]:
        if name in INTROSPECTION or (name == TYPENAME and parent in self._roots):
            return _NOTHING
        own = self._types[parent].requirements
        if name == TYPENAME:
            return own
        field = self._types[parent].fields[name]
        returned = self._types.get(field.type.named)
        return own | field.requirements | (returned.requirements if returned is not None else _NOTHING)


class Denial:
    """Denies the fields that ask for something which is not met; a `Guard` of selections."""

    def __init__(self, rights: Rights, unmet: frozenset[Requirement]) -> None:
        self._rights = rights
        self._unmet = unmet

    def denied(self, name: str, *, parent: str, types: frozenset[str]) -> frozenset[str]:
        """Name the types whose field is denied: all of them where the type that it was written on denies it."""
        if self._rights.of(parent, name) & self._unmet:
            return types
        return frozenset(concrete for concrete in types if self._rights.of(concrete, name) & self._unmet)


class Collector:
    """Denies nothing and remembers what was asked for; a `Guard` of selections."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self.requirements: set[Requirement] = set()

    def denied(self, name: str, *, parent: str, types: frozenset[str]) -> frozenset[str]:
        """Take down what a field asks for, on the type that it was written on and on those that can be."""
        for owner in {parent, *types}:
            self.requirements |= self._rights.of(owner, name)
        return frozenset()


def denied_fields(selection: Selection) -> tuple[DeniedField, ...]:
    """List what is denied in an operation, each path once for its conditions, in the order of the operation."""
    return tuple(dict.fromkeys(_walk(selection)))


def _walk(root: Selection) -> Iterator[DeniedField]:
    waiting: list[tuple[Selection, tuple[str, ...], Conditions]] = [(root, (), ALWAYS)]
    while waiting:
        selection, path, conditions = waiting.pop()
        for item in selection.denied:
            yield DeniedField((*path, item.response_key), both(conditions, item.conditions))
        waiting += [
            (item.selection, (*path, item.response_key), both(conditions, item.conditions))
            for item in reversed(selection.fields)
            if item.selection is not None
        ]
