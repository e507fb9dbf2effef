"""JSON in: orjson, and slower ways for what orjson refuses or does not keep as it is.

orjson refuses more than 1,024 levels, numbers beyond a double and halves of surrogate pairs, and makes floats of
integers beyond 64 bits. All of it is JSON that custom scalars may hold and that other languages write (JavaScript a
string cut in the middle of an emoji): an answer is not thrown away for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import orjson

__all__ = ["LONG_BODY", "NotJson", "has_long_numbers", "load", "load_slowly"]

LONG_BODY: Final = 262_144
"""Bytes from which the slow ways take so long that they are better gone in a thread."""

_DIGITS: Final = 19
"""Digits that every integer beyond 64 bits has at least."""
_STRIDE: Final = 4
_ONLY_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_SAMPLE: Final = b"0" * (_DIGITS // _STRIDE)
_RUN: Final = b"0" * _DIGITS

_EXACT_DIGITS: Final = 17
"""Significant digits that a double may need and always keeps."""

# A backslash with what it escapes, whole pairs of surrogates included, or the half of a pair.
_ESCAPES: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([dD][89a-fA-F])[0-9a-fA-F]{2}|\\."
)
_TOKEN: Final = re.compile(
    r"[ \t\n\r]*(?:([\[\]{},:\"])|(true|false|null)|(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?)"
)
_END: Final = re.compile(r"[ \t\n\r]*\Z")
_END_OF: Final = {list: "]", dict: "}"}
_WORDS: Final = {"true": True, "false": False, "null": None}


class NotJson(ValueError):
    """A text is no JSON; where and why is the cause's to say."""


def load(body: bytes, *, exact: bool = False) -> Any:
    """Decode JSON.

    Args:
        body: the text, in UTF-8.
        exact: whether numbers that Python's quick ones do not keep have to be kept: they come as `orjson.Fragment`.

    Raises:
        NotJson: it is none. Of an object's equal keys the last counts; NaN and Infinity are no JSON.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return load_slowly(body)
    return load_slowly(body) if exact and has_long_numbers(body) else value


def has_long_numbers(body: bytes) -> bool:
    """Say whether there are as many digits in a row as an integer beyond 64 bits has; a wrong yes is harmless.

    Every fourth byte is looked at first: most texts, dates among them, have no four digits there in a row.
    """
    return body[::_STRIDE].translate(_ONLY_ZEROS).find(_SAMPLE) >= 0 and body.translate(_ONLY_ZEROS).find(_RUN) >= 0


def load_slowly(body: bytes) -> Any:
    """Decode JSON with what orjson refuses: a byte order mark, depth, any number, halves of surrogate pairs as U+FFFD.

    Raises:
        NotJson: it is none, or it is long and deep.
    """
    try:
        return _load_text(body.decode("utf-8-sig"))
    except ValueError as error:
        raise NotJson(str(error)) from error


def _load_text(text: str) -> Any:
    if "\\u" in text:
        text = _ESCAPES.sub(lambda match: "\\ufffd" if match.group(1) else match.group(), text)
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        if len(text) > _LONGEST_DEEP:
            raise ValueError("nested too deeply for its length") from error
        return _DeepReader(text).read()


def _integer(text: str) -> int | orjson.Fragment:
    if len(text) <= _DIGITS + 1 and -(2**63) <= (value := int(text)) < 2**64:
        return value
    return orjson.Fragment(text.encode())


def _decimal(text: str) -> float | orjson.Fragment:
    value = float(text)
    digits = sum(map(str.isdigit, re.split("[eE]", text)[0]))
    return orjson.Fragment(text.encode()) if digits > _EXACT_DIGITS or abs(value) == float("inf") else value


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_refuse_constant)
_string: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]  # C, untyped

_LONGEST_DEEP: Final = 8_388_608
"""Characters up to which a deep text is read; a microsecond of CPU for each in the worst case."""
_SHALLOW: Final = 8
_LEVELS_BETWEEN: Final = 64


class _DeepReader:
    """Reads JSON without recursion.

    What is not deep in a deep text is left to the standard library's C code: it is tried near the root, where most of a
    text is beside the deep part, and further down now and then, as a try is for nothing in each level of the deep part.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._root: list[Any] = []
        self._stack: list[list[Any] | dict[str, Any]] = [self._root]
        self._keys: list[str] = []

    def read(self) -> Any:
        """Give the value; ValueError where the text is no JSON."""
        while not self._root or len(self._stack) > 1:
            self._read_value()
        if not _END.match(self._text, self._position):
            raise ValueError("there is more after the value")
        return self._root[0]

    def _read_value(self) -> None:
        """Read one value or the beginning of a container, then all that ends after it."""
        mark, word, integer, fraction, exponent = self._token()
        if mark in {"[", "{"}:
            if self._try_whole():
                self._read_ends()
            else:
                self._open([] if mark == "[" else {})
        elif mark == '"':
            self._add(self._read_string())
            self._read_ends()
        elif mark is None:
            self._add(_WORDS[word] if word else _number(integer, fraction, exponent))
            self._read_ends()
        else:
            raise ValueError(f"{mark} instead of a value")

    def _try_whole(self) -> bool:
        """Read the container that has just begun at once, if it is not too deep for that."""
        depth = len(self._stack)
        if depth > _SHALLOW and depth % _LEVELS_BETWEEN:
            return False
        try:
            value, self._position = _DECODER.raw_decode(self._text, self._position - 1)
        except RecursionError:
            return False
        self._add(value)
        return True

    def _open(self, container: list[Any] | dict[str, Any]) -> None:
        """Begin a container, and end it if it is empty."""
        self._add(container)
        before = self._position
        if self._next_mark() == _END_OF[type(container)]:
            self._read_ends()
            return
        self._position = before
        self._stack.append(container)
        if type(container) is dict:
            self._read_key()

    def _read_ends(self) -> None:
        """Read the marks after a value: ends of containers, then a comma, or nothing after the outermost."""
        while len(self._stack) > 1:
            container = self._stack[-1]
            mark = self._next_mark()
            if mark == ",":
                if type(container) is dict:
                    self._read_key()
                return
            if mark != _END_OF[type(container)]:
                raise ValueError(f"{mark} after a value")
            self._stack.pop()

    def _read_key(self) -> None:
        if self._next_mark() != '"':
            raise ValueError("no key")
        self._keys.append(self._read_string())
        if self._next_mark() != ":":
            raise ValueError("no colon after a key")

    def _add(self, value: Any) -> None:
        container = self._stack[-1]
        if isinstance(container, dict):
            container[self._keys.pop()] = value
        else:
            container.append(value)

    def _read_string(self) -> str:
        text, self._position = _string(self._text, self._position)
        return text

    def _next_mark(self) -> str | None:
        return self._token()[0]

    def _token(self) -> tuple[str | None, ...]:
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            raise ValueError("no JSON")
        self._position = match.end()
        return match.groups()


def _number(integer: str | None, fraction: str | None, exponent: str | None) -> Any:
    text = integer or ""
    return _decimal(text + (fraction or "") + (exponent or "")) if fraction or exponent else _integer(text)
