"""From a body's bytes to a request: what JSON allows and other readers stumble over."""

from __future__ import annotations

import pytest

from router.server.refusals import BadRequest
from router.server.request_parsing import from_body, from_query_string


def test_integers_of_any_length_stay_exact() -> None:
    request = from_body(b'{"query":"{a}","variables":{"n":[123456789012345678901234567890,-9223372036854775809]}}')

    assert request.variables == {"n": [123456789012345678901234567890, -9223372036854775809]}


def test_in_a_query_string_too() -> None:
    request = from_query_string(b"query=%7Ba%7D&variables=%7B%22n%22%3A123456789012345678901234567890%7D")

    assert request.variables == {"n": 123456789012345678901234567890}


def test_an_integer_beyond_a_double_that_python_does_not_read_is_refused() -> None:
    with pytest.raises(BadRequest):
        from_body(b'{"query":"{a}","variables":{"n":%b}}' % (b"9" * 5_000))


def test_of_equal_keys_the_last_counts() -> None:
    assert from_body(b'{"query":"{a}","query":"{b}"}').query == "{b}"


@pytest.mark.parametrize(
    "value",
    [b"NaN", b"Infinity", b"-Infinity", b'"\xff"', b'"\\ud800"', b"01", b"[" * 2_000 + b"]" * 2_000],
    ids=["nan", "infinity", "minus_infinity", "latin_1", "half_a_pair", "leading_zero", "depth"],
)
def test_what_is_no_json_or_too_deep_is_refused(value: bytes) -> None:
    with pytest.raises(BadRequest):
        from_body(b'{"query":"{a}","variables":{"n":%b}}' % value)


def test_a_byte_order_mark_is_refused() -> None:
    with pytest.raises(BadRequest):
        from_body(b'\xef\xbb\xbf{"query":"{a}"}')
