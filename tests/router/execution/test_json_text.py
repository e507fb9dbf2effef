"""JSON that orjson refuses or rounds is read and written as it stands."""

from __future__ import annotations

import json
import random
from typing import Any

import orjson
import pytest

from router.execution.encoding import encode
from router.execution.json_text import NotJson, has_long_numbers, load, load_slowly


def nested(levels: int, inner: str = "1") -> bytes:
    """Lists and objects in turn."""
    return b'{"a":[' * (levels // 2) + inner.encode() + b"]}" * (levels // 2)


def thawed(value: Any) -> Any:
    """Read the numbers that were kept as text."""
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    if isinstance(value, list):
        return [thawed(item) for item in value]
    if isinstance(value, dict):
        return {key: thawed(item) for key, item in value.items()}
    return value


def random_value(source: random.Random, depth: int = 4) -> Any:
    kind = source.random()
    if depth == 0 or kind < 0.4:
        return source.choice([None, True, 0, -5, 2**63, 10**30, 1.5, -2e-7, "", 'é\n"\\', "😀"])
    if kind < 0.7:
        return [random_value(source, depth - 1) for _ in range(source.randrange(4))]
    return {source.choice("abé"): random_value(source, depth - 1) for _ in range(source.randrange(4))}


class TestReading:
    @pytest.mark.parametrize("levels", [300, 1_000, 1_100, 2_000, 20_000])
    def test_any_depth_is_read_and_written(self, levels: int) -> None:
        body = nested(levels)

        assert encode(load(body)) == body

    def test_what_stands_beside_a_deep_part_stays(self) -> None:
        body = b'[{"x":"\\u00e9","y":[]},' + nested(2_000, '"in"') + b',{"z":{}},[ ],-1.5e3,true,null]'
        value = load(body)

        assert [value[0], *value[2:]] == [{"x": "é", "y": []}, {"z": {}}, [], -1500.0, True, None]
        assert load(encode(value))[0] == {"x": "é", "y": []}

    @pytest.mark.parametrize("text", ["18446744073709551616", "-9223372036854775809", "9" * 5_000])
    def test_integers_beyond_64_bits_stay_exact(self, text: str) -> None:
        body = b'{"n":[%b]}' % text.encode()

        assert encode(load(body, exact=True)) == body

    @pytest.mark.parametrize("text", ["1e400", "-1.7976931348623157e+400", "0.1234567890123456789012345"])
    def test_decimals_beyond_a_double_stay_exact(self, text: str) -> None:
        assert encode(load(text.encode(), exact=True)) == text.encode()

    @pytest.mark.parametrize("text", ["0.1", "1.7976931348623157e+308", "9223372036854775807", "123"])
    def test_numbers_that_python_keeps_are_numbers(self, text: str) -> None:
        value = load(b"[%b,10000000000000000000000]" % text.encode(), exact=True)

        assert value[0] == json.loads(text)
        assert type(value[0]) in {int, float}

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (rb'"\ud83d"', "\ufffd"),
            (rb'"\uDE00 x"', "\ufffd x"),
            (rb'"\ud83d\ude00\ud83d"', "😀\ufffd"),
            (rb'"\\ud83d\ud83dA"', "\\ud83d\ufffdA"),
            (b'\xef\xbb\xbf"x"', "x"),
        ],
    )
    def test_half_surrogate_pairs_are_replaced_and_a_byte_order_mark_is_passed_over(
        self, body: bytes, text: str
    ) -> None:
        assert load(body) == text

    def test_of_equal_keys_the_last_counts(self) -> None:
        assert load(b'{"a":1,"a":2}') == load_slowly(b'{"a":1,"a":2}') == {"a": 2}

    @pytest.mark.parametrize(
        "body",
        [b"", b"NaN", b"[Infinity]", b"[-Infinity]", b'"\xff"', b"<html>", b"{} {}", b"[1,]", b'{"a"}', b"[01]", b"[1"],
    )
    def test_what_is_no_json_is_refused_whatever_is_around_it(self, body: bytes) -> None:
        with pytest.raises(NotJson):
            load(body)
        if body:
            with pytest.raises(NotJson):
                load(nested(1_200, "0").replace(b"0", body))

    def test_the_slow_ways_agree_with_the_standard_library(self) -> None:
        source = random.Random(11)
        for _ in range(100):
            value = random_value(source)
            text = json.dumps(value, indent=source.choice([None, 1]), ensure_ascii=source.random() < 0.5).encode()
            assert thawed(load_slowly(text)) == value
            deep = load_slowly(b"[" * 1_100 + text + b"]" * 1_100)
            assert json.loads(encode(value)) == value
            for _ in range(1_100):
                deep = deep[0]
            assert thawed(deep) == value


class TestLookingForLongNumbers:
    def test_any_place_of_nineteen_digits_is_found(self) -> None:
        for before in range(8):
            assert has_long_numbers(b" " * before + b"1234567890123456789" + b" " * 5)

    def test_dates_and_shorter_numbers_are_passed_over(self) -> None:
        assert not has_long_numbers(b'["2026-01-01T10:00:00.000000Z",123456789012345678,"ab12"]' * 20)
