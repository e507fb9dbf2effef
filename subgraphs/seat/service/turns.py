"""Lets those who want seats of one showtime take turns within a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Turns:
    """A queue for each showtime, first come, first served.

    The database's lock on the showtime would make them wait as well, but each with a connection in hand, until nobody
    else has one, and with the lock's timeout running. It stays the one that decides: other processes know nothing of
    these queues.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: dict[str, int] = {}

    @contextlib.asynccontextmanager
    async def at(self, showtime_id: str) -> AsyncIterator[None]:
        """Wait for the turn, and have it until left."""
        lock = self._locks.setdefault(showtime_id, asyncio.Lock())
        self._wanted[showtime_id] = self._wanted.get(showtime_id, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._wanted[showtime_id] -= 1
            if not self._wanted[showtime_id]:
                del self._wanted[showtime_id], self._locks[showtime_id]
