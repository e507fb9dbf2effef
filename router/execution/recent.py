"""What was asked for lately, by document and operation name: bounded in number and in characters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import ItemsView
from typing import Generic, TypeVar

__all__ = ["OperationKey", "Recent"]

OperationKey = tuple[str, str | None]
"""A document's text and an operation's name."""

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps values by operation; the least recently used is forgotten first."""

    __slots__ = ("_characters", "_kept", "_max_characters", "_max_count")

    def __init__(self, *, max_count: int, max_characters: int) -> None:
        self._max_count = max_count
        self._max_characters = max_characters
        self._characters = 0
        self._kept: OrderedDict[OperationKey, T] = OrderedDict()

    def get(self, key: OperationKey) -> T | None:
        """Give what is kept and make it the latest."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def put(self, key: OperationKey, value: T) -> None:
        """Keep a value under a key that is not kept yet."""
        self._kept[key] = value
        self._characters += len(key[0])
        while self._kept and (len(self._kept) > self._max_count or self._characters > self._max_characters):
            (text, _), _ = self._kept.popitem(last=False)
            self._characters -= len(text)

    def items(self) -> ItemsView[OperationKey, T]:
        """Give all that is kept, the latest last."""
        return self._kept.items()
