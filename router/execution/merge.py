"""Deep merge of subgraph answers into the merged tree."""

from __future__ import annotations

from typing import Any

from router.execution.encoding import encode
from router.execution.json_text import load_slowly

__all__ = ["Merger", "isolated", "merge_object"]


def merge_object(target: dict[str, Any], source: dict[str, Any], *, concrete_types: frozenset[str]) -> bool:
    """Merge `source` into `target`: objects by key, lists by index; nothing that is there is lost (rule 8).

    Containers of `source` may become part of `target`.

    Args:
        target: an object of the merged tree.
        source: a subgraph's object for the same place.
        concrete_types: names of object types: such a `__typename` is not replaced by an interface's name (rule 28).

    Returns:
        Whether the shapes agreed. Where they do not, what was there stays.
    """
    agreed = True
    for key, new in source.items():
        if key not in target:
            target[key] = new
            continue
        old = target[key]
        if old is None:
            target[key] = new
        elif new is None:
            continue
        elif type(old) is dict or type(old) is list:
            if not _merge_container(old, new, concrete_types):
                agreed = False
        elif type(new) is dict or type(new) is list:
            agreed = False
        elif key != "__typename" or new in concrete_types or old not in concrete_types:
            target[key] = new
    return agreed


def _merge_container(old: Any, new: Any, concrete_types: frozenset[str]) -> bool:
    if type(old) is dict:
        return type(new) is dict and merge_object(old, new, concrete_types=concrete_types)
    if type(new) is not list or len(old) != len(new):
        return False
    agreed = True
    for index, item in enumerate(new):
        there = old[index]
        if there is None:
            old[index] = item
        elif item is None:
            continue
        elif type(there) is dict or type(there) is list:
            if not _merge_container(there, item, concrete_types):
                agreed = False
        elif type(item) is dict or type(item) is list:
            agreed = False
        else:
            old[index] = item
    return agreed


class Merger:
    """Writes the entities of one answer to the places that asked for them.

    Attributes:
        agreed: whether every entity had the shape that it must have.
        missing: the objects for which nothing came back.
    """

    __slots__ = ("_concrete_types", "_entities", "_nested", "_used", "agreed", "missing")

    def __init__(self, entities: list[Any], *, concrete_types: frozenset[str], shares: bool) -> None:
        """Take an answer's entities; places of one entity get containers of their own unless they may share them."""
        self.agreed = True
        self.missing: list[dict[str, Any]] = []
        self._entities = entities
        self._concrete_types = concrete_types
        self._used: set[int] | None = None if shares else set()
        self._nested: dict[int, bool] = {}

    def write(self, objects: list[dict[str, Any]], positions: list[int]) -> None:
        """Merge each object's entity into it: the one at its position, none where that is -1."""
        entities, used, concrete_types = self._entities, self._used, self._concrete_types
        for item, position in zip(objects, positions, strict=True):
            if position < 0:
                continue
            entity = entities[position]
            if entity.__class__ is not dict:
                self.missing.append(item)
                self.agreed = self.agreed and entity is None
                continue
            if used is not None:
                if position in used:
                    entity = self._own(entity, position)
                else:
                    used.add(position)
            if not merge_object(item, entity, concrete_types=concrete_types):
                self.agreed = False

    def _own(self, entity: dict[str, Any], position: int) -> dict[str, Any]:
        """Give an entity whose containers are nobody else's; one without any is written to many places as it is."""
        nested = self._nested.get(position)
        if nested is None:
            nested = any(type(value) is dict or type(value) is list for value in entity.values())
            self._nested[position] = nested
        return isolated(entity) if nested else entity


def isolated(value: dict[str, Any]) -> dict[str, Any]:
    """Copy an answer's object with the containers in it, for a place that must not share them with another."""
    try:
        return _copy_object(value)
    except RecursionError:
        copy: dict[str, Any] = load_slowly(encode(value))
        return copy


def _copy_object(value: dict[str, Any]) -> dict[str, Any]:
    return {key: _copy(item) if type(item) is dict or type(item) is list else item for key, item in value.items()}


def _copy(value: Any) -> Any:
    if type(value) is dict:
        return _copy_object(value)
    if type(value) is list:
        return [_copy(item) if type(item) is dict or type(item) is list else item for item in value]
    return value
