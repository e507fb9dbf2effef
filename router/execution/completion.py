"""Completion by the book: the merged tree to the response, with an error for every null that must not be.

This reads the projection as it stands and knows where it is at any time; `generated` has its quick twin for trees in
which nothing is amiss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from router.execution.attribution import Attribution
from router.execution.errors import ErrorLog
from router.execution.leaves import WrongLeaf, coerced
from router.execution.paths import Place, type_name
from router.planning.plan import ALWAYS, Conditions, FieldProjection, LeafKind, ObjectProjection, Wrapping

__all__ = ["NOT_ALLOWED", "UNAUTHORIZED", "Completion", "holds"]

UNAUTHORIZED = "UNAUTHORIZED_FIELD_OR_TYPE"  # as Apollo's router calls it
NOT_ALLOWED = "Unauthorized field or type"
NON_NULL = "NON_NULL_VIOLATION"
INVALID = "INVALID_SUBGRAPH_VALUE"


class _NullBubbles(Exception):
    """A position that must not be null is: the next one above that may be becomes null."""


def holds(conditions: Conditions, variables: Mapping[str, Any]) -> bool:
    """Say whether conditions are true for coerced variables."""
    if conditions == ALWAYS:
        return True
    return any(all(variables.get(one.variable) is one.expected for one in all_of) for all_of in conditions)


class Completion:
    """Completes one response (GraphQL specification, section 6.4.3)."""

    def __init__(
        self,
        variables: Mapping[str, Any],
        *,
        errors: ErrorLog,
        attribution: Attribution,
        at: tuple[Place, Place] = ((), ()),
    ) -> None:
        """Begin; `at` is where the object is that is completed: the client's path, and that in the merged tree."""
        self._variables = variables
        self._errors = errors
        self._attribution = attribution
        self._path: list[str | int] = [*at[0]]
        self._place: list[str | int] = [*at[1]]
        # An error that is known already explains the nulls at its path, above it and below it.
        known = [tuple(error["path"]) for error in errors.errors if "path" in error]
        self._explained = set(known)
        self._above_explained = {path[:length] for path in known for length in range(len(path) + 1)}

    def root(self, projection: ObjectProjection, tree: Any) -> dict[str, Any] | None:
        """Complete the operation's root object; None where null bubbled up to it."""
        try:
            return self._object(projection, tree)
        except _NullBubbles:
            return None

    def _object(self, projection: ObjectProjection, value: Any) -> dict[str, Any] | None:
        if type(value) is not dict:
            self._report(f"An object of type {projection.parent_type} was expected.", INVALID)
            return None
        concrete = type_name(value)
        if projection.possible_types is not None and concrete not in projection.possible_types:
            self._report(f"The value is of no type that {projection.parent_type} can have here.", INVALID)
            return None
        result: dict[str, Any] = {}
        for field in projection.fields:
            if field.type_condition is not None and concrete not in field.type_condition:
                continue
            if holds(field.conditions, self._variables):
                result[field.response_key] = self._field(projection, field, value)
        return result

    def _field(self, projection: ObjectProjection, field: FieldProjection, value: dict[str, Any]) -> Any:
        if field.constant is not None:
            return field.constant
        self._path.append(field.response_key)
        self._place.append(field.source)
        try:
            if field.denied:
                return self._deny(field)
            return self._value(field, field.wrapping, value.get(field.source), projection.parent_type)
        finally:
            self._path.pop()
            self._place.pop()

    def _deny(self, field: FieldProjection) -> None:
        """Leave null in the place of what the caller may not have, and say so (rule 40)."""
        path: Place = tuple(self._path)
        self._explain(path)
        self._errors.add(NOT_ALLOWED, code=UNAUTHORIZED, path=path)
        if field.wrapping.non_null:
            raise _NullBubbles

    def _value(self, field: FieldProjection, wrapping: Wrapping, value: Any, parent_type: str) -> Any:
        try:
            completed = None if value is None else self._present(field, wrapping, value, parent_type)
        except _NullBubbles:
            if wrapping.non_null:
                raise
            return None
        if completed is None and wrapping.non_null:
            message = f"Cannot return null for non-nullable field {parent_type}.{field.response_key}."
            self._report(message, NON_NULL)
            raise _NullBubbles
        return completed

    def _present(self, field: FieldProjection, wrapping: Wrapping, value: Any, parent_type: str) -> Any:
        if wrapping.item is not None:
            return self._list(field, wrapping.item, value, parent_type)
        if field.selection is not None:
            return self._object(field.selection, value)
        if field.leaf is LeafKind.ENUM and (type(value) is not str or value not in (field.enum_values or ())):
            self._report(f"The value is none that {field.type_name} can have here.", INVALID)
            return None
        try:
            return coerced(field.leaf, value)
        except WrongLeaf:
            self._report(f"The value is none that {field.type_name} can have.", INVALID)
            return None

    def _list(self, field: FieldProjection, wrapping: Wrapping, value: Any, parent_type: str) -> list[Any] | None:
        if type(value) is not list:
            self._report(f"A list of {field.type_name} was expected.", INVALID)
            return None
        result = []
        for index, item in enumerate(value):
            self._path.append(index)
            self._place.append(index)
            try:
                result.append(self._value(field, wrapping, item, parent_type))
            finally:
                self._path.pop()
                self._place.pop()
        return result

    def _report(self, message: str, code: str) -> None:
        path: Place = tuple(self._path)
        if path in self._above_explained or any(path[:length] in self._explained for length in range(1, len(path))):
            return
        if self._errors.is_full:
            self._errors.leave_out()
            return
        self._explain(path)
        self._errors.add(message, code=code, path=path, service=self._attribution.service(self._place))

    def _explain(self, path: Place) -> None:
        self._above_explained.update(path[:length] for length in range(len(path) + 1))
        self._explained.add(path)
