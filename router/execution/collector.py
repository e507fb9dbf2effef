"""Python's garbage collector around large answers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["LARGE", "collector_paused"]

LARGE: Final = 1_000_000
"""Bytes from which an answer is large."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do without the collector in a block that makes many objects of a large answer; it must not await.

    Decoded JSON has no cycles to find. The collector would go through all of it again and again while it grows: half of
    the time that a large answer takes.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
