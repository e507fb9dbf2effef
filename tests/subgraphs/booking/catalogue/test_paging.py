"""Cursors."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import orjson
import pytest

from subgraphs.booking.paging import PageRequest, encode_cursor
from subgraphs.common.errors import BadUserInput


def cursor_of(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode()


@pytest.mark.parametrize(
    "key", [("amelie", "0" * 32), (7, 8.5), (date(1999, 3, 31),), (datetime(2026, 5, 1, 20, 15, 0, 5, tzinfo=UTC),)]
)
def test_a_cursor_comes_back_as_the_key_it_was_made_of(key: tuple[object, ...]) -> None:
    request = PageRequest.of(5, encode_cursor(key), shape=[type(part) for part in key])
    assert request == PageRequest(5, key)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "é",
        "a" * 5_000,
        cursor_of({"a": 1}),
        cursor_of(["only one part"]),
        cursor_of(["three", 1, 2]),
        cursor_of(["a", "1"]),
        cursor_of(["a", True]),
        cursor_of(["a", 2**40]),
        cursor_of(["a\0", 1]),
        cursor_of([None, 1]),
    ],
)
def test_a_cursor_of_something_else_is_refused(cursor: str) -> None:
    with pytest.raises(BadUserInput, match="after"):
        PageRequest.of(5, cursor, shape=(str, int))


@pytest.mark.parametrize("moment", ["yesterday", "2026-02-30T00:00:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_cursor_with_an_impossible_moment_is_refused(moment: str) -> None:
    with pytest.raises(BadUserInput, match="after"):
        PageRequest.of(5, cursor_of([moment]), shape=(datetime,))


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_a_page_has_1_to_100_things(first: int) -> None:
    with pytest.raises(BadUserInput, match="1 to 100"):
        PageRequest.of(first, None, shape=())


def test_a_page_has_20_things_when_nothing_is_said() -> None:
    assert PageRequest.of(None, None, shape=()).first == 20
