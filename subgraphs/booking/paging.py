"""Keyset paging: a cursor names the last thing of a page by its sort key, so that pages neither skip nor repeat.

A cursor is URL-safe base64 of the sort key as a JSON list: opaque to clients, and checked when it comes back.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, and_, literal, or_, tuple_
from sqlalchemy.sql.elements import UnaryExpression

from subgraphs.common.errors import BadUserInput

T = TypeVar("T")
Key = tuple[Any, ...]
"""The values of a sort key: text, numbers, days, moments; the last one makes it unique."""

MAX_PAGE: Final = 100
_USUAL_PAGE: Final = 20
_LONGEST_CURSOR: Final = 4_000
_LARGEST_INTEGER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page that is asked for: `first` things after the one with the key `after`."""

    first: int
    after: Key | None = None

    @classmethod
    def of(cls, first: int | None, after: str | None, *, shape: Sequence[type]) -> PageRequest:
        """Check a client's arguments against the types of the sort key's parts; without `first` it is 20.

        Raises:
            BadUserInput: `first` outside 1 to 100, or a cursor that no page of this order gave.
        """
        size = _USUAL_PAGE if first is None else first
        if not 1 <= size <= MAX_PAGE:
            raise BadUserInput(f"`first` must be from 1 to {MAX_PAGE}.")
        return cls(size, None if after is None else _decode(after, shape))


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


@dataclass(frozen=True, slots=True)
class SortPart:
    """One part of a sort key: what to compare, which way, and the Python type of its values. It is never null."""

    column: ColumnElement[Any]
    type: type
    descending: bool = False

    @property
    def order(self) -> ColumnElement[Any] | UnaryExpression[Any]:
        """The `ORDER BY` of this part."""
        return self.column.desc() if self.descending else self.column

    def behind(self, value: object) -> ColumnElement[bool]:
        """Give the condition for rows behind a value."""
        bound = literal(value, self.column.type)
        return self.column < bound if self.descending else self.column > bound


def encode_cursor(key: Key) -> str:
    """Give the opaque text for a sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def follows(parts: Sequence[SortPart], key: Key) -> ColumnElement[bool]:
    """Give the SQL condition for rows behind a sort key."""
    if not any(part.descending for part in parts):
        # A row comparison, which an index answers.
        values = [literal(value, part.column.type) for part, value in zip(parts, key, strict=True)]
        return tuple_(*(part.column for part in parts)) > tuple_(*values)
    equal: list[ColumnElement[bool]] = []
    branches: list[ColumnElement[bool]] = []
    for part, value in zip(parts, key, strict=True):
        branches.append(and_(*equal, part.behind(value)))
        equal.append(part.column == literal(value, part.column.type))
    return or_(*branches)


def _decode(cursor: str, shape: Sequence[type]) -> Key:
    refusal = BadUserInput("`after` must be a cursor that a page of the same list and order gave.")
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise refusal
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list):
            raise refusal
        return tuple(_part(value, kind) for value, kind in zip(parts, shape, strict=True))
    except (binascii.Error, ValueError, OverflowError) as error:
        raise refusal from error


def _part(value: object, kind: type) -> object:
    """Read one part of a cursor.

    Raises:
        ValueError: it is of another type, or nothing that the database could compare.
    """
    if kind in (date, datetime) and isinstance(value, str):
        return date.fromisoformat(value) if kind is date else datetime.fromisoformat(value).astimezone(UTC)
    if type(value) is not kind:
        raise ValueError("another type")
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise ValueError("too large")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a null character")
    return value
