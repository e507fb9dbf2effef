"""JSON out: orjson, and a slow way for what orjson refuses."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

__all__ = ["Encoded", "encode"]

_SHALLOW: Final = 8
_LEVELS_BETWEEN: Final = 64


class Encoded:
    """A value that has been encoded already, as part of another that has not."""

    __slots__ = ("body",)

    def __init__(self, value: Any) -> None:
        self.body = encode(value)


def encode(value: Any) -> bytes:
    """Encode a JSON value; numbers that were kept as text (`orjson.Fragment`) are that text.

    orjson refuses more than 254 levels and integers beyond 64 bits, which custom scalars may hold: these take the slow
    way.
    """
    try:
        return orjson.dumps(value, default=_fragment)
    except orjson.JSONEncodeError:
        return _encode_deep(value)


def _fragment(value: Any) -> orjson.Fragment:
    if type(value) is not Encoded:
        raise TypeError(value)
    return orjson.Fragment(value.body)


def _encode_deep(value: Any) -> bytes:
    """Encode without recursion.

    What is not deep in a deep value is left to orjson: it is tried near the root, where most of a value is beside the
    deep part, and further down now and then, as a try is for nothing in each level of the deep part.
    """
    out: list[bytes] = []
    waiting: list[tuple[int, Any]] = [(0, value)]
    while waiting:
        depth, item = waiting.pop()
        if type(item) is _Text:
            out.append(item.text)
            continue
        is_container = type(item) is dict or type(item) is list
        if not is_container or depth <= _SHALLOW or not depth % _LEVELS_BETWEEN:
            whole = _encode_whole(item)
            if whole is not None:
                out.append(whole)
                continue
        if is_container:
            waiting.extend((depth + 1, part) for part in _parts(item))
        else:
            out.append(json.dumps(item).encode())
    return b"".join(out)


def _encode_whole(item: Any) -> bytes | None:
    try:
        return orjson.dumps(item, default=_fragment)
    except orjson.JSONEncodeError:
        return None


def _parts(container: dict[str, Any] | list[Any]) -> list[Any]:
    """Give a container's marks, keys and items, the last first."""
    parts: list[Any] = []
    if isinstance(container, dict):
        for key, item in container.items():
            parts += (_Text((b"," if parts else b"{") + orjson.dumps(key) + b":"), item)
        parts.append(_Text(b"}" if parts else b"{}"))
    else:
        for item in container:
            parts += (_COMMA if parts else _OPEN, item)
        parts.append(_Text(b"]" if parts else b"[]"))
    parts.reverse()
    return parts


class _Text:
    """A piece that is JSON already."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text


_OPEN: Final = _Text(b"[")
_COMMA: Final = _Text(b",")
