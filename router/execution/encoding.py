"""JSON out: orjson, and a slow way for what orjson refuses."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["encode"]


def encode(value: Any) -> bytes:
    """Encode a JSON value.

    orjson refuses more than 254 levels and integers beyond 64 bits, which custom scalars may hold: these take the slow
    way.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _encode_deep(value)


def _encode_deep(value: Any) -> bytes:
    """Encode without recursion."""
    out: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is _Text:
            out.append(item.text)
        elif type(item) is dict:
            waiting.append(_Text("}"))
            entries = [
                (_Text(("," if number else "") + json.dumps(key) + ":"), item[key]) for number, key in enumerate(item)
            ]
            waiting.extend(part for key, below in reversed(entries) for part in (below, key))
            out.append("{")
        elif type(item) is list:
            waiting.append(_Text("]"))
            for number in range(len(item) - 1, -1, -1):
                waiting.append(item[number])
                if number:
                    waiting.append(_Text(","))
            out.append("[")
        else:
            out.append(json.dumps(item, ensure_ascii=False))
    return "".join(out).encode()


class _Text:
    """A piece that is JSON already."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
