"""Inputs made from the schema: harmless ones that name nothing that exists, and hostile ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

_UNKNOWN_ID = "0" * 32
_HARMLESS: dict[str, Any] = {
    "ID": _UNKNOWN_ID,
    "String": "Something",
    "Int": 1,
    "Float": 1.0,
    "Boolean": False,
    "DateTime": "2030-01-01T20:00:00Z",
    "Date": "2026-01-01",
    "Decimal": "12.50",
    "BigInt": 1,
}
_TEXTS: tuple[Any, ...] = (
    "",
    " ",
    "x",
    "' OR 1=1; --",
    '"; DROP TABLE seat_claims; --',
    "\u0000",
    "\ud800",
    "a\u202eb",
    "%s%n{}${7*7}",
    "x" * 1_000_000,
)
_HOSTILE: dict[str, tuple[Any, ...]] = {
    "ID": (*_TEXTS, -1, 0, "0" * 32 + "." + "0" * 32, "0" * 32 + ".999999999999999999999"),
    "String": _TEXTS,
    "Int": (-1, 0, 2**31 - 1, 2**31, 1.5, "1"),
    "Boolean": ("true", 1),
    "DateTime": ("2026-01-01T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-45T99:00:00Z", "", 5),
    "Date": ("0001-01-01", "9999-12-31", "2026-02-30", "", 5),
    "Decimal": ("NaN", "Infinity", "-1", "0", "1e9", 1.5, "999999999999999999", "0.0000001", ""),
    "BigInt": (-1, 2**63 - 1, 2**63, "x", 1.5),
}


def harmless_input(kind: GraphQLInputType) -> Any:
    """Give a value of the type, well formed, that names nothing that exists."""
    if isinstance(kind, GraphQLNonNull):
        return harmless_input(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [harmless_input(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: harmless_input(field.type) for name, field in kind.fields.items() if is_required_input_field(field)
        }
    return _HARMLESS[kind.name]


def hostile_inputs(kind: GraphQLInputObjectType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give variations of the harmless input with one part of it hostile, each with a name."""
    base = harmless_input(kind)
    for name, field in kind.fields.items():
        for label, value in _hostile_values(field.type):
            yield f"{name}={label}", {**base, name: value}


def _hostile_values(kind: GraphQLInputType) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, GraphQLNonNull):
        yield from _hostile_values(kind.of_type)
    elif isinstance(kind, GraphQLList):
        one = harmless_input(kind.of_type)
        yield from (("[]", []), ("doubled", [one, one]), ("10000", [one] * 10_000))
        for label, value in _hostile_values(kind.of_type):
            yield f"[{label}]", [value]
    elif isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            for label, value in _hostile_values(field.type):
                yield f"{name}:{label}", {**harmless_input(kind), name: value}
    elif isinstance(kind, GraphQLEnumType):
        yield "unknown value", "NO_SUCH_VALUE"
    else:
        for value in _HOSTILE[kind.name]:
            yield f"{str(value)[:20]!a}", value
