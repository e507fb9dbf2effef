"""Representations: objects of the merged tree to what `_entities` is asked with, each value once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson

from router.execution.encoding import encode
from router.execution.paths import type_name
from router.planning.plan import RepresentationField, RepresentationObject

__all__ = ["Builder", "RepresentationList", "compile_representation", "lacks_input"]

Builder = Callable[[dict[str, Any]], bytes | None]
"""Gives an object's representation, encoded; None where the key is incomplete."""

_ObjectBuilder = Callable[[dict[str, Any]], dict[str, Any] | None]
_ValueBuilder = Callable[[Any], Any]


class _Incomplete:
    """The value of a part of which a required field is missing."""


_INCOMPLETE = _Incomplete()


class RepresentationList:
    """The representations of one `_entities` field: equal ones are kept once.

    Attributes:
        encoded: the distinct representations, JSON, in the order of their first places.
    """

    __slots__ = ("_positions", "encoded")

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self._positions: dict[bytes, int] = {}

    def add(self, objects: list[dict[str, Any]], build: Builder, *, key: str | None) -> list[int]:
        """Add the representations of objects.

        Args:
            objects: entities in the merged tree.
            build: makes their representations.
            key: the internal key whose string value alone decides about the representation, where there is one.

        Returns:
            For each object the index of its representation, -1 where it has none.
        """
        if key is None:
            return [self._place(build(item)) for item in objects]
        positions: list[int] = []
        known: dict[str, int] = {}
        for item in objects:
            value = item.get(key)
            # Only strings are told apart by a dict as JSON tells them apart: 1, 1.0 and True are one key of a dict.
            if type(value) is not str:
                positions.append(self._place(build(item)))
                continue
            position = known.get(value)
            if position is None:
                position = known[value] = self._place(build(item))
            positions.append(position)
        return positions

    def _place(self, representation: bytes | None) -> int:
        if representation is None:
            return -1
        position = self._positions.setdefault(representation, len(self.encoded))
        if position == len(self.encoded):
            self.encoded.append(representation)
        return position


def compile_representation(representation: RepresentationObject) -> tuple[Builder, str | None]:
    """Compile a representation.

    Returns:
        The builder, and the internal key that alone decides about its result, where there is one.
    """
    fields = representation.fields
    if len(fields) == 1 and representation.typename is not None and representation.with_typename:
        only = fields[0]
        if only.required and only.selection is None and only.types is None:
            return _single_key(representation.typename, only), only.source
    build_object = _compile_object(representation)

    def build(item: dict[str, Any]) -> bytes | None:
        value = build_object(item)
        return None if value is None else encode(value)

    return build, None


def _single_key(typename: str, field: RepresentationField) -> Builder:
    head = orjson.dumps({"__typename": typename})[:-1] + b"," + orjson.dumps(field.name) + b":"
    source = field.source

    def build(item: dict[str, Any]) -> bytes | None:
        value = item.get(source)
        return None if value is None else head + encode(value) + b"}"

    return build


def _compile_object(representation: RepresentationObject) -> _ObjectBuilder:
    typename = representation.typename if representation.with_typename else None
    own_typename = representation.with_typename and typename is None
    fields = tuple(
        (field.name, field.source, field.types, field.required, _compile_value(field.selection))
        for field in representation.fields
    )

    def build(item: dict[str, Any]) -> dict[str, Any] | None:
        concrete = type_name(item)
        result: dict[str, Any] = {}
        if typename is not None:
            result["__typename"] = typename
        elif own_typename:
            if concrete is None:
                return None
            result["__typename"] = concrete
        for name, source, types, required, build_value in fields:
            if types is not None and concrete not in types:
                continue
            value = item.get(source)
            if value is not None and build_value is not None:
                value = build_value(value)
                if value is _INCOMPLETE:
                    value = None
            if value is None and required:
                return None
            # Fragments on overlapping types may repeat a field: the first that has a value stays.
            if result.get(name) is None:
                result[name] = value
        return result

    return build


def _compile_value(selection: RepresentationObject | None) -> _ValueBuilder | None:
    if selection is None:
        return None
    build_object = _compile_object(selection)

    def build(value: Any) -> Any:
        if type(value) is dict:
            result = build_object(value)
            return _INCOMPLETE if result is None else result
        if type(value) is list:
            items = [None if item is None else build(item) for item in value]
            return _INCOMPLETE if _INCOMPLETE in items else items
        return _INCOMPLETE

    return build


def lacks_input(item: dict[str, Any], sources: Collection[tuple[str, frozenset[str] | None]]) -> bool:
    """Say whether a fetch's input never arrived at an object: an absent key, other than one that is null (rule 17).

    Args:
        item: an entity in the merged tree.
        sources: internal keys of the representation's fields, each with the concrete types that it applies to.
    """
    concrete = type_name(item)
    return any(source not in item for source, types in sources if types is None or concrete in types)
