"""Waiting for what happens elsewhere and tells nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(condition: Callable[[], bool], *, seconds: float = 5.0) -> None:
    """Return as soon as the condition holds.

    Raises:
        TimeoutError: it does not within these seconds.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition belongs to code that sets no event
            await asyncio.sleep(0.005)
