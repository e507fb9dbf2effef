"""Leaf values by the book: result coercion of the built-in scalars (GraphQL specification, section 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from graphql import GraphQLBoolean, GraphQLError, GraphQLFloat, GraphQLInt, GraphQLString

from router.planning.plan import LeafKind

__all__ = ["QUICK_TESTS", "WrongLeaf", "coerced"]


class WrongLeaf(Exception):
    """A value is none of its type, and cannot be read as one without a loss."""


QUICK_TESTS: Final[Mapping[LeafKind, str]] = {
    LeafKind.INT: "{v}.__class__ is not int or not -2147483648 <= {v} <= 2147483647",
    LeafKind.FLOAT: "{v}.__class__ is not float and {v}.__class__ is not int",
    LeafKind.STRING: "{v}.__class__ is not str",
    LeafKind.TYPENAME: "{v}.__class__ is not str",
    LeafKind.BOOLEAN: "{v}.__class__ is not bool",
    LeafKind.ID: "{v}.__class__ is not str and {v}.__class__ is not int",
}
"""Python that is true where a value has to be looked at here; where it is false `coerced` gives the value itself."""


def _coerced_id(value: Any) -> Any:
    # Integers are left as they are: clients of a subgraph that serialises its ids as numbers expect them from it.
    if type(value) is str or type(value) is int:
        return value
    if type(value) is orjson.Fragment and type(_number(value)) is int:
        return value
    raise WrongLeaf


def _coerced_name(value: Any) -> Any:
    if type(value) is str:
        return value
    raise WrongLeaf


def _coerced_float(value: Any) -> Any:
    if type(value) is int:
        return value
    return GraphQLFloat.serialize(float(_number(value)) if type(value) is orjson.Fragment else value)


_COERCE: Final[Mapping[LeafKind, Callable[[Any], Any]]] = {
    LeafKind.INT: lambda value: GraphQLInt.serialize(_number(value) if type(value) is orjson.Fragment else value),
    LeafKind.FLOAT: _coerced_float,
    LeafKind.STRING: lambda value: GraphQLString.serialize(
        orjson.dumps(value).decode() if type(value) is orjson.Fragment else value
    ),
    LeafKind.TYPENAME: _coerced_name,
    LeafKind.BOOLEAN: GraphQLBoolean.serialize,
    LeafKind.ID: _coerced_id,
}


def coerced(kind: LeafKind, value: Any) -> Any:
    """Give a built-in scalar's value as clients may rely on it; what is no built-in scalar's as it is.

    Args:
        kind: how the leaf is completed.
        value: decoded JSON, not null; numbers beyond Python's quick ones as `orjson.Fragment`.

    Raises:
        WrongLeaf: the value is another type's.
    """
    coerce = _COERCE.get(kind)
    if coerce is None:
        return value
    try:
        return coerce(value)
    except (GraphQLError, ValueError, OverflowError) as error:
        raise WrongLeaf from error


def _number(fragment: orjson.Fragment) -> int | float:
    """Read a number that was kept as text; ValueError where it has more digits than Python reads."""
    text = orjson.dumps(fragment).decode()
    return float(text) if any(mark in text for mark in ".eE") else int(text)
