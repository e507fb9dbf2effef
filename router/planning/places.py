"""Places of the merged tree, and the internal keys of the fields at each (rules 1, 16, 24, 26)."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["TYPENAME", "Place"]

TYPENAME = "__typename"


@dataclass(slots=True)
class _Entry:
    name: str
    arguments: str
    types: frozenset[str]
    shapes: frozenset[str]


@dataclass(slots=True)
class Place:
    """An object's place in the merged tree. Whatever is fetched for it, by whomever, shares its keys."""

    entries: dict[str, list[_Entry]] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)

    def child(self, key: str) -> Place:
        """Give the place below a key."""
        return self.children.setdefault(key, Place())

    def key_for(
        self,
        *,
        preferred: str,
        name: str,
        arguments: str,
        types: frozenset[str],
        shapes: frozenset[str],
        share: bool = True,
    ) -> str:
        """Give the internal key for a field: a known one where it fits, the preferred one where it is free.

        Two fields share a key when they are the same field with the same arguments, or belong to different types and
        have the same shape in every subgraph: then no request that holds both is refused. With `share` the field may
        take the key of the same field under another preference: a requirement reads what the client asked for anyway,
        while two aliases of the client stay two fields.
        """
        if name == TYPENAME:
            return TYPENAME
        for key in (preferred, *self.entries) if share else (preferred,):
            for entry in self.entries.get(key, ()):
                if entry.name == name and entry.arguments == arguments and _same_shape(entry, types, shapes):
                    entry.types |= types
                    return key
        key = preferred
        number = 0
        while not self._is_free(key, types, shapes):
            number += 1
            key = f"{preferred.lstrip('_') or 'field'}_{number}"
        self.entries.setdefault(key, []).append(_Entry(name, arguments, types, shapes))
        return key

    def _is_free(self, key: str, types: frozenset[str], shapes: frozenset[str]) -> bool:
        if key == TYPENAME:
            return False
        return all(
            not entry.types & types and entry.shapes == shapes and len(shapes) == 1
            for entry in self.entries.get(key, ())
        )


def _same_shape(entry: _Entry, types: frozenset[str], shapes: frozenset[str]) -> bool:
    return types <= entry.types or (entry.shapes == shapes and len(shapes) == 1)
