"""Keyset paging: a cursor names the last thing of a page by its sort key, so that pages neither skip nor repeat.

A cursor is URL-safe base64 of the sort key as a JSON list: opaque to clients, and checked when it comes back.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, literal, tuple_

from subgraphs.common.errors import BadUserInput

T = TypeVar("T")
MAX_PAGE: Final = 100
_LONGEST_CURSOR: Final = 4_000
Key = tuple[Any, ...]
"""A sort key of JSON values, all ascending, unique by its last part."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page that is asked for: `first` things after the one with the key `after`."""

    first: int
    after: Key | None = None

    @classmethod
    def of(cls, first: int | None, after: str | None, *, shape: Sequence[type]) -> PageRequest:
        """Check a client's arguments against the types of the sort key's parts.

        Raises:
            BadUserInput: `first` outside 1 to 100, or a cursor that no page of this order gave.
        """
        if first is None or not 1 <= first <= MAX_PAGE:
            raise BadUserInput(f"`first` must be from 1 to {MAX_PAGE}.")
        return cls(first, None if after is None else _decode(after, shape))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Things in order, each with its sort key, and whether more follow."""

    items: tuple[T, ...]
    keys: tuple[Key, ...]
    has_next: bool

    @classmethod
    def of(cls, rows: Sequence[T], request: PageRequest, *, key: Callable[[T], Key]) -> Page[T]:
        """Build a page from up to `first + 1` rows in order."""
        shown = tuple(rows[: request.first])
        return cls(shown, tuple(key(row) for row in shown), len(rows) > request.first)


def encode_cursor(key: Key) -> str:
    """Give the opaque text for a sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def follows(columns: Sequence[ColumnElement[Any]], key: Key) -> ColumnElement[bool]:
    """Give the SQL condition for rows behind a sort key: a row comparison, which both databases know."""
    values = [literal(value, column.type) for column, value in zip(columns, key, strict=True)]
    return tuple_(*columns) > tuple_(*values)


def _decode(cursor: str, shape: Sequence[type]) -> Key:
    refusal = BadUserInput("`after` must be a cursor that a page of the same list and order gave.")
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise refusal
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise refusal from error
    if not isinstance(key, list) or [type(part) for part in key] != list(shape):
        raise refusal
    return tuple(key)
