"""Deep merge of subgraph answers into the merged tree."""

from __future__ import annotations

from typing import Any

__all__ = ["isolated", "merge_object"]


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
        old = target.get(key)
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


def isolated(value: dict[str, Any]) -> dict[str, Any]:
    """Copy an answer's object with the containers in it, for a place that must not share them with another."""
    return {key: _copy(item) if type(item) is dict or type(item) is list else item for key, item in value.items()}


def _copy(value: Any) -> Any:
    if type(value) is dict:
        return isolated(value)
    if type(value) is list:
        return [_copy(item) if type(item) is dict or type(item) is list else item for item in value]
    return value
